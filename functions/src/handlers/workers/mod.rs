//! What happens after the answer.

pub mod email;
pub mod fulfillment;
pub mod invoice;
pub mod mail_feedback;
pub mod payment;
pub mod relay;
