//! A shop whose functions can die: drives clients, queues, stream and webhooks, one step at a time, and sees that the laws
//! hold after each.

use functions::Clock;
use local::cloud::Cloud;
use local::twin::{Options, Twin};
use shared::time::Timestamp;
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use tests::{Answer, Call, START, Shop};

use crate::injector::{CONTROL, Called, Control, Fault, PROCESS, Process, wrap};
use crate::laws::Watch;
use crate::sabotage::Sabotage;

/// Longer than every queue's visibility timeout, so that what a dead process was at comes again.
const PATIENCE_SECONDS: i64 = 200;
/// How long Stripe is down in the stories of it, and how much of it passes at once.
const OUTAGE_SECONDS: i64 = 6 * 60 * 60;
const QUARTER_SECONDS: i64 = 15 * 60;

/// The shop and whoever makes it fail.
pub struct World {
    /// The shop.
    pub shop: Shop,
    /// The injector's plan.
    pub control: Arc<Control>,
    cloud: Arc<Cloud>,
    clock: Clock,
    watch: RefCell<Watch>,
    fault: Option<(usize, Fault)>,
    sabotage: Option<Sabotage>,
    /// Whether every message is brought once instead of twice.
    once: Cell<bool>,
}

impl World {
    /// An empty shop on a deterministic clock, in which nothing breaks yet.
    pub fn new(fault: Option<(usize, Fault)>, sabotage: Option<Sabotage>) -> Self {
        let clock = Clock::manual(Timestamp::from_seconds(START));
        let cloud = Cloud::open(None, clock.clone()).expect("a cloud in memory");
        let control = Arc::new(Control::default());
        let shop = Self::start(&cloud, &clock, &control);
        let (watch, once) = (RefCell::default(), Cell::new(false));
        Self { shop, control, cloud, clock, watch, fault, sabotage, once }
    }

    fn start(cloud: &Arc<Cloud>, clock: &Clock, control: &Arc<Control>) -> Shop {
        CONTROL.set(Arc::clone(control));
        let options = Options { clock: clock.clone(), wrap, ..Options::default() };
        Shop { twin: Twin::with_cloud(Arc::clone(cloud), &options).expect("a twin") }
    }

    /// New processes on the same cloud. Their relay reads the stream from its beginning, so every event comes again.
    pub fn restart(&mut self) {
        self.shop = Self::start(&self.cloud, &self.clock, &self.control);
    }

    /// From here on calls are counted, and broken.
    pub fn arm(&self) {
        self.control.plan(|plan| {
            plan.fault = self.fault;
            plan.sabotage = self.sabotage;
            plan.armed = true;
        });
        self.watch.borrow_mut().begin(&self.shop);
    }

    /// Nothing breaks any more; the calls that were counted.
    pub fn disarm(&self) -> Vec<Called> {
        self.control.plan(|plan| {
            plan.armed = false;
            std::mem::take(&mut plan.calls)
        })
    }

    /// What was against a law, at any time.
    pub fn unlawful(&self) -> Vec<String> {
        self.look();
        self.watch.borrow().wrong.clone()
    }

    fn look(&self) {
        if self.control.plan(|plan| std::mem::take(&mut plan.written)) {
            self.watch.borrow_mut().look(&self.shop);
        }
    }

