//! The planner's eyes for others: is a posture clear, and by how much is a point off the head?
//!
//! In: arm, tool, head, cell. Out: answers with the same guarantees as the planner's. For benches, for reports, for the
//! advice on where to place a head. Absent: postures and programs.

use arm::{ArmModel, JointPos, Tool};
use frames::{Head, Metres, Point, Seed};
use scan::Surface;
use stipple::Site;

use crate::body::Body;
use crate::clear::{Margins, Nose, World};
use crate::field::Field;
use crate::reach::Reach;
use crate::spin::places;
use crate::timing::HopTime;
use crate::{Cell, Obstacle, Options, PlanError, route};

/// A cell that can be asked about postures.
pub struct Probe<'a> {
    world: World<'a>,
}

impl<'a> Probe<'a> {
    /// Builds the field of distances: a few hundred milliseconds.
    ///
    /// # Errors
    /// Too many collision capsules.
    pub fn new(
        arm: &'a ArmModel,
        tool: &Tool,
        surface: &'a Surface,
        cell: &'a Cell,
        options: &Options,
    ) -> Result<Self, PlanError> {
        let margins = Margins::of(options);
        let body = Body::new(arm, tool, margins.head).ok_or_else(|| PlanError::Input {
            what: "arm and tool have too many collision capsules".to_owned(),
            way_out: "merge shapes of the tool or of the arm's links",
        })?;
        let world = World::new(arm, body, Field::new(surface, &[]), &cell.keep_out, margins, cell.base_from_head.get());
        Ok(Self { world })
    }

    /// Does a posture keep all clearances? If not: which part, from what, and a lower bound of the distance.
    ///
    /// # Errors
    /// The first part found that does not.
    pub fn posture(&self, q: &JointPos) -> Result<(), (String, Obstacle, Metres)> {
        self.world.posture(q, Nose::Free).map_err(|touch| self.named(&touch))
    }

    /// Does the whole straight way in joint space keep all clearances?
    ///
    /// # Errors
    /// The first part found that does not.
    pub fn way(&self, from: &JointPos, to: &JointPos) -> Result<(), (String, Obstacle, Metres)> {
        self.world.way(from, to, Nose::Free).map_err(|touch| self.named(&touch))
    }

    /// The stops of a clear way between two postures, neither listed, the nose at least `off` the skin: straight if possible,
    /// else around. `None` where none was found.
    pub fn route(&self, from: &JointPos, to: &JointPos, off: Metres, seed: Seed) -> Option<Vec<JointPos>> {
        route::route(&self.world, from, to, Nose::Off(off.get()), seed).ok()
    }

    /// Never more than the distance of a point from the head; 0 inside.
    pub fn off_head(&self, p: Point<Head>) -> Metres {
        Metres::new(self.world.field.at_least(&p.coords))
    }

    /// The ladder's work without collisions, for measuring: postures of `options.spins` spins on every branch of every
    /// site, and the cheapest way through them in the order given. Returns the bytes it held for each site.
    pub fn ladder(&self, tool: &Tool, cell: &Cell, options: &Options, sites: &[Site]) -> usize {
        let reach = Reach::new(&self.world, tool, cell.base_from_head, &cell.park, options);
        let order: Vec<u32> = (0..sites.len() as u32).collect();
        let places = places(sites, &order);
        let ladder = reach.ladder(&places);
        let time = HopTime::new(&self.world.arm.limits, options.pace.share);
        let course = vec![1e6; sites.len()];
        let walk = ladder.walk(&time, &course, &vec![false; sites.len()]);
        (ladder.bytes() + walk.map_or(0, |w| w.bytes)) / sites.len().max(1)
    }

    fn named(&self, touch: &crate::clear::Touch) -> (String, Obstacle, Metres) {
        let (part, obstacle) = self.world.names(touch);
        (part, obstacle, Metres::new(touch.clearance))
    }
}
