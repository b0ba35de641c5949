//! What functions do with bills: number those that are due, make again those that there are.

use documents::Written;
use shared::ids::{CustomerId, OrderId};
use shared::invoice::{Invoice, Issue, Layout, due};
use shared::order::{Actor, Command, Order};
use shared::placement::Document;

use crate::app::App;
use crate::edge::Response;
use crate::error::Error;
use crate::orders::{RACES, execute, find, find_head};
use crate::table::Issued;

/// Numbers every bill that an order is due, one after the other. Which are due is read from the order and the bills that there
/// are, so whoever comes after somebody who died, or at the same time as somebody else, goes on from there. Then the order notes
/// them: in a write of its own, so that nobody who changes the order holds up the series.
pub async fn issue_due(app: &App, order: Order, document: &Document) -> Result<Order, Error> {
    let mut issued = app.table.bills(&order.customer, &order.id, true).await?;
    let mut lost = 0;
    while let Some(subject) = due(&order, document, &issued) {
        let store = app.store(false).await?;
        let at = app.now();
        let series = store.settings.invoices.series.of(subject.kind()).series_at(at);
        let last = app.table.last_number(&series).await?;
        let issue = Issue {
            number: series.after(last),
            subject,
            at,
            sequence: order.version(),
            store_version: store.version,
            language: document.language.clone(),
            layout: Layout::default(),
        };
        match app.table.issue(&order.customer, &order.id, &issue, last).await? {
            Issued::Done => issued.push(issue),
            Issued::Raced if lost < RACES => {
                lost += 1;
                issued = app.table.bills(&order.customer, &order.id, true).await?;
            }
            Issued::Raced => {
                return Err(Error::unavailable("DynamoDB", "numbers are taken faster than they can be read"));
            }
        }
    }
    let mut order = order;
    for issue in issued {
        let note = Command::NoteBill { place: issue.subject.place(), number: issue.number };
        order = execute(app, order, document, &note, &Actor::Worker).await?;
    }
    Ok(order)
}

/// An order with all that its bills are made of.
pub struct Billed {
    /// The order, at least as late as its bills know it.
    pub order: Order,
    /// What was frozen when it was placed.
    pub document: Document,
    /// The records of its bills, the invoice first.
    pub issued: Vec<Issue>,
}

impl Billed {
    /// An order of this customer with all its bills, of which there may be none yet. 404 if there is no such order of theirs.
    pub async fn all(app: &App, customer: &CustomerId, id: &OrderId) -> Result<Self, Error> {
        let (found, issued) = tokio::join!(find(app, customer, id), app.table.bills(customer, id, false));
        let (order, document) = found?;
        Self { order, document, issued: issued? }.caught_up_with_its_bills(app).await
    }

    /// An order of this customer with one of its bills, or none if there is none in this place.
    pub async fn one(app: &App, customer: &CustomerId, id: &OrderId, place: u64) -> Result<Self, Error> {
        let (found, issue) = tokio::join!(find(app, customer, id), app.table.bill(customer, id, place));
        let (order, document) = found?;
        Self { order, document, issued: issue?.into_iter().collect() }.caught_up_with_its_bills(app).await
    }

    /// A cheap read of the head may be older than that of the bills, which would then say something else.
    async fn caught_up_with_its_bills(mut self, app: &App) -> Result<Self, Error> {
        if self.issued.iter().any(|issue| issue.sequence > self.order.version()) {
            self.order = find_head(app, &self.order.customer, &self.order.id).await?;
        }
        Ok(self)
    }

    /// The bill of a record, the same each time.
    pub async fn invoice(&self, app: &App, issue: &Issue) -> Result<Invoice, Error> {
        let store = app.store_version(issue.store_version).await?;
        Invoice::of(&self.order, &self.document, &store.settings, issue)
            .map_err(|reason| Error::broken("a bill does not fit its order", reason))
    }

    /// The PDF of a record, the same bytes each time. Only what calls this links what writes PDFs, and its fonts.
    pub async fn pdf(&self, app: &App, issue: &Issue) -> Result<Response, Error> {
        let Written { bytes, unprinted } = documents::pdf(&self.invoice(app, issue).await?)
            .map_err(|reason| Error::broken("a bill does not become a PDF", reason))?;
        if !unprinted.is_empty() {
            // Which characters, and not what they say: it may be somebody's name.
            let missing: Vec<String> =
                unprinted.iter().map(|character| format!("U+{:04X}", u32::from(*character))).collect();
            let fields =
                [("order.id", self.order.id.to_string().into()), ("characters.missing", missing.into())];
            app.log.info("a bill has characters that no font has", &fields);
        }
        // Number and moment name a bill, and a bill never changes.
        let tag = format!("\"{}-{}\"", issue.number, issue.at.seconds());
        let name = format!("inline; filename=\"{}.pdf\"", issue.number.file_name());
        let response = Response::pdf(200, bytes).header("content-disposition", &name);
        Ok(response.header("etag", &tag).header("cache-control", "private, no-cache"))
    }
}
