//! Units of one sku in the buckets of one warehouse: how orders take them, and how they are spread.

use std::collections::BTreeMap;

/// What is on hand in each bucket; never negative.
pub(super) type Shelf = BTreeMap<u16, i64>;

/// Takes `quantity` units, or as many as there are: from one bucket if one has them all, else from as many as it takes,
/// one after the other. `spread` says where to begin, so that orders with different ones take from different buckets.
pub(super) fn take(shelf: &Shelf, quantity: u32, spread: u64) -> Vec<(u16, u32)> {
    let having = |least: i64| -> Vec<(u16, i64)> {
        shelf
            .iter()
            .filter(|(_, on_hand)| **on_hand >= least)
            .map(|(bucket, on_hand)| (*bucket, *on_hand))
            .collect()
    };
    let mut buckets = having(i64::from(quantity).max(1));
    if buckets.is_empty() {
        buckets = having(1);
    }
    let start = u64::try_from(buckets.len())
        .ok()
        .and_then(|count| spread.checked_rem(count))
        .and_then(|start| usize::try_from(start).ok())
        .unwrap_or_default();
    buckets.rotate_left(start);
    let mut open = quantity;
    let mut taken = Vec::new();
    for (bucket, on_hand) in buckets {
        let units = u32::try_from(on_hand).unwrap_or(u32::MAX).min(open);
        if units > 0 {
            taken.push((bucket, units));
        }
        open -= units;
    }
    taken
}

/// How the units on hand of one sku in one warehouse move when they are spread over the buckets `0..count`: the change
/// of each bucket that changes, by number. The changes sum to nothing. Afterwards no two of these buckets differ by more
/// than one unit, and all others are empty. A bucket that is not given has nothing, one given twice counts once, and less
/// than nothing is nothing.
///
/// Nothing moves if `count` is 0, or if a bucket would have more than an `i64` can say.
pub fn split(buckets: &[(u16, i64)], count: u16) -> Vec<(u16, i64)> {
    let mut shelf = shelf(buckets);
    let total: i128 = shelf.values().copied().map(i128::from).sum();
    let wanted = i128::from(count);
    if wanted == 0 || total.div_euclid(wanted) >= i128::from(i64::MAX) {
        return Vec::new();
    }
    for bucket in 0..count {
        shelf.entry(bucket).or_default();
    }
    let mut kept: Vec<(u16, i64)> = shelf.range(..count).map(|(bucket, units)| (*bucket, *units)).collect();
    // The units that cannot be divided stay where there are many already: what is level stays as it is.
    kept.sort_by_key(|(bucket, units)| (-units, *bucket));
    let surplus = shelf.range(count..).map(|(bucket, units)| (*bucket, -units));
    let mut changes: Vec<(u16, i64)> = level(&kept, total).into_iter().chain(surplus).collect();
    changes.retain(|(_, change)| *change != 0);
    changes.sort_unstable();
    changes
}

/// How an adjustment of `quantity` units spreads over the buckets of one sku in one warehouse: the change of each bucket
/// that changes, by number. New units go where there are fewest, units that are gone leave where there are most, one by
/// one, so the buckets become as level as they can. Bucket 0 takes what comes in if there is no bucket yet. A bucket
/// given twice counts once, and less than nothing is nothing.
///
/// None if there is not enough to take away.
pub fn spread_adjustment(buckets: &[(u16, i64)], quantity: i64) -> Option<Vec<(u16, i64)>> {
    let mut shelf = shelf(buckets);
    if shelf.is_empty() {
        shelf.insert(0, 0);
    }
    let total: i128 = shelf.values().copied().map(i128::from).sum();
    if total + i128::from(quantity) < 0 {
        return None;
    }
    let mut sorted: Vec<(u16, i64)> = shelf.into_iter().collect();
    if quantity < 0 {
        sorted.sort_by_key(|(bucket, units)| (-units, *bucket));
    } else {
        sorted.sort_by_key(|(bucket, units)| (*units, *bucket));
    }
    // As many buckets take part as are passed by the water line when it rises, or falls, by `quantity`.
    let mut sum = i128::from(quantity);
    let mut part = 0;
    for (at, (_, units)) in sorted.iter().enumerate() {
        let line = sum - i128::from(*units) * i128::try_from(at).ok()?;
        if at > 0 && ((quantity < 0 && line >= 0) || (quantity >= 0 && line <= 0)) {
            break;
        }
        sum += i128::from(*units);
        part = at + 1;
    }
    let mut changes = level(&sorted[..part], sum);
    changes.retain(|(_, change)| *change != 0);
    changes.sort_unstable();
    Some(changes)
}

