//! The store as its owner has set it up: settings and warehouses, versioned together (A4). Every version is kept, and an
//! order names the one that it was placed under.

mod check;
mod delivery;
mod invoices;
mod policy;
mod settings;
mod tax;
mod warehouse;

pub use delivery::{DeliveryZone, ShippingMethod, WeightBand};
pub use invoices::{BillSeries, InvoiceSettings, Seller};
pub use policy::{CancelPolicy, Cutoff, Cutoffs, Policies, ReturnPolicy};
pub use settings::{
    Capture, EcoSettings, FulfillmentSettings, GuestCheckout, OrderLimits, PaymentKind, PaymentSettings,
    Sender, Settings,
};
pub use tax::{Elsewhere, Rounding, RoundingLevel, RoundingMode, TaxComponent, TaxTable, TaxZone};
pub use warehouse::{Place, ServedArea, Warehouse};

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::ids::WarehouseId;
use crate::time::Timestamp;

/// One version of the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Store {
    /// Counts the changes; 0 is the store that nobody has set up yet.
    pub version: u64,
    /// When this version was written.
    pub updated_at: Timestamp,
    /// The settings.
    pub settings: Settings,
    /// The warehouses.
    pub warehouses: BTreeMap<WarehouseId, Warehouse>,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            version: 0,
            updated_at: Timestamp::from_millis(0),
            settings: Settings::default(),
            warehouses: BTreeMap::new(),
        }
    }
}
