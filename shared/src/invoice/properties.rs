//! The laws of bills, over random orders with random histories: those of `order::properties`, each at its end, and carts of
//! many lines and taxes.

use super::build::notes;
use super::credits::credits;
use super::issue::is_billable;
use super::*;
use crate::order::fixtures::*;
use crate::order::{Actor, Cause, Command, Event, EventKind, Order, RefundWish, apply};
use crate::outbox::{Queue, routes};
use crate::placement::{Document, Line as Bought};
use crate::pricing::carts::{Dice, cart};
use crate::pricing::price;
use crate::store::Settings;

fn minor(money: Money) -> i128 {
    i128::from(money.minor())
}

fn at(order: &Order, sequence: u64) -> Option<Order> {
    let events = order.log.iter().take_while(|event| event.sequence <= sequence);
    events.fold(None, |order, event| apply(order, std::slice::from_ref(&event.kind), &event.actor, event.at))
}

/// Nobody ever sees an order whose last units were called off and that is not cancelled yet: both are one write.
fn ends_a_write(order: &Order, sequence: u64) -> bool {
    let kind =
        |sequence: u64| order.log.iter().find(|event| event.sequence == sequence).map(|event| &event.kind);
    !matches!(
        (kind(sequence), kind(sequence + 1)),
        (Some(EventKind::LinesCancelled { .. }), Some(EventKind::Cancelled { .. }))
    )
}

fn issue(order: &Order, subject: Subject, sequence: u64, last: u64) -> Issue {
    Issue {
        number: Series::parse("X-").expect("a series").after(last),
        subject,
        at: order.updated_at,
        sequence,
        store_version: 1,
        language: Language::parse("en").expect("a language"),
        layout: Layout::One,
    }
}

/// Every law of the bills of an order, its invoice being made at an entry of the log that `choice` picks.
pub(crate) fn check(order: &Order, document: &Document, choice: u64) {
    let entries = (1..=order.version()).filter(|entry| ends_a_write(order, *entry));
    let billable: Vec<u64> =
        entries.filter(|entry| at(order, *entry).is_some_and(|then| is_billable(&then))).collect();
    if billable.is_empty() {
        assert_eq!(due(order, document, &[]), None, "{:?}", order.log);
        return;
    }
    let invoiced = billable[usize::try_from(choice % billable.len() as u64).expect("an index")];
    let then = at(order, invoiced).expect("an order");
    assert_eq!(due(&then, document, &[]), Some(Subject::Order));
    let mut issued = vec![issue(order, Subject::Order, invoiced, 0)];
    let settings = Settings::default();
    let bill = |order: &Order, issue: &Issue| Invoice::of(order, document, &settings, issue).expect("a bill");

    let invoice = bill(order, &issued[0]);
    assert_eq!(invoice, bill(&then, &issued[0]), "what happens afterwards does not change it");
    sums(&invoice);
    assert!(invoice.adjustment.is_none());

    // The credit notes that are due come one by one, then no more.
    while let Some(subject) = due(order, document, &issued) {
        issued.push(issue(order, subject, order.version(), issued.len() as u64));
        assert!(issued.len() <= order.log.len(), "credited twice: {issued:?}");
    }
    let credits = credits(order, document);
    let notes = notes(&credits, document, invoiced);
    let settled: Vec<_> = notes.iter().filter(|note| note.credit.settled.is_some()).collect();
    assert_eq!(issued.len(), settled.len() + 1);
    for (record, note) in issued[1..].iter().zip(&settled) {
        let credit_note = bill(order, record);
        assert_eq!(minor(credit_note.total), note.split.total());
        assert_eq!(credit_note.corrects.as_ref(), Some(&issued[0].number));
        sums(&credit_note);
        let earlier = note.credit.settled.expect("it is settled").max(invoiced);
        let as_it_was = at(order, earlier).expect("an order");
        let again = bill(&as_it_was, &Issue { sequence: earlier, ..record.clone() });
        assert_eq!(
            (again.lines, again.taxes, again.total),
            (credit_note.lines, credit_note.taxes, credit_note.total)
        );
    }

    assert_eq!(
        final_credits(&as_last_told(order), document),
        final_credits(order, document),
        "{:?}",
        order.log
    );

    let mut places: Vec<u64> = issued.iter().map(|issue| issue.subject.place()).collect();
    places.sort_unstable();
    places.dedup();
    assert_eq!(places.len(), issued.len(), "two bills at one place");

    // What is left of the invoice is what is owed, and no tax is given back that was not billed.
    let given: i128 = notes.iter().map(|note| note.split.total()).sum();
    assert_eq!(minor(invoice.total) - given, minor(order.sums().owed()), "{:?}", order.log);
    let all_back = order.sums().owed().is_zero();
    for tax in &invoice.taxes {
        let same = |known: &&TaxSum| (&known.name, known.rate) == (&tax.name, tax.rate);
        let given = notes.iter().filter_map(|note| note.split.taxes().iter().find(same).cloned());
        let (net, amount) =
            given.fold((0, 0), |(net, sum), given| (net + minor(given.net), sum + minor(given.amount)));
        assert!(net <= minor(tax.net) && amount <= minor(tax.amount), "{tax:?}: {net}, {amount}");
        assert!(
            !all_back || (net, amount) == (minor(tax.net), minor(tax.amount)),
            "{tax:?}: {net}, {amount}"
        );
    }
}

