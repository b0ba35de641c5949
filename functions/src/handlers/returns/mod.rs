//! Sending goods back.

pub mod approve;
pub mod list;
pub mod receive;
pub mod reject;
pub mod request;

use shared::api::returns::ReturnedView;

use crate::app::App;
use crate::edge::{Problem, Request, Response};
use crate::error::Error;
use crate::orders::{Case, Done, case};

/// Which return of the order the path names.
fn return_id(request: &Request) -> Result<u16, Error> {
    request.path("return_id", str::parse)
}

/// The order that a request is about. 404 if it has no return of that number, wherever it stands.
async fn case_with(app: &App, request: &Request, id: u16) -> Result<Case, Error> {
    let case = case(app, request).await?;
    if case.order.a_return(id).is_none() {
        return Err(Problem::not_found().into());
    }
    Ok(case)
}

/// The return of that number, after a command.
fn answer(done: &Done, id: u16) -> Result<Response, Error> {
    let known = done.order.a_return(id).ok_or_else(Problem::not_found)?;
    let view = ReturnedView::of(&done.order, &known, done.dry_run);
    Ok(Response::json(200, &view)?.versioned(done.order.version()))
}
