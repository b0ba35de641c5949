//! What handlers do with many products at once.

use futures_util::StreamExt as _;
use futures_util::stream;
use shared::api::FieldError;
use shared::api::import::{ImportLine, ImportReport, ImportResult, ImportedLine};
use shared::catalog::Product;
use shared::ids::ProductId;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::app::App;
use crate::edge::Lines;
use crate::error::Error;
use crate::table::Replaced;

/// How many products are written side by side.
const WRITERS: usize = 8;
/// Time for the writes; the answer has to go out within 9 s, and it is better to say what is done than to do more.
const WRITE_WITHIN: Duration = Duration::from_secs(7);
/// How often a product is read anew because somebody else changed it.
const RACES: u32 = 20;

/// Writes the product of every line that is right, each on its own, as `PUT` does, and says what became of each line. What
/// is stored already is not written again, so that an import can be repeated until everything is done.
pub async fn import(app: &App, lines: Lines<ImportLine>) -> ImportReport {
    let mut report: BTreeMap<usize, ImportedLine> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut writes = Vec::new();
    for (line, read) in lines {
        let (product_id, outcome) = match read {
            Ok(read) => (Some(read.product_id.clone()), product_of(app, &read, &mut seen)),
            Err(error) => (None, Err(vec![error])),
        };
        // What is not finished below stays so.
        let (result, errors) = match outcome {
            Ok(product) => {
                writes.push(write(app, line, product));
                (ImportResult::Unfinished, vec![])
            }
            Err(errors) => (ImportResult::Rejected, errors),
        };
        report.insert(line, ImportedLine { line, product_id, result, errors });
    }
    let end = Box::pin(tokio::time::sleep(WRITE_WITHIN));
    let mut done = stream::iter(writes).buffer_unordered(WRITERS).take_until(end);
    while let Some((line, result)) = done.next().await {
        if let Some(entry) = report.get_mut(&line) {
            entry.result = result;
        }
    }
    ImportReport::of(report.into_values().collect())
}

/// The product of a line, as a first version.
fn product_of(
    app: &App,
    line: &ImportLine,
    seen: &mut BTreeSet<ProductId>,
) -> Result<Product, Vec<FieldError>> {
    if !seen.insert(line.product_id.clone()) {
        // Lines are written side by side, so which of two would count is chance.
        let detail = "the product is in a line above; one request has each product once";
        return Err(vec![FieldError::new("/product_id", "duplicate", detail)]);
    }
    line.product.parse(line.product_id.clone(), 1, app.now())
}

async fn write(app: &App, line: usize, product: Product) -> (usize, ImportResult) {
    match replace(app, product).await {
        Ok(result) => (line, result),
        Err(error) => {
            // The other lines have nothing to do with it, and this one can be sent again.
            app.log.error("a line of an import was not finished", &[("import.line", line.into())], &error);
            (line, ImportResult::Unfinished)
        }
    }
}

async fn replace(app: &App, mut product: Product) -> Result<ImportResult, Error> {
    for _ in 0..RACES {
        let stored = app.table.product(&product.id).await?;
        let read = stored.as_ref().map_or(0, |stored| stored.version);
        if let Some(stored) = stored {
            let same = Product { version: read, updated_at: stored.updated_at, ..product.clone() };
            if same == stored {
                return Ok(ImportResult::Unchanged);
            }
        }
        product.version = read + 1;
        match app.table.replace_product(&product, read).await? {
            Replaced::Done if read == 0 => return Ok(ImportResult::Created),
            Replaced::Done => return Ok(ImportResult::Replaced),
            Replaced::Stale => {}
        }
    }
    Err(Error::unavailable("DynamoDB", "the product changes faster than it can be read"))
}
