//! What the log of an order comes to, added up in another way than the order does it.

use std::collections::BTreeMap;

use super::provider::Provider;
use crate::order::{Cause, EventKind, Order, Status};
use crate::placement::Document;

/// What became of the units of a line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) ordered: u32,
    pub(super) cancelled: u32,
    pub(super) credited: u32,
    pub(super) returning: u32,
    pub(super) returned: u32,
    pub(super) packed: u32,
    pub(super) sent: u32,
    pub(super) delivered: u32,
    /// Paid back, and still with the store or the customer.
    kept_for_nothing: u32,
}

impl Line {
    /// Units go: first those that were paid back before.
    fn go(&mut self, units: u32) {
        self.kept_for_nothing = self.kept_for_nothing.saturating_sub(units);
    }
}

/// How far money is on its way back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Asked,
    Back,
    Failed,
}

/// Sums in minor units.
#[derive(Debug, Default)]
pub(super) struct Audit {
    pub(super) captured: i64,
    pub(super) requested: i64,
    pub(super) refunded: i64,
    /// What failed to go back and was not asked for again.
    pub(super) failed: i64,
    pub(super) disputed: i64,
    /// What was paid by hand.
    pub(super) by_hand: i64,
    /// Given away without units or delivery for it.
    pub(super) gifts: i64,
    /// Whether somebody gave money back without asking us.
    pub(super) outside: bool,
    /// Whether a refund was asked for that only the money of another one, which had failed, could pay.
    pub(super) instead: bool,
    /// Whether all that was left was given back while a bank had a part of it: less than the units cost.
    pub(super) cut: bool,
    pub(super) lines: Vec<Line>,
    /// How often the delivery charge was given back.
    pub(super) deliveries: u32,
}

