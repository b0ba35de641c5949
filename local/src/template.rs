//! Reads `template.yaml`: which functions there are, what triggers them, which resources they use.

use serde_json::Value as Json;
use serde_norway::Value;
use serde_norway::value::TaggedValue;
use std::collections::BTreeMap;

use crate::cloud::sqs::{QueueSpec, Redrive};

/// Why the template cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// It is not YAML.
    #[error("template.yaml is not YAML")]
    Yaml(#[from] serde_norway::Error),
    /// Something in it is missing or not understood.
    #[error("template.yaml: {0}")]
    Meaning(String),
}

/// What the template says, as far as the twin needs it.
#[derive(Debug, Clone)]
pub struct Template {
    /// Every function.
    pub functions: Vec<FunctionSpec>,
    /// Every queue.
    pub queues: Vec<QueueSpec>,
    /// Name and properties of the table.
    pub table: (String, Json),
    /// Names of secrets that are generated.
    pub secrets: Vec<String>,
    /// Who hears what becomes of mails.
    pub mail_events: Vec<MailEvents>,
}

/// Who hears what becomes of the mails of a configuration set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailEvents {
    /// The configuration set of SES.
    pub configuration_set: String,
    /// The topic that SES publishes to.
    pub topic: String,
    /// The queues that subscribe to the topic.
    pub queues: Vec<String>,
}

/// A function.
#[derive(Debug, Clone)]
pub struct FunctionSpec {
    /// Name of its bin.
    pub name: String,
    /// Seconds that it may run.
    pub timeout: u64,
    /// Its environment.
    pub environment: BTreeMap<String, String>,
    /// What triggers it.
    pub events: Vec<Trigger>,
}

/// What triggers a function.
#[derive(Debug, Clone)]
pub enum Trigger {
    /// A route of the HTTP API.
    Http(Route),
    /// A queue.
    Queue {
        /// Its name.
        queue: String,
        /// Messages in one call.
        batch: usize,
    },
    /// The table's stream.
    Stream {
        /// Changes in one call.
        batch: usize,
        /// What the sort key of an item must begin with.
        sort_key_prefixes: Vec<String>,
        /// How often a change is tried.
        attempts: u32,
        /// The queue that hears of changes that were given up.
        on_failure: Option<String>,
    },
}

/// A route.
#[derive(Debug, Clone)]
pub struct Route {
    /// `GET`, …
    pub method: String,
    /// With parameters in braces.
    pub path: String,
    /// Whether a token is needed.
    pub authorized: bool,
    /// One of these must be in the token, if there are any.
    pub scopes: Vec<String>,
}

impl Template {
    /// Reads the template; `parameters` are the values that a deployment would give.
    pub fn parse(text: &str, parameters: &BTreeMap<String, String>) -> Result<Self, TemplateError> {
        let root: Value = serde_norway::from_str(text)?;
        let reader = Reader { root: &root, parameters };
        let mut template = Self {
            functions: vec![],
            queues: vec![],
            table: Default::default(),
            secrets: vec![],
            mail_events: vec![],
        };
        for (name, resource) in reader.resources() {
            let properties = &resource["Properties"];
            match resource["Type"].as_str() {
                Some("AWS::Serverless::Function") => {
                    template.functions.push(reader.function(name, resource)?)
                }
                Some("AWS::SQS::Queue") => template.queues.push(reader.queue(name, properties)?),
                Some("AWS::SecretsManager::Secret") => template.secrets.push(name.to_owned()),
                Some("AWS::SES::ConfigurationSetEventDestination") => {
                    template.mail_events.push(reader.mail_events(properties)?);
                }
                Some("AWS::DynamoDB::Table") => template.table = (name.to_owned(), plain(properties)),
                _ => {}
            }
        }
        Ok(template)
    }
}

/// The URL of a queue of the twin.
pub fn queue_url(name: &str) -> String {
    format!("http://sqs.twin/000000000000/{name}")
}

struct Reader<'a> {
    root: &'a Value,
    parameters: &'a BTreeMap<String, String>,
}

