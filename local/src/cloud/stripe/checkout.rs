//! Checkout Sessions: a page of Stripe's on which a customer pays one purchase (Stripe docs, "How Checkout works").

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(super) use self::create::{Create, Payment};
use super::cards;
use super::error::{ApiError, Failure};
use super::intents::{self, PaymentIntent};
use super::store::{Object, Work, to_json, unreadable};

mod create;
pub(super) mod page;
#[cfg(test)]
mod tests;

/// Where an address of the shop takes the id of the session (API docs, Session `success_url`).
const ID_TEMPLATE: &str = "{CHECKOUT_SESSION_ID}";

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    Open,
    Complete,
    Expired,
}

impl Status {
    const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Complete => "complete",
            Self::Expired => "expired",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PaymentStatus {
    Unpaid,
    Paid,
}

/// What is known of the customer: the address that the session came with.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct CustomerDetails {
    address: Option<Value>,
    email: Option<String>,
    name: Option<String>,
    phone: Option<String>,
    tax_exempt: String,
    tax_ids: Option<Value>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct TotalDetails {
    amount_discount: i64,
    amount_shipping: i64,
    amount_tax: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "object", rename = "checkout.session")]
pub(super) struct Session {
    id: String,
    amount_subtotal: i64,
    amount_total: i64,
    cancel_url: Option<String>,
    client_reference_id: Option<String>,
    created: i64,
    currency: String,
    customer: Option<String>,
    customer_details: Option<CustomerDetails>,
    customer_email: Option<String>,
    expires_at: i64,
    livemode: bool,
    metadata: BTreeMap<String, String>,
    mode: String,
    /// None before the customer first tries to pay (Stripe's changelog, 2022-08-01).
    payment_intent: Option<String>,
    payment_method_types: Vec<String>,
    payment_status: PaymentStatus,
    status: Status,
    success_url: String,
    total_details: TotalDetails,
    ui_mode: String,
    url: Option<String>,
}

impl Object for Session {
    const KIND: &'static str = "checkout.session";

    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn intent(&self) -> Option<&str> {
        self.payment_intent.as_deref()
    }
}

impl Session {
    /// One try of the customer to pay an open session with a card.
    fn pay(&mut self, work: &Work<'_>, card: String) -> Result<(), Failure> {
        let card = cards::known(Some(card))?;
        let mut intent = match &self.payment_intent {
            Some(id) => work.find(id, "intent")?,
            None => self.begin(work)?,
        };
        intent.payment_method = card;
        intent.attempt(work, None)
    }

    fn begin(&mut self, work: &Work<'_>) -> Result<PaymentIntent, Failure> {
        let select = "SELECT payment FROM open_sessions WHERE id = ?1";
        let payment: String = work.db.query_row(select, [&self.id], |row| row.get(0))?;
        let payment = serde_json::from_str(&payment).map_err(unreadable)?;
        let intent =
            intents::Create::for_checkout(self.amount_total, self.currency.clone(), payment).open(work)?;
        self.payment_intent = Some(intent.id.clone());
        work.save(self)?;
        Ok(intent)
    }

    /// Nobody can pay it any more, and whatever was begun is over.
    fn lapse(&mut self, work: &Work<'_>) -> Result<(), Failure> {
        if let Some(id) = &self.payment_intent {
            let mut intent: PaymentIntent = work.find(id, "intent")?;
            if !intent.status.is_final() {
                intent.cancel(work, Some("automatic"))?;
            }
        }
        self.close(work, Status::Expired, "checkout.session.expired")?;
        Ok(())
    }

    fn close(&mut self, work: &Work<'_>, status: Status, event: &str) -> rusqlite::Result<()> {
        self.status = status;
        self.url = None;
        work.save(self)?;
        work.db.execute("DELETE FROM open_sessions WHERE id = ?1", [&self.id])?;
        work.emit(event, self)
    }

    /// An address of the shop, with the session's id where the shop wants to see it.
    fn filled(&self, address: &str) -> String {
        address.replace(ID_TEMPLATE, &self.id)
    }
}

/// `POST /v1/checkout/sessions/{id}/expire`.
pub(super) fn expire(work: &Work<'_>, id: &str) -> Result<Value, Failure> {
    let mut session: Session = work.find(id, "session")?;
    if session.status != Status::Open {
        let message = format!(
            "Only Checkout Sessions with a status in [\"open\"] can be expired. \
             This Checkout Session has a status of `{}`.",
            session.status.name()
        );
        return Err(ApiError::invalid(message).into());
    }
    session.lapse(work)?;
    Ok(to_json(&session)?)
}

/// Lets the sessions expire whose time has come.
pub(super) fn settle(work: &Work<'_>) -> Result<(), Failure> {
    let select = "SELECT id FROM open_sessions WHERE due <= ?1 ORDER BY due, rowid";
    for id in work.due(select, |row| row.get::<_, String>(0))? {
        work.find::<Session>(&id, "session")?.lapse(work)?;
    }
    Ok(())
}

/// The intent was paid: so is its session, if it has one.
pub(super) fn paid(work: &Work<'_>, intent: &str) -> rusqlite::Result<()> {
    complete(work, intent, PaymentStatus::Paid)
}

/// The intent waits to be captured. Its session, if it has one, is complete and unpaid: what `paid` means is that the
/// funds are there (API docs, Session `payment_status`). The capture makes it paid and sends no further event of it.
pub(super) fn held(work: &Work<'_>, intent: &str) -> rusqlite::Result<()> {
    complete(work, intent, PaymentStatus::Unpaid)
}

fn complete(work: &Work<'_>, intent: &str, payment_status: PaymentStatus) -> rusqlite::Result<()> {
    let Some(mut session) = work.belonging::<Session>(intent)? else {
        return Ok(());
    };
    session.payment_status = payment_status;
    match session.status {
        Status::Open => session.close(work, Status::Complete, "checkout.session.completed"),
        Status::Complete | Status::Expired => work.save(&session),
    }
}

/// An error if the intent is a session's, which the customer confirms and the session's end cancels (API docs, Session
/// `payment_intent`: "You can't confirm or cancel the PaymentIntent for a Checkout Session"; what is held for it can be
/// let go, by "Cancel a PaymentIntent").
pub(super) fn leaves_alone(work: &Work<'_>, intent: &PaymentIntent) -> Result<(), Failure> {
    match work.belonging::<Session>(&intent.id)? {
        None => Ok(()),
        Some(_) => {
            let message = "You cannot perform this action on PaymentIntents created by Checkout.";
            Err(ApiError::invalid(message).into())
        }
    }
}
