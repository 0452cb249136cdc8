//! The stage as bevy entities. The world is the base frame: metres, z up.

use arm::{Form, Look};
use bevy::asset::RenderAssetUsages;
use bevy::core_pipeline::tonemapping::Tonemapping;
use bevy::mesh::{Indices, PrimitiveTopology};
use bevy::prelude::*;
use nalgebra::{Point3, Vector3};

use crate::stage::Stage;

/// Dots hover this far above the skin so that its facets do not swallow them, metres.
const LIFTED: f32 = 0.0004;
const SKIN: Color = Color::srgb(0.80, 0.62, 0.53);
const METAL: Color = Color::srgb(0.62, 0.66, 0.71);
const TOOL: Color = Color::srgb(0.16, 0.36, 0.52);
const INK: Color = Color::srgb(0.06, 0.05, 0.06);
const FLOOR: Color = Color::srgb(0.86, 0.86, 0.84);

/// Puts head, arm, tool, dots, floor and lights into the world.
pub(crate) fn spawn(
    stage: &Stage,
    commands: &mut Commands<'_, '_>,
    meshes: &mut Assets<Mesh>,
    materials: &mut Assets<StandardMaterial>,
) {
    let mut matt = |colour: Color, roughness: f32| {
        materials.add(StandardMaterial { base_color: colour, perceptual_roughness: roughness, ..default() })
    };
    let (skin, metal, tool, floor) = (matt(SKIN, 0.7), matt(METAL, 0.35), matt(TOOL, 0.4), matt(FLOOR, 0.95));
    let clear = stage.dots.iter().any(|d| d.opacity < 1.0);
    let alpha_mode = if clear { AlphaMode::Blend } else { AlphaMode::Opaque };
    let ink = materials.add(StandardMaterial { base_color: INK, unlit: true, alpha_mode, ..default() });

    commands.spawn((Mesh3d(meshes.add(head(stage))), MeshMaterial3d(skin)));
    if !stage.dots.is_empty() {
        commands.spawn((Mesh3d(meshes.add(dots(stage))), MeshMaterial3d(ink)));
    }
    for look in &stage.arm {
        let [r, g, b, a] = look.colour.map(|v| v as f32);
        let colour = Color::srgba(r, g, b, a);
        let material = StandardMaterial { base_color: colour, perceptual_roughness: 0.4, ..default() };
        commands.spawn((Mesh3d(meshes.add(form(&look.form))), MeshMaterial3d(materials.add(material)), placed(look)));
    }
    let bare = stage.bare.iter().map(|c| (c, &metal));
    for (capsule, material) in bare.chain(stage.tool.iter().map(|c| (c, &tool))) {
        let (a, b) = (vec3(&capsule.a), vec3(&capsule.b));
        let along = b - a;
        let turn = along.try_normalize().map_or(Quat::IDENTITY, |d| Quat::from_rotation_arc(Vec3::Y, d));
        commands.spawn((
            Mesh3d(meshes.add(Capsule3d::new(capsule.radius.get() as f32, along.length()))),
            MeshMaterial3d(material.clone()),
            Transform::from_translation((a + b) * 0.5).with_rotation(turn),
        ));
    }
    commands.spawn((
        Mesh3d(meshes.add(Plane3d::new(Vec3::Z, Vec2::splat(1.5)))),
        MeshMaterial3d(floor),
        Transform::from_xyz(0.0, 0.0, -0.002),
    ));

    let head = vec3(&stage.centre);
    let away = Vec3::new(head.x, head.y, 0.0).try_normalize().unwrap_or(Vec3::X);
    let side = Vec3::Z.cross(away);
    for (from, lux) in [(side + away * 0.9 + Vec3::Z * 1.6, 7500.0), (-away - side * 0.6 + Vec3::Z * 0.5, 2200.0)] {
        commands.spawn((
            DirectionalLight { illuminance: lux, shadow_maps_enabled: false, ..default() },
            Transform::from_translation(from).looking_at(Vec3::ZERO, Vec3::Z),
        ));
    }
}

