//! `pigment-view`: looks at a treatment. The only program that knows bevy; no controller runs in it.
//!
//! In: a scene file. Out: a window with the head, the arm at its first stroke and the dots; or the same picture as PNG.

mod draw;
mod offscreen;
mod stage;
mod window;

use std::path::PathBuf;
use std::process::ExitCode;

use bevy::app::AppExit;
use bevy::math::UVec2;
use clap::Parser;
use pigment::looks::{Finished, When};
use pigment::{Failure, Treatment};

use crate::stage::{Shown, Stage};

/// Looks at a treatment: head, arm at its first stroke, dots.
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    /// The scene file.
    #[arg(default_value = "scenes/hairline.toml")]
    scene: PathBuf,
    /// The dots of all sessions as they look at a time (before, fresh, healed, 9d, 6w, 5y), or hair; today's dots, drawn larger
    /// than they are, without it.
    #[arg(long)]
    when: Option<When>,
    /// Write one picture here instead of opening a window.
    #[arg(long)]
    png: Option<PathBuf>,
    /// Of the picture, pixels.
    #[arg(long, default_value = "1280x800", value_parser = size)]
    size: UVec2,
}

fn size(text: &str) -> Result<UVec2, String> {
    let (width, height) = text.split_once('x').ok_or("write WIDTHxHEIGHT, such as 1280x800")?;
    let side = |s: &str| match s.parse::<u32>() {
        Ok(n) if (16..=8192).contains(&n) => Ok(n),
        _ => Err(format!("{s}: a side is 16 to 8192 pixels")),
    };
    Ok(UVec2::new(side(width)?, side(height)?))
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match view(&cli) {
        Ok(AppExit::Success) => ExitCode::SUCCESS,
        Ok(AppExit::Error(code)) => ExitCode::from(code.get()),
        Err(failure) => {
            complain(&failure);
            ExitCode::from(failure.status())
        }
    }
}

#[expect(clippy::print_stderr, reason = "the one place where this program speaks")]
fn complain(failure: &Failure) {
    eprintln!("pigment-view: {failure}");
}

fn view(cli: &Cli) -> Result<AppExit, Failure> {
    let treatment = Treatment::load(&cli.scene)?;
    let pattern = treatment.stipple()?;
    let planned = treatment.plan(&pattern)?;
    let first = planned.program.strokes.first().map_or(planned.program.park, |s| s.lifted);
    let finished = cli.when.map(|when| Finished::lay(treatment.file.clone()).and_then(|all| all.looks(when)));
    let looks = finished.transpose()?;
    let stage = Stage::new(
        &treatment.scan.surface,
        treatment.cell.base_from_head,
        &treatment.arm,
        &treatment.tool,
        &first,
        &looks.as_ref().map_or(Shown::Laid(&pattern.sites), Shown::Looks),
    );
    Ok(match &cli.png {
        Some(path) => {
            let exit = offscreen::shoot(stage, cli.size, path);
            // The screenshot's own writer only logs what went wrong.
            std::fs::metadata(path).map_err(|e| Failure::file(path, format_args!("no picture was written: {e}")))?;
            exit
        }
        None => window::open(stage, format!("pigment: {}", treatment.file.name())),
    })
}
