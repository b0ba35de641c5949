//! `GET /addresses`: the caller's address book (A3).

use shared::api::address::AddressBookView;

use crate::app::App;
use crate::edge::{Function, Request, Response};
use crate::error::Error;

/// The function.
pub const FUNCTION: Function = Function::Http(|app, request| Box::pin(handle(app, request)));

/// 200 with all addresses, by their ids. A fresh read, because people look at it right after they changed it.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let caller = request.caller()?;
    let book = app.table.addresses(&caller.id, true).await?;
    Ok(Response::json(200, &AddressBookView::of(book))?.header("cache-control", "private, no-cache"))
}
