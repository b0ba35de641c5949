//! The API end to end: requests in, and every effect of them: answers, the table, Stripe, mails.

mod bad_events;
mod bad_input;
mod cancelling;
mod paying;
mod placing;
mod products;
mod races;
mod reading;
mod shapes;
mod support;
mod twin;
mod webhooks;
