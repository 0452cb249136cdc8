//! The design tables of a scene, as written: millimetres, dots per square centimetre, control points in the coordinates
//! and unit of the scan's file.
//!
//! In: TOML through serde; an unknown key is an error. Out: plain data, unchecked. Absent: geometry and judgement, which
//! are in `compile`. One file a table.

mod anatomy;
mod build;
mod direction;
mod hair;
mod keep_out;
mod line;
mod mask;
mod mix;
mod rules;
mod session;
mod zone;

use std::path::{Path, PathBuf};

use frames::Seed;
use serde::Deserialize;

pub use anatomy::AnatomySpec;
pub use direction::{DirectionSpec, Turn};
pub use hair::{HairSpec, Ludwig, Norwood};
pub use keep_out::KeepOutSpec;
pub use line::{IrregularitySpec, LinePreset, LineSpec, LineType};
pub use mask::{Channel, MaskSpec, Projection};
pub use mix::MixSpec;
pub use rules::{AcknowledgeSpec, RulesSpec};
pub use session::SessionSpec;
pub use zone::{LookSpec, PenetrationSpec, RegionsSpec, ZoneKind, ZoneSpec};

/// All of a scene that `compile` reads. The scene's own `seed` goes into `seed`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DesignSpec {
    /// Seed of the hairline's irregularity and of its sentinels.
    #[serde(default = "default_seed")]
    pub seed: Seed,
    /// Zones, in the order in which they are painted: where two overlap, the later one holds.
    #[serde(default)]
    pub zone: Vec<ZoneSpec>,
    /// Places that stay clear whatever the zones say.
    #[serde(default)]
    pub keep_out: Vec<KeepOutSpec>,
    /// Margins around ears, eyes and brows.
    #[serde(default)]
    pub anatomy: AnatomySpec,
    /// Where the drawn hair points.
    #[serde(default)]
    pub hair_direction: DirectionSpec,
    /// Which session of how many.
    #[serde(default)]
    pub session: SessionSpec,
    /// Who answers for which warning.
    #[serde(default)]
    pub rules: RulesSpec,
    /// The hair that is there; without it none is known.
    #[serde(default)]
    pub hair: Option<HairSpec>,
}

impl Default for DesignSpec {
    fn default() -> Self {
        Self {
            seed: default_seed(),
            zone: Vec::new(),
            keep_out: Vec::new(),
            anatomy: AnatomySpec::default(),
            hair_direction: DirectionSpec::default(),
            session: SessionSpec::default(),
            rules: RulesSpec::default(),
            hair: None,
        }
    }
}

impl DesignSpec {
    /// Every file that the design names, made absolute by `resolve`.
    #[must_use]
    pub fn resolved(mut self, resolve: impl Fn(&Path) -> PathBuf) -> Self {
        let images = self.zone.iter_mut().filter_map(|z| z.mask.as_mut()?.image.as_mut());
        images.for_each(|path| *path = resolve(path));
        let spots = self.zone.iter_mut().filter_map(|z| z.points_file.as_mut());
        let moles = self.keep_out.iter_mut().filter_map(|k| k.points_file.as_mut());
        let follicles = self.hair.iter_mut().filter_map(|h| h.follicles.as_mut());
        spots.chain(moles).chain(follicles).for_each(|path| *path = resolve(path));
        self
    }
}

const fn default_seed() -> Seed {
    Seed(1)
}
