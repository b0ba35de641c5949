//! `GET /admin/settings`: the store's settings, of now or of an older version (A4).

use shared::api::store::SettingsView;

use crate::app::App;
use crate::edge::{Function, Problem, Request, Response};
use crate::error::Error;
use crate::store::answer;

/// The function.
pub const FUNCTION: Function =
    Function::HttpQuery(&["version"], |app, request| Box::pin(handle(app, request)));

/// 200 with the settings, the defaults if nobody has set any; `?version=` shows an older version, 404 if there is none.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    request.staff()?;
    let wanted = request.number("version", 0, u32::MAX)?.map(u64::from);
    let current = app.store(true).await?;
    let store = match wanted {
        Some(version) if version > current.version => return Err(Problem::not_found().into()),
        Some(version) => app.store_version(version).await?,
        None => current,
    };
    answer(200, &SettingsView::of(&store), &store)
}
