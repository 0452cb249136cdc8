//! Makes the head that the product treats when it is given no other: `assets/heads/adult.ply`.
//!
//! In: published anthropometry, written in the source as tables. Out: a closed mesh, mm, RAS; its measures,
//! landmarks and a hairline on standard output. `--check` makes it again in memory and fails if the file differs.
//! Absent: any mesh of a person.
#![expect(clippy::print_stdout, reason = "a program whose output is text")]

mod clay;
mod ear;
mod face;
mod head;
mod march;
mod marks;
mod mesh;
mod ply;
mod remesh;
mod skull;

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            println!("error: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/heads");
    let file = folder.join("adult.ply");
    let head = head::Head::new().ok_or("the points of the skull are dependent: two of them lie in one direction")?;
    println!("skull: {:.2} mm rms from the sections of the table", head.skull.residue);
    let field = |p: &clay::Vec3| head.distance(p);
    let edge = |p: &clay::Vec3| head.edge(p);
    let first = march::march(&field);
    let mesh = remesh::remesh(&first, &field, &edge, 12).sorted().rounded();
    let sound = mesh.soundness();
    println!(
        "mesh: {} points, {} triangles, {} bad edges, Euler {}, {} part(s), quality {:.2} (least {:.2}), least area {:.3} mm2",
        mesh.points.len(),
        mesh.faces.len(),
        sound.bad_edges,
        sound.euler,
        sound.parts,
        sound.mean_quality,
        sound.least_quality,
        sound.least_area
    );
    let marks = marks::Marks::of(&mesh).ok_or("a landmark's ray misses the head")?;
    print!("{marks}");
    if !sound.is_sound() {
        return Err(format!("the mesh is not a closed, oriented sphere: {sound:?}"));
    }
    let bytes = ply::write(&mesh);
    let text = read(&folder.join("README.md"))?;
    let text = String::from_utf8(text).map_err(|e| format!("README.md: {e}"))?;
    let fresh = with_marks(&text, &marks.to_string()).ok_or("README.md: no block between the lines ```toml and ```")?;
    if std::env::args().any(|a| a == "--check") {
        if read(&file)? != bytes {
            return Err(format!("{} differs from what this program makes; run without --check", file.display()));
        }
        if text != fresh {
            return Err("assets/heads/README.md has other marks than this program prints; run without --check".into());
        }
        println!("{} is what this program makes", file.display());
    } else {
        write(&file, &bytes)?;
        write(&folder.join("README.md"), fresh.as_bytes())?;
        println!("wrote {} ({} bytes)", file.display(), bytes.len());
    }
    Ok(())
}

/// The text with its TOML block replaced.
fn with_marks(text: &str, marks: &str) -> Option<String> {
    let (before, rest) = text.split_once("```toml\n")?;
    let (_, after) = rest.split_once("```")?;
    Some(format!("{before}```toml\n{marks}```{after}"))
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|e| format!("{}: {e}", path.display()))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    std::fs::write(path, bytes).map_err(|e| format!("{}: {e}", path.display()))
}
