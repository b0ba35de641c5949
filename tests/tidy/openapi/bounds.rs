//! Bounds in the document are those of the code.

use serde_json::Value;
use shared::limits;

use super::document;
use crate::none;
use crate::workspace::read;

/// Bounds of schemas that are constants of the domain.
const SCHEMAS: [(&str, u64); 81] = [
    ("PlaceOrder/properties/lines/maxItems", limits::LINES as u64),
    ("PlaceLine/properties/quantity/maximum", limits::QUANTITY as u64),
    ("PlaceOrder/properties/notes/maxLength", limits::NOTES as u64),
    ("PlaceOrder/properties/internal_notes/maxLength", limits::NOTES as u64),
    ("PlaceOrder/properties/override_reason/maxLength", limits::REASON as u64),
    ("PlaceOrder/properties/contact_email/maxLength", limits::EMAIL as u64),
    ("PutCartLine/properties/quantity/maximum", limits::QUANTITY as u64),
    ("Cart/properties/lines/maxItems", limits::CART_LINES as u64),
    ("CancelOrder/properties/reason/maxLength", limits::REASON as u64),
    ("CancelOrder/properties/override_reason/maxLength", limits::REASON as u64),
    ("CancelOrder/properties/lines/maxItems", limits::LINES as u64),
    ("UnitsGiven/properties/quantity/maximum", limits::QUANTITY as u64),
    ("LineId/maximum", limits::LINES as u64),
    ("ChangeStatus/oneOf/1/properties/reason/maxLength", limits::REASON as u64),
    ("EditOrder/oneOf/0/properties/internal_notes/maxLength", limits::NOTES as u64),
    ("EditOrder/oneOf/1/properties/reason/maxLength", limits::REASON as u64),
    ("AllOrders/properties/orders/maxItems", limits::PAGE as u64),
    ("OrderEvents/properties/events/maxItems", limits::PAGE as u64),
    ("FulfillOrder/properties/lines/maxItems", limits::LINES as u64),
    ("FulfillOrder/properties/courier/maxLength", limits::NAME as u64),
    ("FulfillOrder/properties/tracking_number/maxLength", limits::NAME as u64),
    ("FulfillOrder/properties/tracking_url/maxLength", limits::TRACKING_URL as u64),
    ("RefundOrder/properties/lines/maxItems", limits::LINES as u64),
    ("RefundOrder/properties/reason/maxLength", limits::REASON as u64),
    ("SettleRefund/properties/reference/maxLength", limits::NAME as u64),
    ("Payment/properties/refunds/maxItems", limits::ALL_REFUNDS as u64),
    ("RequestReturn/properties/lines/maxItems", limits::LINES as u64),
    ("RequestReturn/properties/line_ids/maxItems", limits::LINES as u64),
    ("RequestReturn/properties/reason/maxLength", limits::REASON as u64),
    ("RequestReturn/properties/comment/maxLength", limits::REASON as u64),
    ("RejectReturn/properties/reason/maxLength", limits::REASON as u64),
    ("ReceiveReturn/properties/lines/maxItems", limits::LINES as u64),
    ("ReceiveReturn/properties/lines/items/properties/restock/maximum", limits::QUANTITY as u64),
    ("ReceiveReturn/properties/lines/items/properties/scrap/maximum", limits::QUANTITY as u64),
    ("Returns/properties/returns/maxItems", limits::RETURNS as u64),
    ("ReturnId/maximum", limits::RETURNS as u64),
    ("AdjustStock/properties/reason/maxLength", limits::REASON as u64),
    ("AdjustStock/properties/quantity/maximum", limits::STOCK as u64),
    ("SplitStock/properties/buckets/maximum", limits::BUCKETS as u64),
    ("PutProduct/properties/name/maxLength", limits::NAME as u64),
    ("PutProduct/properties/description/maxLength", limits::NOTES as u64),
    ("PutProduct/properties/translations/maxProperties", limits::TRANSLATIONS as u64),
    ("PutProduct/properties/variations/maxItems", limits::VARIATIONS as u64),
    ("PutVariation/properties/attributes/maxItems", limits::ATTRIBUTES as u64),
    ("Attribute/properties/attribute/maxLength", limits::NAME as u64),
    ("Attribute/properties/value/maxLength", limits::NAME as u64),
    ("Attribute/properties/code/maxLength", limits::NAME as u64),
    ("Texts/properties/name/maxLength", limits::NAME as u64),
    ("Texts/properties/description/maxLength", limits::NOTES as u64),
    ("ImportReport/properties/lines/maxItems", limits::IMPORT_LINES as u64),
    ("PutCoupon/properties/max_uses/maximum", limits::COUPON_USES as u64),
    ("PutCoupon/properties/max_uses_per_customer/maximum", limits::COUPON_USES_PER_CUSTOMER as u64),
    ("PutWarehouse/properties/name/maxLength", limits::NAME as u64),
    ("PutWarehouse/properties/place/properties/city/maxLength", limits::NAME as u64),
    ("PutWarehouse/properties/place/properties/region/maxLength", limits::NAME as u64),
    ("PutWarehouse/properties/place/properties/postal_code/maxLength", limits::NAME as u64),
    ("ShippingMethodTerms/properties/names/maxProperties", limits::TRANSLATIONS as u64),
    ("Sender/properties/reply_to/maxLength", limits::EMAIL as u64),
    ("SeriesPattern/maxLength", limits::BILL_PREFIX as u64),
    ("Seller/properties/name/maxLength", limits::NAME as u64),
    ("Seller/properties/registration/maxLength", limits::NAME as u64),
    ("Seller/properties/website/maxLength", limits::NAME as u64),
    ("Seller/properties/note/maxLength", limits::BILL_NOTE as u64),
    ("Seller/properties/bank/maxItems", limits::BANK_LINES as u64),
    ("Seller/properties/email/maxLength", limits::EMAIL as u64),
    ("Seller/properties/name/minLength", 1),
    ("IdempotencyKey/maxLength", limits::IDEMPOTENCY_KEY as u64),
    ("AmountGiven/anyOf/1/maximum", limits::AMOUNT as u64),
    ("PercentGiven/anyOf/1/maximum", 100),
    ("OrderPage/properties/orders/maxItems", limits::PAGE as u64),
    ("Address/properties/name/maxLength", limits::NAME as u64),
    ("Address/properties/street/maxLength", limits::NAME as u64),
    ("Address/properties/house_number/maxLength", limits::NAME as u64),
    ("Address/properties/additional_info/maxLength", limits::NAME as u64),
    ("Address/properties/postal_code/maxLength", limits::NAME as u64),
    ("Address/properties/city/maxLength", limits::NAME as u64),
    ("Address/properties/state/maxLength", limits::NAME as u64),
    ("Address/properties/phone/maxLength", limits::NAME as u64),
    ("Address/properties/name/minLength", 1),
    ("Address/properties/street/minLength", 1),
    ("Address/properties/city/minLength", 1),
];

