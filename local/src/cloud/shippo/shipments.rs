//! Shipments: what is to go where (API docs, "Shipments").

use serde_json::{Value, json};

use super::error::{ApiError, Failure};
use super::params::Params;
use super::store::{Kind, Work, id, iso};
use super::{addresses, parcels, rates};

/// `POST /shipments`. With `async`, which is what Shippo takes for granted, rates are there a moment later.
pub(super) fn create(work: &Work<'_>, mut params: Params) -> Result<Value, Failure> {
    let asynchronous = params.flag("async", true)?;
    let mut shipment = work.object()?;
    shipment["address_from"] = addresses::parse(work, &mut params, "address_from")?;
    shipment["address_to"] = addresses::parse(work, &mut params, "address_to")?;
    shipment["address_return"] = shipment["address_from"].clone();
    shipment["parcels"] = parcels::parse(work, &mut params)?.into();
    shipment["customs_declaration"] = json!(params.object("customs_declaration")?);
    shipment["shipment_date"] = params.text("shipment_date")?.unwrap_or_else(|| iso(work.now)).into();
    shipment["metadata"] = params.metadata()?.into();
    params.finish()?;
    declared(&shipment["customs_declaration"])?;
    shipment["carrier_accounts"] = json!([]);
    shipment["extra"] = json!({});
    shipment["messages"] = json!([]);
    shipment["rates"] = json!([]);
    shipment["status"] = "QUEUED".into();
    if !asynchronous {
        rated(work, &mut shipment)?;
    }
    work.save(Kind::Shipment, "", &shipment)?;
    Ok(shipment)
}

/// What a declaration needs (API docs, "Customs declarations").
fn declared(declaration: &Value) -> Result<(), ApiError> {
    if declaration.is_null() {
        return Ok(());
    }
    let check = |object: &Value, fields: &[&str]| {
        let missing = fields.iter().find(|field| object[**field].is_null());
        missing.map_or(Ok(()), |field| Err(ApiError::field(field, "This field is required.")))
    };
    let items = declaration["items"].as_array();
    check(declaration, &["contents_type", "non_delivery_option", "certify", "certify_signer", "items"])
        .and_then(|()| {
            let needed = [
                "description",
                "quantity",
                "net_weight",
                "mass_unit",
                "value_amount",
                "value_currency",
                "origin_country",
            ];
            items.into_iter().flatten().try_for_each(|item| check(item, &needed))
        })
        .map_err(|error| error.within("customs_declaration"))
}

/// `GET /shipments/{id}`.
pub(super) fn get(work: &Work<'_>, shipment: &str) -> Result<Value, Failure> {
    let mut shipment = work.get(Kind::Shipment, shipment)?;
    if shipment["status"] == "QUEUED" {
        rated(work, &mut shipment)?;
        work.update(Kind::Shipment, &mut shipment)?;
    }
    Ok(shipment)
}

/// `GET /shipments`.
pub(super) fn list(work: &Work<'_>, params: &mut Params) -> Result<Value, Failure> {
    work.page(work.all(Kind::Shipment, None)?, params, "shipments")
}

fn rated(work: &Work<'_>, shipment: &mut Value) -> Result<(), Failure> {
    let rates = rates::create(work, shipment)?;
    if rates.is_empty() {
        let text = format!("No carrier takes shipment {} there.", id(shipment));
        shipment["messages"] = json!([{ "source": "Shippo", "code": "", "text": text }]);
    }
    shipment["rates"] = rates.into();
    shipment["status"] = "SUCCESS".into();
    Ok(())
}
