//! The crash simulation: every call that leaves the code, broken in every way, and the world is still right.
//!
//! Deterministic: the clock is set by hand, ids are made from customers and keys, and sleeping costs no time. A failing
//! point prints its scenario, call and fault; `SIMULATE="place by card/3/DiesAfter"` runs that one alone.

mod audit;
mod injector;
mod world;

use audit::{Expected, audit};
use injector::{Fault, LASTING, Sabotage};
use serde_json::json;
use std::io::Write as _;
use tests::{Answer, Call, order, order_body};
use world::World;

/// A story with a part that is broken at every call.
#[derive(Clone, Copy)]
struct Scenario {
    name: &'static str,
    /// What is bought, and how.
    basket: Basket,
    /// How it is paid.
    card: &'static str,
    /// What is broken, after what.
    part: Part,
    expected: Expected,
}

/// What is bought, and how.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Basket {
    /// Two bottles, named in the order.
    Lines,
    /// Five bottles from the cart, with a coupon that has uses left for one order of one customer; with tax and delivery;
    /// from two warehouses, one of which has its stock in two buckets.
    Cart,
    /// Two bottles, unpaid at first, then paid on the provider's page.
    PaidLater,
}

/// The part of a story whose calls are broken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// From placing the order on.
    Place,
    /// From cancelling the finished order on.
    Cancel,
    /// The work behind a placed order.
    Fulfil,
}

const RECEIVED: i64 = 100;
const UNITS: u32 = 2;
const TOTAL_CENTS: i64 = 5_000;
const CART_RECEIVED: i64 = 7;
/// Five bottles of 25.00 less 10 %, and 4.95 for delivery; tax is included.
const CART_TOTAL_CENTS: i64 = 11_745;

/// Sets the shop up for a basket.
async fn set_up(world: &World, basket: Basket) {
    let shop = &world.shop;
    if basket != Basket::Cart {
        shop.stock("bottle", "25.00", "north", RECEIVED).await;
        let origins = json!({"payment": {"return_origins": ["https://shop.example"]}});
        shop.settings(&origins).await;
        return;
    }
    shop.stock("bottle", "25.00", "north", 4).await;
    shop.stock("bottle", "25.00", "south", 3).await;
    let admin = shop.admin();
    let split = Call::post("/api/v1/admin/products/bottle/stock/split").token(&admin);
    let split = shop.send(split.json(&json!({"warehouse_id": "north", "buckets": 2}))).await;
    assert_eq!(split.status, 200, "{split:?}");
    let standard = json!({"id": "standard", "name": "Standard", "zones": [
        {"countries": ["NL"], "transit_days": 2, "bands": [{"up_to_grams": 30_000, "price": "4.95"}]}]});
    let vat = json!({"countries": ["NL"], "rates": {"standard": [{"name": "VAT", "rate": "21"}]}});
    let taxes = json!({"prices_include_tax": true, "classes": ["standard"], "zones": [vat]});
    shop.settings(&json!({"currency": "EUR", "country": "NL", "tax": taxes, "shipping_methods": [standard]}))
        .await;
    let coupon = json!({"percent": "10", "max_uses": 1, "max_uses_per_customer": 1});
    let put = Call::put("/api/v1/admin/coupons/SPRING").token(&admin).json(&coupon);
    let put = shop.send(put).await;
    assert_eq!(put.status, 201, "{put:?}");
}

/// The request that places the order.
fn placing(token: &str, scenario: Scenario) -> Call {
    if scenario.basket == Basket::Lines {
        return order(token, "key-1", "bottle", UNITS, scenario.card);
    }
    let mut body = order_body("bottle", UNITS, scenario.card);
    if scenario.basket == Basket::Cart {
        body.as_object_mut().expect("an object").remove("lines");
        body["coupon_code"] = json!("spring");
    } else {
        body.as_object_mut().expect("an object").remove("payment");
        body["create_payment"] = json!(false);
    }
    Call::post("/api/v1/orders").token(token).key("key-1").json(&body)
}

/// Fills the cart, and places the order. A cart is a cart whatever is repeated: the line says how many, not how many more.
async fn buy(world: &World, token: &str, scenario: Scenario) -> Answer {
    if scenario.basket == Basket::Cart {
        let line = Call::put("/api/v1/cart/lines/bottle").token(token).json(&json!({"quantity": 5}));
        let cart = world.client(&line).await;
        assert_eq!(cart.status, 200, "{cart:?}");
    }
    let placed = world.client(&placing(token, scenario)).await;
    if scenario.basket == Basket::PaidLater {
        let payment = json!({"method": "redirect", "redirect_url": "https://shop.example/thanks"});
        let path = format!("/api/v1/orders/{}/payments", placed.order_id());
        let pay = Call::post(&path).token(token).key("pay-1").json(&payment);
        let mut paying = world.client(&pay).await;
        // The provider may be down for a moment; the order stands, and asking again goes on.
        for _ in 0..5 {
            if paying.body["payment"]["payment_url"].is_string() {
                break;
            }
            world.pass(1).await;
            paying = world.client(&pay).await;
        }
        let url = paying.body["payment"]["payment_url"].as_str().expect("a page to pay on");
        world.pay_on(url);
    }
    placed
}

