//! An operation of the document, and what it says about one exchange.

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

use super::schema::{Schema, components};
use super::{Route, arguments};

/// Methods that a path may have (OpenAPI 3.1, "Path Item Object").
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// An operation.
#[derive(Debug)]
pub struct Operation {
    /// Its method and path.
    pub route: Route,
    parameters: Vec<Parameter>,
    body: Option<Body>,
    answers: BTreeMap<String, Documented>,
}

#[derive(Debug)]
struct Parameter {
    name: String,
    place: String,
    required: bool,
    schema: Schema,
}

#[derive(Debug)]
struct Body {
    required: bool,
    content: BTreeMap<String, Schema>,
}

#[derive(Debug)]
struct Documented {
    /// Whether each is always there, and what it is.
    headers: BTreeMap<String, (bool, Schema)>,
    content: BTreeMap<String, Schema>,
}

/// Every operation of a document.
pub fn all(document: &Value) -> Vec<Operation> {
    let reader = Reader { document, components: components(document) };
    let mut operations = Vec::new();
    for (path, item) in members(&document["paths"]) {
        for method in METHODS {
            if let Some(operation) = item.get(method) {
                let route = Route { method: method.to_uppercase(), path: path.clone() };
                operations.push(reader.operation(route, item, operation));
            }
        }
    }
    operations
}

struct Reader<'a> {
    document: &'a Value,
    components: Arc<Value>,
}

impl Reader<'_> {
    fn operation(&self, route: Route, item: &Value, operation: &Value) -> Operation {
        let parameters = [&item["parameters"], &operation["parameters"]].into_iter();
        let parameters = parameters.flat_map(|list| list.as_array().into_iter().flatten());
        let body = self.resolved(&operation["requestBody"]);
        let answers = members(&operation["responses"]).map(|(status, response)| {
            let response = self.resolved(response);
            let headers = members(&response["headers"]);
            let headers = headers.map(|(name, header)| {
                let header = self.resolved(header);
                (name.clone(), (header["required"] == Value::Bool(true), self.schema(header)))
            });
            (status.clone(), Documented { headers: headers.collect(), content: self.content(response) })
        });
        Operation {
            route,
            parameters: parameters.map(|parameter| self.parameter(self.resolved(parameter))).collect(),
            body: (!body.is_null()).then(|| Body {
                required: body["required"] == Value::Bool(true),
                content: self.content(body),
            }),
            answers: answers.collect(),
        }
    }

    fn parameter(&self, parameter: &Value) -> Parameter {
        let text =
            |name: &str| parameter[name].as_str().expect("a parameter has a name and a place").to_owned();
        Parameter {
            name: text("name"),
            place: text("in"),
            required: parameter["required"] == Value::Bool(true),
            schema: self.schema(parameter),
        }
    }

    fn content(&self, of: &Value) -> BTreeMap<String, Schema> {
        members(&of["content"]).map(|(kind, media)| (kind.clone(), self.schema(media))).collect()
    }

    /// The schema of a parameter, a header or a media type.
    fn schema(&self, of: &Value) -> Schema {
        Schema::new(of.get("schema").unwrap_or(&Value::Bool(true)), &self.components)
    }

    /// What a reference outside schemas leads to.
    fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        let Some(target) = value["$ref"].as_str() else {
            return value;
        };
        let found = target.strip_prefix('#').and_then(|pointer| self.document.pointer(pointer));
        self.resolved(found.unwrap_or_else(|| panic!("{target} leads nowhere")))
    }
}

impl Operation {
    /// What of an answer is not as documented.
    pub fn answer_violations(&self, response: &Response<Bytes>) -> Vec<String> {
        let Some(documented) = self.answers.get(response.status().as_str()) else {
            return vec![format!("the status {} is not documented", response.status().as_u16())];
        };
        let (headers, body) = (response.headers(), response.body());
        let mut found = Vec::new();
        for (name, (always, schema)) in &documented.headers {
            match text_of(headers, name) {
                Some(value) => {
                    found.extend(named(&format!("header {name}"), schema.violations_of_text(value)))
                }
                // Headers are set by functions; the gateway's own answers have none of them.
                None if !always || is_of_gateway(response) => {}
                None => found.push(format!("the header {name} is missing")),
            }
        }
        match (content_type(headers), documented.content.is_empty()) {
            (None, true) if body.is_empty() => {}
            (kind, true) => found.push(format!("a body is not documented: {kind:?}, {} bytes", body.len())),
            (kind, false) => found.extend(content_violations(&documented.content, kind, body)),
        }
        found
    }

