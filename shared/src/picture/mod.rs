//! The picture of an order's life and of what it emits (R7): an SVG that a shop can put on its page as it is.
//!
//! It stands for itself: no script, no font, nothing that is fetched; light and dark by the reader's preference; text that screen
//! readers read; the same bytes for the same order. It is 400 wide and as high as it must be, in whole units.

mod draw;
mod style;
#[cfg(test)]
mod tests;
mod text;

use maud::{Markup, html};

use crate::api::impact::{ImpactView, LegView, StageView};
use draw::{Canvas, GAP, LEFT, RIGHT, STEM, WIDTH};
use text::{day, fitted, mass, moment, share, wrapped, xml};

/// Characters of small text that fit between the margins.
const LINE: usize = 56;

/// The picture of an order.
pub fn lifecycle(impact: &ImpactView) -> String {
    let mut canvas = Canvas::new();
    heading(&mut canvas, impact);
    stages(&mut canvas, impact);
    footing(&mut canvas, impact);
    let (height, drawn) = canvas.done();
    let (title, desc) = (format!("title-{}", impact.order_number), format!("desc-{}", impact.order_number));
    html! {
        svg xmlns="http://www.w3.org/2000/svg" class="order-impact" lang="en" role="img" width=(WIDTH) height=(height)
            viewBox={ "0 0 " (WIDTH) " " (height) } aria-labelledby={ (title) " " (desc) } {
            title id=(title) { "What order " (impact.order_number) " emits" }
            desc id=(desc) { (xml(&description(impact))) }
            style { (style::CSS) }
            rect class="card" x="1" y="1" width=(WIDTH - 2) height=(height - 2) rx="16" {}
            (drawn)
        }
    }
    .into_string()
}

/// Everything that the picture shows, in sentences.
fn description(impact: &ImpactView) -> String {
    let stages = impact.lifecycle.iter().filter_map(|stage| {
        stage.at.as_deref().map(|at| format!("{} on {}", label(stage.stage).to_lowercase(), moment(at)))
    });
    let legs = impact.transport.legs.iter().map(|leg| {
        let by = leg.mode.map(|mode| format!(" by {}", mode.label())).unwrap_or_default();
        let (weight, carbon) = (mass(leg.weight_grams), mass(leg.carbon_grams));
        format!(
            "{} from {} to {}, {} kilometres{by}: {carbon} CO2e.",
            weight, leg.warehouse_id, leg.destination.city, leg.distance_km
        )
    });
    let sums = format!(
        "An estimated {} kg CO2e: {} kg for carrying it, {} kg for its packaging.",
        impact.carbon_kg, impact.transport.carbon_kg, impact.packaging.carbon_kg
    );
    let told = [
        format!("Order {}: {}.", impact.order_number, stages.collect::<Vec<_>>().join(", ")),
        sums,
        legs.collect::<Vec<_>>().join(" "),
        impact.offset.statement.clone(),
        impact.trees.statement.clone(),
    ];
    told.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The sum, and what it is made of.
fn heading(canvas: &mut Canvas, impact: &ImpactView) {
    canvas.down(44);
    canvas.draw(|y| {
        html! {
            text class="small" x=(LEFT) y=(y - 8) { "What this order emits, estimated" }
            text class="small end" x=(RIGHT) y=(y - 8) { (impact.order_number) }
        }
    });
    canvas.down(46);
    canvas.draw(|y| {
        html! { text class="sum" x=(LEFT) y=(y - 4) {
            (xml(&fitted(&impact.carbon_kg, 15))) tspan class="unit" dx="8" { "kg CO₂e" }
        } }
    });
    let shares: Vec<(String, u64)> = impact
        .transport
        .legs
        .iter()
        .enumerate()
        .map(|(at, leg)| (tone(at), leg.carbon_grams))
        .chain([("pack".to_owned(), impact.packaging.carbon_grams)])
        .collect();
    canvas.down(14);
    canvas.draw(|y| bar(y, &shares, &impact.order_number));
    canvas.down(36);
    canvas.draw(|y| {
        html! {
            circle class="leg-0" cx=(LEFT + 5) cy=(y - 5) r="5" {}
            text class="small" x=(LEFT + 16) y=(y) { "carrying " (mass(impact.transport.carbon_grams)) }
            circle class="pack" cx=(LEFT + 181) cy=(y - 5) r="5" {}
            text class="small" x=(LEFT + 192) y=(y) { "packaging " (mass(impact.packaging.carbon_grams)) }
        }
    });
    canvas.down(30);
}

/// How the sum is made up: a bar of all that emits something.
fn bar(y: u32, shares: &[(String, u64)], number: &str) -> Markup {
    let whole = shares.iter().map(|(_, grams)| u128::from(*grams)).sum();
    let mut before = 0;
    let parts = shares.iter().map(|(class, grams)| {
        let from = share(before, whole, RIGHT - LEFT);
        before += u128::from(*grams);
        (class, LEFT + from, share(before, whole, RIGHT - LEFT) - from)
    });
    html! {
        clipPath id={ "bar-" (number) } { rect x=(LEFT) y=(y) width=(RIGHT - LEFT) height="10" rx="5" {} }
        g clip-path={ "url(#bar-" (number) ")" } {
            rect class="empty" x=(LEFT) y=(y) width=(RIGHT - LEFT) height="10" {}
            @for (class, x, width) in parts {
                @if width > 0 { rect class=(class) x=(x) y=(y) width=(width) height="10" {} }
            }
        }
    }
}

/// Each leg has a tone of its own, as far as there are tones.
fn tone(leg: usize) -> String {
    format!("leg-{}", leg % 4)
}

/// The stages of its life, and between leaving and arriving what carries it.
fn stages(canvas: &mut Canvas, impact: &ImpactView) {
    let on_the_way = impact.lifecycle.iter().position(|stage| stage.stage == "delivered");
    for (at, stage) in impact.lifecycle.iter().enumerate() {
        if on_the_way == Some(at) {
            for (number, leg) in impact.transport.legs.iter().enumerate() {
                card(canvas, impact, number, leg);
            }
        }
        let class = match (stage.stage, &stage.at) {
            ("cancelled", _) => "off",
            ("returned", _) => "back",
            (_, Some(_)) => "past",
            (_, None) => "to-come",
        };
        canvas.stage(class, |y| {
            html! {
                text class={ "stage " (class) } x=(STEM + 24) y=(y - 2) { (label(stage.stage)) }
                text class="small" x=(STEM + 24) y=(y + 16) { (when(stage)) }
            }
        });
    }
    canvas.end_of_stages();
}

fn when(stage: &StageView) -> String {
    match (&stage.at, &stage.expected) {
        (Some(at), _) => moment(at),
        (None, Some(expected)) => format!("promised for {}", day(expected)),
        (None, None) => "not yet".to_owned(),
    }
}

fn label(stage: &str) -> &'static str {
    match stage {
        "placed" => "Placed",
        "confirmed" => "Confirmed",
        "prepared" => "Prepared",
        "packed" => "Packed",
        "shipped" => "Shipped",
        "delivered" => "Delivered",
        "returned" => "Returned",
        _ => "Cancelled",
    }
}

