//! PLY, ascii and binary, through `ply-rs-bw`.
//!
//! In: bytes. Out: [`RawMesh`]. Guarded: the counts of the header must fit the bytes that follow it, so that nothing is
//! allocated or counted on a header's word; names declared twice are refused, as the library would lose one of them.
//! Ignored: colours, normals, elements other than `vertex` and `face`.

use ply_rs_bw::parser::{ParseError, Parser, Reader};
use ply_rs_bw::ply::{
    BeginList, ElementDef, Encoding, Header, Property, PropertyAccess, PropertyAccessResult, PropertyType, ScalarType,
};

use crate::error::Place;
use crate::raw::Format;
use crate::{RawMesh, ScanError, polygon};

const LIST_NAMES: [&str; 2] = ["vertex_indices", "vertex_index"];

pub(crate) fn read(bytes: &[u8]) -> Result<RawMesh, ScanError> {
    let mut reader = Reader::new(bytes);
    let header = Parser::<Skipped>::new().read_header(&mut reader).map_err(|e| at_line(&e))?;
    let left = reader.get_ref().len();
    check_header(&bytes[..bytes.len() - left], &header, left)?;

    let (mut vertices, mut faces) = (Vec::new(), Vec::new());
    for (name, element) in &header.elements {
        let fault = |e: ParseError| in_element(&e, &header, name);
        match name.as_str() {
            "vertex" => {
                let read = Parser::<Vertex>::new().read_payload_for_element(&mut reader, element, &header);
                vertices = read.map_err(fault)?.into_iter().map(|v| v.0).collect();
            }
            "face" => {
                faces = Parser::<Face>::new().read_payload_for_element(&mut reader, element, &header).map_err(fault)?
            }
            _ => drop(Parser::<Skipped>::new().read_payload_for_element(&mut reader, element, &header).map_err(fault)?),
        }
    }
    // The face element may stand before the vertex element, so polygons are cut at the end.
    let mut triangles = Vec::with_capacity(faces.len());
    let mut polygon = Vec::new();
    for (number, face) in faces.into_iter().enumerate() {
        polygon.clear();
        for index in face.indices() {
            let known = u32::try_from(index).ok().filter(|v| (*v as usize) < vertices.len());
            polygon.push(known.ok_or(ScanError::NoSuchVertex { face: number, index, vertices: vertices.len() })?);
        }
        polygon::cut(&vertices, &polygon, &mut triangles);
    }
    RawMesh::checked(Format::Ply, vertices, triangles)
}

fn check_header(text: &[u8], header: &Header, left: usize) -> Result<(), ScanError> {
    let whole = |fault: String| Err(ScanError::malformed(Format::Ply, Place::Whole, fault));
    let declared = |word: &str| text.split(|b| *b == b'\n').filter(|l| l.starts_with(word.as_bytes())).count();
    let properties: usize = header.elements.values().map(|e| e.properties.len()).sum();
    if declared("element ") > header.elements.len() || declared("property ") > properties {
        return whole("an element or a property is declared twice".to_owned());
    }
    let mut needed = 0_usize;
    for element in header.elements.values() {
        let each = least_size(element, header.encoding);
        if each == 0 && element.count > 0 {
            return whole(format!("element {} has no properties", element.name));
        }
        needed = needed.saturating_add(element.count.saturating_mul(each));
        if needed > left.saturating_add(1) {
            return whole(format!(
                "the header announces {} of element {}, at least {needed} bytes; {left} follow: the file is cut off",
                element.count, element.name
            ));
        }
    }
    let Some(vertex) = header.elements.get("vertex") else { return whole("no element vertex".to_owned()) };
    for axis in ["x", "y", "z"] {
        match vertex.properties.get(axis).map(|p| &p.data_type) {
            Some(PropertyType::Scalar(_)) => {}
            _ => return whole(format!("element vertex has no number {axis}")),
        }
    }
    let Some(face) = header.elements.get("face").filter(|f| f.count > 0) else {
        return Err(ScanError::NoFaces { vertices: vertex.count });
    };
    match LIST_NAMES.iter().find_map(|n| face.properties.get(*n)).map(|p| &p.data_type) {
        Some(PropertyType::List(_, of)) if !matches!(of, ScalarType::Float | ScalarType::Double) => Ok(()),
        _ => whole("element face has no list of integers vertex_indices".to_owned()),
    }
}

