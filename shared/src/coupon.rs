//! Coupons: what they take off, when, and how often (P8).

use serde::{Deserialize, Serialize};

use crate::ids::CouponCode;
use crate::money::{Currency, Money};
use crate::pricing::{CouponTerms, CouponValue};
use crate::time::Timestamp;

/// A coupon, as staff has set it up. How often it was used is counted beside it, by the orders' own writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coupon {
    /// Its code.
    pub code: CouponCode,
    /// What it takes off the goods.
    pub value: CouponValue,
    /// What the goods must cost, after the lines' own discounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<Money>,
    /// When it begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Timestamp>,
    /// When it ends; this moment is too late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
    /// Orders that may use it, in all. Orders that are called off give their use back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_uses: Option<u32>,
    /// Orders of one customer that may use it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_uses_per_customer: Option<u32>,
    /// Whether it can be used. Coupons are archived, never deleted: orders name them.
    pub state: CouponState,
    /// Counts the changes; the condition of the next one, and of every use that is counted.
    pub version: u64,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// Whether a coupon can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CouponState {
    /// It can.
    Active,
    /// It cannot any more.
    Archived,
}

/// Why a coupon does not count. The customer hears which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CouponRefusal {
    /// 422 `unknown_coupon`: there is none, or it was archived.
    #[error("there is no such coupon")]
    Unknown,
    /// 422 `coupon_not_yet_valid`
    #[error("the coupon is not valid yet")]
    NotYetValid,
    /// 422 `coupon_expired`
    #[error("the coupon is not valid any more")]
    Expired,
    /// 422 `coupon_other_currency`
    #[error("the coupon is of another currency")]
    OtherCurrency,
    /// 409 `coupon_used_up`: as many orders as may use it have done so.
    #[error("the coupon is used up")]
    UsedUp,
    /// 409 `coupon_used_before`: this customer has used it as often as may be.
    #[error("the customer has used the coupon as often as may be")]
    UsedBefore,
}

impl CouponRefusal {
    /// Stable, for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unknown => "unknown_coupon",
            Self::NotYetValid => "coupon_not_yet_valid",
            Self::Expired => "coupon_expired",
            Self::OtherCurrency => "coupon_other_currency",
            Self::UsedUp => "coupon_used_up",
            Self::UsedBefore => "coupon_used_before",
        }
    }
}

/// That an order used a coupon; kept on the order, so that calling it off gives back what was counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CouponUse {
    /// Which.
    pub code: CouponCode,
    /// The version that it was priced with.
    pub version: u64,
    /// The limit in all, if the use was counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_uses: Option<u32>,
    /// The limit per customer, if the use was counted for the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_uses_per_customer: Option<u32>,
}

impl Coupon {
    /// What it takes off at `now`.
    pub fn terms(&self, now: Timestamp) -> Result<CouponTerms, CouponRefusal> {
        if self.state == CouponState::Archived {
            return Err(CouponRefusal::Unknown);
        }
        if self.valid_from.is_some_and(|from| now < from) {
            return Err(CouponRefusal::NotYetValid);
        }
        if self.valid_until.is_some_and(|until| now >= until) {
            return Err(CouponRefusal::Expired);
        }
        Ok(CouponTerms { value: self.value, minimum: self.minimum })
    }

    /// Whether its amounts are of this currency.
    pub fn is_of(&self, currency: Currency) -> bool {
        let amount = match self.value {
            CouponValue::Amount(amount) => Some(amount),
            CouponValue::Percent(_) => None,
        };
        amount.into_iter().chain(self.minimum).all(|amount| amount.currency() == currency)
    }

    /// One use of it.
    pub fn once(&self) -> CouponUse {
        CouponUse {
            code: self.code.clone(),
            version: self.version,
            max_uses: self.max_uses,
            max_uses_per_customer: self.max_uses_per_customer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coupon_counts_from_its_first_moment_to_just_before_its_last() {
        let at = Timestamp::from_seconds;
        let mut coupon = Coupon {
            code: CouponCode::from_input(" spring-5 ").expect("valid"),
            value: CouponValue::Amount("5 EUR".parse().expect("valid money")),
            minimum: None,
            valid_from: Some(at(100)),
            valid_until: Some(at(200)),
            max_uses: None,
            max_uses_per_customer: None,
            state: CouponState::Active,
            version: 1,
            updated_at: at(0),
        };
        assert_eq!(coupon.code.as_str(), "SPRING-5");
        assert_eq!(coupon.terms(at(99)), Err(CouponRefusal::NotYetValid));
        assert!(coupon.terms(at(100)).is_ok());
        assert!(coupon.terms(at(199)).is_ok());
        assert_eq!(coupon.terms(at(200)), Err(CouponRefusal::Expired));
        coupon.state = CouponState::Archived;
        assert_eq!(coupon.terms(at(150)), Err(CouponRefusal::Unknown));
    }
}
