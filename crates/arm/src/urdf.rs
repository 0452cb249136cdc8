//! A URDF file becomes an [`ArmModel`].
//!
//! In: a path, and the names of base and flange where the defaults do not fit. Out: the serial chain between them, with
//! limits, masses and primitive collision shapes; or the first thing that is wrong, by file and name.
//! Absent: meshes (those of collisions are listed in [`ArmModel::not_modelled`]), transmissions.
//!
//! What is not on the way from base to flange counts only as far as it is fixed to it. Acceleration and jerk limits are
//! no part of URDF: [`ACCELERATION`] and [`JERK`] are put in, and the caller may put others into `limits`.

use std::collections::BTreeMap;
use std::path::Path;

use k::nalgebra as na30;
use nalgebra::{Isometry3, Matrix3, Point3, Quaternion, Translation3, UnitQuaternion, UnitVector3, Vector3};
use urdf_rs::{Geometry, Joint, JointType, Robot};

use crate::dynamics::FREE_FALL;
use crate::solver::Closed;
use crate::tree::Tree;
use crate::{
    ArmError, ArmModel, Capsule, Form, JointAcc, JointJerk, JointModel, JointPos, JointVel, Limits, Link, Look,
    MAX_JOINTS, tree,
};

/// Greatest acceleration assumed for every joint, rad/s². No UR figure is published; 10-40 is the range in use
/// (`reference/motion.md` section 4).
pub const ACCELERATION: f64 = 20.0;
/// Greatest jerk assumed for every joint, rad/s³. Same source: 200-5000.
pub const JERK: f64 = 1000.0;
/// A `continuous` joint has no ends, but its cables have: one turn either way, as on UR arms.
pub const CONTINUOUS: f64 = std::f64::consts::TAU;

/// Of what has no colour: light grey.
const PLAIN: [f64; 4] = [0.8, 0.8, 0.8, 1.0];

impl ArmModel {
    /// Reads the chain from link `base` (default: the root) to link `flange` (default: `tool0`, else the only end).
    pub fn from_urdf(path: &Path, base: Option<&str>, flange: Option<&str>) -> Result<Self, ArmError> {
        let text = std::fs::read_to_string(path).map_err(|source| ArmError::Read { path: path.to_owned(), source })?;
        Self::from_urdf_text(path, &text, base, flange)
    }

    /// The same for a text at hand; `path` names it in messages.
    pub fn from_urdf_text(path: &Path, text: &str, base: Option<&str>, flange: Option<&str>) -> Result<Self, ArmError> {
        let robot = tree::parse(path, text)?;
        let tree = Tree::new(path, &robot)?;
        let base = match base {
            Some(name) => tree.link(name, "given as the base")?,
            None => tree.root,
        };
        let flange = match flange {
            Some(name) => tree.link(name, "given as the flange")?,
            None => tree.flange()?,
        };
        let way = tree.way(base, flange)?;
        build(path, &robot, &tree, (base, flange), &way)
    }
}

fn build(
    path: &Path,
    robot: &Robot,
    tree: &Tree<'_>,
    (base, flange): (&str, &str),
    way: &[&Joint],
) -> Result<ArmModel, ArmError> {
    let moving = way.iter().filter(|j| j.joint_type != JointType::Fixed).count();
    if !(1..=MAX_JOINTS).contains(&moving) {
        let (base, flange) = (base.to_owned(), flange.to_owned());
        return Err(ArmError::JointCount { path: path.to_owned(), count: moving, base, flange });
    }

    let turning = || way.iter().filter(|j| j.joint_type != JointType::Fixed);
    let ranges = turning().map(|j| limits(path, j)).collect::<Result<Vec<_>, _>>()?;
    let axes = turning().map(|j| axis(path, j)).collect::<Result<Vec<_>, _>>()?;
    // k composes the tree. Only the checked way goes in: k panics on what else a file may hold.
    let chain = serial(robot, base, way);

    let mut arm = ArmModel {
        name: robot.name.clone(),
        joints: Vec::with_capacity(moving),
        last_from_flange: Isometry3::identity(),
        limits: Limits {
            lower: JointPos::zeros(moving),
            upper: JointPos::zeros(moving),
            speed: JointVel::zeros(moving),
            acceleration: JointAcc::zeros(moving).map(|_| ACCELERATION),
            jerk: JointJerk::zeros(moving).map(|_| JERK),
        },
        base_link: Link::empty(base),
        links: Vec::with_capacity(moving),
        free_fall: FREE_FALL,
        not_modelled: Vec::new(),
        closed: Closed::None,
    };
    let mut attach = Attach { path, robot, tree, way, missing: Vec::new() };
    attach.all(&mut arm.base_link, base, &Isometry3::identity())?;
    let mut since_joint = Isometry3::identity();
    for (joint, node) in way.iter().zip(chain.iter().skip(1)) {
        since_joint *= from_k(node.joint().origin());
        if joint.joint_type == JointType::Fixed {
            continue;
        }
        let i = arm.joints.len();
        let (lower, upper, speed) = ranges[i];
        (arm.limits.lower[i], arm.limits.upper[i], arm.limits.speed[i]) = (lower, upper, speed);
        arm.joints.push(JointModel {
            name: joint.name.clone(),
            parent_from_joint: since_joint,
            axis: axes[i],
            effort: Some(joint.limit.effort).filter(|e| *e > 0.0 && e.is_finite()),
        });
        let mut link = Link::empty(&joint.child.link);
        attach.all(&mut link, &joint.child.link, &Isometry3::identity())?;
        arm.links.push(link);
        since_joint = Isometry3::identity();
    }
    arm.last_from_flange = since_joint;
    arm.not_modelled = attach.missing;
    arm.closed = Closed::find(&arm);
    Ok(arm)
}