/// The same outside schemas.
const OTHERS: [(&str, u64); 9] = [
    ("/components/parameters/GuestKey/schema/minLength", limits::GUEST_KEY as u64),
    ("/components/parameters/GuestKey/schema/maxLength", limits::IDEMPOTENCY_KEY as u64),
    ("/components/parameters/Limit/schema/maximum", limits::PAGE as u64),
    ("/components/parameters/Limit/schema/default", limits::DEFAULT_PAGE as u64),
    ("/paths/~1api~1v1~1orders/get/parameters/1/schema/maximum", limits::PAGE_DEPTH as u64),
    ("/paths/~1api~1v1~1orders/get/parameters/2/schema/maximum", limits::PAGE as u64),
    ("/paths/~1api~1v1~1orders/get/parameters/2/schema/default", limits::DEFAULT_PAGE as u64),
    (
        "/paths/~1api~1v1~1addresses/get/responses/200/content/application~1json/schema/properties/addresses/maxItems",
        limits::ADDRESSES as u64,
    ),
    (
        "/paths/~1api~1v1~1admin~1warehouses/get/responses/200/content/application~1json/schema/properties/warehouses/maxItems",
        limits::WAREHOUSES as u64,
    ),
];

#[test]
fn the_documents_bounds_are_the_domains() {
    let document = document();
    let schemas = SCHEMAS.map(|(pointer, bound)| (format!("/components/schemas/{pointer}"), bound));
    let all = schemas.into_iter().chain(OTHERS.map(|(pointer, bound)| (pointer.to_owned(), bound)));
    let broken =
        all.filter(|(pointer, bound)| document.pointer(pointer).and_then(Value::as_u64) != Some(*bound));
    none(&broken.map(|(pointer, bound)| format!("{pointer} is not {bound}")).collect::<Vec<_>>());
}

