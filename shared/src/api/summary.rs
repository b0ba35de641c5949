//! An order summed up in a language of its customer, on the wire (R5).

use rust_decimal::{Decimal, RoundingStrategy};
use serde::Serialize;

use super::ledger::signed;
use super::order::{OrderLineView, OrderRow};
use super::quote::{EcoView, QuoteView, TaxView, shown};
use crate::catalog::{Attribute, found_for};
use crate::ids::{CouponCode, Language, ProductId, VariationId};
use crate::money::Money;
use crate::order::{Order, Sums};
use crate::placement::{Document, Line};
use crate::pricing::LineAmounts;

/// `GET /orders/{id}/summary`: what was bought, what it costs, and what is left of it (R5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SummaryView {
    /// What a list shows of it.
    #[serde(flatten)]
    pub row: OrderRow,
    /// What it cost when it was placed.
    #[serde(flatten)]
    pub quote: QuoteView,
    /// Everything taken off, in percent of the subtotal, to two decimals.
    pub discount_percentage: String,
    /// The coupon that it used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coupon_code: Option<CouponCode>,
    /// What was bought, and what became of it.
    pub lines: Vec<SummaryLine>,
    /// What it comes to after all that was called off, sent back or paid back since.
    pub after_refunds: AfterRefunds,
    /// What sending it emits, and what the store does about it.
    pub eco_impact: EcoView,
}

/// One product of an order, as its customer reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SummaryLine {
    /// Its place in the order, from 1.
    pub line_id: usize,
    /// What.
    pub product_id: ProductId,
    /// Which variation of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variation_id: Option<VariationId>,
    /// Its name when it was bought, in the language that was asked for if there was one.
    pub name: String,
    /// The language of the name; none if it is the catalogue's own.
    pub name_language: Option<Language>,
    /// Where its picture was.
    pub thumbnail: Option<String>,
    /// What makes it this variation: size, colour and the colour's code.
    pub variations: Vec<Attribute>,
    /// Units that were bought.
    pub quantity: u32,
    /// Of them, called off.
    pub cancelled_quantity: u32,
    /// Of them, to be sent back, and not arrived.
    pub returning_quantity: u32,
    /// Of them, sent back.
    pub returned_quantity: u32,
    /// Whether any unit was sent back.
    pub is_returned: bool,
    /// Price of one unit without an offer.
    pub list_price: String,
    /// Price of one unit: the list price where there was no offer.
    pub offer_price: String,
    /// `offer_price` times `quantity`.
    pub subtotal: String,
    /// Off the whole line: its own discount, and its share of the coupon and of the order's discount.
    pub discount_amount: String,
    /// The same in percent of its subtotal, to two decimals.
    pub discount_percentage: String,
    /// All its taxes.
    pub tax_amount: String,
    /// Each of them.
    pub taxes: Vec<TaxView>,
    /// What the customer pays for it, with tax.
    pub total_price: String,
}

/// What an order comes to by now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AfterRefunds {
    /// What is owed in all for what is still the customer's.
    pub total_amount: String,
    /// What was taken.
    pub captured_amount: String,
    /// What has gone back.
    pub refunded_amount: String,
    /// What is to go back and has not.
    pub pending_refund_amount: String,
    /// What the customer has to pay yet; below zero: what the store has to pay back.
    pub balance: String,
}

impl SummaryView {
    /// An order, with names in this language where there were any when it was placed.
    pub fn of(order: &Order, document: &Document, language: Option<&Language>) -> Self {
        let lines = OrderLineView::all(order, document).into_iter();
        let lines = lines.zip(document.priced_lines());
        Self {
            row: OrderRow::of(order),
            quote: QuoteView::of(&document.quote),
            discount_percentage: percentage(document.quote.discount(), document.quote.subtotal),
            coupon_code: document.coupon.as_ref().map(|used| used.code.clone()),
            lines: lines
                .map(|(view, (line, amounts))| SummaryLine::of(view, line, amounts, language))
                .collect(),
            after_refunds: AfterRefunds::of(&order.sums(), order.total),
            eco_impact: EcoView::of(order, document),
        }
    }
}

impl SummaryLine {
    fn of(view: OrderLineView, line: &Line, amounts: &LineAmounts, language: Option<&Language>) -> Self {
        let OrderLineView {
            line: shown_line, cancelled_quantity, returning_quantity, returned_quantity, ..
        } = view;
        let found = language.and_then(|language| found_for(&line.names, language));
        let taken_off = off(amounts);
        Self {
            line_id: shown_line.line_id,
            product_id: shown_line.product_id,
            variation_id: shown_line.variation_id,
            name: found.map_or(shown_line.name, |(_, name)| name.clone()),
            name_language: found.map(|(known, _)| known.clone()),
            thumbnail: shown_line.image_url,
            variations: shown_line.variations,
            quantity: shown_line.quantity,
            cancelled_quantity,
            returning_quantity,
            returned_quantity,
            is_returned: returned_quantity > 0,
            list_price: shown_line.list_price,
            offer_price: shown_line.unit_price,
            subtotal: shown(amounts.subtotal),
            discount_amount: shown(taken_off),
            discount_percentage: percentage(taken_off, amounts.subtotal),
            tax_amount: shown_line.tax_amount,
            taxes: shown_line.taxes,
            total_price: shown_line.total_price,
        }
    }
}

