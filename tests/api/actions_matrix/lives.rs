//! Orders and what happens to them, step by step, so that together they come to every state.

use local::pumps;
use serde_json::{Value, json};
use tests::{Answer, Call, Shop, order_body};

use super::requests::Who;
use crate::redirects::{BACK, redirect, submit};
use crate::support::{authenticate, merge, only_intent};

/// How staff finds a refund that was paid by other means.
pub const REFERENCE: &str = "SEPA 4711";
/// Why staff does not take a return.
pub const REJECTED: &str = "It was used";
const SIGN_IN: &str = "pm_card_threeDSecure2Required";
const MINUTE: i64 = 60;
const DAY: i64 = 24 * 60 * MINUTE;

/// Something that happens to an order.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    /// Everything that is due is done.
    Workers,
    /// The provider's webhooks come, and no worker does anything.
    News,
    /// So many seconds go by, and nobody does anything.
    Later(i64),
    /// The provider answers nothing for so many seconds.
    Down(i64),
    /// The customer pays by this card, or `cod`.
    Pay(&'static str),
    /// The customer signs in at the bank, or fails to.
    SignIn(bool),
    /// The customer pays on the provider's page.
    PayPage,
    /// Staff moves it.
    Status(&'static str),
    /// Staff sends a unit before the rest.
    SendUnit,
    /// The parcel that was sent before the rest arrives.
    UnitArrives,
    /// Staff calls it off.
    Cancel,
    /// The customer calls a unit off.
    CancelUnit,
    /// Staff asks for the label of the first parcel.
    WantLabel,
    /// Staff gives a cent back.
    RefundCent,
    /// Staff gives everything back.
    RefundAll,
    /// Staff gives everything away.
    GiveAll,
    /// Staff asks for the failed refund again.
    Retry,
    /// Staff has paid the refund by other means.
    Settle,
    /// The customer asks to send one mug back.
    AskUnit,
    /// The customer asks to send back all that is left.
    AskAll,
    /// Staff decides about the last return.
    Return(&'static str),
}

use Step::{
    AskAll, AskUnit, Cancel, CancelUnit, Down, GiveAll, Later, News, Pay, PayPage, RefundAll, RefundCent,
    Retry, Return, SendUnit, Settle, SignIn, Status, UnitArrives, WantLabel, Workers,
};

/// One order, from its placement on.
#[derive(Debug, Clone)]
pub struct Life {
    /// What is special about it.
    pub what: &'static str,
    /// How it is to be paid.
    payment: Value,
    /// By somebody without an account.
    guest: bool,
    /// What the store does in another way.
    settings: Value,
    /// Whether the provider answers nothing at first.
    down: bool,
    /// What happens.
    pub steps: Vec<Step>,
}

impl Life {
    fn of(what: &'static str, payment: Value, steps: &[Step]) -> Self {
        Self { what, payment, guest: false, settings: json!({}), down: false, steps: steps.to_vec() }
    }

    fn under(self, settings: Value) -> Self {
        Self { settings, ..self }
    }
}

fn card(name: &str) -> Value {
    json!({"payment": {"method": "card", "payment_method_id": name}})
}

fn cod() -> Value {
    json!({"payment": {"method": "cod"}})
}

/// A policy that stops both actors there.
fn until(cutoff: &str) -> Value {
    let all = json!({"card": cutoff, "redirect": cutoff, "cod": cutoff, "later": cutoff});
    json!({"policies": {"cancel": {"customer": all, "staff": all}}})
}

/// Every life, of customers and of guests.
pub fn all() -> Vec<Life> {
    let good = [Status("preparing"), Status("packed"), Status("shipped"), Status("delivered")];
    let with = |more: &[Step]| [good.as_slice(), more].concat();
    let reserved =
        || json!({"payment": {"capture": "at_shipment", "return_origins": ["https://shop.example"]}});
    let later = json!({"create_payment": false, "payment": null});
    let page = json!({ "payment": redirect(BACK) });
    let returned = [
        AskUnit,
        Return("approve"),
        Return("receive"),
        AskUnit,
        Return("reject"),
        AskUnit,
        Return("approve"),
        Return("reject"),
        Later(31 * DAY),
    ];
    let lives = vec![
        Life::of("card", card("pm_card_visa"), &with(&returned)),
        Life::of(
            "all of it back",
            card("pm_card_visa"),
            &with(&[AskAll, Return("approve"), Return("receive")]),
        ),
        Life::of("nothing left to give", card("pm_card_visa"), &with(&[RefundCent, RefundAll])),
        Life::of("cash", cod(), &with(&[AskAll, Return("approve"), Return("receive"), Settle])),
        Life::of(
            "refunds that fail",
            card("pm_card_refundFail"),
            &[&[RefundCent, Later(10), News][..], &good, &[Settle, Later(2 * DAY)]].concat(),
        ),
        Life::of(
            "a refund that fails at first",
            card("pm_twin_firstRefundFails"),
            &[RefundCent, Later(10), News, Retry, Workers],
        ),
        Life::of(
            "cancelled, and the refund fails",
            card("pm_card_refundFail"),
            &[Cancel, Later(10), News, Settle],
        ),
        Life::of(
            "cancelled, and the refund waits",
            card("pm_card_visa"),
            &[Down(60), Cancel, Later(61), Workers],
        ),
        Life::of(
            "a refund that waits",
            card("pm_card_visa"),
            &[Workers, Down(60), RefundCent, Later(61), Workers],
        ),
        Life::of("cancelled after it was packed", card("pm_card_visa"), &[Workers, Status("packed"), Cancel]),
        Life::of(
            "given back before it left",
            card("pm_card_visa"),
            &[Workers, RefundAll, Status("packed"), Cancel],
        ),
        Life::of("given away", card("pm_card_visa"), &[&[Workers, GiveAll][..], &good[1..]].concat()),
        Life::of(
            "two refunds that fail",
            card("pm_card_refundFail"),
            &[Workers, RefundCent, Later(10), News, Cancel, Later(10), News, Settle],
        ),
        Life::of("cancelled unpaid", card(SIGN_IN), &[Cancel, Workers]),
        Life::of("signed in", card(SIGN_IN), &[SignIn(true), Workers]),
        Life::of("not signed in", card(SIGN_IN), &[SignIn(false), News, Pay("pm_card_visa")]),
        Life::of("never signed in", card(SIGN_IN), &[Later(31 * MINUTE), Workers]),
        Life::of(
            "declined",
            card("pm_card_chargeDeclined"),
            &[Pay("pm_card_chargeDeclined"), Pay("pm_card_visa")],
        ),
        Life::of("given up", later.clone(), &[Later(DAY), Workers]),
        Life::of("cash after all", later, &[Pay(SIGN_IN), Down(60), Pay("cod"), Later(61), Workers]),
        Life::of("nobody asked yet", card("pm_card_visa"), &[Later(120), Workers]),
        Life::of("page", page.clone(), &[PayPage, News, Workers, Cancel]),
        Life::of("page left alone", page, &[Later(31 * MINUTE), Workers]),
        Life::of("reserved", card("pm_card_visa"), &good).under(reserved()),
        Life::of("reserved and let go", card("pm_card_visa"), &[CancelUnit, Workers, Cancel, Workers])
            .under(reserved()),
        Life::of(
            "a part",
            card("pm_card_visa"),
            &[CancelUnit, Workers, CancelUnit, Workers, Status("packed")],
        ),
        Life::of(
            "in parts",
            card("pm_card_visa"),
            &[
                Workers,
                SendUnit,
                CancelUnit,
                Workers,
                Status("packed"),
                UnitArrives,
                Status("shipped"),
                Status("delivered"),
            ],
        ),
        Life::of("labelled", card("pm_card_visa"), &[Workers, WantLabel, Workers, Status("packed")]),
        Life::of("given back before anything", card("pm_card_visa"), &[RefundAll]),
        Life::of("disputed", card("pm_card_createDispute"), &[News, Workers, Status("packed")]),
        Life::of("never", card(SIGN_IN), &[&[SignIn(true), News][..], &good].concat()).under(until("never")),
        Life::of("until it leaves", card("pm_card_visa"), &good).under(until("shipped")),
    ];
    let by_guests = ["card", "cash", "cancelled unpaid", "declined", "cash after all", "a part", "never"];
    let again = lives.clone().into_iter().filter(|life| by_guests.contains(&life.what));
    let again = again.map(|life| Life { guest: true, ..life });
    let mut all: Vec<Life> = lives.into_iter().chain(again).collect();
    for life in all.iter_mut().filter(|life| life.what == "nobody asked yet") {
        life.down = true;
    }
    all
}

/// An order in a shop of its own.
pub struct Stage {
    pub shop: Shop,
    /// Which order.
    pub id: String,
    /// A guest's way to it; empty for customers.
    pub token: String,
}

impl Life {
    /// The order after so many steps.
    pub async fn play(&self, steps: usize) -> Stage {
        let shop = Shop::open();
        for product in ["mug", "cup"] {
            shop.stock(product, "12.50", "north", 100).await;
        }
        let mut settings = json!({"guest_checkout": {"enabled": true}, "payment": {"return_origins": ["https://shop.example"]}});
        merge(&mut settings, &self.settings);
        shop.settings(&settings).await;
        let mut body = order_body("mug", 3, "cod");
        merge(
            &mut body,
            &json!({"lines": [{"product_id": "mug", "quantity": 3}, {"product_id": "cup", "quantity": 2}]}),
        );
        merge(&mut body, &self.payment);
        body.as_object_mut().expect("an object").retain(|_, value| !value.is_null());
        if self.down {
            shop.twin.cloud.stripe.down_until(shop.twin.cloud.clock.now().plus_seconds(MINUTE).datetime());
        }
        let place = if self.guest {
            body["contact_email"] = json!("jane@example.com");
            Call::post("/api/v1/guest/orders")
        } else {
            Call::post("/api/v1/orders").token(&shop.customer("alice"))
        };
        let placed = shop.send(place.key("0123456789abcdef").json(&body)).await;
        let order = if placed.status == 402 { &placed.body["order"] } else { &placed.body };
        let text = |name: &str| order[name].as_str().unwrap_or_default().to_owned();
        let stage = Stage { id: text("order_id"), token: text("order_token"), shop };
        assert!(!stage.id.is_empty() && self.guest != stage.token.is_empty(), "{}: {placed:?}", self.what);
        for step in &self.steps[..steps] {
            stage.take(step).await;
        }
        stage
    }
}

impl Stage {
    /// Whoever bought it.
    pub fn customer(&self) -> Who {
        if self.token.is_empty() { Who::Customer } else { Who::Guest }
    }

    /// The order as somebody sees it, with its returns.
    pub async fn read(&self, who: Who) -> Value {
        let mut order = self.send(who, "GET", "", None).await.body;
        order["returns"] = self.send(who, "GET", "/returns", None).await.body["returns"].clone();
        order
    }

    /// A request below the order, by somebody.
    async fn send(&self, who: Who, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let id = &self.id;
        let call = match who {
            Who::Guest => Call::new(method, &format!("/api/v1/guest/orders/{}{path}", self.token)),
            Who::Customer => {
                Call::new(method, &format!("/api/v1/orders/{id}{path}")).token(&self.shop.customer("alice"))
            }
            Who::Staff
                if ["/refunds", "/returns/", "/fulfill", "/shipments", "/parcels"]
                    .iter()
                    .any(|of| path.starts_with(of)) =>
            {
                Call::new(method, &format!("/api/v1/admin/orders/{id}{path}")).token(&self.shop.admin())
            }
            Who::Staff => Call::new(method, &format!("/api/v1/orders/{id}{path}")).token(&self.shop.admin()),
        };
        let keyed = method == "POST"
            && ["/payments", "/refunds", "/returns", "/cancel", "/fulfill", "/label"]
                .iter()
                .any(|end| path.ends_with(end));
        // The clock stands still but for steps, so each step has a key of its own.
        let moment = self.shop.twin.cloud.clock.now().datetime().unix_timestamp_nanos();
        let call = if keyed { call.key(&format!("key-{moment}")) } else { call };
        self.shop.send(body.iter().fold(call, |call, body| call.json(body))).await
    }

    /// Lets something happen.
    pub async fn take(&self, step: &Step) {
        let shop = &self.shop;
        shop.twin.cloud.clock.advance(1);
        let now = shop.twin.cloud.clock.now();
        let (me, staff) = (self.customer(), Who::Staff);
        let answer = match *step {
            Workers => return shop.finish().await,
            News => {
                assert!(pumps::webhooks(&shop.twin).await > 0, "there is news");
                return;
            }
            Later(seconds) => {
                shop.twin.cloud.clock.advance(seconds * 1_000);
                return;
            }
            Down(seconds) => return shop.twin.cloud.stripe.down_until(now.plus_seconds(seconds).datetime()),
            SignIn(well) => {
                let intent = only_intent(shop)["id"].as_str().expect("an id").to_owned();
                assert!(authenticate(shop, &intent, well));
                return;
            }
            PayPage => {
                let sessions = shop.twin.cloud.stripe.sessions();
                let page = sessions[0]["url"].as_str().expect("an address").to_owned();
                assert_eq!(submit(shop, &page, "pm_card_visa").0, 303);
                return;
            }
            Pay("cod") => self.send(me, "POST", "/payments", Some(&json!({"method": "cod"}))).await,
            Pay(name) => {
                let paid = self.send(me, "POST", "/payments", Some(&card(name)["payment"])).await;
                assert!([200, 402].contains(&paid.status), "{step:?}: {paid:?}");
                return;
            }
            Status(status) => self.send(staff, "PATCH", "/status", Some(&json!({ "status": status }))).await,
            SendUnit => {
                self.send(staff, "POST", "/fulfill", Some(&json!({"lines": [{"line_id": 1, "quantity": 1}]})))
                    .await
            }
            UnitArrives => {
                let shipments = self.read(staff).await["shipments"].take();
                let left =
                    shipments.as_array().and_then(|all| all.iter().find(|one| one["status"] == "shipped"));
                let path = format!("/shipments/{}", left.expect("a parcel on its way")["shipment_id"]);
                self.send(staff, "PATCH", &path, Some(&json!({"status": "delivered"}))).await
            }
            Cancel => {
                self.send(staff, "PUT", "/cancel", Some(&json!({"override_reason": "The boss says so"})))
                    .await
            }
            CancelUnit => {
                self.send(me, "POST", "/cancel", Some(&json!({"lines": [{"line_id": 1, "quantity": 1}]})))
                    .await
            }
            WantLabel => self.send(staff, "POST", "/shipments/1/label", None).await,
            RefundCent => {
                self.send(staff, "POST", "/refunds", Some(&json!({"amount": "0.01", "goodwill": true}))).await
            }
            RefundAll => self.send(staff, "POST", "/refunds", Some(&json!({}))).await,
            GiveAll => {
                let all = self.read(staff).await["total_amount"].take();
                self.send(staff, "POST", "/refunds", Some(&json!({"amount": all, "goodwill": true}))).await
            }
            Retry => self.send(staff, "POST", &self.last_refund("/retry").await, None).await,
            Settle => {
                let path = self.last_refund("/settle").await;
                self.send(staff, "POST", &path, Some(&json!({"reference": REFERENCE}))).await
            }
            AskUnit => self.send(me, "POST", "/returns", Some(&super::requests::sent_back())).await,
            AskAll => {
                let all = json!({"line_ids": [1, 2], "reason": "other"});
                self.send(me, "POST", "/returns", Some(&all)).await
            }
            Return(verb) => {
                let returns = self.read(staff).await["returns"].as_array().map_or(0, Vec::len);
                let reason = (verb == "reject").then(|| json!({ "reason": REJECTED }));
                self.send(staff, "POST", &format!("/returns/{returns}/{verb}"), reason.as_ref()).await
            }
        };
        assert!((200..300).contains(&answer.status), "{step:?}: {answer:?}");
    }

    async fn last_refund(&self, verb: &str) -> String {
        let order = self.read(Who::Staff).await;
        let refunds = order["payment"]["refunds"].as_array().expect("a list");
        let last = refunds.last().and_then(|refund| refund["refund_id"].as_str()).expect("a refund");
        format!("/refunds/{last}{verb}")
    }
}