    /// What of an accepted request is not as documented.
    pub fn request_violations(&self, request: &Request<Bytes>, segments: &[String]) -> Vec<String> {
        let path = arguments(&self.route.path, segments).unwrap_or_default();
        let path = path.into_iter().map(|(name, value)| (name.to_owned(), value));
        let query = form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()).into_owned();
        let given: BTreeMap<&str, Vec<(String, String)>> =
            BTreeMap::from([("path", path.collect()), ("query", query.collect())]);
        let mut found = Vec::new();
        for (place, (name, _)) in
            given.iter().flat_map(|(place, all)| all.iter().map(move |one| (place, one)))
        {
            if !self.parameters.iter().any(|known| known.place == **place && known.name == *name) {
                found.push(format!("the {place} parameter {name} is accepted and not documented"));
            }
        }
        for parameter in &self.parameters {
            let Parameter { name, place, .. } = parameter;
            let values: Vec<&str> = match given.get(place.as_str()) {
                Some(given) => {
                    given.iter().filter(|(known, _)| known == name).map(|(_, value)| &**value).collect()
                }
                None => text_of(request.headers(), name).into_iter().collect(),
            };
            if values.is_empty() && parameter.required {
                found.push(format!("accepted without the {place} parameter {name}"));
            }
            for value in values {
                let what = format!("accepted {place} parameter {name}");
                found.extend(named(&what, parameter.schema.violations_of_text(value)));
            }
        }
        found.extend(named("accepted body", self.body_violations(request)));
        found
    }

    fn body_violations(&self, request: &Request<Bytes>) -> Vec<String> {
        match &self.body {
            None if request.body().is_empty() => vec![],
            None => vec!["a body is not documented".to_owned()],
            Some(body) if request.body().is_empty() => match body.required {
                true => vec!["a body is required".to_owned()],
                false => vec![],
            },
            Some(body) => content_violations(&body.content, content_type(request.headers()), request.body()),
        }
    }
}

#[cfg(test)]
impl Operation {
    /// Every schema of it.
    pub fn schemas(&self) -> impl Iterator<Item = &Schema> {
        let headers = self.answers.values().flat_map(|one| one.headers.values().map(|(_, schema)| schema));
        let answers = self.answers.values().flat_map(|one| one.content.values()).chain(headers);
        let bodies = self.body.iter().flat_map(|body| body.content.values());
        self.parameters.iter().map(|parameter| &parameter.schema).chain(bodies).chain(answers)
    }
}

/// Whether an answer has the form of those that the gateway gives itself: a message alone.
pub fn is_of_gateway(response: &Response<Bytes>) -> bool {
    let message = serde_json::from_slice::<Map<String, Value>>(response.body()).unwrap_or_default();
    let alone = message.len() == 1 && message.get("message").is_some_and(Value::is_string);
    alone && content_type(response.headers()) == Some("application/json")
}

fn content_violations(content: &BTreeMap<String, Schema>, kind: Option<&str>, body: &[u8]) -> Vec<String> {
    let Some(schema) = kind.and_then(|kind| content.get(&kind.to_lowercase())) else {
        return vec![format!("the content type {kind:?} is not documented")];
    };
    // Anything else is a text; so are lines of JSON.
    if !kind.is_some_and(|kind| kind.eq_ignore_ascii_case("application/json") || kind.ends_with("+json")) {
        return schema.violations(&Value::from(String::from_utf8_lossy(body)));
    }
    match serde_json::from_slice(body) {
        Ok(value) => schema.violations(&value),
        Err(error) => vec![format!("not JSON: {error}")],
    }
}

fn named(what: &str, violations: Vec<String>) -> impl Iterator<Item = String> {
    violations.into_iter().map(move |violation| format!("{what}: {violation}"))
}

/// The media type without its parameters.
fn content_type(headers: &HeaderMap) -> Option<&str> {
    text_of(headers, "content-type").map(|kind| kind.split(';').next().unwrap_or_default().trim())
}

fn text_of<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}
