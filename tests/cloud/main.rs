//! The official clients work against the embedded queue, mail and secret services: that is what "honest" means. The adapters
//! of carriers work against theirs.

mod carriers;

use std::fmt;
use std::sync::Arc;

use aws_credential_types::Credentials;
use aws_sdk_secretsmanager::error::ProvideErrorMetadata as _;
use aws_sdk_sqs::types::{
    DeleteMessageBatchRequestEntry, MessageSystemAttributeName, QueueAttributeName,
    SendMessageBatchRequestEntry,
};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use local::cloud::secrets::Secrets;
use local::cloud::ses::{Outcome, Ses};
use local::cloud::sqs::{QueueSpec, Redrive, Sqs};
use time::OffsetDateTime;

const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

/// Hands an SDK client's requests to a service of this process.
struct InProcess<F>(Arc<F>);

impl<F> fmt::Debug for InProcess<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InProcess")
    }
}

impl<F> HttpConnector for InProcess<F>
where
    F: Fn(&http::Request<Bytes>) -> http::Response<Bytes> + Send + Sync + 'static,
{
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let request = request.try_into_http1x().expect("the SDK builds valid requests");
        let request =
            request.map(|body| Bytes::copy_from_slice(body.bytes().expect("the body is in memory")));
        let response = (self.0)(&request).map(SdkBody::from);
        HttpConnectorFuture::ready(Ok(response.try_into().expect("the service builds valid responses")))
    }
}

fn in_process<F>(service: F) -> SharedHttpClient
where
    F: Fn(&http::Request<Bytes>) -> http::Response<Bytes> + Send + Sync + 'static,
{
    let service = Arc::new(service);
    http_client_fn(move |_, _| SharedHttpConnector::new(InProcess(Arc::clone(&service))))
}

macro_rules! client {
    ($sdk:ident, $service:expr) => {{
        let service = Arc::clone(&$service);
        let config = $sdk::Config::builder()
            .behavior_version($sdk::config::BehaviorVersion::latest())
            .region($sdk::config::Region::new("us-east-1"))
            .endpoint_url("http://127.0.0.1:3000")
            .credentials_provider(Credentials::new("local", "local", None, None, "test"))
            .retry_config($sdk::config::retry::RetryConfig::disabled())
            .http_client(in_process(move |request| service.call(NOW, request)));
        $sdk::Client::from_conf(config.build())
    }};
}

fn queues() -> Arc<Sqs> {
    let sqs = Sqs::open(None).expect("it works");
    for (name, redrive) in [("dead", None), ("mail", Some(5))] {
        let redrive =
            redrive.map(|count| Redrive { dead_letter_queue: "dead".to_owned(), max_receive_count: count });
        let name = name.to_owned();
        sqs.declare(&QueueSpec { name, visibility_timeout: 30, delay: 0, retention: 3600, redrive })
            .expect("it works");
    }
    Arc::new(sqs)
}

#[tokio::test]
async fn sqs_sends_receives_and_deletes() {
    let service = queues();
    let sqs = client!(aws_sdk_sqs, service);
    let url =
        sqs.get_queue_url().queue_name("mail").send().await.expect("it works").queue_url.expect("it works");
    assert_eq!(url, "http://127.0.0.1:3000/000000000000/mail");
    assert_eq!(
        sqs.list_queues().queue_name_prefix("d").send().await.expect("it works").queue_urls().len(),
        1
    );

    let sent = sqs.send_message().queue_url(&url).message_body("hello").send().await.expect("it works");
    assert_eq!(sent.md5_of_message_body(), Some("5d41402abc4b2a76b9719d911017c592"));
    let receive = || {
        let receive = sqs.receive_message().queue_url(&url).max_number_of_messages(10).wait_time_seconds(20);
        receive.visibility_timeout(60).message_system_attribute_names(MessageSystemAttributeName::All).send()
    };
    let message = receive().await.expect("it works").messages.expect("it works").remove(0);
    assert_eq!(message.message_id(), sent.message_id());
    assert_eq!((message.body(), message.md5_of_body()), (Some("hello"), sent.md5_of_message_body()));
    let attributes = message.attributes().expect("it works");
    assert_eq!(attributes[&MessageSystemAttributeName::ApproximateReceiveCount], "1");
    assert_eq!(attributes[&MessageSystemAttributeName::SentTimestamp], "0");
    assert_eq!(attributes[&MessageSystemAttributeName::ApproximateFirstReceiveTimestamp], "0");
    assert!(receive().await.expect("it works").messages().is_empty());

    let handle = message.receipt_handle().expect("it works");
    let change = || {
        sqs.change_message_visibility().queue_url(&url).receipt_handle(handle).visibility_timeout(0).send()
    };
    change().await.expect("it works");
    assert!(change().await.expect_err("it is refused").into_service_error().is_message_not_inflight());
    let again = receive().await.expect("it works").messages.expect("it works").remove(0);
    sqs.delete_message().queue_url(&url).receipt_handle(handle).send().await.expect("it works");
    assert_eq!(service.messages("mail").len(), 1);
    sqs.delete_message()
        .queue_url(&url)
        .receipt_handle(again.receipt_handle().expect("it works"))
        .send()
        .await
        .expect("it works");
    assert!(service.messages("mail").is_empty());
}

