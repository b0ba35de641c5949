//! Looking at a cart: its lines at today's prices, and what they would cost as an order. And filling it with those of an earlier
//! order.

use shared::address::{Country, Destination};
use shared::api::FieldError;
use shared::api::cart::{CartQuestion, CartView};
use shared::api::reorder::{Reorder, ReorderView};
use shared::cart::Cart;
use shared::catalog::Offer;
use shared::ids::{CustomerId, Language, ProductId, ShippingMethodId};
use shared::limits;
use shared::placement::{Document, KnownCoupon, Line};
use shared::store::Store;
use shared::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::app::App;
use crate::edge::Request;
use crate::error::Error;
use crate::placing::coupon;
use crate::table::Replaced;

/// How often an order's goods are put into a cart anew because somebody else was faster.
const RACES: u32 = 20;

/// What a request wants to know of the cart: where it would go, how, with what coupon. Read before anything is written, so
/// that a request which is refused changes nothing.
#[derive(Debug)]
pub struct Asked {
    country: Option<Country>,
    region: Option<String>,
    postal_code: Option<String>,
    shipping_method: Option<ShippingMethodId>,
    coupon_code: Option<String>,
    language: Option<Language>,
}

impl Asked {
    /// Reads the query. 422 for what is not as it must be.
    pub fn of(request: &Request) -> Result<Self, Error> {
        Ok(Self {
            country: parsed(request, "country", Country::parse)?,
            region: parsed(request, "region", short)?,
            postal_code: parsed(request, "postal_code", short)?,
            shipping_method: parsed(request, "shipping_method", ShippingMethodId::parse)?,
            coupon_code: parsed(request, "coupon_code", short)?,
            language: request.language()?,
        })
    }

    /// Where it would go: as asked, in the `usual` country unless another one is named; all as usual if nothing is asked.
    fn destination(&self, usual: Destination) -> Destination {
        match (self.country, &self.region, &self.postal_code) {
            (None, None, None) => usual,
            (country, region, postal_code) => Destination {
                country: country.unwrap_or(usual.country),
                region: region.clone(),
                postal_code: postal_code.clone(),
            },
        }
    }
}

fn short(text: &str) -> Result<String, String> {
    let fits = text.chars().count() <= limits::NAME;
    if fits { Ok(text.to_owned()) } else { Err(format!("at most {} characters", limits::NAME)) }
}

/// Everything that a look at a cart depends on.
struct Known {
    cart: Option<Cart>,
    offers: BTreeMap<ProductId, Offer>,
    store: Arc<Store>,
    coupon: Option<KnownCoupon>,
}

impl Known {
    /// Reads the cart, its products and those of `more`, the store and the coupon.
    async fn read(
        app: &App,
        asked: &Asked,
        customer: &CustomerId,
        more: &[Line],
        fresh: bool,
    ) -> Result<Self, Error> {
        let cart = async {
            let cart = app.table.cart(customer, fresh).await?;
            let in_cart = cart.iter().flat_map(|cart| cart.lines.keys());
            let skus = in_cart.chain(more.iter().map(|line| &line.sku));
            let products: BTreeSet<_> = skus.map(|sku| sku.product.clone()).collect();
            let products: Vec<_> = products.into_iter().collect();
            Ok::<_, Error>((app.table.offers(&products, false).await?, cart))
        };
        let typed = asked.coupon_code.as_deref();
        let (cart, store, coupon) = tokio::join!(cart, app.store(false), coupon(app, typed, customer, false));
        let ((offers, cart), store) = (cart?, store?);
        Ok(Self { cart, offers, store, coupon: coupon? })
    }

    /// The cart, priced for what is asked.
    fn view(self, asked: &Asked, destination: Destination, now: Timestamp) -> CartView {
        let question = CartQuestion {
            destination,
            shipping_method: asked.shipping_method.clone(),
            coupon_asked: asked.coupon_code.is_some(),
            coupon: self.coupon,
            language: asked.language.clone(),
        };
        CartView::of(self.cart.as_ref(), &self.offers, &self.store, &question, now)
    }
}

/// The cart of a customer as it is now, priced for what is asked. A fresh read sees every answered write to the cart; prices
/// and stock may be a moment old, as on every page of a shop, and the order looks again.
pub async fn look(app: &App, asked: Asked, customer: &CustomerId, fresh: bool) -> Result<CartView, Error> {
    let known = Known::read(app, &asked, customer, &[], fresh).await?;
    let country = known.store.settings.country.unwrap_or(Country::UNKNOWN);
    let destination = asked.destination(Destination { country, region: None, postal_code: None });
    Ok(known.view(&asked, destination, app.now()))
}

/// Puts what was bought once into the customer's cart again, in one write over the very cart that was read, and looks at it. It
/// is priced for where that order went, unless something else is asked for.
pub async fn refill(
    app: &App,
    asked: &Asked,
    customer: &CustomerId,
    document: &Document,
) -> Result<ReorderView, Error> {
    let usual = document.shipping_address.destination();
    let usual = usual.ok_or_else(|| Error::broken("an order went nowhere", document.order.to_string()))?;
    let destination = asked.destination(usual);
    for _ in 0..RACES {
        // What it leaves as it is no write would notice, so the cart is read fresh.
        let mut known = Known::read(app, asked, customer, &document.lines, true).await?;
        let now = app.now();
        let open = known.cart.as_ref().filter(|cart| cart.is_open(now));
        let before = open.map(|cart| cart.lines.clone()).unwrap_or_default();
        let language = asked.language.as_ref();
        let Reorder { lines, changes } =
            Reorder::of(document, before.clone(), &known.offers, &known.store, &destination, language);
        if lines != before {
            let next = Cart::with_lines(known.cart.as_ref(), lines, now);
            match app.table.replace_cart(customer, &next, known.cart.as_ref()).await? {
                Replaced::Done => known.cart = Some(next),
                Replaced::Stale => continue,
            }
        }
        return Ok(ReorderView { cart: known.view(asked, destination, now), changes });
    }
    Err(Error::unavailable("DynamoDB", "the cart changes faster than it can be read"))
}

/// A parameter of the query, if given; 422 if it is not what it must be.
fn parsed<T, E: std::fmt::Display>(
    request: &Request,
    name: &str,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<Option<T>, Error> {
    let invalid = |error: E| vec![FieldError::new(format!("?{name}"), "invalid", &error.to_string())].into();
    request.query(name).map(parse).transpose().map_err(invalid)
}
