//! The laws of a quote, computed another way than the quote itself: no amount is derived here, every one is measured
//! against what it has to be.

use super::carts::Dice;
use super::*;
use crate::store::{Settings, TaxComponent};

const WHOLE: i128 = Percent::WHOLE as i128;

fn minor(money: Money) -> i128 {
    i128::from(money.minor())
}

fn sum(parts: impl IntoIterator<Item = i128>) -> i128 {
    parts.into_iter().sum()
}

fn rates(components: &[TaxComponent]) -> Vec<i128> {
    components.iter().map(|component| i128::from(component.rate.millionths())).collect()
}

/// That `amount` is `numerator / denominator`, rounded. Says whether it was an exact half.
pub(super) fn rounded(amount: i128, numerator: i128, denominator: i128, mode: RoundingMode) -> bool {
    let off = 2 * (amount * denominator - numerator);
    assert!(off.abs() <= denominator, "{amount} is not {numerator}/{denominator} rounded");
    let half = off.abs() == denominator;
    if half {
        let right = match mode {
            RoundingMode::HalfUp => off > 0,
            RoundingMode::HalfEven => amount % 2 == 0,
        };
        assert!(right, "{amount} is the wrong neighbour of {numerator}/{denominator}");
    }
    half
}

/// That these are the shares of `amount` by largest remainder: they sum to it, each is the whole part of its exact share or
/// one more, never more than the exact share rounded up, and nobody got one more before a larger or earlier remainder.
pub(super) fn apportioned(amount: i128, weights: &[i128], shares: &[i128]) {
    assert_eq!(weights.len(), shares.len());
    let all = sum(weights.iter().copied());
    assert_eq!(sum(shares.iter().copied()), if all == 0 { 0 } else { amount }, "{shares:?} of {weights:?}");
    let (mut last_served, mut first_unserved) = (None, None);
    for (at, (share, weight)) in shares.iter().zip(weights).enumerate() {
        assert!((0..=amount).contains(share), "{shares:?}");
        assert!(amount > all || share <= weight, "{share} is more than {weight}");
        assert!(
            (share * all - amount * weight).abs() < all.max(1),
            "{share} is not {weight}/{all} of {amount}"
        );
        if all > 0 {
            let rank = (amount * weight % all, std::cmp::Reverse(at));
            if share * all > amount * weight {
                last_served = last_served.into_iter().chain([rank]).min();
            } else {
                first_unserved = first_unserved.into_iter().chain([rank]).max();
            }
        }
    }
    if let (Some(served), Some(unserved)) = (last_served, first_unserved) {
        assert!(served > unserved, "{shares:?} of {weights:?}: one was passed over");
    }
}

/// Checks every law. Says how many amounts were exact halves.
pub(super) fn audit(basket: &Basket, settings: &Settings, quote: &Quote, dice: &mut Dice<'_>) -> u64 {
    let halves =
        discounts(basket, quote) + delivery(basket, settings, quote) + taxes(basket, settings, quote);
    sums(quote);
    units(&quote.lines[dice.index(quote.lines.len())], dice);
    halves
}

/// What is left of a line or of the delivery charge, before tax is added or taken out.
fn left(line: &LineAmounts) -> i128 {
    minor(line.subtotal) - minor(line.discount) - minor(line.coupon_share) - minor(line.order_share)
}

