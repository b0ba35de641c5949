//! `POST /webhooks/stripe`: what Stripe tells us.

fn main() {
    functions::start(functions::handlers::webhooks::stripe::FUNCTION);
}
