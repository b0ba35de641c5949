//! Every bound that a caller can run into, in one place. The API documentation quotes these.

/// Bytes of a request body that are looked at; larger ones are refused unread (413).
pub const BODY_BYTES: usize = 256 * 1024;
/// Lines in a request for one order, before equal products are summed.
pub const LINES: usize = 200;
/// Distinct products in one order. A DynamoDB transaction takes 100 items, each once; head and document
/// need two, and a product may be taken from two warehouses (AWS: "TransactWriteItems", limits).
pub const DISTINCT_PRODUCTS: usize = 40;
/// Stock items one order may touch (see [`DISTINCT_PRODUCTS`]).
pub const STOCK_ITEMS: usize = 96;
/// Units of one product in one order.
pub const QUANTITY: u32 = 10_000;
/// Characters of an idempotency key (draft-ietf-httpapi-idempotency-key-header; Stripe: 255).
pub const IDEMPOTENCY_KEY: usize = 255;
/// Characters of a note.
pub const NOTES: usize = 2_000;
/// Characters of a reason (cancellation, adjustment, override).
pub const REASON: usize = 500;
/// Characters of a name, a street, a city.
pub const NAME: usize = 200;
/// Characters of a mail address (RFC 5321, 4.5.3.1.3).
pub const EMAIL: usize = 254;
/// Rows on a page: the most, and what is given when nothing is asked for.
pub const PAGE: u32 = 100;
/// Rows on a page unless asked otherwise (requirement document 1: 10).
pub const DEFAULT_PAGE: u32 = 10;
/// Rows that `page` may skip; beyond that a cursor is needed, because skipping is reading.
pub const PAGE_DEPTH: u32 = 1_000;
/// An amount of money is below this many major units.
pub const AMOUNT: i64 = 1_000_000_000;
/// Units that one stock adjustment may move, and that one warehouse may have of a product.
pub const STOCK: i64 = 1_000_000_000;
