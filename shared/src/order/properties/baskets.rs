//! Random orders, placed as the shop places them: 1 to 4 lines, discounts, coupon, taxes, delivery, policies, ways to pay.

use std::collections::BTreeMap;

use super::picks::Picks;
use super::{HOUR, at, start};
use crate::address::{Address, Country};
use crate::api::place::{PaymentChoice, PlaceLine, PlaceOrder};
use crate::api::wire::Amount;
use crate::catalog::{Offer, Product, ProductState};
use crate::coupon::{Coupon, CouponState};
use crate::ids::{
    CouponCode, CustomerId, IdempotencyKey, OrderId, ProductId, ShippingMethodId, TaxClass, WarehouseId,
};
use crate::money::{Currency, Money};
use crate::order::Actor;
use crate::percent::Percent;
use crate::placement::{Buyer, Circumstances, KnownCoupon, Placement, place};
use crate::pricing::CouponValue;
use crate::sku::Sku;
use crate::stock::StockBucket;
use crate::store::{
    CancelPolicy, Capture, Cutoff, Cutoffs, DeliveryZone, Elsewhere, PaymentSettings, Place, Policies,
    ReturnPolicy, Rounding, RoundingLevel, RoundingMode, ServedArea, Settings, ShippingMethod, Store,
    TaxComponent, TaxTable, TaxZone, Warehouse, WeightBand,
};

const CURRENCIES: [&str; 3] = ["EUR", "JPY", "KWD"];
const CLASSES: [&str; 2] = ["standard", "reduced"];
const PRODUCTS: [&str; 3] = ["a", "b", "c"];
const WAREHOUSES: [&str; 2] = ["east", "west"];
/// Minor units; thirds and sevenths of them are not whole, and one thing is free.
const PRICES: [i64; 8] = [1_000, 1_999, 1, 333, 100, 7, 25_000, 0];
const QUANTITIES: [u64; 6] = [1, 2, 3, 4, 7, 13];
/// Millionths.
const RATES: [i64; 5] = [190_000, 70_000, 88_750, 333_333, 0];
const PERCENTS: [i64; 5] = [100_000, 333_333, 15_000, 750_000, 1_000_000];
const DELIVERY: [i64; 4] = [495, 0, 1, 1_000];
/// Stock of each product by warehouse and bucket: an order of 13 needs several.
const SHELVES: [(&str, u16, i64); 4] = [("east", 0, 3), ("east", 1, 4), ("east", 2, 3), ("west", 0, 1_000)];
const CUTOFFS: [Cutoff; 5] =
    [Cutoff::Packed, Cutoff::Shipped, Cutoff::Preparing, Cutoff::Confirmed, Cutoff::Never];
const WINDOWS: [u32; 4] = [30, 14, 1, 0];

/// A new order.
pub(super) fn placed(picks: &mut Picks<'_>) -> Placement {
    let currency = Currency::parse(picks.one_of(&CURRENCIES)).expect("a currency");
    let settings = settings(picks, currency);
    let store = Store { version: 1, updated_at: start(), settings, warehouses: warehouses() };
    let lines: Vec<PlaceLine> = (0..=picks.index(4)).map(|_| line(picks)).collect();
    let offers: BTreeMap<ProductId, Offer> = PRODUCTS
        .iter()
        .zip(CLASSES.iter().cycle())
        .map(|(id, class)| offer(id, class, Money::from_minor(picks.one_of(&PRICES), currency)))
        .collect();
    let coupon = (picks.below(3) == 2).then(|| coupon(picks, currency));
    let customer = CustomerId::parse("alice").expect("an id");
    let buyer = Buyer { customer: customer.clone(), caller: customer, actor: Actor::Customer, email: None };
    let request = PlaceOrder {
        lines: Some(lines),
        cart_id: None,
        customer_id: None,
        contact_email: Some("alice@example.com".into()),
        billing_address: None,
        billing_address_id: None,
        shipping_address: Some(address()),
        shipping_address_id: None,
        different_shipping: None,
        shipping_method: None,
        coupon_code: coupon.as_ref().map(|_| "SPRING".into()),
        discount_amount: None,
        discount_percentage: (picks.below(3) == 2).then(|| percent(picks.one_of(&PERCENTS))),
        payment: payment(picks),
        create_payment: Some(!picks.once_in(6)),
        currency: None,
        expected_total: None,
        notes: None,
        internal_notes: None,
        override_reason: None,
    };
    let request =
        PlaceOrder { create_payment: request.payment.as_ref().and(request.create_payment), ..request };
    let known = Circumstances { offers, coupon, ..Circumstances::default() };
    let key = IdempotencyKey::parse("k").expect("a key");
    let id = OrderId::new(&buyer.customer, &buyer.caller, &key, start());
    place(&request, &buyer, id, &known, &store, start()).expect("every order can be placed")
}

