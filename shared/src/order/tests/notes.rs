//! What staff writes down.

use super::super::fixtures::*;
use super::super::*;
use crate::limits;

fn write(notes: Option<&str>) -> Command {
    Command::ChangeNotes { notes: notes.map(str::to_owned) }
}

#[test]
fn the_last_note_counts_and_the_log_keeps_all_of_them() {
    let mut case = Case::cod();
    assert_eq!(case.order.internal_notes(&case.document), None);
    for notes in [Some("calls on Monday"), Some("called"), None, Some("calls again")] {
        case.staff(&write(notes));
        assert_eq!(case.order.internal_notes(&case.document), notes);
        assert_eq!(case.staff(&write(notes)), [], "nothing is new");
    }
    let changes = case.names().into_iter().filter(|name| *name == "notes_changed").count();
    assert_eq!(changes, 4);
}

#[test]
fn a_note_of_the_placement_counts_until_another_is_written_or_it_is_taken_away() {
    let mut case = Case::cod();
    case.document.internal_notes = Some("VIP".into());
    assert_eq!(case.order.internal_notes(&case.document), Some("VIP"));
    assert_eq!(case.staff(&write(Some("VIP"))), [], "that is what it says");
    case.staff(&write(None));
    assert_eq!(case.order.internal_notes(&case.document), None);
}

#[test]
fn a_note_changes_nothing_else() {
    let mut case = Case::delivered();
    let before = case.order.clone();
    case.later(60);
    case.staff(&write(Some("praised the wrapping")));
    let log = case.order.log[..before.log.len()].to_vec();
    assert_eq!(Order { log, updated_at: before.updated_at, ..case.order.clone() }, before);
    assert_eq!(case.effects.last(), Some(&Effects::default()));
}

#[test]
fn notes_are_staffs_alone_and_so_many() {
    let mut case = Case::cod();
    for actor in [Actor::Customer, Actor::Worker, Actor::Provider] {
        let why = case.refuses(&actor, &write(Some("x")));
        assert_eq!(why, Rejection::NotForRole { action: Action::ChangeNotes });
    }
    for number in 0..limits::NOTES_CHANGES {
        case.staff(&write(Some(&format!("note {number}"))));
    }
    assert!(matches!(case.refuses(&staff(), &write(Some("one more"))), Rejection::TooMany { .. }));
}
