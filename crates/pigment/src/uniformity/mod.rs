//! The uniformity meter: how even the tone is in the 3-9 mm band, left against right, and across soft edges.
//!
//! In: a treatment and its dots, as wanted or as a rehearsal placed them. Out: [`Evenness`], figure by figure against random
//! dots. Absent: the pattern's own figures by count, which `stipple` measures; any picture of skin.
//!
//! Tone is L* by the embedded-column law (`tone`): every dot and every hair adds its load (the area whose light it takes) at its place. The wanted field adds
//! its load everywhere; both are filtered alike (`band`), and what is left of the dots less what is left of the field is the
//! unevenness. So a ramp, an edge or a scar of the design is no unevenness, however sharp. Loads become L* by the slope of the
//! law at the wanted tone of the place. Random dots need no throwing: their variance is the sum of squared weights.

mod band;
mod edge;
mod near;
mod nodes;
pub(crate) mod tone;

use design::FrozenKind;
use frames::{Dir, Head, Point};
use rayon::prelude::*;
use record::{Evenness, Uniformity, ZoneEvenness};
use stipple::{Pattern, Preset, Site};

use crate::figures::Judgement;
use crate::statistics::rms;
use crate::{Failure, Treatment};
use band::{BAND, Band, REACH};
use edge::Profile;
pub(crate) use near::Near;
use nodes::Node;

/// Unevenness of so much rms is seen as such: about 1 L* is just noticeable (skin.md 3.5b K). For comparison stipple.md 7.4:
/// 0.6 is visible as blotches and 0.09 is at threshold, in windows of 2 cm2.
pub(crate) const WARN_L: f64 = 1.0;
/// Places at which tone is measured.
const SAMPLES: f64 = 12_000.0;
/// Nearer to the middle than this a place is its own mirror image, metres.
const MIDDLE: f64 = 3e-3;
/// Less than this on either side is not compared, m².
const LEAST_SIDE: f64 = 1e-4;
/// Fewer places than this make no figure.
const FEWEST: usize = 10;

/// A dot as it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Laid {
    pub(crate) at: Point<Head>,
    /// m²; see `tone`.
    load: f64,
    zone: u16,
}

/// A place where tone is measured.
#[derive(Debug, Clone, Copy)]
struct Sample {
    at: Point<Head>,
    normal: Dir<Head>,
    zone: u16,
    /// L* a unit of load.
    slope: f64,
    /// Of the wanted field in the band.
    wanted: f64,
    /// Of hair and dots that are there, less their own smooth field.
    there: f64,
    /// Variance of the load of random dots in the band.
    random: f64,
    /// Number of the sample at its mirror image, where one is wanted.
    mirror: Option<u32>,
}

/// A place, and its tone in the band.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Uneven {
    pub(crate) at: Point<Head>,
    pub(crate) normal: Dir<Head>,
    /// L*; negative is too light.
    pub(crate) too_dark: f64,
}

/// Everything that does not depend on today's dots.
pub(crate) struct Meter<'a> {
    treatment: &'a Treatment,
    band: Band,
    nodes: Vec<Node>,
    /// First those over which figures are taken, then mirror images.
    samples: Vec<Sample>,
    own: usize,
    edges: Vec<Profile>,
}

