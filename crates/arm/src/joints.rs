//! One number per joint, and which kind of number it is. Fixed size: no heap, cheap to copy.
//!
//! In files a value is a plain list of its numbers, as long as the arm has joints.

use std::fmt;
use std::ops::{Deref, DerefMut};

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Most joints an arm may have.
pub const MAX_JOINTS: usize = 7;

/// A joint by its place from the base, 0 first. Prints from 1, as pendants do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Joint(pub usize);

impl fmt::Display for Joint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "joint {}", self.0 + 1)
    }
}

/// Reads up to [`MAX_JOINTS`] numbers; a file cannot make a longer one.
struct Numbers;

impl<'de> Visitor<'de> for Numbers {
    type Value = ([f64; MAX_JOINTS], u8);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of at most {MAX_JOINTS} numbers")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut values = [0.0; MAX_JOINTS];
        let mut len = 0;
        while let Some(v) = seq.next_element::<f64>()? {
            *values.get_mut(len).ok_or_else(|| A::Error::invalid_length(len + 1, &self))? = v;
            len += 1;
        }
        Ok((values, len as u8))
    }
}

macro_rules! per_joint {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub struct $name {
            values: [f64; MAX_JOINTS],
            len: u8,
        }

        impl $name {
            /// `len` joints, all zero. `len` above [`MAX_JOINTS`] is cut to it.
            pub const fn zeros(len: usize) -> Self {
                let len = if len > MAX_JOINTS { MAX_JOINTS } else { len };
                Self { values: [0.0; MAX_JOINTS], len: len as u8 }
            }

            /// From values in joint order; `None` above [`MAX_JOINTS`].
            pub fn from_slice(values: &[f64]) -> Option<Self> {
                let mut all = Self::zeros(values.len());
                (values.len() <= MAX_JOINTS).then(|| {
                    all.copy_from_slice(values);
                    all
                })
            }

            /// Joint by joint.
            pub fn map(mut self, mut f: impl FnMut(f64) -> f64) -> Self {
                self.iter_mut().for_each(|v| *v = f(*v));
                self
            }

            /// Joint by joint with another of any kind; the shorter length counts.
            pub fn zip(mut self, other: &[f64], mut f: impl FnMut(f64, f64) -> f64) -> Self {
                self.iter_mut().zip(other).for_each(|(v, &w)| *v = f(*v, w));
                self
            }

            /// Largest magnitude; zero joints give zero, a NaN gives NaN.
            pub fn max_abs(&self) -> f64 {
                self.iter().fold(0.0, |m: f64, v| if v.is_nan() || m.is_nan() { f64::NAN } else { m.max(v.abs()) })
            }

            /// True when every number is finite.
            pub fn is_finite(&self) -> bool {
                self.iter().all(|v| v.is_finite())
            }
        }

        impl Deref for $name {
            type Target = [f64];
            fn deref(&self) -> &[f64] { &self.values[..self.len as usize] }
        }

        impl DerefMut for $name {
            fn deref_mut(&mut self) -> &mut [f64] { &mut self.values[..self.len as usize] }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_seq(self.iter())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                d.deserialize_seq(Numbers).map(|(values, len)| Self { values, len })
            }
        }
    };
}

per_joint!(
    /// Joint angles, rad.
    JointPos
);
per_joint!(
    /// Joint speeds, rad/s.
    JointVel
);
per_joint!(
    /// Joint accelerations, rad/s².
    JointAcc
);
per_joint!(
    /// Joint jerks, rad/s³.
    JointJerk
);
per_joint!(
    /// Joint torques, N m, positive along the joint's axis.
    JointTorque
);

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed test may stop")]
    use super::*;

    #[test]
    fn length_is_kept() {
        let q = JointPos::from_slice(&[1.0, 2.0, 3.0]).expect("three");
        assert_eq!(q.len(), 3);
        assert_eq!(&*q.map(|v| 2.0 * v), [2.0, 4.0, 6.0]);
        assert_eq!(&*q.zip(&[1.0; 6], |a, b| a - b), [0.0, 1.0, 2.0]);
        assert!(JointPos::from_slice(&[0.0; 8]).is_none());
    }

    #[test]
    fn nan_is_not_lost() {
        assert!(JointPos::from_slice(&[f64::NAN, 1.0]).expect("two").max_abs().is_nan());
        assert!(JointPos::from_slice(&[1.0, f64::NAN]).expect("two").max_abs().is_nan());
    }

    #[test]
    fn no_file_makes_a_longer_one() {
        let q: JointPos = serde_json::from_str("[1.0, 2.0]").unwrap();
        assert_eq!(&*q, [1.0, 2.0]);
        assert_eq!(serde_json::to_string(&q).unwrap(), "[1.0,2.0]");
        assert!(serde_json::from_str::<JointPos>("[0,0,0,0,0,0,0,0]").is_err());
        let eight = postcard::to_stdvec(&vec![0.0; 8]).unwrap();
        assert!(postcard::from_bytes::<JointPos>(&eight).is_err());
    }
}
