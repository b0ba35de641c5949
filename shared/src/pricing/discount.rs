//! What is taken off, in this order: the lines' own discounts, the coupon, what staff takes off the whole order. Each is
//! taken from what the one before it has left.

use super::rounding::{divide, spread};
use super::{Basket, BasketLine, CouponTerms, CouponValue, Discount, PriceError};
use crate::money::Money;
use crate::percent::Percent;
use crate::store::RoundingMode;

/// One line in minor units.
pub(super) struct Line {
    /// `unit_price × quantity`.
    pub subtotal: i128,
    /// Its own discount.
    pub discount: i128,
    /// Its share of the coupon.
    pub coupon: i128,
    /// Its share of the order's discount.
    pub order: i128,
}

impl Line {
    /// What is left of it.
    pub fn left(&self) -> i128 {
        self.subtotal - self.discount - self.coupon - self.order
    }
}

/// The lines with everything taken off.
pub(super) fn lines(basket: &Basket, mode: RoundingMode) -> Result<Vec<Line>, Vec<PriceError>> {
    let mut errors = Vec::new();
    let mut lines = Vec::new();
    for (at, line) in basket.lines.iter().enumerate() {
        match own(line, at, mode) {
            Ok(line) => lines.push(line),
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }

    let coupon = match &basket.coupon {
        None => 0,
        Some(terms) => coupon(terms, goods(&lines), basket, mode).unwrap_or_else(|error| {
            errors.push(error);
            0
        }),
    };
    let shares = spread(coupon, &weights(&lines));
    for (line, share) in lines.iter_mut().zip(shares) {
        line.coupon = share;
    }

    let goods = goods(&lines);
    let order = taken(basket.discount, goods, mode);
    if order > goods {
        errors.push(PriceError::DiscountTooLarge);
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let shares = spread(order, &weights(&lines));
    for (line, share) in lines.iter_mut().zip(shares) {
        line.order = share;
    }
    Ok(lines)
}

/// What is left of all lines.
pub(super) fn goods(lines: &[Line]) -> i128 {
    lines.iter().map(Line::left).sum()
}

fn weights(lines: &[Line]) -> Vec<i128> {
    lines.iter().map(Line::left).collect()
}

fn own(line: &BasketLine, at: usize, mode: RoundingMode) -> Result<Line, PriceError> {
    let subtotal = i128::from(line.unit_price.minor()) * i128::from(line.quantity);
    if super::money(subtotal, line.unit_price.currency()).is_err() {
        return Err(PriceError::LineTooLarge { line: at });
    }
    let discount = taken(line.discount, subtotal, mode);
    if discount > subtotal {
        return Err(PriceError::LineDiscountTooLarge { line: at });
    }
    Ok(Line { subtotal, discount, coupon: 0, order: 0 })
}

fn coupon(terms: &CouponTerms, goods: i128, basket: &Basket, mode: RoundingMode) -> Result<i128, PriceError> {
    if let Some(minimum) = terms.minimum.filter(|minimum| goods < i128::from(minimum.minor())) {
        let goods = super::money(goods, basket.currency).unwrap_or_else(|_| Money::zero(basket.currency));
        return Err(PriceError::CouponMinimum { minimum, goods });
    }
    Ok(match terms.value {
        CouponValue::Percent(percent) => part(goods, percent, mode),
        CouponValue::Amount(amount) => i128::from(amount.minor()).min(goods),
    })
}

fn taken(discount: Discount, from: i128, mode: RoundingMode) -> i128 {
    match discount {
        Discount::None => 0,
        Discount::Amount(amount) => i128::from(amount.minor()),
        Discount::Percent(percent) => part(from, percent, mode),
    }
}

fn part(of: i128, percent: Percent, mode: RoundingMode) -> i128 {
    divide(of * i128::from(percent.millionths()), i128::from(Percent::WHOLE), mode)
}
