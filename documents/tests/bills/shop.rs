//! Orders as a shop places them, and their bills.

use serde_json::{Value, json};
use shared::api::place::PlaceOrder;
use shared::catalog::{Offer, Product};
use shared::coupon::{Coupon, CouponState};
use shared::ids::{CouponCode, CustomerId, IdempotencyKey, Language, OrderId, ProductId, WarehouseId};
use shared::invoice::{BillNumber, Invoice, Issue, Layout, Subject, due};
use shared::order::payment::Reference;
use shared::order::{Actor, Command, IntentReport, Order, RefundReport, apply, decide};
use shared::packaging;
use shared::placement::{Buyer, Circumstances, Document, KnownCoupon, Placement, place};
use shared::pricing::CouponValue;
use shared::sku::Sku;
use shared::stock::StockBucket;
use shared::store::{Settings, Store};
use shared::time::Timestamp;
use std::collections::BTreeMap;
use std::path::Path;

use crate::drawn::has_missing_glyphs;

/// When orders are placed.
pub fn start() -> Timestamp {
    Timestamp::parse_rfc3339("2026-03-01T10:00:00Z").expect("a time")
}

/// A shop in the Netherlands with a seller that says everything, selling with tax in its prices.
pub fn settings() -> Value {
    json!({
        "currency": "EUR",
        "country": "NL",
        "tax": {
            "prices_include_tax": true,
            "classes": ["standard", "reduced"],
            "delivery_class": "standard",
            "elsewhere": "untaxed",
            "zones": [{"countries": ["NL", "DE", "FR", "ES"], "rates": {
                "standard": [{"name": "VAT", "rate": "21"}], "reduced": [{"name": "VAT", "rate": "9"}]}}]
        },
        "shipping_methods": [{"id": "parcel", "name": "Parcel", "zones": [
            {"bands": [{"up_to_grams": 1_000_000_000, "price": "4.95"}], "transit_days": 2}]}],
        "sender": {"name": "Green Mug"},
        "invoices": {"series": {"invoice": "INV-{year}-", "credit_note": "CN-{year}-"}, "seller": {
            "name": "Green Mug B.V.",
            "address": {"street": "Prinsengracht 263", "postal_code": "1016 GV", "city": "Amsterdam", "country": "NL"},
            "vat_id": "NL001234567B01", "registration": "KvK 12345678", "email": "help@greenmug.example",
            "website": "greenmug.example", "bank": ["Example Bank", "IBAN NL91 ABNA 0417 1643 00", "BIC ABNANL2A"],
            "note": "Goods can be sent back within 30 days. Thank you for buying from a small shop."
        }}
    })
}

/// With central and state tax on top of prices, in rupees.
pub fn indian() -> Value {
    let mut settings = settings();
    settings["currency"] = json!("INR");
    settings["tax"] = json!({
        "prices_include_tax": false, "classes": ["standard", "reduced"], "delivery_class": "standard", "elsewhere": "untaxed",
        "zones": [{"countries": ["IN"], "rates": {
            "standard": [{"name": "CGST", "rate": "9"}, {"name": "SGST", "rate": "9"}],
            "reduced": [{"name": "CGST", "rate": "2.5"}, {"name": "SGST", "rate": "2.5"}]}}]
    });
    settings
}

/// An order being made.
pub struct Case {
    pub settings: Settings,
    pub order: Order,
    pub document: Document,
    issued: Vec<Issue>,
    now: Timestamp,
}

/// A product of the shop, and how many of it are bought.
#[derive(Clone)]
pub struct Item {
    pub name: String,
    pub names: Value,
    pub variations: Value,
    pub price: String,
    pub class: &'static str,
    pub quantity: u32,
    pub discount: Option<&'static str>,
}

pub fn item(name: &str, price: &str, quantity: u32) -> Item {
    Item {
        name: name.into(),
        names: json!({}),
        variations: json!([]),
        price: price.into(),
        class: "standard",
        quantity,
        discount: None,
    }
}

