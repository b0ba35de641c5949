//! The page on which a customer pays a session: Stripe's is at checkout.stripe.com, and takes the numbers of its test
//! cards (Stripe docs, "Testing"); this one offers the cards by name.

use bytes::Bytes;
use http::{HeaderValue, Method, Response, StatusCode, header};

use super::super::attempts;
use super::super::error::{ApiError, Failure};
use super::super::intents::{self, PaymentIntent};
use super::super::store::{Work, unreadable};
use super::create::Item;
use super::{Session, Status};

/// The cards that the page offers, and what they do.
const CARDS: [(&str, &str); 11] = [
    ("pm_card_visa", "4242 4242 4242 4242: pays"),
    ("pm_card_visa_chargeDeclined", "4000 0000 0000 0002: declined"),
    ("pm_card_visa_chargeDeclinedInsufficientFunds", "4000 0000 0000 9995: insufficient funds"),
    ("pm_card_chargeDeclinedExpiredCard", "4000 0000 0000 0069: expired"),
    ("pm_card_threeDSecure2Required", "4000 0000 0000 3220: asks for 3-D Secure, then pays"),
    (
        "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",
        "4000 0082 6000 3178: asks for 3-D Secure, then insufficient funds",
    ),
    ("pm_card_pendingRefund", "4000 0000 0000 7726: pays, a refund takes a while"),
    ("pm_card_refundFail", "4000 0000 0000 5126: pays, a refund fails"),
    ("pm_card_createDispute", "4000 0000 0000 0259: pays, and is disputed as fraud"),
    ("pm_card_createDisputeInquiry", "4000 0000 0000 1976: pays, and the bank inquires"),
    ("pm_twin_chargedWithServerError", "The twin's own: pays, and shows an error"),
];

