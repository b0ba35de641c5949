//! Random carts and stores. Whatever is drawn makes a basket that has a price.

use super::*;
use crate::address::Country;
use crate::api::wire::Amount;
use crate::ids::ProductId;
use crate::store::{
    DeliveryZone, Elsewhere, Rounding, Settings, ShippingMethod, TaxComponent, TaxTable, TaxZone, WeightBand,
};

/// Where random numbers come from.
pub(crate) enum Dice<'a> {
    /// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
    Seeded(u64),
    /// These, then zeros. 0 always draws the simplest, so what proptest makes smaller gets simpler.
    Drawn(std::slice::Iter<'a, u64>),
}

impl Dice<'_> {
    /// Those of one cart among many.
    pub fn of_cart(seed: u64, number: u64) -> Self {
        let mut dice = Self::Seeded(seed.wrapping_add(number));
        Self::Seeded(dice.next())
    }

    fn next(&mut self) -> u64 {
        match self {
            Self::Seeded(state) => {
                *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
                let mut bits = *state;
                bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
                bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
                bits ^ (bits >> 31)
            }
            Self::Drawn(numbers) => numbers.next().copied().unwrap_or_default(),
        }
    }

    /// From 0 to below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.index(choices.len())]
    }

    /// An index into so many things.
    pub fn index(&mut self, end: usize) -> usize {
        usize::try_from(self.below(end as u64)).expect("an index")
    }

    fn coin(&mut self) -> bool {
        self.below(2) == 1
    }
}

const CURRENCIES: [&str; 3] = ["EUR", "JPY", "KWD"];
const CLASSES: [&str; 3] = ["standard", "reduced", "other"];
const NAMES: [&str; 3] = ["CGST", "SGST", "Cess"];
/// Millionths: usual rates, those that hit halves often, the smallest and the largest.
const RATES: [i64; 14] = [
    90_000, 0, 25_000, 50_000, 70_000, 88_750, 100_000, 125_000, 190_000, 210_000, 250_000, 333_333, 1,
    1_000_000,
];
/// What amounts lie below, in minor units.
const SIZES: [u64; 6] = [10, 1, 100, 1_000, 30_000, 500_000];

/// A basket and the settings of the store that it is filled in.
pub(crate) fn cart(dice: &mut Dice<'_>) -> (Basket, Settings) {
    let currency = Currency::parse(dice.one_of(&CURRENCIES)).expect("a currency");
    let classes: Vec<TaxClass> =
        CLASSES[..=dice.index(3)].iter().map(|class| TaxClass::parse(class).expect("a class")).collect();
    let settings = settings(dice, currency, &classes);
    let lines: Vec<BasketLine> = (0..=dice.index(8)).map(|_| line(dice, currency, &classes)).collect();

    // What is left for certain, whichever way discounts are rounded.
    let left: i64 = lines.iter().map(|line| subtotal(line) - at_most(line.discount, subtotal(line))).sum();
    let (coupon, taken) = coupon(dice, left, currency);
    let discount = discount(dice, left - taken, currency);
    let destination = Destination { country: country(), region: None, postal_code: None };
    (Basket { currency, lines, coupon, discount, destination, shipping_method: None }, settings)
}

fn country() -> Country {
    Country::parse("IN").expect("a country")
}

fn minor(minor: i64, currency: Currency) -> Money {
    Money::from_minor(minor, currency).expect("in range")
}

fn amount(dice: &mut Dice<'_>) -> i64 {
    let size = dice.one_of(&SIZES);
    i64::try_from(dice.below(size)).expect("small")
}

fn percent(dice: &mut Dice<'_>) -> Percent {
    let millionths = match dice.below(3) {
        0 => dice.one_of(&RATES),
        _ => i64::try_from(dice.below(1_000_001)).expect("small"),
    };
    Percent::new(rust_decimal::Decimal::new(millionths, 4)).expect("at most the whole")
}

fn subtotal(line: &BasketLine) -> i64 {
    line.unit_price.minor() * i64::from(line.quantity)
}

/// The most that a discount can come to, whichever way it is rounded.
fn at_most(discount: Discount, of: i64) -> i64 {
    match discount {
        Discount::None => 0,
        Discount::Amount(amount) => amount.minor(),
        Discount::Percent(percent) => of.min(of * percent.millionths() / Percent::WHOLE + 1),
    }
}

