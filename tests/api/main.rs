//! The API end to end: requests in, and every effect of them: answers, the table, Stripe, mails.

#![recursion_limit = "256"]

mod actions_matrix;
mod addresses;
mod all_orders;
mod all_orders_reads;
mod audit_trail;
mod bad_events;
mod bad_input;
mod cancel_policy;
mod cancelling;
mod cancelling_parts;
mod cancelling_parts_unpaid;
mod captures;
mod carriers;
mod carts;
mod carts_bought;
mod catalogue;
mod coming_from;
mod coupons;
mod disputes;
mod editing;
mod guests;
mod impact;
mod invoices;
mod labels;
mod languages;
mod ledger;
mod limits;
mod mail_feedback;
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
mod refunds;
mod refunds_failed;
mod refunds_support;
mod reorder;
mod returns;
mod returns_guests;
mod returns_received;
mod rivals_payments;
mod rivals_payments_webhooks;
mod rivals_refunds;
mod settings;
mod shapes;
mod shipments;
mod shipments_paid;
mod shipments_support;
mod statuses;
mod stock_buckets;
mod summaries;
mod support;
mod twin;
mod warehouses;
mod webhooks;

/// The PDFs of bills are read as the tests of `documents` read them.
#[path = "../../documents/tests/bills/read.rs"]
mod pdf;
