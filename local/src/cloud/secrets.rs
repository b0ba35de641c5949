//! Secrets Manager on SQLite: named secrets with their current and previous version, with `now` as the only clock.
//!
//! Wire format: AWS JSON 1.1, target `secretsmanager.<Operation>` (AWS Secrets Manager API Reference). Binary
//! secrets and staging labels of one's own are refused by name.

mod store;

use std::path::Path;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Request, Response, StatusCode};
use rusqlite::Transaction;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use time::OffsetDateTime;

use self::store::Secret;
use super::storage::Storage;

/// API Reference, CreateSecret, SecretString.
const MAX_BYTES: usize = 65_536;

/// The secret store. What it has answered is committed.
pub struct Secrets {
    storage: Storage,
}

impl Secrets {
    /// Opens the secrets kept at `path`, or none in memory.
    pub fn open(path: Option<&Path>) -> Result<Self, rusqlite::Error> {
        Ok(Self { storage: Storage::open(path, store::SCHEMA)? })
    }

    /// Answers one API call.
    pub fn call(&self, now: OffsetDateTime, request: &Request<Bytes>) -> Response<Bytes> {
        let target =
            request.headers().get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
        let operation = target.strip_prefix("secretsmanager.").unwrap_or(target);
        let answer = self.storage.transaction(|tx| dispatch(tx, now, operation, request.body()));
        let (status, value) = match answer {
            Ok(value) => (StatusCode::OK, value),
            Err(refusal) => {
                let (status, kind) = refusal.wire();
                (status, json!({ "__type": kind, "Message": refusal.to_string() }))
            }
        };
        let mut response = Response::new(Bytes::from(value.to_string()));
        *response.status_mut() = status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.1"));
        response
    }

    /// Makes `value` the secret's current value, creating the secret if need be; a new version only if the value is
    /// another. Answers the ARN.
    pub fn put(&self, now: OffsetDateTime, name: &str, value: &str) -> Result<String, rusqlite::Error> {
        self.storage.transaction(|tx| {
            let secret = match store::find_by_name(tx, name)? {
                Some(secret) => secret,
                None => store::create(tx, name)?,
            };
            let current = match &secret.current {
                Some(id) => store::version(tx, &secret, id)?,
                None => None,
            };
            if current.is_none_or(|(current, _)| current != value) {
                store::add_version(tx, now, &secret, &store::next_version_id(tx, &secret)?, value)?;
            }
            Ok(secret.arn)
        })
    }
}

