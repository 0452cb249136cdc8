//! GLB, through `gltf`.
//!
//! In: bytes. Out: [`RawMesh`] of all triangles of the default scene, node transforms applied, metres, +y up as the
//! file has it. Guarded: container lengths, every accessor against its buffer view and every view against the binary
//! chunk before the library reads them (its arithmetic is unchecked), cycles and shared nodes. Refused by name:
//! sparse accessors, external buffers, compression and other required extensions. `COLOR_0` is linear by glTF 2.0, 3.7.2.1,
//! and becomes sRGB; `TEXCOORD_0` runs down and is turned to run up. Ignored: normals, materials, textures, skins.

use gltf::accessor::{DataType, Dimensions};
use gltf::json::validation::Validate;
use gltf::mesh::Mode;
use gltf::scene::Transform;
use gltf::{Accessor, Document, Glb, Primitive};
use nalgebra::{Matrix4, Point3, Quaternion, UnitQuaternion, Vector3};

use crate::attributes::{colour, corners, out_of_range};
use crate::error::Place;
use crate::raw::{Format, MOST_ITEMS};
use crate::{Attributes, Colour, RawMesh, ScanError};

/// Container header and the header of its first chunk.
const LEAST: usize = 20;

pub(crate) fn read(bytes: &[u8]) -> Result<RawMesh, ScanError> {
    let length = match bytes.get(8..12).and_then(|b| b.try_into().ok()).map(|b| u32::from_le_bytes(b) as usize) {
        Some(length) if bytes.starts_with(b"glTF") && bytes.len() >= LEAST => length,
        _ => return Err(malformed(Place::Byte(0), format!("{} bytes without the header of a GLB", bytes.len()))),
    };
    if length < LEAST || length > bytes.len() {
        let fault = format!("the header announces {length} bytes, the file has {}: it is cut off", bytes.len());
        return Err(malformed(Place::Byte(8), fault));
    }
    let glb = Glb::from_slice(&bytes[..length]).map_err(|e| malformed(Place::Whole, e.to_string()))?;
    let json = gltf::json::Root::from_slice(&glb.json).map_err(|e| malformed(Place::Whole, e.to_string()))?;
    check_extensions(&json)?;
    check_references(&json)?;
    let document = Document::from_json_without_validation(json);
    let mut mesh = Collected::default();
    mesh.document(&document, glb.bin.as_deref().unwrap_or_default())?;
    let attributes = mesh.attributes();
    RawMesh::checked(Format::Glb, mesh.vertices, mesh.faces)?.with(attributes)
}

fn check_extensions(json: &gltf::json::Root) -> Result<(), ScanError> {
    // Materials and lights do not touch positions.
    let harmless = |name: &str| {
        name.starts_with("KHR_materials_") || name.starts_with("KHR_texture_") || name == "KHR_lights_punctual"
    };
    match json.extensions_required.iter().find(|name| !harmless(name)) {
        None => Ok(()),
        Some(name) => Err(unsupported(
            format!("extension {}", name.chars().take(60).collect::<String>()),
            "export without compression",
        )),
    }
}

/// The library's own validation, on which its look-ups rely. Only the bounds of positions may be missing: many
/// exporters leave them out, and nothing here uses them.
fn check_references(json: &gltf::json::Root) -> Result<(), ScanError> {
    // gltf-json 1.4.1 validates primitives with an unchecked look-up of this index (src/mesh.rs:151).
    let attributes = json.meshes.iter().flat_map(|m| &m.primitives).flat_map(|p| p.attributes.values());
    if let Some(index) = attributes.map(|a| a.value()).find(|a| *a >= json.accessors.len()) {
        return Err(malformed(
            Place::Whole,
            format!("an attribute names accessor {index} of {}", json.accessors.len()),
        ));
    }
    let mut fault = None;
    json.validate(json, gltf::json::Path::new, &mut |path, error| {
        let path = path().to_string();
        let bounds = path.ends_with(".min") || path.ends_with(".max");
        if fault.is_none() && !(bounds && error == gltf::json::validation::Error::Missing) {
            fault = Some(format!("{path}: {error}"));
        }
    });
    fault.map_or(Ok(()), |fault| Err(malformed(Place::Whole, fault)))
}

#[derive(Default)]
struct Collected {
    vertices: Vec<[f64; 3]>,
    faces: Vec<[u32; 3]>,
    /// Empty, or as long as `vertices`.
    colours: Vec<Option<Colour>>,
    /// Of the vertices; empty, or as long as they are.
    texture: Vec<Option<[f32; 2]>>,
}

