//! Coupons on the wire (P8).

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::FieldError;
use super::wire::Amount;
use crate::coupon::{Coupon, CouponState};
use crate::ids::CouponCode;
use crate::limits;
use crate::money::{Currency, Money};
use crate::percent::Percent;
use crate::pricing::CouponValue;
use crate::time::Timestamp;

/// `PUT /admin/coupons/{code}`: the whole coupon; what is left out has no bound.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PutCoupon {
    /// Takes off a part of the goods' price; either this or `amount`.
    #[serde(default)]
    pub percent: Option<Amount>,
    /// Takes off so much, at most what the goods cost.
    #[serde(default)]
    pub amount: Option<Amount>,
    /// Of `amount` and `minimum`.
    #[serde(default)]
    pub currency: Option<Currency>,
    /// What the goods must cost, after the lines' own discounts.
    #[serde(default)]
    pub minimum: Option<Amount>,
    /// From when on it counts (RFC 3339).
    #[serde(default)]
    pub valid_from: Option<String>,
    /// Until when it counts, this moment not included (RFC 3339).
    #[serde(default)]
    pub valid_until: Option<String>,
    /// Orders that may use it, in all.
    #[serde(default)]
    pub max_uses: Option<u64>,
    /// Orders of one customer that may use it.
    #[serde(default)]
    pub max_uses_per_customer: Option<u64>,
    /// Whether it can be used; it can, unless said otherwise.
    #[serde(default = "active")]
    pub state: CouponState,
}

fn active() -> CouponState {
    CouponState::Active
}

impl PutCoupon {
    /// The coupon that the request describes.
    pub fn parse(self, code: CouponCode, version: u64, now: Timestamp) -> Result<Coupon, Vec<FieldError>> {
        let mut errors = Vec::new();
        let value = self.value(&mut errors);
        let minimum = self.minimum.and_then(|amount| money(amount, self.currency, "minimum", &mut errors));
        if self.currency.is_some() && self.amount.is_none() && self.minimum.is_none() {
            errors.push(FieldError::new("/currency", "invalid", "goes with an amount or a minimum"));
        }
        let valid_from = time(self.valid_from.as_deref(), "valid_from", &mut errors);
        let valid_until = time(self.valid_until.as_deref(), "valid_until", &mut errors);
        if let (Some(from), Some(until)) = (valid_from, valid_until)
            && from >= until
        {
            errors.push(FieldError::new("/valid_until", "out_of_range", "later than valid_from"));
        }
        let max_uses = count(self.max_uses, limits::COUPON_USES, "max_uses", &mut errors);
        let per_customer = limits::COUPON_USES_PER_CUSTOMER;
        let per_customer =
            count(self.max_uses_per_customer, per_customer, "max_uses_per_customer", &mut errors);
        match value {
            Some(value) if errors.is_empty() => Ok(Coupon {
                code,
                value,
                minimum,
                valid_from,
                valid_until,
                max_uses,
                max_uses_per_customer: per_customer,
                state: self.state,
                version,
                updated_at: now,
            }),
            _ => Err(errors),
        }
    }

    fn value(&self, errors: &mut Vec<FieldError>) -> Option<CouponValue> {
        match (self.percent, self.amount) {
            (Some(percent), None) => {
                let percent = Percent::new(percent.0).ok().filter(|percent| !percent.is_zero());
                if percent.is_none() {
                    let detail = "more than 0 and at most 100 percent, with at most 4 decimals";
                    errors.push(FieldError::new("/percent", "out_of_range", detail));
                }
                percent.map(CouponValue::Percent)
            }
            (None, Some(amount)) => money(amount, self.currency, "amount", errors).map(CouponValue::Amount),
            (None, None) => {
                errors.push(FieldError::new("/percent", "required", "either percent or amount"));
                None
            }
            (Some(_), Some(_)) => {
                errors.push(FieldError::new("/amount", "invalid", "either percent or amount, not both"));
                None
            }
        }
    }
}

/// More than nothing, in the request's currency.
fn money(
    amount: Amount,
    currency: Option<Currency>,
    field: &str,
    errors: &mut Vec<FieldError>,
) -> Option<Money> {
    let Some(currency) = currency else {
        if !errors.iter().any(|error| error.pointer == "/currency") {
            errors.push(FieldError::new("/currency", "required", "the currency of amount and minimum"));
        }
        return None;
    };
    let wanted = match Money::new(amount.0, currency) {
        Ok(money) if amount.0 > Decimal::ZERO => return Some(money),
        Ok(_) => "more than nothing".to_owned(),
        Err(error) => error.to_string(),
    };
    errors.push(FieldError::new(format!("/{field}"), "out_of_range", &wanted));
    None
}

fn time(text: Option<&str>, field: &str, errors: &mut Vec<FieldError>) -> Option<Timestamp> {
    Timestamp::parse_rfc3339(text?)
        .map_err(|error| errors.push(FieldError::new(format!("/{field}"), "invalid", &error.to_string())))
        .ok()
}

fn count(count: Option<u64>, most: u32, field: &str, errors: &mut Vec<FieldError>) -> Option<u32> {
    let count = count?;
    let valid = u32::try_from(count).ok().filter(|count| (1..=most).contains(count));
    if valid.is_none() {
        errors.push(FieldError::new(format!("/{field}"), "out_of_range", &format!("1 to {most}")));
    }
    valid
}

