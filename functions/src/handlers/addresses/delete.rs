//! `DELETE /addresses/{address_id}`: takes an address out of the caller's book (A3).

use shared::ids::AddressId;

use crate::app::App;
use crate::edge::{Function, Problem, Request, Response};
use crate::error::Error;

/// The function.
pub const FUNCTION: Function = Function::Http(|app, request| Box::pin(handle(app, request)));

/// 204; 404 if there is no such address. Orders keep their own copies, so none of them changes.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let caller = request.caller()?;
    let id = request.path("address_id", AddressId::parse)?;
    if !app.table.addresses(&caller.id, true).await?.contains_key(&id) {
        return Err(Problem::not_found().into());
    }
    app.table.remove_address(&caller.id, &id).await?;
    Ok(Response::empty(204))
}