/// Currencies whose smallest unit is not a hundredth (Stripe docs, "Supported currencies").
const WHOLE: [&str; 16] = [
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof",
    "xpf",
];
const THOUSANDTHS: [&str; 5] = ["bhd", "jod", "kwd", "omr", "tnd"];

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:3rem auto;padding:0 1rem}\
    li{margin:.25rem 0}.no{color:#b00020}button,select{font:inherit;padding:.4rem .8rem;margin:.25rem .5rem .25rem 0}";

/// What the browser gets.
pub(in super::super) struct Page {
    status: StatusCode,
    location: Option<String>,
    html: String,
}

impl Page {
    fn of(status: StatusCode, title: &str, body: &str) -> Self {
        let html = format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style></head>\
             <body><h1>{title}</h1>{body}<p><small>The twin's page in place of Stripe's. No money moves.</small></p>\
             </body></html>\n"
        );
        Self { status, location: None, html }
    }

    fn to(address: String) -> Self {
        Self { location: Some(address), ..Self::of(StatusCode::SEE_OTHER, "Paid", "") }
    }

    /// When the fake itself failed.
    pub fn broken() -> Self {
        Self::of(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong", "")
    }

    pub fn into_response(self) -> Response<Bytes> {
        let mut response = Response::new(Bytes::from(self.html));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(Ok(location)) = self.location.as_deref().map(HeaderValue::from_str) {
            headers.insert(header::LOCATION, location);
        }
        response
    }
}

/// What the customer chose.
enum Choice {
    Card(String),
    /// Passes or fails 3-D Secure.
    Authenticate(bool),
}

impl Choice {
    fn parse(form: &[u8]) -> Option<Self> {
        form_urlencoded::parse(form).find_map(|(name, value)| match (&*name, &*value) {
            ("payment_method", card) => Some(Self::Card(card.to_owned())),
            ("authentication", "complete") => Some(Self::Authenticate(true)),
            ("authentication", "fail") => Some(Self::Authenticate(false)),
            _ => None,
        })
    }
}

/// Shows the page of a session, or does what its form says.
pub(in super::super) fn answer(
    work: &Work<'_>,
    method: &Method,
    id: &str,
    form: &[u8],
) -> Result<Page, Failure> {
    let answered = match *method {
        Method::GET => work.find(id, "session").and_then(|session| show(work, &session, StatusCode::OK, "")),
        Method::POST => work.find(id, "session").and_then(|session| act(work, session, form)),
        _ => Ok(Page::of(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed", "")),
    };
    match answered {
        Err(Failure::Api(error)) => Ok(Page::of(status(&error), "Nothing to pay", &told(error.message()))),
        page => page,
    }
}

fn act(work: &Work<'_>, mut session: Session, form: &[u8]) -> Result<Page, Failure> {
    if session.status != Status::Open {
        return show(work, &session, StatusCode::OK, "");
    }
    let done = match (Choice::parse(form), &session.payment_intent) {
        (Some(Choice::Card(card)), _) => session.pay(work, card),
        (Some(Choice::Authenticate(ok)), Some(intent)) => attempts::authenticate(work, intent, ok).map(drop),
        _ => Err(ApiError::invalid("Choose a card.").param("payment_method").into()),
    };
    let session: Session = work.find(&session.id, "session")?;
    match done {
        // Nobody tells the customer what happened: not even that the purchase may be paid.
        Err(Failure::Api(error)) if error.status() >= 500 => Ok(Page::broken()),
        Err(Failure::Api(error)) => show(work, &session, status(&error), error.message()),
        Err(failure) => Err(failure),
        Ok(()) if session.status == Status::Complete => Ok(Page::to(session.filled(&session.success_url))),
        Ok(()) => {
            let intent = begun(work, &session)?;
            let refused = intent.as_ref().and_then(|intent| intent.last_payment_error.as_ref());
            match refused.and_then(|error| error["message"].as_str()) {
                Some(message) if !waits(intent.as_ref()) => {
                    show(work, &session, StatusCode::PAYMENT_REQUIRED, message)
                }
                _ => show(work, &session, StatusCode::OK, ""),
            }
        }
    }
}

/// The page of a session as it stands, with what went wrong.
fn show(work: &Work<'_>, session: &Session, status: StatusCode, wrong: &str) -> Result<Page, Failure> {
    let message = told(wrong);
    match session.status {
        Status::Complete => {
            let back = link(&session.filled(&session.success_url), "Back to the shop");
            Ok(Page::of(StatusCode::GONE, "This purchase is paid", &back))
        }
        Status::Expired => {
            let body = "<p>This Checkout Session has expired. The shop can begin another one.</p>";
            Ok(Page::of(StatusCode::GONE, "Too late", body))
        }
        Status::Open if waits(begun(work, session)?.as_ref()) => {
            let body = "<p>Your bank asks whether it is you (3-D Secure).</p><form method=\"post\">\
                        <button name=\"authentication\" value=\"complete\">Complete</button>\
                        <button name=\"authentication\" value=\"fail\">Fail</button></form>";
            Ok(Page::of(status, "3-D Secure", &format!("{message}{body}")))
        }
        Status::Open => {
            let select = "SELECT items FROM open_sessions WHERE id = ?1";
            let items: String = work.db.query_row(select, [&session.id], |row| row.get(0))?;
            let items: Vec<Item> = serde_json::from_str(&items).map_err(unreadable)?;
            let title = format!("Pay {}", money(session.amount_total, &session.currency));
            let body = format!("{}{message}{}", list(&items, &session.currency), cards());
            let cancel = session.cancel_url.as_deref().map(|url| link(&session.filled(url), "Cancel"));
            Ok(Page::of(status, &title, &format!("{body}{}", cancel.unwrap_or_default())))
        }
    }
}

fn begun(work: &Work<'_>, session: &Session) -> Result<Option<PaymentIntent>, Failure> {
    session.payment_intent.as_ref().map(|id| work.find(id, "intent")).transpose()
}

/// Whether the bank waits for the customer.
fn waits(intent: Option<&PaymentIntent>) -> bool {
    intent.is_some_and(|intent| intent.status == intents::Status::RequiresAction)
}

fn status(error: &ApiError) -> StatusCode {
    StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn list(items: &[Item], currency: &str) -> String {
    let count: i64 = items.iter().map(|item| item.quantity).sum();
    let lines = items.iter().map(|item| {
        let (name, price) = (escaped(&item.name), money(item.unit_amount, currency));
        format!("<li>{} × {name}, {price} each</li>", item.quantity)
    });
    let plural = if count == 1 { "" } else { "s" };
    format!("<p>{count} item{plural}</p><ul>{}</ul>", lines.collect::<String>())
}

fn cards() -> String {
    let options = CARDS.map(|(name, does)| format!("<option value=\"{name}\">{}</option>", escaped(does)));
    format!(
        "<form method=\"post\"><select name=\"payment_method\" aria-label=\"Test card\">{}</select>\
         <button>Pay</button></form>",
        options.concat()
    )
}

fn told(wrong: &str) -> String {
    if wrong.is_empty() { String::new() } else { format!("<p class=\"no\">{}</p>", escaped(wrong)) }
}

fn link(address: &str, text: &str) -> String {
    format!("<p><a href=\"{}\">{text}</a></p>", escaped(address))
}

fn money(amount: i64, currency: &str) -> String {
    let places = match currency {
        whole if WHOLE.contains(&whole) => 0,
        thousandths if THOUSANDTHS.contains(&thousandths) => 3,
        _ => 2,
    };
    let code = currency.to_ascii_uppercase();
    let unit = 10_i64.pow(places);
    match usize::try_from(places) {
        Ok(width @ 1..) => format!("{}.{:0width$} {code}", amount / unit, amount % unit),
        _ => format!("{amount} {code}"),
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// The session's id, if the path is that of its page.
pub(in super::super) fn id(path: &str) -> Option<&str> {
    path.strip_prefix("/c/pay/")
}

#[cfg(test)]
mod tests {
    use super::super::super::cards;
    use super::*;

    #[test]
    fn every_card_that_is_offered_is_known() {
        for (name, _) in CARDS {
            assert!(cards::outcome(name).is_some(), "{name}");
        }
    }

    #[test]
    fn amounts_are_shown_in_the_units_of_their_currency() {
        for (amount, currency, shown) in [
            (1500, "eur", "15.00 EUR"),
            (5, "usd", "0.05 USD"),
            (1500, "jpy", "1500 JPY"),
            (1500, "kwd", "1.500 KWD"),
        ] {
            assert_eq!(money(amount, currency), shown);
        }
    }

    #[test]
    fn what_the_shop_wrote_is_text_and_never_markup() {
        let items = [Item { name: "<b>\"Tom's\" & co</b>".to_owned(), quantity: 1, unit_amount: 5 }];
        let shown = list(&items, "eur");
        assert!(shown.contains("&lt;b&gt;&quot;Tom&#39;s&quot; &amp; co&lt;/b&gt;"), "{shown}");
    }
}
