//! Sessions, ink, needles and time in the chair.
//!
//! In: the scene's sessions, zone rows, the planned duration. Out: blocks of the sheet. Absent: clocks; a date is the one that
//! the scene gives.

use frames::Date;
use record::{Block, Column, Table};
use skin::Group;

use super::zones::{ZoneRow, needle};
use crate::budget::{BREAK_S, CHECK_EVERY, CHECK_S, Chair, DIP_S, WORK_S, checks, dips, time};
use crate::{Failure, Planned, Treatment, even};

/// Days between sessions: default 14, at least 10 (skin.md section 6, S1, S43).
const REST_DAYS: i64 = 14;
const LEAST_DAYS: i64 = 10;
/// Filling of a hole with ink, middle of 0.3-0.6 (skin.md 3.2).
const FILL: f64 = 0.45;
/// Longest session, seconds (skin.md 1.5: 2-4 h).
const LONGEST_S: f64 = 4.0 * 3600.0;
/// Share of the dots that a session lays when the scene says nothing, per cent (skin.md 1.3, 6).
const LADDERS: [&[f64]; 4] = [&[100.0], &[50.0, 50.0], &[30.0, 40.0, 30.0], &[25.0, 30.0, 25.0, 20.0]];

/// `[session]`, one row each.
pub(super) fn sessions(treatment: &Treatment) -> Vec<Block> {
    let session = &treatment.file.scene.session;
    let of = usize::from(session.of.max(1));
    let usual = LADDERS.get(of - 1).map(|l| l.to_vec());
    let shares = session.ladder_percent.clone().or(usual).unwrap_or_else(|| vec![100.0 / of as f64; of]);
    let mut sum = 0.0;
    let rows = shares.iter().enumerate().map(|(i, share)| {
        sum += share;
        let number = i as u16 + 1;
        let today = if number == session.number { "this sheet" } else { "" };
        vec![
            number.to_string(),
            format!("{share:.0}"),
            format!("{sum:.0}"),
            when(session.date, session.number, number),
            today.to_owned(),
        ]
    });
    let rows = rows.collect();
    let head = vec![
        Column::words("session"),
        Column::number("share", "% of all dots"),
        Column::number("then in all", "%"),
        Column::words("not before"),
        Column::words(""),
    ];
    let least = format!(
        "Sessions are {REST_DAYS} days apart, never less than {LEAST_DAYS}: skin that has not closed takes pigment badly. Each \
         fills the gaps that healing left. The result has settled four to six weeks after the last."
    );
    vec![Block::Table(Table { head, rows, marks: Vec::new() }), Block::Note(least)]
}

/// Day of a session, from the date of today's or from the first one's day.
fn when(date: Option<Date>, today: u16, number: u16) -> String {
    let apart = REST_DAYS * (i64::from(number) - i64::from(today));
    match date {
        Some(date) if number == today => date.to_string(),
        Some(date) if number > today => date.plus(apart).to_string(),
        Some(_) => "done before".to_owned(),
        None if number == 1 => "day 0".to_owned(),
        None => format!("day {}", REST_DAYS * (i64::from(number) - 1)),
    }
}

