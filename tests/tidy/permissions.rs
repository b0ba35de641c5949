//! Permissions are the calls that functions make: what a function may do and does not is too much, what it does and may
//! not would fail in production only. A whole scenario runs with a recorder between the functions and the twin's cloud.

use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

use crate::none;
use crate::recorder::{Recorded, Seen};
use crate::template::{Function, Permission, Template, list, logical, name, text};
use crate::{story, undoing};

/// Permissions that no scenario can use: action, resource, and why it is there.
const UNSEEN: [(&str, &str, &str); 1] = [(
    "ses:SendEmail",
    "identity/Domain",
    "SES asks for the domain's identity if not the address but its domain is verified",
)];

/// The resources that are no reference of the template, each with why it must be.
const WILD: [(&str, &str, &str); 1] =
    [("dynamodb:ListStreams", "Orders.Arn/stream/*", "streams are listed before their names are known")];

/// Everything that the functions do, in one story.
async fn story() -> BTreeSet<Seen> {
    let recorded = Recorded::open().await;
    story::opening(&recorded).await;
    story::customers(&recorded).await;
    story::guests(&recorded).await;
    undoing::money_goes_back(&recorded).await;
    undoing::goods_leave_in_parts(&recorded).await;
    undoing::carriers_bring_parcels(&recorded).await;
    undoing::goods_come_back(&recorded).await;
    story::payments_that_fail(&recorded).await;
    assert_eq!(recorded.shop.units("mug"), (82, 0), "nine were sent, one came back, the rest was called off");
    Recorded::seen()
}

/// What Lambda itself does with a function's role, because of what triggers it.
fn polled(function: &Function) -> Vec<Permission> {
    let mut calls = Vec::new();
    let mut add = |actions: &[&str], resource: &str| {
        let calling =
            |action: &&str| Permission { action: (*action).to_owned(), resource: resource.to_owned() };
        calls.extend(actions.iter().map(calling));
    };
    for event in function.events("SQS") {
        let actions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
        add(&actions, &name(&event["Properties"]["Queue"]));
    }
    for event in function.events("DynamoDB") {
        let properties = &event["Properties"];
        let actions = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"];
        add(&actions, &name(&properties["Stream"]));
        add(&["dynamodb:ListStreams"], &format!("{}.Arn/stream/*", logical(&properties["Stream"])));
        add(&["sqs:SendMessage"], &name(&properties["DestinationConfig"]["OnFailure"]["Destination"]));
    }
    calls
}

/// What a function does and may not, and may do and does not.
fn differences(function: &str, may: &BTreeSet<Permission>, does: &BTreeSet<Permission>) -> Vec<String> {
    let unseen = |permission: &&Permission| {
        UNSEEN
            .iter()
            .any(|(action, resource, _)| permission.action == *action && permission.resource == *resource)
    };
    let forbidden = does.difference(may).map(|call| format!("{function} does {call} and may not"));
    let idle = may.difference(does).filter(|permission| !unseen(permission));
    forbidden.chain(idle.map(|permission| format!("{function} may do {permission} and never does"))).collect()
}

#[tokio::test]
async fn a_function_may_do_what_it_does_and_nothing_else() {
    let seen = story().await;
    let template = Template::load();
    let mut broken = Vec::new();
    for function in template.functions() {
        let own =
            seen.iter().filter(|seen| seen.function == function.bin).map(|seen| seen.permission.clone());
        let does: BTreeSet<Permission> = own.chain(polled(&function)).collect();
        let may: BTreeSet<Permission> = template.permissions(&function).into_iter().collect();
        broken.extend(differences(&function.bin, &may, &does));
    }
    none(&broken);
}

