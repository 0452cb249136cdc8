//! Where to look, and from where.
//!
//! In: the finished design, a zone or a place. Out: [`Window`]: the place, its normal, eyes at any distance, one that sees the
//! whole head. Absent: pixels of a picture.

use frames::{Dir, Head, Metres, Point};
use nalgebra::Vector3;
use record::Eye;
use stipple::Site;

use crate::looks::Finished;
use crate::{Failure, Treatment};

/// One pixel, arc minutes: two and a half of them to what an eye can just resolve (skin.md 3.5d).
pub(super) const ARCMIN: f64 = 0.4;
/// The same, radians.
const PIXEL: f64 = ARCMIN * std::f64::consts::PI / 10_800.0;
/// Round the picture, for the eye's blur: four standard deviations of its wider part.
pub(super) const MARGIN: usize = 16;
/// A hairline is looked at where this part of its dots, by how far forward they stand, is behind: near its front, with bare
/// skin in the picture.
const FRONT: f64 = 0.80;
/// And within this of its middle, metres.
const BESIDE: f64 = 12e-3;
/// The whole head is seen from here, metres.
const HEAD_FROM: f64 = 2.0;

/// A place on the scalp to look at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    at: Point<Head>,
    normal: Dir<Head>,
}

impl Window {
    /// At a given place, the middle of a zone, or that of the first zone with dots.
    pub(super) fn find(finished: &Finished, zone: Option<&str>, at: Option<[f64; 3]>) -> Result<Self, Failure> {
        let treatment = &finished.treatment;
        let place = match at {
            Some(given) => treatment.scan.head_from_given(given),
            None => middle(finished, zone)?,
        };
        let surface = &treatment.scan.surface;
        let hit = surface.nearest(place);
        let off = (hit.point.coords - place.coords).norm();
        if at.is_some() && off > 20e-3 {
            return Err(Failure::Input(format!(
                "--at lies {:.0} mm off the skin; give a point in the coordinates of the scan's file, as control points are",
                off * 1e3
            )));
        }
        Ok(Self { at: hit.point, normal: surface.axis_at(hit.face, hit.bary) })
    }

    /// Straight before the place.
    pub(super) fn eye(&self, distance: Metres, size: [usize; 2]) -> Eye {
        self.from(self.normal.get().into_inner(), self.at, distance.get(), size)
    }

    /// A whole head, from where somebody stands who looks at the place: rather from the side than from above.
    pub(super) fn head(&self, treatment: &Treatment) -> Eye {
        let n = self.normal.get().into_inner();
        let away = Vector3::new(n.x, n.y, n.z.clamp(-0.2, 0.35)).try_normalize(1e-6).unwrap_or(n);
        let surface = &treatment.scan.surface;
        let above = || surface.vertices().iter().filter(|p| p.coords.z > crate::views::CHIN).map(|p| p.coords.coords);
        let start = [f64::INFINITY, f64::NEG_INFINITY];
        let middle = |axis: Vector3<f64>| {
            let [low, high] = above().map(|p| p.dot(&axis)).fold(start, |[l, h], v| [l.min(v), h.max(v)]);
            axis * (0.5 * (low + high))
        };
        let centre = if surface.vertices().is_empty() {
            self.at
        } else {
            Point::from(middle(Vector3::x()) + middle(Vector3::y()) + middle(Vector3::z()))
        };
        let reach = above().map(|p| (p - centre.coords.coords).norm()).fold(0.05, f64::max);
        let side = (2.0 * reach / (HEAD_FROM * PIXEL)).ceil() as usize;
        self.from(away, centre, HEAD_FROM, [side.min(3000); 2])
    }

    fn from(&self, away: Vector3<f64>, towards: Point<Head>, distance: f64, size: [usize; 2]) -> Eye {
        // Up is up, seen from in front or behind; seen from above the face is below.
        let up = if away.z.abs() > 0.95 { Dir::Y } else { Dir::Z };
        Eye {
            at: Point::from(towards.coords.coords + away * distance),
            towards,
            up,
            pixel: PIXEL,
            width: size[0] + 2 * MARGIN,
            height: size[1] + 2 * MARGIN,
        }
    }
}

/// Of a zone: the dot nearest to the middle of its dots, at a hairline near the front.
fn middle(finished: &Finished, zone: Option<&str>) -> Result<Point<Head>, Failure> {
    let treatment = &finished.treatment;
    let zones = &treatment.file.scene.zone;
    let number = match zone {
        None => first_to_see(zones),
        Some(name) => zones.iter().position(|z| z.name.as_deref() == Some(name)).ok_or_else(|| {
            let names: Vec<&str> = zones.iter().filter_map(|z| z.name.as_deref()).collect();
            Failure::file(&treatment.file.path, format_args!("no zone is named {name:?}; there are {names:?}"))
        })?,
    };
    let mut dots: Vec<&Site> = finished.sites().filter(|s| usize::from(s.zone_index) == number).collect();
    if dots.is_empty() {
        dots = finished.sites().collect();
    }
    let place = |s: &Site| s.head_from_skin.origin().coords.coords;
    let centre = dots.iter().map(|s| place(s)).sum::<Vector3<f64>>() / dots.len().max(1) as f64;
    let mut goal = centre;
    if zones.get(number).is_some_and(|z| z.kind == design::ZoneKind::Hairline) {
        let mut front: Vec<Vector3<f64>> =
            dots.iter().map(|s| place(s)).filter(|p| (p.x - centre.x).abs() < BESIDE).collect();
        front.sort_by(|a, b| a.y.total_cmp(&b.y));
        if let Some(p) = front.get((front.len() as f64 * FRONT) as usize) {
            goal = *p;
        }
    }
    dots.iter()
        .map(|s| place(s))
        .min_by(|a, b| (a - goal).norm_squared().total_cmp(&(b - goal).norm_squared()))
        .map(Point::from)
        .ok_or_else(|| Failure::file(&treatment.file.path, "no dot is laid: nothing to look at"))
}

/// A hairline if there is one: it is what people look at.
fn first_to_see(zones: &[design::ZoneSpec]) -> usize {
    zones.iter().position(|z| z.kind == design::ZoneKind::Hairline).unwrap_or(0)
}
