//! Runs functions as Lambda would: each with its own environment, within its own time limit.

use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use functions::edge::Log;
use functions::{App, Clock, Config, Function};
use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::cloud::Cloud;
use crate::template::{FunctionSpec, Template, TemplateError};

/// Every function, ready to be called.
pub struct Lambda {
    functions: BTreeMap<String, Deployed>,
    connector: SharedHttpConnector,
    clock: Clock,
    log: Log,
    calls: AtomicU64,
}

struct Deployed {
    function: Function,
    environment: BTreeMap<String, String>,
    timeout: Duration,
    /// Made at its first call, as Lambda starts a function.
    app: OnceLock<App>,
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
            let (environment, timeout) = (spec.environment.clone(), Duration::from_secs(spec.timeout));
            Ok((spec.name.clone(), Deployed { function, environment, timeout, app: OnceLock::new() }))
        };
        let functions = template.functions.iter().map(deploy).collect::<Result<_, TemplateError>>()?;
        let (connector, clock, log) = (connector.clone(), clock.clone(), log.clone());
        Ok(Self { functions, connector, clock, log, calls: AtomicU64::new(1) })
    }

    /// Calls a function with an event. None: it failed as a whole, or ran out of time.
    pub async fn invoke(&self, name: &str, event: &str) -> Option<String> {
        let Deployed { function, timeout, .. } = self.functions.get(name)?;
        let app = self.app(name)?;
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
        let deployed = self.functions.get(name)?;
        Some(deployed.app.get_or_init(|| {
            let environment = deployed.environment.clone().into_iter();
            let environment = environment.chain(Cloud::environment("http://twin"));
            let mut app = App::new(Config::from_iter(environment), self.connector.clone());
            app.clock = self.clock.clone();
            app.log = self.log.clone();
            app
        }))
    }
}
