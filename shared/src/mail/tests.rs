//! What customers read, as sentences.

mod customs;
mod feedback;
mod histories;
mod languages;
mod laws;
mod layout;
mod money;
mod returns;
mod taxes;

use super::*;
use crate::ids::Language;
use crate::order::Actor;
use crate::order::fixtures::*;
use crate::order::payment::Method;
use histories::*;

/// The tags of all languages that there are mails in.
fn languages() -> impl Iterator<Item = &'static str> {
    Spoken::ALL.into_iter().map(Spoken::tag)
}

/// What the newest event of that name is written about with, if it is.
fn mail(case: &Case, name: &str) -> Option<Mail> {
    let event = case.order.log.iter().rev().find(|event| event.kind.name() == name).expect("an event");
    about(&case.order, &case.document, event, &settings(), Ways::default())
}

/// Its subject, without the number of the order, and its paragraphs.
fn words(case: &Case, name: &str) -> Vec<String> {
    let mail = mail(case, name).expect("a mail");
    let number = case.order.number().to_string();
    let parts: Vec<&str> = mail.text.split("\n\n").collect();
    assert_eq!(parts[0], "Hello,");
    assert!(parts[2].starts_with(&format!("Order {number}\n")) && mail.subject.contains(&number), "{mail:?}");
    let said = [mail.subject.as_str()].into_iter().chain(parts[1].split('\n'));
    said.map(|text| text.replace(&number, "N")).collect()
}

/// The rows of its bill, with the total.
fn bill(case: &Case, name: &str) -> Vec<String> {
    let mail = mail(case, name).expect("a mail");
    let bill = mail.text.split("\n\n").nth(2).expect("three parts");
    bill.lines().skip(1).map(|row| row.trim().to_owned()).collect()
}

#[test]
fn who_has_ordered_reads_what_and_how_it_is_to_be_paid() {
    let thanks = "Thank you for your order. We have received it and keep your items for you.";
    for (method, how) in [
        (card(), "We write again as soon as your payment of €85.16 is through."),
        (redirect(), "We write again as soon as your payment of €85.16 is through."),
        (Method::Cod, "You pay €85.16 when it is delivered."),
        (Method::Later, "It is yours once €85.16 are paid by 2 March 2026 at 10:00\u{a0}(UTC)."),
    ] {
        let case = Case::new(placed(&method));
        assert_eq!(words(&case, "placed"), ["We have received your order N", thanks, how], "{method:?}");
    }
    assert_eq!(
        bill(&Case::cod(), "placed"),
        [
            "3 × mug: €29.97",
            "2 × book: €39.98",
            "7 × tea: €7.91",
            "Discount: -€7.79",
            "Parcel: €4.90",
            "VAT 19%: €7.40",
            "Levy 0.7%: €0.27",
            "VAT 7%: €2.52",
            "Total: €85.16",
        ]
    );
}

#[test]
fn how_it_is_to_be_paid_is_told_as_it_was_chosen_then_however_late_the_mail_is() {
    let mut case = Case::new(placed(&Method::Later));
    case.customer(&pay(Method::Cod, "p"));
    assert_eq!(
        words(&case, "placed")[2],
        "It is yours once €85.16 are paid by 2 March 2026 at 10:00\u{a0}(UTC)."
    );
}

#[test]
fn a_confirmed_order_names_the_money_that_was_taken_or_reserved() {
    let subject = "Your order N is confirmed";
    let arrives = "It should reach you by 4 March 2026.";
    let paid = "We have received your payment of €85.16, and are preparing your parcel.";
    assert_eq!(words(&Case::paid(), "confirmed"), [subject, paid, arrives]);
    let reserved =
        "Your bank has reserved €85.16, and we are preparing your parcel. We take the money when we send it.";
    assert_eq!(words(&Case::reserved(), "confirmed"), [subject, reserved, arrives]);
    let settled = "Everything is settled, and we are preparing your parcel.";
    assert_eq!(words(&Case::cod(), "confirmed"), [subject, settled, arrives]);
}

#[test]
fn a_refused_payment_can_be_tried_again_as_long_as_the_items_are_kept() {
    let mut case = Case::new(placed(&card()));
    case.system(&created("pi_1"));
    case.later(60);
    case.system(&declined("pi_1"));
    assert_eq!(
        words(&case, "payment_failed"),
        [
            "Your payment for order N was not possible",
            "Your payment of €85.16 was not possible. Nothing was charged.",
            "You can try again until 1 March 2026 at 10:30\u{a0}(UTC), with the same card or in another way. We keep your items for you until then.",
        ]
    );
}