fn scenarios() -> [Scenario; 9] {
    let done = Expected {
        orders: 1,
        status: "preparing",
        received: RECEIVED,
        kept: TOTAL_CENTS,
        mails: &["received", "confirmed"],
        doubles: 0,
        coupon_uses: 0,
    };
    let off = Expected { status: "cancelled", kept: 0, ..done };
    let from_cart = Expected { received: CART_RECEIVED, kept: CART_TOTAL_CENTS, coupon_uses: 1, ..done };
    [
        Scenario {
            name: "cart to order",
            basket: Basket::Cart,
            card: "pm_card_visa",
            part: Part::Place,
            expected: from_cart,
        },
        Scenario {
            name: "cancel an order from the cart",
            basket: Basket::Cart,
            card: "pm_card_visa",
            part: Part::Cancel,
            expected: Expected {
                mails: &["received", "confirmed", "cancelled"],
                received: CART_RECEIVED,
                ..off
            },
        },
        Scenario {
            name: "pay later on the provider's page",
            basket: Basket::PaidLater,
            card: "",
            part: Part::Place,
            expected: done,
        },
        Scenario {
            name: "place by card",
            basket: Basket::Lines,
            card: "pm_card_visa",
            part: Part::Place,
            expected: done,
        },
        Scenario {
            name: "place by COD",
            basket: Basket::Lines,
            card: "cod",
            part: Part::Place,
            expected: Expected { kept: 0, ..done },
        },
        Scenario {
            name: "cancel a paid order",
            basket: Basket::Lines,
            card: "pm_card_visa",
            part: Part::Cancel,
            expected: Expected { mails: &["received", "confirmed", "cancelled"], ..off },
        },
        Scenario {
            name: "fulfil",
            basket: Basket::Lines,
            card: "pm_card_visa",
            part: Part::Fulfil,
            expected: done,
        },
        Scenario {
            name: "a declined card",
            basket: Basket::Lines,
            card: "pm_card_visa_chargeDeclined",
            part: Part::Place,
            expected: Expected { mails: &["received", "cancelled"], ..off },
        },
        Scenario {
            name: "a payment that nobody confirms",
            basket: Basket::Lines,
            card: "pm_card_threeDSecure2Required",
            part: Part::Place,
            expected: Expected { mails: &["received", "cancelled"], ..off },
        },
    ]
}

/// Plays a scenario; returns the calls of its broken part, and what is wrong in the end.
async fn play(
    scenario: Scenario,
    fault: Option<(usize, Fault)>,
    sabotage: Option<Sabotage>,
) -> (Vec<String>, Vec<String>) {
    let mut world = World::new();
    set_up(&world, scenario.basket).await;
    let token = world.shop.customer("alice");
    let arm = |world: &World| {
        world.control.plan(|plan| {
            plan.fault = fault;
            plan.sabotage = sabotage;
            plan.armed = true;
        });
    };
    match scenario.part {
        Part::Place => {
            arm(&world);
            let answer = buy(&world, &token, scenario).await;
            assert!(matches!(answer.status, 200 | 201 | 402), "{answer:?}");
        }
        Part::Cancel => {
            let placed = buy(&world, &token, scenario).await;
            let total = placed.body["total_amount"].clone();
            world.settle().await;
            arm(&world);
            let cancel = Call::post(&format!("/api/v1/orders/{}/cancel", placed.order_id())).token(&token);
            let answer = world.client(&cancel).await;
            assert_eq!(answer.status, 200, "{answer:?}");
            assert_eq!(answer.body["refund_amount"], total, "{answer:?}");
        }
        Part::Fulfil => {
            buy(&world, &token, scenario).await;
            arm(&world);
        }
    }
    world.settle().await;
    let calls = world.control.plan(|plan| {
        plan.armed = false;
        std::mem::take(&mut plan.calls)
    });
    let expected = Expected { doubles: doubles(&calls, fault), ..scenario.expected };
    let mut wrong = audit(&world.shop, expected);
    // Everything once more: the client repeats itself, and every event of the stream comes again.
    world.restart();
    let again = world.client(&placing(&token, scenario)).await;
    if !matches!(again.status, 200 | 402) {
        wrong.push(format!("the same request again is answered with {}", again.status));
    }
    world.settle().await;
    wrong.extend(audit(&world.shop, expected));
    (calls, wrong)
}

