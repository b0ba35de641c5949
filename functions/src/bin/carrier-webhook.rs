//! `POST /webhooks/carrier`: what the carrier tells us about parcels.

fn main() {
    functions::start(functions::handlers::webhooks::carrier::FUNCTION);
}