impl<'a> Meter<'a> {
    pub(crate) fn new(treatment: &'a Treatment) -> Self {
        let band = Band::new();
        let mut nodes = nodes::nodes(treatment);
        // Profiles need the bare skin ahead of an edge too.
        let zones = treatment.file.scene.zone.len() as u16;
        let edges = (0..zones).map(|zone| profile(treatment, &nodes, zone)).collect();
        nodes.retain(Node::bears);
        let there = there(treatment);
        let cloud = Cloud {
            nodes: Near::new(nodes.iter().map(|n| n.at), 0.5 * REACH),
            there: Near::new(there.iter().map(|t| t.0), 0.5 * REACH),
        };
        let sentinels = sentinels(treatment);
        let places = places(treatment, &nodes);
        let own = places.iter().filter(|p| p.mirror_of.is_none()).count();
        let mut samples: Vec<Sample> = places
            .par_iter()
            .map(|place| {
                let [mut wanted, mut even, mut random] = [0.0; 3];
                cloud.nodes.within(place.at, REACH, |k, r2| {
                    let (node, w) = (&nodes[k], band.weight(r2));
                    wanted += w * node.new * node.area;
                    even += w * node.there * node.area;
                    random += w * w * node.new * node.dot * node.area;
                });
                for (at, load) in &sentinels {
                    wanted += load * band.weight((*at - place.at).norm().get().powi(2));
                }
                let mut hair = 0.0;
                cloud.there.within(place.at, REACH, |k, r2| hair += there[k].1 * band.weight(r2));
                Sample {
                    at: place.at,
                    normal: place.normal,
                    zone: place.zone,
                    slope: tone::slope(&treatment.person, place.level),
                    wanted,
                    there: hair - even,
                    random,
                    mirror: None,
                }
            })
            .collect();
        for (k, place) in places.iter().enumerate() {
            if let Some(of) = place.mirror_of {
                samples[of].mirror = Some(k as u32);
            }
        }
        Self { treatment, band, nodes, samples, own, edges }
    }

    /// The dots of a pattern, each where and as it is wanted.
    pub(crate) fn planned(&self, sites: &[Site]) -> Vec<Laid> {
        let person = &self.treatment.person;
        let laid =
            |s: &Site| Laid { at: s.head_from_skin.origin(), load: tone::of_site(person, s), zone: s.zone_index };
        sites.iter().map(laid).collect()
    }

    /// The dots that are really there.
    pub(crate) fn placed(&self, judgement: &Judgement<'_>) -> Vec<Laid> {
        let person = &self.treatment.person;
        let dots = judgement.dots.iter();
        dots.map(|d| Laid { at: d.hit.entry, load: tone::of_hit(person, d.site, d.hit), zone: d.site.zone_index })
            .collect()
    }

    /// Tone less wanted tone in the band at every sample, L*; positive is too dark.
    fn errors(&self, dots: &[Laid]) -> Vec<f64> {
        let near = Near::new(dots.iter().map(|d| d.at), 0.5 * REACH);
        self.samples
            .par_iter()
            .map(|s| {
                let mut load = 0.0;
                near.within(s.at, REACH, |k, r2| load += dots[k].load * self.band.weight(r2));
                s.slope * (load - s.wanted + s.there)
            })
            .collect()
    }

    /// Every place at which the figures are taken.
    pub(crate) fn map(&self, dots: &[Laid]) -> Vec<Uneven> {
        let of = |(s, too_dark): (&Sample, f64)| Uneven { at: s.at, normal: s.normal, too_dark };
        self.samples.iter().zip(self.errors(dots)).map(of).take(self.own).collect()
    }

    /// Every figure of these dots; `best` are those of the truest pattern.
    pub(crate) fn measure(&self, dots: &[Laid], best: Option<&[Laid]>) -> Evenness {
        let errors = self.errors(dots);
        let best = best.map(|dots| self.errors(dots));
        let names = self.treatment.zone_names();
        let of = |zone: Option<u16>| self.figures(zone, dots, &errors, best.as_deref());
        let zones = (0..names.len() as u16).zip(names);
        Evenness {
            whole: of(None).unwrap_or_default(),
            zones: zones.filter_map(|(k, zone)| Some(ZoneEvenness { zone, ..of(Some(k))? })).collect(),
        }
    }

