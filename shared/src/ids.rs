//! Typed identifiers. Each has private content and one constructor that checks it, so a value of the type is valid
//! wherever it turns up, and `#`, the separator of table keys, can be in none of them.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use uuid::Uuid;

use crate::language::Spoken;
use crate::time::Timestamp;

/// Why a text is not an identifier of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidId(&'static str);

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $max:expr, $allowed:expr, $rule:expr) => {
        text_id!($(#[$doc])* $name, $max, $allowed, $rule, |_| true);
    };
    ($(#[$doc:meta])* $name:ident, $max:expr, $allowed:expr, $rule:expr, $whole:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            #[doc = concat!("Parses the text: ", $rule, ".")]
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                let allowed: fn(char) -> bool = $allowed;
                let whole: fn(&str) -> bool = $whole;
                if text.is_empty() || text.len() > $max || !text.chars().all(allowed) || !whole(text) {
                    return Err(InvalidId($rule));
                }
                Ok(Self(text.to_owned()))
            }

            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
    };
}

text_id!(
    /// A customer: the `sub` claim of the token. Any OIDC issuer's subject fits (OpenID Connect Core 2: at most 255
    /// ASCII characters), except for `#`.
    CustomerId, 255, |c| c.is_ascii_graphic() && c != '#',
    "1 to 255 printable ASCII characters without spaces and without #"
);
text_id!(
    /// A product, named by the shop.
    ProductId, 64, |c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'),
    "1 to 64 letters, digits, '-', '_' or '.'"
);
text_id!(
    /// A warehouse, named by the shop.
    WarehouseId, 32, |c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'),
    "1 to 32 letters, digits, '-' or '_'"
);
text_id!(
    /// A variation of a product, e.g. one size in one colour; named by the shop.
    VariationId, 32, |c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'),
    "1 to 32 letters, digits, '-', '_' or '.'"
);
text_id!(
    /// A way to deliver, named by the shop.
    ShippingMethodId, 32, |c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'),
    "1 to 32 letters, digits, '-' or '_'"
);
text_id!(
    /// A tax class of products, named by the shop, e.g. `standard` or `reduced`.
    TaxClass, 32, |c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'),
    "1 to 32 letters, digits, '-' or '_'"
);
text_id!(
    /// An address in a customer's book, named by who writes it.
    AddressId, 64, |c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'),
    "1 to 64 letters, digits, '-' or '_'"
);
text_id!(
    /// A cart: `cart_` and hexadecimal digits.
    CartId, 64, |c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'),
    "1 to 64 letters, digits, '-' or '_'"
);
text_id!(
    /// A language tag (BCP 47), e.g. `en` or `pt-BR`.
    Language, 35, |c| c.is_ascii_alphanumeric() || c == '-',
    "a language tag of BCP 47, e.g. en or pt-BR",
    is_well_formed
);

/// Whether it has the form of a language's tag: a language of ISO 639, and what narrows it down (RFC 5646, 2.1). Longer names for
/// languages are reserved, or of before 2005.
fn is_well_formed(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default();
    (2..=3).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| (1..=8).contains(&part.len()))
}

impl Language {
    /// What there is for it: for the language itself, else for the same one elsewhere, as `de` is for `de-AT` (RFC 4647, 3.4,
    /// lookup).
    pub fn lookup<T>(&self, find: impl Fn(&str) -> Option<T>) -> Option<T> {
        let mut tag = self.as_str();
        loop {
            if let Some(found) = find(tag) {
                return Some(found);
            }
            tag = tag.rsplit_once('-')?.0;
        }
    }
}

impl From<Spoken> for Language {
    fn from(spoken: Spoken) -> Self {
        Self(spoken.tag().to_owned())
    }
}

impl Default for Language {
    /// The language of whoever says nothing else.
    fn default() -> Self {
        Spoken::default().into()
    }
}

text_id!(
    /// A coupon's code in capitals, as it is stored. What a person typed is read by [`CouponCode::from_input`].
    CouponCode, 32, |c| c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, '-' | '_'),
    "1 to 32 letters, digits, '-' or '_'"
);

impl CouponCode {
    /// Reads a code as a person typed it: spaces around it and case do not matter.
    pub fn from_input(text: &str) -> Result<Self, InvalidId> {
        Self::parse(&text.trim().to_ascii_uppercase())
    }
}

text_id!(
    /// A client's idempotency key (draft-ietf-httpapi-idempotency-key-header). The draft's quoted form is accepted by
    /// [`IdempotencyKey::from_header`].
    IdempotencyKey, crate::limits::IDEMPOTENCY_KEY, |c| c.is_ascii_graphic(),
    "1 to 255 printable ASCII characters without spaces"
);

/// What the customer ids of guests begin with. No token's subject may.
const GUEST_PREFIX: &str = "guest:";

impl CustomerId {
    /// The guest with this mail address: a keyed hash, because partition keys turn up in logs. One person's orders lie
    /// together, so limits per customer hold for guests as well.
    pub fn of_guest(key: &[u8], email: &str) -> Self {
        let hash = crate::seal::tag(key, "guest", &email.trim().to_lowercase());
        let hex: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Self(format!("{GUEST_PREFIX}{hex}"))
    }

