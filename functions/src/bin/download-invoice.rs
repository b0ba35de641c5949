//! `GET /invoices/{invoice_token}`: the PDF of a bill, by its link.

fn main() {
    functions::start(functions::handlers::invoices::download::FUNCTION);
}
