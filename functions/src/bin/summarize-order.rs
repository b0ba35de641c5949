//! `GET /orders/{order_id}/summary`: an order summed up in its reader's language.

fn main() {
    functions::start(functions::handlers::orders::summarize::FUNCTION);
}
