//! The invoice worker: numbers the bills that an order is due (R6).

use crate::app::App;
use crate::bills::issue_due;
use crate::edge::{Delivery, Function};
use crate::error::Error;
use crate::orders::load;

/// The function.
pub const FUNCTION: Function = Function::Sqs(|app, delivery| Box::pin(handle(app, delivery)));

/// Looks at the order as it is now, whatever the message is about: a message that comes again finds nothing due.
pub async fn handle(app: &App, delivery: Delivery) -> Result<(), Error> {
    let (order, document) = load(app, &delivery.message.customer_id, &delivery.message.order_id).await?;
    issue_due(app, order, &document).await?;
    Ok(())
}
