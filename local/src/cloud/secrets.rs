//! Secrets Manager on SQLite: named secrets with their current and previous version, with `now` as the only clock.
//!
//! Wire format: AWS JSON 1.1, target `secretsmanager.<Operation>` (AWS Secrets Manager API Reference). Binary
//! secrets and staging labels of one's own are refused by name.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Request, Response, StatusCode};
use md5::{Digest as _, Md5};
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use time::OffsetDateTime;

/// API Reference, CreateSecret, SecretString.
const MAX_BYTES: usize = 65_536;
const ARN_PREFIX: &str = "arn:aws:secretsmanager:us-east-1:000000000000:secret:";

const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS secret (name TEXT PRIMARY KEY, arn TEXT NOT NULL, current TEXT, previous TEXT) STRICT;
    CREATE TABLE IF NOT EXISTS secret_version (
        arn TEXT NOT NULL, id TEXT NOT NULL, value TEXT NOT NULL, created_at INTEGER NOT NULL, PRIMARY KEY (arn, id)
    ) STRICT;";

/// The secret store. What it has answered is committed.
pub struct Secrets {
    connection: Mutex<Connection>,
}

impl Secrets {
    /// Opens the secrets kept at `path`, or none in memory.
    pub fn open(path: Option<&Path>) -> Result<Self, rusqlite::Error> {
        let connection = path.map_or_else(Connection::open_in_memory, Connection::open)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// Answers one API call.
    pub fn call(&self, now: OffsetDateTime, request: &Request<Bytes>) -> Response<Bytes> {
        let target = request.headers().get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
        let operation = target.strip_prefix("secretsmanager.").unwrap_or(target);
        let (status, value) = match self.transaction(|tx| dispatch(tx, now, operation, request.body())) {
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
        let mut connection = self.lock();
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let secret = match find_by_name(&tx, name)? {
            Some(secret) => secret,
            None => create(&tx, name)?,
        };
        let current = secret.current.as_deref().map(|id| version(&tx, &secret, id)).transpose()?.flatten();
        if current.is_none_or(|(current, _)| current != value) {
            add_version(&tx, now, &secret, &next_version_id(&tx, &secret)?, value)?;
        }
        tx.commit()?;
        Ok(secret.arn)
    }

    fn transaction<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, Refusal>) -> Result<T, Refusal> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = work(&transaction)?;
        transaction.commit()?;
        Ok(done)
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A panic elsewhere cannot leave a half-done state: its transaction was rolled back.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
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

struct Secret {
    name: String,
    arn: String,
    current: Option<String>,
    previous: Option<String>,
}

impl Secret {
    fn stages(&self, version: &str) -> Vec<&'static str> {
        let stages = [("AWSCURRENT", &self.current), ("AWSPREVIOUS", &self.previous)];
        stages.into_iter().filter(|(_, id)| id.as_deref() == Some(version)).map(|(stage, _)| stage).collect()
    }
}

fn dispatch(tx: &Transaction<'_>, now: OffsetDateTime, operation: &str, body: &Bytes) -> Result<Value, Refusal> {
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
            let existing = find_by_name(tx, &name)?;
            let secret = match existing {
                None => create(tx, &name)?,
                // The same token again is the same request (API Reference, CreateSecret, ClientRequestToken).
                Some(secret) => match &client_request_token {
                    Some(token) if version(tx, &secret, token)?.is_some() => secret,
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
            put(tx, now, &find(tx, &secret_id)?, client_request_token, &secret_string)
        }
        other => Err(Refusal::Operation(other.to_owned())),
    }
}

fn get(tx: &Transaction<'_>, asked: &Get) -> Result<Value, Refusal> {
    let secret = find(tx, &asked.secret_id)?;
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
    let (value, created_at) = version(tx, &secret, id)?.ok_or_else(missing)?;
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
        Some(_) => return Err(Refusal::Parameter("ClientRequestToken must be 32-64 characters long.")),
        None => next_version_id(tx, secret)?,
    };
    // The same id and value again changes nothing, another value is a conflict (API Reference, PutSecretValue).
    match version(tx, secret, &id)? {
        Some((existing, _)) if existing != value => return Err(Refusal::VersionExists),
        Some(_) => {}
        None => add_version(tx, now, secret, &id, value)?,
    }
    let stages = find(tx, &secret.arn)?.stages(&id);
    Ok(json!({ "ARN": secret.arn, "Name": secret.name, "VersionId": id, "VersionStages": stages }))
}

/// The secret that a name, an ARN, or an ARN without its random ending means (API Reference, SecretId).
fn find(tx: &Transaction<'_>, id: &str) -> Result<Secret, Refusal> {
    let name = if id.starts_with("arn:") {
        let by_arn =
            "SELECT name FROM secret WHERE arn = ?1 OR substr(arn, 1, length(arn) - 7) = ?1 ORDER BY arn <> ?1";
        tx.query_row(by_arn, [id], |row| row.get(0)).optional()?.ok_or(Refusal::NoSuchSecret)?
    } else {
        id.to_owned()
    };
    find_by_name(tx, &name)?.ok_or(Refusal::NoSuchSecret)
}

