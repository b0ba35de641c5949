//! Sends new events from the table's stream to the workers' queues.

fn main() {
    functions::start(functions::handlers::workers::relay::FUNCTION);
}
