//! `DELETE /cart/lines/{product_id}`: takes something out of the cart.

fn main() {
    functions::start(functions::handlers::carts::delete_line::FUNCTION);
}
