//! Products and stock on the wire.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::FieldError;
use super::wire::Amount;
use crate::catalog::{Product, ProductState};
use crate::ids::{ProductId, WarehouseId};
use crate::limits;
use crate::money::{Currency, Money};
use crate::stock::StockLevel;
use crate::time::Timestamp;

/// `PUT /admin/products/{id}`: the whole product; what is left out is empty afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PutProduct {
    /// What customers read.
    pub name: String,
    /// A longer text.
    #[serde(default)]
    pub description: Option<String>,
    /// Price of one unit.
    pub price: Amount,
    /// Of the price.
    pub currency: Currency,
    /// Grams per unit.
    pub weight_grams: u32,
    /// Cubic centimetres per unit; without it, a litre per kilogram is assumed (the density of water).
    #[serde(default)]
    pub volume_cm3: Option<u32>,
    /// Where its picture is.
    #[serde(default)]
    pub image_url: Option<String>,
    /// Whether it can be ordered; it can, unless said otherwise.
    #[serde(default = "active")]
    pub state: ProductState,
}

fn active() -> ProductState {
    ProductState::Active
}

impl PutProduct {
    /// The product that the request describes.
    pub fn parse(self, id: ProductId, version: u64, now: Timestamp) -> Result<Product, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut check = |holds: bool, field: &str, detail: &str| {
            if !holds {
                errors.push(FieldError::new(format!("/{field}"), "out_of_range", detail));
            }
        };
        let name = (1..=limits::NAME).contains(&self.name.trim().chars().count())
            && !self.name.chars().any(char::is_control);
        check(name, "name", "1 to 200 characters, no control characters");
        let description = self.description.as_ref().is_none_or(|text| text.chars().count() <= limits::NOTES);
        check(description, "description", "at most 2000 characters");
        check((1..=1_000_000).contains(&self.weight_grams), "weight_grams", "1 to 1000000 grams");
        let volume_cm3 = self.volume_cm3.unwrap_or(self.weight_grams);
        check((1..=10_000_000).contains(&volume_cm3), "volume_cm3", "1 to 10000000 cubic centimetres");
        let image =
            self.image_url.as_ref().is_none_or(|url| url.len() <= 1_000 && url.starts_with("https://"));
        check(image, "image_url", "https:// and at most 1000 characters");
        check(self.price.0 > Decimal::ZERO, "price", "more than nothing");
        let price = Money::new(self.price.0, self.currency)
            .map_err(|error| errors.push(FieldError::new("/price", "out_of_range", &error.to_string())));
        match price {
            Ok(price) if errors.is_empty() => Ok(Product {
                id,
                name: self.name,
                description: self.description,
                price,
                weight_grams: self.weight_grams,
                volume_cm3,
                image_url: self.image_url,
                state: self.state,
                version,
                updated_at: now,
            }),
            _ => Err(errors),
        }
    }
}

/// `POST /admin/products/{id}/stock`: a change of what a warehouse has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdjustStock {
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

/// A product as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProductView {
    /// Its id.
    pub product_id: ProductId,
    /// What customers read.
    pub name: String,
    /// A longer text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Price of one unit, in major units.
    pub price: String,
    /// Of the price.
    pub currency: Currency,
    /// Grams per unit.
    pub weight_grams: u32,
    /// Cubic centimetres per unit.
    pub volume_cm3: u32,
    /// Where its picture is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// Whether it can be ordered.
    pub state: ProductState,
    /// Units that can be ordered now, in all warehouses; left out in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available: Option<i64>,
    /// Counts the changes.
    pub version: u64,
    /// When it was last changed.
    pub updated_at: String,
}

impl ProductView {
    /// A product without its stock.
    pub fn of(product: &Product) -> Self {
        Self {
            product_id: product.id.clone(),
            name: product.name.clone(),
            description: product.description.clone(),
            price: product.price.amount().to_string(),
            currency: product.price.currency(),
            weight_grams: product.weight_grams,
            volume_cm3: product.volume_cm3,
            image_url: product.image_url.clone(),
            state: product.state,
            available: None,
            version: product.version,
            updated_at: product.updated_at.rfc3339(),
        }
    }

    /// A product and how much there is of it.
    pub fn with_stock(product: &Product, levels: &[StockLevel]) -> Self {
        Self { available: Some(levels.iter().map(|level| level.on_hand.max(0)).sum()), ..Self::of(product) }
    }
}

/// What a warehouse has of a product, after an adjustment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StockView {
    /// What.
    pub product_id: ProductId,
    /// Where.
    pub warehouse_id: WarehouseId,
    /// Units that can be ordered.
    pub on_hand: i64,
    /// Units that open orders hold.
    pub held: i64,
}
