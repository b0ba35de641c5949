//! Products on the wire.

mod put;
#[cfg(test)]
mod tests;
mod view;

pub use put::{PutProduct, PutVariation};
pub use view::{ProductView, VariationView};