/// The chain from base to flange as k composes it: a root, then one node a joint.
fn serial(robot: &Robot, base: &str, way: &[&Joint]) -> k::Chain<f64> {
    let on_way = |name: &str| name == base || way.iter().any(|j| j.child.link == name);
    let part = Robot {
        name: robot.name.clone(),
        links: robot.links.iter().filter(|l| on_way(&l.name)).cloned().collect(),
        joints: way.iter().map(|&j| j.clone()).collect(),
        materials: Vec::new(),
    };
    k::Chain::from(&part)
}

/// k speaks an older nalgebra.
fn from_k(p: &na30::Isometry3<f64>) -> Isometry3<f64> {
    let (t, q) = (&p.translation.vector, &p.rotation);
    Isometry3::from_parts(
        Translation3::new(t.x, t.y, t.z),
        UnitQuaternion::new_normalize(Quaternion::new(q.w, q.i, q.j, q.k)),
    )
}

fn pose(p: &urdf_rs::Pose) -> Isometry3<f64> {
    from_k(&k::urdf::isometry_from(p))
}

fn axis(path: &Path, joint: &Joint) -> Result<UnitVector3<f64>, ArmError> {
    let axis = Vector3::from(*joint.axis.xyz);
    UnitVector3::try_new(axis, 1e-6).ok_or_else(|| ArmError::Value {
        path: path.to_owned(),
        place: format!("joint \"{}\"", joint.name),
        what: "length of the axis",
        value: axis.norm(),
        wanted: "give a direction",
    })
}

/// Lower, upper, speed.
fn limits(path: &Path, joint: &Joint) -> Result<(f64, f64, f64), ArmError> {
    let refuse = |what, value, wanted| {
        let place = format!("joint \"{}\"", joint.name);
        Err(ArmError::Value { path: path.to_owned(), place, what, value, wanted })
    };
    let limit = &joint.limit;
    // Neither lower nor upper given reads as zero; a joint without room to move is not an arm's joint.
    let (lower, upper) = match joint.joint_type {
        JointType::Continuous => (-CONTINUOUS, CONTINUOUS),
        _ => (limit.lower, limit.upper),
    };
    if !lower.is_finite() {
        return refuse("lower limit", lower, "give an angle in rad");
    }
    if !upper.is_finite() {
        return refuse("upper limit", upper, "give an angle in rad");
    }
    if lower >= upper {
        let wanted = "give <limit lower=.. upper=..> with room between them, or make the joint fixed";
        return refuse("room between its limits", upper - lower, wanted);
    }
    if !(limit.velocity > 0.0 && limit.velocity.is_finite()) {
        return refuse("greatest velocity", limit.velocity, "give <limit velocity=..> in rad/s, above zero");
    }
    Ok((lower, upper, limit.velocity))
}

/// Collects links that move with a joint.
struct Attach<'a> {
    path: &'a Path,
    robot: &'a Robot,
    tree: &'a Tree<'a>,
    way: &'a [&'a Joint],
    missing: Vec<String>,
}

