//! `POST /webhooks/carrier`: what the carrier tells us about parcels (A6, R4).

use serde_json::json;
use shared::carrier::{Reference, Track, TrackStatus};
use shared::ids::{CustomerId, OrderNumber};
use shared::order::{Actor, Command, Order, ShipmentState};
use shared::placement::Document;

use crate::app::App;
use crate::carriers::News;
use crate::edge::{Function, Request, Response};
use crate::error::Error;
use crate::orders::{execute, load};
use crate::payments::settle_or_leave;

/// The function.
pub const FUNCTION: Function = Function::HttpOpen(|app, request| Box::pin(handle(app, request)));

/// 200 once the order shows it; 503 for an order that we do not have (yet), so that the carrier sends it again, which Shippo does not
/// after 404. Each delivery has all checkpoints so far, so late, doubled and reordered ones end right.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let news = app.carrier.hear(app.carrier.delivery(&request)?, app.now()).await?;
    let used = match news {
        News::Seen { reference, track } => seen(app, &reference, &track).await?,
        // The worker asks how the purchase stands, within a minute.
        News::Label { .. } | News::Other => false,
    };
    Response::json(200, &json!({"received": true, "used": used}))
}

/// Takes in where a parcel was seen; false if its order does not send it (any more).
async fn seen(app: &App, reference: &Reference, track: &Track) -> Result<bool, Error> {
    let customer = owner(app, reference).await?;
    let (order, document) = load(app, &customer, &reference.order).await.map_err(|error| match error {
        Error::Problem(problem) if problem.status == 404 => not_here(),
        error => error,
    })?;
    let Some(parcel) = u16::try_from(reference.shipment).ok().filter(|parcel| has(&order, *parcel)) else {
        return Ok(false);
    };
    let all = app.table.add_checkpoints(&customer, &order.id, parcel, &track.checkpoints).await?;
    let track = Track { checkpoints: all, ..track.clone() };
    move_on(app, order, &document, parcel, &track).await?;
    Ok(true)
}

/// Ships and delivers the parcel, as far as the carrier has come with it; what is paid at shipment is taken then.
async fn move_on(
    app: &App,
    mut order: Order,
    document: &Document,
    parcel: u16,
    track: &Track,
) -> Result<(), Error> {
    let status = track.status();
    let state = |order: &Order| order.shipment(parcel).map(|shipment| shipment.state);
    if status.is_with_carrier() && state(&order).is_some_and(|state| state < ShipmentState::Shipped) {
        let ship = Command::Ship { parcel: Some(parcel), courier: None };
        order = execute(app, order, document, &ship, &Actor::Carrier).await?;
        order = settle_or_leave(app, order, document).await?;
    }
    if status == TrackStatus::Delivered && state(&order) == Some(ShipmentState::Shipped) {
        let deliver = Command::Deliver { parcel: Some(parcel) };
        execute(app, order, document, &deliver, &Actor::Carrier).await?;
    }
    Ok(())
}

fn has(order: &Order, parcel: u16) -> bool {
    order.shipment(parcel).is_some()
}

/// Whose the parcel is: the reference says it, or the index of numbers does.
async fn owner(app: &App, reference: &Reference) -> Result<CustomerId, Error> {
    if let Some(customer) = &reference.customer {
        return Ok(customer.clone());
    }
    let found = app.table.find_number(&OrderNumber::of(&reference.order)).await?;
    let owner = found.into_iter().find(|(_, known)| *known == reference.order).map(|(customer, _)| customer);
    owner.ok_or_else(not_here)
}

fn not_here() -> Error {
    Error::unavailable("the order of a parcel", "it is not here, or not here yet")
}
