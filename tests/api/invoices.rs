//! Invoices and credit notes: their numbers, what they say, their PDFs, and who may have them.

use serde_json::{Value, json};
use shared::limits::BILL_LINK_MINUTES;
use tests::{Answer, Call, Shop, order, order_body};

use crate::pdf::{spaced, text};
use crate::refunds_support::{advance, cancel_part, card, dined, priced_with, refund};
use crate::support::{assert_has, assert_invalid, assert_problem, cancel, get};

/// The shop of refunds, with a seller and series that have the year in them.
async fn shop() -> (Shop, String) {
    priced_with(&json!({"invoices": {
        "series": {"invoice": "R{year}-", "credit_note": "G{year}-"},
        "seller": {"name": "Green Mug B.V.", "vat_id": "NL001234567B01", "bank": ["NL91 ABNA 0417 1643 00"],
            "address": {"street": "Prinsengracht 263", "postal_code": "1016 GV", "city": "Amsterdam", "country": "NL"}}}}))
    .await
}

fn of(id: &str, query: &str) -> Call {
    Call::get(&format!("/api/v1/orders/{id}/invoice{query}"))
}

async fn bills(shop: &Shop, token: &str, id: &str) -> Value {
    let answer = shop.send(of(id, "").token(token)).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")), "{answer:?}");
    answer.body
}

/// The PDF that a bill's link leads to.
async fn linked(shop: &Shop, bill: &Value) -> Answer {
    shop.send(Call::get(bill["pdf_url"].as_str().expect("a link"))).await
}

#[track_caller]
fn assert_pdf(answer: &Answer, name: &str) {
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/pdf")), "{answer:?}");
    assert!(answer.bytes.starts_with(b"%PDF-"));
    let disposition = format!("inline; filename=\"{name}.pdf\"");
    assert_eq!(answer.header("content-disposition"), Some(disposition.as_str()));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
}

/// That a text has these, each behind the one before.
#[track_caller]
fn in_order(text: &str, wanted: &[&str]) {
    let mut rest = text;
    for part in wanted.iter().map(|part| spaced(part)) {
        let (_, behind) =
            rest.split_once(&part).unwrap_or_else(|| panic!("\"{part}\" is not there in: {text}"));
        rest = behind;
    }
}

#[tokio::test]
async fn a_paid_order_has_an_invoice_whose_pdf_says_what_its_fields_say() {
    let (shop, alice) = shop().await;
    let id = dined(&shop, &alice, &card("pm_card_visa")).await;
    let bill = bills(&shop, &alice, &id).await;
    assert_has(
        &bill,
        &json!({
            "bill_number": "R2026-000001", "series": "R2026-", "kind": "invoice", "order_id": id, "language": "en",
            "seller": {"name": "Green Mug B.V.", "vat_id": "NL001234567B01"}, "currency": "EUR",
            "billing_address": {"city": "Amsterdam"}, "prices_include_tax": false,
            "lines": [
                {"line_id": 1, "product_id": "plate", "quantity": 3, "unit_price": "3.33", "discount_amount": "1.00",
                    "amount": "8.99", "net": "8.99", "total": "10.88"},
                {"line_id": 2, "product_id": "mug", "quantity": 2, "unit_price": "12.50", "discount_amount": "2.50",
                    "amount": "22.50", "net": "22.50", "total": "27.23"}],
            "delivery": {"net": "4.95", "total": "5.99"}, "coupon_code": "TEN", "coupon_discount_amount": "3.50",
            "net_amount": "36.44", "taxes": [{"name": "VAT", "percentage": "21", "net_amount": "36.44", "amount": "7.66"}],
            "tax_amount": "7.66", "total_amount": "44.10", "payment_method": "card",
            "settlement": {"state": "paid", "date": "2026-03-01"}, "credit_notes": [],
        }),
    );
    let pdf = linked(&shop, &bill).await;
    assert_pdf(&pdf, "R2026-000001");
    let number = get(&shop, &alice, &id).await.body["order_number"].as_str().expect("a number").to_owned();
    in_order(
        &text(&pdf.bytes),
        &[
            "Invoice",
            "Green Mug B.V.",
            "Prinsengracht 263",
            "Alice Example",
            "R2026-000001",
            "1 March 2026",
            &number,
            "plate",
            "3.33",
            "8.99",
            "mug",
            "12.50",
            "22.50",
            "4.95",
            "7.66",
            "44.10",
        ],
    );
}

