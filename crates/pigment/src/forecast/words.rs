//! A forecast for people and for programs: lines, tables, JSON, CSV.
//!
//! In: a forecast. Out: text. Absent: any figure that is not in it.

use std::fmt::Write as _;

use record::{Column, PageTable, Table};
use serde_json::{Value, json};
use skin::{Age, SkinError, ZoneOutlook};

use crate::Treatment;
use crate::forecast::{Forecast, Healed, ZoneForecast, density};

/// A needle that makes dots so much wider or narrower than wished is told; laws of the diameter are no truer.
const UNLIKE: f64 = 0.15;

/// Said with every table.
const NOTE: &str = "Healing: fresh is this session alone; later, all sessions count, their dots of this age. Means over \
     the dots; L* is where the zone is densest, with the range that holds 95 of 100 cases. Where no test dots of this person \
     stand behind them, these are other people's means: a range, not a promise.";

/// Heads of the columns after the age, and their units.
const COLUMNS: [(&str, &str); 7] = [
    ("diameter", "mm, one sigma"),
    ("pigment left", "%"),
    ("blackness", "% of light across a dot"),
    ("L*", "95 of 100"),
    ("hue", "da*, db*; minus b is bluer"),
    ("shed", "% of dots"),
    ("blown out", "% of dots"),
];

impl Forecast {
    /// Lines for a person.
    pub(super) fn text(&self, treatment: &Treatment) -> String {
        let mut text = format!("{}\n", treatment.file.about());
        for zone in &self.zones {
            let _ = writeln!(text, "\n{}", zone.line(treatment));
            let heads = ["age", "diameter, mm", "left, %", "black, %", "L*", "da* db*", "shed, %", "blown, %"];
            let _ = writeln!(text, "  {}", in_columns(&heads.map(str::to_owned)));
            for outlook in &zone.ages {
                let cells = row(outlook).map(|cell| cell.replace('\n', " "));
                let _ = writeln!(text, "  {}", in_columns(&cells));
            }
            for why in reasons(zone) {
                let _ = writeln!(text, "  {why}");
            }
        }
        let _ = write!(text, "\n{NOTE}");
        text
    }

    /// As in `report.json`: SI, the unit in the key.
    pub(crate) fn json(&self) -> Value {
        self.zones.iter().map(zone_json).collect()
    }
}

impl ZoneForecast {
    fn line(&self, treatment: &Treatment) -> String {
        let r = &self.row;
        let [darkest, lightest] = self.inks.map(|ink| format!("1:{:.1}", ink.parts()));
        let inks = if darkest == lightest { darkest } else { format!("{darkest} to {lightest}") };
        let group = &treatment.group;
        format!(
            "{} ({}): {} dots, {} now and {} in the end; {}RL of {} at {:.2} mm, ink {inks}",
            r.name,
            r.skin,
            self.dots,
            r.today,
            r.full,
            group.points(),
            group.diameter(),
            r.window[1].length().mm(),
        )
    }
}

/// One table a zone, for a page.
pub(crate) fn tables(what: &str, forecast: &Forecast) -> Vec<PageTable> {
    let head = || {
        let columns = COLUMNS.iter().map(|(name, unit)| Column::number(name, unit));
        [Column::words("age")].into_iter().chain(columns).collect()
    };
    let one = |zone: &ZoneForecast| {
        let rows = zone.ages.iter().map(|o| row(o).to_vec()).collect();
        PageTable {
            title: format!("How it heals: {}, {what}, {} dots", zone.row.name, zone.dots),
            note: reasons(zone).into_iter().chain([NOTE.to_owned()]).collect::<Vec<_>>().join(". "),
            table: Table { head: head(), rows, marks: Vec::new() },
        }
    };
    forecast.zones.iter().map(one).collect()
}

/// One line a zone, for paper: what a single dot becomes.
pub(crate) fn in_short(forecast: &Forecast) -> Table {
    let percent = |part: f64| format!("{:.1}", 100.0 * part);
    let rows = forecast.zones.iter().filter_map(|zone| {
        let at = |age: Age| zone.ages.iter().find(|o| o.age == age);
        let (healed, year) = (at(Age::SIX_WEEKS)?, at(Age::ONE_YEAR)?);
        let last = zone.ages.last()?;
        let mm = |o: &ZoneOutlook| format!("{:.2}", o.diameter.mm());
        Some(vec![
            zone.row.name.clone(),
            mm(healed),
            mm(last),
            percent(year.amount),
            percent(last.amount),
            percent(healed.shed),
            percent(healed.blow_out),
        ])
    });
    let rows = rows.collect();
    let head = vec![
        Column::words("zone"),
        Column::number("dot, healed", "mm, by needle and depth"),
        Column::number("after 10 years", "mm"),
        Column::number("pigment, 1 year", "%"),
        Column::number("10 years", "%"),
        Column::number("dots that shed", "%"),
        Column::number("that blow out", "%"),
    ];
    Table { head, rows, marks: forecast.zones.iter().map(|z| z.row.colour).collect() }
}

