use proptest::prelude::*;
use xmlparser::{ElementEnd, Token, Tokenizer};

use super::text::{day, fitted, mass, moment, share, wrapped, xml};
use super::*;
use crate::order::fixtures::{Case, send_back, units};
use crate::order::{Command, Received};

fn delivered() -> Case {
    Case::delivered()
}

fn picture(case: &Case) -> String {
    lifecycle(&ImpactView::of(&case.order, &case.document))
}

/// The text of a well-formed document, element by element.
#[track_caller]
fn texts(svg: &str) -> Vec<String> {
    let (mut open, mut ids, mut found) = (Vec::new(), Vec::new(), Vec::new());
    for token in Tokenizer::from(svg) {
        match token.unwrap_or_else(|error| panic!("{error}: {svg}")) {
            Token::ElementStart { local, .. } => open.push(local.as_str()),
            Token::ElementEnd { end: ElementEnd::Close(_, name), .. } => {
                assert_eq!(open.pop(), Some(name.as_str()), "{svg}");
            }
            Token::ElementEnd { end: ElementEnd::Empty, .. } => drop(open.pop()),
            Token::Attribute { local, value, .. } => {
                assert!(!value.contains('<'), "{svg}");
                if local.as_str() == "id" {
                    ids.push(value.as_str());
                }
            }
            Token::Text { text } => {
                let text = text.as_str();
                for entity in text.split('&').skip(1) {
                    let name = entity.split_once(';').map(|(name, _)| name);
                    assert!(matches!(name, Some("amp" | "lt" | "gt" | "quot")), "{entity}");
                }
                found.push(text.to_owned());
            }
            Token::ElementEnd { end: ElementEnd::Open, .. } => {}
            token => panic!("a picture needs no {token:?}"),
        }
    }
    assert!(open.is_empty(), "{open:?}");
    let many = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), many, "ids are different");
    found
}

#[test]
fn it_tells_the_whole_life_with_times_ways_and_grams() {
    let mut case = delivered();
    let shown = picture(&case);
    let found = texts(&shown);
    let has = |text: &str| assert!(found.iter().any(|known| known == text), "{text}: {found:#?}");
    for stage in ["Placed", "Confirmed", "Prepared", "Packed", "Shipped", "Delivered"] {
        has(stage);
    }
    has("1 Mar 2026, 10:00 UTC");
    has("2 Mar 2026, 10:00 UTC");
    let impact = ImpactView::of(&case.order, &case.document);
    has(&impact.carbon_kg);
    for (leg, parcel) in impact.transport.legs.iter().zip(&impact.packaging.parcels) {
        has(&format!("1 parcel: {} → Jena", leg.warehouse_id));
        has(&mass(leg.carbon_grams));
        has(&mass(parcel.carbon_grams.expect("a known material")));
    }
    assert!(!shown.contains("Returned") && !shown.contains("not yet"));
    case.customer(&send_back("r1", &[units(1, 1)]));
    case.staff(&Command::ApproveReturn { id: 1 });
    case.later(3_600);
    case.staff(&crate::order::fixtures::receive(1, Some(&[Received { line: 1, restocked: 1, scrapped: 0 }])));
    assert!(texts(&picture(&case)).iter().any(|text| text == "Returned"));
}

#[test]
fn what_is_still_to_come_is_promised_and_what_is_off_emits_nothing() {
    let case = Case::cod();
    let shown = texts(&picture(&case));
    for text in ["not yet", "promised for 4 Mar 2026", "Goods: north → Jena"] {
        assert!(shown.iter().any(|known| known == text), "{text}: {shown:#?}");
    }
    let mut case = Case::paid();
    case.customer(&crate::order::fixtures::cancel());
    let shown = picture(&case);
    let found = texts(&shown);
    assert!(found.iter().any(|text| text == "Cancelled") && found.iter().any(|text| text == "0.000"));
    assert!(!shown.contains("Delivered") && !shown.contains("→"));
}

