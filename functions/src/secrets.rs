//! Secrets, from Secrets Manager, read when they are first needed and kept for a while.

use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::error::Error;

/// How long a secret is kept before it is read again, so that a rotated one is taken up without a deployment.
const KEEP: Duration = Duration::from_secs(300);

/// One secret.
#[derive(Debug, Clone)]
pub struct Secrets {
    client: aws_sdk_secretsmanager::Client,
    arn: String,
    kept: Arc<Mutex<Option<Kept>>>,
}

#[derive(Debug, Clone)]
struct Kept {
    value: Arc<str>,
    read: Instant,
}

impl Secrets {
    /// The secret of this name or ARN.
    pub fn new(client: aws_sdk_secretsmanager::Client, arn: &str) -> Self {
        Self { client, arn: arn.to_owned(), kept: Arc::default() }
    }

    /// Its value.
    pub async fn text(&self) -> Result<Arc<str>, Error> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(kept) = kept.as_ref().filter(|kept| kept.read.elapsed() < KEEP) {
            return Ok(Arc::clone(&kept.value));
        }
        let answer = match (self.client.get_secret_value().secret_id(&self.arn).send().await, kept) {
            (Ok(answer), _) => answer,
            // An old secret is most likely still the right one.
            (Err(_), Some(kept)) => return Ok(kept.value),
            (Err(error), None) => return Err(Error::unavailable("Secrets Manager", error)),
        };
        let value = answer
            .secret_string()
            .ok_or_else(|| Error::broken("a secret is not a text", self.arn.as_str()))?;
        let value: Arc<str> = value.into();
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(Kept { value: Arc::clone(&value), read: Instant::now() });
        Ok(value)
    }

    /// One member of a secret that is a JSON object.
    pub async fn member(&self, name: &'static str) -> Result<String, Error> {
        let text = self.text().await?;
        let value: Value =
            serde_json::from_str(&text).map_err(|_| Error::broken("a secret is not JSON", name))?;
        let member = value.get(name).and_then(Value::as_str);
        member.map(str::to_owned).ok_or_else(|| Error::broken("a secret lacks a member", name))
    }
}
