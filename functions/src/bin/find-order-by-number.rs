//! `GET /orders/number/{order_number}`: one order by its number.

fn main() {
    functions::start(functions::handlers::orders::find_by_number::FUNCTION);
}
