//! The command line: what can be asked, in one place.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::looks::When;

/// Scalp micropigmentation by a robot arm: from a head scan to dots, planned, rehearsed, streamed and recorded.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
pub struct Cli {
    /// Nothing at all runs `scenes/hairline.toml`.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Print one JSON document to stdout and nothing else; messages go to stderr.
    #[arg(long, global = true)]
    pub json: bool,
}

/// A scene and where its results go.
#[derive(Debug, Args, Clone)]
pub struct SceneArgs {
    /// The scene file.
    pub scene: PathBuf,
    /// Folder for the results; made if missing. Without it, `runs/NAME` or the first free `runs/NAME-2`, `-3`, ..
    #[arg(long)]
    pub out: Option<PathBuf>,
}

/// Patterns and what they are held against.
#[derive(Debug, Args, Clone)]
pub struct MetricsArgs {
    /// PLY or CSV: by `stipple`, or any with x y z.
    #[arg(required = true)]
    pub patterns: Vec<PathBuf>,
    /// What was wanted: the fields of this scene. Dots by other programs are in the scan's coordinates.
    #[arg(long, conflicts_with = "mesh", required_unless_present = "mesh")]
    pub scene: Option<PathBuf>,
    /// The surface alone (PLY, OBJ, STL, GLB): one density is taken to be wanted where the dots are.
    #[arg(long)]
    pub mesh: Option<PathBuf>,
    /// Of the mesh, and of dots that do not say theirs: `m dm cm mm inch`.
    #[arg(long, requires = "mesh")]
    pub unit: Option<String>,
    /// Folder for two pictures, nearest neighbours and pair correlation beside those of human hair; made if missing.
    #[arg(long)]
    pub plots: Option<PathBuf>,
}

/// What to look at, when and from where.
#[derive(Debug, Args, Clone)]
pub struct PreviewArgs {
    /// The scene file.
    pub scene: PathBuf,
    /// Folder for the pictures; made if missing. Without it, `preview/NAME`.
    #[arg(short, long)]
    pub output: Option<PathBuf>,
    /// Zone to look at, by name; the hairline, or the first zone, without it.
    #[arg(long)]
    pub zone: Option<String>,
    /// Place to look at, `X,Y,Z` in the coordinates of the scan's file, instead of a zone.
    #[arg(long, allow_hyphen_values = true, conflicts_with = "zone")]
    pub at: Option<String>,
    /// Times: `before`, `fresh`, `healed`, ages after the last session such as `9d`, `6w`, `5y`, and `hair`, the person's own
    /// hair, shaved, in the same place. All that is worth a look without it.
    #[arg(long, value_delimiter = ',')]
    pub when: Vec<When>,
    /// Distances of the eye, metres.
    #[arg(long, value_delimiter = ',', default_value = "0.3,0.5,1,2")]
    pub distance: Vec<f64>,
    /// Write the sheet alone, here.
    #[arg(long, conflicts_with = "output")]
    pub sheet: Option<PathBuf>,
    /// Leave out the blur of the eye: for pictures that are looked at under their true angle.
    #[arg(long)]
    pub sharp: bool,
}

