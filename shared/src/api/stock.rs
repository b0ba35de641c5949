//! Stock on the wire.

use serde::{Deserialize, Serialize};

use super::FieldError;
use crate::ids::{ProductId, VariationId, WarehouseId};
use crate::limits;
use crate::sku::Sku;

/// `POST /admin/products/{id}/stock`: a change of what a warehouse has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdjustStock {
    /// Of which variation; needed if the product has any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variation_id: Option<VariationId>,
    /// Where.
    pub warehouse_id: WarehouseId,
    /// Units that came (positive) or went (negative).
    pub quantity: i64,
    /// Why.
    pub reason: String,
}

impl AdjustStock {
    /// What breaks a rule.
    pub fn check(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if self.quantity == 0 || self.quantity.checked_abs().is_none_or(|units| units > limits::STOCK) {
            errors.push(FieldError::new(
                "/quantity",
                "out_of_range",
                "at most 1000000000 units, and not none",
            ));
        }
        if !(1..=limits::REASON).contains(&self.reason.trim().chars().count()) {
            errors.push(FieldError::new("/reason", "out_of_range", "1 to 500 characters"));
        }
        errors
    }
}

/// `POST /admin/products/{id}/stock/split`: into how many buckets the stock of one thing in one warehouse goes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SplitStock {
    /// Of which variation; needed if the product has any.
    #[serde(default)]
    pub variation_id: Option<VariationId>,
    /// Where.
    pub warehouse_id: WarehouseId,
    /// How many buckets there are to be.
    pub buckets: u32,
}

impl SplitStock {
    /// The number of buckets.
    ///
    /// # Errors
    /// There cannot be so many, or so few.
    pub fn count(&self) -> Result<u16, Vec<FieldError>> {
        let count = u16::try_from(self.buckets).ok().filter(|count| (1..=limits::BUCKETS).contains(count));
        count.ok_or_else(|| vec![FieldError::new("/buckets", "out_of_range", "1 to 32 buckets")])
    }
}

/// What a warehouse has of a product, or of a variation of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StockView {
    /// What.
    pub product_id: ProductId,
    /// Which variation of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variation_id: Option<VariationId>,
    /// Where.
    pub warehouse_id: WarehouseId,
    /// Units that can be ordered.
    pub on_hand: i64,
    /// Units that open orders hold.
    pub held: i64,
    /// Buckets that what comes in is spread over.
    pub buckets: usize,
}

/// One bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct BucketView {
    /// Its number, from 0.
    pub bucket: u16,
    /// Units that can be ordered.
    pub on_hand: i64,
    /// Units that open orders hold.
    pub held: i64,
    /// Whether nothing goes into it any more but what orders give back, because there are fewer buckets since a split.
    pub closed: bool,
}

impl StockView {
    /// What these buckets of a warehouse have together.
    pub fn of(sku: &Sku, warehouse: &WarehouseId, buckets: &[BucketView]) -> Self {
        Self {
            product_id: sku.product.clone(),
            variation_id: sku.variation.clone(),
            warehouse_id: warehouse.clone(),
            on_hand: buckets.iter().map(|bucket| bucket.on_hand).sum(),
            held: buckets.iter().map(|bucket| bucket.held).sum(),
            buckets: buckets.iter().filter(|bucket| !bucket.closed).count(),
        }
    }
}

/// `GET /admin/products/{id}/stock`: what each warehouse has of a product and its variations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InventoryView {
    /// Which product.
    pub product_id: ProductId,
    /// By variation, then by warehouse. What is left of a variation that is gone is there as well.
    pub stock: Vec<LevelView>,
}

/// What one warehouse has of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LevelView {
    /// Which variation of the product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variation_id: Option<VariationId>,
    /// Where.
    pub warehouse_id: WarehouseId,
    /// Units that can be ordered.
    pub on_hand: i64,
    /// Units that open orders hold.
    pub held: i64,
    /// The same by bucket.
    pub buckets: Vec<BucketView>,
}

impl LevelView {
    /// What these buckets of a warehouse have.
    pub fn of(sku: &Sku, warehouse: &WarehouseId, buckets: Vec<BucketView>) -> Self {
        let StockView { on_hand, held, .. } = StockView::of(sku, warehouse, &buckets);
        Self { variation_id: sku.variation.clone(), warehouse_id: warehouse.clone(), on_hand, held, buckets }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_adjustment_moves_something_within_bounds_and_says_why() {
        let errors = |quantity: i64, reason: &str| -> Vec<String> {
            let warehouse_id = WarehouseId::parse("north").expect("valid");
            let asked = AdjustStock { variation_id: None, warehouse_id, quantity, reason: reason.to_owned() };
            asked.check().into_iter().map(|error| error.pointer).collect()
        };
        for quantity in [1, -1, limits::STOCK, -limits::STOCK] {
            assert_eq!(errors(quantity, "counted"), [""; 0], "{quantity}");
        }
        for quantity in [0, limits::STOCK + 1, i64::MIN, i64::MAX] {
            assert_eq!(errors(quantity, "counted"), ["/quantity"], "{quantity}");
        }
        assert_eq!(errors(1, &"x".repeat(500)), [""; 0]);
        assert_eq!(errors(1, " "), ["/reason"]);
        assert_eq!(errors(0, &"x".repeat(501)), ["/quantity", "/reason"]);
    }

    #[test]
    fn stock_is_split_into_one_to_thirty_two_buckets() {
        let count = |buckets: u32| {
            let warehouse_id = WarehouseId::parse("north").expect("valid");
            SplitStock { variation_id: None, warehouse_id, buckets }.count().ok()
        };
        assert_eq!([count(1), count(32)], [Some(1), Some(32)]);
        assert_eq!([count(0), count(33), count(65_537)], [None; 3]);
    }

    #[test]
    fn a_closed_bucket_counts_its_units_but_not_as_a_bucket() {
        let bucket = |bucket, on_hand, held, closed| BucketView { bucket, on_hand, held, closed };
        let sku = Sku::parse("tee:small").expect("valid");
        let warehouse = WarehouseId::parse("north").expect("valid");
        let view = StockView::of(&sku, &warehouse, &[bucket(0, 5, 1, false), bucket(1, 2, 3, true)]);
        assert_eq!((view.on_hand, view.held, view.buckets), (7, 4, 1));
        assert_eq!(view.variation_id, sku.variation);
    }
}
