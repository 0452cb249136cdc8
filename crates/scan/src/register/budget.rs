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
        let rms = |zone: &&Zone| self.uncertainty.tre_over(&zone.places).map(|t| t.rms.get());
        let worst = zones.iter().max_by(|a, b| rms(a).unwrap_or(0.0).total_cmp(&rms(b).unwrap_or(0.0)));
        let Some((zone, tre)) = worst.and_then(|z| Some((z, self.uncertainty.tre_over(&z.places)?))) else {
            return Ok(all);
        };
        // Written so that NaN is refused.
        if tre.rms <= budget {
            return Ok(all);
        }
        let places = &zone.places;
        let (places_to_touch, after) = touch::best(surface, &self.uncertainty, places, touch_noise);
        Err(RegisterError::OverBudget {
            zone: zone.name.clone(),
            rms: tre.rms,
            budget,
            loose: loosest(&self.uncertainty, places),
            touch: places_to_touch,
            then: after.tre_over(places).map_or(tre.rms, |t| t.rms),
        })
    }
}
