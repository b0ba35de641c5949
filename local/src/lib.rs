//! The local twin: runs `template.yaml` on this machine. Also the workbench of the tests.
//!
//! `cloud` is what AWS and Stripe are in production, embedded: a table, queues, mail, secrets, payments. `template` reads what
//! to run. `gateway` is the HTTP API with its authorizer; `pumps` are the event sources. The product never knows.

pub mod cloud;
pub mod console;
pub mod demo;
pub mod gateway;
pub mod import;
pub mod lambda;
pub mod page;
pub mod pumps;
pub mod template;
pub mod tokens;
pub mod twin;
