//! What handlers and workers do with orders: find the one that a request names, send it a command.

use shared::api::order::OrderView;
use shared::guest;
use shared::ids::{CustomerId, IdempotencyKey, OrderId, OrderNumber};
use shared::order::{
    Actor, Command, Effects, Order, Rejection, Request as Asked, Role, apply, available_actions, decide,
    effects,
};
use shared::placement::{Document, fingerprint};
use shared::time::Timestamp;

use crate::app::App;
use crate::edge::{Caller, Problem, Request, Response};
use crate::error::{Error, refused};
use crate::payments::settle_or_leave;
use crate::table::Saved;

/// How often a decision is made anew because somebody else was faster. The edge ends all tries in time
/// ([`crate::edge::REQUEST_WITHIN`]).
pub(crate) const RACES: u32 = 20;

/// Who asks, and for which order: what a request's route, path and token say.
pub struct Named {
    /// In which role: a guest is a customer.
    pub actor: Actor,
    /// Who asks. For a guest, whoever placed the order.
    pub caller: CustomerId,
    /// Whose order it is. What is read and written is theirs.
    pub customer: CustomerId,
    /// Which order.
    pub id: OrderId,
}

/// Who asks, and for which order: by the path's `order_token` on a route of guests, else by the caller's claims and the path's
/// `order_id`. 401 without a caller; 404 if the token opens no order, or none any more, and if there is none of theirs.
pub async fn named(app: &App, request: &Request) -> Result<Named, Error> {
    // The route alone decides which of the two counts; the caller has no say in it, because the gateway takes path parameters
    // from the route that it matched. Where the path has a token, claims are never looked at: whoever opens an order so is
    // its customer, staff too. Where it has none, a token is nothing but an `order_id` that does not parse.
    if let Some(token) = request.order_token() {
        let key = app.signing.text().await?;
        let opened = guest::open(key.as_bytes(), token, app.now());
        let (customer, id) = opened.map_err(|_| Problem::not_found())?;
        return Ok(Named { actor: Actor::Customer, caller: customer.clone(), customer, id });
    }
    let caller = request.caller()?;
    let id = request.order_id()?;
    let customer = owner(app, &caller, &id).await?;
    Ok(Named { actor: caller.actor(), caller: caller.id, customer, id })
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

/// 200 with an order as this reader sees it. Staff also sees whether mail can be sent to the customer, which changes while the
/// order's version stays. So does what customers may do, when the time for it is over.
pub async fn shown(app: &App, order: &Order, document: &Document, reader: &Actor) -> Result<Response, Error> {
    let mut view = OrderView::of(order, document, reader, app.now());
    if reader.role() != Role::Staff {
        let response = Response::json(200, &view)?.versioned(order.version());
        let at_first = available_actions(order, document, reader.role(), order.updated_at);
        return Ok(if at_first == view.available_actions { response } else { response.always_sent() });
    }
    view.contact_email_status = Some(app.table.mailbox(&document.contact_email).await?);
    Ok(Response::json(200, &view)?.versioned(order.version()).always_sent())
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

/// An order as it is now, head and document. 404 if this customer has none of that id.
pub async fn load(app: &App, customer: &CustomerId, id: &OrderId) -> Result<(Order, Document), Error> {
    let (order, document) =
        tokio::join!(find_head(app, customer, id), app.table.document(customer, id.placement(), false));
    let order = order?;
    match document? {
        Some(document) if document.order == *id => Ok((order, document)),
        _ => {
            let document = frozen(app, &order).await?;
            Ok((order, document))
        }
    }
}

/// The order that a request is about, as it is now, and who asks.
pub struct Case {
    /// In which role.
    pub actor: Actor,
    /// Who asks.
    pub caller: CustomerId,
    /// The order.
    pub order: Order,
    /// What was frozen when it was placed.
    pub document: Document,
}

/// The order that a request is about; the same refusals as [`named`].
pub async fn case(app: &App, request: &Request) -> Result<Case, Error> {
    let Named { actor, caller, customer, id } = named(app, request).await?;
    let (order, document) = load(app, &customer, &id).await?;
    Ok(Case { actor, caller, order, document })
}

/// What a command led to.
pub struct Done {
    /// The order afterwards.
    pub order: Order,
    /// What was frozen when it was placed.
    pub document: Document,
    /// Whether nothing was changed: so it would be.
    pub dry_run: bool,
    /// Whether it was done before, so that there was nothing to change.
    pub replayed: bool,
}

impl Done {
    /// An answer: 201 if something came into being, 200 with `Idempotent-Replayed` if it was there, 200 for what would be.
    pub fn created(&self, body: &impl serde::Serialize) -> Result<Response, Error> {
        self.answered(201, body)
    }

    /// Like [`Done::created`], with another status for what is new.
    pub fn answered(&self, status: u16, body: &impl serde::Serialize) -> Result<Response, Error> {
        let response = Response::json(if self.replayed || self.dry_run { 200 } else { status }, body)?;
        let response = response.versioned(self.order.version());
        Ok(if self.replayed { response.header("idempotent-replayed", "true") } else { response })
    }

    /// Moves the money that the command decided upon, as far as the provider answers; the payment worker does the rest.
    pub async fn settled(self, app: &App) -> Result<Self, Error> {
        if self.dry_run {
            return Ok(self);
        }
        let order = settle_or_leave(app, self.order, &self.document).await?;
        Ok(Self { order, ..self })
    }
}

/// The request behind a command that must not be carried out twice: its caller, key and body. 400 without a key.
pub fn keyed(
    request: &Request,
    caller: &CustomerId,
    what: &str,
    body: &impl serde::Serialize,
) -> Result<Asked, Error> {
    // A preview needs no key; one that is sent is looked at all the same.
    let keyless = request.flag("dry_run")? && request.header("idempotency-key").is_none();
    let key = if keyless { None } else { Some(request.idempotency_key()?) };
    let key = key.as_ref().map(IdempotencyKey::as_str);
    Ok(Asked { key: fingerprint(&(what, caller, key)), body: fingerprint(&(what, body)) })
}

/// Sends a command to an order: decides, saves, and decides anew if somebody else was faster. Returns the order as it
/// is afterwards. What the command does to stock and coupons is in the same write.
pub async fn execute(
    app: &App,
    mut order: Order,
    document: &Document,
    command: &Command,
    actor: &Actor,
) -> Result<Order, Error> {
    for _ in 0..RACES {
        match attempt(app, &order, document, std::slice::from_ref(command), actor).await? {
            Some(after) => return Ok(after),
            None => order = find_head(app, &order.customer, &order.id).await?,
        }
    }
    Err(too_fast())
}

/// Like [`execute`], for the command that a request stands for: 412 with the version that there is, if `If-Match` names
/// others, also if somebody else makes it another one meanwhile. With `?dry_run=true` it is decided and not saved.
pub async fn command(app: &App, request: &Request, case: Case, command: &Command) -> Result<Done, Error> {
    commands(app, request, case, std::slice::from_ref(command)).await
}

/// Like [`command`], for several that are carried out one after the other by one write: all of them, or none.
pub async fn commands(app: &App, request: &Request, case: Case, commands: &[Command]) -> Result<Done, Error> {
    let Case { actor, mut order, document, .. } = case;
    let dry_run = request.flag("dry_run")?;
    for _ in 0..RACES {
        request.require_version(order.version())?;
        let after = if dry_run {
            Some(decided(&order, &document, commands, &actor, app.now())?.0)
        } else {
            attempt(app, &order, &document, commands, &actor).await?
        };
        match after {
            Some(after) => {
                let replayed = after.version() == order.version();
                return Ok(Done { order: after, document, dry_run, replayed });
            }
            None => order = find_head(app, &order.customer, &order.id).await?,
        }
    }
    Err(too_fast())
}

fn too_fast() -> Error {
    Error::unavailable("DynamoDB", "the order changes faster than it can be read")
}

/// One try: the order afterwards, or nothing if it is not the one that was read any more.
async fn attempt(
    app: &App,
    order: &Order,
    document: &Document,
    commands: &[Command],
    actor: &Actor,
) -> Result<Option<Order>, Error> {
    let (after, effects) = decided(order, document, commands, actor, app.now())?;
    if after.version() == order.version() {
        return Ok(Some(after));
    }
    match app.table.save(order, &after, &effects).await? {
        Saved::Done => Ok(Some(after)),
        Saved::Stale => Ok(None),
    }
}

/// The order as it would be after these commands, and what else would have to be written.
fn decided(
    order: &Order,
    document: &Document,
    commands: &[Command],
    actor: &Actor,
    now: Timestamp,
) -> Result<(Order, Effects), Error> {
    let (mut after, mut events) = (order.clone(), vec![]);
    for command in commands {
        let new = decide(&after, document, command, actor, now)
            .map_err(|rejection| refusal(order, document, actor, rejection, now))?;
        after = apply(Some(after), &new, actor, now)
            .ok_or_else(|| Error::broken("an order vanished", order.id.to_string()))?;
        events.extend(new);
    }
    Ok((after, effects(order, document, &events)))
}

/// What was not possible, where the order stands, and what is possible.
fn refusal(order: &Order, document: &Document, actor: &Actor, rejection: Rejection, now: Timestamp) -> Error {
    let allowed = available_actions(order, document, actor.role(), now);
    match refused(rejection) {
        Error::Problem(problem) if problem.status == 409 => {
            problem.with("order_status", order.status).with("allowed_actions", allowed).into()
        }
        error => error,
    }
}
