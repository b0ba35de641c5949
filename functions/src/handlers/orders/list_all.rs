//! `GET /admin/orders`: everybody's orders, newest first, for staff (C7).

use shared::api::FieldError;
use shared::api::admin::{AdminOrderPage, AdminOrderRow, period};
use shared::ids::{CustomerId, OrderId};
use shared::placement::fingerprint;
use shared::{limits, seal};

use super::list::parse_status;
use crate::app::App;
use crate::edge::{Function, Problem, Request, Response};
use crate::error::Error;
use crate::table::{Filter, Place};

/// The function.
pub const FUNCTION: Function = Function::HttpQuery(
    &["status", "user_id", "from", "to", "attention", "limit", "cursor"],
    |app, request| Box::pin(handle(app, request)),
);

/// 200 with a page of at most `?limit=` rows, which goes on at `?cursor=`: of `?status=`, of the customer `?user_id=`, placed
/// `?from=` until `?to=`, and with `?attention=true` those that staff must look at. 400 for a cursor of another list; 403 for
/// customers.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let caller = request.staff()?;
    let status = request.query("status").map(parse_status).transpose()?;
    let customer = request.query("user_id").map(parse_customer).transpose()?;
    let (from, before) = period(request.query("from"), request.query("to"))?;
    let filter = Filter { status, attention: request.flag("attention")?, from, before };
    let limit = request.number("limit", 1, limits::PAGE)?.unwrap_or(limits::DEFAULT_PAGE);
    let key = app.signing.text().await?;
    let filters = (&caller.id, &customer, filter.status, filter.attention, filter.from, filter.before);
    let scope = format!("all-orders|{}", fingerprint(&filters));
    let after = request.query("cursor").map(|sealed| position(key.as_bytes(), &scope, sealed)).transpose()?;

    let found = match &customer {
        Some(customer) => {
            let after = after.map(|(_, order)| order);
            app.table.orders(customer, &filter, after, 0, limit).await?
        }
        None => app.table.all_orders(&filter, after, limit).await?,
    };
    let now = app.now();
    let seal = |(customer, order): Place| seal::seal(key.as_bytes(), &scope, &format!("{order} {customer}"));
    let view = AdminOrderPage {
        orders: found.orders.iter().map(|order| AdminOrderRow::of(order, now)).collect(),
        next_cursor: found.last.map(seal),
    };
    Ok(Response::json(200, &view)?.header("cache-control", "private, no-cache"))
}

fn parse_customer(id: &str) -> Result<CustomerId, Error> {
    let invalid =
        |rule: shared::ids::InvalidId| vec![FieldError::new("?user_id", "invalid", &rule.to_string())];
    CustomerId::parse(id).map_err(|rule| invalid(rule).into())
}

fn position(key: &[u8], scope: &str, sealed: &str) -> Result<Place, Error> {
    let opened = seal::open(key, scope, sealed).ok();
    let place = opened
        .as_deref()
        .and_then(|position| position.split_once(' '))
        .and_then(|(order, customer)| Some((CustomerId::parse(customer).ok()?, OrderId::parse(order).ok()?)));
    place.ok_or_else(|| Problem::new(400, "invalid_cursor", "the cursor was not issued for this list").into())
}
