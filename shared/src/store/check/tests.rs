//! One row per rule: what is changed in a document that has nothing wrong, and all that is then said about it.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::*;
use crate::store::{Settings, Warehouse};

type Row = (&'static str, Value, &'static [(&'static str, &'static str)]);

fn settings() -> Value {
    let rates =
        json!({"standard": [{"name": "State", "rate": "4"}, {"name": "City", "rate": "4.5"}], "exempt": []});
    let bands = json!([{"up_to_grams": 1000, "price": "4.90"}, {"up_to_grams": 5000, "price": "7"}]);
    json!({
        "currency": "EUR",
        "country": "NL",
        "tax": {
            "prices_include_tax": true,
            "classes": ["standard", "exempt"],
            "delivery_class": "standard",
            "elsewhere": "refuse",
            "zones": [
                {"countries": ["NL", "DE"], "rates": rates},
                {"countries": ["US"], "regions": ["NY", "NJ"], "rates": rates},
                {"countries": ["US"], "rates": rates},
            ],
        },
        "shipping_methods": [
            {"id": "parcel", "name": "Parcel", "names": {"nl": "Pakket"}, "zones": [
                {"countries": ["NL"], "bands": bands, "free_from": "50.00", "transit_days": 1},
                {"countries": ["US"], "regions": ["NY"], "bands": bands, "transit_days": 365},
            ]},
            {"id": "courier", "name": "Courier", "zones": []},
        ],
        "payment": {
            "methods": ["card", "redirect"],
            "hold_minutes": 5,
            "unpaid_hold_minutes": 10080,
            "return_origins": ["https://shop.example", "http://localhost:3000"],
        },
        "fulfillment": {"packagings": [packaging("mailer"), packaging("box")]},
        "limits": {"orders_per_hour": 1000},
        "guest_checkout": {"enabled": true, "order_url": "https://shop.example/orders?key={token}"},
        "eco": {"trees_per_order": 100},
        "sender": {"name": "Ann's Shop", "reply_to": "help@shop.example"},
        "invoices": {
            "series": {"invoice": "INV-{year}-", "credit_note": "CN/"},
            "seller": {
                "name": "Ann's Shop B.V.", "vat_id": "NL001234567B01", "registration": "KvK 12345678",
                "address": {"street": "Damrak 1", "city": "Amsterdam", "country": "NL"},
                "email": "help@shop.example", "website": "shop.example", "bank": ["IBAN NL91 ABNA 0417 1643 00"],
                "note": "Thank you.",
            },
        },
        "policies": {
            "cancel": {"customer": {"card": "shipped"}, "staff": {"card": "never"}},
            "returns": {"window_days": 365, "reasons": ["damaged", "x".repeat(60)], "refund_delivery": true},
        },
    })
}

fn packaging(id: &str) -> Value {
    json!({"id": id, "length_mm": 10_000, "width_mm": 1, "height_mm": 250, "max_weight_grams": 1_000_000, "weight_grams": 0, "material": "paper"})
}

fn warehouse() -> Value {
    json!({
        "name": "North",
        "place": {"country": "NL", "region": "NH", "postal_code": "1012 AB", "city": "Amsterdam"},
        "areas": [
            {"countries": ["NL"], "postal_prefixes": ["10", "11-"], "distance_km": 0, "g_per_tkm": 10000},
            {"regions": ["NY"], "distance_km": 20100},
        ],
    })
}

/// The document with another value at a place; a place that is not there yet is made.
fn changed(mut document: Value, pointer: &str, value: Value) -> Value {
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
    match document.pointer_mut(parent).expect("a place") {
        Value::Array(list) => match list.get_mut(key.parse::<usize>().expect("an index")) {
            Some(place) => *place = value,
            None => list.push(value),
        },
        place => place[key] = value,
    }
    document
}

fn read<T: DeserializeOwned>(document: &Value) -> T {
    serde_json::from_str(&document.to_string()).expect("the document can be read")
}

fn check(document: fn() -> Value, find: impl Fn(&Value) -> Vec<FieldError>, rows: &[Row]) {
    assert_eq!(find(&document()), vec![]);
    for (pointer, value, expected) in rows {
        let errors = find(&changed(document(), pointer, value.clone()));
        let found: Vec<_> = errors.iter().map(|error| (error.pointer.as_str(), error.code)).collect();
        assert_eq!(found, *expected, "{pointer}: {value}");
        assert!(errors.iter().all(|error| !error.detail.is_empty()), "{errors:?}");
    }
}

