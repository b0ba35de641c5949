//! `PUT /admin/settings`: replaces the store's settings, under a new version (A4).

use shared::api::store::{PutSettings, SettingsView};
use shared::store::{Settings, Store};

use crate::app::App;
use crate::edge::{Function, Problem, Request, Response};
use crate::error::Error;
use crate::store::answer;

/// The function.
pub const FUNCTION: Function = Function::Http(|app, request| Box::pin(handle(app, request)));

/// 200 with the settings; 422 if they break a rule; 409 if somebody else changed the store at the same moment, or it gets too
/// large; 412 if `If-Match` or the body's `version` names another version. Settings that are so already are not written again
/// and make no new version, whatever either names: what was wanted is there (RFC 9110, 13.1.1), so a request whose answer
/// was lost can be sent again.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    request.staff()?;
    let put: PutSettings = request.json()?;
    let seen = put.version;
    let settings = Settings::from(put);
    let errors = settings.check();
    if !errors.is_empty() {
        return Err(errors.into());
    }
    let read = app.store(true).await?;
    if read.settings != settings {
        request.require_version(read.version)?;
        require_seen(seen, read.version)?;
    }
    match app.replace_store(&read, Store { settings, ..Store::clone(&read) }).await? {
        Some(store) => answer(200, &SettingsView::of(&store), &store),
        None => Err(Problem::new(409, "concurrent_change", "somebody else changed the store").into()),
    }
}

/// 412 if the caller says that it has seen another version.
fn require_seen(seen: Option<u64>, current: u64) -> Result<(), Error> {
    match seen {
        Some(seen) if seen != current => Err(Problem::version_mismatch(current).into()),
        _ => Ok(()),
    }
}
