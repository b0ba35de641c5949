//! The decision to place an order.

use std::collections::BTreeMap;

use super::lines::{Draft, discount, lines_of, priced, wanted};
use super::{Buyer, Circumstances, Document, Placement, Refusal, check, fingerprint};
use crate::address::Address;
use crate::api::FieldError;
use crate::api::place::{PaymentChoice, PlaceOrder};
use crate::carbon::factors::Edition;
use crate::ids::{AddressId, OrderId};
use crate::limits;
use crate::money::Money;
use crate::order::payment::Method;
use crate::order::{EventKind, apply};
use crate::pricing::{Basket, Quote};
use crate::sku::Sku;
use crate::stock::{AllocationPlan, Demand, StockBucket, allocate};
use crate::store::{Capture, Store};
use crate::time::Timestamp;

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// Places the order: prices the lines, takes the stock and the coupon, closes the cart, promises a delivery date.
///
/// `request` has passed [`check`]; what it names was read into `known`. A preview is a placement that nobody writes.
pub fn place(
    request: &PlaceOrder,
    buyer: &Buyer,
    id: OrderId,
    known: &Circumstances,
    store: &Store,
    now: Timestamp,
) -> Result<Placement, Refusal> {
    let invalid =
        |field: &str, code, detail: &str| Refusal::Invalid(vec![FieldError::new(field, code, detail)]);
    let cart = match &request.lines {
        Some(_) => None,
        None => Some(open_cart(request, known, now)?),
    };
    let (billing, shipping) = addresses(request, &known.addresses)?;
    let destination = shipping.destination();
    let destination = destination.ok_or_else(|| Refusal::Invalid(check(request, buyer)))?;

    let drafts =
        lines_of(&wanted(request, cart), &known.offers, request.currency.or(store.settings.currency))
            .map_err(Refusal::Invalid)?;
    let first = drafts.first().ok_or_else(|| invalid("/lines", "out_of_range", "1 to 200 lines"))?;
    let currency = first.line.unit_price.currency();
    let coupon = match (&request.coupon_code, &known.coupon) {
        (None, _) => None,
        (Some(_), None) => return Err(Refusal::Coupon(crate::coupon::CouponRefusal::Unknown)),
        (Some(_), Some(coupon)) => {
            Some((coupon.terms(currency, now).map_err(Refusal::Coupon)?, coupon.coupon.once()))
        }
    };
    let basket = Basket {
        currency,
        lines: vec![],
        coupon: coupon.as_ref().map(|(terms, _)| terms.clone()),
        discount: discount(request.discount_amount, request.discount_percentage, currency)
            .map_err(|detail| invalid("/discount_amount", "invalid", &detail))?,
        destination: destination.clone(),
        shipping_method: request.shipping_method.clone(),
    };
    let quote = priced(&drafts, basket, &store.settings).map_err(Refusal::Invalid)?;
    let plan = allocation(&drafts, known, store, &destination, id)?;
    let (method, minutes) = method(request, store)?;

    let items = drafts.iter().map(|draft| draft.line.quantity).fold(0, u32::saturating_add);
    let events = events(buyer, id, &quote, items, (method, store.settings.payment.capture), minutes, now);
    let order = apply(None, &events, &buyer.actor, now).unwrap_or_else(|| unreachable!("placed comes first"));
    let document = Document {
        order: id,
        fingerprint: fingerprint(request),
        store_version: store.version,
        policies: store.settings.policies.clone(),
        contact_email: request.contact_email.clone().or_else(|| buyer.email.clone()).unwrap_or_default(),
        billing_address: billing,
        shipping_address: shipping,
        lines: drafts.into_iter().map(|draft| draft.line).collect(),
        quote,
        allocations: plan.allocations,
        choice: plan.choice,
        cart: cart.map(crate::cart::Cart::id),
        coupon: coupon.map(|(_, once)| once),
        offset_transport: store.settings.eco.offset_transport,
        trees_planted: store.settings.eco.trees_per_order,
        factors: Edition::CURRENT,
        notes: request.notes.clone(),
        internal_notes: request.internal_notes.clone(),
        override_reason: request.override_reason.clone(),
    };
    let placement = Placement { order, document, cart: cart.cloned() };
    match &request.expected_total {
        None => Ok(placement),
        Some(expected) => {
            let expected = Money::new(expected.0, currency)
                .map_err(|error| invalid("/expected_total", "invalid", &error.to_string()))?;
            if expected == placement.order.total {
                Ok(placement)
            } else {
                Err(Refusal::TotalChanged { expected, actual: Box::new(placement) })
            }
        }
    }
}

