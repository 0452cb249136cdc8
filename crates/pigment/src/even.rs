//! Uniformity and budget in words: tables for the report's page, lines for a person.
//!
//! In: figures. Out: tables, one line each. Absent: any figure of its own.

use record::{Budget, Column, Evenness, PageTable, Table, Uniformity, ZoneEvenness};

use crate::budget::{CUP_REST, time};

/// The page's tables, in order.
pub(crate) fn tables(uniformity: Option<&Uniformity>, budget: Option<&Budget>) -> Vec<PageTable> {
    let mut out = Vec::new();
    out.extend(uniformity.map(evenness));
    if let Some(budget) = budget {
        out.push(ink(budget));
        out.push(dose(budget));
    }
    out
}

/// One line for a summary: what the eye sees of the dots that are there.
pub(crate) fn line(u: &Uniformity) -> String {
    let of = |e: &Evenness| {
        let w = &e.whole;
        format!("{:.2} L* rms in the 3-9 mm band ({:.2} of random dots)", w.band_rms_l, w.random_ratio)
    };
    let placed = u.placed.as_ref().map_or(String::new(), |p| format!("; as placed {}", of(p)));
    format!("planned {}{placed}", of(&u.planned))
}

/// Zones whose unevenness is just noticeable by itself.
pub(crate) fn warnings(u: &Uniformity) -> Vec<String> {
    let of = |e: &ZoneEvenness, how: &str| {
        (e.band_rms_l > u.warn_above_l).then(|| {
            format!(
                "{}: uneven by {:.2} L* rms in the 3-9 mm band{how}; {:.1} L* is just noticeable (skin.md 3.5b)",
                e.zone, e.band_rms_l, u.warn_above_l
            )
        })
    };
    let planned = u.planned.zones.iter().filter_map(|e| of(e, " as planned"));
    let placed = u.placed.iter().flat_map(|p| &p.zones).filter_map(|e| of(e, " as placed"));
    planned.chain(placed).collect()
}

/// One line for a summary: what a session takes.
pub(crate) fn budget_line(b: &Budget) -> String {
    let most = b.most_per_m2.map_or_else(String::new, |m| {
        format!("; {:.0} entries in the fullest cm2 of {:.0}", m * 1e-4, b.limit_per_m2 * 1e-4)
    });
    let inks: Vec<String> =
        b.inks.iter().map(|i| format!("{:.2} ml of 1:{:.1}", i.prepare_m3 * 1e6, i.water_parts)).collect();
    format!("{} dips, {}{most}; {} in the chair", b.dips, inks.join(", "), time(b.total_s))
}

fn evenness(u: &Uniformity) -> PageTable {
    let head = vec![
        Column::words("zone"),
        Column::words("dots"),
        Column::number("darker by", "L*"),
        Column::number("uneven", "L* rms, 3-9 mm"),
        Column::number("over random", ""),
        Column::number("over best", ""),
        Column::number("density error", "%"),
        Column::number("left less right", "L*, designed"),
        Column::number("right less mirror", "L* rms"),
        Column::number("edge 10-90 %", "mm, designed"),
    ];
    let mut rows = Vec::new();
    let sets = [("planned", Some(&u.planned)), ("placed", u.placed.as_ref())];
    for (k, zone) in u.planned.zones.iter().enumerate() {
        rows.extend(sets.iter().filter_map(|(how, set)| Some(row(set.as_ref()?.zones.get(k)?, &zone.zone, how))));
    }
    if u.planned.zones.len() > 1 {
        rows.extend(sets.iter().filter_map(|(how, set)| Some(row(&set.as_ref()?.whole, "all zones", how))));
    }
    let warned = warnings(u);
    let judged = if warned.is_empty() {
        format!("Every zone stays below {:.1} L*, which is about just noticeable (skin.md 3.5b).", u.warn_above_l)
    } else {
        format!("Warning: {}.", warned.join("; "))
    };
    PageTable {
        title: "Uniformity".into(),
        note: format!(
            "{judged} Tone by the embedded-column law on the very dots, healed, with the hair that is there, less the wanted \
             tone; 3-9 mm is what the eye sees from 1 m. Over random: against as many random dots; over best: against the \
             truest pattern that can be laid (preset faithful). Density error: the unevenness over the mean tone; skin.md \
             section 6 wants 10 %, which no single session can have: at 21 dots/cm2 the grain of the pattern itself is 2 to 3 mm \
             long. Right less mirror: 1.41 of the unevenness is chance. Edge: 10 to 90 % of the load behind it."
        ),
        table: Table { head, rows, marks: Vec::new() },
    }
}

