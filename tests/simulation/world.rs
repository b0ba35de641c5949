//! A shop whose functions can die: drives clients, queues, stream and webhooks, one step at a time.

use functions::Clock;
use local::cloud::Cloud;
use local::twin::{Options, Twin};
use shared::time::Timestamp;
use std::sync::Arc;
use tests::{Answer, Call, START, Shop};

use crate::injector::{CONTROL, Control, wrap};

/// Longer than every queue's visibility timeout, so that what a dead process was at comes again.
const PATIENCE_SECONDS: i64 = 200;

/// The shop and whoever makes it fail.
pub struct World {
    /// The shop.
    pub shop: Shop,
    /// The injector's plan.
    pub control: Arc<Control>,
    cloud: Arc<Cloud>,
    clock: Clock,
}

impl World {
    /// An empty shop on a deterministic clock.
    pub fn new() -> Self {
        let clock = Clock::manual(Timestamp::from_seconds(START));
        let cloud = Cloud::open(None, clock.clone()).expect("a cloud in memory");
        let control = Arc::new(Control::default());
        let shop = Self::start(&cloud, &clock, &control);
        Self { shop, control, cloud, clock }
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

    /// Runs something until it is done, or until the process dies. `None`: it died.
    async fn survive<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            done = work => Some(done),
            () = self.control.death.notified() => None,
        }
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

    /// Lets so many seconds pass.
    pub async fn pass(&self, seconds: i64) {
        self.clock.advance(seconds * 1000);
        self.work().await;
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

    /// Lets everything happen that is due now: changes reach the relay; every message is brought twice, the youngest
    /// first; webhooks arrive.
    pub async fn work(&self) {
        for _ in 0..200 {
            let mut moved =
                self.survive(self.shop.twin.stream.step(&self.shop.twin)).await.flatten().unwrap_or(0);
            for queue in &self.shop.twin.queues {
                let now = self.clock.now().datetime();
                let mut messages = self.cloud.sqs.receive(now, &queue.queue, 10);
                messages.reverse();
                for message in messages {
                    moved += 1;
                    for _ in 0..2 {
                        let single = std::slice::from_ref(&message);
                        let failed = self.survive(queue.deliver(&self.shop.twin, single)).await.flatten();
                        if failed.is_some_and(|failed| failed.is_empty()) {
                            self.cloud.sqs.delete(&queue.queue, &message.receipt_handle);
                        }
                    }
                }
            }
            moved += self.survive(local::pumps::webhooks(&self.shop.twin)).await.unwrap_or(1);
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
