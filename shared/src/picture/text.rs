//! Text as pictures take it: characters that XML knows, lines that fit, figures that people read.

use crate::carbon::kilograms;
use crate::time::Timestamp;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Without the characters that XML 1.0 has not (2.2), and without those that turn the writing of what follows around. What
/// has a meaning in XML is escaped where it is written.
pub(super) fn xml(text: &str) -> String {
    let known = |c: char| match c {
        '\t' | '\n' | '\r' => true,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}' => false,
        _ => !c.is_control(),
    };
    text.chars().filter(|c| known(*c)).collect()
}

/// How wide a character is, in characters of Latin text: nobody can measure a font that is not there.
fn width(c: char) -> usize {
    match c {
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' => 0,
        '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' => 2,
        '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' => 2,
        '\u{1f000}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

fn width_of(text: &str) -> usize {
    text.chars().map(width).sum()
}

/// As much of a text as fits into `room` characters; an ellipsis stands for the rest.
pub(super) fn fitted(text: &str, room: usize) -> String {
    if width_of(text) <= room {
        return text.to_owned();
    }
    let mut taken = 0;
    let fits = |c: &char| {
        taken += width(*c);
        taken < room
    };
    let mut fitted: String = text.chars().take_while(fits).collect();
    fitted.truncate(fitted.trim_end().len());
    fitted.push('…');
    fitted
}

/// Lines of at most `room` characters, broken between words.
pub(super) fn wrapped(text: &str, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let word = fitted(word, room);
        match lines.last_mut() {
            Some(line) if width_of(line) + 1 + width_of(&word) <= room => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    lines
}

/// Grams as people write them: `830 g`, `1.32 kg`.
pub(super) fn mass(grams: u64) -> String {
    if grams < 1_000 {
        return format!("{grams} g");
    }
    let kilograms = kilograms(grams);
    format!("{} kg", kilograms.trim_end_matches('0').trim_end_matches('.'))
}

/// `28 Nov 2026, 08:46 UTC`, from a time of RFC 3339.
pub(super) fn moment(at: &str) -> String {
    let Ok(time) = Timestamp::parse_rfc3339(at) else { return at.to_owned() };
    let time = time.datetime();
    let month = MONTHS.get(usize::from(u8::from(time.month())) - 1).copied().unwrap_or_default();
    format!("{} {month} {}, {:02}:{:02} UTC", time.day(), time.year(), time.hour(), time.minute())
}

/// `28 Nov 2026`, from `2026-11-28`.
pub(super) fn day(date: &str) -> String {
    let whole = moment(&format!("{date}T00:00:00Z"));
    whole.split_once(',').map_or(whole.clone(), |(day, _)| day.to_owned())
}

/// What `part` of `whole` is of `length`, rounded down.
pub(super) fn share(part: u128, whole: u128, length: u32) -> u32 {
    let of_length = part.saturating_mul(u128::from(length)).checked_div(whole).unwrap_or_default();
    u32::try_from(of_length).unwrap_or(length).min(length)
}