/// Ink, dips, needle.
pub(super) fn ink(treatment: &Treatment, rows: &[ZoneRow]) -> Result<Vec<Block>, Failure> {
    let group = &treatment.group;
    let head = vec![
        Column::words("zone"),
        Column { unit: "concentrate : water".into(), ..Column::words("ink") },
        Column::words("needle"),
        Column::number("dots today", ""),
        Column::number("dips", ""),
        Column::number("ink left in the skin", "ul"),
        Column::number("pigment", "mg/cm2, all sessions"),
    ];
    let cells = rows.iter().map(|row| {
        let volume = volume(group, row).map(|v| v * row.dots_today as f64);
        let load = row.ink.map_or("-".to_owned(), |ink| {
            // kg/m2 to mg/cm2.
            let load = |mass: f64| format!("{:.3}", mass * row.dots_full as f64 / row.area * 100.0);
            skin::mass_per_hit(group, row.window[1], FILL, ink).map_or_else(|e| e.to_string(), load)
        });
        vec![
            row.name.clone(),
            shade(row),
            needle(group),
            row.dots_today.to_string(),
            dips(row.dots_today).to_string(),
            volume.map_or_else(|e| e.to_string(), |v| format!("{:.2}", v * 1e9)),
            load,
        ]
    });
    let cells = cells.collect();
    let dots: usize = rows.iter().map(|r| r.dots_today).sum();
    let notes = format!(
        "The ink is the one whose healed dot has the wanted shade: mix the nearest at hand and make test dots. One dip for {:.0} dots. The tip is looked at every {CHECK_EVERY} dots: {} times today; a bent or blunt needle is changed. \
         Ink is what the skin keeps in its holes. For comparison, tattoos hold about \
         2.5 mg of pigment per cm2 (0.6 to 9.4).",
        skin::DOTS_PER_DIP,
        checks(dots)
    );
    let marks = rows.iter().map(|r| r.colour).collect();
    Ok(vec![Block::Table(Table { head, rows: cells, marks }), Block::Note(notes)])
}

/// What to mix and what the skin takes today.
pub(super) fn prepare(budget: &record::Budget) -> Vec<Block> {
    let tables = [even::ink(budget), even::dose(budget)];
    tables.into_iter().flat_map(|t| [Block::Table(t.table), Block::Note(t.note)]).collect()
}

/// Of one dot, m3.
fn volume(group: &Group, row: &ZoneRow) -> Result<f64, skin::SkinError> {
    Ok(f64::from(group.points()) * skin::ink_volume(group.diameter(), row.window[1], FILL)?)
}

/// The ink of a row, to the nearest that is mixed.
pub(super) fn shade(row: &ZoneRow) -> String {
    match row.ink {
        Some(ink) if ink.parts() < 0.05 => "undiluted".to_owned(),
        Some(ink) => format!("1:{:.1}", ink.parts()),
        None => "darker than undiluted".to_owned(),
    }
}

/// Time in the chair.
pub(super) fn blocks(chair: &Chair, planned: &Planned) -> Vec<Block> {
    let row = |what: &str, s: f64, how: String| vec![what.to_owned(), time(s), how];
    let rate = format!("{} dots at {:.2} a second", planned.stats.planned, planned.stats.rate_per_s);
    let mut rows = vec![row("the arm at work", chair.work, rate)];
    rows.push(row("ink and needle checks", chair.dips, format!("{DIP_S:.0} s a dip, {CHECK_S:.0} s a check")));
    rows.push(row("breaks", chair.breaks, format!("{:.0} min after every {:.0}", BREAK_S / 60.0, WORK_S / 60.0)));
    rows.push(row("in the chair", chair.total(), String::new()));
    let head = vec![Column::words("part"), Column::number("time", ""), Column::words("")];
    let mut blocks = vec![Block::Table(Table { head, rows, marks: Vec::new() })];
    if chair.total() > LONGEST_S {
        blocks.push(Block::Alert(format!(
            "{} is longer than a session should be ({}): split it into two days.",
            time(chair.total()),
            time(LONGEST_S)
        )));
    }
    if !planned.rejected.is_empty() {
        blocks.push(Block::Alert(format!(
            "{} dots of today cannot be reached by the arm and will be left out.",
            planned.rejected.len()
        )));
    }
    blocks.push(Block::Note(
        "Times to look, to hold after a movement, and to register the head anew are not in these figures.".to_owned(),
    ));
    blocks
}
#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
    use super::*;

    #[test]
    fn days_of_sessions() {
        let date = |text: &str| Some(text.parse::<Date>().unwrap());
        for (from, today, number, want) in [
            (None, 1, 1, "day 0"),
            (None, 1, 3, "day 28"),
            (date("2026-11-20"), 1, 1, "2026-11-20"),
            (date("2026-11-20"), 1, 2, "2026-12-04"),
            (date("2026-12-20"), 2, 3, "2027-01-03"),
            (date("2026-12-20"), 2, 1, "done before"),
        ] {
            assert_eq!(when(from, today, number), want);
        }
    }
}
