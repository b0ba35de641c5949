//! Payments, packagings, limits, guests, the environment and mails.

use super::urls::{PAGE_WITH_TOKEN, is_origin, is_page_with_token};
use super::{Report, bounds, is_text};
use crate::address::is_mail_address;
use crate::language::Spoken;
use crate::packaging::Packaging;
use crate::store::{PaymentSettings, Sender, Settings};

pub(super) fn check(settings: &Settings, report: &mut Report) {
    check_payment(&settings.payment, report);
    check_packagings(&settings.fulfillment.packagings, report);
    report.range("/limits/orders_per_hour", settings.limits.orders_per_hour, 1..=1_000);
    if settings.guest_checkout.order_url.as_deref().is_some_and(|url| !is_page_with_token(url)) {
        report.add("/guest_checkout/order_url", "invalid", PAGE_WITH_TOKEN);
    }
    report.range("/eco/trees_per_order", settings.eco.trees_per_order, 0..=bounds::TREES);
    if let Some(sender) = &settings.sender {
        check_sender(sender, report);
    }
    if Spoken::of(&settings.default_language).is_none() {
        let detail = format!("one of {}", Spoken::ALL.map(Spoken::tag).join(", "));
        report.add("/default_language", "invalid", &detail);
    }
}

fn check_payment(payment: &PaymentSettings, report: &mut Report) {
    if payment.methods.is_empty() {
        report.add("/payment/methods", "required", "at least one way to pay");
    }
    for (at, method) in payment.methods.iter().enumerate() {
        if payment.methods.iter().take(at).any(|earlier| earlier == method) {
            report.add(format!("/payment/methods/{at}"), "duplicate", "it is there already");
        }
    }
    report.range("/payment/hold_minutes", payment.hold_minutes, 5..=24 * 60);
    report.range("/payment/unpaid_hold_minutes", payment.unpaid_hold_minutes, 1..=7 * 24 * 60);
    report.at_most("/payment/return_origins", payment.return_origins.len(), bounds::ORIGINS);
    report.unique("/payment/return_origins", &payment.return_origins, |at| at.to_string());
    for (at, origin) in payment.return_origins.iter().enumerate() {
        if !is_origin(origin) {
            let detail =
                "an origin as browsers write it, e.g. https://shop.example: no path, no slash at the end";
            report.add(format!("/payment/return_origins/{at}"), "invalid", detail);
        }
    }
}

fn check_packagings(packagings: &[Packaging], report: &mut Report) {
    let list = "/fulfillment/packagings";
    if packagings.is_empty() {
        report.add(list, "required", "something to pack parcels in");
    }
    report.at_most(list, packagings.len(), bounds::PACKAGINGS);
    report.unique(list, packagings.iter().map(|packaging| &packaging.id), |at| format!("{at}/id"));
    for (at, packaging) in packagings.iter().enumerate() {
        report.text(format!("{list}/{at}/id"), &packaging.id, bounds::PACKAGING_NAME);
        let sides = [
            ("length_mm", packaging.length_mm),
            ("width_mm", packaging.width_mm),
            ("height_mm", packaging.height_mm),
        ];
        for (name, side) in sides {
            report.range(format!("{list}/{at}/{name}"), side, 1..=bounds::SIDE_MM);
        }
        let carried = 1..=bounds::CARRIED_GRAMS;
        report.range(format!("{list}/{at}/max_weight_grams"), packaging.max_weight_grams, carried);
        let own = 0..=bounds::PACKAGING_GRAMS;
        report.range(format!("{list}/{at}/weight_grams"), packaging.weight_grams, own);
    }
}

/// The name is written in quotes before an address: nothing in it may end them, or the header.
fn check_sender(sender: &Sender, report: &mut Report) {
    if !is_text(&sender.name, bounds::SHORT_NAME) || sender.name.contains(['"', '<', '>', '\\']) {
        let detail = "1 to 100 printable characters without quotes, angle brackets and backslashes";
        report.add("/sender/name", "invalid", detail);
    }
    if sender.reply_to.as_deref().is_some_and(|address| !is_mail_address(address)) {
        report.add("/sender/reply_to", "invalid", "a mail address");
    }
}
