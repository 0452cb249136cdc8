//! `pigment what-if`: the same treatment with another density, dot, depth, ladder or seed, beside the treatment as it is.
//!
//! In: a scene and what is asked. Out: lines for a person or one JSON document. The scene on disk is not touched, and nothing
//! is written.

mod change;
mod figures;

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::budget::time;
use crate::{Failure, Treatment, progress};
pub use change::{Amount, Asked};
use figures::{Broken, Figures};

/// Says what would change.
pub fn what_if(scene: &Path, asked: &Asked, json: bool) -> Result<String, Failure> {
    let bar = progress::working("laying both patterns");
    let now = Treatment::load(scene)?;
    let then = Treatment::new(asked.apply(&now)?)?;
    let before = Figures::of(&now, asked.plan)?;
    let after = Figures::of(&then, asked.plan)?;
    bar.finish_and_clear();
    if json {
        return Ok(document(&now, &before, &after).to_string());
    }
    Ok(text(&now, &before, &after))
}

/// A row: what, before, after, and the difference where there is one.
struct Row {
    what: String,
    key: String,
    before: Option<f64>,
    after: Option<f64>,
    show: fn(f64) -> String,
}

fn rows(before: &Figures, after: &Figures) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut row = |what: &str, key: &str, of: &dyn Fn(&Figures) -> Option<f64>, show: fn(f64) -> String| {
        rows.push(Row { what: what.into(), key: key.into(), before: of(before), after: of(after), show });
    };
    let count = |v: f64| format!("{v:.0}");
    let lightness = |v: f64| format!("{v:.2}");
    row("dots today", "dots", &|f| Some(f.budget.dots as f64), count);
    row("dots in all sessions", "dots_all_sessions", &|f| Some(f.dots_in_all), count);
    for (k, zone) in before.zones.iter().enumerate() {
        for (a, age) in figures::AGES.iter().enumerate() {
            let what = format!("L* {}, {}", age.0, zone.name);
            let key = format!("lightness_{}_l/{}", age.1, zone.name);
            row(&what, &key, &|f| f.zones.get(k).and_then(|z| z.lightness[a]), lightness);
        }
    }
    row("uneven today, L* rms in 3-9 mm", "band_rms_l", &|f| Some(f.evenness.whole.band_rms_l), lightness);
    row("entries in 1 cm2, mean", "mean_per_m2", &|f| Some(f.mean()), |v| format!("{:.1}", v * 1e-4));
    row("entries in 1 cm2, most", "most_per_m2", &|f| f.budget.most_per_m2, |v| format!("{:.0}", v * 1e-4));
    row("with earlier sessions, most", "most_all_sessions_per_m2", &|f| f.budget.most_all_sessions_per_m2, |v| {
        format!("{:.0}", v * 1e-4)
    });
    row("dips", "dips", &|f| Some(f.budget.dips as f64), count);
    row("ink in the skin, ul", "ink_m3", &|f| Some(f.budget.zones.iter().map(|z| z.skin_m3).sum()), |v| {
        format!("{:.2}", v * 1e9)
    });
    row("ink to prepare, ml", "prepare_m3", &|f| Some(f.budget.inks.iter().map(|i| i.prepare_m3).sum()), |v| {
        format!("{:.2}", v * 1e6)
    });
    row("the arm at work", "work_s", &|f| Some(f.budget.work_s), time);
    row("in the chair", "chair_s", &|f| Some(f.budget.total_s), time);
    rows
}

fn text(now: &Treatment, before: &Figures, after: &Figures) -> String {
    let mut text = format!("{}: as it is, and as it would be\n", now.file.name());
    let rows = rows(before, after);
    let width = rows.iter().map(|r| r.what.chars().count()).max().unwrap_or(0);
    for row in &rows {
        let show = |v: Option<f64>| v.map_or_else(|| "-".to_owned(), row.show);
        let change = match (row.before, row.after) {
            (Some(a), Some(b)) if differs(a, b) => {
                let percent = if a.abs() > 0.0 && !row.key.starts_with("lightness") {
                    format!("{:+.1} %", 100.0 * (b / a - 1.0))
                } else {
                    format!("{:+.2}", b - a)
                };
                format!("  {percent}")
            }
            _ => String::new(),
        };
        let _ = writeln!(text, "{:width$}  {:>10}  {:>10}{change}", row.what, show(row.before), show(row.after));
    }
    let changed = rows.iter().any(|r| matches!((r.before, r.after), (Some(a), Some(b)) if differs(a, b)));
    for broken in newly(after, before) {
        let _ = writeln!(text, "broken then: {broken}");
    }
    for kept in newly(before, after) {
        let _ = writeln!(text, "kept then: {kept}");
    }
    if !changed && before.broken == after.broken {
        text += "no change\n";
    }
    let _ = writeln!(text, "{}", if before.planned { PLANNED } else { ESTIMATED });
    text
}

const PLANNED: &str = "times of the arm by real plans; L* where a zone is densest, fresh today alone, then all sessions,\n\
     for dots of the wished diameter (what needle and depth make of it: pigment forecast)";