fn check_settings(rows: &[Row]) {
    check(settings, |document| read::<Settings>(document).check(), rows);
}

fn repeated(count: usize, of: impl Fn(usize) -> Value) -> Value {
    (0..count).map(of).collect()
}

/// Two capital letters, a pair for each number.
fn country(number: usize) -> Value {
    let known: Vec<&str> = crate::address::COUNTRIES.split(' ').collect();
    json!(known[number % known.len()])
}

#[test]
fn a_store_that_nobody_has_set_up_has_nothing_wrong() {
    assert_eq!(Settings::default().check(), vec![]);
    assert_eq!(read::<Settings>(&json!({})).check(), vec![]);
}

#[test]
fn a_tax_table_with_a_gap_is_refused() {
    check_settings(&[
        ("/tax/zones/0/rates", json!({"exempt": []}), &[("/tax/zones/0/rates", "tax_gap")]),
        (
            "/tax/classes",
            json!(["standard", "exempt", "books"]),
            &[
                ("/tax/zones/0/rates", "tax_gap"),
                ("/tax/zones/1/rates", "tax_gap"),
                ("/tax/zones/2/rates", "tax_gap"),
            ],
        ),
        ("/tax/zones/2/countries", json!(["CA"]), &[("/tax/zones/1/regions", "tax_gap")]),
        ("/tax/zones/0/countries", json!(["DE"]), &[("/shipping_methods/0/zones/0/countries/0", "tax_gap")]),
        (
            "/shipping_methods/1/zones",
            json!([{"countries": ["NL", "FR", "US", "CH"], "bands": [{"up_to_grams": 1, "price": "1"}], "transit_days": 1}]),
            &[
                ("/shipping_methods/1/zones/0/countries/1", "tax_gap"),
                ("/shipping_methods/1/zones/0/countries/3", "tax_gap"),
            ],
        ),
        (
            "/shipping_methods/1/zones",
            json!([{"bands": [{"up_to_grams": 1, "price": "1"}], "transit_days": 1}]),
            &[("/shipping_methods/1/zones/0/countries", "tax_gap")],
        ),
        ("/tax/zones", json!([]), &[("/tax/elsewhere", "tax_gap")]),
        (
            "/tax",
            json!({"prices_include_tax": false, "classes": [], "zones": []}),
            &[("/tax/elsewhere", "tax_gap")],
        ),
    ]);
}

#[test]
fn a_store_that_says_untaxed_delivers_where_no_zone_is() {
    let untaxed = changed(settings(), "/tax/elsewhere", json!("untaxed"));
    let everywhere = json!([{"bands": [{"up_to_grams": 1, "price": "1"}], "transit_days": 1}]);
    let settings: Settings = read(&changed(untaxed, "/shipping_methods/1/zones", everywhere));
    assert_eq!(settings.check(), vec![]);
}

#[test]
fn a_tax_table_that_leaves_the_rate_to_chance_is_refused() {
    let rates = || json!({"standard": [], "exempt": []});
    check_settings(&[
        (
            "/tax/zones/3",
            json!({"countries": ["FR", "DE"], "rates": rates()}),
            &[("/tax/zones/3/countries/1", "tax_overlap")],
        ),
        (
            "/tax/zones/3",
            json!({"countries": ["US"], "rates": rates()}),
            &[("/tax/zones/3/countries/0", "tax_overlap")],
        ),
        (
            "/tax/zones/3",
            json!({"countries": ["US"], "regions": ["CA", " nj "], "rates": rates()}),
            &[("/tax/zones/3/regions/1", "tax_overlap")],
        ),
        // The same region of another country is another region.
        ("/tax/zones/3", json!({"countries": ["DE"], "regions": ["NY"], "rates": rates()}), &[]),
        ("/tax/zones/1/countries", json!(["US", "DE"]), &[("/tax/zones/1/regions", "invalid")]),
        (
            "/tax/zones/1/countries",
            json!([]),
            &[("/tax/zones/1/countries", "required"), ("/tax/zones/1/regions", "invalid")],
        ),
        ("/tax/zones/1/regions", json!(["NY", "ny "]), &[("/tax/zones/1/regions/1", "duplicate")]),
        ("/tax/zones/1/regions", json!(["NY", " "]), &[("/tax/zones/1/regions/1", "invalid")]),
        ("/tax/zones/1/regions/0", json!("x".repeat(65)), &[("/tax/zones/1/regions/0", "invalid")]),
        (
            "/tax/zones/1/regions",
            repeated(251, |at| json!(format!("R{at}"))),
            &[("/tax/zones/1/regions", "out_of_range")],
        ),
        ("/tax/zones/0/countries/2", json!("NL"), &[("/tax/zones/0/countries/2", "duplicate")]),
    ]);
}

