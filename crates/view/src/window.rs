//! The same stage in a window, with an orbiting camera: left button turns, right button shifts, wheel zooms.

use bevy::app::AppExit;
use bevy::input::mouse::{AccumulatedMouseMotion, AccumulatedMouseScroll};
use bevy::prelude::*;

use crate::draw;
use crate::stage::Stage;

/// Radians a pixel.
const TURN: f32 = 0.006;
/// Of the distance, a notch of the wheel.
const ZOOM: f32 = 0.12;

#[derive(Resource)]
struct Set(Stage);

/// Where the camera looks from, about its middle.
#[derive(Component)]
struct Orbit {
    centre: Vec3,
    distance: f32,
    /// About z.
    heading: f32,
    /// Above the horizon.
    height: f32,
}

/// Opens a window on `stage` and stays until it is closed.
pub(crate) fn open(stage: Stage, title: String) -> AppExit {
    let window = Window { title, resolution: (1280, 800).into(), ..default() };
    App::new()
        .add_plugins(DefaultPlugins.set(WindowPlugin { primary_window: Some(window), ..default() }))
        .insert_resource(ClearColor(Color::srgb(0.93, 0.94, 0.95)))
        .insert_resource(Set(stage))
        .add_systems(Startup, set_up)
        .add_systems(Update, orbit)
        .run()
}

fn set_up(
    mut commands: Commands<'_, '_>,
    set: Res<'_, Set>,
    mut meshes: ResMut<'_, Assets<Mesh>>,
    mut materials: ResMut<'_, Assets<StandardMaterial>>,
) {
    draw::spawn(&set.0, &mut commands, &mut meshes, &mut materials);
    let camera = draw::camera(&set.0);
    let centre = Vec3::new(set.0.centre.x as f32, set.0.centre.y as f32, set.0.centre.z as f32);
    let from = camera.1.translation - centre;
    let distance = from.length();
    let orbit = Orbit { centre, distance, heading: from.y.atan2(from.x), height: (from.z / distance).asin() };
    commands.spawn((camera, orbit));
}

fn orbit(
    camera: Single<'_, '_, (&mut Orbit, &mut Transform)>,
    buttons: Res<'_, ButtonInput<MouseButton>>,
    motion: Res<'_, AccumulatedMouseMotion>,
    scroll: Res<'_, AccumulatedMouseScroll>,
) {
    let (mut orbit, mut transform) = camera.into_inner();
    if buttons.pressed(MouseButton::Left) {
        orbit.heading -= motion.delta.x * TURN;
        orbit.height = (orbit.height + motion.delta.y * TURN).clamp(-1.5, 1.5);
    }
    if buttons.pressed(MouseButton::Right) {
        let shift = (transform.up() * motion.delta.y - transform.right() * motion.delta.x) * orbit.distance * 0.001;
        orbit.centre += shift;
    }
    orbit.distance = (orbit.distance * (1.0 - scroll.delta.y.clamp(-5.0, 5.0) * ZOOM)).clamp(0.02, 5.0);
    let (heading, height) = (orbit.heading, orbit.height);
    let from = Vec3::new(heading.cos() * height.cos(), heading.sin() * height.cos(), height.sin());
    *transform = Transform::from_translation(orbit.centre + from * orbit.distance).looking_at(orbit.centre, Vec3::Z);
}
