//! Whole minor units out of exact fractions. Amounts are never negative here.

use crate::store::RoundingMode;

/// `numerator / denominator` to the nearest whole; 0 where the denominator is none.
pub(super) fn divide(numerator: i128, denominator: i128, mode: RoundingMode) -> i128 {
    if denominator <= 0 {
        return 0;
    }
    let (whole, rest) = (numerator / denominator, numerator % denominator);
    let up = match (rest * 2).cmp(&denominator) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => match mode {
            RoundingMode::HalfUp => true,
            RoundingMode::HalfEven => whole % 2 == 1,
        },
    };
    whole + i128::from(up)
}

/// Spreads an amount in proportion to weights, by largest remainder (Hamilton's method): everybody gets the whole part of
/// their exact share, and what is left goes in single units to the largest fractions, the first of equal ones first.
///
/// The shares sum to the amount, and each is less than one unit away from the exact share. So none is more than its weight
/// if the amount is not more than all weights. Without any weight there is nobody to give to: all shares are 0.
pub(crate) fn spread(amount: i128, weights: &[i128]) -> Vec<i128> {
    let all: i128 = weights.iter().sum();
    if all <= 0 {
        return vec![0; weights.len()];
    }
    let mut shares: Vec<i128> = weights.iter().map(|weight| amount * weight / all).collect();
    let left = usize::try_from(amount - shares.iter().sum::<i128>()).unwrap_or_default();
    if left > 0 {
        let fraction = |at: &usize| weights.get(*at).map_or(0, |weight| amount * weight % all);
        let mut order: Vec<usize> = (0..weights.len()).collect();
        order.sort_by_key(|at| std::cmp::Reverse(fraction(at)));
        for at in order.into_iter().take(left) {
            if let Some(share) = shares.get_mut(at) {
                *share += 1;
            }
        }
    }
    shares
}
