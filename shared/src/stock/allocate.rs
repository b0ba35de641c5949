//! Which warehouses serve an order, and how much comes from each.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::buckets::{Shelf, take};
use super::{Allocation, AllocationPlan, AllocationReason, Choice, Demand, Leg, Shortage, StockBucket};
use crate::address::Destination;
use crate::carbon::factors::Mode;
use crate::carbon::leg_grams;
use crate::ids::WarehouseId;
use crate::sku::Sku;
use crate::store::Warehouse;

/// Up to so many parcels, the search is exact: every set of warehouses is looked at.
const EXACT_PARCELS: usize = 3;

/// Spreads `demand` over the warehouses that serve the destination: fewest parcels (one from each warehouse) first, then
/// least transport carbon, then the shortest way, then the first names.
///
/// If three parcels or fewer can do it, every set of warehouses is weighed. Beyond that, the warehouse that can give
/// the most units of what is still open is added until all is there (greedy set cover), and those that turn out not to be
/// needed are left out again. Inside a set, the units of each sku come first from the warehouse on whose way a kilogram
/// emits least, which is the least that the set can emit. Sets are compared by that sum before it is rounded to grams.
///
/// `spread` chooses between buckets of one warehouse; any number that differs between orders will do. A bucket listed
/// twice counts once; a count below zero is zero; a warehouse that is not known, or does not serve the destination, is
/// not asked.
///
/// # Errors
/// Every sku that these warehouses together cannot give.
pub fn allocate(
    demand: &BTreeMap<Sku, Demand>,
    stock: &BTreeMap<Sku, Vec<StockBucket>>,
    warehouses: &BTreeMap<WarehouseId, Warehouse>,
    destination: &Destination,
    spread: u64,
) -> Result<AllocationPlan, Vec<Shortage>> {
    let ways: BTreeMap<&WarehouseId, Way> = warehouses
        .iter()
        .filter_map(|(id, warehouse)| {
            let area = warehouse.area(destination)?;
            Some((id, Way { distance_km: area.distance_km, g_per_tkm: area.factor(), mode: area.mode }))
        })
        .collect();
    let wanted: Vec<Wanted> = demand
        .iter()
        .filter(|(_, demand)| demand.units > 0)
        .map(|(sku, demand)| Wanted {
            sku,
            units: demand.units,
            weight_grams: demand.weight_grams,
            shelves: shelves(stock.get(sku).map(Vec::as_slice).unwrap_or_default(), &ways),
        })
        .collect();
    let shortages: Vec<Shortage> = wanted.iter().filter_map(Wanted::shortage).collect();
    if !shortages.is_empty() {
        return Err(shortages);
    }
    let field = Field::new(&wanted, &ways);
    let (set, reason, considered) = field.choose();
    Ok(plan(&field, &wanted, &set, Choice { reason, considered, legs: Vec::new() }, spread))
}

/// The way from a warehouse to the destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Way {
    distance_km: u32,
    g_per_tkm: u32,
    mode: Option<Mode>,
}

impl Way {
    /// Micrograms CO2e per gram carried.
    fn rate(self) -> u64 {
        u64::from(self.distance_km) * u64::from(self.g_per_tkm)
    }
}

/// A sku that is wanted, and where it is.
struct Wanted<'a> {
    sku: &'a Sku,
    units: u32,
    weight_grams: u32,
    shelves: BTreeMap<&'a WarehouseId, Shelf>,
}

impl Wanted<'_> {
    fn shortage(&self) -> Option<Shortage> {
        let available = self.shelves.values().flat_map(Shelf::values).copied().fold(0, i64::saturating_add);
        (available < i64::from(self.units)).then(|| Shortage {
            product_id: self.sku.product.clone(),
            variation_id: self.sku.variation.clone(),
            requested: self.units,
            available,
        })
    }

    /// Units that a warehouse can give, at most as many as are wanted.
    fn given_by(&self, warehouse: &WarehouseId) -> u32 {
        let units = self.shelves.get(warehouse).into_iter().flat_map(Shelf::values).copied();
        u32::try_from(units.fold(0, i64::saturating_add)).unwrap_or(u32::MAX).min(self.units)
    }
}

