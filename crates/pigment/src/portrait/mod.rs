//! `pigment preview`: the scalp as it will look, from where people stand.
//!
//! In: a scene, times, distances. Out: a picture a time and distance, and one sheet of all of them. Absent: arm, plan,
//! simulation; texture of the skin (pores, veins, sheen), which is not dots and is nowhere measured for scalps.
//!
//! Every picture is what one eye sees: perspective from the true distance, [`window::ARCMIN`] a pixel, blurred as the eye blurs.

mod sheet;
mod sight;
mod window;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use frames::Metres;
use rayon::prelude::*;
use record::{Ground, Mark, Mesh, OWN, Seen};
use serde::Serialize;

use crate::cli::PreviewArgs;
use crate::looks::{DotLook, Finished, Looks, When};
use crate::{Failure, SceneFile, progress};
use sight::Sight;
use window::{ARCMIN, MARGIN, Window};

/// A side of a picture, pixels: 240 arc minutes, 21 mm at 0.3 m.
const SIDE: usize = 600;
/// The head is drawn this much smaller.
const HEAD_REDUCED: usize = 4;
/// Nearer an eye does not focus; farther a head is a few pixels.
const DISTANCES: [f64; 2] = [0.1, 20.0];

/// One time seen from one distance.
#[derive(Debug, Clone, Serialize)]
struct Shot {
    when: When,
    distance_m: f64,
    #[serde(flatten)]
    sight: Sight,
    file: PathBuf,
    #[serde(skip)]
    seen: Seen,
}

/// One time.
#[derive(Debug, Clone)]
struct Row {
    when: When,
    head: Seen,
    shots: Vec<Shot>,
}

/// Draws the scene at every time from every distance, and says where the pictures are.
///
/// # Errors
/// What is wrong with the scene or the options; what cannot be written.
pub fn preview(args: &PreviewArgs, json: bool) -> Result<String, Failure> {
    let distances = distances(&args.distance)?;
    let file = SceneFile::read(&args.scene)?;
    let out = args.output.clone().unwrap_or_else(|| Path::new("preview").join(file.name()));
    let bar = progress::working("stippling all sessions");
    let finished = Finished::lay(file)?;
    let place = args.at.as_deref().map(point).transpose()?;
    let window = Window::find(&finished, args.zone.as_deref(), place)?;
    bar.set_message("drawing");
    let whens = if args.when.is_empty() { When::all() } else { args.when.clone() };
    let rows = rows(&finished, &window, &whens, &distances, &out, args.sharp)?;
    let name = finished.treatment.file.name();
    let sheet = sheet::compose(&finished, &rows, args.sharp).png_indexed();
    let contact = match &args.sheet {
        Some(alone) => alone.clone(),
        None => {
            std::fs::create_dir_all(&out).map_err(|e| Failure::file(&out, e))?;
            rows.par_iter().try_for_each(|row| {
                write(&out.join(format!("{name}-{}-head.png", row.when.key())), row.head.picture().png())?;
                row.shots.iter().try_for_each(|shot| write(&shot.file, shot.seen.picture().png()))
            })?;
            out.join(format!("{name}.png"))
        }
    };
    write(&contact, sheet)?;
    bar.finish_and_clear();
    Ok(said(&contact, &rows, json))
}

fn write(file: &Path, bytes: Result<Vec<u8>, record::RecordError>) -> Result<(), Failure> {
    let bytes = bytes.map_err(|e| Failure::Run(e.to_string()))?;
    record::write_atomic(file, &bytes).map_err(|e| Failure::Input(e.to_string()))
}

fn distances(given: &[f64]) -> Result<Vec<f64>, Failure> {
    let [near, far] = DISTANCES;
    match given.iter().find(|d| !(near..=far).contains(*d)) {
        Some(wrong) => Err(Failure::Input(format!("--distance {wrong}: from {near} to {far} metres"))),
        None => Ok(given.to_vec()),
    }
}

