//! Types and values on the wire, big-endian.
//!
//! In: a type and its bytes, or a value. Out: the value, or its bytes. Absent: names of fields.
//! Source: wire.md 2.3.

use std::fmt;

/// Type of one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DataType {
    /// 1 byte, 0 or 1.
    Bool,
    /// 1 byte.
    UInt8,
    /// 4 bytes.
    UInt32,
    /// 8 bytes.
    UInt64,
    /// 4 bytes, two's complement.
    Int32,
    /// 8 bytes, IEEE 754.
    Double,
    /// Three doubles.
    Vector3D,
    /// Six doubles.
    Vector6D,
    /// Six int32.
    Vector6Int32,
    /// Six uint32.
    Vector6UInt32,
}

/// Value of one field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// See [`DataType::Bool`].
    Bool(bool),
    /// See [`DataType::UInt8`].
    UInt8(u8),
    /// See [`DataType::UInt32`].
    UInt32(u32),
    /// See [`DataType::UInt64`].
    UInt64(u64),
    /// See [`DataType::Int32`].
    Int32(i32),
    /// See [`DataType::Double`].
    Double(f64),
    /// See [`DataType::Vector3D`].
    Vector3D([f64; 3]),
    /// See [`DataType::Vector6D`].
    Vector6D([f64; 6]),
    /// See [`DataType::Vector6Int32`].
    Vector6Int32([i32; 6]),
    /// See [`DataType::Vector6UInt32`].
    Vector6UInt32([u32; 6]),
}

impl DataType {
    /// Every type.
    pub const ALL: [Self; 10] = [
        Self::Bool,
        Self::UInt8,
        Self::UInt32,
        Self::UInt64,
        Self::Int32,
        Self::Double,
        Self::Vector3D,
        Self::Vector6D,
        Self::Vector6Int32,
        Self::Vector6UInt32,
    ];

    /// Bytes on the wire.
    pub const fn size(self) -> usize {
        match self {
            Self::Bool | Self::UInt8 => 1,
            Self::UInt32 | Self::Int32 => 4,
            Self::UInt64 | Self::Double => 8,
            Self::Vector3D | Self::Vector6Int32 | Self::Vector6UInt32 => 24,
            Self::Vector6D => 48,
        }
    }

    /// As the controller writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bool => "BOOL",
            Self::UInt8 => "UINT8",
            Self::UInt32 => "UINT32",
            Self::UInt64 => "UINT64",
            Self::Int32 => "INT32",
            Self::Double => "DOUBLE",
            Self::Vector3D => "VECTOR3D",
            Self::Vector6D => "VECTOR6D",
            Self::Vector6Int32 => "VECTOR6INT32",
            Self::Vector6UInt32 => "VECTOR6UINT32",
        }
    }

    /// The type that the controller writes so.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.name() == name)
    }
}

impl Value {
    /// Of this value.
    pub const fn data_type(&self) -> DataType {
        match self {
            Self::Bool(_) => DataType::Bool,
            Self::UInt8(_) => DataType::UInt8,
            Self::UInt32(_) => DataType::UInt32,
            Self::UInt64(_) => DataType::UInt64,
            Self::Int32(_) => DataType::Int32,
            Self::Double(_) => DataType::Double,
            Self::Vector3D(_) => DataType::Vector3D,
            Self::Vector6D(_) => DataType::Vector6D,
            Self::Vector6Int32(_) => DataType::Vector6Int32,
            Self::Vector6UInt32(_) => DataType::Vector6UInt32,
        }
    }

    /// False when a number in it is infinite or NaN.
    pub fn is_finite(&self) -> bool {
        match self {
            Self::Double(v) => v.is_finite(),
            Self::Vector3D(v) => v.iter().all(|v| v.is_finite()),
            Self::Vector6D(v) => v.iter().all(|v| v.is_finite()),
            _ => true,
        }
    }

    /// The value that `bytes` begin with; `None` when they are too few. A NaN comes through: what it means is for the
    /// reader to judge. A BOOL is true unless it is 0.
    pub fn decode(data_type: DataType, bytes: &[u8]) -> Option<Self> {
        Some(match data_type {
            DataType::Bool => Self::Bool(*bytes.first()? != 0),
            DataType::UInt8 => Self::UInt8(*bytes.first()?),
            DataType::UInt32 => Self::UInt32(u32::from_be_bytes(*bytes.first_chunk()?)),
            DataType::UInt64 => Self::UInt64(u64::from_be_bytes(*bytes.first_chunk()?)),
            DataType::Int32 => Self::Int32(i32::from_be_bytes(*bytes.first_chunk()?)),
            DataType::Double => Self::Double(f64::from_be_bytes(*bytes.first_chunk()?)),
            DataType::Vector3D => Self::Vector3D(several(bytes, f64::from_be_bytes)?),
            DataType::Vector6D => Self::Vector6D(several(bytes, f64::from_be_bytes)?),
            DataType::Vector6Int32 => Self::Vector6Int32(several(bytes, i32::from_be_bytes)?),
            DataType::Vector6UInt32 => Self::Vector6UInt32(several(bytes, u32::from_be_bytes)?),
        })
    }

