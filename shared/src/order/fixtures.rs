//! Orders as `placement::place` makes them: three lines of two tax classes, with a coupon and a delivery charge, from two
//! warehouses and several buckets. No amount of it can be divided evenly by its units.

#[cfg(test)]
mod case;

pub use case::Case;

use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::BTreeMap;

use super::payment::{Method, Reference};
use super::*;
use crate::api::place::PlaceOrder;
use crate::carrier::{Label, Rate};
use crate::catalog::{Offer, Product};
use crate::coupon::{Coupon, CouponState};
use crate::ids::{CouponCode, IdempotencyKey, ProductId};
use crate::invoice::BillNumber;
use crate::packaging;
use crate::placement::{Buyer, Circumstances, Document, KnownCoupon, Placement, place};
use crate::pricing::CouponValue;
use crate::sku::Sku;
use crate::stock::StockBucket;
use crate::store::{Capture, Settings, Store};

pub const HOLD_SECONDS: i64 = 30 * 60;
pub const DAY_SECONDS: i64 = 24 * 60 * 60;

/// When the orders are placed.
pub fn start() -> Timestamp {
    Timestamp::from_seconds(1_772_359_200)
}

pub fn money(text: &str) -> Money {
    text.parse().expect("valid money")
}

/// Euro cents.
pub fn cents(minor: i64) -> Money {
    Money::from_minor(minor, crate::money::Currency::parse("EUR").expect("a currency")).expect("in range")
}

pub fn staff() -> Actor {
    Actor::Admin(CustomerId::parse("sam").expect("valid"))
}

pub fn card() -> Method {
    Method::Card { payment_method: "pm_card_visa".into() }
}

pub fn redirect() -> Method {
    Method::Redirect { return_url: "https://shop.example/back".into() }
}

/// Every way to pay.
pub fn methods() -> [Method; 4] {
    [card(), redirect(), Method::Cod, Method::Later]
}

/// Prices without tax, two taxes on standard goods and delivery, one on books.
pub fn settings() -> Settings {
    serde_json::from_value(json!({
        "currency": "EUR",
        "tax": {
            "prices_include_tax": false,
            "classes": ["standard", "reduced"],
            "delivery_class": "standard",
            "zones": [{"countries": ["DE"], "rates": {
                "standard": [{"name": "VAT", "rate": "19"}, {"name": "Levy", "rate": "0.7"}],
                "reduced": [{"name": "VAT", "rate": "7"}]}}]
        },
        "shipping_methods": [{"id": "parcel", "name": "Parcel", "zones": [
            {"bands": [{"up_to_grams": 100_000, "price": "4.90"}], "transit_days": 3}]}],
        "payment": {"return_origins": ["https://shop.example"]}
    }))
    .expect("settings")
}

/// Money is reserved by the payment and taken at shipment.
pub fn at_shipment() -> Settings {
    let mut settings = settings();
    settings.payment.capture = Capture::AtShipment;
    settings
}

fn store(settings: Settings) -> Store {
    let house = |km: u32| json!({"name": "House", "place": {"country": "DE", "city": "Jena"}, "areas": [{"distance_km": km}]});
    let warehouses = json!({"north": house(300), "south": house(500)});
    Store {
        version: 7,
        settings,
        warehouses: serde_json::from_value(warehouses).expect("warehouses"),
        ..Store::default()
    }
}

/// Price, tax class, and what there is of it: warehouse, bucket, units.
type Goods<'a> = (&'a str, &'a str, &'a str, &'a [(&'a str, u16, i64)]);

/// Neither house has everything; the tea lies in three buckets, of which none has enough.
const GOODS: [Goods<'static>; 3] = [
    ("mug", "9.99 EUR", "standard", &[("north", 0, 2), ("south", 0, 1)]),
    ("book", "19.99 EUR", "reduced", &[("north", 0, 9)]),
    ("tea", "1.13 EUR", "standard", &[("south", 0, 3), ("south", 1, 2), ("south", 2, 4)]),
];

fn offers() -> BTreeMap<ProductId, Offer> {
    let offer = |(name, price, class, stock): &Goods<'_>| {
        let sku = Sku::parse(name).expect("a sku");
        let product: Product = serde_json::from_value(json!({
            "id": name, "name": name, "price": price, "tax_class": class, "weight_grams": 370, "volume_cm3": 900,
            "state": "active", "version": 1, "updated_at": start(),
        }))
        .expect("a product");
        let bucket = |(warehouse, bucket, on_hand): &(&str, u16, i64)| StockBucket {
            warehouse: crate::ids::WarehouseId::parse(warehouse).expect("a warehouse"),
            bucket: *bucket,
            on_hand: *on_hand,
            held: 0,
        };
        let stock = BTreeMap::from([(sku, stock.iter().map(bucket).collect())]);
        (product.id.clone(), Offer { product, stock })
    };
    GOODS.iter().map(offer).collect()
}

fn coupon() -> KnownCoupon {
    let coupon = Coupon {
        code: CouponCode::from_input("SPRING-10").expect("valid"),
        value: CouponValue::Percent(crate::percent::Percent::new(10.into()).expect("percent")),
        minimum: None,
        valid_from: None,
        valid_until: None,
        max_uses: Some(100),
        max_uses_per_customer: None,
        state: CouponState::Active,
        version: 3,
        updated_at: start(),
    };
    KnownCoupon { coupon, used: 1, used_by_customer: 0 }
}

/// Three mugs, two books and seven bags of tea, less 10 %.
pub fn usual_lines() -> Value {
    json!([{"product_id": "mug", "quantity": 3}, {"product_id": "book", "quantity": 2}, {"product_id": "tea", "quantity": 7}])
}

