//! Where an order is, on the wire (R4).

use serde::Serialize;
use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::quote::EcoView;
use super::shipment::CourierView;
use super::units::UnitsView;
use crate::carrier::{Checkpoint, TrackStatus};
use crate::ids::OrderId;
use crate::order::{Order, Shipment, ShipmentState, Status};
use crate::placement::Document;
use crate::time::{Timestamp, iso_date};

/// Where the parcels are (R4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TrackingView {
    /// The order.
    pub order_id: OrderId,
    /// The number that people read out.
    pub order_number: String,
    /// Where it stands.
    pub status: Status,
    /// When it was placed.
    pub placed_at: String,
    /// When it was confirmed.
    pub confirmed_at: Option<String>,
    /// When the warehouse began.
    pub preparing_at: Option<String>,
    /// When the last of its parcels was closed; none while one is not.
    pub packed_at: Option<String>,
    /// When the last of its parcels left; none while one has not.
    pub shipped_at: Option<String>,
    /// When the last of its parcels arrived; none while one has not.
    pub delivered_at: Option<String>,
    /// When it was called off.
    pub cancelled_at: Option<String>,
    /// When it should arrive, as promised.
    pub estimated_delivery: String,
    /// The day of the week that it arrived on, or should.
    pub delivery_day: String,
    /// How it is against that promise; none once it is off.
    pub delay_status: Option<DelayStatus>,
    /// What is known of its way, oldest first.
    pub checkpoints: Vec<CheckpointView>,
    /// Each of its parcels that has left or is planned.
    pub shipments: Vec<ShipmentTrackingView>,
    /// What sending it emits, and what the store does about it.
    pub eco_impact: EcoView,
}

/// How an order is against its promise. Days are those of UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DelayStatus {
    /// It arrived before the promised day.
    Early,
    /// It arrived on the promised day, or can.
    OnTime,
    /// It did not arrive by the promised day.
    Late,
}

/// A point on the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckpointView {
    /// When.
    pub at: String,
    /// What happened there.
    pub status: &'static str,
    /// Where, if it was at a place.
    pub location: Option<String>,
    /// In the carrier's words, if it tells of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// Where one parcel is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShipmentTrackingView {
    /// Its number within the order.
    pub shipment_id: u16,
    /// How far it is.
    pub status: ShipmentState,
    /// What is in it.
    pub lines: Vec<UnitsView>,
    /// Who carries it, once that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub courier: Option<CourierView>,
    /// When it was closed.
    pub packed_at: Option<String>,
    /// When it left.
    pub shipped_at: Option<String>,
    /// When it arrived.
    pub delivered_at: Option<String>,
    /// What is known of its way, oldest first.
    pub checkpoints: Vec<CheckpointView>,
}

/// What of an order's log is a point on its way.
const MILESTONES: [&str; 7] =
    ["placed", "confirmed", "preparing", "packed", "shipped", "delivered", "cancelled"];

impl TrackingView {
    /// Where an order's parcels are at `now`, if their carriers have told this about them, by their numbers.
    pub fn of(
        order: &Order,
        document: &Document,
        told: &BTreeMap<u16, Vec<Checkpoint>>,
        now: Timestamp,
    ) -> Self {
        let first = |name: &str| order.log.iter().find(|event| event.kind.name() == name);
        let at = |name: &str| first(name).map(|event| event.at.rfc3339());
        let shipments = order.shipments();
        let promised = order.estimated_delivery.date();
        let delivered = first("delivered").map(|event| event.at);
        Self {
            order_id: order.id,
            order_number: order.number().to_string(),
            status: order.status,
            placed_at: order.placed_at.rfc3339(),
            confirmed_at: at("confirmed"),
            preparing_at: at("preparing"),
            packed_at: last(order, &shipments, packed_at),
            shipped_at: last(order, &shipments, |shipment| shipment.shipped_at),
            delivered_at: delivered.map(Timestamp::rfc3339),
            cancelled_at: at("cancelled"),
            estimated_delivery: iso_date(promised),
            delivery_day: delivered.map_or(promised, Timestamp::date).weekday().to_string(),
            delay_status: DelayStatus::of(order, delivered, now),
            checkpoints: milestones(order),
            shipments: shipments
                .iter()
                .map(|shipment| {
                    let told = told.get(&shipment.number()).map(Vec::as_slice);
                    ShipmentTrackingView::of(shipment, told.unwrap_or_default())
                })
                .collect(),
            eco_impact: EcoView::of(order, document),
        }
    }
}

