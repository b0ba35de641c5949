//! Products as the shop sells them (A1).

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::address::Country;
use crate::ids::{Language, ProductId, TaxClass, VariationId};
use crate::money::Money;
use crate::sku::Sku;
use crate::stock::StockBucket;
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
    /// The same in other languages.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub translations: BTreeMap<Language, Texts>,
    /// What one unit costs without an offer.
    pub price: Money,
    /// What it costs while it is on offer; at most the price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer_price: Option<Money>,
    /// Its tax class.
    pub tax_class: TaxClass,
    /// Grams per unit, packed for the shelf.
    pub weight_grams: u32,
    /// Cubic centimetres per unit.
    pub volume_cm3: u32,
    /// Length, width and height per unit, in millimetres, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_mm: Option<Size>,
    /// Where its picture is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// Where it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country_of_origin: Option<Country>,
    /// Grams CO2e of making one unit, as its maker declares them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub production_carbon_grams: Option<u64>,
    /// Its variations; if there are any, one of them is bought and never the product as such.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variations: Vec<Variation>,
    /// Whether it can be ordered. Products are archived, never deleted: old orders name them.
    pub state: ProductState,
    /// Counts the changes; the condition of the next one.
    pub version: u64,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What customers read, in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    /// The name.
    pub name: String,
    /// A longer text, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// Length, width and height in millimetres.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Size {
    /// Millimetres.
    pub length: u32,
    /// Millimetres.
    pub width: u32,
    /// Millimetres.
    pub height: u32,
}

/// A variation of a product: what differs from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variation {
    /// The shop's own name for it.
    pub id: VariationId,
    /// What makes it this variation, e.g. size and colour.
    pub attributes: Vec<Attribute>,
    /// Its own price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    /// Its own offer price. A variation with a price of its own does not inherit the product's offer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer_price: Option<Money>,
    /// Its own weight, in grams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_grams: Option<u32>,
    /// Its own volume, in cubic centimetres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume_cm3: Option<u32>,
    /// Its own picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
}

/// One thing that makes a variation, e.g. `Colour`, `BLACK`, `#000000`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attribute {
    /// What differs.
    pub attribute: String,
    /// How.
    pub value: String,
    /// The same for programs, e.g. a colour's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
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

/// What is bought: a product without variations, or one variation, with everything that it inherits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleItem<'a> {
    /// The product that it is, or belongs to.
    pub product: &'a Product,
    /// Which variation.
    pub variation: Option<&'a Variation>,
    /// Price of one unit without an offer.
    pub list_price: Money,
    /// Price of one unit.
    pub unit_price: Money,
    /// Grams per unit.
    pub weight_grams: u32,
    /// Cubic centimetres per unit.
    pub volume_cm3: u32,
    /// Where its picture is.
    pub image_url: Option<&'a str>,
}

/// Why something of the catalogue cannot be bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotForSale {
    /// `product_archived`
    #[error("it is not sold any more")]
    Archived,
    /// `variation_required`
    #[error("it comes in variations; name one")]
    VariationRequired,
    /// `unknown_variation`
    #[error("there is no such variation")]
    UnknownVariation,
}

impl NotForSale {
    /// Stable, for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Archived => "product_archived",
            Self::VariationRequired => "variation_required",
            Self::UnknownVariation => "unknown_variation",
        }
    }
}