const ESTIMATED: &str = "times of the arm estimated within 10 % (--plan plans them); L* where a zone is densest, fresh today \
                         alone, then all sessions,\nfor dots of the wished diameter (what needle and depth make of it: \
                         pigment forecast)";

/// To what a figure is good for, not to the last bit.
fn differs(a: f64, b: f64) -> bool {
    (a - b).abs() > 1e-9 * a.abs().max(b.abs())
}

/// Broken in `one` and not in `other`.
fn newly<'a>(one: &'a Figures, other: &'a Figures) -> impl Iterator<Item = &'a Broken> {
    one.broken.iter().filter(|b| !other.broken.iter().any(|o| o.same(b)))
}

fn document(now: &Treatment, before: &Figures, after: &Figures) -> Value {
    let rows = rows(before, after);
    let of = |pick: &dyn Fn(&Row) -> Option<f64>| -> Value {
        rows.iter().filter_map(|r| Some((r.key.clone(), json!(pick(r)?)))).collect::<serde_json::Map<_, _>>().into()
    };
    let change = |r: &Row| Some(r.after? - r.before?);
    let broken = |list: Vec<&Broken>| list.iter().map(|b| b.json()).collect::<Vec<_>>();
    json!({
        "scene": now.file.name(), "planned": before.planned,
        "before": of(&|r| r.before), "after": of(&|r| r.after), "change": of(&change),
        "newly_broken": broken(newly(after, before).collect()), "newly_kept": broken(newly(before, after).collect()),
        "budget": { "before": before.budget, "after": after.budget },
        "uniformity": { "before": before.evenness, "after": after.evenness },
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
    use super::*;

    fn asked(asked: Asked) -> Result<Value, Failure> {
        let scene = crate::repository(Path::new("scenes/hairline.toml"));
        let before = std::fs::read(&scene).unwrap();
        let said = what_if(&scene, &asked, true);
        assert_eq!(std::fs::read(&scene).unwrap(), before, "the scene on disk is not touched");
        said.map(|text| serde_json::from_str(&text).unwrap())
    }

    #[test]
    fn nothing_asked_changes_nothing() {
        let said = asked(Asked::default()).unwrap();
        let change = said["change"].as_object().unwrap();
        assert!(change.len() > 10, "{change:?}");
        assert!(change.values().all(|v| v.as_f64().unwrap().abs() < 1e-15), "{change:?}");
        assert!(
            said["newly_broken"].as_array().unwrap().is_empty() && said["newly_kept"].as_array().unwrap().is_empty()
        );
    }

    #[test]
    fn a_tenth_more_density_is_a_tenth_more_dots() {
        let said = asked(Asked { density: Some("+10%".parse().unwrap()), ..Asked::default() }).unwrap();
        let of = |when: &str, key: &str| said[when][key].as_f64().unwrap();
        let ratio = of("after", "dots") / of("before", "dots");
        // Counting, and the lone dots ahead of the line, which go by its length.
        assert!((ratio - 1.1).abs() < 0.005, "{ratio}");
        assert!((of("after", "dots_all_sessions") / of("before", "dots_all_sessions") - 1.1).abs() < 0.002);
        let healed = "lightness_healed_l/frontal hairline";
        assert!(of("change", healed) < 0.0 && of("change", "work_s") > 0.0 && of("change", "ink_m3") > 0.0);
        // 79.2/cm2 stays inside the rules.
        assert!(said["newly_broken"].as_array().unwrap().is_empty(), "{said}");
    }

    #[test]
    fn a_rule_that_would_be_broken_is_named() {
        let density = Some("110".parse().unwrap());
        let said = asked(Asked { density, zone: Some("frontal hairline".into()), ..Asked::default() }).unwrap();
        let rules: Vec<&str> =
            said["newly_broken"].as_array().unwrap().iter().filter_map(|b| b["rule"].as_str()).collect();
        assert!(rules.contains(&"density-above-cap"), "{rules:?}");
    }

    #[track_caller]
    fn refused(wish: Asked, want: &[&str]) {
        let why = asked(wish).unwrap_err().to_string();
        assert!(want.iter().all(|w| why.contains(w)), "{why}");
    }

    #[test]
    fn what_cannot_be_is_refused_with_its_limit() {
        let amount = |text: &str| Some(text.parse::<Amount>().unwrap());
        refused(Asked { density: amount("-100%"), ..Asked::default() }, &["--density makes 0", "150"]);
        refused(Asked { density: amount("151"), ..Asked::default() }, &["151", "150"]);
        refused(Asked { shade: amount("1.2"), ..Asked::default() }, &["--shade makes 1.2", "at most 1"]);
        refused(Asked { depth: amount("2"), ..Asked::default() }, &["--depth makes 2", "1.2 mm"]);
        refused(Asked { healed: amount("+1"), ..Asked::default() }, &["--healed makes 1.18", "0.45"]);
        refused(Asked { sessions: Some(9), ..Asked::default() }, &["9"]);
        refused(Asked { session: Some(4), ..Asked::default() }, &["4", "3"]);
        refused(Asked { zone: Some("nape".into()), ..Asked::default() }, &["nape", "frontal hairline"]);
    }
}
