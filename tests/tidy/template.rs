//! `template.yaml`, read without the twin's reader, so that a mistake there cannot hide one here.

use serde_json::{Value as Json, json};
use serde_norway::Value;

use crate::workspace;

/// The template. Its tags are objects with one member: `!Ref X` is `{"Ref": "X"}`.
pub struct Template(Json);

/// A function of the template.
pub struct Function {
    /// Its logical id.
    pub logical: String,
    /// The name of its bin.
    pub bin: String,
    /// Its resource.
    pub resource: Json,
}

/// A route of the template.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// `GET`, …
    pub method: String,
    /// With parameters in braces.
    pub path: String,
    /// The function that answers it.
    pub function: String,
    /// Whether it needs no token.
    pub public: bool,
    /// Scopes, one of which the token must have.
    pub scopes: Vec<String>,
}

/// A statement of a policy, taken apart into single permissions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permission {
    /// `dynamodb:GetItem`, …
    pub action: String,
    /// What the action may be done to, e.g. `Orders.Arn`.
    pub resource: String,
}

impl Template {
    /// Reads it.
    pub fn load() -> Self {
        let root: Value =
            serde_norway::from_str(&workspace::read("template.yaml")).expect("template.yaml is YAML");
        Self(plain(&root))
    }

    /// Any part of it.
    pub fn part(&self, pointer: &str) -> &Json {
        self.0.pointer(pointer).unwrap_or(&Json::Null)
    }

    /// The resources of a type, with their logical ids.
    pub fn resources(&self, kind: &str) -> Vec<(&str, &Json)> {
        let all = self.0["Resources"].as_object().expect("the template has resources");
        all.iter()
            .filter(|(_, resource)| resource["Type"] == kind)
            .map(|(name, resource)| (name.as_str(), resource))
            .collect()
    }

    /// A resource by its logical id.
    pub fn resource(&self, logical: &str) -> &Json {
        &self.0["Resources"][logical]
    }

    /// Every function.
    pub fn functions(&self) -> Vec<Function> {
        let functions = self.resources("AWS::Serverless::Function").into_iter();
        functions
            .map(|(logical, resource)| Function {
                logical: logical.to_owned(),
                bin: text(&resource["Metadata"]["BuildProperties"]["Binary"]),
                resource: resource.clone(),
            })
            .collect()
    }

    /// Every route.
    pub fn routes(&self) -> Vec<Route> {
        let mut routes = Vec::new();
        for function in self.functions() {
            for event in function.events("HttpApi") {
                let properties = &event["Properties"];
                routes.push(Route {
                    method: text(&properties["Method"]).to_uppercase(),
                    path: text(&properties["Path"]),
                    function: function.bin.clone(),
                    public: properties["Auth"]["Authorizer"] == "NONE",
                    scopes: list(&properties["Auth"]["AuthorizationScopes"]).iter().map(text).collect(),
                });
            }
        }
        routes.sort();
        routes
    }

    /// Seconds that a function may run.
    pub fn timeout(&self, function: &Function) -> u64 {
        let own = function.resource["Properties"]["Timeout"].as_u64();
        own.or(self.part("/Globals/Function/Timeout").as_u64()).expect("a function has a time limit")
    }

    /// The policy statements that the template itself gives a function.
    pub fn statements(&self, function: &Function) -> Vec<Json> {
        let properties = &function.resource["Properties"];
        let documents: Vec<&Json> = match properties["Role"].is_null() {
            true => list(&properties["Policies"]).iter().collect(),
            false => {
                let role = logical(&properties["Role"]);
                list(&self.resource(&role)["Properties"]["Policies"])
                    .iter()
                    .map(|policy| &policy["PolicyDocument"])
                    .collect()
            }
        };
        documents.into_iter().flat_map(|document| list(&document["Statement"]).iter().cloned()).collect()
    }

    /// What a function may do.
    pub fn permissions(&self, function: &Function) -> Vec<Permission> {
        let mut permissions = Vec::new();
        for statement in self.statements(function) {
            for action in list(&statement["Action"]) {
                for resource in list(&statement["Resource"]) {
                    permissions.push(Permission {
                        action: text(action),
                        // The end of an ARN that is put together says what it is.
                        resource: name(resource).rsplit(':').next().unwrap_or_default().to_owned(),
                    });
                }
            }
        }
        permissions
    }
}

impl std::fmt::Display for Permission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} to {}", self.action, self.resource)
    }
}

impl Function {
    /// What triggers it, of one type.
    pub fn events(&self, kind: &str) -> Vec<&Json> {
        let events = self.resource["Properties"]["Events"].as_object().into_iter().flatten();
        events.map(|(_, event)| event).filter(|event| event["Type"] == kind).collect()
    }

    /// Its own environment.
    pub fn environment(&self) -> Vec<(&str, &Json)> {
        let variables =
            self.resource["Properties"]["Environment"]["Variables"].as_object().into_iter().flatten();
        variables.map(|(name, value)| (name.as_str(), value)).collect()
    }
}

/// A text, or nothing.
pub fn text(value: &Json) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// A list; one value stands for a list of one, as in policies.
pub fn list(value: &Json) -> &[Json] {
    match value {
        Json::Array(list) => list,
        Json::Null => &[],
        one => std::slice::from_ref(one),
    }
}

/// A reference as text: `!GetAtt Orders.Arn` and `!Sub "${Orders.Arn}"` are `Orders.Arn`, `!Ref Orders` is `Orders`.
pub fn name(value: &Json) -> String {
    let inner = ["Ref", "GetAtt", "Sub"].iter().find_map(|tag| value.get(tag)).unwrap_or(value);
    text(list(inner).first().unwrap_or(&Json::Null)).replace("${", "").replace('}', "")
}

/// The logical id in a reference.
pub fn logical(value: &Json) -> String {
    name(value).split('.').next().unwrap_or_default().to_owned()
}

fn plain(value: &Value) -> Json {
    match value {
        Value::Tagged(tagged) => {
            let tag = tagged.tag.to_string().trim_start_matches('!').to_owned();
            json!({ tag: plain(&tagged.value) })
        }
        Value::Mapping(fields) => fields
            .iter()
            .map(|(name, value)| (name.as_str().unwrap_or_default().to_owned(), plain(value)))
            .collect(),
        Value::Sequence(list) => list.iter().map(plain).collect(),
        other => serde_json::to_value(other).expect("a YAML value is JSON"),
    }
}