/// The cart that is bought: the open one, and the one that the caller means.
fn open_cart<'a>(
    request: &PlaceOrder,
    known: &'a Circumstances,
    now: Timestamp,
) -> Result<&'a crate::cart::Cart, Refusal> {
    let open = known.cart.as_ref().filter(|cart| cart.is_open(now));
    let meant = request.cart_id.as_ref();
    if let Some(meant) = meant
        && open.is_none_or(|cart| cart.id() != *meant)
    {
        let before = known.cart.as_ref().and_then(|cart| cart.before.as_ref());
        let order = before.filter(|before| crate::cart::cart_id(before.opened) == *meant);
        return Err(Refusal::CartNotOpen { order: order.map(|before| before.order) });
    }
    open.filter(|cart| !cart.lines.is_empty()).ok_or_else(|| {
        let field = if meant.is_some() { "/cart_id" } else { "/lines" };
        Refusal::Invalid(vec![FieldError::new(field, "cart_empty", "there is nothing in the cart")])
    })
}

/// Billing and shipping address: written out, or from the customer's book; each stands for the other if it is missing.
fn addresses(
    request: &PlaceOrder,
    book: &BTreeMap<AddressId, Address>,
) -> Result<(Address, Address), Refusal> {
    let mut errors = Vec::new();
    let mut find = |field: &str, address: &Option<Address>, id: &Option<AddressId>| {
        let named = id.as_ref().and_then(|id| {
            let found = book.get(id);
            if found.is_none() {
                let detail = "there is no such address in the book";
                errors.push(FieldError::new(format!("/{field}"), "unknown_address", detail));
            }
            found
        });
        address.clone().or_else(|| named.cloned())
    };
    let billing = find("billing_address_id", &request.billing_address, &request.billing_address_id);
    let shipping = find("shipping_address_id", &request.shipping_address, &request.shipping_address_id);
    match (billing, shipping) {
        _ if !errors.is_empty() => Err(Refusal::Invalid(errors)),
        (Some(billing), Some(shipping)) => Ok((billing, shipping)),
        (Some(address), None) | (None, Some(address)) => Ok((address.clone(), address)),
        (None, None) => {
            let detail = "an order needs an address";
            Err(Refusal::Invalid(vec![FieldError::new("/shipping_address", "required", detail)]))
        }
    }
}

fn allocation(
    drafts: &[Draft],
    known: &Circumstances,
    store: &Store,
    destination: &crate::address::Destination,
    id: OrderId,
) -> Result<AllocationPlan, Refusal> {
    let mut demand: BTreeMap<Sku, Demand> = BTreeMap::new();
    for Draft { line, .. } in drafts {
        let new = || Demand { units: 0, weight_grams: line.weight_grams };
        let sum = demand.entry(line.sku.clone()).or_insert_with(new);
        sum.units = sum.units.saturating_add(line.quantity);
    }
    let of_offers = known.offers.values().flat_map(|offer| offer.stock.clone());
    let stock: BTreeMap<Sku, Vec<StockBucket>> = of_offers.collect();
    // Every order begins at a bucket of its own, so that parallel orders do not meet at one item.
    let spread = id.placement().low_50_bits();
    let plan =
        allocate(&demand, &stock, &store.warehouses, destination, spread).map_err(Refusal::OutOfStock)?;
    if plan.allocations.len() > limits::STOCK_ITEMS {
        let detail = "the goods lie in too many places for one order; split it";
        return Err(Refusal::Invalid(vec![FieldError::new("/lines", "too_many_parcels", detail)]));
    }
    Ok(plan)
}

/// How it is paid, and for how many minutes it is held unpaid.
fn method(request: &PlaceOrder, store: &Store) -> Result<(Method, u32), Refusal> {
    let settings = &store.settings.payment;
    let Some(choice) = request.payment_now() else {
        return Ok((Method::Later, settings.unpaid_hold_minutes));
    };
    if let Some((field, code, detail)) = choice.refusal(settings) {
        return Err(Refusal::Invalid(vec![FieldError::new(format!("/payment/{field}"), code, detail)]));
    }
    Ok((Method::of(choice), settings.hold_minutes))
}

impl Method {
    /// What a customer chose.
    pub fn of(choice: &PaymentChoice) -> Self {
        match choice {
            PaymentChoice::Card { payment_method_id } => {
                Self::Card { payment_method: payment_method_id.clone() }
            }
            PaymentChoice::Redirect { redirect_url } => Self::Redirect { return_url: redirect_url.clone() },
            PaymentChoice::Cod {} => Self::Cod,
        }
    }
}

fn events(
    buyer: &Buyer,
    id: OrderId,
    quote: &Quote,
    items: u32,
    (method, capture): (Method, Capture),
    hold_minutes: u32,
    now: Timestamp,
) -> Vec<EventKind> {
    // What costs nothing needs no payment.
    let prepaid = method != Method::Cod && !quote.total.is_zero();
    let placed = EventKind::Placed {
        id,
        customer: buyer.customer.clone(),
        total: quote.total,
        items,
        method,
        hold_until: prepaid.then(|| now.plus_seconds(i64::from(hold_minutes) * 60)),
        delivery: now.plus_seconds(i64::from(quote.delivery.transit_days) * DAY_SECONDS),
        capture,
    };
    if prepaid { vec![placed] } else { vec![placed, EventKind::Confirmed] }
}
