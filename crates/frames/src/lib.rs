//! Frames, quantities, time and ids: the words every other crate speaks.
//!
//! In: nothing. Out: [`Pose`], [`Point`], [`Dir`], [`Offset`] tagged with their frame; [`Metres`] and its kin;
//! [`Instant`] and [`Span`]; [`SiteId`], [`Seed`].
//! Absent: any robot, any skin, any mesh, any clock.
//!
//! Notation: `a_from_b` maps coordinates in `B` to coordinates in `A`, and in products the inner names cancel:
//! `base_from_skin = base_from_head * head_from_skin`.

mod date;
mod ids;
mod pose;
mod quantity;
mod random;
mod time;

pub use date::{Date, NoDate};
pub use ids::{Seed, SiteId};
pub use pose::{Base, Dir, File, Flange, Frame, Head, Offset, Point, Pose, Skin, Tcp};
pub use quantity::{Metres, Newtons, Penetration, PerSquareMetre, Protrusion, Radians};
pub use random::{gauss, hash, mix, unit};
pub use time::{Instant, Span};