impl Audit {
    pub(super) fn of(order: &Order, document: &Document, provider: &Provider) -> Self {
        let ordered = |line: &crate::placement::Line| Line { ordered: line.quantity, ..Line::default() };
        let lines = document.lines.iter().map(ordered).collect();
        let mut audit = Self { lines, outside: provider.was_used_by_hand(), ..Self::default() };
        let mut refunds: BTreeMap<&str, (i64, Way)> = BTreeMap::new();
        let mut disputes: BTreeMap<&str, i64> = BTreeMap::new();
        let mut returns: BTreeMap<u16, &[crate::order::Units]> = BTreeMap::new();
        let mut parcels: BTreeMap<u16, &Vec<crate::order::Units>> = BTreeMap::new();
        let mut packed: Vec<u16> = Vec::new();
        for event in &order.log {
            match &event.kind {
                EventKind::Paid { amount, .. } | EventKind::Collected { amount } => {
                    audit.captured += amount.minor();
                }
                EventKind::Prepared { parcels: planned, .. } => {
                    audit.open_parcels();
                    parcels.extend(planned.iter().map(|parcel| (parcel.number, &parcel.lines)));
                }
                EventKind::ParcelPacked { parcel } => {
                    for units in parcels[parcel] {
                        audit.line(units.line).packed += units.quantity;
                    }
                    packed.push(*parcel);
                }
                EventKind::ParcelShipped { parcel, .. } => {
                    let closed = packed.contains(parcel);
                    for units in parcels[parcel] {
                        let line = audit.line(units.line);
                        line.sent += units.quantity;
                        line.packed -= if closed { units.quantity } else { 0 };
                    }
                }
                EventKind::ParcelDelivered { parcel } => {
                    for units in parcels[parcel] {
                        audit.line(units.line).delivered += units.quantity;
                    }
                }
                EventKind::Cancelled { .. } => audit.open_parcels(),
                EventKind::LinesCancelled { lines, .. } => {
                    audit.open_parcels();
                    for units in lines {
                        let line = audit.line(units.line);
                        line.cancelled += units.quantity;
                        line.go(units.quantity);
                    }
                }
                EventKind::RefundRequested { refund, amount, cause, lines, delivery, .. } => {
                    let promised: i64 = refunds.values().map(|(amount, _)| amount).sum();
                    let free = audit.captured - promised - disputes.values().sum::<i64>();
                    let fails = refunds.values().any(|(_, way)| *way == Way::Failed);
                    // What follows by itself may do so only while a bank has some of the money.
                    let may = cause.credits() || !disputes.is_empty();
                    audit.instead |= may && fails && amount.minor() > free;
                    audit.cut |= *cause == Cause::Full && !disputes.is_empty();
                    refunds.insert(refund, (amount.minor(), Way::Asked));
                    for units in lines {
                        audit.line(units.line).kept_for_nothing += units.quantity;
                    }
                    audit.deliveries += u32::from(*delivery);
                    if matches!(cause, Cause::Amount | Cause::Goodwill) {
                        audit.gifts += amount.minor();
                    }
                }
                EventKind::Refunded { refund, .. } => turn(&mut refunds, refund, Way::Back),
                EventKind::RefundSettled { refund, .. } => {
                    turn(&mut refunds, refund, Way::Back);
                    audit.by_hand += refunds[refund.as_str()].0;
                }
                EventKind::RefundFailed { refund, .. } => turn(&mut refunds, refund, Way::Failed),
                EventKind::RefundRetried { refund } => turn(&mut refunds, refund, Way::Asked),
                EventKind::RefundedOutside { amount, .. } => {
                    audit.refunded += amount.minor();
                }
                EventKind::Disputed { dispute, amount, .. } => {
                    assert_eq!(disputes.insert(dispute, amount.minor()), None, "disputed twice: {dispute}");
                }
                EventKind::DisputeClosed { dispute, won: true } => {
                    assert!(disputes.remove(dispute.as_str()).is_some(), "closed and not open: {dispute}");
                }
                EventKind::ReturnRequested { id, lines, .. } => {
                    assert_eq!(returns.insert(*id, lines), None, "return {id} twice");
                }
                EventKind::ReturnRejected { id, .. } => {
                    assert!(returns.remove(id).is_some(), "return {id} is not open");
                }
                EventKind::ReturnReceived { id, lines, delivery, .. } => {
                    assert!(returns.remove(id).is_some(), "return {id} is not open");
                    for received in lines {
                        let line = audit.line(received.line);
                        line.returned += received.restocked + received.scrapped;
                        line.go(received.restocked + received.scrapped);
                    }
                    audit.deliveries += u32::from(*delivery);
                }
                _ => {}
            }
        }
        for units in returns.values().copied().flatten() {
            audit.line(units.line).returning += units.quantity;
        }
        for line in &mut audit.lines {
            line.credited = line.cancelled + line.returned + line.kept_for_nothing;
        }
        audit.disputed = disputes.values().sum();
        for (amount, way) in refunds.into_values() {
            match way {
                Way::Asked => audit.requested += amount,
                Way::Back => audit.refunded += amount,
                Way::Failed => audit.failed += amount,
            }
        }
        audit
    }

    /// Parcels that were closed and have not left are not any more.
    fn open_parcels(&mut self) {
        for line in &mut self.lines {
            line.packed = 0;
        }
    }

    fn line(&mut self, number: u16) -> &mut Line {
        &mut self.lines[usize::from(number) - 1]
    }

    /// What is owed, if no money left without our being asked: the price of every unit that the customer keeps, and of the
    /// delivery unless it was given back, less what was given away.
    pub(super) fn owed(&self, order: &Order, document: &Document) -> i64 {
        if order.status == Status::Cancelled {
            return 0;
        }
        let quote = &document.quote;
        let kept: i64 = quote
            .lines
            .iter()
            .zip(&self.lines)
            .map(|(amounts, line)| amounts.of_units(line.credited..line.ordered).total.minor())
            .sum();
        let delivery = if self.deliveries == 0 { quote.delivery.total.minor() } else { 0 };
        (kept + delivery - self.gifts).max(0)
    }
}

