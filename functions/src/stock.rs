//! What handlers do with stock: book what came or went, and spread it over buckets.

use shared::api::FieldError;
use shared::api::stock::{BucketView, LevelView, StockView};
use shared::catalog::Product;
use shared::ids::WarehouseId;
use shared::sku::Sku;
use shared::{limits, stock};
use std::collections::BTreeMap;

use crate::app::App;
use crate::edge::Problem;
use crate::error::Error;
use crate::table::{Adjusted, Adjustment, Bucket, Level, Move, Moved};

/// How often a decision is made anew because somebody else was faster.
const RACES: u32 = 20;

/// Books an adjustment, once per key, and answers what the warehouse has then: what was read and what was booked.
///
/// 404 without such a product. 422 for an unknown warehouse or variation, but what is left of either can still be taken
/// away. 409 if there would be less than nothing, or too much.
pub async fn adjust(app: &App, adjustment: &Adjustment<'_>) -> Result<StockView, Error> {
    let asked = adjustment.asked;
    let sku = Sku::new(adjustment.product.clone(), asked.variation_id.clone());
    for _ in 0..RACES {
        let (product, buckets) = tokio::try_join!(
            app.table.product(adjustment.product),
            app.table.buckets(&sku, &asked.warehouse_id)
        )?;
        let product = product.ok_or_else(Problem::not_found)?;
        let emptying = asked.quantity < 0 && !buckets.is_empty();
        let moves = match check(app, &product, &sku, &asked.warehouse_id, emptying).await {
            Ok(()) => spread(&buckets, asked.quantity),
            Err(error) => Err(error),
        };
        let outcome = match moves {
            Ok(moves) => match app.table.adjust_stock(adjustment, &moves, app.now()).await? {
                Adjusted::Done => return Ok(view(&sku, &asked.warehouse_id, &after(&buckets, &moves))),
                outcome => outcome,
            },
            // What was booked before is booked, even if it could not be booked now.
            Err(error) => app.table.adjustment(adjustment).await?.ok_or(error)?,
        };
        match outcome {
            Adjusted::KeyReused => {
                let detail = "this Idempotency-Key was used for another request";
                return Err(Problem::new(422, "idempotency_key_reused", detail).into());
            }
            Adjusted::Replayed => {
                let buckets = app.table.buckets(&sku, &asked.warehouse_id).await?;
                return Ok(view(&sku, &asked.warehouse_id, &buckets));
            }
            Adjusted::Done | Adjusted::Changed => {}
        }
    }
    Err(Error::unavailable("DynamoDB", "the stock changes faster than it can be read"))
}

/// Spreads what a warehouse has over so many buckets, and answers what it has then. Doing it twice is doing it once.
/// 404 if the warehouse never had any.
pub async fn split(app: &App, sku: &Sku, warehouse: &WarehouseId, count: u16) -> Result<StockView, Error> {
    for _ in 0..RACES {
        let buckets = app.table.buckets(sku, warehouse).await?;
        if buckets.is_empty() {
            return Err(Problem::not_found().into());
        }
        let moves = rearrange(&buckets, count);
        if moves.is_empty() {
            return Ok(view(sku, warehouse, &buckets));
        }
        match app.table.move_stock(sku, warehouse, &moves).await? {
            Moved::Done => return Ok(view(sku, warehouse, &after(&buckets, &moves))),
            Moved::Changed => {}
        }
    }
    Err(Error::unavailable("DynamoDB", "the stock changes faster than it can be read"))
}

/// A level as staff sees it.
pub fn level_view(level: &Level) -> LevelView {
    LevelView::of(&level.sku, &level.warehouse, level.buckets.iter().map(bucket_view).collect())
}

/// Whether there is such a warehouse and such a thing to keep in it; neither is asked for where it is being emptied.
async fn check(
    app: &App,
    product: &Product,
    sku: &Sku,
    warehouse: &WarehouseId,
    emptying: bool,
) -> Result<(), Error> {
    if emptying {
        return Ok(());
    }
    let mut errors = Vec::new();
    if let Err(refusal) = product.item(sku) {
        errors.push(FieldError::new("/variation_id", refusal.code(), &refusal.to_string()));
    }
    // A cheap read may not have heard of a warehouse that was opened a moment ago.
    let known = app.store(false).await?.warehouses.contains_key(warehouse)
        || app.store(true).await?.warehouses.contains_key(warehouse);
    if !known {
        let detail = format!("there is no warehouse {warehouse}");
        errors.push(FieldError::new("/warehouse_id", "unknown_warehouse", &detail));
    }
    if errors.is_empty() { Ok(()) } else { Err(errors.into()) }
}