#[test]
fn it_stands_for_itself_and_is_the_same_each_time() {
    let case = delivered();
    let shown = picture(&case);
    assert_eq!(shown, picture(&case));
    assert!(shown.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
    let rest = shown.replacen("http://www.w3.org/2000/svg", "", 1);
    let rest = rest.replace("url(#bar-", "");
    for foreign in
        ["http", "url(", "@import", "<script", "<image", "<use", "<foreignObject", " onload", "href"]
    {
        assert!(!rest.contains(foreign), "{foreign}");
    }
    assert!(shown.contains("prefers-color-scheme:dark"));
    let number = case.order.number();
    assert!(shown.contains(&format!("aria-labelledby=\"title-{number} desc-{number}\"")));
    assert!(shown.contains("<title") && shown.contains("<desc"));
}

proptest! {
    #[test]
    fn any_names_make_a_well_formed_picture(
        city in any::<String>(), house in "[a-z][a-z0-9]{1,30}", packaging in any::<String>(), statement in any::<String>(),
        grams in any::<[u64; 3]>(),
    ) {
        let case = delivered();
        let mut impact = ImpactView::of(&case.order, &case.document);
        for leg in &mut impact.transport.legs {
            leg.destination.city.clone_from(&city);
            leg.warehouse_id = crate::ids::WarehouseId::parse(&house).expect("valid");
            leg.carbon_grams = grams[0];
            leg.weight_grams = grams[1];
        }
        for parcel in &mut impact.packaging.parcels {
            parcel.packaging.clone_from(&packaging);
            parcel.material_grams = grams[2];
        }
        impact.offset.statement = statement;
        texts(&lifecycle(&impact));
    }

    #[test]
    fn text_that_is_cut_or_wrapped_fits(text in any::<String>(), room in 1_usize..80) {
        prop_assert!(fitted(&text, room).chars().count() <= text.chars().count() + 1);
        for line in wrapped(&text, room) {
            let letters = line.chars().filter(|c| c.is_ascii()).count();
            prop_assert!(letters <= room, "{line}");
        }
        prop_assert!(!xml(&text).chars().any(|c| c.is_control() && !"\t\n\r".contains(c)));
    }

    #[test]
    fn the_parts_of_a_bar_never_leave_it(parts in prop::collection::vec(any::<u64>(), 1..9)) {
        let whole: u128 = parts.iter().map(|part| u128::from(*part)).sum();
        let mut before = 0;
        for part in parts {
            let from = share(before, whole, 352);
            before += u128::from(part);
            prop_assert!(from <= share(before, whole, 352));
        }
        prop_assert!(share(before, whole, 352) <= 352);
    }
}

#[test]
fn figures_are_written_as_people_read_them() {
    for (grams, shown) in
        [(0, "0 g"), (999, "999 g"), (1_000, "1 kg"), (1_320, "1.32 kg"), (10_050, "10.05 kg")]
    {
        assert_eq!(mass(grams), shown);
    }
    assert_eq!(moment("2026-11-28T08:46:18.5Z"), "28 Nov 2026, 08:46 UTC");
    assert_eq!((moment("then"), day("2026-12-01")), ("then".to_owned(), "1 Dec 2026".to_owned()));
    assert_eq!(fitted("north → Amsterdam", 9), "north →…");
    assert_eq!(fitted("北京市朝阳区", 6), "北京…");
    assert_eq!(wrapped("a bb  ccc d", 4), ["a bb", "ccc", "d"]);
    assert_eq!(xml("a\u{0}\u{202e}b\u{ffff}\n<"), "ab\n<");
}

/// The picture in the documents, and how it is made anew.
#[test]
fn the_documents_show_the_picture_as_it_is() {
    let mut case = delivered();
    (case.document.offset_transport, case.document.trees_planted) = (true, 2);
    let drawn = picture(&case) + "\n";
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/impact.svg");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &drawn).expect("docs/impact.svg can be written");
    }
    let shown = std::fs::read_to_string(&path).expect("docs/impact.svg");
    let anew = "UPDATE_DOCS=1 cargo test -p shared --lib picture writes it anew";
    assert!(shown == drawn, "docs/impact.svg is another picture; {anew}");
}