/// The changes that make these buckets hold `total` units together, evenly; what cannot be divided goes to the first.
fn level(buckets: &[(u16, i64)], total: i128) -> Vec<(u16, i64)> {
    let count = i128::try_from(buckets.len()).unwrap_or(i128::MAX).max(1);
    let (each, over) = (total.div_euclid(count), total.rem_euclid(count));
    (0..)
        .zip(buckets)
        .map(|(at, (bucket, units))| {
            let target = each + i128::from(at < over);
            (*bucket, i64::try_from(target - i128::from(*units)).unwrap_or_default())
        })
        .collect()
}

fn shelf(buckets: &[(u16, i64)]) -> Shelf {
    let mut shelf = Shelf::new();
    for (bucket, units) in buckets {
        shelf.entry(*bucket).or_insert((*units).max(0));
    }
    shelf
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::btree_map;
    use proptest::prelude::*;

    fn some_buckets() -> impl Strategy<Value = Vec<(u16, i64)>> {
        btree_map(0u16..12, 0i64..40, 0..9).prop_map(|buckets| buckets.into_iter().collect())
    }

    fn after(buckets: &[(u16, i64)], changes: &[(u16, i64)]) -> Shelf {
        let mut shelf = shelf(buckets);
        for (bucket, change) in changes {
            *shelf.entry(*bucket).or_default() += change;
        }
        shelf
    }

    fn sum(buckets: &[(u16, i64)]) -> i64 {
        buckets.iter().map(|(_, units)| units).sum()
    }

    /// Each bucket that changes is named once, in order, and does change.
    fn is_tidy(changes: &[(u16, i64)]) -> bool {
        changes.is_sorted_by(|one, two| one.0 < two.0) && changes.iter().all(|(_, change)| *change != 0)
    }

    #[test]
    fn a_bucket_is_split_evenly_and_surplus_ones_give_all_they_have() {
        for (buckets, count, changes) in [
            (&[(0, 100)][..], 4, &[(0, -75), (1, 25), (2, 25), (3, 25)][..]),
            (&[(0, 10)], 3, &[(0, -6), (1, 3), (2, 3)]),
            (&[(0, 3), (1, 4), (2, 3)], 3, &[]), // level, wherever the odd unit is
            (&[(0, 3), (1, 4), (2, 3)], 1, &[(0, 7), (1, -4), (2, -3)]),
            (&[(0, 2), (7, 4)], 2, &[(0, 1), (1, 3), (7, -4)]),
            (&[], 5, &[]),
            (&[(0, 5)], 0, &[]),
            (&[(0, -3), (1, 4), (1, 9)], 2, &[(0, 2), (1, -2)]),
            (&[(0, i64::MAX), (1, i64::MAX)], 1, &[]),
        ] {
            assert_eq!(split(buckets, count), changes, "{buckets:?} into {count}");
        }
    }

    #[test]
    fn an_adjustment_fills_the_emptiest_and_drains_the_fullest() {
        for (buckets, quantity, changes) in [
            (&[][..], 5, Some(&[(0, 5)][..])),
            (&[], 0, Some(&[])),
            (&[], -1, None),
            (&[(0, 1), (1, 9)], 4, Some(&[(0, 4)])),
            (&[(0, 1), (1, 9)], 11, Some(&[(0, 10), (1, 1)])),
            (&[(0, 1), (1, 9)], -4, Some(&[(1, -4)])),
            (&[(0, 1), (1, 9)], -9, Some(&[(0, -1), (1, -8)])),
            (&[(0, 1), (1, 9)], -10, Some(&[(0, -1), (1, -9)])),
            (&[(0, 1), (1, 9)], -11, None),
            (&[(0, -5), (1, 9)], -10, None),
            (&[(4, 2)], i64::MIN, None),
            (&[(4, i64::MAX)], i64::MAX, Some(&[(4, i64::MAX)])),
            (&[(4, i64::MAX)], -i64::MAX, Some(&[(4, -i64::MAX)])),
        ] {
            assert_eq!(spread_adjustment(buckets, quantity).as_deref(), changes, "{buckets:?} by {quantity}");
        }
    }

    proptest! {
        #[test]
        fn a_split_moves_units_and_makes_none(buckets in some_buckets(), count in 1u16..16) {
            let changes = split(&buckets, count);
            let after = after(&buckets, &changes);
            prop_assert!(is_tidy(&changes) && sum(&changes) == 0);
            let kept: Vec<i64> = (0..count).map(|at| after.get(&at).copied().unwrap_or_default()).collect();
            let (least, most) = (kept.iter().min().expect("one"), kept.iter().max().expect("one"));
            prop_assert!(*least >= 0 && most - least <= 1, "{:?}", kept);
            prop_assert!(after.range(count..).all(|(_, units)| *units == 0));
            let again: Vec<_> = after.into_iter().collect();
            prop_assert!(split(&again, count).is_empty(), "what is level stays");
        }

        #[test]
        fn an_adjustment_is_what_moving_unit_by_unit_comes_to(buckets in some_buckets(), quantity in -200i64..200) {
            let Some(changes) = spread_adjustment(&buckets, quantity) else {
                prop_assert!(sum(&buckets) + quantity < 0);
                return Ok(());
            };
            prop_assert!(is_tidy(&changes) && sum(&changes) == quantity);
            prop_assert!(changes.iter().all(|(_, change)| change.signum() == quantity.signum()));
            let after = after(&buckets, &changes);
            prop_assert!(after.values().all(|units| *units >= 0));
            let mut one_by_one: Vec<i64> = shelf(&buckets).into_values().collect();
            if one_by_one.is_empty() && quantity != 0 {
                one_by_one.push(0);
            }
            for _ in 0..quantity.abs() {
                one_by_one.sort_unstable();
                let at = if quantity < 0 { one_by_one.len() - 1 } else { 0 };
                one_by_one[at] += quantity.signum();
            }
            one_by_one.sort_unstable();
            let mut levels: Vec<i64> = after.into_values().collect();
            levels.sort_unstable();
            prop_assert_eq!(levels, one_by_one);
        }

        #[test]
        fn no_number_of_units_is_too_large(
            buckets in proptest::collection::vec((any::<u16>(), any::<i64>()), 0..6),
            count in 0u16..100,
            quantity: i64,
            spread: u64,
        ) {
            prop_assert_eq!(split(&buckets, count).iter().map(|(_, change)| i128::from(*change)).sum::<i128>(), 0);
            if let Some(changes) = spread_adjustment(&buckets, quantity) {
                prop_assert_eq!(changes.iter().map(|(_, change)| i128::from(*change)).sum::<i128>(), i128::from(quantity));
            }
            let taken = take(&shelf(&buckets), u32::MAX, spread);
            prop_assert!(taken.iter().map(|(_, units)| u64::from(*units)).sum::<u64>() <= u64::from(u32::MAX));
        }

        #[test]
        fn one_bucket_is_enough_where_one_has_everything(
            buckets in some_buckets(), quantity in 1u32..50, spread: u64,
        ) {
            let shelf = shelf(&buckets);
            let taken = take(&shelf, quantity, spread);
            let units: u32 = taken.iter().map(|(_, units)| units).sum();
            prop_assert_eq!(i64::from(units), sum(&buckets).min(i64::from(quantity)));
            prop_assert!(taken.iter().all(|(bucket, units)| *units > 0 && i64::from(*units) <= shelf[bucket]));
            if shelf.values().any(|on_hand| *on_hand >= i64::from(quantity)) {
                prop_assert_eq!(taken.len(), 1);
            }
        }

        #[test]
        fn as_many_orders_as_full_buckets_take_from_a_bucket_each(buckets in some_buckets(), first in 0u64..1_000) {
            let shelf = shelf(&buckets);
            let full = shelf.values().filter(|on_hand| **on_hand >= 3).count();
            let orders = first..first + u64::try_from(full).expect("few");
            let mut used: Vec<u16> = orders.flat_map(|spread| take(&shelf, 3, spread)).map(|(bucket, _)| bucket).collect();
            used.sort_unstable();
            used.dedup();
            prop_assert_eq!(used.len(), full);
        }
    }
}
