//! `cargo run -- import`: sends a file of products to the API, whatever its size. Uses nothing but the public API, so it
//! works against a twin and against a deployed shop.

use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use aws_smithy_types::body::SdkBody;
use functions::seam;
use serde_json::Value;
use shared::limits;
use std::error::Error;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::Path;
use std::time::Duration;

type Failure = Box<dyn Error + Send + Sync>;

/// Bytes of a part, unless one line alone has more; well below what a body may have.
const PART_BYTES: usize = 200_000;
/// How often a part is sent without any line of it getting done.
const ATTEMPTS: u32 = 6;
/// Time for one answer; the API's own limit is 10 s.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// Time between two attempts.
const PAUSE: Duration = Duration::from_secs(1);

/// What became of a file's lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Products that are new.
    pub created: usize,
    /// Products that were replaced.
    pub replaced: usize,
    /// Products that were so already.
    pub unchanged: usize,
    /// Lines that break a rule.
    pub rejected: usize,
}

/// Lines to be sent together, with their numbers in the file.
#[derive(Default)]
struct Part {
    lines: Vec<(usize, String)>,
    bytes: usize,
}

/// What a line of the file is.
enum Line {
    /// Something to send.
    Text(String),
    /// Nothing.
    Empty,
    /// What no request can carry.
    Unsendable(&'static str),
}

/// Sends the products of a file to the API at `url`, e.g. `http://127.0.0.1:3000/api/v1`, and prints every rejected line.
///
/// # Errors
/// The file cannot be read, or the API does not take it. What was done until then is done, and is not written again when
/// the file is sent again.
pub async fn send_file(file: &Path, url: &str, token: &str) -> Result<Outcome, Failure> {
    let mut reader = BufReader::new(File::open(file)?);
    let connector = seam::connector();
    let url = format!("{}/admin/products/import", url.trim_end_matches('/'));
    let send = async |body: String| post(&connector, &url, token, body).await;
    import(&mut reader, &send, PAUSE, &mut |line| println!("{line}")).await
}

async fn post(
    connector: &SharedHttpConnector,
    url: &str,
    token: &str,
    body: String,
) -> Result<(u16, Value), Failure> {
    let request = http::Request::post(url)
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/x-ndjson")
        .body(SdkBody::from(body))?;
    let (status, _, answer) = seam::send(connector, request.try_into()?, ANSWER_WITHIN).await?;
    Ok((status, serde_json::from_slice(&answer).unwrap_or_default()))
}

/// Sends what `reader` has in parts that the API takes.
async fn import<S>(
    reader: &mut impl BufRead,
    send: &S,
    pause: Duration,
    tell: &mut impl FnMut(String),
) -> Result<Outcome, Failure>
where
    S: AsyncFn(String) -> Result<(u16, Value), Failure>,
{
    let mut outcome = Outcome::default();
    let mut part = Part::default();
    for number in 1.. {
        match read_line(reader)? {
            None => break,
            Some(Line::Empty) => {}
            Some(Line::Unsendable(why)) => {
                outcome.rejected += 1;
                tell(format!("line {number}: {why}"));
            }
            Some(Line::Text(text)) => {
                if part.lines.len() >= limits::IMPORT_LINES || part.bytes + text.len() >= PART_BYTES {
                    deliver(std::mem::take(&mut part), send, pause, &mut outcome, tell).await?;
                }
                part.bytes += text.len() + 1;
                part.lines.push((number, text));
            }
        }
    }
    deliver(part, send, pause, &mut outcome, tell).await?;
    Ok(outcome)
}

/// The next line, if there is one. No more of it is kept than a request can carry.
fn read_line(reader: &mut impl BufRead) -> io::Result<Option<Line>> {
    let most = u64::try_from(limits::BODY_BYTES).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    if reader.by_ref().take(most + 1).read_until(b'\n', &mut bytes)? == 0 {
        return Ok(None);
    }
    if bytes.len() > limits::BODY_BYTES && bytes.last() != Some(&b'\n') {
        reader.skip_until(b'\n')?;
        return Ok(Some(Line::Unsendable("more than 262144 bytes")));
    }
    Ok(Some(match std::str::from_utf8(&bytes).map(str::trim) {
        Ok("") => Line::Empty,
        Ok(text) => Line::Text(text.to_owned()),
        Err(_) => Line::Unsendable("not UTF-8"),
    }))
}

/// Sends a part until every line of it is done, only those again that are not.
async fn deliver<S>(
    part: Part,
    send: &S,
    pause: Duration,
    outcome: &mut Outcome,
    tell: &mut impl FnMut(String),
) -> Result<(), Failure>
where
    S: AsyncFn(String) -> Result<(u16, Value), Failure>,
{
    let mut open = part.lines;
    let mut failed = 0;
    while let Some((first, _)) = open.first() {
        let texts: Vec<&str> = open.iter().map(|(_, text)| text.as_str()).collect();
        let (before, answer) = (open.len(), send(texts.join("\n")).await);
        let why = match answer {
            Ok((200, report)) => {
                open = tally(open, &report, outcome, tell);
                "some lines were not finished".into()
            }
            Ok((status @ (429 | 500..), problem)) => format!("{status} {problem}").into(),
            Ok((status, problem)) => return Err(format!("line {first} and on: {status} {problem}").into()),
            Err(error) => error,
        };
        failed = if open.len() < before { 0 } else { failed + 1 };
        match open.first() {
            Some((first, _)) if failed >= ATTEMPTS => {
                return Err(format!("line {first} and on: {why}; sending the file again goes on here").into());
            }
            Some(_) => tokio::time::sleep(pause).await,
            None => {}
        }
    }
    Ok(())
}

/// Counts what is done, tells what is wrong, and returns what is open.
fn tally(
    sent: Vec<(usize, String)>,
    report: &Value,
    outcome: &mut Outcome,
    tell: &mut impl FnMut(String),
) -> Vec<(usize, String)> {
    let lines = report["lines"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut open = Vec::new();
    for (place, (number, text)) in (1u64..).zip(sent) {
        let line = lines.iter().find(|line| line["line"] == place);
        match line.and_then(|line| line["result"].as_str()) {
            Some("created") => outcome.created += 1,
            Some("replaced") => outcome.replaced += 1,
            Some("unchanged") => outcome.unchanged += 1,
            Some("rejected") => {
                outcome.rejected += 1;
                tell(complaint(number, line.unwrap_or(&Value::Null)));
            }
            _ => open.push((number, text)),
        }
    }
    open
}

/// What is wrong with a line, for people.
fn complaint(number: usize, line: &Value) -> String {
    let product = line["product_id"].as_str().map(|id| format!(" ({id})")).unwrap_or_default();
    let errors = line["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |error: &Value, member: &str| error[member].as_str().unwrap_or_default().to_owned();
    let errors: Vec<String> = errors
        .iter()
        .map(|error| format!("{} {}: {}", text(error, "pointer"), text(error, "code"), text(error, "detail")))
        .map(|error| error.trim_start().to_owned())
        .collect();
    format!("line {number}{product}: {}", errors.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::cell::RefCell;

    /// An API that does to each line what the line says, at most `quick` of them per request.
    struct Fake {
        quick: usize,
        bodies: RefCell<Vec<String>>,
    }

    impl Fake {
        fn new(quick: usize) -> Self {
            Self { quick, bodies: RefCell::new(vec![]) }
        }

        fn answer(&self, body: String) -> Result<(u16, Value), Failure> {
            let lines: Vec<Value> = (0..)
                .zip(body.lines())
                .map(|(at, text)| match text {
                    _ if at >= self.quick => json!({"line": at + 1, "result": "unfinished"}),
                    "bad" => json!({"line": at + 1, "product_id": "mug", "result": "rejected",
                        "errors": [{"pointer": "/price", "code": "out_of_range", "detail": "more than nothing"}]}),
                    text => json!({"line": at + 1, "result": text.split('-').next()}),
                })
                .collect();
            self.bodies.borrow_mut().push(body);
            Ok((200, json!({"lines": lines})))
        }

        async fn import(&self, file: impl AsRef<[u8]>) -> (Result<Outcome, String>, Vec<String>) {
            run(file.as_ref(), &async |body| self.answer(body)).await
        }
    }

    async fn run<S>(mut file: &[u8], send: &S) -> (Result<Outcome, String>, Vec<String>)
    where
        S: AsyncFn(String) -> Result<(u16, Value), Failure>,
    {
        let mut told = Vec::new();
        let outcome = import(&mut file, send, Duration::ZERO, &mut |line| told.push(line)).await;
        (outcome.map_err(|error| error.to_string()), told)
    }

    #[tokio::test]
    async fn a_file_goes_in_parts_of_few_lines_and_few_bytes() {
        let api = Fake::new(usize::MAX);
        let long = format!("created-{}", "x".repeat(90_000));
        let file = format!("{}{long}\n{long}\n{long}\nunchanged", "created\n".repeat(450));
        let (outcome, told) = api.import(&file).await;
        assert_eq!(outcome, Ok(Outcome { created: 453, unchanged: 1, ..Outcome::default() }));
        assert!(told.is_empty());
        let bodies = api.bodies.borrow();
        assert_eq!(bodies.iter().map(|body| body.lines().count()).collect::<Vec<_>>(), [200, 200, 52, 2]);
        assert!(bodies.iter().all(|body| body.len() <= PART_BYTES));
        assert_eq!(bodies.concat().len(), file.len() - 4 + 1, "every line once, and nothing else");
    }

    #[tokio::test]
    async fn a_rejected_line_is_told_with_its_number_in_the_file() {
        let api = Fake::new(usize::MAX);
        let mut file = "\n".repeat(2).into_bytes();
        file.extend("created\n".repeat(250).bytes());
        file.extend(b"bad\r\n\xff\n");
        file.extend(vec![b'x'; limits::BODY_BYTES + 1]);
        file.extend(b"\nreplaced\n");
        let (outcome, told) = api.import(&file).await;
        assert_eq!(outcome, Ok(Outcome { created: 250, replaced: 1, unchanged: 0, rejected: 3 }));
        assert_eq!(
            told,
            [
                "line 254: not UTF-8",
                "line 255: more than 262144 bytes",
                "line 253 (mug): /price out_of_range: more than nothing",
            ]
        );
    }

    #[tokio::test]
    async fn only_what_is_not_finished_is_sent_again() {
        let api = Fake::new(2);
        let (outcome, _) = api.import("created-1\nbad\ncreated-2\nreplaced\ncreated-3\n").await;
        assert_eq!(outcome, Ok(Outcome { created: 3, replaced: 1, unchanged: 0, rejected: 1 }));
        let sent =
            ["created-1\nbad\ncreated-2\nreplaced\ncreated-3", "created-2\nreplaced\ncreated-3", "created-3"];
        assert_eq!(*api.bodies.borrow(), sent);
    }

    #[tokio::test]
    async fn what_never_gets_done_ends_with_the_line_where_to_look() {
        let (outcome, _) = Fake::new(0).import("\ncreated\n").await;
        assert!(outcome.is_err_and(|error| error.starts_with("line 2 and on: some lines")));
        let tries = RefCell::new(0);
        let down = async |_| {
            *tries.borrow_mut() += 1;
            Ok((503, json!({"code": "unavailable"})))
        };
        let (outcome, _) = run(b"created\n", &down).await;
        assert!(outcome.is_err_and(|error| error.contains("503")));
        assert_eq!(*tries.borrow(), ATTEMPTS);
    }

    #[tokio::test]
    async fn a_request_that_is_wrong_as_a_whole_is_not_sent_again() {
        let tries = RefCell::new(0);
        let forbidden = async |_| {
            *tries.borrow_mut() += 1;
            Ok((403, json!({"message": "Forbidden"})))
        };
        let (outcome, _) = run(b"created\n", &forbidden).await;
        assert!(outcome.is_err_and(|error| error.contains("403")));
        assert_eq!(*tries.borrow(), 1);
    }
}
