//! `GET /admin/orders/{order_id}/shipments/{shipment_id}/label`: a link to the label of a parcel that works now (A6).

use shared::api::label::LabelLinkView;
use shared::carrier::{Label, LabelLink};
use shared::order::LabelState;

use crate::app::App;
use crate::edge::{Function, Problem, Request, Response};
use crate::error::Error;
use crate::orders::{find_head, named};

/// The function.
pub const FUNCTION: Function = Function::Http(|app, request| Box::pin(handle(app, request)));

/// 200 with links to the label and to those of its other packages; 404 if the order never had such a parcel; 409 if it has no label
/// that could be used; 503 if the carrier does not answer.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    request.staff()?;
    let parcel = request.path("shipment_id", str::parse)?;
    let named = named(app, &request).await?;
    let order = find_head(app, &named.customer, &named.id).await?;
    if order.planned_parcel(parcel).is_none() {
        return Err(Problem::not_found().into());
    }
    let is_sent = order.shipment(parcel).is_some();
    let state = order.labels().remove(&parcel).unwrap_or_default();
    let label = match &state {
        LabelState::Bought { label } if is_sent => label,
        _ => return Err(without_label(state.as_str()).into()),
    };
    let gone = || without_label(LabelState::Voided.as_str());
    let links = links(app, label).await?.ok_or_else(gone)?;
    let view = LabelLinkView::of(order.id, parcel, label, links);
    // Whoever has the link can print the label, and it ends.
    Ok(Response::json(200, &view)?.header("cache-control", "no-store"))
}

/// A link to each package's label, the parcel's own first. None if the carrier does not have one of them any more.
async fn links(app: &App, label: &Label) -> Result<Option<(LabelLink, Vec<LabelLink>)>, Error> {
    let pieces = label.pieces.iter().map(|piece| &piece.transaction);
    let Some(first) = app.carrier.label_url(&label.transaction).await? else { return Ok(None) };
    let mut others = Vec::new();
    for transaction in pieces {
        match app.carrier.label_url(transaction).await? {
            Some(link) => others.push(link),
            None => return Ok(None),
        }
    }
    Ok(Some((first, others)))
}

/// 409: there is nothing to print.
fn without_label(status: &str) -> Problem {
    Problem::new(409, "no_label", "the parcel has no label, or none any more").with("label_status", status)
}
