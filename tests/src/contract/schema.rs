//! Schemas of the document as validators that know no fields but those that are described.

use jsonschema::ValidationError;
use serde_json::{Map, Value, json};
use std::fmt;
use std::sync::{Arc, OnceLock};

/// A schema, compiled when it is first used.
pub struct Schema {
    value: Value,
    components: Arc<Value>,
    validator: OnceLock<jsonschema::Validator>,
}

impl Schema {
    /// A schema of the document. `components` are the document's, as [`components`] gives them.
    pub fn new(schema: &Value, components: &Arc<Value>) -> Self {
        Self { value: closed(schema), components: Arc::clone(components), validator: OnceLock::new() }
    }

    /// What is wrong with a value, each with the JSON pointer of where it is.
    pub fn violations(&self, value: &Value) -> Vec<String> {
        let errors: Vec<_> = self.validator().iter_errors(value).collect();
        let unknown = |error: &ValidationError| error.kind().keyword() == "unevaluatedProperties";
        // A part that does not hold describes nothing, so that all its fields seem unknown, too.
        let follows = |error: &ValidationError| {
            let place = error.instance_path().as_str();
            unknown(error)
                && errors.iter().any(|other| {
                    let below = other.instance_path().as_str().strip_prefix(place);
                    below.is_some_and(
                        |below| if below.is_empty() { !unknown(other) } else { below.starts_with('/') },
                    )
                })
        };
        let own = errors.iter().filter(|error| !follows(error));
        own.map(|error| format!("{}: {error:.300}", error.instance_path())).collect()
    }

    /// The same for a value that stands in a path, a query or a header: a number or a truth value stands there as text.
    pub fn violations_of_text(&self, text: &str) -> Vec<String> {
        let read = serde_json::from_str::<Value>(text).ok();
        let read = read.filter(|value| value.is_number() || value.is_boolean());
        let said = Value::from(text);
        let fits = |value: &Value| self.validator().is_valid(value);
        if fits(&said) || read.as_ref().is_some_and(fits) {
            return vec![];
        }
        self.violations(&read.unwrap_or(said))
    }

    fn validator(&self) -> &jsonschema::Validator {
        self.validator.get_or_init(|| {
            // Beside `components`, so that references lead where they do in the document.
            let whole = json!({"allOf": [self.value], "components": *self.components});
            let options = jsonschema::options().with_draft(jsonschema::Draft::Draft202012);
            options.should_validate_formats(true).build(&whole).expect("a schema of the document")
        })
    }
}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

/// What schemas of a document refer to.
pub fn components(document: &Value) -> Arc<Value> {
    let schemas = document["components"]["schemas"].as_object().into_iter().flatten();
    let schemas: Map<String, Value> = schemas.map(|(name, schema)| (name.clone(), part(schema))).collect();
    Arc::new(json!({"schemas": schemas}))
}

/// A schema of a whole value: what none of its parts describes is not allowed.
fn closed(schema: &Value) -> Value {
    let mut schema = part(schema);
    if let Some(keywords) = schema.as_object_mut() {
        keywords.entry("unevaluatedProperties").or_insert(Value::Bool(false));
    }
    schema
}

/// A schema that may be one of several that describe the same value: only what is within that value is closed.
fn part(schema: &Value) -> Value {
    let Some(keywords) = schema.as_object() else {
        return schema.clone();
    };
    let list = |value: &Value, each: fn(&Value) -> Value| match value {
        Value::Array(list) => list.iter().map(each).collect(),
        other => other.clone(),
    };
    let keywords = keywords.iter().map(|(keyword, value)| {
        let value = match keyword.as_str() {
            "properties" | "patternProperties" => {
                let members = value.as_object().into_iter().flatten();
                members.map(|(name, schema)| (name.clone(), closed(schema))).collect()
            }
            "items" | "additionalProperties" => closed(value),
            "prefixItems" => list(value, closed),
            "allOf" | "anyOf" | "oneOf" => list(value, part),
            "not" | "if" | "then" | "else" => part(value),
            _ => value.clone(),
        };
        (keyword.clone(), value)
    });
    Value::Object(keywords.collect())
}
