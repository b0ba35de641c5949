//! Each step of a return.

use super::*;

#[test]
fn a_return_that_is_asked_for_is_noted_and_an_approved_one_says_what_to_send() {
    let mut case = Case::delivered();
    case.customer(&send_back("r", &[units(1, 2), units(3, 1)]));
    assert_eq!(
        words(&case, "return_requested"),
        [
            "Your return for order N",
            "You want to send this back: 2 × mug, 1 × tea.",
            "Reason: damaged.",
            "You wrote: the handle is off",
            "Please wait until we have looked at it: we write again.",
        ]
    );
    case.staff(&approve(1));
    assert_eq!(
        words(&case, "return_approved"),
        [
            "Your return for order N is approved",
            "Please send us: 2 × mug, 1 × tea.",
            "Put a note with the number of your order, N, into the parcel.",
            "We write again once it has arrived.",
        ]
    );
}

#[test]
fn a_return_that_is_rejected_says_why() {
    assert_eq!(
        words(&turned_down(), "return_rejected"),
        [
            "Your return for order N is not possible",
            "We cannot take this back: 1 × mug.",
            "Reason: It was used.",
        ]
    );
}

#[test]
fn a_return_that_arrived_says_what_came_what_did_not_and_what_goes_back() {
    let mut case = Case::delivered();
    case.customer(&send_back("r", &[units(1, 2), units(2, 1), units(3, 1)]));
    case.staff(&approve(1));
    case.staff(&receive(1, Some(&[some(1, 1, 1), some(3, 0, 1)])));
    let subject = "Your return for order N has arrived";
    assert_eq!(
        words(&case, "return_received"),
        [
            subject,
            "This has arrived: 2 × mug, 1 × tea.",
            "This did not arrive: 1 × book.",
            "We pay 22.73 EUR back to you the way you paid.",
        ]
    );
    assert_eq!(
        bill(&case, "return_received")[8..],
        ["As ordered: 85.16 EUR", "Sent back: 2 × mug, 1 × tea: -22.73 EUR", "Total: 62.43 EUR"]
    );
    let collected = on_delivery();
    assert_eq!(
        words(&collected, "return_received"),
        [subject, "This has arrived: 1 × book.", "We pay 19.25 EUR back to you."],
        "it was paid to the carrier"
    );
    case.refund_done();
    assert_eq!(words(&case, "refunded")[2], "It is for what you sent back: 2 × mug, 1 × tea.");
}

#[test]
fn a_return_can_bring_the_delivery_charge_back() {
    let mut case = Case::delivered();
    case.document.policies.returns.refund_delivery = true;
    case.customer(&send_back("r", &[units(1, 3), units(2, 2), units(3, 7)]));
    case.staff(&approve(1));
    case.staff(&receive(1, None));
    assert_eq!(
        words(&case, "return_received")[2..],
        ["We pay 85.16 EUR back to you the way you paid.", "The delivery charge is part of it."]
    );
    case.refund_done();
    assert_eq!(
        words(&case, "refunded")[2],
        "It is for what you sent back: 3 × mug, 2 × book, 7 × tea, delivery."
    );
}

#[test]
fn what_was_paid_back_before_it_came_back_is_not_promised_again() {
    let mut case = Case::delivered();
    case.staff(&refund("l", of_lines(&[units(1, 1), units(2, 2), units(3, 7)])));
    case.staff(&refund("l2", of_lines(&[units(1, 2)])));
    case.customer(&send_back("r", &[units(1, 1)]));
    case.staff(&approve(1));
    case.staff(&receive(1, None));
    assert_eq!(words(&case, "return_received")[2..], ["There is nothing left to pay back for it."]);
}

#[test]
fn goods_that_were_not_paid_yet_are_owed_no_more() {
    let mut case = Case::reserved();
    case.deliver();
    case.customer(&send_back("r", &[units(2, 1)]));
    case.staff(&approve(1));
    case.staff(&receive(1, None));
    assert_eq!(words(&case, "return_received")[2..], ["You owe 19.25 EUR less for it."]);
}

#[test]
fn a_reason_from_the_list_is_read_as_words() {
    let mut case = Case::delivered();
    let request = request("r", &());
    let (lines, reason) = (vec![units(1, 1)], "no_longer_wanted".into());
    case.customer(&crate::order::Command::RequestReturn { lines, reason, comment: None, request });
    assert_eq!(
        words(&case, "return_requested")[2..],
        ["Reason: no longer wanted.", "Please wait until we have looked at it: we write again."]
    );
}
