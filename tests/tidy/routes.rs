//! Who may call what, and what functions are told by their environment.

use serde_json::Value as Json;
use std::collections::BTreeSet;

use crate::none;
use crate::template::{Template, logical, name, text};
use crate::workspace::{files_of, read};

/// Where guests order.
pub const GUESTS: &str = "/api/v1/guest/";
/// Routes without a token: the catalogue, guests, whose way to an order is the token in its path, links to bills, which are such
/// tokens too, and Stripe and carriers, whose signatures the functions check themselves.
const PUBLIC: [&str; 15] = [
    "GET /api/v1/guest/orders/{order_token}",
    "GET /api/v1/guest/orders/{order_token}/impact",
    "GET /api/v1/guest/orders/{order_token}/invoice",
    "GET /api/v1/guest/orders/{order_token}/returns",
    "GET /api/v1/guest/orders/{order_token}/summary",
    "GET /api/v1/guest/orders/{order_token}/tracking",
    "GET /api/v1/invoices/{invoice_token}",
    "GET /api/v1/products",
    "GET /api/v1/products/{product_id}",
    "POST /api/v1/guest/orders",
    "POST /api/v1/guest/orders/{order_token}/cancel",
    "POST /api/v1/guest/orders/{order_token}/payments",
    "POST /api/v1/guest/orders/{order_token}/returns",
    "POST /api/v1/webhooks/carrier",
    "POST /api/v1/webhooks/stripe",
];
/// What only staff may call outside `/admin/`, as the requirement document names it.
const STAFFS: &str = "/api/v1/orders/{order_id}/status";

#[test]
fn only_the_catalogue_guests_links_to_bills_stripe_and_carriers_need_no_token() {
    let routes = Template::load().routes();
    let public = routes.iter().filter(|route| route.public);
    let public: BTreeSet<String> = public.map(|route| format!("{} {}", route.method, route.path)).collect();
    assert_eq!(public, PUBLIC.map(str::to_owned).into());
    let guests = routes.iter().filter(|route| route.path.starts_with(GUESTS));
    none(&guests.filter(|route| !route.public).map(|route| route.path.clone()).collect::<Vec<_>>());
}

/// Handlers take a path's `order_token` for the proof that the caller may see the order, and then look at no claims.
#[test]
fn an_order_is_named_by_a_token_on_routes_of_guests_and_by_its_id_on_all_others() {
    let broken = Template::load().routes().into_iter().filter(|route| {
        let named = |name: &str| route.path.contains(&format!("{{{name}}}"));
        match route.path.starts_with(GUESTS) {
            true => named("order_id"),
            false => named("order_token"),
        }
    });
    none(&broken.map(|route| route.path).collect::<Vec<_>>());
}

/// What everybody may call and what holds stock has a throttle of its own, so that it cannot use up what customers need.
#[test]
fn orders_of_guests_have_a_tighter_throttle_than_other_requests() {
    let template = Template::load();
    let functions = template.functions();
    let own: Vec<(String, &Json)> = functions
        .iter()
        .flat_map(|function| {
            function.events("HttpApi").into_iter().map(|event| (function.bin.clone(), event))
        })
        .filter(|(_, event)| !event["Properties"]["RouteSettings"].is_null())
        .collect();
    let [(function, event)] = own.as_slice() else { panic!("{own:?} have throttles of their own") };
    assert_eq!(function, "place-guest-order");
    let usual = template.part("/Resources/Api/Properties/DefaultRouteSettings");
    for limit in ["ThrottlingRateLimit", "ThrottlingBurstLimit"] {
        let value = |reference: &Json| {
            template.part(&format!("/Parameters/{}/Default", name(reference))).as_u64().expect("a default")
        };
        let tight = value(&event["Properties"]["RouteSettings"][limit]);
        assert!(tight < value(&usual[limit]), "{limit} is {tight}");
    }
}

#[test]
fn the_api_asks_for_a_token_unless_a_route_says_otherwise() {
    let template = Template::load();
    let auth = template.part("/Resources/Api/Properties/Auth");
    let authorizer = &auth["Authorizers"][text(&auth["DefaultAuthorizer"])];
    assert_eq!(name(&authorizer["JwtConfiguration"]["issuer"]), "JwtIssuer");
    assert_eq!(name(&authorizer["JwtConfiguration"]["audience"][0]), "JwtAudience");
}

