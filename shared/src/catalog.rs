//! Products as the shop sells them.

use serde::{Deserialize, Serialize};

use crate::ids::ProductId;
use crate::money::Money;
use crate::time::Timestamp;

/// A product of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// The shop's own name for it.
    pub id: ProductId,
    /// What customers read.
    pub name: String,
    /// A longer text, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What one unit costs.
    pub price: Money,
    /// Grams per unit, packed for the shelf.
    pub weight_grams: u32,
    /// Cubic centimetres per unit.
    pub volume_cm3: u32,
    /// Where its picture is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// Whether it can be ordered. Products are archived, never deleted: old orders name them.
    pub state: ProductState,
    /// Counts the changes; the condition of the next one.
    pub version: u64,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// Whether a product can be ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProductState {
    /// It can.
    Active,
    /// It cannot any more.
    Archived,
}
