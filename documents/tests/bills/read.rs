//! Reads the text of a PDF back: through the fonts' ToUnicode maps, with what `ActualText` and `ReversedChars` say about it
//! (ISO 32000-1, 9.10 and 14.8.2.3.3). It knows nothing of how bills are made.

use lopdf::content::Content;
use lopdf::{Dictionary, Document, Object, ObjectId};
use std::collections::BTreeMap;

/// Each run of text of a page, in the order in which they are drawn.
pub fn pages(pdf: &[u8]) -> Vec<Vec<String>> {
    let document = Document::load_mem(pdf).expect("a PDF");
    document.get_pages().into_values().map(|page| page_of(&document, page)).collect()
}

/// All text of all pages: runs of one line follow each other, spaces are single.
pub fn text(pdf: &[u8]) -> String {
    let runs: Vec<String> = pages(pdf).into_iter().flatten().collect();
    spaced(&runs.join("\u{1}"))
}

/// As [`text`] has it: without what only parts runs, and with single spaces.
pub fn spaced(text: &str) -> String {
    let plain: String = text
        .chars()
        .filter(|c| !matches!(c, '\u{1}' | '\u{200e}' | '\u{200f}' | '\u{2066}'..='\u{2069}'))
        .map(|c| if matches!(c, '\u{a0}' | '\u{202f}') { ' ' } else { c })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

type CMap = BTreeMap<u16, String>;

fn page_of(document: &Document, page: ObjectId) -> Vec<String> {
    let maps = fonts(document, page);
    let content = Content::decode(&document.get_page_content(page)).expect("operations");
    let mut runs: Vec<String> = Vec::new();
    let mut map = &CMap::new();
    // What marked content is open: its actual text, and whether its glyphs are reversed.
    let mut open: Vec<(Option<String>, bool)> = Vec::new();
    for operation in &content.operations {
        match operation.operator.as_str() {
            "BT" => runs.push(String::new()),
            "Tf" => {
                let name = operation.operands[0].as_name().expect("a font");
                map = &maps[&String::from_utf8_lossy(name).into_owned()];
            }
            "BMC" | "BDC" => {
                let reversed = operation.operands[0].as_name().expect("a tag") == b"ReversedChars";
                let actual = actual_text(document, page, operation.operands.get(1));
                if let (Some(actual), Some(run)) = (&actual, runs.last_mut()) {
                    run.push_str(actual);
                }
                open.push((actual, reversed));
            }
            "EMC" => drop(open.pop()),
            "Tj" | "TJ" if open.iter().any(|(actual, _)| actual.is_some()) => {}
            "Tj" | "TJ" => {
                let codes = strings(&operation.operands).concat();
                let mut parts: Vec<&str> =
                    codes.iter().map(|code| map.get(code).map_or("\u{fffd}", String::as_str)).collect();
                if open.iter().any(|(_, reversed)| *reversed) {
                    parts.reverse();
                    let run = runs.last_mut().expect("text is within BT");
                    // Fragments of a run that goes the other way follow each other from right to left, too.
                    run.insert_str(0, &parts.concat());
                } else {
                    runs.last_mut().expect("text is within BT").push_str(&parts.concat());
                }
            }
            _ => {}
        }
    }
    runs
}

/// The codes of shown strings: two bytes each (Identity-H).
pub fn strings(operands: &[Object]) -> Vec<Vec<u16>> {
    let codes = |bytes: &[u8]| bytes.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    let mut found = Vec::new();
    for operand in operands {
        match operand {
            Object::String(bytes, _) => found.push(codes(bytes)),
            Object::Array(items) => found.extend(strings(items)),
            _ => {}
        }
    }
    found
}

fn actual_text(document: &Document, page: ObjectId, properties: Option<&Object>) -> Option<String> {
    let dictionary = match properties? {
        Object::Dictionary(dictionary) => dictionary.clone(),
        Object::Name(name) => resources(document, page)
            .get(b"Properties")
            .ok()?
            .as_dict()
            .ok()?
            .get(name)
            .ok()?
            .as_dict()
            .ok()?
            .clone(),
        _ => return None,
    };
    Some(decoded(dictionary.get(b"ActualText").ok()?.as_str().ok()?))
}

/// A text string: UTF-16 behind its mark, else as good as ASCII (ISO 32000-1, 7.9.2.2).
fn decoded(bytes: &[u8]) -> String {
    match bytes {
        [0xfe, 0xff, rest @ ..] => {
            let units: Vec<u16> = rest.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            String::from_utf16(&units).expect("UTF-16")
        }
        plain => plain.iter().map(|byte| char::from(*byte)).collect(),
    }
}

fn resources(document: &Document, page: ObjectId) -> Dictionary {
    let page = document.get_dictionary(page).expect("a page");
    let resources = page.get(b"Resources").expect("resources");
    let (_, resources) = document.dereference(resources).expect("resources");
    resources.as_dict().expect("a dictionary").clone()
}

fn fonts(document: &Document, page: ObjectId) -> BTreeMap<String, CMap> {
    let resources = resources(document, page);
    let (_, fonts) = document.dereference(resources.get(b"Font").expect("fonts")).expect("fonts");
    let fonts = fonts.as_dict().expect("a dictionary");
    let map = |(name, font): (&Vec<u8>, &Object)| {
        let (_, font) = document.dereference(font).expect("a font");
        let to_unicode = font.as_dict().expect("a font").get(b"ToUnicode").expect("a ToUnicode map");
        let (_, stream) = document.dereference(to_unicode).expect("a map");
        let bytes = stream.as_stream().expect("a stream").decompressed_content().expect("bytes");
        (String::from_utf8_lossy(name).into_owned(), cmap(&String::from_utf8_lossy(&bytes)))
    };
    fonts.iter().map(map).collect()
}

/// `<0003> <0041>` within `bfchar`, `<0003> <0005> <0041>` within `bfrange` (Adobe Technical Note 5411).
fn cmap(text: &str) -> CMap {
    let mut map = CMap::new();
    let mut within = "";
    for line in text.lines().map(str::trim) {
        if line.ends_with("beginbfchar") || line.ends_with("beginbfrange") {
            within = if line.ends_with("beginbfchar") { "char" } else { "range" };
        } else if line.starts_with("endbf") {
            within = "";
        } else if !within.is_empty() {
            let codes: Vec<&str> = line.split(['<', '>']).filter(|part| !part.trim().is_empty()).collect();
            let number = |hex: &str| u16::from_str_radix(hex, 16).expect("hexadecimal");
            let letters = |hex: &str| {
                let units: Vec<u16> = hex
                    .as_bytes()
                    .chunks(4)
                    .map(|unit| number(std::str::from_utf8(unit).expect("ASCII")))
                    .collect();
                String::from_utf16(&units).expect("UTF-16")
            };
            match (within, codes.as_slice()) {
                ("char", [code, to]) => drop(map.insert(number(code), letters(to))),
                ("range", [first, last, to]) => {
                    let to = u32::from(letters(to).chars().next().expect("a letter"));
                    for (at, code) in (number(first)..=number(last)).enumerate() {
                        let letter =
                            char::from_u32(to + u32::try_from(at).expect("small")).expect("a letter");
                        map.insert(code, letter.to_string());
                    }
                }
                _ => panic!("{line}"),
            }
        }
    }
    map
}
