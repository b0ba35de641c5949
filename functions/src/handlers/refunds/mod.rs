//! Giving money back, and what becomes of it.

pub mod request;
pub mod retry;
pub mod settle;

use shared::api::refund::RefundedView;

use crate::edge::{Problem, Response};
use crate::error::Error;
use crate::orders::Done;

/// The refund of that id, after a command.
fn answer(done: &Done, id: &str) -> Result<Response, Error> {
    let refund = done.order.refund(id).ok_or_else(Problem::not_found)?;
    let view = RefundedView::of(&done.order, &refund, done.dry_run);
    Ok(Response::json(200, &view)?.versioned(done.order.version()))
}
