//! The twin's own token issuer: an RSA key that is made on first start, and tokens for a customer and for staff.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use rsa::pkcs1::{DecodeRsaPrivateKey as _, EncodeRsaPrivateKey as _, EncodeRsaPublicKey as _};
use rsa::{RsaPrivateKey, RsaPublicKey};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use shared::time::Timestamp;

/// The `iss` claim.
pub const ISSUER: &str = "https://twin.local/";
/// The `aud` claim.
pub const AUDIENCE: &str = "orders";
/// How long the twin's tokens are good, in seconds: a day.
const LIFETIME_SECONDS: i64 = 86_400;

/// Tokens that an issuer remembers, at most.
const REMEMBERED: usize = 1_000;

static MEMORY: OnceLock<Tokens> = OnceLock::new();

/// The issuer, and the authorizer's knowledge of it.
#[derive(Clone)]
pub struct Tokens {
    private: EncodingKey,
    public: DecodingKey,
    /// Tokens by their claims: the same claims have the same signature (RFC 8017, 8.2: RSASSA-PKCS1-v1_5), and signing is the slowest
    /// that the twin does.
    issued: Arc<Mutex<BTreeMap<String, String>>>,
}

/// Why a token is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// 401: no token, or none of ours, or too old.
    Unauthorized,
    /// 403: a scope is missing.
    Forbidden,
}

impl Tokens {
    /// The issuer whose key is in `folder`; a new one if there is none yet, or nowhere to keep it.
    pub fn open(folder: Option<&Path>) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let file = folder.map(|folder| folder.join("issuer.der"));
        let kept = file.as_ref().and_then(|file| fs::read(file).ok());
        let private = match (kept, &file) {
            (Some(der), _) => RsaPrivateKey::from_pkcs1_der(&der)?,
            (None, Some(file)) => keep(file, RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048)?)?,
            // Twins that keep nothing share one issuer: making its key is the slowest part of their start.
            (None, None) => match MEMORY.get() {
                Some(tokens) => return Ok(tokens.clone()),
                None => {
                    let tokens = Self::of(&RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048)?)?;
                    return Ok(MEMORY.get_or_init(|| tokens).clone());
                }
            },
        };
        Self::of(&private)
    }

    fn of(private: &RsaPrivateKey) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let der = private.to_pkcs1_der()?;
        let public = RsaPublicKey::from(private).to_pkcs1_der()?;
        Ok(Self {
            private: EncodingKey::from_rsa_der(der.as_bytes()),
            public: DecodingKey::from_rsa_der(public.as_bytes()),
            issued: Arc::default(),
        })
    }

    /// A token for this subject, good for a day from `now`.
    pub fn issue(&self, sub: &str, admin: bool, now: Timestamp) -> String {
        let scope = if admin { "orders orders:admin" } else { "orders" };
        let email = if sub.contains('@') { sub.to_owned() } else { format!("{sub}@example.com") };
        self.sign(&json!({
            "iss": ISSUER, "aud": AUDIENCE, "sub": sub, "email": email, "scope": scope,
            "iat": now.seconds(), "nbf": now.seconds(), "exp": now.seconds() + LIFETIME_SECONDS,
        }))
    }

    /// A token with exactly these claims.
    pub fn sign(&self, claims: &Value) -> String {
        let sign = || {
            jsonwebtoken::encode(&Header::new(Algorithm::RS256), claims, &self.private).unwrap_or_default()
        };
        let mut issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        if issued.len() >= REMEMBERED {
            issued.clear();
        }
        issued.entry(claims.to_string()).or_insert_with(sign).clone()
    }

    /// What API Gateway's JWT authorizer does: signature (RSA only), issuer, audience, times, and any one of the
    /// route's scopes (AWS: "Control access to HTTP APIs with JWT authorizers"). Returns the claims.
    pub fn authorize(
        &self,
        header: Option<&str>,
        scopes: &[String],
        now: Timestamp,
    ) -> Result<Map<String, Value>, Denied> {
        let header = header.ok_or(Denied::Unauthorized)?;
        let token =
            header.strip_prefix("Bearer ").or_else(|| header.strip_prefix("bearer ")).unwrap_or(header);
        let mut rules = Validation::new(Algorithm::RS256);
        rules.set_issuer(&[ISSUER]);
        rules.set_audience(&[AUDIENCE]);
        // Compared with the twin's own clock below.
        rules.validate_exp = false;
        rules.required_spec_claims.clear();
        let token = jsonwebtoken::decode::<Map<String, Value>>(token, &self.public, &rules);
        let claims = token.map_err(|_| Denied::Unauthorized)?.claims;
        let time = |name: &str| claims.get(name).and_then(Value::as_i64);
        let current = time("exp").is_some_and(|end| now.seconds() < end)
            && time("nbf").is_none_or(|start| now.seconds() >= start)
            && claims.get("iss").is_some()
            && claims.get("aud").is_some();
        if !current {
            return Err(Denied::Unauthorized);
        }
        let held: Vec<&str> =
            claims.get("scope").and_then(Value::as_str).unwrap_or_default().split(' ').collect();
        if scopes.is_empty() || scopes.iter().any(|scope| held.contains(&scope.as_str())) {
            Ok(claims)
        } else {
            Err(Denied::Forbidden)
        }
    }
}

/// Keeps a new key in a file, whole and only once: a twin and a `token` that start at the same moment must not end up
/// with a key each. Returns the key that is in the file.
fn keep(file: &Path, new: RsaPrivateKey) -> Result<RsaPrivateKey, Box<dyn Error + Send + Sync>> {
    let written =
        file.with_extension(format!("new-{}-{:?}", std::process::id(), std::thread::current().id()));
    fs::write(&written, new.to_pkcs1_der()?.as_bytes())?;
    // A link is made only where there is nothing yet.
    let linked = fs::hard_link(&written, file);
    fs::remove_file(&written)?;
    match linked {
        Ok(()) => Ok(new),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            Ok(RsaPrivateKey::from_pkcs1_der(&fs::read(file)?)?)
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issuers_that_start_at_the_same_moment_have_one_key() {
        let folder = std::env::temp_dir().join(format!("twin-issuer-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let now = Timestamp::from_seconds(1_772_359_200);
        let opened: Vec<Tokens> = std::thread::scope(|threads| {
            let open = || Tokens::open(Some(&folder)).expect("an issuer");
            let running: Vec<_> = (0..4).map(|_| threads.spawn(open)).collect();
            running.into_iter().map(|thread| thread.join().expect("no panic")).collect()
        });
        let token = format!("Bearer {}", opened[0].issue("alice", false, now));
        assert!(opened.iter().all(|tokens| tokens.authorize(Some(&token), &[], now).is_ok()));
        fs::remove_dir_all(&folder).expect("the folder goes");
    }
}
