//! What is printed is what the invoice says.

use serde_json::json;
use shared::invoice::Invoice;
use shared::order::{Command, RefundWish, Request, Units};

use crate::read::{spaced, text};
use crate::shop::{Case, alice, basket, card, cash, indian, item, pdf, settings};

/// That the text has these, each behind the one before.
#[track_caller]
fn in_order(text: &str, wanted: &[&str]) {
    let mut rest = text;
    for part in wanted {
        let part = spaced(part);
        let Some((_, behind)) = rest.split_once(&part) else {
            panic!("\"{part}\" is not (or not there) in: {text}");
        };
        rest = behind;
    }
}

fn request(key: &str) -> Request {
    Request { key: key.into(), body: "b".into() }
}

fn printed(invoice: &Invoice, name: &str) -> String {
    text(&pdf(invoice, name))
}

#[test]
fn an_invoice_says_who_sells_what_to_whom_for_how_much() {
    let mut case = Case::paid();
    let text = printed(&case.bill("en"), "invoice-en");
    in_order(
        &text,
        &[
            "Invoice",
            "Green Mug B.V.",
            "Prinsengracht 263",
            "1016 GV Amsterdam",
            "Netherlands",
            "Bill to",
            "Alice Example",
            "Keizersgracht 123",
            "1015 CJ Amsterdam",
            "Netherlands",
            "Invoice no.",
            "INV-2026-000042",
            "Date",
            "1 March 2026",
            "Order no.",
            &case.order.number().to_string(),
            "Ordered on",
            "1 March 2026",
            "Delivery expected",
            "3 March 2026",
        ],
    );
    in_order(
        &text,
        &[
            "All amounts in EUR. Prices and amounts of items include tax.",
            "Description",
            "Qty",
            "Unit price",
            "Discount",
            "Tax",
            "Amount",
            "Enamel mug",
            "p0",
            "2",
            "14.50",
            "-2.90",
            "21%",
            "26.10",
            "Organic T-shirt",
            "Size: M",
            "Colour: Black",
            "p1:v",
            "1",
            "29.00",
            "-6.82",
            "21%",
            "22.18",
            "A field guide to the birds of Europe",
            "p2",
            "1",
            "1,024.95",
            "-102.49",
            "9%",
            "922.46",
        ],
    );
    in_order(
        &text,
        &[
            "VAT",
            "21%",
            "43.99",
            "9.24",
            "VAT",
            "9%",
            "846.29",
            "76.17",
            "Items",
            "970.74",
            "Delivery",
            "4.95",
            "Total",
            "EUR 975.69",
            "Total without tax",
            "890.28",
            "Already taken off: discounts on items (EUR 4.35), coupon SPRING-10 (EUR 107.86).",
            "EUR 975.69 was paid by card on 1 March 2026. Thank you.",
            "Goods can be sent back within 30 days.",
        ],
    );
    in_order(&text, &["VAT ID NL001234567B01", "KvK 12345678", "IBAN NL91 ABNA 0417 1643 00", "Page 1 of 1"]);
}

#[test]
fn an_invoice_speaks_the_customers_language() {
    for (language, wanted) in [
        (
            "de",
            [
                "Rechnung",
                "Emaillebecher",
                "1.024,95",
                "Gesamtbetrag",
                "975,69 EUR",
                "975,69 EUR wurden am 1. März 2026 mit Karte bezahlt.",
                "Seite 1 von 1",
            ],
        ),
        (
            "fr",
            [
                "Facture",
                "Tasse émaillée",
                "1 024,95",
                "Total",
                "975,69 EUR",
                "975,69 EUR payés par carte le 1er mars 2026.",
                "Page 1 sur 1",
            ],
        ),
        (
            "nl",
            [
                "Factuur",
                "Enamel mug",
                "1.024,95",
                "Totaal",
                "975,69 EUR",
                "975,69 EUR is op 1 maart 2026 met een kaart betaald.",
                "Pagina 1 van 1",
            ],
        ),
        (
            "es",
            [
                "Factura",
                "Enamel mug",
                "1024,95",
                "Total",
                "975,69 EUR",
                "975,69 EUR pagados con tarjeta el 1 de marzo de 2026.",
                "Página 1 de 1",
            ],
        ),
        (
            "ar",
            [
                "فاتورة",
                "كوب مطلي بالمينا",
                "1,024.95",
                "المجموع",
                "975.69 EUR",
                "دُفع 975.69 EUR بالبطاقة في 1 مارس 2026.",
                "صفحة 1 من 1",
            ],
        ),
        (
            "he",
            [
                "חשבונית",
                "ספל אמייל",
                "1,024.95",
                "סך הכול",
                "975.69 EUR",
                "975.69 EUR שולמו בכרטיס ב-1 במרץ 2026.",
                "עמוד 1 מתוך 1",
            ],
        ),
    ] {
        let mut case = Case::paid();
        let text = printed(&case.bill(language), &format!("invoice-{language}"));
        in_order(&text, &wanted);
    }
}

