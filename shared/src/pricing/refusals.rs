//! What has no price, and all the reasons for it.

use super::examples::{basket, money, percent, settings};
use super::*;
use crate::store::Settings;

fn class(name: &str) -> TaxClass {
    TaxClass::parse(name).expect("a class")
}

fn currency(code: &str) -> Currency {
    Currency::parse(code).expect("a currency")
}

const METHODS: &str = r#"{"currency":"EUR","shipping_methods":[{"id":"post","name":"Post","zones":[{"countries":["DE"],
    "bands":[{"up_to_grams":5000,"price":"5"}],"transit_days":1}]}]}"#;

const TAXED: &str = r#"{"currency":"EUR","tax":{"prices_include_tax":false,"classes":["a"],"zones":[{"countries":["DE"],
    "rates":{"a":[{"name":"A","rate":"100"}]}}]}}"#;

fn check(settings: &Settings, change: impl FnOnce(&mut Basket), expected: &[PriceError]) {
    let mut basket = basket("EUR", "DE", &[("10", 2, "a"), ("5", 1, "b"), ("7", 1, "a")]);
    change(&mut basket);
    assert_eq!(price(&basket, settings).map(|quote| quote.total), Err(expected.to_vec()));
}

fn coupon(value: &str, minimum: &str) -> Option<CouponTerms> {
    Some(CouponTerms { value: CouponValue::Amount(money(value)), minimum: Some(money(minimum)) })
}

#[test]
fn a_discount_is_at_most_what_it_is_taken_from() {
    let free = Settings::default();
    let of_line = |line| PriceError::LineDiscountTooLarge { line };
    check(
        &free,
        |basket| {
            basket.lines[0].discount = Discount::Amount(money("20.01 EUR"));
            basket.lines[2].discount = Discount::Amount(money("7.01 EUR"));
        },
        &[of_line(0), of_line(2)],
    );
    check(
        &free,
        |basket| basket.discount = Discount::Amount(money("32.01 EUR")),
        &[PriceError::DiscountTooLarge],
    );
    check(
        &free,
        |basket| {
            basket.lines[0].discount = Discount::Percent(percent("100"));
            basket.coupon = coupon("2 EUR", "12 EUR");
            basket.discount = Discount::Amount(money("10.01 EUR"));
        },
        &[PriceError::DiscountTooLarge],
    );
}

#[test]
fn goods_below_the_coupons_minimum_are_told_so() {
    let too_little = PriceError::CouponMinimum { minimum: money("32.01 EUR"), goods: money("32 EUR") };
    check(
        &Settings::default(),
        |basket| basket.coupon = coupon("2 EUR", "32.01 EUR"),
        std::slice::from_ref(&too_little),
    );
    check(
        &Settings::default(),
        |basket| {
            basket.coupon = coupon("2 EUR", "32.01 EUR");
            basket.discount = Discount::Amount(money("33 EUR"));
        },
        &[too_little, PriceError::DiscountTooLarge],
    );
}

#[test]
fn one_order_is_in_one_currency_and_that_is_the_stores() {
    let wrong = |given: &str| PriceError::CurrencyMismatch { store: currency("EUR"), given: currency(given) };
    let free = Settings::default();
    check(&free, |basket| basket.lines[1].unit_price = money("5 USD"), &[wrong("USD")]);
    check(&free, |basket| basket.lines[1].discount = Discount::Amount(money("1 USD")), &[wrong("USD")]);
    check(&free, |basket| basket.discount = Discount::Amount(money("1 JPY")), &[wrong("JPY")]);
    check(&free, |basket| basket.coupon = coupon("1 KWD", "1 CHF"), &[wrong("KWD"), wrong("CHF")]);
    check(
        &free,
        |basket| {
            basket.lines[0].unit_price = money("5 USD");
            basket.lines[1].unit_price = money("5 USD");
        },
        &[wrong("USD")],
    );
    let dollars = Settings { currency: Some(currency("USD")), ..Settings::default() };
    let euros = PriceError::CurrencyMismatch { store: currency("USD"), given: currency("EUR") };
    check(&dollars, |_| {}, &[euros]);
}

