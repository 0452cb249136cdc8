//! All pictures on one sheet, with labels.
//!
//! In: rows of pictures. Out: one picture: times from left to right, the head and then the distances from top to bottom.
//! Absent: figures that the pictures do not show.

use record::{Colour, Picture};

use super::window::ARCMIN;
use super::{HEAD_REDUCED, Row};
use crate::looks::Finished;

/// A cell of the sheet: the middle of a picture.
const CELL: usize = 300;
const GAP: usize = 6;
/// Left of the cells, for the distances.
const GUTTER: usize = 116;
/// Above and below the cells.
const TOP: usize = 66;
const FOOT: usize = 58;
/// Under every cell.
const CAPTION: usize = 14;
const PAPER: Colour = [255; 3];
const WORDS: Colour = [40; 3];
/// A pixel of an ordinary screen, 96 to the inch, metres.
const SCREEN: f64 = 25.4e-3 / 96.0;

pub(super) fn compose(finished: &Finished, rows: &[Row], sharp: bool) -> Picture {
    let distances: Vec<f64> = rows.first().map_or(Vec::new(), |row| row.shots.iter().map(|s| s.distance_m).collect());
    let width = GUTTER + rows.len() * (CELL + GAP);
    let left = |column: usize| GUTTER + column * (CELL + GAP);
    let top = |line: usize| TOP + line * (CELL + CAPTION + GAP);
    let height = top(distances.len() + 1) + FOOT;
    let mut sheet = Picture::plain(width, height, PAPER);
    let treatment = &finished.treatment;
    let title = format!(
        "{}: {} dots in {} sessions, skin of L* {:.0}",
        treatment.file.name(),
        finished.sites().count(),
        finished.sessions.len(),
        treatment.person.lightness()
    );
    sheet.write(&title, GUTTER, 12, 2, WORDS);
    for (column, row) in rows.iter().enumerate() {
        sheet.write(&row.when.to_string(), left(column), TOP - 24, 2, WORDS);
        sheet.paste(&row.head.middle([CELL; 2]).picture(), left(column), top(0));
        for (line, shot) in row.shots.iter().enumerate() {
            sheet.paste(&shot.seen.middle([CELL; 2]).picture(), left(column), top(line + 1));
            let under = format!("L* {:.1}, texture {:.1} x threshold", shot.sight.lightness, shot.sight.best());
            sheet.write(&under, left(column), top(line + 1) + CELL + 3, 1, WORDS);
        }
    }
    sheet.write("from 2 m", 4, top(0) + 4, 2, WORDS);
    sheet.write(&format!("{HEAD_REDUCED} x smaller"), 4, top(0) + 26, 1, WORDS);
    for (line, distance) in distances.iter().enumerate() {
        let wide = CELL as f64 * ARCMIN * std::f64::consts::PI / 10_800.0 * distance * 1e3;
        sheet.write(&format!("{distance} m"), 4, top(line + 1) + 4, 2, WORDS);
        sheet.write(&format!("{wide:.0} mm wide"), 4, top(line + 1) + 26, 1, WORDS);
    }
    let pixel = ARCMIN * std::f64::consts::PI / 10_800.0;
    let blurred = if sharp { "not blurred" } else { "blurred as an eye blurs" };
    let lines = [
        format!("One pixel is {ARCMIN} arc minutes, {blurred}: what a good eye sees from that distance, enlarged."),
        format!("At 96 pixels an inch this sheet has its true angles {:.1} m from the screen.", SCREEN / pixel),
        "Texture: contrast over the threshold of a standard observer in the octave that shows it best; below 1 it looks even.".into(),
    ];
    for (k, line) in lines.iter().enumerate() {
        sheet.write(line, GUTTER, top(distances.len() + 1) + 4 + 16 * k, 1, WORDS);
    }
    sheet
}
