//! Orders that were computed by hand, and those that tax offices print.

use super::*;
use crate::address::Country;
use crate::ids::ProductId;
use crate::store::Settings;

/// Settings from JSON, as an administrator writes them.
pub(super) fn settings(json: &str) -> Settings {
    serde_json::from_str(json).expect("settings")
}

/// A store of one currency and country with one rate list for the class `standard`.
fn store(currency: &str, country: &str, tax: &str, components: &str) -> Settings {
    settings(&format!(
        r#"{{"currency":"{currency}","tax":{{{tax},"classes":["standard"],"delivery_class":"standard",
            "zones":[{{"countries":["{country}"],"rates":{{"standard":[{components}]}}}}]}}}}"#
    ))
}

/// A basket that goes to a country: price, quantity and class of each line, a kilogram per unit.
pub(super) fn basket(currency: &str, country: &str, lines: &[(&str, u32, &str)]) -> Basket {
    Basket {
        currency: Currency::parse(currency).expect("a currency"),
        lines: lines
            .iter()
            .enumerate()
            .map(|(at, (price, quantity, class))| BasketLine {
                sku: Sku::new(ProductId::parse(&format!("p{at}")).expect("an id"), None),
                quantity: *quantity,
                unit_price: money(&format!("{price} {currency}")),
                discount: Discount::None,
                tax_class: TaxClass::parse(class).expect("a class"),
                weight_grams: 1_000,
            })
            .collect(),
        coupon: None,
        discount: Discount::None,
        destination: Destination {
            country: Country::parse(country).expect("a country"),
            region: None,
            postal_code: None,
        },
        shipping_method: None,
    }
}

pub(super) fn money(text: &str) -> Money {
    text.parse().expect("money")
}

pub(super) fn percent(text: &str) -> Percent {
    Percent::new(text.parse().expect("a decimal")).expect("a percentage")
}

fn amounts(taxes: &[TaxAmount]) -> Vec<String> {
    taxes.iter().map(|tax| format!("{} {}% {}", tax.name, tax.rate, tax.amount.amount())).collect()
}

fn lines(quote: &Quote, of: fn(&LineAmounts) -> Money) -> Vec<String> {
    quote.lines.iter().map(|line| of(line).amount().to_string()).collect()
}

/// Directive 2006/112/EC: prices to consumers contain the tax. The Dutch rate is 21 % (Wet op de omzetbelasting 1968,
/// article 9), so the tax is 21/121 of the price.
#[test]
fn an_eu_price_contains_its_tax() {
    let settings = store("EUR", "NL", r#""prices_include_tax":true"#, r#"{"name":"BTW","rate":"21"}"#);
    for (price, net, tax) in
        [("121.00", "100.00", "21.00"), ("9.99", "8.26", "1.73"), ("0.01", "0.01", "0.00")]
    {
        let quote = price_of(&basket("EUR", "NL", &[(price, 1, "standard")]), &settings);
        assert_eq!(lines(&quote, |line| line.net), [net]);
        assert_eq!(amounts(&quote.taxes), [format!("BTW 21% {tax}")]);
        assert_eq!(quote.total, money(&format!("{price} EUR")));
    }
}

/// Central Goods and Services Tax Act 2017, section 9, and Notification 1/2017-Central Tax (Rate), schedule III: 9 % for
/// the union and as much for the state.
#[test]
fn an_indian_order_shows_both_halves_of_its_tax() {
    let halves = r#"{"name":"CGST","rate":"9"},{"name":"SGST","rate":"9"}"#;
    let quote = price_of(
        &basket("INR", "IN", &[("1000", 1, "standard"), ("49.50", 3, "standard")]),
        &store("INR", "IN", r#""prices_include_tax":false"#, halves),
    );
    // 9 % of 148.50 are 13.365, twice.
    assert_eq!(amounts(&quote.lines[1].taxes), ["CGST 9% 13.37", "SGST 9% 13.37"]);
    assert_eq!(amounts(&quote.taxes), ["CGST 9% 103.37", "SGST 9% 103.37"]);
    assert_eq!((quote.tax(), quote.total), (money("206.74 INR"), money("1355.24 INR")));

    // 999.00 with 18 % in it: 152.389… of tax, 152.39 when rounded, which has no equal halves.
    let quote = price_of(
        &basket("INR", "IN", &[("999", 1, "standard")]),
        &store("INR", "IN", r#""prices_include_tax":true"#, halves),
    );
    assert_eq!(amounts(&quote.taxes), ["CGST 9% 76.20", "SGST 9% 76.19"]);
    assert_eq!(lines(&quote, |line| line.net), ["846.61"]);
}

/// New York State Publication 718: 4 % state, 4.5 % city and 0.375 % commuter district make 8.875 % in New York City.
#[test]
fn new_york_city_adds_eight_and_seven_eighths_percent() {
    let settings = settings(
        r#"{"currency":"USD","tax":{"prices_include_tax":false,"classes":["goods","clothing"],"zones":[
            {"countries":["US"],"regions":["NY"],"rates":{"goods":[{"name":"Sales tax","rate":"8.875"}],"clothing":[]}},
            {"countries":["US"],"rates":{"goods":[],"clothing":[]}}]}}"#,
    );
    let mut basket = basket("USD", "US", &[("99.99", 1, "goods"), ("80.00", 1, "clothing")]);
    basket.destination.region = Some(" ny".into());
    let quote = price_of(&basket, &settings);
    // 99.99 × 0.08875 = 8.8741125
    assert_eq!(amounts(&quote.taxes), ["Sales tax 8.875% 8.87"]);
    assert_eq!(quote.lines[1].taxes, []);
    assert_eq!(quote.total, money("188.86 USD"));
    basket.destination.region = Some("OR".into());
    assert_eq!(price_of(&basket, &settings).total, money("179.99 USD"));
}

