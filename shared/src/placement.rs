//! Placing an order: from a request and the catalogue to a head and a frozen document.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

use crate::address::{Address, is_mail_address};
use crate::api::place::{PaymentChoice, PlaceLine, PlaceOrder};
use crate::api::{FieldError, wire};
use crate::catalog::{Product, ProductState};
use crate::ids::{CustomerId, OrderId, ProductId};
use crate::limits;
use crate::money::{Money, MoneyError};
use crate::order::payment::{HOLD_SECONDS, Method};
use crate::order::{Actor, EventKind, Order, apply};
use crate::stock::{Allocation, AllocationReason, Shortage, StockLevel, allocate};
use crate::time::Timestamp;

/// Days from placement to delivery that are promised until shipping methods say otherwise (P10).
const TRANSIT_DAYS: i64 = 5;
const DAY_SECONDS: i64 = 24 * 60 * 60;

/// The part of an order that is frozen when it is placed: what was bought, at what price, for whom, from where.
/// It is also the record of the idempotency key, because its name in the table is made from that key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// The order.
    pub order: OrderId,
    /// Hash of the request that it was placed with.
    pub fingerprint: String,
    /// Where mail about it goes.
    pub contact_email: String,
    /// Who pays.
    pub billing_address: Address,
    /// Where it goes.
    pub shipping_address: Address,
    /// What was bought.
    pub lines: Vec<Line>,
    /// Which stock it took.
    pub allocations: Vec<Allocation>,
    /// Why from there.
    pub allocation_reason: AllocationReason,
    /// The customer's note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// A note that only staff sees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub internal_notes: Option<String>,
    /// Why staff changed a price, if they did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub override_reason: Option<String>,
}

/// One product of an order, as it was when it was bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What.
    pub product: ProductId,
    /// Its name then.
    pub name: String,
    /// How many units.
    pub quantity: u32,
    /// Price of one unit.
    pub unit_price: Money,
    /// Taken off the whole line.
    pub discount: Money,
    /// Grams per unit.
    pub weight_grams: u32,
    /// Cubic centimetres per unit.
    pub volume_cm3: u32,
}

impl Line {
    /// What the line costs. Bounded at placement, so the sum exists.
    pub fn total(&self) -> Money {
        self.gross()
            .and_then(|gross| gross.minus(self.discount))
            .unwrap_or(Money::zero(self.unit_price.currency()))
    }

    fn gross(&self) -> Result<Money, MoneyError> {
        self.unit_price.times(self.quantity)
    }
}

impl Document {
    /// Sum of the lines before discounts.
    pub fn subtotal(&self) -> Money {
        self.sum(|line| line.gross().unwrap_or(line.unit_price))
    }

    /// Sum of the lines' discounts.
    pub fn discount(&self) -> Money {
        self.sum(|line| line.discount)
    }

    /// Grams of all goods.
    pub fn weight_grams(&self) -> u64 {
        self.lines.iter().map(|line| u64::from(line.weight_grams) * u64::from(line.quantity)).sum()
    }

    fn sum(&self, part: impl Fn(&Line) -> Money) -> Money {
        // An order has at least one line, all of one currency, and was bounded when it was placed.
        let mut parts = self.lines.iter().map(part);
        let first = parts.next().unwrap_or_else(|| unreachable!("an order has a line"));
        parts.fold(first, |sum, part| sum.plus(part).unwrap_or(sum))
    }
}

/// Why an order cannot be placed. Nothing is written in any of these cases.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// 422 `invalid_request`: these fields break a rule.
    #[error("the request breaks a rule")]
    Invalid(Vec<FieldError>),
    /// 409 `total_changed`: the real total is not the expected one.
    #[error("the total is not the expected one")]
    TotalChanged {
        /// What the caller expected.
        expected: Money,
        /// What it is.
        actual: Money,
        /// The lines with today's prices.
        lines: Vec<Line>,
    },
    /// 409 `out_of_stock`: these products are short.
    #[error("there is not enough stock")]
    OutOfStock(Vec<Shortage>),
}

/// Who places an order, and for whom.
#[derive(Debug, Clone)]
pub struct Buyer {
    /// Whose order it will be.
    pub customer: CustomerId,
    /// Who asks for it: the subject of the token.
    pub caller: CustomerId,
    /// In what role.
    pub actor: Actor,
    /// The mail address of the caller's token, if any.
    pub email: Option<String>,
}

/// A product and what there is of it.
pub type Offer = (Product, Vec<StockLevel>);

/// A new order, ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// The head.
    pub order: Order,
    /// The frozen document.
    pub document: Document,
}

