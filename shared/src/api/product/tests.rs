use serde_json::{Value, json};
use std::collections::BTreeMap;

use super::{ProductView, PutProduct};
use crate::api::FieldError;
use crate::catalog::{Offer, Product};
use crate::ids::{Language, ProductId, WarehouseId};
use crate::limits;
use crate::sku::Sku;
use crate::stock::StockBucket;
use crate::time::Timestamp;

fn put(body: &Value) -> Result<Product, Vec<FieldError>> {
    let request: PutProduct = serde_json::from_str(&body.to_string()).expect("a body of the right shape");
    request.parse(ProductId::parse("tee").expect("valid"), 1, Timestamp::from_seconds(1_772_359_200))
}

/// A body with the least that a product needs, and these fields.
fn with(fields: Value) -> Value {
    let mut body = json!({"name": "Tee", "price": "20.00", "currency": "EUR", "weight_grams": 150});
    let members = body.as_object_mut().expect("an object");
    members.extend(fields.as_object().cloned().unwrap_or_default());
    body
}

fn variation(id: &str, fields: Value) -> Value {
    let mut body = json!({"variation_id": id, "attributes": [{"attribute": "Size", "value": id}]});
    let members = body.as_object_mut().expect("an object");
    members.extend(fields.as_object().cloned().unwrap_or_default());
    body
}

fn language(tag: &str) -> Language {
    Language::parse(tag).expect("valid")
}

#[test]
fn what_is_left_out_is_empty_or_follows_from_the_rest() {
    let product = put(&with(json!({}))).expect("valid");
    assert_eq!((product.tax_class.as_str(), product.volume_cm3), ("standard", 150));
    let sized = put(&with(json!({"size_mm": {"length": 101, "width": 10, "height": 1}}))).expect("valid");
    assert_eq!(sized.volume_cm3, 2, "1010 cubic millimetres, rounded up");
    let both = json!({"size_mm": {"length": 100, "width": 100, "height": 100}, "volume_cm3": 900});
    assert_eq!(put(&with(both)).expect("valid").volume_cm3, 900, "what is said counts");
}

#[test]
fn every_broken_rule_is_named_with_the_place_where_it_is_broken() {
    let many = |count: usize| -> Value {
        (0..count).map(|at| variation(&format!("v{at}"), json!({}))).collect::<Vec<_>>().into()
    };
    let languages = |count: u8| -> Value {
        let texts = (0..count).map(|at| (format!("x{}", char::from(b'a' + at)), json!({"name": "T"})));
        Value::Object(texts.collect())
    };
    let attributes =
        |count: usize| json!({"attributes": vec![json!({"attribute": "a", "value": "b"}); count]});
    let one = |fields: Value| json!({"variations": [variation("s", fields)]});
    let rows: Vec<(Value, &str)> = vec![
        (json!({"name": " "}), "/name out_of_range"),
        (json!({"name": "x".repeat(201)}), "/name out_of_range"),
        (json!({"name": "a\u{7}"}), "/name out_of_range"),
        (json!({"description": "x".repeat(2_001)}), "/description out_of_range"),
        (json!({"price": "0"}), "/price out_of_range"),
        (json!({"price": "1.001"}), "/price out_of_range"),
        (json!({"price": "1000000000"}), "/price out_of_range"),
        (json!({"offer_price": "20.01"}), "/offer_price out_of_range"),
        (json!({"offer_price": "0"}), "/offer_price out_of_range"),
        (json!({"weight_grams": 0}), "/weight_grams out_of_range"),
        (json!({"weight_grams": 1_000_001}), "/weight_grams out_of_range"),
        (json!({"volume_cm3": 0}), "/volume_cm3 out_of_range"),
        (json!({"volume_cm3": 10_000_001}), "/volume_cm3 out_of_range"),
        (json!({"size_mm": {"length": 100_000, "width": 100_000, "height": 2}}), "/size_mm out_of_range"),
        (
            json!({"volume_cm3": 1, "size_mm": {"length": 0, "width": 1, "height": 1}}),
            "/size_mm/length out_of_range",
        ),
        (json!({"image_url": "http://shop.example/tee.png"}), "/image_url out_of_range"),
        (json!({"image_url": format!("https://{}", "x".repeat(993))}), "/image_url out_of_range"),
        (json!({"production_carbon_grams": 1_000_000_001}), "/production_carbon_grams out_of_range"),
        (json!({"translations": languages(21)}), "/translations out_of_range"),
        (json!({"translations": {"de": {"name": ""}}}), "/translations/de/name out_of_range"),
        (
            json!({"translations": {"de": {"name": "T", "description": "x".repeat(2_001)}}}),
            "/translations/de/description out_of_range",
        ),
        (json!({"translations": {"DE": {"name": "T"}, "de": {"name": "T"}}}), "/translations/de duplicate"),
        (json!({"variations": many(101)}), "/variations out_of_range"),
        (
            json!({"variations": [variation("s", json!({})), variation("s", json!({}))]}),
            "/variations/1/variation_id duplicate",
        ),
        (one(attributes(0)), "/variations/0/attributes out_of_range"),
        (one(attributes(11)), "/variations/0/attributes out_of_range"),
        (
            one(json!({"attributes": [{"attribute": "", "value": "b"}]})),
            "/variations/0/attributes/0/attribute out_of_range",
        ),
        (
            one(json!({"attributes": [{"attribute": "a", "value": "b", "code": ""}]})),
            "/variations/0/attributes/0/code out_of_range",
        ),
        (one(json!({"price": "0"})), "/variations/0/price out_of_range"),
        (one(json!({"offer_price": "20.01"})), "/variations/0/offer_price out_of_range"),
        (one(json!({"price": "30", "offer_price": "30.01"})), "/variations/0/offer_price out_of_range"),
        (one(json!({"weight_grams": 0})), "/variations/0/weight_grams out_of_range"),
        (one(json!({"volume_cm3": 0})), "/variations/0/volume_cm3 out_of_range"),
        (one(json!({"image_url": "tee.png"})), "/variations/0/image_url out_of_range"),
    ];
    for (fields, wanted) in rows {
        let errors = put(&with(fields.clone())).expect_err("a rule is broken");
        let found: Vec<String> =
            errors.iter().map(|error| format!("{} {}", error.pointer, error.code)).collect();
        assert_eq!(found, [wanted], "{fields}");
    }
}

