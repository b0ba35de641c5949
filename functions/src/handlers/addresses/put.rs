//! `PUT /addresses/{address_id}`: adds an address to the caller's book, or replaces it (A3).

use shared::address::Address;
use shared::api::address::{AddressView, check};
use shared::ids::AddressId;

use crate::app::App;
use crate::edge::{Function, Problem, Request, Response};
use crate::error::Error;
use crate::table::Kept;

/// The function.
pub const FUNCTION: Function = Function::Http(|app, request| Box::pin(handle(app, request)));

/// 201 if the address is new, 200 if it was replaced; 422 if it breaks a rule; 409 if the book is full. Orders keep their own
/// copies, so none of them changes.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let caller = request.caller()?;
    let address_id = request.path("address_id", AddressId::parse)?;
    let address: Address = request.json()?;
    let errors = check(&address);
    if !errors.is_empty() {
        return Err(errors.into());
    }
    let known = app.table.addresses(&caller.id, true).await?.contains_key(&address_id);
    match app.table.put_address(&caller.id, &address_id, &address).await? {
        Kept::Done => {
            let view = AddressView { address_id, address };
            let response = Response::json(if known { 200 } else { 201 }, &view)?;
            Ok(response.header("cache-control", "private, no-cache"))
        }
        Kept::Full => Err(Problem::new(409, "address_book_full", "a book has at most 50 addresses").into()),
    }
}
