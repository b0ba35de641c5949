//! What a request says: JSON, a form, or a query; Shippo takes them all.

use bytes::Bytes;
use http::{Method, Request, header};
use serde_json::{Map, Value};

use super::error::ApiError;

/// Characters of what Shippo keeps for its customers.
const METADATA: usize = 100;

/// Fields that are taken one by one; what nobody takes is refused, because nothing is done about it.
pub(super) struct Params(Map<String, Value>);

impl Params {
    pub fn read(request: &Request<Bytes>) -> Result<Self, ApiError> {
        if request.method() == Method::GET {
            return Ok(Self::of_form(request.uri().query().unwrap_or_default().as_bytes()));
        }
        let content_type = request.headers().get(header::CONTENT_TYPE);
        let content_type = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
        if content_type.starts_with("application/x-www-form-urlencoded") {
            return Ok(Self::of_form(request.body()));
        }
        match serde_json::from_slice(request.body()) {
            Ok(Value::Object(fields)) => Ok(Self(fields)),
            _ => Err(ApiError::detail(400, "JSON parse error: an object is expected")),
        }
    }

    fn of_form(text: &[u8]) -> Self {
        let pairs = form_urlencoded::parse(text).into_owned();
        Self(pairs.map(|(name, value)| (name, Value::String(value))).collect())
    }

    /// The fields of an object within.
    pub fn of(value: Value) -> Result<Self, ApiError> {
        match value {
            Value::Object(fields) => Ok(Self(fields)),
            // Ids of stored objects, of which there are none here.
            _ => Err(ApiError::detail(400, "Object with supplied object_id not found.")),
        }
    }

    /// A field, unless it is absent or null.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name).filter(|value| !value.is_null())
    }

    /// A text, or a number as a text.
    pub fn text(&mut self, name: &str) -> Result<Option<String>, ApiError> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(_) => Err(ApiError::field(name, "Not a valid string.")),
        }
    }

    pub fn need(&mut self, name: &str) -> Result<String, ApiError> {
        match self.text(name)? {
            Some(text) if !text.trim().is_empty() => Ok(text),
            Some(_) => Err(ApiError::field(name, "This field may not be blank.")),
            None => Err(ApiError::field(name, "This field is required.")),
        }
    }

    pub fn object(&mut self, name: &str) -> Result<Option<Value>, ApiError> {
        match self.take(name) {
            Some(value) if value.is_object() => Ok(Some(value)),
            Some(_) => Err(ApiError::no_such(name, "Object")),
            None => Ok(None),
        }
    }

    pub fn flag(&mut self, name: &str, otherwise: bool) -> Result<bool, ApiError> {
        match self.take(name) {
            None => Ok(otherwise),
            Some(Value::Bool(flag)) => Ok(flag),
            Some(Value::String(text)) if text.eq_ignore_ascii_case("true") => Ok(true),
            Some(Value::String(text)) if text.eq_ignore_ascii_case("false") => Ok(false),
            Some(_) => Err(ApiError::field(name, "Must be a valid boolean.")),
        }
    }

    /// A number from 1 to `most`; more is as much as there can be.
    pub fn number(&mut self, name: &str, otherwise: i64, most: i64) -> Result<i64, ApiError> {
        let Some(text) = self.text(name)? else {
            return Ok(otherwise);
        };
        match text.parse::<i64>() {
            Ok(number) if number >= 1 => Ok(number.min(most)),
            _ => Err(ApiError::field(name, "A valid integer is required.")),
        }
    }

    pub fn metadata(&mut self) -> Result<String, ApiError> {
        let text = self.text("metadata")?.unwrap_or_default();
        if text.chars().count() > METADATA {
            return Err(ApiError::field("metadata", "Ensure this field has no more than 100 characters."));
        }
        Ok(text)
    }

    /// An error if something is left.
    pub fn finish(self) -> Result<(), ApiError> {
        match self.0.into_iter().find(|(_, value)| !value.is_null()) {
            Some((name, _)) => Err(ApiError::field(&name, "This is not known here.")),
            None => Ok(()),
        }
    }
}
