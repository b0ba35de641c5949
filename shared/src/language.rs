//! Which languages we speak. A tag of any language is an [`ids::Language`](crate::ids::Language).

use crate::ids::Language;

/// A language that we write to customers in. Everything written for them has words in all of these, by a match that does not
/// compile without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Spoken {
    /// English, for whoever reads none of the others.
    #[default]
    English,
    /// Dutch.
    Dutch,
    /// German.
    German,
    /// French.
    French,
    /// Spanish.
    Spanish,
    /// Arabic, in the standard language.
    Arabic,
    /// Hebrew.
    Hebrew,
}

impl Spoken {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::English, Self::Dutch, Self::German, Self::French, Self::Spanish, Self::Arabic, Self::Hebrew];

    /// Its tag (BCP 47), as HTML names it.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Dutch => "nl",
            Self::German => "de",
            Self::French => "fr",
            Self::Spanish => "es",
            Self::Arabic => "ar",
            Self::Hebrew => "he",
        }
    }

    /// Whether it is written from right to left.
    pub const fn is_right_to_left(self) -> bool {
        matches!(self, Self::Arabic | Self::Hebrew)
    }

    /// The months as a date has them, from January (Unicode CLDR 48, `dates`).
    pub const fn months(self) -> [&'static str; 12] {
        match self {
            Self::English => [
                "January",
                "February",
                "March",
                "April",
                "May",
                "June",
                "July",
                "August",
                "September",
                "October",
                "November",
                "December",
            ],
            Self::Dutch => [
                "januari",
                "februari",
                "maart",
                "april",
                "mei",
                "juni",
                "juli",
                "augustus",
                "september",
                "oktober",
                "november",
                "december",
            ],
            Self::German => [
                "Januar",
                "Februar",
                "März",
                "April",
                "Mai",
                "Juni",
                "Juli",
                "August",
                "September",
                "Oktober",
                "November",
                "Dezember",
            ],
            Self::French => [
                "janvier",
                "février",
                "mars",
                "avril",
                "mai",
                "juin",
                "juillet",
                "août",
                "septembre",
                "octobre",
                "novembre",
                "décembre",
            ],
            Self::Spanish => [
                "enero",
                "febrero",
                "marzo",
                "abril",
                "mayo",
                "junio",
                "julio",
                "agosto",
                "septiembre",
                "octubre",
                "noviembre",
                "diciembre",
            ],
            Self::Arabic => [
                "يناير",
                "فبراير",
                "مارس",
                "أبريل",
                "مايو",
                "يونيو",
                "يوليو",
                "أغسطس",
                "سبتمبر",
                "أكتوبر",
                "نوفمبر",
                "ديسمبر",
            ],
            Self::Hebrew => [
                "ינואר",
                "פברואר",
                "מרץ",
                "אפריל",
                "מאי",
                "יוני",
                "יולי",
                "אוגוסט",
                "ספטמבר",
                "אוקטובר",
                "נובמבר",
                "דצמבר",
            ],
        }
    }

    /// The one of a tag, for whatever country it is ([`Language::lookup`]).
    pub fn of(language: &Language) -> Option<Self> {
        language.lookup(|tag| Self::ALL.into_iter().find(|known| known.tag().eq_ignore_ascii_case(tag)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_language_is_found_by_its_tag_wherever_it_is_spoken() {
        for (tag, found) in [
            ("de", Some(Spoken::German)),
            ("de-AT", Some(Spoken::German)),
            ("DE-latn-ch", Some(Spoken::German)),
            ("ar-EG", Some(Spoken::Arabic)),
            ("deu", None),
            ("pt-BR", None),
        ] {
            let language = Language::parse(tag).expect("a language");
            assert_eq!(Spoken::of(&language), found, "{tag}");
        }
    }

    #[test]
    fn all_languages_are_listed_once_and_found_by_their_own_tags() {
        for language in Spoken::ALL {
            assert_eq!(Spoken::of(&language.into()), Some(language));
        }
        let tags: BTreeSet<&str> = Spoken::ALL.into_iter().map(Spoken::tag).collect();
        assert_eq!(tags.len(), Spoken::ALL.len());
        assert_eq!(Language::default().as_str(), "en");
    }
}
