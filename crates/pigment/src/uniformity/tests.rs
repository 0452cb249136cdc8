//! The meter on the bundled head: gratings of known size, random dots, left and right.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

use std::f64::consts::{PI, SQRT_2};
use std::path::Path;
use std::sync::LazyLock;

use frames::{Seed, unit};

use super::*;

/// The bundled scene, its meter and its dots; read once.
struct Bundled {
    meter: Meter<'static>,
    sites: Vec<Site>,
    /// Of the wanted field itself.
    plain: Vec<f64>,
}

fn bundled() -> &'static Bundled {
    static BUNDLED: LazyLock<Bundled> = LazyLock::new(|| {
        let scene = crate::repository(Path::new("scenes/hairline.toml"));
        let treatment: &'static Treatment = Box::leak(Box::new(Treatment::load(&scene).unwrap()));
        let meter = Meter::new(treatment);
        let plain = meter.errors(&waved(&meter, 1.0, 0.0));
        Bundled { sites: treatment.lay().unwrap().sites, plain, meter }
    });
    &BUNDLED
}

/// The wanted field itself as dots too small to be seen, made denser and sparser by a wave of tone along x.
fn waved(meter: &Meter<'_>, wavelength: f64, part: f64) -> Vec<Laid> {
    let wave = |n: &Node| 1.0 + part * (2.0 * PI * n.at.coords.x / wavelength).sin();
    let fine = meter.nodes.iter().filter(|n| n.new > 0.0);
    fine.map(|n| Laid { at: n.at, load: n.new * n.area * wave(n), zone: n.zone }).collect()
}

/// A wave of tone of 10 % of a place's own comes back with its amplitude, over the front where the skin lies square to x.
#[track_caller]
fn grating(mm: f64, want: f64, within: f64) {
    let Bundled { meter, plain, .. } = bundled();
    let errors = meter.errors(&waved(meter, mm * 1e-3, 0.1));
    // In the middle of the band, away from its edges and the turn of the head.
    let level = |s: &Sample| {
        let wanted = meter.treatment.fields.at(s.at, s.normal);
        wanted.density.get() * tone::of_wanted(&meter.treatment.person, &wanted)
    };
    let most = meter.samples.iter().map(level).fold(0.0, f64::max);
    let inside = |s: &Sample| s.at.coords.x.abs() < 0.02 && level(s) > 0.6 * most;
    let got: Vec<f64> = (0..meter.own)
        .filter(|&k| inside(&meter.samples[k]))
        .map(|k| (errors[k] - plain[k]) / (meter.samples[k].slope * level(&meter.samples[k])))
        .collect();
    assert!(got.len() > 200, "{}", got.len());
    let amplitude = SQRT_2 * rms(&got).unwrap() / 0.1;
    assert!((amplitude - want).abs() < within, "{mm} mm: {amplitude} for {want}");
}

#[test]
fn six_millimetres_come_back_on_the_curved_skin() {
    grating(6.0, 0.979, 0.1);
}

#[test]
fn one_and_thirty_millimetres_do_not() {
    grating(1.0, 0.0, 0.05);
    grating(30.0, 0.0, 0.1);
}

/// The field itself is even, whatever its ramps and edges.
#[test]
fn the_wanted_field_has_no_unevenness() {
    let Bundled { meter, .. } = bundled();
    let even = meter.measure(&waved(meter, 1.0, 0.0), None).whole;
    // All that is left are the sentinels, which are not among the nodes.
    assert!(even.band_rms_l < 0.05 * even.random_rms_l, "{even:?}");
}

/// As many dots thrown at random, weighted by the field.
fn random(meter: &Meter<'_>, dots: usize, seed: u64) -> Vec<Laid> {
    let nodes: Vec<&Node> = meter.nodes.iter().filter(|n| n.new > 0.0).collect();
    let mut sums = Vec::with_capacity(nodes.len());
    let mut sum = 0.0;
    for n in &nodes {
        sum += n.new / n.dot * n.area;
        sums.push(sum);
    }
    (0..dots as u64)
        .map(|k| {
            let n = nodes[sums.partition_point(|s| *s <= unit(Seed(seed), 1, k) * sum)];
            Laid { at: n.at, load: n.dot, zone: n.zone }
        })
        .collect()
}

/// The figure for random dots needs no throwing; thrown ones agree.
#[test]
fn random_dots_are_as_uneven_as_said() {
    let Bundled { meter, sites, .. } = bundled();
    for seed in 1..=3 {
        let thrown = meter.measure(&random(meter, sites.len(), seed), None).whole;
        assert!((0.9..1.1).contains(&thrown.random_ratio), "{thrown:?}");
    }
    let laid = meter.measure(&meter.planned(sites), None).whole;
    // Much more even than chance, though at 21/cm2 the grain of the pattern itself reaches into the band.
    assert!(laid.random_ratio < 0.8, "{laid:?}");
}

/// A side with a third fewer dots shows in the means and nowhere else in the design.
#[test]
fn a_sparse_side_shows() {
    let Bundled { meter, sites, .. } = bundled();
    let all = meter.planned(sites);
    let even = meter.measure(&all, None).whole;
    let (mean, designed) = (even.mirror_mean_l.unwrap(), even.mirror_mean_designed_l.unwrap());
    assert!((mean - designed).abs() < 0.03, "{even:?}");
    let sparse: Vec<Laid> =
        all.iter().enumerate().filter(|(k, d)| d.at.coords.x < 0.0 || k % 3 > 0).map(|(_, d)| *d).collect();
    let found = meter.measure(&sparse, None).whole;
    // The right is lighter: left less right is negative, by a third of the darkening.
    let lost = found.mirror_mean_l.unwrap() - mean;
    assert!((lost + even.darkening_l / 3.0).abs() < 0.15 * even.darkening_l, "{lost} {even:?}");
    assert_eq!(found.mirror_mean_designed_l, even.mirror_mean_designed_l);
    assert!(found.mirror_band_rms_l.unwrap() > 0.0);
}

/// Dots pulled towards the line make a harder edge than was designed.
#[test]
fn a_hard_edge_shows() {
    let Bundled { meter, sites, .. } = bundled();
    let of = |dots: &[Laid]| meter.measure(dots, None).zones[0].clone();
    let soft = of(&meter.planned(sites));
    let (found, designed) = (soft.edge_m.unwrap(), soft.edge_designed_m.unwrap());
    assert!((found / designed - 1.0).abs() < 0.15, "{found} {designed}");
    // Full from the line on.
    let hard: Vec<Laid> = meter
        .nodes
        .iter()
        .filter(|n| {
            n.new > 0.0 && meter.treatment.fields.behind_edge(0, n.at, n.normal).is_some_and(|d| d.get() > 2e-3)
        })
        .map(|n| Laid { at: n.at, load: n.area * 0.05, zone: n.zone })
        .collect();
    let hard = of(&hard);
    assert!(hard.edge_m.unwrap() < 0.4 * designed, "{hard:?}");
    assert!((hard.edge_designed_m.unwrap() - designed).abs() < 1e-12);
}