    fn figures(&self, zone: Option<u16>, dots: &[Laid], errors: &[f64], best: Option<&[f64]>) -> Option<ZoneEvenness> {
        let ours = |z: u16| zone.is_none_or(|zone| zone == z);
        let samples: Vec<usize> = (0..self.own).filter(|&k| ours(self.samples[k].zone)).collect();
        if samples.len() < FEWEST {
            return None;
        }
        let person = &self.treatment.person;
        let over = |of: &dyn Fn(usize) -> f64| rms(&samples.iter().map(|&k| of(k)).collect::<Vec<_>>()).unwrap_or(0.0);
        let band = over(&|k| errors[k]);
        let random = over(&|k| {
            let s = &self.samples[k];
            s.slope * (s.random + s.there * s.there).sqrt()
        });
        let best = best.map(|best| over(&|k| best[k]));
        let bare = tone::lightness(person, 0.0);
        let [left, right] = self.sides(zone, dots);
        let all = Side::of(left, right);
        let lightness = |load: f64| tone::lightness(person, load);
        let both = left.area >= LEAST_SIDE && right.area >= LEAST_SIDE;
        let pairs: Vec<f64> =
            samples.iter().filter_map(|&k| self.samples[k].mirror.map(|m| errors[k] - errors[m as usize])).collect();
        let width = zone.and_then(|zone| self.width(zone, dots));
        Some(ZoneEvenness {
            zone: "all zones".to_owned(),
            area_m2: all.area,
            lightness_l: lightness(all.load()),
            darkening_l: bare - lightness(all.load()),
            band_rms_l: band,
            random_rms_l: random,
            random_ratio: band / random,
            best_rms_l: best,
            best_ratio: best.filter(|best| *best > 0.0).map(|best| band / best),
            density_error_ratio: over(&|k| errors[k] / self.samples[k].slope) / all.wanted(),
            mirror_band_rms_l: rms(&pairs).filter(|_| pairs.len() >= FEWEST),
            mirror_mean_l: both.then(|| lightness(left.load()) - lightness(right.load())),
            mirror_mean_designed_l: both.then(|| lightness(left.wanted()) - lightness(right.wanted())),
            edge_m: width.map(|w| w.found),
            edge_designed_m: width.map(|w| w.designed),
        })
    }

    /// Left and right of the mid-sagittal plane: +x is right.
    fn sides(&self, zone: Option<u16>, dots: &[Laid]) -> [Side; 2] {
        let ours = |z: u16| zone.is_none_or(|zone| zone == z);
        let mut sides = [Side::default(); 2];
        for node in self.nodes.iter().filter(|n| n.new > 0.0 && ours(n.zone)) {
            let side = &mut sides[usize::from(node.at.coords.x > 0.0)];
            side.area += node.area;
            side.wanted += node.new * node.area;
            side.there += node.there * node.area;
        }
        for dot in dots.iter().filter(|d| ours(d.zone)) {
            sides[usize::from(dot.at.coords.x > 0.0)].dots += dot.load;
        }
        sides
    }

    fn width(&self, zone: u16, dots: &[Laid]) -> Option<edge::Width> {
        let (surface, fields) = (&self.treatment.scan.surface, &self.treatment.fields);
        let behind = |dot: &Laid| {
            let hit = surface.nearest(dot.at);
            let behind = fields.behind_edge(zone, hit.point, surface.normal_at(hit.face, hit.bary))?;
            Some((behind.get(), dot.load))
        };
        self.edges.get(usize::from(zone))?.width(dots.iter().filter_map(behind))
    }
}

/// Loads of one side of the head, m², and its area.
#[derive(Debug, Clone, Copy, Default)]
struct Side {
    area: f64,
    wanted: f64,
    there: f64,
    dots: f64,
}

impl Side {
    fn of(a: Self, b: Self) -> Self {
        Self { area: a.area + b.area, wanted: a.wanted + b.wanted, there: a.there + b.there, dots: a.dots + b.dots }
    }

    /// Per area, as it is.
    fn load(&self) -> f64 {
        (self.dots + self.there) / self.area
    }

    /// Per area, as wanted.
    fn wanted(&self) -> f64 {
        (self.wanted + self.there) / self.area
    }
}

struct Cloud {
    nodes: Near,
    there: Near,
}

/// Where to measure.
struct Place {
    at: Point<Head>,
    normal: Dir<Head>,
    zone: u16,
    level: f64,
    mirror_of: Option<usize>,
}

