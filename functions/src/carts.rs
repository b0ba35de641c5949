//! Looking at a cart: its lines at today's prices, and what they would cost as an order.

use shared::address::{Country, Destination};
use shared::api::FieldError;
use shared::api::cart::{CartQuestion, CartView};
use shared::ids::{CustomerId, Language, ShippingMethodId};
use shared::limits;

use crate::app::App;
use crate::edge::Request;
use crate::error::Error;
use crate::orders::coupon;

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
}

fn short(text: &str) -> Result<String, String> {
    let fits = text.chars().count() <= limits::NAME;
    if fits { Ok(text.to_owned()) } else { Err(format!("at most {} characters", limits::NAME)) }
}

/// The cart of a customer as it is now, priced for what is asked. A fresh read sees every answered write to the cart; prices
/// and stock may be a moment old, as on every page of a shop, and the order looks again.
pub async fn look(app: &App, asked: Asked, customer: &CustomerId, fresh: bool) -> Result<CartView, Error> {
    let typed = asked.coupon_code.as_deref();
    let cart = async {
        let cart = app.table.cart(customer, fresh).await?;
        let mut products: Vec<_> =
            cart.iter().flat_map(|cart| cart.lines.keys()).map(|sku| sku.product.clone()).collect();
        products.dedup();
        Ok::<_, Error>((app.table.offers(&products, false).await?, cart))
    };
    let (cart, store, coupon) = tokio::join!(cart, app.store(false), coupon(app, typed, customer, false));
    let ((offers, cart), store) = (cart?, store?);
    let question = CartQuestion {
        destination: Destination {
            country: asked.country.or(store.settings.country).unwrap_or(Country::UNKNOWN),
            region: asked.region,
            postal_code: asked.postal_code,
        },
        shipping_method: asked.shipping_method,
        coupon_asked: asked.coupon_code.is_some(),
        coupon: coupon?,
        language: asked.language,
    };
    Ok(CartView::of(cart.as_ref(), &offers, &store, &question, app.now()))
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
