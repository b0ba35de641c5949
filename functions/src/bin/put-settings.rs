//! `PUT /admin/settings`: replaces the store's settings, under a new version.

fn main() {
    functions::start(functions::handlers::settings::put::FUNCTION);
}
