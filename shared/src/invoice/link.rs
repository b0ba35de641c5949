//! Links to the PDF of a bill, for whoever has one: whoever pays, keeps the books, or prints it needs no account.

use crate::ids::{CustomerId, OrderId};
use crate::limits::{BILL_LINK_MINUTES, MAILED_BILL_LINK_DAYS};
use crate::seal;
use crate::time::Timestamp;

const SCOPE: &str = "bill";

/// The token of a bill is not ours, or its time is over (404: neither is told apart from a bill that is not there).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the token opens no bill")]
pub struct InvalidLink;

/// The bill that a link leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// Whose order it is of.
    pub customer: CustomerId,
    /// The order.
    pub order: OrderId,
    /// Which of its bills ([`super::Subject::place`]).
    pub place: u64,
}

impl Linked {
    /// Until when a token of this moment opens its bill.
    pub fn until(now: Timestamp) -> Timestamp {
        now.plus_seconds(BILL_LINK_MINUTES * 60)
    }

    /// Until when a token opens its bill that is in the mail about something that happened then. A mail that is made again is the
    /// same one.
    pub fn mailed_until(happened: Timestamp) -> Timestamp {
        happened.plus_seconds(MAILED_BILL_LINK_DAYS * 86_400)
    }

    /// The token that opens this bill, up to a moment.
    pub fn token(&self, key: &[u8], until: Timestamp) -> String {
        let Self { customer, order, place } = self;
        // Neither a customer nor an order can contain a '#'.
        seal::seal(key, SCOPE, &format!("{customer}#{order}#{place}#{}", until.seconds()))
    }

    /// What a token opens at `now`.
    pub fn open(key: &[u8], token: &str, now: Timestamp) -> Result<Self, InvalidLink> {
        let content = seal::open(key, SCOPE, token).map_err(|_| InvalidLink)?;
        let [customer, order, place, until] = content.split('#').collect::<Vec<_>>()[..] else {
            return Err(InvalidLink);
        };
        let until: i64 = until.parse().map_err(|_| InvalidLink)?;
        if now.seconds() >= until {
            return Err(InvalidLink);
        }
        Ok(Self {
            customer: CustomerId::parse(customer).map_err(|_| InvalidLink)?,
            order: OrderId::parse(order).map_err(|_| InvalidLink)?,
            place: place.parse().map_err(|_| InvalidLink)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guest;
    use crate::ids::IdempotencyKey;

    #[test]
    fn a_token_opens_its_bill_until_its_time_is_over() {
        let customer = CustomerId::parse("auth0|alice").expect("valid");
        let key = IdempotencyKey::parse("k").expect("valid");
        let now = Timestamp::from_seconds(1_772_359_200);
        let order = OrderId::new(&customer, &customer, &key, now);
        let bill = Linked { customer: customer.clone(), order, place: 7 };
        let until = Linked::until(now);
        let token = bill.token(b"key", until);
        let last = until.plus_seconds(-1);
        assert_eq!(Linked::open(b"key", &token, last), Ok(bill));
        assert_eq!(Linked::open(b"key", &token, until), Err(InvalidLink));
        assert_eq!(Linked::open(b"other", &token, now), Err(InvalidLink));
        assert_eq!(Linked::open(b"key", &token[1..], now), Err(InvalidLink));
        // A guest's token is sealed with the same key, and opens an order, no bill.
        assert_eq!(Linked::open(b"key", &guest::token(b"key", &customer, &order), now), Err(InvalidLink));
    }
}