impl DelayStatus {
    fn of(order: &Order, delivered: Option<Timestamp>, now: Timestamp) -> Option<Self> {
        let by_promise = delivered.unwrap_or(now).date().cmp(&order.estimated_delivery.date());
        match by_promise {
            _ if order.status == Status::Cancelled => None,
            Ordering::Greater => Some(Self::Late),
            Ordering::Less if delivered.is_some() => Some(Self::Early),
            Ordering::Less | Ordering::Equal => Some(Self::OnTime),
        }
    }
}

impl ShipmentTrackingView {
    fn of(shipment: &Shipment, told: &[Checkpoint]) -> Self {
        let at = |moment: Option<Timestamp>| moment.map(Timestamp::rfc3339);
        Self {
            shipment_id: shipment.number(),
            status: shipment.state,
            lines: UnitsView::all(&shipment.parcel.lines),
            courier: shipment.courier.as_ref().map(CourierView::of),
            packed_at: at(packed_at(shipment)),
            shipped_at: at(shipment.shipped_at),
            delivered_at: at(shipment.delivered_at),
            checkpoints: way(shipment, told),
        }
    }
}

/// When a parcel was closed: at the latest when it left.
fn packed_at(shipment: &Shipment) -> Option<Timestamp> {
    shipment.packed_at.or(shipment.shipped_at)
}

/// When all parcels were so far; none while a unit is in no parcel, or in one that was not.
fn last(order: &Order, shipments: &[Shipment], when: fn(&Shipment) -> Option<Timestamp>) -> Option<String> {
    let whole = !matches!(order.status, Status::Pending | Status::Confirmed | Status::Cancelled);
    let moments: Option<Vec<Timestamp>> = shipments.iter().map(when).collect();
    moments?.into_iter().max().filter(|_| whole).map(Timestamp::rfc3339)
}

/// How the order as a whole came to where it stands. This line only goes forward: what is left of an order is planned anew when
/// a part of it left or was called off, and then it began when it first did, and points beyond where it stands are to come again.
fn milestones(order: &Order) -> Vec<CheckpointView> {
    let place = |name: &str| MILESTONES.iter().position(|known| *known == name);
    let mut line: Vec<(usize, CheckpointView)> = Vec::new();
    for event in &order.log {
        let Some(at) = place(event.kind.name()) else { continue };
        line.retain(|(before, _)| *before <= at);
        if line.last().is_none_or(|(before, _)| *before < at) {
            line.push((at, point(event.at, event.kind.name())));
        }
    }
    // An order that is pending is placed, and no more.
    let stands = place(order.status.as_str()).unwrap_or_default();
    line.into_iter().filter(|(at, _)| *at <= stands).map(|(_, point)| point).collect()
}

/// What happened to a parcel: our own points, and between them what its carrier tells, by the time that it names. Of what both know,
/// the carrier knows more.
fn way(shipment: &Shipment, told: &[Checkpoint]) -> Vec<CheckpointView> {
    let is_told = |status: TrackStatus| told.iter().any(|point| point.status == status);
    let left = shipment.shipped_at.filter(|_| !told.iter().any(|point| point.status.is_with_carrier()));
    let arrived = shipment.delivered_at.filter(|_| !is_told(TrackStatus::Delivered));
    let ours = [
        (shipment.packed_at, ShipmentState::Packed),
        (left, ShipmentState::Shipped),
        (arrived, ShipmentState::Delivered),
    ];
    let ours = ours.into_iter().filter_map(|(at, state)| Some((at?, point(at?, state.as_str()))));
    let told = told.iter().map(|seen| {
        let (location, message) = (seen.location.clone(), Some(seen.message.clone()));
        let view = CheckpointView { location, message, ..point(seen.at, seen.status.as_str()) };
        (seen.at, view)
    });
    let mut way: Vec<_> = ours.chain(told).collect();
    way.sort_by_key(|(at, _)| *at);
    way.into_iter().map(|(_, view)| view).collect()
}

