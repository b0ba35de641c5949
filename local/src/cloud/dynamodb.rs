//! The table, by dynoxide: DynamoDB's operations on SQLite, in its wire format.

use std::path::Path;

use bytes::Bytes;
use dynoxide::actions::create_table::CreateTableRequest;
use dynoxide::actions::describe_table::DescribeTableRequest;
use dynoxide::actions::get_records::GetRecordsRequest;
use dynoxide::actions::get_shard_iterator::GetShardIteratorRequest;
pub use dynoxide::{AttributeValue, Item};
use dynoxide::{Database, DynoxideError, ImportOptions};
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Request, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// The embedded table service.
pub struct DynamoDb {
    database: Database,
}

impl DynamoDb {
    /// Opens it with its data in a file, or in memory.
    pub fn open(path: Option<&Path>) -> Result<Self, DynoxideError> {
        let database = match path.and_then(Path::to_str) {
            Some(path) => Database::new(path)?,
            None => Database::memory()?,
        };
        Ok(Self { database })
    }

    /// One call in DynamoDB's JSON protocol.
    pub fn call(&self, request: &Request<Bytes>) -> Response<Bytes> {
        let target = request.headers().get("x-amz-target").and_then(|target| target.to_str().ok());
        let operation = target.and_then(|target| target.rsplit('.').next()).unwrap_or_default();
        let (status, body) = match self.dispatch(operation, request.body()) {
            Ok(body) => (200, body),
            Err(error) => (error.status_code(), error.to_json()),
        };
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.0"));
        response
    }

    fn dispatch(&self, operation: &str, body: &[u8]) -> Result<String, DynoxideError> {
        let db = &self.database;
        match operation {
            "GetItem" => run(body, |request| db.get_item(request)),
            "PutItem" => run(body, |request| db.put_item(request)),
            "UpdateItem" => run(body, |request| db.update_item(request)),
            "DeleteItem" => run(body, |request| db.delete_item(request)),
            "Query" => run(body, |request| db.query(request)),
            "Scan" => run(body, |request| db.scan(request)),
            "BatchGetItem" => run(body, |request| db.batch_get_item(request)),
            "BatchWriteItem" => run(body, |request| db.batch_write_item(request)),
            "TransactWriteItems" => run(body, |request| db.transact_write_items(request)),
            "TransactGetItems" => run(body, |request| db.transact_get_items(request)),
            "DescribeTable" => run(body, |request| db.describe_table(request)),
            other => Err(DynoxideError::ValidationException(format!(
                "the twin does not know the operation {other:?}"
            ))),
        }
    }

