//! The compiled design: what is wanted at any place.
//!
//! In: zones, keep-outs, border, session. Out: [`Wanted`], fast enough to be asked a million times (about 0.2 us), and
//! the frozen points. Where zones overlap the denser one holds; a keep-out wins over every zone.

use std::fmt;

use frames::{Dir, Head, Metres, PerSquareMetre, Point};
use nalgebra::Vector3;
use scan::Surface;

use crate::error::Warning;
use crate::hair::Hair;
use crate::scalp::Scalp;
use crate::wanted::{Frozen, FrozenKind, Wanted};
use crate::zone::{Loop, Zone};

/// Least distance to a healed dot from elsewhere: design.md section 9.
const TO_OLD_DOT: Metres = Metres::from_mm(0.5);
/// Least distance to a follicle or hair exit: design.md section 9.
const TO_FOLLICLE: Metres = Metres::from_mm(0.3);

/// What is wanted, everywhere on the head, in this session.
pub struct Fields {
    pub(crate) source: Source,
    pub(crate) frozen: Vec<Frozen>,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) least_distance: Metres,
    pub(crate) least_overall: Metres,
    /// Density of all sessions so far over that of this one.
    pub(crate) cumulative: f64,
    /// From 1.
    pub(crate) session: u16,
}

pub(crate) enum Source {
    Drawn(Drawn),
    Function(Function),
}

/// A place and its outward normal in, what is wanted out.
type Function = Box<dyn Fn(Point<Head>, Dir<Head>) -> Wanted + Send + Sync>;

#[derive(Debug)]
pub(crate) struct Drawn {
    /// At least one.
    pub(crate) zones: Vec<Zone>,
    pub(crate) keep_out: Vec<KeepOut>,
    pub(crate) scalp: Scalp,
    pub(crate) hair: Hair,
}

/// Where no dot may go. Margins are included.
#[derive(Debug)]
pub(crate) enum KeepOut {
    Ball { middle: Vector3<f64>, radius: f64 },
    Loop { inside: Loop, margin: f64 },
}

impl KeepOut {
    fn holds(&self, p: &Vector3<f64>, normal: &Vector3<f64>) -> bool {
        match self {
            Self::Ball { middle, radius } => (p - middle).norm() <= *radius,
            Self::Loop { inside, margin } => inside.inside(p, normal).is_some_and(|d| d >= -margin),
        }
    }
}

impl Drawn {
    /// Densest zone at a place and its density, 1/m².
    pub(crate) fn densest(&self, p: Point<Head>, normal: Dir<Head>) -> (f64, usize) {
        let (at, n) = (&p.coords.coords, normal.get());
        let mut best = (0.0, 0);
        for (k, zone) in self.zones.iter().enumerate() {
            let density = zone.density * zone.fraction(at, n);
            if density > best.0 {
                best = (density, k);
            }
        }
        if best.0 > 0.0 && self.barred(p, normal) {
            best.0 = 0.0;
        }
        best
    }

    /// Inside a keep-out or off the scalp.
    pub(crate) fn barred(&self, p: Point<Head>, normal: Dir<Head>) -> bool {
        self.scalp.above(p) < Metres::ZERO || self.keep_out.iter().any(|k| k.holds(&p.coords.coords, normal.get()))
    }
}

impl Fields {
    /// Fields from a plain function, for test bodies and benches. No frozen points, one session.
    pub fn from_fn(
        wanted: impl Fn(Point<Head>, Dir<Head>) -> Wanted + Send + Sync + 'static,
        least_distance: Metres,
    ) -> Self {
        Self {
            source: Source::Function(Box::new(wanted)),
            frozen: Vec::new(),
            warnings: Vec::new(),
            least_distance,
            least_overall: least_distance,
            cumulative: 1.0,
            session: 1,
        }
    }

