//! Bills of one order, to the cent: three mugs, two books and seven bags of tea, less 10 %, with 4.90 for delivery.

use super::*;
use crate::order::fixtures::*;
use crate::order::{Actor, Command, Order, RefundWish};
use crate::placement::Document;
use crate::store::Settings;
use serde_json::json;

fn issue(number: &str, subject: Subject, order: &Order) -> Issue {
    Issue {
        number: BillNumber::parse(number).expect("a number"),
        subject,
        at: order.updated_at,
        sequence: order.version(),
        store_version: 7,
        language: Language::parse("de").expect("a language"),
        layout: Layout::One,
    }
}

fn bill(order: &Order, document: &Document, issue: &Issue) -> Invoice {
    Invoice::of(order, document, &settings(), issue).expect("a bill")
}

fn invoiced(case: &Case) -> Issue {
    assert_eq!(due(&case.order, &case.document, &[]), Some(Subject::Order));
    issue("INV-000001", Subject::Order, &case.order)
}

/// The credit notes that are due, as amount, net, taxes and what is beside goods and delivery.
fn credited(case: &Case, invoice: &Issue) -> Vec<Invoice> {
    let mut issued = vec![invoice.clone()];
    while let Some(subject) = due(&case.order, &case.document, &issued) {
        issued.push(issue(&format!("CN-{:06}", issued.len()), subject, &case.order));
    }
    issued[1..].iter().map(|issue| bill(&case.order, &case.document, issue)).collect()
}

fn taxes(bill: &Invoice) -> Vec<String> {
    bill.taxes
        .iter()
        .map(|tax| format!("{} {} % of {}: {}", tax.name, tax.rate, tax.net.amount(), tax.amount.amount()))
        .collect()
}

#[test]
fn an_invoice_says_what_was_frozen_and_adds_up() {
    let case = Case::paid();
    let invoice = bill(&case.order, &case.document, &invoiced(&case));
    let quote = &case.document.quote;
    assert_eq!((invoice.total, invoice.tax), (quote.total, quote.tax()));
    assert_eq!(invoice.net.plus(invoice.tax), Ok(invoice.total));
    let lines: Vec<_> =
        invoice.lines.iter().map(|line| (line.name.as_str(), line.quantity, line.off_minor())).collect();
    assert_eq!(lines, [("mug", 3, 300), ("book", 2, 400), ("tea", 7, 79)]);
    assert!(invoice.lines.iter().all(|line| line.rounding_minor == 0));
    assert_eq!(
        taxes(&invoice),
        ["VAT 19 % of 38.99: 7.40", "Levy 0.7 % of 38.99: 0.27", "VAT 7 % of 35.98: 2.52"]
    );
    assert_eq!(invoice.discounts.coupon, quote.coupon_discount);
    assert_eq!(invoice.discounts.coupon_code.as_ref().map(CouponCode::as_str), Some("SPRING-10"));
    assert_eq!((invoice.method, invoice.settlement), ("card", Settlement::Paid { on: start().date() }));
    assert!(matches!(invoice.supply, Some(Supply::Promised(_))));
}

#[test]
fn what_was_called_off_before_is_not_on_the_invoice_and_what_goes_later_is_credited() {
    let mut case = Case::paid();
    case.customer(&cancel_lines("a", &[units(3, 7), units(1, 1)]));
    let record = invoiced(&case);
    case.refund_done();
    let invoice = bill(&case.order, &case.document, &record);
    let lines: Vec<_> = invoice.lines.iter().map(|line| (line.line_id, line.quantity)).collect();
    assert_eq!(lines, [(1, 2), (2, 2)]);
    assert_eq!(invoice.total, case.order.sums().owed());
    assert_eq!(credited(&case, &record), [], "it was never billed");

    case.customer(&cancel_lines("b", &[units(2, 1)]));
    assert_eq!(credited(&case, &record), [], "its money has not gone back yet");
    case.refund_done();
    let [note] = <[Invoice; 1]>::try_from(credited(&case, &record)).expect("one credit note");
    assert_eq!(note.occasion, Some(Occasion::CalledOff));
    assert_eq!(note.corrects.as_ref(), Some(&record.number));
    assert_eq!(invoice.total.minus(note.total), Ok(case.order.sums().owed()));
    assert_eq!(note.settlement, Settlement::PaidBack { on: case.now.date(), amount: note.total });
}

#[test]
fn an_order_that_was_called_off_before_it_was_billed_gets_no_bill() {
    let mut case = Case::paid();
    let record = invoiced(&case);
    case.customer(&cancel());
    assert_eq!(due(&case.order, &case.document, &[]), None);
    let late = Issue { sequence: case.order.version(), ..record };
    let refused = Invoice::of(&case.order, &case.document, &settings(), &late);
    assert_eq!(refused, Err(NotBillable::NothingToBill));
}

#[test]
fn an_order_is_billed_once_it_is_confirmed() {
    let mut case = Case::new(placed(&card()));
    assert_eq!(due(&case.order, &case.document, &[]), None);
    case.pay("pi_1");
    assert_eq!(due(&case.order, &case.document, &[]), Some(Subject::Order));
}

#[test]
fn an_order_in_cash_that_is_called_off_after_its_invoice_is_credited_though_no_money_moves() {
    let mut case = Case::cod();
    let record = invoiced(&case);
    let invoice = bill(&case.order, &case.document, &record);
    assert_eq!(invoice.settlement, Settlement::OnDelivery);
    case.customer(&cancel());
    let [note] = <[Invoice; 1]>::try_from(credited(&case, &record)).expect("one credit note");
    assert_eq!((note.total, note.taxes), (invoice.total, invoice.taxes));
    assert_eq!(note.settlement, Settlement::SetOff);
    assert!(note.delivery.is_some() && note.adjustment.is_none());
}

