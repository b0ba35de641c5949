//! The lines of an order or a cart: what is wanted, as the catalogue has it today, and what it costs.

use std::collections::BTreeMap;

use super::Line;
use crate::api::FieldError;
use crate::api::place::{PlaceLine, PlaceOrder};
use crate::api::wire::Amount;
use crate::cart::Cart;
use crate::catalog::Offer;
use crate::ids::ProductId;
use crate::limits;
use crate::money::{Currency, Money};
use crate::percent::Percent;
use crate::pricing::{Basket, BasketLine, Discount, PriceError, Quote, price};
use crate::sku::Sku;
use crate::store::Settings;

/// A line that is wanted, wherever that is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Where errors about it point.
    pub pointer: String,
    /// What.
    pub sku: Sku,
    /// How many units.
    pub quantity: u64,
    /// A price other than the catalogue's.
    pub unit_price: Option<Amount>,
    /// Off the whole line.
    pub discount_amount: Option<Amount>,
    /// Off the whole line, in percent.
    pub discount_percentage: Option<Percent>,
}

impl Wanted {
    /// What a request wants.
    pub fn of_lines(lines: &[PlaceLine]) -> Vec<Self> {
        let wanted = |(at, line): (usize, &PlaceLine)| Self {
            pointer: format!("/lines/{at}"),
            sku: line.sku(),
            quantity: line.quantity,
            unit_price: line.unit_price,
            discount_amount: line.discount_amount,
            discount_percentage: line.discount_percentage,
        };
        lines.iter().enumerate().map(wanted).collect()
    }

    /// What is in a cart.
    pub fn of_cart(cart: &Cart) -> Vec<Self> {
        let wanted = |(sku, quantity): (&Sku, &u32)| Self {
            pointer: format!("/cart/lines/{sku}"),
            sku: sku.clone(),
            quantity: u64::from(*quantity),
            unit_price: None,
            discount_amount: None,
            discount_percentage: None,
        };
        cart.lines.iter().map(wanted).collect()
    }
}

/// A line as the catalogue has it today, with what is taken off it and where errors about it point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The line.
    pub line: Line,
    /// What is taken off it.
    pub discount: Discount,
    /// Where errors about it point.
    pub pointer: String,
}

/// The lines that are wanted with today's names and prices; equal things at equal prices are summed into one line.
///
/// # Errors
/// What is unknown, not for sale, or in another currency.
pub fn lines_of(
    wanted: &[Wanted],
    offers: &BTreeMap<ProductId, Offer>,
    currency: Option<Currency>,
) -> Result<Vec<Draft>, Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut drafts: Vec<Draft> = Vec::new();
    for asked in wanted {
        match draft(asked, offers, currency) {
            Ok(draft) => {
                let same = drafts.iter_mut().find(|known| {
                    known.line.sku == draft.line.sku
                        && known.line.unit_price == draft.line.unit_price
                        && known.discount == Discount::None
                        && draft.discount == Discount::None
                });
                match same {
                    Some(known) => {
                        known.line.quantity = known.line.quantity.saturating_add(draft.line.quantity);
                    }
                    None => drafts.push(draft),
                }
            }
            Err((field, code, detail)) => {
                errors.push(FieldError::new(format!("{}{field}", asked.pointer), code, &detail))
            }
        }
    }
    for draft in drafts.iter().filter(|draft| draft.line.quantity > limits::QUANTITY) {
        let detail = format!("at most 10000 units of {}", draft.line.sku);
        errors.push(FieldError::new("/lines", "out_of_range", &detail));
    }
    if let Some(first) = drafts.first()
        && let Some(other) =
            drafts.iter().find(|draft| draft.line.unit_price.currency() != first.line.unit_price.currency())
    {
        let named = |draft: &Draft| (draft.line.sku.to_string(), draft.line.unit_price.currency());
        let ((one, its), (two, theirs)) = (named(first), named(other));
        let detail = format!("{one} is priced in {its}, {two} in {theirs}");
        errors.push(FieldError::new("/lines", "currency_mismatch", &detail));
    }
    if errors.is_empty() { Ok(drafts) } else { Err(errors) }
}

type LineError = (&'static str, &'static str, String);

