//! `PUT /admin/products/{id}`: the request, and a line of an import.

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer};
use std::collections::{BTreeMap, BTreeSet};

use crate::address::Country;
use crate::api::FieldError;
use crate::api::wire::{self, Amount, Object};
use crate::catalog::{Attribute, Product, ProductState, Size, Texts, Variation};
use crate::ids::{Language, ProductId, TaxClass, VariationId};
use crate::limits;
use crate::money::{Currency, Money};
use crate::time::Timestamp;

/// Grams of one unit.
const WEIGHTS: std::ops::RangeInclusive<u32> = 1..=1_000_000;
/// Cubic centimetres of one unit.
const VOLUMES: std::ops::RangeInclusive<u64> = 1..=10_000_000;
/// Millimetres of one side of one unit.
const SIDES: std::ops::RangeInclusive<u32> = 1..=100_000;
/// Most grams CO2e that making one unit may be declared to emit: a thousand tonnes.
const CARBON: u64 = 1_000_000_000;
/// Bytes of a URL.
const URL: usize = 1_000;

/// The whole product; what is left out is empty afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PutProduct {
    /// What customers read.
    pub name: String,
    /// A longer text.
    #[serde(default)]
    pub description: Option<String>,
    /// The same in other languages.
    #[serde(default, deserialize_with = "translations")]
    pub translations: BTreeMap<Language, Texts>,
    /// Price of one unit without an offer.
    pub price: Amount,
    /// Price of one unit while it is on offer; at most the price.
    #[serde(default)]
    pub offer_price: Option<Amount>,
    /// Of all prices.
    pub currency: Currency,
    /// Its tax class; `standard` unless said otherwise.
    #[serde(default = "standard")]
    pub tax_class: TaxClass,
    /// Grams per unit.
    pub weight_grams: u32,
    /// Cubic centimetres per unit; without it what the size comes to, rounded up; without that a litre per kilogram (the
    /// density of water).
    #[serde(default)]
    pub volume_cm3: Option<u32>,
    /// Length, width and height per unit.
    #[serde(default, deserialize_with = "wire::optional")]
    pub size_mm: Option<Size>,
    /// Where its picture is.
    #[serde(default)]
    pub image_url: Option<String>,
    /// Where it was made.
    #[serde(default)]
    pub country_of_origin: Option<Country>,
    /// Grams CO2e of making one unit, as its maker declares them.
    #[serde(default)]
    pub production_carbon_grams: Option<u64>,
    /// Its variations.
    #[serde(default, deserialize_with = "wire::list")]
    pub variations: Vec<PutVariation>,
    /// Whether it can be ordered; it can, unless said otherwise.
    #[serde(default = "active")]
    pub state: ProductState,
}

/// One variation; what is left out is as with the product.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PutVariation {
    /// The shop's own name for it.
    pub variation_id: VariationId,
    /// What makes it this variation.
    #[serde(deserialize_with = "wire::list")]
    pub attributes: Vec<Attribute>,
    /// Its own price.
    #[serde(default)]
    pub price: Option<Amount>,
    /// Its own offer price; at most its price.
    #[serde(default)]
    pub offer_price: Option<Amount>,
    /// Its own weight.
    #[serde(default)]
    pub weight_grams: Option<u32>,
    /// Its own volume.
    #[serde(default)]
    pub volume_cm3: Option<u32>,
    /// Its own picture.
    #[serde(default)]
    pub image_url: Option<String>,
}

fn active() -> ProductState {
    ProductState::Active
}

fn standard() -> TaxClass {
    TaxClass::parse("standard").unwrap_or_else(|_| unreachable!("letters are valid"))
}

fn translations<'de, D: Deserializer<'de>>(reader: D) -> Result<BTreeMap<Language, Texts>, D::Error> {
    let texts = BTreeMap::<Language, Object<Texts>>::deserialize(reader)?;
    Ok(texts.into_iter().map(|(language, texts)| (language, texts.0)).collect())
}

