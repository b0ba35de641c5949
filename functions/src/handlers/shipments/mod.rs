//! Parcels: what is sent, how far it is, and their labels.

pub mod change;
pub mod fulfill;
pub mod request_label;
pub mod show_label;
