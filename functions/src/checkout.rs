//! What placing and paying have in common: the payment is brought as far as it goes, and the answer carries what the shop's
//! page needs to go on.

use shared::api::FieldError;
use shared::api::order::OrderView;
use shared::api::place::{PaymentChoice, PlaceOrder};
use shared::api::quote::OrderPreview;
use shared::ids::{CustomerId, IdempotencyKey};
use shared::order::payment::{Method, Reference, State};
use shared::order::{Actor, Command, Order, Status};
use shared::placement::{Buyer, Document, fingerprint};

use crate::app::App;
use crate::edge::{Problem, Request, Response};
use crate::error::Error;
use crate::payments::settle_or_leave;
use crate::placing::{Answer, place, preview};

/// What a request to place an order asks for.
pub struct Asked {
    /// What to order.
    pub body: PlaceOrder,
    /// Under which key; none if it is to be seen only what would be placed.
    pub key: Option<IdempotencyKey>,
}

impl Asked {
    /// Reads it. 400, 413, 415 or 422 if it cannot be read.
    pub fn of(request: &Request) -> Result<Self, Error> {
        let dry_run = request.flag("dry_run")?;
        // A preview needs no key; one that is sent is looked at all the same.
        let keyless = dry_run && request.header("idempotency-key").is_none();
        let key = if keyless { None } else { Some(request.idempotency_key()?) };
        Ok(Self { body: request.json()?, key: key.filter(|_| !dry_run) })
    }
}

/// Places what is asked for and answers with the order, or with what would be placed. 200 and `Idempotent-Replayed` if the key
/// led to it before; `Location` unless it is a guest's, to which there is no way by id.
pub async fn place_and_answer(app: &App, asked: &Asked, buyer: &Buyer) -> Result<Response, Error> {
    let Some(key) = &asked.key else {
        return Response::json(200, &OrderPreview::of(&preview(app, &asked.body, buyer).await?));
    };
    let Answer { order, document, replayed } = place(app, &asked.body, buyer, key).await?;
    let location = format!("/api/v1/orders/{}", order.id);
    let status = if replayed { 200 } else { 201 };
    let response = pay_and_answer(app, status, order, &document, &buyer.actor).await?;
    let response = if buyer.caller.is_guest() { response } else { response.header("location", &location) };
    Ok(if replayed { response.header("idempotent-replayed", "true") } else { response })
}

/// Goes on with an order's payment and answers with the order; 402 if the payment was declined. The payment is asked for
/// after the order is written, so that no money is ever taken without an order.
pub async fn pay_and_answer(
    app: &App,
    status: u16,
    order: Order,
    document: &Document,
    actor: &Actor,
) -> Result<Response, Error> {
    let order = settle_or_leave(app, order, document).await?;
    let mut view = OrderView::of(&order, document, actor, app.now());
    if waits_for_customer(&order) {
        (view.payment.client_secret, view.payment.payment_url) = way_on(app, &order).await;
    }
    // Staff that helps a guest reads the order as staff; the token is the guest's own.
    if order.customer.is_guest() && *actor == Actor::Customer {
        let key = app.signing.text().await?;
        view.order_token = Some(shared::guest::token(key.as_bytes(), &order.customer, &order.id));
    }
    if let State::Failed { code } = &order.payment.state {
        let declined = Problem::new(402, "payment_declined", "the payment was declined");
        return Err(declined.with("decline_code", code).with("order", &view).into());
    }
    Ok(Response::json(status, &view)?.versioned(order.version()))
}

fn waits_for_customer(order: &Order) -> bool {
    order.status == Status::Pending && matches!(order.payment.state, State::Open | State::Failed { .. })
}

/// The client secret of a card payment, or the address of the provider's page. The order stands without them: sent again,
/// the request gives them another time.
async fn way_on(app: &App, order: &Order) -> (Option<String>, Option<String>) {
    let found = match order.payment.reference() {
        None => return (None, None),
        Some(Reference::Intent(intent)) => app
            .stripe
            .retrieve(&intent)
            .await
            .map(|intent| (intent.and_then(|intent| intent.client_secret), None)),
        Some(Reference::Session(session)) => app
            .stripe
            .retrieve_session(&session)
            .await
            .map(|session| (None, session.and_then(|session| session.url))),
    };
    found.unwrap_or_else(|error| {
        let id = order.id.to_string();
        app.log.error("the answer goes without the customer's way on", &[("order.id", id.into())], &error);
        (None, None)
    })
}

/// The command that a request for a payment stands for. 422 if the store does not take it.
pub async fn payment_command(
    app: &App,
    choice: &PaymentChoice,
    caller: &CustomerId,
    key: &IdempotencyKey,
) -> Result<Command, Error> {
    let malformed = choice.violation().map(|(field, detail)| (field, "invalid", detail));
    let settings = &app.store(false).await?.settings.payment;
    if let Some((field, code, detail)) = malformed.or_else(|| choice.refusal(settings)) {
        return Err(vec![FieldError::new(format!("/{field}"), code, detail)].into());
    }
    let key = fingerprint(&("pay-order", caller, key));
    Ok(Command::Pay { method: Method::of(choice), key })
}