#[test]
fn what_is_just_within_every_bound_is_a_product() {
    let attributes = vec![json!({"attribute": "a", "value": "b", "code": "c"}); 10];
    for fields in [
        json!({"name": "x".repeat(200), "description": "x".repeat(2_000), "offer_price": "20.00"}),
        json!({"weight_grams": 1_000_000, "volume_cm3": 10_000_000, "production_carbon_grams": 1_000_000_000}),
        json!({"size_mm": {"length": 100_000, "width": 100_000, "height": 1}}),
        json!({"variations": (0..100).map(|at| variation(&format!("v{at}"), json!({"attributes": attributes}))).collect::<Vec<_>>()}),
        json!({"variations": [variation("s", json!({"price": "30.00", "offer_price": "30.00"}))]}),
    ] {
        assert!(put(&with(fields.clone())).is_ok(), "{fields}");
    }
}

#[test]
fn a_product_that_is_too_large_for_its_item_is_refused() {
    let fits = |length: usize| {
        let value = "x".repeat(length);
        let attributes = json!({"attributes": vec![json!({"attribute": "a", "value": value}); 10]});
        let variations: Vec<Value> =
            (0..50).map(|at| variation(&format!("v{at}"), attributes.clone())).collect();
        put(&with(json!({"variations": variations})))
    };
    let product = fits(100).expect("below the bound");
    assert!(serde_json::to_vec(&product).expect("JSON").len() <= limits::PRODUCT_BYTES);
    let errors = fits(200).expect_err("beyond the bound");
    assert_eq!(
        errors.iter().map(|error| (error.pointer.as_str(), error.code)).collect::<Vec<_>>(),
        [("", "too_large")]
    );
}

#[test]
fn only_objects_and_known_fields_are_read() {
    for (fields, why) in [
        (json!({"stock": 1}), "unknown field `stock`"),
        (json!({"size_mm": [1, 2, 3]}), "expected an object"),
        (json!({"translations": {"de": ["T", null]}}), "expected an object"),
        (json!({"translations": {"d e": {"name": "T"}}}), "a language tag"),
        (json!({"translations": {"de": {"name": "T", "title": "T"}}}), "unknown field `title`"),
        (json!({"variations": [["s", []]]}), "expected an object"),
        (
            json!({"variations": [variation("s", json!({"attributes": [["Size", "S", null]]}))]}),
            "expected an object",
        ),
        (json!({"variations": [variation("s", json!({"stock": 1}))]}), "unknown field `stock`"),
        (json!({"variations": [variation("s:m", json!({}))]}), "1 to 32 letters"),
        (json!({"tax_class": "a b"}), "1 to 32 letters"),
        (json!({"country_of_origin": "nl"}), "two capital letters"),
        (json!({"price": "1e3"}), "plain decimal digits"),
    ] {
        let read = serde_json::from_str::<PutProduct>(&with(fields.clone()).to_string());
        assert!(read.as_ref().is_err_and(|error| error.to_string().contains(why)), "{fields}: {read:?}");
    }
}

