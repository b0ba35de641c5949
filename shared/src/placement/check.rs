//! What breaks a rule that can be told from the request alone.

use std::collections::BTreeSet;

use super::Buyer;
use crate::address::{Address, is_mail_address};
use crate::api::FieldError;
use crate::api::place::{PlaceOrder, takes_off};
use crate::limits;

/// What breaks a rule that can be told without the catalogue. Staff may set prices, discounts and internal notes.
pub fn check(request: &PlaceOrder, buyer: &Buyer) -> Vec<FieldError> {
    let mut errors = Vec::new();
    lines(request, buyer, &mut errors);
    discounts(request, buyer, &mut errors);
    texts(request, buyer, &mut errors);
    addresses(request, &mut errors);
    payment(request, &mut errors);
    errors
}

fn lines(request: &PlaceOrder, buyer: &Buyer, errors: &mut Vec<FieldError>) {
    let mut error = |pointer: &str, code, detail: &str| errors.push(FieldError::new(pointer, code, detail));
    let Some(lines) = &request.lines else { return };
    let no_reason = !has_reason(request);
    if request.cart_id.is_some() {
        error("/cart_id", "not_together", "an order has lines or a cart, not both");
    }
    if lines.is_empty() || lines.len() > limits::LINES {
        error("/lines", "out_of_range", "1 to 200 lines");
    }
    if lines.iter().map(|line| line.sku()).collect::<BTreeSet<_>>().len() > limits::DISTINCT_PRODUCTS {
        error("/lines", "too_many_products", "at most 40 distinct products in one order");
    }
    for (at, line) in lines.iter().enumerate().take(limits::LINES) {
        if !(1..=u64::from(limits::QUANTITY)).contains(&line.quantity) {
            error(&format!("/lines/{at}/quantity"), "out_of_range", "a whole number from 1 to 10000");
        }
        for (field, given) in [
            ("unit_price", line.unit_price.is_some()),
            ("discount_amount", takes_off(line.discount_amount, None)),
            ("discount_percentage", takes_off(None, line.discount_percentage)),
        ] {
            if given && !buyer.is_staff() {
                error(&format!("/lines/{at}/{field}"), "not_permitted", STAFF_ONLY);
            }
            if given && buyer.is_staff() && no_reason {
                error("/override_reason", "required", "a price that staff sets needs a reason");
            }
        }
        if line.discount_amount.is_some() && line.discount_percentage.is_some() {
            error(&format!("/lines/{at}/discount_percentage"), "not_together", AMOUNT_OR_PERCENT);
        }
    }
}

const STAFF_ONLY: &str = "prices come from the catalogue; only staff may override them";
const AMOUNT_OR_PERCENT: &str = "a discount is an amount or a percentage, not both";

fn has_reason(request: &PlaceOrder) -> bool {
    request.override_reason.as_ref().is_some_and(|reason| !reason.trim().is_empty())
}

fn discounts(request: &PlaceOrder, buyer: &Buyer, errors: &mut Vec<FieldError>) {
    let no_reason = !has_reason(request);
    for (field, given) in [
        ("discount_amount", takes_off(request.discount_amount, None)),
        ("discount_percentage", takes_off(None, request.discount_percentage)),
    ] {
        if given && !buyer.is_staff() {
            errors.push(FieldError::new(format!("/{field}"), "not_permitted", STAFF_ONLY));
        }
        if given && buyer.is_staff() && no_reason {
            let detail = "a discount that staff gives needs a reason";
            errors.push(FieldError::new("/override_reason", "required", detail));
        }
    }
    if request.discount_amount.is_some() && request.discount_percentage.is_some() {
        errors.push(FieldError::new("/discount_percentage", "not_together", AMOUNT_OR_PERCENT));
    }
}

fn texts(request: &PlaceOrder, buyer: &Buyer, errors: &mut Vec<FieldError>) {
    let mut error = |pointer: String, code, detail: &str| errors.push(FieldError::new(pointer, code, detail));
    if request.internal_notes.is_some() && !buyer.is_staff() {
        error("/internal_notes".into(), "not_permitted", "only staff may write internal notes");
    }
    for (field, text, most) in [
        ("notes", &request.notes, limits::NOTES),
        ("internal_notes", &request.internal_notes, limits::NOTES),
        ("override_reason", &request.override_reason, limits::REASON),
        ("coupon_code", &request.coupon_code, limits::NAME),
    ] {
        if text.as_ref().is_some_and(|text| text.chars().count() > most) {
            error(format!("/{field}"), "too_long", &format!("at most {most} characters"));
        }
        let breaks = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
        if text.as_ref().is_some_and(|text| text.chars().any(breaks)) {
            error(format!("/{field}"), "invalid", "no control characters but tabs and line breaks");
        }
    }
    match request.contact_email.as_ref().or(buyer.email.as_ref()) {
        None => error(
            "/contact_email".into(),
            "required",
            "the token carries no mail address, so the order needs one",
        ),
        Some(email) if !is_mail_address(email) => {
            error("/contact_email".into(), "invalid", "not a mail address")
        }
        Some(_) => {}
    }
}

fn addresses(request: &PlaceOrder, errors: &mut Vec<FieldError>) {
    let mut error = |pointer: String, code, detail: &str| errors.push(FieldError::new(pointer, code, detail));
    let billing = request.billing_address.is_some() || request.billing_address_id.is_some();
    let shipping = request.shipping_address.is_some() || request.shipping_address_id.is_some();
    match (billing, shipping) {
        (false, false) => error("/shipping_address".into(), "required", "an order needs an address"),
        (true, false) if request.different_shipping == Some(true) => {
            error("/shipping_address".into(), "required", "different_shipping needs a shipping address");
        }
        _ => {}
    }
    for (field, address, id) in [
        ("billing_address", &request.billing_address, &request.billing_address_id),
        ("shipping_address", &request.shipping_address, &request.shipping_address_id),
    ] {
        if address.is_some() && id.is_some() {
            error(
                format!("/{field}_id"),
                "not_together",
                "an address is given, or one of the book is named, not both",
            );
        }
        for (part, rule) in address.iter().flat_map(Address::violations) {
            error(format!("/{field}/{part}"), "invalid", rule);
        }
    }
}

fn payment(request: &PlaceOrder, errors: &mut Vec<FieldError>) {
    match &request.payment {
        None if request.create_payment != Some(false) => {
            let detail = "say how it is paid, or create_payment: false to pay later";
            errors.push(FieldError::new("/payment", "required", detail));
        }
        None => {}
        Some(choice) => {
            errors.extend(
                choice
                    .violation()
                    .map(|(field, detail)| FieldError::new(format!("/payment/{field}"), "invalid", detail)),
            );
        }
    }
}
