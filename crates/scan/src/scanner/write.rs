//! Meshes as files, for tests and benches of the readers.
//!
//! In: a mesh. Out: bytes in one of the four formats, coordinates as the mesh has them; GLB wants metres. All but OBJ
//! round to f32, as scanners do.

use std::fmt::Write as _;

use crate::RawMesh;

/// Binary, little endian.
pub fn ply(mesh: &RawMesh) -> Vec<u8> {
    let mut out = ply_header(mesh, "binary_little_endian").into_bytes();
    for v in &mesh.vertices {
        out.extend(v.iter().flat_map(|c| (*c as f32).to_le_bytes()));
    }
    for f in &mesh.faces {
        out.push(3);
        out.extend(f.iter().flat_map(|v| v.to_le_bytes()));
    }
    out
}

/// Text.
pub fn ply_ascii(mesh: &RawMesh) -> Vec<u8> {
    let mut out = ply_header(mesh, "ascii");
    for [x, y, z] in mesh.vertices.iter().map(|v| v.map(|c| c as f32)) {
        _ = writeln!(out, "{x} {y} {z}");
    }
    for [a, b, c] in &mesh.faces {
        _ = writeln!(out, "3 {a} {b} {c}");
    }
    out.into_bytes()
}

fn ply_header(mesh: &RawMesh, format: &str) -> String {
    format!(
        "ply\nformat {format} 1.0\nelement vertex {}\nproperty float x\nproperty float y\nproperty float z\n\
         element face {}\nproperty list uchar int vertex_indices\nend_header\n",
        mesh.vertices.len(),
        mesh.faces.len()
    )
}

/// Text, all digits.
pub fn obj(mesh: &RawMesh) -> Vec<u8> {
    let mut out = String::new();
    for [x, y, z] in &mesh.vertices {
        _ = writeln!(out, "v {x} {y} {z}");
    }
    for [a, b, c] in mesh.faces.iter().map(|f| f.map(|v| v + 1)) {
        _ = writeln!(out, "f {a} {b} {c}");
    }
    out.into_bytes()
}

/// Binary. Vertices are repeated in every triangle.
pub fn stl(mesh: &RawMesh) -> Vec<u8> {
    let mut out = vec![b' '; 80];
    out.extend((mesh.faces.len() as u32).to_le_bytes());
    for f in &mesh.faces {
        // The normal is left out: readers compute it.
        out.extend([0; 12]);
        for v in f {
            out.extend(mesh.vertices[*v as usize].iter().flat_map(|c| (*c as f32).to_le_bytes()));
        }
        out.extend([0; 2]);
    }
    out
}

/// Text. Vertices are repeated in every triangle.
pub fn stl_ascii(mesh: &RawMesh) -> Vec<u8> {
    let mut out = "solid scan\n".to_owned();
    for f in &mesh.faces {
        out.push_str("facet normal 0 0 0\nouter loop\n");
        for [x, y, z] in f.map(|v| mesh.vertices[v as usize].map(|c| c as f32)) {
            _ = writeln!(out, "vertex {x} {y} {z}");
        }
        out.push_str("endloop\nendfacet\n");
    }
    out.push_str("endsolid scan\n");
    out.into_bytes()
}

/// One mesh in one node. GLB has no unit but the metre.
pub fn glb(mesh: &RawMesh) -> Vec<u8> {
    let (points, corners) = (mesh.vertices.len(), mesh.faces.len() * 3);
    let mut json = format!(
        r#"{{"asset":{{"version":"2.0"}},"scene":0,"scenes":[{{"nodes":[0]}}],"nodes":[{{"mesh":0}}],"meshes":[{{"primitives":[{{"attributes":{{"POSITION":0}},"indices":1}}]}}],"accessors":[{{"bufferView":0,"componentType":5126,"count":{points},"type":"VEC3"}},{{"bufferView":1,"componentType":5125,"count":{corners},"type":"SCALAR"}}],"bufferViews":[{{"buffer":0,"byteLength":{}}},{{"buffer":0,"byteOffset":{},"byteLength":{}}}],"buffers":[{{"byteLength":{}}}]}}"#,
        points * 12,
        points * 12,
        corners * 4,
        points * 12 + corners * 4
    );
    while !json.len().is_multiple_of(4) {
        json.push(' ');
    }
    let mut bin: Vec<u8> = mesh.vertices.iter().flatten().flat_map(|c| (*c as f32).to_le_bytes()).collect();
    bin.extend(mesh.faces.iter().flatten().flat_map(|v| v.to_le_bytes()));
    let mut out = b"glTF\x02\0\0\0".to_vec();
    out.extend((28 + json.len() as u32 + bin.len() as u32).to_le_bytes());
    out.extend((json.len() as u32).to_le_bytes());
    out.extend(b"JSON");
    out.extend(json.as_bytes());
    out.extend((bin.len() as u32).to_le_bytes());
    out.extend(b"BIN\0");
    out.extend(bin);
    out
}