/// Evenly over the area where dots are wanted today, and the mirror image of every second place on the right.
fn places(treatment: &Treatment, nodes: &[Node]) -> Vec<Place> {
    let place = |n: &Node| Place { at: n.at, normal: n.normal, zone: n.zone, level: n.new + n.there, mirror_of: None };
    let total: f64 = nodes.iter().filter(|n| n.new > 0.0).map(|n| n.area).sum();
    let each = total / SAMPLES;
    let mut out = Vec::new();
    let mut due = 0.5 * each;
    let mut sum = 0.0;
    for node in nodes.iter().filter(|n| n.new > 0.0) {
        sum += node.area;
        if sum >= due {
            out.push(place(node));
            // A node larger than its share stands for itself only.
            due = (due + each).max(sum);
        }
    }
    let (surface, fields, person) = (&treatment.scan.surface, &treatment.fields, &treatment.person);
    let right: Vec<usize> = (0..out.len()).filter(|&k| out[k].at.coords.x > MIDDLE).step_by(2).collect();
    let mirrored: Vec<Option<Place>> = right
        .par_iter()
        .map(|&k| {
            let p = out[k].at.coords;
            let hit = surface.nearest(Point::new(-p.x, p.y, p.z));
            let normal = surface.normal_at(hit.face, hit.bary);
            let wanted = fields.at(hit.point, normal);
            let level = wanted.density.get() * tone::of_wanted(person, &wanted);
            (level > 0.0).then_some(Place { at: hit.point, normal, zone: wanted.zone_index, level, mirror_of: Some(k) })
        })
        .collect();
    out.extend(mirrored.into_iter().flatten());
    out
}

/// Hair and dots of before, with their loads.
fn there(treatment: &Treatment) -> Vec<(Point<Head>, f64)> {
    let (surface, fields, person) = (&treatment.scan.surface, &treatment.fields, &treatment.person);
    let unit = tone::of_hair(person);
    let drawn = &treatment.existing.hair;
    let dot = |at: Point<Head>| {
        let hit = surface.nearest(at);
        tone::of_wanted(person, &fields.at(hit.point, surface.normal_at(hit.face, hit.bary)))
    };
    let frozen = fields.frozen().iter().filter_map(|f| match f.kind {
        FrozenKind::Sentinel(_) => None,
        FrozenKind::Earlier { ink } | FrozenKind::OldDot { ink } => Some((f.point, ink * dot(f.point))),
        // All drawn hair is taken below; the design keeps only what is near its zones.
        FrozenKind::Follicle => drawn.is_empty().then_some((f.point, unit)),
    });
    frozen.chain(drawn.iter().map(|f| (f.point, unit))).collect()
}

/// Lone dots ahead of a hairline are wanted exactly where they are.
fn sentinels(treatment: &Treatment) -> Vec<(Point<Head>, f64)> {
    let of = |f: &design::Frozen| match &f.kind {
        FrozenKind::Sentinel(wanted) => Some((f.point, tone::of_wanted(&treatment.person, wanted))),
        _ => None,
    };
    treatment.fields.frozen().iter().filter_map(of).collect()
}

fn profile(treatment: &Treatment, nodes: &[Node], zone: u16) -> Profile {
    let pieces: Vec<_> = nodes
        .par_iter()
        .filter_map(|n| {
            let behind = treatment.fields.behind_edge(zone, n.at, n.normal)?;
            Some((behind.get(), n.area, n.new * n.area))
        })
        .collect();
    Profile::new(pieces)
}

/// The meter's figures for a pattern, and for its dots as a rehearsal placed them.
pub(crate) fn uniformity(
    treatment: &Treatment,
    pattern: &Pattern,
    judgement: Option<&Judgement<'_>>,
) -> Result<(Uniformity, Vec<Uneven>), Failure> {
    let meter = Meter::new(treatment);
    let preset = treatment.file.scene.stipple.preset;
    let best = if preset == Preset::Faithful { None } else { Some(treatment.lay_as(Preset::Faithful)?) };
    let planned = meter.planned(&pattern.sites);
    let best = best.map_or_else(|| planned.clone(), |best| meter.planned(&best.sites));
    let placed = judgement.map(|j| meter.placed(j));
    let map = meter.map(placed.as_ref().unwrap_or(&planned));
    let figures = Uniformity {
        band_m: BAND,
        warn_above_l: WARN_L,
        planned: meter.measure(&planned, Some(&best)),
        placed: placed.map(|dots| meter.measure(&dots, Some(&best))),
    };
    Ok((figures, map))
}

#[cfg(test)]
mod tests;
