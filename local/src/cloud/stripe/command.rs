//! The endpoints: what is asked, checked before anything is done.

use http::Method;
use serde_json::Value;

use super::captures;
use super::charges::Charge;
use super::checkout::{self, Session};
use super::disputes::{self, Dispute};
use super::error::{ApiError, Failure};
use super::form::Params;
use super::intents::{self, PaymentIntent};
use super::refunds::{self, Refund};
use super::store::{Page, Work, to_json};

/// A valid request and the fields that its answer shall expand.
pub(super) struct Command {
    action: Action,
    expand: Vec<String>,
}

enum Action {
    CreateIntent(intents::Create),
    ConfirmIntent(String, intents::Confirm),
    CancelIntent(String, intents::Cancel),
    CaptureIntent(String, captures::Capture),
    RetrieveIntent(String),
    ListIntents(Page),
    RetrieveCharge(String),
    ListCharges(Page),
    RetrieveDispute(String),
    ListDisputes(Page),
    UpdateDispute(String, disputes::Update),
    CloseDispute(String),
    CreateRefund(refunds::Create),
    CancelRefund(String),
    RetrieveRefund(String),
    ListRefunds(Page),
    CreateSession(Box<checkout::Create>),
    ExpireSession(String),
    RetrieveSession(String),
    ListSessions(Page),
}

impl Command {
    pub fn parse(method: &Method, path: &str, mut params: Params) -> Result<Self, ApiError> {
        const GET: &Method = &Method::GET;
        const POST: &Method = &Method::POST;
        const OF_INTENT: &[&str] = &["latest_charge"];
        const ON_CHARGE: &[&str] = &["charge", "payment_intent"];
        const OF_SESSION: &[&str] = &["payment_intent", "payment_intent.latest_charge"];
        let segments: Vec<&str> = path.trim_start_matches("/v1/").split('/').collect();
        let form = &mut params;
        let (action, expandable): (Action, &[&str]) = match (method, segments.as_slice()) {
            (POST, ["payment_intents"]) => (Action::CreateIntent(intents::Create::parse(form)?), OF_INTENT),
            (POST, ["payment_intents", id, "confirm"]) => {
                (Action::ConfirmIntent((*id).to_owned(), intents::Confirm::parse(form)?), OF_INTENT)
            }
            (POST, ["payment_intents", id, "cancel"]) => {
                (Action::CancelIntent((*id).to_owned(), intents::Cancel::parse(form)?), OF_INTENT)
            }
            (POST, ["payment_intents", id, "capture"]) => {
                (Action::CaptureIntent((*id).to_owned(), captures::Capture::parse(form)?), OF_INTENT)
            }
            (GET, ["payment_intents"]) => (Action::ListIntents(Page::parse(form)?), &["data.latest_charge"]),
            (GET, ["payment_intents", id]) => (Action::RetrieveIntent((*id).to_owned()), OF_INTENT),
            (GET, ["charges", id]) => (Action::RetrieveCharge((*id).to_owned()), &["payment_intent"]),
            (GET, ["charges"]) => {
                let page = Page::parse(form)?.of_intent(form.text("payment_intent"));
                (Action::ListCharges(page), &["data.payment_intent"])
            }
            (GET, ["disputes"]) => {
                let page = Page::parse(form)?.of_intent(form.text("payment_intent"));
                (Action::ListDisputes(page), &["data.charge", "data.payment_intent"])
            }
            (GET, ["disputes", id]) => (Action::RetrieveDispute((*id).to_owned()), ON_CHARGE),
            (POST, ["disputes", id]) => {
                (Action::UpdateDispute((*id).to_owned(), disputes::Update::parse(form)?), ON_CHARGE)
            }
            (POST, ["disputes", id, "close"]) => (Action::CloseDispute((*id).to_owned()), ON_CHARGE),
            (POST, ["refunds"]) => (Action::CreateRefund(refunds::Create::parse(form)?), ON_CHARGE),
            (GET, ["refunds"]) => {
                let page = Page::parse(form)?.of_intent(form.text("payment_intent"));
                (Action::ListRefunds(page), &["data.charge", "data.payment_intent"])
            }
            (POST, ["refunds", id, "cancel"]) => (Action::CancelRefund((*id).to_owned()), ON_CHARGE),
            (GET, ["refunds", id]) => (Action::RetrieveRefund((*id).to_owned()), ON_CHARGE),
            (POST, ["checkout", "sessions"]) => {
                (Action::CreateSession(Box::new(checkout::Create::parse(form)?)), OF_SESSION)
            }
            (POST, ["checkout", "sessions", id, "expire"]) => {
                (Action::ExpireSession((*id).to_owned()), OF_SESSION)
            }
            (GET, ["checkout", "sessions"]) => {
                let page = Page::parse(form)?.of_intent(form.text("payment_intent"));
                (Action::ListSessions(page), &["data.payment_intent", "data.payment_intent.latest_charge"])
            }
            (GET, ["checkout", "sessions", id]) => (Action::RetrieveSession((*id).to_owned()), OF_SESSION),
            _ => return Err(ApiError::unknown_url(method, path)),
        };
        let expand = form.expand(expandable)?;
        params.finish()?;
        Ok(Self { action, expand })
    }

    /// Does it. `base` is where customers find the fake's pages.
    pub fn run(self, work: &Work<'_>, base: &str) -> Result<Value, Failure> {
        let mut answer = match self.action {
            Action::CreateIntent(create) => create.run(work)?,
            Action::ConfirmIntent(id, confirm) => confirm.run(work, &id)?,
            Action::CancelIntent(id, cancel) => cancel.run(work, &id)?,
            Action::CaptureIntent(id, capture) => capture.run(work, &id)?,
            Action::RetrieveIntent(id) => to_json(&work.find::<PaymentIntent>(&id, "intent")?)?,
            Action::ListIntents(page) => work.list::<PaymentIntent>(&page, "/v1/payment_intents")?,
            Action::RetrieveCharge(id) => to_json(&work.find::<Charge>(&id, "id")?)?,
            Action::ListCharges(page) => work.list::<Charge>(&page, "/v1/charges")?,
            Action::RetrieveDispute(id) => to_json(&work.find::<Dispute>(&id, "dispute")?)?,
            Action::ListDisputes(page) => work.list::<Dispute>(&page, "/v1/disputes")?,
            Action::UpdateDispute(id, update) => update.run(work, &id)?,
            Action::CloseDispute(id) => disputes::close(work, &id)?,
            Action::CreateRefund(create) => create.run(work)?,
            Action::CancelRefund(id) => refunds::cancel(work, &id)?,
            Action::RetrieveRefund(id) => to_json(&work.find::<Refund>(&id, "id")?)?,
            Action::ListRefunds(page) => work.list::<Refund>(&page, "/v1/refunds")?,
            Action::CreateSession(create) => create.run(work, base)?,
            Action::ExpireSession(id) => checkout::expire(work, &id)?,
            Action::RetrieveSession(id) => to_json(&work.find::<Session>(&id, "session")?)?,
            Action::ListSessions(page) => work.list::<Session>(&page, "/v1/checkout/sessions")?,
        };
        work.expand(&mut answer, &self.expand)?;
        Ok(answer)
    }
}