/// Hash of a request, the same however it is spelled: `1.50` and `"1.5"` are one amount, `zip` and `postal_code` one field,
/// and the order of fields and white space do not matter.
pub fn fingerprint(request: &PlaceOrder) -> String {
    // A value made of strings, numbers and lists always serialises.
    let canonical = serde_json::to_vec(request).unwrap_or_default();
    Sha256::digest(canonical).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// The products that a request names, each once.
pub fn products_of(request: &PlaceOrder) -> Vec<ProductId> {
    let mut products: Vec<ProductId> = request.lines.iter().map(|line| line.product_id.clone()).collect();
    products.sort();
    products.dedup();
    products
}

/// What breaks a rule that can be told without the catalogue. `staff` may set prices, discounts and internal notes.
pub fn check(request: &PlaceOrder, buyer: &Buyer) -> Vec<FieldError> {
    let staff = matches!(buyer.actor, Actor::Admin(_));
    let mut errors = Vec::new();
    let mut error = |pointer: String, code, detail: &str| errors.push(FieldError::new(pointer, code, detail));
    if request.lines.is_empty() || request.lines.len() > limits::LINES {
        error("/lines".into(), "out_of_range", "1 to 200 lines");
    }
    if products_of(request).len() > limits::DISTINCT_PRODUCTS {
        error("/lines".into(), "too_many_products", "at most 40 distinct products in one order");
    }
    for (at, line) in request.lines.iter().enumerate().take(limits::LINES) {
        if !(1..=u64::from(limits::QUANTITY)).contains(&line.quantity) {
            error(format!("/lines/{at}/quantity"), "out_of_range", "a whole number from 1 to 10000");
        }
        for (field, given) in
            [("unit_price", line.unit_price.is_some()), ("discount_amount", line.discounted())]
        {
            if given && !staff {
                error(
                    format!("/lines/{at}/{field}"),
                    "not_permitted",
                    "prices come from the catalogue; only staff may override them",
                );
            }
            if given && staff && request.override_reason.is_none() {
                error("/override_reason".into(), "required", "a price that staff sets needs a reason");
            }
        }
    }
    if request.internal_notes.is_some() && !staff {
        error("/internal_notes".into(), "not_permitted", "only staff may write internal notes");
    }
    for (field, text, most) in [
        ("notes", &request.notes, limits::NOTES),
        ("internal_notes", &request.internal_notes, limits::NOTES),
        ("override_reason", &request.override_reason, limits::REASON),
    ] {
        if text.as_ref().is_some_and(|text| text.chars().count() > most) {
            error(format!("/{field}"), "too_long", &format!("at most {most} characters"));
        }
        if text
            .as_ref()
            .is_some_and(|text| text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')))
        {
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
    match (&request.billing_address, &request.shipping_address) {
        (None, None) => error("/shipping_address".into(), "required", "an order needs an address"),
        (Some(_), None) if request.different_shipping == Some(true) => {
            error("/shipping_address".into(), "required", "different_shipping needs a shipping address");
        }
        _ => {}
    }
    for (field, address) in
        [("billing_address", &request.billing_address), ("shipping_address", &request.shipping_address)]
    {
        for (part, rule) in address.iter().flat_map(Address::violations) {
            error(format!("/{field}/{part}"), "invalid", rule);
        }
    }
    if let PaymentChoice::Card { payment_method_id } = &request.payment
        && !is_payment_method(payment_method_id)
    {
        error("/payment/payment_method_id".into(), "invalid", "pm_ and up to 100 letters, digits or _");
    }
    errors
}

fn is_payment_method(id: &str) -> bool {
    id.len() <= 103
        && id.strip_prefix("pm_").is_some_and(|rest| {
            !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        })
}

/// Places the order: prices the lines from the catalogue, takes the stock, promises a delivery date.
///
/// `request` has passed [`check`]; `offers` has what the catalogue knows of the products it names.
pub fn place(
    request: &PlaceOrder,
    buyer: &Buyer,
    id: OrderId,
    offers: &BTreeMap<ProductId, Offer>,
    now: Timestamp,
) -> Result<Placement, Refusal> {
    let lines = price(request, offers)?;
    let total = total(&lines)?;
    if let Some(expected) = &request.expected_total {
        let expected = Money::new(expected.0, total.currency()).map_err(|error| {
            Refusal::Invalid(vec![FieldError::new("/expected_total", "invalid", &error.to_string())])
        })?;
        if expected != total {
            return Err(Refusal::TotalChanged { expected, actual: total, lines });
        }
    }
    let mut demand: BTreeMap<ProductId, u32> = BTreeMap::new();
    for line in &lines {
        let sum = demand.entry(line.product.clone()).or_default();
        *sum = sum.saturating_add(line.quantity);
    }
    let stock = offers.iter().map(|(product, (_, levels))| (product.clone(), levels.clone())).collect();
    let plan = allocate(&demand, &stock).map_err(Refusal::OutOfStock)?;
    if plan.allocations.len() > limits::STOCK_ITEMS {
        let detail = "the goods lie in too many warehouses for one order; split it";
        return Err(Refusal::Invalid(vec![FieldError::new("/lines", "too_many_parcels", detail)]));
    }

    let method = match &request.payment {
        PaymentChoice::Card { payment_method_id } => {
            Method::Card { payment_method: payment_method_id.clone() }
        }
        PaymentChoice::Cod {} => Method::Cod,
    };
    // What costs nothing needs no payment.
    let prepaid = matches!(method, Method::Card { .. }) && !total.is_zero();
    let mut events = vec![EventKind::Placed {
        id,
        customer: buyer.customer.clone(),
        total,
        items: lines.iter().map(|line| line.quantity).sum(),
        method,
        hold_until: prepaid.then(|| now.plus_seconds(HOLD_SECONDS)),
        delivery: now.plus_seconds(TRANSIT_DAYS * DAY_SECONDS),
    }];
    if !prepaid {
        events.push(EventKind::Confirmed);
    }
    let order = apply(None, &events, &buyer.actor, now).unwrap_or_else(|| unreachable!("placed comes first"));
    let (billing, shipping) = match (request.billing_address.clone(), request.shipping_address.clone()) {
        (Some(billing), Some(shipping)) => (billing, shipping),
        (Some(address), None) | (None, Some(address)) => (address.clone(), address),
        (None, None) => return Err(Refusal::Invalid(check(request, buyer))),
    };
    let document = Document {
        order: id,
        fingerprint: fingerprint(request),
        contact_email: request.contact_email.clone().or_else(|| buyer.email.clone()).unwrap_or_default(),
        billing_address: billing,
        shipping_address: shipping,
        lines,
        allocations: plan.allocations,
        allocation_reason: plan.reason,
        notes: request.notes.clone(),
        internal_notes: request.internal_notes.clone(),
        override_reason: request.override_reason.clone(),
    };
    Ok(Placement { order, document })
}

/// The lines with today's prices; equal products at equal prices are summed into one line.
fn price(request: &PlaceOrder, offers: &BTreeMap<ProductId, Offer>) -> Result<Vec<Line>, Refusal> {
    let mut errors = Vec::new();
    let mut lines: Vec<Line> = Vec::new();
    for (at, asked) in request.lines.iter().enumerate() {
        match line_of(asked, offers, request) {
            Ok(line) => {
                let same = lines.iter_mut().find(|known| {
                    known.product == line.product
                        && known.unit_price == line.unit_price
                        && known.discount.is_zero()
                        && line.discount.is_zero()
                });
                match same {
                    Some(known) => known.quantity = known.quantity.saturating_add(line.quantity),
                    None => lines.push(line),
                }
            }
            Err((field, code, detail)) => {
                errors.push(FieldError::new(format!("/lines/{at}{field}"), code, &detail))
            }
        }
    }
    for line in lines.iter().filter(|line| line.quantity > limits::QUANTITY) {
        errors.push(FieldError::new(
            "/lines",
            "out_of_range",
            &format!("at most 10000 units of {}", line.product),
        ));
    }
    if let Some(first) = lines.first()
        && let Some(other) =
            lines.iter().find(|line| line.unit_price.currency() != first.unit_price.currency())
    {
        let detail = format!(
            "{} is priced in {}, {} in {}",
            first.product,
            first.unit_price.currency(),
            other.product,
            other.unit_price.currency()
        );
        errors.push(FieldError::new("/lines", "currency_mismatch", &detail));
    }
    if errors.is_empty() { Ok(lines) } else { Err(Refusal::Invalid(errors)) }
}

type LineError = (&'static str, &'static str, String);

fn line_of(
    asked: &PlaceLine,
    offers: &BTreeMap<ProductId, Offer>,
    request: &PlaceOrder,
) -> Result<Line, LineError> {
    let (product, _) = offers.get(&asked.product_id).ok_or_else(|| {
        ("/product_id", "unknown_product", format!("there is no product {}", asked.product_id))
    })?;
    if product.state == ProductState::Archived {
        return Err((
            "/product_id",
            "product_archived",
            format!("{} is not sold any more", asked.product_id),
        ));
    }
    let currency = product.price.currency();
    if request.currency.is_some_and(|wanted| wanted != currency) {
        return Err((
            "/product_id",
            "currency_mismatch",
            format!("{} is priced in {currency}", asked.product_id),
        ));
    }
    let money = |field, amount: &wire::Amount| {
        Money::new(amount.0, currency).map_err(|error| (field, "invalid", error.to_string()))
    };
    let unit_price =
        asked.unit_price.as_ref().map_or(Ok(product.price), |amount| money("/unit_price", amount))?;
    let discount = asked
        .discount_amount
        .as_ref()
        .map_or(Ok(Money::zero(currency)), |amount| money("/discount_amount", amount))?;
    let line = Line {
        product: product.id.clone(),
        name: product.name.clone(),
        quantity: u32::try_from(asked.quantity).unwrap_or(u32::MAX),
        unit_price,
        discount,
        weight_grams: product.weight_grams,
        volume_cm3: product.volume_cm3,
    };
    let gross = line.gross().map_err(|error| ("", "out_of_range", error.to_string()))?;
    if gross.minus(discount).is_err() {
        return Err(("/discount_amount", "out_of_range", "a discount cannot exceed its line".to_owned()));
    }
    Ok(line)
}

fn total(lines: &[Line]) -> Result<Money, Refusal> {
    let zero = lines.first().map(|line| Money::zero(line.unit_price.currency()));
    zero.ok_or(MoneyError::OutOfRange)
        .and_then(|zero| lines.iter().try_fold(zero, |sum, line| sum.plus(line.total())))
        .map_err(|error| {
            Refusal::Invalid(vec![FieldError::new("/lines", "out_of_range", &error.to_string())])
        })
}