/// Why a call was refused, with the errors of the API Reference.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    /// 400 `ResourceNotFoundException`
    #[error("Secrets Manager can't find the specified secret.")]
    NoSuchSecret,
    /// 400 `ResourceNotFoundException`
    #[error("Secrets Manager can't find the specified secret value for {0}")]
    NoSuchVersion(String),
    /// 400 `InvalidRequestException`
    #[error("You provided a VersionStage that is not associated to the provided VersionId.")]
    StageOfOtherVersion,
    /// 400 `ResourceExistsException`
    #[error("The operation failed because the secret {0} already exists.")]
    SecretExists(String),
    /// 400 `ResourceExistsException`: a version id stands for one value for ever.
    #[error("A resource with the ID you requested already exists.")]
    VersionExists,
    /// 400 `InvalidParameterException`
    #[error("{0}")]
    Parameter(&'static str),
    /// 400 `SerializationException`: not the operation's JSON, or a parameter that is not imitated.
    #[error("{0}")]
    Malformed(#[from] serde_json::Error),
    /// 400 `UnknownOperationException`
    #[error("The local secret store does not offer {0:?}.")]
    Operation(String),
    /// 500 `InternalServiceError`
    #[error("An error occurred on the server side.")]
    Storage(#[from] rusqlite::Error),
}

impl Refusal {
    /// Status and `__type`.
    fn wire(&self) -> (StatusCode, &'static str) {
        let kind = match self {
            Self::NoSuchSecret | Self::NoSuchVersion(_) => "ResourceNotFoundException",
            Self::StageOfOtherVersion => "InvalidRequestException",
            Self::SecretExists(_) | Self::VersionExists => "ResourceExistsException",
            Self::Parameter(_) => "InvalidParameterException",
            Self::Malformed(_) => "SerializationException",
            Self::Operation(_) => "UnknownOperationException",
            Self::Storage(_) => return (StatusCode::INTERNAL_SERVER_ERROR, "InternalServiceError"),
        };
        (StatusCode::BAD_REQUEST, kind)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Get {
    secret_id: String,
    version_id: Option<String>,
    version_stage: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Create {
    name: String,
    secret_string: Option<String>,
    client_request_token: Option<String>,
    // Shown by operations that are not offered here.
    #[serde(rename = "Description")]
    _description: Option<IgnoredAny>,
    #[serde(rename = "Tags")]
    _tags: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Put {
    secret_id: String,
    secret_string: String,
    client_request_token: Option<String>,
}

fn dispatch(
    tx: &Transaction<'_>,
    now: OffsetDateTime,
    operation: &str,
    body: &Bytes,
) -> Result<Value, Refusal> {
    match operation {
        "GetSecretValue" => get(tx, &serde_json::from_slice(body)?),
        "CreateSecret" => {
            let Create { name, secret_string, client_request_token, .. } = serde_json::from_slice(body)?;
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"/_+=.@-".contains(&byte);
            if !(1..=512).contains(&name.len()) || !name.bytes().all(allowed) {
                return Err(Refusal::Parameter(
                    "Invalid name. It takes 1 to 512 alphanumeric characters or any of -/_+=.@",
                ));
            }
            let existing = store::find_by_name(tx, &name)?;
            let secret = match existing {
                None => store::create(tx, &name)?,
                // The same token again is the same request (API Reference, CreateSecret, ClientRequestToken).
                Some(secret) => match &client_request_token {
                    Some(token) if store::version(tx, &secret, token)?.is_some() => secret,
                    Some(_) | None => return Err(Refusal::SecretExists(secret.name)),
                },
            };
            match secret_string {
                Some(value) => put(tx, now, &secret, client_request_token, &value),
                None => Ok(json!({ "ARN": secret.arn, "Name": secret.name })),
            }
        }
        "PutSecretValue" => {
            let Put { secret_id, secret_string, client_request_token } = serde_json::from_slice(body)?;
            put(
                tx,
                now,
                &store::find(tx, &secret_id)?.ok_or(Refusal::NoSuchSecret)?,
                client_request_token,
                &secret_string,
            )
        }
        other => Err(Refusal::Operation(other.to_owned())),
    }
}

fn get(tx: &Transaction<'_>, asked: &Get) -> Result<Value, Refusal> {
    let secret = store::find(tx, &asked.secret_id)?.ok_or(Refusal::NoSuchSecret)?;
    let stage = asked.version_stage.as_deref();
    let id = match (&asked.version_id, stage.unwrap_or("AWSCURRENT")) {
        (Some(id), _) => Some(id),
        (None, "AWSCURRENT") => secret.current.as_ref(),
        (None, "AWSPREVIOUS") => secret.previous.as_ref(),
        (None, _) => None,
    };
    let missing = || match &asked.version_id {
        Some(id) => Refusal::NoSuchVersion(format!("VersionId: {id}")),
        None => Refusal::NoSuchVersion(format!("staging label: {}", stage.unwrap_or("AWSCURRENT"))),
    };
    let id = id.ok_or_else(missing)?;
    let (value, created_at) = store::version(tx, &secret, id)?.ok_or_else(missing)?;
    let stages = secret.stages(id);
    if stage.is_some_and(|stage| !stages.contains(&stage)) {
        return Err(Refusal::StageOfOtherVersion);
    }
    Ok(json!({
        "ARN": secret.arn, "Name": secret.name, "VersionId": id, "SecretString": value, "VersionStages": stages,
        "CreatedDate": created_at,
    }))
}

fn put(
    tx: &Transaction<'_>,
    now: OffsetDateTime,
    secret: &Secret,
    token: Option<String>,
    value: &str,
) -> Result<Value, Refusal> {
    if !(1..=MAX_BYTES).contains(&value.len()) {
        return Err(Refusal::Parameter("SecretString must have 1 to 65536 bytes."));
    }
    let id = match token {
        Some(token) if (32..=64).contains(&token.len()) => token,
        Some(_) => {
            return Err(Refusal::Parameter("ClientRequestToken must be 32-64 characters long."));
        }
        None => store::next_version_id(tx, secret)?,
    };
    // The same id and value again changes nothing, another value is a conflict (API Reference, PutSecretValue).
    match store::version(tx, secret, &id)? {
        Some((existing, _)) if existing != value => return Err(Refusal::VersionExists),
        Some(_) => {}
        None => store::add_version(tx, now, secret, &id, value)?,
    }
    let stages = store::find(tx, &secret.arn)?.ok_or(Refusal::NoSuchSecret)?.stages(&id);
    Ok(json!({ "ARN": secret.arn, "Name": secret.name, "VersionId": id, "VersionStages": stages }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    fn call(secrets: &Secrets, operation: &str, body: &Value) -> (u16, Value) {
        let request =
            Request::post("http://localhost/").header("x-amz-target", format!("secretsmanager.{operation}"));
        let response = secrets.call(NOW, &request.body(Bytes::from(body.to_string())).expect("a request"));
        (response.status().as_u16(), serde_json::from_slice(response.body()).expect("every answer is JSON"))
    }

    #[test]
    fn a_secret_is_found_by_name_and_by_full_and_partial_arn() {
        let secrets = Secrets::open(None).expect("the database opens");
        let arn = secrets.put(NOW, "shop/stripe", "sk_1").expect("the secret is kept");
        for id in ["shop/stripe", &arn, &arn[..arn.len() - 7]] {
            let (status, answer) = call(&secrets, "GetSecretValue", &json!({ "SecretId": id }));
            assert_eq!((status, &answer["SecretString"], &answer["ARN"]), (200, &json!("sk_1"), &json!(arn)));
        }
    }

    #[test]
    fn putting_the_same_value_changes_nothing_and_another_moves_the_stages() {
        let secrets = Secrets::open(None).expect("the database opens");
        for value in ["one", "one", "two", "two"] {
            secrets.put(NOW, "key", value).expect("the secret is kept");
        }
        for (stage, value) in [("AWSCURRENT", "two"), ("AWSPREVIOUS", "one")] {
            let (_, answer) =
                call(&secrets, "GetSecretValue", &json!({ "SecretId": "key", "VersionStage": stage }));
            assert_eq!((&answer["SecretString"], &answer["VersionStages"]), (&json!(value), &json!([stage])));
        }
    }

    #[test]
    fn a_token_stands_for_one_value() {
        let secrets = Secrets::open(None).expect("the database opens");
        let token = "0123456789abcdef0123456789abcdef";
        let create =
            |value: &str| json!({ "Name": "key", "SecretString": value, "ClientRequestToken": token });
        let put =
            |value: &str| json!({ "SecretId": "key", "SecretString": value, "ClientRequestToken": token });
        for (operation, body, expected) in [
            ("CreateSecret", create("one"), Ok(token)),
            ("CreateSecret", create("one"), Ok(token)),
            ("CreateSecret", create("two"), Err("ResourceExistsException")),
            ("CreateSecret", json!({ "Name": "key" }), Err("ResourceExistsException")),
            ("PutSecretValue", put("one"), Ok(token)),
            ("PutSecretValue", put("two"), Err("ResourceExistsException")),
            (
                "PutSecretValue",
                json!({ "SecretId": "none", "SecretString": "s" }),
                Err("ResourceNotFoundException"),
            ),
            ("GetSecretValue", json!({ "SecretId": "none" }), Err("ResourceNotFoundException")),
            (
                "GetSecretValue",
                json!({ "SecretId": "key", "VersionStage": "AWSPREVIOUS" }),
                Err("ResourceNotFoundException"),
            ),
            ("CreateSecret", json!({ "Name": "key", "SecretBinary": "AA==" }), Err("SerializationException")),
            ("DeleteSecret", json!({ "SecretId": "key" }), Err("UnknownOperationException")),
        ] {
            let (status, answer) = call(&secrets, operation, &body);
            match expected {
                Ok(version) => assert_eq!((status, &answer["VersionId"]), (200, &json!(version))),
                Err(kind) => {
                    assert_eq!((status, &answer["__type"]), (400, &json!(kind)), "{operation} {body}")
                }
            }
        }
    }
}
