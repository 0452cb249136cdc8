//! What a joint carries: mass, inertia, and solid shapes.

use frames::Metres;
use nalgebra::{Isometry3, Matrix3, Point3, Vector3};
use serde::{Deserialize, Serialize};

/// All points within `radius` of the segment `a`-`b`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Capsule {
    /// One end, m.
    pub a: Point3<f64>,
    /// The other, m.
    pub b: Point3<f64>,
    /// Around the segment.
    pub radius: Metres,
}

/// A rigid body that one joint carries: a URDF link and everything fixed to it. Numbers are in the joint's own frame.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// The URDF's name of the link that hangs on the joint itself.
    pub name: String,
    /// With everything fixed to it.
    pub mass_kg: f64,
    /// Centre of that mass, m.
    pub com: Point3<f64>,
    /// About `com`, axes of the joint's frame, kg m².
    pub inertia: Matrix3<f64>,
    /// Solid parts, for collision: at least as large as the real ones.
    pub shapes: Vec<Capsule>,
    /// What it looks like, for drawing; no part of the machine's description.
    #[serde(skip)]
    pub looks: Vec<Look>,
}

/// A primitive to draw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    /// Its centre and axes in the joint's frame.
    pub pose: Isometry3<f64>,
    /// Its form.
    pub form: Form,
    /// Red, green, blue, opacity, 0 to 1.
    pub colour: [f64; 4],
}

/// The form of a [`Look`]; lengths in m.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Form {
    /// Along its own z, centred.
    Cylinder {
        /// Of the round.
        radius: f64,
        /// From face to face.
        length: f64,
    },
    /// Centred.
    Sphere {
        /// Of the ball.
        radius: f64,
    },
    /// Centred.
    Box {
        /// Edge to edge along x, y, z.
        size: [f64; 3],
    },
}

/// A rigid body on the flange: the tool.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Payload {
    /// Mass.
    pub mass_kg: f64,
    /// Its centre in the flange frame, m.
    pub com: Point3<f64>,
    /// About `com`, axes of the flange, kg m².
    pub inertia: Matrix3<f64>,
}

impl Payload {
    /// A bare flange.
    pub const NONE: Self =
        Self { mass_kg: 0.0, com: Point3::new(0.0, 0.0, 0.0), inertia: Matrix3::from_array_storage(ZERO) };
}

const ZERO: nalgebra::ArrayStorage<f64, 3, 3> = nalgebra::ArrayStorage([[0.0; 3]; 3]);

impl Capsule {
    /// The same solid seen from another frame.
    pub fn moved(&self, pose: &Isometry3<f64>) -> Self {
        Self { a: pose * self.a, b: pose * self.b, radius: self.radius }
    }

    /// From `point` to the surface, m; negative inside.
    pub fn distance(&self, point: &Point3<f64>) -> f64 {
        let along = self.b - self.a;
        let length = along.norm_squared();
        let t = if length > 0.0 { ((point - self.a).dot(&along) / length).clamp(0.0, 1.0) } else { 0.0 };
        (point - (self.a + along * t)).norm() - self.radius.get()
    }

    /// True when `other` adds nothing to `self`.
    pub(crate) fn holds(&self, other: &Self) -> bool {
        // Distance to a segment is convex, so the ends decide.
        [other.a, other.b].iter().all(|p| self.distance(p) + other.radius.get() <= 1e-9)
    }
}

impl Link {
    /// A link without mass or body.
    pub(crate) fn empty(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            mass_kg: 0.0,
            com: Point3::origin(),
            inertia: Matrix3::zeros(),
            shapes: Vec::new(),
            looks: Vec::new(),
        }
    }

    /// Fixes another mass to this one; numbers in the same frame.
    pub(crate) fn add_mass(&mut self, mass_kg: f64, com: Point3<f64>, inertia: Matrix3<f64>) {
        let total = self.mass_kg + mass_kg;
        if total <= 0.0 {
            return;
        }
        let both = Point3::from((self.com.coords * self.mass_kg + com.coords * mass_kg) / total);
        self.inertia = self.inertia + steiner(self.mass_kg, self.com - both) + inertia + steiner(mass_kg, com - both);
        self.mass_kg = total;
        self.com = both;
    }

    /// Adds a solid unless another holds it already.
    pub(crate) fn add_shape(&mut self, shape: Capsule) {
        if !self.shapes.iter().any(|s| s.holds(&shape)) {
            self.shapes.retain(|s| !shape.holds(s));
            self.shapes.push(shape);
        }
    }
}

/// Inertia of a point mass at `r`.
pub(crate) fn steiner(mass: f64, r: Vector3<f64>) -> Matrix3<f64> {
    (Matrix3::identity() * r.norm_squared() - r * r.transpose()) * mass
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "exact by construction")]
    use super::*;

    fn ball(x: f64, r: f64) -> Capsule {
        let c = Point3::new(x, 0.0, 0.0);
        Capsule { a: c, b: c, radius: Metres::new(r) }
    }

    #[test]
    fn two_halves_weigh_as_one() {
        let mut dumb_bell = Link::empty("bell");
        for x in [-1.0, 1.0] {
            dumb_bell.add_mass(1.0, Point3::new(x, 0.0, 0.0), Matrix3::zeros());
        }
        assert_eq!(dumb_bell.com, Point3::origin());
        assert_eq!(dumb_bell.inertia, Matrix3::from_diagonal(&Vector3::new(0.0, 2.0, 2.0)));
    }

    #[test]
    fn what_is_inside_is_not_kept() {
        let mut link = Link::empty("arm");
        link.add_shape(ball(0.0, 0.1));
        let long = Capsule { a: Point3::origin(), b: Point3::new(1.0, 0.0, 0.0), radius: Metres::new(0.1) };
        link.add_shape(long);
        link.add_shape(ball(1.0, 0.1));
        assert_eq!(link.shapes, [long]);
        link.add_shape(ball(1.0, 0.2));
        assert_eq!(link.shapes.len(), 2);
    }

    #[test]
    fn distance_beside_beyond_and_inside() {
        let long = Capsule { a: Point3::origin(), b: Point3::new(1.0, 0.0, 0.0), radius: Metres::new(0.25) };
        assert_eq!(long.distance(&Point3::new(0.5, 1.0, 0.0)), 0.75);
        assert_eq!(long.distance(&Point3::new(2.0, 0.0, 0.0)), 0.75);
        assert_eq!(long.distance(&Point3::new(0.5, 0.0, 0.0)), -0.25);
        assert_eq!(ball(0.0, 0.5).distance(&Point3::new(0.0, 2.0, 0.0)), 1.5);
    }
}
