//! Labels of parcels: bought from the carrier, and given back where a parcel is not sent after all (A6).
//!
//! The order is written first: a label is bought at the rate that its order carries, so whoever comes after a crash finds out
//! what was bought. One at a time deals with a parcel ([`crate::table::Table::claim_label`]).

use shared::carrier::{Consignment, Label, Purchase, Quote, Reference, Refusal, Void, choose};
use shared::order::{Actor, Command, LabelReport, LabelState, LabelStep, Order};
use shared::placement::Document;
use shared::store::Store;
use shared::time::Timestamp;
use std::collections::BTreeSet;

use crate::app::App;
use crate::error::Error;
use crate::orders::execute;
use crate::table::LABEL_CLAIM_SECONDS;

/// Seconds until the next look at a purchase that the carrier is still at, or when it does not answer.
const AGAIN_AFTER_SECONDS: i64 = 60;
/// Seconds between two looks at a label that the carrier is to take back: as long as it has waited already, within these.
const VOID_LOOKS_SECONDS: (i64, i64) = (60, 15 * 60);
/// How long a carrier may take to decide about it: thirty days, in seconds. Then somebody has to ask there.
const VOID_PATIENCE_SECONDS: i64 = 30 * 24 * 60 * 60;
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
    ///
    /// After an error the claims are left to end by themselves: what was asked of the carrier may still be under way.
    pub async fn settle(&mut self, order: Order) -> Result<Settled, Error> {
        let settled = self.take_steps(order).await?;
        self.release(&settled.order).await;
        Ok(settled)
    }

    async fn take_steps(&mut self, mut order: Order) -> Result<Settled, Error> {
        let buys = self.store.settings.fulfillment.buy_labels;
        // Parcels that are looked at later, and when the first of them is.
        let (mut let_be, mut again_after) = (BTreeSet::new(), None);
        for _ in 0..STEPS {
            let step = order.next_label(self.app.now(), buys, &let_be);
            let parcel = match &step {
                LabelStep::Done => return Ok(Settled { order, again_after }),
                LabelStep::WaitUntil(moment) => {
                    let seconds = moment.seconds_since(self.app.now()).saturating_add(1);
                    return Ok(Settled { order, again_after: sooner(again_after, seconds) });
                }
                LabelStep::Quote { parcel }
                | LabelStep::Buy { parcel, .. }
                | LabelStep::LookUp { parcel, .. }
                | LabelStep::Void { parcel, .. } => *parcel,
            };
            if !self.claim(&order, parcel).await? {
                let_be.insert(parcel);
                again_after = sooner(again_after, LABEL_CLAIM_SECONDS);
                continue;
            }
            match self.step(order, step).await? {
                Step::On(after) => order = after,
                Step::Later(same, seconds) => {
                    order = same;
                    let_be.insert(parcel);
                    again_after = sooner(again_after, seconds);
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

    /// Whoever comes next, for parcels that are planned anew, need not wait. A claim that stays ends by itself.
    async fn release(&self, order: &Order) {
        for parcel in &self.claimed {
            let (table, now) = (&self.app.table, self.app.now());
            let released = table.release_label(&order.customer, &order.id, *parcel, self.token, now).await;
            if let Err(error) = released {
                let about = [("order.id", order.id.to_string().into())];
                self.app.log.error("the claim on a label is left to end by itself", &about, &error);
            }
        }
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
            LabelStep::Void { parcel, label, since } => {
                return self.give_back(order, parcel, &label, since).await;
            }
            LabelStep::WaitUntil(_) | LabelStep::Done => return Ok(Step::Later(order, AGAIN_AFTER_SECONDS)),
        };
        match report {
            Some(report) => self.record(order, parcel, report).await.map(Step::On),
            None => Ok(Step::Later(order, AGAIN_AFTER_SECONDS)),
        }
    }

    /// Gives a label back, or looks what became of that since the carrier was first asked.
    async fn give_back(
        &self,
        order: Order,
        parcel: u16,
        label: &Label,
        since: Option<Timestamp>,
    ) -> Result<Step, Error> {
        let waited = since.map(|since| self.app.now().seconds_since(since));
        let report = match self.void(label).await? {
            Void::Done => LabelReport::Voided,
            Void::Refused(refusal) => LabelReport::Failed(refusal),
            Void::Pending => match waited {
                Some(waited) if waited > VOID_PATIENCE_SECONDS => {
                    let detail = "the carrier has not said for thirty days whether it takes the label back";
                    LabelReport::Failed(Refusal::new("void_unanswered", detail))
                }
                _ => {
                    let (least, most) = VOID_LOOKS_SECONDS;
                    let order = self.record(order, parcel, LabelReport::VoidRequested).await?;
                    return Ok(Step::Later(order, waited.unwrap_or(least).clamp(least, most)));
                }
            },
        };
        self.record(order, parcel, report).await.map(Step::On)
    }

    /// How the undoing of a label and of those of its other packages stands. All are asked for, whatever becomes of the first.
    async fn void(&self, label: &Label) -> Result<Void, Error> {
        let pieces = label.pieces.iter().map(|piece| &piece.transaction);
        let (mut refused, mut pending) = (Vec::new(), false);
        for transaction in [&label.transaction].into_iter().chain(pieces) {
            match self.app.carrier.void(transaction).await? {
                Void::Done => {}
                Void::Pending => pending = true,
                Void::Refused(refusal) => refused.push(refusal),
            }
        }
        let packages = label.pieces.len() + 1;
        // Nothing is told before the last of them is decided: a label is written down once as taken back or kept.
        Ok(match refused.first() {
            _ if pending => Void::Pending,
            None => Void::Done,
            Some(refusal) if packages == 1 => Void::Refused(refusal.clone()),
            Some(Refusal { code, detail }) => {
                let detail = format!("{} of {packages} labels: {detail}", refused.len());
                Void::Refused(Refusal::new(code, &detail))
            }
        })
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
    /// The same order: the carrier needs time, so many seconds until the next look.
    Later(Order, i64),
}

/// The sooner of two looks, in seconds from now.
fn sooner(known: Option<i64>, seconds: i64) -> Option<i64> {
    Some(known.map_or(seconds, |known| known.min(seconds)))
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
