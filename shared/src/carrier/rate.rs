//! Rates, and which of them is taken.

use serde::{Deserialize, Serialize};

use crate::money::Money;

/// What sending a consignment one way costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    /// The provider's id of it. It is of no use after some days (Shippo: seven).
    pub id: String,
    /// Who carries it, as people call them.
    pub carrier: String,
    /// How, as the carrier calls it.
    pub service: String,
    /// The price of all parcels together.
    pub amount: Money,
    /// Days from the day of dispatch, where the carrier says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// The account with the carrier that it is for, where the provider has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
}

impl Rate {
    fn name(&self) -> (&str, &str, &str) {
        (&self.carrier, &self.service, &self.id)
    }
}

/// The rate to take, if `days_left` lie between dispatch and the promised day: the cheapest that keeps the promise, else
/// the fastest. A rate without a number of days keeps no promise. Without a promise, the cheapest. Ties go by speed or
/// price, then by name, so that the same rates always lead to the same choice. All are of one currency, the sender's.
pub fn choose(rates: &[Rate], days_left: Option<u32>) -> Option<&Rate> {
    let days = |rate: &Rate| rate.days.unwrap_or(u32::MAX);
    let in_time = |rate: &&Rate| days_left.is_none_or(|left| rate.days.is_some_and(|days| days <= left));
    let cheapest = rates.iter().filter(in_time).min_by_key(|r| (r.amount.amount(), days(r), r.name()));
    cheapest.or_else(|| rates.iter().min_by_key(|r| (days(r), r.amount.amount(), r.name())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(id: &str, amount: &str, days: Option<u32>) -> Rate {
        Rate {
            id: id.to_owned(),
            carrier: "Post".to_owned(),
            service: "Parcel".to_owned(),
            amount: format!("{amount} EUR").parse().expect("an amount"),
            days,
            account: None,
        }
    }

    fn check(days_left: Option<u32>, expected: &str) {
        let mut rates = vec![
            rate("snail", "3.00", Some(9)),
            rate("unknown", "2.00", None),
            rate("parcel", "5.00", Some(3)),
            rate("other-parcel", "5.00", Some(3)),
            rate("express", "12.00", Some(1)),
            rate("dear-express", "15.00", Some(1)),
        ];
        for _ in 0..rates.len() {
            assert_eq!(
                choose(&rates, days_left).map(|rate| rate.id.as_str()),
                Some(expected),
                "{days_left:?}"
            );
            rates.rotate_left(1);
        }
    }

    #[test]
    fn the_cheapest_that_keeps_the_promise_is_taken_else_the_fastest() {
        check(None, "unknown");
        check(Some(30), "snail");
        check(Some(8), "other-parcel");
        check(Some(3), "other-parcel");
        check(Some(2), "express");
        check(Some(1), "express");
        check(Some(0), "express");
        assert_eq!(choose(&[], Some(3)), None);
    }

    #[test]
    fn a_rate_without_days_is_better_than_none() {
        let rates = [rate("dear", "9.00", None), rate("cheap", "4.00", None)];
        assert_eq!(choose(&rates, Some(2)).map(|rate| rate.id.as_str()), Some("cheap"));
    }
}
