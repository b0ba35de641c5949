//! Each action as the request that asks for it.

use serde_json::{Value, json};
use shared::order::Action;
use tests::Call;

use super::lives::{REFERENCE, REJECTED, Stage};

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    Customer,
    Guest,
    Staff,
}

impl Who {
    /// In the words of the table.
    pub fn role(self) -> &'static str {
        match self {
            Self::Customer | Self::Guest => "customer",
            Self::Staff => "staff",
        }
    }
}

/// A request, and what is known about it beside whether it is open.
pub struct Asked {
    pub action: Action,
    pub call: Call,
    /// It was done before, so that it is answered and changes nothing.
    pub done: bool,
    /// It is for staff, and who asks is none.
    pub needs_staff: bool,
    /// It is for people with a login, and a guest has none.
    pub needs_login: bool,
    /// It is about a refund, a return or a parcel that there is not.
    pub of_nothing: bool,
}

/// A unit of the first line, sent back.
pub fn sent_back() -> Value {
    json!({"lines": [{"line_id": 1, "quantity": 1}], "reason": "damaged"})
}

/// The request for an action; none if there is no way to ask for it. All but paying are dry runs.
pub fn of(stage: &Stage, action: Action, who: Who, order: &Value) -> Option<Asked> {
    let id = &stage.id;
    let own = if who == Who::Guest {
        format!("/api/v1/guest/orders/{}", stage.token)
    } else {
        format!("/api/v1/orders/{id}")
    };
    let of_staff = format!("/api/v1/admin/orders/{id}");
    let reached = |statuses: &[&str]| statuses.iter().any(|status| order["status"] == *status);
    let post = |path: String| Call::post(&format!("{path}?dry_run=true"));
    let status = |status: &str| {
        Call::new("PATCH", &format!("/api/v1/orders/{id}/status?dry_run=true"))
            .json(&json!({ "status": status }))
    };
    // What the policy is against staff does with a reason.
    let called_off = |mut body: Value| {
        if who == Who::Staff {
            body["override_reason"] = json!("The boss says so");
        }
        post(format!("{own}/cancel")).json(&body)
    };
    let refund = one_of(
        order["payment"]["refunds"].as_array(),
        "refund_id",
        match action {
            Action::RetryRefund => &["failed", "requested", "done"],
            _ if order["payment"]["payment_intent_id"].is_null() => &["requested", "failed", "done"],
            _ => &["failed", "done", "requested"],
        },
    );
    let a_return = one_of(
        order["returns"].as_array(),
        "return_id",
        match action {
            Action::ApproveReturn => &["requested", "approved", "received", "rejected"],
            Action::RejectReturn => &["requested", "approved", "rejected", "received"],
            _ => &["approved", "received", "requested", "rejected"],
        },
    );
    let how_far = ["shipped", "planned", "packed", "delivered"];
    let a_parcel = one_of(order["shipments"].as_array(), "shipment_id", &how_far);
    let parcel = |change: &Value| {
        let path = format!("{of_staff}/shipments/{}?dry_run=true", a_parcel.id);
        Call::new("PATCH", &path).json(change)
    };
    let (refund_path, return_path) =
        (format!("{of_staff}/refunds/{}", refund.id), format!("{of_staff}/returns/{}", a_return.id));
    let mut of_nothing = false;
    let (call, done) = match action {
        Action::Pay => (
            Call::post(&format!("{own}/payments")).key("another-payment").json(&json!({"method": "cod"})),
            false,
        ),
        Action::Cancel => (called_off(json!({})), reached(&["cancelled"])),
        Action::CancelLines => (called_off(json!({"lines": [{"line_id": 1, "quantity": 1}]})), false),
        Action::Accept => {
            (status("confirmed"), reached(&["confirmed", "preparing", "packed", "shipped", "delivered"]))
        }
        Action::Prepare => (status("preparing"), reached(&["preparing", "packed", "shipped", "delivered"])),
        Action::Pack => (status("packed"), reached(&["packed", "shipped", "delivered"])),
        Action::Ship => (status("shipped"), reached(&["shipped", "delivered"])),
        Action::Fulfill => (post(format!("{of_staff}/fulfill")), false),
        // While a part has not left, a parcel is delivered, and not the order.
        Action::Deliver if a_parcel.status == "shipped" && !reached(&["shipped"]) => {
            (parcel(&json!({"status": "delivered"})), false)
        }
        Action::Deliver => (status("delivered"), reached(&["delivered"])),
        Action::NameCourier => {
            of_nothing = a_parcel.status.is_empty();
            (parcel(&json!({"courier": "Another one"})), false)
        }
        Action::WantLabel => {
            let labelled = order["shipments"].as_array().into_iter().flatten();
            let mut open = labelled.filter(|one| {
                ["planned", "packed"].iter().any(|status| one["status"] == *status)
                    && (one["label"].is_null() || one["label"]["status"] == "failed")
            });
            let parcel = open.next().map_or(a_parcel.id.clone(), |one| one["shipment_id"].to_string());
            of_nothing = a_parcel.status.is_empty();
            (post(format!("{of_staff}/shipments/{parcel}/label")), false)
        }
        Action::Refund => (post(format!("{of_staff}/refunds")), false),
        Action::RetryRefund => {
            of_nothing = refund.status.is_empty();
            (post(format!("{refund_path}/retry")), false)
        }
        Action::SettleRefund => {
            of_nothing = refund.status.is_empty();
            let noted = order["payment"]["refunds"].as_array().into_iter().flatten();
            let noted = noted.filter(|known| known["refund_id"] == refund.id.as_str());
            let done = noted.into_iter().any(|known| known["reference"] == REFERENCE);
            (post(format!("{refund_path}/settle")).json(&json!({"reference": REFERENCE})), done)
        }
        Action::RequestReturn => (post(format!("{own}/returns")).json(&sent_back()), false),
        Action::ApproveReturn => {
            of_nothing = a_return.status.is_empty();
            (
                post(format!("{return_path}/approve")),
                ["approved", "received"].contains(&a_return.status.as_str()),
            )
        }
        Action::RejectReturn => {
            of_nothing = a_return.status.is_empty();
            (
                post(format!("{return_path}/reject")).json(&json!({"reason": REJECTED})),
                a_return.status == "rejected",
            )
        }
        Action::ReceiveReturn => {
            of_nothing = a_return.status.is_empty();
            (post(format!("{return_path}/receive")), a_return.status == "received")
        }
        Action::ChangeNotes => {
            let edit = Call::new("PATCH", &format!("{of_staff}?dry_run=true")).header("if-match", "*");
            (edit.json(&json!({"internal_notes": "Was asked again"})), false)
        }
        // Nobody asks for a label but us.
        Action::BuyLabel | Action::RecordLabel | Action::NoteBill => return None,
        Action::Expire | Action::RecordPayment | Action::RecordRefund | Action::RecordDispute => return None,
    };
    let for_all =
        matches!(action, Action::Pay | Action::Cancel | Action::CancelLines | Action::RequestReturn);
    let refused = !for_all && who != Who::Staff;
    let call = match who {
        Who::Customer => call.token(&stage.shop.customer("alice")),
        Who::Staff => call.token(&stage.shop.admin()),
        Who::Guest => call,
    };
    Some(Asked {
        action,
        call,
        done: done && !refused,
        needs_staff: refused && who == Who::Customer,
        needs_login: refused && who == Who::Guest,
        of_nothing,
    })
}

/// One of several things of an order.
struct One {
    id: String,
    status: String,
}

/// The first whose status comes first among these; something that is not there if there is none.
fn one_of(all: Option<&Vec<Value>>, id: &str, statuses: &[&str]) -> One {
    let all = all.map(Vec::as_slice).unwrap_or_default();
    let found = statuses.iter().find_map(|status| all.iter().find(|one| one["status"] == *status));
    match found {
        Some(one) => One {
            id: one[id].as_str().map_or_else(|| one[id].to_string(), str::to_owned),
            status: one["status"].as_str().expect("a status").to_owned(),
        },
        None => One { id: "9".to_owned(), status: String::new() },
    }
}