impl Collected {
    fn attributes(&mut self) -> Attributes {
        let count = self.vertices.len();
        let uv = (!self.texture.is_empty()).then(|| {
            self.texture.resize(count, None);
            self.faces.iter().map(|f| corners(f.map(|v| self.texture[v as usize]))).collect()
        });
        let colours = (!self.colours.is_empty()).then(|| {
            self.colours.resize(count, None);
            std::mem::take(&mut self.colours)
        });
        Attributes { colours, uv }
    }

    fn document(&mut self, document: &Document, bin: &[u8]) -> Result<(), ScanError> {
        let scene = document.default_scene().or_else(|| document.scenes().next());
        let Some(scene) = scene else {
            return Err(malformed(Place::Whole, "no scene"));
        };
        let mut seen = vec![false; document.nodes().len()];
        let mut open: Vec<_> = scene.nodes().map(|n| (n, Matrix4::identity())).collect();
        // First in the file, first in the mesh.
        open.reverse();
        while let Some((node, scene_from_parent)) = open.pop() {
            // A node has one parent at most (glTF 2.0, 3.5.2); met again, the tree is none.
            match seen.get_mut(node.index()) {
                Some(met) if !*met => *met = true,
                _ => {
                    return Err(malformed(
                        Place::Whole,
                        format!("node {} is its own ancestor or shared", node.index()),
                    ));
                }
            }
            let scene_from_node = scene_from_parent * matrix(node.transform());
            for primitive in node.mesh().iter().flat_map(gltf::Mesh::primitives) {
                self.primitive(&primitive, &scene_from_node, bin)?;
            }
            let children: Vec<_> = node.children().collect();
            open.extend(children.into_iter().rev().map(|child| (child, scene_from_node)));
        }
        Ok(())
    }

    fn primitive(&mut self, primitive: &Primitive<'_>, to_scene: &Matrix4<f64>, bin: &[u8]) -> Result<(), ScanError> {
        if matches!(primitive.mode(), Mode::Points | Mode::Lines | Mode::LineLoop | Mode::LineStrip) {
            return Ok(());
        }
        let Some(positions) = primitive.get(&gltf::Semantic::Positions) else { return Ok(()) };
        check(&positions, bin, &[DataType::F32], &[Dimensions::Vec3])?;
        let fractions = [DataType::F32, DataType::U8, DataType::U16];
        let colours = primitive.get(&gltf::Semantic::Colors(0));
        let texture = primitive.get(&gltf::Semantic::TexCoords(0));
        for (accessor, dimensions) in
            [(&colours, &[Dimensions::Vec3, Dimensions::Vec4][..]), (&texture, &[Dimensions::Vec2])]
        {
            let Some(accessor) = accessor else { continue };
            check(accessor, bin, &fractions, dimensions)?;
            if accessor.count() != positions.count() {
                let (number, count, wanted) = (accessor.index(), accessor.count(), positions.count());
                let fault = format!("accessor {number}: {count} items for {wanted} vertices");
                return Err(malformed(Place::Whole, fault));
            }
        }
        if let Some(indices) = primitive.indices() {
            check(&indices, bin, &[DataType::U8, DataType::U16, DataType::U32], &[Dimensions::Scalar])?;
        }
        let added = positions.count() + primitive.indices().map_or(0, |i| i.count() / 3);
        if self.vertices.len() + self.faces.len() + added > MOST_ITEMS {
            let count = self.vertices.len() + self.faces.len() + added;
            return Err(ScanError::TooMany { what: "vertices and triangles", count, limit: MOST_ITEMS });
        }
        let reader = primitive.reader(|_| Some(bin));
        let first = self.vertices.len() as u32;
        let given: Vec<[f32; 3]> = reader.read_positions().into_iter().flatten().collect();
        let indices: Vec<u32> = match reader.read_indices() {
            Some(indices) => indices.into_u32().collect(),
            None => (0..given.len() as u32).collect(),
        };
        if let Some((corner, index)) = indices.iter().enumerate().find(|(_, i)| **i as usize >= given.len()) {
            let face = self.faces.len() + corner / 3;
            return Err(ScanError::NoSuchVertex { face, index: i64::from(*index), vertices: given.len() });
        }
        self.vertices.extend(given.iter().map(|p| {
            let p = to_scene.transform_point(&Point3::from(p.map(f64::from)));
            [p.x, p.y, p.z]
        }));
        if let Some(colours) = reader.read_colors(0) {
            self.colours.resize(first as usize, None);
            for (v, linear) in colours.into_rgb_f32().enumerate() {
                let fault = |value| out_of_range(Format::Glb, Place::Vertex(first as usize + v), value);
                let linear = colour(linear.map(f64::from)).map_err(fault)?;
                self.colours.push(linear.map(|c| c.map(encode)));
            }
        }
        if let Some(texture) = reader.read_tex_coords(0) {
            self.texture.resize(first as usize, None);
            self.texture.extend(texture.into_f32().map(|[u, v]| Some([u, 1.0 - v])));
        }
        let corner = |i: usize| first + indices[i];
        let n = indices.len();
        match primitive.mode() {
            Mode::TriangleStrip => self.faces.extend((2..n).map(|i| {
                // Every other one is wound the other way.
                if i % 2 == 0 {
                    [corner(i - 2), corner(i - 1), corner(i)]
                } else {
                    [corner(i - 1), corner(i - 2), corner(i)]
                }
            })),
            Mode::TriangleFan => self.faces.extend((2..n).map(|i| [corner(0), corner(i - 1), corner(i)])),
            _ => self.faces.extend(indices.as_chunks::<3>().0.iter().map(|f| f.map(|i| first + i))),
        }
        Ok(())
    }
}

