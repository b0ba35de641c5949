//! What SES tells about mails to its mailbox simulator, as a queue gets it that subscribes to the topic of a configuration
//! set.
//!
//! Source of the formats: Amazon SES Developer Guide, "Examples of event data that Amazon SES publishes to Amazon SNS" and
//! "Using the mailbox simulator"; Amazon SNS Developer Guide, "Amazon SNS message and JSON formats".

use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

use super::{Mail, Outcome, bare, outcome};
use crate::cloud::ids::{md5, uuid_like};
use crate::template::MailEvents;

const REGION: &str = "eu-west-1";
const ACCOUNT: &str = "000000000000";

/// One envelope for each recipient that a mail did not reach or that it was unwelcome to.
pub(super) fn events(mail: &Mail, heard: &MailEvents) -> Vec<Value> {
    let recipients = mail.to.iter().chain(&mail.cc).chain(&mail.bcc).map(|address| bare(address));
    recipients.filter_map(|address| Some(envelope(&event(mail, address)?, heard))).collect()
}

fn event(mail: &Mail, address: &str) -> Option<Value> {
    let timestamp = mail.sent_at.format(&Rfc3339).unwrap_or_default();
    let feedback_id = format!("{}-000000", uuid_like(&format!("feedback {} {address}", mail.id)));
    let bounce = |subtype: &str, recipient: Value| {
        json!({
            "eventType": "Bounce",
            "bounce": {
                "feedbackId": feedback_id, "bounceType": "Permanent", "bounceSubType": subtype,
                "bouncedRecipients": [recipient], "timestamp": timestamp,
            },
        })
    };
    let mut event = match outcome(address) {
        Outcome::Delivered => return None,
        Outcome::Bounced => bounce(
            "General",
            json!({
                "emailAddress": address, "action": "failed", "status": "5.1.1",
                "diagnosticCode": "smtp; 550 5.1.1 user unknown",
            }),
        ),
        Outcome::Suppressed => bounce(
            "Suppressed",
            json!({
                "emailAddress": address, "action": "failed", "status": "5.1.1",
                "diagnosticCode": "Amazon SES has suppressed sending to this address because it has a recent history of bouncing.",
            }),
        ),
        Outcome::Complained => json!({
            "eventType": "Complaint",
            "complaint": {
                "feedbackId": feedback_id, "complaintSubType": null,
                "complainedRecipients": [{"emailAddress": address}], "timestamp": timestamp,
                "userAgent": "Amazon SES Mailbox Simulator", "complaintFeedbackType": "abuse", "arrivalDate": timestamp,
            },
        }),
    };
    event["mail"] = sent(mail, &timestamp);
    Some(event)
}

/// The mail that it is about, with the headers that SES shows.
fn sent(mail: &Mail, timestamp: &str) -> Value {
    let headers =
        [("From", mail.from.clone()), ("To", mail.to.join(", ")), ("Subject", mail.subject.clone())];
    let headers: Vec<Value> = headers.map(|(name, value)| json!({"name": name, "value": value})).to_vec();
    let from = bare(&mail.from);
    let domain = from.rsplit_once('@').map_or("", |(_, domain)| domain);
    json!({
        "timestamp": timestamp, "source": mail.from,
        "sourceArn": format!("arn:aws:ses:{REGION}:{ACCOUNT}:identity/{from}"), "sendingAccountId": ACCOUNT,
        "messageId": mail.id, "destination": mail.to, "headersTruncated": false, "headers": headers,
        "commonHeaders": {"from": [mail.from], "to": mail.to, "messageId": mail.id, "subject": mail.subject},
        "tags": {
            "ses:configuration-set": [mail.configuration_set], "ses:source-ip": ["127.0.0.1"],
            "ses:from-domain": [domain], "ses:caller-identity": ["twin"],
        },
    })
}

/// What SNS writes into a queue that has not asked for raw messages. Nobody signs in the twin.
fn envelope(event: &Value, heard: &MailEvents) -> Value {
    let topic = format!("arn:aws:sns:{REGION}:{ACCOUNT}:{}", heard.topic);
    let message = event.to_string();
    let host = format!("https://sns.{REGION}.amazonaws.com");
    json!({
        "Type": "Notification", "MessageId": uuid_like(&format!("notification {}", md5(&message))), "TopicArn": topic,
        "Subject": "Amazon SES Email Event Notification", "Message": message, "Timestamp": event["mail"]["timestamp"],
        "SignatureVersion": "1", "Signature": "",
        "SigningCertURL": format!("{host}/SimpleNotificationService-00000000000000000000000000000000.pem"),
        "UnsubscribeURL": format!("{host}/?Action=Unsubscribe&SubscriptionArn={topic}:00000000-0000-0000-0000-000000000000"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::ses::epoch;

    fn mail(to: &[&str]) -> Mail {
        Mail {
            id: "m-1".to_owned(),
            from: "Shop <shop@example.com>".to_owned(),
            to: to.iter().map(|address| (*address).to_owned()).collect(),
            cc: vec![],
            bcc: vec![],
            reply_to: vec![],
            subject: "Hello".to_owned(),
            text: None,
            html: None,
            tags: vec![],
            configuration_set: Some("Mails".to_owned()),
            sent_at: epoch(),
            outcome: Outcome::Delivered,
        }
    }

    fn heard() -> MailEvents {
        MailEvents { configuration_set: "Mails".to_owned(), topic: "Topic".to_owned(), queues: vec![] }
    }

    #[test]
    fn each_recipient_that_a_mail_did_not_reach_is_told_of_in_an_envelope() {
        let all =
            ["a@example.com", "bounce@simulator.amazonses.com", "Bob <complaint+1@simulator.amazonses.com>"];
        let events = events(&mail(&all), &heard());
        let told: Vec<(Value, Value)> = events
            .iter()
            .map(|envelope| {
                assert_eq!(
                    (&envelope["Type"], &envelope["Timestamp"]),
                    (&json!("Notification"), &json!("1970-01-01T00:00:00Z"))
                );
                let event: Value =
                    serde_json::from_str(envelope["Message"].as_str().expect("a text")).expect("JSON");
                let recipients =
                    [&event["bounce"]["bouncedRecipients"], &event["complaint"]["complainedRecipients"]];
                let recipient = recipients.iter().find_map(|list| list.get(0)).expect("a recipient");
                (event["eventType"].clone(), recipient["emailAddress"].clone())
            })
            .collect();
        assert_eq!(
            told,
            [
                (json!("Bounce"), json!("bounce@simulator.amazonses.com")),
                (json!("Complaint"), json!("complaint+1@simulator.amazonses.com")),
            ]
        );
        assert_ne!(events[0]["MessageId"], events[1]["MessageId"]);
    }

    #[test]
    fn what_the_product_reads_is_what_is_published() {
        use shared::mail::feedback::{MailboxStatus, Report, Verdict};
        for (address, status) in [
            ("bounce@simulator.amazonses.com", MailboxStatus::Bounced),
            ("suppressionlist@simulator.amazonses.com", MailboxStatus::Bounced),
            ("complaint@simulator.amazonses.com", MailboxStatus::Complained),
        ] {
            let event = events(&mail(&[address]), &heard()).remove(0);
            let report = Report::read(event["Message"].as_str().expect("a text")).expect("a report");
            let report = report.expect("it is about an address");
            assert_eq!(
                (report.addresses, report.verdict),
                (vec![address.to_owned()], Verdict::Block(status))
            );
        }
    }
}