fn turn<'a>(refunds: &mut BTreeMap<&'a str, (i64, Way)>, id: &'a str, way: Way) {
    refunds.get_mut(id).expect("a refund was requested before anything became of it").1 = way;
}

/// What happens once at most, or once for each payment, refund, return and dispute.
pub(super) fn once_is_once(order: &Order) {
    let mut seen: Vec<(&str, &str, u16)> = Vec::with_capacity(order.log.len());
    for event in &order.log {
        let (about, number) = match &event.kind {
            EventKind::PaymentStarted { intent: about }
            | EventKind::CheckoutOpened { session: about }
            | EventKind::PaymentChosen { key: about, .. }
            | EventKind::RefundRequested { refund: about, .. }
            | EventKind::RefundSettled { refund: about, .. }
            | EventKind::Refunded { provider: about, .. }
            | EventKind::RefundedOutside { provider: about, .. }
            | EventKind::Disputed { dispute: about, .. }
            | EventKind::DisputeClosed { dispute: about, .. } => (about.as_str(), 0),
            EventKind::BillIssued { place, .. } => ("", u16::try_from(*place).unwrap_or(u16::MAX)),
            EventKind::ReturnRequested { id, .. }
            | EventKind::ReturnApproved { id }
            | EventKind::ReturnRejected { id, .. }
            | EventKind::ReturnReceived { id, .. }
            | EventKind::ParcelShipped { parcel: id, .. }
            | EventKind::ParcelDelivered { parcel: id }
            | EventKind::LabelBought { parcel: id, .. }
            | EventKind::LabelVoidRequested { parcel: id }
            | EventKind::LabelVoided { parcel: id } => ("", *id),
            EventKind::Placed { .. }
            | EventKind::Confirmed
            | EventKind::PaymentAuthorized { .. }
            | EventKind::Paid { .. }
            | EventKind::Collected { .. }
            | EventKind::Shipped
            | EventKind::Delivered
            | EventKind::Cancelled { .. } => ("", 0),
            // Parcels are planned anew when a part is called off; attempts to pay are refused and replaced; a refund can
            // fail, be asked for again and fail again.
            EventKind::ParcelPacked { .. }
            | EventKind::CourierNamed { .. }
            | EventKind::LabelWanted { .. }
            | EventKind::LabelRequested { .. }
            | EventKind::LabelFailed { .. }
            | EventKind::Prepared { .. }
            | EventKind::Packed
            | EventKind::LinesCancelled { .. }
            | EventKind::PaymentPending
            | EventKind::PaymentReplaced
            | EventKind::PaymentFailed { .. }
            | EventKind::PaymentVoided
            | EventKind::RefundFailed { .. }
            | EventKind::RefundRetried { .. }
            | EventKind::NotesChanged { .. } => continue,
        };
        // A refund of ours and one from outside are one thing to the provider; a payment is taken or collected.
        let name = match event.kind.name() {
            "refunded_outside" => "refunded",
            "collected" => "paid",
            name => name,
        };
        assert!(!seen.contains(&(name, about, number)), "{name} twice: {}", told(order));
        seen.push((name, about, number));
    }
    let numbered = order.log.iter().zip(1..).all(|(event, number)| event.sequence == number);
    assert!(numbered && order.log.is_sorted_by_key(|event| event.at), "{}", told(order));
}

/// An order, for who has to find out what went wrong with it.
pub(super) fn told(order: &Order) -> String {
    let line = |event: &crate::order::Event| {
        let kind = serde_json::to_string(&event.kind).unwrap_or_default();
        format!("{:>9} s {}: {kind}\n", event.at.seconds_since(order.placed_at), event.actor)
    };
    let log: String = order.log.iter().map(line).collect();
    format!("the order is {}, {:?}\n{log}", order.status.as_str(), order.payment)
}
