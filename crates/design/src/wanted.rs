//! The words between design and stipple: what is wanted at one place, and what is already there.

use frames::{Dir, Head, Metres, Penetration, PerSquareMetre, Point};

/// What the design wants at one place on the skin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wanted {
    /// Dots of this session. Zero outside every zone, inside a keep-out and off the scalp.
    pub density: PerSquareMetre,
    /// The kind of skin, which decides thickness and window.
    pub zone: skin::Zone,
    /// Which `[[zone]]` of the scene, from 0.
    pub zone_index: u16,
    /// Depth to aim at.
    pub target: Penetration,
    /// Shallowest useful depth.
    pub least: Penetration,
    /// Deepest tolerable depth.
    pub most: Penetration,
    /// Diameter of the dot once healed.
    pub healed: Metres,
    /// 0 clear, 1 black.
    pub shade: f64,
    /// Direction of the drawn hair, roughly tangent to the skin; `None` where the field has no direction (at a whorl).
    pub hair: Option<Dir<Head>>,
}

/// A point that is fixed before stippling begins. New dots keep away from it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frozen {
    /// On the skin.
    pub point: Point<Head>,
    /// What it is, hence how it is treated.
    pub kind: FrozenKind,
}

/// What a frozen point is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FrozenKind {
    /// A lone dot ahead of a hairline: to be placed in this session, exactly here.
    Sentinel(Wanted),
    /// A dot of an earlier session of this design: counts towards the cumulative density.
    Earlier,
    /// A healed dot from elsewhere: kept away from, not counted.
    OldDot,
    /// A hair or its opening: kept away from, not counted.
    Follicle,
}
