//! Coupons, and how often they were used. Uses are counted by the orders' own writes, and only where there is a limit.

use serde::Deserialize;
use shared::coupon::{Coupon, CouponUse};
use shared::ids::{CouponCode, CustomerId};
use shared::keys::{self, Key};

use super::{Outcome, Replaced, Table, Write, from_item, number};
use crate::error::Error;

/// A coupon's item; `v` is the coupon's version once more, for conditions.
#[derive(Debug, Deserialize)]
struct Row {
    coupon: Coupon,
    #[serde(default)]
    used: u64,
}

/// How often one customer used one coupon.
#[derive(Debug, Default, Deserialize)]
struct UsesRow {
    #[serde(default)]
    used: u64,
}

impl Table {
    /// A coupon and how often it was used. A fresh read sees every answered write, at twice the price.
    pub async fn coupon(&self, code: &CouponCode, fresh: bool) -> Result<Option<(Coupon, u64)>, Error> {
        let row = self.get(&keys::coupon(code), fresh).await?.map(from_item::<Row>).transpose()?;
        Ok(row.map(|row| (row.coupon, row.used)))
    }

    /// How often a customer used a coupon that has a limit per customer.
    pub async fn coupon_uses(&self, customer: &CustomerId, code: &CouponCode) -> Result<u64, Error> {
        let item = self.get(&keys::coupon_uses(customer, code), true).await?;
        Ok(item.map(from_item::<UsesRow>).transpose()?.unwrap_or_default().used)
    }

    /// Writes a coupon over the version that was read (0: there was none). Uses that are counted meanwhile are kept.
    pub async fn replace_coupon(&self, coupon: &Coupon, read: u64) -> Result<Replaced, Error> {
        let value = serde_dynamo::to_attribute_value(coupon)
            .map_err(|error| Error::broken("a coupon does not fit an item", error))?;
        let mut values = vec![(":coupon", value), (":version", number(coupon.version)), (":none", number(0))];
        let condition = match read {
            0 => "attribute_not_exists(PK)",
            _ => {
                values.push((":read", number(read)));
                "v = :read"
            }
        };
        let write = Write::Update {
            key: keys::coupon(&coupon.code),
            change: "SET coupon = :coupon, v = :version, used = if_not_exists(used, :none)".into(),
            condition: condition.into(),
            names: vec![],
            values,
        };
        match self.write(vec![write]).await? {
            Outcome::Done => Ok(Replaced::Done),
            Outcome::Refused(refused) => {
                let found = refused.into_iter().find_map(|(_, item)| item);
                // An attempt whose answer was lost had written it: this very version is there.
                let ours =
                    found.map(from_item::<Row>).transpose()?.is_some_and(|found| found.coupon == *coupon);
                Ok(if ours { Replaced::Done } else { Replaced::Stale })
            }
        }
    }
}

/// Counts a use, as far as the coupon has limits: of the coupon as it was priced, first, and of the customer.
pub(super) fn count_use(customer: &CustomerId, used: &CouponUse) -> Vec<Write> {
    let in_all = used.max_uses.map(|most| Write::Update {
        key: keys::coupon(&used.code),
        change: "SET used = used + :one".into(),
        condition: "v = :version AND used < :most".into(),
        names: vec![],
        values: vec![(":one", number(1)), (":version", number(used.version)), (":most", number(most))],
    });
    let of_customer = used.max_uses_per_customer.map(|most| Write::Update {
        key: keys::coupon_uses(customer, &used.code),
        change: "SET used = if_not_exists(used, :none) + :one".into(),
        condition: "attribute_not_exists(used) OR used < :most".into(),
        names: vec![],
        values: vec![(":one", number(1)), (":none", number(0)), (":most", number(most))],
    });
    in_all.into_iter().chain(of_customer).collect()
}

/// Gives back what [`count_use`] counted, in the same order.
pub(super) fn give_use_back(customer: &CustomerId, used: &CouponUse) -> Vec<Write> {
    let less = |key: Key| Write::Update {
        key,
        change: "SET used = used - :one".into(),
        condition: "used >= :one".into(),
        names: vec![],
        values: vec![(":one", number(1))],
    };
    let in_all = used.max_uses.map(|_| less(keys::coupon(&used.code)));
    let of_customer = used.max_uses_per_customer.map(|_| less(keys::coupon_uses(customer, &used.code)));
    in_all.into_iter().chain(of_customer).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Item, text};
    use shared::percent::Percent;
    use shared::pricing::CouponValue;

    fn used(max_uses: Option<u32>, max_uses_per_customer: Option<u32>) -> CouponUse {
        let code = CouponCode::parse("SPRING").expect("valid");
        CouponUse { code, version: 3, max_uses, max_uses_per_customer }
    }

    fn keys_of(writes: Vec<Write>) -> Vec<(String, String)> {
        writes
            .into_iter()
            .map(|write| match write {
                Write::Update { key, .. } => (key.pk, key.sk),
                Write::Put { .. } => panic!("uses are counted by updates"),
            })
            .collect()
    }

    #[test]
    fn uses_are_counted_and_given_back_only_where_there_is_a_limit() {
        let alice = CustomerId::parse("alice").expect("valid");
        let coupon = ("COUPON#SPRING".to_owned(), "COUPON".to_owned());
        let of_alice = ("CUSTOMER#alice".to_owned(), "COUPON#SPRING".to_owned());
        for (limits, expected) in [
            (used(None, None), vec![]),
            (used(Some(5), None), vec![coupon.clone()]),
            (used(None, Some(1)), vec![of_alice.clone()]),
            (used(Some(5), Some(1)), vec![coupon, of_alice]),
        ] {
            assert_eq!(keys_of(count_use(&alice, &limits)), expected);
            assert_eq!(keys_of(give_use_back(&alice, &limits)), expected);
        }
    }

    #[test]
    fn a_stored_coupon_is_read_back_with_its_uses() {
        let amount = CouponValue::Amount("5 EUR".parse().expect("valid money"));
        let percent = Percent::new(rust_decimal::Decimal::new(125, 1)).expect("valid");
        for value in [amount, CouponValue::Percent(percent)] {
            reads_back(value);
        }
    }

    fn reads_back(value: CouponValue) {
        let coupon = Coupon {
            code: CouponCode::parse("SPRING").expect("valid"),
            value,
            minimum: Some("20 EUR".parse().expect("valid money")),
            valid_from: None,
            valid_until: Some(shared::time::Timestamp::from_seconds(1_772_359_200)),
            max_uses: Some(10),
            max_uses_per_customer: None,
            state: shared::coupon::CouponState::Active,
            version: 3,
            updated_at: shared::time::Timestamp::from_seconds(1_772_359_100),
        };
        let mut item: Item = crate::table::key_item(&keys::coupon(&coupon.code));
        item.insert("coupon".to_owned(), serde_dynamo::to_attribute_value(&coupon).expect("fits"));
        item.insert("v".to_owned(), number(3));
        item.insert("used".to_owned(), number(7));
        let row: Row = from_item(item.clone()).expect("a coupon");
        assert_eq!((row.coupon, row.used), (coupon, 7));
        item.insert("coupon".to_owned(), text("none"));
        assert!(from_item::<Row>(item).is_err());
    }
}