fn shelves<'a>(
    stock: &'a [StockBucket],
    ways: &BTreeMap<&WarehouseId, Way>,
) -> BTreeMap<&'a WarehouseId, Shelf> {
    let mut shelves: BTreeMap<&WarehouseId, Shelf> = BTreeMap::new();
    for level in stock.iter().filter(|level| ways.contains_key(&level.warehouse)) {
        let shelf = shelves.entry(&level.warehouse).or_default();
        shelf.entry(level.bucket).or_insert(level.on_hand.max(0));
    }
    shelves
}

/// A warehouse that serves the destination and has something that is wanted.
struct Candidate<'a> {
    warehouse: &'a WarehouseId,
    way: Way,
    /// Units that it can give of each wanted sku.
    gives: Vec<u32>,
}

/// What the search looks at. Candidates are known by their place in the order of names.
struct Field<'a> {
    /// Units of each sku, and grams of one.
    wanted: Vec<(u32, u32)>,
    candidates: Vec<Candidate<'a>>,
    /// The most that any one candidate gives of each sku.
    most: Vec<u32>,
}

/// A set that has everything. Less is better, field by field.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Score {
    /// Micrograms CO2e.
    carbon: u128,
    distance_km: u64,
    set: Vec<usize>,
}

impl<'a> Field<'a> {
    fn new(wanted: &[Wanted], ways: &BTreeMap<&'a WarehouseId, Way>) -> Self {
        let candidates: Vec<Candidate> = ways
            .iter()
            .map(|(warehouse, way)| Candidate {
                warehouse,
                way: *way,
                gives: wanted.iter().map(|wanted| wanted.given_by(warehouse)).collect(),
            })
            .filter(|candidate| candidate.gives.iter().any(|units| *units > 0))
            .collect();
        let most =
            |at: usize| candidates.iter().map(|candidate| candidate.gives[at]).max().unwrap_or_default();
        Self {
            wanted: wanted.iter().map(|wanted| (wanted.units, wanted.weight_grams)).collect(),
            most: (0..wanted.len()).map(most).collect(),
            candidates,
        }
    }

    /// The best set, what decided for it, and how many there were.
    fn choose(&self) -> (Vec<usize>, AllocationReason, u32) {
        let mut found = Vec::new();
        for size in 0..=EXACT_PARCELS.min(self.candidates.len()) {
            self.search(&mut Vec::new(), 0, size, &mut found);
            if !found.is_empty() {
                break;
            }
        }
        found.sort_unstable();
        let considered = u32::try_from(found.len()).unwrap_or(u32::MAX).max(1);
        let mut best_first = found.into_iter();
        let (best, next) = match best_first.next() {
            Some(best) => (best, best_first.next()),
            None => (self.score(self.greedy()), None),
        };
        let reason = match next {
            None if best.set.iter().all(|at| self.is_indispensable(*at)) => AllocationReason::OnlyChoice,
            None => AllocationReason::FewestParcels,
            Some(next) if next.carbon != best.carbon => AllocationReason::LeastCarbon,
            Some(next) if next.distance_km != best.distance_km => AllocationReason::Nearest,
            Some(_) => AllocationReason::FirstByName,
        };
        (best.set, reason, considered)
    }

    /// Finds each set that has everything and consists of `set` and `left` more candidates, `from` or later.
    fn search(&self, set: &mut Vec<usize>, from: usize, left: usize, found: &mut Vec<Score>) {
        if !self.can_cover(set, left) {
            return;
        }
        if left == 0 {
            found.push(self.score(set.clone()));
            return;
        }
        for at in from..self.candidates.len() {
            set.push(at);
            self.search(set, at + 1, left - 1, found);
            set.pop();
        }
    }

    /// Whether `set` has everything, or could have with `left` more candidates.
    fn can_cover(&self, set: &[usize], left: usize) -> bool {
        let left = u64::try_from(left).unwrap_or(u64::MAX);
        self.wanted.iter().zip(&self.most).enumerate().all(|(sku, ((units, _), most))| {
            let have: u64 = set.iter().map(|at| u64::from(self.candidates[*at].gives[sku])).sum();
            have + left * u64::from(*most) >= u64::from(*units)
        })
    }

