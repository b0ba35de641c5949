//! `DELETE /admin/mail-blocks/{address}`: lets mail be sent to an address again (A7).

use shared::address::is_mail_address;

use crate::app::App;
use crate::edge::{Function, Problem, Request, Response};
use crate::error::Error;

/// The function.
pub const FUNCTION: Function = Function::Http(|app, request| Box::pin(handle(app, request)));

/// 204; 404 if nothing is against mail to that address, or it is none. What was not sent meanwhile is not sent any more.
pub async fn handle(app: &App, request: Request) -> Result<Response, Error> {
    let staff = request.staff()?;
    let address =
        request.path("address", |text| if is_mail_address(text) { Ok(text.to_owned()) } else { Err(()) })?;
    if app.table.unblock(&address, &staff.id, app.now()).await? {
        Ok(Response::empty(204))
    } else {
        Err(Problem::not_found().into())
    }
}
