//! Events: what the webhook endpoint is told (Stripe API docs, "Events").

use serde_json::json;

use super::store::{Object, Work, count, to_json};
use super::version;
use crate::cloud::deliveries;

impl Work<'_> {
    /// Tells the webhook endpoint what happened to the object, which it gets as it is at this moment.
    pub fn emit<T: Object>(&self, event_type: &str, object: &T) -> rusqlite::Result<()> {
        let id = self.new_id("evt_")?;
        let event = json!({
            "id": id,
            "object": "event",
            "api_version": version::ACCOUNT,
            "created": self.created(),
            "data": { "object": to_json(object)? },
            "livemode": false,
            "pending_webhooks": 1,
            "request": { "id": self.request_id, "idempotency_key": self.idempotency_key },
            "type": event_type,
        });
        let seq = count(self.db)?;
        deliveries::send(self.db, self.now, (&id, seq), event_type, &event.to_string())
    }
}
