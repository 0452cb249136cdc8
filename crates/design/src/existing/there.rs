//! What is there, taken off what is wanted.
//!
//! In: the hair, the dots of earlier sessions with the ink each still shows, a place. Out: [`Levels`]: dots of today, those
//! that are left to later sessions, and the total in which the pattern is to be even. Continuous, never negative.
//!
//! Units are hairs and dots alike. A zone's density is the wanted density of units, so dots are wanted for what the hair
//! lacks, and today for what the ladder has reached of that less the ink that is there:
//! `new = max(0, reached * max(0, wanted - hair) - ink)`, and what all sessions owe less that is left to later ones.

use frames::{Dir, Head, PerSquareMetre, Point};
use nalgebra::Vector3;
use scan::Surface;

use crate::existing::{Estimate, Remaining, patches};
use crate::fields::{Drawn, Source};
use crate::wanted::{Frozen, FrozenKind, Levels};

/// Kernel for dots of earlier sessions, metres: below the window in which evenness is judged (4 mm, stipple.md 1.3), above
/// the spacing of a first session (2.3 mm at 21/cm²).
const SIGMA: f64 = 3e-3;
/// Of the full density: less than this left to later sessions is nothing.
const ROUNDING: f64 = 1e-9;

/// Hair as a density.
#[derive(Debug, Clone)]
pub(crate) enum Growth {
    /// From follicles.
    Counted(Estimate),
    /// From a description.
    Remaining(Remaining),
}

impl Growth {
    /// Follicular units, 1/m².
    pub(crate) fn at(&self, p: Point<Head>, normal: Dir<Head>) -> f64 {
        match self {
            Self::Counted(estimate) => estimate.at(&p.coords.coords),
            Self::Remaining(remaining) => remaining.at(p, normal),
        }
    }
}

/// All that is there.
#[derive(Debug, Clone, Default)]
pub(crate) struct There {
    pub(crate) hair: Option<Growth>,
    /// Its follicles are frozen points.
    hair_is_placed: bool,
    /// Ink of dots: over the shape of what was due before, for a drawn design; 1/m² (with the follicles) for a function.
    ink: Option<Estimate>,
}

impl There {
    /// For a design without a shape: whatever counts, 1/m².
    pub(crate) fn counted(&self, p: Point<Head>) -> f64 {
        self.ink.as_ref().map_or(0.0, |ink| ink.at(&p.coords.coords))
    }

    /// For a drawn design.
    pub(crate) fn levels(&self, drawn: &Drawn, p: Point<Head>, normal: Dir<Head>) -> Levels {
        let zero = PerSquareMetre::ZERO;
        let none = Levels { new: zero, later: zero, planned: zero, hair: zero, total: zero, zone_index: 0 };
        let painted = Painted::at(drawn, p, normal);
        if painted.full <= 0.0 {
            return Levels { zone_index: painted.zone, ..none };
        }
        if drawn.barred(p, normal) {
            return Levels { zone_index: painted.zone, ..none };
        }
        let hair = self.hair.as_ref().map_or(0.0, |hair| hair.at(p, normal));
        let lack = painted.lack(hair);
        let ink = self.ink.as_ref().map(|ink| lack * painted.due_before() * ink.at(&p.coords.coords));
        // Without a word of what is there, the ladder's own dots are taken to be.
        let there = ink.unwrap_or(lack * painted.before);
        let new = match ink {
            None => lack * painted.today,
            Some(ink) => (lack * (painted.before + painted.today) - ink).max(0.0),
        };
        let later = (lack * painted.full - there - new).max(0.0);
        // Shares of a ladder add up to one but for rounding.
        let later = if later > ROUNDING * painted.full { later } else { 0.0 };
        let hair = if self.hair_is_placed { hair } else { 0.0 };
        let total = new + ink.unwrap_or(0.0) + hair;
        let [new, later, planned, hair, total] =
            [new, later, lack * painted.full, hair, total].map(PerSquareMetre::new);
        Levels { new, later, planned, hair, total, zone_index: painted.zone }
    }

    /// Counts the frozen points anew.
    pub(crate) fn count(&mut self, surface: &Surface, source: &Source, frozen: &[Frozen]) {
        self.hair_is_placed = frozen.iter().any(|f| matches!(f.kind, FrozenKind::Follicle));
        match source {
            Source::Drawn(drawn) => {
                let ink: Vec<&Frozen> = frozen
                    .iter()
                    .filter(|f| matches!(f.kind, FrozenKind::Earlier { .. } | FrozenKind::OldDot { .. }))
                    .collect();
                self.ink = (!ink.is_empty()).then(|| self.ink_of(surface, drawn, &ink));
            }
            Source::Function(_) => {
                let points: Vec<(Vector3<f64>, f64)> = frozen
                    .iter()
                    .filter(|f| f.kind.counts() > 0.0)
                    .map(|f| (f.point.coords.coords, f.kind.counts()))
                    .collect();
                self.ink = (!points.is_empty()).then(|| {
                    let area: Vec<_> =
                        patches(surface, |_, _| true).iter().map(|p| (p.at.coords.coords, p.area)).collect();
                    Estimate::new(&area, &points, SIGMA)
                });
            }
        }
    }

    fn ink_of(&self, surface: &Surface, drawn: &Drawn, dots: &[&Frozen]) -> Estimate {
        let shape = |p: Point<Head>, normal: Dir<Head>| {
            let painted = Painted::at(drawn, p, normal);
            if painted.full <= 0.0 || drawn.barred(p, normal) {
                return 0.0;
            }
            painted.lack(self.hair.as_ref().map_or(0.0, |hair| hair.at(p, normal))) * painted.due_before()
        };
        let near = |centre: Point<Head>, radius: frames::Metres| {
            drawn.zones.iter().any(|z| z.touches(&centre.coords.coords, radius.get()))
        };
        let expected: Vec<(Vector3<f64>, f64)> = patches(surface, near)
            .iter()
            .map(|patch| (patch.at.coords.coords, patch.area * shape(patch.at, patch.normal)))
            .filter(|(_, mass)| *mass > 0.0)
            .collect();
        // A dot outside the shape (a sentinel) stands for itself.
        let points: Vec<(Vector3<f64>, f64)> = dots
            .iter()
            .filter(|f| {
                let hit = surface.nearest(f.point);
                shape(hit.point, surface.normal_at(hit.face, hit.bary)) > 0.0
            })
            .map(|f| (f.point.coords.coords, f.kind.counts()))
            .collect();
        Estimate::new(&expected, &points, SIGMA)
    }
}

/// What the zones ask for at a place, 1/m².
#[derive(Debug, Clone, Copy, Default)]
struct Painted {
    full: f64,
    before: f64,
    today: f64,
    most: f64,
    zone: u16,
}

impl Painted {
    fn at(drawn: &Drawn, p: Point<Head>, normal: Dir<Head>) -> Self {
        let mut sum = Self::default();
        drawn.paint(p, normal, |k, part| {
            let rung = drawn.zones[k].rung;
            sum.full += part;
            sum.before += part * rung.before;
            sum.today += part * rung.share;
            if part > sum.most {
                (sum.most, sum.zone) = (part, k as u16);
            }
        });
        sum
    }

    /// Part of what is wanted that the hair leaves to dots.
    fn lack(&self, hair: f64) -> f64 {
        (1.0 - hair / self.full).max(0.0)
    }

    /// The shape that earlier dots are expected to have: the ladder's, or today's where nothing was due before.
    fn due_before(&self) -> f64 {
        if self.before > 0.0 { self.before } else { self.today }
    }
}
