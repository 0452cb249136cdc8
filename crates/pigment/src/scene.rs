//! The scene file: one treatment, as a person writes it. Lengths in mm and angles in degrees here only.
//!
//! In: a TOML file. Out: [`Scene`], checked as far as a text can be, and paths relative to the scene file.
//! Absent: the mesh, the arm and everything else the scene names; `treatment` loads those.

use std::path::{Path, PathBuf};

use frames::{Base, Head, Metres, Pose, Radians, Seed};
use nalgebra::{Isometry3, Translation3, UnitQuaternion};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::person::{Known, PersonTable};
use crate::registration::RegistrationTable;
use crate::{Failure, toml_file};

/// One treatment.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scene {
    /// The one number that reproduces it.
    pub seed: u64,
    /// The head.
    pub scan: ScanTable,
    /// Whose skin it is.
    #[serde(default)]
    pub person: PersonTable,
    /// What goes where.
    #[serde(default)]
    pub zone: Vec<design::ZoneSpec>,
    /// Where nothing goes.
    #[serde(default)]
    pub keep_out: Vec<design::KeepOutSpec>,
    /// How much stays clear around ears, eyes and brows.
    #[serde(default)]
    pub anatomy: design::AnatomySpec,
    /// Where the drawn hair points.
    #[serde(default)]
    pub hair_direction: design::DirectionSpec,
    /// Which session of how many.
    #[serde(default)]
    pub session: design::SessionSpec,
    /// Who answers for which warning of the design.
    #[serde(default)]
    pub rules: design::RulesSpec,
    /// The hair that is there.
    #[serde(default)]
    pub hair: Option<design::HairSpec>,
    /// How the dots are laid.
    #[serde(default)]
    pub stipple: StippleTable,
    /// What does it.
    pub arm: ArmTable,
    /// Where everything stands.
    pub cell: CellTable,
    /// Where the head really is, from what the robot touched.
    #[serde(default)]
    pub registration: Option<RegistrationTable>,
    /// What goes wrong in the rehearsal.
    #[serde(default)]
    pub world: simulate::Imperfections,
    /// The part that is streamed in real time.
    #[serde(default)]
    pub stream: StreamTable,
}

/// `[scan]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScanTable {
    /// PLY, OBJ, STL or GLB, relative to the scene file.
    pub file: PathBuf,
    /// Of the file's coordinates: `m`, `dm`, `cm`, `mm` or `inch`.
    #[serde(default)]
    pub unit: Option<scan::Unit>,
    /// In the file's coordinates and unit.
    pub landmarks: scan::LandmarksIn,
}

/// `[stipple]`
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StippleTable {
    /// `human` (default), `faithful` or `even`.
    #[serde(default)]
    pub preset: stipple::Preset,
}

/// `[arm]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArmTable {
    /// URDF, relative to the scene file.
    pub model: PathBuf,
    /// Tool file, relative to the scene file.
    pub tool: PathBuf,
    /// What `calibrate-arm` wrote for this arm, relative to the scene file; the arm as its URDF says without it.
    #[serde(default)]
    pub calibration: Option<PathBuf>,
    /// Link that stands still; the URDF's root without it.
    #[serde(default)]
    pub base: Option<String>,
    /// Link the tool is screwed to; `tool0` or the last link without it.
    #[serde(default)]
    pub flange: Option<String>,
    /// From a setpoint to the arm being there, as its maker gives it; the head is predicted that much further. A UR under
    /// `servoj` has about 34 ms.
    #[serde(default = "default_lag")]
    pub lag_ms: f64,
    /// Greatest acceleration of every joint, a URDF has none.
    #[serde(default)]
    pub acceleration_deg_per_s2: Option<f64>,
    /// Greatest jerk of every joint, a URDF has none.
    #[serde(default)]
    pub jerk_deg_per_s3: Option<f64>,
}

/// `[cell]`, in the base frame.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CellTable {
    /// Where the head is held. With `[registration]` only where it is expected, and may be absent.
    #[serde(default)]
    pub head: Option<Placement>,
    /// Where the arm waits, a value a joint.
    pub park_deg: Vec<f64>,
    /// What the arm must not touch.
    #[serde(default)]
    pub keep_out: Vec<BoxTable>,
}

/// A pose as a person writes it.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Placement {
    /// Of the head frame's origin (between the ears).
    pub position_mm: [f64; 3],
    /// Roll, pitch, yaw about the base's x, y, z, in this order.
    #[serde(default)]
    pub rpy_deg: [f64; 3],
}

/// A box that the arm must not touch, axes along the base's.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoxTable {
    /// For messages.
    pub name: String,
    /// Least corner.
    pub min_mm: [f64; 3],
    /// Greatest corner.
    pub max_mm: [f64; 3],
}

/// `[stream]`
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreamTable {
    /// How many dots `run` streams in real time to the embedded arm.
    #[serde(default = "default_dots")]
    pub dots: usize,
}

const fn default_lag() -> f64 {
    34.0
}

const fn default_dots() -> usize {
    12
}

impl Default for StreamTable {
    fn default() -> Self {
        Self { dots: default_dots() }
    }
}