/// A camera beside the head, from beyond it, so that hairline, tool and the arm behind them are all seen.
pub(crate) fn camera(stage: &Stage) -> (Camera3d, Transform, Tonemapping, Msaa, AmbientLight) {
    let head = vec3(&stage.centre);
    // The arm stands at the origin.
    let away = Vec3::new(head.x, head.y, 0.0).try_normalize().unwrap_or(Vec3::X);
    let side = Vec3::Z.cross(away);
    let eye = head - away * 0.06 + side * 0.62 + Vec3::Z * 0.60;
    let look = head - away * 0.15 + Vec3::Z * 0.10;
    (
        Camera3d::default(),
        Transform::from_translation(eye).looking_at(look, Vec3::Z),
        Tonemapping::AcesFitted,
        Msaa::Off,
        AmbientLight { brightness: 320.0, ..default() },
    )
}

fn head(stage: &Stage) -> Mesh {
    let positions: Vec<[f32; 3]> = stage.vertices.iter().map(|p| vec3(p).to_array()).collect();
    // Normals come along: bevy computes zero normals for edges this short.
    let normals: Vec<[f32; 3]> = stage.normals.iter().map(|n| dir3(n).to_array()).collect();
    mesh(positions, normals, stage.faces.as_flattened().to_vec())
}

/// All dots as one mesh of hexagons.
fn dots(stage: &Stage) -> Mesh {
    let (mut positions, mut normals, mut indices) = (Vec::new(), Vec::new(), Vec::new());
    let mut colours = Vec::new();
    for dot in &stage.dots {
        let (n, r) = (dir3(&dot.normal), dot.radius.get() as f32);
        let (u, v) = n.any_orthonormal_pair();
        let centre = vec3(&dot.at) + n * LIFTED;
        let first = positions.len() as u32;
        for k in 0..6 {
            let (sin, cos) = (k as f32 * std::f32::consts::FRAC_PI_3).sin_cos();
            positions.push((centre + (u * cos + v * sin) * r).to_array());
            normals.push(n.to_array());
            colours.push([1.0, 1.0, 1.0, dot.opacity as f32]);
        }
        indices.extend((1..5).flat_map(|k| [first, first + k, first + k + 1]));
    }
    mesh(positions, normals, indices).with_inserted_attribute(Mesh::ATTRIBUTE_COLOR, colours)
}

fn mesh(positions: Vec<[f32; 3]>, normals: Vec<[f32; 3]>, indices: Vec<u32>) -> Mesh {
    Mesh::new(PrimitiveTopology::TriangleList, RenderAssetUsages::RENDER_WORLD)
        .with_inserted_attribute(Mesh::ATTRIBUTE_POSITION, positions)
        .with_inserted_attribute(Mesh::ATTRIBUTE_NORMAL, normals)
        .with_inserted_indices(Indices::U32(indices))
}

/// A primitive along its own z, as URDF has it.
fn form(form: &Form) -> Mesh {
    match *form {
        // bevy's cylinder stands along y.
        Form::Cylinder { radius, length } => Cylinder::new(radius as f32, length as f32)
            .mesh()
            .resolution(48)
            .build()
            .rotated_by(Quat::from_rotation_x(std::f32::consts::FRAC_PI_2)),
        Form::Sphere { radius } => Sphere::new(radius as f32).mesh().uv(48, 24),
        Form::Box { size: [x, y, z] } => Cuboid::new(x as f32, y as f32, z as f32).into(),
    }
}

fn placed(look: &Look) -> Transform {
    let (t, q) = (&look.pose.translation.vector, &look.pose.rotation);
    let turn = Quat::from_xyzw(q.i as f32, q.j as f32, q.k as f32, q.w as f32);
    Transform::from_xyz(t.x as f32, t.y as f32, t.z as f32).with_rotation(turn.normalize())
}

fn vec3(p: &Point3<f64>) -> Vec3 {
    Vec3::new(p.x as f32, p.y as f32, p.z as f32)
}

fn dir3(v: &Vector3<f64>) -> Vec3 {
    Vec3::new(v.x as f32, v.y as f32, v.z as f32).normalize_or_zero()
}