/// Those that no keyword can say.
#[test]
fn bounds_of_the_domain_are_in_the_documents_words() {
    let text = read("docs/openapi.yaml").split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        format!("A body has at most {} bytes", limits::BODY_BYTES),
        format!("At most {} distinct products", limits::DISTINCT_PRODUCTS),
        format!("summed, to at most {} units", limits::QUANTITY),
        format!("a cart has at most {} lines", limits::CART_LINES),
        format!("kept for {} days", shared::cart::KEEP_SECONDS / 86_400),
        format!("a book has at most {} addresses", limits::ADDRESSES),
        format!("a store has at most {} warehouses", limits::WAREHOUSES),
        format!("warehouses together have at most {} bytes", limits::STORE_BYTES),
        format!("At most {} bytes as JSON", limits::PRODUCT_BYTES),
        format!("1 to {} lines that are not empty", limits::IMPORT_LINES),
        format!("at least {} characters that nobody can guess", limits::GUEST_KEY),
        format!("opens this one order for {} days", limits::GUEST_TOKEN_DAYS),
        format!("staff gives money back at most {} times for one order", limits::REFUNDS),
        format!("an order has at most {} returns", limits::RETURNS),
        format!("parcels of an order are planned at most {} times", limits::PLANS),
        format!("at most {} times for one order", limits::COURIERS),
        format!("{}, road freight, unless given", shared::carbon::ROAD_FACTOR_G_PER_TKM),
        format!("at most {} seconds old", shared::webhook_signature::TOLERANCE_SECONDS),
    ] {
        assert!(text.contains(&words), "the document does not say: {words}");
    }
}

