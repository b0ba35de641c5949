//! What holds for every mail.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::mail::statement::Statement;
use crate::order::payment::Reference;
use crate::order::{Command, EventKind, IntentReport, apply};
use crate::outbox::{Queue, routes};

/// The name that an event has in the table.
fn stored_name(kind: &EventKind) -> String {
    match serde_json::to_value(kind).expect("JSON") {
        serde_json::Value::String(name) => name,
        value => value.as_object().and_then(|map| map.keys().next().cloned()).expect("a name"),
    }
}

/// Every name that there is: serde lists them when it meets another one, and forgets none.
fn all_names() -> BTreeSet<String> {
    let error = serde_json::from_str::<EventKind>("\"?\"").expect_err("no such event").to_string();
    error.split('`').skip(1).step_by(2).skip(1).map(str::to_owned).collect()
}

/// An order as it was after so many events.
fn after(case: &Case, events: usize) -> Order {
    let log = case.order.log.iter().take(events);
    log.fold(None, |order, event| apply(order, std::slice::from_ref(&event.kind), &event.actor, event.at))
        .expect("an order")
}

fn mail_after(case: &Case, events: usize, event: &Event) -> Option<Mail> {
    about(&after(case, events), &case.document, event, &settings(), Ways::default())
}

/// The same order of a customer of each language.
fn in_every_language(case: &Case) -> Vec<Case> {
    let of = |tag: &str| {
        let mut case = case.clone();
        case.document.language = Language::parse(tag).expect("a language");
        case
    };
    languages().map(of).collect()
}

#[test]
fn an_event_goes_to_the_email_worker_if_there_is_a_mail_about_it_and_only_then() {
    let mut worth_one: BTreeMap<String, (bool, bool)> = BTreeMap::new();
    let all = histories();
    for case in all.iter().flat_map(|(_, case)| in_every_language(case)) {
        for (at, event) in case.order.log.iter().enumerate() {
            let has_mail = (at + 1..=case.order.log.len()).any(|len| mail_after(&case, len, event).is_some());
            let routed = routes(&event.kind).iter().any(|(queue, _)| *queue == Queue::Email);
            let known = worth_one.entry(stored_name(&event.kind)).or_default();
            *known = (known.0 || has_mail, known.1 || routed);
        }
    }
    assert_eq!(worth_one.keys().cloned().collect::<BTreeSet<_>>(), all_names(), "everything happened");
    for (name, (has_mail, routed)) in &worth_one {
        assert_eq!(has_mail, routed, "{name}");
    }
    let told: Vec<_> =
        worth_one.iter().filter(|(_, (told, _))| *told).map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        told,
        [
            "cancelled",
            "confirmed",
            "delivered",
            "lines_cancelled",
            "parcel_delivered",
            "parcel_shipped",
            "payment_failed",
            "placed",
            "refund_settled",
            "refunded",
            "refunded_outside",
            "return_approved",
            "return_received",
            "return_rejected",
            "return_requested",
            "shipped",
        ]
    );
}

#[test]
fn a_mail_says_the_same_however_late_it_is_made() {
    let mut compared = 0;
    let all = histories();
    let all =
        all.iter().flat_map(|(name, case)| in_every_language(case).into_iter().map(move |case| (name, case)));
    for (name, case) in all {
        let len = case.order.log.len();
        for (at, event) in case.order.log.iter().enumerate() {
            // Nobody is asked to pay what is paid: this one looks at the order as it is.
            if matches!(event.kind, EventKind::PaymentFailed { .. }) {
                continue;
            }
            // What is said of an event may be in those that were written with it.
            let parcels = |event: &&Event| {
                matches!(
                    event.kind,
                    EventKind::ParcelShipped { .. }
                        | EventKind::ParcelDelivered { .. }
                        | EventKind::Shipped
                        | EventKind::Delivered
                        | EventKind::Collected { .. }
                )
            };
            let together = case.order.log[at..].iter().take_while(parcels).count();
            let written = (at + together.max(2)).min(len);
            let early = mail_after(&case, written, event);
            for events in written..=len {
                assert_eq!(mail_after(&case, events, event), early, "{name}: {event:?} after {events}");
                compared += usize::from(early.is_some());
            }
        }
    }
    assert!(compared > 600, "{compared}");
}

/// Cents of an amount as any language writes it: all of these have two decimals.
fn minor(text: &str) -> i64 {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let cents: i64 = digits.parse().expect("an amount");
    if text.contains('-') { -cents } else { cents }
}