/// What can be asked.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// The whole pipeline: stipple, plan, rehearse every dot, stream the first dots in real time, report.
    Run(SceneArgs),
    /// Read everything the scene names and report every problem; writes nothing.
    Check {
        /// The scene file.
        scene: PathBuf,
    },
    /// Make the pattern only.
    Stipple {
        /// The scene file.
        scene: PathBuf,
        /// Where the sites go: a table in millimetres where it ends in `.csv`, else PLY.
        #[arg(short, long, required_unless_present = "metrics")]
        output: Option<PathBuf>,
        /// Print the quality of the pattern.
        #[arg(long)]
        metrics: bool,
    },
    /// The quality of any patterns, also of those made elsewhere, side by side.
    Metrics(MetricsArgs),
    /// Make the pattern and the program.
    Plan {
        /// The scene file.
        scene: PathBuf,
        /// Where the program goes.
        #[arg(short, long)]
        output: PathBuf,
    },
    /// Rehearse every dot in virtual time.
    Rehearse(SceneArgs),
    /// Stream in real time.
    Stream {
        /// Scene and results.
        #[command(flatten)]
        args: SceneArgs,
        /// `sim`, or `ur://HOST[:PORT]`.
        #[arg(long, default_value = "sim")]
        driver: String,
        /// At most this many dots.
        #[arg(long)]
        dots: Option<usize>,
        /// It is a phantom: no signature is asked for, and the journal and the report say so.
        #[arg(long)]
        phantom: bool,
    },
    /// How the treated scalp will look: fresh, healed and in years, from every distance; one picture each and a sheet.
    Preview(PreviewArgs),
    /// The treatment on paper: one HTML file that prints on A4, for the talk between practitioner and client.
    Sheet {
        /// The scene file.
        scene: PathBuf,
        /// Where the sheet goes; `NAME.html` of the scene without it.
        #[arg(short, long)]
        output: Option<PathBuf>,
    },
    /// How the dots heal: diameter, pigment, tone, shed and blow-out by zone, from the day to ten years.
    Forecast {
        /// The scene file.
        scene: PathBuf,
        /// Every dot at every age (CSV).
        #[arg(short, long)]
        output: Option<PathBuf>,
    },
    /// What another density, dot, depth, ladder or seed would change, beside the treatment as it is; writes nothing.
    WhatIf {
        /// The scene file.
        scene: PathBuf,
        /// What to change.
        #[command(flatten)]
        asked: crate::what_if::Asked,
    },
    /// Answer for a scene and all it names, as it is now; `stream` refuses what nobody has signed.
    Sign {
        /// The scene file.
        scene: PathBuf,
        /// Who signs.
        #[arg(long)]
        by: String,
        /// As what.
        #[arg(long, value_enum, default_value = "practitioner")]
        role: crate::sign::Role,
        /// Day of the signature, YYYY-MM-DD; today (UTC) without it.
        #[arg(long)]
        date: Option<frames::Date>,
        /// Why the warnings of this scene are gone on with.
        #[arg(long)]
        acknowledge: Option<String>,
    },
    /// Go on with an interrupted run.
    Resume {
        /// A run's folder.
        run: PathBuf,
    },
    /// Reproduce a run's rehearsal and compare it byte for byte.
    Replay {
        /// A run's folder.
        run: PathBuf,
    },
    /// Write a run's report again.
    Report {
        /// A run's folder.
        run: PathBuf,
    },
    /// A UR controller on loopback.
    Emulate {
        /// `ur5e`.
        arm: String,
        /// First port.
        #[arg(long)]
        ports: Option<u16>,
    },
    /// Can this computer stream? Latency against a bare timer loop.
    RtCheck,
    /// Measure the design's figures, now.
    Bench {
        /// Which; all of them without a name. `ik` stands for all `ik_*`.
        names: Vec<String>,
    },
    /// Fit a person's skin to healed test dots.
    CalibrateSkin {
        /// Table of test dots (CSV, one row a dot); see `assets/skins/example_test_dots.csv`.
        table: PathBuf,
        /// Where the calibration goes (TOML); never over an old one.
        #[arg(short, long)]
        output: PathBuf,
        /// Fitzpatrick type and age, like `II/35` (the default), or a skin file, like `assets/skins/type_2_35.toml`.
        #[arg(long)]
        person: Option<String>,
        /// L* of the untreated scalp by colorimeter. Default: by the type.
        #[arg(long)]
        lightness: Option<f64>,
    },
    /// Fit the arm as built to measured poses.
    #[command(group = clap::ArgGroup::new("whose").required(true).args(["scene", "arm"]))]
    CalibrateArm {
        /// Table (CSV): `q1_deg` .. as the controller reads them, `x_mm y_mm z_mm` of the tip in a tracker's frame, and
        /// `qw qx qy qz` of the body on the tool if it was measured. At least 15 poses, all over the reach.
        poses: PathBuf,
        /// Scene whose arm and tool were measured.
        #[arg(long)]
        scene: Option<PathBuf>,
        /// URDF of the arm, where there is no scene; the tip may then be any point on the flange.
        #[arg(long)]
        arm: Option<PathBuf>,
        /// Where the calibration goes (TOML); never over an old one.
        #[arg(short, long)]
        output: PathBuf,
    },
    /// Draw the finished look of scenes: four sides of the head, one PNG a scene.
    Gallery {
        /// Scenes; all of `scenes/*.toml` without one.
        scenes: Vec<PathBuf>,
        /// Folder for the pictures; made if missing.
        #[arg(short, long, default_value = "assets/gallery")]
        output: PathBuf,
    },
    /// The viewer.
    View {
        /// A scene, a run's folder, or `--attach SOCKET`; passed on to `pigment-view`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}
