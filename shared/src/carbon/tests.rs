use super::factors::Edition;
use super::*;

/// The document that shows the factors to people.
const PAGE: &str = include_str!("../../../docs/impact.md");

fn factors() -> &'static FactorSet {
    Edition::CURRENT.factors()
}

fn leg(warehouse: &str, weight_grams: u64, distance_km: u32, g_per_tkm: u32) -> Leg {
    Leg {
        warehouse: WarehouseId::parse(warehouse).expect("valid"),
        weight_grams,
        distance_km,
        g_per_tkm,
        carbon_grams: leg_grams(weight_grams, distance_km, g_per_tkm),
        mode: None,
    }
}

#[test]
fn a_leg_is_rounded_up_to_whole_grams() {
    assert_eq!(leg_grams(2_000, 300, 137), 83); // 0.002 t × 300 km × 137 g = 82.2 g
    assert_eq!(leg_grams(1_000_000, 1, 137), 137);
    assert_eq!(leg_grams(1_000_001, 1, 137), 138);
    assert_eq!((leg_grams(0, 300, 137), leg_grams(5, 0, 137), leg_grams(5, 300, 0)), (0, 0, 0));
}

#[test]
fn no_weight_no_way_and_no_factor_is_too_large_for_a_leg() {
    assert_eq!(leg_grams(u64::MAX, u32::MAX, u32::MAX), u64::MAX);
    assert_eq!(leg_grams(u64::MAX, 1_000, 1_000), u64::MAX);
    assert_eq!(estimate(factors(), &vec![leg("a", u64::MAX, 1_000, 1_000); 2]).carbon_grams, u64::MAX);
    assert_eq!(packaging_grams(factors(), Material::Board, u64::MAX, 0), Some(u64::MAX));
}

#[test]
fn the_estimate_can_be_redone_from_what_it_shows() {
    let shown = estimate(factors(), &[leg("east", 2_000, 300, 137), leg("west", 500, 1_200, 137)]);
    for leg in &shown.legs {
        let redone = leg_grams(leg.weight_grams, leg.distance_km, leg.factor_g_per_tkm);
        assert_eq!(leg.carbon_grams, redone);
    }
    assert_eq!(shown.carbon_grams, 83 + 83); // 0.0005 t × 1200 km × 137 g = 82.2 g
    assert_eq!(shown.weight_grams, 2_500);
    assert_eq!(shown.factor_version, "2026.1");
    let from: Vec<_> = shown.legs.iter().map(|leg| leg.warehouse_id.as_str()).collect();
    assert_eq!(from, ["east", "west"]);
}

#[test]
fn a_factor_that_the_shop_states_is_not_said_to_be_from_the_agency() {
    let source = |legs: &[Leg]| estimate(factors(), legs).factor_source;
    let agency = "EEA 2021, road freight (HGV), EU-27 2018, well-to-wheel";
    let (road, own) = (leg("east", 1, 1, ROAD_FACTOR_G_PER_TKM), leg("west", 1, 1, 24));
    assert_eq!(source(std::slice::from_ref(&road)), agency);
    assert_eq!(source(std::slice::from_ref(&own)), OWN_FACTOR_SOURCE);
    assert_eq!(
        source(&[own.clone(), road.clone(), own.clone()]),
        format!("137 g/tkm: {agency}; others: {OWN_FACTOR_SOURCE}")
    );
    let train = Leg { mode: Some(Mode::Rail), ..leg("south", 1, 1, 35) };
    assert_eq!(source(std::slice::from_ref(&train)), "DESNZ 2025, freight train, UK, well-to-wheel");
    let its_own_train = Leg { g_per_tkm: 12, ..train };
    assert_eq!(source(std::slice::from_ref(&its_own_train)), OWN_FACTOR_SOURCE);
    let modes: Vec<_> = [road, own, its_own_train].iter().map(|leg| mode(factors(), leg)).collect();
    assert_eq!(modes, [Some(Mode::Hgv), None, Some(Mode::Rail)]);
}

