//! From a basket to a quote.

use super::delivery::{self, Way};
use super::discount::{self, Line};
use super::tax::{Rates, Taxable, taxes};
use super::{Basket, CouponValue, DeliveryQuote, Discount, LineAmounts, PriceError, Quote, TaxAmount, money};
use crate::ids::TaxClass;
use crate::money::{Currency, Money};
use crate::store::{Settings, TaxComponent};

/// What a basket costs under these settings, and nothing but these; or every reason why it has no price.
///
/// Where the settings name no class for delivery charges, delivery follows the goods: it is taxed like the line of the
/// greatest value, the first of equal ones. In the EU a supply that only serves another one shares its treatment
/// (Court of Justice, C-349/96 Card Protection Plan, 30), and transport that the seller charges is part of the taxable
/// amount (Directive 2006/112/EC, Article 78 b). Delivery for nothing has no taxes.
pub fn price(basket: &Basket, settings: &Settings) -> Result<Quote, Vec<PriceError>> {
    let mut errors = currency_errors(basket, settings);
    let lines = if errors.is_empty() {
        discount::lines(basket, settings.tax.rounding.mode).unwrap_or_else(|found| {
            errors.extend(found);
            vec![]
        })
    } else {
        vec![]
    };
    let way =
        delivery::choose(basket, settings, discount::goods(&lines)).map_err(|error| errors.push(error)).ok();
    let rates = Rates::new(&settings.tax, basket);
    let mut components: Vec<&[TaxComponent]> = Vec::with_capacity(basket.lines.len() + 1);
    for line in &basket.lines {
        match rates.of(&line.tax_class) {
            Ok(found) => components.push(found),
            Err(error) if errors.contains(&error) => {}
            Err(error) => errors.push(error),
        }
    }
    let Some(way) = way.filter(|_| errors.is_empty()) else {
        return Err(errors);
    };

    let mut items: Vec<Taxable<'_>> = Vec::with_capacity(lines.len() + 1);
    for ((line, of_basket), components) in lines.iter().zip(&basket.lines).zip(components) {
        items.push(Taxable { class: &of_basket.tax_class, components, amount: line.left() });
    }
    if let Some(class) = delivery_class(settings, &items).filter(|_| way.charge > 0) {
        let components = rates.of(class).map_err(|error| vec![error])?;
        items.push(Taxable { class, components, amount: way.charge });
    }
    let taxes = taxes(&items, settings.tax.rounding, settings.tax.prices_include_tax);
    assemble(basket, settings, &lines, &way, &items, &taxes)
}

