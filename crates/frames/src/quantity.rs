//! Quantities: built by unit, read by `get` in SI, printed for people.
//!
//! The two depths are two types, and neither becomes the other without the skin's law in between:
//!
//! ```
//! use frames::{Metres, Penetration};
//! let target = Penetration::new(Metres::from_mm(0.45));
//! assert_eq!(target.to_string(), "0.450 mm");
//! ```
//!
//! ```compile_fail
//! use frames::{Metres, Penetration, Protrusion};
//! let set = Protrusion::new(Metres::from_mm(0.8));
//! let reached: Penetration = set; // what the machine sets is not what the tissue gets
//! ```

use std::fmt;
use std::ops::{Add, Div, Mul, Neg, Sub};

use serde::{Deserialize, Serialize};

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(f64);

        impl $name {
            /// Nothing.
            pub const ZERO: Self = Self(0.0);
            /// From the SI unit.
            pub const fn new(si: f64) -> Self { Self(si) }
            /// In the SI unit.
            pub const fn get(self) -> f64 { self.0 }
            /// Magnitude.
            pub const fn abs(self) -> Self { Self(self.0.abs()) }
            /// The smaller one; a NaN loses.
            pub const fn min(self, other: Self) -> Self { Self(self.0.min(other.0)) }
            /// The larger one; a NaN loses.
            pub const fn max(self, other: Self) -> Self { Self(self.0.max(other.0)) }
            /// Neither infinite nor NaN.
            pub const fn is_finite(self) -> bool { self.0.is_finite() }
        }
        impl Add for $name { type Output = Self; fn add(self, o: Self) -> Self { Self(self.0 + o.0) } }
        impl Sub for $name { type Output = Self; fn sub(self, o: Self) -> Self { Self(self.0 - o.0) } }
        impl Neg for $name { type Output = Self; fn neg(self) -> Self { Self(-self.0) } }
        impl Mul<f64> for $name { type Output = Self; fn mul(self, k: f64) -> Self { Self(self.0 * k) } }
        impl Div<f64> for $name { type Output = Self; fn div(self, k: f64) -> Self { Self(self.0 / k) } }
        impl Div for $name { type Output = f64; fn div(self, o: Self) -> f64 { self.0 / o.0 } }
    };
}

quantity!(
    /// A length, metres.
    Metres
);
quantity!(
    /// An angle, radians.
    Radians
);
quantity!(
    /// A force, newtons.
    Newtons
);
quantity!(
    /// Dots per area, 1/m².
    PerSquareMetre
);

impl Metres {
    /// From millimetres.
    pub const fn from_mm(mm: f64) -> Self {
        Self(mm * 1e-3)
    }
    /// In millimetres.
    pub const fn mm(self) -> f64 {
        self.0 * 1e3
    }
}

impl Radians {
    /// From degrees.
    pub const fn from_degrees(deg: f64) -> Self {
        Self(deg.to_radians())
    }
    /// In degrees.
    pub const fn degrees(self) -> f64 {
        self.0.to_degrees()
    }
}

impl PerSquareMetre {
    /// From dots per square centimetre.
    pub const fn from_per_cm2(n: f64) -> Self {
        Self(n * 1e4)
    }
    /// In dots per square centimetre.
    pub const fn per_cm2(self) -> f64 {
        self.0 * 1e-4
    }
}

impl fmt::Display for Metres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3} mm", self.mm())
    }
}

impl fmt::Display for Radians {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} deg", self.degrees())
    }
}

impl fmt::Display for Newtons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} N", self.0)
    }
}

impl fmt::Display for PerSquareMetre {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1}/cm2", self.per_cm2())
    }
}

macro_rules! depth {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Metres);

        impl $name {
            /// None at all.
            pub const ZERO: Self = Self(Metres::ZERO);
            /// From a length; positive into the skin.
            pub const fn new(length: Metres) -> Self { Self(length) }
            /// The length.
            pub const fn length(self) -> Metres { self.0 }
            /// Metres.
            pub const fn get(self) -> f64 { self.0.get() }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }
    };
}

depth!(
    /// How far the needle stands out past the nose ring: what the machine sets. Zero is flush, negative is withdrawn.
    Protrusion
);
depth!(
    /// How deep the tip is in the tissue, along the needle: what the skin gets.
    Penetration
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_for_people() {
        assert_eq!(Metres::from_mm(1.25).to_string(), "1.250 mm");
        assert_eq!(Radians::from_degrees(2.0).to_string(), "2.00 deg");
        assert_eq!(PerSquareMetre::from_per_cm2(80.0).to_string(), "80.0/cm2");
    }

    #[test]
    fn nan_loses() {
        assert_eq!(Metres::new(f64::NAN).min(Metres::new(1.0)), Metres::new(1.0));
    }
}
