//! Labels, as they are printed, behind links that end (Shippo keeps them at S3, in links that are signed for a day).

use serde_json::Value;
use time::Duration;

use super::error::Failure;
use super::store::{Kind, Work, id};
use crate::cloud::ids;

/// How long a link works.
const VALID: Duration = Duration::DAY;

/// The link to a label, signed anew.
pub(super) fn link(work: &Work<'_>, transaction: &str) -> String {
    let expires = (work.now + VALID).unix_timestamp();
    format!(
        "{}/labels/{transaction}?Expires={expires}&Signature={}",
        work.base,
        signature(transaction, expires)
    )
}

fn signature(transaction: &str, expires: i64) -> String {
    ids::md5(format!("label {transaction} until {expires}"))
}

/// A label by its link: what kind of file, and the file. `None`: no link of ours, or not any more.
pub(super) fn read(
    work: &Work<'_>,
    transaction: &str,
    query: &str,
) -> Result<Option<(&'static str, Vec<u8>)>, Failure> {
    let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let value = |name: &str| pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let expires: i64 = value("Expires").and_then(|text| text.parse().ok()).unwrap_or_default();
    let signed = value("Signature") == Some(signature(transaction, expires).as_str());
    if !signed || expires < work.now.unix_timestamp() {
        return Ok(None);
    }
    let Some((label, _)) = work.find(Kind::Transaction, transaction)? else {
        return Ok(None);
    };
    let rate = work.get(Kind::Rate, label["rate"].as_str().unwrap_or_default())?;
    let shipment = work.get(Kind::Shipment, rate["shipment"].as_str().unwrap_or_default())?;
    let lines = lines(&label, &rate, &shipment);
    Ok(Some(match label["label_file_type"].as_str() {
        Some("ZPLII") => ("text/plain; charset=utf-8", zpl(&lines)),
        _ => ("application/pdf", pdf(&lines)),
    }))
}

fn lines(label: &Value, rate: &Value, shipment: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut lines = vec![
        format!("{} {}", text(&rate["provider"]), text(&rate["servicelevel"]["name"])),
        text(&label["tracking_number"]),
        String::new(),
    ];
    for (title, side) in [("FROM", "address_from"), ("TO", "address_to")] {
        let address = &shipment[side];
        lines.push(title.to_owned());
        lines.push(text(&address["name"]));
        lines.push(format!("{} {}", text(&address["street1"]), text(&address["street_no"])));
        lines.push(text(&address["street2"]));
        lines.push(format!(
            "{} {} {}",
            text(&address["zip"]),
            text(&address["city"]),
            text(&address["state"])
        ));
        lines.push(text(&address["country"]));
        lines.push(String::new());
    }
    lines.push(format!("Not for postage: a label of the local twin. {}", id(label)));
    lines
}

/// Zebra's printer language: one field for each line.
fn zpl(lines: &[String]) -> Vec<u8> {
    let fields = lines.iter().zip(1..).map(|(line, row)| {
        let plain: String = line.chars().filter(|c| !matches!(c, '^' | '~')).collect();
        format!("^FO40,{}^A0N,28^FD{plain}^FS\n", row * 40)
    });
    format!("^XA\n^CI28\n{}^XZ\n", fields.collect::<String>()).into_bytes()
}

/// A page of A6 with these lines (ISO 32000-1): catalogue, pages, page, its content, and a font that every reader has.
fn pdf(lines: &[String]) -> Vec<u8> {
    let mut content = b"BT /F1 10 Tf 14 TL 24 390 Td\n".to_vec();
    for line in lines {
        content.push(b'(');
        content.extend(line.chars().flat_map(winansi));
        content.extend(b") Tj T*\n");
    }
    content.extend(b"ET");
    let stream =
        [format!("<< /Length {} >>\nstream\n", content.len()).as_bytes(), &content, b"\nendstream"].concat();
    let objects: [Vec<u8>; 5] = [
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 298 420] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_vec(),
        stream,
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_vec(),
    ];
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut offsets = Vec::new();
    for (object, number) in objects.iter().zip(1..) {
        offsets.push(file.len());
        file.extend(format!("{number} 0 obj\n").as_bytes());
        file.extend(object);
        file.extend(b"\nendobj\n");
    }
    let start = file.len();
    file.extend(b"xref\n0 6\n0000000000 65535 f \n");
    for offset in offsets {
        file.extend(format!("{offset:010} 00000 n \n").as_bytes());
    }
    file.extend(format!("trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n").as_bytes());
    file
}

/// A character of Latin-1 as a PDF text has it; of others only that there was one.
fn winansi(character: char) -> Vec<u8> {
    match character {
        '(' | ')' | '\\' => vec![b'\\', u8::try_from(character).unwrap_or(b'?')],
        other => vec![u8::try_from(other).ok().filter(|byte| !byte.is_ascii_control()).unwrap_or(b'?')],
    }
}
