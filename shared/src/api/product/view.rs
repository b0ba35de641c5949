//! Products as the API shows them.

use serde::Serialize;
use std::collections::BTreeMap;

use crate::address::Country;
use crate::catalog::{Attribute, Offer, Product, ProductState, Size, Texts, Variation};
use crate::ids::{Language, ProductId, TaxClass, VariationId};
use crate::money::Currency;
use crate::sku::Sku;

/// A product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProductView {
    /// Its id.
    pub product_id: ProductId,
    /// What customers read, in the language that was asked for if there is such a text.
    pub name: String,
    /// A longer text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The texts in all other languages; left out in lists.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub translations: BTreeMap<Language, Texts>,
    /// What one unit costs now, in major units: the offer price if there is one.
    pub price: String,
    /// What it costs without an offer.
    pub list_price: String,
    /// What it costs on offer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offer_price: Option<String>,
    /// Of all prices.
    pub currency: Currency,
    /// Its tax class.
    pub tax_class: TaxClass,
    /// Grams per unit.
    pub weight_grams: u32,
    /// Cubic centimetres per unit.
    pub volume_cm3: u32,
    /// Length, width and height per unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size_mm: Option<Size>,
    /// Where its picture is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// Where it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country_of_origin: Option<Country>,
    /// Grams CO2e of making one unit, as its maker declares them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub production_carbon_grams: Option<u64>,
    /// Its variations; if there are any, one of them is bought and never the product as such.
    pub variations: Vec<VariationView>,
    /// Whether it can be ordered.
    pub state: ProductState,
    /// Units that can be ordered now, in all warehouses and of all variations; left out in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available: Option<i64>,
    /// Counts the changes.
    pub version: u64,
    /// When it was last changed.
    pub updated_at: String,
}

/// A variation, with the prices and the weight that it inherits from its product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VariationView {
    /// Its id.
    pub variation_id: VariationId,
    /// What makes it this variation.
    pub attributes: Vec<Attribute>,
    /// What one unit costs now.
    pub price: String,
    /// What it costs without an offer.
    pub list_price: String,
    /// Grams per unit.
    pub weight_grams: u32,
    /// Where its own picture is. The product's is not repeated here: a page of the catalogue would grow beyond what an
    /// answer can carry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// Units that can be ordered now, in all warehouses; left out in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available: Option<i64>,
}

impl ProductView {
    /// A product in a list: without its stock, and in one language.
    pub fn row(product: &Product, language: Option<&Language>) -> Self {
        let (name, description) = product.texts(language);
        let price = product.offer_price.unwrap_or(product.price);
        Self {
            product_id: product.id.clone(),
            name: name.to_owned(),
            description: description.map(str::to_owned),
            translations: BTreeMap::new(),
            price: price.amount().to_string(),
            list_price: product.price.amount().to_string(),
            offer_price: product.offer_price.map(|offer| offer.amount().to_string()),
            currency: product.price.currency(),
            tax_class: product.tax_class.clone(),
            weight_grams: product.weight_grams,
            volume_cm3: product.volume_cm3,
            size_mm: product.size_mm,
            image_url: product.image_url.clone(),
            country_of_origin: product.country_of_origin,
            production_carbon_grams: product.production_carbon_grams,
            variations: product
                .variations
                .iter()
                .filter_map(|variation| VariationView::of(product, variation))
                .collect(),
            state: product.state,
            available: None,
            version: product.version,
            updated_at: product.updated_at.rfc3339(),
        }
    }

    /// A product without its stock.
    pub fn of(product: &Product, language: Option<&Language>) -> Self {
        Self { translations: product.translations.clone(), ..Self::row(product, language) }
    }

    /// A product and how much there is of it.
    pub fn with_stock(offer: &Offer, language: Option<&Language>) -> Self {
        let mut view = Self::of(&offer.product, language);
        for variation in &mut view.variations {
            variation.available = Some(available(offer, Some(&variation.variation_id)));
        }
        // What is left of variations that are gone cannot be bought.
        view.available = Some(match view.variations.as_slice() {
            [] => available(offer, None),
            variations => variations.iter().filter_map(|variation| variation.available).sum(),
        });
        view
    }
}

impl VariationView {
    /// None if the product has no such variation.
    fn of(product: &Product, variation: &Variation) -> Option<Self> {
        let item = product.item(&Sku::new(product.id.clone(), Some(variation.id.clone()))).ok()?;
        Some(Self {
            variation_id: variation.id.clone(),
            attributes: variation.attributes.clone(),
            price: item.unit_price.amount().to_string(),
            list_price: item.list_price.amount().to_string(),
            weight_grams: item.weight_grams,
            image_url: variation.image_url.clone(),
            available: None,
        })
    }
}

fn available(offer: &Offer, variation: Option<&VariationId>) -> i64 {
    let sku = Sku::new(offer.product.id.clone(), variation.cloned());
    offer.stock.get(&sku).into_iter().flatten().map(|bucket| bucket.on_hand.max(0)).sum()
}
