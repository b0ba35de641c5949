//! The pages taken apart: marked blocks and tables.

use serde_json::Value;
use shared::order::payment::PaymentStatus;
use shared::order::{FulfillmentStatus, Status};

/// What is the same for all.
const INDEX: &str = include_str!("../../../docs/coming-from.md");
/// The documents: what their markers begin with, and their pages.
const DOCUMENTS: [(&str, &str); 5] = [
    ("ecolaura", include_str!("../../../docs/coming-from/ecolaura.md")),
    ("order_management", include_str!("../../../docs/coming-from/order-management.md")),
    ("sjoppie", include_str!("../../../docs/coming-from/sjoppie.md")),
    ("api_orders", include_str!("../../../docs/coming-from/api-orders.md")),
    ("majarat", include_str!("../../../docs/coming-from/majarat.md")),
];
/// The codes of problems.
const ERRORS: &str = include_str!("../../../docs/errors.md");

/// A marker, and the JSON or the table that follows it.
#[derive(Debug)]
pub struct Marked {
    /// The document and what of it.
    pub name: String,
    /// What else the marker says: method and path, or a status.
    pub head: String,
    /// The JSON, as it is written.
    pub json: Option<String>,
    /// The rows.
    pub rows: Vec<Row>,
}

/// A row of a table of fields.
#[derive(Debug)]
pub struct Row {
    /// The field of theirs.
    pub theirs: String,
    /// Ours.
    pub fields: Vec<String>,
    /// The request in whose answer ours is, if it is another than the table's: `… in its get`.
    pub elsewhere: Option<String>,
    /// Ids of the features that are missing.
    pub not_yet: String,
}

/// Everything of a document that is marked in this way.
pub fn all(kind: &str, document: &str) -> Vec<Marked> {
    let page = DOCUMENTS.iter().find(|(name, _)| *name == document).expect("a page of that name").1;
    let marked: Vec<Marked> = page.split(&format!("<!-- {kind}: ")).skip(1).map(parse).collect();
    assert!(marked.iter().all(|marked| marked.name.split('/').next() == Some(document)), "{marked:#?}");
    marked
}

/// What of a document is marked in this way by this name.
pub fn marked(kind: &str, document: &str, name: &str) -> Marked {
    let mut found: Vec<_> = all(kind, document).into_iter().filter(|marked| marked.name == name).collect();
    assert_eq!(found.len(), 1, "the page marks one {kind}: {name}");
    found.remove(0)
}

fn parse(text: &str) -> Marked {
    let (marker, rest) = text.split_once(" -->\n").expect("a marker stands on a line of its own");
    let (name, head) = marker.split_once(' ').unwrap_or((marker, ""));
    let rest = rest.trim_start();
    let json = rest
        .strip_prefix("```json\n")
        .and_then(|json| json.split_once("```"))
        .map(|(json, _)| json.to_owned());
    let rows = rest.lines().take_while(|line| line.starts_with('|')).skip(2).map(row).collect();
    Marked { name: name.to_owned(), head: head.to_owned(), json, rows }
}

fn row(line: &str) -> Row {
    let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
    let [theirs, ours, not_yet, _] = cells.as_slice() else { panic!("four columns: {line}") };
    let (fields, elsewhere) =
        ours.split_once(" in its ").map_or((*ours, None), |(fields, other)| (fields, Some(other)));
    Row {
        theirs: (*theirs).to_owned(),
        fields: quoted(fields),
        elsewhere: elsewhere.map(str::to_owned),
        not_yet: (*not_yet).to_owned(),
    }
}

/// What stands between backticks.
fn quoted(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Lines of the table under a heading of a page, without its head.
fn lines<'a>(page: &'a str, heading: &str) -> impl Iterator<Item = &'a str> {
    let (_, rest) = page.split_once(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("no {heading}"));
    let table =
        rest.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    table.skip(2)
}

