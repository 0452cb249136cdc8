//! Facts about skin and pigment: the one place for them.
//!
//! In: a zone of the scalp, a person, a needle group, one needle's motion, a deposit. Out: thickness and depth windows
//! ([`Zone`], [`Person`]), penetration from protrusion and back ([`penetration`], [`protrusion_for`]), ink left
//! behind, what heals, how it fades and how dark it looks. Every law is one pure function with its published form.
//! Absent: any mesh, any robot, any clock, any random number (variation is data, see [`Variation`]).
//!
//! Sources are the sections and marks of the project's `skin.md`: A peer-reviewed, B clinic or trade, C weak, K
//! general knowledge, D derived, E proposal. SI and f64 throughout; published millimetre forms stand in the docs.

mod contact;
mod error;
mod group;
mod person;
mod puncture;
mod zones;

pub use contact::{
    BULGE_RATIO, FACE_STIFFNESS, SCALP_DAMPING, SCALP_STIFFNESS, SKULL_STIFFNESS, bulge, ring_force, ring_indentation,
};
pub use error::SkinError;
pub use group::Group;
pub use person::{Fitzpatrick, Person};
pub use puncture::{
    Contact, Hole, Insertion, Local, Normals, PUNCTURE_FORCE, RATE_SPEED, REFERENCE_WIDTH, Variation, advance,
    dent_after, dent_before_rupture, penetration, protrusion_for,
};
pub use zones::{Window, Zone, ZoneFacts};
