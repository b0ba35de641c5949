//! The names of countries: territory names of the Unicode CLDR (fonts/README.md says whose, and under which licence).

/// Codes of ISO 3166-1 and `XK`, and a name for each in every language of bills, in columns.
static NAMES: &str = include_str!("../data/countries.tsv");

/// The name of a country in a language that bills exist in; its code if it has none.
pub fn name<'a>(code: &'a str, language: &str) -> &'a str {
    let mut lines = NAMES.lines();
    let column = lines.next().and_then(|head| head.split('\t').position(|known| known == language));
    let row = lines.find(|line| line.split('\t').next() == Some(code));
    let name = row.zip(column).and_then(|(row, column)| row.split('\t').nth(column));
    name.unwrap_or(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::language::Spoken;

    #[test]
    fn every_country_has_a_name_in_every_language() {
        let rows: Vec<&str> = NAMES.lines().collect();
        assert_eq!(rows.len(), 1 + 250);
        for language in Spoken::ALL {
            assert!(!name("XK", language.tag()).is_empty());
            assert_ne!(name("NL", language.tag()), "NL");
        }
        assert!(rows.iter().all(|row| row.split('\t').all(|name| !name.is_empty())));
        assert_eq!((name("DE", "fr"), name("DE", "ar"), name("ZZ", "en")), ("Allemagne", "ألمانيا", "ZZ"));
    }
}