impl Product {
    /// What is bought under this SKU of the product, whether it is for sale or not any more.
    pub fn item(&self, sku: &Sku) -> Result<SaleItem<'_>, NotForSale> {
        let variation = match &sku.variation {
            None if self.variations.is_empty() => None,
            None => return Err(NotForSale::VariationRequired),
            Some(id) => {
                let known = self.variations.iter().find(|variation| &variation.id == id);
                Some(known.ok_or(NotForSale::UnknownVariation)?)
            }
        };
        let own_price = variation.and_then(|variation| variation.price);
        let list_price = own_price.unwrap_or(self.price);
        let inherited_offer = self.offer_price.filter(|_| own_price.is_none());
        let offer = variation.and_then(|variation| variation.offer_price).or(inherited_offer);
        let image = variation.and_then(|variation| variation.image_url.as_deref());
        Ok(SaleItem {
            product: self,
            variation,
            list_price,
            unit_price: offer.unwrap_or(list_price),
            weight_grams: variation.and_then(|variation| variation.weight_grams).unwrap_or(self.weight_grams),
            volume_cm3: variation.and_then(|variation| variation.volume_cm3).unwrap_or(self.volume_cm3),
            image_url: image.or(self.image_url.as_deref()),
        })
    }

    /// Like [`Product::item`], if it can be ordered now.
    pub fn for_sale(&self, sku: &Sku) -> Result<SaleItem<'_>, NotForSale> {
        match self.state {
            ProductState::Active => self.item(sku),
            ProductState::Archived => Err(NotForSale::Archived),
        }
    }

    /// Its texts in a language: an exact match, else the same language elsewhere (`pt` for `pt-BR`), else its own.
    pub fn texts(&self, language: Option<&Language>) -> (&str, Option<&str>) {
        let found = language.and_then(|language| localised(&self.translations, language));
        match found {
            Some(texts) => (&texts.name, texts.description.as_deref().or(self.description.as_deref())),
            None => (&self.name, self.description.as_deref()),
        }
    }
}

/// What a map has for a language: an exact match (case does not matter), else the same language elsewhere
/// (RFC 4647, 3.4, lookup).
pub fn localised<'a, T>(map: &'a BTreeMap<Language, T>, language: &Language) -> Option<&'a T> {
    found_for(map, language).map(|(_, it)| it)
}

/// Like [`localised`], with the language that was found.
pub fn found_for<'a, T>(
    map: &'a BTreeMap<Language, T>,
    language: &Language,
) -> Option<(&'a Language, &'a T)> {
    let find = |tag: &str| map.iter().find(|(known, _)| known.as_str().eq_ignore_ascii_case(tag));
    let mut tag = language.as_str();
    loop {
        if let Some(found) = find(tag) {
            return Some(found);
        }
        tag = tag.rsplit_once('-')?.0;
    }
}

