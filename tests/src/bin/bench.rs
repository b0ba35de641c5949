//! What an order costs in time and memory: `cargo run --release -p tests --bin bench`.

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use functions::Clock;
use local::template::FunctionSpec;
use local::twin::Options;
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};
use shared::ids::OrderId;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use std::alloc::System;
use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tests::Shop;
use tests::runtime_api::samples::{self, Stage};
use tests::runtime_api::{Outcome, Runtime, bins, functions, serve_cloud};

/// Counts every allocation of this process.
#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Calls of each kind that are measured in this process.
const CALLS: u64 = 1_000;
/// Calls before that, which are not.
const WARM_UP: u64 = 100;
/// Customers that these orders are spread over: each has more than the 20 that a list shows.
const CUSTOMERS: u64 = 20;
/// Starts of each bin.
const STARTS: usize = 50;

fn main() {
    if cfg!(debug_assertions) {
        println!(
            "A debug build: none of these figures mean anything. cargo run --release -p tests --bin bench\n"
        );
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cpu =
        cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ")).map(|(_, name)| name);
    println!("{cores} cores, {}\n", cpu.unwrap_or("of an unknown kind"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(in_process());
    runtime.block_on(as_bins());
}

// ── In this process ──────────────────────────────────────────────────────────────────────────────────────────

/// What was used, by this process or by a part of it.
#[derive(Clone, Copy)]
struct Usage {
    micros: u64,
    allocations: u64,
    bytes: u64,
}

/// What the embedded cloud has used.
static CLOUD_NANOS: AtomicU64 = AtomicU64::new(0);
static CLOUD_ALLOCATIONS: AtomicU64 = AtomicU64::new(0);
static CLOUD_BYTES: AtomicU64 = AtomicU64::new(0);

/// Allocations of this process so far, and their bytes. One that grows counts as another.
fn allocated() -> (u64, u64) {
    let stats = ALLOCATOR.stats();
    ((stats.allocations + stats.reallocations) as u64, stats.bytes_allocated as u64)
}

impl Usage {
    /// Of this process, whose work is all done by this thread, so far.
    fn of_process() -> Self {
        let (allocations, bytes) = allocated();
        Self { micros: processor_nanos() / 1_000, allocations, bytes }
    }

    /// Of the embedded cloud, so far.
    fn of_cloud() -> Self {
        Self {
            micros: CLOUD_NANOS.load(Ordering::Relaxed) / 1_000,
            allocations: CLOUD_ALLOCATIONS.load(Ordering::Relaxed),
            bytes: CLOUD_BYTES.load(Ordering::Relaxed),
        }
    }

    fn since(self, before: Self) -> Self {
        self.without(before)
    }

    fn without(self, part: Self) -> Self {
        Self {
            micros: self.micros.saturating_sub(part.micros),
            allocations: self.allocations.saturating_sub(part.allocations),
            bytes: self.bytes.saturating_sub(part.bytes),
        }
    }

    fn per_call(self, calls: u64) -> [String; 3] {
        let kib = self.bytes * 10 / 1_024 / calls;
        [(self.micros / calls).to_string(), (self.allocations / calls).to_string(), tenths(kib)]
    }
}

/// Nanoseconds that this thread has been on a processor: other programs that are busy at the same time do not count.
fn processor_nanos() -> u64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    u64::try_from(time.tv_sec * 1_000_000_000 + time.tv_nsec).unwrap_or_default()
}

#[derive(Debug)]
struct Measured(SharedHttpConnector);

impl HttpConnector for Measured {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let cloud = self.0.clone();
        HttpConnectorFuture::new(async move {
            let (began, (allocations, bytes)) = (processor_nanos(), allocated());
            let answer = cloud.call(request).await;
            let (allocations_after, bytes_after) = allocated();
            CLOUD_NANOS.fetch_add(processor_nanos() - began, Ordering::Relaxed);
            CLOUD_ALLOCATIONS.fetch_add(allocations_after - allocations, Ordering::Relaxed);
            CLOUD_BYTES.fetch_add(bytes_after - bytes, Ordering::Relaxed);
            answer
        })
    }
}

async fn in_process() {
    let wrap = |cloud| SharedHttpConnector::new(Measured(cloud));
    let shop = Shop::with(Options { wrap, ..Options::default() });
    samples::goods(&shop, 1_000_000).await;

    let mut table = Table::new(&[
        "in process, one thread",
        "calls/s",
        "CPU µs",
        "allocations",
        "KiB",
        "CPU µs -cloud",
        "allocations -cloud",
        "KiB -cloud",
    ]);
    let placed = measure(&shop, &mut table, "place-order", "place, card", |at| order_event(at, "card")).await;
    measure(&shop, &mut table, "place-order", "place, COD", |at| order_event(at, "cod")).await;
    measure(&shop, &mut table, "get-order", "get", |at| {
        let index = usize::try_from(at % CALLS).expect("small");
        let id = placed[index]["order_id"].as_str().expect("an order").to_owned();
        let mut event = event_of("get-order", index as u64 + WARM_UP);
        event["pathParameters"]["order_id"] = Value::from(id);
        event
    })
    .await;
    let rows =
        measure(&shop, &mut table, "list-orders", "list of 20", |at| event_of("list-orders", at)).await;
    assert!(
        rows.iter().all(|page| page["orders"].as_array().map(Vec::len) == Some(20)),
        "every page has 20 rows"
    );
    table.print();
    println!(
        "{CALLS} calls of each kind with the event that API Gateway sends, one after the other; \"-cloud\": without the\n\
         embedded DynamoDB, Secrets Manager and Stripe.\n"
    );
}

/// Measures a function; the bodies of its answers.
async fn measure(
    shop: &Shop,
    table: &mut Table,
    function: &str,
    name: &str,
    event: impl Fn(u64) -> Value,
) -> Vec<Value> {
    let events: Vec<String> = (0..WARM_UP + CALLS).map(|at| event(at).to_string()).collect();
    let (warm_up, events) = events.split_at(usize::try_from(WARM_UP).expect("small"));
    for event in warm_up {
        shop.twin.lambda.invoke(function, event).await.expect("an answer");
    }
    let mut answers = Vec::with_capacity(events.len());
    let (process, cloud, began) = (Usage::of_process(), Usage::of_cloud(), Instant::now());
    for event in events {
        answers.push(shop.twin.lambda.invoke(function, event).await.expect("an answer"));
    }
    let elapsed = began.elapsed();
    let (process, cloud) = (Usage::of_process().since(process), Usage::of_cloud().since(cloud));
    let mut row =
        vec![name.to_owned(), (u128::from(CALLS) * 1_000_000 / elapsed.as_micros().max(1)).to_string()];
    row.extend(process.per_call(CALLS));
    row.extend(process.without(cloud).per_call(CALLS));
    table.row(row);
    answers.iter().map(|answer| body(name, answer)).collect()
}

/// The body of a good answer.
fn body(name: &str, answer: &str) -> Value {
    let answer: Value = serde_json::from_str(answer).expect("an answer is JSON");
    let status = answer["statusCode"].as_u64().unwrap_or_default();
    assert!((200..300).contains(&status), "{name}: {answer}");
    serde_json::from_str(answer["body"].as_str().unwrap_or_default()).expect("a body is JSON")
}

/// A sample event of one customer out of many.
fn event_of(function: &str, at: u64) -> Value {
    let mut event: Value = serde_json::from_str(&samples::event(function)).expect("the sample is JSON");
    event["requestContext"]["authorizer"]["jwt"]["claims"]["sub"] =
        Value::from(format!("customer-{}", at % CUSTOMERS));
    event
}

fn order_event(at: u64, payment: &str) -> Value {
    let mut event = event_of("place-order", at);
    event["headers"]["idempotency-key"] = Value::from(format!("{payment}-{at}"));
    if payment == "cod" {
        let mut body: Value =
            serde_json::from_str(event["body"].as_str().unwrap_or_default()).expect("a body");
        body["payment"] = json!({"method": "cod"});
        event["body"] = Value::from(body.to_string());
    }
    event
}

// ── As bins ──────────────────────────────────────────────────────────────────────────────────────────────────

async fn as_bins() {
    let folder = bins::functions();
    let shop = Shop::with(Options::default());
    samples::goods(&shop, 1_000_000).await;
    samples::order(&shop, samples::order_id(), Clock::System.now(), Stage::Confirmed).await;
    let cloud = serve_cloud(&shop).await;
    let mut table = Table::new(&[
        "bin",
        "bytes, stripped",
        "cold start ms, median",
        "ms, p99",
        "peak memory KiB, median",
    ]);
    for (nth, function) in functions().iter().enumerate() {
        let size = fs::metadata(folder.join(&function.name)).expect("the bin is there").len();
        let mut times = Vec::new();
        let mut peaks = Vec::new();
        for start in 0..STARTS {
            let event = fresh_event(&shop, function, nth * STARTS + start).await;
            let mut runtime = Runtime::start(folder, function, &cloud).await;
            let outcome = runtime.invoke(&event).await;
            times.push(runtime.began.elapsed());
            peaks.push(runtime.peak_memory().expect("the bin runs"));
            assert_good(&function.name, &outcome);
        }
        times.sort();
        peaks.sort_unstable();
        table.row(vec![
            function.name.clone(),
            size.to_string(),
            millis(percentile(&times, 50)),
            millis(percentile(&times, 99)),
            percentile(&peaks, 50).to_string(),
        ]);
    }
    table.print();
    println!(
        "{STARTS} starts of each, one after the other: from the start of the process to the answer to its sample event,\n\
         with its first calls to DynamoDB, Secrets Manager, SES and Stripe, all of them in this process and without TLS."
    );
}

/// The function's sample event about an order and a key that no event was about before, so that there is all to do.
async fn fresh_event(shop: &Shop, function: &FunctionSpec, nth: usize) -> String {
    let id = OrderId::parse(&format!("{}{nth:08x}", &samples::ORDER[..28])).expect("an order's id");
    let stage = match function.name.as_str() {
        "payment-worker" | "relay" => Stage::Placed,
        "pay-guest-order" | "pay-order" => Stage::Unpaid,
        "stripe-webhook" => Stage::Charged,
        _ => Stage::Confirmed,
    };
    let now = Clock::System.now();
    samples::belongings(shop).await;
    let order = match function.name.contains("guest") {
        true => samples::guest_order(shop, &format!("order-of-a-guest-{nth}"), now, stage).await,
        false => samples::order(shop, id, now, stage).await,
    };
    let event = samples::event_about(shop, &function.name, &order, now).await;
    let mut event: Value = serde_json::from_str(&event).expect("the sample is JSON");
    if let Some(key) = event["headers"].get_mut("idempotency-key") {
        *key = Value::from(format!("request-of-the-bench-{nth}"));
    }
    event.to_string()
}

fn assert_good(name: &str, outcome: &Outcome) {
    let Outcome::Answer(answer) = outcome else { panic!("{name}: {outcome:?}") };
    let answer: Value = serde_json::from_str(answer).expect("an answer is JSON");
    match answer["batchItemFailures"].as_array() {
        Some(failures) => assert!(failures.is_empty(), "{name}: {answer}"),
        None => assert!(answer["statusCode"].as_u64().is_some_and(|status| status < 300), "{name}: {answer}"),
    }
}

/// The value that so many per cent are not above (the nearest rank); of fifty, 99 is the highest.
fn percentile<T: Copy>(sorted: &[T], percent: usize) -> T {
    sorted[(sorted.len() * percent).div_ceil(100).saturating_sub(1)]
}

fn millis(time: Duration) -> String {
    tenths(u64::try_from(time.as_micros() / 100).unwrap_or(u64::MAX))
}

fn tenths(value: u64) -> String {
    format!("{}.{}", value / 10, value % 10)
}

// ── Print ────────────────────────────────────────────────────────────────────────────────────────────────────

/// A table whose columns are as wide as they must be; the first is text, the others are numbers.
struct Table(Vec<Vec<String>>);

impl Table {
    fn new(heads: &[&str]) -> Self {
        Self(vec![heads.iter().map(ToString::to_string).collect()])
    }

    fn row(&mut self, row: Vec<String>) {
        self.0.push(row);
    }

    fn print(&self) {
        let columns = self.0[0].len();
        let width =
            |column: usize| self.0.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for row in &self.0 {
            let cells = row.iter().zip(&widths).enumerate();
            let cells = cells.map(|(column, (cell, width))| match column {
                0 => format!("{cell:<width$}"),
                _ => format!("{cell:>width$}"),
            });
            println!("{}", cells.collect::<Vec<_>>().join("  ").trim_end());
        }
    }
}
