//! What stands on the stage, as plain data in the base frame: triangles, capsules, dots.
//!
//! In: a loaded treatment; dots as laid, or as they look at some time. Out: [`Stage`]. Absent: bevy.

use arm::{ArmModel, Capsule, JointPos, Look, Tool};
use frames::{Base, Dir, Head, Metres, Point, Pose};
use nalgebra::{Point3, Vector3};
use pigment::looks::Looks;
use scan::Surface;
use stipple::Site;

/// Laid dots are drawn this much larger than they heal: at their true 0.15 mm a whole head shows none.
const MAGNIFIED: f64 = 4.0;
/// Dots as they look are drawn this large, and as transparent as keeps their tone.
const DRAWN: Metres = Metres::from_mm(0.30);

/// Which dots stand on the head.
pub(crate) enum Shown<'a> {
    /// As laid: where they will be.
    Laid(&'a [Site]),
    /// As they look.
    Looks(&'a Looks),
}

/// A dot as an even disc.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dot {
    /// Its middle.
    pub(crate) at: Point3<f64>,
    /// Outward.
    pub(crate) normal: Vector3<f64>,
    /// As drawn.
    pub(crate) radius: Metres,
    /// 0 unseen, 1 ink.
    pub(crate) opacity: f64,
}

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
    /// On the head.
    pub(crate) dots: Vec<Dot>,
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
        shown: &Shown<'_>,
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
        let dot = |at: Point<Head>, normal: Dir<Head>, radius: Metres, opacity: f64| Dot {
            at: (base_from_head * at).coords,
            normal: iso.rotation * normal.get().into_inner(),
            radius,
            opacity,
        };
        let dots = match shown {
            Shown::Laid(sites) => {
                let laid = sites.iter().map(|s| (&s.head_from_skin, s.healed * (0.5 * MAGNIFIED)));
                laid.map(|(skin, radius)| dot(skin.origin(), skin.z(), radius, 1.0)).collect()
            }
            Shown::Looks(looks) => looks.dots.iter().map(|d| dot(d.at, d.normal, DRAWN, d.opacity(DRAWN))).collect(),
        };
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
