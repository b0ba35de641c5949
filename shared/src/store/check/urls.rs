//! URLs in settings. The parser is the browsers' own (WHATWG URL), the same that later tells whether a `redirect_url` has
//! one of the origins: what is accepted here is exactly what it writes.

use url::{Host, Url};

use super::bounds;

/// What a page with a place for a token has to be.
pub(super) const PAGE_WITH_TOKEN: &str =
    "an https URL of at most 500 characters with {token} once, behind the host";

/// Stands for the token in [`crate::store::GuestCheckout::order_url`] and [`crate::store::InvoiceSettings::url`].
const TOKEN: &str = "{token}";

/// Whether it is exactly an origin that browsers reach safely: `https://host`, with a port if it is not 443, or this very
/// machine. Capitals, a path, a slash at the end, a user or the usual port would all be written in another way. There are
/// no wildcards.
pub(super) fn is_origin(text: &str) -> bool {
    text.len() <= bounds::URL
        && !text.contains('*')
        && Url::parse(text).is_ok_and(|url| is_safe(&url) && url.origin().ascii_serialization() == text)
}

/// Whether it is the URL of a page with a place for a token: once, and not where it would choose the host.
pub(super) fn is_page_with_token(text: &str) -> bool {
    let with = |token: &str| Url::parse(&text.replace(TOKEN, token)).ok().filter(is_safe);
    let plain = text.len() <= bounds::URL && text.bytes().all(|byte| byte.is_ascii_graphic());
    plain
        && text.matches(TOKEN).count() == 1
        && with("1").zip(with("2")).is_some_and(|(one, other)| one.origin() == other.origin() && one != other)
}

/// Encrypted on the way, or never on the way: what browsers call potentially trustworthy (W3C Secure Contexts, 3.1).
fn is_safe(url: &Url) -> bool {
    let local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.octets() == [127, 0, 0, 1],
        _ => false,
    };
    let anonymous = url.username().is_empty() && url.password().is_none();
    anonymous && (url.scheme() == "https" || url.scheme() == "http" && local)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        for good in [
            "https://shop.example",
            "https://shop.example:8443",
            "https://xn--mnchen-3ya.example",
            "http://localhost",
            "http://localhost:3000",
            "http://127.0.0.1:3000",
            "https://[2001:db8::1]",
        ] {
            assert!(is_origin(good), "{good}");
        }
        for bad in [
            "",
            "shop.example",
            "//shop.example",
            "http://shop.example",
            "http://localhost.example",
            "http://127.0.0.2",
            "http://127.1",
            "https://shop.example/",
            "https://shop.example/checkout",
            "https://shop.example?",
            "https://shop.example#",
            "https://shop.example:443",
            "https://shop.example:",
            "https://Shop.example",
            "HTTPS://shop.example",
            "https://münchen.example",
            "https://user@shop.example",
            "https://*.shop.example",
            " https://shop.example",
            "https://shop.exam\tple",
            "https:shop.example",
            "https://",
            "null",
            "file:///etc",
            "app://shop",
        ] {
            assert!(!is_origin(bad), "{bad}");
        }
    }

    #[test]
    fn a_guests_page_has_one_place_for_the_token_and_never_in_the_host() {
        for good in [
            "https://shop.example/orders/{token}",
            "https://shop.example/orders?token={token}&lang=en",
            "https://shop.example/#/orders/{token}",
            "http://localhost:3000/{token}",
            "http://127.0.0.1/{token}",
        ] {
            assert!(is_page_with_token(good), "{good}");
        }
        let long = format!("https://shop.example/{}/{{token}}", "x".repeat(472));
        assert_eq!(long.len(), 501);
        for bad in [
            "",
            "{token}",
            "/orders/{token}",
            "http://shop.example/{token}",
            "https://shop.example/orders",
            "https://shop.example/{token}/{token}",
            "https://shop.example/{Token}",
            "https://shop.example/{token}/../orders",
            "https://{token}.shop.example/",
            "https://shop.example:{token}/",
            "https://{token}@shop.example/",
            "https://user:pass@shop.example/{token}",
            "https://shop.example/ {token}",
            "https://shop.example/{token}\r\nBcc: x@y.example",
            "javascript:alert('{token}')",
            &long,
        ] {
            assert!(!is_page_with_token(bad), "{bad}");
        }
    }
}
