//! What bills say of the store. Series are checked while they are read.

use super::urls::{PAGE_WITH_TOKEN, is_page_with_token};
use super::{Report, bounds};
use crate::address::is_mail_address;
use crate::limits;
use crate::store::InvoiceSettings;

pub(super) fn check(settings: &InvoiceSettings, report: &mut Report) {
    if settings.url.as_deref().is_some_and(|url| !is_page_with_token(url)) {
        report.add("/invoices/url", "invalid", PAGE_WITH_TOKEN);
    }
    let seller = &settings.seller;
    for (field, text, most) in [
        ("name", &seller.name, limits::NAME),
        ("vat_id", &seller.vat_id, bounds::SHORT_NAME),
        ("registration", &seller.registration, limits::NAME),
        ("website", &seller.website, limits::NAME),
        ("note", &seller.note, limits::BILL_NOTE),
    ] {
        if let Some(text) = text {
            report.text(format!("/invoices/seller/{field}"), text, most);
        }
    }
    for (field, rule) in seller.address.iter().flat_map(|address| address.violations()) {
        report.add(format!("/invoices/seller/address/{field}"), "invalid", rule);
    }
    if seller.email.as_deref().is_some_and(|address| !is_mail_address(address)) {
        report.add("/invoices/seller/email", "invalid", "a mail address");
    }
    report.at_most("/invoices/seller/bank", seller.bank.len(), limits::BANK_LINES);
    for (at, line) in seller.bank.iter().enumerate() {
        report.text(format!("/invoices/seller/bank/{at}"), line, bounds::SHORT_NAME);
    }
}