#[tokio::test]
async fn a_pdf_has_the_same_bytes_each_time_however_it_is_asked_for_and_whatever_happens() {
    let (shop, alice) = shop().await;
    let id = dined(&shop, &alice, &card("pm_card_visa")).await;
    let first = linked(&shop, &bills(&shop, &alice, &id).await).await;
    advance(&shop, &id, &["packed", "shipped", "delivered"]).await;
    let body = json!({"amount": "5.00"});
    assert_eq!(shop.send(refund(&shop, &id, "r1", &body)).await.status, 201);
    shop.settings(&json!({"currency": "EUR", "invoices": {"seller": {"name": "Somebody else"}}})).await;
    shop.after(3_600).await;
    let url = bills(&shop, &alice, &id).await;
    let asked = [
        linked(&shop, &url).await,
        shop.send(of(&id, "?format=pdf").token(&alice)).await,
        shop.send(of(&id, "").token(&alice).header("accept", "application/pdf")).await,
        shop.send(of(&id, "?format=pdf&number=R2026-000001").token(&shop.admin())).await,
    ];
    for again in asked {
        assert_pdf(&again, "R2026-000001");
        assert!(again.bytes == first.bytes, "other bytes");
        assert_eq!(again.header("etag"), first.header("etag"));
    }
    let tag = first.header("etag").expect("a tag");
    let known = shop.send(of(&id, "?format=pdf").token(&alice).header("if-none-match", tag)).await;
    assert_eq!((known.status, known.bytes.len()), (304, 0));
}

#[tokio::test]
async fn the_bills_of_five_orders_are_numbered_without_a_gap() {
    let (shop, _) = shop().await;
    let mut orders = Vec::new();
    for at in 0..5 {
        let customer = shop.customer(&format!("customer-{at}"));
        let card = if at == 2 { "cod" } else { "pm_card_visa" };
        let placed = shop.send(order(&customer, "k1", "mug", 1, card)).await;
        assert_eq!(placed.status, 201, "{placed:?}");
        orders.push((customer, placed.order_id()));
    }
    // One that is never paid has none, and takes no number from the others.
    let unpaid = shop.customer("nobody");
    let placed = shop.send(order(&unpaid, "k1", "mug", 1, "pm_card_authenticationRequired")).await;
    shop.finish().await;
    let mut numbers = Vec::new();
    for (customer, id) in &orders {
        numbers.push(bills(&shop, customer, id).await["bill_number"].as_str().expect("a number").to_owned());
    }
    numbers.sort();
    let wanted: Vec<String> = (1..=5).map(|number| format!("R2026-{number:06}")).collect();
    assert_eq!(numbers, wanted);
    assert_problem(&shop.send(of(&placed.order_id(), "").token(&unpaid)).await, 404, "invoice_not_ready");
}

#[tokio::test]
async fn a_year_has_series_of_its_own() {
    let (shop, alice) = shop().await;
    dined(&shop, &alice, &card("pm_card_visa")).await;
    shop.after(310 * 86_400).await;
    let alice = shop.customer("alice");
    let placed = shop.send(order(&alice, "next", "mug", 1, "cod")).await;
    shop.finish().await;
    let bill = bills(&shop, &alice, &placed.order_id()).await;
    assert_has(&bill, &json!({"bill_number": "R2027-000001", "issued_at": "2027-01-05T10:00:00Z"}));
}

