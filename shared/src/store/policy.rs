//! What customers and staff may undo, and until when (C3, C5). An order keeps the policies of its placement.

#[cfg(test)]
mod documents;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Deserializer, Serialize};

use crate::api::wire;
use crate::order::Status;
use crate::order::payment::Method;

/// Days after delivery that a return can be asked for, unless the store says otherwise.
const DEFAULT_RETURN_DAYS: u32 = 30;

/// The rules that an order keeps from its placement on, whatever the store decides later.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policies {
    /// Who may call an order off, and until when.
    #[serde(deserialize_with = "wire::object")]
    pub cancel: CancelPolicy,
    /// What may be sent back, and until when.
    #[serde(deserialize_with = "wire::object")]
    pub returns: ReturnPolicy,
}

/// Who may call an order off, or a part of it, and until when. Without any of it: customers until it is packed, staff until it
/// is shipped. A way to pay that is left out keeps what it has there, for this actor. Customers may be given longer than staff:
/// staff has an override, customers have none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CancelPolicy {
    /// Customers.
    #[serde(deserialize_with = "of_customers")]
    pub customer: Cutoffs,
    /// Staff. With a reason of its own that stays in the log, staff may go beyond this until the order is shipped.
    #[serde(deserialize_with = "of_staff")]
    pub staff: Cutoffs,
}

/// Until when, by the way that the order is paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cutoffs {
    /// By card.
    pub card: Cutoff,
    /// On the provider's page.
    pub redirect: Cutoff,
    /// On delivery.
    pub cod: Cutoff,
    /// While nobody has said how it is paid.
    pub later: Cutoff,
}

/// From when on it is too late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cutoff {
    /// It is never allowed.
    Never,
    /// Once it is confirmed: paid, or to be paid on delivery.
    Confirmed,
    /// Once the warehouse has it.
    Preparing,
    /// Once its parcels are closed.
    Packed,
    /// Once a carrier has it.
    Shipped,
}

/// What may be sent back, and until when (C5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReturnPolicy {
    /// Days after delivery that a return can be asked for, 0 to 365; 0: never. Staff may book one later.
    pub window_days: u32,
    /// The reasons that a customer chooses from, 1 to 50 of 1 to 60 characters. No two differ in case or spaces around alone.
    pub reasons: Vec<String>,
    /// Whether the delivery charge goes back too once everything was sent back; staff may decide otherwise for one return.
    pub refund_delivery: bool,
}

impl Default for CancelPolicy {
    fn default() -> Self {
        Self { customer: Cutoffs::all(Cutoff::Packed), staff: Cutoffs::all(Cutoff::Shipped) }
    }
}

impl Default for ReturnPolicy {
    fn default() -> Self {
        let reasons = ["damaged", "defective", "wrong_item", "not_as_described", "no_longer_wanted", "other"];
        Self {
            window_days: DEFAULT_RETURN_DAYS,
            reasons: reasons.map(str::to_owned).to_vec(),
            refund_delivery: false,
        }
    }
}

impl Cutoffs {
    /// The same for every way to pay.
    pub fn all(cutoff: Cutoff) -> Self {
        Self { card: cutoff, redirect: cutoff, cod: cutoff, later: cutoff }
    }

    /// The one for orders that are paid in this way.
    pub fn of(&self, method: &Method) -> Cutoff {
        match method {
            Method::Card { .. } => self.card,
            Method::Redirect { .. } => self.redirect,
            Method::Cod => self.cod,
            Method::Later => self.later,
        }
    }
}

impl Cutoff {
    /// Whether an order that stands there can still be called off.
    pub fn allows(self, status: Status) -> bool {
        let too_late = match self {
            Self::Never => return false,
            Self::Confirmed => Status::Confirmed,
            Self::Preparing => Status::Preparing,
            Self::Packed => Status::Packed,
            Self::Shipped => Status::Shipped,
        };
        let place = |status: Status| Status::ALL.iter().position(|known| *known == status);
        place(status) < place(too_late)
    }
}

/// Cutoffs as they are written: some ways to pay may be left out.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct SomeCutoffs {
    #[serde(deserialize_with = "given")]
    card: Option<Cutoff>,
    #[serde(deserialize_with = "given")]
    redirect: Option<Cutoff>,
    #[serde(deserialize_with = "given")]
    cod: Option<Cutoff>,
    #[serde(deserialize_with = "given")]
    later: Option<Cutoff>,
}

/// A field that may be left out, but is not null.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Cutoff>, D::Error> {
    Cutoff::deserialize(deserializer).map(Some)
}

fn of_customers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Cutoffs, D::Error> {
    cutoffs(deserializer, CancelPolicy::default().customer)
}

fn of_staff<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Cutoffs, D::Error> {
    cutoffs(deserializer, CancelPolicy::default().staff)
}

fn cutoffs<'de, D: Deserializer<'de>>(deserializer: D, usual: Cutoffs) -> Result<Cutoffs, D::Error> {
    let some: SomeCutoffs = wire::object(deserializer)?;
    Ok(Cutoffs {
        card: some.card.unwrap_or(usual.card),
        redirect: some.redirect.unwrap_or(usual.redirect),
        cod: some.cod.unwrap_or(usual.cod),
        later: some.later.unwrap_or(usual.later),
    })
}
