use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};

use super::{Contract, Route, Scope};

/// A document with one of everything that the contract looks at.
const DOCUMENT: &str = r##"
paths:
  /api/v1/things:
    get:
      parameters:
        - {name: limit, in: query, schema: {type: integer, maximum: 9}}
        - {$ref: "#/components/parameters/Order"}
      responses:
        "200":
          description: Things
          headers:
            Cache-Control: {required: true, schema: {const: no-store}}
            Retry-After: {schema: {type: integer}}
          content:
            application/json:
              schema: {type: object, properties: {things: {type: array, items: {$ref: "#/components/schemas/Thing"}}}}
    post:
      parameters: [{name: Idempotency-Key, in: header, required: true, schema: {type: string, maxLength: 3}}]
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: "#/components/schemas/Base"}}}
      responses:
        "201":
          description: The thing
          content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}
        "204": {description: Nothing to tell}
        "400": {$ref: "#/components/responses/Problem"}
  /api/v1/things/{thing_id}:
    parameters: [{name: thing_id, in: path, required: true, schema: {type: string, pattern: "^t"}}]
    put:
      requestBody:
        content:
          application/json: {schema: {type: object, additionalProperties: true}}
          text/plain: {schema: {type: string, maxLength: 5}}
      responses:
        "200": {$ref: "#/components/responses/Free"}
  /api/v1/things/first:
    put:
      responses:
        "204": {description: Nothing to tell}
  /api/v1/nowhere:
    get:
      responses:
        "204": {description: Nothing to tell}
components:
  parameters:
    Order: {name: order, in: query, schema: {type: string, enum: [up, down]}}
  responses:
    Free:
      description: Anything
      content: {application/json: {schema: {type: object, additionalProperties: true}}}
    Problem:
      description: What is wrong
      content: {application/problem+json: {schema: {type: object, required: [code], properties: {code: {type: string}}}}}
  schemas:
    Base:
      type: object
      required: [name]
      properties: {name: {type: string}, note: {type: string}}
    Thing:
      allOf:
        - {$ref: "#/components/schemas/Base"}
        - type: object
          required: [at]
          properties:
            at: {type: string, format: date-time}
            owner: {type: object, properties: {id: {type: integer}}}
            kind: {oneOf: [{type: object, properties: {a: {type: string}}, required: [a]}, {type: "null"}]}
"##;

const JSON: &str = "application/json";

fn contract() -> Contract {
    let document: Value = serde_norway::from_str(DOCUMENT).expect("YAML");
    let routes = [
        ("GET", "/api/v1/things"),
        ("POST", "/api/v1/things"),
        ("PUT", "/api/v1/things/{thing_id}"),
        ("PUT", "/api/v1/things/first"),
        ("GET", "/api/v1/silent"),
    ];
    let routes = routes.map(|(method, path)| Route { method: method.to_owned(), path: path.to_owned() });
    Contract::new(&document, routes.into())
}

fn request(line: &str, body: impl Into<Bytes>) -> Request<Bytes> {
    let (method, path) = line.split_once(' ').expect("a method and a path");
    let request = Request::builder().method(method).uri(path).header("idempotency-key", "k");
    request.header("content-type", JSON).body(body.into()).expect("a request")
}

fn response(status: u16, kind: &str, body: impl Into<Bytes>) -> Response<Bytes> {
    let response = Response::builder().status(status).header("cache-control", "no-store");
    let response = if kind.is_empty() { response } else { response.header("content-type", kind) };
    response.body(body.into()).expect("a response")
}

/// The one violation that an exchange has; empty if it has none.
#[track_caller]
fn violation(request: &Request<Bytes>, response: &Response<Bytes>) -> String {
    let found = contract().violations(request, response, Scope::Exchange);
    assert!(found.len() < 2, "{found:#?}");
    found.concat()
}

