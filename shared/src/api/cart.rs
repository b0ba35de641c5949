//! The cart on the wire (A2): its lines at today's prices, and what they would cost as an order.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::FieldError;
use super::quote::{QuoteView, shown};
use crate::address::Destination;
use crate::cart::Cart;
use crate::catalog::{Attribute, Offer};
use crate::ids::{CartId, Language, ProductId, ShippingMethodId, VariationId};
use crate::limits;
use crate::money::Currency;
use crate::placement::{KnownCoupon, Wanted, lines_of, priced};
use crate::pricing::{Basket, Discount, Quote};
use crate::sku::Sku;
use crate::store::Store;
use crate::time::{Timestamp, iso_date};

/// `PUT /cart/lines/{product_id}`: the request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PutCartLine {
    /// Units; replaces what was there.
    pub quantity: u64,
}

impl PutCartLine {
    /// The units, if they are in range.
    pub fn units(&self) -> Result<u32, Vec<FieldError>> {
        let units = u32::try_from(self.quantity).ok().filter(|units| (1..=limits::QUANTITY).contains(units));
        let detail = "a whole number from 1 to 10000";
        units.ok_or_else(|| vec![FieldError::new("/quantity", "out_of_range", detail)])
    }
}

/// What the cart is looked at for.
#[derive(Debug, Clone)]
pub struct CartQuestion {
    /// Where it would go; the store's own country unless asked.
    pub destination: Destination,
    /// How it would be delivered; the cheapest way unless asked.
    pub shipping_method: Option<ShippingMethodId>,
    /// Whether a coupon was named.
    pub coupon_asked: bool,
    /// The coupon that was named, if there is one.
    pub coupon: Option<KnownCoupon>,
    /// In which language names are shown.
    pub language: Option<Language>,
}

/// A cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CartView {
    /// Its id; none while nothing was ever put into it.
    pub cart_id: Option<CartId>,
    /// What is in it.
    pub lines: Vec<CartLineView>,
    /// Units in it.
    pub item_count: u32,
    /// What it would cost as an order; none while it could not be one.
    pub quote: Option<CartQuote>,
    /// Why it could not be an order as it is.
    pub problems: Vec<FieldError>,
    /// When it is gone unless it changes.
    pub expires_at: Option<String>,
    /// Counts the changes.
    pub version: u64,
}

/// What a cart would cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CartQuote {
    /// What the customer would pay, in major units.
    pub total_amount: String,
    /// Of all amounts.
    pub currency: Currency,
    /// When it would arrive if it were ordered now.
    pub estimated_delivery: String,
    /// In parts.
    #[serde(flatten)]
    pub quote: QuoteView,
    /// Every way to deliver it, cheapest first.
    pub shipping_methods: Vec<ShippingChoice>,
}

/// A way to deliver a cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShippingChoice {
    /// Its id.
    pub shipping_method: ShippingMethodId,
    /// Its name.
    pub name: String,
    /// For delivery; with or without tax as prices are.
    pub delivery_charge: String,
    /// What everything would cost with it.
    pub total_amount: String,
    /// When it would arrive.
    pub estimated_delivery: String,
}

/// A line of a cart, as the catalogue has it now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CartLineView {
    /// What.
    pub product_id: ProductId,
    /// Which variation of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variation_id: Option<VariationId>,
    /// Units.
    pub quantity: u32,
    /// Its name; none if the product is not there any more.
    pub name: Option<String>,
    /// What makes it this variation.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub variations: Vec<Attribute>,
    /// Where its picture is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// Price of one unit without an offer.
    pub list_price: Option<String>,
    /// Price of one unit.
    pub unit_price: Option<String>,
    /// Of the prices.
    pub currency: Option<Currency>,
    /// Units that can be delivered to the destination now.
    pub available: i64,
    /// Why it cannot be ordered as it is: `unknown_product`, `product_archived`, `variation_required`,
    /// `unknown_variation`, `out_of_stock`.
    pub problem: Option<&'static str>,
}

impl CartView {
    /// A cart as it is at `now`; none stands for an empty one.
    pub fn of(
        cart: Option<&Cart>,
        offers: &BTreeMap<ProductId, Offer>,
        store: &Store,
        question: &CartQuestion,
        now: Timestamp,
    ) -> Self {
        let open = cart.filter(|cart| cart.is_open(now));
        let contents = open.map(|cart| cart.lines.clone()).unwrap_or_default();
        let lines: Vec<CartLineView> = contents
            .iter()
            .map(|(sku, quantity)| CartLineView::of(sku, *quantity, offers, store, question))
            .collect();
        let (quote, mut problems) = match open {
            Some(cart) if !cart.lines.is_empty() => {
                let mut known = question.clone();
                match cart_quote(cart, offers, store, &mut known, now) {
                    Ok((quote, problems)) => (Some(quote), problems),
                    Err(problems) => (None, problems),
                }
            }
            _ => (None, vec![]),
        };
        problems.extend(lines.iter().filter(|line| line.problem == Some("out_of_stock")).map(|line| {
            let detail = format!("{} of {} can be delivered", line.available, line.product_id);
            FieldError::new(format!("/cart/lines/{}", line.sku()), "out_of_stock", &detail)
        }));
        Self {
            cart_id: open.map(Cart::id),
            item_count: contents.values().copied().fold(0, u32::saturating_add),
            lines,
            quote,
            problems,
            expires_at: open.map(|cart| cart.until.rfc3339()),
            version: cart.map_or(0, |cart| cart.version),
        }
    }
}

