//! Poses, points and directions that know their frame.
//!
//! Mixing frames does not compile:
//!
//! ```
//! use frames::{Base, Head, Point, Pose, Skin};
//! let base_from_head = Pose::<Base, Head>::IDENTITY;
//! let head_from_skin = Pose::<Head, Skin>::IDENTITY;
//! let base_from_skin: Pose<Base, Skin> = base_from_head * head_from_skin;
//! let entry: Point<Base> = base_from_skin * Point::<Skin>::ORIGIN;
//! # let _ = entry;
//! ```
//!
//! ```compile_fail
//! use frames::{Base, Head, Point, Pose, Skin};
//! let base_from_head = Pose::<Base, Head>::IDENTITY;
//! let head_from_skin = Pose::<Head, Skin>::IDENTITY;
//! let base_from_skin: Pose<Base, Skin> = head_from_skin * base_from_head; // the inner frames do not cancel
//! ```
//!
//! ```
//! use frames::{Head, Point};
//! let a = Point::<Head>::new(0.0, 0.1, 0.0);
//! let b = Point::<Head>::new(0.0, 0.0, 0.0);
//! assert_eq!((a - b).norm().get(), 0.1);
//! ```
//!
//! ```compile_fail
//! use frames::{Base, Head, Point};
//! let a = Point::<Head>::new(0.0, 0.1, 0.0);
//! let b = Point::<Base>::new(0.0, 0.0, 0.0);
//! let _ = a - b; // a point of the head minus a point of the base
//! ```

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Add, Mul, Neg, Sub};

use nalgebra::{Isometry3, Point3, UnitVector3, Vector3};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Metres;

/// A coordinate frame, known to the compiler only.
pub trait Frame: Copy + Send + Sync + 'static {
    /// Name for messages.
    const NAME: &'static str;
}

macro_rules! frame {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {}
        impl Frame for $name {
            const NAME: &'static str = stringify!($name);
        }
    };
}

frame!(
    /// The robot's base: origin at the mounting face, +z up.
    Base
);
frame!(
    /// The robot's tool flange (`tool0` of a URDF): origin at the face, +z out of it.
    Flange
);
frame!(
    /// The tool's nose: origin at the centre of the ring at rest, +z along the needle, out of the tool.
    Tcp
);
frame!(
    /// The head, from its landmarks: origin at the foot of the perpendicular from the nasion on the line through the
    /// preauricular points, +x to the subject's right, +y to the nasion, +z up.
    Head
);
frame!(
    /// A place on the skin: origin on the surface, +z the outward normal, +x along the drawn hair.
    Skin
);
frame!(
    /// The coordinates of a mesh file, already in metres.
    File
);

/// A rigid motion that maps coordinates in `B` to coordinates in `A`.
pub struct Pose<A, B> {
    isometry: Isometry3<f64>,
    frames: PhantomData<(A, B)>,
}

/// A place in frame `F`, metres.
pub struct Point<F> {
    /// Coordinates, metres.
    pub coords: Point3<f64>,
    frame: PhantomData<F>,
}

/// A displacement in frame `F`, metres.
pub struct Offset<F> {
    /// Components, metres.
    pub vector: Vector3<f64>,
    frame: PhantomData<F>,
}

/// A unit direction in frame `F`.
pub struct Dir<F> {
    unit: UnitVector3<f64>,
    frame: PhantomData<F>,
}

impl<A: Frame, B: Frame> Pose<A, B> {
    /// The two frames coincide.
    pub const IDENTITY: Self = Self {
        isometry: Isometry3 {
            rotation: UnitVector3IdentityRotation::ROTATION,
            translation: nalgebra::Translation3 { vector: Vector3::new(0.0, 0.0, 0.0) },
        },
        frames: PhantomData,
    };

    /// Takes the isometry at its word: the caller says which frames it relates.
    pub const fn new(isometry: Isometry3<f64>) -> Self {
        Self { isometry, frames: PhantomData }
    }

    /// The bare isometry, for formulas inside one crate.
    pub const fn get(&self) -> &Isometry3<f64> {
        &self.isometry
    }

    /// `b_from_a`.
    pub fn inverse(&self) -> Pose<B, A> {
        Pose::new(self.isometry.inverse())
    }

    /// Where the origin of `B` lies in `A`.
    pub fn origin(&self) -> Point<A> {
        Point::from(self.isometry.translation.vector)
    }

    /// The z axis of `B` in `A`.
    pub fn z(&self) -> Dir<A> {
        *self * Dir::Z
    }

    /// True when every number is finite.
    pub fn is_finite(&self) -> bool {
        self.isometry.translation.vector.iter().all(|v| v.is_finite())
            && self.isometry.rotation.coords.iter().all(|v| v.is_finite())
    }
}

