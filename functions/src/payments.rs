//! Bringing an order's money to an end. The caller's request, the provider's webhook and the payment worker all call
//! [`settle`]; whoever comes first does the work, and the others find it done.

use shared::order::payment::{Step, has_waited_long_enough, next_step};
use shared::order::{Actor, Command, Order};
use shared::placement::Document;

use crate::app::App;
use crate::error::Error;
use crate::orders::execute;

/// Steps that one call takes at most beside its refunds, each of which is another; an order needs three (void what is
/// replaced, create, confirm).
const STEPS: usize = 8;

/// Takes every step that can be taken now and returns the order as it is then.
///
/// # Errors
/// The provider or the table did not answer; what was done up to there is saved, and whoever calls again goes on.
pub async fn settle(app: &App, mut order: Order, document: &Document) -> Result<Order, Error> {
    for _ in 0..STEPS + order.refunds().len() {
        let (command, actor) = match next_step(&order, app.now()) {
            Step::Done | Step::WaitUntil(_) => return Ok(order),
            Step::Create => (Command::RecordPayment(app.stripe.create(&order).await?), Actor::Provider),
            Step::Confirm(intent) => {
                (Command::RecordPayment(app.stripe.confirm(&order, &intent).await?), Actor::Provider)
            }
            Step::OpenSession { until } => {
                let report = app.stripe.open_session(&order, until, app.now()).await?;
                (Command::RecordPayment(report), Actor::Provider)
            }
            Step::Capture { intent, amount } => {
                (Command::RecordPayment(app.stripe.capture(&order, &intent, amount).await?), Actor::Provider)
            }
            Step::Void(reference) => {
                (Command::RecordPayment(app.stripe.void(&order, &reference).await?), Actor::Provider)
            }
            Step::Accept => (Command::Accept, Actor::Worker),
            Step::Refund { refund, look_up } => {
                let report = app.stripe.refund(&order, &refund, look_up).await?;
                (Command::RecordRefund { refund: refund.id, report }, Actor::Provider)
            }
            Step::RetryRefund(refund) => (Command::RetryRefund { refund }, Actor::Worker),
            Step::Expire => (Command::Expire, Actor::Worker),
        };
        let version = order.version();
        order = execute(app, order, document, &command, &actor).await?;
        // The provider has nothing new to say, e.g. while a bank is still at it: somebody asks again later.
        if order.version() == version {
            return Ok(order);
        }
    }
    Err(Error::broken("a payment does not come to an end", order.id.to_string()))
}

/// Like [`settle`], for the worker that nobody waits for: an unpaid order whose hold is long over is given up even if the
/// provider does not answer, so that its stock is not held for as long as the provider is down.
pub async fn settle_or_give_up(app: &App, order: Order, document: &Document) -> Result<Order, Error> {
    let (customer, id) = (order.customer.clone(), order.id);
    let error = match settle(app, order, document).await {
        Ok(order) => return Ok(order),
        Err(error) => error,
    };
    let order = crate::orders::find_head(app, &customer, &id).await?;
    if !has_waited_long_enough(&order, app.now()) {
        return Err(error);
    }
    app.log.error(
        "an unpaid order is given up without the provider",
        &[("order.id", id.to_string().into())],
        &error,
    );
    execute(app, order, document, &Command::Expire, &Actor::Worker).await
}

/// Like [`settle`], for callers whose own work is done already: if the provider does not answer now, the payment
/// worker goes on, and the order is returned as far as it got.
pub async fn settle_or_leave(app: &App, order: Order, document: &Document) -> Result<Order, Error> {
    let (customer, id) = (order.customer.clone(), order.id);
    match settle(app, order, document).await {
        Ok(order) => Ok(order),
        Err(error) => {
            app.log.error(
                "the payment is left to the worker",
                &[("order.id", id.to_string().into())],
                &error,
            );
            crate::orders::find_head(app, &customer, &id).await
        }
    }
}