/// `X,Y,Z`.
fn point(text: &str) -> Result<[f64; 3], Failure> {
    let numbers: Vec<f64> = text.split(',').filter_map(|t| t.trim().parse().ok()).collect();
    match <[f64; 3]>::try_from(numbers) {
        Ok(p) if text.split(',').count() == 3 && p.iter().all(|c| c.is_finite()) => Ok(p),
        _ => Err(Failure::Input(format!("--at {text:?}: write X,Y,Z in the coordinates of the scan's file"))),
    }
}

fn rows(
    finished: &Finished,
    window: &Window,
    whens: &[When],
    distances: &[f64],
    out: &Path,
    sharp: bool,
) -> Result<Vec<Row>, Failure> {
    let treatment = &finished.treatment;
    let surface = &treatment.scan.surface;
    let mesh = Mesh {
        vertices: surface.vertices(),
        normals: surface.vertex_normals(),
        faces: surface.faces(),
        colour: [255; 3],
        tint: None,
    };
    let eyes: Vec<_> = distances.iter().map(|d| window.eye(Metres::new(*d), [SIDE; 2])).collect();
    let grounds: Vec<Ground> = eyes.par_iter().map(|eye| Ground::new(&mesh, eye)).collect();
    let head = Ground::new(&mesh, &window.head(treatment));
    let lightness = treatment.person.lightness();
    let name = treatment.file.name();
    let row = |when: &When| {
        let looks = finished.looks(*when)?;
        let marks: Vec<Mark> = looks.dots.iter().flat_map(marks).collect();
        let shot = |(ground, distance): (&Ground, &f64)| {
            let (seen, sight) = see(ground, &looks, &marks, lightness, sharp);
            let file = out.join(format!("{name}-{}-{distance}m.png", when.key()));
            Shot { when: *when, distance_m: *distance, sight, file, seen }
        };
        let shots = grounds.iter().zip(distances).map(shot).collect();
        let head = head.paint(looks.skin, &marks).through_the_eye(ARCMIN, OWN).without(MARGIN).reduced(HEAD_REDUCED);
        Ok(Row { when: *when, head, shots })
    };
    whens.par_iter().map(row).collect()
}

/// As an eye sees it, and how well that shows single dots.
fn see(ground: &Ground, looks: &Looks, marks: &[Mark], lightness: f64, sharp: bool) -> (Seen, Sight) {
    let plain = ground.paint(looks.skin, marks);
    let sight = Sight::of(&plain.without(MARGIN), &ground.paint(looks.skin, &[]).without(MARGIN), ARCMIN, lightness);
    let seen = if sharp { plain } else { plain.through_the_eye(ARCMIN, OWN) };
    (seen.without(MARGIN), sight)
}

/// `exp(-r)/(2*pi)` as three Gaussians: weights and standard deviations. Fitted by least squares: off by 0.02 of the middle's
/// value from 0.2 on, and by 0.10 in the very middle, where the sharp part is.
const HALO: [(f64, f64); 3] = [(0.034_773, 0.325_660), (0.348_748, 0.920_832), (0.616_479, 1.980_216)];

/// The sharp part and the halo of a dot or hair.
fn marks(look: &DotLook) -> impl Iterator<Item = Mark> + use<> {
    let look = *look;
    let part = move |sigma: Metres, part: f64| {
        let taken = look.taken.map(|t| t * part);
        Mark { at: look.at, normal: look.normal, sigma, taken, half: look.half }
    };
    let wide = if look.sharp < 1.0 { &HALO[..] } else { &[] };
    let halo = wide.iter().map(move |(weight, sigma)| part(look.halo * *sigma, (1.0 - look.sharp) * weight));
    std::iter::once(part(look.core, look.sharp)).chain(halo)
}

