//! Stands between the functions and the cloud, counts every call that leaves the code, and breaks one of them.

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;

use crate::sabotage::{Sabotage, sabotaged};

/// What goes wrong with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The connection is refused; nothing happens.
    Refused,
    /// It takes effect, but the answer never comes.
    TimedOut,
    /// The process dies before it sends.
    DiesBefore,
    /// It takes effect, and the process dies before it reads the answer.
    DiesAfter,
    /// Another transaction is at the same items.
    Conflict,
    /// The service is asked too much.
    Throttled,
    /// Refused, and so are the next ones of its kind: longer than any client tries again by itself.
    Down,
    /// Takes effect without an answer, and so do the next ones of its kind.
    Silent,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Self; 8] = [
        Self::Refused,
        Self::TimedOut,
        Self::DiesBefore,
        Self::DiesAfter,
        Self::Conflict,
        Self::Throttled,
        Self::Down,
        Self::Silent,
    ];

    /// Whether the fault can happen to this call, and leads to anything that no other fault does.
    pub fn fits(self, call: &Called) -> bool {
        match self {
            Self::Conflict => {
                ["TransactWriteItems", "PutItem", "UpdateItem"].iter().any(|write| call.name.ends_with(write))
            }
            // A read has no effect: it makes no difference whether it came about.
            Self::TimedOut | Self::Silent | Self::DiesAfter => !call.reads(),
            // A process that dies leaves nothing behind but its effects: it makes no difference where between two of them.
            Self::DiesBefore => call.first || call.racing,
            Self::Refused | Self::Throttled | Self::Down => true,
        }
    }
}

/// A call that was counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Called {
    /// Service and operation.
    pub name: String,
    /// Whether it is the first one of its process.
    first: bool,
    /// Whether other processes took turns with this one.
    racing: bool,
}

impl Called {
    /// Whether it changes nothing.
    fn reads(&self) -> bool {
        [
            "dynamodb Get",
            "dynamodb BatchGet",
            "dynamodb Query",
            "secretsmanager Get",
            "stripe GET",
            "shippo GET",
        ]
        .iter()
        .any(|read| self.name.starts_with(read))
    }
}

/// What runs a unit of work, until it is done or dies.
#[derive(Debug, Default)]
pub struct Process {
    /// Rung when it dies.
    pub death: Notify,
    called: AtomicBool,
}

/// Calls of one kind that [`Fault::Down`] and [`Fault::Silent`] break in a row; the AWS clients try three times.
pub const LASTING: usize = 3;

/// What the injector does, and what it saw.
#[derive(Debug, Default)]
pub struct Plan {
    /// Which call to break, from 0, and how. Unset: none.
    pub fault: Option<(usize, Fault)>,
    /// What is broken all the time.
    pub sabotage: Option<Sabotage>,
    /// Whether calls are counted (and broken) right now.
    pub armed: bool,
    /// Every call that was counted.
    pub calls: Vec<Called>,
    /// Whether everybody waits for all others before each call, so that what runs at the same time takes turns.
    pub racing: bool,
    /// Whether something was written since somebody last asked.
    pub written: bool,
    /// What is still broken: calls of this kind, so many more.
    lasting: Option<(String, Fault, usize)>,
}

impl Plan {
    /// Counts a call; what goes wrong with it.
    fn count(&mut self, name: &str, first: bool) -> Option<Fault> {
        let at = self.calls.len();
        self.calls.push(Called { name: name.to_owned(), first, racing: self.racing });
        if let Some((kind, fault, left)) = &mut self.lasting
            && *left > 0
            && kind == name
        {
            *left -= 1;
            return Some(*fault);
        }
        let fault = self.fault.filter(|(point, _)| *point == at).map(|(_, fault)| fault)?;
        if matches!(fault, Fault::Down | Fault::Silent) {
            self.lasting = Some((name.to_owned(), fault, LASTING - 1));
        }
        Some(fault)
    }
}

/// The injector's state, shared with the world that drives it.
#[derive(Debug, Default)]
pub struct Control {
    plan: Mutex<Plan>,
}

