//! Colours and texture coordinates: from each format, through each repair, to the surface.

use frames::{Head, Point};
use nalgebra::Vector3;
use scan::{Attributes, Colour, Corners, Format, Surface, read_bytes};

use crate::bodies::{Body, sphere};

type OfVertices = Option<Vec<Option<Colour>>>;
type OfFaces = Option<Vec<Option<Corners>>>;

fn read(format: Format, bytes: impl Into<Vec<u8>>) -> (OfVertices, OfFaces) {
    let Attributes { colours, uv } = read_bytes(format, bytes.into()).unwrap().attributes;
    (colours, uv)
}

#[track_caller]
fn refuses(format: Format, bytes: impl Into<Vec<u8>>, words: &[&str]) {
    let said = read_bytes(format, bytes.into()).unwrap_err().to_string();
    for word in words {
        assert!(said.contains(word), "\"{word}\" is not in: {said}");
    }
}

fn ply(vertex: &str, face: &str, body: &str) -> String {
    format!(
        "ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\nproperty float y\nproperty float z\n{vertex}\
         element face 1\nproperty list uchar int vertex_indices\n{face}end_header\n{body}"
    )
}

const RGB: &str = "property uchar red\nproperty uchar green\nproperty uchar blue\n";

#[test]
fn ply_colours_by_type() {
    let bytes = ply(RGB, "", "0 0 0 255 0 51\n1 0 0 0 0 0\n0 1 0 1 2 3\n3 0 1 2\n");
    let (colours, uv) = read(Format::Ply, bytes);
    assert_eq!(colours.unwrap()[..2], [Some([1.0, 0.0, 0.2]), Some([0.0; 3])]);
    assert_eq!(uv, None);
    let float = RGB.replace("uchar", "float");
    let (colours, _) = read(Format::Ply, ply(&float, "", "0 0 0 1 0 0.25\n1 0 0 0 0.5 0\n0 1 0 0 0 0\n3 0 1 2\n"));
    assert_eq!(colours.unwrap(), [Some([1.0, 0.0, 0.25]), Some([0.0, 0.5, 0.0]), Some([0.0; 3])]);
    let short = RGB.replace("uchar", "ushort");
    let (colours, _) = read(Format::Ply, ply(&short, "", "0 0 0 65535 0 13107\n1 0 0 0 0 0\n0 1 0 0 0 0\n3 0 1 2\n"));
    assert_eq!(colours.unwrap()[0], Some([1.0, 0.0, 0.2]));
    let bytes = ply(&float, "", "0 0 0 1 0 0\n1 0 0 0 200 0\n0 1 0 0 0 0\n3 0 1 2\n");
    refuses(Format::Ply, bytes, &["vertex 1", "colour 200", "0 to 1"]);
    refuses(Format::Ply, ply("property uchar red\n", "", "0 0 0 1\n1 0 0 1\n0 1 0 1\n3 0 1 2\n"), &["green and blue"]);
}

#[test]
fn ply_texture_of_vertices_and_of_corners() {
    for names in [["s", "t"], ["u", "v"], ["texture_u", "texture_v"]] {
        let vertex = format!("property float {}\nproperty float {}\n", names[0], names[1]);
        let (_, uv) = read(Format::Ply, ply(&vertex, "", "0 0 0 0 0.5\n1 0 0 1 0.5\n0 1 0 0 1\n3 2 0 1\n"));
        assert_eq!(uv.unwrap(), [Some([[0.0, 1.0], [0.0, 0.5], [1.0, 0.5]])]);
    }
    let list = "property list uchar float texcoord\n";
    let (_, uv) = read(Format::Ply, ply("", list, "0 0 0\n1 0 0\n0 1 0\n3 2 0 1 6 0.1 0.2 0.3 0.4 0.5 0.6\n"));
    assert_eq!(uv.unwrap(), [Some([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]])]);
    let (_, uv) = read(Format::Ply, ply("", list, "0 0 0\n1 0 0\n0 1 0\n3 2 0 1 0\n"));
    assert_eq!(uv.unwrap(), [None]);
    let bytes = ply("", list, "0 0 0\n1 0 0\n0 1 0\n3 2 0 1 5 0.1 0.2 0.3 0.4 0.5\n");
    refuses(Format::Ply, bytes, &["face 0", "5 texture coordinates for 3 corners"]);
}

