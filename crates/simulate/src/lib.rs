//! The simulated world: an arm driver made of physics, skin, a moving head and imperfect sensors.
//!
//! In: what the controller knows of arm, tool, scan and head, and [`Imperfections`]: everything that may be wrong with it.
//! Out: [`SimArm`], an [`arm::ArmDriver`]; [`Truth`], what really happened, for reports; [`Faulty`], any driver,
//! misbehaving. Absent: the controller. Truth and belief are apart: the state that a driver returns comes from sensor models
//! only, and nothing in here looks at what a controller believes.
//!
//! A step is 1 ms. Everything random is drawn by counter from one seed: equal runs are equal in every bit.

mod accident;
mod body;
mod draw;
mod drive;
mod error;
mod faulty;
#[cfg(test)]
mod fixture;
mod head;
mod imperfections;
mod nose;
#[cfg(test)]
mod scenarios;
mod sensors;
mod servo;
mod sight;
mod sim_arm;
mod solids;
mod tissue;
mod tracker;
mod truth;
mod world;

pub use accident::Cell;
pub use error::SimError;
pub use faulty::{Episode, Faulty, Misbehaviour};
pub use imperfections::{
    ArmErrors, HeadMotion, Imperfections, Kind, Parameter, ScanErrors, SkinErrors, ToolErrors, TrackerErrors,
};
pub use sim_arm::SimArm;
pub use tissue::Zones;
pub use truth::{Accident, Hit, Obstacle, Solid, Truth};
