//! The rules of five order APIs as policies (`examples/policies`): each is walked through every status, way to pay and actor,
//! and held against what its document says. `docs/coming-from.md` has the documents.

use serde_json::Value;

use super::tests::methods;
use super::*;
use crate::store::Settings;

const ECOLAURA: &str = include_str!("../../../../examples/policies/ecolaura.json");
const ORDER_MANAGEMENT: &str = include_str!("../../../../examples/policies/order-management.json");
const SJOPPIE: &str = include_str!("../../../../examples/policies/sjoppie.json");
const API_ORDERS: &str = include_str!("../../../../examples/policies/api-orders.json");
const MAJARAT: &str = include_str!("../../../../examples/policies/majarat.json");

/// Whether somebody may call off an order that is paid in this way and stands there.
type Rule = fn(&Method, Status) -> bool;

/// The policies of a file that has them whole, and nothing that a store refuses.
fn policies(file: &str) -> Policies {
    let settings: Settings = serde_json::from_str(file).expect("settings");
    assert_eq!(settings.check(), vec![]);
    let written: Value = serde_json::from_str(file).expect("JSON");
    assert_eq!(serde_json::json!({ "policies": settings.policies }), written, "nothing is left to a default");
    assert_eq!(settings, Settings { policies: settings.policies.clone(), ..Settings::default() });
    settings.policies
}

fn check(file: &str, customer: Rule, staff: Rule) -> ReturnPolicy {
    let Policies { cancel, returns } = policies(file);
    for method in methods() {
        for status in Status::ALL {
            let found = (cancel.customer.of(&method).allows(status), cancel.staff.of(&method).allows(status));
            let told = (customer(&method, status), staff(&method, status));
            assert_eq!(found, told, "customer and staff, {}, {status:?}", method.name());
        }
    }
    returns
}

/// What staff can do where a document is silent about staff: everything until a carrier has it.
fn before_the_carrier(_: &Method, status: Status) -> bool {
    matches!(status, Status::Pending | Status::Confirmed | Status::Preparing | Status::Packed)
}

/// What customers can do where a document is silent about when.
fn before_the_parcels_are_closed(_: &Method, status: Status) -> bool {
    matches!(status, Status::Pending | Status::Confirmed | Status::Preparing)
}

/// Ecolaura: "Cancel an order (if eligible)." What is eligible it does not say, but its example gives 150.00 back, so that
/// what was paid can be called off.
#[test]
fn ecolaura_leaves_open_what_is_eligible_so_it_has_the_defaults() {
    let returns = check(ECOLAURA, before_the_parcels_are_closed, before_the_carrier);
    assert_eq!(policies(ECOLAURA).cancel, CancelPolicy::default());
    assert_eq!(returns, ReturnPolicy::default(), "it knows no returns");
    let card = Method::Card { payment_method: "pm_123456789".to_owned() };
    assert!(policies(ECOLAURA).cancel.customer.of(&card).allows(Status::Confirmed));
}

/// Order Management API, its diagram: "Pending --> Cancelled : User cancels", "Confirmed --> Cancelled : Admin cancels". Its
/// orders are confirmed until "Confirmed --> Shipped : Item dispatched", which for us includes `preparing` and `packed`. Staff
/// may call off pending orders as well, which the diagram has no arrow for: a cutoff has no beginning.
#[test]
fn order_management_lets_the_user_cancel_what_is_pending_and_the_admin_what_is_confirmed() {
    let returns = check(ORDER_MANAGEMENT, |_, status| status == Status::Pending, before_the_carrier);
    assert_eq!(returns, ReturnPolicy::default(), "it knows no returns");
}

/// Sjoppie names the status alone: "cancelled: Order has been cancelled".
#[test]
fn sjoppie_says_nothing_about_who_cancels_when_so_it_has_the_defaults() {
    let returns = check(SJOPPIE, before_the_parcels_are_closed, before_the_carrier);
    assert_eq!(policies(SJOPPIE), Policies::default());
    assert_eq!(returns, ReturnPolicy::default(), "it knows no returns");
}

/// api.orders: "PUT /{order_id}/cancel: Cancel order with reason: Validate order can be cancelled (not shipped/delivered)",
/// among its "Customer Endpoints".
#[test]
fn api_orders_lets_customers_cancel_until_it_is_shipped() {
    let not_shipped_or_delivered: Rule =
        |_, status| !matches!(status, Status::Shipped | Status::Delivered | Status::Cancelled);
    let returns = check(API_ORDERS, not_shipped_or_delivered, before_the_carrier);
    assert_eq!(returns, ReturnPolicy::default(), "it knows no returns");
}

/// Majarat: "Order cancellation is allowed only for orders with Cash on Delivery (COD) as the payment method." "Cancellation can
/// be requested before the order status changes to "Packed"." "For online orders, cancellation is not available, and
/// customers can initiate a return request instead." Of staff it says nothing.
#[test]
fn majarat_lets_customers_cancel_cash_on_delivery_until_it_is_packed_and_nothing_else() {
    let cash_before_packed: Rule = |method, status| {
        *method == Method::Cod && matches!(status, Status::Pending | Status::Confirmed | Status::Preparing)
    };
    check(MAJARAT, cash_before_packed, before_the_carrier);
}

/// Majarat: "Return requests can be initiated for both COD and online orders." "Returns can be requested for various reasons, such
/// as damaged items, defective products, or dissatisfaction with the product." Its example has "Damaged items". For how
/// long after the delivery it does not say.
#[test]
fn majarat_takes_back_what_was_delivered_for_the_reasons_that_it_names() {
    let returns = policies(MAJARAT).returns;
    assert_eq!(
        returns.reasons,
        ["Damaged items", "Defective products", "Dissatisfaction with the product", "Other"]
    );
    assert_eq!(returns.window_days, ReturnPolicy::default().window_days);
}