/// The accessor lies inside its view, and that inside the binary chunk.
fn check(accessor: &Accessor<'_>, bin: &[u8], types: &[DataType], dimensions: &[Dimensions]) -> Result<(), ScanError> {
    let number = accessor.index();
    let fault = |text: String| Err(malformed(Place::Whole, format!("accessor {number}: {text}")));
    if accessor.sparse().is_some() {
        return Err(unsupported("sparse accessor".to_owned(), "export the mesh without morph targets"));
    }
    if !types.contains(&accessor.data_type()) || !dimensions.contains(&accessor.dimensions()) {
        return fault(format!(
            "{:?} of {:?} where {types:?} of {dimensions:?} is wanted",
            accessor.dimensions(),
            accessor.data_type()
        ));
    }
    let Some(view) = accessor.view() else { return fault("no data".to_owned()) };
    if !matches!(view.buffer().source(), gltf::buffer::Source::Bin) {
        return Err(unsupported("external buffer".to_owned(), "pack everything into one GLB"));
    }
    let (count, size) = (accessor.count(), accessor.size());
    let stride = view.stride().unwrap_or(size);
    if count == 0 || stride < size {
        return fault(format!("{count} items of {size} bytes, {stride} apart"));
    }
    let end = (count - 1)
        .checked_mul(stride)
        .and_then(|n| n.checked_add(size))
        .and_then(|n| n.checked_add(accessor.offset()));
    let view_end = view.offset().checked_add(view.length());
    match (end, view_end) {
        (Some(end), Some(view_end)) if end <= view.length() && view_end <= bin.len() => Ok(()),
        _ => fault(format!(
            "{count} items, {stride} bytes apart, pass the end of their {} bytes of {}",
            view.length(),
            bin.len()
        )),
    }
}

/// Linear light to sRGB. IEC 61966-2-1.
fn encode(linear: f32) -> f32 {
    let linear = f64::from(linear);
    let encoded = if linear <= 0.003_130_8 { 12.92 * linear } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 };
    encoded as f32
}

/// In f64, where the library would round to f32.
fn matrix(transform: Transform) -> Matrix4<f64> {
    match transform {
        Transform::Matrix { matrix } => Matrix4::from(matrix.map(|column| column.map(f64::from))),
        Transform::Decomposed { translation, rotation, scale } => {
            let [x, y, z, w] = rotation.map(f64::from);
            let turn = UnitQuaternion::try_new(Quaternion::new(w, x, y, z), 1e-12).unwrap_or_default();
            Matrix4::new_translation(&Vector3::from(translation.map(f64::from)))
                * turn.to_homogeneous()
                * Matrix4::new_nonuniform_scaling(&Vector3::from(scale.map(f64::from)))
        }
    }
}

fn malformed(place: Place, fault: impl Into<String>) -> ScanError {
    ScanError::malformed(Format::Glb, place, fault)
}

fn unsupported(feature: String, way_out: &'static str) -> ScanError {
    ScanError::Unsupported { format: Format::Glb, feature, way_out }
}
