//! `POST /admin/products/import`: many products at once, one JSON object a line.

use serde::de::value::{MapAccessDeserializer, StringDeserializer};
use serde::de::{DeserializeSeed, Error as _, IntoDeserializer as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

use super::FieldError;
use super::product::PutProduct;
use crate::ids::ProductId;

/// A line: a product as `PUT /admin/products/{id}` takes it, and its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportLine {
    /// Which product.
    pub product_id: ProductId,
    /// All of it; what is left out is empty afterwards.
    pub product: PutProduct,
}

impl<'de> Deserialize<'de> for ImportLine {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        reader.deserialize_map(LineVisitor)
    }
}

struct LineVisitor;

impl<'de> Visitor<'de> for LineVisitor {
    type Value = ImportLine;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<ImportLine, A::Error> {
        let mut product_id = None;
        let rest = WithoutId { fields, id: &mut product_id };
        let product = PutProduct::deserialize(MapAccessDeserializer::new(rest))?;
        let product_id = product_id.ok_or_else(|| A::Error::missing_field("product_id"))?;
        Ok(ImportLine { product_id, product })
    }
}

/// The fields of a line but its id, which is kept. Serde's own way, `flatten`, allows unknown fields and reads amounts
/// through a float.
struct WithoutId<'a, A> {
    fields: A,
    id: &'a mut Option<ProductId>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for WithoutId<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        while let Some(key) = self.fields.next_key::<String>()? {
            if key != "product_id" {
                let key: StringDeserializer<A::Error> = key.into_deserializer();
                return seed.deserialize(key).map(Some);
            }
            if self.id.replace(self.fields.next_value()?).is_some() {
                return Err(A::Error::duplicate_field("product_id"));
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.fields.next_value_seed(seed)
    }
}

/// What became of the lines. An import that is sent again changes nothing, so it can be repeated until nothing is
/// `unfinished`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// Products that are new.
    pub created: usize,
    /// Products that were replaced.
    pub replaced: usize,
    /// Products that were so already; nothing was written.
    pub unchanged: usize,
    /// Lines that break a rule.
    pub rejected: usize,
    /// Lines that there was no time for: what they ask for may be written or not. Send them again.
    pub unfinished: usize,
    /// Every line that is not empty, in their order.
    pub lines: Vec<ImportedLine>,
}

/// What became of one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportedLine {
    /// Its number in the body, from 1; empty lines count.
    pub line: usize,
    /// Which product, if the line could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_id: Option<ProductId>,
    /// What became of it.
    pub result: ImportResult,
    /// Every rule that it breaks, with pointers into the line.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

/// What can become of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportResult {
    /// The product is new.
    Created,
    /// The product was replaced.
    Replaced,
    /// The product was so already.
    Unchanged,
    /// The line breaks a rule; nothing was written.
    Rejected,
    /// There was no time for it.
    Unfinished,
}

impl ImportReport {
    /// The report of these lines, in whatever order they were done.
    pub fn of(mut lines: Vec<ImportedLine>) -> Self {
        lines.sort_by_key(|line| line.line);
        let count = |result| lines.iter().filter(|line| line.result == result).count();
        Self {
            created: count(ImportResult::Created),
            replaced: count(ImportResult::Replaced),
            unchanged: count(ImportResult::Unchanged),
            rejected: count(ImportResult::Rejected),
            unfinished: count(ImportResult::Unfinished),
            lines,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<ImportLine, String> {
        serde_json::from_str(line).map_err(|error| error.to_string())
    }

    #[test]
    fn a_line_is_a_product_and_its_id_wherever_the_id_stands() {
        let rest = r#""name":"Mug","price":12.10,"currency":"EUR","weight_grams":300"#;
        let first = read(&format!(r#"{{"product_id":"mug",{rest}}}"#)).expect("a line");
        let last = read(&format!(r#"{{{rest},"product_id":"mug"}}"#)).expect("a line");
        assert_eq!(first, last);
        assert_eq!(first.product_id.as_str(), "mug");
        assert_eq!(first.product.price.0.to_string(), "12.10", "no amount goes through a float");
    }

    #[test]
    fn a_line_without_id_with_two_or_with_unknown_fields_is_refused() {
        let rest = r#""name":"Mug","price":"1","currency":"EUR","weight_grams":300"#;
        for (line, why) in [
            (format!("{{{rest}}}"), "missing field `product_id`"),
            (format!(r#"{{"product_id":"a",{rest},"product_id":"b"}}"#), "duplicate field `product_id`"),
            (format!(r#"{{"product_id":"a b",{rest}}}"#), "1 to 64 letters"),
            (format!(r#"{{"product_id":"a",{rest},"stock":1}}"#), "unknown field `stock`"),
            (format!(r#"{{"product_id":"a",{rest},"name":"Cup"}}"#), "duplicate field `name`"),
            ("[]".to_owned(), "expected an object"),
        ] {
            assert!(read(&line).is_err_and(|error| error.contains(why)), "{line}: {:?}", read(&line));
        }
    }

    #[test]
    fn a_report_counts_its_lines_and_sorts_them() {
        let line = |line, result| ImportedLine { line, product_id: None, result, errors: vec![] };
        let report = ImportReport::of(vec![
            line(3, ImportResult::Rejected),
            line(1, ImportResult::Created),
            line(2, ImportResult::Created),
        ]);
        assert_eq!((report.created, report.rejected, report.unfinished), (2, 1, 0));
        assert!(report.lines.is_sorted_by_key(|line| line.line));
    }
}
