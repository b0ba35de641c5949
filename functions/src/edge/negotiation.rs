//! What a caller would like best of what there is (RFC 9110, 12.5), and what it has already (13.1.2).

use shared::ids::Language;

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

/// The language that an `Accept-Language` header puts first, if it is one. Those after it do not count: which language the
/// catalogue's own names are in, nobody has said, and they may be the reader's second choice.
pub(super) fn language(accept: &str) -> Option<Language> {
    let mut first: Option<(u32, &str)> = None;
    for (name, weight) in accept.split(',').filter_map(weighted) {
        if weight > 0 && first.is_none_or(|(most, _)| weight > most) {
            first = Some((weight, name));
        }
    }
    first.and_then(|(_, name)| Language::parse(name).ok())
}

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
    fn the_language_that_is_put_first_counts_alone() {
        for (accept, first) in [
            ("de-AT", Some("de-AT")),
            ("en-GB,en;q=0.9,de;q=0.8", Some("en-GB")),
            ("en;q=0.2, nl;q=0.7", Some("nl")),
            ("fr, de", Some("fr")),
            ("*", None),
            ("de;q=0", None),
            ("x y", None),
            ("", None),
        ] {
            let found = language(accept);
            assert_eq!(found.as_ref().map(Language::as_str), first, "{accept}");
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
