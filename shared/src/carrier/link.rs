//! Links to what is printed. Providers sign them for a while; what is kept of them in an order's log is too old sooner or later.

use url::Url;

use crate::time::Timestamp;

/// A link to a label that works now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelLink {
    /// Where it can be printed from.
    pub url: String,
    /// What kind of file it is, in the provider's words (`PDF_A6`), where it says so.
    pub format: Option<String>,
    /// Until when the link works, where it says so itself.
    pub expires_at: Option<Timestamp>,
}

impl LabelLink {
    /// A link, and until when it works.
    pub fn new(url: String, format: Option<String>) -> Self {
        let expires_at = end_of(&url);
        Self { url, format, expires_at }
    }
}

/// When a link to a file in S3 ends: `Expires`, or `X-Amz-Expires` seconds after `X-Amz-Date` (AWS S3: "Signing and authenticating
/// REST requests" and "Authenticating requests: using query parameters").
fn end_of(url: &str) -> Option<Timestamp> {
    let url = Url::parse(url).ok()?;
    let value = |name: &str| url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value);
    if let Some(end) = value("Expires") {
        return end.parse().ok().map(Timestamp::from_seconds);
    }
    let (signed, seconds) = (value("X-Amz-Date")?, value("X-Amz-Expires")?.parse().ok()?);
    moment(&signed).map(|signed| signed.plus_seconds(seconds))
}

/// Reads `20260301T100000Z`.
fn moment(text: &str) -> Option<Timestamp> {
    let part = |from: usize, to: usize| text.get(from..to);
    let day = format!("{}-{}-{}", part(0, 4)?, part(4, 6)?, part(6, 8)?);
    let time = format!("{}:{}:{}", part(9, 11)?, part(11, 13)?, part(13, 15)?);
    Timestamp::parse_rfc3339(&format!("{day}{}{time}{}", part(8, 9)?, part(15, text.len())?)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(url: &str) -> Option<String> {
        LabelLink::new(url.to_owned(), None).expires_at.map(Timestamp::rfc3339)
    }

    #[test]
    fn a_signed_link_says_until_when_it_works() {
        let ends = Some("2026-03-02T10:00:00Z".to_owned());
        assert_eq!(end("https://s3.example/label.pdf?Expires=1772445600&Signature=a%2Bb"), ends);
        let signed =
            "https://s3.example/label.pdf?X-Amz-Date=20260301T100000Z&X-Amz-Expires=86400&X-Amz-Signature=a";
        assert_eq!(end(signed), ends);
    }

    #[test]
    fn a_link_that_says_nothing_of_an_end_or_nonsense_has_none() {
        for url in [
            "https://courier.example/labels/LC-1.pdf",
            "https://s3.example/label.pdf?Expires=tomorrow",
            "https://s3.example/label.pdf?X-Amz-Date=20260301T100000Z",
            "https://s3.example/label.pdf?X-Amz-Date=2026&X-Amz-Expires=86400",
            "https://s3.example/label.pdf?X-Amz-Date=20261301T100000Z&X-Amz-Expires=86400",
            "https://s3.example/label.pdf?X-Amz-Date=äöü0301T100000Z&X-Amz-Expires=86400",
            "no link",
        ] {
            assert_eq!(end(url), None, "{url}");
        }
    }
}
