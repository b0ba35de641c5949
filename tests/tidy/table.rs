//! The table: what cannot be added later without pain.

use serde_json::{Value as Json, json};

use crate::template::{Template, name};

fn properties() -> Json {
    let template = Template::load();
    let tables = template.resources("AWS::DynamoDB::Table");
    assert_eq!(tables.len(), 1, "there is one table");
    assert_eq!(tables[0].1["DeletionPolicy"], "Retain");
    assert_eq!(tables[0].1["UpdateReplacePolicy"], "Retain");
    tables[0].1["Properties"].clone()
}

fn keys(schema: &Json) -> Json {
    let part = |at: usize| json!([schema[at]["AttributeName"], schema[at]["KeyType"]]);
    json!([part(0), part(1)])
}

#[test]
fn the_table_and_its_two_indexes_have_the_keys_that_the_domain_builds() {
    let table = properties();
    assert_eq!(keys(&table["KeySchema"]), json!([["PK", "HASH"], ["SK", "RANGE"]]));
    let indexes = table["GlobalSecondaryIndexes"].as_array().expect("indexes");
    assert_eq!(indexes.len(), 2);
    assert_eq!(indexes[0]["IndexName"], "GSI1");
    assert_eq!(keys(&indexes[0]["KeySchema"]), json!([["GSI1PK", "HASH"], ["GSI1SK", "RANGE"]]));
    assert_eq!(
        indexes[0]["Projection"]["NonKeyAttributes"],
        json!(["product"]),
        "lists of products need no second read"
    );
    assert_eq!(indexes[1]["IndexName"], "GSI2");
    assert_eq!(keys(&indexes[1]["KeySchema"]), json!([["GSI2PK", "HASH"], ["GSI1SK", "RANGE"]]));
    assert_eq!(
        indexes[1]["Projection"],
        json!({"ProjectionType": "KEYS_ONLY"}),
        "an order that changes without its status costs nothing there"
    );
}

#[test]
fn the_stream_shows_what_was_and_what_is() {
    assert_eq!(properties()["StreamSpecification"]["StreamViewType"], "NEW_AND_OLD_IMAGES");
}

#[test]
fn the_table_can_be_restored_to_any_second_and_not_be_deleted_by_mistake() {
    let table = properties();
    assert_eq!(table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], true);
    assert_eq!(table["DeletionProtectionEnabled"], true);
}

#[test]
fn what_outlives_its_time_is_removed() {
    assert_eq!(
        properties()["TimeToLiveSpecification"],
        json!({"AttributeName": "expires_at", "Enabled": true})
    );
}

#[test]
fn the_table_is_encrypted_with_the_owners_key_if_there_is_one() {
    let table = properties();
    let choice = table["SSESpecification"]["If"].as_array().expect("a choice");
    assert_eq!(choice[0], "HasKmsKey");
    assert_eq!((&choice[1]["SSEEnabled"], &choice[1]["SSEType"]), (&json!(true), &json!("KMS")));
    assert_eq!(name(&choice[1]["KMSMasterKeyId"]), "KmsKeyArn");
}

#[test]
fn the_table_is_paid_by_request() {
    assert_eq!(properties()["BillingMode"], "PAY_PER_REQUEST");
}
