//! Orders that go in parts (C9, C10).

use super::super::fixtures::*;
use super::super::payment::PaymentStatus;
use super::super::*;
use crate::limits;
use crate::stock::Allocation;

fn part(key: &str, lines: &[Units]) -> Command {
    fulfill(key, Some(lines), None)
}

/// Numbers of the parcels, and how far each is.
fn stand(case: &Case) -> Vec<(u16, ShipmentState)> {
    case.order.shipments().iter().map(|shipment| (shipment.number(), shipment.state)).collect()
}

/// Units that have left, of a thing.
fn gone(case: &Case, sku: &str) -> u32 {
    let shipped = case.effects.iter().flat_map(|effects| &effects.shipped);
    shipped.filter(|part: &&Allocation| part.sku.to_string() == sku).map(|part| part.quantity).sum()
}

#[test]
fn a_part_goes_in_a_parcel_of_its_own_and_the_rest_is_planned_beside_it() {
    use ShipmentState::{Planned, Shipped};
    let mut case = Case::paid();
    case.staff(&part("f1", &[units(2, 1), units(3, 7)]));
    assert_eq!(stand(&case), [(1, Shipped), (2, Shipped), (3, Planned), (4, Planned)]);
    assert_eq!(
        (case.order.status, case.order.fulfillment),
        (Status::Preparing, FulfillmentStatus::PartiallyFulfilled)
    );
    assert_eq!((gone(&case, "book"), gone(&case, "tea"), gone(&case, "mug")), (1, 7, 0));
    assert_eq!(case.staff(&part("f1", &[units(2, 1), units(3, 7)])), [], "a request sent again");
    assert_eq!(case.refuses(&staff(), &part("f1", &[units(2, 1)])), Rejection::KeyReused);
    case.staff(&Command::SHIP);
    assert_eq!((case.order.status, case.order.fulfillment), (Status::Shipped, FulfillmentStatus::Fulfilled));
    assert_eq!((gone(&case, "book"), gone(&case, "tea"), gone(&case, "mug")), (2, 7, 3));
    assert!(held(&case.order, &case.document).is_empty());
}

#[test]
fn what_is_a_parcel_already_goes_as_it_is() {
    let mut case = Case::paid();
    case.staff(&Command::PREPARE);
    case.staff(&Command::Pack { parcel: Some(1) });
    let first = case.order.shipment(1).expect("it is planned").parcel;
    let events = case.staff(&part("f1", &first.lines));
    let names: Vec<_> = events.iter().map(EventKind::name).collect();
    assert_eq!(names, ["parcel_shipped"], "nothing is planned anew");
    assert_eq!(stand(&case)[1], (2, ShipmentState::Planned));
}

#[test]
fn a_parcel_that_is_planned_anew_has_another_number() {
    let mut case = Case::paid();
    case.staff(&Command::PREPARE);
    case.staff(&part("f1", &[units(1, 1)]));
    let numbers: Vec<u16> = stand(&case).iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, [3, 4, 5]);
    assert_eq!(case.refuses(&staff(), &Command::Pack { parcel: Some(1) }), Rejection::UnknownShipment);
}

#[test]
fn the_order_stands_where_the_least_of_its_parcels_does() {
    let mut case = Case::paid();
    case.staff(&Command::PREPARE);
    let steps = [
        (Command::Ship { parcel: Some(1), courier: None }, Status::Preparing),
        (Command::Deliver { parcel: Some(1) }, Status::Preparing),
        (Command::Pack { parcel: Some(2) }, Status::Packed),
        (Command::Ship { parcel: Some(2), courier: None }, Status::Shipped),
        (Command::Deliver { parcel: Some(2) }, Status::Delivered),
    ];
    for (at, (command, status)) in steps.iter().enumerate() {
        case.staff(command);
        assert_eq!(case.order.status, *status, "{command:?}");
        for (done, _) in &steps[..=at] {
            assert_eq!(case.staff(done), [], "{done:?} again");
        }
    }
}