#[test]
fn obj_colours_where_given() {
    let (colours, uv) =
        read(Format::Obj, "v 0 0 0\nv 1 0 0 .25 .5 .75\nv 0 1 0 1 1 1 0.5\nv 0 0 2 2\nf 1 2 3\nf 1 2 4\n");
    assert_eq!(colours.unwrap(), [None, Some([0.25, 0.5, 0.75]), Some([1.0; 3]), None]);
    assert_eq!(uv, None);
    assert_eq!(read(Format::Obj, "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"), (None, None));
    refuses(Format::Obj, "v 0 0 0\nv 1 0 0 .5 .5\nv 0 1 0\nf 1 2 3\n", &["line 2", "5 numbers", "6 or 7"]);
    refuses(Format::Obj, "v 0 0 0\nv 1 0 0 1 2 3 4 5\nv 0 1 0\nf 1 2 3\n", &["line 2", "more than 7"]);
    refuses(Format::Obj, "v 0 0 0\nv 1 0 0 90 60 30\nv 0 1 0\nf 1 2 3\n", &["line 2", "colour 90", "0 to 1"]);
    refuses(Format::Obj, "v 0 0 0\nv 1 0 0 x 0 0\nv 0 1 0\nf 1 2 3\n", &["line 2", "\"x\" is no number"]);
}

#[test]
fn obj_texture_of_corners() {
    let square = "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nvt 0 0\nvt 1 0\nvt 1 1\nvt 0 1\n";
    let (colours, uv) = read(Format::Obj, format!("{square}f 1 2 3\nf 1/4 2/3/9 3/-3 4/1\nf 1/1 2/2 3\n"));
    assert_eq!(colours, None);
    // The same vertices with other texture coordinates: a seam.
    let turned = [Some([[0.0, 1.0], [1.0, 1.0], [1.0, 0.0]]), Some([[0.0, 1.0], [1.0, 0.0], [0.0, 0.0]])];
    assert_eq!(uv.unwrap(), [None, turned[0], turned[1], None]);
    refuses(Format::Obj, format!("{square}f 1/1 2/5 3/1\n"), &["line 9", "texture coordinate 5", "4 stand"]);
    refuses(Format::Obj, format!("{square}f 1/1 2/0 3/1\n"), &["line 9", "texture coordinate 0"]);
    refuses(Format::Obj, format!("{square}f 1/1 2/-5 3/1\n"), &["line 9", "texture coordinate -5"]);
    refuses(Format::Obj, "v 0 0 0\nvt\n", &["line 2", "0 numbers"]);
    refuses(Format::Obj, "v 0 0 0\nvt 1 2 3 4\n", &["line 2", "more than 3"]);
    refuses(Format::Obj, "v 0 0 0\nvt 1 x\n", &["line 2", "\"x\""]);
    // Numbered, but never written.
    assert_eq!(read(Format::Obj, "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1/1 2/2 3/3\n"), (None, None));
    let (_, uv) = read(Format::Obj, "v 0 0 0\nv 1 0 0\nv 0 1 0\nvt 0 nan\nvt 1 1\nf 1/2 2/2 3/1\nf 1/2 2/2 3/2\n");
    assert_eq!(uv.unwrap(), [None, Some([[1.0; 2]; 3])]);
}

/// A triangle with colours of 8 bits and texture coordinates of 16, and how many of each.
fn glb(colours: usize, texture: usize) -> Vec<u8> {
    let mut json = format!(
        r#"{{"asset":{{"version":"2.0"}},"scene":0,"scenes":[{{"nodes":[0]}}],"nodes":[{{"mesh":0}}],"meshes":[{{"primitives":[{{"attributes":{{"POSITION":0,"COLOR_0":1,"TEXCOORD_0":2}}}}]}}],"accessors":[{{"bufferView":0,"componentType":5126,"count":3,"type":"VEC3"}},{{"bufferView":1,"componentType":5121,"normalized":true,"count":{colours},"type":"VEC4"}},{{"bufferView":2,"componentType":5123,"normalized":true,"count":{texture},"type":"VEC2"}}],"bufferViews":[{{"buffer":0,"byteLength":36}},{{"buffer":0,"byteOffset":36,"byteLength":12}},{{"buffer":0,"byteOffset":48,"byteLength":12}}],"buffers":[{{"byteLength":60}}]}}"#
    );
    while !json.len().is_multiple_of(4) {
        json.push(' ');
    }
    let mut bin: Vec<u8> = Vec::new();
    bin.extend([0.0_f32, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0].iter().flat_map(|c| c.to_le_bytes()));
    bin.extend([0, 255, 55, 255, 0, 0, 0, 0, 1, 1, 1, 1]);
    bin.extend([0_u16, 0, 65535, 0, 0, 13107].iter().flat_map(|c| c.to_le_bytes()));
    let mut bytes = b"glTF\x02\0\0\0".to_vec();
    bytes.extend((28 + json.len() as u32 + bin.len() as u32).to_le_bytes());
    bytes.extend((json.len() as u32).to_le_bytes());
    bytes.extend(b"JSON");
    bytes.extend(json.as_bytes());
    bytes.extend((bin.len() as u32).to_le_bytes());
    bytes.extend(b"BIN\0");
    bytes.extend(bin);
    bytes
}