/// A mail may come twice where nobody can know that it was sent: its answer is lost, or the process dies before noting it.
fn doubles(calls: &[String], fault: Option<(usize, Fault)>) -> usize {
    let Some((point, fault)) = fault else { return 0 };
    let is_mail = |at: usize| calls.get(at).is_some_and(|call| call == "ses SendEmail");
    match fault {
        Fault::TimedOut | Fault::DiesAfter if is_mail(point) => 1,
        Fault::Silent if is_mail(point) => LASTING,
        // The note: lost with the process, or refused until the claim has run out.
        Fault::DiesBefore | Fault::Down if point > 0 && is_mail(point - 1) => 1,
        _ => 0,
    }
}

fn simulate<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    runtime.expect("a runtime").block_on(work)
}

/// Prints past the test runner's capture: the figures belong into every log.
fn report(line: &str) {
    let written = writeln!(std::io::stderr(), "{line}");
    written.expect("standard error takes a line");
}

/// Tries every point of one scenario; returns how many there were and which failed.
fn try_all(scenario: Scenario, only: Option<&str>) -> (usize, Vec<String>) {
    let (calls, wrong) = simulate(play(scenario, None, None));
    assert!(wrong.is_empty(), "{} is wrong without any fault: {wrong:?}", scenario.name);
    let mut failures = Vec::new();
    let mut points = 0;
    for (point, call) in calls.iter().enumerate() {
        for fault in Fault::ALL.into_iter().filter(|fault| fault.fits(call)) {
            let name = format!("{}/{point}/{fault:?}", scenario.name);
            if only.is_some_and(|only| only != name) {
                continue;
            }
            points += 1;
            let (_, wrong) = simulate(play(scenario, Some((point, fault)), None));
            if !wrong.is_empty() {
                failures.push(format!("SIMULATE=\"{name}\" ({call}): {wrong:?}"));
            }
        }
    }
    report(&format!("simulation: {}: {} calls, {points} points tried", scenario.name, calls.len()));
    (points, failures)
}

#[test]
fn whatever_call_breaks_in_whatever_way_the_world_ends_up_right() {
    let only = std::env::var("SIMULATE").ok();
    let outcomes: Vec<_> = std::thread::scope(|threads| {
        let spawn = |scenario| {
            threads.spawn({
                let only = only.as_deref();
                move || try_all(scenario, only)
            })
        };
        let running: Vec<_> = scenarios().into_iter().map(spawn).collect();
        running
            .into_iter()
            .map(|thread| thread.join().expect("a scenario that runs without faults"))
            .collect()
    });
    let total: usize = outcomes.iter().map(|(points, _)| points).sum();
    let failures: Vec<_> = outcomes.into_iter().flat_map(|(_, failures)| failures).collect();
    report(&format!("simulation: {total} points tried in all"));
    assert!(failures.is_empty(), "{} of {total} points fail:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn the_simulation_is_the_same_each_time() {
    for scenario in scenarios() {
        let (first, _) = simulate(play(scenario, None, None));
        let (second, _) = simulate(play(scenario, None, None));
        assert_eq!(first, second, "{}", scenario.name);
    }
}

/// Whether the harness notices a mistake that is built into the product.
fn notices(sabotage: Sabotage, scenario: &str) -> bool {
    let scenario = scenarios().into_iter().find(|known| known.name == scenario).expect("a scenario");
    let (calls, wrong) = simulate(play(scenario, None, Some(sabotage)));
    let caught = !wrong.is_empty()
        || calls.iter().enumerate().any(|(point, call)| {
            Fault::ALL
                .into_iter()
                .filter(|fault| fault.fits(call))
                .any(|fault| !simulate(play(scenario, Some((point, fault)), Some(sabotage))).1.is_empty())
        });
    report(&format!(
        "simulation: {sabotage:?} in {:?} is {}",
        scenario.name,
        if caught { "caught" } else { "MISSED" }
    ));
    caught
}

#[test]
fn an_order_without_a_guard_on_its_key_is_noticed() {
    assert!(notices(Sabotage::NoGuard, "place by COD"));
}

#[test]
fn stock_that_a_cancellation_forgets_is_noticed() {
    assert!(notices(Sabotage::StockForgotten, "cancel a paid order"));
}

#[test]
fn a_relay_that_swallows_the_queues_errors_is_noticed() {
    assert!(notices(Sabotage::QueueErrorsSwallowed, "place by COD"));
}

#[test]
fn a_mail_that_nobody_claims_is_noticed() {
    assert!(notices(Sabotage::MailUnclaimed, "place by COD"));
}

#[test]
fn a_refund_that_never_reached_the_provider_is_noticed() {
    assert!(notices(Sabotage::RefundForgotten, "cancel a paid order"));
}
