//! The API end to end: requests in, and every effect of them: answers, the table, Stripe, mails.

#![recursion_limit = "256"]

mod addresses;
mod bad_events;
mod bad_input;
mod cancelling;
mod carts;
mod carts_bought;
mod catalogue;
mod coming_from;
mod coupons;
mod guests;
mod limits;
mod paying;
mod payments_later;
mod placing;
mod prices;
mod products;
mod races;
mod races_carts;
mod races_conflicts;
mod races_orders;
mod races_payments;
mod reading;
mod redirects;
mod redirects_left;
mod reorder;
mod settings;
mod shapes;
mod stock_buckets;
mod support;
mod twin;
mod warehouses;
mod webhooks;
