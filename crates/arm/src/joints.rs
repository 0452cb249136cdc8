//! One number per joint, and which kind of number it is. Fixed size: no heap, cheap to copy.

use std::ops::{Deref, DerefMut};

use serde::{Deserialize, Serialize};

/// Most joints an arm may have.
pub const MAX_JOINTS: usize = 7;

/// A joint by its place from the base, 0 first. Prints from 1, as pendants do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Joint(pub usize);

impl std::fmt::Display for Joint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "joint {}", self.0 + 1)
    }
}

macro_rules! per_joint {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
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

#[cfg(test)]
mod tests {
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
}
