//! From an order to its bills.

use std::ops::Range;

use super::credits::{Credit, Occasion, Part, credits};
use super::issue::is_billable;
use super::split::{Split, money};
use super::{
    Adjustment, AdjustmentKind, Delivery, Discounts, Invoice, Issue, Kind, Line, NotBillable, Settlement,
    Subject, Supply, TaxSum,
};
use crate::money::Money;
use crate::order::payment::State;
use crate::order::{EventKind, Order, apply};
use crate::placement::Document;
use crate::pricing::{DeliveryQuote, LineAmounts, TaxAmount, UnitAmounts, spread};
use crate::store::{Seller, Settings};

/// A credit note to be: a credit, and what of it was billed.
pub(super) struct Note<'a> {
    pub credit: &'a Credit,
    /// By tax.
    pub split: Split,
    /// What its goods and its delivery cost, by tax.
    pub worth: Split,
}

/// What a bill is made of, before it is named and dated.
struct Body {
    lines: Vec<Line>,
    delivery: Option<Delivery>,
    adjustment: Option<Adjustment>,
    split: Split,
    occasion: Option<Occasion>,
    settlement: Settlement,
    supply: Option<Supply>,
}

impl Invoice {
    /// The bill of a record. `settings` are those of the version that the record names.
    ///
    /// # Errors
    /// The record is not one of this order.
    pub fn of(
        order: &Order,
        document: &Document,
        settings: &Settings,
        issue: &Issue,
    ) -> Result<Self, NotBillable> {
        let then = as_of(order, issue.sequence).ok_or(NotBillable::NothingToBill)?;
        let body = match &issue.subject {
            Subject::Order => invoice(&then, document)?,
            Subject::Credit { event, invoiced, .. } => credit_note(&then, document, *event, *invoiced)?,
        };
        let corrects = match &issue.subject {
            Subject::Order => None,
            Subject::Credit { invoice, .. } => Some(invoice.clone()),
        };
        let Body { lines, delivery, adjustment, split, occasion, settlement, supply } = body;
        Ok(Self {
            kind: issue.subject.kind(),
            number: issue.number.clone(),
            corrects,
            occasion,
            issued_at: issue.at,
            supply,
            layout: issue.layout,
            language: issue.language.clone(),
            order: order.id,
            order_number: order.number(),
            ordered_at: order.placed_at,
            seller: seller(settings),
            buyer: document.billing_address.clone(),
            ship_to: document.shipping_address.clone(),
            currency: document.quote.total.currency(),
            prices_include_tax: document.quote.prices_include_tax,
            discounts: discounts(&lines, document),
            lines,
            delivery,
            adjustment,
            taxes: split.taxes(),
            untaxed: split.untaxed(),
            net: split.money(split.net()),
            tax: split.money(split.total() - split.net()),
            total: split.money(split.total()),
            method: then.payment.method.name(),
            settlement,
        })
    }
}

/// The order as it stood after an entry of its log.
fn as_of(order: &Order, sequence: u64) -> Option<Order> {
    order
        .log
        .iter()
        .take_while(|event| event.sequence <= sequence)
        .fold(None, |order, event| apply(order, std::slice::from_ref(&event.kind), &event.actor, event.at))
}

fn seller(settings: &Settings) -> Seller {
    let sender = settings.sender.as_ref().map(|sender| sender.name.clone());
    let seller = settings.invoices.seller.clone();
    Seller { name: seller.name.or(sender), ..seller }
}

fn invoice(order: &Order, document: &Document) -> Result<Body, NotBillable> {
    if !is_billable(order) {
        return Err(NotBillable::NothingToBill);
    }
    let credits = credits(order, document);
    let billed = billed(&credits, document, order.version());
    let lines = billed.iter().enumerate().filter_map(|(at, units)| line(document, at, units)).collect();
    let quote = &document.quote.delivery;
    let shipped = order.log.iter().find(|event| event.kind == EventKind::Shipped);
    Ok(Body {
        lines,
        delivery: (!quote.total.is_zero()).then(|| delivery(quote)),
        adjustment: None,
        split: split_of(document, &billed, true),
        occasion: None,
        settlement: paid(order),
        supply: Some(match shipped {
            Some(event) => Supply::Shipped(event.at.date()),
            None => Supply::Promised(order.estimated_delivery.date()),
        }),
    })
}

/// The units of each line that an invoice of this entry of the log is for: all but those that were called off before.
fn billed(credits: &[Credit], document: &Document, invoiced: u64) -> Vec<Vec<Range<u32>>> {
    let mut billed: Vec<Vec<Range<u32>>> =
        document.lines.iter().map(|line| vec![Range { start: 0, end: line.quantity }]).collect();
    let off = credits.iter().filter(|credit| is_before(credit, invoiced)).flat_map(|credit| &credit.parts);
    for Part { line, units } in off {
        if let Some(ranges) = billed.get_mut(*line) {
            *ranges = ranges
                .iter()
                .flat_map(|range| {
                    [range.start..range.end.min(units.start), range.start.max(units.end)..range.end]
                })
                .filter(|range| !range.is_empty())
                .collect();
        }
    }
    billed
}