/// Cells of one age.
fn row(o: &ZoneOutlook) -> [String; 8] {
    let percent = |part: f64, places| format!("{:.places$}", 100.0 * part);
    [
        o.age.to_string(),
        format!("{:.3}\n+-{:.3}", o.diameter.mm(), o.diameter_sd.mm()),
        percent(o.amount, 0),
        percent(o.shade, 0),
        match &o.tone {
            Ok(t) => format!("{:.1}\n({:.1} to {:.1})", t.lightness, t.between[0], t.between[1]),
            Err(_) => "beyond the law".to_owned(),
        },
        o.hue.map_or("-".to_owned(), |[a, b]| format!("{a:+.1} {b:+.1}")),
        percent(o.shed, 1),
        percent(o.blow_out, 1),
    ]
}

fn in_columns(cells: &[String; 8]) -> String {
    let [age, diameter, left, black, tone, hue, shed, blown] = cells;
    format!("{age:<9} {diameter:>14} {left:>8} {black:>9}  {tone:<21} {hue:>9} {shed:>7} {blown:>8}")
}

/// What is beyond the laws, once each, and shades that no ink makes.
fn reasons(zone: &ZoneForecast) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for o in &zone.ages {
        let Err(why) = o.tone else { continue };
        let text = beyond(&why);
        match out.iter_mut().find(|line| line.ends_with(&text)) {
            Some(_) => {}
            None => out.push(format!("{}: {text}", o.age)),
        }
    }
    if zone.off_shade > 0 {
        out.push(format!("{} dots have a shade that no ink makes; the nearest counts", zone.off_shade));
    }
    let healed = zone.ages.iter().find(|o| o.age == Age::SIX_WEEKS);
    out.extend(healed.filter(|o| (o.diameter / zone.wished - 1.0).abs() > UNLIKE).map(|o| {
        let (wished, made) = (zone.wished.mm(), o.diameter.mm());
        format!("the design wishes dots of {wished:.2} mm; this needle at this depth makes {made:.2} mm")
    }));
    out
}

/// For people: two decimals.
fn beyond(error: &SkinError) -> String {
    match error {
        SkinError::OutOfRange { what, value, least, most, unit } => {
            format!("the {what} would be {value:.2} {unit}; known from {least:.2} to {most:.2} {unit}")
        }
        other => other.to_string(),
    }
}

fn zone_json(zone: &ZoneForecast) -> Value {
    let r = &zone.row;
    let ages: Vec<Value> = zone.ages.iter().map(|o| age_json(zone, o)).collect();
    json!({
        "zone": r.name, "skin": r.skin, "dots": zone.dots, "dilution_parts": zone.inks.map(skin::Dilution::parts),
        "off_shade": zone.off_shade, "target_m": r.window[1].get(),
        "wished_diameter_m": zone.wished.get(), "ages": ages,
    })
}

fn age_json(zone: &ZoneForecast, o: &ZoneOutlook) -> Value {
    let mut value = json!({
        "age": o.age.to_string(), "age_s": o.age.span().seconds(), "density_per_m2": density(&zone.row, o.age).get(),
        "diameter_m": o.diameter.get(), "diameter_sd_m": o.diameter_sd.get(), "amount": o.amount, "shade": o.shade,
        "shed": o.shed, "blow_out": o.blow_out,
    });
    match &o.tone {
        Ok(t) => {
            value["lightness"] = json!(t.lightness);
            value["lightness_between"] = json!(t.between);
        }
        Err(why) => value["beyond"] = json!(why.to_string()),
    }
    if let Ok([a, b]) = o.hue {
        value["hue_da_db"] = json!([a, b]);
    }
    value
}

/// Every dot at every age: a row each.
pub(super) fn csv(treatment: &Treatment, dots: &[Healed<'_>]) -> Result<String, SkinError> {
    let mut out = String::from(
        "site,zone,skin,target_mm,dilution_parts,age,age_days,diameter_mm,diameter_sd_mm,amount,shade,area_mm2,dot_l,dot_a,dot_b,shed,blow_out\n",
    );
    for d in dots {
        let zone = treatment.file.scene.zone.get(usize::from(d.site.zone_index)).and_then(|z| z.name.as_deref());
        let zone = zone.map_or_else(|| format!("zone {}", d.site.zone_index), |name| format!("{name:?}"));
        for age in Age::ALL {
            let o = d.healing.at(age)?;
            let area = o.strength.map_or(String::new(), |s| format!("{:.6}", s.value * 1e6));
            // Of the middle of the dot, seen from near.
            let colour = o.speck.and_then(|speck| skin::dot_colour(treatment.person.colour(), &speck).ok());
            let colour = colour.map_or(",,".to_owned(), |c| format!("{:.1},{:.1},{:.1}", c.l, c.a, c.b));
            let _ = writeln!(
                out,
                "{},{zone},{},{:.3},{:.2},{age},{:.1},{:.4},{:.4},{:.4},{:.4},{area},{colour},{:.5},{:.5}",
                d.site.id.0,
                d.site.zone.key(),
                d.site.target.length().mm(),
                d.ink.parts(),
                age.span().seconds() / skin::DAY,
                o.diameter.mm(),
                o.diameter_sd.mm(),
                o.amount,
                o.shade,
                o.shed,
                o.blow_out
            );
        }
    }
    Ok(out)
}
