//! What an order does to stock: whatever it took is released, or shipped and perhaps restocked, each unit once.

use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;

use super::super::fixtures::*;
use super::super::payment::Method;
use super::super::*;
use crate::stock::Allocation;

type Bucket = (String, String, u16);
type Shelf = BTreeMap<Bucket, u32>;

fn shelf<'a>(parts: impl IntoIterator<Item = &'a Allocation>) -> Shelf {
    let mut sums = Shelf::new();
    for part in parts {
        *sums.entry((part.warehouse.to_string(), part.sku.to_string(), part.bucket)).or_default() +=
            part.quantity;
    }
    sums
}

fn of(case: &Case, pick: fn(&Effects) -> &Vec<Allocation>) -> Shelf {
    shelf(case.effects.iter().flat_map(pick))
}

fn plus(mut one: Shelf, other: Shelf) -> Shelf {
    for (bucket, units) in other {
        *one.entry(bucket).or_default() += units;
    }
    one
}

/// The mugs lie in two houses, and two lines sell them at two prices.
fn two_lines_of_one_thing() -> Case {
    let lines = json!([
        {"product_id": "mug", "quantity": 1},
        {"product_id": "mug", "quantity": 2, "unit_price": "5"},
        {"product_id": "tea", "quantity": 7}]);
    Case::new(placed_with(&Method::Cod, settings(), &lines, &staff()))
}

#[test]
fn an_order_that_is_called_off_gives_back_exactly_what_it_took_and_its_coupon() {
    let mut case = Case::paid();
    case.customer(&cancel());
    assert_eq!(of(&case, |effects| &effects.released), shelf(&case.document.allocations));
    assert_eq!(case.effects.last().and_then(|effects| effects.coupon.clone()), case.document.coupon);
}

#[test]
fn an_order_that_is_given_up_or_lapses_gives_its_stock_back() {
    let mut expired = Case::new(placed(&card()));
    expired.later(HOLD_SECONDS);
    expired.system(&Command::Expire);
    let mut lapsed = Case::reserved();
    lapsed.system(&canceled(intent("pi_1")));
    for case in [expired, lapsed] {
        assert_eq!(of(&case, |effects| &effects.released), shelf(&case.document.allocations));
        assert!(case.effects.iter().any(|effects| effects.coupon.is_some()));
    }
}

#[test]
fn what_is_shipped_is_what_was_taken_less_what_was_called_off() {
    let mut case = two_lines_of_one_thing();
    case.customer(&cancel_lines("c1", &[units(1, 1), units(3, 4)]));
    case.customer(&cancel_lines("c2", &[units(2, 1)]));
    case.ship();
    let shipped = of(&case, |effects| &effects.shipped);
    let bucket = |house: &str, sku: &str, number| (house.to_owned(), sku.to_owned(), number);
    assert_eq!(shipped.values().sum::<u32>(), 1 + 3);
    assert_eq!(shipped.get(&bucket("south", "mug", 0)), Some(&1));
    assert_eq!(plus(shipped, of(&case, |effects| &effects.released)), shelf(&case.document.allocations));
}

#[test]
fn stock_moves_with_nothing_but_cancelling_shipping_and_receiving() {
    let mut case = Case::paid();
    case.staff(&refund("r1", of_lines(&[units(2, 2)])));
    case.refund_done();
    case.staff(&Command::PREPARE);
    case.staff(&Command::PACK);
    assert!(case.effects.iter().all(|effects| *effects == Effects::default()));
    case.staff(&Command::SHIP);
    case.system(&Command::DELIVER);
    case.customer(&send_back("t1", &[units(2, 2)]));
    case.staff(&Command::ApproveReturn { id: 1 });
    assert_eq!(case.effects.iter().filter(|effects| **effects != Effects::default()).count(), 1);
}

