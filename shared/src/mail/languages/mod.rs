//! The words of mails: one file per language, and nothing but words in it.

pub(super) mod arabic;
pub(super) mod dutch;
pub(super) mod english;
pub(super) mod french;
pub(super) mod german;
pub(super) mod hebrew;
pub(super) mod spanish;
