//! The fulfilment worker: plans the parcels of a confirmed order (A10).

use shared::order::{Actor, Command};

use crate::app::App;
use crate::edge::{Delivery, Function};
use crate::error::Error;
use crate::orders::{execute, load};

/// The function.
pub const FUNCTION: Function = Function::Sqs(|app, delivery| Box::pin(handle(app, delivery)));

/// Verifies the allocation, picks the packaging, computes the carbon, and moves the order to `preparing`.
pub async fn handle(app: &App, delivery: Delivery) -> Result<(), Error> {
    let (order, document) = load(app, &delivery.message.customer_id, &delivery.message.order_id).await?;
    let prepare = Command::Prepare { packagings: app.packagings().await? };
    execute(app, order, &document, &prepare, &Actor::Worker).await.map(drop)
}
