//! The mail feedback worker: notes which addresses take no mail.

fn main() {
    functions::start(functions::handlers::workers::mail_feedback::FUNCTION);
}