impl Reader<'_> {
    fn resources(&self) -> impl Iterator<Item = (&str, &Value)> {
        let resources = self.root["Resources"].as_mapping().into_iter().flatten();
        resources.filter_map(|(name, resource)| Some((name.as_str()?, resource)))
    }

    fn function(&self, logical: &str, resource: &Value) -> Result<FunctionSpec, TemplateError> {
        let name = resource["Metadata"]["BuildProperties"]["Binary"].as_str();
        let name = name.ok_or_else(|| TemplateError::Meaning(format!("{logical} has no Binary")))?;
        let properties = &resource["Properties"];
        let globals = &self.root["Globals"]["Function"];
        let mut environment = BTreeMap::new();
        for source in [globals, properties] {
            for (variable, value) in source["Environment"]["Variables"].as_mapping().into_iter().flatten() {
                let variable = variable.as_str().unwrap_or_default().to_owned();
                environment.insert(variable, self.resolve(value)?);
            }
        }
        let timeout = properties["Timeout"].as_u64().or(globals["Timeout"].as_u64()).unwrap_or(3);
        let events = properties["Events"].as_mapping().into_iter().flatten();
        let events = events.map(|(_, event)| self.trigger(name, event)).collect::<Result<_, _>>()?;
        Ok(FunctionSpec { name: name.to_owned(), timeout, environment, events })
    }

    fn trigger(&self, function: &str, event: &Value) -> Result<Trigger, TemplateError> {
        let properties = &event["Properties"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let texts = |value: &Value| value.as_sequence().into_iter().flatten().map(text).collect();
        let batch = properties["BatchSize"].as_u64().and_then(|batch| usize::try_from(batch).ok());
        match event["Type"].as_str() {
            Some("HttpApi") => Ok(Trigger::Http(Route {
                method: text(&properties["Method"]).to_ascii_uppercase(),
                path: text(&properties["Path"]),
                authorized: properties["Auth"]["Authorizer"].as_str() != Some("NONE"),
                scopes: texts(&properties["Auth"]["AuthorizationScopes"]),
            })),
            Some("SQS") => {
                Ok(Trigger::Queue { queue: self.logical(&properties["Queue"])?, batch: batch.unwrap_or(10) })
            }
            Some("DynamoDB") => {
                let mut sort_key_prefixes = Vec::new();
                for filter in properties["FilterCriteria"]["Filters"].as_sequence().into_iter().flatten() {
                    sort_key_prefixes.extend(prefixes(&text(&filter["Pattern"]))?);
                }
                let destination = &properties["DestinationConfig"]["OnFailure"]["Destination"];
                let attempts =
                    properties["MaximumRetryAttempts"].as_u64().and_then(|n| u32::try_from(n).ok());
                Ok(Trigger::Stream {
                    batch: batch.unwrap_or(100),
                    sort_key_prefixes,
                    attempts: attempts.unwrap_or(u32::MAX),
                    on_failure: if destination.is_null() { None } else { Some(self.logical(destination)?) },
                })
            }
            other => Err(TemplateError::Meaning(format!("{function} has an event of type {other:?}"))),
        }
    }

    fn queue(&self, name: &str, properties: &Value) -> Result<QueueSpec, TemplateError> {
        let number = |field: &str, otherwise: u32| {
            properties[field].as_u64().and_then(|number| u32::try_from(number).ok()).unwrap_or(otherwise)
        };
        let policy = &properties["RedrivePolicy"];
        let redrive = match policy["maxReceiveCount"].as_u64().and_then(|count| u32::try_from(count).ok()) {
            Some(max_receive_count) => Some(Redrive {
                dead_letter_queue: self.logical(&policy["deadLetterTargetArn"])?,
                max_receive_count,
            }),
            None => None,
        };
        Ok(QueueSpec {
            name: name.to_owned(),
            visibility_timeout: number("VisibilityTimeout", 30),
            delay: number("DelaySeconds", 0),
            retention: number("MessageRetentionPeriod", 345_600),
            redrive,
        })
    }

    fn mail_events(&self, properties: &Value) -> Result<MailEvents, TemplateError> {
        let topic = self.logical(&properties["EventDestination"]["SnsDestination"]["TopicARN"])?;
        let mut queues = Vec::new();
        for (_, resource) in self.resources() {
            let subscription = &resource["Properties"];
            if resource["Type"].as_str() == Some("AWS::SNS::Subscription")
                && self.logical(&subscription["TopicArn"])? == topic
            {
                queues.push(self.logical(&subscription["Endpoint"])?);
            }
        }
        let configuration_set = self.logical(&properties["ConfigurationSetName"])?;
        Ok(MailEvents { configuration_set, topic, queues })
    }

    /// The value of a text, a number, or a reference.
    fn resolve(&self, value: &Value) -> Result<String, TemplateError> {
        match value {
            Value::String(text) => Ok(text.clone()),
            Value::Number(number) => Ok(number.to_string()),
            Value::Tagged(_) => {
                let name = self.logical(value)?;
                if let Some(given) = self.parameters.get(&name) {
                    return Ok(given.clone());
                }
                let default = &self.root["Parameters"][name.as_str()]["Default"];
                match self.root["Resources"][name.as_str()]["Type"].as_str() {
                    Some("AWS::SQS::Queue") => Ok(queue_url(&name)),
                    Some(_) => Ok(name),
                    None if default.is_null() => Err(TemplateError::Meaning(format!("{name} has no value"))),
                    None => self.resolve(default),
                }
            }
            other => Err(TemplateError::Meaning(format!("{other:?} is not understood"))),
        }
    }

    /// The name in `!Ref Name`, `!GetAtt Name.Attribute`.
    fn logical(&self, value: &Value) -> Result<String, TemplateError> {
        match value {
            Value::Tagged(tagged) => {
                let TaggedValue { tag, value } = tagged.as_ref();
                let name = value.as_str().unwrap_or_default().split('.').next().unwrap_or_default();
                if (*tag == "Ref" || *tag == "GetAtt") && !name.is_empty() {
                    Ok(name.to_owned())
                } else {
                    Err(TemplateError::Meaning(format!("{tag} is not understood")))
                }
            }
            other => Err(TemplateError::Meaning(format!("{other:?} is not a reference"))),
        }
    }
}

/// The prefixes of the sort key that an event filter asks for. Other filters are not understood.
fn prefixes(pattern: &str) -> Result<Vec<String>, TemplateError> {
    let pattern: Json = serde_json::from_str(pattern)
        .map_err(|error| TemplateError::Meaning(format!("a filter is not JSON: {error}")))?;
    let rules = pattern.pointer("/dynamodb/Keys/SK/S").and_then(Json::as_array);
    let prefixes = rules.into_iter().flatten().map(|rule| rule["prefix"].as_str().map(str::to_owned));
    prefixes
        .collect::<Option<Vec<_>>>()
        .filter(|prefixes| !prefixes.is_empty())
        .ok_or_else(|| TemplateError::Meaning(format!("the filter {pattern} is not understood")))
}

/// YAML without its tags, as JSON.
fn plain(value: &Value) -> Json {
    match value {
        Value::Tagged(tagged) => plain(&tagged.value),
        Value::Mapping(fields) => fields
            .iter()
            .map(|(name, value)| (name.as_str().unwrap_or_default().to_owned(), plain(value)))
            .collect(),
        Value::Sequence(list) => list.iter().map(plain).collect(),
        other => serde_json::to_value(other).unwrap_or_default(),
    }
}