#[test]
fn every_bill_adds_up_to_what_is_owed() {
    let mut bills = 0;
    let all = histories().into_iter().chain([("tax included", with_tax())]);
    for (name, case) in all {
        for (event, words) in
            case.order.log.iter().flat_map(|event| Spoken::ALL.map(|language| (event, Words::of(language))))
        {
            let settings = settings();
            let facts =
                Facts { order: &case.order, document: &case.document, event, settings: &settings, words };
            let bill = Statement::of(&facts);
            let ordered: i64 = bill.ordered.iter().map(|row| minor(&row.cost)).sum();
            let off: i64 = bill.off.iter().map(|row| minor(&row.cost)).sum();
            let total = minor(&bill.total.cost);
            assert_eq!(ordered, case.order.total.minor(), "{name}: {event:?}");
            assert_eq!(ordered + off, total, "{name}: {event:?}");
            let at = usize::try_from(event.sequence).expect("a place in the log");
            assert_eq!(total, after(&case, at).sums().owed().minor(), "{name}: {event:?}");
            assert_eq!(
                bill.cost.map(|row| minor(&row.cost)),
                (!bill.off.is_empty()).then_some(ordered),
                "{name}"
            );
            let included: i64 = bill.included.iter().map(|row| minor(&row.cost)).sum();
            let taxes: i64 = case.document.quote.taxes.iter().map(|tax| tax.amount.minor()).sum();
            let with_tax = case.document.quote.prices_include_tax;
            match bill.off.as_slice() {
                [] => assert_eq!(included, if with_tax { taxes } else { 0 }, "{name}: {event:?}"),
                _ => assert!(included < taxes.min(total + 1), "{name}: {event:?}"),
            }
            bills += 1;
        }
    }
    assert!(bills > 300, "{bills}");
}

/// Prices include the taxes.
fn with_tax() -> Case {
    let mut case = super::taxes::paid(true);
    case.customer(&cancel_lines("c", &[units(1, 1)]));
    case.refund_done();
    case.staff(&refund("g", goodwill(250)));
    case.refund_done();
    case.staff(&refund("f", crate::order::RefundWish::Full));
    case.refund_done();
    case
}

#[test]
fn all_that_goes_back_is_announced_and_told_to_the_cent() {
    let mut case = Case::paid();
    case.customer(&cancel_lines("c1", &[units(1, 1), units(3, 3)]));
    case.refund_done();
    case.customer(&cancel());
    case.refund_done();
    let told = |name: &str, before: &str| -> i64 {
        let events =
            case.order.log.iter().filter(|event| name.split(' ').any(|name| event.kind.name() == name));
        let mails =
            events.map(|event| about(&case.order, &case.document, event, &settings(), Ways::default()));
        let amounts = mails.map(|mail| {
            let text = mail.expect("a mail").text;
            let (_, rest) = text.split_once(before).expect("an amount");
            minor(rest.split_once(" back").expect("an amount").0)
        });
        amounts.sum()
    };
    assert_eq!(told("lines_cancelled cancelled", "We pay "), 8_516);
    assert_eq!(told("refunded", "We have paid "), 8_516);
}

#[test]
fn what_people_typed_is_no_markup() {
    let typed = "<b>\"x\" & 'y'</b>";
    let escaped = "&lt;b&gt;&quot;x&quot; &amp; 'y'&lt;/b&gt;";
    let mut case = Case::delivered();
    for line in &mut case.document.lines {
        line.name = typed.into();
    }
    case.document.quote.delivery.name = typed.into();
    let (lines, request) = (vec![units(1, 1)], request("r", &()));
    case.document.policies.returns.reasons = vec![typed.into()];
    let (reason, comment) = (typed.into(), Some(typed.into()));
    case.customer(&Command::RequestReturn { lines, reason, comment, request });
    case.staff(&reject(typed));
    case.customer(&send_back_because("r2", typed));
    case.staff(&approve(2));
    case.staff(&receive(2, None));
    case.refund_fails();
    let settle = settle(&case, typed);
    case.staff(&settle);
    let mut off = Case::cod();
    off.customer(&Command::Cancel { reason: typed.into(), override_reason: None });
    let mut part = Case::cod();
    let (lines, request) = (vec![units(1, 1)], super::request("c", &()));
    part.customer(&Command::CancelLines { lines, reason: typed.into(), override_reason: None, request });
    for (case, name, times) in [
        (&off, "cancelled", 1),
        (&part, "lines_cancelled", 1),
        // The reason, the comment, the item; three lines and the delivery on the bill.
        (&case, "return_requested", 7),
        (&case, "return_rejected", 6),
        (&case, "refund_settled", 7),
    ] {
        let first = case.order.log.iter().find(|event| event.kind.name() == name).expect("an event");
        let mail = about(&case.order, &case.document, first, &settings(), Ways::default()).expect("a mail");
        assert!(!mail.html.contains("<b>"), "{}", mail.html);
        // The first sentence is also what lists of mails show.
        let shown = mail.html.split_once("</div>").expect("a preview").1;
        assert_eq!(shown.matches(escaped).count(), times, "{name}: {}", mail.html);
        assert_eq!(mail.text.matches(typed).count(), times, "{name}: {}", mail.text);
        assert!(!mail.subject.contains(typed), "{}", mail.subject);
    }
}

fn send_back_because(key: &str, reason: &str) -> Command {
    let (lines, request) = (vec![units(1, 1)], request(key, &()));
    Command::RequestReturn { lines, reason: reason.into(), comment: None, request }
}

#[test]
fn no_mail_speaks_of_what_is_none_of_the_customers_business() {
    let seen = |reference: Reference| report(IntentReport::Open { reference });
    let mut case = Case::new(placed(&card()));
    case.system(&created("pi_secret"));
    case.system(&seen(intent("pi_secret")));
    case.system(&declined("pi_secret"));
    for event in &case.order.log {
        if let Some(mail) = about(&case.order, &case.document, event, &settings(), Ways::default()) {
            let told = format!("{mail:?}");
            for internal in ["pi_secret", "card_declined", "pm_card", "ord_"] {
                assert!(!told.contains(internal), "{told}");
            }
        }
    }
}