/// A test of the test.
#[test]
fn a_missing_and_a_superfluous_permission_are_both_found() {
    let set = |pairs: &[(&str, &str)]| -> BTreeSet<Permission> {
        let permission = |(action, resource): &(&str, &str)| Permission {
            action: (*action).to_owned(),
            resource: (*resource).to_owned(),
        };
        pairs.iter().map(permission).collect()
    };
    let read = ("dynamodb:GetItem", "Orders.Arn");
    let index = ("dynamodb:Query", "Orders.Arn/index/GSI1");
    let table = ("dynamodb:Query", "Orders.Arn");
    assert_eq!(differences("f", &set(&[read, index]), &set(&[read, index])), [""; 0]);
    assert_eq!(
        differences("f", &set(&[read]), &set(&[read, index])),
        ["f does dynamodb:Query to Orders.Arn/index/GSI1 and may not"]
    );
    assert_eq!(
        differences("f", &set(&[read, table]), &set(&[read])),
        ["f may do dynamodb:Query to Orders.Arn and never does"]
    );
    assert_eq!(differences("f", &set(&[table]), &set(&[index])).len(), 2, "a table is not its index");
}

/// A test of the test: a scenario that leaves functions out would find every permission superfluous, one that records
/// nothing would find none missing.
#[tokio::test]
async fn the_story_has_every_function_in_it() {
    let acted: BTreeSet<String> = story().await.into_iter().map(|seen| seen.function).collect();
    assert_eq!(acted, Template::load().functions().into_iter().map(|function| function.bin).collect());
}

#[test]
fn no_permission_is_for_any_action_or_any_resource() {
    let template = Template::load();
    let mut broken = Vec::new();
    for function in template.functions() {
        let permissions = template.permissions(&function);
        if permissions.is_empty() {
            broken.push(format!("{} has no permissions of its own", function.logical));
        }
        for Permission { action, resource } in permissions {
            let known = WILD.iter().any(|(wild, of, _)| action == *wild && resource == *of);
            if action.contains('*') || (resource.contains('*') && !known) || resource.is_empty() {
                broken.push(format!("{} may do {action} to {resource}", function.logical));
            }
        }
    }
    none(&broken);
}

#[test]
fn every_statement_allows_and_none_turns_its_meaning_round() {
    let template = Template::load();
    let mut broken = Vec::new();
    for function in template.functions() {
        for statement in template.statements(&function) {
            let fields: Vec<&str> =
                statement.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
            let known =
                fields.iter().all(|field| ["Effect", "Action", "Resource", "Condition"].contains(field));
            // A condition is a permission that the comparison with the calls does not see; one is looked at below.
            let free = statement["Condition"].is_null() || text(&statement["Action"][0]) == "ses:SendEmail";
            if !known || !free || statement["Effect"] != "Allow" {
                broken.push(format!("{}: {statement}", function.logical));
            }
        }
    }
    none(&broken);
}

/// SAM would give a poller the managed policies for every queue and stream of the account.
#[test]
fn pollers_have_roles_of_their_own_with_logs_and_traces_besides() {
    let template = Template::load();
    let mut broken = Vec::new();
    for function in template.functions() {
        let polls = !function.events("SQS").is_empty() || !function.events("DynamoDB").is_empty();
        let role = logical(&function.resource["Properties"]["Role"]);
        if polls == role.is_empty() {
            broken.push(format!("{}: role {role:?}", function.logical));
        }
        if polls {
            let managed = &template.resource(&role)["Properties"]["ManagedPolicyArns"];
            let managed: Vec<String> = list(managed)
                .iter()
                .map(|arn| name(arn).rsplit('/').next().unwrap_or_default().to_owned())
                .collect();
            if managed != ["AWSLambdaBasicExecutionRole", "AWSXrayWriteOnlyAccess"] {
                broken.push(format!("{role}: {managed:?}"));
            }
        }
    }
    none(&broken);
}

#[test]
fn mail_is_sent_from_the_shops_own_address_alone() {
    let template = Template::load();
    let statements: Vec<Json> =
        template.functions().iter().flat_map(|function| template.statements(function)).collect();
    let senders: Vec<&Json> = statements
        .iter()
        .filter(|statement| list(&statement["Action"]).contains(&json!("ses:SendEmail")))
        .collect();
    assert_eq!(senders.len(), 1, "one function sends mail");
    assert_eq!(name(&senders[0]["Condition"]["StringEquals"]["ses:FromAddress"]), "MailSender");
}