/// Mugs in three languages, a shirt in a size, and a book.
pub fn basket() -> Vec<Item> {
    let names = |de: &str, fr: &str, ar: &str, he: &str| json!({"de": {"name": de}, "fr": {"name": fr}, "ar": {"name": ar}, "he": {"name": he}});
    vec![
        Item {
            names: names("Emaillebecher", "Tasse émaillée", "كوب مطلي بالمينا", "ספל אמייל"),
            ..item("Enamel mug", "14.50 EUR", 2)
        },
        Item {
            names: names(
                "T-Shirt aus Biobaumwolle",
                "T-shirt en coton bio",
                "قميص قطن عضوي",
                "חולצת כותנה אורגנית",
            ),
            variations: json!([{"attribute": "Size", "value": "M"}, {"attribute": "Colour", "value": "Black"}]),
            discount: Some("15"),
            ..item("Organic T-shirt", "29.00 EUR", 1)
        },
        Item { class: "reduced", ..item("A field guide to the birds of Europe", "1024.95 EUR", 1) },
    ]
}

/// Where it goes.
pub fn alice(country: &str) -> Value {
    json!({"name": "Alice Example", "street": "Keizersgracht 123", "postal_code": "1015 CJ", "city": "Amsterdam",
        "country": country})
}

impl Case {
    /// An order of these items.
    pub fn new(settings: Value, items: &[Item], address: Value, payment: Value) -> Self {
        let settings: Settings = serde_json::from_value(settings).expect("settings");
        assert_eq!(settings.check(), []);
        let currency = settings.currency.expect("a currency");
        let lines: Vec<Value> = items.iter().enumerate().map(|(at, item)| line(at, item)).collect();
        let mut body = json!({"lines": lines, "contact_email": "alice@example.org", "override_reason": "sale",
            "coupon_code": "SPRING-10", "shipping_address": address, "payment": payment});
        if let Some(billing) = body["shipping_address"].get("bill_to").cloned() {
            body["billing_address"] = billing;
            body["shipping_address"].as_object_mut().expect("an object").remove("bill_to");
        }
        let request: PlaceOrder = serde_json::from_value(body).expect("a request");
        let customer = CustomerId::parse("alice").expect("an id");
        let actor = Actor::Admin(customer.clone());
        let buyer = Buyer {
            customer: customer.clone(),
            caller: customer.clone(),
            actor,
            email: None,
            language: None,
        };
        let key = IdempotencyKey::parse("k").expect("a key");
        let id = OrderId::new(&customer, &customer, &key, start());
        let offers = items.iter().enumerate().map(|(at, item)| offer(at, item, currency.code()));
        let known =
            Circumstances { offers: offers.collect(), coupon: Some(coupon()), ..Circumstances::default() };
        let warehouses = json!({"west": {"name": "West", "place": {"country": "NL", "city": "Utrecht"},
            "areas": [{"distance_km": 40}]}});
        let store = Store {
            version: 1,
            settings: settings.clone(),
            warehouses: serde_json::from_value(warehouses).expect("warehouses"),
            ..Store::default()
        };
        let Placement { order, document, .. } =
            place(&request, &buyer, id, &known, &store, start()).expect("the order can be placed");
        Self { settings, order, document, issued: vec![], now: start() }
    }

    /// The usual basket, paid by card.
    pub fn paid() -> Self {
        let mut case = Self::new(settings(), &basket(), alice("NL"), card());
        case.pay();
        case
    }

    pub fn does(&mut self, command: &Command) {
        let actor = Actor::Worker;
        let staff = Actor::Admin(CustomerId::parse("sam").expect("an id"));
        let decided = decide(&self.order, &self.document, command, &actor, self.now)
            .or_else(|_| decide(&self.order, &self.document, command, &staff, self.now));
        let events = decided.expect("it is allowed");
        self.order = apply(Some(self.order.clone()), &events, &actor, self.now).expect("an order");
    }

    /// The provider takes the money.
    pub fn pay(&mut self) {
        let intent = || "pi_1".to_owned();
        self.does(&Command::RecordPayment(IntentReport::Created { intent: intent() }));
        let reference = Reference::Intent(intent());
        let amount = self.order.total;
        self.does(&Command::RecordPayment(IntentReport::Succeeded { reference, intent: intent(), amount }));
    }