    /// Creates the table of the template, or the indexes that a table of an older template has not.
    pub fn create_table(&self, name: &str, properties: &Value) -> Result<(), DynoxideError> {
        let known = self.database.describe_table(DescribeTableRequest { table_name: name.to_owned() });
        if let Ok(known) = known {
            return self.add_indexes(name, properties, &to_value(&known)?);
        }
        let mut wanted = json!({
            "TableName": name,
            "BillingMode": "PAY_PER_REQUEST",
            "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        });
        for part in ["KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes"] {
            wanted[part] = properties[part].clone();
        }
        let request: CreateTableRequest = serde_json::from_value(wanted)
            .map_err(|error| DynoxideError::ValidationException(format!("the template's table: {error}")))?;
        self.database.create_table(request).map(drop)?;
        let ttl = &properties["TimeToLiveSpecification"];
        if ttl["Enabled"] == Value::Bool(true) {
            let request = json!({"TableName": name, "TimeToLiveSpecification": ttl});
            let request = serde_json::from_value(request).map_err(|error| {
                DynoxideError::ValidationException(format!("the template's TTL: {error}"))
            })?;
            self.database.update_time_to_live(request)?;
        }
        Ok(())
    }

    /// One index after the other, because an update takes one (AWS: "UpdateTable").
    fn add_indexes(&self, name: &str, properties: &Value, known: &Value) -> Result<(), DynoxideError> {
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let known = list(&known["Table"]["GlobalSecondaryIndexes"]);
        let missing = list(&properties["GlobalSecondaryIndexes"]).into_iter();
        for index in
            missing.filter(|index| known.iter().all(|known| known["IndexName"] != index["IndexName"]))
        {
            let request = json!({
                "TableName": name,
                "AttributeDefinitions": properties["AttributeDefinitions"],
                "GlobalSecondaryIndexUpdates": [{"Create": index}],
            });
            self.database.update_table(serde_json::from_value(request).map_err(unreadable)?)?;
        }
        Ok(())
    }

    /// Changes of the table behind `after`, oldest first, as a Lambda function receives them. The position is the
    /// sequence number of the last change that was seen; none means from the beginning.
    pub fn changes(
        &self,
        table: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Value>, DynoxideError> {
        let described =
            self.database.describe_table(DescribeTableRequest { table_name: table.to_owned() })?;
        let described = to_value(&described)?;
        let stream = described["Table"]["LatestStreamArn"].as_str().unwrap_or_default().to_owned();
        let request = json!({"StreamArn": stream});
        let request = serde_json::from_value(request).map_err(unreadable)?;
        let described = to_value(&self.database.describe_stream(request)?)?;
        let shards = described["StreamDescription"]["Shards"].as_array().cloned().unwrap_or_default();
        let mut changes = Vec::new();
        for shard in shards {
            let iterator = self.database.get_shard_iterator(GetShardIteratorRequest {
                stream_arn: stream.clone(),
                shard_id: shard["ShardId"].as_str().unwrap_or_default().to_owned(),
                shard_iterator_type: if after.is_some() { "AFTER_SEQUENCE_NUMBER" } else { "TRIM_HORIZON" }
                    .to_owned(),
                sequence_number: after.map(str::to_owned),
            });
            let Ok(iterator) = iterator else { continue };
            let records = self.database.get_records(GetRecordsRequest {
                shard_iterator: iterator.shard_iterator.unwrap_or_default(),
                limit: Some(limit.saturating_sub(changes.len()).max(1)),
            })?;
            for record in records.records {
                changes.push(to_value(&record)?);
            }
        }
        changes.truncate(limit);
        Ok(changes)
    }

    /// Removes what has outlived its time.
    pub fn sweep(&self) -> Result<usize, DynoxideError> {
        self.database.sweep_ttl()
    }

    /// Puts items all at once and tells no stream: for tests that need very many.
    pub fn load(&self, table: &str, items: Vec<Item>) -> Result<(), DynoxideError> {
        self.database.import_items(table, items, ImportOptions::default()).map(drop)
    }

    /// Every item, in DynamoDB's JSON: for audits and the twin's page, never for the product.
    pub fn items(&self, table: &str) -> Result<Vec<Value>, DynoxideError> {
        let mut items = Vec::new();
        let mut start = Value::Null;
        loop {
            let mut request = json!({"TableName": table});
            if !start.is_null() {
                request["ExclusiveStartKey"] = start;
            }
            let request = serde_json::from_value(request).map_err(unreadable)?;
            let page = to_value(&self.database.scan(request)?)?;
            items.extend(page["Items"].as_array().cloned().unwrap_or_default());
            start = page["LastEvaluatedKey"].clone();
            if start.is_null() {
                return Ok(items);
            }
        }
    }
}

fn run<Q: DeserializeOwned, A: Serialize>(
    body: &[u8],
    operation: impl FnOnce(Q) -> Result<A, DynoxideError>,
) -> Result<String, DynoxideError> {
    let request = serde_json::from_slice(body).map_err(unreadable)?;
    serde_json::to_string(&operation(request)?).map_err(unreadable)
}

fn to_value(answer: &impl Serialize) -> Result<Value, DynoxideError> {
    serde_json::to_value(answer).map_err(unreadable)
}

fn unreadable(error: serde_json::Error) -> DynoxideError {
    DynoxideError::SerializationException(error.to_string())
}