#[test]
fn glb_light_becomes_srgb_and_v_runs_up() {
    let (colours, uv) = read(Format::Glb, glb(3, 3));
    let [Some(first), Some(black), Some(dark)] = colours.unwrap()[..] else { panic!() };
    // 55/255 of the light is 0.5019 in sRGB (IEC 61966-2-1; 128 of 255, as tables give it); 1/255 is in the linear part.
    assert!((first[2] - 128.0 / 255.0).abs() < 1.5e-3 && first[..2] == [0.0, 1.0], "{first:?}");
    assert!((dark[0] - 12.92 / 255.0).abs() < 1e-3 && black.iter().all(|c| *c <= 0.0), "{dark:?}");
    let [Some(corners)] = uv.unwrap()[..] else { panic!() };
    let want = [[0.0, 1.0], [1.0, 1.0], [0.0, 0.8]];
    assert!(corners.iter().flatten().zip(want.as_flattened()).all(|(a, b)| (a - b).abs() < 1e-6), "{corners:?}");
}

#[test]
fn glb_of_other_counts_is_refused() {
    refuses(Format::Glb, glb(2, 3), &["accessor 1", "2 items for 3 vertices"]);
    refuses(Format::Glb, glb(3, 1), &["accessor 2", "1 items for 3 vertices"]);
    refuses(Format::Glb, glb(4, 3), &["accessor 1"]);
}

/// Affine in the place, so that interpolation is exact wherever it happens.
fn painted(p: Vector3<f64>) -> [f64; 3] {
    [0.5 + p.x, 0.4 + 2.0 * p.y, 0.3 + p.z - p.x]
}

fn unwrapped(p: Vector3<f64>) -> [f64; 2] {
    [3.0 * p.x - p.z, 1.0 + p.y + p.z]
}

/// Paints a body; `seam` adds 10 to u of the faces in front.
fn paint((vertices, faces): &Body, seam: f64) -> Attributes {
    let at = |v: u32| vertices[v as usize].coords.coords;
    let front = |f: &[u32; 3]| f.iter().map(|v| at(*v).y).sum::<f64>() > 0.0;
    let corner = |v: u32, shift: f64| {
        let [u, v] = unwrapped(at(v));
        [(u + shift) as f32, v as f32]
    };
    let uv = faces.iter().map(|f| Some(f.map(|v| corner(v, if front(f) { seam } else { 0.0 })))).collect();
    let colours = vertices.iter().map(|p| Some(painted(p.coords.coords).map(|c| c as f32))).collect();
    Attributes { colours: Some(colours), uv: Some(uv) }
}

/// Every vertex as often as faces use it, as a soup or a file with seams has them.
fn torn((vertices, faces): &Body) -> Body {
    let soup = faces.iter().flatten().map(|v| vertices[*v as usize]).collect();
    (soup, (0..faces.len() as u32).map(|f| [3 * f, 3 * f + 1, 3 * f + 2]).collect())
}

/// All faces carry what was painted; returns on how many there is nothing.
#[track_caller]
fn carries(body: &Body, seam: f64) -> (Surface, usize) {
    let (surface, _) = Surface::try_with(body.0.clone(), body.1.clone(), &paint(body, seam)).unwrap();
    assert!(surface.has_colours() && surface.has_uv());
    let mut bare = 0;
    for face in 0..surface.faces().len() as u32 {
        for bary in [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.2, 0.3, 0.5]] {
            let p = surface.at(face, bary).coords.coords;
            let (colour, [u, v]) = match (surface.colour_at(face, bary), surface.uv_at(face, bary)) {
                (Some(colour), Some(uv)) => (colour, uv),
                (None, None) => {
                    bare += 1;
                    break;
                }
                half => panic!("face {face}: {half:?}"),
            };
            let middle = surface.at(face, [1.0 / 3.0; 3]).coords.y;
            let [u0, v0] = unwrapped(p);
            let shift = if middle > 0.0 { seam } else { 0.0 };
            assert!((u - u0 - shift).abs() < 2e-6 && (v - v0).abs() < 1e-6, "face {face} at {p:?}: {u} {v}");
            let want = painted(p);
            assert!((0..3).all(|k| (colour[k] - want[k]).abs() < 1e-6), "face {face} at {p:?}: {colour:?}");
        }
    }
    (surface, bare)
}

