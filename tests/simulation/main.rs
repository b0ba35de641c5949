//! The crash simulation: every call that leaves the code, broken in every way, and the world is still right.
//!
//! Deterministic: the clock is set by hand, ids are made from customers and keys, and sleeping costs no time. A failing
//! point prints its story, call and fault; `SIMULATE="place by card/3/DiesAfter"` runs that one alone, and
//! `SIMULATE="place by card"` that story.

mod audit;
mod injector;
mod laws;
mod sabotage;
mod stories;
mod world;

use audit::audit;
use injector::{Called, Fault, LASTING};
use sabotage::Sabotage;
use std::io::Write as _;
use std::panic::catch_unwind;
use stories::{STORIES, Story, Told};
use world::World;

/// Plays a story; returns the calls of its broken part, and what is wrong in the end.
async fn play(
    story: Story,
    fault: Option<(usize, Fault)>,
    sabotage: Option<Sabotage>,
) -> (Vec<Called>, Vec<String>) {
    let mut world = World::new(fault, sabotage);
    let Told { endings, again, mut wrong } = (story.tell)(&world).await;
    world.settle().await;
    let calls = world.disarm();
    let doubles = doubles(&calls, fault);
    wrong.extend(audit(&world.shop, &endings, doubles));
    wrong.extend(audit::bills(&world.shop).await);
    // Everything once more: clients repeat themselves, and every event of the stream comes again.
    world.restart();
    for (call, statuses) in &again {
        let answer = world.client(call).await;
        if !statuses.contains(&answer.status) {
            wrong.push(format!("the same request again is answered with {answer:?}"));
        }
    }
    world.settle().await;
    wrong.extend(audit(&world.shop, &endings, doubles));
    wrong.extend(audit::bills(&world.shop).await);
    wrong.extend(world.unlawful());
    (calls, wrong)
}

/// A mail may come twice where nobody can know that it was sent: its answer is lost, or the process dies before noting it.
fn doubles(calls: &[Called], fault: Option<(usize, Fault)>) -> usize {
    let Some((point, fault)) = fault else { return 0 };
    let is_mail = |at: usize| calls.get(at).is_some_and(|call| call.name == "ses SendEmail");
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

/// Tries every point of one story; returns how many there were and which failed.
fn try_all(story: Story, only: Option<&str>) -> (usize, Vec<String>) {
    let (calls, wrong) = simulate(play(story, None, None));
    if !wrong.is_empty() {
        return (0, vec![format!("{} is wrong without any fault: {wrong:?}", story.name)]);
    }
    let mut failures = Vec::new();
    let mut points = 0;
    for (point, call) in calls.iter().enumerate() {
        for fault in Fault::ALL.into_iter().filter(|fault| fault.fits(call)) {
            let name = format!("{}/{point}/{fault:?}", story.name);
            if only.is_some_and(|only| only != name && only != story.name) {
                continue;
            }
            points += 1;
            let played = || simulate(play(story, Some((point, fault)), None)).1;
            // A story that stops half-way fails at this point, and not the other points with it.
            let wrong = catch_unwind(played).unwrap_or_else(|_| vec!["the story stops half-way".to_owned()]);
            if !wrong.is_empty() {
                failures.push(format!("SIMULATE=\"{name}\" ({}): {wrong:?}", call.name));
            }
        }
    }
    report(&format!("simulation: {}: {} calls, {points} points tried", story.name, calls.len()));
    (points, failures)
}

#[test]
fn whatever_call_breaks_in_whatever_way_the_world_ends_up_right() {
    let only = std::env::var("SIMULATE").ok();
    let outcomes: Vec<_> = std::thread::scope(|threads| {
        let spawn = |story| {
            threads.spawn({
                let only = only.as_deref();
                move || try_all(story, only)
            })
        };
        let wanted = |story: &Story| only.as_deref().is_none_or(|only| only.starts_with(story.name));
        let running: Vec<_> = STORIES.into_iter().filter(wanted).map(spawn).collect();
        running.into_iter().map(|thread| thread.join().expect("a story that comes to an end")).collect()
    });
    let total: usize = outcomes.iter().map(|(points, _)| points).sum();
    let failures: Vec<_> = outcomes.into_iter().flat_map(|(_, failures)| failures).collect();
    report(&format!("simulation: {total} points tried in all"));
    assert!(total > 0 || !failures.is_empty(), "there is no such story or point: {only:?}");
    assert!(failures.is_empty(), "{} of {total} points fail:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn the_simulation_is_the_same_each_time() {
    for story in STORIES {
        let (first, _) = simulate(play(story, None, None));
        let (second, _) = simulate(play(story, None, None));
        assert_eq!(first, second, "{}", story.name);
    }
}

/// Whether the harness notices a mistake that is built into the product.
fn notices(sabotage: Sabotage, story: &str) -> bool {
    let story = STORIES.into_iter().find(|known| known.name == story).expect("a story");
    let (calls, wrong) = simulate(play(story, None, Some(sabotage)));
    let caught = !wrong.is_empty()
        || calls.iter().enumerate().any(|(point, call)| {
            Fault::ALL
                .into_iter()
                .filter(|fault| fault.fits(call))
                .any(|fault| !simulate(play(story, Some((point, fault)), Some(sabotage))).1.is_empty())
        });
    report(&format!(
        "simulation: {sabotage:?} in {:?} is {}",
        story.name,
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

#[test]
fn a_refund_that_a_lost_answer_repeats_is_noticed() {
    assert!(notices(Sabotage::RefundUnkeyed, "partial refunds in parallel"));
}

#[test]
fn refunds_that_know_nothing_of_each_other_are_noticed() {
    assert!(notices(Sabotage::HeadUnguarded, "partial refunds in parallel"));
}

#[test]
fn stock_that_comes_back_twice_is_noticed() {
    assert!(notices(Sabotage::StockTwice, "return, receive, refund"));
}

#[test]
fn a_number_that_two_bills_have_is_noticed() {
    assert!(notices(Sabotage::SeriesUnguarded, "invoice numbering"));
}
