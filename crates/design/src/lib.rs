//! What is wanted where: from a drawn hairline, patches and keep-outs to density, depth, diameter, shade and direction.
//!
//! In: [`DesignSpec`] (the `[[zone]]`, `[[keep_out]]` and `[session]` tables of a scene), a checked scan, a person.
//! Out: [`Fields`], a pure function of the place on the skin, and the points that are fixed before any dot is laid.
//! Absent: dots. Nothing here chooses where a dot goes; `stipple` does. Lengths in millimetres and densities per square
//! centimetre exist in [`DesignSpec`] only; inside it is SI.

mod compile;
mod curve;
mod error;
mod fields;
mod hair;
mod noise;
mod points;
mod propose;
mod scalp;
mod sentinels;
mod session;
mod shape;
mod spec;
#[cfg(test)]
mod tests;
mod wanted;

pub use compile::{check_needle, compile};
pub use error::{DesignError, FileFault, FilePoint, Warning, Which};
pub use fields::Fields;
pub use propose::propose_hairline;
pub use scalp::above_border;
pub use spec::{
    AnatomySpec, Channel, DesignSpec, IrregularitySpec, KeepOutSpec, LookSpec, MaskSpec, PenetrationSpec, Projection,
    RegionsSpec, SessionSpec, ZoneKind, ZoneSpec,
};
pub use wanted::{Frozen, FrozenKind, Wanted};
