//! `PUT /admin/warehouses/{warehouse_id}`: creates or replaces a warehouse, under a new version of the store (A1, A4).

use shared::api::store::WarehouseView;
use shared::ids::WarehouseId;
use shared::limits;
use shared::store::{Store, Warehouse};

use crate::app::App;
use crate::edge::{Function, Problem, Request, Response};
use crate::error::Error;
use crate::store::answer;

/// The function.
pub const FUNCTION: Function = Function::Http(|app, request| Box::pin(handle(app, request)));

/// 201 if the warehouse is new, 200 if it was replaced; 422 if it breaks a rule; 409 if there are as many as there may be, or
/// the store gets too large; 412 if `If-Match` names another version of the store. Warehouses are not deleted, because stock
/// and orders name them: one without areas serves nobody. One that is so already makes no new version, whatever `If-Match`
/// names.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    request.staff()?;
    let id = request.path("warehouse_id", WarehouseId::parse)?;
    let warehouse: Warehouse = request.json()?;
    let errors = warehouse.check();
    if !errors.is_empty() {
        return Err(errors.into());
    }
    let change = |store: &Store| {
        if store.warehouses.get(&id) != Some(&warehouse) {
            request.require_version(store.version)?;
        }
        with_warehouse(store, &id, &warehouse)
    };
    let (before, after) = app.change_store(change).await?;
    let status = if before.warehouses.contains_key(&id) { 200 } else { 201 };
    answer(status, &WarehouseView::of(&id, &warehouse), &after)
}

fn with_warehouse(store: &Store, id: &WarehouseId, warehouse: &Warehouse) -> Result<Store, Error> {
    let mut next = store.clone();
    next.warehouses.insert(id.clone(), warehouse.clone());
    if next.warehouses.len() > limits::WAREHOUSES {
        return Err(Problem::new(409, "too_many_warehouses", "a store has at most 50 warehouses").into());
    }
    Ok(next)
}
