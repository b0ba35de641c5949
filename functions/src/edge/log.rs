//! Logs: one JSON line each, dotted fields, no bodies, no personal data.

use serde_json::{Map, Value};
use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// Where log lines go.
#[derive(Clone)]
pub struct Log {
    sink: Arc<dyn Fn(&str) + Send + Sync>,
    errors_only: bool,
}

impl Default for Log {
    /// To standard output, where Lambda collects them.
    fn default() -> Self {
        Self::to(|line| println!("{line}"))
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Log")
    }
}

impl Log {
    /// To wherever `sink` brings them.
    pub fn to(sink: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self { sink: Arc::new(sink), errors_only: false }
    }

    /// Without the lines below this level: `error` keeps errors, anything else keeps all.
    #[must_use]
    pub fn at(self, level: &str) -> Self {
        Self { errors_only: level == "error", ..self }
    }

    /// Something that is worth knowing.
    pub fn info(&self, message: &str, fields: &[(&str, Value)]) {
        if !self.errors_only {
            self.line("INFO", message, fields, None);
        }
    }

    /// Something that went wrong, with its chain of causes.
    pub fn error(&self, message: &str, fields: &[(&str, Value)], error: &(dyn Error + 'static)) {
        self.line("ERROR", message, fields, Some(error));
    }

    fn line(
        &self,
        level: &str,
        message: &str,
        fields: &[(&str, Value)],
        error: Option<&(dyn Error + 'static)>,
    ) {
        let mut line = Map::new();
        line.insert("level".into(), Value::from(level));
        line.insert("message".into(), Value::from(message));
        for (name, value) in fields {
            line.insert((*name).to_owned(), value.clone());
        }
        if let Some(error) = error {
            let chain: Vec<String> =
                std::iter::successors(Some(error), |error: &&(dyn Error + 'static)| (*error).source())
                    .map(ToString::to_string)
                    .collect();
            line.insert("error.chain".into(), Value::from(chain));
        }
        (self.sink)(&Value::Object(line).to_string());
    }
}