/// A coupon as staff sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CouponView {
    /// Its code.
    pub coupon_code: CouponCode,
    /// The part that it takes off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub percent: Option<Percent>,
    /// How much it takes off, in major units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    /// Of `amount` and `minimum`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// What the goods must cost, in major units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum: Option<String>,
    /// From when on it counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<String>,
    /// Until when it counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<String>,
    /// Orders that may use it, in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_uses: Option<u32>,
    /// Orders of one customer that may use it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_uses_per_customer: Option<u32>,
    /// Whether it can be used.
    pub state: CouponState,
    /// Orders that have used it, without those that were called off; counted while there is a `max_uses`.
    pub used: u64,
    /// Counts the changes.
    pub version: u64,
    /// When it was last changed.
    pub updated_at: String,
}

impl CouponView {
    /// A coupon that was used so often.
    pub fn of(coupon: &Coupon, used: u64) -> Self {
        let (percent, amount) = match coupon.value {
            CouponValue::Percent(percent) => (Some(percent), None),
            CouponValue::Amount(amount) => (None, Some(amount)),
        };
        let shown = |money: Money| money.amount().to_string();
        Self {
            coupon_code: coupon.code.clone(),
            percent,
            amount: amount.map(shown),
            currency: amount.or(coupon.minimum).map(Money::currency),
            minimum: coupon.minimum.map(shown),
            valid_from: coupon.valid_from.map(Timestamp::rfc3339),
            valid_until: coupon.valid_until.map(Timestamp::rfc3339),
            max_uses: coupon.max_uses,
            max_uses_per_customer: coupon.max_uses_per_customer,
            state: coupon.state,
            used,
            version: coupon.version,
            updated_at: coupon.updated_at.rfc3339(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn parse(body: &Value) -> Result<Coupon, Vec<FieldError>> {
        let request: PutCoupon = serde_json::from_str(&body.to_string()).expect("a body of the right shape");
        let code = CouponCode::parse("SPRING").expect("valid");
        request.parse(code, 1, Timestamp::from_seconds(1_772_359_200))
    }

    #[test]
    fn what_is_shown_of_a_coupon_is_what_was_put() {
        for body in [
            json!({"percent": "12.5", "state": "active"}),
            json!({"percent": "100", "minimum": "20.00", "currency": "EUR", "state": "archived"}),
            json!({"amount": "5.00", "currency": "EUR", "minimum": "5.01", "max_uses": 1_000_000_000,
                "max_uses_per_customer": 1000, "state": "active",
                "valid_from": "2026-03-01T00:00:00Z", "valid_until": "2026-03-01T00:00:00.001Z"}),
            json!({"amount": "500", "currency": "JPY", "max_uses": 1, "max_uses_per_customer": 1, "state": "active"}),
        ] {
            let view = CouponView::of(&parse(&body).expect("valid"), 7);
            let mut view = serde_json::to_value(view).expect("JSON");
            let shown = view.as_object_mut().expect("an object");
            assert_eq!(shown.remove("coupon_code"), Some(json!("SPRING")));
            assert_eq!(shown.remove("used"), Some(json!(7)));
            assert_eq!(shown.remove("version"), Some(json!(1)));
            assert_eq!(shown.remove("updated_at"), Some(json!("2026-03-01T10:00:00Z")));
            assert_eq!(view, body);
        }
    }

    #[test]
    fn every_broken_rule_of_a_coupon_is_pointed_at() {
        let check = |body: Value, expected: &[(&str, &str)]| {
            let errors = parse(&body).expect_err("a rule is broken");
            let found: Vec<_> = errors.iter().map(|error| (error.pointer.as_str(), error.code)).collect();
            assert_eq!(found, expected, "{body}");
        };
        check(json!({}), &[("/percent", "required")]);
        check(json!({"percent": "5", "amount": "5", "currency": "EUR"}), &[("/amount", "invalid")]);
        for percent in ["0", "-1", "100.0001", "0.00001"] {
            check(json!({"percent": percent}), &[("/percent", "out_of_range")]);
        }
        for amount in ["0", "-1", "0.001", "1000000001"] {
            check(json!({"amount": amount, "currency": "EUR"}), &[("/amount", "out_of_range")]);
        }
        check(json!({"amount": "5"}), &[("/currency", "required")]);
        check(json!({"amount": "5", "minimum": "5"}), &[("/currency", "required")]);
        check(json!({"percent": "5", "minimum": "5"}), &[("/currency", "required")]);
        check(json!({"percent": "5", "currency": "EUR"}), &[("/currency", "invalid")]);
        check(json!({"percent": "5", "minimum": "0", "currency": "EUR"}), &[("/minimum", "out_of_range")]);
        check(json!({"percent": "5", "minimum": "0.5", "currency": "JPY"}), &[("/minimum", "out_of_range")]);
        check(json!({"percent": "5", "valid_from": "tomorrow"}), &[("/valid_from", "invalid")]);
        check(json!({"percent": "5", "valid_until": "2026-03-01"}), &[("/valid_until", "invalid")]);
        for until in ["2026-03-01T10:00:00Z", "2026-03-01T10:30:00+01:00"] {
            let body = json!({"percent": "5", "valid_from": "2026-03-01T10:00:00Z", "valid_until": until});
            check(body, &[("/valid_until", "out_of_range")]);
        }
        for uses in [0, 1_000_000_001, u64::MAX] {
            check(json!({"percent": "5", "max_uses": uses}), &[("/max_uses", "out_of_range")]);
        }
        let body = json!({"max_uses_per_customer": 1001, "percent": "0", "max_uses": 0});
        check(
            body,
            &[
                ("/percent", "out_of_range"),
                ("/max_uses", "out_of_range"),
                ("/max_uses_per_customer", "out_of_range"),
            ],
        );
    }
}
