//! The carriers that the account has (API docs, "Carrier accounts"), and what they take for a parcel.

use serde_json::{Value, json};

use super::error::{ApiError, Failure};
use super::params::Params;
use super::store::Work;
use crate::cloud::ids;

/// A carrier's way to bring parcels.
pub(super) struct Service {
    pub provider: &'static str,
    /// The carrier's token.
    pub carrier: &'static str,
    pub name: &'static str,
    pub token: &'static str,
    /// Grams that a parcel may weigh.
    pub max_grams: i64,
    /// Within a country, within Europe, and around the world: cents for a parcel, cents for each kilogram begun, days.
    pub zones: [Option<(i64, i64, u32)>; 3],
}

/// Names and tokens are the carriers' (API docs, "Service levels"); what they take is made up.
pub(super) const SERVICES: [Service; 4] = [
    Service {
        provider: "Deutsche Post",
        carrier: "deutsche_post",
        name: "Warenpost International",
        token: "deutsche_post_warenpost_international_s",
        max_grams: 1_000,
        zones: [None, Some((399, 200, 6)), Some((499, 600, 14))],
    },
    Service {
        provider: "UPS",
        carrier: "ups",
        name: "Standard®",
        token: "ups_standard",
        max_grams: 70_000,
        zones: [Some((495, 45, 2)), Some((890, 120, 4)), None],
    },
    Service {
        provider: "UPS",
        carrier: "ups",
        name: "Saver®",
        token: "ups_saver",
        max_grams: 70_000,
        zones: [Some((990, 110, 1)), Some((1_790, 260, 2)), Some((3_490, 790, 4))],
    },
    Service {
        provider: "DHL Express",
        carrier: "dhl_express",
        name: "Express Worldwide",
        token: "dhl_express_worldwide",
        max_grams: 70_000,
        zones: [None, Some((2_190, 310, 1)), Some((4_190, 890, 3))],
    },
];

impl Service {
    /// The id of the account that it goes by.
    pub fn account(&self) -> String {
        ids::md5(format!("carrier account {}", self.carrier))
    }

    /// The number that the carrier gives the parcel: in the carrier's form, the same for the same seed.
    pub fn tracking_number(&self, seed: &str) -> String {
        let digits: String = ids::md5(seed).bytes().map(|byte| char::from(b'0' + byte % 10)).collect();
        match self.carrier {
            "ups" => format!("1Z{}", &digits[..16]),
            "deutsche_post" => format!("LX{}DE", &digits[..9]),
            _ => digits[..10].to_owned(),
        }
    }

    /// The service behind a rate.
    pub fn of(rate: &Value) -> Option<&'static Self> {
        SERVICES.iter().find(|service| rate["servicelevel"]["token"] == service.token)
    }
}

pub(super) fn get(id: &str) -> Result<Value, Failure> {
    let found = SERVICES.iter().find(|service| service.account() == id).map(show);
    Ok(found.ok_or_else(ApiError::not_found)?)
}

pub(super) fn list(work: &Work<'_>, params: &mut Params) -> Result<Value, Failure> {
    let mut all: Vec<Value> = SERVICES.iter().map(show).collect();
    all.dedup();
    work.page(all, params, "carrier_accounts")
}

fn show(service: &Service) -> Value {
    json!({
        "object_id": service.account(),
        "object_owner": "twin@shop.example",
        "account_id": "twin",
        "active": true,
        "carrier": service.carrier,
        "carrier_name": service.provider,
        "is_shippo_account": true,
        "metadata": "",
        "test": true,
    })
}
