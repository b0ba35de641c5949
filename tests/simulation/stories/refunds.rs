//! Giving money back.

use serde_json::{Value, json};
use tests::{Answer, Call};

use super::Told;
use super::steps::{TOTAL_CENTS, at_rest, bought, buy, by_staff, deliver, id_of, simple_shop, two_bottles};
use crate::audit::Ending;
use crate::audit::mail::{CONFIRMED, DELIVERED, RECEIVED, REFUND, SHIPPED};
use crate::world::World;

/// Four members of staff give money back at once: more than was taken. Some are refused; what the others were told goes back
/// goes back, once.
pub async fn in_parallel(world: &World) -> Told {
    simple_shop(world).await;
    let placing = two_bottles(world, "pm_card_visa");
    let id = id_of(&buy(world, &placing).await);
    at_rest(world).await;
    deliver(world, &id).await;
    world.arm();
    let wish = |key: &str, body: Value| by_staff(world, &id, "refunds").key(key).json(&body);
    let one_bottle = json!({"lines": [{"line_id": 1, "quantity": 1}]});
    let calls = [
        wish("refund-1", one_bottle.clone()),
        wish("refund-2", json!({"amount": "20.00"})),
        wish("refund-3", json!({"amount": "10.00", "goodwill": true, "reason": "the box was dented"})),
        wish("refund-4", one_bottle),
    ];
    let [a, b, c, d] = &calls;
    let race = async { tokio::join!(world.client(a), world.client(b), world.client(c), world.client(d)) };
    let (a, b, c, d) = world.race(race).await;
    let answers = [(a, 2_500), (b, 2_000), (c, 1_000), (d, 2_500)];
    told(world, placing, calls, &answers)
}

/// What must follow from the answers.
fn told(world: &World, placing: Call, calls: [Call; 4], answers: &[(Answer, i64); 4]) -> Told {
    let mut wrong = Vec::new();
    let taken = |answer: &Answer| matches!(answer.status, 200 | 201);
    let accepted: Vec<_> = answers.iter().filter(|(answer, _)| taken(answer)).collect();
    let back: i64 = accepted.iter().map(|(_, cents)| cents).sum();
    for (answer, cents) in answers {
        let refused = answer.status == 409
            && ["refund_exceeds_captured", "nothing_to_refund"].contains(&answer.code())
            && *cents > TOTAL_CENTS - back;
        let amount = format!("{}.{:02}", cents / 100, cents % 100);
        let accepted = taken(answer) && answer.body["amount"] == amount;
        if !refused && !accepted {
            wrong.push(format!("a refund of {amount} is answered with {answer:?}"));
        }
    }
    let refunds = world.shop.twin.orders()[0].refunds();
    let promised = |answer: &Answer| {
        refunds.iter().filter(|refund| answer.body["refund_id"] == refund.id.as_str()).count()
    };
    if refunds.len() != accepted.len() || accepted.iter().any(|(answer, _)| promised(answer) != 1) {
        wrong.push(format!("{} refunds were accepted, the order has {refunds:?}", accepted.len()));
    }
    let mails = [RECEIVED, CONFIRMED, SHIPPED, DELIVERED].into_iter();
    let mails = mails.chain(accepted.iter().map(|_| REFUND)).collect();
    let ending = Ending { status: "delivered", kept: TOTAL_CENTS - back, mails, ..bought() };
    let again = calls.into_iter().zip(answers);
    let again = again.map(|(call, (answer, _))| (call, if taken(answer) { &[200][..] } else { &[409][..] }));
    Told { endings: vec![ending], again: again.chain([(placing, &[200][..])]).collect(), wrong }
}