/// At most `of`; sometimes all of it.
fn discount(dice: &mut Dice<'_>, of: i64, currency: Currency) -> Discount {
    match dice.below(5) {
        0 | 1 => Discount::None,
        2 => Discount::Percent(percent(dice)),
        3 => Discount::Amount(minor(amount(dice).min(of), currency)),
        _ => Discount::Amount(minor(of, currency)),
    }
}

fn coupon(dice: &mut Dice<'_>, left: i64, currency: Currency) -> (Option<CouponTerms>, i64) {
    let value = match dice.below(4) {
        0 | 1 => return (None, 0),
        2 => CouponValue::Percent(percent(dice)),
        _ => CouponValue::Amount(minor(amount(dice), currency)),
    };
    let taken = match value {
        CouponValue::Percent(percent) => at_most(Discount::Percent(percent), left),
        CouponValue::Amount(amount) => amount.minor().min(left),
    };
    // A percentage of more goods than are left for certain can be more.
    let taken = if matches!(value, CouponValue::Percent(_)) { (taken + 9).min(left) } else { taken };
    let minimum = dice.coin().then(|| minor(left, currency));
    (Some(CouponTerms { value, minimum }), taken)
}

fn line(dice: &mut Dice<'_>, currency: Currency, classes: &[TaxClass]) -> BasketLine {
    let unit_price = minor(amount(dice), currency);
    let quantity = match dice.below(4) {
        0 => 1,
        1 | 2 => u32::try_from(dice.below(9)).expect("small") + 2,
        _ => dice.one_of(&[7, 13, 97, 100]),
    };
    let discount = discount(dice, unit_price.minor() * i64::from(quantity), currency);
    let tax_class = classes[dice.index(classes.len())].clone();
    let sku = Sku::new(ProductId::parse("p").expect("an id"), None);
    BasketLine { sku, quantity, unit_price, discount, tax_class, weight_grams: 500 }
}

fn settings(dice: &mut Dice<'_>, currency: Currency, classes: &[TaxClass]) -> Settings {
    let components = |dice: &mut Dice<'_>| {
        let same = dice.one_of(&RATES);
        let all = NAMES[..dice.index(4)].iter();
        let rate = |dice: &mut Dice<'_>| if dice.coin() { same } else { dice.one_of(&RATES) };
        all.map(|name| TaxComponent {
            name: (*name).to_owned(),
            rate: Percent::new(rust_decimal::Decimal::new(rate(dice), 4)).expect("a rate"),
        })
        .collect::<Vec<_>>()
    };
    let rates = classes.iter().map(|class| (class.clone(), components(dice))).collect();
    let tax = TaxTable {
        prices_include_tax: dice.coin(),
        rounding: Rounding {
            level: dice.one_of(&[RoundingLevel::Line, RoundingLevel::Order]),
            mode: dice.one_of(&[RoundingMode::HalfUp, RoundingMode::HalfEven]),
        },
        classes: classes.to_vec(),
        delivery_class: dice.coin().then(|| classes[dice.index(classes.len())].clone()),
        zones: vec![TaxZone { countries: vec![country()], regions: vec![], rates }],
        elsewhere: Elsewhere::Refuse,
    };
    let shipping_methods = ["a", "b"][..dice.index(3)].iter().map(|id| method(dice, id, currency)).collect();
    Settings { currency: Some(currency), tax, shipping_methods, ..Settings::default() }
}

fn method(dice: &mut Dice<'_>, id: &str, currency: Currency) -> ShippingMethod {
    let mut price =
        |up_to_grams| WeightBand { up_to_grams, price: Amount(minor(amount(dice), currency).amount()) };
    let bands = vec![price(5_000), price(u64::MAX)];
    let free_from = dice.coin().then(|| Amount(minor(amount(dice), currency).amount()));
    let transit_days = u32::try_from(dice.below(4)).expect("small");
    let zones = vec![DeliveryZone { countries: vec![], regions: vec![], bands, free_from, transit_days }];
    let id = ShippingMethodId::parse(id).expect("an id");
    ShippingMethod { id, name: "A way".into(), names: Default::default(), zones }
}
