//! What a caller would like best of what there is (RFC 9110, 12.5), and what it has already (13.1.2).

use shared::ids::Language;
use shared::language::Spoken;
use std::cmp::Reverse;

/// Which of the offered media types an `Accept` header likes best: the first of them where it likes several as much, and where
/// there is no header. What it does not take at all, it gets all the same (15.5.7 lets a server do that): the first.
pub(super) fn media_type<'a>(accept: Option<&str>, offered: &[&'a str]) -> Option<&'a str> {
    let accept = accept.unwrap_or("*/*");
    let mut best: Option<(u32, &'a str)> = None;
    for offer in offered {
        let liked = quality(accept, offer);
        if best.is_none_or(|(most, _)| liked > most) {
            best = Some((liked, offer));
        }
    }
    best.map(|(_, offer)| offer)
}

/// How much a media type is liked, in thousandths: what names it most closely counts.
fn quality(accept: &str, offer: &str) -> u32 {
    let group = offer.split_once('/').map_or("", |(group, _)| group);
    let closest = accept.split(',').filter_map(|range| {
        let (name, weight) = weighted(range)?;
        let closeness = if name.eq_ignore_ascii_case(offer) {
            2
        } else if name.strip_suffix("/*").is_some_and(|known| known.eq_ignore_ascii_case(group)) {
            1
        } else if name == "*/*" {
            0
        } else {
            return None;
        };
        Some((closeness, weight))
    });
    closest.max_by_key(|(closeness, _)| *closeness).map_or(0, |(_, weight)| weight)
}

/// The languages of an `Accept-Language` header, those that are liked most first, and of several that are liked as much the
/// first. Where it says "any", it ends: those behind it are liked less than what we cannot know.
pub(super) fn languages(accept: &str) -> Vec<Language> {
    let ranges = accept.split(',').take(RANGES).filter_map(weighted);
    let mut ranges: Vec<(&str, u32)> = ranges.filter(|(_, weight)| *weight > 0).collect();
    ranges.sort_by_key(|(_, weight)| Reverse(*weight));
    let named = ranges.into_iter().map(|(name, _)| name).take_while(|name| *name != "*");
    named.filter_map(|name| Language::parse(name).ok()).collect()
}

/// Which of the languages that we speak an `Accept-Language` header likes most, if it names any of them.
pub(super) fn spoken(accept: &str) -> Option<Spoken> {
    languages(accept).iter().find_map(Spoken::of)
}

/// Ranges of a header that are looked at: people have a few, and a header may have thousands.
const RANGES: usize = 30;

/// A part of such a header: what it names, and how much it is liked, in thousandths. None if it names nothing.
fn weighted(part: &str) -> Option<(&str, u32)> {
    let mut pieces = part.split(';').map(str::trim);
    let name = pieces.next().filter(|name| !name.is_empty())?;
    let weight = pieces.find_map(|piece| piece.strip_prefix("q=").or_else(|| piece.strip_prefix("Q=")));
    Some((name, weight.map_or(1_000, thousandths)))
}

/// `0.8` are 800. What is no weight is none (12.4.2).
fn thousandths(text: &str) -> u32 {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let digits = rest.len() <= 3 && rest.bytes().all(|b| b.is_ascii_digit());
    let decimals = format!("{rest:0<3}").parse::<u32>().ok().filter(|_| digits);
    match (whole, decimals) {
        ("0", Some(decimals)) => decimals,
        ("1", Some(0)) => 1_000,
        _ => 0,
    }
}

/// Whether a list of entity tags names this one (13.1; weak tags compare like strong ones). `*` means any.
pub(super) fn names(tags: &str, tag: &str) -> bool {
    tags.split(',')
        .map(|known| known.trim().trim_start_matches("W/"))
        .any(|known| known == tag || known == "*")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_media_type_that_is_liked_best_is_sent_and_json_if_nobody_cares() {
        let (json, svg) = ("application/json", "image/svg+xml");
        for (accept, chosen) in [
            (None, json),
            (Some("*/*"), json),
            (Some("application/json"), json),
            (Some("image/svg+xml"), svg),
            (Some("IMAGE/SVG+XML"), svg),
            (Some("image/*"), svg),
            // As browsers ask for an <img>, and for a page.
            (Some("image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"), svg),
            (
                Some("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"),
                json,
            ),
            (Some("image/svg+xml;q=0.5, application/json"), json),
            (Some("image/svg+xml;q=0.5, application/json;q=0.4"), svg),
            (Some("*/*, application/json;q=0"), svg),
            (Some("image/svg+xml;charset=utf-8;q=0.9, */*;q=0.1"), svg),
            (Some("image/svg+xml;q=2"), json),
            (Some("image/svg+xml;q=0.0001"), json),
            (Some("text/html"), json),
            (Some(""), json),
            (Some(",;,"), json),
        ] {
            assert_eq!(media_type(accept, &[json, svg]), Some(chosen), "{accept:?}");
        }
        assert_eq!(media_type(None, &[]), None);
    }

    #[test]
    fn languages_come_in_the_order_that_they_are_liked_in() {
        for (accept, liked) in [
            ("de-AT", ["de-AT"].as_slice()),
            ("en-GB,en;q=0.9,de;q=0.8", &["en-GB", "en", "de"]),
            ("en;q=0.2, nl;q=0.7, fr;q=0.70", &["nl", "fr", "en"]),
            ("fr, de", &["fr", "de"]),
            ("nl, *;q=0.5, de;q=0.1", &["nl"]),
            ("x y, de;Q=0.1", &["de"]),
            ("*", &[]),
            ("de;q=0", &[]),
            ("", &[]),
        ] {
            let found = languages(accept);
            assert_eq!(found.iter().map(Language::as_str).collect::<Vec<_>>(), liked, "{accept}");
        }
    }

    #[test]
    fn the_language_that_is_liked_most_among_those_that_we_speak_wins() {
        for (accept, found) in [
            ("de", Spoken::German),
            ("de-AT,de;q=0.9,en;q=0.8", Spoken::German),
            ("pt-BR,pt;q=0.9,es;q=0.5,en;q=0.4", Spoken::Spanish),
            ("en;q=0.1, nl;q=0.2, fr;q=0.15", Spoken::Dutch),
            ("FR-ca", Spoken::French),
            ("ar-EG , en", Spoken::Arabic),
            ("nl;q=0.500,de;q=0.50", Spoken::Dutch),
            ("de;q=0,en;q=0.001", Spoken::English),
            ("he;q=1.000", Spoken::Hebrew),
        ] {
            assert_eq!(spoken(accept), Some(found), "{accept}");
        }
    }

    #[test]
    fn a_header_that_names_none_of_them_or_is_none_says_nothing() {
        let endless = "pt,".repeat(40) + "de";
        for accept in [
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
            assert_eq!(spoken(accept), None, "{accept}");
        }
    }

    #[test]
    fn a_list_of_tags_names_a_tag_or_any() {
        for (tags, named) in [
            ("\"2\"", true),
            ("W/\"2\"", true),
            ("*", true),
            ("\"1\", \"2\"", true),
            ("\"1\"", false),
            ("2", false),
            ("", false),
        ] {
            assert_eq!(names(tags, "\"2\""), named, "{tags}");
        }
    }
}
