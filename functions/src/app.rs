//! What a function works with: configuration and clients, built once per process.

use aws_credential_types::Credentials;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::{SharedHttpClient, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use shared::time::Timestamp;
use std::collections::HashMap;

use crate::carriers::Carrier;
use crate::clock::Clock;
use crate::edge::Log;
use crate::error::Source;
use crate::mailer::Mailer;
use crate::queues::Queues;
use crate::seam::{ATTEMPT_TIMEOUT, CONNECT_TIMEOUT, OPERATION_TIMEOUT, send};
use crate::secrets::Secrets;
use crate::store::Versions;
use crate::stripe::Stripe;
use crate::table::Table;

/// The environment that a function is started with; `template.yaml` sets it.
#[derive(Debug, Clone, Default)]
pub struct Config(HashMap<String, String>);

impl Config {
    /// The process's own environment.
    pub fn from_env() -> Result<Self, Source> {
        let config = Self(std::env::vars().collect());
        for needed in ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "TABLE_NAME"] {
            config.need(needed)?;
        }
        Ok(config)
    }

    /// The value of a variable; empty when it is not set.
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map(String::as_str).unwrap_or_default()
    }

    fn need(&self, name: &str) -> Result<&str, Source> {
        match self.get(name) {
            "" => Err(format!("{name} is not set").into()),
            value => Ok(value),
        }
    }

    /// The endpoint of an AWS service, where it is not AWS's own (the variables that all AWS SDKs know).
    fn endpoint(&self, service: &str) -> Option<String> {
        [format!("AWS_ENDPOINT_URL_{service}"), "AWS_ENDPOINT_URL".to_owned()]
            .iter()
            .map(|name| self.get(name))
            .find(|url| !url.is_empty())
            .map(str::to_owned)
    }
}

impl FromIterator<(String, String)> for Config {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(variables: I) -> Self {
        Self(variables.into_iter().collect())
    }
}

/// What a function works with.
#[derive(Debug, Clone)]
pub struct App {
    /// What time it is.
    pub clock: Clock,
    /// Where log lines go.
    pub log: Log,
    /// The table.
    pub table: Table,
    /// The queues.
    pub queues: Queues,
    /// Outgoing mail.
    pub mailer: Mailer,
    /// The payment provider.
    pub stripe: Stripe,
    /// Who carries parcels.
    pub carrier: Carrier,
    /// The key that cursors are sealed with.
    pub signing: Secrets,
    pub(crate) versions: Versions,
    connector: SharedHttpConnector,
    table_endpoint: String,
}

/// How often a call to AWS is tried.
const ATTEMPTS: u32 = 3;

/// Builds one service's configuration. The builders of the SDK crates share these methods but no trait.
macro_rules! aws_config {
    ($sdk:ident, $service:literal, $config:expr, $http:expr, $attempts:expr) => {{
        let config: &Config = $config;
        let mut builder = $sdk::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region($sdk::config::Region::new(config.get("AWS_REGION").to_owned()))
            .credentials_provider(credentials(config))
            .http_client($http.clone())
            .sleep_impl(TokioSleep::new())
            .retry_config(RetryConfig::standard().with_max_attempts($attempts))
            .stalled_stream_protection($sdk::config::StalledStreamProtectionConfig::disabled())
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(CONNECT_TIMEOUT)
                    .operation_attempt_timeout(ATTEMPT_TIMEOUT)
                    .operation_timeout(OPERATION_TIMEOUT)
                    .build(),
            );
        builder.set_endpoint_url(config.endpoint($service));
        $sdk::Client::from_conf(builder.build())
    }};
}

impl App {
    /// The clients for this environment, all sending through `connector`.
    pub fn new(config: Config, connector: SharedHttpConnector) -> Self {
        let shared = connector.clone();
        let http: SharedHttpClient = http_client_fn(move |_, _| shared.clone());
        let secrets = aws_config!(aws_sdk_secretsmanager, "SECRETS_MANAGER", &config, http, ATTEMPTS);
        Self {
            clock: Clock::default(),
            log: Log::default().at(config.get("LOG_LEVEL")),
            table: Table::new(
                aws_config!(aws_sdk_dynamodb, "DYNAMODB", &config, http, ATTEMPTS),
                config.get("TABLE_NAME"),
            ),
            queues: Queues::new(aws_config!(aws_sdk_sqs, "SQS", &config, http, ATTEMPTS), &config),
            // A mail is sent once: SES knows no idempotency key, so a second attempt would be a second mail.
            mailer: Mailer::new(aws_config!(aws_sdk_ses, "SES", &config, http, 1), config.get("MAIL_SENDER")),
            stripe: Stripe::new(
                connector.clone(),
                config.get("STRIPE_BASE_URL"),
                Secrets::new(secrets.clone(), config.get("STRIPE_SECRET_ARN")),
            ),
            carrier: Carrier::new(
                connector.clone(),
                &config,
                Secrets::new(secrets.clone(), config.get("CARRIER_SECRET_ARN")),
            ),
            signing: Secrets::new(secrets, config.get("SIGNING_SECRET_ARN")),
            versions: Versions::default(),
            connector,
            table_endpoint: config
                .endpoint("DYNAMODB")
                .unwrap_or_else(|| regional_endpoint(config.get("AWS_REGION"))),
        }
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Opens the connection to the table before the first request needs it: most of the first call's time is TLS. Asks
    /// for the endpoint's health, which needs no permission and costs no request units. Whether the connection works
    /// shows with the first request; a failure here must not keep the function from starting.
    pub async fn warm_up(&self) {
        let health = http::Request::get(&self.table_endpoint).body(SdkBody::empty()).map_err(Source::from);
        let request = health.and_then(|request| Ok(HttpRequest::try_from(request)?));
        let answer = match request {
            Ok(request) => send(&self.connector, request, CONNECT_TIMEOUT).await.map(drop),
            Err(error) => Err(error),
        };
        if let Err(error) = answer {
            self.log.error("the table did not answer while starting", &[], &*error);
        }
    }
}

/// DynamoDB's endpoint in a region (AWS General Reference, "DynamoDB endpoints"; China is a partition of its own).
fn regional_endpoint(region: &str) -> String {
    let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    format!("https://dynamodb.{region}.{suffix}/")
}

/// Lambda puts a role's credentials into the environment; nothing else needs to be asked.
fn credentials(config: &Config) -> Credentials {
    let token = Some(config.get("AWS_SESSION_TOKEN").to_owned()).filter(|token| !token.is_empty());
    Credentials::new(
        config.get("AWS_ACCESS_KEY_ID"),
        config.get("AWS_SECRET_ACCESS_KEY"),
        token,
        None,
        "environment",
    )
}
