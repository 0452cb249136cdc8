//! `pigment`: the command line.

use std::path::Path;
use std::process::ExitCode;

use clap::Parser as _;
use pigment::cli::{Cli, Command};
use pigment::sign::Signing;
use pigment::{Failure, check, commands, sign};

fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let cli = Cli::parse();
    match dispatch(&cli) {
        Ok(text) => {
            say(&text);
            ExitCode::SUCCESS
        }
        Err(failure) => {
            complain(&failure);
            ExitCode::from(failure.status())
        }
    }
}

/// What the command has to say: a summary for people, or one JSON document.
fn dispatch(cli: &Cli) -> Result<String, Failure> {
    let count = |work: &mut dyn FnMut()| allocation_counter::measure(work).count_total;
    match &cli.command {
        None => commands::run(&pigment::repository(Path::new("scenes/hairline.toml")), None, count, cli.json),
        Some(Command::Run(args)) => commands::run(&args.scene, args.out.as_deref(), count, cli.json),
        Some(Command::Check { scene }) => check::check(scene, cli.json),
        Some(Command::Stipple { scene, output, metrics }) => {
            commands::stipple(scene, output.as_deref(), *metrics, cli.json)
        }
        Some(Command::Metrics(args)) => pigment::metrics(args, cli.json),
        Some(Command::Plan { scene, output }) => commands::plan(scene, output, cli.json),
        Some(Command::Rehearse(args)) => commands::rehearse(&args.scene, args.out.as_deref(), cli.json),
        Some(Command::Stream { args, driver, dots, phantom }) => {
            if driver != "sim" {
                return Err(Failure::NotYet("stream --driver ur://.."));
            }
            commands::stream(&args.scene, args.out.as_deref(), *dots, *phantom, count, cli.json)
        }
        Some(Command::Preview(args)) => pigment::preview(args, cli.json),
        Some(Command::Sheet { scene, output }) => pigment::sheet(scene, output.as_deref(), cli.json),
        Some(Command::Forecast { scene, output }) => pigment::forecast(scene, output.as_deref(), cli.json),
        Some(Command::WhatIf { scene, asked }) => pigment::what_if::what_if(scene, asked, cli.json),
        Some(Command::Sign { scene, by, role, date, acknowledge }) => {
            let date = date.unwrap_or_else(sign::today);
            sign::sign(scene, &Signing { by, role: *role, date, acknowledge: acknowledge.as_deref() }, cli.json)
        }
        Some(Command::Resume { .. }) => Err(Failure::NotYet("resume")),
        Some(Command::Replay { .. }) => Err(Failure::NotYet("replay")),
        Some(Command::Report { .. }) => Err(Failure::NotYet("report")),
        Some(Command::Emulate { .. }) => Err(Failure::NotYet("emulate")),
        Some(Command::RtCheck) => Err(Failure::NotYet("rt-check")),
        Some(Command::Bench { names }) => commands::bench(names, cli.json),
        Some(Command::CalibrateSkin { table, output, person, lightness }) => {
            pigment::calibrate(table, output, person.as_deref(), *lightness, cli.json)
        }
        Some(Command::CalibrateArm { poses, scene, arm, output }) => {
            // The command line lets exactly one of the two through.
            let whose = match (scene, arm) {
                (Some(scene), _) => pigment::Whose::Scene(scene),
                (None, Some(arm)) => pigment::Whose::Urdf(arm),
                (None, None) => return Err(Failure::Input("name the arm: --scene SCENE or --arm URDF".into())),
            };
            pigment::calibrate_arm(poses, whose, output, cli.json)
        }
        Some(Command::Gallery { scenes, output }) => pigment::gallery(scenes, output, cli.json),
        Some(Command::View { arguments }) => commands::view(arguments),
    }
}

fn say(text: &str) {
    use std::io::Write as _;
    // A closed pipe is the reader's choice, not an error.
    let _ = writeln!(std::io::stdout(), "{}", text.trim_end());
}

#[expect(clippy::print_stderr, reason = "the one place where the program complains")]
fn complain(failure: &Failure) {
    eprintln!("pigment: {failure}");
}
