//! What can be wrong with a design, with the numbers, and what to do.

use frames::Metres;

use crate::rules::{Finding, Severity};

/// A place in the coordinates and unit of the scan's file, to be pasted into the scene.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FilePoint(pub [f64; 3]);

impl std::fmt::Display for FilePoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [x, y, z] = self.0.map(|v| (v * 1e4).round() / 1e4);
        write!(f, "[{x}, {y}, {z}]")
    }
}

/// Which table of the scene, for messages: `zone 0 (hairline "frontal")`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Which(pub String);

impl std::fmt::Display for Which {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a design was refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DesignError {
    /// No `[[zone]]` at all.
    #[error("the scene has no [[zone]]: add one with kind = \"hairline\" and at least 3 control_points")]
    NoZone,
    /// More zones than an index can name.
    #[error("{0} zones, at most 65535: merge some")]
    TooManyZones(usize),
    /// A curve needs three points.
    #[error("{which}: {count} control_points, at least 3 are needed")]
    TooFewPoints {
        /// Table.
        which: Which,
        /// How many there are.
        count: usize,
    },
    /// NaN or infinity.
    #[error("{which}: control point {index} is not a finite place")]
    NotFinite {
        /// Table.
        which: Which,
        /// From 0.
        index: usize,
    },
    /// Two neighbours fall on one place.
    #[error("{which}: control points {index} and {} are {apart} apart, at least 1 mm is needed: drop one", index + 1)]
    PointsTooClose {
        /// Table.
        which: Which,
        /// The first of the two.
        index: usize,
        /// Distance.
        apart: Metres,
    },
    /// Drawn twice.
    #[error("{which}: give either `line` or `control_points`")]
    LineAndPoints {
        /// Table.
        which: Which,
    },
    /// No face in the scan.
    #[error(
        "{which}: no line can be drawn from the landmarks: the scan has no skin on the way from the nasion over the forehead to the temples; check the landmarks, or give control_points"
    )]
    NoFace {
        /// Table.
        which: Which,
    },
    /// Not on the skin.
    #[error(
        "{which}: control point {index} is {distance} from the surface, at most {most}: use the nearest point {nearest} (file coordinates), or check `unit` and the scan"
    )]
    OffSurface {
        /// Table.
        which: Which,
        /// From 0.
        index: usize,
        /// To the surface.
        distance: Metres,
        /// Allowed.
        most: Metres,
        /// On the surface.
        nearest: FilePoint,
    },
    /// On the face, an ear or the neck.
    #[error(
        "{which}: control point {index} lies off the scalp, {below} below its border (brow, ears, nape): move it up, or check the landmarks"
    )]
    OffScalp {
        /// Table.
        which: Which,
        /// From 0.
        index: usize,
        /// How far below.
        below: Metres,
    },
    /// A look decides density, diameter and shade.
    #[error("{which}: look and {key} are both given; look finds the dots itself, so drop one of the two")]
    LookAnd {
        /// Table.
        which: Which,
        /// The other key.
        key: &'static str,
    },
    /// No look, or several.
    #[error("{which}: look takes exactly one of lightness, darken and match_stubble = true")]
    LookChoice {
        /// Table.
        which: Which,
    },
    /// No dots have that look.
    #[error("{which}: look: {why}")]
    Look {
        /// Table.
        which: Which,
        /// With its numbers.
        why: skin::SkinError,
    },
    /// The curve bulges onto the face, an ear or the neck.
    #[error(
        "{which}: between control points {from} and {to} the curve leaves the scalp, by {below} at {at} (file coordinates): add a point there, higher up"
    )]
    CurveOffScalp {
        /// Table.
        which: Which,
        /// The control point before.
        from: usize,
        /// The control point behind.
        to: usize,
        /// How far below the border.
        below: Metres,
        /// Where.
        at: FilePoint,
    },
    /// The curve meets itself.
    #[error(
        "{which}: the line from control point {} to {} crosses the one from {} to {} at {at} (file coordinates): put the points in order",
        spans[0][0], spans[0][1], spans[1][0], spans[1][1]
    )]
    Crossed {
        /// Table.
        which: Which,
        /// Two pieces of the curve, by the control points at their ends.
        spans: [[usize; 2]; 2],
        /// Where.
        at: FilePoint,
    },
    /// Two keys for one thing.
    #[error("{which}: `{one}` and `{other}` say the same thing twice: keep one of them")]
    Twice {
        /// Table.
        which: Which,
        /// Key as written.
        one: &'static str,
        /// Key as written.
        other: &'static str,
    },
    /// A scalp needs a front.
    #[error(
        "{which}: {} hairline zone: write front = the `name` of one{}",
        front.as_ref().map_or_else(|| "no `front`, the".to_owned(), |name| format!("front = \"{name}\" names no")),
        if names.is_empty() { "; no hairline zone has a name".to_owned() } else { format!(": \"{}\"", names.join("\", \"")) }
    )]
    NoFront {
        /// Table.
        which: Which,
        /// As written.
        front: Option<String>,
        /// Of the hairline zones there are.
        names: Vec<String>,
    },
    /// Dot scars without dots.
    #[error("{which}: no spots: write `points` or `points_file`")]
    NoSpots {
        /// Table.
        which: Which,
    },
    /// A direction of no length.
    #[error("{which}: hair must be a direction, [x, y, z] along the axes of the scan's file, not of zero length")]
    NoDirection {
        /// Table.
        which: Which,
    },
    /// Not a needle.
    #[error(
        "{which}: needle = \"{text}\" is not understood: write count and diameter in mm, such as \"1RL/0.25\" (1 to 7 needles of 0.10 to 0.40)"
    )]
    Needle {
        /// Table.
        which: Which,
        /// As written.
        text: String,
    },
    /// The tool has another one.
    #[error(
        "{which}: needle = \"{text}\", but the tool carries {tool}: a change of needle is a scene of its own, so move this zone to a scene whose [arm] tool has that needle"
    )]
    OtherNeedle {
        /// Table.
        which: Which,
        /// As written.
        text: String,
        /// In the same words.
        tool: String,
    },
    /// A mask of nothing, or of two things.
    #[error(
        "{which}: give either mask = {{ colours = \"luminance\" }} or mask = {{ image = \"FILE.png\", by = \"uv\" }}, or `by` front, back, left, right, top with `centre` and `width_mm` if it is not to be fitted to the scalp"
    )]
    MaskShape {
        /// Table.
        which: Which,
    },
    /// The scan has no colours.
    #[error(
        "{which}: the scan has no vertex colours: export it as PLY or OBJ with colours, or use mask = {{ image = .., by = \"front\" }}"
    )]
    NoColours {
        /// Table.
        which: Which,
    },
    /// The scan has no texture coordinates.
    #[error(
        "{which}: the scan has no texture coordinates: export it as OBJ or GLB with its texture, or use by = \"front\""
    )]
    NoUv {
        /// Table.
        which: Which,
    },
    /// A file that the scene names.
    #[error("{which}: {}: {fault}", path.display())]
    File {
        /// Table.
        which: Which,
        /// The file.
        path: std::path::PathBuf,
        /// What is wrong with it.
        fault: FileFault,
    },
    /// Nothing says how dense.
    #[error(
        "{which}: write density_per_cm2, over all sessions, or density_factor, as a part of the person's natural density, or a look"
    )]
    NoDensity {
        /// Table.
        which: Which,
    },
    /// Less than nothing, or not a number.
    #[error("{which}: density_per_cm2 = {value} is not a density: write a number from 0 to {most}")]
    NotADensity {
        /// Table.
        which: Which,
        /// As written.
        value: f64,
        /// Cap.
        most: f64,
    },
    /// No mix, or more kinds of dot than anybody can tell apart.
    #[error("{which}: mix has {count} kinds of dot, 2 to {most} are possible: drop `mix` for one kind")]
    MixCount {
        /// Table.
        which: Which,
        /// As written.
        count: usize,
        /// Cap.
        most: usize,
    },
    /// Shares that are not the whole.
    #[error("{which}: the shares of mix add up to {sum}, not to 1")]
    MixShares {
        /// Table.
        which: Which,
        /// Of the shares as written.
        sum: f64,
    },
    /// A number outside its range.
    #[error("{which}: {key} = {value} is outside {least}..{most}")]
    OutOfRange {
        /// Table.
        which: Which,
        /// Key as written in the scene.
        key: &'static str,
        /// As written.
        value: f64,
        /// Lower bound.
        least: f64,
        /// Upper bound.
        most: f64,
    },
    /// A key of the other kind of zone.
    #[error("{which}: `{key}` belongs to kind = {belongs_to}: remove it")]
    WrongKind {
        /// Table.
        which: Which,
        /// Key as written.
        key: &'static str,
        /// Where it would be right.
        belongs_to: String,
    },
    /// Depths out of order.
    #[error("{which}: penetration_mm must have least <= target <= most, got {least} {target} {most}")]
    Window {
        /// Table.
        which: Which,
        /// mm.
        least: f64,
        /// mm.
        target: f64,
        /// mm.
        most: f64,
    },
    /// Neither a point nor a loop, or both.
    #[error("{which}: give either `point` or `points_file` with `radius_mm`, or `control_points`")]
    KeepOutShape {
        /// Table.
        which: Which,
    },
    /// Session 4 of 3.
    #[error("session: number = {number} is not one of 1..={of}")]
    SessionNumber {
        /// As written.
        number: u16,
        /// As written.
        of: u16,
    },
    /// Shares do not fit.
    #[error(
        "session: {key} has {count} shares that add up to {sum}; {of} positive shares that add up to 100 are needed"
    )]
    Ladder {
        /// Key as written.
        key: &'static str,
        /// How many shares.
        count: usize,
        /// Their sum.
        sum: f64,
        /// How many sessions.
        of: u16,
    },
    /// No published ladder for so many.
    #[error("session: no default ladder for {of} sessions: write ladder_percent with {of} shares that add up to 100")]
    NoLadder {
        /// How many sessions.
        of: u16,
    },
    /// A file of follicles that cannot be used.
    #[error("{}: {what}", path.display())]
    Follicles {
        /// The file.
        path: std::path::PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// A follicle in the air.
    #[error(
        "{}: {counted} {number}: the follicle is {distance} from the surface, at most {most}: the nearest point is {nearest} (file coordinates); are they those of the scan's own file and unit?",
        path.display()
    )]
    FollicleOff {
        /// The file.
        path: std::path::PathBuf,
        /// What `number` counts.
        counted: &'static str,
        /// Line from 1, or vertex from 0.
        number: usize,
        /// To the surface.
        distance: Metres,
        /// Allowed.
        most: Metres,
        /// On the surface.
        nearest: FilePoint,
    },
    /// Two descriptions of one head of hair.
    #[error("hair: give either `follicles`, or `ancestry` or `density_per_cm2` with one of `norwood` and `ludwig`")]
    HairTwice,
    /// None at all.
    #[error("hair: give `follicles`, `ancestry` or `density_per_cm2`, or leave the table out")]
    HairUnknown,
    /// Not one shade a session.
    #[error("session: ink_percent has {count} numbers; {of} from 1 to 200 are needed, one a session")]
    InkLadder {
        /// How many numbers.
        count: usize,
        /// How many sessions.
        of: u16,
    },
    /// A rule of design that nobody can answer for is broken.
    #[error("the design breaks {}", lines(findings, Severity::Limit))]
    Limits {
        /// Everything found, limits and the rest.
        findings: Vec<Finding>,
    },
    /// An answer for a rule that does not exist.
    #[error("[rules] acknowledge: no rule is called \"{rule}\"; the nearest is \"{nearest}\"")]
    UnknownRule {
        /// As written.
        rule: String,
        /// Known id.
        nearest: &'static str,
    },
    /// An answer without a name or a reason.
    #[error("[rules] acknowledge: \"{rule}\" needs a name in `by` and a reason in `why`")]
    EmptyAnswer {
        /// As written.
        rule: String,
    },
    /// An answer for a limit.
    #[error("[rules] acknowledge: nobody can answer for a limit: {finding}")]
    AnswerForLimit {
        /// The limit.
        finding: Box<Finding>,
    },
    /// An answer for nothing: the design has changed since.
    #[error(
        "[rules] acknowledge: nothing to answer for: \"{rule}\" is not broken in {zone}; look again and remove the entry"
    )]
    StaleAnswer {
        /// As written.
        rule: String,
        /// As written, or "session".
        zone: String,
    },
}

fn lines(findings: &[Finding], severity: Severity) -> String {
    let lines: Vec<String> = findings.iter().filter(|f| f.severity == severity).map(ToString::to_string).collect();
    lines.join("; ")
}

/// What is wrong with a file that the scene names.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FileFault {
    /// Missing, or not allowed to be read.
    #[error("{0}: check the path, it is relative to the scene file")]
    Unreadable(String),
    /// Another format, or broken.
    #[error("not a PNG that can be read ({0}): export it as PNG, grey or RGB")]
    NotAPng(String),
    /// More than memory should hold.
    #[error("{width} x {height} pixels, at most {most}: make it smaller")]
    TooManyPixels {
        /// Pixels.
        width: usize,
        /// Pixels.
        height: usize,
        /// Pixels.
        most: usize,
    },
    /// Not three numbers.
    #[error("line {line} is not x,y,z")]
    Line {
        /// From 1.
        line: usize,
    },
    /// Nothing in it.
    #[error("no point in it: write x,y,z a line, in the coordinates of the scan's file")]
    NoPoint,
    /// A mistaken file.
    #[error("more than {most} points")]
    TooLong {
        /// Points.
        most: usize,
    },
}
