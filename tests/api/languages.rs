//! The customer's language: where it comes from, and what is in it.

use serde_json::{Value, json};
use tests::{Answer, Call, Shop, order_body};

use crate::support::{assert_has, assert_invalid, assert_problem, get, mails};

/// Alice's order for a mug, with these headers and fields.
async fn placed(shop: &Shop, key: &str, accept: Option<&str>, fields: &Value) -> Answer {
    let mut body = order_body("mug", 1, "cod");
    crate::support::merge(&mut body, fields);
    let call = Call::post("/api/v1/orders").token(&shop.customer("alice")).key(key).json(&body);
    let call = accept.into_iter().fold(call, |call, accept| call.header("accept-language", accept));
    shop.send(call).await
}

async fn shop() -> Shop {
    let shop = Shop::open();
    shop.stock("mug", "12.50", "north", 50).await;
    shop
}

#[tokio::test]
async fn the_request_names_the_language_else_the_client_else_the_store() {
    let shop = shop().await;
    let german = json!({"language": "de"});
    for (at, (accept, fields, found)) in [
        (None, json!({}), "en"),
        (Some("fr-BE, fr;q=0.9, en;q=0.5"), json!({}), "fr"),
        (Some("he-IL"), json!({}), "he"),
        (Some("pt, ja;q=0.5"), json!({}), "en"),
        (Some("fr"), german.clone(), "de"),
        (None, json!({"language": "pt-BR"}), "pt-BR"),
    ]
    .into_iter()
    .enumerate()
    {
        let order = placed(&shop, &format!("k{at}"), accept, &fields).await;
        assert_eq!((order.status, &order.body["language"]), (201, &json!(found)), "{accept:?} {fields}");
    }
    shop.settings(&json!({"default_language": "nl"})).await;
    let order = placed(&shop, "of-the-store", Some("pt"), &json!({})).await;
    let id = order.order_id();
    shop.settings(&json!({"default_language": "es"})).await;
    let read = get(&shop, &shop.customer("alice"), &id).await;
    assert_eq!(read.body["language"], "nl", "it is frozen");
}

#[tokio::test]
async fn the_same_request_from_another_browser_is_the_same_order() {
    let shop = shop().await;
    let first = placed(&shop, "k1", Some("nl"), &json!({})).await;
    let again = placed(&shop, "k1", Some("de"), &json!({})).await;
    assert_eq!((first.status, again.status, again.order_id()), (201, 200, first.order_id()));
    assert_eq!(again.body["language"], "nl");
}

#[tokio::test]
async fn what_staffs_browser_prefers_says_nothing_of_the_customer() {
    let shop = shop().await;
    let mut body = order_body("mug", 1, "cod");
    crate::support::merge(&mut body, &json!({"customer_id": "alice", "contact_email": "alice@example.com"}));
    let call = Call::post("/api/v1/orders").token(&shop.admin()).key("k1").header("accept-language", "de");
    let order = shop.send(call.json(&body)).await;
    assert_eq!((order.status, &order.body["language"]), (201, &json!("en")), "{order:?}");
}

#[tokio::test]
async fn what_is_no_language_is_refused_and_so_is_a_store_without_mails() {
    let shop = shop().await;
    for language in ["", "d e", "klingon", "en_US", "de-", "x"]
        .map(Value::from)
        .into_iter()
        .chain([json!("x".repeat(36)), json!(7)])
    {
        let refused = placed(&shop, "k1", None, &json!({"language": language})).await;
        assert_problem(&refused, 400, "malformed_body");
        assert_eq!(refused.body["errors"][0]["pointer"], "/language", "{refused:?}");
    }
    let put = Call::put("/api/v1/admin/settings").token(&shop.admin());
    let refused = shop.send(put.json(&json!({"default_language": "ja"}))).await;
    assert_invalid(&refused, "/default_language", "invalid");
    shop.settings(&json!({"default_language": "de-CH"})).await;
    let put = Call::get("/api/v1/admin/settings").token(&shop.admin());
    assert_eq!(shop.send(put).await.body["default_language"], "de-CH");
}

#[tokio::test]
async fn who_speaks_what_no_mail_is_written_in_gets_those_of_the_stores_language() {
    let shop = shop().await;
    shop.settings(&json!({"default_language": "nl"})).await;
    for (key, language, subject) in
        [("k1", "zh-Hant-TW", "ontvangen"), ("k2", "tlh", "ontvangen"), ("k3", "de-AT", "erhalten")]
    {
        let before = mails(&shop, subject).len();
        let order = placed(&shop, key, None, &json!({"language": language})).await;
        assert_eq!(
            (order.status, &order.body["language"]),
            (201, &json!(language)),
            "it stays what was said"
        );
        shop.finish().await;
        assert_eq!(mails(&shop, subject).len(), before + 1, "{language}");
    }
}

#[tokio::test]
async fn a_guest_is_written_to_in_the_language_of_the_browser_with_names_goods_have_in_it() {
    let shop = shop().await;
    let settings = json!({"currency": "EUR", "guest_checkout": {"enabled": true, "order_url": "https://shop.example/{token}"},
        "sender": {"name": "Groene Winkel"}});
    shop.settings(&settings).await;
    let mug = json!({"name": "Mug", "price": "12.50", "currency": "EUR", "weight_grams": 300,
        "translations": {"nl": {"name": "Beker"}}});
    let put = Call::put("/api/v1/admin/products/mug").token(&shop.admin()).json(&mug);
    assert_eq!(shop.send(put).await.status, 200);
    let mut body = order_body("mug", 2, "cod");
    body["contact_email"] = json!("jan@example.com");
    let call = Call::post("/api/v1/guest/orders")
        .key("nobody-guesses-this")
        .header("accept-language", "nl-NL,nl;q=0.9");
    let order = shop.send(call.json(&body)).await;
    assert_has(&order.body, &json!({"language": "nl", "lines": [{"name": "Mug"}]}));
    shop.finish().await;
    let number = order.body["order_number"].as_str().expect("a number");
    let mail = &mails(&shop, "ontvangen")[0];
    assert_eq!(mail.subject, format!("Wij hebben uw bestelling {number} ontvangen"));
    let (text, html) = (mail.text.as_deref().expect("text"), mail.html.as_deref().expect("HTML"));
    for part in [
        "Beste Alice Example,",
        "2 × Beker: €\u{a0}25,00",
        "Totaal: €\u{a0}25,00",
        "Bekijk uw bestelling: https://",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(text.ends_with("\nMet vriendelijke groet\nGroene Winkel\n"), "{text}");
    assert!(html.contains("<html lang=\"nl\" dir=\"ltr\">") && html.contains("2 × Beker"), "{html}");
}