fn discounts(basket: &Basket, quote: &Quote) -> u64 {
    let mode = quote.rounding_mode;
    let part = |amount: i128, percent: Percent, of: i128| {
        u64::from(rounded(amount, of * i128::from(percent.millionths()), WHOLE, mode))
    };
    let taken = |amount: Money, discount: Discount, of: i128| match discount {
        Discount::None => {
            assert!(amount.is_zero());
            0
        }
        Discount::Amount(given) => {
            assert_eq!(amount, given);
            0
        }
        Discount::Percent(percent) => part(minor(amount), percent, of),
    };
    assert_eq!(basket.lines.len(), quote.lines.len());
    let mut halves = 0;
    for (line, of_basket) in quote.lines.iter().zip(&basket.lines) {
        assert_eq!(line.quantity, of_basket.quantity);
        assert_eq!(minor(line.subtotal), minor(of_basket.unit_price) * i128::from(line.quantity));
        assert!(minor(line.discount) <= minor(line.subtotal));
        halves += taken(line.discount, of_basket.discount, minor(line.subtotal));
    }
    let column = |of: fn(&LineAmounts) -> Money| -> Vec<i128> {
        quote.lines.iter().map(|line| minor(of(line))).collect()
    };
    let before: Vec<i128> =
        quote.lines.iter().map(|line| minor(line.subtotal) - minor(line.discount)).collect();
    let goods = sum(before.iter().copied());
    let coupon = minor(quote.coupon_discount);
    match &basket.coupon {
        None => assert_eq!(coupon, 0),
        Some(terms) => {
            assert!(terms.minimum.is_none_or(|minimum| minor(minimum) <= goods));
            match terms.value {
                CouponValue::Percent(percent) => halves += part(coupon, percent, goods),
                CouponValue::Amount(amount) => assert_eq!(coupon, minor(amount).min(goods)),
            }
        }
    }
    let shares = column(|line| line.coupon_share);
    apportioned(coupon, &before, &shares);
    let after: Vec<i128> = before.iter().zip(&shares).map(|(before, share)| before - share).collect();
    halves += taken(quote.order_discount, basket.discount, goods - coupon);
    apportioned(minor(quote.order_discount), &after, &column(|line| line.order_share));
    assert_eq!(minor(quote.line_discount), sum(column(|line| line.discount)));
    halves
}

fn delivery(basket: &Basket, settings: &Settings, quote: &Quote) -> u64 {
    let delivery = &quote.delivery;
    let grams: u64 =
        basket.lines.iter().map(|line| u64::from(line.weight_grams) * u64::from(line.quantity)).sum();
    let ways: Vec<_> = settings
        .shipping_methods
        .iter()
        .map(|method| {
            let zone = &method.zones[0];
            let band = zone.bands.iter().find(|band| band.up_to_grams >= grams).expect("a band");
            let free = zone.free_from.is_some_and(|from| quote.goods().amount() >= from.0);
            let charge = if free { rust_decimal::Decimal::ZERO } else { band.price.0 };
            (charge, zone.transit_days, &method.id)
        })
        .collect();
    match ways.iter().min() {
        None => assert_eq!((&delivery.method, minor(delivery.charge)), (&None, 0)),
        Some((charge, days, method)) => {
            assert_eq!((delivery.charge.amount(), delivery.transit_days), (*charge, *days));
            assert_eq!(delivery.method.as_ref(), Some(*method));
        }
    }
    0
}

/// Something taxed: class, what is left of it, its taxes.
type Taxed<'a> = (&'a TaxClass, i128, &'a [TaxAmount]);

fn taxes(basket: &Basket, settings: &Settings, quote: &Quote) -> u64 {
    let mut items: Vec<Taxed<'_>> = quote
        .lines
        .iter()
        .zip(&basket.lines)
        .map(|(line, of_basket)| (&of_basket.tax_class, left(line), line.taxes.as_slice()))
        .collect();
    if quote.delivery.charge.is_zero() {
        assert_eq!(quote.delivery.taxes, []);
    } else {
        let most = items.iter().map(|item| item.1).max();
        let principal = items.iter().find(|item| Some(item.1) == most).map(|item| item.0);
        let class = settings.tax.delivery_class.as_ref().or(principal).expect("a class");
        items.push((class, minor(quote.delivery.charge), quote.delivery.taxes.as_slice()));
    }
    let mut halves = 0;
    for (class, components) in &settings.tax.zones[0].rates {
        let of_class: Vec<Taxed<'_>> = items.iter().filter(|item| item.0 == class).copied().collect();
        for (_, _, taxes) in &of_class {
            let listed = taxes.iter().map(|tax| (&tax.name, tax.rate));
            assert!(listed.eq(components.iter().map(|component| (&component.name, component.rate))));
        }
        match quote.rounding_level {
            RoundingLevel::Order => halves += rounded_together(&of_class, &rates(components), quote),
            RoundingLevel::Line => {
                for item in &of_class {
                    halves += rounded_together(std::slice::from_ref(item), &rates(components), quote);
                }
            }
        }
    }
    halves
}

