//! `GET /orders/{order_id}/tracking`, `GET /guest/orders/{order_token}/tracking`: where the parcels are (R4).

use shared::api::tracking::TrackingView;
use std::collections::BTreeMap;

use crate::app::App;
use crate::edge::{Function, Request, Response};
use crate::error::Error;
use crate::orders::{find, named};

/// The function.
pub const FUNCTION: Function = Function::Http(|app, request| Box::pin(handle(app, request)));

/// 200 with what is known of the order's way; 404 if there is none of theirs.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let named = named(app, &request).await?;
    let (order, document) = find(app, &named.customer, &named.id).await?;
    // Only carriers that were asked for a label tell about parcels.
    let told = match order.labels().is_empty() {
        true => BTreeMap::new(),
        false => app.table.checkpoints(&named.customer, &named.id).await?,
    };
    let view = TrackingView::of(&order, &document, &told, app.now());
    // Whether it is late depends on the day.
    Ok(Response::json(200, &view)?.versioned_with_body(order.version()))
}
