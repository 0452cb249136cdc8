//! Universal Robots on the wire: the codec of RTDE, the real-time data exchange of the controllers.
//!
//! In: bytes of a TCP stream, split anywhere; or messages and field values. Out: messages and field values; or bytes.
//! Absent: sockets, clocks, the driver, the controller's own programs, any thought about what a value means.
//!
//! The way of a byte: [`Decoder`] cuts the stream into [`Frame`]s, [`Request::decode`] (to the robot) or
//! [`Reply::decode`] (from the robot) makes a message of a frame, and a [`Recipe`] makes [`Value`]s of the fields of a data
//! package. Nothing of this allocates, except where a recipe is made; nothing of it panics on any bytes.
//!
//! Source: the project's `wire.md`, sections 2 and 3.

mod codec;
mod data;
mod error;
mod fields;
mod kind;
mod package;
mod reader;
mod recipe;
mod state;
mod writer;

#[cfg(test)]
mod golden;
#[cfg(test)]
mod properties;

pub use codec::{DEFAULT_LIMIT, Decoder, Frame, HEADER, LONGEST};
pub use data::{DataType, Value};
pub use error::UrError;
pub use fields::{Direction, Field, NON_REGISTER_FIELDS, field, names};
pub use kind::{Kind, Level, Protocol, Version};
pub use package::{Reply, Request};
pub use recipe::{LONGEST_NAMES, Recipe, Slot, slots};
pub use state::{RobotMode, RobotStatus, RuntimeState, SafetyMode, SafetyStatus};
