//! PLY, ascii and binary, through `ply-rs-bw`.
//!
//! In: bytes. Out: [`RawMesh`]. Guarded: the counts of the header must fit the bytes that follow it, so that nothing is
//! allocated or counted on a header's word; names declared twice are refused, as the library would lose one of them.
//! Colours are `red green blue` of a vertex, texture coordinates a list `texcoord` of a face (two numbers a corner) or `s t`,
//! `u v` or `texture_u texture_v` of a vertex. Ignored: normals, elements other than `vertex` and `face`.

use ply_rs_bw::parser::{ParseError, Parser, Reader};
use ply_rs_bw::ply::{ElementDef, Encoding, Header, PropertyType, ScalarType};

mod element;

use self::element::{COLOUR_NAMES, Extra, Face, LIST_NAMES, Skipped, TEXTURE_LIST, TEXTURE_NAMES, Vertex};
use crate::attributes::{colour, corners, out_of_range};
use crate::error::Place;
use crate::raw::Format;
use crate::{Attributes, Colour, Corners, RawMesh, ScanError, polygon};

pub(crate) fn read(bytes: &[u8]) -> Result<RawMesh, ScanError> {
    let mut reader = Reader::new(bytes);
    let header = Parser::<Skipped>::new().read_header(&mut reader).map_err(|e| at_line(&e))?;
    let left = reader.get_ref().len();
    check_header(&bytes[..bytes.len() - left], &header, left)?;

    let dress = Dress::of(&header)?;
    let (mut vertices, mut faces, mut worn) = (Vec::new(), Vec::new(), Worn::default());
    for (name, element) in &header.elements {
        let fault = |e: ParseError| in_element(&e, &header, name);
        match name.as_str() {
            "vertex" => {
                if dress.is_plain() {
                    let read = Parser::<Vertex<()>>::new().read_payload_for_element(&mut reader, element, &header);
                    vertices = read.map_err(fault)?.into_iter().map(|v| v.0).collect();
                } else {
                    let read = Parser::<Vertex<Extra>>::new().read_payload_for_element(&mut reader, element, &header);
                    let read = read.map_err(fault)?;
                    worn = dress.wear(&read)?;
                    vertices = read.into_iter().map(|v| v.0).collect();
                }
            }
            "face" => {
                faces = Parser::<Face>::new().read_payload_for_element(&mut reader, element, &header).map_err(fault)?
            }
            _ => drop(Parser::<Skipped>::new().read_payload_for_element(&mut reader, element, &header).map_err(fault)?),
        }
    }
    // The face element may stand before the vertex element, so polygons are cut at the end.
    let mut triangles = Vec::with_capacity(faces.len());
    let mut uv: Vec<Option<Corners>> = Vec::new();
    let mut polygon = Vec::new();
    for (number, face) in faces.into_iter().enumerate() {
        polygon.clear();
        for index in face.indices() {
            let known = u32::try_from(index).ok().filter(|v| (*v as usize) < vertices.len());
            polygon.push(known.ok_or(ScanError::NoSuchVertex { face: number, index, vertices: vertices.len() })?);
        }
        if !face.texture.is_empty() && face.texture.len() != 2 * polygon.len() {
            let fault =
                format!("{} texture coordinates for {} corners, wanted two each", face.texture.len(), polygon.len());
            return Err(ScanError::malformed(Format::Ply, Place::Face(number), fault));
        }
        let of_corner = |i: usize| match face.texture.as_chunks::<2>().0.get(i) {
            None => worn.texture.get(polygon[i] as usize).copied(),
            own => own.copied(),
        };
        polygon::places(&vertices, &polygon, |places| {
            triangles.push(places.map(|i| polygon[i]));
            if dress.face_texture || dress.texture.is_some() {
                uv.push(corners(places.map(of_corner)));
            }
        });
    }
    let attributes = Attributes { colours: worn.colours, uv: (!uv.is_empty()).then_some(uv) };
    RawMesh::checked(Format::Ply, vertices, triangles)?.with(attributes)
}

/// What the header says of colours and texture coordinates.
struct Dress {
    /// What stands for 1 in each channel.
    colour: Option<[f64; 3]>,
    texture: Option<[&'static str; 2]>,
    face_texture: bool,
}

/// Of the vertices, as they say it.
#[derive(Default)]
struct Worn {
    colours: Option<Vec<Option<Colour>>>,
    texture: Vec<[f32; 2]>,
}

impl Dress {
    fn of(header: &Header) -> Result<Self, ScanError> {
        let number = |name: &str| match header.elements.get("vertex")?.properties.get(name)?.data_type {
            PropertyType::Scalar(ref of) => Some(full(of)),
            PropertyType::List(..) => None,
        };
        let colour = match COLOUR_NAMES.map(number) {
            [None, None, None] => None,
            [Some(r), Some(g), Some(b)] => Some([r, g, b]),
            given => {
                let missing: Vec<&str> =
                    COLOUR_NAMES.iter().zip(given).filter(|(_, g)| g.is_none()).map(|(n, _)| *n).collect();
                let fault = format!("element vertex has a colour without {}", missing.join(" and "));
                return Err(ScanError::malformed(Format::Ply, Place::Whole, fault));
            }
        };
        let texture = TEXTURE_NAMES.into_iter().find(|names| names.iter().all(|n| number(n).is_some()));
        let lists = header.elements.get("face").and_then(|f| f.properties.get(TEXTURE_LIST));
        let face_texture = lists.is_some_and(|p| matches!(p.data_type, PropertyType::List(..)));
        Ok(Self { colour, texture, face_texture })
    }

    fn is_plain(&self) -> bool {
        self.colour.is_none() && self.texture.is_none()
    }

    fn wear(&self, vertices: &[Vertex<Extra>]) -> Result<Worn, ScanError> {
        let mut worn = Worn::default();
        if let Some(full) = self.colour {
            let each = vertices.iter().enumerate().map(|(v, Vertex(_, extra))| {
                let given = std::array::from_fn(|k| f64::from(extra.colour[k]) / full[k]);
                colour(given).map_err(|value| out_of_range(Format::Ply, Place::Vertex(v), value))
            });
            worn.colours = Some(each.collect::<Result<_, _>>()?);
        }
        if let Some(names) = self.texture {
            let at = TEXTURE_NAMES.iter().position(|n| *n == names).unwrap_or(0);
            worn.texture = vertices.iter().map(|v| v.1.texture[at]).collect();
        }
        Ok(worn)
    }
}

/// The value of a full channel: 1 for fractions, the largest of the type for bytes and pairs of bytes; wider integers
/// hold bytes.
fn full(of: &ScalarType) -> f64 {
    match of {
        ScalarType::Float | ScalarType::Double => 1.0,
        ScalarType::UShort => f64::from(u16::MAX),
        _ => f64::from(u8::MAX),
    }
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
