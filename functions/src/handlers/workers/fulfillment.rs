//! The fulfilment worker: plans the parcels of a confirmed order (A10).

use shared::order::{Actor, Command};
use shared::{fulfillment, packaging};

use crate::app::App;
use crate::edge::{Delivery, Function};
use crate::error::Error;
use crate::orders::{execute, find_head, frozen};

/// The function.
pub const FUNCTION: Function = Function::Sqs(|app, delivery| Box::pin(handle(app, delivery)));

/// Verifies the allocation, picks the packaging, computes the carbon, and moves the order to `preparing`.
pub async fn handle(app: &App, delivery: Delivery) -> Result<(), Error> {
    let order = find_head(app, &delivery.message.customer_id, &delivery.message.order_id).await?;
    let document = frozen(app, &order).await?;
    let plan = fulfillment::plan(&document, &packaging::DEFAULT)
        .map_err(|error| Error::broken("an order's stock is not what it sells", error))?;
    let prepare = Command::Prepare { parcels: plan.parcels, carbon_grams: plan.carbon_grams };
    execute(app, order, &prepare, &Actor::Worker).await.map(drop)
}