#[test]
fn tax_classes_and_components_are_declared_named_and_counted() {
    let component = |name: &str| json!({"name": name, "rate": "1"});
    check_settings(&[
        ("/tax/classes/2", json!("exempt"), &[("/tax/classes/2", "duplicate")]),
        ("/tax/delivery_class", json!("books"), &[("/tax/delivery_class", "unknown_tax_class")]),
        (
            "/tax/classes",
            json!([]),
            &[
                ("/tax/classes", "required"),
                ("/tax/delivery_class", "unknown_tax_class"),
                ("/tax/zones/0/rates/exempt", "unknown_tax_class"),
                ("/tax/zones/0/rates/standard", "unknown_tax_class"),
                ("/tax/zones/1/rates/exempt", "unknown_tax_class"),
                ("/tax/zones/1/rates/standard", "unknown_tax_class"),
                ("/tax/zones/2/rates/exempt", "unknown_tax_class"),
                ("/tax/zones/2/rates/standard", "unknown_tax_class"),
            ],
        ),
        ("/tax/zones/0/rates/books", json!([]), &[("/tax/zones/0/rates/books", "unknown_tax_class")]),
        (
            "/tax/zones/0/rates/exempt",
            json!([component(""), component("\n"), component(&"x".repeat(51)), component(&"é".repeat(50))]),
            &[
                ("/tax/zones/0/rates/exempt/0/name", "invalid"),
                ("/tax/zones/0/rates/exempt/1/name", "invalid"),
                ("/tax/zones/0/rates/exempt/2/name", "invalid"),
                ("/tax/zones/0/rates/exempt/1/name", "duplicate"),
            ],
        ),
        (
            "/tax/zones/0/rates/exempt",
            json!([component("VAT"), component("VAT ")]),
            &[("/tax/zones/0/rates/exempt/1/name", "duplicate")],
        ),
        (
            "/tax/zones/0/rates/exempt",
            repeated(9, |at| component(&at.to_string())),
            &[("/tax/zones/0/rates/exempt", "out_of_range")],
        ),
        (
            "/tax/zones",
            repeated(251, |at| json!({"countries": [country(at)], "rates": {"standard": [], "exempt": []}})),
            &[
                ("/tax/zones", "out_of_range"),
                // There are 250 countries, so the first comes again.
                ("/tax/zones/250/countries/0", "tax_overlap"),
            ],
        ),
    ]);
    let classes = repeated(51, |at| json!(format!("c{at}")));
    let tax = json!({"prices_include_tax": true, "classes": classes, "zones": [], "elsewhere": "untaxed"});
    check_settings(&[("/tax", tax, &[("/tax/classes", "out_of_range")])]);
}

#[test]
fn ways_to_deliver_are_named_bounded_and_clear() {
    let zone = |countries: Value| json!({"countries": countries, "bands": [{"up_to_grams": 0, "price": "0"}], "transit_days": 0});
    check_settings(&[
        ("/shipping_methods/1/id", json!("parcel"), &[("/shipping_methods/1/id", "duplicate")]),
        ("/shipping_methods/1/name", json!(" "), &[("/shipping_methods/1/name", "invalid")]),
        ("/shipping_methods/1/name", json!("x".repeat(101)), &[("/shipping_methods/1/name", "invalid")]),
        ("/shipping_methods/0/names/nl", json!("a\u{7}"), &[("/shipping_methods/0/names/nl", "invalid")]),
        (
            "/shipping_methods",
            repeated(21, |at| json!({"id": format!("m{at}"), "name": "M", "zones": []})),
            &[("/shipping_methods", "out_of_range")],
        ),
        (
            "/shipping_methods/0/names",
            (0..21).map(|at| (format!("de-a{at:03}"), json!("x"))).collect::<serde_json::Map<_, _>>().into(),
            &[("/shipping_methods/0/names", "out_of_range")],
        ),
        (
            "/shipping_methods/1/zones",
            repeated(51, |at| {
                let mut zone = zone(json!(["US"]));
                zone["regions"] = json!([at.to_string()]);
                zone
            }),
            &[("/shipping_methods/1/zones", "out_of_range")],
        ),
        (
            "/shipping_methods/1/zones",
            json!([zone(json!(["NL"])), zone(json!(["DE", "NL"]))]),
            &[("/shipping_methods/1/zones/1/countries/1", "duplicate")],
        ),
        (
            "/shipping_methods/1/zones",
            json!([zone(json!([])), zone(json!([]))]),
            &[
                ("/shipping_methods/1/zones/1/countries", "duplicate"),
                ("/shipping_methods/1/zones/0/countries", "tax_gap"),
                ("/shipping_methods/1/zones/1/countries", "tax_gap"),
            ],
        ),
        (
            "/shipping_methods/0/zones/1/countries",
            json!(["US", "NL"]),
            &[("/shipping_methods/0/zones/1/regions", "invalid")],
        ),
        (
            "/shipping_methods/0/zones/0/transit_days",
            json!(366),
            &[("/shipping_methods/0/zones/0/transit_days", "out_of_range")],
        ),
    ]);
}