#[test]
fn nobody_is_asked_to_try_a_payment_again_that_needs_no_other_or_can_have_none() {
    let refused = || {
        let mut case = Case::new(placed(&card()));
        case.system(&created("pi_1"));
        case.system(&declined("pi_1"));
        case
    };
    let mut again = refused();
    again.customer(&pay(redirect(), "p"));
    assert_eq!(mail(&again, "payment_failed"), None, "another way was chosen");
    let mut paid = refused();
    paid.system(&succeeded("pi_1", paid.order.total));
    assert_eq!(mail(&paid, "payment_failed"), None, "it was paid after all");
    let mut off = refused();
    off.customer(&cancel());
    assert_eq!(mail(&off, "payment_failed"), None, "it was cancelled");
    let mut late = Case::new(placed(&card()));
    late.system(&created("pi_1"));
    late.later(HOLD_SECONDS);
    late.system(&declined("pi_1"));
    assert_eq!(mail(&late, "payment_failed"), None, "the items are not kept any more");
    let mut sent = Case::reserved();
    sent.ship();
    sent.system(&canceled(intent("pi_1")));
    assert_eq!(mail(&sent, "payment_failed"), None, "it has left; somebody will ask for the money");
}

#[test]
fn what_is_on_its_way_says_when_it_comes_and_what_is_to_be_paid() {
    let subject = "Your order N is on its way";
    let parcels = "Your order is on its way, in 2 parcels.";
    let arrives = "It should reach you by 4 March 2026.";
    let mut case = Case::paid();
    case.ship();
    assert_eq!(words(&case, "shipped"), [subject, parcels, arrives]);
    let mut case = Case::cod();
    case.customer(&cancel_lines("c", &[units(3, 2)]));
    case.ship();
    let ready = "Please have €82.73 ready: you pay when it is delivered.";
    assert_eq!(words(&case, "shipped"), [subject, parcels, arrives, ready]);
    let mut case = Case::reserved();
    case.ship();
    let taken = "We now take the €85.16 that your bank has reserved.";
    assert_eq!(words(&case, "shipped"), [subject, parcels, arrives, taken]);
    let part = "Of the €85.16 that your bank has reserved we now take €74.40.";
    assert_eq!(words(&taken_at_shipment(), "shipped"), [subject, parcels, arrives, part]);
}

#[test]
fn what_is_sent_late_does_not_promise_a_day_that_is_over() {
    let mut case = Case::new(placed_with(
        &Method::Cod,
        settings(),
        &serde_json::json!([{"product_id": "book", "quantity": 1}]),
        &Actor::Customer,
    ));
    case.later(4 * DAY_SECONDS);
    case.ship();
    let ready = format!("Please have €{} ready: you pay when it is delivered.", case.order.total.amount());
    assert_eq!(
        words(&case, "shipped"),
        ["Your order N is on its way", "Your order is on its way.", ready.as_str()]
    );
}

#[test]
fn what_was_delivered_says_what_was_collected_and_until_when_it_can_be_sent_back() {
    let subject = "Your order N was delivered";
    let delivered = "Your order was delivered.";
    let until =
        "If something is not right, you can ask to send it back until 1 April 2026 at 10:00\u{a0}(UTC).";
    assert_eq!(words(&Case::delivered(), "delivered"), [subject, delivered, until]);
    let collected = "The carrier has collected €82.73 from you.";
    assert_eq!(words(&on_delivery(), "delivered"), [subject, delivered, collected, until]);
    let mut case = Case::delivered();
    case.document.policies.returns.window_days = 0;
    assert_eq!(words(&case, "delivered"), [subject, delivered], "nothing can be sent back");
}

#[test]
fn a_guest_finds_the_way_back_in_every_mail() {
    let mut shop = settings();
    shop.guest_checkout.order_url = Some("https://shop.example/orders?t={token}&x=\"".to_owned());
    for event in &Case::delivered().order.log {
        let case = Case::delivered();
        let told = |settings: &Settings| {
            about(
                &case.order,
                &case.document,
                event,
                settings,
                Ways { order: Some("<t0ken>"), ..Ways::default() },
            )
        };
        let (Some(linked), Some(bare)) = (told(&shop), told(&settings())) else { continue };
        assert!(linked.text.ends_with("\nSee your order: https://shop.example/orders?t=<t0ken>&x=\"\n"));
        assert!(
            linked.html.contains("href=\"https://shop.example/orders?t=&lt;t0ken&gt;&amp;x=&quot;\"")
                && linked.html.contains(">See your order</a>")
        );
        assert!(bare.text.ends_with("\nThe token of your order: <t0ken>\n"), "{}", bare.text);
        assert!(bare.html.contains("The token of your order: <code "), "{}", bare.html);
        assert!(bare.html.contains(">&lt;t0ken&gt;</code>"), "{}", bare.html);
    }
}
