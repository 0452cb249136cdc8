//! Whether the registration is good enough for what is to be done.
//!
//! In: a registration, the places of each zone, the error that may be expected. Out: the expected error by zone; or which
//! motion is loose and where to touch.

use frames::{Head, Metres, Point};

use super::loose::loosest;
use super::{RegisterError, Registration, Tre, touch};
use crate::Surface;

/// The places of one zone.
#[derive(Debug, Clone, PartialEq)]
pub struct Zone {
    /// For messages.
    pub name: String,
    /// Where dots may go. A zone without places has no error.
    pub places: Vec<Point<Head>>,
}

/// What is to be expected in one zone.
#[derive(Debug, Clone, PartialEq)]
pub struct ZoneTre {
    /// For messages.
    pub name: String,
    /// Over its places.
    pub tre: Tre,
}

impl Registration {
    /// The expected error by zone, in their order.
    pub fn tre_by_zone(&self, zones: &[Zone]) -> Vec<ZoneTre> {
        let over = |z: &Zone| Some(ZoneTre { name: z.name.clone(), tre: self.uncertainty.tre_over(&z.places)? });
        zones.iter().filter_map(over).collect()
    }

    /// [`Self::tre_by_zone`], where the rms of no zone exceeds `budget`. `touch_noise` is that of further touches, for the
    /// advice.
    ///
    /// # Errors
    /// [`RegisterError::OverBudget`] for the worst zone: the loosest motion, and where touches would hold it.
    pub fn within(
        &self,
        budget: Metres,
        zones: &[Zone],
        surface: &Surface,
        touch_noise: Metres,
    ) -> Result<Vec<ZoneTre>, RegisterError> {
        let all = self.tre_by_zone(zones);
        let Some(worst) = all.iter().max_by(|a, b| a.tre.rms.get().total_cmp(&b.tre.rms.get())) else {
            return Ok(all);
        };
        // Written so that NaN is refused.
        if worst.tre.rms <= budget {
            return Ok(all);
        }
        let places = zones.iter().find(|z| z.name == worst.name).map_or(&[][..], |z| &z.places);
        let (places_to_touch, after) = touch::best(surface, &self.uncertainty, places, touch_noise);
        Err(RegisterError::OverBudget {
            zone: worst.name.clone(),
            rms: worst.tre.rms,
            budget,
            loose: loosest(&self.uncertainty, places),
            touch: places_to_touch,
            then: after.tre_over(places).map_or(worst.tre.rms, |t| t.rms),
        })
    }
}
