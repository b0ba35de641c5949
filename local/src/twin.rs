//! The twin itself: cloud, functions, gateway and pumps, put together as the template says.

use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use bytes::Bytes;
use functions::Clock;
use functions::edge::Log;
use http::{Request, Response};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::cloud::{Cloud, SHIPPO_API_KEY, SHIPPO_WEBHOOK_SECRET, STRIPE_API_KEY, STRIPE_WEBHOOK_SECRET};
use crate::gateway::Gateway;
use crate::lambda::Lambda;
use crate::pumps::{self, QueuePump, StreamPump};
use crate::template::{Template, TemplateError};
use crate::tokens::{AUDIENCE, ISSUER, Tokens};

/// The template, as it was when the twin was built.
const TEMPLATE: &str = include_str!("../../template.yaml");
/// How long a pump sleeps at most before it looks for work again.
const IDLE: Duration = Duration::from_millis(250);

/// The twin.
pub struct Twin {
    /// Its services.
    pub cloud: Arc<Cloud>,
    /// Its functions.
    pub lambda: Lambda,
    /// Its token issuer.
    pub tokens: Tokens,
    /// Name of its table.
    pub table: String,
    /// What brings changes to the relay.
    pub stream: StreamPump,
    /// What brings messages to the workers.
    pub queues: Vec<QueuePump>,
    /// Names of all queues, dead letters included.
    pub queue_names: Vec<(String, bool)>,
    gateway: Gateway,
}

/// How a twin is made.
pub struct Options {
    /// Where it keeps its data; nowhere if not given.
    pub folder: Option<PathBuf>,
    /// What time it is.
    pub clock: Clock,
    /// Where log lines go.
    pub log: Log,
    /// What stands between the functions and the cloud: nothing, or a fault injector.
    pub wrap: fn(SharedHttpConnector) -> SharedHttpConnector,
}

impl Default for Options {
    fn default() -> Self {
        Self { folder: None, clock: Clock::default(), log: Log::to(|_| {}), wrap: |connector| connector }
    }
}

/// The template, read. It is the same for every twin of a process, and reading it takes longer than the rest of a start.
pub fn template() -> Result<&'static Template, TemplateError> {
    static READ: OnceLock<Template> = OnceLock::new();
    match READ.get() {
        Some(template) => Ok(template),
        None => {
            let template = Template::parse(TEMPLATE, &parameters())?;
            Ok(READ.get_or_init(|| template))
        }
    }
}

