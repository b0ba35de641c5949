//! `GET /admin/warehouses`: the store's warehouses (A1).

use shared::api::store::WarehousesView;

use crate::app::App;
use crate::edge::{Function, Request, Response};
use crate::error::Error;
use crate::store::answer;

/// The function.
pub const FUNCTION: Function = Function::Http(|app, request| Box::pin(handle(app, request)));

/// 200 with all of them, by their ids; their version is the store's.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    request.staff()?;
    let store = app.store(true).await?;
    answer(200, &WarehousesView::of(&store), &store)
}
