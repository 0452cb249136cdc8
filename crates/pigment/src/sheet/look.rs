//! What the skin will look like: predicted L* from the day on, and how sure that is.
//!
//! In: a zone's row, the person. Out: [`Expected`], one value a time, absent where the law does not reach. Absent: colour,
//! shape, what a face looks like.

use frames::{Metres, Span};
use record::{Block, Column, Table};
use skin::{Dilution, Stipple, Tone, Wish};

use super::zones::ZoneRow;
use crate::Treatment;

/// L* and the interval that holds 95 of 100 cases; or why there is none.
type Predicted = Result<[f64; 3], String>;

/// Of one zone.
struct Expected {
    /// Today, this session alone, fresh.
    fresh: Predicted,
    /// Six weeks after the last session, then years.
    healed: Vec<Predicted>,
    /// Five years with much sun.
    sun: Predicted,
}

/// Years after the last session; healed is six weeks.
const YEARS: [f64; 3] = [1.0, 3.0, 5.0];

/// The table and what must be said with it.
pub(super) fn blocks(treatment: &Treatment, rows: &[ZoneRow]) -> Vec<Block> {
    let bare = treatment.person.lightness();
    let mut head = vec![
        Column::words("zone"),
        Column::number("today, fresh", "this session alone"),
        Column::number("6 weeks", "all sessions"),
    ];
    head.extend(
        YEARS.iter().map(|y| Column::number(&format!("{y:.0} year{}", if *y > 1.0 { "s" } else { "" }), "no touch-up")),
    );
    head.push(Column::number("5 years", "much sun"));
    let mut reasons: Vec<String> = Vec::new();
    let mut cells = Vec::new();
    for row in rows {
        let expected = expected(treatment, row);
        let all = [&expected.fresh].into_iter().chain(&expected.healed).chain([&expected.sun]);
        let mut line = vec![row.name.clone()];
        for value in all {
            line.push(match value {
                Ok([l, low, high]) => format!("{l:.1} ({:+.1})\n{low:.1} to {high:.1}", l - bare),
                Err(why) => {
                    let text = format!("{}: {why}", row.name);
                    if !reasons.contains(&text) {
                        reasons.push(text);
                    }
                    "beyond\nthe law, see below".to_owned()
                }
            });
        }
        cells.push(line);
    }
    let marks = rows.iter().map(|r| r.colour).collect();
    let stubble = treatment.person.stubble().lightness(bare);
    let mut blocks = vec![
        Block::Text(format!(
            "Lightness L* of the scalp where the zone is densest (0 is black, 100 white; 1 is just noticeable). Untreated skin \
             is taken as {bare:.1}{}. In brackets: difference from it; below: the range that holds 95 of 100 cases.",
            stubble.map_or(String::new(), |l| format!("; with the person's own shaved hair it would be about {l:.1}"))
        )),
        Block::Table(Table { head, rows: cells, marks }),
    ];
    if !reasons.is_empty() {
        let mut points = vec![
            "Beyond the law means that nobody has measured or computed such a case; nothing is promised there."
                .to_owned(),
        ];
        points.extend(reasons);
        blocks.push(Block::List(points));
    }
    let tested = rows.iter().all(|r| treatment.person.calibration.zone(r.skin).is_some());
    if !tested {
        blocks.push(Block::Note(
            "No test dots of this person: the figures rest on published means. Test dots, read after four weeks, narrow the \
             range and come first."
                .to_owned(),
        ));
    }
    blocks
}

fn expected(treatment: &Treatment, row: &ZoneRow) -> Expected {
    let wish = Wish::new(&treatment.person, row.skin, Tone::Darken(1.0), Some(row.full));
    let Ok(wish) = wish.map(|w| Wish { tip: row.window[1], ..w }) else {
        let none = || Err("no figures for this skin".to_owned());
        return Expected { fresh: none(), healed: YEARS.iter().map(|_| none()).chain([none()]).collect(), sun: none() };
    };
    let at = |age: Span, sun: f64| match row.ink {
        Some(ink) => healed(&Wish { age, sun, ..wish }, row, ink),
        None => Err("undiluted ink is not black enough for the wanted shade".to_owned()),
    };
    Expected {
        fresh: row.ink.map_or(Err("the ink is not known".to_owned()), |ink| fresh(&wish, row, ink)),
        healed: [skin::HEALED].into_iter().chain(YEARS.map(skin::years)).map(|age| at(age, 1.0)).collect(),
        sun: at(skin::years(5.0), 2.0),
    }
}