#[test]
fn taxes_on_top_of_prices_are_listed_each_by_itself() {
    let items = [item("Brass kettle", "1499.00 EUR", 2), shared_book()];
    let address = json!({"name": "Asha Rao", "street": "12 MG Road", "postal_code": "560001", "city": "Bengaluru", "state": "Karnataka", "country": "IN"});
    let mut case = Case::new(indian(), &items, address, cash());
    let text = printed(&case.bill("en-IN"), "invoice-india");
    in_order(
        &text,
        &[
            "12 MG Road",
            "Bengaluru, Karnataka 560001",
            "India",
            "All amounts in INR. Prices and amounts of items are without tax.",
            "Brass kettle",
            "2",
            "1,499.00",
            "9% + 9%",
            "2,698.20",
            "2.5% + 2.5%",
            "CGST",
            "9%",
            "2,703.15",
            "243.29",
            "SGST",
            "9%",
            "2,703.15",
            "243.29",
            "CGST",
            "2.5%",
            "SGST",
            "2.5%",
            "Items",
            "Delivery",
            "4.95",
            "Total without tax",
            "CGST 9%",
            "243.29",
            "SGST 9%",
            "243.29",
            "Total",
            "Please pay INR",
            "when your order is delivered.",
        ],
    );
}

fn shared_book() -> crate::shop::Item {
    crate::shop::Item { class: "reduced", ..item("A book", "250.00 EUR", 3) }
}

#[test]
fn a_credit_note_names_its_invoice_and_the_units_that_it_is_for() {
    let mut case = Case::paid();
    let invoice = case.bill("en");
    case.deliver();
    let lines = vec![Units { line: 1, quantity: 1 }];
    case.does(&Command::Refund {
        what: RefundWish::Lines { lines, delivery: true },
        reason: None,
        request: request("a"),
    });
    case.refund_done();
    let note = case.bill("en");
    let text = printed(&note, "credit-note-en");
    in_order(
        &text,
        &[
            "Credit note",
            "Credit note no.",
            "CN-2026-000042",
            "For invoice",
            &invoice.number.to_string(),
            "Date",
            "4 March 2026",
            "For what we gave back to you:",
            "Enamel mug",
            "1",
            "14.50",
            "-1.45",
            "21%",
            "13.05",
            "VAT",
            "21%",
            "Items",
            "13.05",
            "Delivery",
            "4.95",
            "Total credit",
            "EUR 18.00",
            "We paid EUR 18.00 back to you on 4 March 2026.",
        ],
    );
    assert!(!text.contains("Organic T-shirt") && !text.contains("Delivery expected"), "{text}");
}

#[test]
fn goodwill_is_a_line_of_its_own_with_its_part_of_each_tax() {
    let mut case = Case::paid();
    case.bill("de");
    case.deliver();
    let amount = "10.00 EUR".parse().expect("money");
    let what = RefundWish::Amount { amount, goodwill: true };
    case.does(&Command::Refund { what, reason: None, request: request("a") });
    case.refund_done();
    let text = printed(&case.bill("de"), "credit-note-de");
    in_order(
        &text,
        &[
            "Rechnungskorrektur",
            "Zur Rechnung",
            "INV-2026-000042",
            "Aus Kulanz:",
            "Kulanz",
            "10,00",
            "VAT",
            "21 %",
            "VAT",
            "9 %",
            "Gesamtbetrag der Korrektur",
            "10,00 EUR",
            "Wir haben Ihnen am 4. März 2026 10,00 EUR zurückgezahlt.",
        ],
    );
}

#[test]
fn a_shop_without_settings_still_sends_a_bill() {
    let bare = json!({"currency": "JPY"});
    let mut case = Case::new(bare, &[item("Tea", "1200 EUR", 3)], alice("JP"), cash());
    let text = printed(&case.bill("ja"), "invoice-bare");
    in_order(
        &text,
        &["Invoice", "INV-000042", "Tea", "3", "1,200", "3,240", "Not taxed", "3,240", "Total", "JPY 3,240"],
    );
    assert!(!text.contains("VAT"), "{text}");
}

#[test]
fn a_parcel_that_goes_elsewhere_has_two_addresses() {
    let mut address = alice("DE");
    address["bill_to"] = json!({"name": "Acme Ltd", "additional_info": "Accounts", "street": "1 High Street", "postal_code": "N1 9GU",
        "city": "London", "country": "GB"});
    let mut case = Case::new(settings(), &basket(), address, card());
    case.pay();
    let text = printed(&case.bill("en"), "invoice-two-addresses");
    in_order(
        &text,
        &[
            "Bill to",
            "Acme Ltd",
            "Accounts",
            "1 High Street",
            "London, N1 9GU",
            "United Kingdom",
            "Ship to",
            "Alice Example",
            "Germany",
        ],
    );
}