fn payment(picks: &mut Picks<'_>) -> Option<PaymentChoice> {
    Some(match picks.below(6) {
        0..=2 => PaymentChoice::Card { payment_method_id: "pm_1".into() },
        3 | 4 => PaymentChoice::Redirect { redirect_url: "https://shop.example/".into() },
        _ => PaymentChoice::Cod {},
    })
}

fn line(picks: &mut Picks<'_>) -> PlaceLine {
    let product_id = ProductId::parse(picks.one_of(&PRODUCTS)).expect("an id");
    let quantity = picks.one_of(&QUANTITIES);
    let discount_percentage = (picks.below(4) == 3).then(|| percent(picks.one_of(&PERCENTS)));
    let unit_price = None;
    PlaceLine {
        product_id,
        variation_id: None,
        quantity,
        unit_price,
        discount_amount: None,
        discount_percentage,
    }
}

fn percent(millionths: i64) -> Percent {
    Percent::new(rust_decimal::Decimal::new(millionths, 4)).expect("at most the whole")
}

fn offer(id: &str, class: &str, price: Result<Money, crate::money::MoneyError>) -> (ProductId, Offer) {
    let id = ProductId::parse(id).expect("an id");
    let product = Product {
        id: id.clone(),
        name: "A thing".into(),
        description: None,
        translations: BTreeMap::new(),
        price: price.expect("in range"),
        offer_price: None,
        tax_class: TaxClass::parse(class).expect("a class"),
        weight_grams: 500,
        volume_cm3: 900,
        size_mm: None,
        image_url: None,
        country_of_origin: None,
        production_carbon_grams: None,
        variations: vec![],
        state: ProductState::Active,
        version: 1,
        updated_at: start(),
    };
    let shelves = SHELVES.iter().map(|(warehouse, bucket, on_hand)| StockBucket {
        warehouse: WarehouseId::parse(warehouse).expect("an id"),
        bucket: *bucket,
        on_hand: *on_hand,
        held: 0,
    });
    let stock = BTreeMap::from([(Sku::new(id.clone(), None), shelves.collect())]);
    (id, Offer { product, stock })
}

fn coupon(picks: &mut Picks<'_>, currency: Currency) -> KnownCoupon {
    let value = match picks.below(2) {
        0 => CouponValue::Percent(percent(picks.one_of(&PERCENTS))),
        _ => CouponValue::Amount(Money::from_minor(500, currency).expect("in range")),
    };
    let coupon = Coupon {
        code: CouponCode::from_input("SPRING").expect("a code"),
        value,
        minimum: None,
        valid_from: None,
        valid_until: None,
        max_uses: Some(10),
        max_uses_per_customer: None,
        state: CouponState::Active,
        version: 1,
        updated_at: start(),
    };
    KnownCoupon { coupon, used: 0, used_by_customer: 0 }
}

fn address() -> Address {
    Address {
        name: None,
        street: "Keizersgracht".into(),
        house_number: None,
        additional_info: None,
        postal_code: None,
        city: "Amsterdam".into(),
        state: None,
        country: "NL".into(),
        phone: None,
    }
}

fn country() -> Country {
    Country::parse("NL").expect("a country")
}

fn warehouses() -> BTreeMap<WarehouseId, Warehouse> {
    let place = || Place {
        country: country(),
        region: None,
        postal_code: None,
        city: "Utrecht".into(),
        street: None,
        phone: None,
    };
    let area = || ServedArea {
        countries: vec![],
        regions: vec![],
        postal_prefixes: vec![],
        distance_km: 40,
        mode: None,
        g_per_tkm: None,
    };
    let warehouse = |id: &&str| {
        let id = WarehouseId::parse(id).expect("an id");
        (id, Warehouse { name: "A house".into(), place: place(), areas: vec![area()] })
    };
    WAREHOUSES.iter().map(warehouse).collect()
}

