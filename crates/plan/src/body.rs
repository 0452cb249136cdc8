//! The solid parts of arm and tool, and where they are.
//!
//! In: arm and tool. Out: [`Body`], capsules by link; [`Posed`], the same at one posture, and how far each can move along
//! a straight way in joint space. Absent: anything to collide with.

use arm::{ArmModel, JointPos, MAX_JOINTS, Tool};
use nalgebra::{Isometry3, Matrix3, Point3, Vector3};

/// Most parts that are looked at without the heap.
pub(crate) const MAX_PARTS: usize = 48;

/// One capsule.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) name: String,
    /// 0 stands still; `i` is carried by joint `i - 1`.
    pub(crate) link: usize,
    /// In the frame of that joint, or of the base.
    a: Point3<f64>,
    b: Point3<f64>,
    pub(crate) radius: f64,
    /// Over flat skin the ends' spheres keep this gap at touch; `None` for what is not the tool.
    pub(crate) gap: Option<[f64; 2]>,
    /// The nose ring's centre: checked on the way between strokes, never at touch.
    pub(crate) nose: bool,
}

/// Arm and tool.
#[derive(Debug, Clone)]
pub(crate) struct Body {
    pub(crate) parts: Vec<Part>,
    /// No point of the body is farther than this from any joint's axis, whatever the posture.
    reach: f64,
}

/// The body at one posture, base frame.
#[derive(Debug, Clone)]
pub(crate) struct Posed {
    /// Ends of the capsules' axes.
    pub(crate) ends: [[Point3<f64>; 2]; MAX_PARTS],
    frames: [Isometry3<f64>; MAX_JOINTS],
}

impl Body {
    /// `None` when there are more than [`MAX_PARTS`] capsules.
    pub(crate) fn new(arm: &ArmModel, tool: &Tool, margin: f64) -> Option<Self> {
        let dof = arm.dof();
        let mut parts = Vec::new();
        let links = std::iter::once(&arm.base_link).chain(&arm.links).enumerate();
        for (link, body) in links {
            for shape in &body.shapes {
                parts.push(Part {
                    name: body.name.clone(),
                    link,
                    a: shape.a,
                    b: shape.b,
                    radius: shape.radius.get(),
                    gap: None,
                    nose: false,
                });
            }
        }
        let mount = arm.last_from_flange;
        let tcp_from_flange = tool.flange_from_tcp.inverse();
        for shape in &tool.body {
            let radius = shape.radius.get();
            let gap = |p: &Point3<f64>| -(tcp_from_flange.get() * p).z - radius;
            // What must be kept grows with the gap until it is the margin: two parts, each with a straight law.
            let (ga, gb) = (gap(&shape.a), gap(&shape.b));
            let knee = 2.0 * margin;
            let mut piece = |a: Point3<f64>, b: Point3<f64>, gap: [f64; 2]| {
                parts.push(Part {
                    name: "tool".to_owned(),
                    link: dof,
                    a: mount * a,
                    b: mount * b,
                    radius,
                    gap: Some(gap),
                    nose: false,
                });
            };
            if (ga - knee) * (gb - knee) < 0.0 {
                let middle = shape.a + (shape.b - shape.a) * ((knee - ga) / (gb - ga));
                piece(shape.a, middle, [ga, knee]);
                piece(middle, shape.b, [knee, gb]);
            } else {
                piece(shape.a, shape.b, [ga, gb]);
            }
        }
        let nose = mount * tool.flange_from_tcp.origin().coords;
        parts.push(Part { name: "nose".to_owned(), link: dof, a: nose, b: nose, radius: 0.0, gap: None, nose: true });
        // Longest way along the chain from any joint to any point.
        let chain: f64 = arm.joints.iter().map(|j| j.parent_from_joint.translation.vector.norm()).sum();
        let farthest = parts.iter().map(|p| p.a.coords.norm().max(p.b.coords.norm()) + p.radius).fold(0.0, f64::max);
        (parts.len() <= MAX_PARTS && dof <= MAX_JOINTS).then_some(Self { parts, reach: chain + farthest })
    }

