//! The hair that a person still has, from a stage of pattern hair loss: a smooth map over the scalp.
//!
//! In: landmarks, density of full hair, stage. Out: follicular units per area at a place. Absent: single hairs (`stipple`
//! draws them), colour, length.
//!
//! Places are directions from the middle of the skull, in the `Head` frame and in millimetres on a head whose nasion is
//! 95 mm before the ears; they scale with the person's. Figures:
//! - density where hair is full: skin.md 1.3 by ancestry (`skin::Ancestry`);
//! - site pattern: parietal 138 against occiput 127 per cm² (S38 A), temporoparietal lowest (S37 A; 0.85 is E);
//! - hair left in a thinned area: 47 of 138 (S38 A) from stage III on, as a stage is named once loss is visible, which is at
//!   about one half (S39 B): II and Ludwig I keep one half; later stages E;
//! - which area a stage takes: the descriptions of Norwood 1975 and Ludwig 1977, quoted at each row; sizes E;
//! - the natural border: trichion 72 to 79 mm above and 84 to 90 mm before the ear (Kashiyama 2021 on the test heads), ear
//!   tops, nape; between them E.

use frames::{Dir, Head, Metres, Penetration, PerSquareMetre, Point};
use nalgebra::Vector3;
use scan::Landmarks;

use crate::fields::Fields;
use crate::noise::smoothstep;
use crate::shape::Zone;
use crate::spec::{Ludwig, Norwood};
use crate::wanted::Wanted;

/// Middle of the skull above the line of the ears, mm.
const MIDDLE: [f64; 3] = [0.0, 0.0, 40.0];
/// Nasion before the ears on the head that the places below were measured on, mm (test heads: 87 to 116).
const NASION: f64 = 95.0;
/// From full to thinned, mm (E; no published figure).
const SOFT: f64 = 16.0;
/// Of the natural border, mm: the transition zone of skin.md 1.10.
const BORDER: f64 = 8.0;
/// 127 of 138 (S38 A).
const OCCIPUT: f64 = 127.0 / 138.0;
/// E: S37 A says lowest, not how low.
const TEMPORAL: f64 = 0.85;
/// 47 of 138 (S38 A).
const THINNED: f64 = 47.0 / 138.0;

/// Middle of the front, temples, crown and top, mm.
const FRONT: [f64; 3] = [0.0, 88.0, 80.0];
const TEMPLE: [f64; 3] = [50.0, 68.0, 88.0];
const VERTEX: [f64; 3] = [5.0, -62.0, 112.0];
const TOP: [f64; 3] = [0.0, 15.0, 131.0];

/// What is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Loss {
    None,
    Male(Norwood),
    Female(Ludwig),
}

/// A thinned area: a stretch of the scalp and what is left inside it.
#[derive(Debug, Clone, Copy)]
struct Area {
    /// Two directions; one twice for a round area.
    ends: [Vector3<f64>; 2],
    /// To the middle of its soft edge, mm.
    radius: f64,
    soft: f64,
    left: f64,
}

/// The map.
#[derive(Debug, Clone)]
pub(crate) struct Remaining {
    /// 1/m².
    full: f64,
    areas: Vec<Area>,
    /// Zones in which no hair grows: a bare patch, a line scar.
    bare: Vec<Zone>,
    /// Head units: millimetres of the measured head per metre of this one.
    scale: f64,
    /// Along y, back to front, the natural border's z, mm.
    border: [(f64, f64); 7],
}

impl Remaining {
    pub(crate) fn new(full: PerSquareMetre, loss: Loss, landmarks: &Landmarks, bare: Vec<Zone>) -> Self {
        let ahead = landmarks.nasion.coords.y.max(0.05);
        let scale = NASION / ahead;
        let inion = landmarks.inion.coords.coords * scale;
        let border = [
            (inion.y.min(-60.0) - 20.0, inion.z - 20.0),
            (-36.0, 34.0),
            (10.0, 40.0),
            (22.0, 42.0),
            (48.0, 58.0),
            (66.0, 80.0),
            (90.0, 76.0),
        ];
        Self { full: full.get(), areas: areas(loss), bare, scale, border }
    }

    /// Follicular units, 1/m².
    pub(crate) fn at(&self, p: Point<Head>, normal: Dir<Head>) -> f64 {
        let q = p.coords.coords * self.scale;
        let d = q - Vector3::from(MIDDLE);
        let length = d.norm();
        if !(length > 1.0) {
            return 0.0;
        }
        let inside = smoothstep((q.z - self.border_at(q.y)) / BORDER);
        if inside <= 0.0 {
            return 0.0;
        }
        let u = d / length;
        let left = self.areas.iter().fold(1.0_f64, |left, area| left.min(area.left_at(&u)));
        let bare = self.bare.iter().map(|zone| 1.0 - zone.fraction(&p.coords.coords, normal.get()));
        self.full * inside * site(&u) * left * bare.product::<f64>()
    }

