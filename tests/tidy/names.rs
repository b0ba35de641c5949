//! One name per function, the same everywhere.

use std::collections::{BTreeMap, BTreeSet};

use crate::documents::endpoints;
use crate::routes::GUESTS;
use crate::template::Template;
use crate::{none, openapi, workspace};

fn functions() -> BTreeSet<String> {
    Template::load().functions().into_iter().map(|function| function.bin).collect()
}

fn stems(under: &str, extension: &str) -> BTreeSet<String> {
    workspace::files_of(under, extension).iter().map(|path| workspace::stem(path)).collect()
}

/// `place-order` as `PlaceOrder`.
fn pascal(bin: &str) -> String {
    let word = |word: &str| word[..1].to_uppercase() + &word[1..];
    bin.split('-').map(word).collect()
}

#[test]
fn the_template_has_a_function_for_every_bin_and_no_other() {
    assert_eq!(functions(), stems("functions/src/bin", "rs"));
}

#[test]
fn the_library_knows_the_functions_of_the_template_and_no_other() {
    assert_eq!(functions(), functions::REGISTRY.iter().map(|(name, _)| (*name).to_owned()).collect());
}

/// The operations of guests that are done by the functions of customers, with their routes.
fn of_guests() -> BTreeMap<String, String> {
    let shared = openapi::operations().into_iter().filter(|operation| operation.id != operation.function);
    let of_guests = shared.filter(|operation| operation.path.starts_with(GUESTS));
    of_guests.map(|operation| (operation.id, format!("{} {}", operation.method, operation.path))).collect()
}

#[test]
fn every_function_and_every_operation_of_guests_has_a_sample_event_and_nothing_else_has() {
    let wanted: BTreeSet<String> = functions().into_iter().chain(of_guests().into_keys()).collect();
    assert_eq!(wanted, stems("events", "json"));
}

#[test]
fn the_readme_lists_every_function_and_no_other() {
    let listed: BTreeSet<String> = endpoints().into_iter().map(|endpoint| endpoint.function).collect();
    assert_eq!(functions(), listed);
}

#[test]
fn the_readme_lists_every_route_with_its_function_and_who_may_call_it() {
    let who = |route: &crate::template::Route| match (route.public, route.scopes.is_empty()) {
        (true, _) if route.function == "stripe-webhook" => "Stripe",
        (true, _) if route.function == "carrier-webhook" => "carrier",
        (true, _) if route.path.starts_with(GUESTS) => "guest",
        (true, _) => "everybody",
        (false, true) => "customer",
        (false, false) => "staff",
    };
    let wanted: BTreeSet<_> = Template::load()
        .routes()
        .iter()
        .map(|route| {
            (route.method.clone(), route.path.clone(), route.function.clone(), who(route).to_owned())
        })
        .collect();
    let listed: BTreeSet<_> = endpoints()
        .into_iter()
        .filter(|endpoint| !endpoint.path.is_empty())
        .map(|endpoint| (endpoint.method, endpoint.path, endpoint.function, endpoint.who))
        .collect();
    assert_eq!(wanted, listed);
}

#[test]
fn the_api_document_has_the_routes_of_the_template_each_under_its_functions_name() {
    let wanted: BTreeSet<_> = Template::load()
        .routes()
        .into_iter()
        .map(|route| (route.method, route.path, route.function))
        .collect();
    let documented: BTreeSet<_> = openapi::operations()
        .into_iter()
        .map(|operation| (operation.method, operation.path, operation.function))
        .collect();
    assert_eq!(wanted, documented);
}

#[test]
fn an_operation_id_is_its_functions_name_unless_another_route_has_that_already() {
    let mut ids = BTreeSet::new();
    let broken: Vec<String> = openapi::operations()
        .into_iter()
        .filter(|operation| {
            let (method, end) = (operation.method.to_lowercase(), operation.path.rsplit('/').next());
            let aliased = |by: &str| operation.id == format!("{}-{by}", operation.function);
            let by_guests = operation.path.starts_with(GUESTS) && aliased("guest");
            let fits = operation.id == operation.function
                || by_guests
                || aliased(&method)
                || end.is_some_and(aliased);
            !fits || !ids.insert(operation.id.clone())
        })
        .map(|operation| format!("{} {}: {}", operation.method, operation.path, operation.id))
        .collect();
    none(&broken);
    let missing: Vec<String> =
        openapi::operations().into_iter().map(|o| o.function).filter(|f| !ids.contains(f)).collect();
    none(&missing);
}

#[test]
fn a_functions_logical_id_is_its_bins_name_in_pascal_case() {
    let broken = Template::load()
        .functions()
        .into_iter()
        .filter(|f| f.logical != format!("{}Function", pascal(&f.bin)));
    none(&broken.map(|function| format!("{} runs {}", function.logical, function.bin)).collect::<Vec<_>>());
}

#[test]
fn the_sample_event_of_an_endpoint_is_a_request_of_one_of_its_routes() {
    let template = Template::load();
    let routes = template.routes();
    let mut broken = Vec::new();
    for function in template.functions() {
        let path = format!("events/{}.json", function.bin);
        let event: serde_json::Value =
            serde_json::from_str(&workspace::read(&path)).expect("an event is JSON");
        let source = event["Records"][0]["eventSource"].as_str();
        let key = event["routeKey"].as_str().unwrap_or_default();
        let fits = match source {
            Some("aws:sqs") => function.events("SQS").len() == 1,
            Some("aws:dynamodb") => function.events("DynamoDB").len() == 1,
            _ => {
                let own = routes.iter().filter(|route| route.function == function.bin);
                own.map(|route| format!("{} {}", route.method, route.path)).any(|own| own == key)
                    && event["requestContext"]["routeKey"] == key
            }
        };
        if !fits {
            broken.push(format!("{path} is no event of {}", function.bin));
        }
    }
    for (operation, route) in of_guests() {
        let path = format!("events/{operation}.json");
        let event: serde_json::Value =
            serde_json::from_str(&workspace::read(&path)).expect("an event is JSON");
        let claims = &event["requestContext"]["authorizer"];
        if event["routeKey"] != route || event["requestContext"]["routeKey"] != route || !claims.is_null() {
            broken.push(format!("{path} is no request of a guest for {route}"));
        }
    }
    none(&broken);
}