    /// Where everything is at `q`.
    pub(crate) fn pose(&self, arm: &ArmModel, q: &JointPos) -> Posed {
        let frames = arm.joint_frames(q);
        let mut turns = [Matrix3::identity(); MAX_JOINTS];
        for (turn, frame) in turns.iter_mut().zip(&frames).take(arm.dof()) {
            *turn = frame.rotation.to_rotation_matrix().into_inner();
        }
        let mut ends = [[Point3::origin(); 2]; MAX_PARTS];
        for (end, part) in ends.iter_mut().zip(&self.parts) {
            *end = match part.link.checked_sub(1) {
                Some(joint) => {
                    let (turn, at) = (&turns[joint], &frames[joint].translation.vector);
                    [Point3::from(turn * part.a.coords + at), Point3::from(turn * part.b.coords + at)]
                }
                None => [part.a, part.b],
            };
        }
        Posed { ends, frames }
    }

    /// How far each part's axis moves at most from here while the joints go straight from `q - half` to `q + half`, where
    /// `posed` is at `q`. Velocity here plus the greatest curvature of a point's way: with `s` from -1 to 1,
    /// `|p''| <= (sum |half|)^2 * reach`, because each joint's turn changes each joint's share by at most the product.
    pub(crate) fn moves(&self, arm: &ArmModel, posed: &Posed, half: &JointPos) -> [f64; MAX_PARTS] {
        let mut moves = [0.0; MAX_PARTS];
        let turn: f64 = half.iter().map(|d| d.abs()).sum();
        // Each joint's turn as a vector, and its moment about the base's origin: v = w x p - sum(w_j x o_j).
        let mut spins = [(Vector3::zeros(), Vector3::zeros()); MAX_JOINTS];
        let (mut w, mut m) = (Vector3::zeros(), Vector3::zeros());
        for ((spin, d), (joint, frame)) in spins.iter_mut().zip(half.iter()).zip(arm.joints.iter().zip(&posed.frames)) {
            let axis = frame.rotation * (joint.axis.into_inner() * *d);
            w += axis;
            m += axis.cross(&frame.translation.vector);
            *spin = (w, m);
        }
        for ((m, part), ends) in moves.iter_mut().zip(&self.parts).zip(&posed.ends) {
            if part.link == 0 {
                continue;
            }
            // The velocity is linear along the axis: its greatest size is at an end.
            let (w, moment) = &spins[part.link - 1];
            let speed = |p: &Point3<f64>| (w.cross(&p.coords) - moment).norm_squared();
            let fastest = speed(&ends[0]).max(speed(&ends[1])).sqrt();
            *m = fastest + 0.5 * turn * turn * self.reach;
        }
        moves
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{arm, posture, tool};

    /// Sampled ways never leave the bound.
    #[test]
    fn a_part_moves_no_farther_than_said() {
        let (arm, tool) = (arm(), tool());
        let Some(body) = Body::new(&arm, &tool, 0.005) else { panic!("too many parts") };
        for k in 0..200 {
            let q = posture(k);
            let half = posture(k + 1000).map(|v| v * [0.001, 0.01, 0.1][k as usize % 3]);
            let here = body.pose(&arm, &q);
            let moves = body.moves(&arm, &here, &half);
            for s in [-1.0, -0.6, 0.3, 1.0] {
                let there = body.pose(&arm, &q.zip(&half, |q, h| q + s * h));
                for (i, part) in body.parts.iter().enumerate() {
                    for e in 0..2 {
                        let d = (there.ends[i][e] - here.ends[i][e]).norm();
                        assert!(d <= moves[i] + 1e-12, "{} moved {d}, bound {}", part.name, moves[i]);
                    }
                }
            }
        }
    }
}
