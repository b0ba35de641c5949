//! The store's settings and warehouses on the wire (A1, A4).

use serde::Serialize;

use crate::ids::WarehouseId;
use crate::store::{Settings, Store, Warehouse};

/// The settings: the very body that `PUT /admin/settings` takes, and which version of the store it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SettingsView {
    /// Counts the changes of the store, its warehouses included; 0: nobody has set it up yet.
    pub version: u64,
    /// When this version was written; left out of version 0, which nobody wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<String>,
    /// The settings.
    #[serde(flatten)]
    pub settings: Settings,
}

impl SettingsView {
    /// The settings of one version of the store.
    pub fn of(store: &Store) -> Self {
        Self {
            version: store.version,
            updated_at: (store.version > 0).then(|| store.updated_at.rfc3339()),
            settings: store.settings.clone(),
        }
    }
}

/// A warehouse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WarehouseView {
    /// Its id.
    pub warehouse_id: WarehouseId,
    /// What it is and whom it serves.
    #[serde(flatten)]
    pub warehouse: Warehouse,
}

impl WarehouseView {
    /// A warehouse of that id.
    pub fn of(id: &WarehouseId, warehouse: &Warehouse) -> Self {
        Self { warehouse_id: id.clone(), warehouse: warehouse.clone() }
    }
}

/// All warehouses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WarehousesView {
    /// By their ids.
    pub warehouses: Vec<WarehouseView>,
    /// Which version of the store this is.
    pub version: u64,
}

impl WarehousesView {
    /// The warehouses of one version of the store.
    pub fn of(store: &Store) -> Self {
        let warehouses = store.warehouses.iter().map(|(id, warehouse)| WarehouseView::of(id, warehouse));
        Self { warehouses: warehouses.collect(), version: store.version }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const SETTINGS: &str = r#"{
        "currency": "EUR", "country": "DE",
        "tax": {
            "prices_include_tax": true, "classes": ["standard"], "delivery_class": "standard", "elsewhere": "refuse",
            "zones": [{"countries": ["DE"], "rates": {"standard": [{"name": "USt", "rate": "19"}]}}]
        },
        "shipping_methods": [{
            "id": "parcel", "name": "Parcel",
            "zones": [{"bands": [{"up_to_grams": 31500, "price": "4.90"}], "free_from": 50, "transit_days": 2}]
        }]
    }"#;

    #[test]
    fn what_is_shown_of_the_settings_is_what_a_put_takes() {
        let settings: Settings = serde_json::from_str(SETTINGS).expect("settings");
        let store = Store { version: 3, settings: settings.clone(), ..Store::default() };
        let mut view = serde_json::to_value(SettingsView::of(&store)).expect("JSON");
        let members = view.as_object_mut().expect("an object");
        assert_eq!(members.remove("version"), Some(json!(3)));
        assert_eq!(members.remove("updated_at"), Some(json!("1970-01-01T00:00:00Z")));
        // Amounts are read from text alone, so that they never pass through a float.
        assert_eq!(serde_json::from_str::<Settings>(&view.to_string()).expect("settings"), settings);
    }

    #[test]
    fn a_store_that_nobody_set_up_shows_its_defaults_and_no_time() {
        let view = serde_json::to_value(SettingsView::of(&Store::default())).expect("JSON");
        assert_eq!(view["version"], json!(0));
        assert_eq!(view.get("updated_at"), None);
        assert_eq!(view["limits"]["orders_per_hour"], json!(60));
        assert_eq!(view["tax"]["elsewhere"], json!("untaxed"));
    }

    #[test]
    fn a_stored_version_survives_its_text() {
        let settings: Settings = serde_json::from_str(SETTINGS).expect("settings");
        let warehouse: Warehouse = serde_json::from_str(
            r#"{"name": "North", "place": {"country": "DE", "city": "Kiel"}, "areas": [{"distance_km": 300}]}"#,
        )
        .expect("a warehouse");
        let north = WarehouseId::parse("north").expect("valid");
        let store =
            Store { version: 1, settings, warehouses: [(north, warehouse)].into(), ..Store::default() };
        let text = serde_json::to_string(&store).expect("JSON");
        assert_eq!(serde_json::from_str::<Store>(&text).expect("a store"), store);
        let view = serde_json::to_value(WarehousesView::of(&store)).expect("JSON");
        assert_eq!(view["warehouses"][0]["warehouse_id"], Value::from("north"));
        assert_eq!(view["warehouses"][0]["place"]["city"], Value::from("Kiel"));
        assert_eq!(view["version"], json!(1));
    }
}
