//! Form-encoded parameters with bracket nesting (Stripe API docs, "Introduction": form-encoded request bodies).

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use http::{Method, Request, header};
use sha2::{Digest, Sha256};

use super::error::ApiError;

/// Stripe's integers are limited to eight digits where they are amounts (API docs, PaymentIntent `amount`).
pub(super) const MAX_AMOUNT: i64 = 99_999_999;

/// The parameters of one request. Each is taken once; what is left at the end is unknown.
#[derive(Clone)]
pub(super) struct Params(Vec<(String, String)>);

type Parsed<T> = Result<T, ApiError>;

impl Params {
    pub fn read(request: &Request<Bytes>) -> Parsed<Self> {
        let query = request.uri().query().unwrap_or_default();
        let mut pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        if request.method() == Method::POST && !request.body().is_empty() {
            let content_type = request.headers().get(header::CONTENT_TYPE);
            if !content_type
                .is_some_and(|value| value.as_bytes().starts_with(b"application/x-www-form-urlencoded"))
            {
                return Err(ApiError::invalid(
                    "Invalid request (check that your POST content type is application/x-www-form-urlencoded).",
                ));
            }
            pairs.extend(form_urlencoded::parse(request.body()).into_owned());
        }
        Ok(Self(pairs))
    }

    /// What an idempotency key is bound to: the endpoint and its parameters, in whatever order they were sent.
    pub fn fingerprint(&self, path: &str) -> String {
        let mut pairs: Vec<_> = self.0.iter().collect();
        // A stable sort by name: the values of a list keep their order, in which they mean something.
        pairs.sort_by_key(|(name, _)| name);
        let mut hash = Sha256::new();
        for part in
            std::iter::once(path).chain(pairs.into_iter().flat_map(|(name, value)| [&**name, &**value]))
        {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hex::encode(hash.finalize())
    }

    fn take(&mut self, belongs: impl Fn(&str) -> bool) -> Vec<(String, String)> {
        self.0.extract_if(.., |(name, _)| belongs(name)).collect()
    }

    /// A scalar. An empty value unsets a parameter, so it counts as absent.
    pub fn text(&mut self, name: &str) -> Option<String> {
        let (_, value) = self.take(|sent| sent == name).pop()?;
        (!value.is_empty()).then_some(value)
    }

    pub fn integer(&mut self, name: &str) -> Parsed<Option<i64>> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        let error = || {
            ApiError::invalid(format!("Invalid integer: {text}"))
                .code("parameter_invalid_integer")
                .param(name)
        };
        text.parse().map(Some).map_err(|_| error())
    }

    pub fn at_least(&mut self, least: i64, name: &str) -> Parsed<Option<i64>> {
        match self.integer(name)? {
            Some(less) if less < least => {
                Err(ApiError::invalid(format!("This value must be greater than or equal to {least}."))
                    .code("parameter_invalid_integer")
                    .param(name))
            }
            number => Ok(number),
        }
    }

    pub fn amount(&mut self, name: &str) -> Parsed<Option<i64>> {
        match self.at_least(1, name)? {
            Some(amount) if amount > MAX_AMOUNT => {
                Err(ApiError::invalid("Amount must be no more than 999,999.99")
                    .code("amount_too_large")
                    .param(name))
            }
            amount => Ok(amount),
        }
    }

    /// An ISO 4217 code, in lowercase.
    pub fn currency(&mut self, name: &str) -> Parsed<Option<String>> {
        let currency = self.text(name).map(|currency| currency.to_ascii_lowercase());
        match currency {
            Some(code) if code.len() != 3 || !code.bytes().all(|byte| byte.is_ascii_lowercase()) => {
                Err(ApiError::invalid(format!("Invalid currency: {code}.")).param(name))
            }
            currency => Ok(currency),
        }
    }

    pub fn email(&mut self, name: &str) -> Parsed<Option<String>> {
        match self.text(name) {
            Some(address) if !address.contains('@') => {
                Err(ApiError::invalid(format!("Invalid email address: {address}"))
                    .code("email_invalid")
                    .param(name))
            }
            address => Ok(address),
        }
    }

    pub fn flag(&mut self, name: &str) -> Parsed<Option<bool>> {
        match self.text(name).as_deref() {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(other) => Err(ApiError::invalid(format!("Invalid boolean: {other}")).param(name)),
        }
    }