    /// From confirmed to delivered, some days later.
    pub fn deliver(&mut self) {
        for command in [
            Command::Prepare { packagings: packaging::DEFAULT.as_slice().into() },
            Command::Pack { parcel: None },
            Command::Ship { parcel: None, courier: None },
            Command::Deliver { parcel: None },
        ] {
            self.now = self.now.plus_seconds(20 * 60 * 60);
            self.does(&command);
        }
    }

    /// The provider takes the newest refund.
    pub fn refund_done(&mut self) {
        let refund = self.order.refunds().pop().expect("a refund");
        let report = RefundReport::Done { provider: format!("re_{}", refund.id) };
        self.does(&Command::RecordRefund { refund: refund.id, report });
    }

    /// The next bill that is due, in a language.
    pub fn bill(&mut self, language: &str) -> Invoice {
        let subject = due(&self.order, &self.document, &self.issued).expect("a bill is due");
        let kind = subject.kind();
        let series = self.settings.invoices.series.of(kind).series_at(self.now);
        let same = |issue: &&Issue| issue.subject.kind() == kind;
        let number = series.after(41 + self.issued.iter().filter(same).count() as u64);
        let issue = issue(number, subject, &self.order, self.now, language);
        self.issued.push(issue.clone());
        Invoice::of(&self.order, &self.document, &self.settings, &issue).expect("a bill")
    }
}

fn issue(number: BillNumber, subject: Subject, order: &Order, at: Timestamp, language: &str) -> Issue {
    Issue {
        number,
        subject,
        at,
        sequence: order.version(),
        store_version: 1,
        language: Language::parse(language).expect("a language"),
        layout: Layout::One,
    }
}

pub fn card() -> Value {
    json!({"method": "card", "payment_method_id": "pm_card_visa"})
}

pub fn cash() -> Value {
    json!({"method": "cod"})
}

fn line(at: usize, item: &Item) -> Value {
    let mut line = json!({"product_id": format!("p{at}"), "quantity": item.quantity});
    if item.variations != json!([]) {
        line["variation_id"] = json!("v");
    }
    if let Some(percent) = item.discount {
        line["discount_percentage"] = json!(percent);
    }
    line
}

fn offer(at: usize, item: &Item, currency: &str) -> (ProductId, Offer) {
    let id = format!("p{at}");
    let variations = match &item.variations {
        none if *none == json!([]) => json!([]),
        attributes => json!([{"id": "v", "attributes": attributes}]),
    };
    let product: Product = serde_json::from_value(json!({
        "id": id, "name": item.name, "translations": item.names, "variations": variations,
        "price": item.price.replace("EUR", currency), "tax_class": item.class, "weight_grams": 300, "volume_cm3": 500,
        "state": "active", "version": 1, "updated_at": start(),
    }))
    .expect("a product");
    let sku = Sku::parse(&if variations == json!([]) { id } else { format!("{id}:v") }).expect("a sku");
    let bucket = StockBucket {
        warehouse: WarehouseId::parse("west").expect("an id"),
        bucket: 0,
        on_hand: 100_000,
        held: 0,
    };
    (product.id.clone(), Offer { product, stock: BTreeMap::from([(sku, vec![bucket])]) })
}

fn coupon() -> KnownCoupon {
    let coupon = Coupon {
        code: CouponCode::from_input("SPRING-10").expect("a code"),
        value: CouponValue::Percent(serde_json::from_str("\"10\"").expect("a percentage")),
        minimum: None,
        valid_from: None,
        valid_until: None,
        max_uses: None,
        max_uses_per_customer: None,
        state: CouponState::Active,
        version: 1,
        updated_at: start(),
    };
    KnownCoupon { coupon, used: 0, used_by_customer: 0 }
}

/// The PDF of a bill, which is also put aside under this name for people to look at.
pub fn pdf(invoice: &Invoice, name: &str) -> Vec<u8> {
    let bytes = documents::pdf(invoice).expect("a PDF").bytes;
    assert!(!has_missing_glyphs(&bytes), "{name} draws a glyph that stands for none");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bills");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join(format!("{name}.pdf")), &bytes).expect("a file");
    bytes
}
