//! `POST /guest/orders/{order_token}/payments`: pays a guest's order, or pays it in another way (P11).

use shared::api::place::PaymentChoice;
use shared::order::Actor;

use super::opened;
use crate::app::App;
use crate::checkout::{pay_and_answer, payment_command};
use crate::edge::{Function, Request, Response};
use crate::error::Error;
use crate::orders::{execute, find_head, frozen};

/// The function.
pub const FUNCTION: Function = Function::Http(|app, request| Box::pin(handle(app, request)));

/// Like `POST /orders/{order_id}/payments`, for whoever has the token; 404 if it opens no order, or none any more.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let (customer, id) = opened(app, &request).await?;
    let key = request.idempotency_key()?;
    let body: PaymentChoice = request.json()?;
    let order = find_head(app, &customer, &id).await?;
    let document = frozen(app, &order).await?;
    let pay = payment_command(app, &body, &customer, &key).await?;
    let order = execute(app, order, &pay, &Actor::Customer).await?;
    pay_and_answer(app, 200, order, &document, &Actor::Customer).await
}
