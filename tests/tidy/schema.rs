//! As much of JSON Schema as `docs/openapi.yaml` uses, and stricter in one point: a field that is not documented is wrong.

use serde_json::Value;
use std::collections::BTreeSet;

/// What is said about a value and holds for every value, or is for readers only.
const SILENT: [&str; 6] = ["description", "example", "default", "format", "pattern", "not"];

/// What in `value` is not as `schema` says; `document` holds what schemas refer to.
pub fn violations(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    check(document, schema, value, "", true, &mut found);
    found
}

/// What a `$ref` leads to.
pub fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(target) => {
            let pointer = target.strip_prefix('#').expect("references stay in the document");
            resolved(document, document.pointer(pointer).unwrap_or_else(|| panic!("{target} leads nowhere")))
        }
        None => value,
    }
}

/// `whole`: the schema is not a part of an `allOf`, so the fields that it does not know are wrong.
fn check(document: &Value, schema: &Value, value: &Value, at: &str, whole: bool, found: &mut Vec<String>) {
    let schema = resolved(document, schema);
    for (keyword, wanted) in schema.as_object().expect("a schema is an object") {
        let holds = match keyword.as_str() {
            "type" => list(wanted).iter().any(|kind| is(value, kind.as_str().unwrap_or_default())),
            "enum" => list(wanted).contains(value),
            "const" => value == wanted,
            "minimum" => value.as_f64().is_none_or(|number| number >= wanted.as_f64().unwrap_or_default()),
            "maximum" => value.as_f64().is_none_or(|number| number <= wanted.as_f64().unwrap_or_default()),
            "minLength" => value.as_str().is_none_or(|text| text.chars().count() as u64 >= bound(wanted)),
            "maxLength" => value.as_str().is_none_or(|text| text.chars().count() as u64 <= bound(wanted)),
            "minItems" => value.as_array().is_none_or(|list| list.len() as u64 >= bound(wanted)),
            "maxItems" => value.as_array().is_none_or(|list| list.len() as u64 <= bound(wanted)),
            "required" => {
                let missing =
                    list(wanted).iter().filter(|name| value.get(name.as_str().unwrap_or_default()).is_none());
                found.extend(
                    missing.map(|name| format!("{at}/{} is missing", name.as_str().unwrap_or_default())),
                );
                true
            }
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(document, wanted, item, &format!("{at}/{index}"), true, found);
                }
                true
            }
            "properties" => {
                for (name, schema) in wanted.as_object().into_iter().flatten() {
                    if let Some(value) = value.get(name) {
                        check(document, schema, value, &format!("{at}/{name}"), true, found);
                    }
                }
                true
            }
            "allOf" => {
                list(wanted).iter().for_each(|part| check(document, part, value, at, false, found));
                true
            }
            "anyOf" | "oneOf" => {
                let fits = |part: &&Value| violations(document, part, value).is_empty();
                let fitting = list(wanted).iter().filter(fits).count();
                fitting == 1 || (keyword == "anyOf" && fitting > 0)
            }
            // Fields that are not documented are looked for below, whatever this says.
            "additionalProperties" => true,
            known if SILENT.contains(&known) => true,
            other => panic!("the keyword {other} is not understood"),
        };
        if !holds {
            found.push(format!("{at}: {value} breaks {keyword} {wanted}"));
        }
    }
    let described = schema.get("properties").is_some() || schema.get("allOf").is_some();
    if whole && described && value.is_object() {
        let mut known = BTreeSet::new();
        names(document, schema, &mut known);
        let fields = value.as_object().into_iter().flatten().map(|(name, _)| name);
        found.extend(
            fields.filter(|name| !known.contains(*name)).map(|name| format!("{at}/{name} is not documented")),
        );
    }
}

/// The fields that a schema knows, with those of all its parts.
fn names(document: &Value, schema: &Value, known: &mut BTreeSet<String>) {
    let schema = resolved(document, schema);
    known.extend(schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone()));
    list(&schema["allOf"]).iter().for_each(|part| names(document, part, known));
}

fn list(value: &Value) -> &[Value] {
    match value {
        Value::Array(list) => list,
        Value::Null => &[],
        one => std::slice::from_ref(one),
    }
}

fn bound(value: &Value) -> u64 {
    value.as_u64().expect("a bound is a whole number")
}

fn is(value: &Value, kind: &str) -> bool {
    match kind {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        other => panic!("the type {other} is not understood"),
    }
}