/// Rows of an answer to an accepted `POST`, and the violation that has to be found.
#[track_caller]
fn check_answers(table: &[(u16, &str, &str, &str)]) {
    for (status, kind, body, expected) in table {
        let found = violation(
            &request("POST /api/v1/things", r#"{"name":"n"}"#),
            &response(*status, kind, body.to_string()),
        );
        assert!(found.contains(expected) && found.is_empty() == expected.is_empty(), "{body}: {found:?}");
    }
}

/// Rows of a request and its body that are answered as documented, and the violation that has to be found.
#[track_caller]
fn check_requests(table: &[(&str, &str, &str)]) {
    for (line, body, expected) in table {
        let answer = match &line[..4] {
            "GET " => response(200, JSON, "{}"),
            "POST" => response(204, "", ""),
            _ => response(200, JSON, r#"{"any":{"thing":1}}"#),
        };
        let found = violation(&request(line, body.to_string()), &answer);
        assert!(
            found.contains(expected) && found.is_empty() == expected.is_empty(),
            "{line} {body}: {found:?}"
        );
    }
}

const THING: &str = r#"{"name":"n","at":"2026-03-01T10:00:00Z","owner":{"id":1},"kind":{"a":"b"}}"#;

#[test]
fn an_answer_as_documented_is_none_to_speak_of() {
    check_answers(&[
        (201, JSON, THING, ""),
        (
            201,
            "application/json; charset=utf-8",
            r#"{"name":"n","at":"2026-03-01T10:00:00Z","kind":null}"#,
            "",
        ),
        (204, "", "", ""),
        (400, "application/problem+json", r#"{"code":"c"}"#, ""),
    ]);
}

#[test]
fn an_answer_whose_status_or_content_type_is_not_documented_is_found() {
    check_answers(&[
        (200, JSON, THING, "the status 200 is not documented"),
        (409, "application/problem+json", r#"{"code":"c"}"#, "the status 409 is not documented"),
        (400, JSON, r#"{"code":"c"}"#, r#"the content type Some("application/json") is not documented"#),
        (201, "", THING, "the content type None is not documented"),
        (204, JSON, "{}", "a body is not documented"),
        (204, "", " ", "a body is not documented"),
        (201, JSON, "{", "not JSON"),
        // Only documented answers of the gateway are welcome where there is a route.
        (403, JSON, r#"{"message":"Forbidden"}"#, "the status 403 is not documented"),
    ]);
}

#[test]
fn a_field_that_is_not_documented_is_found_wherever_it_is() {
    let unexpected = "('new' was unexpected)";
    let at = |pointer: &str| format!("{pointer}: Unevaluated properties are not allowed {unexpected}");
    check_answers(&[
        (201, JSON, &THING.replacen('{', r#"{"new":1,"#, 1), &at("")),
        (201, JSON, &THING.replace(r#""id":1"#, r#""id":1,"new":1"#), &at("/owner")),
        (400, "application/problem+json", r#"{"code":"c","new":[]}"#, &at("")),
    ]);
    let list = format!(r#"{{"things":[{THING},{}]}}"#, THING.replacen('{', r#"{"new":1,"#, 1));
    let found = violation(&request("GET /api/v1/things", ""), &response(200, JSON, list));
    assert!(found.contains(&at("/things/1")), "{found}");
    let inner = THING.replace(r#""a":"b""#, r#""a":"b","new":1"#);
    let found = violation(&request("POST /api/v1/things", r#"{"name":"n"}"#), &response(201, JSON, inner));
    assert!(found.contains(&at("/kind")), "{found}");
}

#[test]
fn a_field_that_is_missing_or_of_another_kind_is_found() {
    check_answers(&[
        (201, JSON, r#"{"name":"n"}"#, r#""at" is a required property"#),
        (201, JSON, r#"{"at":"2026-03-01T10:00:00Z"}"#, r#""name" is a required property"#),
        (201, JSON, &THING.replace(r#""id":1"#, r#""id":"1""#), r#"/owner/id: "1" is not of type "integer""#),
        (
            201,
            JSON,
            &THING.replace("-03-01T", "-13-01T"),
            r#"/at: "2026-13-01T10:00:00Z" is not a "date-time""#,
        ),
        (400, "application/problem+json", "{}", r#""code" is a required property"#),
    ]);
}

#[test]
fn an_answer_without_a_documented_header_or_with_another_value_of_it_is_found() {
    let get = request("GET /api/v1/things", "");
    for (value, expected) in
        [(None, "the header Cache-Control is missing"), (Some("public"), "header Cache-Control: ")]
    {
        let mut answer = response(200, JSON, "{}");
        answer.headers_mut().remove("cache-control");
        if let Some(value) = value {
            answer.headers_mut().insert("cache-control", http::HeaderValue::from_static(value));
        }
        assert!(violation(&get, &answer).starts_with(expected));
    }
    for (value, expected) in [("1", ""), ("soon", "header Retry-After: ")] {
        let mut answer = response(200, JSON, "{}");
        answer.headers_mut().insert("retry-after", http::HeaderValue::from_static(value));
        let found = violation(&get, &answer);
        assert!(found.starts_with(expected) && found.is_empty() == expected.is_empty(), "{found}");
    }
}

#[test]
fn what_is_not_json_is_a_text() {
    for (text, expected) in [("a\nb", ""), ("a\nb\nc\nd", "accepted body: : ")] {
        let mut put = request("PUT /api/v1/things/t1", text);
        put.headers_mut().insert("content-type", http::HeaderValue::from_static("text/plain"));
        let found = violation(&put, &response(200, JSON, "{}"));
        assert!(found.starts_with(expected) && found.is_empty() == expected.is_empty(), "{found}");
    }
}

#[test]
fn a_request_that_is_accepted_and_not_documented_is_found() {
    check_requests(&[
        ("GET /api/v1/things", "", ""),
        ("GET /api/v1/things?limit=9&order=up", "", ""),
        ("GET /api/v1/things?limit=10", "", "accepted query parameter limit: : 10 is greater than"),
        ("GET /api/v1/things?limit=x", "", "accepted query parameter limit"),
        ("GET /api/v1/things?order=sideways", "", "accepted query parameter order"),
        (
            "GET /api/v1/things?order=up&colour=red",
            "",
            "query parameter colour is accepted and not documented",
        ),
        ("GET /api/v1/things", "{}", "accepted body: a body is not documented"),
        ("POST /api/v1/things", r#"{"name":"n","note":""}"#, ""),
        ("POST /api/v1/things", "", "accepted body: a body is required"),
        ("POST /api/v1/things", r#"{"note":""}"#, r#"accepted body: : "name" is a required property"#),
        ("POST /api/v1/things", r#"{"name":1}"#, r#"accepted body: /name: 1 is not of type "string""#),
        ("POST /api/v1/things", r#"{"name":"n","new":1}"#, "('new' was unexpected)"),
        ("PUT /api/v1/things/t1", r#"{"any":[{"thing":1}]}"#, ""),
        ("PUT /api/v1/things/t1", "", ""),
        ("PUT /api/v1/things/%74%c3%a9", "", ""),
        ("PUT /api/v1/things/x1", "", "accepted path parameter thing_id"),
    ]);
    for (key, expected) in
        [("", "accepted without the header parameter"), ("long", "accepted header parameter")]
    {
        let mut post = request("POST /api/v1/things", r#"{"name":"n"}"#);
        post.headers_mut().remove("idempotency-key");
        if !key.is_empty() {
            post.headers_mut().insert("idempotency-key", http::HeaderValue::from_static(key));
        }
        assert!(violation(&post, &response(204, "", "")).starts_with(expected));
    }
}

#[test]
fn a_request_that_is_refused_or_beyond_the_document_on_purpose_may_be_anything() {
    let nonsense = request("POST /api/v1/things?x=1", "nonsense");
    assert_eq!(violation(&nonsense, &response(400, "application/problem+json", r#"{"code":"c"}"#)), "");
    let accepted = response(204, "", "");
    assert_eq!(contract().violations(&nonsense, &accepted, Scope::Answer), Vec::<String>::new());
    assert!(!contract().violations(&nonsense, &accepted, Scope::Exchange).is_empty());
}

#[test]
fn routes_and_operations_have_to_be_the_same() {
    for (line, expected) in [
        ("PUT /api/v1/things/first", ""),
        ("GET /api/v1/nowhere", "but a route as []"),
        ("GET /api/v1/silent", "documented as []"),
    ] {
        let found = violation(&request(line, ""), &response(204, "", ""));
        assert!(found.contains(expected) && found.is_empty() == expected.is_empty(), "{line}: {found}");
    }
}

#[test]
fn what_is_no_route_is_answered_by_the_gateway() {
    let message = |status| response(status, JSON, r#"{"message":"Not Found"}"#);
    let large = vec![b' '; local::gateway::BODY_LIMIT + 1];
    for (request, status) in [
        (request("GET /api/v1/things/", ""), 404),
        (request("DELETE /api/v1/things", ""), 404),
        (request("GET /api/v1", ""), 404),
        (request("GET /api/v1/%ff", ""), 400),
        (request("GET /api/v1/things/%f", ""), 400),
        (request("POST /api/v1/things", large), 413),
    ] {
        assert_eq!(violation(&request, &message(status)), "");
        assert_ne!(violation(&request, &message(500)), "");
        let chatty = json!({"message": "Not Found", "code": "c"}).to_string();
        assert_ne!(violation(&request, &response(status, JSON, chatty)), "");
    }
}

#[test]
fn paths_of_the_twins_own_are_left_alone() {
    for path in ["/", "/_local/orders", "/stripe/v1/refunds", "/api/v10/things", "/API/V1/things"] {
        assert_eq!(violation(&request(&format!("GET {path}"), ""), &response(500, "", "?")), "");
    }
}

#[test]
fn every_schema_of_the_document_can_be_compiled() {
    let contract = Contract::of_this_repository();
    let schemas: Vec<_> = contract.operations.iter().flat_map(|operation| operation.schemas()).collect();
    assert!(schemas.len() > 100, "{}", schemas.len());
    for schema in schemas {
        schema.violations(&Value::Null);
    }
}

#[test]
#[should_panic(
    expected = "POST /api/v1/orders is answered 402, which is not as docs/openapi.yaml says:\n  /order: "
)]
fn a_failure_names_the_request_the_status_and_the_place() {
    let problem = json!({"type": "about:blank", "title": "t", "status": 402, "code": "payment_declined", "detail": "d",
        "request_id": "r", "decline_code": "c", "order": null});
    let declined = response(402, "application/problem+json", problem.to_string());
    super::check(&request("POST /api/v1/orders?x=1", "{}"), &declined, Scope::Exchange);
}
