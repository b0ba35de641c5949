//! Who calls what: a recorder between the functions and the twin's cloud.

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use functions::Clock;
use local::pumps;
use local::twin::{Options, parameters};
use serde_json::Value as Json;
use shared::time::Timestamp;
use std::cell::RefCell;
use std::collections::BTreeSet;
use tests::{Answer, Call, START, Shop};

use crate::template::{Permission, Template, list, logical, text};

/// Something that a function did.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seen {
    /// Which function.
    pub function: String,
    /// What it did, as IAM names it.
    pub permission: Permission,
}

thread_local! {
    /// The function that runs. Tests run on a thread of their own and call one function at a time.
    static RUNNING: RefCell<String> = const { RefCell::new(String::new()) };
    static SEEN: RefCell<BTreeSet<Seen>> = const { RefCell::new(BTreeSet::new()) };
}

#[derive(Debug)]
struct Recorder(SharedHttpConnector);

impl HttpConnector for Recorder {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let function = RUNNING.with_borrow(Clone::clone);
        for (action, resource) in permissions_of(&request) {
            let seen = Seen { function: function.clone(), permission: Permission { action, resource } };
            SEEN.with_borrow_mut(|all| all.insert(seen));
        }
        self.0.call(request)
    }
}

/// What IAM asks for before AWS does this: action and resource.
fn permissions_of(request: &HttpRequest) -> Vec<(String, String)> {
    let path =
        request.uri().split("//").nth(1).and_then(|rest| rest.find('/').map(|at| rest[at..].to_owned()));
    let path = path.unwrap_or_default();
    let body = request.body().bytes().unwrap_or_default();
    // Nobody has to be asked: Stripe, Shippo, and what is not signed, such as a look at an endpoint's health.
    let needs_no_permission = ["/stripe", "/shippo"].iter().any(|service| path.starts_with(service));
    if needs_no_permission || request.headers().get("authorization").is_none() {
        return vec![];
    }
    if path.starts_with("/aws/ses") {
        let form = String::from_utf8_lossy(body).into_owned();
        let field = |name: &str| {
            form.split('&').find_map(|pair| pair.strip_prefix(name)).unwrap_or_default().replace("%40", "@")
        };
        let identity = format!("identity/{}", parameter(&field("Source=")));
        return vec![(format!("ses:{}", field("Action=")), identity)];
    }
    let target = request.headers().get("x-amz-target").unwrap_or_default();
    let (service, operation) = target.split_once('.').unwrap_or((target, ""));
    let body: Json = serde_json::from_slice(body).unwrap_or_default();
    match service {
        "DynamoDB_20120810" if operation == "TransactWriteItems" => {
            let parts =
                list(&body["TransactItems"]).iter().flat_map(|part| part.as_object().into_iter().flatten());
            parts
                .map(|(kind, part)| {
                    let action = match kind.as_str() {
                        "ConditionCheck" => "dynamodb:ConditionCheckItem".to_owned(),
                        kind => format!("dynamodb:{kind}Item"),
                    };
                    (action, table(part))
                })
                .collect()
        }
        "DynamoDB_20120810" => vec![(format!("dynamodb:{operation}"), table(&body))],
        "AmazonSQS" => {
            let queue = text(&body["QueueUrl"]).rsplit('/').next().unwrap_or_default().to_owned();
            vec![(format!("sqs:{}", operation.trim_end_matches("Batch")), format!("{queue}.Arn"))]
        }
        "secretsmanager" => {
            vec![(format!("secretsmanager:{operation}"), parameter(&text(&body["SecretId"])))]
        }
        _ => vec![(target.to_owned(), request.uri().to_owned())],
    }
}

fn table(body: &Json) -> String {
    let index = body["IndexName"].as_str().map(|index| format!("/index/{index}")).unwrap_or_default();
    format!("{}.Arn{index}", text(&body["TableName"]))
}

/// The parameter of the template that has this value, or the value: the twin gives resources their logical ids as names.
fn parameter(value: &str) -> String {
    let named = parameters().into_iter().find(|(_, given)| given == value).map(|(name, _)| name);
    named.unwrap_or_else(|| value.to_owned())
}

/// A shop whose calls are recorded.
pub struct Recorded {
    /// The shop.
    pub shop: Shop,
    template: Template,
}

impl Recorded {
    /// An empty shop, every function of which was started.
    pub async fn open() -> Self {
        let clock = Clock::manual(Timestamp::from_seconds(START));
        let wrap = |inner| SharedHttpConnector::new(Recorder(inner));
        let shop = Shop::with(Options { clock, wrap, ..Options::default() });
        let recorded = Self { shop, template: Template::load() };
        recorded.start().await;
        recorded
    }

    /// What was recorded on this thread, so by this test.
    pub fn seen() -> BTreeSet<Seen> {
        SEEN.take()
    }

    fn running(name: &str) {
        RUNNING.set(name.to_owned());
    }

    /// Starts every function, as Lambda would.
    async fn start(&self) {
        for function in self.template.functions() {
            Self::running(&function.bin);
            self.shop.twin.lambda.app(&function.bin).expect("the twin has it").warm_up().await;
        }
    }

    /// Sends a request that this function answers with this status.
    pub async fn send(&self, function: &str, status: u16, call: Call) -> Answer {
        Self::running(function);
        let answer = self.shop.send(call).await;
        assert_eq!(answer.status, status, "{function}: {answer:?}");
        answer
    }

    /// Brings the webhooks that are due.
    pub async fn webhooks(&self) -> usize {
        Self::running("stripe-webhook");
        let of_payments = pumps::stripe_webhooks(&self.shop.twin).await;
        Self::running("carrier-webhook");
        of_payments + pumps::carrier_webhooks(&self.shop.twin).await
    }

    /// Lets relay, workers and webhooks work until nothing is due.
    pub async fn finish(&self) {
        let twin = &self.shop.twin;
        for _ in 0..1_000 {
            Self::running("relay");
            let mut moved = twin.stream.step(twin).await.expect("the relay works");
            for queue in &twin.queues {
                let worker = self.template.functions().into_iter().find(|function| {
                    function
                        .events("SQS")
                        .iter()
                        .any(|event| logical(&event["Properties"]["Queue"]) == queue.queue)
                });
                Self::running(&worker.expect("a queue has a worker").bin);
                moved += queue.step(twin).await;
            }
            moved += self.webhooks().await;
            if moved == 0 {
                return;
            }
        }
        panic!("the workers do not come to rest");
    }

    /// Moves the clock, then lets everything finish.
    pub async fn after(&self, seconds: i64) {
        self.shop.twin.cloud.clock.advance(seconds * 1000);
        self.finish().await;
    }
}