fn draft(
    asked: &Wanted,
    offers: &BTreeMap<ProductId, Offer>,
    wanted: Option<Currency>,
) -> Result<Draft, LineError> {
    let sku = &asked.sku;
    let unknown = || ("/product_id", "unknown_product", format!("there is no product {}", sku.product));
    let product = &offers.get(&sku.product).ok_or_else(unknown)?.product;
    let item = product.for_sale(sku).map_err(|reason| {
        let field = match reason {
            crate::catalog::NotForSale::Archived => "/product_id",
            _ => "/variation_id",
        };
        (field, reason.code(), format!("{sku}: {reason}"))
    })?;
    let currency = item.unit_price.currency();
    if wanted.is_some_and(|wanted| wanted != currency) {
        return Err(("/product_id", "currency_mismatch", format!("{sku} is priced in {currency}")));
    }
    let unit_price = match asked.unit_price {
        Some(amount) => {
            Money::new(amount.0, currency).map_err(|error| ("/unit_price", "invalid", error.to_string()))?
        }
        None => item.unit_price,
    };
    let discount = discount(asked.discount_amount, asked.discount_percentage, currency)
        .map_err(|error| ("/discount_amount", "invalid", error))?;
    let names = product.translations.iter();
    Ok(Draft {
        line: Line {
            sku: sku.clone(),
            name: product.name.clone(),
            names: names.map(|(language, texts)| (language.clone(), texts.name.clone())).collect(),
            attributes: item.variation.map(|variation| variation.attributes.clone()).unwrap_or_default(),
            image_url: item.image_url.map(str::to_owned),
            quantity: u32::try_from(asked.quantity).unwrap_or(u32::MAX),
            list_price: item.list_price,
            unit_price,
            tax_class: product.tax_class.clone(),
            weight_grams: item.weight_grams,
            volume_cm3: item.volume_cm3,
        },
        discount,
        pointer: asked.pointer.clone(),
    })
}

/// What staff takes off, from the two ways to write it.
pub fn discount(
    amount: Option<Amount>,
    percentage: Option<Percent>,
    currency: Currency,
) -> Result<Discount, String> {
    match (amount, percentage) {
        (Some(amount), _) if !amount.0.is_zero() => {
            Money::new(amount.0, currency).map(Discount::Amount).map_err(|error| error.to_string())
        }
        (_, Some(percent)) if !percent.is_zero() => Ok(Discount::Percent(percent)),
        _ => Ok(Discount::None),
    }
}

/// What the lines of `basket` cost: those of `drafts`, which take its lines' place.
pub fn priced(drafts: &[Draft], mut basket: Basket, settings: &Settings) -> Result<Quote, Vec<FieldError>> {
    basket.lines = drafts
        .iter()
        .map(|draft| BasketLine {
            sku: draft.line.sku.clone(),
            quantity: draft.line.quantity,
            unit_price: draft.line.unit_price,
            discount: draft.discount,
            tax_class: draft.line.tax_class.clone(),
            weight_grams: draft.line.weight_grams,
        })
        .collect();
    price(&basket, settings).map_err(|errors| {
        errors
            .into_iter()
            .map(|error| {
                let (pointer, code) = place_of(&error, drafts, &basket);
                FieldError::new(pointer, code, &error.to_string())
            })
            .collect()
    })
}

fn place_of(error: &PriceError, drafts: &[Draft], basket: &Basket) -> (String, &'static str) {
    let line = |at: usize, field: &str| {
        format!("{}{field}", drafts.get(at).map_or("/lines", |draft| draft.pointer.as_str()))
    };
    match error {
        PriceError::LineTooLarge { line: at } => (line(*at, ""), "out_of_range"),
        PriceError::LineDiscountTooLarge { line: at } => (line(*at, "/discount_amount"), "out_of_range"),
        PriceError::TotalTooLarge => ("/lines".into(), "out_of_range"),
        PriceError::DiscountTooLarge => ("/discount_amount".into(), "out_of_range"),
        PriceError::CouponMinimum { .. } => ("/coupon_code".into(), "coupon_minimum"),
        PriceError::CurrencyMismatch { .. } => ("/lines".into(), "currency_mismatch"),
        PriceError::NoTaxRate { .. } => ("/shipping_address".into(), "no_tax_rate"),
        PriceError::UnknownShippingMethod => ("/shipping_method".into(), "unknown_shipping_method"),
        PriceError::NotDeliverable if basket.shipping_method.is_some() => {
            ("/shipping_method".into(), "not_deliverable")
        }
        PriceError::NotDeliverable => ("/shipping_address".into(), "not_deliverable"),
    }
}

/// What a request or the cart wants.
pub(super) fn wanted(request: &PlaceOrder, cart: Option<&Cart>) -> Vec<Wanted> {
    match (&request.lines, cart) {
        (Some(lines), _) => Wanted::of_lines(lines),
        (None, Some(cart)) => Wanted::of_cart(cart),
        (None, None) => vec![],
    }
}