#[test]
fn what_is_not_far_enough_or_unknown_is_not_moved() {
    let mut case = Case::paid();
    case.staff(&Command::PREPARE);
    let of = |parcel: u16| Command::Deliver { parcel: Some(parcel) };
    assert!(matches!(case.refuses(&staff(), &of(1)), Rejection::WrongStatus { .. }));
    case.staff(&Command::Ship { parcel: Some(1), courier: None });
    let state = ShipmentState::Planned;
    assert_eq!(case.refuses(&staff(), &of(2)), Rejection::ShipmentNotOpen { state });
    assert_eq!(case.refuses(&staff(), &of(9)), Rejection::UnknownShipment);
    assert!(matches!(case.refuses(&staff(), &Command::DELIVER), Rejection::WrongStatus { .. }));
    let short = Rejection::NotEnoughUnits { line: 2, left: 0 };
    assert_eq!(case.refuses(&staff(), &part("f1", &[units(2, 1)])), short, "the books have left");
}

#[test]
fn once_a_part_has_left_the_rest_alone_can_be_called_off() {
    let mut case = Case::paid();
    case.staff(&part("f1", &[units(2, 2)]));
    assert_eq!(case.refuses(&Actor::Customer, &cancel()), Rejection::PartlyShipped);
    case.customer(&cancel_lines("c1", &[units(1, 3), units(3, 7)]));
    assert_eq!(
        (case.order.status, stand(&case).len()),
        (Status::Shipped, 1),
        "what has left is all there is"
    );
    assert!(held(&case.order, &case.document).is_empty());
}

#[test]
fn what_is_paid_on_delivery_is_collected_less_the_rest_that_is_called_off_last() {
    let mut case = Case::cod();
    case.staff(&part("f1", &[units(2, 2)]));
    case.staff(&Command::Deliver { parcel: Some(1) });
    let events = case.customer(&cancel_lines("c1", &[units(1, 3), units(3, 7)]));
    let owed = case.order.sums().owed();
    assert_eq!(events[1..], [EventKind::Delivered, EventKind::Collected { amount: owed }]);
    assert_eq!((case.order.payment_status(), case.order.sums().balance_minor()), (PaymentStatus::Paid, 0));
}

#[test]
fn a_courier_is_named_with_the_parcel_or_alone_and_a_better_name_replaces_it() {
    let mut case = Case::paid();
    case.staff(&Command::PREPARE);
    let name = |parcel: Option<u16>, who: &str| Command::NameCourier { parcel, courier: courier(who) };
    assert_eq!(case.refuses(&staff(), &name(None, "bike")), Rejection::WhichShipment { shipments: 2 });
    case.staff(&name(Some(1), "bike"));
    assert_eq!(case.staff(&name(Some(1), "bike")), []);
    case.staff(&Command::Ship { parcel: Some(1), courier: None });
    assert_eq!(case.order.shipment(1).expect("it left").courier, Some(courier("bike")));
    case.staff(&Command::Ship { parcel: Some(2), courier: Some(courier("van")) });
    case.staff(&name(Some(2), "post"));
    assert_eq!(case.order.shipment(2).expect("it left").courier, Some(courier("post")));
}

#[test]
fn the_log_of_an_order_is_bounded_and_the_rest_can_always_go() {
    let mut case = Case::paid();
    let planned = case.staff(&Command::PREPARE);
    for _ in 1..limits::PLANS {
        case.happens(&Actor::Worker, &planned);
    }
    assert_eq!(case.refuses(&staff(), &part("f1", &[units(1, 1)])), Rejection::TooMany { what: "shipments" });
    for at in 0..limits::COURIERS {
        case.staff(&Command::NameCourier { parcel: Some(1), courier: courier(&format!("post {at}")) });
    }
    let another = Command::NameCourier { parcel: Some(1), courier: courier("another") };
    assert_eq!(case.refuses(&staff(), &another), Rejection::TooMany { what: "couriers" });
    case.staff(&fulfill("f2", None, None));
    assert_eq!(case.order.status, Status::Shipped);
}