#[test]
fn admin_routes_need_the_scope_of_staff_and_no_other_route_needs_a_scope() {
    let broken = Template::load().routes().into_iter().filter(|route| {
        match route.path.contains("/admin/") || route.path == STAFFS {
            true => route.scopes != ["orders:admin"],
            false => !route.scopes.is_empty(),
        }
    });
    none(
        &broken
            .map(|route| format!("{} {} has the scopes {:?}", route.method, route.path, route.scopes))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn every_route_is_below_the_version_of_the_api() {
    let broken = Template::load().routes().into_iter().filter(|route| !route.path.starts_with("/api/v1/"));
    none(&broken.map(|route| route.path).collect::<Vec<_>>());
}

/// Secrets are named, not told: what stands in an environment is a reference to something of the template, never a text.
#[test]
fn no_environment_holds_a_plain_value() {
    let template = Template::load();
    let global =
        template.part("/Globals/Function/Environment/Variables").as_object().expect("variables").clone();
    let mut broken: Vec<String> = global
        .iter()
        .filter(|(_, value)| value.get("Ref").is_none())
        .map(|(name, _)| format!("Globals: {name}"))
        .collect();
    for function in template.functions() {
        for (variable, value) in function.environment() {
            let names_a_secret =
                ["SECRET", "KEY", "TOKEN", "PASSWORD"].iter().any(|word| variable.contains(word));
            let referred = ["Ref", "GetAtt"].iter().any(|tag| value.get(tag).is_some());
            if !referred || (names_a_secret && !variable.ends_with("_ARN")) {
                broken.push(format!("{}: {variable}", function.logical));
            }
        }
    }
    none(&broken);
}

#[test]
fn a_parameter_never_carries_a_secret() {
    let template = Template::load();
    let parameters = template.part("/Parameters").as_object().expect("parameters");
    let told = parameters.keys().filter(|name| {
        let lower = name.to_lowercase();
        ["secret", "password", "token", "key"].iter().any(|word| lower.contains(word))
            && !lower.ends_with("arn")
    });
    none(&told.cloned().collect::<Vec<_>>());
}

/// A queue or secret that a function may use and is not told of, or is told of and may not use, is a mistake on one side.
#[test]
fn a_function_may_use_the_queues_and_secrets_that_its_environment_names_and_no_others() {
    let template = Template::load();
    let mut broken = Vec::new();
    for function in template.functions() {
        let environment = function.environment().into_iter();
        let told: BTreeSet<String> = environment
            .filter(|(variable, _)| variable.ends_with("_QUEUE_URL") || variable.ends_with("_SECRET_ARN"))
            .map(|(_, value)| logical(value))
            .collect();
        // Lambda itself writes there; the function does not know.
        let events = function.events("DynamoDB").into_iter();
        let destination: Vec<String> = events
            .map(|event| logical(&event["Properties"]["DestinationConfig"]["OnFailure"]["Destination"]))
            .collect();
        let permissions = template.permissions(&function).into_iter();
        let used: BTreeSet<String> = permissions
            .filter(|one| one.action == "sqs:SendMessage" || one.action.starts_with("secretsmanager:"))
            .map(|one| one.resource.trim_end_matches(".Arn").to_owned())
            .filter(|resource| !destination.contains(resource))
            .collect();
        if told != used {
            broken.push(format!("{} is told of {told:?} and may use {used:?}", function.bin));
        }
    }
    none(&broken);
}

#[test]
fn every_variable_that_the_template_sets_is_read_by_the_functions() {
    let template = Template::load();
    let source: String = files_of("functions/src", "rs").iter().map(|path| read(path)).collect();
    let global = template.part("/Globals/Function/Environment/Variables");
    let mut set: BTreeSet<String> = global.as_object().expect("variables").keys().cloned().collect();
    for function in template.functions() {
        set.extend(function.environment().into_iter().map(|(variable, _)| variable.to_owned()));
    }
    none(
        &set.into_iter().filter(|variable| !source.contains(&format!("\"{variable}\""))).collect::<Vec<_>>(),
    );
}
