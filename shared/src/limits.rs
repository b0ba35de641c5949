//! Every bound that a caller can run into, in one place. The API documentation quotes these.

/// Bytes of a request body that are looked at; larger ones are refused unread (413).
pub const BODY_BYTES: usize = 256 * 1024;
/// Lines in a request for one order, before equal products are summed.
pub const LINES: usize = 200;
/// Distinct products in one order. A DynamoDB transaction takes 100 items, each once; head and document
/// need two, and a product may be taken from two warehouses (AWS: "TransactWriteItems", limits).
pub const DISTINCT_PRODUCTS: usize = 40;
/// Stock items one order may touch (see [`DISTINCT_PRODUCTS`]); head, document, cart and two counts of a coupon's uses
/// are written with them.
pub const STOCK_ITEMS: usize = 95;
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
/// Bytes of the address of a courier's page.
pub const TRACKING_URL: usize = 500;
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
/// Lines of a cart.
pub const CART_LINES: usize = 40;
/// Addresses in a customer's book.
pub const ADDRESSES: usize = 50;
/// Orders that may use a coupon, in all.
pub const COUPON_USES: u32 = 1_000_000_000;
/// Orders of one customer that may use a coupon.
pub const COUPON_USES_PER_CUSTOMER: u32 = 1_000;
/// Warehouses of a store.
pub const WAREHOUSES: usize = 50;
/// Bytes of the store's settings and warehouses together, as JSON. They are one item, deflated, and an item has at most
/// 400 KB (AWS: "Quotas in Amazon DynamoDB"); what cannot be deflated stays as large as it is.
pub const STORE_BYTES: usize = 400_000;
/// Variations of a product.
pub const VARIATIONS: usize = 100;
/// What makes a variation: attributes of one.
pub const ATTRIBUTES: usize = 10;
/// Languages that a product's texts can be in, beside its own.
pub const TRANSLATIONS: usize = 20;
/// Bytes of a product as JSON. An item of DynamoDB takes 400 KB (AWS: "Service quotas", item size), and a page of the
/// catalogue or an order reads many.
pub const PRODUCT_BYTES: usize = 100 * 1024;
/// Buckets that the stock of one thing in one warehouse can be split into.
pub const BUCKETS: u16 = 32;
/// Products in one import; a file of any size is sent in parts.
pub const IMPORT_LINES: usize = 200;
/// Shortest idempotency key of a guest, in characters: it must not be guessed, because nothing else tells guests apart.
pub const GUEST_KEY: usize = 16;
/// Days that a guest can read an order with the link in the mail.
pub const GUEST_TOKEN_DAYS: i64 = 90;
/// Times that a way to pay can be chosen for one order after its placement.
pub const PAYMENT_ATTEMPTS: u32 = 20;
/// Refunds that staff can ask for on one order: its log is read and written whole. With those that follow from cancellations
/// and returns they stay below [`ALL_REFUNDS`].
pub const REFUNDS: usize = 40;
/// Refunds of one order, whatever they follow from: so many the provider lists at once (Stripe: "List all refunds", `limit`).
pub const ALL_REFUNDS: usize = 100;
/// Times that a part of one order can be called off.
pub const CANCELLATIONS: usize = 30;
/// Times that a refund is asked for anew after the provider refused it.
pub const REFUND_ATTEMPTS: u32 = 20;
/// Times that the internal notes of an order can be changed: each stays in its log, which is read and written whole, and an
/// item of DynamoDB takes 400 KB.
pub const NOTES_CHANGES: usize = 25;
/// Times that the parcels of one order are planned, after which no part can be sent before the rest.
pub const PLANS: usize = 60;
/// Times that somebody says who carries the parcels of one order.
pub const COURIERS: usize = 100;
/// Times that somebody asks for the labels of one order: each brings up to four tries, and what the carrier said to each is in
/// the order's log, which is read and written whole.
pub const LABELS_WANTED: usize = 20;
/// Returns of one order.
pub const RETURNS: usize = 20;
/// Places at which a parcel was seen that are kept: the last ones.
pub const CHECKPOINTS: usize = 100;
/// Characters of what the numbers of bills begin with; `{year}` counts as it is written.
pub const BILL_PREFIX: usize = 20;
/// Lines of a seller's bank details on bills.
pub const BANK_LINES: usize = 6;
/// Characters of the note at the end of bills.
pub const BILL_NOTE: usize = 500;
/// Minutes that the link to a bill's PDF is good for.
pub const BILL_LINK_MINUTES: i64 = 15;
/// Days that the link in a mail is good for: people come back to their mails.
pub const MAILED_BILL_LINK_DAYS: i64 = 30;
