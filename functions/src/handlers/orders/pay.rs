//! `POST /orders/{order_id}/payments`: pays an order that was placed unpaid, or pays it in another way (P11).

use shared::api::place::PaymentChoice;

use crate::app::App;
use crate::checkout::{pay_and_answer, payment_command};
use crate::edge::{Function, Request, Response};
use crate::error::Error;
use crate::orders::{execute, find_head, frozen, owner};

/// The function.
pub const FUNCTION: Function = Function::Http(|app, request| Box::pin(handle(app, request)));

/// 200 with the order, the same again under the same key; 402 if the payment was declined; 404 if there is no such order of
/// theirs; 409 if there is nothing to pay or the provider is at a payment right now. An attempt before this one is called
/// off at the provider before a new one begins, so an order is never paid twice.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let caller = request.caller()?;
    let id = request.order_id()?;
    let key = request.idempotency_key()?;
    let body: PaymentChoice = request.json()?;
    let customer = owner(app, &caller, &id).await?;
    let order = find_head(app, &customer, &id).await?;
    let document = frozen(app, &order).await?;
    let pay = payment_command(app, &body, &caller.id, &key).await?;
    let actor = caller.actor();
    let order = execute(app, order, &pay, &actor).await?;
    pay_and_answer(app, 200, order, &document, &actor).await
}
