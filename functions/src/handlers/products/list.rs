//! `GET /products`: the catalogue, page by page (A1).

use serde::Serialize;
use shared::api::product::ProductView;
use shared::ids::ProductId;
use shared::{limits, seal};

use crate::app::App;
use crate::edge::{Function, Problem, Request, Response};
use crate::error::Error;

/// The function.
pub const FUNCTION: Function =
    Function::HttpQuery(&["limit", "cursor", "lang"], |app, request| Box::pin(handle(app, request)));

const SCOPE: &str = "products";

#[derive(Serialize)]
struct ProductPage {
    products: Vec<ProductView>,
    next_cursor: Option<String>,
}

/// 200 with a page by product id; `?cursor=&limit=&lang=`. 400 for a cursor of another list, 422 for a limit or a language
/// that is none.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let limit = request.number("limit", 1, limits::PAGE)?.unwrap_or(limits::DEFAULT_PAGE);
    let language = request.language()?;
    let key = app.signing.text().await?;
    let after = request.query("cursor").map(|sealed| position(key.as_bytes(), sealed)).transpose()?;
    let (products, last) = app.table.catalogue(after.as_ref(), limit).await?;
    let view = ProductPage {
        products: products.iter().map(|product| ProductView::row(product, language.as_ref())).collect(),
        next_cursor: last.map(|last| seal::seal(key.as_bytes(), SCOPE, last.as_str())),
    };
    Ok(Response::json(200, &view)?.header("cache-control", "public, max-age=10"))
}

fn position(key: &[u8], sealed: &str) -> Result<ProductId, Error> {
    let opened = seal::open(key, SCOPE, sealed).ok().and_then(|position| ProductId::parse(&position).ok());
    opened
        .ok_or_else(|| Problem::new(400, "invalid_cursor", "the cursor was not issued for this list").into())
}
