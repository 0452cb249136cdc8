//! Stippling thirty thousand sites on the test body of `reference/stipple.md` 1.2: 81 920 triangles, constant density.

use std::hint::black_box;

use design::{Fields, Wanted};
use frames::{Metres, PerSquareMetre, Seed};
use stipple::Preset;

use super::{Figure, fastest};
use crate::Failure;

const SITES: f64 = 30_000.0;
/// Subdivisions of the icosahedron.
const LEVEL: u32 = 6;

/// `stipple30k_human_s` and `stipple30k_faithful_s`: wall, all stages from fields to sites; both cores are used.
pub(super) fn measure() -> Result<Vec<(&'static str, Figure)>, Failure> {
    let input = |e: &dyn std::fmt::Display| Failure::Input(e.to_string());
    let body = stipple::test_body(LEVEL).map_err(|e| input(&e))?;
    let facts = skin::Zone::FrontalMid.facts();
    let wanted = Wanted {
        density: PerSquareMetre::new(SITES / body.area()),
        zone: skin::Zone::FrontalMid,
        zone_index: 0,
        target: facts.window.target,
        least: facts.window.least,
        most: facts.window.most,
        healed: Metres::from_mm(0.25),
        shade: 0.5,
        hair: None,
    };
    let fields = Fields::from_fn(move |_, _| wanted, Metres::from_mm(0.6));
    let mut figures = Vec::new();
    for (name, preset) in [("stipple30k_human_s", Preset::Human), ("stipple30k_faithful_s", Preset::Faithful)] {
        // Once for the errors and to warm up.
        stipple::place(&body, &fields, Seed(1), preset).map_err(|e| input(&e))?;
        let seconds = fastest(3, || {
            black_box(stipple::place(&body, &fields, Seed(1), preset)).ok();
        });
        figures.push((name, Figure::alone(seconds, "s")));
    }
    Ok(figures)
}
