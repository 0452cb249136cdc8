//! Masks: the scan's colours, pictures by texture coordinates and from every side; and files that are no pictures.

use std::path::{Path, PathBuf};

use super::zones::{ONCE, above, compiled, seen, zone};
use super::*;

/// A grey PNG whose left half is black and whose right half is white, one dark row at the top.
fn png(dir: &Path) -> PathBuf {
    let path = dir.join("half.png");
    let file = std::fs::File::create(&path).unwrap();
    let mut encoder = png::Encoder::new(file, 40, 20);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let pixels: Vec<u8> = (0..800).map(|k| if k >= 40 && k % 40 >= 20 { 255 } else { 0 }).collect();
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
    path
}

fn masked(scan: &Scan, mask: &str) -> Fields {
    compiled(scan, &zone("mask", &format!("density_per_cm2 = 60\nmask = {{ {mask} }}"), ONCE))
}

#[test]
fn from_above_right_is_right_and_front_is_up() {
    let scan = head();
    let dir = tempfile::tempdir().unwrap();
    let image = png(dir.path());
    let fields = masked(&scan, &format!("image = {image:?}, by = \"top\""));
    assert!((seen(&fields, &scan, 30.0, -10.0) - 60.0).abs() < 1e-9 && seen(&fields, &scan, -30.0, -10.0).abs() < 1e-9);
    // Between two pixels linear: the middle is half.
    assert!((seen(&fields, &scan, 0.0, -10.0) - 30.0).abs() < 0.1);
    // 20 mm wide around a place: a pixel is half a millimetre, and beyond the picture there is nothing.
    let centre = above(&scan, -30.0, -10.0);
    let small = masked(&scan, &format!("image = {image:?}, by = \"top\", centre = {centre:?}, width_mm = 20"));
    for (right, forward, want) in [
        (-25.0, -10.0, 60.0),
        (-35.0, -10.0, 0.0),
        (-19.5, -10.0, 0.0),
        (-25.0, -4.8, 0.0),
        (-25.0, -5.8, 60.0),
        (-25.0, -15.4, 0.0),
    ] {
        let got = seen(&small, &scan, right, forward);
        assert!((got - want).abs() < 1e-9, "{right} {forward}: {got}");
    }
}

#[test]
fn from_the_sides_only_what_faces_the_viewer() {
    let scan = head();
    let dir = tempfile::tempdir().unwrap();
    let image = png(dir.path());
    let on = |by: &str, p: [f64; 3], towards: Dir<Head>| {
        let fields = masked(&scan, &format!("image = {image:?}, by = \"{by}\""));
        let from = Point::from(Vector3::from(p) * 1e-3);
        let hit = scan.surface.cast(from + -towards * Metres::new(0.3), towards, Metres::new(0.6)).unwrap();
        per_cm2(&fields, &scan, hit.point.coords.coords)
    };
    // White is the right half as the viewer sees it: the subject's left from in front, his right from behind, his back
    // from his left, his front from his right.
    for (by, bright, towards) in [
        ("front", [-20.0, 0.0, 100.0], -Dir::Y),
        ("back", [20.0, 0.0, 60.0], Dir::Y),
        ("left", [0.0, -30.0, 90.0], Dir::X),
        ("right", [0.0, 30.0, 90.0], -Dir::X),
    ] {
        let dark = match by {
            "front" | "back" => [-bright[0], bright[1], bright[2]],
            _ => [bright[0], -bright[1], bright[2]],
        };
        assert!((on(by, bright, towards) - 60.0).abs() < 1e-9, "{by}");
        assert!(on(by, dark, towards).abs() < 1e-9, "{by}");
        // The same places of the picture on the skin that turns its back.
        assert!(on(by, bright, -towards).abs() < 1e-9, "{by}");
    }
}