fn rounded_together(items: &[Taxed<'_>], rates: &[i128], quote: &Quote) -> u64 {
    let mode = quote.rounding_mode;
    let amounts: Vec<i128> = items.iter().map(|item| item.1).collect();
    let all = sum(amounts.iter().copied());
    let of_component = |at: usize| items.iter().map(move |item| minor(item.2[at].amount));
    let totals: Vec<i128> = (0..rates.len()).map(|at| sum(of_component(at))).collect();
    if !quote.prices_include_tax {
        let mut halves = 0;
        for (at, rate) in rates.iter().enumerate() {
            halves += u64::from(rounded(totals[at], all * rate, WHOLE, mode));
            apportioned(totals[at], &amounts, &of_component(at).collect::<Vec<_>>());
        }
        return halves;
    }
    let (tax, rate) = (sum(totals.iter().copied()), sum(rates.iter().copied()));
    apportioned(tax, rates, &totals);
    let of_items: Vec<i128> =
        items.iter().map(|item| sum(item.2.iter().map(|tax| minor(tax.amount)))).collect();
    apportioned(tax, &amounts, &of_items);
    u64::from(rounded(tax, all * rate, WHOLE + rate, mode))
}

/// What a part costs adds up: net and taxes are its total, whichever of the two the prices mean.
fn adds_up(amount: i128, net: Money, taxes: &[TaxAmount], total: Money, included: bool) {
    let tax = sum(taxes.iter().map(|tax| minor(tax.amount)));
    assert_eq!(minor(net) + tax, minor(total));
    assert_eq!(amount, if included { minor(total) } else { minor(net) });
}

fn sums(quote: &Quote) {
    let included = quote.prices_include_tax;
    for line in &quote.lines {
        adds_up(left(line), line.net, &line.taxes, line.total, included);
    }
    let delivery = &quote.delivery;
    adds_up(minor(delivery.charge), delivery.net, &delivery.taxes, delivery.total, included);

    let totals = sum(quote.lines.iter().map(|line| minor(line.total)));
    assert_eq!(minor(quote.total), totals + minor(delivery.total));
    assert_eq!(minor(quote.subtotal), sum(quote.lines.iter().map(|line| minor(line.subtotal))));
    assert_eq!(minor(quote.goods()), sum(quote.lines.iter().map(left)));
    assert_eq!(minor(quote.goods()) + minor(quote.discount()), minor(quote.subtotal));
    // Lines, delivery, discounts and tax make the total, to the minor unit.
    let on_top = if included { 0 } else { minor(quote.tax()) };
    assert_eq!(
        minor(quote.subtotal) + minor(delivery.charge) - minor(quote.discount()) + on_top,
        minor(quote.total)
    );

    let every = || quote.lines.iter().flat_map(|line| &line.taxes).chain(&delivery.taxes);
    assert_eq!(minor(quote.tax()), sum(every().map(|tax| minor(tax.amount))));
    for (at, tax) in quote.taxes.iter().enumerate() {
        let same = |other: &&TaxAmount| other.name == tax.name && other.rate == tax.rate;
        assert_eq!(minor(tax.amount), sum(every().filter(same).map(|tax| minor(tax.amount))));
        assert!(!quote.taxes[..at].iter().any(|other| same(&other)), "a tax is listed twice");
    }
}

/// Any way to cut a line into units gives back the line, and no unit is off by a minor unit.
fn units(line: &LineAmounts, dice: &mut Dice<'_>) {
    let (mut net, mut off, mut total) = (0, 0, 0);
    let mut taxes = vec![0; line.taxes.len()];
    let mut from = 0;
    while from < line.quantity {
        let to = from + 1 + u32::try_from(dice.below(u64::from(line.quantity - from))).expect("units");
        let units = line.of_units(from..to);
        let count = i128::from(to - from);
        // Within so many minor units: what a unit costs is fair to one, and each split of it adds another.
        let fair = |amount: i128, of: i128, within: usize| {
            let quantity = i128::from(line.quantity);
            let most = quantity * i128::try_from(within).expect("a few");
            assert!((amount * quantity - of * count).abs() < most, "{amount} is not {count} units of {of}");
        };
        fair(minor(units.total), minor(line.total), 1);
        fair(minor(units.net), minor(line.net), 2);
        for ((sum, tax), of_line) in taxes.iter_mut().zip(&units.taxes).zip(&line.taxes) {
            assert_eq!((&tax.name, tax.rate), (&of_line.name, of_line.rate));
            fair(minor(tax.amount), minor(of_line.amount), 1 + line.taxes.len());
            *sum += minor(tax.amount);
        }
        net += minor(units.net);
        off += minor(units.discount);
        total += minor(units.total);
        from = to;
    }
    let of_line: Vec<i128> = line.taxes.iter().map(|tax| minor(tax.amount)).collect();
    assert_eq!(
        (net, off, total, taxes),
        (minor(line.net), minor(line.subtotal) - left(line), minor(line.total), of_line)
    );
}
