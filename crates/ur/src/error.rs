//! What can be wrong with bytes or values.

use crate::DataType;

/// Why something was not encoded or decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UrError {
    /// A package cannot be shorter than its header. The stream is out of step for good.
    #[error("package of {size} bytes, shorter than its header of 3; the stream is out of step: reconnect")]
    Undersize {
        /// As the header says.
        size: u16,
    },
    /// Longer than the receiver is willing to hold. The stream is out of step or the sender is not RTDE.
    #[error("package of {size} bytes, more than the {limit} accepted; reconnect, or raise the limit")]
    Oversize {
        /// As the header says.
        size: u16,
        /// As the decoder was made.
        limit: usize,
    },
    /// The message does not fit its 16-bit size.
    #[error("message of {size} bytes, more than the 65535 that a package can hold; split it")]
    TooLong {
        /// With the header.
        size: usize,
    },
    /// No message has this letter.
    #[error("unknown message type {kind}; skip the package")]
    Kind {
        /// Third byte of the package.
        kind: u8,
    },
    /// The payload ends inside a part of fixed length.
    #[error("message type {kind}: payload of {got} bytes, at least {need} needed; drop it")]
    Short {
        /// Third byte of the package.
        kind: u8,
        /// Bytes of payload up to the end of that part.
        need: usize,
        /// Bytes of payload there are.
        got: usize,
    },
    /// The payload goes on after its end.
    #[error("message type {kind}: {extra} bytes after its end; drop it")]
    Trailing {
        /// Third byte of the package.
        kind: u8,
        /// How many.
        extra: usize,
    },
    /// Lists of names and types are ASCII.
    #[error("message type {kind}: byte {at} of the list is not printable ASCII; drop it")]
    NotAscii {
        /// Third byte of the package.
        kind: u8,
        /// Offset in the list.
        at: usize,
    },
    /// Text messages have levels 0 to 3.
    #[error("text message of unknown level {level}; drop it")]
    Level {
        /// As sent.
        level: u8,
    },
    /// One length byte cannot say it.
    #[error("text of {len} bytes, more than 255; shorten it")]
    Text {
        /// As given.
        len: usize,
    },
    /// The controller reads no longer list.
    #[error("list of names of {len} bytes, more than 2048; use fewer fields or a second recipe")]
    Names {
        /// As given.
        len: usize,
    },
    /// Protocol 1 and 2 lay out this message differently, and the part is missing or surplus.
    #[error(
        "message type {kind}: frequency, recipe or source does not fit the protocol version; give it in version 2 only"
    )]
    ProtocolPart {
        /// Third byte of the package.
        kind: u8,
    },
    /// The output does not fit where it should go.
    #[error("{need} bytes to write and room for {have}; pass a larger buffer")]
    Room {
        /// Needed.
        need: usize,
        /// There.
        have: usize,
    },
    /// The fields of a data package do not fill the recipe exactly. Keep the last good package.
    #[error("data of {got} bytes for a recipe of {want}; ignore the package and keep the last good one")]
    RecipeSize {
        /// Bytes of fields that came.
        got: usize,
        /// Bytes of fields in the recipe.
        want: usize,
    },
    /// As many values as fields, please.
    #[error("{got} values for a recipe of {want} fields")]
    Count {
        /// Given.
        got: usize,
        /// In the recipe.
        want: usize,
    },
    /// A value of another type than the recipe's field.
    #[error("field {field} is {want}, and the value is {got}")]
    Type {
        /// Position in the recipe, from 0.
        field: usize,
        /// Recipe's.
        want: DataType,
        /// Value's.
        got: DataType,
    },
    /// A NaN or an infinity must not reach a robot.
    #[error("field {field} is not finite; hold the last good command")]
    NotFinite {
        /// Position in the recipe, from 0; for the frequency of a set-up, 0.
        field: usize,
    },
    /// A type in the controller's answer that RTDE does not have.
    #[error("field {field} has a type that RTDE does not know")]
    UnknownType {
        /// Position in the list, from 0.
        field: usize,
    },
    /// The controller does not know the field.
    #[error("field {field} was not found by the controller; its software may be too old for it")]
    NotFound {
        /// Position in the list, from 0.
        field: usize,
    },
    /// Another client or a field bus owns the input register.
    #[error("field {field} is in use by another client; use other registers, or switch off the field bus that owns it")]
    InUse {
        /// Position in the list, from 0.
        field: usize,
    },
    /// Not a value of this enumeration.
    #[error("{value} is not a {what}")]
    State {
        /// Which enumeration.
        what: &'static str,
        /// As sent.
        value: i64,
    },
}