    /// What is wanted at a place on the skin with this outward normal.
    pub fn at(&self, p: Point<Head>, normal: Dir<Head>) -> Wanted {
        match &self.source {
            Source::Function(f) => f(p, normal),
            Source::Drawn(drawn) => {
                let (density, index) = drawn.densest(p, normal);
                drawn.wanted(p, normal, density, index)
            }
        }
    }

    /// Density and zone alone: what stippling asks most often.
    pub fn density_at(&self, p: Point<Head>, normal: Dir<Head>) -> (PerSquareMetre, u16) {
        match &self.source {
            Source::Function(f) => {
                let wanted = f(p, normal);
                (wanted.density, wanted.zone_index)
            }
            Source::Drawn(drawn) => {
                let (density, index) = drawn.densest(p, normal);
                (PerSquareMetre::new(density), index as u16)
            }
        }
    }

    /// False only if nothing is wanted anywhere in the ball.
    pub fn touches(&self, centre: Point<Head>, radius: Metres) -> bool {
        match &self.source {
            Source::Function(_) => true,
            Source::Drawn(drawn) => drawn.zones.iter().any(|z| z.touches(&centre.coords.coords, radius.get())),
        }
    }

    /// The faces on which something may be wanted, in order: what a viewer or a collision check looks at first.
    pub fn area_of_interest(&self, surface: &Surface) -> Vec<u32> {
        (0..surface.faces().len() as u32)
            .filter(|&face| {
                let corner = surface.faces()[face as usize].map(|v| surface.vertices()[v as usize].coords);
                let middle = surface.at(face, [1.0 / 3.0; 3]);
                let radius = corner.iter().map(|p| (p - middle.coords).norm()).fold(0.0, f64::max);
                self.touches(middle, Metres::new(radius))
            })
            .collect()
    }

    /// Points fixed before any dot is laid.
    pub fn frozen(&self) -> &[Frozen] {
        &self.frozen
    }

    /// Adds what is already there: dots of earlier sessions, old dots, follicles.
    pub fn freeze(&mut self, more: impl IntoIterator<Item = Frozen>) {
        self.frozen.extend(more);
    }

    /// Least distance between two dots of this session.
    pub const fn least_distance(&self) -> Metres {
        self.least_distance
    }

    /// Least distance of a new dot to a frozen point.
    pub const fn least_to(&self, kind: &FrozenKind) -> Metres {
        match kind {
            FrozenKind::Sentinel(_) => self.least_distance,
            FrozenKind::Earlier => self.least_overall,
            FrozenKind::OldDot => TO_OLD_DOT,
            FrozenKind::Follicle => TO_FOLLICLE,
        }
    }

    /// Density of all sessions up to this one over the density of this one; 1 while no earlier dots are known, because
    /// then the pattern has only this session's dots to be even among.
    pub fn cumulative_ratio(&self) -> f64 {
        if self.frozen.iter().any(|f| matches!(f.kind, FrozenKind::Earlier)) { self.cumulative } else { 1.0 }
    }

    /// Which session this is, from 1.
    pub const fn session(&self) -> u16 {
        self.session
    }

    /// What is allowed but worth a look.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }
}

impl Drawn {
    pub(crate) fn wanted(&self, p: Point<Head>, normal: Dir<Head>, density: f64, index: usize) -> Wanted {
        let zone = &self.zones[index];
        let [least, target, most] = zone.window;
        Wanted {
            density: PerSquareMetre::new(density),
            zone: zone.skin,
            zone_index: index as u16,
            target,
            least,
            most,
            healed: zone.healed,
            shade: zone.shade,
            hair: self.hair.at(p, normal),
        }
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Fields");
        match &self.source {
            Source::Drawn(drawn) => out.field("zones", &drawn.zones.len()).field("keep_out", &drawn.keep_out.len()),
            Source::Function(_) => out.field("zones", &"a function"),
        };
        out.field("frozen", &self.frozen.len())
            .field("warnings", &self.warnings)
            .field("least_distance", &self.least_distance)
            .finish_non_exhaustive()
    }
}
