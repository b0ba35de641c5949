//! Which language a browser asks for.

use super::*;

fn preferred_tag(header: &str) -> Option<String> {
    preferred(header).map(|language| language.to_string())
}

#[test]
fn the_language_that_is_liked_most_among_those_that_there_are_wins() {
    for (header, found) in [
        ("de", Some("de")),
        ("de-AT,de;q=0.9,en;q=0.8", Some("de")),
        ("pt-BR,pt;q=0.9,es;q=0.5,en;q=0.4", Some("es")),
        ("en;q=0.1, nl;q=0.2, fr;q=0.15", Some("nl")),
        ("FR-ca", Some("fr")),
        ("ar-EG , en", Some("ar")),
        ("nl;q=0.500,de;q=0.50", Some("nl")),
        ("de;q=0,en;q=0.001", Some("en")),
        ("en;q=1.000", Some("en")),
    ] {
        assert_eq!(preferred_tag(header).as_deref(), found, "{header}");
    }
}

#[test]
fn a_header_that_names_none_of_them_or_is_none_says_nothing() {
    let endless = "pt,".repeat(40) + "de";
    for header in [
        "",
        "*",
        "pt",
        "de;q=0",
        "de;q=0.0",
        "de;q=2",
        "de;q=0.1234",
        "de;q=x",
        "de;q=-1",
        "d e",
        ";q=1",
        ",,",
        &endless,
    ] {
        assert_eq!(preferred_tag(header), None, "{header}");
    }
}