#[tokio::test]
async fn sqs_answers_batches_entry_by_entry() {
    let service = queues();
    let sqs = client!(aws_sdk_sqs, service);
    let url = "http://127.0.0.1:3000/000000000000/mail";
    let entry = |id: &str, delay: i32| {
        SendMessageBatchRequestEntry::builder()
            .id(id)
            .message_body("m")
            .delay_seconds(delay)
            .build()
            .expect("it works")
    };
    let sent = sqs.send_message_batch().queue_url(url).entries(entry("a", 0)).entries(entry("b", 901));
    let sent = sent.send().await.expect("it works");
    assert_eq!((sent.successful()[0].id(), sent.failed()[0].id()), ("a", "b"));
    assert_eq!((sent.failed()[0].code(), sent.failed()[0].sender_fault()), ("InvalidParameterValue", true));
    let twice =
        sqs.send_message_batch().queue_url(url).entries(entry("a", 0)).entries(entry("a", 0)).send().await;
    assert!(twice.expect_err("it is refused").into_service_error().is_batch_entry_ids_not_distinct());

    let handle = service.receive(NOW, "mail", 1).remove(0).receipt_handle;
    let entry = |id: &str, handle: &str| {
        DeleteMessageBatchRequestEntry::builder().id(id).receipt_handle(handle).build().expect("it works")
    };
    let deleted =
        sqs.delete_message_batch().queue_url(url).entries(entry("a", &handle)).entries(entry("b", "x"));
    let deleted = deleted.send().await.expect("it works");
    assert_eq!((deleted.successful()[0].id(), deleted.failed()[0].code()), ("a", "ReceiptHandleIsInvalid"));
}

#[tokio::test]
async fn sqs_counts_purges_and_names_what_is_missing() {
    let service = queues();
    let sqs = client!(aws_sdk_sqs, service);
    let url = "http://127.0.0.1:3000/000000000000/mail";
    sqs.send_message().queue_url(url).message_body("m").delay_seconds(5).send().await.expect("it works");
    sqs.send_message().queue_url(url).message_body("m").send().await.expect("it works");
    let attributes =
        sqs.get_queue_attributes().queue_url(url).attribute_names(QueueAttributeName::All).send().await;
    let attributes = attributes.expect("it works").attributes.expect("it works");
    assert_eq!(attributes[&QueueAttributeName::ApproximateNumberOfMessages], "1");
    assert_eq!(attributes[&QueueAttributeName::ApproximateNumberOfMessagesDelayed], "1");
    assert!(attributes[&QueueAttributeName::RedrivePolicy].contains(":dead"));
    sqs.purge_queue().queue_url(url).send().await.expect("it works");
    assert!(service.messages("mail").is_empty());

    let missing = sqs.send_message().queue_url("http://127.0.0.1:3000/000000000000/none").message_body("m");
    let missing = missing.send().await.expect_err("it is refused").into_service_error();
    assert!(missing.is_queue_does_not_exist());
    assert_eq!(missing.meta().code(), Some("AWS.SimpleQueueService.NonExistentQueue"));
}

