//! What is wanted where: from a drawn hairline, patches and keep-outs to density, depth, diameter, shade and direction.
//!
//! In: [`DesignSpec`] (the `[[zone]]`, `[[keep_out]]` and `[session]` tables of a scene), a checked scan, a person.
//! Out: [`Fields`], a pure function of the place on the skin, and the points that are fixed before any dot is laid.
//!
//! A design in Rust, on a made head (a real one comes from `scan::load`):
//!
//! ```
//! use design::{DesignSpec, KeepOutSpec, ZoneSpec, made_head, propose_hairline};
//! use frames::{Dir, Point};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let head = made_head()?;
//! let line = propose_hairline(&head).ok_or("no forehead")?;
//! let fields = DesignSpec::new()
//!     .session(1, 3)
//!     .zone(ZoneSpec::scalp("front").density(60.0))
//!     .zone(ZoneSpec::hairline(line).named("front").density(72.0))
//!     .keep_out(KeepOutSpec::ball([0.0, 0.0, 140.0], 2.0))
//!     .compile(&head, &skin::Person::LIGHT)?;
//! let mm = |x: f64, y: f64| head.surface.nearest(Point::new(1e-3 * x, 1e-3 * y, 0.2)).point;
//! let (beside, on_the_mole) = (fields.at(mm(20.0, 0.0), Dir::Z), fields.at(mm(0.0, 0.0), Dir::Z));
//! assert!((beside.density.per_cm2() - 0.3 * 60.0).abs() < 1e-9); // 30 % in the first of three sessions
//! assert!(on_the_mole.density.per_cm2() == 0.0);
//! # Ok(())
//! # }
//! ```
//!
//! Absent: dots. Nothing here chooses where a dot goes; `stipple` does. Lengths in millimetres and densities per square
//! centimetre exist in [`DesignSpec`] only; inside it is SI.

mod along;
mod compile;
mod curve;
mod error;
mod existing;
mod fields;
mod hair;
mod line;
mod made_head;
mod noise;
mod points;
mod rules;
mod scalp;
mod sentinels;
mod session;
mod shape;
mod spec;
#[cfg(test)]
mod tests;
mod wanted;

pub use compile::{check_needle, compile};
pub use error::{DesignError, FileFault, FilePoint, Which};
pub use fields::Fields;
pub use line::{DrawnLine, propose_hairline};
pub use made_head::made_head;
pub use rules::{Acknowledged, Checked, Finding, Rule, Severity};
pub use scalp::above_border;
pub use spec::{
    AcknowledgeSpec, AnatomySpec, Channel, DesignSpec, DirectionSpec, HairSpec, IrregularitySpec, KeepOutSpec,
    LinePreset, LineSpec, LineType, LookSpec, Ludwig, MaskSpec, MixSpec, Norwood, PenetrationSpec, Projection,
    RegionsSpec, RulesSpec, SessionSpec, Turn, ZoneKind, ZoneSpec,
};
pub use wanted::{Frozen, FrozenKind, Levels, Wanted, ZoneDots};
