//! Lambda in and out. The only code that knows Lambda's events; handlers see a request, a message or a change.
//!
//! Every function is a plain function pointer whose future is boxed here, once: the Lambda runtime is instantiated a
//! single time and not once per bin (measured: 50 s instead of 354 s for 40 bins, see `docs/architecture.md`).

mod auth;
mod http;
mod log;
mod negotiation;
mod problem;
mod sqs;
mod stream;

pub use auth::Caller;
pub use http::{Lines, Request, Response};
pub use log::Log;
pub use problem::Problem;
pub use sqs::{Delivery, Notification};
pub use stream::{Change, item_from_json};

use futures_util::FutureExt as _;
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::value::RawValue;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

use crate::app::{App, Config};
use crate::error::{Error, Source};

/// Time for the answer to a request, below the 10 s that the template gives to a function of the API.
///
/// Tries multiply: a decision is made anew up to 20 times because of others, each of its writes is tried up to 12 times, with
/// 7 s of pauses, and each try of a call to AWS may take 5 s ([`crate::seam::OPERATION_TIMEOUT`]). Together that is more than
/// any function has. So the tries are not counted against it: here they end, and it is ours to say that it was too long. What
/// was written is written; the same key finds it, and the workers go on with it.
pub const REQUEST_WITHIN: Duration = Duration::from_secs(9);
/// The same for a batch of a queue or of the stream, below the 30 s of workers and relay. What is done by then is told to be
/// done, and only the rest is sent again.
pub const BATCH_WITHIN: Duration = Duration::from_secs(27);

/// A handler's future.
pub type Running<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// A function, by what triggers it.
#[derive(Clone, Copy)]
pub enum Function {
    /// A route of the HTTP API whose query has no parameters; 422 if it has any.
    Http(for<'a> fn(&'a App, Request) -> Running<'a, Response>),
    /// A route with these parameters of the query; 422 if there is another one: a filter that is misspelled must not be everything.
    HttpQuery(&'static [&'static str], for<'a> fn(&'a App, Request) -> Running<'a, Response>),
    /// A route whose URL others write, or add to, so that its query may have anything.
    HttpOpen(for<'a> fn(&'a App, Request) -> Running<'a, Response>),
    /// A queue; called once per message, answered per message.
    Sqs(for<'a> fn(&'a App, Delivery) -> Running<'a, ()>),
    /// A queue that a topic writes into; the same.
    Sns(for<'a> fn(&'a App, Delivery<Notification>) -> Running<'a, ()>),
    /// The table's stream; called once per change, in order.
    Stream(for<'a> fn(&'a App, Change) -> Running<'a, ()>),
}

/// Calls a function with the very JSON that Lambda would send, and returns the very JSON that Lambda would get.
///
/// # Errors
/// The event is not of the function's kind; Lambda would count it as a failed invocation.
pub async fn invoke(function: Function, app: &App, event: &str, request_id: &str) -> Result<String, Source> {
    match function {
        Function::Http(handler) => http::invoke(handler, Some(&[]), app, event).await,
        Function::HttpQuery(known, handler) => http::invoke(handler, Some(known), app, event).await,
        Function::HttpOpen(handler) => http::invoke(handler, None, app, event).await,
        Function::Sqs(handler) => sqs::invoke(handler, app, event, request_id).await,
        Function::Sns(handler) => sqs::invoke(handler, app, event, request_id).await,
        Function::Stream(handler) => stream::invoke(handler, app, event).await,
    }
}

/// Runs a handler until `deadline`. A panic is a bug, but it must not look like a network failure, nor take a batch along;
/// `panicked` says whose it is.
async fn guarded<T>(deadline: Instant, panicked: &'static str, running: Running<'_, T>) -> Result<T, Error> {
    if Instant::now() >= deadline {
        return Err(Error::unavailable("the function", "its time was over before it began"));
    }
    match tokio::time::timeout_at(deadline, AssertUnwindSafe(running).catch_unwind()).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Err(Error::broken(panicked, "see the panic message above")),
        Err(elapsed) => Err(Error::unavailable("the function", elapsed)),
    }
}

/// Runs a function in Lambda: what every bin calls.
pub fn start(function: Function) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let ended = runtime.map_err(Source::from).and_then(|runtime| runtime.block_on(serve(function)));
    if let Err(error) = ended {
        log::Log::default().error("the function could not start", &[], &*error);
        std::process::exit(1);
    }
}

async fn serve(function: Function) -> Result<(), Source> {
    // Built once, in the init phase, from the environment alone: no credential chain, no configuration files.
    let app = Arc::new(App::new(Config::from_env()?, crate::seam::connector()));
    app.warm_up().await;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Box<RawValue>>| {
        let app = Arc::clone(&app);
        async move {
            let answer = invoke(function, &app, event.payload.get(), &event.context.request_id).await?;
            Ok::<_, Source>(RawValue::from_string(answer)?)
        }
    }))
    .await
}
