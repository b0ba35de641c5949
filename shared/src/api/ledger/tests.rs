//! What each credit was for.

use super::*;
use crate::order::fixtures::*;
use crate::order::{Command, RefundWish};

/// Line, units and total.
type Part = (u16, u32, String);

/// Each credit's parts, and whether the delivery was one of them.
fn credits(case: &Case) -> Vec<(Vec<Part>, bool)> {
    let entries = LedgerView::of(&case.order, &case.document).entries;
    let credits = entries.into_iter().filter(|entry| entry.kind == "credit");
    let part = |part: PartView| (part.line_id, part.quantity, part.total);
    credits.map(|entry| (entry.parts.into_iter().map(part).collect(), entry.delivery.is_some())).collect()
}

fn part(line: u16, quantity: u32, total: &str) -> Part {
    (line, quantity, total.to_owned())
}

/// Every unit of every line is a part of one credit, and so is the delivery: net, each tax and total, to the cent.
#[track_caller]
fn explains_all(case: &Case) {
    let view = LedgerView::of(&case.order, &case.document);
    let decimal = |text: &str| text.parse::<Decimal>().expect("an amount");
    let sums = |list: &[TaxView]| -> Vec<(String, Decimal)> {
        list.iter().map(|tax| (tax.name.clone(), decimal(&tax.amount))).collect()
    };
    for line in &view.placed.lines {
        let parts = view.entries.iter().flat_map(|entry| &entry.parts);
        let parts: Vec<_> = parts.filter(|part| usize::from(part.line_id) == line.line_id).collect();
        assert_eq!(parts.iter().map(|part| part.quantity).sum::<u32>(), line.quantity, "{parts:#?}");
        let sum = |of: fn(&PartView) -> &str| parts.iter().map(|part| decimal(of(part))).sum::<Decimal>();
        assert_eq!(sum(|part| &part.net), decimal(&line.net), "{parts:#?}");
        assert_eq!(sum(|part| &part.total), decimal(&line.total), "{parts:#?}");
        for (at, (name, tax)) in sums(&line.taxes).into_iter().enumerate() {
            let of_parts: Decimal = parts.iter().map(|part| sums(&part.taxes)[at].1).sum();
            assert_eq!(of_parts, tax, "{name}: {parts:#?}");
        }
    }
    let delivery = view.entries.iter().filter_map(|entry| entry.delivery.as_ref());
    assert_eq!(delivery.collect::<Vec<_>>(), [&view.placed.delivery]);
    for entry in view.entries.iter().filter(|entry| entry.kind == "credit") {
        let worth: Decimal = entry.parts.iter().map(|part| decimal(&part.total)).sum();
        let delivery = entry.delivery.as_ref().map_or(Decimal::ZERO, |delivery| decimal(&delivery.total));
        assert_eq!(worth + delivery, decimal(&entry.amount), "{entry:#?}");
    }
}

#[test]
fn units_that_go_after_they_were_paid_back_are_no_part_of_another_credit() {
    let mut case = Case::paid();
    case.staff(&refund("r1", of_lines(&[units(1, 1), units(2, 2)])));
    // The first to go is the one that was paid back; the books are both.
    case.customer(&cancel_lines("c1", &[units(1, 2), units(2, 1)]));
    case.deliver();
    case.customer(&send_back("t1", &[units(1, 1), units(2, 1), units(3, 4)]));
    case.staff(&Command::ApproveReturn { id: 1 });
    case.staff(&receive(1, None));
    assert_eq!(
        credits(&case),
        [
            (vec![part(1, 1, "10.76"), part(2, 2, "38.50")], false),
            (vec![part(1, 1, "10.76")], false),
            (vec![part(1, 1, "10.76"), part(3, 4, "4.86")], false),
        ]
    );
    case.staff(&refund("r2", RefundWish::Full));
    assert_eq!(credits(&case)[3], (vec![part(3, 3, "3.66")], true));
    explains_all(&case);
}

#[test]
fn a_whole_order_that_is_called_off_is_credited_with_every_unit_that_is_left_and_with_its_delivery() {
    let mut whole = Case::paid();
    whole.customer(&cancel());
    assert_eq!(credits(&whole), [(vec![part(1, 3, "32.28"), part(2, 2, "38.50"), part(3, 7, "8.52")], true)]);
    let mut rest = Case::paid();
    rest.staff(&refund("r1", of_lines(&[units(3, 2)])));
    rest.customer(&cancel_lines("c1", &[units(1, 1), units(3, 3)]));
    rest.customer(&cancel());
    assert_eq!(
        credits(&rest)[1..],
        [
            (vec![part(1, 1, "10.76"), part(3, 1, "1.22")], false),
            (vec![part(1, 2, "21.52"), part(2, 2, "38.50"), part(3, 4, "4.87")], true),
        ]
    );
    let mut unpaid = Case::cod();
    unpaid.customer(&cancel());
    for case in [whole, rest, unpaid] {
        explains_all(&case);
    }
}

#[test]
fn the_last_part_that_is_called_off_is_credited_first_and_then_the_delivery() {
    let mut case = Case::paid();
    case.customer(&cancel_lines("c1", &[units(1, 3), units(2, 2)]));
    case.customer(&cancel_lines("c2", &[units(3, 7)]));
    assert_eq!(credits(&case)[1..], [(vec![part(3, 7, "8.52")], false), (vec![], true)]);
    explains_all(&case);
}

#[test]
fn a_delivery_that_was_paid_back_before_is_not_called_off_again() {
    let mut case = Case::paid();
    case.staff(&refund("r1", RefundWish::Lines { lines: vec![units(2, 1)], delivery: true }));
    case.customer(&cancel());
    let with_delivery: Vec<_> = credits(&case).into_iter().map(|(_, delivery)| delivery).collect();
    assert_eq!(with_delivery, [true, false]);
    explains_all(&case);
}
