//! `GET /orders/{order_id}/impact`, `GET /guest/orders/{order_token}/impact`: what an order emits, as figures or as a picture (R7).

use shared::api::impact::ImpactView;
use shared::picture;

use crate::app::App;
use crate::edge::{Function, Request, Response};
use crate::error::Error;
use crate::orders::{find, named};

/// The function.
pub const FUNCTION: Function =
    Function::HttpQuery(&["format"], |app, request| Box::pin(handle(app, request)));

const SVG: &str = "image/svg+xml";
const FORMS: [(&str, &str); 2] = [("json", "application/json"), ("svg", SVG)];

/// 200 with the estimate and all that went into it, as JSON or, by `?format=svg` or `Accept`, as a picture; 404 if there is no such
/// order of theirs; 422 if the format is none of the two.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let form = request.format(&FORMS)?;
    let named = named(app, &request).await?;
    let (order, document) = find(app, &named.customer, &named.id).await?;
    let view = ImpactView::of(&order, &document);
    let response = match form {
        SVG => Response::svg(200, picture::lifecycle(&view)),
        _ => Response::json(200, &view)?,
    };
    Ok(response.versioned_with_body(order.version()).header("vary", "accept"))
}