#[tokio::test]
async fn a_refund_has_a_credit_note_and_what_is_left_of_the_invoice_is_what_is_owed() {
    let (shop, alice) = shop().await;
    let id = dined(&shop, &alice, &card("pm_card_visa")).await;
    let part = shop.send(cancel_part(&alice, &id, "c1", &[(2, 1)])).await;
    assert_eq!((part.status, &part.body["refund_amount"]), (200, &json!("13.61")), "{part:?}");
    shop.finish().await;
    let gift = json!({"amount": "2.00", "goodwill": true, "reason": "a chip"});
    assert_eq!(shop.send(refund(&shop, &id, "r1", &gift)).await.status, 201);
    shop.finish().await;
    let bill = bills(&shop, &alice, &id).await;
    assert_has(
        &bill["credit_notes"],
        &json!([
            {"bill_number": "G2026-000001", "kind": "credit_note", "corrects": "R2026-000001", "occasion": "cancelled",
                "lines": [{"product_id": "mug", "quantity": 1, "total": "13.61"}], "total_amount": "13.61",
                "settlement": {"state": "paid_back", "amount": "13.61"}},
            {"bill_number": "G2026-000002", "corrects": "R2026-000001", "occasion": "goodwill", "lines": [],
                "adjustment": {"kind": "goodwill", "total": "2.00"}, "total_amount": "2.00"},
        ]),
    );
    let note = linked(&shop, &bill["credit_notes"][0]).await;
    assert_pdf(&note, "G2026-000001");
    in_order(&text(&note.bytes), &["Credit note", "G2026-000001", "R2026-000001", "mug", "13.61"]);
    let by_number = shop.send(of(&id, "?format=pdf&number=G2026-000001").token(&alice)).await;
    assert!(by_number.bytes == note.bytes, "other bytes");

    // The rest is called off: the last credit note gives back all that is left, to the cent.
    assert_eq!(shop.send(cancel(&alice, &id)).await.status, 200);
    shop.finish().await;
    let bill = bills(&shop, &alice, &id).await;
    let cents = |bill: &Value| -> i64 {
        bill["total_amount"].as_str().expect("an amount").replace('.', "").parse().expect("digits")
    };
    let credited: i64 = bill["credit_notes"].as_array().expect("a list").iter().map(cents).sum();
    assert_eq!((cents(&bill), credited), (4_410, 4_410));
}

#[tokio::test]
async fn an_order_that_is_paid_at_the_door_and_called_off_before_is_credited_without_a_refund() {
    let (shop, alice) = shop().await;
    let placed = shop.send(order(&alice, "k1", "mug", 1, "cod")).await;
    shop.finish().await;
    let id = placed.order_id();
    assert_has(&bills(&shop, &alice, &id).await, &json!({"settlement": {"state": "on_delivery"}}));
    assert_eq!(shop.send(cancel(&alice, &id)).await.status, 200);
    shop.finish().await;
    let bill = bills(&shop, &alice, &id).await;
    assert_has(
        &bill["credit_notes"],
        &json!([{"bill_number": "G2026-000001", "settlement": {"state": "set_off"}, "total_amount": bill["total_amount"]}]),
    );
}

#[tokio::test]
async fn there_is_no_bill_before_the_order_is_confirmed_and_none_if_it_never_is() {
    let (shop, alice) = shop().await;
    let placed = shop.send(order(&alice, "k1", "mug", 1, "pm_card_authenticationRequired")).await;
    let id = placed.order_id();
    shop.finish().await;
    for query in ["", "?format=pdf"] {
        assert_problem(&shop.send(of(&id, query).token(&alice)).await, 404, "invoice_not_ready");
    }
    assert_eq!(shop.send(cancel(&alice, &id)).await.status, 200);
    shop.finish().await;
    assert_problem(&shop.send(of(&id, "").token(&alice)).await, 404, "no_invoice");
}

#[tokio::test]
async fn somebody_elses_bills_do_not_exist_and_staff_sees_them_all() {
    let (shop, alice) = shop().await;
    let id = dined(&shop, &alice, &card("pm_card_visa")).await;
    let mallory = shop.customer("mallory");
    for query in ["", "?format=pdf", "?format=pdf&number=R2026-000001"] {
        assert_problem(&shop.send(of(&id, query).token(&mallory)).await, 404, "not_found");
        assert_eq!(shop.send(of(&id, query).token(&shop.admin())).await.status, 200);
    }
    assert_eq!(shop.send(of(&id, "")).await.status, 401);
    let other = shop.send(order(&alice, "other", "mug", 1, "cod")).await.order_id();
    shop.finish().await;
    let others = of(&other, "?format=pdf&number=R2026-000001").token(&alice);
    assert_problem(&shop.send(others).await, 404, "not_found");
    assert_problem(&shop.send(of(&id, "?number=R2026-000002").token(&alice)).await, 404, "not_found");
    assert_invalid(&shop.send(of(&id, "?number=R-1").token(&alice)).await, "?number", "invalid");
    assert_invalid(&shop.send(of(&id, "?format=html").token(&alice)).await, "?format", "invalid");
}

