//! What handlers and workers do with orders: read one, place one, send it a command.

use shared::api::place::PlaceOrder;
use shared::ids::{CustomerId, IdempotencyKey, OrderId, OrderNumber, PlacementTag};
use shared::order::{Actor, Command, EventKind, Order, apply, decide};
use shared::placement::{self, Buyer, Document, Placement};
use shared::stock::Allocation;

use crate::app::App;
use crate::edge::{Caller, Problem};
use crate::error::Error;
use crate::table::{Placed, Saved};

/// How often a decision is made anew because somebody else was faster.
const RACES: u32 = 20;

/// An order that a request led to.
pub struct Answer {
    /// Its head.
    pub order: Order,
    /// Its frozen document.
    pub document: Document,
    /// Whether it was there before.
    pub replayed: bool,
}

/// Whose the order is that this caller may see: customers see their own, staff sees all. 404 otherwise.
pub async fn owner(app: &App, caller: &Caller, id: &OrderId) -> Result<CustomerId, Error> {
    if !caller.staff {
        return Ok(caller.id.clone());
    }
    // The number is made from the id, so the index of numbers finds ids as well.
    let found = app.table.find_number(&OrderNumber::of(id)).await?;
    let owner = found.into_iter().find(|(_, known)| known == id).map(|(customer, _)| customer);
    Ok(owner.ok_or_else(Problem::not_found)?)
}

/// The head of an order of this customer, read cheaply: it may be a moment old. 404 if it is not theirs, or not there.
pub async fn glance(app: &App, customer: &CustomerId, id: &OrderId) -> Result<Order, Error> {
    match app.table.order(customer, id, false).await? {
        Some(order) => Ok(order),
        // A cheap read may not have heard of an order that was placed a moment ago.
        None => find_head(app, customer, id).await,
    }
}

/// An order of this customer, head and document. 404 if it is not theirs, or not there.
pub async fn find(app: &App, customer: &CustomerId, id: &OrderId) -> Result<(Order, Document), Error> {
    let (order, document) =
        tokio::join!(glance(app, customer, id), app.table.document(customer, id.placement(), false));
    let order = order?;
    let document = match document? {
        Some(document) => document,
        None => frozen(app, &order).await?,
    };
    // The document's name has only the id's random part; another time in it would be another order.
    if document.order == *id { Ok((order, document)) } else { Err(Problem::not_found().into()) }
}

/// The head of an order of this customer, fresh. 404 if it is not theirs, or not there.
pub async fn find_head(app: &App, customer: &CustomerId, id: &OrderId) -> Result<Order, Error> {
    Ok(app.table.order(customer, id, true).await?.ok_or_else(Problem::not_found)?)
}

/// The document of an order that exists.
pub async fn frozen(app: &App, order: &Order) -> Result<Document, Error> {
    let document = app.table.document(&order.customer, order.id.placement(), true).await?;
    document.ok_or_else(|| Error::broken("an order has no document", order.id.to_string()))
}

/// Places the order that the request asks for, or finds the one that it led to before.
pub async fn place(
    app: &App,
    request: &PlaceOrder,
    buyer: &Buyer,
    key: &IdempotencyKey,
) -> Result<Answer, Error> {
    let tag = PlacementTag::new(&buyer.customer, &buyer.caller, key);
    let products = placement::products_of(request);
    let errors = placement::check(request, buyer);
    if !errors.is_empty() {
        return Err(errors.into());
    }
    for race in 0..RACES {
        // Once somebody else was faster, only a fresh read shows what is left.
        let fresh = race > 0;
        let (known, offers) =
            tokio::join!(app.table.document(&buyer.customer, tag, true), app.table.offers(&products, fresh));
        if let Some(document) = known? {
            return replay(app, request, buyer, document).await;
        }
        let now = app.now();
        let id = OrderId::new(&buyer.customer, &buyer.caller, key, now);
        let placement = match placement::place(request, buyer, id, &offers?, now) {
            Ok(placement) => placement,
            // A cheap read may be behind; only a fresh one is reason enough to refuse.
            Err(_) if !fresh => continue,
            Err(refusal) => return Err(refusal.into()),
        };
        match app.table.place(&placement).await? {
            Placed::Done => {
                let Placement { order, document } = placement;
                return Ok(Answer { order, document, replayed: false });
            }
            Placed::Taken(document) => return replay(app, request, buyer, *document).await,
            Placed::StockChanged => {}
        }
    }
    Err(Error::unavailable("DynamoDB", "the stock changes faster than it can be read"))
}

/// The order that this key led to. 422 if it was for another request.
async fn replay(app: &App, request: &PlaceOrder, buyer: &Buyer, document: Document) -> Result<Answer, Error> {
    if document.fingerprint != placement::fingerprint(request) {
        let detail = "this Idempotency-Key was used for another request";
        return Err(Problem::new(422, "idempotency_key_reused", detail)
            .with("order_id", document.order)
            .into());
    }
    let order = find_head(app, &buyer.customer, &document.order).await?;
    Ok(Answer { order, document, replayed: true })
}

/// Sends a command to an order: decides, saves, and decides anew if somebody else was faster. Returns the order as it
/// is afterwards. A cancelled order's stock goes back in the same write.
pub async fn execute(app: &App, mut order: Order, command: &Command, actor: &Actor) -> Result<Order, Error> {
    for _ in 0..RACES {
        match attempt(app, &order, command, actor).await? {
            Some(after) => return Ok(after),
            None => order = find_head(app, &order.customer, &order.id).await?,
        }
    }
    Err(Error::unavailable("DynamoDB", "the order changes faster than it can be read"))
}

/// Like [`execute`], but on this very version: 412 if somebody else was faster.
pub async fn execute_on_version(
    app: &App,
    order: Order,
    command: &Command,
    actor: &Actor,
) -> Result<Order, Error> {
    let read = order.version();
    let after = attempt(app, &order, command, actor).await?;
    Ok(after.ok_or_else(|| Problem::version_mismatch(read + 1))?)
}

/// One try: the order afterwards, or nothing if it is not the one that was read any more.
async fn attempt(app: &App, order: &Order, command: &Command, actor: &Actor) -> Result<Option<Order>, Error> {
    let now = app.now();
    let events = decide(order, command, now)?;
    if events.is_empty() {
        return Ok(Some(order.clone()));
    }
    let after = apply(Some(order.clone()), &events, actor, now)
        .ok_or_else(|| Error::broken("an order vanished", order.id.to_string()))?;
    let returned = returned(app, order, &events).await?;
    match app.table.save(order, &after, &returned).await? {
        Saved::Done => Ok(Some(after)),
        Saved::Stale => Ok(None),
    }
}

/// The stock that these events give back.
async fn returned(app: &App, order: &Order, events: &[EventKind]) -> Result<Vec<Allocation>, Error> {
    if events.iter().any(|event| matches!(event, EventKind::Cancelled { .. })) {
        Ok(frozen(app, order).await?.allocations)
    } else {
        Ok(vec![])
    }
}
