//! `DELETE /admin/mail-blocks/{address}`: lets mail be sent to an address again.

fn main() {
    functions::start(functions::handlers::mail_blocks::delete::FUNCTION);
}
