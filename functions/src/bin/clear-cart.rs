//! `DELETE /cart`: takes everything out of the cart.

fn main() {
    functions::start(functions::handlers::carts::clear::FUNCTION);
}
