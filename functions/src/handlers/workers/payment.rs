//! The payment worker: brings payments and stock holds that hang to an end (A5).

use shared::order::payment::{Step, next_step};
use shared::order::{Order, RefundState, Status};
use shared::outbox::Queue;

use crate::app::App;
use crate::edge::{Delivery, Function};
use crate::error::Error;
use crate::orders::load;
use crate::payments::settle_or_give_up;
use crate::queues::delay;

/// The function.
pub const FUNCTION: Function = Function::Sqs(|app, delivery| Box::pin(handle(app, delivery)));

/// Seconds until the next look when the provider does not answer.
const AGAIN_AFTER_SECONDS: i32 = 60;

/// Does what can be done now. While something is open, a new delayed message takes this one's place: a provider that
/// is down for hours must not push orders into the dead letters.
pub async fn handle(app: &App, delivery: Delivery) -> Result<(), Error> {
    let message = delivery.message;
    let (order, document) = load(app, &message.customer_id, &message.order_id).await?;
    let id = order.id;
    // Whatever the provider refuses: when the hold is over the order is given up, and that needs no provider.
    let held = order.status == Status::Pending && order.hold_until.is_some_and(|until| app.now() < until);
    let again_after = match settle_or_give_up(app, order, &document).await {
        Ok(order) => match next_step(&order, app.now()) {
            Step::WaitUntil(moment) => delay(moment.seconds_since(app.now()).saturating_add(1)),
            Step::Done => return refunds_are_well(&order),
            _ => AGAIN_AFTER_SECONDS,
        },
        Err(error) if held || matches!(error, Error::Unavailable { service: "Stripe", .. }) => {
            app.log.error(
                "the payment is looked at again later",
                &[("order.id", id.to_string().into())],
                &error,
            );
            AGAIN_AFTER_SECONDS
        }
        Err(error) => return Err(error),
    };
    app.queues.send(Queue::Payment, &[(message, again_after)]).await
}

/// A refund that failed for good needs somebody, as long as the store has money that is not its own: its message ends in the
/// dead letters, and they raise the alarm.
fn refunds_are_well(order: &Order) -> Result<(), Error> {
    if order.sums().balance_minor() >= 0 {
        return Ok(());
    }
    match order.refunds().into_iter().find(|refund| refund.state == RefundState::Failed) {
        Some(refund) => Err(Error::broken("a refund failed", refund.id.as_str())),
        None => Ok(()),
    }
}
