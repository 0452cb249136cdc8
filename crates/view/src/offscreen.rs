//! One picture without a window: the same stage, the same camera, into a PNG.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bevy::app::{AppExit, ScheduleRunnerPlugin};
use bevy::camera::RenderTarget;
use bevy::prelude::*;
use bevy::render::RenderPlugin;
use bevy::render::render_resource::{TextureFormat, TextureUsages};
use bevy::render::view::screenshot::{Screenshot, ScreenshotCaptured, save_to_disk};
use bevy::window::ExitCondition;
use bevy::winit::WinitPlugin;

use crate::draw;
use crate::stage::Stage;

/// Frames before the shot: with pipelines compiled synchronously the third is complete.
const SETTLE: u32 = 4;

#[derive(Resource)]
struct Shot {
    stage: Stage,
    size: UVec2,
    path: PathBuf,
    target: Option<Handle<Image>>,
    frame: u32,
}

/// Draws `stage` into `path`. Needs a Vulkan driver; Mesa's software one will do.
pub(crate) fn shoot(stage: Stage, size: UVec2, path: &Path) -> AppExit {
    let shot = Shot { stage, size, path: path.to_owned(), target: None, frame: 0 };
    App::new()
        .add_plugins(
            DefaultPlugins
                .set(RenderPlugin { synchronous_pipeline_compilation: true, ..default() })
                .set(WindowPlugin { primary_window: None, exit_condition: ExitCondition::DontExit, ..default() })
                .disable::<WinitPlugin>(),
        )
        .add_plugins(ScheduleRunnerPlugin::run_loop(Duration::ZERO))
        .insert_resource(ClearColor(Color::srgb(0.93, 0.94, 0.95)))
        .insert_resource(shot)
        .add_systems(Startup, set_up)
        .add_systems(Update, take)
        .run()
}

fn set_up(
    mut commands: Commands<'_, '_>,
    mut shot: ResMut<'_, Shot>,
    mut images: ResMut<'_, Assets<Image>>,
    mut meshes: ResMut<'_, Assets<Mesh>>,
    mut materials: ResMut<'_, Assets<StandardMaterial>>,
) {
    let mut image = Image::new_target_texture(shot.size.x, shot.size.y, TextureFormat::Rgba8UnormSrgb, None);
    image.texture_descriptor.usage |= TextureUsages::COPY_SRC;
    let target = images.add(image);
    draw::spawn(&shot.stage, &mut commands, &mut meshes, &mut materials);
    commands.spawn((draw::camera(&shot.stage), RenderTarget::Image(target.clone().into())));
    shot.target = Some(target);
}

fn take(mut commands: Commands<'_, '_>, mut shot: ResMut<'_, Shot>) {
    shot.frame += 1;
    let Some(target) = shot.target.clone().filter(|_| shot.frame == SETTLE) else { return };
    commands
        .spawn(Screenshot::image(target))
        .observe(save_to_disk(shot.path.clone()))
        // The picture arrives some frames later: leave when it is here, not after a count.
        .observe(|_: On<'_, '_, ScreenshotCaptured>, mut exit: MessageWriter<'_, AppExit>| {
            exit.write(AppExit::Success);
        });
}
