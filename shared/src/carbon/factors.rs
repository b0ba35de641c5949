//! Emission factors that others have published, in editions (R7). An order names the edition of its placement, so what is said
//! about it never changes: new figures are a new edition, and the old ones stay here. `docs/impact.md` shows them as a table.
//!
//! What nobody publishes in a way that can be looked up is not here; a shop states a figure of its own for it.

use serde::{Deserialize, Serialize};

/// An edition of the factors, as orders name it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Edition {
    /// Of orders that name none, too: it was the first.
    #[default]
    #[serde(rename = "2026.1")]
    E2026_1,
}

impl Edition {
    /// The one that new orders are placed under.
    pub const CURRENT: Self = Self::E2026_1;

    /// Its factors.
    pub fn factors(self) -> &'static FactorSet {
        match self {
            Self::E2026_1 => &E2026_1,
        }
    }
}

/// What carries goods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Heavy goods vehicles by road.
    Hgv,
    /// Vans by road, as parcel carriers use them.
    Van,
    /// Freight trains.
    Rail,
    /// Container ships.
    Ship,
    /// Aeroplanes within a continent.
    AirShort,
    /// Aeroplanes between continents.
    AirLong,
}

impl Mode {
    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Hgv => "lorry",
            Self::Van => "van",
            Self::Rail => "train",
            Self::Ship => "ship",
            Self::AirShort => "short-haul flight",
            Self::AirLong => "long-haul flight",
        }
    }
}

/// What packaging is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Material {
    /// Cardboard.
    Board,
    /// Paper.
    Paper,
    /// Plastic film.
    PlasticFilm,
}

impl Material {
    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Board => "cardboard",
            Self::Paper => "paper",
            Self::PlasticFilm => "plastic film",
        }
    }
}

/// Factors that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FactorSet {
    /// Its name.
    pub id: &'static str,
    /// Its edition.
    pub version: &'static str,
    /// What carrying emits.
    pub transport: &'static [TransportFactor],
    /// What making packaging emits.
    pub materials: &'static [MaterialFactor],
    /// Where the factors are from.
    pub sources: &'static [Source],
}

/// What carrying emits, from the well to the wheel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransportFactor {
    /// What carries the goods.
    pub mode: Mode,
    /// Grams CO2e per tonne-kilometre, rounded up.
    pub g_per_tkm: u32,
    /// The source in a few words.
    pub citation: &'static str,
    /// The figures as they were published.
    pub published: &'static str,
    /// Which of the [`FactorSet::sources`] published them.
    pub source: &'static str,
}

/// What making packaging emits, from the raw material to the factory's gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaterialFactor {
    /// What it is made of.
    pub material: Material,
    /// Grams CO2e per kilogram of new material, rounded up.
    pub primary_g_per_kg: u32,
    /// Grams CO2e per kilogram of recycled material, rounded up.
    pub recycled_g_per_kg: u32,
    /// The figures as they were published.
    pub published: &'static str,
    /// Which of the [`FactorSet::sources`] published them.
    pub source: &'static str,
}

/// A publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Source {
    /// What factors call it.
    pub id: &'static str,
    /// Who published it.
    pub publisher: &'static str,
    /// What it is called, with its edition.
    pub title: &'static str,
    /// When it was published.
    pub year: u16,
    /// Where it is.
    pub url: &'static str,
    /// Under what licence its figures may be passed on, where the publisher asks for that to be said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub licence: Option<&'static str>,
}

impl FactorSet {
    /// What carrying in this way emits, if that was published.
    pub fn transport(&self, mode: Mode) -> Option<&'static TransportFactor> {
        self.transport.iter().find(|factor| factor.mode == mode)
    }

    /// What making packaging of this emits, if that was published.
    pub fn material(&self, material: Material) -> Option<&'static MaterialFactor> {
        self.materials.iter().find(|factor| factor.material == material)
    }

    /// The publication that factors call so.
    pub fn source(&self, id: &str) -> Option<&'static Source> {
        self.sources.iter().find(|source| source.id == id)
    }
}

const EEA: &str = "eea-2021";
const DESNZ: &str = "desnz-2025";