/// A ball with a colour and texture coordinates at each corner: red to the right, u to the right, v forward.
fn coloured() -> Scan {
    let plain = crate::made_head().unwrap();
    let (vertices, faces) = (plain.surface.vertices().to_vec(), plain.surface.faces().to_vec());
    let right = |p: &Point<Head>| (0.5 + p.coords.x / 0.152) as f32;
    let forward = |p: &Point<Head>| (0.5 + p.coords.y / 0.196) as f32;
    let attributes = scan::Attributes {
        colours: Some(vertices.iter().map(|p| Some([right(p), 0.0, 1.0 - right(p)])).collect()),
        uv: Some(
            faces
                .iter()
                .map(|f| Some(f.map(|v| [right(&vertices[v as usize]), forward(&vertices[v as usize])])))
                .collect(),
        ),
    };
    let (surface, _) = scan::Surface::try_with(vertices, faces, &attributes).unwrap();
    Scan { surface: surface.into(), ..plain }
}

#[test]
fn by_colour_and_by_texture() {
    let scan = coloured();
    let red = masked(&scan, "colours = \"red\"");
    let blue = masked(&scan, "colours = \"blue\"");
    for right in [-40.0, 0.0, 25.0] {
        let want = 60.0 * (0.5 + right / 152.0);
        let got = (seen(&red, &scan, right, 0.0), seen(&blue, &scan, right, 0.0));
        assert!((got.0 - want).abs() < 0.3 && (got.1 - (60.0 - want)).abs() < 0.3, "{right}: {got:?} {want}");
    }
    assert!(seen(&masked(&scan, "colours = \"green\""), &scan, 0.0, 0.0).abs() < 1e-9);
    let dir = tempfile::tempdir().unwrap();
    let fields = masked(&scan, &format!("image = {:?}, by = \"uv\"", png(dir.path())));
    assert!((seen(&fields, &scan, 20.0, 0.0) - 60.0).abs() < 1e-9 && seen(&fields, &scan, -20.0, 0.0).abs() < 1e-9);
}

#[test]
fn what_is_no_mask() {
    let scan = head();
    let mask = |mask: &str| zone("mask", &format!("density_per_cm2 = 60\n{mask}"), ONCE);
    let dir = tempfile::tempdir().unwrap();
    let image = png(dir.path());
    refuses(&scan, &mask(""), "give either mask");
    refuses(&scan, &mask("mask = {}"), "give either mask");
    refuses(&scan, &mask(&format!("mask = {{ image = {image:?} }}")), "give either mask");
    refuses(&scan, &mask(&format!("mask = {{ image = {image:?}, by = \"uv\", width_mm = 3 }}")), "give either mask");
    refuses(&scan, &mask("mask = { colours = \"red\" }"), "has no vertex colours: export it as");
    refuses(&scan, &mask(&format!("mask = {{ image = {image:?}, by = \"uv\" }}")), "has no texture coordinates");
    refuses(
        &scan,
        &mask(&format!("mask = {{ image = {image:?}, by = \"top\", width_mm = 0 }}")),
        "mask.width_mm = 0 is outside",
    );
    refuses(&scan, &mask("mask = { image = \"/no/such.png\", by = \"top\" }"), "/no/such.png: No such file");
    for (name, bytes) in
        [("text.png", &b"hello"[..]), ("empty.png", b""), ("cut.png", &std::fs::read(&image).unwrap()[..60])]
    {
        let path = dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        refuses(&scan, &mask(&format!("mask = {{ image = {path:?}, by = \"top\" }}")), "not a PNG that can be read");
    }
}

/// A bad file may say anything but must not stop the program.
#[test]
fn broken_pngs_never_panic() {
    let scan = head();
    let dir = tempfile::tempdir().unwrap();
    let good = std::fs::read(png(dir.path())).unwrap();
    let path = dir.path().join("broken.png");
    for k in 0..good.len() {
        let mut bytes = good.clone();
        bytes[k] ^= 0x5a;
        std::fs::write(&path, &bytes).unwrap();
        let text = format!("density_per_cm2 = 60\nmask = {{ image = {path:?}, by = \"top\" }}");
        match compile(&zone("mask", &text, ONCE), &scan, &Person::LIGHT) {
            Ok(_) | Err(DesignError::File { .. }) => {}
            Err(other) => panic!("byte {k}: {other}"),
        }
    }
}
