//! The bytes of a bill never change.

use sha2::{Digest, Sha256};

use crate::shop::{Case, pdf};

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_bill_has_the_same_bytes_each_time() {
    let bytes = || documents::pdf(&Case::paid().bill("ar")).expect("a PDF").bytes;
    let elsewhere = std::thread::spawn(bytes).join().expect("bytes");
    assert_eq!(hash(&bytes()), hash(&elsewhere));
}

/// If this fails, bills that were issued would come out otherwise than they were sent. That is never mended here: what
/// changed has to become a layout of its own, or be taken back (see the crate).
#[test]
fn layout_one_is_as_it_was_when_bills_were_issued_under_it() {
    for (language, known) in [
        ("en", "ec9dda3012db47727de039302cda1887187a0d12545045266edefe1d32514f36"),
        ("he", "92becf2fd5e250252946df12b382ec15b60da57695081bb357148039f0fb95f7"),
    ] {
        let bytes = pdf(&Case::paid().bill(language), &format!("golden-{language}"));
        assert_eq!(hash(&bytes), known, "{language}");
    }
}

#[test]
fn a_bill_carries_its_fonts_and_is_small_all_the_same() {
    let bytes = pdf(&Case::paid().bill("en"), "size-en");
    assert!(bytes.len() < 60_000, "{} bytes", bytes.len());
    let document = lopdf::Document::load_mem(&bytes).expect("a PDF");
    let fonts = document.objects.values().filter_map(|object| object.as_dict().ok());
    let descriptors: Vec<_> = fonts.filter(|it| it.has_type(b"FontDescriptor")).collect();
    assert!(!descriptors.is_empty());
    assert!(descriptors.iter().all(|it| it.has(b"FontFile2")), "a font is not embedded");
}

#[test]
fn a_bill_says_its_title_and_language_and_is_tagged() {
    let bytes = pdf(&Case::paid().bill("he"), "title-he");
    let document = lopdf::Document::load_mem(&bytes).expect("a PDF");
    let catalog = document.catalog().expect("a catalog");
    assert_eq!(catalog.get(b"Lang").and_then(|it| it.as_str()).expect("a language"), b"he");
    assert!(catalog.has(b"StructTreeRoot") && catalog.has(b"MarkInfo") && catalog.has(b"OutputIntents"));
    let (_, metadata) = document.dereference(catalog.get(b"Metadata").expect("metadata")).expect("metadata");
    let xmp = String::from_utf8_lossy(&metadata.as_stream().expect("a stream").content).into_owned();
    for wanted in [
        "INV-2026-000042",
        "<pdfaid:part>2</pdfaid:part>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
        "<pdfuaid:part>1</pdfuaid:part>",
    ] {
        assert!(xmp.contains(wanted), "{wanted} is not in {xmp}");
    }
}
