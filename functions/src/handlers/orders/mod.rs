//! Orders, as customers and staff use them.

pub mod cancel;
pub mod change_status;
pub mod find_by_number;
pub mod get;
pub mod list;
pub mod pay;
pub mod place;
pub mod reorder;
pub mod show_impact;
pub mod show_ledger;
pub mod summarize;
pub mod track;
