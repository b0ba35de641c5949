//! What people open: labels, and the carriers' pages about parcels.

use http::Method;
use serde_json::Value;

use super::error::Failure;
use super::store::Work;
use super::{Answer, labels, tracks};

/// The answer to a browser, if the path is one of a label or of a page.
pub(super) fn answer(
    work: &Work<'_>,
    method: &Method,
    path: &str,
    query: Option<&str>,
) -> Result<Option<Answer>, Failure> {
    if method != Method::GET {
        return Ok(None);
    }
    let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    match segments.as_slice() {
        ["labels", transaction] => {
            let label = labels::read(work, transaction, query.unwrap_or_default())?;
            Ok(Some(label.map_or_else(denied, |(content_type, body)| Answer {
                status: 200,
                content_type,
                body,
            })))
        }
        ["t", carrier, number] => {
            let track = tracks::find(work, carrier, number)?.map(|(track, ..)| track);
            Ok(Some(page(track.as_ref())))
        }
        _ => Ok(None),
    }
}

/// As S3 answers a link that is over.
fn denied() -> Answer {
    let body = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>";
    Answer { status: 403, content_type: "application/xml", body: body.to_vec() }
}

fn page(track: Option<&Value>) -> Answer {
    let Some(track) = track else {
        return html(404, "Unknown", "<p>No parcel goes by this number.</p>");
    };
    let rows = track["tracking_history"].as_array().into_iter().flatten().rev().map(|scan| {
        let cell = |value: &Value| format!("<td>{}</td>", escaped(value.as_str().unwrap_or_default()));
        let cells = [&scan["status_date"], &scan["location"]["city"], &scan["status_details"]].map(cell);
        format!("<tr>{}</tr>", cells.concat())
    });
    let title = escaped(track["tracking_number"].as_str().unwrap_or_default());
    html(200, &title, &format!("<h1>{title}</h1><table>{}</table>", rows.collect::<String>()))
}

fn html(status: u16, title: &str, body: &str) -> Answer {
    let text = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title>\
         <style>body{{font:16px sans-serif;margin:2em}}td{{padding:.3em 1em .3em 0}}</style>{body}</html>"
    );
    Answer { status, content_type: "text/html; charset=utf-8", body: text.into_bytes() }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
