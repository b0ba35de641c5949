//! The endpoints.

use http::Method;
use serde_json::Value;

use super::error::{ApiError, Failure};
use super::params::Params;
use super::store::{Kind, Work};
use super::{accounts, rates, refunds, shipments, tracks, transactions};

/// Does what is asked: the status of the answer, and its body.
pub(super) fn run(
    work: &Work<'_>,
    method: &Method,
    path: &str,
    mut params: Params,
) -> Result<(u16, Value), Failure> {
    const GET: &Method = &Method::GET;
    const POST: &Method = &Method::POST;
    let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let (status, answer) = match (method, segments.as_slice()) {
        (POST, ["shipments"]) => return Ok((201, shipments::create(work, params)?)),
        (POST, ["transactions"]) => return Ok((201, transactions::create(work, params)?)),
        (POST, ["refunds"]) => return Ok((201, refunds::create(work, params)?)),
        (POST, ["tracks"]) => return Ok((200, tracks::register(work, params)?)),
        (GET, ["shipments"]) => (200, shipments::list(work, &mut params)?),
        (GET, ["shipments", id]) => (200, shipments::get(work, id)?),
        (GET, ["shipments", id, "rates"]) => (200, rates::list(work, id, &mut params)?),
        (GET, ["rates", id]) => (200, work.get(Kind::Rate, id)?),
        (GET, ["transactions"]) => (200, transactions::list(work, &mut params)?),
        (GET, ["transactions", id]) => (200, transactions::get(work, id)?),
        (GET, ["refunds"]) => (200, refunds::list(work, &mut params)?),
        (GET, ["refunds", id]) => (200, work.get(Kind::Refund, id)?),
        (GET, ["tracks", carrier, number]) => (200, tracks::get(work, carrier, number)?),
        (GET, ["carrier_accounts"]) => (200, accounts::list(work, &mut params)?),
        (GET, ["carrier_accounts", id]) => (200, accounts::get(id)?),
        (_, ["shipments" | "transactions" | "refunds" | "tracks" | "rates" | "carrier_accounts", ..]) => {
            return Err(ApiError::detail(405, &format!("Method \"{method}\" not allowed.")).into());
        }
        _ => return Err(ApiError::not_found().into()),
    };
    params.finish()?;
    Ok((status, answer))
}