/// Japan's qualified invoices round once per rate and invoice (National Tax Agency, Q&A on the invoice system).
#[test]
fn a_japanese_order_is_rounded_once_and_its_lines_share_that() {
    let of_level = |level: &str| {
        let tax = format!(r#""prices_include_tax":false,"rounding":{{"level":"{level}"}}"#);
        let settings = store("JPY", "JP", &tax, r#"{"name":"消費税","rate":"10"}"#);
        price_of(
            &basket("JPY", "JP", &[("105", 1, "standard"), ("105", 1, "standard"), ("105", 1, "standard")]),
            &settings,
        )
    };
    let (line, order) = (of_level("line"), of_level("order"));
    // 10.5 each: 11 three times. 31.5 together: 32, which is 11, 11 and 10.
    assert_eq!((line.tax(), line.total), (money("33 JPY"), money("348 JPY")));
    assert_eq!((order.tax(), order.total), (money("32 JPY"), money("347 JPY")));
    assert_eq!(lines(&order, |line| line.total), ["116", "116", "115"]);
}

/// Kuwait takes no such tax; its dinar has three decimals (ISO 4217), and that is the point.
#[test]
fn a_dinar_is_rounded_to_its_thousandth() {
    let settings = store("KWD", "KW", r#""prices_include_tax":false"#, r#"{"name":"VAT","rate":"5"}"#);
    let quote = price_of(&basket("KWD", "KW", &[("12.345", 1, "standard")]), &settings);
    // 0.61725
    assert_eq!((quote.tax(), quote.total), (money("0.617 KWD"), money("12.962 KWD")));
}

#[test]
fn an_exact_half_goes_up_or_to_the_even_neighbour() {
    // 1 % of 2.50 is 0.025, of 3.50 it is 0.035.
    for (mode, taxes) in [("half_up", ["0.03", "0.04"]), ("half_even", ["0.02", "0.04"])] {
        for (price, tax) in ["2.50", "3.50"].into_iter().zip(taxes) {
            let rounding = format!(r#""prices_include_tax":false,"rounding":{{"mode":"{mode}"}}"#);
            let settings = store("EUR", "DE", &rounding, r#"{"name":"VAT","rate":"1"}"#);
            let mut basket = basket("EUR", "DE", &[(price, 1, "standard")]);
            assert_eq!(price_of(&basket, &settings).tax(), money(&format!("{tax} EUR")), "{mode} {price}");
            basket.discount = Discount::Percent(percent("1"));
            assert_eq!(
                price_of(&basket, &settings).discount(),
                money(&format!("{tax} EUR")),
                "{mode} {price}"
            );
        }
    }
}

#[test]
fn a_hundred_off_three_equal_lines_is_shared_to_the_cent() {
    let mut basket = basket("EUR", "DE", &[("50", 1, "a"), ("50", 1, "a"), ("50", 1, "a")]);
    basket.discount = Discount::Amount(money("100 EUR"));
    let quote = price_of(&basket, &Settings::default());
    assert_eq!(lines(&quote, |line| line.order_share), ["33.34", "33.33", "33.33"]);
    assert_eq!(lines(&quote, |line| line.total), ["16.66", "16.67", "16.67"]);
    assert_eq!((quote.goods(), quote.total), (money("50 EUR"), money("50 EUR")));
}

/// Two lines, each discount in its turn, delivery, tax on top of what is left.
#[test]
fn discounts_are_taken_in_turn_and_tax_is_on_what_is_left() {
    let settings = settings(
        r#"{"currency":"EUR","tax":{"prices_include_tax":false,"classes":["standard","reduced"],"delivery_class":"standard",
            "zones":[{"countries":["DE"],"rates":{"standard":[{"name":"USt","rate":"19"}],"reduced":[{"name":"USt","rate":"7"}]}}]},
            "shipping_methods":[{"id":"parcel","name":"Parcel","zones":[{"countries":["DE"],
                "bands":[{"up_to_grams":5000,"price":"4.90"}],"free_from":"100","transit_days":2}]}]}"#,
    );
    let mut basket = basket("EUR", "DE", &[("30", 2, "standard"), ("20", 1, "reduced")]);
    basket.lines[0].discount = Discount::Percent(percent("10"));
    basket.coupon =
        Some(CouponTerms { value: CouponValue::Percent(percent("10")), minimum: Some(money("74 EUR")) });
    basket.discount = Discount::Amount(money("6.60 EUR"));
    let quote = price_of(&basket, &settings);
    // 60 − 6 = 54 and 20: 74. The coupon takes 7.40 (5.40 and 2.00), which leaves 48.60 and 18.00; the discount takes
    // 6.60 of these 66.60: 4.816… and 1.783…
    assert_eq!(lines(&quote, |line| line.coupon_share), ["5.40", "2.00"]);
    assert_eq!(lines(&quote, |line| line.order_share), ["4.82", "1.78"]);
    assert_eq!(lines(&quote, |line| line.net), ["43.78", "16.22"]);
    // 8.3182, 1.1354, and 0.931 for delivery.
    assert_eq!(amounts(&quote.taxes), ["USt 19% 9.25", "USt 7% 1.14"]);
    assert_eq!((quote.delivery.charge, quote.delivery.total), (money("4.90 EUR"), money("5.83 EUR")));
    assert_eq!((quote.subtotal, quote.discount()), (money("80 EUR"), money("20 EUR")));
    assert_eq!(quote.total, money("75.29 EUR"));
}

#[test]
fn a_fixed_coupon_takes_at_most_what_the_goods_cost() {
    let mut basket = basket("EUR", "DE", &[("3", 1, "a"), ("0", 4, "a")]);
    basket.coupon = Some(CouponTerms { value: CouponValue::Amount(money("5 EUR")), minimum: None });
    let quote = price_of(&basket, &Settings::default());
    assert_eq!((quote.coupon_discount, quote.total), (money("3 EUR"), money("0 EUR")));
    assert_eq!(lines(&quote, |line| line.coupon_share), ["3.00", "0.00"]);
}

#[test]
fn a_store_without_ways_to_deliver_sends_everything_for_nothing() {
    let quote = price_of(&basket("EUR", "DE", &[("3", 1, "a")]), &Settings::default());
    let zero = money("0 EUR");
    let (name, taxes) = ("Standard".to_owned(), vec![]);
    let expected =
        DeliveryQuote { method: None, name, charge: zero, net: zero, taxes, total: zero, transit_days: 5 };
    assert_eq!(quote.delivery, expected);
}

const METHODS: &str = r#"{"currency":"EUR","shipping_methods":[
    {"id":"slow","name":"Slow","zones":[{"bands":[{"up_to_grams":2000,"price":"5"},{"up_to_grams":9000,"price":"9"}],"transit_days":7}]},
    {"id":"fast","name":"Fast","zones":[{"countries":["DE"],"bands":[{"up_to_grams":2000,"price":"5"}],"transit_days":1}]},
    {"id":"same","name":"Same","zones":[{"countries":["DE"],"bands":[{"up_to_grams":2000,"price":"5"}],"transit_days":1}]},
    {"id":"dear","name":"Dear","zones":[{"countries":["DE"],"bands":[{"up_to_grams":2000,"price":"8"}],"free_from":"50","transit_days":3}]}]}"#;

#[test]
fn the_cheapest_way_is_taken_then_the_fastest_then_the_first() {
    for (country, price, quantity, named, method, charge) in [
        ("DE", "20.00", 2, None, "fast", "5"),
        ("DE", "24.99", 2, None, "fast", "5"),
        ("DE", "25.00", 2, None, "dear", "0"),
        ("DE", "1.00", 3, None, "slow", "9"),
        ("FR", "1.00", 1, None, "slow", "5"),
        ("DE", "1.00", 2, Some("dear"), "dear", "8"),
        ("DE", "1.00", 9, Some("slow"), "slow", "9"),
    ] {
        let mut basket = basket("EUR", country, &[(price, quantity, "a")]);
        basket.shipping_method = named.map(|id| ShippingMethodId::parse(id).expect("an id"));
        let delivery = price_of(&basket, &settings(METHODS)).delivery;
        assert_eq!(delivery.method.map(|id| id.to_string()).as_deref(), Some(method), "{country} {price}");
        assert_eq!(delivery.charge, money(&format!("{charge} EUR")), "{country} {price}");
    }
}

/// What is left after discounts counts for free delivery.
#[test]
fn a_discount_can_cost_the_free_delivery() {
    let mut basket = basket("EUR", "DE", &[("50.00", 1, "a")]);
    assert_eq!(price_of(&basket, &settings(METHODS)).delivery.name, "Dear");
    basket.lines[0].discount = Discount::Amount(money("0.01 EUR"));
    assert_eq!(price_of(&basket, &settings(METHODS)).delivery.name, "Fast");
}

/// C-349/96 Card Protection Plan, 30: what serves the principal supply is taxed like it.
#[test]
fn delivery_without_a_class_is_taxed_like_the_dearest_goods() {
    let mut settings = settings(
        r#"{"currency":"EUR","tax":{"prices_include_tax":true,"classes":["books","toys"],"zones":[{"countries":["DE"],
            "rates":{"books":[{"name":"USt","rate":"7"}],"toys":[{"name":"USt","rate":"19"}]}}]},
            "shipping_methods":[{"id":"post","name":"Post","zones":[{"bands":[{"up_to_grams":9000,"price":"11.90"}],"transit_days":1}]}]}"#,
    );
    let delivery = |books: &str, settings: &Settings| {
        price_of(&basket("EUR", "DE", &[(books, 1, "books"), ("20", 1, "toys")]), settings).delivery
    };
    assert_eq!(amounts(&delivery("19.99", &settings).taxes), ["USt 19% 1.90"]);
    assert_eq!(amounts(&delivery("20.00", &settings).taxes), ["USt 7% 0.78"]);
    settings.tax.delivery_class = TaxClass::parse("toys").ok();
    let named = delivery("20.00", &settings);
    assert_eq!((amounts(&named.taxes), named.net), (vec!["USt 19% 1.90".to_owned()], money("10.00 EUR")));
    settings.shipping_methods.clear();
    assert_eq!(delivery("20.00", &settings).taxes, []);
}

