//! Orders that take more than a page, names that take more than a line.

use serde_json::json;

use crate::drawn::lowest;
use crate::read::{pages, spaced, text};
use crate::shop::{Case, Item, alice, card, item, pdf, settings};

fn long(language: &str, count: usize) -> (Vec<Item>, Vec<Vec<String>>) {
    let name = |at: usize| match at % 3 {
        0 => format!("Thing {at}"),
        1 => format!(
            "Thing {at} with a name that is so long that it has to be written on several lines of the table"
        ),
        _ => format!("Thing{at}{}", "x".repeat(80)),
    };
    let items: Vec<Item> = (0..count).map(|at| item(&name(at), "12345.67 EUR", 1 + at as u32)).collect();
    let mut case = Case::new(settings(), &items, alice("NL"), card());
    case.pay();
    let bytes = pdf(&case.bill(language), &format!("long-{language}-{count}"));
    (items, pages(&bytes))
}

#[test]
fn an_order_of_forty_lines_goes_over_pages_and_loses_none() {
    for language in ["en", "ar"] {
        let (items, pages) = long(language, 40);
        assert!(pages.len() > 2, "{} pages", pages.len());
        let text = |page: &Vec<String>| spaced(&page.join("\u{1}"));
        let whole = spaced(&pages.concat().join("\u{1}"));
        let mut from = 0;
        for item in &items {
            let found = whole[from..].find(&item.name).unwrap_or_else(|| panic!("{} is lost", item.name));
            from += found + item.name.len();
        }
        let number = |page: usize| match language {
            "en" => format!("Page {page} of {}", pages.len()),
            _ => format!("صفحة {page} من {}", pages.len()),
        };
        let column = if language == "en" { "Unit price" } else { "سعر الوحدة" };
        for (at, page) in pages.iter().enumerate() {
            let text = text(page);
            assert!(text.contains(&number(at + 1)), "{text}");
            assert!(text.contains("INV-2026-000042"), "{text}");
            let has_goods = text.contains("12,345.67");
            assert_eq!(has_goods, text.contains(column), "a page of goods names its columns: {text}");
        }
    }
}

#[test]
fn a_bill_of_any_length_ends_with_its_total_on_its_last_page() {
    for count in 1..40 {
        let (_, pages) = long("en", count);
        let last = spaced(&pages.last().expect("a page").join("\u{1}"));
        assert!(last.contains("Total without tax") && last.contains("VAT ID"), "{count} lines: {last}");
    }
}

#[test]
fn seller_and_customer_may_say_as_much_as_the_settings_and_addresses_let_them() {
    let mut settings = settings();
    let long = |count: usize| {
        "Wörter und noch mehr ".repeat(20).chars().take(count).collect::<String>().trim().to_owned() + "!"
    };
    let address = json!({"name": long(190), "additional_info": long(190), "street": long(190), "house_number": "1", "postal_code": "1015 CJ",
        "city": long(190), "state": long(190), "country": "NL"});
    settings["invoices"]["seller"] = json!({
        "name": long(190), "address": address, "vat_id": long(90), "registration": long(190), "website": long(190), "note": long(400),
        "email": "a@b.example", "bank": [long(90), long(90), long(90), long(90), long(90), long(90)],
    });
    let mut case = Case::new(settings, &[item(&long(190), "9.99 EUR", 10_000)], address, card());
    case.pay();
    let bytes = pdf(&case.bill("de"), "wordy");
    let text = text(&bytes);
    assert!(text.contains(&long(400)), "{text}");
    assert!(text.matches(&long(190)).count() >= 13, "{text}");
    assert!(text.matches(&long(90)).count() >= 6, "{text}");
    assert!(lowest(&bytes) > 20.0, "something falls off the page");
}

#[test]
fn as_many_taxes_as_a_store_can_have_are_all_listed() {
    let mut settings = settings();
    let classes: Vec<String> = (0..12).map(|at| format!("class{at}")).collect();
    let taxes = |at: usize| {
        (0..8)
            .map(|tax| json!({"name": format!("Tax {at}-{tax}"), "rate": format!("{at}.{tax}5")}))
            .collect::<Vec<_>>()
    };
    let rates: serde_json::Map<String, serde_json::Value> =
        classes.iter().enumerate().map(|(at, class)| (class.clone(), json!(taxes(at)))).collect();
    settings["tax"] = json!({"prices_include_tax": false, "classes": classes, "delivery_class": "class0", "elsewhere": "untaxed",
        "zones": [{"countries": ["NL"], "rates": rates}]});
    let names: Vec<&'static str> = [
        "class0", "class1", "class2", "class3", "class4", "class5", "class6", "class7", "class8", "class9",
        "class10", "class11",
    ]
    .to_vec();
    let items: Vec<Item> = names.iter().map(|class| Item { class, ..item(class, "100.00 EUR", 1) }).collect();
    let mut case = Case::new(settings, &items, alice("NL"), card());
    case.pay();
    let bytes = pdf(&case.bill("en"), "many-taxes");
    let text = text(&bytes);
    for at in 0..12 {
        for tax in 0..8 {
            assert!(text.contains(&format!("Tax {at}-{tax}")), "Tax {at}-{tax} is not in: {text}");
        }
    }
    assert!(lowest(&bytes) > 20.0, "something falls off the page");
}
