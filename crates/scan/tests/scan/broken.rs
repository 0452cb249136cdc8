//! Every broken or odd file of the test data ends soon, without a panic, in a mesh or in a sentence.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use scan::{Format, LandmarksIn, RawMesh, ScanError, Surface, load, read, read_bytes};

use crate::bodies::keeps_its_promises;
use crate::data::data;

const SOON: Duration = Duration::from_secs(5);

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
    found.sort();
}

/// A sentence a person can act on: what, where, and no dump.
#[track_caller]
fn readable(said: &str) {
    assert!((10..500).contains(&said.len()), "{said}");
    assert!(!said.contains('\n') && !said.contains("Error {") && !said.ends_with('.'), "{said}");
}

#[test]
fn all_end_soon_in_a_mesh_or_a_sentence() {
    let Some(folder) = data("malformed") else { return };
    let mut all = Vec::new();
    files(&folder, &mut all);
    assert!(all.len() > 130);
    let (mut meshes, mut refused) = (0, 0);
    for path in all {
        let began = Instant::now();
        match read(&path) {
            Ok(raw) => {
                meshes += 1;
                let vertices = raw.vertices.iter().map(|v| frames::Point::new(v[0], v[1], v[2])).collect();
                match Surface::try_new(vertices, raw.faces) {
                    Ok((surface, _)) => keeps_its_promises(&surface),
                    Err(fault) => readable(&fault.to_string()),
                }
            }
            Err(fault) => {
                refused += 1;
                readable(&fault.to_string());
            }
        }
        assert!(began.elapsed() < SOON, "{} took {:?}", path.display(), began.elapsed());
    }
    assert!(meshes > 60 && refused > 40, "{meshes} read, {refused} refused");
}

/// Bytes of memory for a byte of file, and for any file.
const MEMORY: (u64, u64) = (50, 256 << 10);

/// Every mesh of the manifest is read or refused as its row expects, in memory that its size explains.
#[test]
fn as_the_manifest_expects() {
    let Some(folder) = data("malformed") else { return };
    let manifest = std::fs::read_to_string(folder.join("manifest.csv")).unwrap();
    let (mut read_as_expected, mut refused_as_expected, mut rows) = (0, 0, 0);
    for row in manifest.lines().skip(1) {
        let file = row.split(',').next().unwrap();
        // Not meshes; and a PLY that its row takes for one with extra elements, but whose element of faces is missing.
        if file.ends_with(".urdf") || file.ends_with("issue623.ply") {
            continue;
        }
        rows += 1;
        let expected = row.rsplit_once("\",").or_else(|| row.rsplit_once(',')).unwrap().1;
        let expected = if row.ends_with('"') { row.rsplit('"').nth(1).unwrap() } else { expected };
        let path = folder.join(file);
        let size = std::fs::metadata(&path).unwrap().len();
        let mut outcome = None;
        let used = allocation_counter::measure(|| {
            outcome = Some(read(&path).map(|raw| {
                let vertices = raw.vertices.iter().map(|v| frames::Point::new(v[0], v[1], v[2])).collect();
                // Millimetre-sized test bodies are dust in metres: what is left of them is not judged here.
                Surface::try_new(vertices, raw.faces).map(|_| ()).err()
            }));
        });
        let used = used.bytes_max;
        assert!(used <= MEMORY.0 * size + MEMORY.1, "{file}: {used} bytes of memory for {size}");
        let refused = outcome.unwrap().map_err(|fault| readable(&fault.to_string())).is_err();
        let either = expected.contains(" or ");
        let last = expected.rsplit(',').next().unwrap_or_default();
        if expected.contains("reject") && !either {
            assert!(refused, "{file}: {expected}");
            refused_as_expected += 1;
        } else if ["accept", "triangulate", "report"].iter().any(|w| expected.contains(w)) {
            assert!(!refused, "{file}: {last}");
            read_as_expected += 1;
        }
    }
    assert_eq!((rows, read_as_expected, refused_as_expected), (131, 20, 20));
}

#[track_caller]
fn accepts(file: &str, vertices: usize, faces: usize) {
    let Some(path) = data(&format!("malformed/{file}")) else { return };
    let RawMesh { vertices: v, faces: f, .. } = read(&path).unwrap();
    assert_eq!((v.len(), f.len()), (vertices, faces), "{file}");
}

#[track_caller]
fn refuses(file: &str, words: &[&str]) {
    let Some(path) = data(&format!("malformed/{file}")) else { return };
    let nowhere =
        LandmarksIn { nasion: [0.0; 3], inion: [0.0; 3], left_preauricular: [0.0; 3], right_preauricular: [0.0; 3] };
    let said = load(&path, None, &nowhere).unwrap_err().to_string();
    readable(&said);
    let name = path.file_name().unwrap().to_str().unwrap();
    for word in words.iter().chain([&name]) {
        assert!(said.contains(word), "\"{word}\" is not in: {said}");
    }
}