#[test]
fn at_order_level_delivery_is_rounded_with_the_goods_of_its_class() {
    let mut settings = settings(
        r#"{"currency":"EUR","tax":{"prices_include_tax":false,"rounding":{"level":"order"},"classes":["a","b"],"delivery_class":"a",
            "zones":[{"countries":["DE"],"rates":{"a":[{"name":"A","rate":"10"}],"b":[{"name":"B","rate":"0"}]}}]},
            "shipping_methods":[{"id":"post","name":"Post","zones":[{"bands":[{"up_to_grams":9000,"price":"0.04"}],"transit_days":1}]}]}"#,
    );
    let goods = basket("EUR", "DE", &[("0.04", 1, "a"), ("0.07", 1, "b"), ("0.04", 1, "a")]);
    let quote = price_of(&goods, &settings);
    // 10 % of 0.12 is 0.012, so one cent: the first of three equal shares. A rate of nothing is shown as well.
    assert_eq!(amounts(&quote.taxes), ["A 10% 0.01", "B 0% 0.00"]);
    assert_eq!(lines(&quote, |line| line.total), ["0.05", "0.07", "0.04"]);
    assert_eq!(amounts(&quote.delivery.taxes), ["A 10% 0.00"]);
    settings.tax.rounding.level = RoundingLevel::Line;
    assert_eq!(price_of(&goods, &settings).tax(), money("0 EUR"));
}

