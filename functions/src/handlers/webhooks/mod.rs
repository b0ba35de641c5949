//! What providers tell us.

pub mod carrier;
pub mod stripe;
