//! `POST /orders`, `POST /orders/checkout`: places an order (P1 to P14).

use shared::api::FieldError;
use shared::api::place::PlaceOrder;
use shared::placement::Buyer;

use crate::app::App;
use crate::checkout::{Asked, place_and_answer};
use crate::edge::{Caller, Function, Request, Response};
use crate::error::Error;

/// The function.
pub const FUNCTION: Function =
    Function::HttpQuery(&["dry_run"], |app, request| Box::pin(handle(app, request)));

/// 201 with the order; 200 and `Idempotent-Replayed` if the key led to it before; 402 if the payment was declined; 409 if
/// total, stock, cart or coupon are not what they were; 429 if the customer orders too often. With `?dry_run=true` 200 with
/// what would be placed: by the same decision, and nothing is written.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let caller = request.caller()?;
    let asked = Asked::of(&request)?;
    let buyer = buyer(&caller, &request, &asked.body)?;
    place_and_answer(app, &asked, &buyer).await
}

/// Who orders for whom: customers for themselves, staff for anybody.
fn buyer(caller: &Caller, request: &Request, body: &PlaceOrder) -> Result<Buyer, Error> {
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
        // What staff's own browser prefers says nothing of the customer.
        language: request.preferred_language().filter(|_| own),
    })
}
