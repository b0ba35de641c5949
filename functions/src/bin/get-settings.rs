//! `GET /admin/settings`: the store's settings, of now or of an older version.

fn main() {
    functions::start(functions::handlers::settings::get::FUNCTION);
}
