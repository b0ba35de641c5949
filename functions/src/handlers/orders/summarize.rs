//! `GET /orders/{order_id}/summary`, `GET /guest/orders/{order_token}/summary`: an order summed up in its reader's language (R5).

use shared::api::summary::SummaryView;

use crate::app::App;
use crate::edge::{Function, Request, Response};
use crate::error::Error;
use crate::orders::{find, named};

/// The function.
pub const FUNCTION: Function = Function::HttpQuery(&["lang"], |app, request| Box::pin(handle(app, request)));

/// 200 with the summary, product names in `?lang=`, else in the language that `Accept-Language` puts first, else in the order's,
/// where there are any; 404 if there is no such order of theirs; 422 if the language is none.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let language = request.reader_language()?;
    let named = named(app, &request).await?;
    let (order, document) = find(app, &named.customer, &named.id).await?;
    let view = SummaryView::of(&order, &document, language.as_ref());
    let response = Response::json(200, &view)?.versioned_with_body(order.version());
    Ok(response.header("vary", "accept-language"))
}
