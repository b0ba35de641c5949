//! Calling off, and money that goes back.

use super::*;
use crate::order::{Command, RefundWish};

const DAYS: &str = "Your bank may take 5 to 10 business days to show it.";

#[test]
fn a_part_that_is_called_off_names_its_units_what_is_owed_and_what_goes_back() {
    let subject = "A part of your order N was called off";
    let off = "This was called off: 1 × mug, 2 × tea.";
    let why = "Reason: too many.";
    let costs = "Your order now costs €71.97.";
    for (mut case, money) in [
        (Case::paid(), "We pay €13.19 back to you the way you paid."),
        (Case::reserved(), "Of the €85.16 that your bank has reserved we take €71.97."),
        (Case::cod(), "You pay €71.97 when it is delivered."),
    ] {
        case.customer(&cancel_lines("c", &[units(1, 1), units(3, 2)]));
        assert_eq!(words(&case, "lines_cancelled"), [subject, off, why, costs, money]);
        assert_eq!(
            bill(&case, "lines_cancelled")[8..],
            ["As ordered: €85.16", "Called off: 1 × mug, 2 × tea: -€13.19", "Total: €71.97"]
        );
    }
    let mut unpaid = Case::new(placed(&Method::Later));
    unpaid.customer(&cancel_lines("c", &[units(1, 1), units(3, 2)]));
    assert_eq!(words(&unpaid, "lines_cancelled"), [subject, off, why, costs]);
}

#[test]
fn a_mail_about_the_first_part_knows_nothing_of_the_second_however_late_it_is() {
    let mut case = Case::paid();
    case.customer(&cancel_lines("c1", &[units(1, 1)]));
    let early = mail(&case, "lines_cancelled");
    let first = case.order.log.iter().find(|event| event.kind.name() == "lines_cancelled").cloned();
    case.customer(&cancel_lines("c2", &[units(2, 1)]));
    case.customer(&cancel());
    let late = about(&case.order, &case.document, &first.expect("an event"), &settings(), Ways::default());
    assert_eq!(late, early);
    assert!(late.is_some_and(|mail| mail.text.contains("Your order now costs €74.40.")));
}

#[test]
fn the_last_line_that_is_called_off_is_one_mail_about_the_cancelled_order() {
    let case = called_off_in_parts();
    assert_eq!(mail(&case, "lines_cancelled"), None, "the other one says it");
    assert_eq!(
        words(&case, "cancelled"),
        [
            "Your order N was cancelled",
            "Your order was cancelled.",
            "Reason: too many.",
            "We pay €33.63 back to you the way you paid.",
        ],
        "what went back for the first part is not told again"
    );
    assert_eq!(
        bill(&case, "cancelled")[8..],
        [
            "As ordered: €85.16",
            "Called off: 3 × mug, 1 × book: -€51.53",
            "Called off: 1 × book, 7 × tea: -€27.77",
            "Cancelled: -€5.86",
            "Total: €0.00",
        ],
        "delivery is what was left of it"
    );
}

#[test]
fn a_cancelled_order_says_why_and_what_becomes_of_the_money() {
    let (off, why) = ("Your order was cancelled.", "Reason: changed my mind.");
    let refused = "Your payment was not possible, so your order was cancelled.";
    let too_late = "We did not receive a payment in time, so your order was cancelled.";
    let lapsed = "Your bank no longer reserves the money, so your order was cancelled.";
    let nothing = "Nothing was charged.";
    let free = "Nothing was charged. The €85.16 that your bank has reserved are free again.";
    let all = "We pay €85.16 back to you the way you paid.";
    let before = "What you paid was given back before.";
    let by_customer = |mut case: Case| {
        case.customer(&cancel());
        case
    };
    let refunded = {
        let mut case = Case::paid();
        case.staff(&refund("r", RefundWish::Full));
        case.refund_done();
        by_customer(case)
    };
    let disputed = {
        let mut case = Case::paid();
        let (dispute, reason, amount) = ("dp_1".into(), "fraudulent".into(), case.order.total);
        case.system(&Command::RecordDispute { dispute, amount, reason, won: None });
        by_customer(case)
    };
    let expired = {
        let mut case = Case::new(placed(&Method::Later));
        case.later(DAY_SECONDS);
        case.system(&Command::Expire);
        case
    };
    let given_up = {
        let mut case = Case::new(placed(&card()));
        case.system(&created("pi_1"));
        case.system(&declined("pi_1"));
        case.system(&canceled(intent("pi_1")));
        case.system(&Command::Expire);
        case
    };
    let let_go = {
        let mut case = Case::reserved();
        case.system(&canceled(intent("pi_1")));
        case
    };
    for (case, said) in [
        (by_customer(Case::paid()), &[off, why, all][..]),
        (by_customer(Case::cod()), &[off, why, nothing]),
        (by_customer(Case::new(placed(&redirect()))), &[off, why, nothing]),
        (reserved_and_called_off(), &[off, why, free]),
        (refunded, &[off, why, before]),
        (disputed, &[off, why]),
        (expired, &[too_late, nothing]),
        (given_up, &[refused, nothing]),
        (let_go, &[lapsed, nothing]),
    ] {
        let words = words(&case, "cancelled");
        assert_eq!(words[0], "Your order N was cancelled");
        assert_eq!(words[1..], *said);
    }
}

