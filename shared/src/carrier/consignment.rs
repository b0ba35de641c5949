//! What a carrier is asked to carry: one parcel of an order, from its warehouse to its customer.

use super::customs::needs_customs;
use super::{Consignment, Parcel, Party, Reference, Refusal};
use crate::address::{Address, Country};
use crate::order::{self, Order};
use crate::placement::Document;
use crate::store::{Store, Warehouse};

impl Consignment {
    /// One parcel of an order, from its warehouse as the store has it now. Its packages are as large as their packaging, or as the
    /// cube of what is in them if the store keeps that packaging no more.
    ///
    /// # Errors
    ///
    /// `warehouse_without_street`: the carrier does not know where to fetch it. `customs_declaration_needed`: it leaves a
    /// customs territory, and nobody has declared where its goods were made.
    pub fn of(
        order: &Order,
        document: &Document,
        parcel: &order::Parcel,
        store: &Store,
    ) -> Result<Self, Refusal> {
        let from = store.warehouses.get(&parcel.warehouse).and_then(|warehouse| party(warehouse, store));
        let from = from.ok_or_else(|| {
            let detail = format!("warehouse {} has no street", parcel.warehouse);
            Refusal::new("warehouse_without_street", &detail)
        })?;
        let to = &document.shipping_address;
        let country = |address: &Address| Country::parse(&address.country).unwrap_or(Country::UNKNOWN);
        if needs_customs(country(&from.address), country(to)) {
            let detail = "goods that leave a customs territory are declared by hand";
            return Err(Refusal::new("customs_declaration_needed", detail));
        }
        let name = to.name.clone().or_else(|| document.billing_address.name.clone());
        Ok(Self {
            reference: Reference::new(&order.customer, order.id, u32::from(parcel.number)),
            from,
            to: Party {
                name: name.unwrap_or_else(|| order.number().to_string()),
                address: to.clone(),
                email: Some(document.contact_email.clone()),
            },
            parcels: packages(document, parcel, store),
            customs: None,
        })
    }
}

fn party(warehouse: &Warehouse, store: &Store) -> Option<Party> {
    let place = &warehouse.place;
    let sender = store.settings.sender.as_ref();
    Some(Party {
        name: sender.map_or_else(|| warehouse.name.clone(), |sender| sender.name.clone()),
        address: Address {
            name: None,
            street: place.street.clone()?,
            house_number: None,
            additional_info: None,
            postal_code: place.postal_code.clone(),
            city: place.city.clone(),
            state: place.region.clone(),
            country: place.country.code().to_owned(),
            phone: place.phone.clone(),
        },
        email: sender.and_then(|sender| sender.reply_to.clone()),
    })
}

fn packages(document: &Document, parcel: &order::Parcel, store: &Store) -> Vec<Parcel> {
    let count = parcel.packed.count.max(1);
    let share = |whole: u64| u32::try_from(whole.div_ceil(u64::from(count))).unwrap_or(u32::MAX);
    let weight_grams = share(parcel.weight_grams);
    let kept = store.settings.fulfillment.packagings.iter();
    let package = match kept.into_iter().find(|kind| kind.id == parcel.packed.packaging) {
        Some(kind) => Parcel {
            length_mm: kind.length_mm,
            width_mm: kind.width_mm,
            height_mm: kind.height_mm,
            weight_grams,
        },
        None => {
            let volumes = parcel.lines.iter().filter_map(|units| {
                let line = document.lines.get(usize::from(units.line).checked_sub(1)?)?;
                Some(u64::from(line.volume_cm3) * u64::from(units.quantity))
            });
            Parcel::of_volume(share(volumes.sum()), weight_grams)
        }
    };
    vec![package; usize::try_from(count).unwrap_or(1)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::Command;
    use crate::order::fixtures::{Case, card, placed_under, settings};
    use serde_json::json;

    fn store(place: serde_json::Value) -> Store {
        let warehouse = json!({"name": "North", "place": place, "areas": []});
        let read = |id: &str| {
            let warehouse = serde_json::from_value(warehouse.clone()).expect("a warehouse");
            (crate::ids::WarehouseId::parse(id).expect("an id"), warehouse)
        };
        Store { warehouses: [read("north"), read("south")].into(), ..Store::default() }
    }

    fn prepared() -> Case {
        let mut case = Case::new(placed_under(&card(), settings()));
        case.pay("pi_1");
        case.system(&Command::PREPARE);
        case
    }

    fn of(case: &Case, store: &Store) -> Result<Consignment, Refusal> {
        let shipment = case.order.shipment(1).expect("a parcel");
        Consignment::of(&case.order, &case.document, &shipment.parcel, store)
    }

    #[test]
    fn a_parcel_goes_from_its_warehouse_to_the_customer_in_what_it_is_packed_in() {
        let case = prepared();
        let street = json!({"country": "NL", "city": "Groningen", "street": "Kade 1", "phone": "+31 50 1"});
        let consignment = of(&case, &store(street)).expect("a consignment");
        let parcel = case.order.shipment(1).expect("a parcel").parcel;
        assert_eq!(consignment.reference.to_string(), format!("{} 1 {}", case.order.id, case.order.customer));
        assert_eq!(
            (consignment.from.name.as_str(), consignment.from.address.street.as_str()),
            ("North", "Kade 1")
        );
        assert_eq!(consignment.to.address, case.document.shipping_address);
        assert_eq!(consignment.parcels.len(), parcel.packed.count as usize);
        let weight: u64 = consignment.parcels.iter().map(|package| u64::from(package.weight_grams)).sum();
        assert!(
            weight >= parcel.weight_grams && weight < parcel.weight_grams + u64::from(parcel.packed.count)
        );
    }

    #[test]
    fn nobody_fetches_a_parcel_where_no_street_is_known() {
        let refusal = of(&prepared(), &store(json!({"country": "NL", "city": "Groningen"})));
        assert_eq!(refusal.map_err(|why| why.code), Err("warehouse_without_street".to_owned()));
        assert_eq!(
            of(&prepared(), &Store::default()).map_err(|why| why.code),
            Err("warehouse_without_street".to_owned())
        );
    }

    #[test]
    fn what_leaves_a_customs_territory_is_declared_by_hand() {
        let abroad = json!({"country": "GB", "city": "London", "street": "Strand 1"});
        let refusal = of(&prepared(), &store(abroad));
        assert_eq!(refusal.map_err(|why| why.code), Err("customs_declaration_needed".to_owned()));
    }
}
