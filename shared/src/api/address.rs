//! The address book on the wire (A3).

use serde::Serialize;
use std::collections::BTreeMap;

use super::FieldError;
use crate::address::Address;
use crate::ids::AddressId;

/// An address of the book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AddressView {
    /// Its name in the book.
    pub address_id: AddressId,
    /// The address.
    #[serde(flatten)]
    pub address: Address,
}

/// All addresses of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AddressBookView {
    /// By their ids.
    pub addresses: Vec<AddressView>,
}

impl AddressBookView {
    /// The whole book.
    pub fn of(book: BTreeMap<AddressId, Address>) -> Self {
        let addresses = book.into_iter().map(|(address_id, address)| AddressView { address_id, address });
        Self { addresses: addresses.collect() }
    }
}

/// What breaks a rule of an address that is a whole body.
pub fn check(address: &Address) -> Vec<FieldError> {
    let violations = address.violations().into_iter();
    violations.map(|(field, wanted)| FieldError::new(format!("/{field}"), "invalid", wanted)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_the_book_is_one_flat_object() {
        let json = r#"{"street":"123 Main St","city":"New York","postal_code":"10001","country":"US"}"#;
        let address: Address = serde_json::from_str(json).expect("an address");
        assert!(check(&address).is_empty());
        let home = AddressId::parse("home").expect("valid");
        let view = AddressBookView::of([(home, address)].into());
        assert_eq!(
            serde_json::to_value(view).expect("JSON"),
            serde_json::json!({"addresses": [{"address_id": "home", "street": "123 Main St", "city": "New York",
                "postal_code": "10001", "country": "US"}]})
        );
    }

    #[test]
    fn what_breaks_a_rule_is_pointed_at() {
        let json = r#"{"street":" ","city":"New York","country":"usa"}"#;
        let address: Address = serde_json::from_str(json).expect("an address");
        let pointers: Vec<_> = check(&address).into_iter().map(|error| (error.pointer, error.code)).collect();
        assert_eq!(pointers, [("/street".to_owned(), "invalid"), ("/country".to_owned(), "invalid")]);
    }
}
