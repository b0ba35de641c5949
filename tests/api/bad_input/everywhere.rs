//! What no function takes, whatever it wants: bodies, media types, idempotency keys, ids.

use tests::Call;

use super::{Case, Good, case, short};

/// Wrong bodies and media types instead of the good ones.
pub fn bodies(good: &Good) -> Vec<Case> {
    let text = good.body.to_string();
    let open = &text[..text.len() - 1];
    let first = text[1..].split(':').next().expect("a member");
    let value = good.body[first.trim_matches('"')].to_string();
    let begun = |members: &str| text.replacen('{', &format!("{{{members},"), 1);
    let valued = |other: &str| text.replacen(&value, other, 1);
    let (lists, ends) = ("[".repeat(50_000), "]".repeat(50_000));
    let objects = format!("{}1{}", "{\"a\":".repeat(30_000), "}".repeat(30_000));
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut not_utf8 = text.clone().into_bytes();
    not_utf8[2] = 0xff;
    let mut cases = Vec::new();
    for (what, body) in [
        ("not JSON", b"hello".to_vec()),
        ("half of it", open.into()),
        ("something behind it", format!("{text} x").into()),
        ("two of it", format!("{text}{text}").into()),
        ("only spaces", b"   ".to_vec()),
        ("a byte order mark", format!("\u{feff}{text}").into()),
        ("UTF-16", utf16),
        ("single quotes", text.replace('"', "'").into()),
        ("a trailing comma", format!("{open},}}").into()),
        ("NaN as a member", begun(&format!("{first}:NaN")).into()),
        ("a text that is not UTF-8", not_utf8),
    ] {
        cases.push(case(what, good.raw(body), 400, "malformed_json"));
    }
    for (what, body) in [
        ("null", "null".to_owned()),
        ("a text", "\"hello\"".to_owned()),
        ("a number", "1".to_owned()),
        ("an unknown field", begun("\"quantitty\":1")),
        ("a field named in capitals", text.replacen(first, &first.to_uppercase(), 1)),
        ("a field twice", begun(&format!("{first}:{value}"))),
        ("a prototype", begun("\"__proto__\":{}")),
        ("deep nesting where it is unknown", begun(&format!("\"x\":{lists}{ends}"))),
        ("deep nesting where it is known", valued(&format!("{lists}{ends}"))),
        ("deep objects", valued(&objects)),
    ] {
        cases.push(case(what, good.raw(body), 400, "malformed_body"));
    }
    for (what, body) in [
        ("1 MB of spaces", format!("{text}{}", " ".repeat(1_000_000)).into_bytes()),
        ("1 MB of rubbish", vec![b'['; 1_000_000]),
        ("1 MB that is not text", vec![0xff; 1_000_000]),
    ] {
        cases.push(case(what, good.raw(body), 413, "body_too_large"));
    }
    for media_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonx",
        "application/json-patch+json",
        "",
        "application",
    ] {
        let call = good.call.clone().header("content-type", media_type).bytes(text.clone());
        cases.push(case(format!("content type {media_type:?}"), call, 415, "unsupported_media_type"));
    }
    cases.push(case("no content type", good.call.clone().bytes(text), 415, "unsupported_media_type"));
    cases
}

/// Wrong idempotency keys for a call that needs one.
pub fn keys(call: &Call) -> Vec<Case> {
    let (long, longer) = ("k".repeat(256), "k".repeat(300));
    let mut cases = vec![case("no key", call.clone(), 400, "idempotency_key_required")];
    for key in ["", "\"\"", " ", "two words", "a\tb", &longer, &long] {
        let what = format!("key {:?} of {}", short(key), key.len());
        cases.push(case(what, call.clone().key(key), 400, "idempotency_key_invalid"));
    }
    cases
}

/// What cannot be an order's id, and ids of orders that the caller has not.
pub fn order_ids(foreign: &str) -> Vec<String> {
    let hex = &foreign[4..];
    let fixed =
        ["%23", "ord_", "ord_1", "ORDER%23x", "null", "..%2f..%2fx", "%00", "%20", "*", "%F0%9F%98%80"];
    let mut ids = fixed.map(str::to_owned).to_vec();
    ids.extend([
        foreign.to_owned(),
        foreign.to_uppercase(),
        hex.to_owned(),
        format!("ord_{}", "0".repeat(32)),
        format!("{foreign}%23"),
        format!("%23{foreign}"),
        format!("{foreign}%0d%0a"),
        format!("{foreign}0"),
        foreign[..35].to_owned(),
        format!("ord_{}-{}", &hex[..8], &hex[8..]),
        "ord_01890a5dac967aabbccddeeff0011223".to_owned(),
        "x".repeat(5_000),
    ]);
    ids
}

/// A call for every id, each for something that is not there.
pub fn missing(ids: &[impl AsRef<str>], call: impl Fn(&str) -> Call) -> Vec<Case> {
    ids.iter().map(|id| case(short(id.as_ref()), call(id.as_ref()), 404, "not_found")).collect()
}