    /// Hands its bytes to `put`, in order, a number at a time.
    pub(crate) fn bytes(&self, mut put: impl FnMut(&[u8])) {
        match self {
            Self::Bool(v) => put(&[u8::from(*v)]),
            Self::UInt8(v) => put(&[*v]),
            Self::UInt32(v) => put(&v.to_be_bytes()),
            Self::UInt64(v) => put(&v.to_be_bytes()),
            Self::Int32(v) => put(&v.to_be_bytes()),
            Self::Double(v) => put(&v.to_be_bytes()),
            Self::Vector3D(v) => v.iter().for_each(|v| put(&v.to_be_bytes())),
            Self::Vector6D(v) => v.iter().for_each(|v| put(&v.to_be_bytes())),
            Self::Vector6Int32(v) => v.iter().for_each(|v| put(&v.to_be_bytes())),
            Self::Vector6UInt32(v) => v.iter().for_each(|v| put(&v.to_be_bytes())),
        }
    }
}

/// `N` numbers of `W` bytes.
fn several<T: Copy + Default, const W: usize, const N: usize>(bytes: &[u8], one: fn([u8; W]) -> T) -> Option<[T; N]> {
    let mut out = [T::default(); N];
    let (words, _) = bytes.as_chunks::<W>();
    if words.len() < N {
        return None;
    }
    for (out, word) in out.iter_mut().zip(words) {
        *out = one(*word);
    }
    Some(out)
}

impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// wire.md 2.3.
    #[test]
    fn sizes_and_names() {
        let table = [
            ("BOOL", 1),
            ("UINT8", 1),
            ("UINT32", 4),
            ("UINT64", 8),
            ("INT32", 4),
            ("DOUBLE", 8),
            ("VECTOR3D", 24),
            ("VECTOR6D", 48),
            ("VECTOR6INT32", 24),
            ("VECTOR6UINT32", 24),
        ];
        assert_eq!(table.len(), DataType::ALL.len());
        for (name, size) in table {
            assert_eq!(DataType::from_name(name).map(|t| (t.name(), t.size())), Some((name, size)));
        }
        assert_eq!(DataType::from_name("double"), None);
    }

    #[track_caller]
    fn check(value: Value, wire: &[u8]) {
        let mut bytes = Vec::new();
        value.bytes(|b| bytes.extend_from_slice(b));
        assert_eq!(bytes, wire);
        assert_eq!(value.data_type().size(), wire.len());
        assert_eq!(Value::decode(value.data_type(), wire), Some(value));
        assert_eq!(Value::decode(value.data_type(), &wire[..wire.len() - 1]), None, "too few bytes");
    }

    #[test]
    fn big_endian() {
        check(Value::Bool(true), &[1]);
        check(Value::UInt8(0xfe), &[0xfe]);
        check(Value::UInt32(0x0102_0304), &[1, 2, 3, 4]);
        check(Value::UInt64(0x0102_0304_0506_0708), &[1, 2, 3, 4, 5, 6, 7, 8]);
        check(Value::Int32(-2), &[0xff, 0xff, 0xff, 0xfe]);
        check(Value::Double(-1.5), &[0xbf, 0xf8, 0, 0, 0, 0, 0, 0]);
        check(
            Value::Vector3D([1.0, 0.0, -1.5]),
            &[0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xbf, 0xf8, 0, 0, 0, 0, 0, 0],
        );
        check(Value::Vector6Int32([1, -1, 0, 0, 0, 2]), &{
            let mut w = [0; 24];
            w[3] = 1;
            w[4..8].fill(0xff);
            w[23] = 2;
            w
        });
        check(Value::Vector6UInt32([0, 0, 0, 0, 0, 0x8000_0000]), &{
            let mut w = [0; 24];
            w[20] = 0x80;
            w
        });
        check(Value::Vector6D([0.0, 0.0, 0.0, 0.0, 0.0, 1.0]), &{
            let mut w = [0; 48];
            w[40..42].copy_from_slice(&[0x3f, 0xf0]);
            w
        });
    }

    #[test]
    fn finite_or_not() {
        assert!(!Value::Double(f64::NAN).is_finite());
        assert!(!Value::Vector3D([0.0, f64::INFINITY, 0.0]).is_finite());
        assert!(!Value::Vector6D([0.0, 0.0, 0.0, 0.0, 0.0, f64::NEG_INFINITY]).is_finite());
        assert!(Value::Vector6D([f64::MAX; 6]).is_finite() && Value::UInt8(7).is_finite());
    }
}
