//! Which shipment of which order something at a carrier's belongs to, as a text that the carrier keeps for us.

use serde::{Deserialize, Serialize};
use std::fmt;

use crate::ids::{CustomerId, OrderId};

/// A shipment of an order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reference {
    /// Whose order, where the text had room for it; otherwise the order is found by its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerId>,
    /// Which order.
    pub order: OrderId,
    /// Which of its shipments, from 1.
    pub shipment: u32,
}

impl Reference {
    /// Characters that a carrier keeps for us (Shippo: "metadata").
    pub const LENGTH: usize = 100;

    /// The reference of an order's shipment.
    pub fn new(customer: &CustomerId, order: OrderId, shipment: u32) -> Self {
        Self { customer: Some(customer.clone()), order, shipment }
    }

    /// Reads what [`Reference`]'s text says. None: it is not one of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, ' ');
        let order = OrderId::parse(parts.next()?).ok()?;
        let digits = parts.next()?;
        let shipment = digits.parse().ok().filter(|number: &u32| number.to_string() == digits)?;
        let customer = parts.next().map(CustomerId::parse).transpose().ok()?;
        Some(Self { customer, order, shipment })
    }
}

/// `ord_… 1 alice`: at most [`Reference::LENGTH`] characters. A customer's id that does not fit is left out.
impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let short = format!("{} {}", self.order, self.shipment);
        let customer = self.customer.as_ref().map(CustomerId::as_str);
        match customer.filter(|customer| short.len() + 1 + customer.len() <= Self::LENGTH) {
            Some(customer) => write!(f, "{short} {customer}"),
            None => f.write_str(&short),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    fn reference(customer: &str, shipment: u32) -> Reference {
        let customer = CustomerId::parse(customer).expect("a customer");
        Reference::new(&customer, OrderId::of_preview(Timestamp::from_seconds(1_772_359_200)), shipment)
    }

    #[test]
    fn a_reference_survives_the_carriers_keeping() {
        for mine in [reference("alice", 1), reference("auth0|507f1f77bcf86cd799439011", u32::MAX)] {
            assert_eq!(Reference::parse(&mine.to_string()), Some(mine));
        }
    }

    #[test]
    fn a_customer_that_does_not_fit_is_left_out() {
        let fits = reference(&"c".repeat(61), 1);
        assert_eq!(fits.to_string().len(), Reference::LENGTH);
        assert_eq!(Reference::parse(&fits.to_string()), Some(fits));
        let long = reference(&"c".repeat(62), 1);
        assert_eq!(Reference::parse(&long.to_string()), Some(Reference { customer: None, ..long }));
    }

    #[test]
    fn other_peoples_texts_are_no_references() {
        let order = reference("alice", 1).order.to_string();
        for text in [
            "",
            "Order 000123",
            "ord_1 1 alice",
            &order,
            &format!("{order} "),
            &format!("{order} x alice"),
            &format!("{order} 01 alice"),
            &format!("{order} -1 alice"),
            &format!("{order} 1 "),
            &format!("{order} 1 alice bob"),
            &format!("{order}  1 alice"),
        ] {
            assert_eq!(Reference::parse(text), None, "{text}");
        }
    }
}
