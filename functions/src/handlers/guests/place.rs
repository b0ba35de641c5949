//! `POST /guest/orders`: places an order without an account (P2 to P13).

use shared::api::FieldError;
use shared::api::place::PlaceOrder;
use shared::ids::CustomerId;
use shared::limits;
use shared::order::Actor;
use shared::placement::Buyer;

use crate::app::App;
use crate::checkout::{Asked, place_and_answer};
use crate::edge::{Function, Problem, Request, Response};
use crate::error::Error;

/// The function.
pub const FUNCTION: Function =
    Function::HttpQuery(&["dry_run"], |app, request| Box::pin(handle(app, request)));

/// Like `POST /orders`, for somebody whom only a mail address tells: with lines, never with a cart. The answer and the mail
/// carry `order_token`, which is the only way back to the order. 403 if the store takes no guests; 400 if the key could be
/// guessed.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let asked = Asked::of(&request)?;
    if !app.store(false).await?.settings.guest_checkout.enabled {
        return Err(Problem::new(403, "guests_not_allowed", "the store sells to accounts only").into());
    }
    let buyer = buyer(app, &request, &asked.body).await?;
    if asked.key.as_ref().is_some_and(|key| key.as_str().len() < limits::GUEST_KEY) {
        let detail = "a guest's key has at least 16 characters that nobody can guess, e.g. a UUID";
        return Err(Problem::new(400, "idempotency_key_invalid", detail).into());
    }
    place_and_answer(app, &asked, &buyer).await
}

/// A guest is who has this mail address.
async fn buyer(app: &App, request: &Request, body: &PlaceOrder) -> Result<Buyer, Error> {
    let mut errors = Vec::new();
    let mut error = |field: &str, code, detail: &str| errors.push(FieldError::new(field, code, detail));
    if body.lines.is_none() {
        error("/lines", "required", "a guest has no cart; name the lines");
    }
    if body.customer_id.is_some() {
        error("/customer_id", "not_permitted", "a guest orders for nobody else");
    }
    let Some(email) = &body.contact_email else {
        error("/contact_email", "required", "a guest is told by the mail address");
        return Err(errors.into());
    };
    if !errors.is_empty() {
        return Err(errors.into());
    }
    let key = app.signing.text().await?;
    let guest = CustomerId::of_guest(key.as_bytes(), email);
    Ok(Buyer {
        customer: guest.clone(),
        caller: guest,
        actor: Actor::Customer,
        email: None,
        language: request.preferred_language(),
    })
}