/// `UnitQuaternion::identity` is not const.
struct UnitVector3IdentityRotation;

impl UnitVector3IdentityRotation {
    const ROTATION: nalgebra::UnitQuaternion<f64> =
        nalgebra::Unit::new_unchecked(nalgebra::Quaternion { coords: nalgebra::Vector4::new(0.0, 0.0, 0.0, 1.0) });
}

impl<F: Frame> Point<F> {
    /// The frame's origin.
    pub const ORIGIN: Self = Self::new(0.0, 0.0, 0.0);

    /// From coordinates in metres.
    pub const fn new(x: f64, y: f64, z: f64) -> Self {
        Self { coords: Point3::new(x, y, z), frame: PhantomData }
    }
}

impl<F: Frame> Offset<F> {
    /// From components in metres.
    pub const fn new(x: f64, y: f64, z: f64) -> Self {
        Self { vector: Vector3::new(x, y, z), frame: PhantomData }
    }

    /// Length.
    pub fn norm(&self) -> Metres {
        Metres::new(self.vector.norm())
    }

    /// Component along `dir`, signed.
    pub fn along(&self, dir: Dir<F>) -> Metres {
        Metres::new(self.vector.dot(&dir.unit))
    }
}

impl<F: Frame> Dir<F> {
    /// +x.
    pub const X: Self = Self::unchecked(1.0, 0.0, 0.0);
    /// +y.
    pub const Y: Self = Self::unchecked(0.0, 1.0, 0.0);
    /// +z.
    pub const Z: Self = Self::unchecked(0.0, 0.0, 1.0);

    const fn unchecked(x: f64, y: f64, z: f64) -> Self {
        Self { unit: nalgebra::Unit::new_unchecked(Vector3::new(x, y, z)), frame: PhantomData }
    }

    /// The direction of `vector`; `None` for a zero or non-finite vector.
    pub fn try_from_vector(vector: Vector3<f64>) -> Option<Self> {
        let norm = vector.norm();
        (norm > 1e-300 && norm.is_finite())
            .then(|| Self { unit: nalgebra::Unit::new_unchecked(vector / norm), frame: PhantomData })
    }

    /// A vector that is already of unit length.
    pub const fn from_unit(unit: UnitVector3<f64>) -> Self {
        Self { unit, frame: PhantomData }
    }

    /// The bare unit vector.
    pub const fn get(&self) -> &UnitVector3<f64> {
        &self.unit
    }

    /// Cosine of the angle between the two.
    pub fn dot(&self, other: Self) -> f64 {
        self.unit.dot(&other.unit)
    }

    /// Angle to `other`, radians, exact near 0 and pi.
    pub fn angle(&self, other: Self) -> f64 {
        self.unit.cross(&other.unit).norm().atan2(self.dot(other))
    }
}

impl<A: Frame, B: Frame, C: Frame> Mul<Pose<B, C>> for Pose<A, B> {
    type Output = Pose<A, C>;
    fn mul(self, rhs: Pose<B, C>) -> Pose<A, C> {
        Pose::new(self.isometry * rhs.isometry)
    }
}

impl<A: Frame, B: Frame> Mul<Point<B>> for Pose<A, B> {
    type Output = Point<A>;
    fn mul(self, rhs: Point<B>) -> Point<A> {
        Point::from(self.isometry * rhs.coords)
    }
}

impl<A: Frame, B: Frame> Mul<Offset<B>> for Pose<A, B> {
    type Output = Offset<A>;
    fn mul(self, rhs: Offset<B>) -> Offset<A> {
        Offset::from(self.isometry.rotation * rhs.vector)
    }
}

impl<A: Frame, B: Frame> Mul<Dir<B>> for Pose<A, B> {
    type Output = Dir<A>;
    fn mul(self, rhs: Dir<B>) -> Dir<A> {
        Dir::from_unit(self.isometry.rotation * rhs.unit)
    }
}

impl<F: Frame> Sub for Point<F> {
    type Output = Offset<F>;
    fn sub(self, rhs: Self) -> Offset<F> {
        Offset::from(self.coords - rhs.coords)
    }
}

impl<F: Frame> Add<Offset<F>> for Point<F> {
    type Output = Self;
    fn add(self, rhs: Offset<F>) -> Self {
        Self::from(self.coords + rhs.vector)
    }
}

impl<F: Frame> Sub<Offset<F>> for Point<F> {
    type Output = Self;
    fn sub(self, rhs: Offset<F>) -> Self {
        Self::from(self.coords - rhs.vector)
    }
}