#[test]
fn odd_but_valid_obj() {
    accepts("assimp/OBJ/box.obj", 8, 12);
    accepts("assimp/OBJ/box_longline.obj", 8, 944);
    accepts("assimp/OBJ/box_without_lineending.obj", 8, 12);
    accepts("assimp/OBJ/concave_polygon.obj", 64, 64);
    accepts("trimesh/negative_indices.obj", 8, 12);
    accepts("trimesh/nancolor.obj", 8, 12);
    accepts("trimesh/polygonfaces.obj", 5, 3);
    accepts("trimesh/jacked.obj", 8, 12);
    accepts("trimesh/joined_tetrahedra.obj", 5, 8);
    accepts("trimesh/singlevn.obj", 4, 2);
}

#[test]
fn odd_but_valid_ply() {
    accepts("assimp/PLY/cube.ply", 8, 12);
    accepts("assimp/PLY/cube_binary.ply", 8, 12);
    accepts("assimp/PLY/cube_binary_header_with_RN_newline.ply", 8, 12);
    accepts("assimp/PLY/cube_binary_starts_with_nl.ply", 8, 12);
    accepts("assimp/PLY/float-color.ply", 3, 1);
    accepts("trimesh/multi.ply", 4, 2);
    accepts("trimesh/metadata.ply", 4, 2);
}

#[test]
fn odd_but_valid_stl_and_glb() {
    accepts("assimp/STL/triangle_with_empty_solid.stl", 3, 1);
    accepts("assimp/STL/triangle_with_two_solids.stl", 6, 2);
    accepts("trimesh/two_objects_mixed_case_names.stl", 72, 24);
    accepts("assimp/STL/sphereWithHole.stl", 855, 285);
    accepts("trimesh/soup.stl", 300, 100);
    accepts("assimp/glTF2/BoxBadNormals-glTF-Binary/BoxBadNormals.glb", 24, 12);
}

#[test]
fn refused_with_the_place() {
    refuses("assimp/OBJ/box_UTF16BE.obj", &["line 1", "UTF-16"]);
    refuses("assimp/invalid/empty.obj", &["empty"]);
    refuses("assimp/invalid/malformed.obj", &["line "]);
    refuses("assimp/invalid/malformed2.obj", &["line "]);
    refuses("trimesh/notenoughindices.obj", &["line ", "2 corners"]);
    refuses("trimesh/empty.obj", &["no triangle"]);
    refuses("assimp/PLY/points.ply", &["no triangle"]);
    refuses("trimesh/points_emptyface.ply", &["no triangle"]);
    refuses("trimesh/empty.ply", &["no triangle"]);
    refuses("assimp/invalid/empty.ply", &["PLY"]);
    refuses("assimp/invalid/crash-30d6d0f7c529b3b66b4131700b7a4580cd7082df.ply", &["PLY", "line 7", "property"]);
    refuses("trimesh/empty.stl", &["no triangle"]);
    refuses("trimesh/emptyIO/stl_empty_bin.stl", &["no triangle"]);
    refuses("assimp/glTF2/BoxWithInfinites-glTF-Binary/BoxWithInfinites.glb", &["vertex", "not finite"]);
    refuses("wild/LeePerrySmith_utf8_mangled.glb", &["767410159 bytes", "cut off"]);
    refuses("assimp/invalid/OutOfMemory.off", &["PLY, OBJ, STL or GLB"]);
    refuses("assimp/glTF2/RecursiveNodes/RecursiveNodes.gltf", &["PLY, OBJ, STL or GLB"]);
}

#[track_caller]
fn says(format: Format, bytes: &[u8], words: &[&str]) {
    let said = read_bytes(format, bytes.to_vec()).unwrap_err().to_string();
    readable(&said);
    for word in words {
        assert!(said.contains(word), "\"{word}\" is not in: {said}");
    }
}

#[test]
fn headers_that_promise_too_much() {
    let ply = |count: &str, rest: &str| {
        format!(
            "ply\nformat binary_little_endian 1.0\nelement vertex {count}\nproperty float x\nproperty float y\n\
             property float z\nelement face {count}\nproperty list uchar int vertex_indices\nend_header\n{rest}"
        )
    };
    for count in ["4000000000", "18446744073709551615", "3"] {
        says(Format::Ply, ply(count, "123").as_bytes(), &["PLY", "announces", "3 follow", "cut off"]);
    }
    says(Format::Ply, ply("99999999999999999999999", "").as_bytes(), &["line 3"]);
    let empty = "ply\nformat ascii 1.0\nelement nothing 9999999999\nelement vertex 1\nproperty float x\nend_header\n";
    says(Format::Ply, empty.as_bytes(), &["element nothing has no properties"]);
    let twice = "ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float x\nend_header\n1 1\n";
    says(Format::Ply, twice.as_bytes(), &["twice"]);
    let mut stl = vec![0; 84];
    stl[80..].copy_from_slice(&u32::MAX.to_le_bytes());
    says(Format::Stl, &stl, &["4294967295 triangles", "84", "cut off"]);
    let mut glb = b"glTF\x02\0\0\0\0\0\0\0\0\0\0\0JSON".to_vec();
    says(Format::Glb, &glb, &["0 bytes"]);
    glb[8..12].copy_from_slice(&u32::MAX.to_le_bytes());
    says(Format::Glb, &glb, &["4294967295 bytes", "cut off"]);
}