#[test]
fn through_welding_with_a_seam() {
    let body = sphere([0.01, 0.0, 0.02], 0.1, 3);
    for body in [body.clone(), torn(&body)] {
        let (surface, bare) = carries(&body, 10.0);
        assert_eq!((surface.vertices().len(), bare), (642, 0));
    }
}

#[test]
fn through_turned_doubled_loose_and_missing_faces() {
    let (vertices, mut faces) = sphere([0.0; 3], 0.1, 3);
    faces[5].swap(0, 1);
    faces.push([faces[7][2], faces[7][0], faces[7][1]]);
    let (far, far_faces) = sphere([0.5, 0.0, 0.0], 0.01, 0);
    let mut body = crate::bodies::both((far, far_faces), (vertices, faces));
    assert_eq!(carries(&body, 10.0).1, 0);
    // A face that is missing leaves a hole of 42 mm around: it stays, and nothing else changes.
    body.1.remove(40);
    assert_eq!(carries(&body, 10.0).1, 0);
}

#[test]
fn filled_holes_are_bare() {
    // Edges of 1.7 mm and less: the fan around a vertex is 10 mm around, and too large; a pair of faces is filled.
    let (vertices, mut faces) = sphere([0.0; 3], 0.012, 3);
    let shared = |a: &[u32; 3], b: &[u32; 3]| a.iter().filter(|v| b.contains(v)).count() == 2;
    let second = (1..faces.len()).find(|f| shared(&faces[0], &faces[*f])).unwrap();
    faces.remove(second);
    faces.remove(0);
    let (surface, bare) = carries(&(vertices, faces), 0.0);
    assert_eq!((surface.is_closed(), bare), (true, 4));
}

#[test]
fn through_slivers() {
    // A cap: 2 lies on the side 0-1 of its face and is flipped into the neighbour.
    let point = |p: &[f64; 3]| Point::<Head>::new(p[0], p[1], p[2]);
    let cap = [[0.0, 0.0, 0.0], [0.01, 0.0, 0.0], [0.004, 1e-12, 0.0], [0.005, -0.01, 0.0], [0.006, 0.01, 0.0]];
    let body = (cap.iter().map(point).collect(), vec![[0, 1, 2], [1, 0, 3], [0, 2, 4], [2, 1, 4]]);
    let (surface, bare) = carries(&body, 0.0);
    assert_eq!((surface.faces().len(), bare), (4, 0));
    // A needle: its short side closes, and a corner of its neighbours moves by 2 um.
    let needle = [[0.0, 0.0, 0.0], [0.01, 0.0, 0.0], [0.01, 2e-6, 0.0], [0.0, 0.01, 0.0], [0.02, 0.0, 0.0]];
    let body = (needle.iter().map(point).collect(), vec![[0, 1, 2], [0, 2, 3], [1, 4, 2]]);
    assert_eq!(carries(&body, 0.0).1, 0);
}

#[test]
fn nothing_where_there_is_nothing() {
    let (vertices, faces) = sphere([0.0; 3], 0.1, 1);
    let (surface, _) = Surface::try_new(vertices.clone(), faces.clone()).unwrap();
    assert!(!surface.has_colours() && !surface.has_uv());
    assert_eq!((surface.colour_at(0, [1.0, 0.0, 0.0]), surface.uv_at(0, [1.0, 0.0, 0.0])), (None, None));
    let short = Attributes { colours: Some(vec![None; 3]), uv: None };
    let said = Surface::try_with(vertices.clone(), faces.clone(), &short).unwrap_err().to_string();
    assert!(said.contains("3 colours for a mesh of 42"), "{said}");
    let short = Attributes { colours: None, uv: Some(Vec::new()) };
    let said = Surface::try_with(vertices, faces, &short).unwrap_err().to_string();
    assert!(said.contains("0 texture coordinates for a mesh of 80"), "{said}");
}