/// The first edition.
static E2026_1: FactorSet = FactorSet {
    id: "freight-and-packaging",
    version: "2026.1",
    transport: &[
        TransportFactor {
            mode: Mode::Hgv,
            g_per_tkm: super::ROAD_FACTOR_G_PER_TKM,
            citation: "EEA 2021, road freight (HGV), EU-27 2018, well-to-wheel",
            published: "137 g CO2e per tonne-kilometre, heavy goods vehicles, EU-27, 2018, well-to-wheel",
            source: EEA,
        },
        TransportFactor {
            mode: Mode::Van,
            g_per_tkm: 783,
            citation: "DESNZ 2025, vans (average, diesel), UK, well-to-wheel",
            published: "Vans, average (up to 3.5 t), diesel: 0.6313 (27_303_3102_14_1) + well-to-tank 0.15095 (28_906_3102_14_1) \
                kg CO2e per tonne-kilometre",
            source: DESNZ,
        },
        TransportFactor {
            mode: Mode::Rail,
            g_per_tkm: 35,
            citation: "DESNZ 2025, freight train, UK, well-to-wheel",
            published: "Rail, freight train: 0.02779 (27_315_3151_14_1) + well-to-tank 0.00691 (28_911_3151_14_1) \
                kg CO2e per tonne-kilometre",
            source: DESNZ,
        },
        TransportFactor {
            mode: Mode::Ship,
            g_per_tkm: 20,
            citation: "DESNZ 2025, container ship (average), well-to-wake",
            published: "Cargo ship, container ship, average: 0.01612 (27_320_3235_14_1) + well-to-tank 0.00365 (28_916_3235_14_1) \
                kg CO2e per tonne-kilometre",
            source: DESNZ,
        },
        TransportFactor {
            mode: Mode::AirShort,
            g_per_tkm: 1_484,
            citation: "DESNZ 2025, freight flights (short-haul, with radiative forcing), well-to-wake",
            published: "Freight flights, short-haul, with radiative forcing: 1.27835 (27_317_3154_14_1) + well-to-tank 0.20515 \
                (28_913_3154_14_1) kg CO2e per tonne-kilometre",
            source: DESNZ,
        },
        TransportFactor {
            mode: Mode::AirLong,
            g_per_tkm: 1_035,
            citation: "DESNZ 2025, freight flights (long-haul, with radiative forcing), well-to-wake",
            published: "Freight flights, long-haul, with radiative forcing: 0.89939 (27_317_3156_14_1) + well-to-tank 0.13516 \
                (28_913_3156_14_1) kg CO2e per tonne-kilometre",
            source: DESNZ,
        },
    ],
    materials: &[
        MaterialFactor {
            material: Material::Board,
            primary_g_per_kg: 1_200,
            recycled_g_per_kg: 1_099,
            published: "Paper and board: board: primary 1199.72542 (19_506_5156_15_1), closed-loop source 1098.11442 \
                (19_506_5159_15_1) kg CO2e per tonne",
            source: DESNZ,
        },
        MaterialFactor {
            material: Material::Paper,
            primary_g_per_kg: 1_346,
            recycled_g_per_kg: 1_051,
            published: "Paper and board: paper: primary 1345.0779 (19_506_5164_15_1), closed-loop source 1050.0779 \
                (19_506_5167_15_1) kg CO2e per tonne",
            source: DESNZ,
        },
        MaterialFactor {
            material: Material::PlasticFilm,
            primary_g_per_kg: 2_917,
            recycled_g_per_kg: 1_104,
            published: "Plastics: average plastic film: primary 2916.50513 (19_505_5124_15_1), closed-loop source 1103.56537 \
                (19_505_5127_15_1) kg CO2e per tonne",
            source: DESNZ,
        },
    ],
    sources: &[
        Source {
            id: EEA,
            publisher: "European Environment Agency",
            title: "Rail and waterborne: best for low-carbon motorised transport (briefing)",
            year: 2021,
            url: "https://www.eea.europa.eu/publications/rail-and-waterborne-transport",
            licence: None,
        },
        Source {
            id: DESNZ,
            publisher: "UK Department for Energy Security and Net Zero",
            title: "Greenhouse gas reporting: conversion factors 2025, flat file",
            year: 2025,
            url: "https://www.gov.uk/government/publications/greenhouse-gas-reporting-conversion-factors-2025",
            licence: Some("Open Government Licence v3.0"),
        },
    ],
};
