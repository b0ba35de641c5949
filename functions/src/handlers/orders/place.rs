//! `POST /orders`, `POST /orders/checkout`: places an order (P1 to P14).

use shared::api::FieldError;
use shared::api::place::PlaceOrder;
use shared::api::quote::OrderPreview;
use shared::placement::Buyer;

use crate::app::App;
use crate::checkout::pay_and_answer;
use crate::edge::{Caller, Function, Request, Response};
use crate::error::Error;
use crate::orders::{Answer, place, preview};

/// The function.
pub const FUNCTION: Function = Function::Http(|app, request| Box::pin(handle(app, request)));

/// 201 with the order; 200 and `Idempotent-Replayed` if the key led to it before; 402 if the payment was declined; 409 if
/// total, stock, cart or coupon are not what they were; 429 if the customer orders too often. With `?dry_run=true` 200 with
/// what would be placed: by the same decision, and nothing is written.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let caller = request.caller()?;
    let dry_run = request.flag("dry_run")?;
    // A preview needs no key; one that is sent is looked at all the same.
    let previewed = dry_run && request.header("idempotency-key").is_none();
    let key = if previewed { None } else { Some(request.idempotency_key()?) };
    let body: PlaceOrder = request.json()?;
    let buyer = buyer(&caller, &body)?;
    let Some(key) = key.filter(|_| !dry_run) else {
        return Response::json(200, &OrderPreview::of(&preview(app, &body, &buyer).await?));
    };
    let Answer { order, document, replayed } = place(app, &body, &buyer, &key).await?;
    let id = order.id;
    let status = if replayed { 200 } else { 201 };
    let response = pay_and_answer(app, status, order, &document, &buyer.actor).await?;
    let response = response.header("location", &format!("/api/v1/orders/{id}"));
    Ok(if replayed { response.header("idempotent-replayed", "true") } else { response })
}

/// Who orders for whom: customers for themselves, staff for anybody.
fn buyer(caller: &Caller, body: &PlaceOrder) -> Result<Buyer, Error> {
    let customer = match &body.customer_id {
        Some(customer) if *customer != caller.id && !caller.staff => {
            let detail = "only staff may order for somebody else";
            return Err(vec![FieldError::new("/customer_id", "not_permitted", detail)].into());
        }
        Some(customer) => customer.clone(),
        None => caller.id.clone(),
    };
    let own = customer == caller.id;
    Ok(Buyer {
        customer,
        caller: caller.id.clone(),
        actor: caller.actor(),
        email: caller.email.clone().filter(|_| own),
    })
}