fn point(at: Timestamp, status: &'static str) -> CheckpointView {
    CheckpointView { at: at.rfc3339(), status, location: None, message: None }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::order::Command;
    use crate::order::fixtures::{Case, DAY_SECONDS, cancel, cancel_lines, courier, fulfill, units};

    fn seen(case: &Case) -> TrackingView {
        TrackingView::of(&case.order, &case.document, &BTreeMap::new(), case.now)
    }

    /// Promised for a Wednesday, three days after its placement.
    fn arrived_after(days: i64) -> (Option<DelayStatus>, String) {
        let mut case = Case::paid();
        case.ship();
        case.later(days * DAY_SECONDS);
        case.system(&Command::DELIVER);
        case.later(9 * DAY_SECONDS);
        let seen = seen(&case);
        (seen.delay_status, seen.delivery_day)
    }

    #[test]
    fn an_order_is_early_in_time_or_late_by_the_day_that_it_arrived() {
        assert_eq!(arrived_after(2), (Some(DelayStatus::Early), "Tuesday".into()));
        assert_eq!(arrived_after(3), (Some(DelayStatus::OnTime), "Wednesday".into()));
        assert_eq!(arrived_after(4), (Some(DelayStatus::Late), "Thursday".into()));
    }

    #[test]
    fn an_order_on_its_way_is_in_time_until_the_promised_day_is_over() {
        let mut case = Case::paid();
        for (days, wanted) in [(0, DelayStatus::OnTime), (3, DelayStatus::OnTime), (1, DelayStatus::Late)] {
            case.later(days * DAY_SECONDS);
            let seen = seen(&case);
            assert_eq!((seen.delay_status, seen.delivery_day.as_str()), (Some(wanted), "Wednesday"));
        }
        case.customer(&cancel());
        assert_eq!(seen(&case).delay_status, None);
    }

    /// The order's own line: each state, and minutes since its placement.
    fn line(case: &Case) -> Vec<(&'static str, i64)> {
        let view = seen(case);
        let minutes = |at: &str| {
            let at = Timestamp::parse_rfc3339(at).expect("a moment");
            at.seconds_since(case.order.placed_at) / 60
        };
        view.checkpoints.iter().map(|point| (point.status, minutes(&point.at))).collect()
    }

    #[test]
    fn the_line_of_an_order_only_goes_forward_whatever_becomes_of_its_parts() {
        let mut case = Case::paid();
        let began = [("placed", 0), ("confirmed", 0), ("preparing", 1)];
        let steps: [(Command, &[(&str, i64)]); 6] = [
            (Command::PREPARE, &[]),
            (fulfill("f1", Some(&[units(2, 1)]), None), &[]),
            (fulfill("f2", Some(&[units(1, 1)]), None), &[]),
            (Command::PACK, &[("packed", 4)]),
            (Command::SHIP, &[("packed", 4), ("shipped", 5)]),
            (Command::DELIVER, &[("packed", 4), ("shipped", 5), ("delivered", 6)]),
        ];
        for (step, since) in steps {
            case.later(60);
            case.staff(&step);
            assert_eq!(line(&case), [&began[..], since].concat(), "{step:?}");
        }
        assert!(case.names().iter().filter(|name| **name == "preparing").count() > 1, "planned anew");
    }

    #[test]
    fn a_packed_order_that_is_to_be_packed_again_is_packed_no_more() {
        let mut case = Case::paid();
        for (step, newest) in [
            (Command::PREPARE, ("preparing", 1)),
            (Command::PACK, ("packed", 2)),
            (cancel_lines("c", &[units(1, 1)]), ("confirmed", 0)),
            (Command::PREPARE, ("preparing", 1)),
            (Command::PACK, ("packed", 5)),
            (cancel(), ("cancelled", 6)),
        ] {
            case.later(60);
            case.staff(&step);
            let line = line(&case);
            assert_eq!(line.last(), Some(&newest), "{step:?}");
            let states: BTreeSet<&str> = line.iter().map(|(state, _)| *state).collect();
            assert!(states.len() == line.len() && line.is_sorted_by_key(|(_, at)| *at), "{line:?}");
        }
    }

    #[test]
    fn the_order_is_packed_sent_and_delivered_when_its_last_parcel_was() {
        let mut case = Case::paid();
        case.system(&Command::PREPARE);
        let steps = [
            Command::Pack { parcel: Some(1) },
            Command::Ship { parcel: Some(1), courier: Some(courier("post")) },
            Command::Deliver { parcel: Some(1) },
            Command::Ship { parcel: Some(2), courier: None },
        ];
        for step in &steps {
            case.later(60);
            assert_eq!((seen(&case).packed_at, seen(&case).shipped_at), (None, None));
            case.staff(step);
        }
        let sent = Some(case.now.rfc3339());
        assert_eq!((seen(&case).packed_at, seen(&case).shipped_at), (sent.clone(), sent));
        case.later(60);
        case.staff(&Command::DELIVER);
        let seen = seen(&case);
        assert_eq!(seen.delivered_at, Some(case.now.rfc3339()));
        let way: Vec<_> =
            seen.shipments.iter().map(|one| one.checkpoints.iter().map(|point| point.status)).collect();
        let way: Vec<Vec<_>> = way.into_iter().map(Iterator::collect).collect();
        assert_eq!(way, [vec!["packed", "shipped", "delivered"], vec!["shipped", "delivered"]]);
        assert_eq!(seen.shipments[0].courier.as_ref().map(|courier| courier.name.as_str()), Some("post"));
        let points: Vec<_> = seen.checkpoints.iter().map(|point| point.status).collect();
        assert_eq!(points, ["placed", "confirmed", "preparing", "shipped", "delivered"]);
    }
}