/// Whether a credit was called off before the invoice, which then never had it.
fn is_before(credit: &Credit, invoiced: u64) -> bool {
    credit.occasion == Occasion::CalledOff && credit.sequence <= invoiced
}

/// The credit notes of an invoice, in the order in which things were taken off. Each gives back no more of a tax than is left
/// of it: what units cost where it is for units, and else a part of everything that is left. So goodwill, too, takes its
/// part of each tax: it is a lower price, and a tax is on what is paid in the end (Directive 2006/112/EC, Article 90;
/// Court of Justice, C-317/94 Elida Gibbs, 31).
pub(super) fn notes<'a>(credits: &'a [Credit], document: &Document, invoiced: u64) -> Vec<Note<'a>> {
    let mut left = split_of(document, &billed(credits, document, invoiced), true);
    let mut notes = Vec::new();
    for credit in credits.iter().filter(|credit| !is_before(credit, invoiced)) {
        let total = i128::from(credit.amount.minor()).min(left.total());
        if total == 0 {
            continue;
        }
        let mut units: Vec<Vec<Range<u32>>> = vec![vec![]; document.lines.len()];
        for part in &credit.parts {
            if let Some(ranges) = units.get_mut(part.line) {
                ranges.push(part.units.clone());
            }
        }
        let worth = split_of(document, &units, credit.delivery);
        let split = left.part(&worth, total);
        left.take(&split);
        notes.push(Note { credit, split, worth });
    }
    notes
}

/// What is left of each tax of an order with an entry of its log, as credit notes split what was taken off until then.
pub fn taxes_left(order: &Order, document: &Document, sequence: u64) -> Vec<TaxSum> {
    let credits = as_of(order, sequence).map(|then| credits(&then, document)).unwrap_or_default();
    let mut left = split_of(document, &billed(&credits, document, 0), true);
    for note in notes(&credits, document, 0) {
        left.take(&note.split);
    }
    left.taxes()
}

fn credit_note(order: &Order, document: &Document, event: u64, invoiced: u64) -> Result<Body, NotBillable> {
    let credits = credits(order, document);
    let settled = |note: &Note<'_>| note.credit.sequence == event && note.credit.settled.is_some();
    let note =
        notes(&credits, document, invoiced).into_iter().find(settled).ok_or(NotBillable::NoSuchCredit)?;
    let lines: Vec<Line> = note
        .credit
        .parts
        .iter()
        .filter_map(|part| line(document, part.line, std::slice::from_ref(&part.units)))
        .collect();
    let quote = &document.quote.delivery;
    let adjustment = adjustment(&note, lines.is_empty() && !note.credit.delivery);
    Ok(Body {
        lines,
        delivery: (note.credit.delivery && !quote.total.is_zero()).then(|| delivery(quote)),
        adjustment,
        occasion: Some(note.credit.occasion),
        settlement: paid_back(order, note.credit),
        supply: None,
        split: note.split,
    })
}

/// What a credit is more or less than its goods cost.
fn adjustment(note: &Note<'_>, is_all: bool) -> Option<Adjustment> {
    let minor = |amount: i128| i64::try_from(amount).unwrap_or_default();
    let (net, total) = (note.split.net() - note.worth.net(), note.split.total() - note.worth.total());
    let kind = match note.credit.occasion {
        Occasion::Goodwill => AdjustmentKind::Goodwill,
        _ if is_all || total > 0 => AdjustmentKind::Amount,
        _ => AdjustmentKind::GivenBefore,
    };
    ((net, total) != (0, 0)).then(|| Adjustment { kind, net_minor: minor(net), total_minor: minor(total) })
}

/// What units of each line and, with it, the delivery cost, by tax.
fn split_of(document: &Document, units: &[Vec<Range<u32>>], delivery: bool) -> Split {
    let mut split = Split::nothing(document);
    for (line, ranges) in document.quote.lines.iter().zip(units) {
        for range in ranges {
            let part = line.of_units(range.clone());
            split.add(part.net, &part.taxes);
        }
    }
    if delivery {
        split.add(document.quote.delivery.net, &document.quote.delivery.taxes);
    }
    split
}

