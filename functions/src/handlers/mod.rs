//! One file per function: parse, load, decide, save, view.

pub mod orders;
pub mod products;
pub mod webhooks;
pub mod workers;