    fn border_at(&self, y: f64) -> f64 {
        let [first, .., last] = self.border;
        if y <= first.0 {
            return first.1;
        }
        self.border
            .windows(2)
            .find(|w| y <= w[1].0)
            .map_or(last.1, |w| w[0].1 + (w[1].1 - w[0].1) * (y - w[0].0) / (w[1].0 - w[0].0))
    }

    /// As a field of its own, for drawing follicles. Depths and shade mean nothing in it.
    pub(crate) fn into_fields(self) -> Fields {
        let nothing = Penetration::new(Metres::ZERO);
        let wanted = move |p: Point<Head>, normal: Dir<Head>| Wanted {
            density: PerSquareMetre::new(self.at(p, normal)),
            zone: skin::Zone::FrontalMid,
            zone_index: 0,
            target: nothing,
            least: nothing,
            most: nothing,
            healed: Metres::ZERO,
            shade: 0.0,
            hair: None,
        };
        Fields::from_fn(wanted, Metres::ZERO)
    }
}

impl Area {
    fn left_at(&self, u: &Vector3<f64>) -> f64 {
        // Chords between directions, on the sphere of the measured head.
        let [a, b] = self.ends;
        let way = b - a;
        let part =
            if way.norm_squared() > 0.0 { ((u - a).dot(&way) / way.norm_squared()).clamp(0.0, 1.0) } else { 0.0 };
        let distance = (u - (a + way * part)).norm() * NASION;
        1.0 - (1.0 - self.left) * smoothstep(0.5 + (self.radius - distance) / self.soft)
    }
}

/// Less hair at the sides, a little less at the back.
fn site(u: &Vector3<f64>) -> f64 {
    let side = smoothstep((u.x.abs() - 0.55) / 0.3);
    let back = smoothstep((-u.y - 0.55) / 0.3);
    (1.0 - (1.0 - TEMPORAL) * side) * (1.0 - (1.0 - OCCIPUT) * back)
}

fn direction(place: [f64; 3]) -> Vector3<f64> {
    let d = Vector3::from(place) - Vector3::from(MIDDLE);
    d / d.norm()
}

fn areas(loss: Loss) -> Vec<Area> {
    let area = |from: [f64; 3], to: [f64; 3], radius: f64, left: f64| Area {
        ends: [direction(from), direction(to)],
        radius,
        soft: SOFT,
        left,
    };
    let round = |at, radius, left| area(at, at, radius, left);
    let temples =
        |radius, left| [1.0, -1.0].map(|s| round([s * TEMPLE[0], TEMPLE[1], TEMPLE[2]], radius, left)).to_vec();
    let with = |mut areas: Vec<Area>, more: &[Area]| {
        areas.extend_from_slice(more);
        areas
    };
    match loss {
        // "No recession or minimal" (Norwood I).
        Loss::None | Loss::Male(Norwood::I) => Vec::new(),
        // "Triangular areas of recession .. that do not extend farther than 2 cm" behind: small and half thinned.
        Loss::Male(Norwood::II) => temples(16.0, 0.5),
        // "Deep symmetrical recession at the temples, bare or only sparsely covered".
        Loss::Male(Norwood::III) => temples(26.0, THINNED),
        // "Loss primarily from the vertex with limited recession of the frontal hairline".
        Loss::Male(Norwood::IIIVertex) => with(temples(22.0, THINNED), &[round(VERTEX, 26.0, THINNED)]),
        // "Frontotemporal recession more severe .., sparse hair or none on the vertex; a band of moderately dense hair".
        Loss::Male(Norwood::IV) => {
            with(temples(32.0, 0.2), &[round(FRONT, 24.0, THINNED), round(VERTEX, 34.0, THINNED)])
        }
        // "The band across the crown is narrower and sparser".
        Loss::Male(Norwood::V) => {
            with(temples(36.0, 0.1), &[round(FRONT, 36.0, 0.15), round(VERTEX, 42.0, 0.15), round(TOP, 30.0, 0.5)])
        }
        // "The bridge of hair that crosses the crown is gone".
        Loss::Male(Norwood::VI) => {
            with(temples(38.0, 0.08), &[area(FRONT, TOP, 44.0, 0.08), area(TOP, VERTEX, 46.0, 0.08)])
        }
        // "Only a narrow horseshoe-shaped band .. begins just anterior to the ear and extends posteriorly".
        Loss::Male(Norwood::VII) => {
            with(temples(46.0, 0.03), &[area(FRONT, TOP, 58.0, 0.03), area(TOP, VERTEX, 62.0, 0.03)])
        }
        Loss::Female(stage) => {
            // "Thinning on the crown, limited in the front by a line 1-3 cm behind the frontal hairline" (Ludwig I), more of
            // it (II), "full baldness" within the same limits (III); the parting widens with it.
            let (left, parting) = match stage {
                Ludwig::I => (0.5, 3.0),
                Ludwig::II => (THINNED, 7.0),
                Ludwig::III => (0.06, 14.0),
            };
            let (front, back) = ([0.0, 45.0, 122.0], [0.0, -50.0, 118.0]);
            let crown = area(front, back, 34.0, left);
            let line = Area { soft: 4.0, ..area(front, back, parting, 0.7 * left) };
            vec![crown, line]
        }
    }
}
