//! `docs/state-machine.md`, written from what was found.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::super::payment::State;
use super::super::*;
use super::table::Table;

const HEAD: &str = "\
# What may be asked of an order

Written by a test that goes through every state an order can come to and asks everything there, in every role:
`UPDATE_DOCS=1 cargo test -p shared --lib state_machine` writes it anew. The rules are in `shared/src/order/rules.rs`; an order's
`available_actions` and every refusal come from the same table.

A role is named where it may. With `*` it may not always; the guard below says when. *done* means that it was done already: asking
again changes nothing and is no error. Everything else is refused with 409 and the names of what is allowed, or with 403 if the
role never may.

";

/// How far a payment is, without what it carries.
pub fn name(state: &State) -> &'static str {
    match state {
        State::Unchosen => "unchosen",
        State::OnDelivery => "on_delivery",
        State::Requested => "requested",
        State::Created => "created",
        State::Open => "open",
        State::Authorized => "authorized",
        State::Captured => "captured",
        State::Failed { .. } => "failed",
        State::Voiding => "voiding",
        State::Voided => "voided",
    }
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Customer => "customer",
        Role::Staff => "staff",
        Role::System => "system",
    }
}

/// When an action is allowed, where the status alone does not say.
fn guard(action: Action) -> &'static str {
    match action {
        Action::Pay => {
            "while the stock is held, no attempt is under way at the provider or being called off there, and there were fewer \
             than 20"
        }
        Action::Cancel => {
            "customers: as far as the policy of the order's placement goes, by the way that it is paid. Staff: beyond it only \
             with an `override_reason`, which stays in the log. Nobody once a parcel has left: then the rest is called off by its \
             lines"
        }
        Action::CancelLines => {
            "as `cancel`, for units that were not called off before and have not left. Where parcels were planned, the order goes back to \
             `confirmed` and they are planned anew; without a unit left it is cancelled whole, with its delivery"
        }
        Action::Prepare => "",
        Action::Pack => "one parcel or all; the order is packed with the last",
        Action::Fulfill => {
            "as `ship`, for units that have not left; parcels are planned around them, which opens those that were closed. Staff \
             alone chooses units"
        }
        Action::NameCourier => "a parcel is planned, or has left and not arrived",
        Action::WantLabel => {
            "a parcel has not left and has no label, none is being bought for it, and there were fewer than 20 such requests. Then the \
             worker buys it, with as many tries as for the first"
        }
        Action::BuyLabel => "a parcel has not left and has no label, or the carrier refused it",
        Action::NoteBill => "each bill once",
        Action::RecordLabel => "news of a label that was not asked for changes nothing",
        Action::Ship => {
            "from `confirmed` on the money was taken, is reserved, or is paid on delivery; else it is refused, and so is an order of \
             which every unit was paid back. One parcel or all; the order is shipped with the last"
        }
        Action::Deliver => {
            "a parcel has left and has not arrived; the order is delivered with the last, and what is paid on delivery is collected \
             with it"
        }
        Action::Refund => {
            "money was taken that is neither given back, nor promised, nor disputed; never more than that, and at most 40 times by staff"
        }
        Action::RetryRefund => {
            "a refund failed at the provider, and so much can still be given back. The system asks anew after 1, 6 and 24 \
             hours, and nobody more than 20 times"
        }
        Action::SettleRefund => {
            "as `retry_refund`, however often it was tried; or a refund waits of money that the provider has no part in, such as cash on delivery"
        }
        Action::RequestReturn => {
            "units are left that were neither called off, nor sent back, nor are on their way, in at most 20 returns. Customers: \
             within the window of the policy of the order's placement"
        }
        Action::ApproveReturn => "a return was asked for",
        Action::RejectReturn => "a return was asked for or approved, and has not arrived",
        Action::ReceiveReturn => "a return was approved",
        Action::ChangeNotes => "at most 25 times",
        Action::Accept => {
            "it is to be paid on delivery, and no earlier attempt can be paid at the provider any more"
        }
        Action::Expire => {
            "its hold is over, or its payment failed for good, and nothing at the provider can be paid any more; or its hold has \
             been over for 15 minutes, and the provider does not say"
        }
        Action::RecordPayment => {
            "news of an attempt that is not the order's, or of another amount, is refused"
        }
        Action::RecordRefund => "news of a refund that the order does not have is refused",
        Action::RecordDispute => "",
    }
}

/// The page.
pub fn document(table: &Table, moves: &BTreeMap<(usize, usize), BTreeSet<&'static str>>) -> String {
    let mut text = HEAD.to_owned();
    let statuses = Status::ALL.map(Status::as_str);
    let _ = writeln!(text, "| | {} |\n|---{}|", statuses.join(" | "), "|---".repeat(statuses.len()));
    for action in Action::all() {
        let cells = statuses.map(|status| cell(table, action.name(), status));
        let _ = writeln!(text, "| `{}` | {} |", action.name(), cells.join(" | "));
    }
    text.push_str("\n## Guards\n\n| | when |\n|---|---|\n");
    for action in Action::all().filter(|action| !guard(*action).is_empty()) {
        let _ = writeln!(text, "| `{}` | {} |", action.name(), guard(action));
    }
    text.push_str("\n## Ways from status to status\n\n| from | to | by |\n|---|---|---|\n");
    for ((from, to), actions) in moves {
        let by: Vec<_> = actions.iter().map(|action| format!("`{action}`")).collect();
        let _ = writeln!(text, "| {} | {} | {} |", statuses[*from], statuses[*to], by.join(", "));
    }
    let terminal = Status::TERMINAL.map(|status| format!("`{}`", status.as_str()));
    let _ =
        writeln!(text, "\nNothing leads out of {}; money and returns move on there.", terminal.join(" and "));
    text
}

fn cell(table: &Table, action: &'static str, status: &'static str) -> String {
    let of_status: Vec<_> = [Role::Customer, Role::Staff, Role::System]
        .into_iter()
        .filter_map(|role| Some((role, table.get(&(action, status, role))?)))
        .collect();
    let may: Vec<_> = of_status
        .iter()
        .filter(|(_, cell)| cell.may > 0)
        .map(|(who, cell)| format!("{}{}", role(*who), if cell.may_not > 0 { "*" } else { "" }))
        .collect();
    let always_done =
        of_status.iter().any(|(_, cell)| cell.may == 0 && cell.done > 0 && cell.done == cell.may_not);
    match may.as_slice() {
        [] if always_done => "*done*".to_owned(),
        [] => "–".to_owned(),
        may => may.join(", "),
    }
}
