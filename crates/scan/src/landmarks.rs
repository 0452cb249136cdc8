//! Four points that say where the head is.
//!
//! In: landmarks in the file's coordinates and unit. Out: `head_from_file`, and the landmarks in the head's frame,
//! checked against each other and against the surface. Limits are those of adult heads with room for children and for
//! a careless click; they catch a wrong unit, a wrong axis and two names exchanged.

use std::fmt;

use frames::{Dir, File, Head, Metres, Point, Pose};
use nalgebra::{Isometry3, Rotation3, Translation3, UnitQuaternion};
use serde::{Deserialize, Serialize};

use crate::error::LandmarkFault;
use crate::{ScanError, Surface, Unit};

/// Landmarks as a scene gives them: in the file's coordinates and unit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LandmarksIn {
    /// Root of the nose, in the middle.
    pub nasion: [f64; 3],
    /// Bump at the back of the skull, in the middle.
    pub inion: [f64; 3],
    /// Before the subject's left ear, at the tragus.
    pub left_preauricular: [f64; 3],
    /// Before the subject's right ear, at the tragus.
    pub right_preauricular: [f64; 3],
}

/// Landmarks in the head's frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Landmarks {
    /// Root of the nose: on +y.
    pub nasion: Point<Head>,
    /// Bump at the back of the skull.
    pub inion: Point<Head>,
    /// On -x.
    pub left_preauricular: Point<Head>,
    /// On +x.
    pub right_preauricular: Point<Head>,
}

/// Which one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Landmark {
    /// Root of the nose.
    Nasion,
    /// Bump at the back of the skull.
    Inion,
    /// At the subject's left ear.
    LeftPreauricular,
    /// At the subject's right ear.
    RightPreauricular,
}

/// Between the preauricular points. ANSUR II bitragion breadth: 116 to 166 mm.
const EARS: (f64, f64) = (0.090, 0.200);
/// Nasion before the line of the ears. Test heads: 87 to 116 mm.
const NASION_AHEAD: (f64, f64) = (0.060, 0.140);
/// Inion before that line; negative is behind.
const INION_AHEAD: (f64, f64) = (-0.160, -0.020);
/// Nasion to inion. ANSUR II head length: 160 to 224 mm, glabella to opisthocranion.
const LENGTH: (f64, f64) = (0.130, 0.240);
/// Nasion and inion off the middle of the ears.
const OFF_MIDDLE: f64 = 0.035;
/// A head is taken for upside down when its crown is this much less even than its neck. Test heads have 0.02 to 0.05
/// above and 0.08 to 0.9 below, at least 2.3 times as much; hair or a cap must not turn a head over.
const TURNED: f64 = 1.5;
/// Landmark to surface.
const OFF_SURFACE: f64 = 0.015;

impl LandmarksIn {
    fn all(&self) -> [(Landmark, [f64; 3]); 4] {
        [
            (Landmark::Nasion, self.nasion),
            (Landmark::Inion, self.inion),
            (Landmark::LeftPreauricular, self.left_preauricular),
            (Landmark::RightPreauricular, self.right_preauricular),
        ]
    }
}

impl Landmarks {
    /// The one with this name.
    pub const fn get(&self, landmark: Landmark) -> Point<Head> {
        match landmark {
            Landmark::Nasion => self.nasion,
            Landmark::Inion => self.inion,
            Landmark::LeftPreauricular => self.left_preauricular,
            Landmark::RightPreauricular => self.right_preauricular,
        }
    }

    /// With their names, in the order of [`LandmarksIn`].
    pub fn all(&self) -> [(Landmark, Point<Head>); 4] {
        [
            (Landmark::Nasion, self.nasion),
            (Landmark::Inion, self.inion),
            (Landmark::LeftPreauricular, self.left_preauricular),
            (Landmark::RightPreauricular, self.right_preauricular),
        ]
    }
}

