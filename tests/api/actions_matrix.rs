//! What an order says that can be done, what the documented table says, and what happens when it is asked for: in every state
//! that an order can come to, by everybody (C1). Orders live through [`lives`]; after each step everything is asked.

mod lives;
mod requests;

use serde_json::Value;
use shared::order::Action;
use std::collections::BTreeMap;
use tests::{Answer, Call};

use crate::support::{World, refunds};
use lives::{Life, Stage};
use requests::{Asked, Who};

/// The table for readers, written from the rules.
const DOCUMENTED: &str = include_str!("../../docs/state-machine.md");
/// Cells that say *sometimes* of which one side cannot be brought about from outside: the moment between two writes in which
/// the attempt before is called off and the order not yet taken as one that is paid on delivery.
const BETWEEN_WRITES: [(&str, &str, &str); 1] = [("confirm", "pending", "staff")];

/// What the table says of an action in a status: to whom it is open, and whether always.
fn documented(action: &str, status: &str, role: &str) -> Option<bool> {
    let row = |first: &str| {
        let line =
            DOCUMENTED.lines().find(|line| line.starts_with(first)).unwrap_or_else(|| panic!("{first}"));
        line.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>()
    };
    let column = row("| | pending |").iter().position(|name| name == status).expect("a status of the table");
    let cell = row(&format!("| `{action}` |"))[column].clone();
    let named = cell.split(", ").find(|named| named.trim_end_matches('*') == role)?;
    Some(!named.ends_with('*'))
}

/// In how many states somebody could, and could not.
#[derive(Default)]
struct Seen {
    could: usize,
    could_not: usize,
}

type Table = BTreeMap<(&'static str, String, &'static str), Seen>;

/// The actions that an order names to whoever reads it, as those of the rules.
fn available(order: &Value) -> Vec<Action> {
    let names = order["available_actions"].as_array().expect("a list");
    let action = |name: &Value| Action::all().find(|action| name == action.name());
    names.iter().map(|name| action(name).unwrap_or_else(|| panic!("{name} is no action"))).collect()
}

/// What is wrong with an answer to something that is open, done, or neither.
fn objection(asked: &Asked, answer: &Answer, order: &Value, open: bool) -> Option<String> {
    let version = order["version"].as_u64();
    let changes = answer.body["version"].as_u64() > version;
    let right = match (answer.status, open, asked.done) {
        // A payment's answer comes after it was tried.
        (200..=299 | 402, true, _) if asked.action == Action::Pay => true,
        (200..=299, true, _) => changes,
        (200..=299, false, true) => answer.body["version"].as_u64() == version,
        (_, false, true) => false,
        (401, false, _) => asked.needs_login,
        (403, false, _) => asked.needs_staff,
        (404, false, _) => asked.of_nothing,
        (409, false, _) => {
            answer.body["order_status"] == order["status"]
                && answer.body["allowed_actions"] == order["available_actions"]
        }
        _ => false,
    };
    (!right).then(|| {
        let allowed = if open { "open" } else { "closed" };
        format!(
            "{:?} is {allowed} (done: {}), and answered {} {}",
            asked.action, asked.done, answer.status, answer.body
        )
    })
}

/// Asks everything of the order, and holds the answers against what it says and what the table says.
async fn ask_everything(life: &Life, steps: usize, stage: &Stage, table: &mut Table) -> Vec<String> {
    let mut wrong = Vec::new();
    // The provider does what has become due when it is asked.
    refunds(&stage.shop);
    let world = World::of(&stage.shop);
    for who in [stage.customer(), Who::Staff] {
        let order = stage.read(who).await;
        let status = order["status"].as_str().expect("a status").to_owned();
        let open = available(&order);
        for action in Action::all() {
            let may = open.contains(&action);
            let seen = table.entry((action.name(), status.clone(), who.role())).or_default();
            if may {
                seen.could += 1
            } else {
                seen.could_not += 1
            }
            let (sometimes, always) = match documented(action.name(), &status, who.role()) {
                Some(always) => (true, always),
                None => (false, false),
            };
            if (may && !sometimes) || (!may && always) {
                wrong.push(format!("{who:?}: {} in {status} is not as documented", action.name()));
            }
            let Some(asked) = requests::of(stage, action, who, &order) else {
                if may {
                    wrong.push(format!(
                        "{who:?}: {} is open, and nobody but us can ask for it",
                        action.name()
                    ));
                }
                continue;
            };
            let answer = if action == Action::Pay && may {
                // It changes the order, so another one is paid that came here in the same way.
                let double = life.play(steps).await;
                double.shop.send(requests::of(&double, action, who, &order).expect("a request").call).await
            } else {
                stage.shop.send(asked.call.clone()).await
            };
            wrong.extend(objection(&asked, &answer, &order, may).map(|it| format!("{who:?}: {it}")));
        }
    }
    world.assert_unchanged(&stage.shop, "what was only tried, or refused");
    wrong.into_iter().map(|it| format!("{} after {:?}: {it}", life.what, &life.steps[..steps])).collect()
}

#[tokio::test]
async fn in_every_state_everybody_can_do_what_the_order_says_and_nothing_else() {
    let (mut table, mut wrong, mut states) = (Table::new(), Vec::new(), 0);
    for life in lives::all() {
        let stage = life.play(0).await;
        for steps in 0..=life.steps.len() {
            if let Some(step) = steps.checked_sub(1) {
                stage.take(&life.steps[step]).await;
            }
            wrong.extend(ask_everything(&life, steps, &stage, &mut table).await);
            states += 1;
        }
    }
    assert!(wrong.is_empty(), "of {states} states:\n{}", wrong.join("\n"));
    assert!(states > 80, "{states}");
    let mut one_sided = Vec::new();
    for status in shared::order::Status::ALL {
        for action in Action::all() {
            for role in ["customer", "staff"] {
                let cell = (action.name(), status.as_str(), role);
                let Some(always) = documented(cell.0, cell.1, cell.2) else { continue };
                let seen = table.get(&(cell.0, cell.1.to_owned(), cell.2));
                let both = seen.is_some_and(|seen| seen.could > 0 && (always || seen.could_not > 0));
                if !both && !BETWEEN_WRITES.contains(&cell) {
                    one_sided.push(cell);
                }
            }
        }
    }
    assert!(one_sided.is_empty(), "no state shows both sides of these: {one_sided:#?}");
}

#[tokio::test]
async fn a_refused_command_leaves_a_key_free_for_when_it_is_possible() {
    let life = lives::all().into_iter().find(|life| life.what == "card").expect("it is there");
    let stage = life.play(0).await;
    let ask = || {
        let call = Call::post(&format!("/api/v1/orders/{}/returns", stage.id)).key("r1");
        stage.shop.send(call.token(&stage.shop.customer("alice")).json(&requests::sent_back()))
    };
    for step in &life.steps {
        if stage.read(Who::Staff).await["status"] == "delivered" {
            assert_eq!(ask().await.status, 201);
            return;
        }
        assert_eq!(ask().await.status, 409, "{step:?}");
        stage.take(step).await;
    }
    panic!("it is never delivered");
}