/// Lines of a request by `caller`, paid in this way, in a store of these settings.
pub fn placed_with(method: &Method, settings: Settings, lines: &Value, caller: &Actor) -> (Order, Document) {
    let customer = CustomerId::parse("alice").expect("valid");
    let mut body = json!({
        "lines": lines, "contact_email": "alice@example.org", "coupon_code": "SPRING-10", "override_reason": "agreed",
        "shipping_address": {"street": "Markt 1", "postal_code": "07743", "city": "Jena", "country": "DE"},
    });
    match method {
        Method::Card { payment_method } => {
            body["payment"] = json!({"method": "card", "payment_method_id": payment_method});
        }
        Method::Redirect { return_url } => {
            body["payment"] = json!({"method": "redirect", "redirect_url": return_url});
        }
        Method::Cod => body["payment"] = json!({"method": "cod"}),
        Method::Later => body["create_payment"] = json!(false),
    }
    let request: PlaceOrder = serde_json::from_value(body).expect("a request");
    let buyer = Buyer {
        customer: customer.clone(),
        caller: customer.clone(),
        actor: caller.clone(),
        email: None,
        language: None,
    };
    let key = IdempotencyKey::parse("k").expect("valid");
    let id = OrderId::new(&customer, &customer, &key, start());
    let known = Circumstances { offers: offers(), coupon: Some(coupon()), ..Circumstances::default() };
    let placement = place(&request, &buyer, id, &known, &store(settings), start());
    let Placement { order, document, .. } = placement.expect("the order can be placed");
    (order, document)
}

/// [`usual_lines`] in a store of these settings, paid in this way.
pub fn placed_under(method: &Method, settings: Settings) -> (Order, Document) {
    placed_with(method, settings, &usual_lines(), &Actor::Customer)
}

pub fn placed(method: &Method) -> (Order, Document) {
    placed_under(method, settings())
}

pub fn intent(id: &str) -> Reference {
    Reference::Intent(id.into())
}

pub fn session(id: &str) -> Reference {
    Reference::Session(id.into())
}

pub fn report(report: IntentReport) -> Command {
    Command::RecordPayment(report)
}

pub fn succeeded(id: &str, amount: Money) -> Command {
    report(IntentReport::Succeeded { reference: intent(id), intent: id.into(), amount })
}

pub fn authorized(id: &str, amount: Money) -> Command {
    report(IntentReport::Authorized { reference: intent(id), intent: id.into(), amount })
}

pub fn created(id: &str) -> Command {
    report(IntentReport::Created { intent: id.into() })
}

pub fn canceled(reference: Reference) -> Command {
    report(IntentReport::Canceled { reference })
}

pub fn units(line: u16, quantity: u32) -> Units {
    Units { line, quantity }
}

/// A request with this key; equal bodies have equal hashes.
pub fn request(key: &str, body: &impl std::fmt::Debug) -> Request {
    Request { key: key.into(), body: format!("{body:?}") }
}

pub fn courier(name: &str) -> Courier {
    Courier { name: name.into(), tracking_number: Some("3S123".into()), tracking_url: None }
}

pub fn rate(id: &str) -> Rate {
    Rate {
        id: id.into(),
        carrier: "post".into(),
        service: "fast".into(),
        amount: cents(495),
        days: Some(2),
        account: None,
    }
}

pub fn note_bill(place: u64) -> Command {
    let number = BillNumber::parse(&format!("INV-{:06}", place + 1)).expect("a number");
    Command::NoteBill { number, place }
}

pub fn label(transaction: &str) -> Label {
    Label {
        transaction: transaction.into(),
        carrier: "post".into(),
        tracking_number: "3S123".into(),
        tracking_url: None,
        label_url: Some("https://carrier.example/label.pdf".into()),
        pieces: vec![],
    }
}

/// Sends units now, all that have not left if none are named, in the packagings that there usually are.
pub fn fulfill(key: &str, lines: Option<&[Units]>, courier: Option<Courier>) -> Command {
    let packagings = Cow::Borrowed(packaging::DEFAULT.as_slice());
    Command::Fulfill {
        lines: lines.map(<[Units]>::to_vec),
        courier,
        packagings,
        request: request(key, &lines),
    }
}

pub fn cancel() -> Command {
    Command::Cancel { reason: "changed my mind".into(), override_reason: None }
}

pub fn cancel_lines(key: &str, lines: &[Units]) -> Command {
    Command::CancelLines {
        lines: lines.to_vec(),
        reason: "too many".into(),
        override_reason: None,
        request: request(key, &lines),
    }
}

pub fn refund(key: &str, what: RefundWish) -> Command {
    let request = request(key, &what);
    Command::Refund { what, reason: Some("sorry".into()), request }
}

pub fn of_lines(lines: &[Units]) -> RefundWish {
    RefundWish::Lines { lines: lines.to_vec(), delivery: false }
}

pub fn of_amount(minor: i64) -> RefundWish {
    RefundWish::Amount { amount: cents(minor), goodwill: false }
}

pub fn goodwill(minor: i64) -> RefundWish {
    RefundWish::Amount { amount: cents(minor), goodwill: true }
}

pub fn send_back(key: &str, lines: &[Units]) -> Command {
    Command::RequestReturn {
        lines: lines.to_vec(),
        reason: "damaged".into(),
        comment: Some("the handle is off".into()),
        request: request(key, &lines),
    }
}

pub fn receive(id: u16, lines: Option<&[Received]>) -> Command {
    Command::ReceiveReturn { id, lines: lines.map(<[Received]>::to_vec), refund_delivery: None }
}
