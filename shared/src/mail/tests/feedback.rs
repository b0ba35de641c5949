//! What SES reports, and what it means for an address.

use serde_json::{Value, json};

use crate::mail::feedback::{MailboxStatus, Report, Verdict};

const BOUNCED: Verdict = Verdict::Block(MailboxStatus::Bounced);
const COMPLAINED: Verdict = Verdict::Block(MailboxStatus::Complained);

/// As SES publishes it, with what is of no interest here.
fn bounce(kind: &str, subtype: &str) -> Value {
    json!({
        "eventType": "Bounce",
        "bounce": {
            "bounceType": kind, "bounceSubType": subtype, "timestamp": "2026-03-01T10:00:01.000Z",
            "feedbackId": "0100017d-bounce-000000", "reportingMTA": "dsn; a.example",
            "bouncedRecipients": [{
                "emailAddress": "alice@example.org", "action": "failed", "status": "5.1.1",
                "diagnosticCode": "smtp; 550 5.1.1 user unknown",
            }],
        },
        "mail": {
            "timestamp": "2026-03-01T10:00:00.000Z", "messageId": "0100017d-mail-000000", "source": "shop@example.com",
            "destination": ["alice@example.org"], "tags": {"ses:configuration-set": ["Mails"]},
        },
    })
}

fn complaint(feedback: Option<&str>) -> Value {
    let mut event = bounce("", "");
    event["eventType"] = json!("Complaint");
    event.as_object_mut().expect("an object").remove("bounce");
    event["complaint"] = json!({
        "complainedRecipients": [{"emailAddress": "alice@example.org"}], "timestamp": "2026-03-01T10:00:01.000Z",
        "feedbackId": "0100017d-complaint-000000", "complaintFeedbackType": feedback,
    });
    event
}

fn read(event: &Value) -> Option<Report> {
    Report::read(&event.to_string()).expect("a report")
}

#[test]
fn only_what_is_permanent_blocks_an_address() {
    for (kind, subtype, verdict) in [
        ("Permanent", "General", BOUNCED),
        ("Permanent", "NoEmail", BOUNCED),
        ("Permanent", "Suppressed", BOUNCED),
        ("Permanent", "OnAccountSuppressionList", BOUNCED),
        ("Transient", "General", Verdict::Count),
        ("Transient", "MailboxFull", Verdict::Count),
        ("Undetermined", "Undetermined", Verdict::Count),
    ] {
        let report = read(&bounce(kind, subtype)).expect("it is about an address");
        assert_eq!(
            (report.id.as_str(), report.verdict),
            ("0100017d-bounce-000000", verdict),
            "{kind} {subtype}"
        );
        assert_eq!(report.addresses, ["alice@example.org"]);
    }
}

#[test]
fn who_complains_gets_no_mail_and_who_takes_it_out_of_the_spam_folder_does() {
    for feedback in [None, Some("abuse"), Some("fraud"), Some("other")] {
        let report = read(&complaint(feedback)).expect("it is about an address");
        assert_eq!((report.id.as_str(), report.verdict), ("0100017d-complaint-000000", COMPLAINED));
    }
    assert_eq!(read(&complaint(Some("not-spam"))), None);
}

#[test]
fn it_is_about_the_address_that_the_mail_was_sent_to_wherever_it_was_forwarded() {
    let mut event = bounce("Permanent", "General");
    event["bounce"]["bouncedRecipients"][0]["emailAddress"] = json!("alice@forwarded.example");
    event["mail"]["destination"] = json!(["Alice <alice@example.org>"]);
    assert_eq!(read(&event).expect("a report").addresses, ["alice@example.org"]);
    event["mail"]["destination"] = json!(["alice@example.org", "bob@example.org"]);
    assert_eq!(read(&event).expect("a report").addresses, ["alice@forwarded.example"]);
}

#[test]
fn what_says_nothing_of_an_address_is_passed_over() {
    for kind in ["Delivery", "Send", "Open", "Something new"] {
        let mut event = bounce("Permanent", "General");
        event["eventType"] = json!(kind);
        assert_eq!(read(&event), None, "{kind}");
    }
    let welcome = "Successfully validated SNS topic for Amazon SES event publishing.";
    assert_eq!(Report::read(welcome).expect("it is known"), None);
}

#[test]
fn what_is_no_report_is_refused() {
    let without = |pointer: &str, name: &str| {
        let mut event = bounce("Permanent", "General");
        event.pointer_mut(pointer).and_then(Value::as_object_mut).expect("an object").remove(name);
        event.to_string()
    };
    let with_id = |id: &str| {
        let mut event = bounce("Permanent", "General");
        event["bounce"]["feedbackId"] = json!(id);
        event.to_string()
    };
    let mut nobody = bounce("Permanent", "General");
    nobody["mail"]["destination"] = json!([]);
    nobody["bounce"]["bouncedRecipients"] = json!([]);
    for bad in [
        String::new(),
        "{}".to_owned(),
        "hello".to_owned(),
        without("", "bounce"),
        without("", "mail"),
        without("/bounce", "feedbackId"),
        without("/bounce", "bounceType"),
        with_id(""),
        with_id("a#b"),
        with_id("a b"),
        with_id(&"a".repeat(201)),
        nobody.to_string(),
    ] {
        assert!(Report::read(&bad).is_err(), "{bad}");
    }
}