#[test]
fn packaging_is_reckoned_by_what_it_is_made_of() {
    let grams = |material, grams, recycled| packaging_grams(factors(), material, grams, recycled);
    assert_eq!(grams(Material::Board, 900, 0), Some(1_080)); // 0.9 kg × 1200 g
    assert_eq!(grams(Material::Board, 120, 100), Some(132)); // 0.12 kg × 1099 g = 131.88 g
    assert_eq!(grams(Material::Paper, 1_000, 50), Some(1_199)); // half of 1346 and half of 1051 g are 1198.5 g
    assert_eq!(grams(Material::Board, 120, 200), grams(Material::Board, 120, 100));
    assert_eq!(grams(Material::PlasticFilm, 0, 0), Some(0));
    let none = FactorSet { materials: &[], ..*factors() };
    assert_eq!(packaging_grams(&none, Material::Board, 120, 100), None);
}

#[test]
fn grams_are_shown_as_kilograms_without_losing_any() {
    for (grams, shown) in [(0, "0.000"), (83, "0.083"), (2_500, "2.500"), (1_000_007, "1000.007")] {
        assert_eq!(kilograms(grams), shown);
    }
    assert_eq!(kilograms(u64::MAX), "18446744073709551.615");
}

/// Well-to-wheel in kilograms, as the two figures of the publication sum, against the grams of the edition.
#[test]
fn the_edition_of_2026_is_what_was_published_rounded_up() {
    assert_eq!(serde_json::to_string(&Edition::default()).expect("plain"), r#""2026.1""#);
    let set = Edition::default().factors();
    assert_eq!((set.id, set.version), ("freight-and-packaging", "2026.1"));
    let published: [(Mode, u32, [u32; 2]); 6] = [
        (Mode::Hgv, 137, [13_700_000, 0]),
        (Mode::Van, 783, [63_130_000, 15_095_000]),
        (Mode::Rail, 35, [2_779_000, 691_000]),
        (Mode::Ship, 20, [1_612_000, 365_000]),
        (Mode::AirShort, 1_484, [127_835_000, 20_515_000]),
        (Mode::AirLong, 1_035, [89_939_000, 13_516_000]),
    ];
    // In hundred-millionths of a kilogram, of which a gram has a hundred thousand.
    let carrying = set.transport.iter().map(|factor| (factor.mode, factor.g_per_tkm));
    let summed = published.map(|(mode, _, parts)| (mode, parts.iter().sum::<u32>().div_ceil(100_000)));
    assert_eq!(carrying.collect::<Vec<_>>(), summed);
    assert_eq!(summed, published.map(|(mode, grams, _)| (mode, grams)));
    let making = set.materials.iter();
    let making = making.map(|factor| (factor.material, factor.primary_g_per_kg, factor.recycled_g_per_kg));
    let made = [
        (Material::Board, 1_200, 1_099),
        (Material::Paper, 1_346, 1_051),
        (Material::PlasticFilm, 2_917, 1_104),
    ];
    assert_eq!(making.collect::<Vec<_>>(), made);
}

#[test]
fn every_factor_names_a_source_and_the_page_shows_it() {
    let set = factors();
    assert!(PAGE.contains(set.version) && PAGE.contains(set.id));
    for source in set.sources {
        assert!(PAGE.contains(source.url) && PAGE.contains(source.title), "{source:?}");
    }
    let transport = set.transport.iter().map(|factor| (factor.source, factor.published));
    let materials = set.materials.iter().map(|factor| (factor.source, factor.published));
    for (source, published) in transport.chain(materials) {
        assert!(set.source(source).is_some(), "{source}");
        assert!(PAGE.contains(published), "docs/impact.md has to show: {published}");
    }
    for factor in set.transport {
        let wire = serde_json::to_string(&factor.mode).expect("plain").replace('"', "`");
        assert!(PAGE.contains(&format!("| {wire} | {} |", factor.g_per_tkm)), "{factor:?}");
    }
    for factor in set.materials {
        let wire = serde_json::to_string(&factor.material).expect("plain").replace('"', "`");
        let row = format!("| {wire} | {} | {} |", factor.primary_g_per_kg, factor.recycled_g_per_kg);
        assert!(PAGE.contains(&row), "{factor:?}");
    }
}