#[test]
fn a_view_shows_what_a_unit_costs_now_and_what_it_would_cost_without_the_offer() {
    let product = put(&with(json!({
        "offer_price": "15.00",
        "image_url": "https://shop.example/tee.png",
        "variations": [
            variation("s", json!({})),
            variation("m", json!({"price": "22.00", "weight_grams": 170, "image_url": "https://shop.example/m.png"})),
            variation("l", json!({"price": "24.00", "offer_price": "21.00"})),
            variation("xl", json!({"offer_price": "14.00"})),
        ],
    })))
    .expect("valid");
    let view = ProductView::of(&product, None);
    assert_eq!(
        (view.price.as_str(), view.list_price.as_str(), view.offer_price.as_deref()),
        ("15.00", "20.00", Some("15.00"))
    );
    let shown: Vec<_> = view
        .variations
        .iter()
        .map(|one| (one.variation_id.as_str(), one.price.as_str(), one.list_price.as_str(), one.weight_grams))
        .collect();
    assert_eq!(
        shown,
        [
            ("s", "15.00", "20.00", 150),
            ("m", "22.00", "22.00", 170),
            ("l", "21.00", "24.00", 150),
            ("xl", "14.00", "20.00", 150)
        ]
    );
    assert_eq!(view.variations[0].image_url, None, "the product's picture is shown once");
    assert_eq!(view.variations[1].image_url.as_deref(), Some("https://shop.example/m.png"));
}

#[test]
fn texts_are_in_the_language_that_is_asked_for_or_the_products_own() {
    let product = put(&with(json!({
        "description": "Soft.",
        "translations": {"de": {"name": "Hemd", "description": "Weich."}, "pt": {"name": "Camiseta"}},
    })))
    .expect("valid");
    let texts = |tag: &str| {
        let view = ProductView::row(&product, Some(&language(tag)));
        (view.name, view.description.unwrap_or_default())
    };
    let is = |name: &str, description: &str| (name.to_owned(), description.to_owned());
    assert_eq!(texts("de-AT"), is("Hemd", "Weich."));
    assert_eq!(texts("DE"), is("Hemd", "Weich."));
    assert_eq!(texts("pt-BR"), is("Camiseta", "Soft."), "one text at a time falls back");
    assert_eq!(texts("fr"), is("Tee", "Soft."));
    assert_eq!(ProductView::row(&product, None).translations, BTreeMap::new(), "lists are short");
    assert_eq!(
        ProductView::of(&product, None).translations,
        product.translations,
        "a put can begin with a read"
    );
}

#[test]
fn available_is_what_can_be_bought_and_not_what_is_left_of_variations_that_are_gone() {
    let product = put(&with(json!({"variations": [variation("s", json!({})), variation("m", json!({}))]})))
        .expect("valid");
    let bucket = |warehouse: &str, bucket: u16, on_hand: i64| StockBucket {
        warehouse: WarehouseId::parse(warehouse).expect("valid"),
        bucket,
        on_hand,
        held: 100,
    };
    let stock = BTreeMap::from([
        (Sku::parse("tee").expect("valid"), vec![bucket("north", 0, 1_000)]),
        (Sku::parse("tee:gone").expect("valid"), vec![bucket("north", 0, 1_000)]),
        (
            Sku::parse("tee:s").expect("valid"),
            vec![bucket("north", 0, 3), bucket("north", 1, 4), bucket("south", 0, 5)],
        ),
    ]);
    let view = ProductView::with_stock(&Offer { product: product.clone(), stock: stock.clone() }, None);
    assert_eq!(view.available, Some(12));
    assert_eq!(view.variations.iter().map(|one| one.available).collect::<Vec<_>>(), [Some(12), Some(0)]);
    let plain = Product { variations: vec![], ..product };
    assert_eq!(ProductView::with_stock(&Offer { product: plain, stock }, None).available, Some(1_000));
}