#[test]
fn not_finite_is_named() {
    let obj = "v 0 0 0\nv 1 0 0\nv 0 nan 0\nf 1 2 3\n";
    says(Format::Obj, obj.as_bytes(), &["line 3", "vertex 2", "nan"]);
    says(Format::Obj, b"v 1e999 0 0", &["line 1", "not finite"]);
    let mut stl = vec![0; 84 + 50];
    stl[80] = 1;
    stl[84 + 24..84 + 28].copy_from_slice(&f32::NAN.to_le_bytes());
    says(Format::Stl, &stl, &["vertex 1 is not finite"]);
    let ascii = "solid a\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 nan\nvertex 0 1 0\nendloop\nendfacet\nendsolid";
    says(Format::Stl, ascii.as_bytes(), &["line 2", "NaN"]);
    let ply = "ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\nproperty float y\nproperty float z\nelement face 1\n\
               property list uchar int vertex_indices\nend_header\n0 0 0\n1 nan 0\n0 1 0\n3 0 1 2\n";
    says(Format::Ply, ply.as_bytes(), &["line 11"]);
}

#[test]
fn bad_indices_are_named() {
    says(Format::Obj, b"v 0 0 0\nf 1 2 3\n", &["line 2", "vertex 2", "1 stand before it"]);
    says(Format::Obj, b"v 0 0 0\nf -1 -2 -3\n", &["line 2", "vertex -2"]);
    says(Format::Obj, b"v 0 0 0\nf -9223372036854775808 1 1\n", &["line 2"]);
    says(Format::Obj, b"v 0 0 0\nf 0 0 0\n", &["line 2", "vertex 0"]);
    says(Format::Obj, b"v 0 0 0\nf 1/1 a/2 1\n", &["line 2", "\"a/2\""]);
    says(Format::Obj, b"v 1 2\n", &["line 1", "2 numbers"]);
    let ply = |index: &str| {
        format!(
            "ply\nformat ascii 1.0\nelement face 1\nproperty list uchar int vertex_indices\nelement vertex 3\n\
             property double x\nproperty double y\nproperty double z\nend_header\n3 0 1 {index}\n0 0 0\n1 0 0\n0 1 0\n"
        )
    };
    assert_eq!(read_bytes(Format::Ply, ply("2").into_bytes()).unwrap().faces, [[0, 1, 2]]);
    says(Format::Ply, ply("3").as_bytes(), &["face 0 names vertex 3, the file has 3"]);
    says(Format::Ply, ply("-1").as_bytes(), &["face 0 names vertex -1"]);
}

#[test]
fn ascii_stl_in_any_dress() {
    let loose = "SOLID Head of A\r\n FACET NORMAL 0 0 1 OUTER LOOP VERTEX 0 0 0 VERTEX 1 0 0\n VERTEX 0 1 0 ENDLOOP ENDFACET\nENDSOLID";
    assert_eq!(read_bytes(Format::Stl, loose.into()).unwrap().faces.len(), 1);
    says(Format::Stl, &loose.as_bytes()[..loose.len() - 8], &["cut off", "line 1"]);
    says(Format::Stl, b"solid a\nfacet normal 0 0 1\nouter loop\nvertex 0 0\nendsolid", &["line 2"]);
    // A binary file whose header says solid.
    let mut binary = vec![b' '; 84 + 50];
    binary[..16].copy_from_slice(b"solid by a tool ");
    binary[80..].fill(0);
    binary[80] = 1;
    binary[84 + 24] = 1;
    assert_eq!(read_bytes(Format::Stl, binary).unwrap().faces.len(), 1);
}

#[test]
fn the_file_itself() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere =
        LandmarksIn { nasion: [0.0; 3], inion: [0.0; 3], left_preauricular: [0.0; 3], right_preauricular: [0.0; 3] };
    let missing = folder.path().join("missing.ply");
    let said = load(&missing, None, &nowhere).unwrap_err().to_string();
    assert!(said.contains("missing.ply: cannot be read"), "{said}");
    let said = load(folder.path(), None, &nowhere).unwrap_err().to_string();
    readable(&said);
    // Announced by its size alone; not one byte of it is read.
    let huge = folder.path().join("huge.stl");
    std::fs::File::create(&huge).unwrap().set_len((512 << 20) + 1).unwrap();
    let fault = load(&huge, None, &nowhere).unwrap_err();
    assert!(matches!(fault.fault(), ScanError::TooLarge { .. }), "{fault}");
}
