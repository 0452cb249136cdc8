//! STL, ascii and binary, through `stl_io`.
//!
//! In: bytes. Out: [`RawMesh`], corners not yet welded. Guarded: a binary file's count must fit its size; a binary file
//! whose header happens to begin with "solid" is still binary; an ascii file may hold several solids, any case and any
//! line breaks. Ignored: facet normals, attributes, names.

use std::io::Cursor;

use crate::error::Place;
use crate::raw::Format;
use crate::{RawMesh, ScanError};

const HEADER: usize = 84;
const FACET: usize = 50;

pub(crate) fn read(mut bytes: Vec<u8>) -> Result<RawMesh, ScanError> {
    let announced = bytes.get(80..HEADER).and_then(|b| b.try_into().ok()).map(|b| u32::from_le_bytes(b) as usize);
    let size_of = |facets: usize| facets.saturating_mul(FACET).saturating_add(HEADER);
    let exact = announced.is_some_and(|n| size_of(n) == bytes.len());
    if !exact && bytes.trim_ascii_start().get(..5).is_some_and(|b| b.eq_ignore_ascii_case(b"solid")) {
        return ascii(&bytes);
    }
    let Some(facets) = announced else {
        let fault = format!("{} bytes, neither \"solid\" nor a binary header of {HEADER}", bytes.len());
        return Err(ScanError::malformed(Format::Stl, Place::Whole, fault));
    };
    if size_of(facets) > bytes.len() {
        let fault = format!(
            "the header announces {facets} triangles, {} bytes; the file has {}: it is cut off",
            size_of(facets),
            bytes.len()
        );
        return Err(ScanError::malformed(Format::Stl, Place::Byte(80), fault));
    }
    // The library takes any header that begins with "solid " for ascii.
    bytes[..5].fill(b' ');
    triangles(bytes, |facet| Place::Byte(size_of(facet) as u64))
}

fn ascii(bytes: &[u8]) -> Result<RawMesh, ScanError> {
    let Clean { text, facet_lines } = clean(bytes)?;
    triangles(text, |facet| facet_lines.get(facet).map_or(Place::Whole, |l| Place::Line(*l)))
}

fn triangles(bytes: Vec<u8>, place: impl Fn(usize) -> Place) -> Result<RawMesh, ScanError> {
    let mut cursor = Cursor::new(bytes);
    let whole = |e: std::io::Error| ScanError::malformed(Format::Stl, Place::Whole, e.to_string());
    let facets = stl_io::create_stl_reader(&mut cursor).map_err(whole)?;
    let (mut vertices, mut faces) = (Vec::new(), Vec::new());
    for (number, facet) in facets.enumerate() {
        let facet = facet.map_err(|e| ScanError::malformed(Format::Stl, place(number), e.to_string()))?;
        let first = vertices.len() as u32;
        vertices.extend(facet.vertices.map(|v| v.0.map(f64::from)));
        faces.push([first, first + 1, first + 2]);
    }
    RawMesh::checked(Format::Stl, vertices, faces)
}

struct Clean {
    text: Vec<u8>,
    /// Where each facet began in the original.
    facet_lines: Vec<usize>,
}

/// One solid, lower case, one statement a line: the dialect of `stl_io`.
fn clean(bytes: &[u8]) -> Result<Clean, ScanError> {
    let mut out = Clean { text: b"solid x\n".to_vec(), facet_lines: Vec::new() };
    let (mut line_of_solid, mut open) = (0, false);
    for (number, line) in bytes.split(|b| *b == b'\n').enumerate() {
        let number = number + 1;
        let mut first = true;
        for word in line.split(u8::is_ascii_whitespace).filter(|w| !w.is_empty()) {
            let is = |name: &[u8]| word.eq_ignore_ascii_case(name);
            // Nearly every word is a number.
            let named = word[0].is_ascii_alphabetic();
            // The rest of the line is a name.
            if named && (is(b"solid") || is(b"endsolid")) {
                open = is(b"solid");
                line_of_solid = number;
                break;
            }
            if named && is(b"facet") {
                out.facet_lines.push(number);
            }
            let starts = named && [&b"facet"[..], b"outer", b"vertex", b"endloop", b"endfacet"].into_iter().any(is);
            out.text.push(if starts || first { b'\n' } else { b' ' });
            out.text.extend(word.iter().map(u8::to_ascii_lowercase));
            first = false;
        }
    }
    if open {
        let fault = "solid without endsolid: the file is cut off";
        return Err(ScanError::malformed(Format::Stl, Place::Line(line_of_solid), fault));
    }
    out.text.extend_from_slice(b"\nendsolid x\n");
    Ok(out)
}