    pub fn one_of(&mut self, name: &str, allowed: &[&'static str]) -> Parsed<Option<&'static str>> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        let found = allowed.iter().find(|choice| **choice == text).copied();
        let error = || {
            ApiError::invalid(format!("Invalid {name}: must be one of {}", allowed.join(", "))).param(name)
        };
        found.map(Some).ok_or_else(error)
    }

    /// `name[]=a&name[]=b` or `name[0]=a&name[1]=b`.
    pub fn list(&mut self, name: &str) -> Vec<String> {
        let indexed = |sent: &str| {
            inner(sent, name).is_some_and(|index| index.bytes().all(|byte| byte.is_ascii_digit()))
        };
        self.take(indexed).into_iter().map(|(_, value)| value).collect()
    }

    /// The numbers `n` of everything that is called `name[n][…]`, in order.
    pub fn indexes(&self, name: &str) -> BTreeSet<u64> {
        let index = |sent: &str| {
            sent.strip_prefix(name)?.strip_prefix('[')?.split_once("][").and_then(|(n, _)| n.parse().ok())
        };
        self.0.iter().filter_map(|(sent, _)| index(sent)).collect()
    }

    /// At most 50 pairs, names up to 40 characters and values up to 500 (API docs, "Metadata").
    pub fn metadata(&mut self, name: &str) -> Parsed<BTreeMap<String, String>> {
        let mut metadata = BTreeMap::new();
        for (sent, value) in self.take(|sent| inner(sent, name).is_some_and(|key| !key.is_empty())) {
            let key = inner(&sent, name).unwrap_or_default();
            if key.chars().count() > 40 || value.chars().count() > 500 {
                return Err(ApiError::invalid(
                    "Metadata keys have at most 40 characters, values at most 500.",
                )
                .param(sent));
            }
            if !value.is_empty() {
                metadata.insert(key.to_owned(), value);
            }
        }
        if metadata.len() > 50 {
            return Err(ApiError::invalid("Metadata can have at most 50 keys.").param(name));
        }
        Ok(metadata)
    }

    /// Which ids the answer shall carry as whole objects (API docs, "Expanding responses").
    pub fn expand(&mut self, allowed: &[&str]) -> Parsed<Vec<String>> {
        let paths = self.list("expand");
        match paths.iter().find(|path| !allowed.contains(&path.as_str())) {
            Some(path) => {
                Err(ApiError::invalid(format!("This property cannot be expanded ({path}).")).param("expand"))
            }
            None => Ok(paths),
        }
    }

    /// Every parameter has been taken, or the request is refused.
    pub fn finish(self) -> Parsed<()> {
        match self.0.into_iter().next() {
            None => Ok(()),
            Some((name, _)) => Err(ApiError::invalid(format!("Received unknown parameter: {name}"))
                .code("parameter_unknown")
                .param(name)),
        }
    }
}

/// The `key` of `name[key]`.
fn inner<'a>(sent: &'a str, name: &str) -> Option<&'a str> {
    sent.strip_prefix(name)?.strip_prefix('[')?.strip_suffix(']')
}

/// The value of a parameter that must be there.
pub(super) fn required<T>(name: &str, value: Option<T>) -> Parsed<T> {
    let error = || {
        ApiError::invalid(format!("Missing required param: {name}.")).code("parameter_missing").param(name)
    };
    value.ok_or_else(error)
}

#[cfg(test)]
mod tests {
    use super::super::testing::Twin;
    use super::*;

    fn check(form: &str, code: Option<&str>, param: Option<&str>) {
        let twin = Twin::new();
        let reply = twin.post("/v1/payment_intents", form, None);
        assert_eq!(reply.error(), (400, code, param), "{form}");
        assert_eq!(reply.text("/error/type"), "invalid_request_error");
        assert!(twin.stripe.intents().is_empty() && twin.events().is_empty(), "{form} left something behind");
    }

    #[test]
    fn an_unknown_parameter_is_named() {
        for unknown in
            ["amout", "metadata", "metadata[]", "automatic_payment_methods[on]", "expand[a]", "customer"]
        {
            check(&format!("amount=5&currency=eur&{unknown}=1"), Some("parameter_unknown"), Some(unknown));
        }
    }

    #[test]
    fn a_missing_parameter_is_named() {
        check("currency=eur", Some("parameter_missing"), Some("amount"));
        check("amount=5", Some("parameter_missing"), Some("currency"));
        check("amount=5&currency=", Some("parameter_missing"), Some("currency"));
        check("amount=5&currency=eur&confirm=true", Some("parameter_missing"), Some("payment_method"));
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_named() {
        for amount in ["0", "-5", "1.50", "abc"] {
            check(
                &format!("amount={amount}&currency=eur"),
                Some("parameter_invalid_integer"),
                Some("amount"),
            );
        }
        check("amount=100000000&currency=eur", Some("amount_too_large"), Some("amount"));
        check("amount=5&currency=euro", None, Some("currency"));
        check("amount=5&currency=eur&confirm=yes", None, Some("confirm"));
        check("amount=5&currency=eur&capture_method=later", None, Some("capture_method"));
        check("amount=5&currency=eur&receipt_email=nobody", Some("email_invalid"), Some("receipt_email"));
        check("amount=5&currency=eur&expand[]=customer", None, Some("expand"));
        check("amount=5&currency=eur&payment_method_types[]=ideal", None, Some("payment_method_types"));
        check(&format!("amount=5&currency=eur&metadata[a]={}", "x".repeat(501)), None, Some("metadata[a]"));
    }

    #[test]
    fn a_body_that_is_not_a_form_is_refused() {
        let request = Request::post("/v1/refunds")
            .header("authorization", "Bearer sk_test_1")
            .header("content-type", "application/json")
            .body(Bytes::from_static(b"{}"))
            .expect("a request");
        assert_eq!(Twin::new().raw(&request).status, 400);
    }

    #[test]
    fn brackets_nest_and_percent_signs_escape() {
        let twin = Twin::new();
        let form = "amount=5&currency=EUR&metadata%5Border_id%5D=ord%201&metadata[a[b]]=%C3%A4&expand[0]=latest_charge";
        let reply = twin.post("/v1/payment_intents", form, None);
        assert_eq!((reply.text("/metadata/order_id"), reply.text("/metadata/a[b]")), ("ord 1", "ä"));
        assert_eq!(reply.text("/currency"), "eur");
    }
}