#[test]
fn delivery_costs_amounts_of_the_stores_currency_by_rising_weight() {
    let band = |grams: u64| json!({"up_to_grams": grams, "price": "1"});
    check_settings(&[
        (
            "/shipping_methods/0/zones/0/bands",
            json!([]),
            &[("/shipping_methods/0/zones/0/bands", "required")],
        ),
        (
            "/shipping_methods/0/zones/0/bands",
            repeated(51, |at| band(at as u64)),
            &[("/shipping_methods/0/zones/0/bands", "out_of_range")],
        ),
        (
            "/shipping_methods/0/zones/0/bands",
            json!([band(5), band(5), band(4), band(6)]),
            &[
                ("/shipping_methods/0/zones/0/bands/1/up_to_grams", "invalid"),
                ("/shipping_methods/0/zones/0/bands/2/up_to_grams", "invalid"),
            ],
        ),
        (
            "/shipping_methods/0/zones/0/bands/0/price",
            json!("4.999"),
            &[("/shipping_methods/0/zones/0/bands/0/price", "invalid")],
        ),
        (
            "/shipping_methods/0/zones/0/bands/0/price",
            json!("-0.01"),
            &[("/shipping_methods/0/zones/0/bands/0/price", "out_of_range")],
        ),
        (
            "/shipping_methods/0/zones/0/free_from",
            json!("1000000000"),
            &[("/shipping_methods/0/zones/0/free_from", "out_of_range")],
        ),
        ("/currency", json!(null), &[("/currency", "required")]),
        (
            "/currency",
            json!("JPY"),
            &[
                ("/shipping_methods/0/zones/0/bands/0/price", "invalid"),
                ("/shipping_methods/0/zones/1/bands/0/price", "invalid"),
            ],
        ),
    ]);
}

#[test]
fn payments_have_methods_holds_and_origins() {
    check_settings(&[
        ("/payment/methods", json!([]), &[("/payment/methods", "required")]),
        ("/payment/methods", json!(["cod", "card", "cod"]), &[("/payment/methods/2", "duplicate")]),
        ("/payment/hold_minutes", json!(4), &[("/payment/hold_minutes", "out_of_range")]),
        ("/payment/hold_minutes", json!(1440), &[]),
        ("/payment/hold_minutes", json!(1441), &[("/payment/hold_minutes", "out_of_range")]),
        ("/payment/unpaid_hold_minutes", json!(0), &[("/payment/unpaid_hold_minutes", "out_of_range")]),
        ("/payment/unpaid_hold_minutes", json!(10081), &[("/payment/unpaid_hold_minutes", "out_of_range")]),
        (
            "/payment/return_origins/2",
            json!("https://shop.example"),
            &[("/payment/return_origins/2", "duplicate")],
        ),
        (
            "/payment/return_origins",
            repeated(21, |at| json!(format!("https://s{at}.example"))),
            &[("/payment/return_origins", "out_of_range")],
        ),
        (
            "/payment/return_origins/0",
            json!("https://shop.example/"),
            &[("/payment/return_origins/0", "invalid")],
        ),
    ]);
}