/// A scene with where it came from.
#[derive(Debug, Clone)]
pub struct SceneFile {
    /// The file.
    pub path: PathBuf,
    /// Its bytes, as they were read.
    pub bytes: Vec<u8>,
    /// What it says.
    pub scene: Scene,
    /// Whose skin it is: presets, and test dots where the scene names them.
    pub person: skin::Person,
    /// The bytes of the skin file that `[person]` names.
    pub skin: Option<Vec<u8>>,
    /// The bytes of the calibration that `[person]` names.
    pub calibration: Option<Vec<u8>>,
}

impl SceneFile {
    /// Reads and checks one scene.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let (scene, bytes) = toml_file::read::<Scene>(path)?;
        let Known { person, skin, calibration } = scene.person.known(path)?;
        let file = Self { path: path.to_owned(), bytes, scene, person, skin, calibration };
        file.check()?;
        Ok(file)
    }

    /// The file's name without its ending.
    pub fn name(&self) -> String {
        self.path.file_stem().map_or_else(|| "scene".into(), |s| s.to_string_lossy().into_owned())
    }

    /// The comment the scene opens with: what it shows.
    pub fn about(&self) -> String {
        let text = String::from_utf8_lossy(&self.bytes);
        let lines = text.lines().map_while(|l| l.strip_prefix('#')).map(str::trim);
        lines.collect::<Vec<_>>().join(" ")
    }

    /// A path of the scene, relative to the scene file.
    pub fn resolve(&self, path: &Path) -> PathBuf {
        self.path.parent().unwrap_or(Path::new("")).join(path)
    }

    /// SHA-256 of the file's bytes, of the calibration's and of the skin file's: another skin makes another treatment.
    pub fn digest(&self) -> arm::Digest {
        let [calibration, skin] = [&self.calibration, &self.skin].map(|b| b.as_deref().unwrap_or_default());
        Sha256::new().chain_update(&self.bytes).chain_update(calibration).chain_update(skin).finalize().into()
    }

    /// The scene's seed.
    pub const fn seed(&self) -> Seed {
        Seed(self.scene.seed)
    }

    /// The tables that `design` reads, paths resolved.
    pub fn design(&self) -> design::DesignSpec {
        design::DesignSpec {
            seed: self.seed(),
            zone: self.scene.zone.clone(),
            keep_out: self.scene.keep_out.clone(),
            anatomy: self.scene.anatomy,
            hair_direction: self.scene.hair_direction.clone(),
            session: self.scene.session.clone(),
            rules: self.scene.rules.clone(),
            hair: self.scene.hair.clone(),
        }
        .resolved(|path| self.resolve(path))
    }

    /// Where the scene puts the head; with `[registration]` only where it is expected.
    pub fn placed_head(&self) -> Option<Pose<Base, Head>> {
        let Placement { position_mm: p, rpy_deg: r } = self.scene.cell.head?;
        let [x, y, z] = p.map(|v| Metres::from_mm(v).get());
        let [roll, pitch, yaw] = r.map(|v| Radians::from_degrees(v).get());
        Some(Pose::new(Isometry3::from_parts(
            Translation3::new(x, y, z),
            UnitQuaternion::from_euler_angles(roll, pitch, yaw),
        )))
    }

    fn check(&self) -> Result<(), Failure> {
        let scene = &self.scene;
        let no = |why: String| Err(Failure::file(&self.path, why));
        if scene.zone.is_empty() {
            return no("no [[zone]]: nothing to do; add one with kind = \"hairline\" and control_points".into());
        }
        if scene.cell.head.is_none() && scene.registration.is_none() {
            return no(
                "nothing says where the head is: add head = { position_mm = [..], rpy_deg = [..] } to [cell], or \
                 [registration] with what the robot touched"
                    .into(),
            );
        }
        let head = scene.cell.head.iter().flat_map(|h| h.position_mm.iter().chain(&h.rpy_deg));
        if let Some(v) = head.chain(&scene.cell.park_deg).find(|v| !v.is_finite()) {
            return no(format!("[cell] holds {v}; every number must be finite"));
        }
        for (key, value) in [
            ("acceleration_deg_per_s2", scene.arm.acceleration_deg_per_s2),
            ("jerk_deg_per_s3", scene.arm.jerk_deg_per_s3),
        ] {
            if let Some(v) = value.filter(|v| !(*v > 0.0 && v.is_finite())) {
                return no(format!("[arm] {key} = {v}; it must be positive"));
            }
        }
        let lag = scene.arm.lag_ms;
        if !(0.0..=100.0).contains(&lag) {
            return no(format!("[arm] lag_ms = {lag}; it must lie between 0 and 100"));
        }
        for b in &scene.cell.keep_out {
            if let Some(i) = (0..3).find(|&i| !(b.min_mm[i] < b.max_mm[i])) {
                let axis = ["x", "y", "z"][i];
                return no(format!(
                    "[[cell.keep_out]] {}: {axis} from {} to {} mm is empty; min_mm must be below max_mm",
                    b.name, b.min_mm[i], b.max_mm[i]
                ));
            }
        }
        Ok(())
    }
}
