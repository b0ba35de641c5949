//! The Lambda Runtime API, so that a bin runs here as it runs in Lambda (AWS Lambda Developer Guide, "Using the Lambda
//! runtime API for custom runtimes").

pub mod bins;
pub mod samples;

use axum::Router;
use axum::extract::{Path as Part, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use bytes::Bytes;
use local::cloud::Cloud;
use local::page;
use local::template::FunctionSpec;
use local::twin::template;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::task::JoinHandle;

use crate::Shop;

/// How long a bin may take before it counts as hung; far beyond what any of them needs.
const HUNG: Duration = Duration::from_secs(60);

/// A bin behind a Runtime API of its own. It is killed when this is dropped.
pub struct Runtime {
    /// When its process was started.
    pub began: Instant,
    process: Child,
    events: UnboundedSender<String>,
    outcomes: UnboundedReceiver<Outcome>,
    lines: Arc<Mutex<Vec<String>>>,
    reader: JoinHandle<()>,
    server: JoinHandle<()>,
}

/// What became of an event.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The function answered it.
    Answer(String),
    /// The function failed on it, and said why.
    Failure(Value),
    /// The function said that it cannot start.
    InitFailure(Value),
    /// The process ended.
    Exit(ExitStatus),
}

struct Api {
    name: String,
    timeout: Duration,
    events: tokio::sync::Mutex<UnboundedReceiver<String>>,
    current: Mutex<Option<String>>,
    handed_out: AtomicU64,
    outcomes: UnboundedSender<Outcome>,
}

/// The template's functions.
pub fn functions() -> &'static [FunctionSpec] {
    &template().expect("the template is read").functions
}

/// Serves the shop's cloud on a free port and returns its address. Its pumps stand still, so that nobody but the bins
/// does the functions' work.
pub async fn serve_cloud(shop: &Shop) -> String {
    let (listener, address) = listen().await;
    let router = page::router(Arc::clone(&shop.twin));
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

async fn listen() -> (impl axum::serve::Listener<Addr = SocketAddr>, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    // Without this a small answer may wait 40 ms for the acknowledgement of the one before it.
    let listener = listener.tap_io(|connection| connection.set_nodelay(true).expect("a TCP connection"));
    (listener, address)
}

impl Runtime {
    /// Starts the function's bin in `folder` on the cloud at `cloud`, with nothing in its environment but what the template,
    /// the cloud and Lambda put there.
    pub async fn start(folder: &Path, function: &FunctionSpec, cloud: &str) -> Self {
        let (events, waiting) = mpsc::unbounded_channel();
        let (told, outcomes) = mpsc::unbounded_channel();
        let api = Arc::new(Api {
            name: function.name.clone(),
            timeout: Duration::from_secs(function.timeout),
            events: tokio::sync::Mutex::new(waiting),
            current: Mutex::new(None),
            handed_out: AtomicU64::new(0),
            outcomes: told,
        });
        let (listener, address) = listen().await;
        let server = tokio::spawn(async move {
            axum::serve(listener, router(api)).await.expect("the Runtime API is served");
        });
        let began = Instant::now();
        let mut process = Command::new(folder.join(&function.name))
            .env_clear()
            .envs(&function.environment)
            .envs(Cloud::environment(cloud))
            .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", &function.name)
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{}", function.name))
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "2026/03/01/[$LATEST]0123456789abcdef0123456789abcdef")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("{} starts: {error}", function.name));
        let lines: Arc<Mutex<Vec<String>>> = Arc::default();
        let output = BufReader::new(process.stdout.take().expect("the output is piped"));
        let reader = tokio::spawn(collect(output.lines(), Arc::clone(&lines)));
        Self { began, process, events, outcomes, lines, reader, server }
    }

    /// Hands the bin one event and waits for what becomes of it.
    pub async fn invoke(&mut self, event: &str) -> Outcome {
        self.events.send(event.to_owned()).expect("the Runtime API is served");
        let outcome = async {
            tokio::select! {
                Some(outcome) = self.outcomes.recv() => outcome,
                status = self.process.wait() => Outcome::Exit(status.expect("a status")),
            }
        };
        let outcome = tokio::time::timeout(HUNG, outcome).await;
        outcome.unwrap_or_else(|_| panic!("the bin hangs; it has logged {:#?}", self.logged()))
    }

    /// Waits for the process to end by itself. How it ended, and what it logged.
    pub async fn ended(mut self) -> (ExitStatus, Vec<String>) {
        let status = tokio::time::timeout(HUNG, self.process.wait()).await;
        let status = status.expect("the bin ends").expect("a status");
        (&mut self.reader).await.expect("the output is read");
        (status, self.logged())
    }

    /// The lines that the bin has logged.
    pub fn logged(&self) -> Vec<String> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The most memory that the process has had, in KiB (Linux, proc(5): `VmHWM`). None where the machine does not tell.
    pub fn peak_memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()?)).ok()?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        peak.trim().strip_suffix(" kB")?.parse().ok()
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn collect(
    mut output: tokio::io::Lines<BufReader<tokio::process::ChildStdout>>,
    lines: Arc<Mutex<Vec<String>>>,
) {
    while let Some(line) = output.next_line().await.expect("the output is UTF-8") {
        lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }
}