#[test]
fn units_of_a_line_cost_what_the_line_costs() {
    let mut settings = store("EUR", "NL", r#""prices_include_tax":true"#, r#"{"name":"BTW","rate":"21"}"#);
    settings.shipping_methods.clear();
    let mut basket = basket("EUR", "NL", &[("33.34", 3, "standard")]);
    basket.discount = Discount::Amount(money("0.02 EUR"));
    let line = &price_of(&basket, &settings).lines[0];
    assert_eq!((line.total, line.net), (money("100 EUR"), money("82.64 EUR")));
    let units = |range| {
        let units = line.of_units(range);
        [units.net, units.taxes[0].amount, units.discount, units.total]
            .map(|money| money.amount().to_string())
    };
    assert_eq!(units(0..1), ["27.55", "5.78", "0.00", "33.33"]);
    assert_eq!(units(1..2), ["27.54", "5.79", "0.01", "33.33"]);
    assert_eq!(units(2..3), ["27.55", "5.79", "0.01", "33.34"]);
    assert_eq!(units(0..9), ["82.64", "17.36", "0.02", "100.00"]);
    for none in [0..0, 3..9, 9..12] {
        assert_eq!(units(none), ["0.00", "0.00", "0.00", "0.00"]);
    }
    #[expect(clippy::reversed_empty_ranges, reason = "a caller's slip is no refund")]
    let reversed = units(2..1);
    assert_eq!(reversed, ["0.00", "0.00", "0.00", "0.00"]);
}

fn price_of(basket: &Basket, settings: &Settings) -> Quote {
    price(basket, settings).expect("a price")
}
