//! Items that hold a bounded map of entries, changed entry by entry: a customer's addresses, the lines of a cart. One read
//! shows all of them, and writers of different entries do not lose each other's.

use aws_sdk_dynamodb::types::AttributeValue;
use shared::keys::Key;
use std::borrow::Cow;

use super::{Item, Outcome, Table, Write, number};
use crate::error::Error;

/// The place of one entry.
#[derive(Debug, Clone)]
pub(super) struct Entry<'a> {
    /// The item.
    pub key: Key,
    /// The attribute that holds the map.
    pub map: &'static str,
    /// The entry's name in it; any text.
    pub name: &'a str,
}

/// What else a change does, and on what condition. The default is nothing, and none.
#[derive(Debug, Clone, Default)]
pub(super) struct Also {
    /// More clauses of `SET`, e.g. `v = v + :one`.
    pub set: &'static str,
    /// What must hold as well, e.g. `v = :read`.
    pub condition: &'static str,
    /// Names that these need; `#map` and `#entry` are taken.
    pub names: Vec<(&'static str, String)>,
    /// Values that these need; `:entry` and `:most` are taken.
    pub values: Vec<(&'static str, AttributeValue)>,
}

/// What became of a change of an entry.
#[derive(Debug)]
pub(super) enum Changed {
    /// It is written.
    Done,
    /// There is no item yet, or it has no such map: it has to be created.
    Missing,
    /// The map has as many entries as it may have, and this one is not among them.
    Full,
    /// What else had to hold did not, against this item.
    Refused(Item),
}

impl Table {
    /// Adds an entry, or replaces it; there are at most `most`. Doing it twice is doing it once, except for what `also` does.
    pub(super) async fn put_entry(
        &self,
        entry: &Entry<'_>,
        value: AttributeValue,
        most: usize,
        also: Also,
    ) -> Result<Changed, Error> {
        let mut write = change(
            entry,
            joined("SET #map.#entry = :entry", ", ", also.set),
            "(attribute_exists(#map.#entry) OR size(#map) < :most)",
            also,
        );
        if let Write::Update { values, .. } = &mut write {
            values.extend([(":entry", value), (":most", number(most))]);
        }
        Ok(match self.change_entry(entry, write).await? {
            Changed::Refused(item) if full(&item, entry, most) => Changed::Full,
            outcome => outcome,
        })
    }

    /// Removes an entry. One that is not there is removed, so that an attempt whose answer is lost can be repeated.
    pub(super) async fn remove_entry(&self, entry: &Entry<'_>, also: Also) -> Result<Changed, Error> {
        let set = if also.set.is_empty() { Cow::Borrowed("") } else { joined("SET", " ", also.set) };
        let change =
            change(entry, format!("{set} REMOVE #map.#entry").into(), "attribute_exists(#map)", also);
        self.change_entry(entry, change).await
    }

    async fn change_entry(&self, entry: &Entry<'_>, write: Write) -> Result<Changed, Error> {
        let refused = match self.write(vec![write]).await? {
            Outcome::Done => return Ok(Changed::Done),
            Outcome::Refused(refused) => refused.into_iter().find_map(|(_, item)| item),
        };
        Ok(match refused {
            Some(item) if item.contains_key(entry.map) => Changed::Refused(item),
            _ => Changed::Missing,
        })
    }
}

fn change(entry: &Entry<'_>, change: Cow<'static, str>, condition: &'static str, also: Also) -> Write {
    let mut names = also.names;
    names.extend([("#map", entry.map.to_owned()), ("#entry", entry.name.to_owned())]);
    Write::Update {
        key: entry.key.clone(),
        change,
        condition: joined(condition, " AND ", also.condition),
        names,
        values: also.values,
    }
}

/// Two parts of an expression; the second may be none.
fn joined(first: &'static str, between: &str, second: &str) -> Cow<'static, str> {
    if second.is_empty() { first.into() } else { format!("{first}{between}{second}").into() }
}

/// Whether the item has no room for the entry: what the write's condition asks, against the very item it was asked of.
fn full(item: &Item, entry: &Entry<'_>, most: usize) -> bool {
    let entries = item.get(entry.map).and_then(|map| map.as_m().ok());
    entries.is_some_and(|entries| entries.len() >= most && !entries.contains_key(entry.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::text;
    use shared::ids::CustomerId;
    use shared::keys;

    #[test]
    fn only_an_entry_that_is_not_there_finds_the_map_full() {
        let alice = CustomerId::parse("alice").expect("valid");
        let entry = |name| Entry { key: keys::addresses(&alice), map: "addresses", name };
        let map = [("home", text("x")), ("work", text("y"))].map(|(name, value)| (name.to_owned(), value));
        let item = Item::from([("addresses".to_owned(), AttributeValue::M(map.into()))]);
        assert!(full(&item, &entry("club"), 2));
        assert!(!full(&item, &entry("club"), 3));
        assert!(!full(&item, &entry("home"), 2));
        assert!(!full(&Item::new(), &entry("home"), 2));
    }

    #[test]
    fn what_else_is_done_and_asked_is_part_of_the_one_write() {
        let alice = CustomerId::parse("alice").expect("valid");
        let entry = Entry { key: keys::addresses(&alice), map: "addresses", name: "home" };
        let also = Also {
            set: "v = v + :one",
            condition: "v = :read",
            names: vec![],
            values: vec![(":one", number(1)), (":read", number(7))],
        };
        let set = joined("SET #map.#entry = :entry", ", ", also.set);
        let Write::Update { change, condition, names, .. } =
            change(&entry, set, "attribute_exists(#map)", also)
        else {
            panic!("an entry is changed by an update");
        };
        assert_eq!(change, "SET #map.#entry = :entry, v = v + :one");
        assert_eq!(condition, "attribute_exists(#map) AND v = :read");
        assert_eq!(names, [("#map", "addresses".to_owned()), ("#entry", "home".to_owned())]);
    }
}
