//! The relay: sends what is new in an order's log to the workers, and keeps the counts.

use shared::order::Order;
use shared::outbox::{Message, Queue, routes};

use crate::app::App;
use crate::edge::{Change, Function};
use crate::error::Error;
use crate::table;

/// The function.
pub const FUNCTION: Function = Function::Stream(|app, change| Box::pin(handle(app, change)));

/// Sends the events that the new head has beyond the old one. At least once: if anything fails, the change is sent again.
pub async fn handle(app: &App, change: Change) -> Result<(), Error> {
    let Some(new) = change.new.filter(table::is_head) else {
        return Ok(());
    };
    let order = table::order(new)?;
    let old = change.old.filter(table::is_head).map(table::order).transpose()?;
    let known = old.as_ref().map_or(0, |old| old.log.len());
    for queue in Queue::ALL {
        let messages = messages(&order, known, queue);
        app.queues.send(queue, &messages).await?;
    }
    app.table.count_order(&order.customer, old.map(|old| old.status), order.status, &change.sequence).await
}

fn messages(order: &Order, known: usize, queue: Queue) -> Vec<(Message, i32)> {
    let fresh = order.log.iter().skip(known);
    fresh
        .flat_map(|event| routes(&event.kind).iter().map(move |route| (event, route)))
        .filter(|(_, (to, _))| *to == queue)
        .map(|(event, (_, delay))| (Message::about(order, event), *delay))
        .collect()
}