impl CartLineView {
    fn of(
        sku: &Sku,
        quantity: u32,
        offers: &BTreeMap<ProductId, Offer>,
        store: &Store,
        question: &CartQuestion,
    ) -> Self {
        let offer = offers.get(&sku.product);
        let item = offer.map(|offer| (offer, offer.product.item(sku), offer.product.for_sale(sku)));
        let available = offer.map_or(0, |offer| available(offer, sku, store, &question.destination));
        let problem = match &item {
            None => Some("unknown_product"),
            Some((_, _, Err(reason))) => Some(reason.code()),
            Some(_) if available < i64::from(quantity) => Some("out_of_stock"),
            Some(_) => None,
        };
        let known = item.as_ref().and_then(|(_, item, _)| item.as_ref().ok());
        Self {
            product_id: sku.product.clone(),
            variation_id: sku.variation.clone(),
            quantity,
            name: offer.map(|offer| offer.product.texts(question.language.as_ref()).0.to_owned()),
            variations: known
                .and_then(|item| item.variation)
                .map(|variation| variation.attributes.clone())
                .unwrap_or_default(),
            image_url: known.and_then(|item| item.image_url).map(str::to_owned),
            list_price: known.map(|item| shown(item.list_price)),
            unit_price: known.map(|item| shown(item.unit_price)),
            currency: known.map(|item| item.unit_price.currency()),
            available,
            problem,
        }
    }

    fn sku(&self) -> Sku {
        Sku::new(self.product_id.clone(), self.variation_id.clone())
    }
}

/// Units that the warehouses which serve a destination have.
pub(super) fn available(offer: &Offer, sku: &Sku, store: &Store, to: &Destination) -> i64 {
    let serves = |id| store.warehouses.get(id).is_some_and(|warehouse| warehouse.area(to).is_some());
    let buckets = offer.stock.get(sku).into_iter().flatten();
    buckets
        .filter(|bucket| serves(&bucket.warehouse))
        .map(|bucket| bucket.on_hand.max(0))
        .fold(0, i64::saturating_add)
}

/// What a cart would cost, with what is wrong with its coupon, which does not stand in the way of a price.
fn cart_quote(
    cart: &Cart,
    offers: &BTreeMap<ProductId, Offer>,
    store: &Store,
    question: &mut CartQuestion,
    now: Timestamp,
) -> Result<(CartQuote, Vec<FieldError>), Vec<FieldError>> {
    let settings = &store.settings;
    let drafts = lines_of(&Wanted::of_cart(cart), offers, settings.currency)?;
    let Some(currency) = drafts.first().map(|draft| draft.line.unit_price.currency()) else {
        return Err(vec![]);
    };
    let mut problems = vec![];
    let coupon = question.coupon.as_ref().map(|coupon| coupon.terms(currency, now));
    let coupon = match coupon {
        None if question.coupon_asked => Err(crate::coupon::CouponRefusal::Unknown),
        None => Ok(None),
        Some(terms) => terms.map(Some),
    };
    let coupon = coupon.unwrap_or_else(|refusal| {
        problems.push(FieldError::new("?coupon_code", refusal.code(), &refusal.to_string()));
        None
    });
    let mut basket = Basket {
        currency,
        lines: vec![],
        coupon,
        discount: Discount::None,
        destination: question.destination.clone(),
        shipping_method: question.shipping_method.clone(),
    };
    let quote = match priced(&drafts, basket.clone(), settings) {
        // A coupon whose minimum is not reached is told, and the price is shown without it.
        Err(errors)
            if basket.coupon.is_some() && errors.iter().all(|error| error.code == "coupon_minimum") =>
        {
            problems.extend(
                errors.into_iter().map(|error| FieldError { pointer: "?coupon_code".into(), ..error }),
            );
            basket.coupon = None;
            priced(&drafts, basket.clone(), settings)?
        }
        other => other?,
    };
    let mut choices: Vec<(crate::money::Money, u32, ShippingChoice)> = settings
        .shipping_methods
        .iter()
        .filter_map(|method| {
            let with = Basket { shipping_method: Some(method.id.clone()), ..basket.clone() };
            let quote = priced(&drafts, with, settings).ok()?;
            let name = question
                .language
                .as_ref()
                .and_then(|language| crate::catalog::localised(&method.names, language));
            let choice = ShippingChoice {
                shipping_method: method.id.clone(),
                name: name.unwrap_or(&method.name).clone(),
                delivery_charge: shown(quote.delivery.charge),
                total_amount: shown(quote.total),
                estimated_delivery: arrives(&quote, now),
            };
            Some((quote.delivery.charge, quote.delivery.transit_days, choice))
        })
        .collect();
    choices.sort_by_key(|(charge, days, _)| (charge.minor(), *days));
    let view = CartQuote {
        total_amount: shown(quote.total),
        currency,
        estimated_delivery: arrives(&quote, now),
        quote: QuoteView::of(&quote),
        shipping_methods: choices.into_iter().map(|(_, _, choice)| choice).collect(),
    };
    Ok((view, problems))
}

fn arrives(quote: &Quote, now: Timestamp) -> String {
    iso_date(now.plus_seconds(i64::from(quote.delivery.transit_days) * 86_400).date())
}
