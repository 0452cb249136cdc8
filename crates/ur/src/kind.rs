//! Kinds of messages, versions of the protocol and of the controller, levels of texts.
//!
//! In: bytes. Out: enumerations, or a typed error. Absent: payloads (see `package.rs`).
//! Source: wire.md 2.1, 2.2.

use crate::UrError;

/// What a message is about; its letter on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Kind {
    /// Which protocol to speak.
    ProtocolVersion = b'V',
    /// Which software the controller runs.
    ControlVersion = b'v',
    /// For people, with a level.
    Text = b'M',
    /// Packed fields.
    Data = b'U',
    /// Fields that the robot should send.
    SetupOutputs = b'O',
    /// Fields that the client will send.
    SetupInputs = b'I',
    /// Send data from now on.
    Start = b'S',
    /// Send no more data.
    Pause = b'P',
}

/// Version of the protocol: 1 until the client has asked for 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Protocol {
    /// Fixed 125 Hz, one output recipe without a number.
    #[default]
    V1,
    /// Any rate, numbered recipes.
    V2,
}

/// How grave a text message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Level {
    /// An exception in the controller.
    Exception = 0,
    /// An error.
    Error = 1,
    /// A warning.
    Warning = 2,
    /// For information.
    Info = 3,
}

/// Software version of a controller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// 3 CB3, 5 e-Series, 10 PolyScope X.
    pub major: u32,
    /// Second number.
    pub minor: u32,
    /// Third number.
    pub bugfix: u32,
    /// Fourth number.
    pub build: u32,
}

impl Kind {
    /// Letter on the wire.
    pub const fn letter(self) -> u8 {
        self as u8
    }
}

impl TryFrom<u8> for Kind {
    type Error = UrError;
    fn try_from(kind: u8) -> Result<Self, UrError> {
        Ok(match kind {
            b'V' => Self::ProtocolVersion,
            b'v' => Self::ControlVersion,
            b'M' => Self::Text,
            b'U' => Self::Data,
            b'O' => Self::SetupOutputs,
            b'I' => Self::SetupInputs,
            b'S' => Self::Start,
            b'P' => Self::Pause,
            kind => return Err(UrError::Kind { kind }),
        })
    }
}

impl TryFrom<u8> for Level {
    type Error = UrError;
    fn try_from(level: u8) -> Result<Self, UrError> {
        Ok(match level {
            0 => Self::Exception,
            1 => Self::Error,
            2 => Self::Warning,
            3 => Self::Info,
            level => return Err(UrError::Level { level }),
        })
    }
}