#[test]
fn goods_go_only_where_and_how_they_can() {
    let settings = settings(METHODS);
    let heavy = |basket: &mut Basket| basket.lines[2].weight_grams = 2_001;
    let abroad = |basket: &mut Basket| {
        basket.destination = super::examples::basket("EUR", "AT", &[]).destination;
    };
    let by = |basket: &mut Basket, id: &str| basket.shipping_method = ShippingMethodId::parse(id).ok();
    for named in [false, true] {
        let name = |basket: &mut Basket| {
            if named {
                by(basket, "post")
            }
        };
        check(&settings, |basket| (heavy(basket), name(basket)).0, &[PriceError::NotDeliverable]);
        check(&settings, |basket| (abroad(basket), name(basket)).0, &[PriceError::NotDeliverable]);
    }
    check(&settings, |basket| by(basket, "pigeon"), &[PriceError::UnknownShippingMethod]);
    check(&Settings::default(), |basket| by(basket, "post"), &[PriceError::UnknownShippingMethod]);
}

#[test]
fn a_gap_in_the_tax_table_is_never_a_rate_of_nothing() {
    let no_rate = |name: &str| PriceError::NoTaxRate { class: class(name) };
    let mut taxed = settings(TAXED);
    check(&taxed, |_| {}, &[no_rate("b")]);
    let abroad = |basket: &mut Basket| {
        basket.destination = super::examples::basket("EUR", "AT", &[]).destination;
    };
    check(&taxed, abroad, &[no_rate("a"), no_rate("b")]);
    taxed.tax.elsewhere = crate::store::Elsewhere::Untaxed;
    check(&taxed, |_| {}, &[no_rate("b")]);
    let mut basket = basket("EUR", "AT", &[("5", 1, "b")]);
    let quote = price(&basket, &taxed).expect("untaxed");
    assert_eq!((quote.taxes, quote.total), (vec![], money("5 EUR")));

    taxed.shipping_methods = settings(METHODS).shipping_methods;
    taxed.tax.delivery_class = Some(class("delivery"));
    basket.destination = super::examples::basket("EUR", "DE", &[]).destination;
    basket.lines[0].tax_class = class("a");
    assert_eq!(price(&basket, &taxed), Err(vec![no_rate("delivery")]));
}

#[test]
fn what_costs_more_than_can_be_charged_has_no_price() {
    let free = Settings::default();
    let of_line = |line| PriceError::LineTooLarge { line };
    let total = [PriceError::TotalTooLarge];
    let most = || money("999999999.99 EUR");
    check(&free, |basket| basket.lines[0].unit_price = money("500000000 EUR"), &[of_line(0)]);
    check(
        &free,
        |basket| {
            basket.lines[0].unit_price = most();
            basket.lines[0].quantity = u32::MAX;
            basket.lines[1].unit_price = most();
        },
        &[of_line(0)],
    );
    check(&free, |basket| basket.lines[1].unit_price = most(), &total);
    check(
        &free,
        |basket| {
            basket.lines[1].unit_price = most();
            basket.lines[2].unit_price = most();
            basket.coupon = coupon("1 EUR", "999999999.99 EUR");
        },
        &total,
    );
    check(
        &settings(TAXED),
        |basket| {
            basket.lines[1].tax_class = class("a");
            basket.lines[1].unit_price = money("500000000 EUR");
        },
        &[of_line(1)],
    );
}

#[test]
fn every_reason_is_named_at_once() {
    let mut settings = settings(TAXED);
    settings.shipping_methods = self::settings(METHODS).shipping_methods;
    check(
        &settings,
        |basket| {
            basket.lines[0].discount = Discount::Amount(money("21 EUR"));
            basket.lines[2].quantity = 100;
        },
        &[
            PriceError::LineDiscountTooLarge { line: 0 },
            PriceError::NotDeliverable,
            PriceError::NoTaxRate { class: class("b") },
        ],
    );
}