#[test]
fn packagings_can_be_told_apart_and_are_of_some_size() {
    const LIST: &str = "/fulfillment/packagings";
    let named = |count: usize| repeated(count, |at| packaging(&format!("box {at}")));
    check_settings(&[
        ("/fulfillment", json!({}), &[]),
        (LIST, json!([]), &[(LIST, "required")]),
        (LIST, named(50), &[]),
        (LIST, named(51), &[(LIST, "out_of_range")]),
        ("/fulfillment/packagings/1/id", json!("mailer"), &[("/fulfillment/packagings/1/id", "duplicate")]),
        ("/fulfillment/packagings/1/id", json!(""), &[("/fulfillment/packagings/1/id", "invalid")]),
        (
            "/fulfillment/packagings/1/id",
            json!("x".repeat(61)),
            &[("/fulfillment/packagings/1/id", "invalid")],
        ),
        (
            "/fulfillment/packagings/0/length_mm",
            json!(0),
            &[("/fulfillment/packagings/0/length_mm", "out_of_range")],
        ),
        (
            "/fulfillment/packagings/0/width_mm",
            json!(10_001),
            &[("/fulfillment/packagings/0/width_mm", "out_of_range")],
        ),
        (
            "/fulfillment/packagings/0/height_mm",
            json!(0),
            &[("/fulfillment/packagings/0/height_mm", "out_of_range")],
        ),
        (
            "/fulfillment/packagings/0/max_weight_grams",
            json!(0),
            &[("/fulfillment/packagings/0/max_weight_grams", "out_of_range")],
        ),
        (
            "/fulfillment/packagings/0/max_weight_grams",
            json!(1_000_001),
            &[("/fulfillment/packagings/0/max_weight_grams", "out_of_range")],
        ),
        (
            "/fulfillment/packagings/0/weight_grams",
            json!(100_001),
            &[("/fulfillment/packagings/0/weight_grams", "out_of_range")],
        ),
    ]);
}

#[test]
fn limits_guests_trees_and_the_sender_are_bounded() {
    check_settings(&[
        ("/limits/orders_per_hour", json!(0), &[("/limits/orders_per_hour", "out_of_range")]),
        ("/limits/orders_per_hour", json!(1001), &[("/limits/orders_per_hour", "out_of_range")]),
        (
            "/guest_checkout/order_url",
            json!("https://shop.example"),
            &[("/guest_checkout/order_url", "invalid")],
        ),
        ("/guest_checkout/order_url", json!(null), &[]),
        ("/eco/trees_per_order", json!(101), &[("/eco/trees_per_order", "out_of_range")]),
        ("/sender", json!(null), &[]),
        ("/sender/name", json!(""), &[("/sender/name", "invalid")]),
        ("/sender/name", json!("x".repeat(101)), &[("/sender/name", "invalid")]),
        ("/sender/name", json!("Shop\r\nBcc: x@y.example"), &[("/sender/name", "invalid")]),
        ("/sender/name", json!("The \"Shop\""), &[("/sender/name", "invalid")]),
        ("/sender/name", json!("Shop <shop@shop.example>"), &[("/sender/name", "invalid")]),
        ("/sender/name", json!("Shop\\"), &[("/sender/name", "invalid")]),
        ("/sender/reply_to", json!("help"), &[("/sender/reply_to", "invalid")]),
    ]);
}

#[test]
fn bills_name_a_seller_in_printable_words() {
    let seller = |field: &str| format!("/invoices/seller/{field}");
    for (field, most) in
        [("name", 200), ("vat_id", 100), ("registration", 200), ("website", 200), ("note", 500)]
    {
        for (text, is_fine) in [
            ("é".repeat(most), true),
            ("é".repeat(most + 1), false),
            (" ".into(), false),
            ("a\nb".into(), false),
        ] {
            let document = changed(settings(), &seller(field), json!(text));
            let found: Vec<_> =
                read::<Settings>(&document).check().into_iter().map(|it| it.pointer).collect();
            assert_eq!(found, if is_fine { vec![] } else { vec![seller(field)] }, "{field}: {text}");
        }
    }
    check_settings(&[
        ("/invoices", json!({}), &[]),
        ("/invoices/url", json!(null), &[]),
        ("/invoices/url", json!("https://shop.example/bills"), &[("/invoices/url", "invalid")]),
        ("/invoices/seller", json!({}), &[]),
        ("/invoices/seller/address", json!(null), &[]),
        ("/invoices/seller/address/country", json!("UK"), &[("/invoices/seller/address/country", "invalid")]),
        ("/invoices/seller/address/street", json!(""), &[("/invoices/seller/address/street", "invalid")]),
        ("/invoices/seller/email", json!("help"), &[("/invoices/seller/email", "invalid")]),
        ("/invoices/seller/bank", repeated(6, |_| json!("IBAN")), &[]),
        (
            "/invoices/seller/bank",
            repeated(7, |_| json!("IBAN")),
            &[("/invoices/seller/bank", "out_of_range")],
        ),
        ("/invoices/seller/bank/0", json!("x".repeat(101)), &[("/invoices/seller/bank/0", "invalid")]),
    ]);
}

