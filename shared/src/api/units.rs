//! Units of lines, as requests name them.

use serde::{Deserialize, Serialize};

use super::FieldError;
use crate::limits;
use crate::order::Units;

/// So many units of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskedUnits {
    /// Which line of the order, from 1.
    pub line_id: u32,
    /// How many.
    pub quantity: u32,
}

impl AskedUnits {
    /// As the order counts them; a line that cannot be is one that is not there.
    pub fn all(asked: &[Self]) -> Vec<Units> {
        let units = |asked: &Self| Units {
            line: u16::try_from(asked.line_id).unwrap_or(u16::MAX),
            quantity: asked.quantity,
        };
        asked.iter().map(units).collect()
    }
}

/// So many units of a line, in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct UnitsView {
    /// Which line of the order, from 1.
    pub line_id: u16,
    /// How many.
    pub quantity: u32,
}

impl UnitsView {
    /// Units of several lines.
    pub fn all(units: &[Units]) -> Vec<Self> {
        units.iter().map(|units| Self { line_id: units.line, quantity: units.quantity }).collect()
    }
}

/// What breaks a rule in a list of units below `/lines`; whether there are such lines, the order knows.
pub(super) fn check_units(asked: &[AskedUnits]) -> Vec<FieldError> {
    if !(1..=limits::LINES).contains(&asked.len()) {
        return vec![FieldError::new("/lines", "out_of_range", "1 to 200 lines")];
    }
    let mut errors = Vec::new();
    for (at, units) in asked.iter().enumerate() {
        if !(1..=limits::QUANTITY).contains(&units.quantity) {
            errors.push(FieldError::new(format!("/lines/{at}/quantity"), "out_of_range", "1 to 10000 units"));
        }
        if asked.iter().take(at).any(|earlier| earlier.line_id == units.line_id) {
            errors.push(FieldError::new(
                format!("/lines/{at}/line_id"),
                "duplicate",
                "the line is named twice",
            ));
        }
    }
    errors
}