    /// Whether it is a guest's: somebody without an account.
    pub fn is_guest(&self) -> bool {
        self.0.starts_with(GUEST_PREFIX)
    }
}

impl IdempotencyKey {
    /// Reads the header, as a bare token or as the draft's structured string (`"…"`).
    pub fn from_header(value: &str) -> Result<Self, InvalidId> {
        let value = value.trim();
        let bare = value.strip_prefix('"').and_then(|v| v.strip_suffix('"')).unwrap_or(value);
        Self::parse(bare)
    }
}

/// An order: `ord_` and a UUIDv7 (RFC 9562) in 32 hexadecimal digits, so ids sort by the time of placement.
///
/// The random part is a hash of the customer and the idempotency key, so the same request leads to the same part:
/// that is what makes a second order under one key impossible by the write itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OrderId(Uuid);

const ORDER_PREFIX: &str = "ord_";

impl OrderId {
    /// The id of the order for `customer` that `caller` places under `key` at `now`. Keys belong to who sends them:
    /// staff that orders for a customer has keys of its own.
    pub fn new(customer: &CustomerId, caller: &CustomerId, key: &IdempotencyKey, now: Timestamp) -> Self {
        let millis = u64::try_from(now.millis()).unwrap_or_default();
        Self(
            uuid::Builder::from_unix_timestamp_millis(millis, &placement_hash(customer, caller, key))
                .into_uuid(),
        )
    }

    /// An id for an order that is only looked at and never written.
    pub fn of_preview(now: Timestamp) -> Self {
        let millis = u64::try_from(now.millis()).unwrap_or_default();
        Self(uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid())
    }

    /// Parses `ord_` and 32 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        const RULE: InvalidId = InvalidId("ord_ and 32 lower-case hexadecimal digits");
        let hex = text.strip_prefix(ORDER_PREFIX).ok_or(RULE)?;
        let lower = hex.len() == 32 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let uuid = lower.then(|| Uuid::try_parse(hex).ok()).flatten().ok_or(RULE)?;
        if uuid.get_version_num() == 7 { Ok(Self(uuid)) } else { Err(RULE) }
    }

    /// When it was placed: a UUIDv7 begins with that (RFC 9562, 5.7).
    pub fn placed_at(&self) -> Timestamp {
        let millis =
            self.0.as_bytes()[..6].iter().fold(0i64, |millis, byte| (millis << 8) | i64::from(*byte));
        Timestamp::from_millis(millis)
    }

    /// A text that sorts before the id of every order that is placed at `moment` or later, and behind every earlier one.
    pub fn lower_bound(moment: Timestamp) -> String {
        format!("{ORDER_PREFIX}{:012x}", moment.millis().max(0))
    }

    /// The part that depends on customer and key alone, without the time: 74 bits (RFC 9562, 5.7: rand_a, rand_b).
    pub fn placement(&self) -> PlacementTag {
        let bytes = self.0.as_bytes();
        let mut tag = [0; 10];
        tag.copy_from_slice(&bytes[6..]);
        PlacementTag(tag)
    }
}

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{ORDER_PREFIX}{}", self.0.simple())
    }
}

impl TryFrom<String> for OrderId {
    type Error = InvalidId;
    fn try_from(text: String) -> Result<Self, InvalidId> {
        Self::parse(&text)
    }
}

impl From<OrderId> for String {
    fn from(id: OrderId) -> String {
        id.to_string()
    }
}

/// What an [`OrderId`] owes to its customer and idempotency key: the name of the frozen document, which is
/// thereby the record of the key as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PlacementTag([u8; 10]);

impl PlacementTag {
    /// The tag of whatever order `caller` placed for `customer`, or will place, under `key`.
    pub fn new(customer: &CustomerId, caller: &CustomerId, key: &IdempotencyKey) -> Self {
        OrderId::new(customer, caller, key, Timestamp::from_millis(0)).placement()
    }

    /// The lowest 50 bits, from which the order's number is made.
    pub fn low_50_bits(self) -> u64 {
        let mut low = [0; 8];
        low.copy_from_slice(&self.0[2..]);
        u64::from_be_bytes(low) & ((1 << 50) - 1)
    }
}

impl fmt::Display for PlacementTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

fn placement_hash(customer: &CustomerId, caller: &CustomerId, key: &IdempotencyKey) -> [u8; 10] {
    // '#' cannot be part of a customer id, so no two triples are written alike.
    let digest = Sha256::digest(format!("place-order#{customer}#{caller}#{key}"));
    let mut head = [0; 10];
    head.copy_from_slice(&digest[..10]);
    head
}

/// The number that people read out: ten characters and a check character, e.g. `7K3M9-QX2TC-4`.
///
/// Crockford's base 32 has no I, L, O and U, and its check symbol (the value modulo 37) finds every single wrong
/// character and every swap of two neighbours. The number is a function of the id, so one index serves both.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OrderNumber(String);

const CROCKFORD: &[u8; 37] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U";

