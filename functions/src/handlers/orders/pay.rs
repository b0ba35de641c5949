//! `POST /orders/{order_id}/payments`, `POST /guest/orders/{order_token}/payments`: pays an order that was placed unpaid, or
//! pays it in another way (P11).

use shared::api::place::PaymentChoice;

use crate::app::App;
use crate::checkout::{pay_and_answer, payment_command};
use crate::edge::{Function, Request, Response};
use crate::error::Error;
use crate::orders::{Case, case, execute};

/// The function.
pub const FUNCTION: Function = Function::Http(|app, request| Box::pin(handle(app, request)));

/// 200 with the order, the same again under the same key; 402 if the payment was declined; 404 if there is no such order of
/// theirs; 409 if there is nothing to pay or the provider is at a payment right now. An attempt before this one is called
/// off at the provider before a new one begins, so an order is never paid twice.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let key = request.idempotency_key()?;
    let body: PaymentChoice = request.json()?;
    let Case { actor, caller, order, document } = case(app, &request).await?;
    let pay = payment_command(app, &body, &caller, &key).await?;
    let order = execute(app, order, &document, &pay, &actor).await?;
    pay_and_answer(app, 200, order, &document, &actor).await
}
