//! What happens after the answer.

pub mod email;
pub mod fulfillment;
pub mod invoice;
pub mod payment;
pub mod relay;
