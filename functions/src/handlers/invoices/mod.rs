//! Bills (R6).

pub mod download;
pub mod get;
