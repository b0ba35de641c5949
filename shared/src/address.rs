//! Postal addresses. An order keeps its own copy, which never changes afterwards (P7).

use serde::{Deserialize, Serialize};
use std::fmt;

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
    /// Where it is, as far as prices care. None if the country is no country, which [`Address::violations`] reports.
    pub fn destination(&self) -> Option<Destination> {
        Some(Destination {
            country: Country::parse(&self.country).ok()?,
            region: self.state.clone(),
            postal_code: self.postal_code.clone(),
        })
    }

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

/// A country: ISO 3166-1 alpha-2, in capitals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country([u8; 2]);

/// Not a country code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("two capital letters of ISO 3166-1")]
pub struct InvalidCountry;

impl Country {
    /// No country in particular (ISO 3166-1 leaves `ZZ` to its users).
    pub const UNKNOWN: Self = Self(*b"ZZ");

    /// Parses two capital letters.
    pub fn parse(code: &str) -> Result<Self, InvalidCountry> {
        match <[u8; 2]>::try_from(code.as_bytes()) {
            Ok(letters) if is_country(code) => Ok(Self(letters)),
            _ => Err(InvalidCountry),
        }
    }

    /// The two letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl TryFrom<String> for Country {
    type Error = InvalidCountry;
    fn try_from(code: String) -> Result<Self, InvalidCountry> {
        Self::parse(&code)
    }
}

impl From<Country> for String {
    fn from(country: Country) -> String {
        country.code().to_owned()
    }
}

/// As much of an address as taxes, delivery charges and warehouses care about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destination {
    /// Which country.
    pub country: Country,
    /// State or region.
    pub region: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
}

impl Destination {
    /// Whether it lies in one of these states or regions. Case and spaces around do not matter.
    pub fn is_in_one_of(&self, regions: &[String]) -> bool {
        let plain = |text: &str| text.trim().to_lowercase();
        self.region
            .as_deref()
            .map(plain)
            .is_some_and(|mine| regions.iter().any(|region| plain(region) == mine))
    }

    /// Whether its postal code begins with one of these. Case, spaces and hyphens do not matter.
    pub fn postal_code_begins_with(&self, prefixes: &[String]) -> bool {
        let plain = |text: &str| -> String {
            text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
        };
        let mine = plain(self.postal_code.as_deref().unwrap_or_default());
        !mine.is_empty() && prefixes.iter().any(|prefix| mine.starts_with(&plain(prefix)))
    }
}

fn printable(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

/// Every country of ISO 3166-1, and Kosovo, which has no code there and goes by `XK` (European Commission, Universal Postal
/// Union). A code that is none would be a destination without taxes.
pub(crate) const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT \
BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH \
ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT \
HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS \
LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI \
NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG \
SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG \
UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW XK";

fn is_country(code: &str) -> bool {
    code.len() == 2 && COUNTRIES.split(' ').any(|known| known == code)
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
    fn only_countries_are_countries() {
        assert_eq!(COUNTRIES.split(' ').count(), 250);
        assert!(["NL", "GB", "GR", "XK"].into_iter().all(is_country));
        assert!(!["ZZ", "UK", "EL", "nl", "N", "", "NLD", "L "].into_iter().any(is_country));
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