fn settings(picks: &mut Picks<'_>, currency: Currency) -> Settings {
    let classes = CLASSES.map(|class| TaxClass::parse(class).expect("a class"));
    let components = |picks: &mut Picks<'_>| -> Vec<TaxComponent> {
        let names = ["VAT", "Levy"][..picks.index(3)].iter();
        names
            .map(|name| TaxComponent { name: (*name).to_owned(), rate: percent(picks.one_of(&RATES)) })
            .collect()
    };
    let rates = classes.iter().map(|class| (class.clone(), components(picks))).collect();
    let tax = TaxTable {
        prices_include_tax: picks.below(2) == 1,
        rounding: Rounding {
            level: picks.one_of(&[RoundingLevel::Line, RoundingLevel::Order]),
            mode: picks.one_of(&[RoundingMode::HalfUp, RoundingMode::HalfEven]),
        },
        classes: classes.to_vec(),
        delivery_class: picks.one_of(&[None, Some(classes[0].clone())]),
        zones: vec![TaxZone { countries: vec![country()], regions: vec![], rates }],
        elsewhere: Elsewhere::Refuse,
    };
    let price = Money::from_minor(picks.one_of(&DELIVERY), currency).expect("in range");
    let zone = DeliveryZone {
        countries: vec![],
        regions: vec![],
        bands: vec![WeightBand { up_to_grams: u64::MAX, price: Amount(price.amount()) }],
        free_from: None,
        transit_days: 2,
    };
    let way = ShippingMethod {
        id: ShippingMethodId::parse("post").expect("an id"),
        name: "By post".into(),
        names: BTreeMap::new(),
        zones: vec![zone],
    };
    let payment = PaymentSettings {
        capture: picks.one_of(&[Capture::Immediately, Capture::AtShipment]),
        return_origins: vec!["https://shop.example".into()],
        ..PaymentSettings::default()
    };
    let policies = policies(picks);
    Settings {
        currency: Some(currency),
        tax,
        shipping_methods: vec![way],
        payment,
        policies,
        ..Settings::default()
    }
}

fn policies(picks: &mut Picks<'_>) -> Policies {
    let mut cutoffs = || Cutoffs {
        card: picks.one_of(&CUTOFFS),
        redirect: picks.one_of(&CUTOFFS),
        cod: picks.one_of(&CUTOFFS),
        later: picks.one_of(&CUTOFFS),
    };
    let cancel = CancelPolicy { customer: cutoffs(), staff: cutoffs() };
    let returns = ReturnPolicy {
        window_days: picks.one_of(&WINDOWS),
        refund_delivery: picks.below(2) == 1,
        ..ReturnPolicy::default()
    };
    Policies { cancel, returns }
}

#[test]
fn random_orders_are_of_every_kind() {
    let mut kinds = std::collections::BTreeSet::new();
    for seed in 0..2_000u64 {
        let numbers: Vec<u64> = (0..12).map(|at| scrambled(seed * 12 + at)).collect();
        let Placement { order, document, .. } = placed(&mut Picks::new(&numbers));
        let quote = &document.quote;
        kinds.insert(order.payment.method.name());
        for (holds, name) in [
            (order.total.is_zero(), "free"),
            (order.payment.capture == Capture::AtShipment, "at shipment"),
            (document.coupon.is_some(), "coupon"),
            (!quote.order_discount.is_zero(), "order discount"),
            (!quote.line_discount.is_zero(), "line discount"),
            (!quote.tax().is_zero() && quote.prices_include_tax, "tax included"),
            (!quote.tax().is_zero() && !quote.prices_include_tax, "tax on top"),
            (!quote.delivery.total.is_zero(), "delivery"),
            (document.allocations.len() > document.lines.len(), "several buckets"),
            (document.lines.len() == 4, "four lines"),
            (order.hold_until.is_some_and(|until| until > at(HOUR)), "held long"),
        ] {
            if holds {
                kinds.insert(name);
            }
        }
    }
    assert_eq!(kinds.len(), 4 + 11, "{kinds:?}");
}

/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
fn scrambled(number: u64) -> u64 {
    let mut bits = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}