fn row(e: &ZoneEvenness, name: &str, how: &str) -> Vec<String> {
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let pair = |a: Option<f64>, b: Option<f64>, k: f64| a.zip(b).map(|(a, b)| [a * k, b * k]);
    vec![
        name.to_owned(),
        how.to_owned(),
        format!("{:.2}", e.darkening_l),
        format!("{:.2}", e.band_rms_l),
        format!("{:.2}", e.random_ratio),
        or_none(e.best_ratio.map(|r| format!("{r:.2}"))),
        format!("{:.0}", 100.0 * e.density_error_ratio),
        or_none(pair(e.mirror_mean_l, e.mirror_mean_designed_l, 1.0).map(|[a, b]| format!("{a:+.2} ({b:+.2})"))),
        or_none(e.mirror_band_rms_l.map(|v| format!("{v:.2}"))),
        or_none(pair(e.edge_m, e.edge_designed_m, 1e3).map(|[a, b]| format!("{a:.1} ({b:.1})"))),
    ]
}

/// What to mix.
pub(crate) fn ink(b: &Budget) -> PageTable {
    let head = vec![
        Column::words("ink"),
        Column::words("zones"),
        Column::number("dots", ""),
        Column::number("dips", ""),
        Column::number("in the skin", "ul"),
        Column::number("to prepare", "ml"),
        Column::number("concentrate", "ul"),
        Column::number("water", "ul"),
    ];
    let rows = b.inks.iter().map(|i| {
        vec![
            format!("1:{:.1}", i.water_parts),
            i.zones.join(", "),
            i.dots.to_string(),
            i.dips.to_string(),
            format!("{:.1}", i.skin_m3 * 1e9),
            format!("{:.2}", i.prepare_m3 * 1e6),
            format!("{:.0}", i.concentrate_m3 * 1e9),
            format!("{:.0}", i.water_m3 * 1e9),
        ]
    });
    let beyond: Vec<&str> = b.zones.iter().filter(|z| z.water_parts.is_none()).map(|z| z.zone.as_str()).collect();
    let beyond = if beyond.is_empty() {
        String::new()
    } else {
        format!(" No ink is black enough for the shade of {}.", beyond.join(", "))
    };
    PageTable {
        title: "Ink to prepare".into(),
        note: format!(
            "Today's ink, which with the other sessions' inks makes the shade. One dip for {:.0} dots. Waste: of each dip half is wiped off, as much as the skin keeps (skin.md 3.2), and \
             {:.1} ml stay in the cup (own estimate).{beyond} {} look(s) at the tip, one every {} dots (skin.md 4.3); how long a \
             needle lasts no source says: it is changed when a look says so.",
            b.dots_per_dip,
            CUP_REST * 1e6,
            b.tip_checks,
            b.dots_per_tip_check
        ),
        table: Table { rows: rows.collect(), head, marks: Vec::new() },
    }
}

/// Needle entries.
pub(crate) fn dose(b: &Budget) -> PageTable {
    let head = vec![
        Column::words("zone"),
        Column::number("needle entries", ""),
        Column::number("area", "cm²"),
        Column::number("mean", "per cm²"),
        Column::number("most in 1 cm²", "this session"),
        Column::number("limit", "a session"),
        Column::number("most in 1 cm²", "all sessions known"),
    ];
    let rows = b.zones.iter().map(|z| {
        vec![
            z.zone.clone(),
            z.dots.to_string(),
            format!("{:.1}", z.area_m2 * 1e4),
            format!("{:.1}", z.mean_per_m2 * 1e-4),
            format!("{:.0}", z.most_per_m2 * 1e-4),
            z.limit_per_m2.map_or_else(|| "scar".to_owned(), |l| format!("{:.0}", l * 1e-4)),
            format!("{:.0}", z.most_all_sessions_per_m2 * 1e-4),
        ]
    });
    let rows = rows.collect();
    let over = b.most_per_m2.filter(|most| *most > b.limit_per_m2);
    let judged = match over {
        Some(most) => format!(
            "Warning: {:.0} entries in the fullest cm² of normal skin; a session should not pass {:.0} (skin.md 4.3 item 10).",
            most * 1e-4,
            b.limit_per_m2 * 1e-4
        ),
        None => format!("No cm² of normal skin takes more than {:.0} in this session.", b.limit_per_m2 * 1e-4),
    };
    let beyond = b.most_all_sessions_per_m2.filter(|m| *m > b.limit_all_sessions_per_m2).map_or(String::new(), |m| {
        format!(
            " Warning: {:.0} over all sessions; more than {:.0} needs a reason (skin.md 6).",
            m * 1e-4,
            b.limit_all_sessions_per_m2 * 1e-4
        )
    });
    let known = match b.earlier_entries {
        0 => "No earlier session is named in the scene.".to_owned(),
        n => format!("{n} entries of earlier sessions are known."),
    };
    PageTable {
        title: "Needle entries and time".into(),
        note: format!(
            "{judged}{beyond} {known} Every entry makes {} hole{}. In the chair {}: the arm {}, dips and looks at the tip {}, \
             breaks {}.",
            b.needle_points,
            if b.needle_points == 1 { "" } else { "s" },
            time(b.total_s),
            time(b.work_s),
            time(b.dips_s),
            time(b.breaks_s)
        ),
        table: Table { head, rows, marks: Vec::new() },
    }
}