impl AfterRefunds {
    fn of(sums: &Sums, total: Money) -> Self {
        Self {
            total_amount: shown(sums.owed()),
            captured_amount: shown(sums.captured()),
            refunded_amount: shown(sums.refunded()),
            pending_refund_amount: shown(sums.requested()),
            balance: signed(sums.balance_minor(), total.currency()),
        }
    }
}

/// Everything taken off a line. All are parts of it, so their sum exists.
fn off(amounts: &LineAmounts) -> Money {
    let shares = [amounts.coupon_share, amounts.order_share];
    shares.into_iter().fold(amounts.discount, |sum, share| sum.plus(share).unwrap_or(sum))
}

/// A part of a whole in percent, rounded to two decimals, half up; nothing of nothing is nothing.
fn percentage(part: Money, whole: Money) -> String {
    let hundredfold = Decimal::from(part.minor()) * Decimal::ONE_HUNDRED;
    let percent = hundredfold.checked_div(Decimal::from(whole.minor())).unwrap_or_default();
    percent.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero).normalize().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::fixtures::{Case, cancel_lines, receive, send_back, units};
    use crate::order::{Command, Received};

    fn language(tag: &str) -> Language {
        Language::parse(tag).expect("a language")
    }

    fn summary(case: &Case) -> SummaryView {
        SummaryView::of(&case.order, &case.document, None)
    }

    #[test]
    fn names_are_in_the_language_that_was_asked_for_or_its_nearest_or_the_catalogues() {
        let mut case = Case::paid();
        case.document.lines[0].names = [("de", "Becher"), ("de-CH", "Chacheli"), ("pt-BR", "caneca")]
            .map(|(tag, name)| (language(tag), name.to_owned()))
            .into();
        for (asked, name, found) in [
            (Some("de-AT"), "Becher", Some("de")),
            (Some("de-CH"), "Chacheli", Some("de-CH")),
            (Some("DE"), "Becher", Some("de")),
            (Some("pt"), "mug", None),
            (Some("fr"), "mug", None),
            (None, "mug", None),
        ] {
            let asked = asked.map(language);
            let lines = SummaryView::of(&case.order, &case.document, asked.as_ref()).lines;
            assert_eq!((lines[0].name.as_str(), lines[0].name_language.clone()), (name, found.map(language)));
            assert_eq!((lines[1].name.as_str(), &lines[1].name_language), ("book", &None));
        }
    }

    #[test]
    fn discounts_are_shown_in_percent_to_two_decimals() {
        let percent = |part: &str, whole: &str| {
            let money = |text: &str| text.parse().expect("money");
            percentage(money(part), money(whole))
        };
        for (part, whole, shown) in [
            ("54 INR", "270 INR", "20"),
            ("1 EUR", "3 EUR", "33.33"),
            ("2 EUR", "3 EUR", "66.67"),
            ("0.005 KWD", "0.400 KWD", "1.25"),
            ("1 JPY", "16000 JPY", "0.01"),
            ("0 EUR", "5 EUR", "0"),
            ("5 EUR", "5 EUR", "100"),
            ("0 EUR", "0 EUR", "0"),
        ] {
            assert_eq!(percent(part, whole), shown, "{part} of {whole}");
        }
        let case = Case::paid();
        let shown = summary(&case);
        assert_eq!(shown.discount_percentage, "10.01", "the coupon's ten, rounded to whole cents");
        let off: i64 = case.document.quote.lines.iter().map(|line| super::off(line).minor()).sum();
        assert_eq!(off, case.document.quote.discount().minor(), "the lines' discounts are the order's");
    }

    #[test]
    fn units_that_were_called_off_or_sent_back_are_told_line_by_line() {
        let mut case = Case::paid();
        case.customer(&cancel_lines("k", &[units(1, 1)]));
        case.deliver();
        case.customer(&send_back("r1", &[units(2, 2)]));
        case.customer(&send_back("r2", &[units(3, 4)]));
        case.staff(&Command::ApproveReturn { id: 1 });
        case.staff(&receive(1, Some(&[Received { line: 2, restocked: 1, scrapped: 1 }])));
        let lines = summary(&case).lines;
        let told = |at: usize| {
            let line = &lines[at];
            let units = [line.cancelled_quantity, line.returning_quantity, line.returned_quantity];
            (line.quantity, units, line.is_returned)
        };
        assert_eq!(
            [told(0), told(1), told(2)],
            [(3, [1, 0, 0], false), (2, [0, 0, 2], true), (7, [0, 4, 0], false)]
        );
        let shown = summary(&case).after_refunds;
        let sums = case.order.sums();
        assert_eq!(shown.total_amount, sums.owed().amount().to_string());
        assert_eq!(shown.pending_refund_amount, sums.requested().amount().to_string());
        assert_eq!(
            summary(&case).row.total_amount,
            case.order.total.amount().to_string(),
            "as it was placed"
        );
    }
}
