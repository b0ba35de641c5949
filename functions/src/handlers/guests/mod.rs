//! Orders without an account. Reading, paying and undoing them is the same as for customers; only placing is not.

pub mod place;
