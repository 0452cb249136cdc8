//! The compiled design: what is wanted at any place.
//!
//! In: zones, keep-outs, border, session, and what is there already. Out: [`Wanted`], fast enough to be asked a million times (about 0.2 us), and
//! the frozen points. Where zones overlap the later one holds; a keep-out wins over every zone.

use std::fmt;

use frames::{Dir, Head, Metres, Penetration, PerSquareMetre, Point};
use nalgebra::Vector3;
use scan::Surface;

use crate::existing::{Growth, There};
use crate::hair::Hair;
use crate::line::DrawnLine;
use crate::points::Points;
use crate::rules::{Checked, Finding};
use crate::scalp::Scalp;
use crate::shape::{Combed, Loop, Zone};
use crate::wanted::{Frozen, FrozenKind, Levels, Wanted, ZoneDots};

/// Least distance to a healed dot from elsewhere: design.md section 9.
const TO_OLD_DOT: Metres = Metres::from_mm(0.5);
/// Least distance to a follicle or hair exit: design.md section 9.
const TO_FOLLICLE: Metres = Metres::from_mm(0.3);

/// What is wanted, everywhere on the head, in this session.
pub struct Fields {
    pub(crate) source: Source,
    pub(crate) frozen: Vec<Frozen>,
    pub(crate) checked: Vec<Checked>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) lines: Vec<DrawnLine>,
    pub(crate) there: There,
    pub(crate) least_distance: Metres,
    pub(crate) least_overall: Metres,
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
    Balls {
        middles: Points,
        radius: f64,
    },
    Loop {
        inside: Box<Loop>,
        margin: f64,
    },
    /// Where the scan ends: unknown skin. Empty for a closed one.
    Border(std::sync::Arc<scan::Border>),
}

impl KeepOut {
    fn holds(&self, p: &Vector3<f64>, normal: &Vector3<f64>) -> bool {
        match self {
            Self::Balls { middles, radius } => middles.nearest(p, radius.next_up()).is_some(),
            Self::Loop { inside, margin } => inside.inside(p, normal).is_some_and(|d| d >= -margin),
            Self::Border(border) => border.distance(Point::from(*p), scan::BORDER_MARGIN).is_some(),
        }
    }
}

impl Drawn {
    /// What is painted at a place, zone by zone, topmost first: its number and its full density, 1/m². The last zone covers the
    /// ones before it as far as its own fraction goes, and they fill what it leaves free: a patch holds against the field
    /// around it, and two feathers that meet make neither a dip nor a ridge. Continuous, because every fraction is.
    pub(crate) fn paint(&self, p: Point<Head>, normal: Dir<Head>, mut part: impl FnMut(usize, f64)) {
        let (at, n) = (&p.coords.coords, normal.get());
        let mut free = 1.0_f64;
        for (k, zone) in self.zones.iter().enumerate().rev() {
            let cover = zone.fraction(at, n).min(free);
            if cover > 0.0 {
                free -= cover;
                part(k, zone.density * cover * zone.ground.factor(at));
                if free <= 0.0 {
                    return;
                }
            }
        }
    }

    /// What zones and nothing else make of a place, 1/m².
    #[cfg(test)]
    pub(crate) fn painted(&self, p: Point<Head>, normal: Dir<Head>) -> f64 {
        let mut sum = 0.0;
        self.paint(p, normal, |k, part| sum += part * self.zones[k].rung.share);
        sum
    }

    /// Today's density at a place as if nothing were there yet, 1/m², and the zone with the greatest part in it.
    pub(crate) fn density(&self, p: Point<Head>, normal: Dir<Head>) -> (f64, usize) {
        let (mut density, mut most, mut index) = (0.0, 0.0, 0);
        self.paint(p, normal, |k, part| {
            density += part * self.zones[k].rung.share;
            if part > most {
                most = part;
                index = k;
            }
        });
        if density > 0.0 && self.barred(p, normal) {
            density = 0.0;
        }
        (density, index)
    }