fn delivery_class<'a>(settings: &'a Settings, goods: &[Taxable<'a>]) -> Option<&'a TaxClass> {
    let principal = || goods.iter().rev().max_by_key(|item| item.amount).map(|item| item.class);
    settings.tax.delivery_class.as_ref().or_else(principal)
}

/// Every other currency than the one that the store, or else the basket, is in.
fn currency_errors(basket: &Basket, settings: &Settings) -> Vec<PriceError> {
    let store = settings.currency.unwrap_or(basket.currency);
    let of_discount = |discount: &Discount| match discount {
        Discount::Amount(amount) => Some(amount.currency()),
        Discount::None | Discount::Percent(_) => None,
    };
    let lines =
        basket.lines.iter().flat_map(|line| [Some(line.unit_price.currency()), of_discount(&line.discount)]);
    let coupon = basket.coupon.iter().flat_map(|terms| {
        let value = match terms.value {
            CouponValue::Amount(amount) => Some(amount.currency()),
            CouponValue::Percent(_) => None,
        };
        [value, terms.minimum.map(Money::currency)]
    });
    let mut errors = Vec::new();
    for given in [Some(basket.currency)]
        .into_iter()
        .chain(lines)
        .chain(coupon)
        .chain([of_discount(&basket.discount)])
        .flatten()
    {
        let error = PriceError::CurrencyMismatch { store, given };
        if given != store && !errors.contains(&error) {
            errors.push(error);
        }
    }
    errors
}

fn assemble(
    basket: &Basket,
    settings: &Settings,
    lines: &[Line],
    way: &Way<'_>,
    items: &[Taxable<'_>],
    taxes: &[Vec<i128>],
) -> Result<Quote, Vec<PriceError>> {
    let currency = basket.currency;
    let included = settings.tax.prices_include_tax;
    let mut amounts = Vec::with_capacity(lines.len());
    let mut errors = Vec::new();
    let mut taxed = items.iter().zip(taxes);
    for (at, (line, of_basket)) in lines.iter().zip(&basket.lines).enumerate() {
        let of_line = taxed.next().map(|(item, taxes)| (item.components, taxes.as_slice()));
        match of_line.map(|taxes| line_amounts(line, of_basket.quantity, taxes, included, currency)) {
            Some(Some(line)) => amounts.push(line),
            _ => errors.push(PriceError::LineTooLarge { line: at }),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let of_delivery = taxed.next().map(|(item, taxes)| (item.components, taxes.as_slice()));
    total(settings, amounts, way, of_delivery.unwrap_or_default(), currency)
        .ok_or_else(|| vec![PriceError::TotalTooLarge])
}

/// The components of a tax and what each comes to.
type Taxes<'a> = (&'a [TaxComponent], &'a [i128]);

/// None if an amount is out of range, as everywhere below.
fn line_amounts(
    line: &Line,
    quantity: u32,
    taxes: Taxes<'_>,
    included: bool,
    currency: Currency,
) -> Option<LineAmounts> {
    let (net, total) = net_and_total(line.left(), taxes, included);
    Some(LineAmounts {
        quantity,
        subtotal: money(line.subtotal, currency).ok()?,
        discount: money(line.discount, currency).ok()?,
        coupon_share: money(line.coupon, currency).ok()?,
        order_share: money(line.order, currency).ok()?,
        net: money(net, currency).ok()?,
        taxes: tax_amounts(taxes, currency)?,
        total: money(total, currency).ok()?,
    })
}

fn total(
    settings: &Settings,
    lines: Vec<LineAmounts>,
    way: &Way<'_>,
    taxes: Taxes<'_>,
    currency: Currency,
) -> Option<Quote> {
    let (net, gross) = net_and_total(way.charge, taxes, settings.tax.prices_include_tax);
    let delivery = DeliveryQuote {
        method: way.method.cloned(),
        name: way.name.to_owned(),
        charge: money(way.charge, currency).ok()?,
        net: money(net, currency).ok()?,
        taxes: tax_amounts(taxes, currency)?,
        total: money(gross, currency).ok()?,
        transit_days: way.transit_days,
    };
    let sum = |part: fn(&LineAmounts) -> Money, more: i128| {
        let lines: i128 = lines.iter().map(|line| i128::from(part(line).minor())).sum();
        money(lines + more, currency).ok()
    };
    Some(Quote {
        prices_include_tax: settings.tax.prices_include_tax,
        rounding_level: settings.tax.rounding.level,
        rounding_mode: settings.tax.rounding.mode,
        subtotal: sum(|line| line.subtotal, 0)?,
        line_discount: sum(|line| line.discount, 0)?,
        coupon_discount: sum(|line| line.coupon_share, 0)?,
        order_discount: sum(|line| line.order_share, 0)?,
        taxes: summed(lines.iter().flat_map(|line| &line.taxes).chain(&delivery.taxes))?,
        total: sum(|line| line.total, gross)?,
        lines,
        delivery,
    })
}

fn net_and_total(amount: i128, (_, taxes): Taxes<'_>, included: bool) -> (i128, i128) {
    let tax: i128 = taxes.iter().sum();
    if included { (amount - tax, amount) } else { (amount, amount + tax) }
}

fn tax_amounts((components, taxes): Taxes<'_>, currency: Currency) -> Option<Vec<TaxAmount>> {
    components
        .iter()
        .zip(taxes)
        .map(|(component, tax)| {
            let amount = money(*tax, currency).ok()?;
            Some(TaxAmount { name: component.name.clone(), rate: component.rate, amount })
        })
        .collect()
}

/// Taxes of one name and rate together, in the order in which they first appear.
fn summed<'a>(taxes: impl Iterator<Item = &'a TaxAmount>) -> Option<Vec<TaxAmount>> {
    let mut sums: Vec<TaxAmount> = Vec::new();
    for tax in taxes {
        match sums.iter_mut().find(|sum| sum.name == tax.name && sum.rate == tax.rate) {
            Some(sum) => sum.amount = sum.amount.plus(tax.amount).ok()?,
            None => sums.push(tax.clone()),
        }
    }
    Some(sums)
}
