//! Labels of parcels: bought from the carrier, and given back where a parcel is not sent after all (A6).
//!
//! The order is written first: a label is bought at the rate that its order carries, so whoever comes after a crash finds out
//! what was bought. One at a time deals with a parcel ([`crate::table::Table::claim_label`]).

use shared::carrier::{Consignment, Label, Purchase, Quote, Reference, Refusal, Void, choose};
use shared::order::{Actor, Command, LabelReport, LabelState, LabelStep, Order};
use shared::placement::Document;
use shared::store::Store;
use std::collections::BTreeSet;

use crate::app::App;
use crate::error::Error;
use crate::orders::execute;
use crate::table::LABEL_CLAIM_SECONDS;

/// Seconds until the next look at a purchase that the carrier is still at, or when it does not answer.
const AGAIN_AFTER_SECONDS: i64 = 60;
/// Steps in one go: each parcel takes two, and whatever is left is done by the next look.
const STEPS: u32 = 40;

/// Somebody who deals with the labels of one order.
pub struct Labels<'a> {
    app: &'a App,
    document: &'a Document,
    store: &'a Store,
    /// Names this run; no two share it.
    token: &'a str,
    /// Parcels that this run alone deals with.
    claimed: BTreeSet<u16>,
    /// Parcels whose rate this run has written, so that nothing can have been bought at it.
    fresh: BTreeSet<u16>,
}

/// How far it has come.
pub struct Settled {
    /// The order afterwards.
    pub order: Order,
    /// Seconds until the next look; none if nothing is open.
    pub again_after: Option<i64>,
}

impl<'a> Labels<'a> {
    /// `token` names this run alone.
    pub fn new(app: &'a App, document: &'a Document, store: &'a Store, token: &'a str) -> Self {
        Self { app, document, store, token, claimed: BTreeSet::new(), fresh: BTreeSet::new() }
    }

    /// Does what can be done now about all labels of an order.
    pub async fn settle(&mut self, mut order: Order) -> Result<Settled, Error> {
        let buys = self.store.settings.fulfillment.buy_labels;
        for _ in 0..STEPS {
            let step = order.next_label(self.app.now(), buys);
            let parcel = match &step {
                LabelStep::Done => return Ok(Settled { order, again_after: None }),
                LabelStep::WaitUntil(moment) => {
                    let seconds = moment.seconds_since(self.app.now()).saturating_add(1);
                    return Ok(Settled { order, again_after: Some(seconds) });
                }
                LabelStep::Quote { parcel }
                | LabelStep::Buy { parcel, .. }
                | LabelStep::LookUp { parcel, .. }
                | LabelStep::Void { parcel, .. } => *parcel,
            };
            if !self.claim(&order, parcel).await? {
                return Ok(Settled { order, again_after: Some(LABEL_CLAIM_SECONDS) });
            }
            match self.step(order, step).await? {
                Step::On(after) => order = after,
                Step::Pending(order) => {
                    return Ok(Settled { order, again_after: Some(AGAIN_AFTER_SECONDS) });
                }
            }
        }
        Ok(Settled { order, again_after: Some(1) })
    }

    /// Asks what it costs to send a parcel, and writes the rate to take, or why there is none.
    async fn request(&mut self, order: Order, parcel: u16) -> Result<Order, Error> {
        let Some(shipment) = order.shipment(parcel) else { return Ok(order) };
        let quote = match Consignment::of(&order, self.document, &shipment.parcel, self.store) {
            Ok(consignment) => self.app.carrier.quote(&consignment).await?,
            Err(refusal) => Quote::Refused(refusal),
        };
        let rates = match quote {
            Quote::Rates(rates) => rates,
            Quote::Refused(refusal) => return self.unquoted(order, parcel, refusal).await,
        };
        let days_left = (order.estimated_delivery.date() - self.app.now().date()).whole_days();
        let Some(rate) = choose(&rates, Some(u32::try_from(days_left).unwrap_or_default())) else {
            let refusal = Refusal::new("no_rates", "the carrier offers no rate");
            return self.unquoted(order, parcel, refusal).await;
        };
        let request = Command::RequestLabel { parcel, rate: rate.clone() };
        let order = execute(self.app, order, self.document, &request, &Actor::Worker).await?;
        let written = order.shipment(parcel).map(|shipment| shipment.label);
        if matches!(written, Some(LabelState::Requested { rate: written, .. }) if written.id == rate.id) {
            self.fresh.insert(parcel);
        }
        Ok(order)
    }