#[tokio::test]
async fn ses_catches_mails() {
    use aws_sdk_ses::primitives::Blob;
    use aws_sdk_ses::types::{Body, Content, Destination, Message, MessageTag, RawMessage};

    let service = Arc::new(Ses::open(None).expect("it works"));
    let ses = client!(aws_sdk_ses, service);
    let content = |data: &str| Content::builder().data(data).charset("UTF-8").build().expect("it works");
    let body = Body::builder().text(content("text & more")).html(content("<p>größer</p>")).build();
    let message = Message::builder().subject(content("Your order")).body(body).build();
    let to =
        Destination::builder().to_addresses("bounce@simulator.amazonses.com").cc_addresses("c@example.com");
    let send =
        ses.send_email().source("Shop <shop@example.com>").message(message.clone()).destination(to.build());
    let tag = MessageTag::builder().name("event").value("evt_1").build().expect("it works");
    let sent = send.reply_to_addresses("help@example.com").tags(tag).send().await.expect("it works");

    let raw = "From: shop@example.com\r\nTo: a@example.com\r\nSubject: Raw\r\n\r\nBody";
    let raw = RawMessage::builder().data(Blob::new(raw)).build().expect("it works");
    ses.send_raw_email().raw_message(raw).send().await.expect("it works");

    let mails = service.mails();
    assert_eq!(mails[0].id, sent.message_id());
    assert_eq!((&*mails[0].to[0], &*mails[0].cc[0]), ("bounce@simulator.amazonses.com", "c@example.com"));
    assert_eq!((&*mails[0].reply_to[0], mails[0].outcome), ("help@example.com", Outcome::Bounced));
    assert_eq!(
        (mails[0].text.as_deref(), mails[0].html.as_deref()),
        (Some("text & more"), Some("<p>größer</p>"))
    );
    assert_eq!(mails[0].tags, [("event".to_owned(), "evt_1".to_owned())]);
    assert_eq!((&*mails[1].subject, mails[1].sent_at), ("Raw", NOW));
    let quota = ses.get_send_quota().send().await.expect("it works");
    assert!((2.5..3.5).contains(&quota.sent_last24_hours()));

    let nobody = ses
        .send_email()
        .source("shop@example.com")
        .message(message)
        .destination(Destination::builder().build());
    let refusal = nobody.send().await.expect_err("it is refused").into_service_error();
    assert_eq!(refusal.meta().code(), Some("ValidationError"));
    assert!(refusal.meta().message().is_some_and(|message| message.contains("destination")));
}

#[tokio::test]
async fn secrets_are_created_put_and_read() {
    let service = Arc::new(Secrets::open(None).expect("it works"));
    let secrets = client!(aws_sdk_secretsmanager, service);
    let created =
        secrets.create_secret().name("stripe").secret_string("sk_1").send().await.expect("it works");
    let put =
        secrets.put_secret_value().secret_id("stripe").secret_string("sk_2").send().await.expect("it works");
    assert_eq!(put.version_stages(), ["AWSCURRENT"]);
    let current = secrets
        .get_secret_value()
        .secret_id(created.arn().expect("it works"))
        .send()
        .await
        .expect("it works");
    assert_eq!((current.secret_string(), current.version_id()), (Some("sk_2"), put.version_id()));
    let previous = secrets
        .get_secret_value()
        .secret_id("stripe")
        .version_stage("AWSPREVIOUS")
        .send()
        .await
        .expect("it works");
    assert_eq!((previous.secret_string(), previous.version_id()), (Some("sk_1"), created.version_id()));
    let missing = secrets
        .get_secret_value()
        .secret_id("none")
        .send()
        .await
        .expect_err("it is refused")
        .into_service_error();
    assert!(missing.is_resource_not_found_exception());
    assert!(missing.message().is_some_and(|message| message.contains("can't find")));
    let twice =
        secrets.create_secret().name("stripe").secret_string("sk_1").send().await.expect_err("it is refused");
    assert!(twice.into_service_error().is_resource_exists_exception());
}