impl PutProduct {
    /// The product that the request describes.
    ///
    /// # Errors
    /// Every rule that it breaks.
    pub fn parse(&self, id: ProductId, version: u64, now: Timestamp) -> Result<Product, Vec<FieldError>> {
        let mut checks = Checks::default();
        checks.name("/name", &self.name);
        checks.description("/description", self.description.as_deref());
        self.check_translations(&mut checks);
        checks.weight("/weight_grams", self.weight_grams);
        let volume_cm3 = self.volume(&mut checks);
        checks.url("/image_url", self.image_url.as_deref());
        let carbon = self.production_carbon_grams.is_none_or(|grams| grams <= CARBON);
        checks.that(carbon, "/production_carbon_grams", "at most 1000000000 grams");
        let price = checks.money("/price", &self.price, self.currency);
        let offer_price = self
            .offer_price
            .as_ref()
            .and_then(|offer| checks.offer("/offer_price", offer, self.currency, price));
        let variations = self.check_variations(&mut checks, price);
        let (Some(price), []) = (price, checks.0.as_slice()) else {
            return Err(checks.0);
        };
        let product = Product {
            id,
            name: self.name.clone(),
            description: self.description.clone(),
            translations: self.translations.clone(),
            price,
            offer_price,
            tax_class: self.tax_class.clone(),
            weight_grams: self.weight_grams,
            volume_cm3,
            size_mm: self.size_mm,
            image_url: self.image_url.clone(),
            country_of_origin: self.country_of_origin,
            production_carbon_grams: self.production_carbon_grams,
            variations,
            state: self.state,
            version,
            updated_at: now,
        };
        if serde_json::to_vec(&product).is_ok_and(|json| json.len() <= limits::PRODUCT_BYTES) {
            Ok(product)
        } else {
            Err(vec![FieldError::new("", "too_large", "a product has at most 102400 bytes as JSON")])
        }
    }

    /// What the request says about the volume, or what follows from size or weight.
    fn volume(&self, checks: &mut Checks) -> u32 {
        let (pointer, volume) = match (self.volume_cm3, self.size_mm) {
            (Some(volume), _) => ("/volume_cm3", u64::from(volume)),
            (None, Some(size)) => ("/size_mm", size_volume(size)),
            // The weight has a bound of its own, and is what is wrong if this one is broken.
            (None, None) => return self.weight_grams,
        };
        checks.volume(pointer, volume);
        for (side, length) in self.size_mm.iter().flat_map(sides) {
            checks.that(SIDES.contains(&length), format!("/size_mm/{side}"), "1 to 100000 millimetres");
        }
        u32::try_from(volume).unwrap_or(u32::MAX)
    }

    fn check_translations(&self, checks: &mut Checks) {
        checks.that(self.translations.len() <= limits::TRANSLATIONS, "/translations", "at most 20 languages");
        let mut known = BTreeSet::new();
        for (language, texts) in &self.translations {
            let pointer = format!("/translations/{language}");
            checks.name(&format!("{pointer}/name"), &texts.name);
            checks.description(&format!("{pointer}/description"), texts.description.as_deref());
            // Tags differ in more than case (RFC 5646, 2.1.1).
            checks.unique(
                known.insert(language.as_str().to_ascii_lowercase()),
                pointer,
                "each language once",
            );
        }
    }

    fn check_variations(&self, checks: &mut Checks, price: Option<Money>) -> Vec<Variation> {
        checks.that(self.variations.len() <= limits::VARIATIONS, "/variations", "at most 100 variations");
        let mut known = BTreeSet::new();
        let mut variations = Vec::new();
        for (at, asked) in self.variations.iter().enumerate().take(limits::VARIATIONS) {
            let pointer = format!("/variations/{at}");
            let unique = known.insert(&asked.variation_id);
            checks.unique(unique, format!("{pointer}/variation_id"), "each variation once");
            variations.push(asked.parse(checks, &pointer, self.currency, price));
        }
        variations
    }
}