    /// Whether nobody else deals with a parcel now.
    async fn claim(&mut self, order: &Order, parcel: u16) -> Result<bool, Error> {
        let claimed = self.claimed.contains(&parcel)
            || self
                .app
                .table
                .claim_label(&order.customer, &order.id, parcel, self.token, self.app.now())
                .await?;
        if claimed {
            self.claimed.insert(parcel);
        }
        Ok(claimed)
    }

    async fn step(&mut self, order: Order, step: LabelStep) -> Result<Step, Error> {
        let carrier = &self.app.carrier;
        let (parcel, report) = match step {
            LabelStep::Quote { parcel } => {
                return self.request(order, parcel).await.map(Step::On);
            }
            LabelStep::Buy { parcel, rate } => {
                let (reference, packages) = asked(&order, parcel);
                let look_up = !self.fresh.remove(&parcel);
                (parcel, bought(carrier.buy(&rate, &reference, packages, look_up).await?))
            }
            LabelStep::LookUp { parcel, rate } => {
                let (reference, packages) = asked(&order, parcel);
                let none = || Purchase::Refused(Refusal::new("not_bought", "its parcel is not sent"));
                (parcel, bought(carrier.find(&rate, &reference, packages).await?.unwrap_or_else(none)))
            }
            LabelStep::Void { parcel, label } => (parcel, Some(self.void(&label).await?)),
            LabelStep::WaitUntil(_) | LabelStep::Done => return Ok(Step::Pending(order)),
        };
        match report {
            Some(report) => self.record(order, parcel, report).await.map(Step::On),
            None => Ok(Step::Pending(order)),
        }
    }

    /// Gives back a label and those of its other packages.
    async fn void(&self, label: &Label) -> Result<LabelReport, Error> {
        let pieces = label.pieces.iter().map(|piece| &piece.transaction);
        for transaction in [&label.transaction].into_iter().chain(pieces) {
            if let Void::Refused(refusal) = self.app.carrier.void(transaction).await? {
                return Ok(LabelReport::Failed(refusal));
            }
        }
        Ok(LabelReport::Voided)
    }

    async fn unquoted(&self, order: Order, parcel: u16, refusal: Refusal) -> Result<Order, Error> {
        let known = order.label_news(parcel);
        self.record(order, parcel, LabelReport::NoRate { known, refusal }).await
    }

    async fn record(&self, order: Order, parcel: u16, report: LabelReport) -> Result<Order, Error> {
        let news = Command::RecordLabel { parcel, report };
        execute(self.app, order, self.document, &news, &Actor::Worker).await
    }
}

/// What one step led to.
enum Step {
    /// The order, on which the next one can be done.
    On(Order),
    /// The carrier needs time.
    Pending(Order),
}

/// What a carrier is told of a parcel whose label it sells, and how many packages that is.
fn asked(order: &Order, parcel: u16) -> (Reference, usize) {
    let count = order.planned_parcel(parcel).map_or(1, |parcel| parcel.packed.count);
    let reference = Reference::new(&order.customer, order.id, u32::from(parcel));
    (reference, usize::try_from(count).unwrap_or(1).max(1))
}

/// What there is to write about a purchase; nothing while the carrier is at it.
fn bought(purchase: Purchase) -> Option<LabelReport> {
    match purchase {
        Purchase::Bought(label) => Some(LabelReport::Bought(label)),
        Purchase::Pending { .. } => None,
        Purchase::Refused(refusal) => Some(LabelReport::Failed(refusal)),
    }
}
