//! The messages of RTDE, both directions, both protocol versions.
//!
//! In: a [`Frame`], or a message. Out: the message, borrowing from the frame; or bytes. Absent: order of messages, state of
//! the connection, the meaning of fields (see [`crate::Recipe`]).
//! Source: wire.md 2.1, 2.2, 2.4.

use crate::UrError;
use crate::codec::Frame;
use crate::kind::{Kind, Level, Protocol, Version};
use crate::reader::{Reader, ascii, finite};
use crate::recipe::LONGEST_NAMES;
use crate::writer::{Writer, package};

/// From the client to the robot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Request<'a> {
    /// Speak this version, 1 or 2.
    ProtocolVersion(u16),
    /// Tell your software version.
    ControlVersion,
    /// Send these fields.
    SetupOutputs {
        /// Hz. Version 2 only; version 1 is fixed to 125.
        frequency: Option<f64>,
        /// Names with commas between; a last comma is allowed.
        names: &'a str,
    },
    /// I will send these fields.
    SetupInputs {
        /// Names with commas between; a last comma is allowed.
        names: &'a str,
    },
    /// Send data from now on.
    Start,
    /// Send no more data.
    Pause,
    /// Values for input fields.
    Data {
        /// As the reply to the set-up gave it.
        recipe: u8,
        /// Packed; see [`crate::Recipe`].
        fields: &'a [u8],
    },
    /// For the pendant's log.
    Text {
        /// What; bytes, as the encoding is not defined.
        message: &'a [u8],
        /// Who says so.
        source: &'a [u8],
        /// How grave.
        level: Level,
    },
}

/// From the robot to the client.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reply<'a> {
    /// Whether the version asked for is spoken from now on.
    ProtocolVersion {
        /// Yes or no.
        accepted: bool,
    },
    /// Software of the controller.
    ControlVersion(Version),
    /// Types of the fields asked for.
    SetupOutputs {
        /// Number of the recipe. Version 2 only.
        recipe: Option<u8>,
        /// Types with commas between; see [`crate::slots`].
        types: &'a str,
    },
    /// Types of the fields announced.
    SetupInputs {
        /// Number of the recipe, from 1; 0 when it is invalid.
        recipe: u8,
        /// Types with commas between; see [`crate::slots`].
        types: &'a str,
    },
    /// Whether data will come.
    Start {
        /// Yes or no.
        accepted: bool,
    },
    /// Whether data will stop.
    Pause {
        /// Yes or no.
        accepted: bool,
    },
    /// Values of output fields.
    Data {
        /// Number of the recipe. Version 2 only.
        recipe: Option<u8>,
        /// Packed; see [`crate::Recipe`].
        fields: &'a [u8],
    },
    /// For people.
    Text {
        /// What; bytes, as the encoding is not defined.
        message: &'a [u8],
        /// Who says so. Version 2 only.
        source: Option<&'a [u8]>,
        /// How grave.
        level: Level,
    },
}

impl<'a> Request<'a> {
    /// What this is about.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::ProtocolVersion(_) => Kind::ProtocolVersion,
            Self::ControlVersion => Kind::ControlVersion,
            Self::SetupOutputs { .. } => Kind::SetupOutputs,
            Self::SetupInputs { .. } => Kind::SetupInputs,
            Self::Start => Kind::Start,
            Self::Pause => Kind::Pause,
            Self::Data { .. } => Kind::Data,
            Self::Text { .. } => Kind::Text,
        }
    }

    /// The message in `frame`, as a robot reads it.
    pub fn decode(protocol: Protocol, frame: Frame<'a>) -> Result<Self, UrError> {
        let mut r = Reader::new(frame);
        let request = match Kind::try_from(frame.kind)? {
            Kind::ProtocolVersion => Self::ProtocolVersion(u16::from_be_bytes(r.array()?)),
            Kind::ControlVersion => Self::ControlVersion,
            Kind::SetupOutputs => {
                let frequency = match protocol {
                    Protocol::V1 => None,
                    Protocol::V2 => Some(finite(f64::from_be_bytes(r.array()?))?),
                };
                Self::SetupOutputs { frequency, names: r.names()? }
            }
            Kind::SetupInputs => Self::SetupInputs { names: r.names()? },
            Kind::Start => Self::Start,
            Kind::Pause => Self::Pause,
            Kind::Data => Self::Data { recipe: r.byte()?, fields: r.rest() },
            Kind::Text => Self::Text { message: r.counted()?, source: r.counted()?, level: r.byte()?.try_into()? },
        };
        r.end()?;
        Ok(request)
    }

    /// Writes the package to the front of `out` and returns its length.
    pub fn encode(&self, protocol: Protocol, out: &mut [u8]) -> Result<usize, UrError> {
        let kind = self.kind().letter();
        package(kind, out, |w| {
            match *self {
                Self::ProtocolVersion(version) => w.put(&version.to_be_bytes()),
                Self::ControlVersion | Self::Start | Self::Pause => {}
                Self::SetupOutputs { frequency, names } => {
                    match (protocol, frequency) {
                        (Protocol::V1, None) => {}
                        (Protocol::V2, Some(hz)) => w.put(&finite(hz)?.to_be_bytes()),
                        _ => return Err(UrError::ProtocolPart { kind }),
                    }
                    put_names(w, kind, names)?;
                }
                Self::SetupInputs { names } => put_names(w, kind, names)?,
                Self::Data { recipe, fields } => {
                    w.put(&[recipe]);
                    w.put(fields);
                }
                Self::Text { message, source, level } => {
                    put_counted(w, message)?;
                    put_counted(w, source)?;
                    w.put(&[level as u8]);
                }
            }
            Ok(())
        })
    }
}