/// Fewest bytes one element can take.
fn least_size(element: &ElementDef, encoding: Encoding) -> usize {
    let one = |t: &ScalarType| match encoding {
        // A digit and a blank or the end of the line.
        Encoding::Ascii => 2,
        Encoding::BinaryBigEndian | Encoding::BinaryLittleEndian => match t {
            ScalarType::Char | ScalarType::UChar => 1,
            ScalarType::Short | ScalarType::UShort => 2,
            ScalarType::Int | ScalarType::UInt | ScalarType::Float => 4,
            ScalarType::Double => 8,
        },
    };
    let properties = element.properties.values();
    properties
        .map(|p| match &p.data_type {
            PropertyType::Scalar(t) | PropertyType::List(t, _) => one(t),
        })
        .sum()
}

fn at_line(e: &ParseError) -> ScanError {
    ScanError::malformed(Format::Ply, e.line().map_or(Place::Whole, Place::Line), words(e))
}

fn in_element(e: &ParseError, header: &Header, element: &str) -> ScanError {
    match header.encoding {
        Encoding::Ascii => at_line(e),
        // Binary data have no lines: what the library counts there are elements.
        Encoding::BinaryBigEndian | Encoding::BinaryLittleEndian => {
            ScanError::malformed(Format::Ply, Place::Whole, format!("element {element}: {}", words(e)))
        }
    }
}

/// The library's message without the line, which has its own place, and without the dump of its parser's state.
fn words(e: &ParseError) -> String {
    let text = e.to_string();
    let text = text.split_once(": ").filter(|_| e.line().is_some()).map_or(text.as_str(), |(_, rest)| rest);
    let dump = text.find("Error: ParseError {").or_else(|| text.find("Error: error at"));
    dump.map_or(text, |at| &text[..at]).trim_end().trim_end_matches('.').to_owned()
}

struct Skipped;

impl PropertyAccess for Skipped {
    fn new() -> Self {
        Self
    }
}

struct Vertex([f64; 3]);

impl Vertex {
    fn set(&mut self, name: &str, value: f64) -> PropertyAccessResult {
        match name {
            "x" => self.0[0] = value,
            "y" => self.0[1] = value,
            "z" => self.0[2] = value,
            _ => return PropertyAccessResult::Ignored,
        }
        PropertyAccessResult::Set
    }
}

impl PropertyAccess for Vertex {
    fn new() -> Self {
        Self([0.0; 3])
    }
    fn set_property(&mut self, name: &str, property: Property) -> PropertyAccessResult {
        let value = match property {
            Property::Char(v) => f64::from(v),
            Property::UChar(v) => f64::from(v),
            Property::Short(v) => f64::from(v),
            Property::UShort(v) => f64::from(v),
            Property::Int(v) => f64::from(v),
            Property::UInt(v) => f64::from(v),
            Property::Float(v) => f64::from(v),
            Property::Double(v) => v,
            _ => return PropertyAccessResult::Ignored,
        };
        self.set(name, value)
    }
    fn set_float(&mut self, name: &str, value: f32) -> PropertyAccessResult {
        self.set(name, f64::from(value))
    }
    fn set_double(&mut self, name: &str, value: f64) -> PropertyAccessResult {
        self.set(name, value)
    }
}

/// The library fills a list of the declared type; only one of the three is ever used.
struct Face {
    int: Vec<i32>,
    uint: Vec<u32>,
    small: Vec<i64>,
}

impl Face {
    fn indices(&self) -> impl Iterator<Item = i64> {
        let int = self.int.iter().map(|v| i64::from(*v));
        let uint = self.uint.iter().map(|v| i64::from(*v));
        int.chain(uint).chain(self.small.iter().copied())
    }
}

impl PropertyAccess for Face {
    fn new() -> Self {
        Self { int: Vec::new(), uint: Vec::new(), small: Vec::new() }
    }
    fn set_property(&mut self, name: &str, property: Property) -> PropertyAccessResult {
        if !LIST_NAMES.contains(&name) {
            return PropertyAccessResult::Ignored;
        }
        self.small = match property {
            Property::ListChar(list) => list.into_iter().map(i64::from).collect(),
            Property::ListUChar(list) => list.into_iter().map(i64::from).collect(),
            Property::ListShort(list) => list.into_iter().map(i64::from).collect(),
            Property::ListUShort(list) => list.into_iter().map(i64::from).collect(),
            _ => return PropertyAccessResult::UnsupportedType,
        };
        PropertyAccessResult::Set
    }
    fn begin_list_int(&mut self, name: &str, _len: usize) -> BeginList<'_, i32> {
        if LIST_NAMES.contains(&name) { BeginList::Fill(&mut self.int) } else { BeginList::UseSetter }
    }
    fn begin_list_uint(&mut self, name: &str, _len: usize) -> BeginList<'_, u32> {
        if LIST_NAMES.contains(&name) { BeginList::Fill(&mut self.uint) } else { BeginList::UseSetter }
    }
}