#[tokio::test]
async fn a_link_opens_its_bill_for_anybody_for_a_quarter_of_an_hour_and_nothing_else() {
    let (shop, alice) = shop().await;
    let id = dined(&shop, &alice, &card("pm_card_visa")).await;
    let bill = bills(&shop, &alice, &id).await;
    let url = bill["pdf_url"].as_str().expect("a link").to_owned();
    assert_eq!(bill["expires_at"], "2026-03-01T10:15:00Z");
    shop.after(BILL_LINK_MINUTES * 60 - 1).await;
    assert_pdf(&linked(&shop, &bill).await, "R2026-000001");
    let altered = format!("{}{}", &url[..url.len() - 1], if url.ends_with('A') { 'B' } else { 'A' });
    assert_problem(&shop.send(Call::get(&altered)).await, 404, "not_found");
    let token = url.rsplit('/').next().expect("a token");
    let as_order = Call::get(&format!("/api/v1/guest/orders/{token}/invoice"));
    assert_problem(&shop.send(as_order).await, 404, "not_found");
    shop.after(1).await;
    assert_problem(&linked(&shop, &bill).await, 404, "not_found");
    assert_pdf(&linked(&shop, &bills(&shop, &alice, &id).await).await, "R2026-000001");
}

#[tokio::test]
async fn a_guest_reads_bills_with_the_token_of_the_order() {
    let (shop, _) = priced_with(&json!({"guest_checkout": {"enabled": true}})).await;
    let mut body = order_body("mug", 1, "pm_card_visa");
    body["contact_email"] = json!("jane@example.com");
    let placed =
        shop.send(Call::post("/api/v1/guest/orders").key("nobody-guesses-this-one").json(&body)).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    shop.finish().await;
    let path =
        format!("/api/v1/guest/orders/{}/invoice", placed.body["order_token"].as_str().expect("a token"));
    let bill = shop.send(Call::get(&path)).await;
    assert_has(
        &bill.body,
        &json!({"bill_number": "INV-000001", "total_amount": placed.body["total_amount"]}),
    );
    let pdf = shop.send(Call::get(&path).header("accept", "application/pdf")).await;
    assert_pdf(&pdf, "INV-000001");
    assert!(linked(&shop, &bill.body).await.bytes == pdf.bytes, "other bytes");
}

#[tokio::test]
async fn mails_lead_to_the_invoice_of_a_confirmed_order_and_to_the_credit_note_of_a_refund_for_a_month() {
    let (shop, alice) =
        priced_with(&json!({"invoices": {"url": "https://shop.example/api/v1/invoices/{token}"}})).await;
    let id = dined(&shop, &alice, &card("pm_card_visa")).await;
    assert_eq!(shop.send(refund(&shop, &id, "r1", &json!({"amount": "5.00"}))).await.status, 201);
    shop.finish().await;
    let mails = shop.twin.cloud.ses.mails();
    let led: Vec<Vec<&str>> =
        mails.iter().map(|mail| bills_in(mail.text.as_deref().expect("text"))).collect();
    let [confirmed, refunded] = led.iter().flatten().collect::<Vec<_>>()[..] else {
        panic!("two links: {led:?}");
    };
    assert!(mails.iter().all(|mail| bills_in(mail.html.as_deref().expect("HTML")).len() < 2), "{mails:?}");
    shop.after(29 * 86_400).await;
    let bill = shop.send(Call::get(confirmed)).await;
    assert_pdf(&bill, "INV-000001");
    assert_pdf(&shop.send(Call::get(refunded)).await, "CN-000001");
    shop.after(86_400).await;
    assert_problem(&shop.send(Call::get(confirmed)).await, 404, "not_found");
    let alice = shop.customer("alice");
    assert!(linked(&shop, &bills(&shop, &alice, &id).await).await.bytes == bill.bytes, "other bytes");
}

/// The paths of bills that a mail leads to.
fn bills_in(mail: &str) -> Vec<&str> {
    let links = mail.split("https://shop.example").skip(1);
    let paths = links.filter(|link| link.starts_with("/api/v1/invoices/"));
    paths.map(|link| link.split(['"', '\n']).next().unwrap_or_default()).collect()
}
