//! Mail addresses that no mail is sent to any more.

pub mod delete;
