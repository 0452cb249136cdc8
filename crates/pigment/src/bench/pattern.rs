//! Stippling thirty and sixty thousand sites on the test body of `reference/stipple.md` 1.2: 81 920 triangles, constant
//! density. The baseline is plain sample elimination (five candidates a dot) by our own code, in the same run: no peer is
//! installed with us. Published code of the same method, cySampleElim, takes 4.2 times as long (stipple.md 2.3).

use std::hint::black_box;

use design::{Fields, Wanted};
use frames::{Metres, PerSquareMetre, Seed};
use stipple::Preset;

use super::{Figure, fastest};
use crate::Failure;

/// Subdivisions of the icosahedron.
const LEVEL: u32 = 6;
/// Bars: 0.55 and 0.35 s, 1.1 and 0.75 s (stipple.md 11).
const ROWS: [(&str, f64, Preset); 4] = [
    ("stipple30k_human_s", 30_000.0, Preset::Human),
    ("stipple30k_faithful_s", 30_000.0, Preset::Faithful),
    ("stipple60k_human_s", 60_000.0, Preset::Human),
    ("stipple60k_faithful_s", 60_000.0, Preset::Faithful),
];

/// Wall, all stages from fields to sites; both cores are used, by the baseline too.
pub(super) fn measure() -> Result<Vec<(&'static str, Figure)>, Failure> {
    let input = |e: &dyn std::fmt::Display| Failure::Input(e.to_string());
    let body = stipple::test_body(LEVEL).map_err(|e| input(&e))?;
    let mut figures = Vec::new();
    for (name, sites, preset) in ROWS {
        let wanted = Wanted::plain(PerSquareMetre::new(sites / body.area()));
        let fields = Fields::from_fn(move |_, _| wanted, Metres::from_mm(0.6));
        // Once for the errors and to warm up.
        stipple::place(&body, &fields, Seed(1), preset).map_err(|e| input(&e))?;
        let seconds = fastest(3, || {
            black_box(stipple::place(&body, &fields, Seed(1), preset)).ok();
        });
        let baseline = fastest(3, || {
            black_box(stipple::plain_sample_elimination(&body, &fields, Seed(1))).ok();
        });
        figures.push((name, Figure::against(seconds, baseline, "s")));
    }
    Ok(figures)
}
