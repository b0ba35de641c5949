//! Guests: orders without an account, read with the token in their mail and never by id alone.

use crate::ids::{CustomerId, OrderId};
use crate::limits::GUEST_TOKEN_DAYS;
use crate::seal;
use crate::time::Timestamp;

const SCOPE: &str = "guest-order";

/// The token of an order is not ours, or its time is over (404: neither is told apart from an order that is not there).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the token opens no order")]
pub struct InvalidToken;

/// The token that opens this one order for [`GUEST_TOKEN_DAYS`] after its placement. The same each time, so that a mail
/// that is sent again carries no other.
pub fn token(key: &[u8], customer: &CustomerId, order: &OrderId) -> String {
    let until = order.placed_at().plus_seconds(GUEST_TOKEN_DAYS * 24 * 60 * 60);
    // Neither a customer nor an order can contain a '#'.
    seal::seal(key, SCOPE, &format!("{customer}#{order}#{}", until.seconds()))
}

/// Whose order a token opens at `now`, and which.
pub fn open(key: &[u8], token: &str, now: Timestamp) -> Result<(CustomerId, OrderId), InvalidToken> {
    let content = seal::open(key, SCOPE, token).map_err(|_| InvalidToken)?;
    let mut parts = content.split('#');
    let (customer, order, until) = (parts.next(), parts.next(), parts.next());
    let until: i64 = until.and_then(|until| until.parse().ok()).ok_or(InvalidToken)?;
    if now.seconds() >= until {
        return Err(InvalidToken);
    }
    let customer = customer.and_then(|id| CustomerId::parse(id).ok()).ok_or(InvalidToken)?;
    Ok((customer, order.and_then(|id| OrderId::parse(id).ok()).ok_or(InvalidToken)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::IdempotencyKey;

    #[test]
    fn a_token_opens_its_order_until_its_time_is_over() {
        let guest = CustomerId::of_guest(b"key", " Jane@Example.com");
        assert!(guest.is_guest());
        assert_eq!(guest, CustomerId::of_guest(b"key", "jane@example.com"));
        assert_ne!(guest, CustomerId::of_guest(b"other", "jane@example.com"));
        let placed = Timestamp::from_seconds(1_772_359_200);
        let order =
            OrderId::new(&guest, &guest, &IdempotencyKey::parse("a-long-enough-key").expect("valid"), placed);
        let token = token(b"key", &guest, &order);
        assert_eq!(open(b"key", &token, placed), Ok((guest.clone(), order)));
        let end = placed.plus_seconds(GUEST_TOKEN_DAYS * 86_400);
        assert_eq!(open(b"key", &token, end.plus_seconds(-1)), Ok((guest, order)));
        assert_eq!(open(b"key", &token, end), Err(InvalidToken));
        assert_eq!(open(b"other", &token, placed), Err(InvalidToken));
        assert_eq!(open(b"key", &token[1..], placed), Err(InvalidToken));
        // A cursor is sealed with the same key, and opens nothing.
        let cursor = seal::seal(b"key", "orders|alice|", &order.to_string());
        assert_eq!(open(b"key", &cursor, placed), Err(InvalidToken));
    }
}