/// Values for the template's parameters.
pub fn parameters() -> BTreeMap<String, String> {
    [
        ("JwtIssuer", ISSUER),
        ("JwtAudience", AUDIENCE),
        ("MailSender", "orders@shop.example"),
        ("StripeSecretArn", "StripeSecret"),
        ("CarrierSecretArn", "CarrierSecret"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

impl Twin {
    /// Puts a twin together: opens its data, creates what is missing, and frees messages that a killed one was at.
    pub fn open(options: Options) -> Result<Arc<Self>, Box<dyn Error + Send + Sync>> {
        let folder: Option<&Path> = options.folder.as_deref();
        let cloud = Cloud::open(folder, options.clock.clone())?;
        Self::with_cloud(cloud, &options)
    }

    /// A twin on services that are there already.
    pub fn with_cloud(
        cloud: Arc<Cloud>,
        options: &Options,
    ) -> Result<Arc<Self>, Box<dyn Error + Send + Sync>> {
        let folder: Option<&Path> = options.folder.as_deref();
        let template = template()?;
        let (table, properties) = &template.table;
        cloud.dynamodb.create_table(table, properties)?;
        for queue in &template.queues {
            cloud.sqs.declare(queue)?;
        }
        let now = options.clock.now().datetime();
        let stripe = json!({"api_key": STRIPE_API_KEY, "webhook_secret": STRIPE_WEBHOOK_SECRET});
        cloud.secrets.put(now, "StripeSecret", &stripe.to_string())?;
        let carrier = json!({"api_key": SHIPPO_API_KEY, "webhook_secret": SHIPPO_WEBHOOK_SECRET});
        cloud.secrets.put(now, "CarrierSecret", &carrier.to_string())?;
        for secret in &template.secrets {
            cloud.secrets.put(now, secret, "a secret of the twin: it never leaves this machine")?;
        }
        cloud.ses.declare(&template.mail_events);
        cloud.publish(now);
        cloud.sqs.release_all(now);
        let connector = (options.wrap)(cloud.connector());
        let dead: Vec<&str> = template
            .queues
            .iter()
            .filter_map(|queue| queue.redrive.as_ref().map(|redrive| redrive.dead_letter_queue.as_str()))
            .collect();
        Ok(Arc::new(Self {
            lambda: Lambda::new(template, &connector, &options.clock, &options.log)?,
            tokens: Tokens::open(folder)?,
            table: table.clone(),
            stream: pumps::stream(template, folder.map(|folder| folder.join("stream-position")))
                .ok_or("the template has no stream")?,
            queues: pumps::queues(template),
            queue_names: template
                .queues
                .iter()
                .map(|queue| {
                    (queue.name.clone(), dead.contains(&queue.name.as_str()) || queue.name == "RelayFailures")
                })
                .collect(),
            gateway: Gateway::new(template, options.clock.clone()),
            cloud,
        }))
    }

    /// Answers a request of the API.
    pub async fn answer(&self, request: Request<Bytes>) -> Response<Bytes> {
        self.gateway.answer(&self.tokens, &self.lambda, request).await
    }

    /// A token for a customer, or for staff.
    pub fn token(&self, sub: &str, admin: bool) -> String {
        self.tokens.issue(sub, admin, self.cloud.clock.now())
    }

    /// The heads of all orders, newest first.
    pub fn orders(&self) -> Vec<shared::order::Order> {
        let items = self.cloud.dynamodb.items(&self.table).unwrap_or_default();
        let mut orders: Vec<shared::order::Order> = items
            .into_iter()
            .filter(|item| {
                item["SK"]["S"].as_str().is_some_and(|key| key.starts_with(shared::keys::ORDER_PREFIX))
            })
            .filter_map(|item| functions::edge::item_from_json(item).ok())
            .filter_map(|item| functions::table::order(item).ok())
            .collect();
        orders.sort_by_key(|order| std::cmp::Reverse(order.id));
        orders
    }

    /// Keeps every pump going until the process ends.
    pub fn run_pumps(self: &Arc<Self>) {
        let twin = Arc::clone(self);
        tokio::spawn(async move {
            loop {
                match twin.stream.step(&twin).await {
                    Some(0) => twin.wait().await,
                    Some(_) => {}
                    None => tokio::time::sleep(IDLE).await,
                }
            }
        });
        for queue in self.queues.clone() {
            let twin = Arc::clone(self);
            tokio::spawn(async move {
                loop {
                    if queue.step(&twin).await == 0 {
                        twin.wait().await;
                    }
                }
            });
        }
        let twin = Arc::clone(self);
        tokio::spawn(async move {
            loop {
                if pumps::webhooks(&twin).await == 0 {
                    twin.wait().await;
                }
            }
        });
        let twin = Arc::clone(self);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(Duration::from_secs(60)).await;
                if let Err(error) = twin.cloud.dynamodb.sweep() {
                    eprintln!("expired items stay: {error}");
                }
            }
        });
    }

    /// Until a service was called, or a while has passed.
    async fn wait(&self) {
        // Running out of time is one of the two ways to wake up.
        let _woken = tokio::time::timeout(IDLE, self.cloud.activity.notified()).await;
    }

    /// Everything that waits in a queue.
    pub fn queue_contents(&self) -> Value {
        let queues = self.queue_names.iter().map(|(name, dead_letters)| {
            let messages = self.cloud.sqs.messages(name).into_iter().map(|message| {
                let moment = |at: time::OffsetDateTime| {
                    at.format(&time::format_description::well_known::Rfc3339).unwrap_or_default()
                };
                json!({
                    "id": message.id, "body": message.body, "receive_count": message.receive_count,
                    "visible_at": moment(message.visible_at), "sent_at": moment(message.sent_at),
                })
            });
            json!({"name": name, "dead_letters": dead_letters, "messages": messages.collect::<Vec<_>>()})
        });
        Value::Array(queues.collect())
    }
}
