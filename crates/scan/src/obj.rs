//! OBJ, through `tobj`.
//!
//! In: bytes. Out: [`RawMesh`]. Guarded: `tobj` gives no line numbers, and relative indices that point before the first
//! vertex overflow in it; so only `v` and `f` lines with checked numbers reach it, and what is wrong is named by its
//! line here. Ignored: materials, texture, normals, colours, groups, lines and points.

use std::fmt::Write;

use crate::error::Place;
use crate::raw::Format;
use crate::{RawMesh, ScanError, polygon};

pub(crate) fn read(bytes: &[u8]) -> Result<RawMesh, ScanError> {
    if bytes.is_empty() {
        return Err(ScanError::malformed(Format::Obj, Place::Whole, "the file is empty"));
    }
    let Clean { text, vertices: declared } = clean(bytes)?;
    let options = tobj::LoadOptions { ignore_points: true, ignore_lines: true, ..Default::default() };
    let no_materials = |_: &std::path::Path| Err(tobj::LoadError::GenericFailure);
    let (models, _) = tobj::load_obj_buf(&mut text.as_bytes(), &options, no_materials)
        .map_err(|e| ScanError::malformed(Format::Obj, Place::Whole, e.to_string()))?;

    let (mut vertices, mut faces): (Vec<[f64; 3]>, Vec<[u32; 3]>) = (Vec::new(), Vec::new());
    for mesh in models.iter().map(|m| &m.mesh) {
        let first = vertices.len() as u32;
        vertices.extend(mesh.positions.as_chunks::<3>().0);
        let indices: Vec<u32> = mesh.indices.iter().map(|i| first + i).collect();
        // No arities: all of three.
        if mesh.face_arities.is_empty() {
            faces.extend(indices.as_chunks::<3>().0);
        }
        let mut rest = &indices[..];
        for corners in &mesh.face_arities {
            let (polygon, after) = rest.split_at((*corners as usize).min(rest.len()));
            polygon::cut(&vertices, polygon, &mut faces);
            rest = after;
        }
    }
    if faces.is_empty() {
        return Err(ScanError::NoFaces { vertices: declared });
    }
    RawMesh::checked(Format::Obj, vertices, faces)
}

struct Clean {
    text: String,
    vertices: usize,
}

/// The `v` and `f` lines alone, with positions only and indices counted from the start.
fn clean(bytes: &[u8]) -> Result<Clean, ScanError> {
    let mut out = Clean { text: String::with_capacity(bytes.len() / 2), vertices: 0 };
    let mut joined = Vec::new();
    // The first line of one that goes on over several.
    let mut from = None;
    for (number, line) in bytes.split(|b| *b == b'\n').enumerate() {
        let number = number + 1;
        if line.contains(&0) {
            return Err(malformed(number, "a zero byte: save the file as UTF-8, not as UTF-16 or binary"));
        }
        let line = line.trim_ascii_end();
        if let Some(begin) = line.strip_suffix(b"\\") {
            from = from.or(Some(number));
            joined.extend_from_slice(begin);
            joined.push(b' ');
        } else if joined.is_empty() {
            out.line(line, number)?;
        } else {
            joined.extend_from_slice(line);
            out.line(&joined, from.take().unwrap_or(number))?;
            joined.clear();
        }
    }
    if !joined.is_empty() {
        out.line(&joined, from.unwrap_or(1))?;
    }
    Ok(out)
}

impl Clean {
    fn line(&mut self, line: &[u8], number: usize) -> Result<(), ScanError> {
        let line = line.split(|b| *b == b'#').next().unwrap_or_default();
        let mut words = line.split(u8::is_ascii_whitespace).filter(|w| !w.is_empty());
        match words.next() {
            Some(b"v") => self.vertex(words, number),
            Some(b"f") => self.face(words, number),
            _ => Ok(()),
        }
    }

    fn vertex<'a>(&mut self, words: impl Iterator<Item = &'a [u8]>, line: usize) -> Result<(), ScanError> {
        let words: Vec<&str> = words.map(|w| str::from_utf8(w).unwrap_or("?")).collect();
        // Four numbers are x y z w; three more are a colour.
        let used = if words.len() == 4 { 4 } else { 3 };
        if words.len() < used {
            return Err(malformed(line, format!("vertex of {} numbers, wanted 3", words.len())));
        }
        self.text.push('v');
        for word in &words[..used] {
            match word.parse::<f64>() {
                Ok(value) if value.is_finite() => _ = write!(self.text, " {word}"),
                Ok(_) => return Err(malformed(line, format!("vertex {}: {word} is not finite", self.vertices))),
                Err(_) => return Err(malformed(line, format!("vertex {}: \"{word}\" is no number", self.vertices))),
            }
        }
        if used == 4 && words[3].parse() == Ok(0.0_f64) {
            return Err(malformed(line, format!("vertex {} lies at infinity (w = 0)", self.vertices)));
        }
        self.text.push('\n');
        self.vertices += 1;
        Ok(())
    }

    fn face<'a>(&mut self, words: impl Iterator<Item = &'a [u8]>, line: usize) -> Result<(), ScanError> {
        self.text.push('f');
        let mut corners = 0;
        for word in words {
            let position = word.split(|b| *b == b'/').next().unwrap_or_default();
            let Some(index) = str::from_utf8(position).ok().and_then(|p| p.parse::<i64>().ok()) else {
                let word = String::from_utf8_lossy(word);
                return Err(malformed(line, format!("face corner \"{word}\" has no vertex number")));
            };
            let count = self.vertices as i64;
            // Negative counts back from the newest vertex.
            let absolute = if index < 0 { count.saturating_add(index).saturating_add(1) } else { index };
            if absolute < 1 || absolute > count {
                return Err(malformed(line, format!("face names vertex {index}, {count} stand before it")));
            }
            _ = write!(self.text, " {absolute}");
            corners += 1;
        }
        if corners < 3 {
            return Err(malformed(line, format!("face of {corners} corners, wanted 3")));
        }
        self.text.push('\n');
        Ok(())
    }
}

fn malformed(line: usize, fault: impl Into<String>) -> ScanError {
    ScanError::malformed(Format::Obj, Place::Line(line), fault)
}
