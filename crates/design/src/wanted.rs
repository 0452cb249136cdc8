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

impl Wanted {
    /// Ordinary dots on the mid scalp, without a direction: for measurements, tests and patterns of which nothing but the
    /// density is known.
    pub fn plain(density: PerSquareMetre) -> Self {
        let zone = skin::Zone::FrontalMid;
        let window = zone.facts().window;
        Self {
            density,
            zone,
            zone_index: 0,
            target: window.target,
            least: window.least,
            most: window.most,
            healed: Metres::from_mm(0.25),
            shade: 0.5,
            hair: None,
        }
    }
}

/// The dots of one zone, over all sessions and behind any soft front.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ZoneDots {
    /// Where the zone is full; by region of the scalp more or less of it.
    pub density: PerSquareMetre,
    /// Diameter once healed.
    pub healed: Metres,
    /// 0 clear, 1 black.
    pub shade: f64,
    /// Least, target, most; of the first region.
    pub window: [Penetration; 3],
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
    /// A dot of an earlier session of this design.
    Earlier {
        /// What it still shows, over a well healed dot: 0 to 1. It counts by this much and repels whole.
        ink: f64,
    },
    /// A healed dot from elsewhere.
    OldDot {
        /// As for [`FrozenKind::Earlier`].
        ink: f64,
    },
    /// A hair or its opening: one unit.
    Follicle,
}

impl FrozenKind {
    /// How much of a unit (hair or dot) is there already: 0 to 1. A sentinel is only to come.
    pub const fn counts(&self) -> f64 {
        match self {
            Self::Sentinel(_) => 0.0,
            Self::Earlier { ink } | Self::OldDot { ink } => *ink,
            Self::Follicle => 1.0,
        }
    }
}

/// Densities at one place, all in units (hairs or dots) per area.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Levels {
    /// Dots of this session.
    pub new: PerSquareMetre,
    /// Dots of the sessions after it, as far as this one leaves them to.
    pub later: PerSquareMetre,
    /// Dots of all sessions, before any was laid; zero where no ladder is known.
    pub planned: PerSquareMetre,
    /// Hair, as far as its follicles are known one by one.
    pub hair: PerSquareMetre,
    /// The new ones, and whatever is there already and counts: what the pattern shall be even in.
    pub total: PerSquareMetre,
    /// Which `[[zone]]` of the scene, from 0.
    pub zone_index: u16,
}
