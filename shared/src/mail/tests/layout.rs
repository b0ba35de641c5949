//! HTML and text of one mail.

use super::*;

/// Elements that have no end (HTML, "Void elements").
const VOID: [&str; 2] = ["meta", "br"];

/// What a reader sees of HTML, an element's text a line; panics unless each element ends where it must, and each attribute is
/// quoted.
fn seen(html: &str) -> Vec<String> {
    let mut rest = html.strip_prefix("<!DOCTYPE html>").expect("a doctype");
    let (mut open, mut texts): (Vec<&str>, Vec<String>) = (vec![], vec![]);
    while let Some((text, tail)) = rest.split_once('<') {
        assert!(!text.contains('>'), "{text}");
        if !text.is_empty() && !open.contains(&"style") {
            texts.push(unescaped(text));
        }
        let (tag, tail) = tail.split_once('>').expect("a tag ends");
        rest = tail;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "{html}");
            continue;
        }
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        assert!(attributes.matches('"').count() % 2 == 0 && !attributes.contains('\n'), "{tag}");
        for (at, part) in
            attributes.split('"').enumerate().filter(|(at, part)| at % 2 == 0 && !part.is_empty())
        {
            let named = part.trim_start().strip_suffix('=').expect("a name and a value");
            assert!(named.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{at}: {tag}");
        }
        if !VOID.contains(&name) {
            open.push(name);
        }
    }
    assert!(rest.is_empty() && open.is_empty(), "{open:?} {rest}");
    texts
}

fn unescaped(text: &str) -> String {
    ["&lt;", "&gt;", "&quot;", "&amp;"]
        .iter()
        .zip(["<", ">", "\"", "&"])
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

fn letters() -> Vec<(String, Mail)> {
    let mut shop = settings();
    shop.sender = serde_json::from_value(serde_json::json!({"name": "Green & Co."})).expect("a sender");
    let mut all = Vec::new();
    for (history, case) in histories() {
        for tag in languages() {
            let mut case = case.clone();
            case.document.language = Language::parse(tag).expect("a language");
            case.document.billing_address.name = Some("A \"<B>\" & C".into());
            for (at, event) in case.order.log.iter().enumerate() {
                shop.guest_checkout.order_url =
                    (at % 2 == 0).then(|| "https://shop.example/{token}".to_owned());
                let mail = about(
                    &case.order,
                    &case.document,
                    event,
                    &shop,
                    Ways { order: Some("t0ken"), ..Ways::default() },
                );
                all.extend(mail.map(|mail| (format!("{tag}, {history}: {}", event.kind.name()), mail)));
            }
        }
    }
    all
}

#[test]
fn html_is_well_formed_and_says_all_that_the_text_says() {
    for (name, mail) in letters() {
        let seen = seen(&mail.html);
        assert_eq!(seen.iter().filter(|text| **text == mail.subject).count(), 2, "{name}: title and heading");
        let said = seen.join("\n");
        for line in mail.text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            // What is one line of text may be two cells; a link is not written out.
            let row = seen.iter().any(|part| line == part)
                || line.contains("https://")
                || seen.windows(2).any(|parts| line.starts_with(&parts[0]) && line.ends_with(&parts[1]));
            assert!(row, "{name}: {line:?} is not in {said}");
        }
    }
}

#[test]
fn html_fetches_nothing_and_leads_nowhere_but_to_the_order() {
    for (name, mail) in letters() {
        for part in ["src=", "url(", "<img", "<link", "<script", "@import"] {
            assert!(!mail.html.contains(part), "{name}: {part}");
        }
        let links = mail.html.matches("https://").count();
        assert_eq!(links, mail.html.matches("href=\"https://shop.example/t0ken\"").count(), "{name}");
        assert_eq!(links, mail.text.matches("https://shop.example/t0ken").count(), "{name}");
        assert!(links == 1 || mail.text.contains("t0ken"), "{name}");
        // Gmail cuts longer ones off.
        assert!(mail.html.len() < 30_000, "{name}: {}", mail.html.len());
    }
}

#[test]
fn every_language_is_named_with_its_direction() {
    for tag in languages() {
        let mut case = Case::cod();
        case.document.language = Language::parse(tag).expect("a language");
        let mail = mail(&case, "placed").expect("a mail");
        let direction = if ["ar", "he"].contains(&tag) { "rtl" } else { "ltr" };
        assert!(mail.html.contains(&format!("<html lang=\"{tag}\" dir=\"{direction}\">")), "{}", mail.html);
        assert_eq!(mail.html.contains("dir=\"rtl\""), direction == "rtl");
    }
}

#[test]
fn who_writes_stands_below_the_letter_if_the_store_has_a_name() {
    let case = Case::cod();
    let mut shop = settings();
    shop.sender = serde_json::from_value(serde_json::json!({"name": "Green Shop"})).expect("a sender");
    let mail =
        about(&case.order, &case.document, &case.order.log[0], &shop, Ways::default()).expect("a mail");
    assert!(mail.text.ends_with("\n\nKind regards\nGreen Shop\n"), "{}", mail.text);
    let mail =
        about(&case.order, &case.document, &case.order.log[0], &settings(), Ways::default()).expect("a mail");
    assert!(!mail.text.contains("Kind regards") && !mail.html.contains("Kind regards"));
}