impl<'a> Reply<'a> {
    /// What this is about.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::ProtocolVersion { .. } => Kind::ProtocolVersion,
            Self::ControlVersion(_) => Kind::ControlVersion,
            Self::SetupOutputs { .. } => Kind::SetupOutputs,
            Self::SetupInputs { .. } => Kind::SetupInputs,
            Self::Start { .. } => Kind::Start,
            Self::Pause { .. } => Kind::Pause,
            Self::Data { .. } => Kind::Data,
            Self::Text { .. } => Kind::Text,
        }
    }

    /// The message in `frame`, as a client reads it.
    pub fn decode(protocol: Protocol, frame: Frame<'a>) -> Result<Self, UrError> {
        let mut r = Reader::new(frame);
        let v2 = protocol == Protocol::V2;
        let reply = match Kind::try_from(frame.kind)? {
            Kind::ProtocolVersion => Self::ProtocolVersion { accepted: r.byte()? != 0 },
            Kind::ControlVersion => Self::ControlVersion(Version {
                major: u32::from_be_bytes(r.array()?),
                minor: u32::from_be_bytes(r.array()?),
                bugfix: u32::from_be_bytes(r.array()?),
                build: u32::from_be_bytes(r.array()?),
            }),
            Kind::SetupOutputs => Self::SetupOutputs { recipe: r.byte_if(v2)?, types: r.list()? },
            Kind::SetupInputs => Self::SetupInputs { recipe: r.byte()?, types: r.list()? },
            Kind::Start => Self::Start { accepted: r.byte()? != 0 },
            Kind::Pause => Self::Pause { accepted: r.byte()? != 0 },
            Kind::Data => Self::Data { recipe: r.byte_if(v2)?, fields: r.rest() },
            Kind::Text if v2 => {
                Self::Text { message: r.counted()?, source: Some(r.counted()?), level: r.byte()?.try_into()? }
            }
            Kind::Text => Self::Text { level: r.byte()?.try_into()?, message: r.rest(), source: None },
        };
        r.end()?;
        Ok(reply)
    }

    /// Writes the package to the front of `out` and returns its length.
    pub fn encode(&self, protocol: Protocol, out: &mut [u8]) -> Result<usize, UrError> {
        let kind = self.kind().letter();
        let numbered = |w: &mut Writer<'_>, recipe: Option<u8>| match (protocol, recipe) {
            (Protocol::V1, None) => Ok(()),
            (Protocol::V2, Some(recipe)) => {
                w.put(&[recipe]);
                Ok(())
            }
            _ => Err(UrError::ProtocolPart { kind }),
        };
        package(kind, out, |w| {
            match *self {
                Self::ProtocolVersion { accepted } | Self::Start { accepted } | Self::Pause { accepted } => {
                    w.put(&[u8::from(accepted)]);
                }
                Self::ControlVersion(v) => {
                    for part in [v.major, v.minor, v.bugfix, v.build] {
                        w.put(&part.to_be_bytes());
                    }
                }
                Self::SetupOutputs { recipe, types } => {
                    numbered(w, recipe)?;
                    w.put(ascii(kind, types.as_bytes())?.as_bytes());
                }
                Self::SetupInputs { recipe, types } => {
                    w.put(&[recipe]);
                    w.put(ascii(kind, types.as_bytes())?.as_bytes());
                }
                Self::Data { recipe, fields } => {
                    numbered(w, recipe)?;
                    w.put(fields);
                }
                Self::Text { message, source, level } => match (protocol, source) {
                    (Protocol::V1, None) => {
                        w.put(&[level as u8]);
                        w.put(message);
                    }
                    (Protocol::V2, Some(source)) => {
                        put_counted(w, message)?;
                        put_counted(w, source)?;
                        w.put(&[level as u8]);
                    }
                    _ => return Err(UrError::ProtocolPart { kind }),
                },
            }
            Ok(())
        })
    }
}

fn put_names(w: &mut Writer<'_>, kind: u8, names: &str) -> Result<(), UrError> {
    if names.len() > LONGEST_NAMES {
        return Err(UrError::Names { len: names.len() });
    }
    w.put(ascii(kind, names.as_bytes())?.as_bytes());
    Ok(())
}

fn put_counted(w: &mut Writer<'_>, text: &[u8]) -> Result<(), UrError> {
    let len = u8::try_from(text.len()).map_err(|_| UrError::Text { len: text.len() })?;
    w.put(&[len]);
    w.put(text);
    Ok(())
}
