//! The embedded cloud: every service that the product talks to, behind one HTTP connector, or on a port.

pub mod deliveries;
pub mod dynamodb;
mod ids;
pub mod secrets;
pub mod ses;
pub mod shippo;
pub mod sqs;
mod storage;
pub mod stripe;

use std::error::Error;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use functions::Clock;
use http::{Request, Response, StatusCode};
use tokio::sync::Notify;

/// Stripe's key in the twin.
pub const STRIPE_API_KEY: &str = "sk_test_twin";
/// What the twin's Stripe signs its webhooks with.
pub const STRIPE_WEBHOOK_SECRET: &str = "whsec_twin";

/// Shippo's key in the twin.
pub const SHIPPO_API_KEY: &str = "shippo_test_twin";
/// What the twin's Shippo signs its webhooks with.
pub const SHIPPO_WEBHOOK_SECRET: &str = "hmac_twin";

/// Every service.
pub struct Cloud {
    /// The table.
    pub dynamodb: dynamodb::DynamoDb,
    /// The queues.
    pub sqs: sqs::Sqs,
    /// Mail.
    pub ses: ses::Ses,
    /// Secrets.
    pub secrets: secrets::Secrets,
    /// Payments.
    pub stripe: stripe::Stripe,
    /// Parcels.
    pub shippo: shippo::Shippo,
    /// What time the services think it is.
    pub clock: Clock,
    /// Rung whenever a service was called, so that whoever waits for work looks again.
    pub activity: Notify,
}

impl fmt::Debug for Cloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cloud")
    }
}

impl Cloud {
    /// Opens the services with their data in `folder`, or in memory.
    pub fn open(folder: Option<&Path>, clock: Clock) -> Result<Arc<Self>, Box<dyn Error + Send + Sync>> {
        let file = |name: &str| folder.map(|folder| folder.join(name));
        Ok(Arc::new(Self {
            dynamodb: dynamodb::DynamoDb::open(file("table.db").as_deref())?,
            sqs: sqs::Sqs::open(file("queues.db").as_deref())?,
            ses: ses::Ses::open(file("mail.db").as_deref())?,
            secrets: secrets::Secrets::open(file("secrets.db").as_deref())?,
            stripe: stripe::Stripe::open(
                file("stripe.db").as_deref(),
                STRIPE_API_KEY,
                STRIPE_WEBHOOK_SECRET,
            )?,
            shippo: shippo::Shippo::open(
                file("shippo.db").as_deref(),
                SHIPPO_API_KEY,
                SHIPPO_WEBHOOK_SECRET,
            )?,
            clock,
            activity: Notify::new(),
        }))
    }

    /// Where the services are below `base`, in the variables that the product knows.
    pub fn environment(base: &str) -> [(String, String); 9] {
        [
            ("AWS_REGION", "eu-west-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "twin".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "twin".to_owned()),
            ("AWS_ENDPOINT_URL_DYNAMODB", format!("{base}/aws/dynamodb")),
            ("AWS_ENDPOINT_URL_SQS", format!("{base}/aws/sqs")),
            ("AWS_ENDPOINT_URL_SES", format!("{base}/aws/ses")),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", format!("{base}/aws/secretsmanager")),
            ("STRIPE_BASE_URL", format!("{base}/stripe")),
            ("SHIPPO_BASE_URL", format!("{base}/shippo")),
        ]
        .map(|(name, value)| (name.to_owned(), value))
    }

    /// Answers one request to a service, which the first parts of the path name.
    pub fn call(&self, request: Request<Bytes>) -> Response<Bytes> {
        let now = self.clock.now().datetime();
        let path = request.uri().path().to_owned();
        let response = if let Some(rest) = path.strip_prefix("/stripe") {
            self.stripe.call(now, &moved(request, rest))
        } else if let Some(rest) = path.strip_prefix("/shippo") {
            self.shippo.call(now, &moved(request, rest))
        } else if path.starts_with("/aws/dynamodb") {
            self.dynamodb.call(&request)
        } else if path.starts_with("/aws/sqs") {
            self.sqs.call(now, &request)
        } else if path.starts_with("/aws/ses") {
            self.ses.call(now, &request)
        } else if path.starts_with("/aws/secretsmanager") {
            self.secrets.call(now, &request)
        } else {
            let mut nowhere = Response::new(Bytes::from_static(b"no such service"));
            *nowhere.status_mut() = StatusCode::NOT_FOUND;
            nowhere
        };
        self.activity.notify_waiters();
        response
    }

    /// The connector that brings the product's requests here, without a network.
    pub fn connector(self: &Arc<Self>) -> SharedHttpConnector {
        SharedHttpConnector::new(InProcess(Arc::clone(self)))
    }
}

/// The request at another path, with its query.
fn moved(request: Request<Bytes>, path: &str) -> Request<Bytes> {
    let (mut parts, body) = request.into_parts();
    let query = parts.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    if let Ok(uri) = format!("{path}{query}").parse() {
        parts.uri = uri;
    }
    Request::from_parts(parts, body)
}

#[derive(Debug)]
struct InProcess(Arc<Cloud>);

impl HttpConnector for InProcess {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let cloud = Arc::clone(&self.0);
        HttpConnectorFuture::new(async move {
            let answer = exchange(&cloud, request);
            answer.map_err(ConnectorError::user)
        })
    }
}

fn exchange(cloud: &Cloud, request: HttpRequest) -> Result<HttpResponse, Box<dyn Error + Send + Sync>> {
    let request = request.try_into_http1x()?;
    let request = request.map(|body| body.bytes().map(Bytes::copy_from_slice).unwrap_or_default());
    Ok(cloud.call(request).map(SdkBody::from).try_into()?)
}
