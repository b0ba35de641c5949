//! Mistakes that are built into the product on its way out, to see whether the simulation notices them.

use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};

use crate::injector::{answered, response};

/// A mistake built into the product by changing what it sends or hears: the harness must notice it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sabotage {
    /// Placing neither looks for the idempotency key nor guards it.
    NoGuard,
    /// Cancelling forgets to give the stock back.
    StockForgotten,
    /// The relay takes every answer of the queue for a success.
    QueueErrorsSwallowed,
    /// Mails are sent without a claim.
    MailUnclaimed,
    /// The refund is noted as done without having been asked for.
    RefundForgotten,
    /// Refunds go to the provider without an idempotency key.
    RefundUnkeyed,
    /// An order is saved whatever became of it since it was read.
    HeadUnguarded,
    /// What comes back to the stock is counted twice.
    StockTwice,
    /// A bill has the number after the one that was read, whoever took that meanwhile.
    SeriesUnguarded,
}

/// Sends a request as the sabotaged product would.
pub async fn sabotaged(
    sabotage: Sabotage,
    name: &str,
    mut request: HttpRequest,
    inner: &SharedHttpConnector,
) -> Result<HttpResponse, ConnectorError> {
    let body: Value =
        request.body().bytes().and_then(|bytes| serde_json::from_slice(bytes).ok()).unwrap_or_default();
    let mut changed = body.clone();
    match (sabotage, name) {
        (Sabotage::NoGuard, "dynamodb GetItem")
            if key_of(&body).starts_with("PLACED#") && body["ConsistentRead"] == true =>
        {
            return Ok(answered(200, &json!({})));
        }
        (Sabotage::NoGuard, "dynamodb TransactWriteItems") => {
            for put in writes_of(&mut changed, "Put") {
                forget_condition(put);
            }
        }
        (Sabotage::StockForgotten, "dynamodb TransactWriteItems") => {
            let actions = changed["TransactItems"].as_array_mut().expect("actions");
            actions.retain(|action| {
                !action["Update"]["ConditionExpression"].as_str().is_some_and(|rule| rule.contains("held >="))
            });
        }
        (Sabotage::MailUnclaimed, "dynamodb PutItem")
            if body["Item"]["SK"]["S"].as_str().is_some_and(|key| key.starts_with("MAIL#")) =>
        {
            forget_condition(&mut changed);
        }
        (Sabotage::HeadUnguarded, "dynamodb TransactWriteItems" | "dynamodb PutItem") => {
            let puts = writes_of(&mut changed, "Put");
            puts.into_iter()
                .filter(|put| put["ConditionExpression"] == "v = :read")
                .for_each(forget_condition);
        }
        (Sabotage::StockTwice, "dynamodb TransactWriteItems") => {
            for update in writes_of(&mut changed, "Update") {
                let change = update["UpdateExpression"].as_str().unwrap_or_default();
                if change.starts_with("SET on_hand = on_hand +") {
                    let units = &mut update["ExpressionAttributeValues"][":units"]["N"];
                    let number: i64 = units.as_str().and_then(|units| units.parse().ok()).unwrap_or_default();
                    *units = json!((2 * number).to_string());
                }
            }
        }
        (Sabotage::SeriesUnguarded, "dynamodb TransactWriteItems") => {
            for update in writes_of(&mut changed, "Update") {
                if update["Key"]["SK"]["S"] == "SERIES" {
                    update["ConditionExpression"] = json!("attribute_exists(PK) OR attribute_not_exists(PK)");
                    drop(
                        update["ExpressionAttributeValues"]
                            .as_object_mut()
                            .map(|values| values.remove(":last")),
                    );
                }
            }
        }
        (Sabotage::RefundUnkeyed, "stripe POST /v1/refunds") => {
            request.headers_mut().remove("idempotency-key");
        }
        (Sabotage::RefundForgotten, "stripe POST /v1/refunds") => {
            return Ok(response(
                200,
                "application/json",
                json!({"id": "re_never", "status": "succeeded", "amount": 5_000, "currency": "eur"})
                    .to_string(),
            ));
        }
        _ => {}
    }
    if changed != body {
        let text = changed.to_string();
        request.headers_mut().insert("content-length", text.len().to_string());
        *request.body_mut() = SdkBody::from(text);
    }
    inner.call(request).await
}

fn key_of(body: &Value) -> String {
    body["Key"]["SK"]["S"].as_str().unwrap_or_default().to_owned()
}

/// The writes of one kind in a request, which is one of them, or a transaction of many.
fn writes_of<'a>(request: &'a mut Value, kind: &str) -> Vec<&'a mut Value> {
    if request.get("TransactItems").is_none() {
        return vec![request];
    }
    let actions = request.get_mut("TransactItems").and_then(Value::as_array_mut);
    actions.into_iter().flatten().filter_map(|action| action.get_mut(kind)).collect()
}

fn forget_condition(put: &mut Value) {
    if let Some(put) = put.as_object_mut() {
        put.remove("ConditionExpression");
        put.remove("ExpressionAttributeValues");
    }
}
