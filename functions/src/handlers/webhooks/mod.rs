//! What providers tell us.

pub mod stripe;