/// The way from one warehouse: how much goes how far by what, in what, and what that emits.
fn card(canvas: &mut Canvas, impact: &ImpactView, number: usize, leg: &LegView) {
    let packed: Vec<_> =
        impact.packaging.parcels.iter().filter(|parcel| parcel.warehouse_id == leg.warehouse_id).collect();
    let packing: u64 = packed.iter().filter_map(|parcel| parcel.carbon_grams).fold(0, u64::saturating_add);
    let way = format!("{} → {}", leg.warehouse_id, leg.destination.city);
    let goods = match leg.parcels {
        0 => "Goods".to_owned(),
        1 => "1 parcel".to_owned(),
        several => format!("{several} parcels"),
    };
    let by = leg.mode.map(|mode| format!(", {}", mode.label())).unwrap_or_default();
    let carried = format!("{} over {} km{by}", mass(leg.weight_grams), leg.distance_km);
    let materials = packed.iter().filter_map(|parcel| {
        let (material, recycled) = parcel.material.zip(parcel.recycled_percent)?;
        let kind = if recycled == 0 { "new".to_owned() } else { format!("{recycled} % recycled") };
        Some(format!("{} {}, {kind}", mass(parcel.material_grams), material.label()))
    });
    let materials: Vec<String> = materials.collect();
    let packaging = match materials.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        several => {
            let grams = packed.iter().map(|parcel| parcel.material_grams).fold(0, u64::saturating_add);
            Some(format!("{} of packaging in {} parcels", mass(grams), several.len()))
        }
    };
    let height = if packaging.is_some() { 84 } else { 62 };
    canvas.card(&tone(number), height, |x, y| {
        html! {
            text class="way" x=(x) y=(y + 24) { (xml(&fitted(&format!("{goods}: {way}"), 34))) }
            text class="small" x=(x) y=(y + 45) { (xml(&fitted(&carried, 34))) }
            text class="grams end" x=(RIGHT - GAP) y=(y + 45) { (mass(leg.carbon_grams)) }
            @if let Some(packaging) = &packaging {
                text class="small" x=(x) y=(y + 67) { (xml(&fitted(packaging, 34))) }
                text class="grams end" x=(RIGHT - GAP) y=(y + 67) { (mass(packing)) }
            }
        }
    });
}

/// What the store does about it, and where the figures are from.
fn footing(canvas: &mut Canvas, impact: &ImpactView) {
    canvas.rule();
    let (offset, trees) = (impact.offset.offset_grams, impact.trees.trees_planted);
    let what = [
        (offset > 0).then(|| ("Offset", mass(offset), &impact.offset.statement)),
        (trees > 0).then(|| ("Trees", trees.to_string(), &impact.trees.statement)),
    ];
    let does_something = what.iter().any(Option::is_some);
    for (name, amount, statement) in what.into_iter().flatten() {
        canvas.down(22);
        canvas.draw(|y| {
            html! {
                text class="way" x=(LEFT) y=(y) { (name) }
                text class="grams end" x=(RIGHT) y=(y) { (amount) }
            }
        });
        lines(canvas, statement);
        canvas.down(8);
    }
    if does_something {
        canvas.rule();
    }
    canvas.down(4);
    lines(canvas, &format!("Not counted: {}.", impact.not_counted.join("; ")));
    let sources: Vec<String> =
        impact.factors.sources.iter().map(|source| format!("{} {}", source.publisher, source.year)).collect();
    canvas.down(6);
    lines(
        canvas,
        &format!("Factors {} {}: {}.", impact.factors.id, impact.factors.version, sources.join("; ")),
    );
    canvas.down(20);
}

/// A paragraph of small text.
fn lines(canvas: &mut Canvas, paragraph: &str) {
    for line in wrapped(paragraph, LINE) {
        canvas.down(18);
        canvas.draw(|y| html! { text class="small" x=(LEFT) y=(y) { (xml(&line)) } });
    }
}