/// The head's frame from landmarks that make a head among themselves.
pub(crate) fn frame(given: &LandmarksIn, unit: Unit) -> Result<(Pose<Head, File>, Landmarks), ScanError> {
    if let Some((landmark, _)) = given.all().into_iter().find(|(_, p)| p.iter().any(|c| !c.is_finite())) {
        return Err(ScanError::Landmark { landmark, fault: LandmarkFault::NotFinite });
    }
    let metres = |p: [f64; 3]| Point::<File>::new(p[0], p[1], p[2]).coords * unit.metres();
    let (nasion, inion) = (metres(given.nasion), metres(given.inion));
    let (left, right) = (metres(given.left_preauricular), metres(given.right_preauricular));

    distance(Landmark::LeftPreauricular, Landmark::RightPreauricular, (right - left).norm(), EARS)?;
    distance(Landmark::Nasion, Landmark::Inion, (nasion - inion).norm(), LENGTH)?;
    let x = (right - left).normalize();
    let foot = left + x * x.dot(&(nasion - left));
    let ahead = (nasion - foot).norm();
    within(Landmark::Nasion, ahead, NASION_AHEAD)?;
    let y = (nasion - foot) / ahead;
    let axes = Rotation3::from_basis_unchecked(&[x, y, x.cross(&y)]);
    let file_from_head =
        Pose::<File, Head>::new(Isometry3::from_parts(Translation3::from(foot), UnitQuaternion::from(axes)));
    let head_from_file = file_from_head.inverse();

    let head = |p| head_from_file * Point::<File>::from(p);
    let found = Landmarks {
        nasion: head(nasion),
        inion: head(inion),
        left_preauricular: head(left),
        right_preauricular: head(right),
    };
    within(Landmark::Inion, found.inion.coords.y, INION_AHEAD)?;
    let middle = (found.left_preauricular.coords.x + found.right_preauricular.coords.x) / 2.0;
    for (landmark, p) in [(Landmark::Nasion, found.nasion), (Landmark::Inion, found.inion)] {
        let by = (p.coords.x - middle).abs();
        if by > OFF_MIDDLE {
            let fault = LandmarkFault::OffMiddle { by: Metres::new(by), most: Metres::new(OFF_MIDDLE) };
            return Err(ScanError::Landmark { landmark, fault });
        }
    }
    Ok((head_from_file, found))
}

/// Refuses landmarks that do not belong to this surface.
pub(crate) fn check_on(surface: &Surface, landmarks: &Landmarks) -> Result<(), ScanError> {
    for (landmark, p) in landmarks.all() {
        let by = surface.nearest(p).distance;
        if by.get() > OFF_SURFACE {
            let fault = LandmarkFault::OffSurface { by, most: Metres::new(OFF_SURFACE) };
            return Err(ScanError::Landmark { landmark, fault });
        }
    }
    let (crown, neck) = (unevenness(surface, landmarks, 1.0), unevenness(surface, landmarks, -1.0));
    if crown > TURNED * neck {
        let fault = LandmarkFault::UpsideDown { crown, neck };
        return Err(ScanError::Landmark { landmark: Landmark::RightPreauricular, fault });
    }
    Ok(())
}

/// How little the surface looks like a dome, seen from inside towards `side` of z: spread over mean of its distance, on
/// a cone of 60 degrees, and the share of rays that meet nothing. A neck, a jaw or a border gives more than a crown. A ray
/// that meets nothing counts as twice the reach of a crown; without the share, a scan that ends above the ears would look
/// perfectly even below, where all rays miss.
fn unevenness(surface: &Surface, landmarks: &Landmarks, side: f64) -> f64 {
    const MISS: f64 = 0.25;
    let centre = landmarks.all().iter().fold(nalgebra::Vector3::zeros(), |sum, (_, p)| sum + p.coords.coords) / 4.0;
    let from = Point::<Head>::from(centre + nalgebra::Vector3::z() * (side * 0.04));
    let (mut distances, mut missed) = (Vec::new(), 0.0);
    for ring in 0..4 {
        for step in 0..12 {
            let (tilt, turn) = (f64::from(ring) * 20_f64.to_radians(), f64::from(step) * 30_f64.to_radians());
            let v = nalgebra::Vector3::new(tilt.sin() * turn.cos(), tilt.sin() * turn.sin(), side * tilt.cos());
            let hit = Dir::try_from_vector(v).and_then(|dir| surface.cast(from, dir, Metres::new(MISS)));
            missed += if hit.is_none() { 1.0 } else { 0.0 };
            distances.push(hit.map_or(MISS, |h| h.distance.get()));
        }
    }
    let n = distances.len() as f64;
    let mean = distances.iter().sum::<f64>() / n;
    let square = distances.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / n;
    square.sqrt() / mean + missed / n
}

fn distance(a: Landmark, b: Landmark, is: f64, (least, most): (f64, f64)) -> Result<(), ScanError> {
    // Written so that NaN is refused.
    if is >= least && is <= most {
        return Ok(());
    }
    let [is, least, most] = [is, least, most].map(Metres::new);
    Err(ScanError::Landmark { landmark: a, fault: LandmarkFault::Distance { to: b, is, least, most } })
}

fn within(landmark: Landmark, is: f64, (least, most): (f64, f64)) -> Result<(), ScanError> {
    if is >= least && is <= most {
        return Ok(());
    }
    let [is, least, most] = [is, least, most].map(Metres::new);
    Err(ScanError::Landmark { landmark, fault: LandmarkFault::Ahead { is, least, most } })
}

impl fmt::Display for Landmark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nasion => "nasion",
            Self::Inion => "inion",
            Self::LeftPreauricular => "left_preauricular",
            Self::RightPreauricular => "right_preauricular",
        })
    }
}