fn router(api: Arc<Api>) -> Router {
    Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
        .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
        .route("/2018-06-01/runtime/init/error", post(init_error))
        .with_state(api)
}

/// The next event, as soon as there is one: Lambda lets the bin wait, and so does this.
async fn next(State(api): State<Arc<Api>>) -> Response {
    let Some(event) = api.events.lock().await.recv().await else {
        return refused(StatusCode::INTERNAL_SERVER_ERROR, "ContainerError", "there will be no more events");
    };
    let count = api.handed_out.fetch_add(1, Ordering::Relaxed);
    let id = format!("8476a536-e9f4-41e8-9739-{count:012x}");
    *api.current.lock().unwrap_or_else(PoisonError::into_inner) = Some(id.clone());
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("lambda-runtime-aws-request-id", id),
        ("lambda-runtime-deadline-ms", (now + api.timeout).as_millis().to_string()),
        (
            "lambda-runtime-invoked-function-arn",
            format!("arn:aws:lambda:eu-west-1:000000000000:function:{}", api.name),
        ),
        (
            "lambda-runtime-trace-id",
            format!("Root=1-{:08x}-{count:024x};Parent={count:016x};Sampled=0", now.as_secs()),
        ),
    ];
    (headers, event).into_response()
}

async fn response(State(api): State<Arc<Api>>, Part(id): Part<String>, body: Bytes) -> Response {
    let answer = String::from_utf8_lossy(&body).into_owned();
    api.close(&id, Outcome::Answer(answer))
}

async fn error(
    State(api): State<Arc<Api>>,
    Part(id): Part<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    api.close(&id, Outcome::Failure(reason(&headers, &body)))
}

async fn init_error(State(api): State<Arc<Api>>, headers: HeaderMap, body: Bytes) -> Response {
    api.tell(Outcome::InitFailure(reason(&headers, &body)))
}

/// What a function says of its failure: the documented body, or the type in the header if it sent no such body.
fn reason(headers: &HeaderMap, body: &[u8]) -> Value {
    let kind = headers.get("lambda-runtime-function-error-type").and_then(|kind| kind.to_str().ok());
    serde_json::from_slice(body).unwrap_or_else(|_| json!({"errorType": kind}))
}

impl Api {
    /// Takes the outcome of the event that is being worked on; of no other.
    fn close(&self, id: &str, outcome: Outcome) -> Response {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.as_deref() != Some(id) {
            return refused(StatusCode::BAD_REQUEST, "InvalidRequestID", "no such invocation is under way");
        }
        *current = None;
        self.tell(outcome)
    }

    fn tell(&self, outcome: Outcome) -> Response {
        match self.outcomes.send(outcome) {
            Ok(()) => (StatusCode::ACCEPTED, json!({"status": "OK"}).to_string()).into_response(),
            Err(_) => {
                refused(StatusCode::INTERNAL_SERVER_ERROR, "ContainerError", "nobody waits for this any more")
            }
        }
    }
}

fn refused(status: StatusCode, kind: &str, message: &str) -> Response {
    (status, json!({"errorType": kind, "errorMessage": message}).to_string()).into_response()
}
