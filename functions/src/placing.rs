//! Placing an order: what it depends on is read, decided upon and written in one transaction (P1 to P14).

use shared::api::place::PlaceOrder;
use shared::ids::{CouponCode, CustomerId, IdempotencyKey, OrderId, PlacementTag};
use shared::order::Order;
use shared::placement::{self, Buyer, Circumstances, Document, KnownCoupon, Placement};
use shared::store::Store;
use shared::time::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::app::App;
use crate::edge::Problem;
use crate::error::Error;
use crate::orders::{RACES, find_head};
use crate::table::Placed;

const HOUR_SECONDS: i64 = 60 * 60;
/// The highest limit that settings can have, so that no more has to be read.
const MOST_ORDERS_PER_HOUR: u32 = 1_000;

/// An order that a request led to.
pub struct Answer {
    /// Its head.
    pub order: Order,
    /// Its frozen document.
    pub document: Document,
    /// Whether it was there before.
    pub replayed: bool,
}

/// Places the order that the request asks for, or finds the one that it led to before.
pub async fn place(
    app: &App,
    request: &PlaceOrder,
    buyer: &Buyer,
    key: &IdempotencyKey,
) -> Result<Answer, Error> {
    let tag = PlacementTag::new(&buyer.customer, &buyer.caller, key);
    for race in 0..RACES {
        // Once somebody else was faster, only a fresh read shows what is left.
        let fresh = race > 0;
        let (replayed, recent, read) = tokio::join!(
            app.table.document(&buyer.customer, tag, true),
            recent_orders(app, buyer),
            read(app, request, buyer, fresh)
        );
        if let Some(document) = replayed? {
            return replay(app, request, buyer, document).await;
        }
        let (known, store) = read?;
        let now = app.now();
        limit_rate(&recent?, &store, now)?;
        let id = OrderId::new(&buyer.customer, &buyer.caller, key, now);
        let placement = match placement::place(request, buyer, id, &known, &store, now) {
            Ok(placement) => placement,
            // A cheap read may be behind; only a fresh one is reason enough to refuse.
            Err(_) if !fresh => continue,
            Err(refusal) => return Err(refusal.into()),
        };
        match app.table.place(&placement).await? {
            Placed::Done => {
                let Placement { order, document, .. } = placement;
                return Ok(Answer { order, document, replayed: false });
            }
            Placed::Taken(document) => return replay(app, request, buyer, *document).await,
            Placed::Changed => {}
        }
    }
    Err(Error::unavailable("DynamoDB", "the stock changes faster than it can be read"))
}

/// What [`place`] would place: the same reads and the same decision, and no write.
pub async fn preview(app: &App, request: &PlaceOrder, buyer: &Buyer) -> Result<Placement, Error> {
    let (known, store) = read(app, request, buyer, true).await?;
    let now = app.now();
    let id = OrderId::of_preview(now);
    Ok(placement::place(request, buyer, id, &known, &store, now)?)
}

/// Everything that a placement depends on.
async fn read(
    app: &App,
    request: &PlaceOrder,
    buyer: &Buyer,
    fresh: bool,
) -> Result<(Circumstances, Arc<Store>), Error> {
    let errors = placement::check(request, buyer);
    if !errors.is_empty() {
        return Err(errors.into());
    }
    let customer = &buyer.customer;
    let from_book = request.billing_address_id.is_some() || request.shipping_address_id.is_some();
    let goods = async {
        let cart = match &request.lines {
            Some(_) => None,
            None => app.table.cart(customer, fresh).await?,
        };
        let products = placement::products_of(request, cart.as_ref());
        Ok::<_, Error>((app.table.offers(&products, fresh).await?, cart))
    };
    // Nothing in the write would notice an address of yesterday, so the book is always read fresh.
    let book =
        async { if from_book { app.table.addresses(customer, true).await } else { Ok(BTreeMap::default()) } };
    let (goods, addresses, coupon, store) = tokio::join!(
        goods,
        book,
        coupon(app, request.coupon_code.as_deref(), customer, fresh),
        app.store(fresh)
    );
    let (offers, cart) = goods?;
    Ok((Circumstances { offers, cart, addresses: addresses?, coupon: coupon? }, store?))
}

/// The coupon that somebody typed, with its uses; none if there is none of that code.
pub async fn coupon(
    app: &App,
    typed: Option<&str>,
    customer: &CustomerId,
    fresh: bool,
) -> Result<Option<KnownCoupon>, Error> {
    let Some(code) = typed.and_then(|typed| CouponCode::from_input(typed).ok()) else {
        return Ok(None);
    };
    let Some((coupon, used)) = app.table.coupon(&code, fresh).await? else {
        return Ok(None);
    };
    let used_by_customer = match coupon.max_uses_per_customer {
        Some(_) => app.table.coupon_uses(customer, &code).await?,
        None => 0,
    };
    Ok(Some(KnownCoupon { coupon, used, used_by_customer }))
}

/// The last hour's orders of a customer. Staff is not limited.
async fn recent_orders(app: &App, buyer: &Buyer) -> Result<Vec<Timestamp>, Error> {
    if buyer.is_staff() {
        return Ok(vec![]);
    }
    let since = app.now().plus_seconds(-HOUR_SECONDS);
    app.table.placed_since(&buyer.customer, since, MOST_ORDERS_PER_HOUR).await
}

/// 429 once a customer has placed as many orders within an hour as the store allows (P14).
fn limit_rate(recent: &[Timestamp], store: &Store, now: Timestamp) -> Result<(), Problem> {
    let most = usize::try_from(store.settings.limits.orders_per_hour).unwrap_or(usize::MAX);
    // The one whose end of the hour makes room for another.
    let Some(at) = recent.len().checked_sub(most) else {
        return Ok(());
    };
    let free_at = recent.get(at).map_or(now, |placed| placed.plus_seconds(HOUR_SECONDS));
    let wait = u32::try_from(free_at.seconds_since(now).clamp(0, HOUR_SECONDS) + 1).unwrap_or(1);
    let detail = "as many orders as one customer may place within an hour";
    Err(Problem::new(429, "too_many_orders", detail).with("limit", most).retry_after(wait))
}

/// The order that this key led to. 422 if it was for another request.
async fn replay(app: &App, request: &PlaceOrder, buyer: &Buyer, document: Document) -> Result<Answer, Error> {
    if document.fingerprint != placement::fingerprint(request) {
        let detail = "this Idempotency-Key was used for another request";
        let problem = Problem::new(422, "idempotency_key_reused", detail);
        // Guests are told apart by their keys alone, so whoever guessed one learns nothing of the order.
        let known = !buyer.customer.is_guest();
        return Err(if known { problem.with("order_id", document.order) } else { problem }.into());
    }
    let order = find_head(app, &buyer.customer, &document.order).await?;
    Ok(Answer { order, document, replayed: true })
}
