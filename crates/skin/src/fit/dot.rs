//! One test dot, as set and as it healed.
//!
//! In: numbers of a table. Out: [`TestDot`], checked by [`TestDot::check`]. Absent: which needle on which arm set it.

use frames::{Metres, Penetration, PerSquareMetre, Protrusion, Span};

use crate::error::within;
use crate::fade::DAY;
use crate::{Dilution, Group, SkinError, Zone};

/// Younger dots have not shed what they will shed: four weeks (skin.md 1.11 E; first new epidermis by day 28, S9).
pub const LEAST_AGE_DAYS: f64 = 28.0;

/// One test dot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TestDot {
    /// Kind of skin.
    pub zone: Zone,
    /// As set.
    pub protrusion: Protrusion,
    /// How far the skin inside the ring stood above the ring's face ([`crate::bulge`]), less what a lean held the needle off.
    pub offset: Metres,
    /// Into the same hole.
    pub hits: u32,
    /// Of the tip into the skin, m/s.
    pub speed: f64,
    /// In the tool.
    pub group: Group,
    /// As measured (optical coherence tomography, histology of a phantom).
    pub penetration: Option<Penetration>,
    /// Still there; false: shed.
    pub healed: bool,
    /// Of the healed dot.
    pub diameter: Option<Metres>,
    /// Darkness of the patch of equal dots that it belongs to.
    pub patch: Option<Patch>,
    /// When it was looked at.
    pub age: Span,
}

/// A patch of equal test dots, measured by colorimeter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Patch {
    /// Skin beside the patch less the patch, L*.
    pub darkness: f64,
    /// Of the patch.
    pub density: PerSquareMetre,
    /// In the needle.
    pub ink: Dilution,
}

impl TestDot {
    /// Every number inside the range in which the laws mean something, and nothing that contradicts itself.
    pub fn check(&self) -> Result<(), SkinError> {
        // Metres and back leaves a last digit that no one wrote.
        let mm = |length: Metres| (length.mm() * 1e9).round() / 1e9;
        within("protrusion_mm", mm(self.protrusion.length()), [0.02, 1.2], "mm")?;
        within("hits", f64::from(self.hits), [1.0, 50.0], "hits")?;
        within("speed_m_per_s", self.speed, [0.005, 3.0], "m/s")?;
        within("offset of the skin in the ring", mm(self.offset), [-0.5, 0.5], "mm")?;
        if let Some(p) = self.penetration {
            within("penetration_mm", mm(p.length()), [0.0, 1.5], "mm")?;
        }
        if let Some(d) = self.diameter {
            within("diameter_mm of a dot that healed", f64::from(u8::from(self.healed)), [1.0, 1.0], "healed dot")?;
            within("diameter_mm", mm(d), [0.03, 1.5], "mm")?;
        }
        if let Some(p) = self.patch {
            within("darkness_dl of a dot that healed", f64::from(u8::from(self.healed)), [1.0, 1.0], "healed dot")?;
            within("darkness_dl", p.darkness, [-1.0, 25.0], "L*")?;
            within("patch_per_cm2", p.density.per_cm2(), [5.0, 150.0], "dots/cm2")?;
        }
        within("age_days", self.age.seconds() / DAY, [LEAST_AGE_DAYS, 1_100.0], "days")?;
        Ok(())
    }
}
