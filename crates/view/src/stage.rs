//! What stands on the stage, as plain data in the base frame: triangles, capsules, dots.
//!
//! In: a loaded treatment. Out: [`Stage`]. Absent: bevy.

use arm::{ArmModel, Capsule, JointPos, Look, Tool};
use frames::{Base, Head, Metres, Pose};
use nalgebra::{Point3, Vector3};
use scan::Surface;
use stipple::Site;

/// Everything to draw; metres, base frame.
#[derive(Debug, Clone)]
pub(crate) struct Stage {
    /// Corners of the head.
    pub(crate) vertices: Vec<Point3<f64>>,
    /// Outward normals, one a corner.
    pub(crate) normals: Vec<Vector3<f64>>,
    /// Of the head.
    pub(crate) faces: Vec<[u32; 3]>,
    /// The arm from the base outwards, as its file draws it; links that are not drawn come as their collision capsules.
    pub(crate) arm: Vec<Look>,
    /// Links of the arm that have no looks.
    pub(crate) bare: Vec<Capsule>,
    /// The tool.
    pub(crate) tool: Vec<Capsule>,
    /// Centre, outward normal, radius.
    pub(crate) dots: Vec<(Point3<f64>, Vector3<f64>, Metres)>,
    /// The head's middle: what the camera looks at.
    pub(crate) centre: Point3<f64>,
}

impl Stage {
    /// Sets the stage with the arm in posture `q`.
    pub(crate) fn new(
        surface: &Surface,
        base_from_head: Pose<Base, Head>,
        arm: &ArmModel,
        tool: &Tool,
        q: &JointPos,
        sites: &[Site],
    ) -> Self {
        let iso = base_from_head.get();
        let vertices: Vec<_> = surface.vertices().iter().map(|p| (base_from_head * *p).coords).collect();
        let normals = surface.vertex_normals().iter().map(|n| iso.rotation * n.get().into_inner()).collect();
        let middle = vertices.iter().map(|p| p.coords).sum::<Vector3<f64>>() / vertices.len().max(1) as f64;

        let frames = arm.joint_frames(q);
        let base = nalgebra::Isometry3::identity();
        let (mut looks, mut bare) = (Vec::new(), Vec::new());
        let links = [(&arm.base_link, &base)].into_iter().chain(arm.links.iter().zip(&frames));
        for (link, frame) in links {
            looks.extend(link.looks.iter().map(|l| Look { pose: frame * l.pose, ..*l }));
            if link.looks.is_empty() {
                bare.extend(link.shapes.iter().map(|s| s.moved(frame)));
            }
        }
        let base_from_flange = arm.forward(q);
        let tool = tool.body.iter().map(|b| b.moved(base_from_flange.get())).collect();
        let dots = sites
            .iter()
            .map(|s| {
                let base_from_skin = base_from_head * s.head_from_skin;
                let normal = base_from_skin.z().get().into_inner();
                (base_from_skin.origin().coords, normal, s.healed * 0.5)
            })
            .collect();
        Self {
            vertices,
            normals,
            faces: surface.faces().to_vec(),
            arm: looks,
            bare,
            tool,
            dots,
            centre: Point3::from(middle),
        }
    }
}
