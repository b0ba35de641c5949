//! Runs functions as Lambda would: each with its own environment, within its own time limit.

use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use functions::edge::Log;
use functions::{App, Clock, Config, Function};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::cloud::Cloud;
use crate::template::{FunctionSpec, Template, TemplateError};

/// Every function, ready to be called.
pub struct Lambda {
    functions: BTreeMap<String, Deployed>,
    calls: AtomicU64,
}

struct Deployed {
    function: Function,
    app: App,
    timeout: Duration,
}

impl Lambda {
    /// The template's functions, sending through `connector`.
    pub fn new(
        template: &Template,
        connector: &SharedHttpConnector,
        clock: &Clock,
        log: &Log,
    ) -> Result<Self, TemplateError> {
        let deploy = |spec: &FunctionSpec| {
            let function = functions::function(&spec.name)
                .ok_or_else(|| TemplateError::Meaning(format!("there is no bin {}", spec.name)))?;
            let environment = spec.environment.clone().into_iter().chain(Cloud::environment("http://twin"));
            let mut app = App::new(Config::from_iter(environment), connector.clone());
            app.clock = clock.clone();
            app.log = log.clone();
            Ok((spec.name.clone(), Deployed { function, app, timeout: Duration::from_secs(spec.timeout) }))
        };
        let functions = template.functions.iter().map(deploy).collect::<Result<_, TemplateError>>()?;
        Ok(Self { functions, calls: AtomicU64::new(1) })
    }

    /// Calls a function with an event. None: it failed as a whole, or ran out of time.
    pub async fn invoke(&self, name: &str, event: &str) -> Option<String> {
        let Deployed { function, app, timeout } = self.functions.get(name)?;
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        let request_id = format!("00000000-0000-4000-8000-{call:012x}");
        match tokio::time::timeout(*timeout, functions::invoke(*function, app, event, &request_id)).await {
            Ok(Ok(answer)) => Some(answer),
            Ok(Err(error)) => {
                app.log.error("a function failed", &[("function.name", name.into())], &*error);
                None
            }
            Err(elapsed) => {
                app.log.error("a function ran out of time", &[("function.name", name.into())], &elapsed);
                None
            }
        }
    }

    /// What a function works with; for tests that look behind it.
    pub fn app(&self, name: &str) -> Option<&App> {
        self.functions.get(name).map(|deployed| &deployed.app)
    }
}