fn find_by_name(tx: &Transaction<'_>, name: &str) -> Result<Option<Secret>, rusqlite::Error> {
    tx.query_row("SELECT name, arn, current, previous FROM secret WHERE name = ?1", [name], |row| {
        Ok(Secret { name: row.get(0)?, arn: row.get(1)?, current: row.get(2)?, previous: row.get(3)? })
    })
    .optional()
}

fn create(tx: &Transaction<'_>, name: &str) -> Result<Secret, rusqlite::Error> {
    let arn = format!("{ARN_PREFIX}{name}-{}", &hash(name)[..6]);
    tx.execute("INSERT INTO secret (name, arn) VALUES (?1, ?2)", [name, &arn])?;
    Ok(Secret { name: name.to_owned(), arn, current: None, previous: None })
}

/// A version's value and when it was created, in whole seconds.
fn version(tx: &Transaction<'_>, secret: &Secret, id: &str) -> Result<Option<(String, i64)>, rusqlite::Error> {
    let select = "SELECT value, created_at FROM secret_version WHERE arn = ?1 AND id = ?2";
    tx.query_row(select, [&secret.arn, id], |row| Ok((row.get(0)?, row.get(1)?))).optional()
}

fn next_version_id(tx: &Transaction<'_>, secret: &Secret) -> Result<String, rusqlite::Error> {
    let count = "SELECT count(*) FROM secret_version WHERE arn = ?1";
    let count: i64 = tx.query_row(count, [&secret.arn], |row| row.get(0))?;
    let hash = hash(&format!("{} {count}", secret.arn));
    Ok(format!("{}-{}-{}-{}-{}", &hash[..8], &hash[8..12], &hash[12..16], &hash[16..20], &hash[20..]))
}

fn add_version(
    tx: &Transaction<'_>,
    now: OffsetDateTime,
    secret: &Secret,
    id: &str,
    value: &str,
) -> Result<(), rusqlite::Error> {
    let insert = "INSERT INTO secret_version (arn, id, value, created_at) VALUES (?1, ?2, ?3, ?4)";
    tx.execute(insert, params![secret.arn, id, value, now.unix_timestamp()])?;
    // AWSPREVIOUS follows AWSCURRENT by itself (API Reference, PutSecretValue).
    tx.execute("UPDATE secret SET previous = current, current = ?2 WHERE arn = ?1", [&secret.arn, id])?;
    Ok(())
}

fn hash(text: &str) -> String {
    hex::encode(Md5::digest(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    fn call(secrets: &Secrets, operation: &str, body: &Value) -> (u16, Value) {
        let request = Request::post("http://localhost/").header("x-amz-target", format!("secretsmanager.{operation}"));
        let response = secrets.call(NOW, &request.body(Bytes::from(body.to_string())).unwrap());
        (response.status().as_u16(), serde_json::from_slice(response.body()).unwrap())
    }

    #[test]
    fn a_secret_is_found_by_name_and_by_full_and_partial_arn() {
        let secrets = Secrets::open(None).unwrap();
        let arn = secrets.put(NOW, "shop/stripe", "sk_1").unwrap();
        for id in ["shop/stripe", &arn, &arn[..arn.len() - 7]] {
            let (status, answer) = call(&secrets, "GetSecretValue", &json!({ "SecretId": id }));
            assert_eq!((status, &answer["SecretString"], &answer["ARN"]), (200, &json!("sk_1"), &json!(arn)));
        }
    }

    #[test]
    fn putting_the_same_value_changes_nothing_and_another_moves_the_stages() {
        let secrets = Secrets::open(None).unwrap();
        for value in ["one", "one", "two", "two"] {
            secrets.put(NOW, "key", value).unwrap();
        }
        for (stage, value) in [("AWSCURRENT", "two"), ("AWSPREVIOUS", "one")] {
            let (_, answer) = call(&secrets, "GetSecretValue", &json!({ "SecretId": "key", "VersionStage": stage }));
            assert_eq!((&answer["SecretString"], &answer["VersionStages"]), (&json!(value), &json!([stage])));
        }
    }

    #[test]
    fn a_token_stands_for_one_value() {
        let secrets = Secrets::open(None).unwrap();
        let token = "0123456789abcdef0123456789abcdef";
        let create = |value: &str| json!({ "Name": "key", "SecretString": value, "ClientRequestToken": token });
        let put = |value: &str| json!({ "SecretId": "key", "SecretString": value, "ClientRequestToken": token });
        for (operation, body, expected) in [
            ("CreateSecret", create("one"), Ok(token)),
            ("CreateSecret", create("one"), Ok(token)),
            ("CreateSecret", create("two"), Err("ResourceExistsException")),
            ("CreateSecret", json!({ "Name": "key" }), Err("ResourceExistsException")),
            ("PutSecretValue", put("one"), Ok(token)),
            ("PutSecretValue", put("two"), Err("ResourceExistsException")),
            ("PutSecretValue", json!({ "SecretId": "none", "SecretString": "s" }), Err("ResourceNotFoundException")),
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
                Err(kind) => assert_eq!((status, &answer["__type"]), (400, &json!(kind)), "{operation} {body}"),
            }
        }
    }
}