/// A product and what there is of it, as one read of the table sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The product.
    pub product: Product,
    /// What the warehouses have of it, or of each variation of it.
    pub stock: BTreeMap<Sku, Vec<StockBucket>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(text: &str) -> Money {
        text.parse().expect("valid money")
    }

    fn sku(text: &str) -> Sku {
        Sku::parse(text).expect("valid")
    }

    fn variation(id: &str, price: Option<&str>, offer_price: Option<&str>) -> Variation {
        Variation {
            id: VariationId::parse(id).expect("valid"),
            attributes: vec![],
            price: price.map(money),
            offer_price: offer_price.map(money),
            weight_grams: None,
            volume_cm3: None,
            image_url: None,
        }
    }

    fn tee() -> Product {
        Product {
            id: ProductId::parse("tee").expect("valid"),
            name: "Tee".into(),
            description: None,
            translations: BTreeMap::new(),
            price: money("20 EUR"),
            offer_price: None,
            tax_class: TaxClass::parse("standard").expect("valid"),
            weight_grams: 150,
            volume_cm3: 700,
            size_mm: None,
            image_url: Some("https://shop.example/tee.png".into()),
            country_of_origin: None,
            production_carbon_grams: None,
            variations: vec![],
            state: ProductState::Active,
            version: 1,
            updated_at: Timestamp::from_seconds(0),
        }
    }

    #[test]
    fn a_price_of_its_own_leaves_the_products_offer_behind() {
        let prices = |product: &Product, text: &str| {
            let item = product.item(&sku(text)).expect("it is there");
            (item.list_price.to_string(), item.unit_price.to_string())
        };
        let is = |list: &str, unit: &str| (list.to_owned(), unit.to_owned());
        assert_eq!(prices(&tee(), "tee"), is("20.00 EUR", "20.00 EUR"));
        let offered = Product { offer_price: Some(money("15 EUR")), ..tee() };
        assert_eq!(prices(&offered, "tee"), is("20.00 EUR", "15.00 EUR"));
        let varied = Product {
            variations: vec![
                variation("plain", None, None),
                variation("dear", Some("22 EUR"), None),
                variation("both", Some("22 EUR"), Some("18 EUR")),
                variation("cheap", None, Some("12 EUR")),
            ],
            ..offered
        };
        assert_eq!(prices(&varied, "tee:plain"), is("20.00 EUR", "15.00 EUR"));
        assert_eq!(prices(&varied, "tee:dear"), is("22.00 EUR", "22.00 EUR"));
        assert_eq!(prices(&varied, "tee:both"), is("22.00 EUR", "18.00 EUR"));
        assert_eq!(prices(&varied, "tee:cheap"), is("20.00 EUR", "12.00 EUR"));
    }

    #[test]
    fn a_variation_has_what_it_does_not_say_from_its_product() {
        let own = Variation {
            weight_grams: Some(170),
            volume_cm3: Some(800),
            image_url: Some("https://shop.example/m.png".into()),
            ..variation("m", None, None)
        };
        let product = Product { variations: vec![variation("s", None, None), own], ..tee() };
        let shown = |text: &str| {
            let item = product.item(&sku(text)).expect("it is there");
            (item.weight_grams, item.volume_cm3, item.image_url.map(str::to_owned))
        };
        assert_eq!(shown("tee:s"), (150, 700, Some("https://shop.example/tee.png".into())));
        assert_eq!(shown("tee:m"), (170, 800, Some("https://shop.example/m.png".into())));
    }

    #[test]
    fn a_product_with_variations_is_bought_as_one_of_them_and_another_one_not_at_all() {
        let varied = Product { variations: vec![variation("s", None, None)], ..tee() };
        assert_eq!(varied.item(&sku("tee")).err(), Some(NotForSale::VariationRequired));
        assert_eq!(varied.item(&sku("tee:m")).err(), Some(NotForSale::UnknownVariation));
        assert_eq!(tee().item(&sku("tee:s")).err(), Some(NotForSale::UnknownVariation));
        assert!(varied.for_sale(&sku("tee:s")).is_ok());
        let archived = Product { state: ProductState::Archived, ..varied };
        assert_eq!(archived.for_sale(&sku("tee:s")).err(), Some(NotForSale::Archived));
        assert!(archived.item(&sku("tee:s")).is_ok(), "what is not sold any more can still be returned");
    }

    #[test]
    fn a_language_is_found_by_its_tag_then_by_ever_less_of_it() {
        let language = |tag: &str| Language::parse(tag).expect("valid");
        let texts = BTreeMap::from([(language("zh-Hant"), 1), (language("zh"), 2), (language("pt-br"), 3)]);
        for (asked, found) in [
            ("zh-Hant-TW", Some(1)),
            ("zh-hans", Some(2)),
            ("ZH", Some(2)),
            ("pt-BR", Some(3)),
            ("pt", None),
            ("en", None),
        ] {
            assert_eq!(localised(&texts, &language(asked)).copied(), found, "{asked}");
        }
    }

    #[test]
    fn a_stored_product_is_read_back_as_it_was() {
        let varied = Product {
            translations: BTreeMap::from([(
                Language::parse("de").expect("valid"),
                Texts { name: "Hemd".into(), description: None },
            )]),
            offer_price: Some(money("15 EUR")),
            size_mm: Some(Size { length: 300, width: 200, height: 20 }),
            country_of_origin: Country::parse("PT").ok(),
            production_carbon_grams: Some(2_100),
            variations: vec![variation("s", Some("21 EUR"), None)],
            ..tee()
        };
        for product in [tee(), varied] {
            let text = serde_json::to_string(&product).expect("JSON");
            assert_eq!(serde_json::from_str::<Product>(&text).expect("a product"), product);
        }
    }
}