#[test]
fn goodwill_takes_its_part_of_each_tax_and_what_comes_back_afterwards_the_rest() {
    let mut case = Case::delivered();
    let record = invoiced(&case);
    case.staff(&refund("g", goodwill(1000)));
    case.refund_done();
    case.staff(&refund("f", RefundWish::Full));
    case.refund_done();
    let invoice = bill(&case.order, &case.document, &record);
    let [goodwill, rest] = <[Invoice; 2]>::try_from(credited(&case, &record)).expect("two credit notes");
    assert_eq!(goodwill.total, cents(1000));
    assert_eq!(
        goodwill.adjustment.map(|it| (it.kind, it.total_minor)),
        Some((AdjustmentKind::Goodwill, 1000))
    );
    assert!(goodwill.lines.is_empty() && goodwill.delivery.is_none());
    assert_eq!(
        taxes(&goodwill),
        ["VAT 19 % of 4.58: 0.87", "Levy 0.7 % of 4.58: 0.03", "VAT 7 % of 4.22: 0.30"]
    );
    assert_eq!(
        rest.adjustment.map(|it| (it.kind, it.total_minor)),
        Some((AdjustmentKind::GivenBefore, -1000))
    );
    assert_eq!(rest.lines.len(), 3);
    assert_eq!(goodwill.total.plus(rest.total), Ok(invoice.total));
    for ((all, one), other) in invoice.taxes.iter().zip(&goodwill.taxes).zip(&rest.taxes) {
        assert_eq!(one.amount.plus(other.amount), Ok(all.amount));
        assert_eq!(one.net.plus(other.net), Ok(all.net));
    }
}

#[test]
fn goods_that_come_back_are_credited_at_what_those_very_units_cost() {
    let mut case = Case::delivered();
    let record = invoiced(&case);
    case.customer(&send_back("r", &[units(1, 1)]));
    case.staff(&Command::ApproveReturn { id: 1 });
    case.staff(&receive(1, None));
    let promised = case.refund_done();
    let [note] = <[Invoice; 1]>::try_from(credited(&case, &record)).expect("one credit note");
    assert_eq!((note.occasion, note.total), (Some(Occasion::SentBack), promised.amount));
    assert_eq!(note.lines.iter().map(|line| (line.line_id, line.quantity)).collect::<Vec<_>>(), [(1, 1)]);
    let unit = case.document.quote.lines[0].of_units(0..1);
    assert_eq!((note.lines[0].net, note.lines[0].total), (unit.net, unit.total));
}

#[test]
fn money_that_somebody_gave_back_at_the_provider_is_credited_too() {
    let mut case = Case::delivered();
    let record = invoiced(&case);
    let outside = Command::RecordOutsideRefund { provider: "re_9".into(), amount: cents(500) };
    case.does(&Actor::Provider, &outside);
    let [note] = <[Invoice; 1]>::try_from(credited(&case, &record)).expect("one credit note");
    assert_eq!((note.occasion, note.total), (Some(Occasion::Amount), cents(500)));
    assert!(matches!(note.settlement, Settlement::PaidBack { amount, .. } if amount == cents(500)));
}

#[test]
fn a_refund_that_failed_after_all_has_one_credit_note() {
    let mut case = Case::delivered();
    let record = invoiced(&case);
    case.staff(&refund("a", of_amount(300)));
    case.refund_done();
    case.refund_fails();
    assert_eq!(credited(&case, &record).len(), 1);
    let id = case.last_refund().id;
    case.staff(&Command::SettleRefund { refund: id, reference: "bank transfer 7".into() });
    assert_eq!(credited(&case, &record).len(), 1);
}

#[test]
fn a_bill_names_the_seller_of_its_settings_and_the_sender_where_there_is_none() {
    let case = Case::paid();
    let record = invoiced(&case);
    let named = |settings: serde_json::Value| {
        let settings: Settings = serde_json::from_value(settings).expect("settings");
        Invoice::of(&case.order, &case.document, &settings, &record).expect("a bill").seller.name
    };
    assert_eq!(named(json!({})), None);
    assert_eq!(named(json!({"sender": {"name": "The Shop"}})).as_deref(), Some("The Shop"));
    let seller = json!({"sender": {"name": "The Shop"}, "invoices": {"seller": {"name": "Shop Ltd"}}});
    assert_eq!(named(seller).as_deref(), Some("Shop Ltd"));
}

#[test]
fn a_record_is_stored_in_these_words() {
    let case = Case::paid();
    let mut record = invoiced(&case);
    let stored = json!({"b": "INV-000001", "s": "order", "t": case.order.updated_at.millis(), "n": 4, "v": 7, "l": "de", "y": 1});
    assert_eq!(serde_json::to_value(&record).expect("JSON"), stored);
    record.subject = Subject::Credit { event: 9, invoice: record.number.clone(), invoiced: 4 };
    let text = serde_json::to_string(&record).expect("JSON");
    assert!(text.contains(r#""s":{"credit":{"event":9,"invoice":"INV-000001","invoiced":4}}"#), "{text}");
    assert_eq!(serde_json::from_str::<Issue>(&text).expect("a record"), record);
    assert!(serde_json::from_str::<Layout>("2").is_err());
}
