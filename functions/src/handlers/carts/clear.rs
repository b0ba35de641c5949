//! `DELETE /cart`: takes everything out of the cart (A2).

use crate::app::App;
use crate::edge::{Function, Request, Response};
use crate::error::Error;

/// The function.
pub const FUNCTION: Function = Function::Http(|app, request| Box::pin(handle(app, request)));

/// 204, whether there was anything in it or not.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let caller = request.caller()?;
    app.table.clear_cart(&caller.id).await?;
    Ok(Response::empty(204))
}
