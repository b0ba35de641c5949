//! `GET /orders`: the caller's own orders, newest first (R3).

use shared::api::FieldError;
use shared::api::order::{OrderPage, OrderRow, Pagination};
use shared::ids::OrderId;
use shared::order::Status;
use shared::{limits, seal};

use crate::app::App;
use crate::edge::{Function, Problem, Request, Response};
use crate::error::Error;
use crate::table::Filter;

/// The function.
pub const FUNCTION: Function =
    Function::HttpQuery(&["status", "page", "per_page", "limit", "cursor"], |app, request| {
        Box::pin(handle(app, request))
    });

/// 200 with a page: `?page=&per_page=` with totals, or `?cursor=&limit=` for any depth; `?status=` filters both.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let caller = request.caller()?;
    let status = request.query("status").map(parse_status).transpose()?;
    let page = request.number("page", 1, limits::PAGE_DEPTH)?;
    let size = request.number("per_page", 1, limits::PAGE)?.or(request.number("limit", 1, limits::PAGE)?);
    let size = size.unwrap_or(limits::DEFAULT_PAGE);
    let skip = page.unwrap_or(1).saturating_sub(1).saturating_mul(size);
    if skip > limits::PAGE_DEPTH {
        let detail = "pages reach 1000 rows deep; use the cursor beyond that";
        return Err(vec![FieldError::new("?page", "too_deep", detail)].into());
    }
    let key = app.signing.text().await?;
    let scope = format!("orders|{}|{}", caller.id, status.map_or("", Status::as_str));
    let after = request.query("cursor").map(|sealed| position(key.as_bytes(), &scope, sealed)).transpose()?;

    let by_page = page.is_some() || (after.is_none() && request.query("limit").is_none());
    let filter = Filter::of(status);
    let (found, total) = tokio::join!(app.table.orders(&caller.id, &filter, after, skip, size), async {
        if by_page { app.table.count_orders(&caller.id, status).await.map(Some) } else { Ok(None) }
    });
    let found = found?;
    let view = OrderPage {
        orders: found.orders.iter().map(OrderRow::of).collect(),
        pagination: total?.map(|total_items| Pagination {
            current_page: page.unwrap_or(1),
            per_page: size,
            total_items,
            total_pages: total_items.div_ceil(u64::from(size)),
        }),
        next_cursor: found.last.map(|(_, last)| seal::seal(key.as_bytes(), &scope, &last.to_string())),
    };
    Ok(Response::json(200, &view)?.header("cache-control", "private, no-cache"))
}

pub(super) fn parse_status(name: &str) -> Result<Status, Error> {
    let unknown =
        || vec![FieldError::new("?status", "unknown_status", "one of the documented statuses")].into();
    Status::parse(name).ok_or_else(unknown)
}

fn position(key: &[u8], scope: &str, sealed: &str) -> Result<OrderId, Error> {
    let opened = seal::open(key, scope, sealed).ok().and_then(|position| OrderId::parse(&position).ok());
    opened
        .ok_or_else(|| Problem::new(400, "invalid_cursor", "the cursor was not issued for this list").into())
}