    /// Runs something until it is done, or until its process dies. `None`: it died.
    async fn survive<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let process = Arc::new(Process::default());
        let survived = tokio::select! {
            biased;
            done = PROCESS.scope(Arc::clone(&process), work) => Some(done),
            () = process.death.notified() => None,
        };
        self.look();
        survived
    }

    /// A client that does what a good client does: it sends the same request, with the same key, until it is answered.
    pub async fn client(&self, call: &Call) -> Answer {
        for _ in 0..5 {
            let answer = self.survive(self.shop.send(call.clone())).await;
            match answer {
                Some(answer) if answer.status < 500 => return answer,
                _ => self.clock.advance(1_000),
            }
        }
        panic!("the client gets no answer");
    }

    /// Like [`Self::client`], for one that may have to wait, a minute at a time, until the shop is ready for it.
    pub async fn patient_client(&self, call: &Call, ready: impl Fn(&Answer) -> bool) -> Answer {
        let mut answer = self.client(call).await;
        for _ in 0..5 {
            if ready(&answer) {
                break;
            }
            self.pass(61).await;
            answer = self.client(call).await;
        }
        answer
    }

    /// Lets so many seconds pass.
    pub async fn pass(&self, seconds: i64) {
        self.clock.advance(seconds * 1000);
        self.work().await;
    }

    /// Lets several clients and webhooks be at it at the same time: whoever calls out waits until all others did.
    pub async fn race<T>(&self, racing: impl Future<Output = T>) -> T {
        self.control.plan(|plan| plan.racing = true);
        let done = racing.await;
        self.control.plan(|plan| plan.racing = false);
        done
    }

    /// The customer pays on the provider's page. Nothing of ours is in between, so nothing of it is broken.
    pub fn pay_on(&self, url: &str) {
        let path =
            url.split_once("/stripe").map(|(_, path)| format!("/stripe{path}")).expect("the provider's page");
        let request =
            http::Request::post(path).body("payment_method=pm_card_visa".into()).expect("a request");
        let answer = self.cloud.call(request);
        assert!(matches!(answer.status().as_u16(), 303 | 410), "{answer:?}");
    }

    /// The customer passes 3-D Secure for the only payment that there is, if it still waits for that.
    pub fn authenticate(&self) {
        let intents = self.cloud.stripe.intents();
        let id = intents[0]["id"].as_str().expect("a payment");
        self.cloud.stripe.authenticate(self.clock.now().datetime(), id, true);
        self.control.plan(|plan| plan.written = true);
    }

    /// The relay sends what is new, and then the messages of a queue come to workers of their own, two at a time.
    pub async fn at_once(&self, queue: &str) {
        self.survive(self.shop.twin.stream.step(&self.shop.twin)).await;
        let messages = self.cloud.sqs.receive(self.clock.now().datetime(), queue, 10);
        let pump = self.shop.twin.queues.iter().find(|pump| pump.queue == queue).expect("a queue");
        for pair in messages.chunks(2) {
            let brought = async |at: usize| {
                let Some(message) = pair.get(at..=at) else { return };
                let failed = self.survive(pump.deliver(&self.shop.twin, message)).await.flatten();
                if failed.is_some_and(|failed| failed.is_empty()) {
                    self.cloud.sqs.delete(queue, &message[0].receipt_handle);
                }
            };
            self.race(async { tokio::join!(brought(0), brought(1)) }).await;
        }
    }

    /// The provider brings what webhooks it has.
    pub async fn webhooks(&self) -> usize {
        self.survive(local::pumps::webhooks(&self.shop.twin)).await.unwrap_or(1)
    }

    /// From now on Stripe is down for six hours.
    pub fn stripe_goes_down(&self) {
        self.cloud.stripe.down_until(self.clock.now().plus_seconds(OUTAGE_SECONDS).datetime());
    }

    /// Lets the six hours pass. Nothing is broken in most of them: a look at an order that cannot get on is the same each
    /// time. And nothing is brought twice: each look has another one follow it, and they would become too many.
    pub async fn outlast(&self) {
        self.once.set(true);
        let quarters = OUTAGE_SECONDS / QUARTER_SECONDS;
        for quarter in 1..=quarters {
            let armed = quarter <= 3 || quarter == quarters;
            self.control.plan(|plan| plan.armed = armed);
            self.pass(QUARTER_SECONDS).await;
        }
        self.once.set(false);
    }

    /// Lets everything happen that is due now: changes reach the relay; every message is brought twice, the youngest
    /// first; webhooks arrive.
    pub async fn work(&self) {
        let times = if self.once.get() { 1 } else { 2 };
        for _ in 0..200 {
            let mut moved =
                self.survive(self.shop.twin.stream.step(&self.shop.twin)).await.flatten().unwrap_or(0);
            for queue in &self.shop.twin.queues {
                let now = self.clock.now().datetime();
                let mut messages = self.cloud.sqs.receive(now, &queue.queue, 10);
                messages.reverse();
                for message in messages {
                    moved += 1;
                    for _ in 0..times {
                        let single = std::slice::from_ref(&message);
                        let failed = self.survive(queue.deliver(&self.shop.twin, single)).await.flatten();
                        if failed.is_some_and(|failed| failed.is_empty()) {
                            self.cloud.sqs.delete(&queue.queue, &message.receipt_handle);
                        }
                    }
                }
            }
            moved += self.webhooks().await;
            if moved == 0 {
                return;
            }
        }
        panic!("the workers do not come to rest");
    }

    /// Lets time pass until nothing is left to do: every visibility timeout, every delayed check, every hold.
    pub async fn settle(&self) {
        for _ in 0..14 {
            self.work().await;
            self.clock.advance(PATIENCE_SECONDS * 1000);
        }
        self.work().await;
    }
}