/// Rows of the table under a heading of a page.
fn table(page: &str, heading: &str) -> Vec<Row> {
    lines(page, heading).map(row).collect()
}

#[test]
fn every_call_of_the_tables_is_one_that_is_sent_and_the_other_way_round() {
    for (document, page) in DOCUMENTS {
        let mut named: Vec<String> = table(page, "Calls").into_iter().flat_map(|row| row.fields).collect();
        let mut sent: Vec<String> = all("request", document)
            .into_iter()
            .map(|request| request.head.split('?').next().unwrap_or_default().to_owned())
            .collect();
        for list in [&mut named, &mut sent] {
            list.sort();
            list.dedup();
        }
        assert_eq!(named, sent, "{document}");
    }
}

#[test]
fn every_field_that_the_tables_say_to_send_is_in_one_of_the_requests() {
    let mut missing = Vec::new();
    for (document, page) in DOCUMENTS {
        let requests = all("request", document);
        let in_query = |parameter: &str| {
            let queries = requests.iter().filter_map(|request| request.head.split_once('?'));
            let mut pairs = queries.flat_map(|(_, query)| query.split('&'));
            pairs.any(|pair| pair.split('=').next() == Some(parameter))
        };
        let in_body = |field: &str| {
            requests.iter().filter_map(|request| request.json.as_deref()).any(|json| {
                let body: Value = serde_json::from_str(json).expect("the page's requests are JSON");
                super::reaches(&body, field)
            })
        };
        let is_sent = |field: &String| match (field.strip_prefix('?'), field.starts_with('{')) {
            (Some(parameter), _) => in_query(parameter),
            (None, true) => requests.iter().any(|request| request.head.contains(field)),
            (None, false) => in_body(field),
        };
        let fields = table(page, "What you send").into_iter().flat_map(|row| row.fields);
        missing.extend(fields.filter(|field| !is_sent(field)).map(|field| format!("{document}: {field}")));
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn every_status_and_every_code_of_the_tables_is_one_of_ours() {
    let mut unknown = Vec::new();
    for (document, page) in DOCUMENTS {
        for field in table(page, "Statuses").into_iter().flat_map(|row| row.fields) {
            let known = match field.split_once(": ") {
                Some(("status", name)) => Status::parse(name).is_some(),
                Some(("payment_status", name)) => {
                    serde_json::from_value::<PaymentStatus>(name.into()).is_ok()
                }
                Some(("fulfillment_status", name)) => {
                    serde_json::from_value::<FulfillmentStatus>(name.into()).is_ok()
                }
                _ => false,
            };
            if !known {
                unknown.push(format!("{document}: {field}"));
            }
        }
        for code in table(page, "Errors").into_iter().flat_map(|row| row.fields) {
            if !ERRORS.contains(&format!("\n| `{code}` |")) {
                unknown.push(format!("{document}: {code}"));
            }
        }
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
}

#[test]
fn what_has_no_home_yet_names_a_feature_that_is_explained() {
    let explained: Vec<&str> = lines(INDEX, "What is not there yet")
        .map(|line| line.trim_matches('|').split('|').next().unwrap_or_default().trim())
        .collect();
    assert!(explained.len() > 3, "the table is found");
    let mut wrong = Vec::new();
    for (document, page) in DOCUMENTS {
        let tables = ["Calls", "What you send", "Statuses", "Errors"].map(|heading| table(page, heading));
        let fields = all("fields", document).into_iter().flat_map(|table| table.rows);
        for row in tables.into_iter().flatten().chain(fields) {
            if row.fields.is_empty() && row.not_yet.is_empty() {
                wrong.push(format!("{document}: {} has no home", row.theirs));
            }
            for feature in row.not_yet.split(", ").filter(|feature| !feature.is_empty()) {
                if !explained.contains(&feature) {
                    wrong.push(format!("{document}: {}: {feature} is not explained", row.theirs));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
