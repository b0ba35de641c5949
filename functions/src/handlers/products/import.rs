//! `POST /admin/products/import`: creates or replaces many products, one JSON object a line (A1).

use shared::api::import::ImportLine;
use shared::limits;

use crate::app::App;
use crate::catalog;
use crate::edge::{Function, Request, Response};
use crate::error::Error;

/// The function.
pub const FUNCTION: Function = Function::Http(|app, request| Box::pin(handle(app, request)));

/// 200 with what became of each line: a wrong one does not stop the others. 413, 415 or 400 if the body is no such text;
/// 422 without lines, or with more than 200.
///
/// It needs no idempotency key: a line says what the product is to be, and what is so already is not written again.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    request.staff()?;
    let lines = request.json_lines::<ImportLine>(limits::IMPORT_LINES)?;
    Response::json(200, &catalog::import(app, lines).await)
}
