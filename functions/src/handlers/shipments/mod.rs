//! Parcels: what is sent, and how far it is.

pub mod change;
pub mod fulfill;
