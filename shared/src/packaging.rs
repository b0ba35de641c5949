//! Which packaging a parcel goes into (A10).

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

use crate::carbon::factors::Material;

/// A kind of packaging that the warehouses keep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Packaging {
    /// Its name, which parcels show.
    pub id: Cow<'static, str>,
    /// Millimetres inside.
    pub length_mm: u32,
    /// Millimetres inside.
    pub width_mm: u32,
    /// Millimetres inside.
    pub height_mm: u32,
    /// Grams that it carries.
    pub max_weight_grams: u32,
    /// Grams that it weighs itself.
    pub weight_grams: u32,
    /// Whether it is made of recycled material, which is taken first.
    #[serde(default)]
    pub recycled: bool,
    /// Which material.
    pub material: Material,
}

impl Packaging {
    /// How much of its material is recycled: all or nothing is known of it.
    pub fn recycled_percent(&self) -> u8 {
        if self.recycled { 100 } else { 0 }
    }
}

impl Packaging {
    /// Cubic centimetres that fit in.
    pub fn volume_cm3(&self) -> u64 {
        let cubic_mm = [self.width_mm, self.height_mm]
            .iter()
            .fold(u64::from(self.length_mm), |volume, side| volume.saturating_mul(u64::from(*side)));
        cubic_mm / 1_000
    }
}

/// What the warehouses keep unless the store's settings say otherwise: common sizes of e-commerce.
pub static DEFAULT: [Packaging; 4] = [
    Packaging {
        id: Cow::Borrowed("recycled-mailer"),
        length_mm: 250,
        width_mm: 200,
        height_mm: 40,
        max_weight_grams: 1_000,
        weight_grams: 30,
        recycled: true,
        material: Material::Paper,
    },
    Packaging {
        id: Cow::Borrowed("recycled-box-s"),
        length_mm: 250,
        width_mm: 200,
        height_mm: 160,
        max_weight_grams: 5_000,
        weight_grams: 120,
        recycled: true,
        material: Material::Board,
    },
    Packaging {
        id: Cow::Borrowed("recycled-box-m"),
        length_mm: 400,
        width_mm: 300,
        height_mm: 250,
        max_weight_grams: 15_000,
        weight_grams: 350,
        recycled: true,
        material: Material::Board,
    },
    Packaging {
        id: Cow::Borrowed("box-l"),
        length_mm: 600,
        width_mm: 500,
        height_mm: 400,
        max_weight_grams: 30_000,
        weight_grams: 900,
        recycled: false,
        material: Material::Board,
    },
];

/// How often a packaging is needed for a parcel's goods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Packed {
    /// Which packaging.
    pub packaging: String,
    /// How many of it.
    pub count: u32,
    /// Grams of packaging altogether.
    pub packaging_grams: u64,
    /// What it is made of, as the list said then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub material: Option<Material>,
    /// How much of that is recycled, in percent, as the list said then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recycled_percent: Option<u8>,
}

impl Packed {
    /// What it is made of, and how much of that is recycled, in percent. Orders that were prepared before it was kept with them
    /// have it from the list of then; nothing is known of a packaging that was not in it.
    pub fn made_of(&self) -> Option<(Material, u8)> {
        let listed = DEFAULT.iter().find(|packaging| packaging.id == self.packaging);
        let listed = listed.map(|packaging| (packaging.material, packaging.recycled_percent()));
        self.material.zip(self.recycled_percent).or(listed)
    }
}

/// The smallest recycled packaging that takes the goods, else the smallest other one, else as many of the largest
/// as are needed.
pub fn pack(list: &[Packaging], volume_cm3: u64, weight_grams: u64) -> Option<Packed> {
    let fits = |p: &&Packaging| p.volume_cm3() >= volume_cm3 && u64::from(p.max_weight_grams) >= weight_grams;
    let one = list.iter().filter(fits).min_by_key(|p| (!p.recycled, p.volume_cm3()));
    let (chosen, count) = match one {
        Some(packaging) => (packaging, 1),
        None => {
            let largest = list.iter().max_by_key(|p| (p.volume_cm3(), p.max_weight_grams))?;
            let by_volume = volume_cm3.div_ceil(largest.volume_cm3().max(1));
            let by_weight = weight_grams.div_ceil(u64::from(largest.max_weight_grams.max(1)));
            (largest, by_volume.max(by_weight).max(1))
        }
    };
    Some(Packed {
        packaging: chosen.id.clone().into_owned(),
        count: u32::try_from(count).unwrap_or(u32::MAX),
        packaging_grams: count.saturating_mul(u64::from(chosen.weight_grams)),
        material: Some(chosen.material),
        recycled_percent: Some(chosen.recycled_percent()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(volume: u64, weight: u64) -> (String, u32) {
        let packed = pack(&DEFAULT, volume, weight).expect("the list is not empty");
        (packed.packaging, packed.count)
    }

    #[test]
    fn the_smallest_recycled_packaging_that_fits_is_taken() {
        assert_eq!(packed(1_500, 800), ("recycled-mailer".into(), 1));
        assert_eq!(packed(1_500, 1_200), ("recycled-box-s".into(), 1));
        assert_eq!(packed(60_000, 2_000), ("box-l".into(), 1));
    }

    #[test]
    fn what_fits_nowhere_takes_several_of_the_largest() {
        assert_eq!(packed(130_000, 1_000), ("box-l".into(), 2));
        assert_eq!(packed(1_000, 95_000), ("box-l".into(), 4));
        assert_eq!(pack(&[], 1, 1), None);
    }

    #[test]
    fn the_sides_of_a_packaging_make_its_volume() {
        let volumes: Vec<u64> = DEFAULT.iter().map(Packaging::volume_cm3).collect();
        assert_eq!(volumes, [2_000, 8_000, 30_000, 120_000]);
    }
}