impl Attach<'_> {
    /// Adds the link called `name`, and what is fixed to it, at `place` to `body`.
    fn all(&mut self, body: &mut Link, name: &str, place: &Isometry3<f64>) -> Result<(), ArmError> {
        if let Some(link) = self.tree.links.get(name).and_then(|&i| self.robot.links.get(i)) {
            self.one(body, link, place)?;
        }
        for joint in self.tree.children.get(name).into_iter().flatten() {
            if joint.joint_type == JointType::Fixed {
                self.all(body, &joint.child.link, &(place * pose(&joint.origin)))?;
            } else if !self.way.iter().any(|j| j.name == joint.name) {
                self.missing.push(format!("link {}: hangs on a moving joint off the chain", joint.child.link));
            }
        }
        Ok(())
    }

    fn one(&mut self, body: &mut Link, link: &urdf_rs::Link, place: &Isometry3<f64>) -> Result<(), ArmError> {
        let refuse = |what, value, wanted| {
            let place = format!("link \"{}\"", link.name);
            Err(ArmError::Value { path: self.path.to_owned(), place, what, value, wanted })
        };
        let mass = link.inertial.mass.value;
        if !(mass >= 0.0 && mass.is_finite()) {
            return refuse("mass", mass, "give kg, not below zero");
        }
        let t = &link.inertial.inertia;
        let inertia = Matrix3::new(t.ixx, t.ixy, t.ixz, t.ixy, t.iyy, t.iyz, t.ixz, t.iyz, t.izz);
        if let Some(bad) = inertia.iter().find(|v| !v.is_finite()) {
            return refuse("an entry of its inertia", *bad, "give kg m2");
        }
        let inertial = place * pose(&link.inertial.origin);
        if let Some(bad) = inertial.translation.vector.iter().find(|v| !v.is_finite()) {
            return refuse("an entry of its centre of mass", *bad, "give metres");
        }
        let turn = inertial.rotation.to_rotation_matrix().into_inner();
        body.add_mass(mass, Point3::from(inertial.translation.vector), turn * inertia * turn.transpose());

        for collision in &link.collision {
            let at = place * pose(&collision.origin);
            let shape = match &collision.geometry {
                Geometry::Sphere { radius } => capsule(*radius, 0.0),
                Geometry::Cylinder { radius, length } | Geometry::Capsule { radius, length } => {
                    capsule(*radius, *length)
                }
                Geometry::Box { size } => around_box(size),
                Geometry::Mesh { filename, .. } => {
                    self.missing.push(format!("link {}: collision mesh {filename} is not used", link.name));
                    continue;
                }
            };
            let numbers = [shape.radius.get(), shape.a.z, shape.b.z, shape.b.x];
            let centre = at.translation.vector.iter();
            if let Some(bad) = numbers.iter().chain(centre).find(|v| !v.is_finite()) {
                return refuse("a number of its collision shape", *bad, "give metres");
            }
            if shape.radius.get() <= 0.0 {
                return refuse("radius of its collision shape", shape.radius.get(), "give metres, above zero");
            }
            body.add_shape(shape.moved(&at));
        }
        body.looks.extend(link.visual.iter().filter_map(|v| self.look(v, place)));
        Ok(())
    }

    /// A visual that is a primitive; what a mesh looks like is not known here.
    fn look(&self, visual: &urdf_rs::Visual, place: &Isometry3<f64>) -> Option<Look> {
        let form = match visual.geometry {
            Geometry::Sphere { radius } => Form::Sphere { radius },
            Geometry::Cylinder { radius, length } | Geometry::Capsule { radius, length } => {
                Form::Cylinder { radius, length }
            }
            Geometry::Box { size } => Form::Box { size: *size },
            Geometry::Mesh { .. } => return None,
        };
        let named = |name: &str| self.robot.materials.iter().find(|m| m.name == name).and_then(|m| m.color.as_ref());
        let material = visual.material.as_ref();
        let colour = material.and_then(|m| m.color.as_ref().or_else(|| named(&m.name)));
        Some(Look { pose: place * pose(&visual.origin), form, colour: colour.map_or(PLAIN, |c| *c.rgba) })
    }
}

/// Along z, as URDF draws cylinders. The round ends go past a cylinder's flat ones: the capsule encloses it.
fn capsule(radius: f64, length: f64) -> Capsule {
    let half = 0.5 * length;
    Capsule { a: Point3::new(0.0, 0.0, -half), b: Point3::new(0.0, 0.0, half), radius: frames::Metres::new(radius) }
}

/// Encloses a box: along its longest side, as thick as its other diagonal.
fn around_box(size: &[f64; 3]) -> Capsule {
    let longest = (0..3).fold(0, |m, i| if size[i] > size[m] { i } else { m });
    let mut half = Vector3::zeros();
    half[longest] = 0.5 * size[longest];
    let across = size[(longest + 1) % 3].hypot(size[(longest + 2) % 3]);
    Capsule { a: Point3::from(-half), b: Point3::from(half), radius: frames::Metres::new(0.5 * across) }
}

/// Names to places in the file, ordered, so that messages are the same on every run.
pub(crate) type Names<'a> = BTreeMap<&'a str, usize>;