/// The order as the worker saw it when it was last told of it.
fn as_last_told(order: &Order) -> Order {
    let is_told = |event: &&Event| routes(&event.kind).iter().any(|(queue, _)| *queue == Queue::Invoice);
    let mut last = order.log.iter().rev().find(is_told).expect("it is told of a confirmed order").sequence;
    // What is given back is in the write that took it off.
    let behind = |sequence: u64| order.log.iter().find(|event| event.sequence == sequence);
    while behind(last + 1).is_some_and(|event| {
        matches!(event.kind, EventKind::RefundRequested { cause: Cause::Cancelled | Cause::Return(_), .. })
    }) {
        last += 1;
    }
    at(order, last).expect("an order")
}

/// The credits that a credit note can be made of.
fn final_credits(order: &Order, document: &Document) -> Vec<u64> {
    let credits = credits(order, document).into_iter();
    credits.filter(|credit| credit.settled.is_some()).map(|credit| credit.sequence).collect()
}

/// Lines, delivery and adjustment make the total; so do net amount and taxes.
fn sums(bill: &Invoice) {
    let of = |amounts: &mut dyn Iterator<Item = Money>| amounts.map(minor).sum::<i128>();
    let adjustment =
        bill.adjustment.map_or((0, 0), |it| (i128::from(it.net_minor), i128::from(it.total_minor)));
    let delivery = bill.delivery.as_ref();
    let nets =
        of(&mut bill.lines.iter().map(|line| line.net).chain(delivery.map(|it| it.net))) + adjustment.0;
    let totals =
        of(&mut bill.lines.iter().map(|line| line.total).chain(delivery.map(|it| it.total))) + adjustment.1;
    assert_eq!(totals, minor(bill.total), "{bill:?}");
    assert_eq!(nets, minor(bill.net), "{bill:?}");
    assert_eq!(minor(bill.net) + minor(bill.tax), minor(bill.total));
    assert_eq!(of(&mut bill.taxes.iter().map(|tax| tax.amount)), minor(bill.tax));
    assert!(minor(bill.untaxed) <= minor(bill.net));
    for line in &bill.lines {
        let price = minor(line.unit_price) * i128::from(line.quantity);
        assert_eq!(price - i128::from(line.off_minor()), minor(bill.amount_of(line)), "{line:?}");
        let taxes = of(&mut line.taxes.iter().map(|(.., amount)| *amount));
        assert_eq!(minor(line.net) + taxes, minor(line.total));
    }
}

#[test]
fn every_law_holds_for_carts_of_many_lines_and_taxes_that_are_taken_back_in_parts() {
    for number in 0..4_000 {
        let mut dice = Dice::of_cart(0x1_4B01CE, number);
        let (order, document) = placed_from(&mut dice);
        let mut case = Case::new((order, document));
        case.pay("pi_1");
        for step in 0..1 + dice.below(6) {
            undo(&mut case, &mut dice, step);
        }
        check(&case.order, &case.document, dice.below(1 << 40));
    }
}

/// Asks for something to be undone; what is refused is nothing.
fn undo(case: &mut Case, dice: &mut Dice<'_>, step: u64) {
    let line = u16::try_from(1 + dice.index(case.document.lines.len())).expect("few lines");
    let units = [units(line, 1 + u32::try_from(dice.below(5)).expect("small"))];
    let key = format!("k{step}");
    let some = i64::try_from(dice.below(500)).expect("small");
    let amount = Money::from_minor(some, case.order.total.currency()).expect("in range");
    let command = match dice.below(8) {
        0 | 1 => cancel_lines(&key, &units),
        2 => refund(&key, of_lines(&units)),
        3 => refund(&key, RefundWish::Amount { amount, goodwill: true }),
        4 => refund(&key, RefundWish::Amount { amount, goodwill: false }),
        5 => refund(&key, RefundWish::Full),
        6 => {
            let ready = case.decide(&staff(), &Command::PREPARE).is_ok();
            if ready {
                case.deliver();
            }
            let wanted = case.decide(&Actor::Customer, &send_back(&key, &units));
            if wanted.is_ok_and(|events| !events.is_empty()) {
                case.customer(&send_back(&key, &units));
                let id = u16::try_from(case.order.returns().len()).expect("few returns");
                case.staff(&Command::ApproveReturn { id });
                case.staff(&receive(id, None));
            }
            return settle(case, dice);
        }
        _ => cancel(),
    };
    if let Ok(events) = case.decide(&staff(), &command) {
        case.happens(&staff(), &events);
    }
    settle(case, dice);
}

/// The provider takes the newest refund, most of the time.
fn settle(case: &mut Case, dice: &mut Dice<'_>) {
    let open = case
        .order
        .refunds()
        .last()
        .is_some_and(|refund| refund.state == crate::order::RefundState::Requested);
    if open && dice.below(4) > 0 {
        case.refund_done();
    }
}

/// An order of what a random cart costs.
fn placed_from(dice: &mut Dice<'_>) -> (Order, Document) {
    let (basket, settings) = cart(dice);
    let quote = price(&basket, &settings).expect("a price");
    let (order, document) = placed(&card());
    let model = document.lines[0].clone();
    let lines = basket.lines.iter().map(|line| Bought {
        sku: line.sku.clone(),
        quantity: line.quantity,
        list_price: line.unit_price,
        unit_price: line.unit_price,
        tax_class: line.tax_class.clone(),
        ..model.clone()
    });
    let document = Document { lines: lines.collect(), quote: quote.clone(), ..document };
    let mut events: Vec<EventKind> = order.log.iter().map(|event| event.kind.clone()).collect();
    let units = document.lines.iter().map(|line| line.quantity).sum();
    if let Some(EventKind::Placed { total, items, .. }) = events.first_mut() {
        (*total, *items) = (quote.total, units);
    }
    if quote.total.is_zero() {
        events.push(EventKind::Confirmed);
    }
    (apply(None, &events, &Actor::Customer, start()).expect("an order"), document)
}