impl<F: Frame> Add for Offset<F> {
    type Output = Self;
    fn add(self, rhs: Self) -> Self {
        Self::from(self.vector + rhs.vector)
    }
}

impl<F: Frame> Sub for Offset<F> {
    type Output = Self;
    fn sub(self, rhs: Self) -> Self {
        Self::from(self.vector - rhs.vector)
    }
}

impl<F: Frame> Mul<Metres> for Dir<F> {
    type Output = Offset<F>;
    fn mul(self, rhs: Metres) -> Offset<F> {
        Offset::from(self.unit.into_inner() * rhs.get())
    }
}

impl<F: Frame> Neg for Dir<F> {
    type Output = Self;
    fn neg(self) -> Self {
        Self::from_unit(-self.unit)
    }
}

impl<F: Frame> From<Point3<f64>> for Point<F> {
    fn from(coords: Point3<f64>) -> Self {
        Self { coords, frame: PhantomData }
    }
}

impl<F: Frame> From<Vector3<f64>> for Point<F> {
    fn from(v: Vector3<f64>) -> Self {
        Self { coords: Point3::from(v), frame: PhantomData }
    }
}

impl<F: Frame> From<Vector3<f64>> for Offset<F> {
    fn from(vector: Vector3<f64>) -> Self {
        Self { vector, frame: PhantomData }
    }
}

// Derives would ask the marker types for the same traits.
macro_rules! plain {
    ($ty:ident<$($p:ident),+>, $field:ident, $inner:ty) => {
        impl<$($p),+> Clone for $ty<$($p),+> {
            fn clone(&self) -> Self { *self }
        }
        impl<$($p),+> Copy for $ty<$($p),+> {}
        impl<$($p),+> PartialEq for $ty<$($p),+> {
            fn eq(&self, other: &Self) -> bool { self.$field == other.$field }
        }
        impl<$($p: Frame),+> fmt::Debug for $ty<$($p),+> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($ty), "<"))?;
                $(write!(f, "{},", $p::NAME)?;)+
                write!(f, ">({:?})", self.$field)
            }
        }
        impl<$($p),+> Serialize for $ty<$($p),+> {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> { self.$field.serialize(s) }
        }
        impl<'de, $($p),+> Deserialize<'de> for $ty<$($p),+> {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                <$inner>::deserialize(d).map(plain!(@make $ty $field $($p)+))
            }
        }
    };
    (@make $ty:ident $field:ident $a:ident $b:ident) => { |$field| $ty { $field, frames: PhantomData } };
    (@make $ty:ident $field:ident $a:ident) => { |$field| $ty { $field, frame: PhantomData } };
}

plain!(Pose<A, B>, isometry, Isometry3<f64>);
plain!(Point<F>, coords, Point3<f64>);
plain!(Offset<F>, vector, Vector3<f64>);
plain!(Dir<F>, unit, UnitVector3<f64>);

#[cfg(test)]
mod tests {
    #![expect(clippy::expect_used, reason = "a test that cannot go on should say where")]
    use super::*;
    use std::f64::consts::FRAC_PI_2;

    fn turn(axis: Vector3<f64>, t: Vector3<f64>) -> Pose<Base, Head> {
        Pose::new(Isometry3::new(t, axis))
    }

    #[track_caller]
    fn close(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-12, "{a} {b}");
    }

    #[test]
    fn a_point_moves_and_a_direction_only_turns() {
        let p = turn(Vector3::z() * FRAC_PI_2, Vector3::new(1.0, 0.0, 0.0));
        let q = p * Point::<Head>::new(1.0, 0.0, 0.0);
        close(q.coords.x, 1.0);
        close(q.coords.y, 1.0);
        let d = p * Dir::<Head>::X;
        close(d.get().y, 1.0);
    }

    #[test]
    fn inverse_cancels() {
        let p = turn(Vector3::new(0.3, -0.2, 0.9), Vector3::new(1.0, 2.0, 3.0));
        let back = p.inverse() * (p * Point::<Head>::new(0.1, 0.2, 0.3));
        close(back.coords.x, 0.1);
        close(back.coords.z, 0.3);
    }

    #[test]
    fn angles_are_exact_near_zero() {
        let d = Dir::<Head>::try_from_vector(Vector3::new(1e-9, 0.0, 1.0)).expect("not zero");
        close(d.angle(Dir::Z) * 1e9, 1.0);
    }

    #[test]
    fn no_direction_without_length() {
        assert!(Dir::<Head>::try_from_vector(Vector3::zeros()).is_none());
        assert!(Dir::<Head>::try_from_vector(Vector3::new(f64::NAN, 0.0, 0.0)).is_none());
    }
}
