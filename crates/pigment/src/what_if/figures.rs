//! The figures that are set beside each other.
//!
//! In: a treatment. Out: [`Figures`]: tone, dots, budget, evenness, broken rules. Absent: which of two treatments is better.

use std::fmt;

use design::{Severity, Wanted};
use frames::{PerSquareMetre, Span};
use record::{Budget, Evenness};
use serde_json::{Value, json};
use stipple::Pattern;

use crate::budget::budget;
use crate::uniformity::{Meter, Near, tone};
use crate::{Failure, Treatment};

/// When the skin is looked at: for people, for keys.
pub(super) const AGES: [(&str, &str); 3] = [("fresh", "fresh"), ("healed", "healed"), ("at 5 years", "5_years")];

/// The arm's time: to the head and back, a stroke, and more where dots stand farther apart (by the sum of their distances to
/// their nearest). Fitted to the plans of five bundled scenes (UR5e, voice coil, 200 to 650 dots), which it gives back within 7 %.
const WAY_S: f64 = 8.64;
const STROKE_S: f64 = 0.393;
const APART_S_PER_M: f64 = 25.2;

/// Of one treatment.
pub(super) struct Figures {
    pub(super) zones: Vec<ZoneTone>,
    pub(super) dots_in_all: f64,
    pub(super) budget: Budget,
    pub(super) evenness: Evenness,
    pub(super) broken: Vec<Broken>,
    /// Its time is a plan's.
    pub(super) planned: bool,
}

/// L* of a zone where it is densest; today's dots fresh, all sessions' later. Absent beyond the laws.
pub(super) struct ZoneTone {
    pub(super) name: String,
    pub(super) lightness: [Option<f64>; 3],
}

/// A rule that is broken.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Broken {
    rule: String,
    zone: Option<String>,
    severity: Severity,
    value: String,
    limit: String,
}

impl Broken {
    pub(super) fn same(&self, other: &Self) -> bool {
        (&self.rule, &self.zone) == (&other.rule, &other.zone)
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "rule": self.rule, "zone": self.zone, "severity": self.severity.to_string(), "value": self.value,
            "limit": self.limit,
        })
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, zone, severity, value, limit } = self;
        write!(f, "{severity} {rule}, {}: {value} ({limit})", zone.as_deref().unwrap_or("session"))
    }
}

impl Figures {
    pub(super) fn of(treatment: &Treatment, plan: bool) -> Result<Self, Failure> {
        let pattern = treatment.lay()?;
        let work = if plan { treatment.plan(&pattern)?.stats.duration_s } else { estimate(&pattern) };
        let meter = Meter::new(treatment);
        let (zones, dots_in_all) = zones(treatment)?;
        let checked = treatment.fields.checked().iter();
        let broken = checked.filter_map(|c| {
            let severity = c.broken?;
            let (rule, zone) = (c.rule.to_string(), c.zone.clone());
            Some(Broken { rule, zone, severity, value: c.value.clone(), limit: c.limit.clone() })
        });
        Ok(Self {
            zones,
            dots_in_all,
            budget: budget(treatment, &pattern, work),
            evenness: meter.measure(&meter.planned(&pattern.sites), None),
            broken: broken.collect(),
            planned: plan,
        })
    }

    /// Entries over the area in which dots are wanted, 1/m².
    pub(super) fn mean(&self) -> f64 {
        let area: f64 = self.budget.zones.iter().map(|z| z.area_m2).sum();
        if area > 0.0 { self.budget.dots as f64 / area } else { 0.0 }
    }
}

/// The arm's time without a plan, seconds.
fn estimate(pattern: &Pattern) -> f64 {
    let at: Vec<_> = pattern.sites.iter().map(|s| s.head_from_skin.origin()).collect();
    let near = Near::new(at.iter().copied(), 3e-3);
    let nearest = |k: usize| {
        let mut least = f64::INFINITY;
        let mut reach = 3e-3;
        // A lone dot looks farther and farther.
        while least.is_infinite() && reach < 0.4 {
            near.within(at[k], reach, |j, r2| {
                if j != k {
                    least = least.min(r2.sqrt());
                }
            });
            reach *= 2.0;
        }
        if least.is_finite() { least } else { 0.0 }
    };
    let apart: f64 = (0..at.len()).map(nearest).sum();
    WAY_S + at.len() as f64 * STROKE_S + apart * APART_S_PER_M
}

/// Tone of each zone where it is densest in the end, and the dots of all sessions.
fn zones(treatment: &Treatment) -> Result<(Vec<ZoneTone>, f64), Failure> {
    let names = treatment.zone_names();
    let (surface, person) = (&treatment.scan.surface, &treatment.person);
    let finished = treatment.finished()?;
    let mut densest: Vec<Option<(Wanted, Wanted)>> = vec![None; names.len()];
    let mut sum = 0.0;
    for face in finished.area_of_interest(surface) {
        for bary in QUARTERS {
            let (p, n) = (surface.at(face, bary), surface.normal_at(face, bary));
            let (density, zone) = finished.density_at(p, n);
            sum += 0.25 * surface.face_area(face) * density.get();
            let Some(most) = densest.get_mut(usize::from(zone)).filter(|_| density.get() > 0.0) else { continue };
            if most.as_ref().is_none_or(|(w, _)| w.density < density) {
                *most = Some((finished.at(p, n), treatment.fields.at(p, n)));
            }
        }
    }
    let shown = |wanted: &Wanted, density: PerSquareMetre, age: Span| {
        tone::of_wanted_at(person, wanted, age).map(|dot| tone::lightness(person, dot * density.get()))
    };
    let tones = names.into_iter().zip(densest).filter_map(|(name, found)| {
        let (all, today) = found?;
        let lightness = [
            shown(&today, today.density, Span::ZERO),
            shown(&all, all.density, skin::HEALED),
            shown(&all, all.density, skin::years(5.0)),
        ];
        Some(ZoneTone { name, lightness })
    });
    Ok((tones.collect(), sum))
}

const QUARTERS: [[f64; 3]; 4] = [
    [1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0],
    [2.0 / 3.0, 1.0 / 6.0, 1.0 / 6.0],
    [1.0 / 6.0, 2.0 / 3.0, 1.0 / 6.0],
    [1.0 / 6.0, 1.0 / 6.0, 2.0 / 3.0],
];
