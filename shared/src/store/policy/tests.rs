use serde_json::{Value, json};

use super::*;
use crate::store::{Capture, Settings};

fn read(policies: &Value) -> Result<Policies, String> {
    let settings = json!({ "policies": policies }).to_string();
    let settings = serde_json::from_str::<Settings>(&settings);
    settings.map(|settings| settings.policies).map_err(|error| error.to_string())
}

/// A method of each kind, in the order of [`Cutoffs`]' fields.
pub(super) fn methods() -> [Method; 4] {
    [
        Method::Card { payment_method: "pm_1".to_owned() },
        Method::Redirect { return_url: "https://shop.example".to_owned() },
        Method::Cod,
        Method::Later,
    ]
}

#[test]
fn a_cutoff_allows_what_comes_before_it_and_never_a_second_cancellation() {
    use Status::*;
    let before: [(Cutoff, &[Status]); 5] = [
        (Cutoff::Never, &[]),
        (Cutoff::Confirmed, &[Pending]),
        (Cutoff::Preparing, &[Pending, Confirmed]),
        (Cutoff::Packed, &[Pending, Confirmed, Preparing]),
        (Cutoff::Shipped, &[Pending, Confirmed, Preparing, Packed]),
    ];
    for (cutoff, early) in before {
        for status in Status::ALL {
            assert_eq!(cutoff.allows(status), early.contains(&status), "{cutoff:?}: {status:?}");
        }
    }
    assert_eq!(Status::ALL.last(), Some(&Cancelled), "a cutoff compares places in this list");
}

#[test]
fn each_way_to_pay_has_its_own_cutoff() {
    let cutoffs = Cutoffs {
        card: Cutoff::Never,
        redirect: Cutoff::Confirmed,
        cod: Cutoff::Preparing,
        later: Cutoff::Packed,
    };
    let found = methods().map(|method| cutoffs.of(&method));
    assert_eq!(found, [Cutoff::Never, Cutoff::Confirmed, Cutoff::Preparing, Cutoff::Packed]);
    assert_eq!(methods().map(|method| Cutoffs::all(Cutoff::Shipped).of(&method)), [Cutoff::Shipped; 4]);
}

#[test]
fn a_store_that_says_nothing_lets_customers_cancel_until_packed_and_staff_until_shipped() {
    let defaults = Policies::default();
    assert_eq!(read(&json!({})), Ok(defaults.clone()));
    assert_eq!(serde_json::from_str::<Settings>("{}").expect("settings").policies, defaults);
    assert_eq!(
        serde_json::from_str::<Settings>("{}").expect("settings").payment.capture,
        Capture::Immediately
    );
    let all = |cutoff| json!({"card": cutoff, "redirect": cutoff, "cod": cutoff, "later": cutoff});
    assert_eq!(
        serde_json::to_value(&defaults).expect("JSON"),
        json!({
            "cancel": {"customer": all("packed"), "staff": all("shipped")},
            "returns": {
                "window_days": 30,
                "reasons": ["damaged", "defective", "wrong_item", "not_as_described", "no_longer_wanted", "other"],
                "refund_delivery": false,
            },
        })
    );
}

#[test]
fn what_is_left_out_keeps_the_default_of_that_actor() {
    let usual = CancelPolicy::default();
    for actor in ["customer", "staff"] {
        for way in ["card", "redirect", "cod", "later"] {
            let mut expected = usual.clone();
            let cutoffs = if actor == "customer" { &mut expected.customer } else { &mut expected.staff };
            match way {
                "card" => cutoffs.card = Cutoff::Never,
                "redirect" => cutoffs.redirect = Cutoff::Never,
                "cod" => cutoffs.cod = Cutoff::Never,
                _ => cutoffs.later = Cutoff::Never,
            }
            let read = read(&json!({"cancel": {actor: {way: "never"}}})).expect("policies");
            assert_eq!((read.cancel, read.returns), (expected, ReturnPolicy::default()), "{actor}, {way}");
        }
    }
    assert_eq!(
        read(&json!({"cancel": {"customer": {}, "staff": {}}, "returns": {}})),
        Ok(Policies::default())
    );
    let window = read(&json!({"returns": {"window_days": 0}})).expect("policies").returns;
    assert_eq!(window, ReturnPolicy { window_days: 0, ..ReturnPolicy::default() });
}

#[test]
fn policies_survive_their_text() {
    let policies = Policies {
        cancel: CancelPolicy {
            customer: Cutoffs { cod: Cutoff::Preparing, ..Cutoffs::all(Cutoff::Never) },
            staff: Cutoffs { later: Cutoff::Confirmed, ..Cutoffs::all(Cutoff::Packed) },
        },
        returns: ReturnPolicy { window_days: 14, reasons: vec!["Damaged".to_owned()], refund_delivery: true },
    };
    assert_eq!(read(&serde_json::to_value(&policies).expect("JSON")), Ok(policies));
}

#[test]
fn what_is_misspelt_null_or_a_list_is_not_taken_for_policies() {
    for bad in [
        json!(null),
        json!([]),
        json!([{}, {}]),
        json!({"cancellation": {}}),
        json!({"cancel": []}),
        json!({"cancel": [{}, {}]}),
        json!({"cancel": null}),
        json!({"cancel": {"system": {}}}),
        json!({"cancel": {"customer": []}}),
        json!({"cancel": {"customer": ["never", "never", "never", "never"]}}),
        json!({"cancel": {"customer": "never"}}),
        json!({"cancel": {"customer": {"cheque": "never"}}}),
        json!({"cancel": {"customer": {"card": null}}}),
        json!({"cancel": {"staff": {"card": "delivered"}}}),
        json!({"cancel": {"staff": {"card": "Packed"}}}),
        json!({"returns": []}),
        json!({"returns": [30, ["damaged"], false]}),
        json!({"returns": {"window_days": -1}}),
        json!({"returns": {"window_days": "30"}}),
        json!({"returns": {"window_days": 14.5}}),
        json!({"returns": {"reasons": "damaged"}}),
        json!({"returns": {"reasons": [1]}}),
        json!({"returns": {"refund_delivery": "yes"}}),
        json!({"returns": {"days": 30}}),
    ] {
        assert!(read(&bad).is_err(), "{bad}");
    }
    let twice = r#"{"policies": {"cancel": {"customer": {"card": "never", "card": "packed"}}}}"#;
    assert!(serde_json::from_str::<Settings>(twice).is_err(), "one way to pay twice");
}

/// Documents of orders leave the default out. Whoever wants another one for new stores writes it into their settings, and does
/// not change what orders of years ago were placed under.
#[test]
fn the_default_is_for_good_because_orders_do_not_store_it() {
    let (early, late) = (json!("packed"), json!("shipped"));
    let all = |cutoff: &Value| json!({"card": cutoff, "redirect": cutoff, "cod": cutoff, "later": cutoff});
    let reasons = ["damaged", "defective", "wrong_item", "not_as_described", "no_longer_wanted", "other"];
    let stored = serde_json::to_value(Policies::default()).expect("JSON");
    assert_eq!(
        stored,
        json!({
            "cancel": {"customer": all(&early), "staff": all(&late)},
            "returns": {"window_days": 30, "reasons": reasons, "refund_delivery": false},
        })
    );
}
