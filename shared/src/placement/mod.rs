//! Placing an order: from a request, the catalogue and the store to a head and a frozen document.

mod check;
mod lines;
mod place;

pub use check::check;
pub use lines::{Wanted, lines_of, priced};
pub use place::place;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

use crate::address::Address;
use crate::api::FieldError;
use crate::api::place::PlaceOrder;
use crate::carbon::factors::Edition;
use crate::cart::Cart;
use crate::catalog::{Attribute, Offer};
use crate::coupon::{Coupon, CouponRefusal, CouponUse};
use crate::ids::{AddressId, CartId, CustomerId, Language, OrderId, ProductId, TaxClass};
use crate::money::{Currency, Money};
use crate::order::{Actor, Order};
use crate::pricing::{CouponTerms, LineAmounts, Quote};
use crate::sku::Sku;
use crate::stock::{Allocation, Choice, Shortage};
use crate::store::Policies;
use crate::time::Timestamp;

/// The part of an order that is frozen when it is placed: what was bought, at what price, for whom, from where.
/// It is also the record of the idempotency key, because its name in the table is made from that key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// The order.
    pub order: OrderId,
    /// Hash of the request that it was placed with.
    pub fingerprint: String,
    /// The version of the store that it was placed under: settings, taxes, policies.
    pub store_version: u64,
    /// What customers and staff may undo of it, and until when: the store's policies of that version. The defaults are not
    /// stored, so they never change (see the test that pins them).
    #[serde(default, skip_serializing_if = "is_default")]
    pub policies: Policies,
    /// Where mail about it goes.
    pub contact_email: String,
    /// Who pays.
    pub billing_address: Address,
    /// Where it goes.
    pub shipping_address: Address,
    /// What was bought.
    pub lines: Vec<Line>,
    /// What it costs; its lines are those above.
    pub quote: Quote,
    /// Which stock it took.
    pub allocations: Vec<Allocation>,
    /// Why from there.
    pub choice: Choice,
    /// The cart that it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cart: Option<CartId>,
    /// The coupon that it used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coupon: Option<CouponUse>,
    /// Whether the store offsets what sending it emits.
    #[serde(default)]
    pub offset_transport: bool,
    /// Trees that the store plants for it.
    #[serde(default)]
    pub trees_planted: u32,
    /// Which emission factors count for it, whenever somebody looks.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub factors: Edition,
    /// The customer's note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// A note that only staff sees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub internal_notes: Option<String>,
    /// Why staff changed a price, if they did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub override_reason: Option<String>,
}

/// One product of an order, as it was when it was bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What.
    pub sku: Sku,
    /// Its name then.
    pub name: String,
    /// Its name then in other languages.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub names: BTreeMap<Language, String>,
    /// What makes it this variation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<Attribute>,
    /// Where its picture was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// How many units.
    pub quantity: u32,
    /// Price of one unit in the catalogue, without an offer.
    pub list_price: Money,
    /// Price of one unit before discounts.
    pub unit_price: Money,
    /// Its tax class.
    pub tax_class: TaxClass,
    /// Grams per unit.
    pub weight_grams: u32,
    /// Cubic centimetres per unit.
    pub volume_cm3: u32,
}

fn is_default(policies: &Policies) -> bool {
    *policies == Policies::default()
}

fn is_usual(factors: &Edition) -> bool {
    *factors == Edition::default()
}

impl Document {
    /// The lines, each with what it costs.
    pub fn priced_lines(&self) -> impl Iterator<Item = (&Line, &LineAmounts)> {
        self.lines.iter().zip(&self.quote.lines)
    }
}

/// Why an order cannot be placed. Nothing is written in any of these cases.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// 422 `invalid_request`: these fields break a rule.
    #[error("the request breaks a rule")]
    Invalid(Vec<FieldError>),
    /// 409 `total_changed`: the real total is not the expected one.
    #[error("the total is not the expected one")]
    TotalChanged {
        /// What the caller expected.
        expected: Money,
        /// What it would be.
        actual: Box<Placement>,
    },
    /// 409 `out_of_stock`: these products are short.
    #[error("there is not enough stock")]
    OutOfStock(Vec<Shortage>),
    /// 409 `cart_not_open`: the cart became an order before, or is not the caller's open one.
    #[error("the cart is not open")]
    CartNotOpen {
        /// The order that it became, if that is known.
        order: Option<OrderId>,
    },
    /// 409 `coupon_used_up` or `coupon_used_before`; 422 for the others.
    #[error("{0}")]
    Coupon(CouponRefusal),
}

/// Who places an order, and for whom.
#[derive(Debug, Clone)]
pub struct Buyer {
    /// Whose order it will be.
    pub customer: CustomerId,
    /// Who asks for it: the subject of the token.
    pub caller: CustomerId,
    /// In what role.
    pub actor: Actor,
    /// The mail address of the caller's token, if any.
    pub email: Option<String>,
}

impl Buyer {
    /// Whether staff asks: only they may set prices, discounts and internal notes.
    pub fn is_staff(&self) -> bool {
        matches!(self.actor, Actor::Admin(_))
    }
}

/// What is known when an order is placed, as it was read from the table.
#[derive(Debug, Clone, Default)]
pub struct Circumstances {
    /// The products that are asked for, and what there is of them.
    pub offers: BTreeMap<ProductId, Offer>,
    /// The customer's cart, if that is what is bought.
    pub cart: Option<Cart>,
    /// The customer's address book, if the request names addresses in it.
    pub addresses: BTreeMap<AddressId, Address>,
    /// The coupon that the request names.
    pub coupon: Option<KnownCoupon>,
}

/// A coupon and how often it was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownCoupon {
    /// The coupon.
    pub coupon: Coupon,
    /// By everybody.
    pub used: u64,
    /// By this customer; read only if there is a limit for it.
    pub used_by_customer: u64,
}

impl KnownCoupon {
    /// What it takes off goods of this currency at `now`, if it still counts for this customer.
    pub fn terms(&self, currency: Currency, now: Timestamp) -> Result<CouponTerms, CouponRefusal> {
        let terms = self.coupon.terms(now)?;
        if !self.coupon.is_of(currency) {
            return Err(CouponRefusal::OtherCurrency);
        }
        if self.coupon.max_uses.is_some_and(|most| self.used >= u64::from(most)) {
            return Err(CouponRefusal::UsedUp);
        }
        if self.coupon.max_uses_per_customer.is_some_and(|most| self.used_by_customer >= u64::from(most)) {
            return Err(CouponRefusal::UsedBefore);
        }
        Ok(terms)
    }
}

/// A new order, ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// The head.
    pub order: Order,
    /// The frozen document.
    pub document: Document,
    /// The cart that it closes, as it was read.
    pub cart: Option<Cart>,
}

/// Hash of a request, the same however it is spelled: `1.50` and `"1.5"` are one amount, `zip` and `postal_code` one field,
/// and the order of fields and white space do not matter.
pub fn fingerprint(request: &impl Serialize) -> String {
    // A value made of strings, numbers and lists always serialises.
    let canonical = serde_json::to_vec(request).unwrap_or_default();
    Sha256::digest(canonical).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// The products that are bought: those of the request's lines, or of the cart.
pub fn products_of(request: &PlaceOrder, cart: Option<&Cart>) -> Vec<ProductId> {
    match (&request.lines, cart) {
        (None, Some(cart)) => {
            let mut products: Vec<ProductId> = cart.lines.keys().map(|sku| sku.product.clone()).collect();
            products.dedup();
            products
        }
        _ => request.products(),
    }
}