    /// Inside a keep-out, off the scalp, or too near to an ear, an eye or a brow.
    pub(crate) fn barred(&self, p: Point<Head>, normal: Dir<Head>) -> bool {
        self.scalp.inside(&p.coords.coords) < 0.0
            || self.keep_out.iter().any(|k| k.holds(&p.coords.coords, normal.get()))
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
            checked: Vec::new(),
            findings: Vec::new(),
            lines: Vec::new(),
            there: There::default(),
            least_distance,
            least_overall: least_distance,
            session: 1,
        }
    }

    /// What is wanted at a place on the skin with this outward normal.
    pub fn at(&self, p: Point<Head>, normal: Dir<Head>) -> Wanted {
        match &self.source {
            Source::Function(f) => f(p, normal),
            Source::Drawn(drawn) => {
                let levels = self.levels_at(p, normal);
                drawn.wanted(p, normal, levels.new.get(), (usize::from(levels.zone_index), None))
            }
        }
    }

    /// The same for one of the kinds of dot that [`Self::mix`] lists for the zone there.
    pub fn at_kind(&self, p: Point<Head>, normal: Dir<Head>, kind: u8) -> Wanted {
        match &self.source {
            Source::Function(f) => f(p, normal),
            Source::Drawn(drawn) => {
                let levels = self.levels_at(p, normal);
                drawn.wanted(p, normal, levels.new.get(), (usize::from(levels.zone_index), Some(kind)))
            }
        }
    }

    /// Shares of the kinds of dot in a zone, adding up to 1; empty where all its dots are alike.
    pub fn mix(&self, zone_index: u16) -> Vec<f64> {
        let Source::Drawn(drawn) = &self.source else { return Vec::new() };
        let zone = drawn.zones.get(usize::from(zone_index));
        zone.map_or_else(Vec::new, |zone| zone.kinds.iter().map(|k| k.share).collect())
    }

    /// Densities and zone alone: what stippling asks most often.
    pub fn levels_at(&self, p: Point<Head>, normal: Dir<Head>) -> Levels {
        match &self.source {
            Source::Function(f) => {
                let wanted = f(p, normal);
                let total = wanted.density + PerSquareMetre::new(self.there.counted(p));
                let zero = PerSquareMetre::ZERO;
                let zone_index = wanted.zone_index;
                Levels { new: wanted.density, later: zero, planned: zero, hair: zero, total, zone_index }
            }
            Source::Drawn(drawn) => self.there.levels(drawn, p, normal),
        }
    }

    /// Dots of this session, and the zone.
    pub fn density_at(&self, p: Point<Head>, normal: Dir<Head>) -> (PerSquareMetre, u16) {
        let levels = self.levels_at(p, normal);
        (levels.new, levels.zone_index)
    }

    /// Which part of the planned dots each session lays, first to last, adding up to 1.
    pub fn ladder_at(&self, p: Point<Head>, normal: Dir<Head>) -> Vec<f64> {
        let Source::Drawn(drawn) = &self.source else { return vec![1.0] };
        let mut sum = vec![0.0; drawn.zones.iter().map(|z| z.ladder.len()).max().unwrap_or(1)];
        let mut full = 0.0;
        drawn.paint(p, normal, |k, part| {
            full += part;
            sum.iter_mut().zip(&drawn.zones[k].ladder).for_each(|(sum, share)| *sum += part * share);
        });
        if full > 0.0 {
            sum.iter_mut().for_each(|sum| *sum /= full);
        }
        sum
    }

    /// Dots of this session, and the hair and the dots that are there and count.
    pub fn total_at(&self, p: Point<Head>, normal: Dir<Head>) -> PerSquareMetre {
        self.levels_at(p, normal).total
    }

    /// What zone `zone` (from 0) asks for, whether it was written, taken for granted or found for a look.
    pub fn dots_of(&self, zone: u16) -> Option<ZoneDots> {
        let Source::Drawn(drawn) = &self.source else { return None };
        let zone = drawn.zones.get(usize::from(zone))?;
        let density = PerSquareMetre::new(zone.density);
        Some(ZoneDots { density, healed: zone.healed, shade: zone.shade, window: zone.ground.first().window })
    }

    /// How far behind the soft edge of zone `zone` (from 0) a place lies; negative ahead of it. `None` off the zone, where it has
    /// no such edge (spots, masks), and where another of its edges softens it too.
    pub fn behind_edge(&self, zone: u16, p: Point<Head>, normal: Dir<Head>) -> Option<Metres> {
        let Source::Drawn(drawn) = &self.source else { return None };
        drawn.zones.get(usize::from(zone))?.behind_edge(&p.coords.coords, normal.get()).map(Metres::new)
    }

    /// Hair that is there, in follicular units per area, as far as the scene says so.
    pub fn hair_at(&self, p: Point<Head>, normal: Dir<Head>) -> Option<PerSquareMetre> {
        self.there.hair.as_ref().map(|hair| PerSquareMetre::new(hair.at(p, normal)))
    }

    /// The person's hair as a field of its own, to be drawn by seed; `None` where follicles are given or nothing is said.
    pub fn natural_hair(&self) -> Option<Self> {
        match &self.there.hair {
            Some(Growth::Remaining(remaining)) => Some(remaining.clone().into_fields()),
            _ => None,
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

    /// Adds what is already there (dots of earlier sessions, old dots, follicles) and counts it. A sentinel for which they
    /// leave no room is given up.
    pub fn freeze(&mut self, surface: &Surface, more: impl IntoIterator<Item = Frozen>) {
        self.frozen.extend(more);
        let (due, there): (Vec<Frozen>, Vec<Frozen>) =
            self.frozen.iter().partition(|f| matches!(f.kind, FrozenKind::Sentinel(_)));
        let free = |s: &Frozen| there.iter().all(|f| (f.point - s.point).norm() > self.least_to(&f.kind));
        self.frozen = due.into_iter().filter(free).chain(there.iter().copied()).collect();
        self.there.count(surface, &self.source, &self.frozen);
    }

    /// Least distance between two dots of this session.
    pub const fn least_distance(&self) -> Metres {
        self.least_distance
    }

    /// Least distance between two dots of any sessions.
    pub const fn least_overall(&self) -> Metres {
        self.least_overall
    }

    /// Least distance of a new dot to a frozen point.
    pub const fn least_to(&self, kind: &FrozenKind) -> Metres {
        match kind {
            FrozenKind::Sentinel(_) => self.least_distance,
            FrozenKind::Earlier { .. } => self.least_overall,
            FrozenKind::OldDot { .. } => TO_OLD_DOT,
            FrozenKind::Follicle => TO_FOLLICLE,
        }
    }

    /// Which session this is, from 1.
    pub const fn session(&self) -> u16 {
        self.session
    }

    /// The rules of design that are broken, with who answers for them. No limit is among them: a design that breaks one does
    /// not become fields.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The lines and temporal peaks that were drawn from landmarks, as control points to paste and move.
    pub fn drawn_lines(&self) -> &[DrawnLine] {
        &self.lines
    }

    /// Every rule that was held against the design, kept or broken.
    pub fn checked(&self) -> &[Checked] {
        &self.checked
    }
}

impl Drawn {
    /// Diameter, shade and depths are the mean of the zones' own, each by its part of the density; the kind of skin and the
    /// index are those of the greatest part. Its zone may say which of its kinds of dot is meant.
    pub(crate) fn wanted(
        &self,
        p: Point<Head>,
        normal: Dir<Head>,
        density: f64,
        (index, kind): (usize, Option<u8>),
    ) -> Wanted {
        let mut parts = Vec::new();
        self.paint(p, normal, |k, part| parts.push((k, part)));
        let (at, out) = (&p.coords.coords, normal.get());
        let sum: f64 = parts.iter().map(|(_, part)| part).sum();
        if parts.len() == 1 || sum <= 0.0 {
            parts = vec![(index, 1.0)];
        } else {
            parts.iter_mut().for_each(|(_, part)| *part /= sum);
        }
        let dot = |k: usize| self.zones[k].dot(at, out, if k == index { kind } else { None });
        let sum_of = |of: &dyn Fn(usize) -> f64| parts.iter().map(|(k, part)| part * of(*k)).sum();
        let mean = |of: &dyn Fn(&Zone) -> f64| parts.iter().map(|(k, part)| part * of(&self.zones[*k])).sum();
        let depth = |i: usize| Penetration::new(Metres::new(mean(&|zone| zone.ground.depth(at, i))));
        Wanted {
            density: PerSquareMetre::new(density),
            zone: self.zones[index].ground.skin(at),
            zone_index: index as u16,
            target: depth(1),
            least: depth(0),
            most: depth(2),
            healed: Metres::new(sum_of(&|k| dot(k).0.get())),
            shade: sum_of(&|k| self.zones[k].rung.shade(dot(k).1)),
            hair: self.comb(p, normal, &parts),
        }
    }

    /// The natural direction, or what zones say instead, each by its part.
    fn comb(&self, p: Point<Head>, normal: Dir<Head>, parts: &[(usize, f64)]) -> Option<Dir<Head>> {
        let natural = self.hair.at(p, normal);
        if parts.iter().all(|(k, _)| self.zones[*k].hair.is_none()) {
            return natural;
        }
        let n = normal.get().into_inner();
        let own = natural.map_or_else(Vector3::zeros, |dir| dir.get().into_inner());
        let sum = parts.iter().map(|(k, part)| {
            *part
                * match self.zones[*k].hair {
                    None => own,
                    Some(Combed::Towards(way)) => way - n * way.dot(&n),
                    Some(Combed::Turned(cosine, sine)) => own * cosine + own.cross(&n) * sine,
                }
        });
        Dir::try_from_vector(sum.sum())
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
            .field("findings", &self.findings)
            .field("least_distance", &self.least_distance)
            .finish_non_exhaustive()
    }
}
