//! What is said of taxes: each amount beside the sum that it is a part of, and each rate once.

use super::*;
use crate::order::RefundWish;

/// Paid, with a tax that prices include or that is on top.
pub fn paid(included: bool) -> Case {
    let mut settings = settings();
    settings.tax.prices_include_tax = included;
    let mut case = Case::new(placed_under(&card(), settings));
    case.pay("pi_1");
    case
}

/// The bill below the lines of goods, without them.
fn below_goods(case: &Case, name: &str) -> Vec<String> {
    bill(case, name).split_off(4)
}

#[test]
fn a_tax_on_top_is_a_row_of_the_sum_and_what_is_taken_off_has_its_tax_in_it() {
    let mut case = paid(false);
    let ordered = ["Parcel: €4.90", "VAT 19%: €7.40", "Levy 0.7%: €0.27", "VAT 7%: €2.52"];
    let told = |case: &Case, name: &str, rest: &[&str]| {
        assert_eq!(below_goods(case, name), [&ordered[..], rest].concat(), "{name}");
    };
    told(&case, "confirmed", &["Total: €85.16"]);
    let sum = "As ordered: €85.16";
    case.customer(&cancel_lines("c", &[units(1, 1)]));
    let off = "Called off: 1 × mug: -€10.76";
    told(&case, "lines_cancelled", &[sum, off, "Total: €74.40"]);
    case.refund_done();
    case.staff(&refund("g", goodwill(250)));
    case.refund_done();
    let sorry = "Goodwill: -€2.50";
    told(&case, "refunded", &[sum, off, sorry, "Total: €71.90"]);
    case.staff(&refund("f", RefundWish::Full));
    case.refund_done();
    told(&case, "refunded", &[sum, off, sorry, "Given back: -€71.90", "Total: €0.00"]);
}

#[test]
fn a_tax_that_prices_include_is_told_of_the_total_that_has_it_and_is_gone_with_it() {
    let mut case = paid(true);
    let told = |case: &Case, name: &str, above: &[&str], total: &[String]| {
        let above = ["Parcel: €4.90"].iter().chain(above).map(|row| (*row).to_owned());
        assert_eq!(below_goods(case, name), above.chain(total.iter().cloned()).collect::<Vec<_>>(), "{name}");
    };
    let taxes = |[vat, levy, reduced]: [&str; 3], total: &str| {
        let total = format!("Total: €{total}");
        let (vat, levy) = (format!("VAT 19%, included: €{vat}"), format!("Levy 0.7%, included: €{levy}"));
        [total, vat, levy, format!("VAT 7%, included: €{reduced}")]
    };
    told(&case, "confirmed", &[], &taxes(["6.19", "0.23", "2.35"], "74.97"));
    case.customer(&cancel_lines("c", &[units(1, 1)]));
    let mut above = vec!["As ordered: €74.97", "Called off: 1 × mug: -€8.99"];
    told(&case, "lines_cancelled", &above, &taxes(["4.77", "0.17", "2.35"], "65.98"));
    case.refund_done();
    case.staff(&refund("g", goodwill(250)));
    case.refund_done();
    above.push("Goodwill: -€2.50");
    told(&case, "refunded", &above, &taxes(["4.59", "0.16", "2.26"], "63.48"));
    case.staff(&refund("f", RefundWish::Full));
    case.refund_done();
    above.push("Given back: -€63.48");
    told(&case, "refunded", &above, &["Total: €0.00".to_owned()]);
}

#[test]
fn a_rate_that_its_tax_is_named_by_is_said_once() {
    let mut case = paid(true);
    let named = ["VAT 19 %", "Levy", "VAT (7.00%)"];
    let quote = &mut case.document.quote;
    let of_lines = quote.lines.iter_mut().flat_map(|line| &mut line.taxes);
    for tax in of_lines.chain(&mut quote.delivery.taxes).chain(&mut quote.taxes) {
        let name = named.into_iter().find(|name| tax.rate.is_said_in(name));
        tax.name = name.unwrap_or("Levy").to_owned();
    }
    case.customer(&cancel_lines("c", &[units(1, 1)]));
    let mail = mail(&case, "lines_cancelled").expect("a mail");
    let number = case.order.number().to_string();
    let (_, bill) = mail.text.split_once(&format!("\n\nOrder {number}\n")).expect("a bill");
    assert_eq!(
        bill,
        "  3 × mug: €29.97\n  2 × book: €39.98\n  7 × tea: €7.91\n  Discount: -€7.79\n  Parcel: €4.90\n\
         \x20 As ordered: €74.97\n  Called off: 1 × mug: -€8.99\nTotal: €65.98\n\
         \x20 VAT 19 %, included: €4.77\n  Levy 0.7%, included: €0.17\n  VAT (7.00%), included: €2.35\n"
    );
    let after_total = mail.html.split(">Total<").nth(1).expect("a total");
    let places = [">VAT 19 %, included<", ">Levy 0.7%, included<", ">VAT (7.00%), included<"]
        .map(|what| after_total.find(what).expect("a tax"));
    assert!(places.is_sorted(), "{after_total}");
}
