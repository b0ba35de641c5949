//! What a test arranges: bad days of Shippo, of its carriers, and of the network between it and us.

use std::sync::PoisonError;

use serde_json::json;
use time::OffsetDateTime;

use super::Shippo;
use super::error::ApiError;
use super::store::Work;
use super::timetable::Timetable;

/// How a parcel's way ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Way {
    /// At the door it was sent to.
    #[default]
    Delivered,
    /// Where it came from.
    Returned,
    /// Nobody knows where.
    Lost,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Hooks {
    down_until: Option<OffsetDateTime>,
    silent_until: Option<OffsetDateTime>,
    pub doubled: bool,
    pub reversed: bool,
    /// Code and text of the carrier's refusal.
    pub refusal: Option<(String, String)>,
    unheard: bool,
    pub way: Way,
    pub timetable: Timetable,
}

impl Hooks {
    pub fn is_down(&self, now: OffsetDateTime) -> bool {
        self.down_until.is_some_and(|end| now < end)
    }

    pub fn is_silent(&self, now: OffsetDateTime) -> bool {
        self.silent_until.is_some_and(|end| now < end)
    }
}

impl Shippo {
    /// Shippo is down until then: every call answers 503 and does nothing, and no webhook is sent. What was due meanwhile
    /// happens afterwards.
    pub fn down_until(&self, end: OffsetDateTime) {
        self.arrange(|hooks| hooks.down_until = Some(end));
    }

    /// No webhook is sent until then.
    pub fn hold_webhooks_until(&self, end: OffsetDateTime) {
        self.arrange(|hooks| hooks.silent_until = Some(end));
    }

    /// Whether every webhook from now on is sent twice.
    pub fn double_webhooks(&self, doubled: bool) {
        self.arrange(|hooks| hooks.doubled = doubled);
    }

    /// Whether webhooks that are due together are sent last first.
    pub fn reverse_webhooks(&self, reversed: bool) {
        self.arrange(|hooks| hooks.reversed = reversed);
    }

    /// The carrier refuses the next label, in these words (docs: `carrier_timeout`, "UPS API did not respond. Please try again in
    /// a few minutes.").
    pub fn refuse_next_label(&self, code: &str, text: &str) {
        self.arrange(|hooks| hooks.refusal = Some((code.to_owned(), text.to_owned())));
    }

    /// The next label is bought, and the answer is a 500.
    pub fn break_next_label(&self) {
        self.arrange(|hooks| hooks.unheard = true);
    }

    /// How the way of the next parcel ends whose label is bought.
    pub fn next_parcel(&self, way: Way) {
        self.arrange(|hooks| hooks.way = way);
    }

    /// When parcels are scanned whose labels are bought from now on.
    pub fn timetable(&self, timetable: Timetable) {
        self.arrange(|hooks| hooks.timetable = timetable);
    }

    pub(super) fn hooks(&self) -> Hooks {
        self.hooks.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Forgets what was arranged for a purchase that just happened; the error, if nobody is to hear of it.
    pub(super) fn use_up(&self, work: &Work<'_>) -> Option<ApiError> {
        if !work.has_purchased() {
            return None;
        }
        let mut unheard = false;
        self.arrange(|hooks| {
            hooks.refusal = None;
            hooks.way = Way::default();
            unheard = std::mem::take(&mut hooks.unheard);
        });
        unheard.then(ApiError::server)
    }

    fn arrange(&self, change: impl FnOnce(&mut Hooks)) {
        change(&mut self.hooks.write().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Work<'_> {
    /// What the carrier has to say against the label that is being bought.
    pub fn arranged_refusal(&self, source: &str) -> Option<serde_json::Value> {
        let (code, text) = self.hooks.refusal.as_ref()?;
        Some(json!({ "source": source, "code": code, "text": text }))
    }
}