#[test]
fn a_series_that_could_be_mistaken_for_its_numbers_is_not_even_read() {
    for bad in ["", "INV-1", "INV-{year}", "INV {year}-", "{month}-", "X-----------------------"] {
        let document = changed(settings(), "/invoices/series/invoice", json!(bad));
        assert!(serde_json::from_str::<Settings>(&document.to_string()).is_err(), "{bad}");
    }
    let defaults = Settings::default().invoices.series;
    assert_eq!(
        (defaults.invoice.to_string(), defaults.credit_note.to_string()),
        ("INV-".into(), "CN-".into())
    );
}

#[test]
fn returns_have_a_window_of_at_most_a_year_and_reasons_that_can_be_told_apart() {
    check_settings(&[
        ("/policies/returns/window_days", json!(0), &[]),
        ("/policies/returns/window_days", json!(366), &[("/policies/returns/window_days", "out_of_range")]),
        ("/policies/returns/reasons", json!([]), &[("/policies/returns/reasons", "required")]),
        ("/policies/returns/reasons", repeated(50, |at| json!(at.to_string())), &[]),
        (
            "/policies/returns/reasons",
            repeated(51, |at| json!(at.to_string())),
            &[("/policies/returns/reasons", "out_of_range")],
        ),
        ("/policies/returns/reasons/1", json!(" Damaged"), &[("/policies/returns/reasons/1", "duplicate")]),
        ("/policies/returns/reasons/0", json!(" "), &[("/policies/returns/reasons/0", "invalid")]),
        ("/policies/returns/reasons/1", json!("a\nb"), &[("/policies/returns/reasons/1", "invalid")]),
        ("/policies/returns/reasons/0", json!("é".repeat(61)), &[("/policies/returns/reasons/0", "invalid")]),
        ("/policies/returns", json!({}), &[]),
    ]);
}

#[test]
fn any_cutoff_is_fine_for_anybody() {
    for cutoff in ["never", "confirmed", "preparing", "packed", "shipped"] {
        let all = json!({"card": cutoff, "redirect": cutoff, "cod": cutoff, "later": cutoff});
        for actor in ["/policies/cancel/customer", "/policies/cancel/staff"] {
            assert_eq!(read::<Settings>(&changed(settings(), actor, all.clone())).check(), vec![], "{actor}");
        }
    }
}

#[test]
fn a_warehouse_is_somewhere_and_serves_what_can_be_told_apart() {
    let find = |document: &Value| read::<Warehouse>(document).check();
    check(
        warehouse,
        find,
        &[
            ("/name", json!(""), &[("/name", "invalid")]),
            ("/name", json!("x".repeat(201)), &[("/name", "invalid")]),
            ("/place/city", json!("\n"), &[("/place/city", "invalid")]),
            ("/place/region", json!(" "), &[("/place/region", "invalid")]),
            ("/place/street", json!("Kade 1"), &[]),
            ("/place/street", json!(""), &[("/place/street", "invalid")]),
            ("/place/phone", json!("\n"), &[("/place/phone", "invalid")]),
            ("/place/postal_code", json!("x".repeat(201)), &[("/place/postal_code", "invalid")]),
            ("/areas", json!([]), &[]),
            ("/areas", repeated(51, |_| json!({"distance_km": 1})), &[("/areas", "out_of_range")]),
            ("/areas/0/countries", repeated(251, country), &[("/areas/0/countries", "out_of_range")]),
            ("/areas/1/regions", json!(["NY", ""]), &[("/areas/1/regions/1", "invalid")]),
            (
                "/areas/1/regions",
                repeated(251, |at| json!(at.to_string())),
                &[("/areas/1/regions", "out_of_range")],
            ),
            (
                "/areas/0/postal_prefixes",
                json!(["x".repeat(65)]),
                &[("/areas/0/postal_prefixes/0", "invalid")],
            ),
            ("/areas/0/postal_prefixes", json!([" "]), &[("/areas/0/postal_prefixes/0", "invalid")]),
            // It would be the beginning of every postal code.
            ("/areas/0/postal_prefixes", json!(["-"]), &[("/areas/0/postal_prefixes/0", "invalid")]),
            ("/areas/1/distance_km", json!(20101), &[("/areas/1/distance_km", "out_of_range")]),
            ("/areas/0/g_per_tkm", json!(10001), &[("/areas/0/g_per_tkm", "out_of_range")]),
        ],
    );
}
