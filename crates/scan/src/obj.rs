//! OBJ.
//!
//! In: bytes. Out: [`RawMesh`]. Whatever is wrong is named by its line. Read: `v` (with a colour where it has six or
//! seven numbers), `vt`, `f`; indices from the start or back from the newest. Ignored: materials, normals, groups, lines
//! and points. Not through a library: those of 2026 give no line numbers, and what they check had to be checked before.

use crate::attributes::{colour, corners, out_of_range};
use crate::error::Place;
use crate::raw::{Format, MOST_ITEMS};
use crate::{Attributes, Colour, Corners, RawMesh, ScanError, polygon};

pub(crate) fn read(bytes: &[u8]) -> Result<RawMesh, ScanError> {
    if bytes.is_empty() {
        return Err(ScanError::malformed(Format::Obj, Place::Whole, "the file is empty"));
    }
    let mut read = Reading::default();
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
            read.line(line, number)?;
        } else {
            joined.extend_from_slice(line);
            read.line(&joined, from.take().unwrap_or(number))?;
            joined.clear();
        }
    }
    if !joined.is_empty() {
        read.line(&joined, from.unwrap_or(1))?;
    }
    read.done()
}

#[derive(Default)]
struct Reading {
    vertices: Vec<[f64; 3]>,
    faces: Vec<[u32; 3]>,
    /// Empty, or as long as `vertices`.
    colours: Vec<Option<Colour>>,
    texture: Vec<[f32; 2]>,
    /// Empty, or as long as `faces`.
    uv: Vec<Option<Corners>>,
    /// Of the face at hand: vertices, and texture coordinates where it has them.
    polygon: Vec<u32>,
    polygon_uv: Vec<Option<[f32; 2]>>,
}

impl Reading {
    fn line(&mut self, line: &[u8], number: usize) -> Result<(), ScanError> {
        let line = line.split(|b| *b == b'#').next().unwrap_or_default();
        let mut words = line.split(u8::is_ascii_whitespace).filter(|w| !w.is_empty());
        match words.next() {
            Some(b"v") => self.vertex(words, number),
            Some(b"vt") => self.texture(words, number),
            Some(b"f") => self.face(words, number),
            _ => Ok(()),
        }
    }

