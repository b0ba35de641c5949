//! What the service's tests share: queues to begin with, and calls on the wire.

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{QueueSpec, Redrive, Sqs};
use crate::cloud::ids::md5;
use crate::cloud::storage::moment;

pub(super) fn at(second: i64) -> OffsetDateTime {
    moment(1_750_000_000_000 + second * 1000)
}

pub(super) fn queue(name: &str, redrive: Option<u32>) -> QueueSpec {
    let redrive =
        redrive.map(|max_receive_count| Redrive { dead_letter_queue: "dead".to_owned(), max_receive_count });
    QueueSpec { name: name.to_owned(), visibility_timeout: 30, delay: 0, retention: 3600, redrive }
}

pub(super) fn service() -> Sqs {
    let sqs = Sqs::open(None).expect("the database opens");
    sqs.declare(&queue("dead", None)).expect("the queue is declared");
    sqs.declare(&queue("mail", Some(2))).expect("the queue is declared");
    sqs
}

pub(super) fn call(sqs: &Sqs, second: i64, operation: &str, mut body: Value) -> (u16, Value) {
    body["QueueUrl"] = "http://localhost:3000/000000000000/mail".into();
    let request =
        Request::post("http://localhost:3000/").header("x-amz-target", format!("AmazonSQS.{operation}"));
    let response = sqs.call(at(second), &request.body(Bytes::from(body.to_string())).expect("a request"));
    (response.status().as_u16(), serde_json::from_slice(response.body()).expect("every answer is JSON"))
}

pub(super) fn send(sqs: &Sqs, body: &str, delay: u32) {
    let (status, answer) = call(sqs, 0, "SendMessage", json!({ "MessageBody": body, "DelaySeconds": delay }));
    assert_eq!((status, &answer["MD5OfMessageBody"]), (200, &json!(md5(body))));
}
