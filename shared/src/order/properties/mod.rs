//! Laws that hold whatever is asked of an order, by whom, in whatever sequence, and whatever its payment provider does.
//!
//! Each sequence is a random order, random moves against it and the provider, and an end: everybody follows
//! [`next_step`](super::payment::next_step) until it rests. [`laws`] are checked after every step, [`rest`] at the end.

mod audit;
mod baskets;
mod laws;
mod moves;
mod picks;
mod provider;
mod rest;
mod seen;
mod stock;
mod wishes;
mod world;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner};
use std::cell::RefCell;

use super::Actor;
use crate::ids::CustomerId;
use crate::time::Timestamp;
use picks::Picks;
use seen::Seen;
use world::World;

/// Eight tests run side by side, each with so many sequences of its own: 200 000 in all.
const SEQUENCES: u32 = 25_000;
/// The longest sequence, in moves.
const MOVES: usize = 48;
const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;

fn start() -> Timestamp {
    Timestamp::from_seconds(1_772_359_200)
}

fn at(seconds: i64) -> Timestamp {
    start().plus_seconds(seconds)
}

fn staff() -> Actor {
    Actor::Admin(CustomerId::parse("bob").expect("an id"))
}

/// One sequence: `basket` chooses the order, each number of `moves` what happens next.
fn run(basket: &[u64], moves: &[u64], seen: &mut Seen) {
    let placement = baskets::placed(&mut Picks::new(basket));
    seen.sequences += 1;
    let mut world = World::new(placement, seen);
    for number in moves {
        moves::play(&mut world, &mut Picks::new(&[*number]));
    }
    rest::check(&mut world);
    crate::invoice::properties::check(
        world.order(),
        &world.document,
        moves.first().copied().unwrap_or_default(),
    );
}

/// Every law, in so many sequences. `PROPTEST_RNG_SEED=7 cargo test -p shared order::properties` runs others.
fn laws_hold(shard: u64) {
    let config = Config { cases: SEQUENCES, failure_persistence: None, ..Config::default() };
    let rng_seed = match config.rng_seed {
        RngSeed::Fixed(seed) => RngSeed::Fixed(seed.wrapping_add(shard)),
        RngSeed::Random => RngSeed::Fixed(shard),
    };
    let mut runner = TestRunner::new(Config { rng_seed, ..config });
    let seen = RefCell::new(Seen::default());
    let numbers = |most: usize| proptest::collection::vec(any::<u64>(), 0..most);
    let outcome = runner.run(&(numbers(12), numbers(MOVES)), |(basket, moves)| {
        run(&basket, &moves, &mut seen.borrow_mut());
        Ok::<(), TestCaseError>(())
    });
    match outcome {
        Ok(()) => seen.borrow().has_everything(4),
        Err(TestError::Fail(why, input)) => panic!("shard {shard}, {rng_seed}: {why}\nrun(&{input:?})"),
        Err(error) => panic!("{error}"),
    }
}

macro_rules! shards {
    ($($name:ident = $shard:literal),*) => {
        $(
            #[test]
            fn $name() {
                laws_hold($shard);
            }
        )*
    };
}

shards!(
    every_law_holds_in_random_sequences_1 = 1,
    every_law_holds_in_random_sequences_2 = 2,
    every_law_holds_in_random_sequences_3 = 3,
    every_law_holds_in_random_sequences_4 = 4,
    every_law_holds_in_random_sequences_5 = 5,
    every_law_holds_in_random_sequences_6 = 6,
    every_law_holds_in_random_sequences_7 = 7,
    every_law_holds_in_random_sequences_8 = 8
);