fn said(contact: &Path, rows: &[Row], json: bool) -> String {
    if json {
        let shots: Vec<&Shot> = rows.iter().flat_map(|row| &row.shots).collect();
        let octaves = sight::OCTAVES;
        return serde_json::json!({ "sheet": contact, "arcmin_per_pixel": ARCMIN, "octaves_cpd": octaves, "shots": shots })
            .to_string();
    }
    let mut text = format!("{}\n", contact.display());
    text += "L* of the patch, and how far over the threshold of sight its texture is (below 1 it looks even):\n";
    for row in rows {
        let _ = write!(text, "{:>20}", row.when.to_string());
        for shot in &row.shots {
            let _ =
                write!(text, "   {} m: L* {:.1}, {:.1} x", shot.distance_m, shot.sight.lightness, shot.sight.best());
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
    use frames::{Dir, PerSquareMetre, Point};
    use record::Eye;
    use skin::{Person, Stipple};

    use super::*;
    use crate::looks::tests::{field, site};

    const REACH: f64 = 40e-3;

    /// The plane y = 0 from straight before it.
    fn wall(distance: f64, side: usize) -> Ground {
        let corner = |x: f64, z: f64| Point::new(x, 0.0, z);
        let vertices = [corner(-0.1, -0.1), corner(0.1, -0.1), corner(0.1, 0.1), corner(-0.1, 0.1)];
        let (normals, faces) = ([Dir::Y; 4], [[0, 2, 1], [0, 3, 2]]);
        let mesh = Mesh { vertices: &vertices, normals: &normals, faces: &faces, colour: [0; 3], tint: None };
        let pixel = ARCMIN * std::f64::consts::PI / 10_800.0;
        let at = Point::new(0.0, distance, 0.0);
        Ground::new(&mesh, &Eye { at, towards: Point::ORIGIN, up: Dir::Z, pixel, width: side, height: side })
    }

    fn sight(person: &Person, per_cm2: f64, shade: f64, mm: f64, distance: f64, side: usize) -> Sight {
        let looks = field(person, per_cm2, &site(person, shade, mm), REACH);
        let marks: Vec<Mark> = looks.dots.iter().flat_map(marks).collect();
        see(&wall(distance, side), &looks, &marks, person.lightness(), false).1
    }

    /// An even patch loses what skin's law says, within 3 %, on light, medium and dark skin, from any distance.
    #[test]
    fn a_patch_is_as_dark_as_the_law_says() {
        for person in [Person::LIGHT, Person::MEDIUM, Person::DARK] {
            let (shade, mm) = (0.6, 0.20);
            let planned = site(&person, shade, mm);
            let law = skin::reflectance(&Stipple {
                lightness: person.lightness(),
                density: PerSquareMetre::from_per_cm2(80.0),
                diameter: planned.healed,
                column: skin::column(planned.target, person.facts(planned.zone).epidermis).unwrap(),
                absorption: -(1.0_f64 - shade).ln() / planned.healed.get(),
            });
            let want = 1.0 - law.unwrap() / skin::reflectance_of(person.lightness());
            for (distance, side) in [(0.5, 600), (1.0, 600), (2.0, 300)] {
                let got = sight(&person, 80.0, shade, mm, distance, side).taken;
                assert!((got / want - 1.0).abs() < 0.03, "{distance} m: {got} {want}");
            }
        }
    }

    /// 20 x 20 mm at 0.3 m: dots of 80/cm2 stand 5 to a degree and are seen; at 2 m they stand 31 to a degree and are not.
    #[test]
    fn dots_are_seen_near_and_fuse_far() {
        let seen = |distance, side| sight(&Person::LIGHT, 80.0, 0.5, 0.18, distance, side).over_threshold;
        let (near, far) = (seen(0.3, 600), seen(2.0, 300));
        assert!(near[1] > 2.0, "{near:?}");
        assert!(far[3] < 1.0 && far[4] < 1.0, "{far:?}");
    }
}