#[test]
fn what_comes_back_in_two_returns_goes_to_the_buckets_of_the_one_and_then_of_the_other() {
    let mut case = Case::cod();
    case.customer(&cancel_lines("c1", &[units(3, 1)]));
    case.deliver();
    for id in [1, 2] {
        case.customer(&send_back(&format!("t{id}"), &[units(3, 3)]));
        case.staff(&Command::ApproveReturn { id });
        case.staff(&receive(id, None));
    }
    let restocked = case.effects.iter().flat_map(|effects| &effects.restocked);
    let parts: Vec<_> = restocked.map(|part| (part.bucket, part.quantity)).collect();
    assert_eq!(parts, [(0, 2), (1, 1), (1, 1), (2, 2)]);
}

fn moves() -> impl Strategy<Value = Vec<(u8, u16, u32, u32)>> {
    proptest::collection::vec((0..12u8, 1..4u16, 1..5u32, 0..3u32), 0..40)
}

fn step(case: &mut Case, key: usize, (kind, line, quantity, scrapped): (u8, u16, u32, u32)) {
    let key = key.to_string();
    let open = case.order.returns().into_iter().find(Return::is_open);
    let id = open.as_ref().map_or(1, |open| open.id);
    // What was delivered can only come back.
    let kind = if case.order.status == Status::Delivered { 6 + kind % 6 } else { kind };
    let command = match kind {
        0 | 1 => cancel_lines(&key, &[units(line, quantity)]),
        2 if quantity == 1 && scrapped == 0 => cancel(),
        2 => Command::SHIP,
        3 => Command::PREPARE,
        4 => Command::SHIP,
        5 => Command::DELIVER,
        6 | 7 => send_back(&key, &[units(line, quantity.min(2))]),
        8 => Command::ApproveReturn { id },
        9 => Command::RejectReturn { id, reason: "no".into() },
        _ => {
            let lines: Vec<Received> = open
                .iter()
                .flat_map(|open| &open.lines)
                .map(|part| Received {
                    line: part.line,
                    restocked: part.quantity.saturating_sub(scrapped),
                    scrapped: scrapped.min(part.quantity),
                })
                .collect();
            receive(id, Some(&lines))
        }
    };
    if let Ok(events) = case.decide(&staff(), &command) {
        case.happens(&staff(), &events);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn every_unit_is_released_or_shipped_and_comes_back_once_at_most(
        two_lines in any::<bool>(),
        sent_after in 0..10usize,
        moves in moves(),
    ) {
        let mut case = if two_lines { two_lines_of_one_thing() } else { Case::cod() };
        let taken = shelf(&case.document.allocations);
        for (key, step_of) in moves.into_iter().enumerate() {
            if key == sent_after && case.order.status == Status::Confirmed {
                case.deliver();
            }
            step(&mut case, key, step_of);
            let released = of(&case, |effects| &effects.released);
            let shipped = of(&case, |effects| &effects.shipped);
            let restocked = of(&case, |effects| &effects.restocked);
            let sent = matches!(case.order.status, Status::Shipped | Status::Delivered);
            let gone = case.order.status == Status::Cancelled;
            let kept = if sent || gone { Shelf::new() } else { shelf(&held(&case.order, &case.document)) };
            prop_assert_eq!(&plus(plus(released, shipped.clone()), kept), &taken);
            for (bucket, units) in &restocked {
                prop_assert!(shipped.get(bucket) >= Some(units), "{:?} of {:?}", restocked, shipped);
            }
            let scrapped: u32 = case.order.returns().iter().flat_map(|it| &it.received).map(|it| it.scrapped).sum();
            let returned: u32 = case.order.tallies(&case.document).all().iter().map(|tally| tally.returned).sum();
            prop_assert_eq!(restocked.values().sum::<u32>() + scrapped, returned);
            let last = case.effects.iter().flat_map(|it| [&it.released, &it.shipped, &it.restocked]);
            for parts in last {
                // One transaction cannot write an item twice.
                prop_assert_eq!(shelf(parts).len(), parts.len(), "{:?}", parts);
            }
            let coupons = case.effects.iter().filter(|effects| effects.coupon.is_some()).count();
            prop_assert_eq!(coupons, usize::from(gone));
        }
    }
}