fn healed(wish: &Wish, row: &ZoneRow, ink: Dilution) -> Predicted {
    let l = wish.predict(row.full, row.healed, ink).map_err(|e| why(&e))?;
    Ok(between(wish, l))
}

/// Nothing lost yet, dots as wide as they are fresh (skin.md 3.3); today's dots alone.
fn fresh(wish: &Wish, row: &ZoneRow, ink: Dilution) -> Predicted {
    let column = skin::column(row.window[1], wish.facts.epidermis).ok_or("the tip stays in the epidermis")?;
    let wide: Metres = skin::fresh_diameter(row.healed).map_err(|e| why(&e))?;
    let stipple = Stipple {
        lightness: wish.skin,
        density: row.today,
        diameter: wide,
        column,
        // The same pigment in a wider column.
        absorption: skin::absorption(ink, (row.healed / wide).powi(2)),
    };
    let one = wish.facts.side_light * skin::dot_area(&stipple).map_err(|e| why(&e))?;
    let load = skin::load_of(row.today.get() * one).map_err(|e| why(&e))?;
    Ok(between(wish, skin::lightness_of(skin::reflectance_of(wish.skin) * (-load).exp())))
}

/// For people: two decimals.
fn why(error: &skin::SkinError) -> String {
    match error {
        skin::SkinError::OutOfRange { what, value, least, most, unit } => {
            format!("the {what} would be {value:.2} {unit}; known from {least:.2} to {most:.2} {unit}")
        }
        other => other.to_string(),
    }
}

/// By the law's own error and by how much side light differs between people.
fn between(wish: &Wish, lightness: f64) -> [f64; 3] {
    let bare = skin::reflectance_of(wish.skin);
    let load = (bare / skin::reflectance_of(lightness)).ln();
    let error = skin::LAW_ERROR.hypot(wish.unsure);
    let with = |k: f64| skin::lightness_of(bare * (-load * k.max(0.0)).exp());
    [lightness, with(1.0 + error), with(1.0 - error)]
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
    use std::path::Path;

    use super::super::zones::Design;
    use super::*;

    fn row(treatment: &Treatment) -> ZoneRow {
        let design = Design::finished(treatment).unwrap();
        design.rows(treatment, &treatment.lay().unwrap())[0].clone()
    }

    #[test]
    fn pigment_darkens_then_fades() {
        let treatment = Treatment::load(&crate::repository(Path::new("scenes/hairline.toml"))).unwrap();
        let e = expected(&treatment, &row(&treatment));
        let bare = treatment.person.lightness();
        let mut last = 0.0;
        for value in e.healed.iter().chain([&e.sun]) {
            let [l, low, high] = *value.as_ref().unwrap();
            assert!(low < l && l < high && high < bare, "{value:?}");
            assert!(l > last, "it only gets lighter: {l} after {last}");
            last = l;
        }
        // 30 % of the dots, fresh, are lighter than all of them healed.
        let fresh = e.fresh.as_ref().unwrap()[0];
        assert!(fresh > e.healed[0].as_ref().unwrap()[0] && fresh < bare, "{fresh}");
    }

    #[test]
    fn beyond_the_law_is_said() {
        let treatment = Treatment::load(&crate::repository(Path::new("scenes/hairline.toml"))).unwrap();
        let wide = ZoneRow { healed: Metres::from_mm(0.50), ..row(&treatment) };
        let e = expected(&treatment, &wide);
        assert!(e.fresh.unwrap_err().contains("dot diameter") && e.healed[0].is_err());
    }
}
