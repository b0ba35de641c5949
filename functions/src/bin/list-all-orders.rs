//! `GET /admin/orders`: everybody's orders, newest first.

fn main() {
    functions::start(functions::handlers::orders::list_all::FUNCTION);
}
