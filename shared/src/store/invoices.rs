//! What bills say of the store, and how they are numbered (R6).

use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::api::wire;
use crate::invoice::SeriesPattern;

/// Bills of the store. The defaults are enough to issue some: two series, and the sender's name as the seller's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct InvoiceSettings {
    /// What their numbers begin with.
    #[serde(deserialize_with = "wire::object")]
    pub series: BillSeries,
    /// Who sells. A bill says what this was when it was issued.
    #[serde(deserialize_with = "wire::object")]
    pub seller: Seller,
    /// Where mails send those who want to see a bill, with `{token}` where its token goes: `GET /api/v1/invoices/{token}`, as browsers
    /// reach it. Without it, no mail leads to a bill.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// What the numbers of bills begin with. Kinds of the same series are numbered together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BillSeries {
    /// Invoices.
    pub invoice: SeriesPattern,
    /// Credit notes.
    pub credit_note: SeriesPattern,
}

impl Default for BillSeries {
    fn default() -> Self {
        Self { invoice: SeriesPattern::fixed("INV-"), credit_note: SeriesPattern::fixed("CN-") }
    }
}

/// Who sells, as bills name them. All of it is text that is printed as it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Seller {
    /// The name; that of the mails' sender unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where they are.
    #[serde(deserialize_with = "wire::optional", skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// Number for value added tax, or whatever a tax number is called there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vat_id: Option<String>,
    /// Number in the register of companies, with the register's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registration: Option<String>,
    /// Where questions go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    /// Where money goes: bank, IBAN, BIC, a line each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bank: Vec<String>,
    /// A note at the end of invoices, e.g. what the law wants said, or thanks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}