#[test]
fn a_customer_who_types_a_code_of_ours_reads_it_as_a_reason_and_one_who_types_nothing_reads_none() {
    for (reason, said) in [
        ("payment_expired", "Reason: payment_expired."),
        ("customer_request", "Nothing was charged."),
        ("staff_request", "Nothing was charged."),
        ("  Too late!  ", "Reason: Too late!"),
    ] {
        let mut case = Case::cod();
        case.customer(&Command::Cancel { reason: reason.into(), override_reason: None });
        assert_eq!(words(&case, "cancelled")[1..3], ["Your order was cancelled.", said]);
    }
}

#[test]
fn a_refund_that_is_done_says_how_much_and_what_for() {
    let told = |case: &Case, amount: &str, what_for: &[&str]| {
        let paid = format!("We have paid €{amount} back to you, the way you paid. {DAYS}");
        let said = ["Your refund for order N", &paid].into_iter().chain(what_for.iter().copied());
        assert_eq!(words(case, "refunded"), said.collect::<Vec<_>>());
    };
    let mut case = Case::paid();
    case.customer(&cancel_lines("c", &[units(3, 2)]));
    case.refund_done();
    told(&case, "2.43", &["It is for what was called off: 2 × tea."]);
    case.staff(&refund("g", goodwill(250)));
    case.refund_done();
    told(&case, "2.50", &["It is a gesture of goodwill."]);
    case.staff(&refund("l", of_lines(&[units(2, 1)])));
    case.refund_done();
    told(&case, "19.25", &["It is for: 1 × book."]);
    case.staff(&refund("a", of_amount(100)));
    case.refund_done();
    told(&case, "1.00", &["It is a part of what you paid."]);
    case.staff(&refund("d", RefundWish::Lines { lines: vec![units(1, 1)], delivery: true }));
    case.refund_done();
    told(&case, "16.62", &["It is for: 1 × mug, delivery."]);
    case.staff(&refund("f", RefundWish::Full));
    case.refund_done();
    told(&case, "43.36", &["It is all that was left of what you paid."]);
    assert_eq!(bill(&case, "refunded").last().map(String::as_str), Some("Total: €0.00"));

    let mut case = Case::paid();
    case.customer(&cancel());
    case.refund_done();
    told(&case, "85.16", &["It is for your order, which was cancelled."]);
    case = Case::new(placed(&card()));
    case.system(&created("pi_1"));
    case.customer(&cancel());
    case.system(&succeeded("pi_1", case.order.total));
    case.refund_done();
    told(&case, "85.16", &["It is what you have paid beyond what your order costs."]);
    let with_the_bank = |won| {
        let (dispute, reason) = ("dp_1".to_owned(), "fraudulent".to_owned());
        Command::RecordDispute { dispute, amount: cents(8516), reason, won }
    };
    case = Case::paid();
    case.system(&with_the_bank(None));
    case.customer(&cancel_lines("c", &[units(2, 1)]));
    case.system(&with_the_bank(Some(true)));
    case.refund_done();
    told(&case, "19.25", &["It is what you have paid beyond what your order costs."]);
}

#[test]
fn money_that_went_back_otherwise_is_told_too() {
    assert_eq!(
        words(&sent_back(), "refunded_outside"),
        ["Your refund for order N", &format!("We have paid €1.11 back to you, the way you paid. {DAYS}"),]
    );
    assert_eq!(
        words(&on_delivery(), "refund_settled"),
        [
            "Your refund for order N",
            "We have paid €19.25 back to you. You find it by this reference: SEPA 4711",
            "It is for what you sent back: 1 × book.",
        ]
    );
}

#[test]
fn a_refund_that_failed_after_it_was_done_and_is_done_again_is_told_once() {
    let case = refunded_twice();
    let names = case.names();
    assert_eq!(names.iter().filter(|name| **name == "refunded").count(), 2, "{names:?}");
    let told = case.order.log.iter().filter(|event| {
        event.kind.name() == "refunded"
            && about(&case.order, &case.document, event, &settings(), Ways::default()).is_some()
    });
    assert_eq!(told.count(), 1);
}

#[test]
fn a_payment_that_is_refused_twice_is_asked_for_again_once() {
    let mut case = Case::new(placed(&card()));
    case.system(&created("pi_1"));
    case.system(&declined("pi_1"));
    case.customer(&pay(card(), "p"));
    case.system(&canceled(intent("pi_1")));
    case.system(&created("pi_2"));
    case.system(&declined("pi_2"));
    let refused = case.order.log.iter().filter(|event| event.kind.name() == "payment_failed");
    let told: Vec<bool> = refused
        .map(|event| about(&case.order, &case.document, event, &settings(), Ways::default()).is_some())
        .collect();
    assert_eq!(told, [false, true]);
}

#[test]
fn what_staff_notes_for_itself_reaches_no_customer() {
    let mut case = Case::paid();
    let override_reason = Some("for ourselves".to_owned());
    case.document.policies.cancel.staff = crate::store::Cutoffs::all(crate::store::Cutoff::Never);
    case.staff(&refund("g", goodwill(100)));
    case.refund_done();
    case.staff(&Command::Cancel { reason: "sold out".into(), override_reason });
    let log = format!("{:?}", case.order.log);
    assert!(log.contains("for ourselves") && log.contains("sorry"), "{log}");
    for event in &case.order.log {
        let mail = about(&case.order, &case.document, event, &settings(), Ways::default());
        let told = format!("{mail:?}");
        assert!(!told.contains("for ourselves") && !told.contains("sorry"), "{told}");
    }
    assert_eq!(words(&case, "cancelled")[2], "Reason: sold out.");
}
