//! Queues and the stream: what must be set so that no message is lost, doubled for long, or stuck unseen.

use serde_json::Value as Json;

use crate::none;
use crate::template::{Function, Template, logical};

/// What AWS takes unless the template says otherwise: four days (AWS SQS, `MessageRetentionPeriod`).
const DEFAULT_RETENTION: u64 = 345_600;

/// Every worker with its mapping and the logical id of its queue.
fn workers(template: &Template) -> Vec<(Function, Json, String)> {
    let functions = template.functions().into_iter();
    functions
        .filter_map(|function| {
            let mapping = function.events("SQS").first().map(|event| event["Properties"].clone())?;
            let queue = logical(&mapping["Queue"]);
            Some((function, mapping, queue))
        })
        .collect()
}

fn each_queue(rule: impl Fn(&Template, &Function, &Json, &Json) -> bool) {
    let template = Template::load();
    let workers = workers(&template);
    assert!(!workers.is_empty(), "the template has workers");
    let broken = workers.iter().filter(|(function, mapping, queue)| {
        !rule(&template, function, mapping, &template.resource(queue)["Properties"])
    });
    none(&broken.map(|(_, _, queue)| queue.clone()).collect::<Vec<_>>());
}

/// Whether an alarm watches this metric of this queue and tells the topic.
fn watched(template: &Template, queue: &str, metric: &str) -> bool {
    template.resources("AWS::CloudWatch::Alarm").into_iter().any(|(_, alarm)| {
        let properties = &alarm["Properties"];
        properties["MetricName"] == metric
            && logical(&properties["Dimensions"][0]["Value"]) == queue
            && !properties["AlarmActions"].is_null()
    })
}

fn retention(queue: &Json) -> u64 {
    queue["MessageRetentionPeriod"].as_u64().unwrap_or(DEFAULT_RETENTION)
}

#[test]
fn a_workers_queue_gives_a_message_at_least_five_tries_before_it_sets_it_aside() {
    each_queue(|template, _, _, queue| {
        let target = logical(&queue["RedrivePolicy"]["deadLetterTargetArn"]);
        template.resource(&target)["Type"] == "AWS::SQS::Queue"
            && queue["RedrivePolicy"]["maxReceiveCount"].as_u64().is_some_and(|tries| tries >= 5)
    });
}

#[test]
fn a_message_stays_out_of_sight_for_six_times_as_long_as_its_worker_may_run() {
    each_queue(|template, function, _, queue| {
        queue["VisibilityTimeout"].as_u64().is_some_and(|seconds| seconds >= 6 * template.timeout(function))
    });
}

#[test]
fn a_worker_answers_message_by_message() {
    each_queue(|_, _, mapping, _| {
        mapping["FunctionResponseTypes"] == serde_json::json!(["ReportBatchItemFailures"])
    });
}

#[test]
fn a_worker_is_bounded_at_its_queue_and_not_by_a_reserved_concurrency() {
    each_queue(|_, function, mapping, _| {
        mapping["ScalingConfig"]["MaximumConcurrency"].as_u64().is_some_and(|most| most >= 2)
            && function.resource["Properties"]["ReservedConcurrentExecutions"].is_null()
    });
}

#[test]
fn dead_letters_are_kept_longer_than_the_queue_they_come_from_keeps_messages() {
    each_queue(|template, _, _, queue| {
        let dead = logical(&queue["RedrivePolicy"]["deadLetterTargetArn"]);
        retention(&template.resource(&dead)["Properties"]) > retention(queue)
    });
}

#[test]
fn an_alarm_watches_every_dead_letter_queue_and_the_age_of_every_workers_queue() {
    let template = Template::load();
    let mut broken = Vec::new();
    for (_, _, queue) in workers(&template) {
        let dead = logical(&template.resource(&queue)["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]);
        for (queue, metric) in
            [(&dead, "ApproximateNumberOfMessagesVisible"), (&queue, "ApproximateAgeOfOldestMessage")]
        {
            if !watched(&template, queue, metric) {
                broken.push(format!("no alarm watches {metric} of {queue}"));
            }
        }
    }
    none(&broken);
}

#[test]
fn every_queue_is_a_workers_or_takes_what_somebody_gave_up() {
    let template = Template::load();
    let workers = workers(&template);
    let relay = stream_mapping(&template);
    let mut known: Vec<String> = workers.iter().map(|(_, _, queue)| queue.clone()).collect();
    known.extend(workers.iter().map(|(_, _, queue)| {
        logical(&template.resource(queue)["Properties"]["RedrivePolicy"]["deadLetterTargetArn"])
    }));
    known.push(logical(&relay["DestinationConfig"]["OnFailure"]["Destination"]));
    let stray = template
        .resources("AWS::SQS::Queue")
        .into_iter()
        .filter(|(name, _)| !known.contains(&(*name).to_owned()));
    none(&stray.map(|(name, _)| name.to_owned()).collect::<Vec<_>>());
}

#[test]
fn every_queue_is_encrypted() {
    let template = Template::load();
    let open = template
        .resources("AWS::SQS::Queue")
        .into_iter()
        .filter(|(_, queue)| queue["Properties"]["SqsManagedSseEnabled"] != true);
    none(&open.map(|(name, _)| name.to_owned()).collect::<Vec<_>>());
}

fn stream_mapping(template: &Template) -> Json {
    let functions = template.functions();
    let mut mappings = functions.iter().flat_map(|function| function.events("DynamoDB"));
    let mapping = mappings.next().expect("the relay reads the stream")["Properties"].clone();
    assert!(mappings.next().is_none(), "only the relay reads the stream");
    mapping
}

#[test]
fn the_relay_halves_a_failing_batch_answers_change_by_change_and_gives_up_where_it_can_be_seen() {
    let template = Template::load();
    let mapping = stream_mapping(&template);
    assert_eq!(mapping["StartingPosition"], "TRIM_HORIZON");
    assert_eq!(mapping["BisectBatchOnFunctionError"], true);
    assert_eq!(mapping["FunctionResponseTypes"], serde_json::json!(["ReportBatchItemFailures"]));
    assert_eq!(mapping["MaximumRetryAttempts"], 10_000);
    assert_eq!(mapping["MaximumRecordAgeInSeconds"], 21_600);
    let failures = logical(&mapping["DestinationConfig"]["OnFailure"]["Destination"]);
    let kept = retention(&template.resource(&failures)["Properties"]);
    assert!(kept > 24 * 3600, "the stream forgets after a day, {failures} must not");
    assert!(
        watched(&template, &failures, "ApproximateNumberOfMessagesVisible"),
        "no alarm watches {failures}"
    );
}

/// The counts take changes of one partition in their order; more than one batch at a time would mix them up.
#[test]
fn the_relay_sees_the_changes_of_a_customer_in_their_order() {
    assert_eq!(stream_mapping(&Template::load())["ParallelizationFactor"], 1);
}
