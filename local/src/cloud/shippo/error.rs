//! Shippo's errors: a `detail`, or what is wrong with which field (docs, "HTTP response status codes").

use serde_json::{Value, json};

/// Why a request did not end in its object.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// An answer of the API.
    #[error("answered {}", .0.status())]
    Api(ApiError),
    /// The fake's own database failed: everything the request did is rolled back.
    #[error("the database of the Shippo fake failed")]
    Storage(#[from] rusqlite::Error),
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

/// An error's status and body.
#[derive(Debug, Clone)]
pub(super) struct ApiError(u16, Value);

impl ApiError {
    pub fn detail(status: u16, detail: &str) -> Self {
        Self(status, json!({ "detail": detail }))
    }

    /// 400: something is wrong with a field.
    pub fn field(name: &str, message: &str) -> Self {
        Self(400, json!({ name: [message] }))
    }

    /// 400: there is nothing of that kind and id.
    pub fn no_such(name: &str, kind: &str) -> Self {
        Self::field(name, &format!("{kind} with supplied object_id not found."))
    }

    pub fn unauthorized(detail: &str) -> Self {
        Self::detail(401, detail)
    }

    pub fn not_found() -> Self {
        Self::detail(404, "Not found.")
    }

    pub fn server() -> Self {
        Self::detail(500, "An internal error occurred. Please retry later.")
    }

    pub fn down() -> Self {
        Self::detail(503, "Service temporarily unavailable, try again later.")
    }

    /// The same, about a field of the object under `name`.
    pub fn within(self, name: &str) -> Self {
        Self(self.0, json!({ name: [self.1] }))
    }

    pub fn status(&self) -> u16 {
        self.0
    }

    pub fn body(&self) -> &Value {
        &self.1
    }
}