impl OrderNumber {
    /// The number of an order.
    pub fn of(id: &OrderId) -> Self {
        let value = id.placement().low_50_bits();
        let mut text = String::with_capacity(13);
        for position in (0..10).rev() {
            text.push(symbol((value >> (position * 5)) & 31));
            if position == 5 {
                text.push('-');
            }
        }
        text.push('-');
        text.push(symbol(value % 37));
        Self(text)
    }

    /// Parses what a person typed: case, hyphens and look-alikes (O, I, L) do not matter (Crockford), a wrong check
    /// character does.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        const RULE: InvalidId = InvalidId("an order number is ten characters and a check character");
        let symbols: Vec<u64> = text
            .chars()
            .filter(|c| *c != '-')
            .map(|c| {
                let c = match c.to_ascii_uppercase() {
                    'O' => '0',
                    'I' | 'L' => '1',
                    c => c,
                };
                CROCKFORD.iter().position(|s| char::from(*s) == c).map(|p| p as u64)
            })
            .collect::<Option<_>>()
            .ok_or(RULE)?;
        let [digits @ .., check] = symbols.as_slice() else {
            return Err(RULE);
        };
        if digits.len() != 10 || digits.iter().any(|d| *d > 31) {
            return Err(RULE);
        }
        let value = digits.iter().fold(0u64, |value, digit| (value << 5) | digit);
        if value % 37 != *check {
            return Err(RULE);
        }
        let plain: String = symbols.iter().map(|s| symbol(*s)).collect();
        Ok(Self(format!("{}-{}-{}", &plain[..5], &plain[5..10], &plain[10..])))
    }

    /// The text in its one canonical form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn symbol(value: u64) -> char {
    CROCKFORD.get(usize::try_from(value).unwrap_or(0)).copied().map_or('0', char::from)
}

impl fmt::Display for OrderNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(key: &str, millis: i64) -> OrderId {
        let customer = CustomerId::parse("alice").expect("valid");
        let key = IdempotencyKey::parse(key).expect("valid");
        OrderId::new(&customer, &customer, &key, Timestamp::from_millis(millis))
    }

    #[test]
    fn an_order_id_survives_its_text_and_sorts_by_time() {
        let (early, late) = (order("k1", 1_000), order("k0", 2_000));
        assert_eq!(OrderId::parse(&early.to_string()), Ok(early));
        assert!(early.to_string() < late.to_string());
        assert_eq!(late.placed_at(), Timestamp::from_millis(2_000));
        let bound = OrderId::lower_bound(Timestamp::from_millis(2_000));
        assert!(early.to_string() < bound && bound < late.to_string());
    }

    #[test]
    fn one_key_gives_one_placement_whenever_it_is_sent() {
        let customer = CustomerId::parse("alice").expect("valid");
        let key = IdempotencyKey::parse("k1").expect("valid");
        assert_eq!(order("k1", 1).placement(), order("k1", 99_999_999).placement());
        assert_eq!(order("k1", 1).placement(), PlacementTag::new(&customer, &customer, &key));
        assert_ne!(order("k1", 1).placement(), order("k2", 1).placement());
    }

    #[test]
    fn what_is_no_order_id_is_refused() {
        let good = order("k", 5).to_string();
        for bad in [
            "",
            "ord_",
            "ord_zz",
            &good[..35],
            &good.to_uppercase(),
            &format!("{good}#"),
            &good.replacen("ord_", "ORD_", 1),
        ] {
            assert!(OrderId::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_number_is_read_as_people_type_it_and_a_slip_is_found() {
        let number = OrderNumber::of(&order("k", 5));
        assert_eq!(OrderNumber::parse(&number.as_str().to_lowercase().replace('-', "")), Ok(number.clone()));
        let digits: Vec<char> = number.as_str().chars().filter(|c| *c != '-').collect();
        for position in 0..10 {
            for replacement in CROCKFORD[..32].iter().map(|b| char::from(*b)) {
                let mut typed = digits.clone();
                if typed[position] != replacement {
                    typed[position] = replacement;
                    assert!(OrderNumber::parse(&typed.iter().collect::<String>()).is_err());
                }
            }
        }
    }

    #[test]
    fn a_language_is_told_by_its_tag_and_not_by_its_name() {
        for tag in
            ["en", "pt-BR", "zh-Hant-TW", "sl-rozaj-biske-1994", "de-CH-1901", "haw", "en-u-ca-gregory"]
        {
            assert!(Language::parse(tag).is_ok(), "{tag}");
        }
        for text in [
            "",
            "e",
            "klingon",
            "12",
            "d3",
            "en_US",
            "en-",
            "-en",
            "en--US",
            "en-waytoolong",
            "x-private",
            "é",
        ] {
            assert!(Language::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn ids_with_a_separator_or_a_space_are_refused() {
        assert!(CustomerId::parse("a#b").is_err());
        assert!(ProductId::parse("a b").is_err());
        assert!(ProductId::parse("").is_err());
        assert!(IdempotencyKey::parse(&"k".repeat(256)).is_err());
        assert_eq!(IdempotencyKey::from_header(" \"k1\" "), IdempotencyKey::parse("k1"));
    }
}
