//! Every state that an order can come to: there, the table, the decisions and what an order says that can be done agree. What
//! was found is `docs/state-machine.md`; `UPDATE_DOCS=1 cargo test -p shared --lib state_machine` writes it anew.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::super::fixtures::*;
use super::super::*;
use super::explore::{Known, explore, instances};
use super::words::{document, name};

const ROLES: [Role; 3] = [Role::Customer, Role::Staff, Role::System];

fn actor(role: Role) -> Actor {
    match role {
        Role::Customer => Actor::Customer,
        Role::Staff => staff(),
        Role::System => Actor::Worker,
    }
}

/// What a role can do in the states of one status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cell {
    /// States in which it may.
    pub may: usize,
    /// States in which it may not.
    pub may_not: usize,
    /// States in which it is done already, and asking again changes nothing.
    pub done: usize,
}

pub type Table = BTreeMap<(&'static str, &'static str, Role), Cell>;

/// Asks everything in one state and compares the answers.
fn check(case: &Case, table: &mut Table) {
    let now = case.now;
    for role in ROLES {
        let available = available_actions(&case.order, &case.document, role, now);
        for action in Action::all() {
            let permitted = permit(&case.order, &case.document, action, role, now);
            let answers: Vec<_> = instances(case, action)
                .into_iter()
                .map(|command| (case.decide(&actor(role), &command), command))
                .collect();
            let about = || format!("{action:?} by {role:?}: {permitted:?}, {answers:?}, {case:#?}");
            assert!(answers.iter().all(|(_, command)| command.action() == action), "{}", about());
            assert_eq!(available.contains(&action.name()), permitted.is_ok(), "{}", about());
            let cell = table.entry((action.name(), case.order.status.as_str(), role)).or_default();
            match &permitted {
                Ok(()) => {
                    let does =
                        answers.iter().any(|(answer, _)| answer.as_ref().is_ok_and(|it| !it.is_empty()));
                    // News can be old; that is no refusal.
                    let is_news = matches!(
                        action,
                        Action::RecordPayment | Action::RecordRefund | Action::RecordLabel | Action::NoteBill
                    );
                    let heard = is_news && answers.iter().any(|(answer, _)| answer.is_ok());
                    assert!(does || heard, "{}", about());
                    cell.may += 1;
                }
                Err(why) => {
                    let done = |answer: &Result<Vec<EventKind>, Rejection>| *answer == Ok(vec![]);
                    let agrees = |answer: &_| done(answer) || *answer == Err(why.clone());
                    assert!(answers.iter().all(|(answer, _)| agrees(answer)), "{}", about());
                    cell.may_not += 1;
                    cell.done += usize::from(answers.iter().any(|(answer, _)| done(answer)));
                }
            }
        }
    }
}

#[test]
fn in_every_state_the_table_the_decisions_and_the_available_actions_agree_and_the_state_machine_is_documented()
 {
    let Known { cases, moves } = explore();
    let seen = |what: fn(&Case) -> String| cases.iter().map(what).collect::<BTreeSet<_>>();
    assert_eq!(seen(|case| case.order.status.as_str().to_owned()).len(), Status::ALL.len());
    let payments = seen(|case| name(&case.order.payment.state).to_owned());
    assert_eq!(payments.len(), 10, "{payments:?}");
    let money = seen(|case| format!("{:?}", case.order.payment_status()));
    assert_eq!(money.len(), 7, "{money:?}");
    println!("{} states", cases.len());
    assert!(cases.len() > 400);

    let mut table = Table::new();
    for case in &cases {
        check(case, &mut table);
    }
    let text = document(&table, &moves);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/state-machine.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &text).expect("the page can be written");
    }
    let shown = std::fs::read_to_string(&path).expect("docs/state-machine.md");
    assert!(
        shown == text,
        "docs/state-machine.md is not what the rules are; UPDATE_DOCS=1 writes it anew:\n{text}"
    );
}