impl Control {
    /// Works with the plan.
    pub fn plan<T>(&self, work: impl FnOnce(&mut Plan) -> T) -> T {
        work(&mut self.plan.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

tokio::task_local! {
    /// The process that a unit of work runs in. Each has its own: when one dies, the others live on.
    pub static PROCESS: Arc<Process>;
}

thread_local! {
    /// The control of the world that is being put together on this thread.
    pub static CONTROL: RefCell<Arc<Control>> = RefCell::default();
}

/// Puts the injector of this thread's world in front of a connector.
pub fn wrap(inner: SharedHttpConnector) -> SharedHttpConnector {
    SharedHttpConnector::new(Injector { inner, control: CONTROL.with_borrow(Arc::clone) })
}

#[derive(Debug)]
struct Injector {
    inner: SharedHttpConnector,
    control: Arc<Control>,
}

impl HttpConnector for Injector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let name = name_of(&request);
        let inner = self.inner.clone();
        let control = Arc::clone(&self.control);
        HttpConnectorFuture::new(async move {
            if control.plan(|plan| plan.racing) {
                tokio::task::yield_now().await;
            }
            let first =
                PROCESS.try_with(|process| !process.called.swap(true, Ordering::Relaxed)).unwrap_or(true);
            let (fault, sabotage) = control.plan(|plan| {
                plan.written |= writes(&name);
                (if plan.armed { plan.count(&name, first) } else { None }, plan.sabotage)
            });
            let send = async {
                match sabotage {
                    Some(sabotage) => sabotaged(sabotage, &name, request, &inner).await,
                    None => inner.call(request).await,
                }
            };
            match fault {
                None => send.await,
                Some(Fault::Refused | Fault::Down) => Err(ConnectorError::io("connection refused".into())),
                Some(Fault::TimedOut | Fault::Silent) => {
                    send.await?;
                    Err(ConnectorError::timeout("no answer".into()))
                }
                Some(Fault::DiesBefore) => died().await,
                Some(Fault::DiesAfter) => {
                    send.await?;
                    died().await
                }
                Some(fault @ (Fault::Conflict | Fault::Throttled)) => {
                    let answer = refusal(&name, fault);
                    if sabotage == Some(Sabotage::QueueErrorsSwallowed) && name.starts_with("sqs ") {
                        return Ok(answered(200, &json!({"Successful": [], "Failed": []})));
                    }
                    Ok(answer)
                }
            }
        })
    }
}

async fn died() -> Result<HttpResponse, ConnectorError> {
    PROCESS.with(|process| process.death.notify_one());
    std::future::pending().await
}

/// Whether a call can change something.
fn writes(call: &str) -> bool {
    ["TransactWriteItems", "PutItem", "UpdateItem", "DeleteItem"].iter().any(|write| call.ends_with(write))
        || call.starts_with("stripe POST")
        || call.starts_with("shippo POST")
}

/// Service and operation of a call, e.g. `dynamodb PutItem`, `stripe POST /v1/refunds`, `shippo POST /transactions`.
fn name_of(request: &HttpRequest) -> String {
    let uri = request.uri();
    let path = uri.split_once("//").and_then(|(_, rest)| rest.split_once('/')).map_or("", |(_, path)| path);
    match path.split_once("aws/") {
        Some((_, service)) => {
            let service = service.split(['/', '?']).next().unwrap_or_default();
            let target = request.headers().get("x-amz-target").and_then(|target| target.rsplit('.').next());
            format!("{service} {}", target.unwrap_or("SendEmail"))
        }
        None => {
            let (service, path) = path.split_once('/').unwrap_or((path, ""));
            let path = path.split('?').next().unwrap_or_default();
            let general: Vec<&str> =
                path.split('/').map(|part| if is_id(part) { "{id}" } else { part }).collect();
            format!("{service} {} /{}", request.method(), general.join("/"))
        }
    }
}

/// Stripe's ids begin with their kind (payments, sessions, refunds), Shippo's are 32 digits.
fn is_id(part: &str) -> bool {
    ["pi_", "cs_", "re_"].iter().any(|prefix| part.starts_with(prefix)) || part.len() == 32
}

/// How each service says "not now" (its API reference, "Common errors"; Stripe: "Rate limits").
fn refusal(name: &str, fault: Fault) -> HttpResponse {
    let aws = |kind: &str| answered(400, &json!({"__type": kind, "message": "not now"}));
    match (name.split(' ').next().unwrap_or_default(), fault) {
        ("dynamodb", Fault::Conflict) if name.ends_with("TransactWriteItems") => answered(
            400,
            &json!({
                "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
                "message": "Transaction cancelled, please refer cancellation reasons for specific reasons [TransactionConflict]",
                "CancellationReasons": [{"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}],
            }),
        ),
        ("dynamodb", Fault::Conflict) => aws("com.amazonaws.dynamodb.v20120810#TransactionConflictException"),
        ("dynamodb", _) => aws("com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"),
        ("sqs", _) => aws("com.amazonaws.sqs#RequestThrottled"),
        ("secretsmanager", _) => aws("ThrottlingException"),
        ("ses", _) => {
            let body = "<ErrorResponse xmlns=\"http://ses.amazonaws.com/doc/2010-12-01/\"><Error><Type>Sender</Type><Code>Throttling</Code><Message>Maximum sending rate exceeded.</Message></Error><RequestId>1</RequestId></ErrorResponse>";
            response(400, "text/xml", body.to_owned())
        }
        ("shippo", _) => answered(429, &json!({"detail": "Request was throttled."})),
        _ => answered(
            429,
            &json!({"error": {"type": "invalid_request_error", "code": "rate_limit", "message": "not now"}}),
        ),
    }
}

pub fn answered(status: u16, body: &Value) -> HttpResponse {
    response(status, "application/x-amz-json-1.0", body.to_string())
}

pub fn response(status: u16, media_type: &str, body: String) -> HttpResponse {
    let response =
        http::Response::builder().status(status).header("content-type", media_type).body(SdkBody::from(body));
    response.expect("a response").try_into().expect("a response")
}
