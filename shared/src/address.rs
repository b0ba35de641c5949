//! Postal addresses. An order keeps its own copy, which never changes afterwards (P7).

use serde::{Deserialize, Serialize};

use crate::limits;

/// Where to send something, or whom to bill.
///
/// Field names of the five requirement documents are accepted as aliases (`zip`, `address`, `line1` …).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// Who receives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Street, with the house number unless that is given apart.
    #[serde(alias = "address", alias = "line1")]
    pub street: String,
    /// House number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub house_number: Option<String>,
    /// Floor, company, care of.
    #[serde(default, alias = "line2", skip_serializing_if = "Option::is_none")]
    pub additional_info: Option<String>,
    /// Postal code, as the country writes it.
    #[serde(default, alias = "zip", skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// City or town.
    pub city: String,
    /// State, province or region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// ISO 3166-1 alpha-2, in capitals.
    pub country: String,
    /// For the courier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

impl Address {
    /// The fields that break a bound, as `(field, what is wanted)`.
    pub fn violations(&self) -> Vec<(&'static str, &'static str)> {
        let bounded =
            |text: &str| (1..=limits::NAME).contains(&text.trim().chars().count()) && printable(text);
        let optional = |text: &Option<String>| text.as_deref().is_none_or(bounded);
        [
            ("name", optional(&self.name)),
            ("street", bounded(&self.street)),
            ("house_number", optional(&self.house_number)),
            ("additional_info", optional(&self.additional_info)),
            ("postal_code", optional(&self.postal_code)),
            ("city", bounded(&self.city)),
            ("state", optional(&self.state)),
            ("phone", optional(&self.phone)),
        ]
        .into_iter()
        .filter(|(_, holds)| !holds)
        .map(|(field, _)| (field, "1 to 200 characters, no control characters"))
        .chain((!is_country(&self.country)).then_some(("country", "two capital letters of ISO 3166-1")))
        .collect()
    }
}

fn printable(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

fn is_country(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase())
}

/// Whether a text can be a mail address: one `@`, something on both sides, nothing that could break a header
/// (RFC 5321 bounds; the mail provider is the judge of the rest).
pub fn is_mail_address(text: &str) -> bool {
    let sane = text.len() <= limits::EMAIL
        && text.bytes().all(|b| b.is_ascii_graphic() && !b"<>()[],;:\\\"".contains(&b));
    let dotted = |part: &str| part.split('.').all(|label| !label.is_empty());
    match text.split_once('@') {
        Some((local, domain)) => {
            sane && local.len() <= 64
                && dotted(local)
                && dotted(domain)
                && domain.contains('.')
                && !domain.contains('@')
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirement_documents_spellings_are_understood() {
        let text = r#"{"name":"Jane Doe","address":"123 Main St","city":"New York","state":"NY","zip":"10001","country":"US"}"#;
        let address: Address = serde_json::from_str(text).expect("an address");
        assert_eq!(address.street, "123 Main St");
        assert_eq!(address.postal_code.as_deref(), Some("10001"));
        assert!(address.violations().is_empty());
    }

    #[test]
    fn every_broken_bound_is_named() {
        let address = Address {
            name: Some("\u{0}".into()),
            street: " ".into(),
            house_number: None,
            additional_info: None,
            postal_code: None,
            city: "x".repeat(201),
            state: None,
            country: "Netherlands".into(),
            phone: None,
        };
        let fields: Vec<_> = address.violations().into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["name", "street", "city", "country"]);
    }

    #[test]
    fn mail_addresses_cannot_smuggle_headers() {
        assert!(is_mail_address("alice@example.com"));
        for bad in [
            "",
            "alice",
            "@example.com",
            "alice@",
            "a@b@c.d",
            "a b@c.de",
            "a@c.de\r\nBcc: x@y.z",
            "a@localhost",
            "a@b..c",
            ".a@b.c",
            "a.@b.c",
            "a@b.c.",
            "<a@b.c>",
        ] {
            assert!(!is_mail_address(bad), "{bad}");
        }
    }
}
