//! The fulfilment worker: plans the parcels of a confirmed order, and deals with their labels (A10, A6).

use shared::order::{Actor, Command};
use shared::outbox::Queue;

use crate::app::App;
use crate::edge::{Delivery, Function};
use crate::error::Error;
use crate::labels::Labels;
use crate::orders::{execute, load};
use crate::queues::delay;

/// The function.
pub const FUNCTION: Function = Function::Sqs(|app, delivery| Box::pin(handle(app, delivery)));

/// Seconds until the next look when the carrier does not answer.
const AGAIN_AFTER_SECONDS: i64 = 60;

/// Verifies the allocation, picks the packaging, computes the carbon, and moves the order to `preparing`. Buys the labels of its
/// parcels where the store wants that, and gives back those of parcels that are not sent. While something is open at the
/// carrier, a new delayed message takes this one's place: a carrier that is down must not push orders into the dead letters.
pub async fn handle(app: &App, delivery: Delivery) -> Result<(), Error> {
    let Delivery { message, token } = delivery;
    let (order, document) = load(app, &message.customer_id, &message.order_id).await?;
    let id = order.id;
    let store = app.store(false).await?;
    let prepare = Command::Prepare { packagings: store.settings.fulfillment.packagings.clone().into() };
    let order = execute(app, order, &document, &prepare, &Actor::Worker).await?;
    let again_after = match Labels::new(app, &document, &store, &token).settle(order).await {
        Ok(settled) => settled.again_after,
        Err(error) if app.carrier.is_down(&error) => {
            let order = [("order.id", id.to_string().into())];
            app.log.error("the labels are looked at again later", &order, &error);
            Some(AGAIN_AFTER_SECONDS)
        }
        Err(error) => return Err(error),
    };
    match again_after {
        Some(seconds) => app.queues.send(Queue::Fulfillment, &[(message, delay(seconds))]).await,
        None => Ok(()),
    }
}
