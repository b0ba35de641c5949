//! Names and addresses, a line each.

use shared::address::Address;

use crate::countries;

/// Countries that write the postal code behind the place, with the state between (Universal Postal Union, S42 templates).
const CODE_LAST: [&str; 12] = ["AU", "BD", "CA", "GB", "ID", "IE", "IN", "NZ", "PH", "PK", "SG", "US"];

/// The lines of an address. The country is the last one, in the language of the bill.
pub(super) fn lines(address: &Address, language: &str) -> Vec<String> {
    let part = |text: &Option<String>| text.as_deref().map(str::trim).unwrap_or_default().to_owned();
    let street = [address.street.trim().to_owned(), part(&address.house_number)];
    let (code, state) = (part(&address.postal_code), part(&address.state));
    let city = address.city.trim().to_owned();
    let place = if CODE_LAST.contains(&address.country.as_str()) {
        vec![joined(&[city, joined(&[state, code], " ")], ", ")]
    } else {
        vec![joined(&[code, city], " "), state]
    };
    let lines = [part(&address.name), part(&address.additional_info), joined(&street, " ")];
    let country = countries::name(&address.country, language).to_owned();
    lines.into_iter().chain(place).chain([country]).filter(|line| !line.is_empty()).collect()
}

fn joined(parts: &[String], between: &str) -> String {
    parts.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(between)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(country: &str) -> Address {
        Address {
            name: Some("Jane Doe".into()),
            street: "Keizersgracht".into(),
            house_number: Some("123".into()),
            additional_info: None,
            postal_code: Some("1015".into()),
            city: "Town".into(),
            state: Some("NH".into()),
            country: country.into(),
            phone: None,
        }
    }

    #[test]
    fn an_address_is_written_as_its_country_does() {
        assert_eq!(
            lines(&address("NL"), "de"),
            ["Jane Doe", "Keizersgracht 123", "1015 Town", "NH", "Niederlande"]
        );
        assert_eq!(
            lines(&address("US"), "en"),
            ["Jane Doe", "Keizersgracht 123", "Town, NH 1015", "United States"]
        );
        let short = Address { name: None, postal_code: None, state: None, ..address("US") };
        assert_eq!(lines(&short, "xx"), ["Keizersgracht 123", "Town", "US"]);
    }
}
