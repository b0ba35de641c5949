//! Giving money back, and what becomes of it.

pub mod request;
pub mod retry;
pub mod settle;

use shared::api::refund::RefundedView;

use crate::app::App;
use crate::edge::{Problem, Request, Response};
use crate::error::Error;
use crate::orders::{Case, Done, case};

/// The order that a request is about. 404 if it has no refund of that id, wherever it stands.
async fn case_with(app: &App, request: &Request, id: &str) -> Result<Case, Error> {
    let case = case(app, request).await?;
    if case.order.refund(id).is_none() {
        return Err(Problem::not_found().into());
    }
    Ok(case)
}

/// The refund of that id, after a command.
fn answer(done: &Done, id: &str) -> Result<Response, Error> {
    let refund = done.order.refund(id).ok_or_else(Problem::not_found)?;
    let view = RefundedView::of(&done.order, &refund, done.dry_run);
    Ok(Response::json(200, &view)?.versioned(done.order.version()))
}
