//! The email worker: writes to customers (A7).

use shared::invoice::{Kind, Linked, is_about_bills, told};
use shared::mail::Ways;
use shared::mail::feedback::MailboxStatus;
use shared::order::{Event, Order};
use shared::placement::Document;
use shared::{guest, mail};

use crate::app::App;
use crate::edge::{Delivery, Function};
use crate::error::Error;
use crate::mailer::Sent;
use crate::orders::load;
use crate::table::Claim;

/// The function.
pub const FUNCTION: Function = Function::Sqs(|app, delivery| Box::pin(handle(app, delivery)));

/// Sends the mail about one event, once: it is claimed before and marked after, so it goes out twice only if the
/// worker dies in between, or the answer of SES is lost, which knows no idempotency key. None goes to an address that takes
/// none: SES closes accounts that go on.
pub async fn handle(app: &App, delivery: Delivery) -> Result<(), Error> {
    let Delivery { message, token: claim } = delivery;
    let (order, document) = load(app, &message.customer_id, &message.order_id).await?;
    let event = order.log.iter().find(|event| event.sequence == message.sequence);
    let event = event.ok_or_else(|| Error::broken("an order has no such event", order.id.to_string()))?;
    let store = app.store_version(document.store_version).await?;
    let token = order_token(app, &order).await?;
    let bill = match store.settings.invoices.url {
        Some(_) => bill(app, &order, &document, event).await?,
        None => None,
    };
    let bill = bill.as_ref().map(|(kind, token)| (*kind, token.as_str()));
    let ways = Ways { order: token.as_deref(), bill };
    let Some(mail) = mail::about(&order, &document, event, &store.settings, ways) else {
        return Ok(());
    };
    if app.table.mailbox(&mail.to).await? != MailboxStatus::Ok {
        app.log
            .info("no mail goes to an address that takes none", &[("order.id", order.id.to_string().into())]);
        return Ok(());
    }
    let (customer, sequence) = (&order.customer, event.sequence);
    match app.table.claim_mail(customer, &order.id, sequence, &claim, app.now()).await? {
        Claim::Settled => return Ok(()),
        Claim::Busy => return Err(Error::unavailable("the mail", "another worker is sending it")),
        Claim::Ours => {}
    }
    let outcome = match app.mailer.send(&mail).await? {
        Sent::Taken(_) => "sent",
        Sent::Refused => "refused",
    };
    app.table.settle_mail(customer, &order.id, sequence, &claim, outcome).await
}

/// A guest's way back to the order.
async fn order_token(app: &App, order: &Order) -> Result<Option<String>, Error> {
    if !order.customer.is_guest() {
        return Ok(None);
    }
    let key = app.signing.text().await?;
    Ok(Some(guest::token(key.as_bytes(), &order.customer, &order.id)))
}

/// The bill that the mail about an event leads to, with the token that opens it.
async fn bill(
    app: &App,
    order: &Order,
    document: &Document,
    event: &Event,
) -> Result<Option<(Kind, String)>, Error> {
    if !is_about_bills(&event.kind) {
        return Ok(None);
    }
    let invoice = app.table.bill(&order.customer, &order.id, 0).await?;
    let Some(bill) = told(order, document, event, invoice.as_ref()) else { return Ok(None) };
    let key = app.signing.text().await?;
    let linked = Linked { customer: order.customer.clone(), order: order.id, place: bill.place };
    Ok(Some((bill.kind, linked.token(key.as_bytes(), Linked::mailed_until(event.at)))))
}
