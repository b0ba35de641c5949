//! `POST /orders`: places an order (P2 to P5, P7, P11 to P13).

use shared::api::FieldError;
use shared::api::order::OrderView;
use shared::api::place::PlaceOrder;
use shared::order::payment::State;
use shared::order::{Order, Status};
use shared::placement::Buyer;

use crate::app::App;
use crate::edge::{Caller, Function, Problem, Request, Response};
use crate::error::Error;
use crate::orders::{Answer, place};
use crate::payments::settle_or_leave;

/// The function.
pub const FUNCTION: Function = Function::Http(|app, request| Box::pin(handle(app, request)));

/// 201 with the order; 200 and `Idempotent-Replayed` if the key led to it before; 402 if the payment was declined.
/// The payment is asked for after the order is written, so that no money is ever taken without an order.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let caller = request.caller()?;
    let key = request.idempotency_key()?;
    let body: PlaceOrder = request.json()?;
    let buyer = buyer(&caller, &body)?;
    let Answer { order, document, replayed } = place(app, &body, &buyer, &key).await?;
    let order = settle_or_leave(app, order).await?;

    let mut view = OrderView::of(&order, &document, &buyer.actor);
    view.payment.client_secret = client_secret(app, &order).await;
    if let State::Failed { code } = &order.payment.state {
        let declined = Problem::new(402, "payment_declined", "the payment was declined");
        return Err(declined.with("decline_code", code).with("order", &view).into());
    }
    let response = Response::json(if replayed { 200 } else { 201 }, &view)?.versioned(order.version());
    let response = response.header("location", &format!("/api/v1/orders/{}", order.id));
    Ok(if replayed { response.header("idempotent-replayed", "true") } else { response })
}

/// What the shop's page needs to let the customer confirm the payment, or try another card. The order stands without
/// it: sent again, the request gives it another time.
async fn client_secret(app: &App, order: &Order) -> Option<String> {
    let waits =
        order.status == Status::Pending && matches!(order.payment.state, State::Open | State::Failed { .. });
    let intent = order.payment.intent.as_deref().filter(|_| waits)?;
    match app.stripe.retrieve(intent).await {
        Ok(intent) => intent?.client_secret,
        Err(error) => {
            app.log.error(
                "the answer goes without a client secret",
                &[("order.id", order.id.to_string().into())],
                &error,
            );
            None
        }
    }
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
