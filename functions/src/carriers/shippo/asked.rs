//! What Shippo is asked, in its words.

use serde::Serialize;
use shared::carrier::{self, Consignment, Customs, Goods, Party, Rate, Reference};

/// Lengths in millimetres.
const DISTANCE: &str = "mm";
/// Weights in grams.
const MASS: &str = "g";
/// The label's format: fits a label printer as well as a sheet of A4 cut in four.
const LABEL: &str = "PDF_A6";

/// `POST /shipments`.
#[derive(Debug, Serialize)]
pub(super) struct NewShipment<'a> {
    address_from: Address<'a>,
    address_to: Address<'a>,
    parcels: Vec<Parcel>,
    #[serde(skip_serializing_if = "Option::is_none")]
    customs_declaration: Option<Declaration<'a>>,
    metadata: String,
    #[serde(rename = "async")]
    asynchronous: bool,
}

#[derive(Debug, Serialize)]
struct Address<'a> {
    name: &'a str,
    street1: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    street_no: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    street2: Option<&'a str>,
    city: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    zip: Option<&'a str>,
    country: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
}

/// Numbers are texts.
#[derive(Debug, Serialize)]
struct Parcel {
    length: String,
    width: String,
    height: String,
    distance_unit: &'static str,
    weight: String,
    mass_unit: &'static str,
}

/// What customs hear (Shippo: "Customs declarations"). The recipient pays duties at the door, and what is refused there
/// comes back.
#[derive(Debug, Serialize)]
struct Declaration<'a> {
    contents_type: &'static str,
    non_delivery_option: &'static str,
    incoterm: &'static str,
    certify: bool,
    certify_signer: &'a str,
    items: Vec<Item<'a>>,
}

#[derive(Debug, Serialize)]
struct Item<'a> {
    description: &'a str,
    quantity: u32,
    net_weight: String,
    mass_unit: &'static str,
    value_amount: String,
    value_currency: String,
    origin_country: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tariff_number: Option<&'a str>,
}

/// `POST /transactions`.
#[derive(Debug, Serialize)]
pub(super) struct NewTransaction<'a> {
    rate: &'a str,
    label_file_type: &'static str,
    metadata: String,
    #[serde(rename = "async")]
    asynchronous: bool,
}

/// `POST /refunds`.
#[derive(Debug, Serialize)]
pub(super) struct NewRefund<'a> {
    pub transaction: &'a str,
    #[serde(rename = "async")]
    pub asynchronous: bool,
}

impl<'a> NewShipment<'a> {
    pub fn of(consignment: &'a Consignment) -> Self {
        Self {
            address_from: Address::of(&consignment.from),
            address_to: Address::of(&consignment.to),
            parcels: consignment.parcels.iter().map(Parcel::of).collect(),
            customs_declaration: consignment.customs.as_ref().map(Declaration::of),
            metadata: consignment.reference.to_string(),
            asynchronous: false,
        }
    }
}

impl<'a> Address<'a> {
    fn of(party: &'a Party) -> Self {
        let address = &party.address;
        Self {
            name: &party.name,
            street1: &address.street,
            street_no: address.house_number.as_deref(),
            street2: address.additional_info.as_deref(),
            city: &address.city,
            state: address.state.as_deref(),
            zip: address.postal_code.as_deref(),
            country: &address.country,
            phone: address.phone.as_deref(),
            email: party.email.as_deref(),
        }
    }
}

impl Parcel {
    fn of(parcel: &carrier::Parcel) -> Self {
        Self {
            length: parcel.length_mm.to_string(),
            width: parcel.width_mm.to_string(),
            height: parcel.height_mm.to_string(),
            distance_unit: DISTANCE,
            weight: parcel.weight_grams.to_string(),
            mass_unit: MASS,
        }
    }
}

impl<'a> Declaration<'a> {
    fn of(customs: &'a Customs) -> Self {
        Self {
            contents_type: "MERCHANDISE",
            non_delivery_option: "RETURN",
            incoterm: "DDU",
            certify: true,
            certify_signer: &customs.signer,
            items: customs.goods.iter().map(Item::of).collect(),
        }
    }
}

impl<'a> Item<'a> {
    fn of(goods: &'a Goods) -> Self {
        Self {
            description: &goods.description,
            quantity: goods.quantity,
            net_weight: goods.weight_grams.to_string(),
            mass_unit: MASS,
            value_amount: goods.value.amount().to_string(),
            value_currency: goods.value.currency().to_string(),
            origin_country: goods.origin.code(),
            tariff_number: goods.tariff_number.as_deref(),
        }
    }
}

impl<'a> NewTransaction<'a> {
    pub fn of(rate: &'a Rate, reference: &Reference) -> Self {
        Self { rate: &rate.id, label_file_type: LABEL, metadata: reference.to_string(), asynchronous: false }
    }
}