    fn vertex<'a>(&mut self, words: impl Iterator<Item = &'a [u8]>, line: usize) -> Result<(), ScanError> {
        let vertex = self.vertices.len();
        let fault = |text: String| Err(malformed(line, format!("vertex {vertex}: {text}")));
        let mut given = [0.0; 7];
        let mut count = 0;
        for word in words {
            let Some(slot) = given.get_mut(count) else {
                return Err(malformed(line, "vertex of more than 7 numbers"));
            };
            match number(word) {
                Some(value) if count > 2 || value.is_finite() => *slot = value,
                Some(_) => return fault(format!("{} is not finite", String::from_utf8_lossy(word))),
                None => return fault(format!("\"{}\" is no number", String::from_utf8_lossy(word))),
            }
            count += 1;
        }
        let [x, y, z, w, ..] = given;
        // Four numbers are x y z w; three or four more are a colour, the last one its opacity.
        let position = match count {
            3 | 6 | 7 => [x, y, z],
            4 if w == 0.0 => return Err(malformed(line, format!("vertex {vertex} lies at infinity (w = 0)"))),
            4 => [x, y, z].map(|c| c / w),
            n => return Err(malformed(line, format!("vertex of {n} numbers, wanted 3, 4, 6 or 7"))),
        };
        if vertex == MOST_ITEMS {
            return Err(ScanError::TooMany { what: "vertices", count: vertex + 1, limit: MOST_ITEMS });
        }
        self.vertices.push(position);
        if count > 4 {
            let [.., r, g, b, _] = given;
            let colour = colour([r, g, b]).map_err(|value| out_of_range(Format::Obj, Place::Line(line), value))?;
            self.colours.resize(vertex, None);
            self.colours.push(colour);
        }
        Ok(())
    }

    fn texture<'a>(&mut self, words: impl Iterator<Item = &'a [u8]>, line: usize) -> Result<(), ScanError> {
        // One number is u alone; a third is depth.
        let mut given = [0.0; 3];
        let mut count = 0;
        for word in words {
            match (given.get_mut(count), number(word)) {
                (Some(slot), Some(value)) => *slot = value as f32,
                (None, _) => return Err(malformed(line, "texture coordinate of more than 3 numbers")),
                (_, None) => {
                    let word = String::from_utf8_lossy(word);
                    return Err(malformed(line, format!("texture coordinate \"{word}\" is no number")));
                }
            }
            count += 1;
        }
        if count == 0 {
            return Err(malformed(line, "texture coordinate of 0 numbers, wanted 2"));
        }
        if self.texture.len() == MOST_ITEMS {
            let count = self.texture.len() + 1;
            return Err(ScanError::TooMany { what: "texture coordinates", count, limit: MOST_ITEMS });
        }
        self.texture.push([given[0], given[1]]);
        Ok(())
    }

    fn face<'a>(&mut self, words: impl Iterator<Item = &'a [u8]>, line: usize) -> Result<(), ScanError> {
        self.polygon.clear();
        self.polygon_uv.clear();
        for word in words {
            let mut parts = word.split(|b| *b == b'/');
            let Some(index) = parts.next().and_then(integer) else {
                let word = String::from_utf8_lossy(word);
                return Err(malformed(line, format!("face corner \"{word}\" has no vertex number")));
            };
            let count = self.vertices.len();
            let Some(vertex) = absolute(index, count) else {
                return Err(malformed(line, format!("face names vertex {index}, {count} stand before it")));
            };
            self.polygon.push(vertex as u32);
            // Some exporters number texture coordinates that they do not write.
            let texture = parts.next().filter(|t| !t.is_empty() && !self.texture.is_empty());
            let uv = match texture {
                None => None,
                Some(word) => {
                    let count = self.texture.len();
                    let Some(at) = integer(word).and_then(|index| absolute(index, count)) else {
                        let word = String::from_utf8_lossy(word);
                        let fault = format!("face names texture coordinate {word}, {count} stand before it");
                        return Err(malformed(line, fault));
                    };
                    Some(self.texture[at])
                }
            };
            self.polygon_uv.push(uv);
        }
        if self.polygon.len() < 3 {
            return Err(malformed(line, format!("face of {} corners, wanted 3", self.polygon.len())));
        }
        let Self { vertices, faces, uv, polygon, polygon_uv, .. } = self;
        let textured = polygon_uv.iter().any(Option::is_some);
        if textured {
            uv.resize(faces.len(), None);
        }
        polygon::places(vertices, polygon, |places| {
            faces.push(places.map(|i| polygon[i]));
            if textured {
                uv.push(corners(places.map(|i| polygon_uv[i])));
            }
        });
        if faces.len() > MOST_ITEMS {
            return Err(ScanError::TooMany { what: "triangles", count: faces.len(), limit: MOST_ITEMS });
        }
        Ok(())
    }

    fn done(mut self) -> Result<RawMesh, ScanError> {
        if !self.colours.is_empty() {
            self.colours.resize(self.vertices.len(), None);
        }
        if !self.uv.is_empty() {
            self.uv.resize(self.faces.len(), None);
        }
        let attributes = Attributes {
            colours: (!self.colours.is_empty()).then_some(self.colours),
            uv: (!self.uv.is_empty()).then_some(self.uv),
        };
        RawMesh::checked(Format::Obj, self.vertices, self.faces)?.with(attributes)
    }
}

fn number(word: &[u8]) -> Option<f64> {
    str::from_utf8(word).ok()?.parse().ok()
}

fn integer(word: &[u8]) -> Option<i64> {
    str::from_utf8(word).ok()?.parse().ok()
}

/// From 0, of an index that counts from 1 or, when negative, back from the newest of `count`.
fn absolute(index: i64, count: usize) -> Option<usize> {
    let from_start = if index < 0 { (count as i64).checked_add(index)? } else { index - 1 };
    usize::try_from(from_start).ok().filter(|i| *i < count)
}

fn malformed(line: usize, fault: impl Into<String>) -> ScanError {
    ScanError::malformed(Format::Obj, Place::Line(line), fault)
}
