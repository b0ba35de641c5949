//! Orders without an account.

pub mod get;
pub mod pay;
pub mod place;

use shared::guest;
use shared::ids::{CustomerId, OrderId};

use crate::app::App;
use crate::edge::{Problem, Request};
use crate::error::Error;

/// The order that the path's token opens, and whose it is. 404 if it opens none, or none any more.
async fn opened(app: &App, request: &Request) -> Result<(CustomerId, OrderId), Error> {
    let key = app.signing.text().await?;
    let token = request.path("order_token", |token| Ok::<_, ()>(token.to_owned()))?;
    Ok(guest::open(key.as_bytes(), &token, app.now()).map_err(|_| Problem::not_found())?)
}
