//! How dots and hair look: the one place for it.
//!
//! In: a finished design and a time. Out: [`Looks`]: every dot and hair as the light it takes and where, which the preview,
//! the gallery, the sheet and the viewer draw, each in its own way. Absent: pixels, cameras, light.

mod column;
mod finished;
mod hair;
mod law;
mod share;
mod when;

use std::sync::Arc;

use design::Fields;
use frames::{Dir, Head, Metres, Point, Span};
use serde::Serialize;
use skin::Person;
use stipple::Site;

use crate::{Failure, Treatment};

use column::Column;
pub use finished::Finished;
pub use when::{When, WhenError};

/// Reflectance of a stub, and of dots in the surface laws.
const INK: f64 = skin::INK_REFLECTANCE;
/// Luminance of linear red, green and blue (IEC 61966-2-1).
const LUMINANCE: [f64; 3] = [0.2126, 0.7152, 0.0722];
/// Days between sessions where the scene says nothing: as long as healing takes.
const REST: Span = skin::HEALED;

/// What it is that looks so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Pigment.
    Dot,
    /// The shaft of a hair in the skin.
    Shaft,
    /// The stub of a hair on the skin.
    Stub,
}

/// How one dot, or one hair, looks at one time: linear light that the skin around it loses.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct DotLook {
    /// What it is.
    pub kind: Kind,
    /// On the skin.
    #[serde(rename = "at_m")]
    pub at: Point<Head>,
    /// Of the skin.
    pub normal: Dir<Head>,
    /// Standard deviation of the sharp part of what is seen of it, along the skin.
    #[serde(rename = "core_m")]
    pub core: Metres,
    /// Distance over which the wide part falls to 1/e.
    #[serde(rename = "halo_m")]
    pub halo: Metres,
    /// Of what it takes, what the sharp part takes: 0 to 1.
    pub sharp: f64,
    /// Area of skin whose red, green and blue light it takes.
    #[serde(rename = "taken_m2")]
    pub taken: [f64; 3],
    /// For the stub of a hair, which lies on the skin: from its middle to either end.
    #[serde(rename = "half_m", skip_serializing_if = "Option::is_none")]
    pub half: Option<[f64; 3]>,
}

/// A scalp at one time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Looks {
    /// When.
    pub when: When,
    /// Of the bare skin, linear red, green and blue; 1 is white.
    pub skin: [f64; 3],
    /// Dots and hairs.
    pub dots: Vec<DotLook>,
}

impl DotLook {
    /// Of an even disc that is as wide as its sharp part.
    pub fn radius(&self) -> Metres {
        self.core * 2.0
    }

    /// The area of white skin whose luminous light it would take, m².
    pub fn luminous(&self) -> f64 {
        (0..3).map(|k| LUMINANCE[k] * self.taken[k]).sum()
    }

    /// Of an even disc of this radius that takes as much: 0 unseen, 1 black.
    pub fn opacity(&self, radius: Metres) -> f64 {
        (self.luminous() / (std::f64::consts::PI * radius.get() * radius.get())).min(1.0)
    }
}

/// The dots of one session.
#[derive(Debug, Clone, Copy)]
pub struct Laid<'a> {
    /// What was laid.
    pub sites: &'a [Site],
    /// Before the last session.
    pub before_last: Span,
}

/// The scalp `when`: the dots of `sessions`, and the hair that is there. `first` is the design before any dot, for
/// [`When::Hair`].
///
/// # Errors
/// The hair of [`When::Hair`] cannot be laid.
pub fn looks(treatment: &Treatment, first: &Arc<Fields>, sessions: &[Laid<'_>], when: When) -> Result<Looks, Failure> {
    let person = &treatment.person;
    let seed = treatment.file.seed();
    let mut follicles = hair::there(treatment);
    let mut dots = Vec::new();
    match when {
        When::Before => {}
        When::After(age) => {
            let aged = sessions.iter().flat_map(|s| s.sites.iter().map(move |site| (site, age + s.before_last)));
            let dot = |(k, (site, age))| column::dot(person, &treatment.group, site, age, seed, k as u64);
            dots.extend(aged.enumerate().filter_map(dot));
        }
        When::Hair => {
            let sites = sessions.first().map_or(&[][..], |s| s.sites);
            follicles.extend(hair::instead(treatment, first, sites)?);
        }
    }
    let mut columns = hair::columns(treatment, &follicles);
    columns.extend(dots);
    Ok(Looks { when, skin: person.colour().linear().map(|c| c.clamp(0.0, 1.0)), dots: shared(person, &columns) })
}

/// The hair that is there, shaved.
pub fn hair(treatment: &Treatment) -> Vec<DotLook> {
    shared(&treatment.person, &hair::columns(treatment, &hair::there(treatment)))
}

/// Columns among each other, and the stubs on top of them.
fn shared(person: &Person, columns: &[Column]) -> Vec<DotLook> {
    let bare = skin::reflectance_of(person.lightness());
    let crowds = share::crowds(columns);
    let mut looks = Vec::with_capacity(columns.len());
    for (c, crowd) in columns.iter().zip(crowds) {
        let share = share::share(crowd);
        looks.push(DotLook {
            kind: if c.stub.is_some() { Kind::Shaft } else { Kind::Dot },
            at: c.at,
            normal: c.normal,
            core: c.spread.core,
            halo: c.spread.halo,
            sharp: c.spread.part,
            taken: c.areas.map(|a| a * share),
            half: None,
        });
        if let Some((half, width)) = c.stub {
            let length = 2.0 * nalgebra::Vector3::from(half).norm();
            // A stub hides skin that the shafts have darkened already.
            let taken = width.get() * length * (share::left(crowd) - INK / bare).max(0.0);
            looks.push(DotLook {
                kind: Kind::Stub,
                // From its root on.
                at: Point::from(c.at.coords.coords + nalgebra::Vector3::from(half)),
                normal: c.normal,
                // Of an even strip of this width.
                core: width * (1.0 / 12.0_f64.sqrt()),
                halo: Metres::ZERO,
                sharp: 1.0,
                taken: [taken; 3],
                half: Some(half),
            });
        }
    }
    looks
}

#[cfg(test)]
pub(crate) mod tests {
    use frames::Seed;

    use super::*;

    /// An even field of dots on the plane y = 0 that faces +y, over `2*reach` metres, healed: jittered rows.
    pub(crate) fn field(person: &Person, per_cm2: f64, site: &Site, reach: f64) -> Looks {
        let step = 1e-2 / per_cm2.sqrt();
        let n = (reach / step) as i32;
        let jitter = |k: u64| (frames::unit(Seed(5), 1, k) - 0.5) * 0.4 * step;
        let places = (-n..=n).flat_map(|i| (-n..=n).map(move |j| (f64::from(i) * step, f64::from(j) * step)));
        let dot = |(k, (x, z)): (usize, (f64, f64))| {
            let k = k as u64;
            let column = column::dot(person, &skin::Group::ONE, site, skin::HEALED, Seed(1), k)?;
            Some(Column { at: Point::new(x + jitter(2 * k), 0.0, z + jitter(2 * k + 1)), normal: Dir::Y, ..column })
        };
        let columns: Vec<Column> = places.enumerate().filter_map(dot).collect();
        let skin = person.colour().linear().map(|c| c.clamp(0.0, 1.0));
        Looks { when: When::HEALED, skin, dots: shared(person, &columns) }
    }

    pub(crate) use super::law::tests::site;
}