impl PutVariation {
    fn parse(
        &self,
        checks: &mut Checks,
        pointer: &str,
        currency: Currency,
        inherited: Option<Money>,
    ) -> Variation {
        let field = |name: &str| format!("{pointer}/{name}");
        let few = (1..=limits::ATTRIBUTES).contains(&self.attributes.len());
        checks.that(few, field("attributes"), "1 to 10 attributes");
        for (at, attribute) in self.attributes.iter().enumerate().take(limits::ATTRIBUTES) {
            let field = |name: &str| format!("{pointer}/attributes/{at}/{name}");
            checks.name(&field("attribute"), &attribute.attribute);
            checks.name(&field("value"), &attribute.value);
            if let Some(code) = &attribute.code {
                checks.name(&field("code"), code);
            }
        }
        if let Some(grams) = self.weight_grams {
            checks.weight(&field("weight_grams"), grams);
        }
        if let Some(volume) = self.volume_cm3 {
            checks.volume(&field("volume_cm3"), u64::from(volume));
        }
        checks.url(&field("image_url"), self.image_url.as_deref());
        let price = self.price.as_ref().and_then(|price| checks.money(&field("price"), price, currency));
        let list_price = if self.price.is_some() { price } else { inherited };
        let offer = self.offer_price.as_ref();
        Variation {
            id: self.variation_id.clone(),
            attributes: self.attributes.clone(),
            price,
            offer_price: offer
                .and_then(|offer| checks.offer(&field("offer_price"), offer, currency, list_price)),
            weight_grams: self.weight_grams,
            volume_cm3: self.volume_cm3,
            image_url: self.image_url.clone(),
        }
    }
}

fn sides(size: &Size) -> [(&'static str, u32); 3] {
    [("length", size.length), ("width", size.width), ("height", size.height)]
}

/// Cubic centimetres, rounded up.
fn size_volume(size: Size) -> u64 {
    let cubic_millimetres =
        sides(&size).iter().fold(1u64, |volume, (_, side)| volume.saturating_mul(u64::from(*side)));
    cubic_millimetres.div_ceil(1_000)
}

/// Every rule that is broken.
#[derive(Default)]
struct Checks(Vec<FieldError>);

impl Checks {
    fn that(&mut self, holds: bool, pointer: impl Into<String>, detail: &str) {
        if !holds {
            self.0.push(FieldError::new(pointer, "out_of_range", detail));
        }
    }

    fn unique(&mut self, holds: bool, pointer: String, detail: &str) {
        if !holds {
            self.0.push(FieldError::new(pointer, "duplicate", detail));
        }
    }

    fn name(&mut self, pointer: &str, text: &str) {
        let bounded = (1..=limits::NAME).contains(&text.trim().chars().count());
        self.that(
            bounded && !text.chars().any(char::is_control),
            pointer,
            "1 to 200 characters, no control characters",
        );
    }

    fn description(&mut self, pointer: &str, text: Option<&str>) {
        let holds = text.is_none_or(|text| text.chars().count() <= limits::NOTES);
        self.that(holds, pointer, "at most 2000 characters");
    }

    fn weight(&mut self, pointer: &str, grams: u32) {
        self.that(WEIGHTS.contains(&grams), pointer, "1 to 1000000 grams");
    }

    fn volume(&mut self, pointer: &str, volume: u64) {
        self.that(VOLUMES.contains(&volume), pointer, "1 to 10000000 cubic centimetres");
    }

    fn url(&mut self, pointer: &str, url: Option<&str>) {
        let holds = url.is_none_or(|url| url.len() <= URL && url.starts_with("https://"));
        self.that(holds, pointer, "https:// and at most 1000 characters");
    }

    fn money(&mut self, pointer: &str, amount: &Amount, currency: Currency) -> Option<Money> {
        self.that(amount.0 > Decimal::ZERO, pointer, "more than nothing");
        match Money::new(amount.0, currency) {
            Ok(money) => Some(money),
            Err(error) => {
                self.that(false, pointer, &error.to_string());
                None
            }
        }
    }

    /// An offer's price, held against the price without it.
    fn offer(
        &mut self,
        pointer: &str,
        amount: &Amount,
        currency: Currency,
        list: Option<Money>,
    ) -> Option<Money> {
        let offer = self.money(pointer, amount, currency)?;
        let holds = list.is_none_or(|list| offer.amount() <= list.amount());
        self.that(holds, pointer, "at most the price without the offer");
        Some(offer)
    }
}
