//! The store's settings and warehouses on the wire (A1, A4).

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::wire;
use crate::address::Country;
use crate::ids::{Language, WarehouseId};
use crate::money::Currency;
use crate::store::{
    EcoSettings, FulfillmentSettings, GuestCheckout, InvoiceSettings, OrderLimits, PaymentSettings, Policies,
    Sender, Settings, ShippingMethod, Store, TaxTable, Warehouse,
};

/// The settings: a body that `PUT /admin/settings` takes, and which version of the store it belongs to.
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

/// The settings as they are put: what [`SettingsView`] shows can be changed and sent back as it is. The fields of
/// [`Settings`] stand here once more, because `serde(flatten)` would turn amounts into floats before they are read.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PutSettings {
    /// The version that the caller has seen, if it says so: nothing is replaced that it has not.
    pub version: Option<u64>,
    /// Not looked at: the version says which settings are meant.
    pub updated_at: IgnoredAny,
    currency: Option<Currency>,
    country: Option<Country>,
    #[serde(deserialize_with = "wire::object")]
    tax: TaxTable,
    #[serde(deserialize_with = "wire::list")]
    shipping_methods: Vec<ShippingMethod>,
    #[serde(deserialize_with = "wire::object")]
    payment: PaymentSettings,
    #[serde(deserialize_with = "wire::object")]
    policies: Policies,
    #[serde(deserialize_with = "wire::object")]
    invoices: InvoiceSettings,
    #[serde(deserialize_with = "wire::object")]
    fulfillment: FulfillmentSettings,
    #[serde(deserialize_with = "wire::object")]
    limits: OrderLimits,
    #[serde(deserialize_with = "wire::object")]
    guest_checkout: GuestCheckout,
    #[serde(deserialize_with = "wire::object")]
    eco: EcoSettings,
    #[serde(deserialize_with = "wire::optional")]
    sender: Option<Sender>,
    default_language: Language,
}

impl From<PutSettings> for Settings {
    fn from(put: PutSettings) -> Self {
        Self {
            currency: put.currency,
            country: put.country,
            tax: put.tax,
            shipping_methods: put.shipping_methods,
            payment: put.payment,
            policies: put.policies,
            invoices: put.invoices,
            fulfillment: put.fulfillment,
            limits: put.limits,
            guest_checkout: put.guest_checkout,
            eco: put.eco,
            sender: put.sender,
            default_language: put.default_language,
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
        for version in [0, 3] {
            let store = Store { version, settings: settings.clone(), ..Store::default() };
            // Amounts are read from text alone, so that they never pass through a float.
            let view = serde_json::to_string(&SettingsView::of(&store)).expect("JSON");
            let put: PutSettings = serde_json::from_str(&view).expect("settings");
            assert_eq!(put.version, Some(version));
            assert_eq!(Settings::from(put), settings);
        }
    }

    #[test]
    fn a_put_and_the_stored_settings_take_the_same_and_refuse_the_same() {
        let put = |text: &str| serde_json::from_str::<PutSettings>(text).map(Settings::from).ok();
        let stored = |text: &str| serde_json::from_str::<Settings>(text).ok();
        assert_eq!(put("{}"), Some(Settings::default()));
        assert_eq!((put(SETTINGS), put(SETTINGS).is_some()), (stored(SETTINGS), true));
        let shown = serde_json::to_value(Settings::default()).expect("JSON");
        for name in shown.as_object().expect("an object").keys() {
            for value in ["null", "[]", "{}", "1", "\"x\"", r#"{"x": 1}"#, "[[]]", "[{}]"] {
                let text = format!(r#"{{"{name}": {value}}}"#);
                assert_eq!(put(&text), stored(&text), "{text}");
            }
        }
        for text in
            [r#"{"colour": "red"}"#, r#"{"version": -1}"#, r#"{"version": "1"}"#, r#"{"eco": {}, "eco": {}}"#]
        {
            assert_eq!(put(text), None, "{text}");
        }
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
