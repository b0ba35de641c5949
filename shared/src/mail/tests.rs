//! What customers read, as sentences.

mod histories;

use super::*;
use crate::order::fixtures::*;
use histories::histories;

#[test]
fn show() {
    for (name, case) in histories() {
        println!("######## {name}");
        for event in &case.order.log {
            let mail = about(&case.order, &case.document, event, &settings(), None);
            println!("== {} {}", event.sequence, event.kind.name());
            if let Some(mail) = mail {
                println!("{}\n{}", mail.subject, mail.text)
            }
        }
    }
}
