//! Rules that keep the repository honest: what is said in several places is the same in all of them, and what the style
//! forbids is nowhere.

mod documents;
mod names;
mod openapi;
mod permissions;
mod queues;
mod recorder;
mod routes;
mod sources;
mod story;
mod table;
mod template;
mod undoing;
mod workspace;

/// Fails with everything that breaks a rule at once.
#[track_caller]
fn none(broken: &[String]) {
    assert!(broken.is_empty(), "\n  {}\n", broken.join("\n  "));
}
