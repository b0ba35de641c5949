//! The functions of the order backend, and all that knows AWS.
//!
//! `edge` turns Lambda events into calls of a handler and back. `handlers` holds one file per function. `table`, `queues`,
//! `mailer`, `secrets`, `stripe` and `carriers` are concrete clients over one HTTP connector, the only seam: what varies between
//! AWS, the local twin and the tests is the endpoint and that connector.
#![deny(missing_docs)]

pub mod app;
pub mod bills;
pub mod carriers;
pub mod carts;
pub mod catalog;
pub mod checkout;
pub mod clock;
pub mod edge;
pub mod error;
pub mod handlers;
pub mod labels;
pub mod mailer;
pub mod orders;
pub mod payments;
pub mod placing;
pub mod queues;
pub mod seam;
pub mod secrets;
pub mod stock;
pub mod store;
pub mod stripe;
pub mod table;

pub use app::{App, Config};
pub use clock::Clock;
pub use edge::{Function, invoke, start};
pub use error::Error;

/// Every function by the name of its bin; made from `src/bin` by the build script.
pub const REGISTRY: &[(&str, Function)] = include!(concat!(env!("OUT_DIR"), "/registry.rs"));

/// The function of that name.
pub fn function(name: &str) -> Option<Function> {
    REGISTRY.iter().find(|(known, _)| *known == name).map(|(_, function)| *function)
}
