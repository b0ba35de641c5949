//! The mail feedback worker: notes which addresses take no mail (A7).

use shared::mail::feedback::Report;

use crate::app::App;
use crate::edge::{Delivery, Function, Notification};
use crate::error::Error;

/// The function.
pub const FUNCTION: Function = Function::Sns(|app, delivery| Box::pin(handle(app, delivery)));

/// Books what SES tells about a mail, once per report: no mail is sent any more to an address that bounced for good or
/// complained. What says nothing of an address is passed over; what is no report ends in the dead letters.
pub async fn handle(app: &App, delivery: Delivery<Notification>) -> Result<(), Error> {
    let report = Report::read(&delivery.message.published);
    let report = report.map_err(|error| Error::broken("a report about a mail cannot be read", error))?;
    let Some(report) = report else {
        return Ok(());
    };
    for address in &report.addresses {
        app.table.book_report(address, &report, app.now()).await?;
    }
    app.log.info("a report about a mail is booked", &[("report.id", report.id.into())]);
    Ok(())
}
