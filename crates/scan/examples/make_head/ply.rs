//! The file: PLY, binary, little endian, float32 millimetres.

use crate::mesh::Mesh;

pub(crate) fn write(mesh: &Mesh) -> Vec<u8> {
    let mut out = format!(
        "ply\nformat binary_little_endian 1.0\n\
         comment Adult head, made by crates/scan/examples/make_head; not the scan of a person\n\
         comment mm, RAS: +x subject right, +y face, +z up; origin midway between the preauricular points\n\
         comment Measures: ANSUR II; sections of the NIOSH medium headform and the ICT-FaceKit mean head\n\
         comment Licence: MIT OR Apache-2.0\n\
         element vertex {}\nproperty float x\nproperty float y\nproperty float z\n\
         element face {}\nproperty list uchar int vertex_indices\nend_header\n",
        mesh.points.len(),
        mesh.faces.len()
    )
    .into_bytes();
    for p in &mesh.points {
        for c in [p.x, p.y, p.z] {
            out.extend((c as f32).to_le_bytes());
        }
    }
    for f in &mesh.faces {
        out.push(3);
        for i in f {
            out.extend((*i as i32).to_le_bytes());
        }
    }
    out
}
