//! `PUT /cart/lines/{product_id}`: puts something into the cart, or changes how much of it.

fn main() {
    functions::start(functions::handlers::carts::put_line::FUNCTION);
}
