//! What customs are told about a consignment.

use serde::{Deserialize, Serialize};

use crate::address::Country;
use crate::money::Money;

/// The customs territory of the Union, as far as whole countries are in it (Regulation (EU) 952/2013, Article 4, and
/// Monaco). Parts of countries that are outside, such as the Canary Islands, are not told apart.
const EU: &str = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MC MT NL PL PT RO SE SI SK";

/// Whether goods on this way have to be declared.
pub fn needs_customs(from: Country, to: Country) -> bool {
    let in_union = |country: Country| EU.split(' ').any(|code| code == country.code());
    from != to && !(in_union(from) && in_union(to))
}

/// The declaration that goes with a consignment out of a customs territory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customs {
    /// Who answers for it.
    pub signer: String,
    /// Everything that is in the parcels.
    pub goods: Vec<Goods>,
}

/// One kind of goods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goods {
    /// What it is.
    pub description: String,
    /// How many.
    pub quantity: u32,
    /// Grams of all of them, without packaging.
    pub weight_grams: u32,
    /// Worth of all of them.
    pub value: Money,
    /// Where it was made.
    pub origin: Country,
    /// Its number in the Harmonized System, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tariff_number: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goods_are_declared_where_they_leave_a_customs_territory() {
        let country = |code| Country::parse(code).expect("a country");
        assert_eq!(EU.split(' ').count(), 28);
        for (from, to, needed) in [
            ("NL", "NL", false),
            ("NL", "DE", false),
            ("NL", "GB", true),
            ("US", "NL", true),
            ("US", "US", false),
        ] {
            assert_eq!(needs_customs(country(from), country(to)), needed, "{from} {to}");
        }
    }
}