    fn is_indispensable(&self, candidate: usize) -> bool {
        let others: Vec<usize> = (0..self.candidates.len()).filter(|at| *at != candidate).collect();
        !self.can_cover(&others, 0)
    }

    /// Warehouses that have everything together, each of which is needed.
    fn greedy(&self) -> Vec<usize> {
        let mut open: Vec<u32> = self.wanted.iter().map(|(units, _)| *units).collect();
        let mut rest: Vec<usize> = self.in_order_of_carbon((0..self.candidates.len()).collect());
        let mut set = Vec::new();
        while open.iter().any(|units| *units > 0) && !rest.is_empty() {
            let useful = |at: &usize| -> u64 {
                self.candidates[*at]
                    .gives
                    .iter()
                    .zip(&open)
                    .map(|(has, open)| u64::from(*has.min(open)))
                    .sum()
            };
            let best =
                (0..rest.len()).max_by_key(|at| (useful(&rest[*at]), Reverse(*at))).unwrap_or_default();
            let best = rest.remove(best);
            for (open, has) in open.iter_mut().zip(&self.candidates[best].gives) {
                *open = open.saturating_sub(*has);
            }
            set.push(best);
        }
        for at in self.in_order_of_carbon(set.clone()).into_iter().rev() {
            let without: Vec<usize> = set.iter().copied().filter(|other| *other != at).collect();
            if self.can_cover(&without, 0) {
                set = without;
            }
        }
        set.sort_unstable();
        set
    }

    fn in_order_of_carbon(&self, mut set: Vec<usize>) -> Vec<usize> {
        set.sort_by_key(|at| {
            let way = self.candidates[*at].way;
            (way.rate(), way.distance_km, *at)
        });
        set
    }

    /// How many units of each sku come from each candidate of the set.
    fn shares(&self, set: &[usize]) -> BTreeMap<usize, Vec<u32>> {
        let mut open: Vec<u32> = self.wanted.iter().map(|(units, _)| *units).collect();
        let in_order = self.in_order_of_carbon(set.to_vec());
        in_order
            .into_iter()
            .map(|at| {
                let gives = &self.candidates[at].gives;
                let share = open.iter().zip(gives).map(|(open, has)| *open.min(has)).collect::<Vec<u32>>();
                open.iter_mut().zip(&share).for_each(|(open, units)| *open -= units);
                (at, share)
            })
            .collect()
    }

    fn weight_grams(&self, share: &[u32]) -> u64 {
        let weights = self.wanted.iter().zip(share);
        weights
            .map(|((_, weight), units)| u64::from(*weight) * u64::from(*units))
            .fold(0, u64::saturating_add)
    }

    fn score(&self, set: Vec<usize>) -> Score {
        let carbon = |(at, share): (usize, Vec<u32>)| {
            u128::from(self.weight_grams(&share)) * u128::from(self.candidates[at].way.rate())
        };
        Score {
            carbon: self.shares(&set).into_iter().map(carbon).fold(0, u128::saturating_add),
            distance_km: set.iter().map(|at| u64::from(self.candidates[*at].way.distance_km)).sum(),
            set,
        }
    }
}

/// Takes the goods from the buckets of the chosen warehouses.
fn plan(field: &Field, wanted: &[Wanted], set: &[usize], mut choice: Choice, spread: u64) -> AllocationPlan {
    let mut allocations = Vec::new();
    for (at, share) in field.shares(set) {
        let Candidate { warehouse, way, .. } = &field.candidates[at];
        let weight_grams = field.weight_grams(&share);
        choice.legs.push(Leg {
            warehouse: (*warehouse).clone(),
            weight_grams,
            distance_km: way.distance_km,
            g_per_tkm: way.g_per_tkm,
            carbon_grams: leg_grams(weight_grams, way.distance_km, way.g_per_tkm),
            mode: way.mode,
        });
        for (wanted, units) in wanted.iter().zip(share) {
            let taken = wanted.shelves.get(warehouse).map(|shelf| take(shelf, units, spread));
            allocations.extend(taken.into_iter().flatten().map(|(bucket, quantity)| Allocation {
                warehouse: (*warehouse).clone(),
                sku: wanted.sku.clone(),
                bucket,
                quantity,
            }));
        }
    }
    allocations.sort_unstable();
    AllocationPlan { allocations, choice }
}