/// Units of a line; none if there are none.
fn line(document: &Document, at: usize, units: &[Range<u32>]) -> Option<Line> {
    let (bought, amounts) = (document.lines.get(at)?, document.quote.lines.get(at)?);
    let quantity = units.iter().map(|range| range.end - range.start).sum::<u32>();
    let parts: Vec<UnitAmounts> = units.iter().map(|range| amounts.of_units(range.clone())).collect();
    let whole = parts.iter().skip(1).fold(parts.first()?.clone(), sum);
    let shown = if document.quote.prices_include_tax { whole.total } else { whole.net };
    let off = i128::from(bought.unit_price.minor()) * i128::from(quantity) - i128::from(shown.minor());
    let [discount, coupon_share, order_share, rest] = shares(amounts, off);
    Some(Line {
        line_id: at + 1,
        sku: bought.sku.clone(),
        name: bought.name.clone(),
        names: bought.names.clone(),
        attributes: bought.attributes.clone(),
        quantity,
        unit_price: bought.unit_price,
        discount: money(discount, shown.currency()),
        coupon_share: money(coupon_share, shown.currency()),
        order_share: money(order_share, shown.currency()),
        rounding_minor: i64::try_from(-rest).unwrap_or_default(),
        net: whole.net,
        taxes: named(&whole.taxes),
        total: whole.total,
    })
    .filter(|line| line.quantity > 0)
}

/// Two parts of one line.
fn sum(one: UnitAmounts, other: &UnitAmounts) -> UnitAmounts {
    // Parts of a line are no more than the line, so their sums exist.
    let plus = |a: Money, b: Money| a.plus(b).unwrap_or(a);
    let taxes = one.taxes.iter().zip(&other.taxes);
    let taxes = taxes.map(|(a, b)| TaxAmount { amount: plus(a.amount, b.amount), ..a.clone() }).collect();
    UnitAmounts {
        net: plus(one.net, other.net),
        taxes,
        discount: plus(one.discount, other.discount),
        total: plus(one.total, other.total),
    }
}

/// What is taken off units of a line, by the line's three discounts, and what none of them explains: cents that come from
/// dividing a line.
fn shares(line: &LineAmounts, off: i128) -> [i128; 4] {
    let discounts =
        [line.discount, line.coupon_share, line.order_share].map(|share| i128::from(share.minor()));
    let explained = off.clamp(0, discounts.iter().sum());
    match spread(explained, &discounts).as_slice() {
        [discount, coupon, order] => [*discount, *coupon, *order, off - explained],
        _ => [0, 0, 0, off],
    }
}

fn delivery(quote: &DeliveryQuote) -> Delivery {
    Delivery { name: quote.name.clone(), net: quote.net, taxes: named(&quote.taxes), total: quote.total }
}

fn named(taxes: &[TaxAmount]) -> Vec<(String, crate::percent::Percent, Money)> {
    taxes.iter().map(|tax| (tax.name.clone(), tax.rate, tax.amount)).collect()
}

fn discounts(lines: &[Line], document: &Document) -> Discounts {
    let sum = |share: fn(&Line) -> Money| {
        let minor = lines.iter().map(|line| i128::from(share(line).minor())).sum();
        money(minor, document.quote.total.currency())
    };
    Discounts {
        lines: sum(|line| line.discount),
        coupon: sum(|line| line.coupon_share),
        coupon_code: document.coupon.as_ref().map(|coupon| coupon.code.clone()),
        order: sum(|line| line.order_share),
    }
}

/// How an order's payment stands.
fn paid(order: &Order) -> Settlement {
    let sums = order.sums();
    let taken = order
        .log
        .iter()
        .rev()
        .find(|event| matches!(event.kind, EventKind::Paid { .. } | EventKind::Collected { .. }));
    match (&order.payment.state, taken) {
        _ if sums.owed().is_zero() && sums.captured().is_zero() => Settlement::Nothing,
        (State::Captured, Some(event)) if sums.balance_minor() <= 0 => {
            Settlement::Paid { on: event.at.date() }
        }
        (State::Authorized, _) => Settlement::Reserved,
        (State::OnDelivery, _) => Settlement::OnDelivery,
        _ => Settlement::Open,
    }
}

/// How the money of a credit went back.
fn paid_back(order: &Order, credit: &Credit) -> Settlement {
    let event = |sequence: u64| order.log.iter().find(|event| event.sequence == sequence);
    let on = credit.settled.and_then(event).map(|event| event.at.date());
    let refund = credit.refund.as_deref().and_then(|id| order.refund(id)).map(|refund| refund.amount);
    let outside = event(credit.sequence).and_then(|event| match &event.kind {
        EventKind::RefundedOutside { amount, .. } => Some(*amount),
        _ => None,
    });
    match (on, refund.or(outside)) {
        (Some(on), Some(amount)) => Settlement::PaidBack { on, amount },
        _ => Settlement::SetOff,
    }
}

impl Invoice {
    /// Whether it is a credit note.
    pub fn is_credit_note(&self) -> bool {
        self.kind == Kind::CreditNote
    }
}