/// The moves of an adjustment. What comes in goes to open buckets, what goes is taken from any.
fn spread(buckets: &[Bucket], quantity: i64) -> Result<Vec<Move>, Error> {
    let known: Vec<(u16, i64)> = buckets
        .iter()
        .filter(|bucket| quantity < 0 || !bucket.closed)
        .map(|bucket| (bucket.number, bucket.on_hand))
        .collect();
    let total = buckets.iter().map(|bucket| bucket.on_hand).sum::<i64>().saturating_add(quantity);
    let changes = stock::spread_adjustment(&known, quantity).filter(|_| total <= limits::STOCK);
    let changes = changes.ok_or_else(|| {
        let detail = "a warehouse has between 0 and 1000000000 units of a product";
        Problem::new(409, "stock_out_of_range", detail)
    })?;
    let before = |number: u16| buckets.iter().find(|bucket| bucket.number == number).copied();
    let moves = changes.into_iter().map(|(number, units)| {
        let before = before(number);
        Move { number, before, units, closed: before.is_some_and(|bucket| bucket.closed) }
    });
    Ok(moves.collect())
}

/// The moves that leave so many open buckets, all alike. A bucket that has nothing to do is not touched.
fn rearrange(buckets: &[Bucket], count: u16) -> Vec<Move> {
    let on_hand: Vec<(u16, i64)> = buckets.iter().map(|bucket| (bucket.number, bucket.on_hand)).collect();
    let changes: BTreeMap<u16, i64> = stock::split(&on_hand, count).into_iter().collect();
    let numbers = 0..=buckets.iter().map(|bucket| bucket.number).fold(count.saturating_sub(1), u16::max);
    let moves = numbers.map(|number| Move {
        number,
        before: buckets.iter().find(|bucket| bucket.number == number).copied(),
        units: changes.get(&number).copied().unwrap_or_default(),
        closed: number >= count,
    });
    moves
        .filter(|change| match change.before {
            Some(before) => change.units != 0 || change.closed != before.closed,
            None => !change.closed,
        })
        .collect()
}

/// The buckets after these moves.
fn after(buckets: &[Bucket], moves: &[Move]) -> Vec<Bucket> {
    let mut after: BTreeMap<u16, Bucket> = buckets.iter().map(|bucket| (bucket.number, *bucket)).collect();
    for change in moves {
        let new = Bucket { number: change.number, on_hand: 0, held: 0, closed: false };
        let bucket = after.entry(change.number).or_insert(new);
        *bucket = bucket.after(change);
    }
    after.into_values().collect()
}

fn view(sku: &Sku, warehouse: &WarehouseId, buckets: &[Bucket]) -> StockView {
    StockView::of(sku, warehouse, &buckets.iter().map(bucket_view).collect::<Vec<_>>())
}

fn bucket_view(bucket: &Bucket) -> BucketView {
    BucketView { bucket: bucket.number, on_hand: bucket.on_hand, held: bucket.held, closed: bucket.closed }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(number: u16, on_hand: i64, held: i64) -> Bucket {
        Bucket { number, on_hand, held, closed: false }
    }

    fn sums(buckets: &[Bucket]) -> (i64, i64) {
        (buckets.iter().map(|bucket| bucket.on_hand).sum(), buckets.iter().map(|bucket| bucket.held).sum())
    }

    #[test]
    fn a_split_moves_units_and_neither_makes_nor_loses_any() {
        let whole = [bucket(0, 10, 4)];
        let three = after(&whole, &rearrange(&whole, 3));
        assert_eq!(three, [bucket(0, 4, 4), bucket(1, 3, 0), bucket(2, 3, 0)]);
        assert_eq!(rearrange(&three, 3), [], "doing it twice is doing it once");
        let sold: Vec<Bucket> = three
            .iter()
            .map(|bucket| Bucket { on_hand: 0, held: bucket.held + bucket.on_hand, ..*bucket })
            .collect();
        let one = after(&sold, &rearrange(&sold, 1));
        assert_eq!(sums(&one), sums(&sold));
        assert_eq!(one.iter().map(|bucket| bucket.closed).collect::<Vec<_>>(), [false, true, true]);
        assert_eq!(rearrange(&one, 1), []);
        let again = after(&one, &rearrange(&one, 3));
        assert!(again.iter().all(|bucket| !bucket.closed));
    }

    #[test]
    fn a_bucket_without_anything_is_still_made_so_that_goods_that_come_are_spread() {
        let empty = [bucket(0, 0, 0)];
        let split = after(&empty, &rearrange(&empty, 4));
        assert_eq!(split.len(), 4);
        let filled = after(&split, &spread(&split, 6).expect("room"));
        assert_eq!(filled.iter().map(|bucket| bucket.on_hand).collect::<Vec<_>>(), [2, 2, 1, 1]);
    }

    #[test]
    fn what_comes_in_avoids_closed_buckets_and_what_goes_is_taken_from_any() {
        let buckets = [bucket(0, 5, 0), Bucket { closed: true, ..bucket(1, 2, 0) }];
        let more = after(&buckets, &spread(&buckets, 10).expect("room"));
        assert_eq!(more.iter().map(|bucket| bucket.on_hand).collect::<Vec<_>>(), [15, 2]);
        let none = after(&buckets, &spread(&buckets, -7).expect("enough"));
        assert_eq!(
            none.iter().map(|bucket| (bucket.on_hand, bucket.closed)).collect::<Vec<_>>(),
            [(0, false), (0, true)]
        );
        assert!(spread(&buckets, -8).is_err());
        assert!(spread(&buckets, limits::STOCK - 6).is_err());
        assert!(spread(&buckets, limits::STOCK - 7).is_ok());
    }
}