/// What the settings' own rules say is checked by asking them: a bound of the document is taken, one more is not.
#[test]
fn the_bounds_of_settings_are_those_that_are_checked() {
    use serde_json::json;
    use shared::store::{Settings, Warehouse};
    let document = document();
    let bound = |pointer: &str| {
        let value = document.pointer(&format!("/components/schemas/{pointer}")).and_then(Value::as_u64);
        value.unwrap_or_else(|| panic!("{pointer} is no bound"))
    };
    let wrong = |settings: &Value| -> usize {
        serde_json::from_str::<Settings>(&settings.to_string()).expect("settings").check().len()
    };
    let mut broken = Vec::new();
    let mut check = |pointer: &str, body: &dyn Fn(u64) -> Value, step: i64| {
        let at = bound(pointer);
        let beyond = at.checked_add_signed(step).expect("a number beyond");
        if wrong(&body(at)) != 0 || wrong(&body(beyond)) == 0 {
            broken.push(format!("{pointer} is not {at}"));
        }
    };
    let text = |length: u64| "x".repeat(usize::try_from(length).expect("short"));
    let payment = |field: &'static str| move |number: u64| json!({"payment": {field: number}});
    check("PaymentSettings/properties/hold_minutes/maximum", &payment("hold_minutes"), 1);
    check("PaymentSettings/properties/hold_minutes/minimum", &payment("hold_minutes"), -1);
    check("PaymentSettings/properties/unpaid_hold_minutes/maximum", &payment("unpaid_hold_minutes"), 1);
    check("PaymentSettings/properties/unpaid_hold_minutes/minimum", &payment("unpaid_hold_minutes"), -1);
    let origins = |count: u64| {
        let origins: Vec<_> = (0..count).map(|at| format!("https://shop{at}.example")).collect();
        json!({"payment": {"return_origins": origins}})
    };
    check("PaymentSettings/properties/return_origins/maxItems", &origins, 1);
    let per_hour = |number: u64| json!({"limits": {"orders_per_hour": number}});
    check("OrderLimits/properties/orders_per_hour/maximum", &per_hour, 1);
    check("OrderLimits/properties/orders_per_hour/minimum", &per_hour, -1);
    let returns = "Policies/properties/returns/properties";
    let window = |days: u64| json!({"policies": {"returns": {"window_days": days}}});
    check(&format!("{returns}/window_days/maximum"), &window, 1);
    let reasons = |count: u64| {
        let reasons: Vec<_> = (0..count).map(|at| format!("reason {at}")).collect();
        json!({"policies": {"returns": {"reasons": reasons}}})
    };
    check(&format!("{returns}/reasons/maxItems"), &reasons, 1);
    check(&format!("{returns}/reasons/minItems"), &reasons, -1);
    check("ReturnReasons/maxItems", &reasons, 1);
    let reason = |length: u64| json!({"policies": {"returns": {"reasons": [text(length)]}}});
    check(&format!("{returns}/reasons/items/maxLength"), &reason, 1);
    check(&format!("{returns}/reasons/items/minLength"), &reason, -1);
    check("ReturnReasons/items/maxLength", &reason, 1);
    let packagings = |count: u64, name: u64, side: u64, carries: u64, weighs: u64| {
        let name = text(name);
        let kind = |at: u64| {
            let id = format!("{at}{}", name.chars().skip(at.to_string().len()).collect::<String>());
            json!({"id": id, "length_mm": side, "width_mm": side, "height_mm": side,
                "max_weight_grams": carries, "weight_grams": weighs, "material": "board"})
        };
        json!({"fulfillment": {"packagings": (0..count).map(kind).collect::<Vec<_>>()}})
    };
    let list = "FulfillmentSettings/properties/packagings";
    check(&format!("{list}/maxItems"), &|count| packagings(count, 3, 1, 1, 0), 1);
    check(&format!("{list}/minItems"), &|count| packagings(count, 3, 1, 1, 0), -1);
    let packaging = "Packaging/properties";
    check(&format!("{packaging}/id/maxLength"), &|length| packagings(1, length, 1, 1, 0), 1);
    for side in ["length_mm", "width_mm", "height_mm"] {
        check(&format!("{packaging}/{side}/maximum"), &|side| packagings(1, 1, side, 1, 0), 1);
        check(&format!("{packaging}/{side}/minimum"), &|side| packagings(1, 1, side, 1, 0), -1);
    }
    check(&format!("{packaging}/max_weight_grams/maximum"), &|grams| packagings(1, 1, 1, grams, 0), 1);
    check(&format!("{packaging}/max_weight_grams/minimum"), &|grams| packagings(1, 1, 1, grams, 0), -1);
    check(&format!("{packaging}/weight_grams/maximum"), &|grams| packagings(1, 1, 1, 1, grams), 1);
    let trees = |number: u64| json!({"eco": {"trees_per_order": number}});
    check("EcoSettings/properties/trees_per_order/maximum", &trees, 1);
    let name = |length: u64| json!({"sender": {"name": text(length)}});
    check("Sender/properties/name/maxLength", &name, 1);
    check("Sender/properties/name/minLength", &name, -1);
    let seller = |field: &'static str| move |length: u64| json!({"invoices": {"seller": {field: "x".repeat(length as usize)}}});
    for field in ["name", "vat_id", "registration", "website", "note"] {
        check(&format!("Seller/properties/{field}/maxLength"), &seller(field), 1);
        check(&format!("Seller/properties/{field}/minLength"), &seller(field), -1);
    }
    let bank = |lines: u64| json!({"invoices": {"seller": {"bank": vec!["IBAN"; lines as usize]}}});
    check("Seller/properties/bank/maxItems", &bank, 1);
    let bank = |length: u64| json!({"invoices": {"seller": {"bank": [text(length)]}}});
    check("Seller/properties/bank/items/maxLength", &bank, 1);
    check("Seller/properties/bank/items/minLength", &bank, -1);
    let page = |length: u64| {
        let url = "https://shop.example/{token}";
        let rest = text(length - url.len() as u64);
        json!({"guest_checkout": {"order_url": format!("{url}{rest}")}})
    };
    check("GuestCheckout/properties/order_url/maxLength", &page, 1);
    let bills = |length: u64| json!({"invoices": {"url": page(length)["guest_checkout"]["order_url"]}});
    check("InvoiceSettings/properties/url/maxLength", &bills, 1);
    let classes = |count: u64| {
        let classes: Vec<_> = (0..count).map(|at| format!("c{at}")).collect();
        json!({"tax": {"prices_include_tax": true, "classes": classes, "zones": [], "elsewhere": "untaxed"}})
    };
    check("TaxTable/properties/classes/maxItems", &classes, 1);
    let taxes = |taxes: Value| {
        let zone = json!({"countries": ["NL"], "rates": {"c": taxes}});
        json!({"tax": {"prices_include_tax": true, "classes": ["c"], "zones": [zone]}})
    };
    let named = |length: u64| taxes(json!([{"name": text(length), "rate": "1"}]));
    let rates = "TaxZone/properties/rates/additionalProperties";
    check(&format!("{rates}/items/properties/name/maxLength"), &named, 1);
    let many =
        |count: u64| taxes((0..count).map(|at| json!({"name": format!("t{at}"), "rate": "1"})).collect());
    check(&format!("{rates}/maxItems"), &many, 1);
    let method = |id: u64, name: u64, zones: Value| json!({"id": format!("m{id}"), "name": text(name), "zones": zones});
    let methods = |count: u64| -> Value {
        let methods: Vec<_> = (0..count).map(|at| method(at, 1, json!([]))).collect();
        json!({"shipping_methods": methods})
    };
    check("PutSettings/properties/shipping_methods/maxItems", &methods, 1);
    let named = |length: u64| json!({"shipping_methods": [method(0, length, json!([]))]});
    check("ShippingMethodTerms/properties/name/maxLength", &named, 1);
    let zone = |days: u64, bands: u64| {
        let bands: Vec<_> = (0..bands).map(|at| json!({"up_to_grams": at, "price": "1"})).collect();
        let zones = json!([{"bands": bands, "transit_days": days}]);
        json!({"currency": "EUR", "shipping_methods": [method(0, 1, zones)]})
    };
    check("DeliveryZone/properties/transit_days/maximum", &|days| zone(days, 1), 1);
    check("DeliveryZone/properties/bands/maxItems", &|bands| zone(1, bands), 1);
    check("DeliveryZone/properties/bands/minItems", &|bands| zone(1, bands), -1);
    let regions = |count: u64, length: u64| {
        let length = usize::try_from(length).expect("short");
        let regions: Vec<_> = (0..count).map(|at| format!("{at:0>length$}")).collect();
        let zones = json!([{"countries": ["US"], "regions": regions,
            "bands": [{"up_to_grams": 1, "price": "1"}], "transit_days": 1}]);
        json!({"currency": "EUR", "shipping_methods": [method(0, 1, zones)]})
    };
    check("Regions/maxItems", &|count| regions(count, 3), 1);
    check("Regions/items/maxLength", &|length| regions(1, length), 1);

    let wrong = |warehouse: &Value| -> usize {
        serde_json::from_str::<Warehouse>(&warehouse.to_string()).expect("a warehouse").check().len()
    };
    let area = |km: u64, grams: u64| json!({"distance_km": km, "g_per_tkm": grams});
    let warehouse = |areas: u64, area: &Value| {
        let areas: Vec<_> = (0..areas).map(|_| area).collect();
        json!({"name": "North", "place": {"country": "NL", "city": "Groningen"}, "areas": areas})
    };
    let areas = "PutWarehouse/properties/areas";
    let (most, km, grams) = (
        bound(&format!("{areas}/maxItems")),
        bound(&format!("{areas}/items/properties/distance_km/maximum")),
        bound(&format!("{areas}/items/properties/g_per_tkm/maximum")),
    );
    assert_eq!(wrong(&warehouse(most, &area(km, grams))), 0);
    for beyond in
        [warehouse(most + 1, &area(0, 0)), warehouse(1, &area(km + 1, 0)), warehouse(1, &area(0, grams + 1))]
    {
        assert_eq!(wrong(&beyond), 1, "{beyond}");
    }
    none(&broken);
}
