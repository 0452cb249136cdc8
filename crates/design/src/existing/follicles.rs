//! Follicles from a file.
//!
//! In: CSV with a header that names x, y and z (other columns are left alone), or PLY with vertices; in the coordinates and
//! unit of the scan's file. Out: places as written, each with its line or vertex number; or the first thing that is
//! wrong, by file and line. Absent: the skin; `compile` puts the places on it.

use std::path::Path;

use ply_rs_bw::parser::Parser;
use ply_rs_bw::ply::{DefaultElement, Property};

use crate::error::DesignError;

/// Largest file that is read, bytes: 100 000 follicles of 200 characters, five times over.
const LARGEST: u64 = 100 << 20;
/// A scalp has 50 000 units.
const MOST: usize = 500_000;

/// A place as written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Written {
    /// Line of a CSV, from 1; vertex of a PLY, from 0.
    pub(crate) number: usize,
    pub(crate) at: [f64; 3],
}

/// What `number` counts.
pub(crate) fn counted(path: &Path) -> &'static str {
    if is_ply(path) { "vertex" } else { "line" }
}

/// Reads a file of follicles.
pub(crate) fn read(path: &Path) -> Result<Vec<Written>, DesignError> {
    let wrong = |what: String| DesignError::Follicles { path: path.to_owned(), what };
    let size = std::fs::metadata(path).map_err(|e| wrong(format!("{e}; is the path right?")))?.len();
    if size > LARGEST {
        return Err(wrong(format!("{size} bytes is no list of follicles (at most {LARGEST})")));
    }
    let bytes = std::fs::read(path).map_err(|e| wrong(e.to_string()))?;
    let found = if is_ply(path) { ply(&bytes) } else { csv(&bytes) }.map_err(wrong)?;
    if found.is_empty() {
        return Err(wrong("no follicle in it: leave the key out where no hair is known".to_owned()));
    }
    if found.len() > MOST {
        return Err(wrong(format!("{} follicles, at most {MOST}", found.len())));
    }
    Ok(found)
}

fn is_ply(path: &Path) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case("ply"))
}

fn csv(bytes: &[u8]) -> Result<Vec<Written>, String> {
    let text = std::str::from_utf8(bytes).map_err(|e| format!("not text: byte {} is not UTF-8", e.valid_up_to()))?;
    let mut lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    let lines = lines.by_ref().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    let mut lines = lines.map(|(k, line)| (k + 1, line));
    let (_, header) = lines.next().ok_or("it is empty")?;
    let separator = if header.contains(';') { ';' } else { ',' };
    let names: Vec<String> = header.split(separator).map(|n| n.trim().to_ascii_lowercase()).collect();
    let column = |name: &str| {
        names.iter().position(|n| n == name).ok_or_else(|| {
            format!("the first line must name the columns x, y and z, `{name}` is missing: \"{}\"", header.trim())
        })
    };
    let columns = [column("x")?, column("y")?, column("z")?];
    lines
        .map(|(number, line)| {
            let field: Vec<&str> = line.split(separator).map(str::trim).collect();
            let mut at = [0.0; 3];
            for (value, column) in at.iter_mut().zip(columns) {
                let text = field.get(column).ok_or(format!(
                    "line {number}: {} columns, {} are named",
                    field.len(),
                    names.len()
                ))?;
                *value = text
                    .parse::<f64>()
                    .ok()
                    .filter(|v| v.is_finite())
                    .ok_or_else(|| format!("line {number}: `{text}` is not a number"))?;
            }
            Ok(Written { number, at })
        })
        .collect()
}

fn ply(bytes: &[u8]) -> Result<Vec<Written>, String> {
    let ply = Parser::<DefaultElement>::new().read_ply(&mut &bytes[..]).map_err(|e| e.to_string())?;
    let vertices = ply.payload.get("vertex").ok_or("it has no element \"vertex\"")?;
    let one = |number: usize, element: &DefaultElement| {
        let of = |name: &str| match element.get(name) {
            Some(Property::Float(v)) => Some(f64::from(*v)),
            Some(Property::Double(v)) => Some(*v),
            _ => None,
        };
        let at = [of("x"), of("y"), of("z")];
        match at {
            [Some(x), Some(y), Some(z)] if [x, y, z].iter().all(|v| v.is_finite()) => {
                Ok(Written { number, at: [x, y, z] })
            }
            _ => Err(format!("vertex {number}: x, y and z must be finite floats")),
        }
    };
    vertices.iter().enumerate().map(|(k, element)| one(k, element)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: Result<&[(usize, [f64; 3])], &str>) {
        match (csv(text.as_bytes()), want) {
            (Ok(got), Ok(want)) => assert_eq!(got.iter().map(|w| (w.number, w.at)).collect::<Vec<_>>(), want),
            (Err(got), Err(want)) => assert!(got.contains(want), "{got}"),
            (got, want) => panic!("{text:?}: {got:?} {want:?}"),
        }
    }

    #[test]
    fn tables() {
        check("x,y,z\n1,2,3\n\n# cut\n 4 , 5,6e0\n", Ok(&[(2, [1.0, 2.0, 3.0]), (5, [4.0, 5.0, 6.0])]));
        check("\u{feff}id;Z;Y;X\r\n7;3;2;1\r\n", Ok(&[(2, [1.0, 2.0, 3.0])]));
        check("1,2,3\n4,5,6\n", Err("`x` is missing"));
        check("x,y,z\n1,2,3\n1,2\n", Err("line 3: 2 columns"));
        check("x,y,z\n1,2,3\n1,two,3\n", Err("line 3: `two` is not a number"));
        check("x,y,z\n1,2,NaN\n", Err("line 2: `NaN`"));
        check("", Err("empty"));
    }

    #[test]
    fn points() {
        let text = "ply\nformat ascii 1.0\nelement vertex 2\nproperty float x\nproperty float y\nproperty float z\nend_header\n1 2 3\n4 5 6\n";
        let got = ply(text.as_bytes());
        assert_eq!(
            got,
            Ok(vec![Written { number: 0, at: [1.0, 2.0, 3.0] }, Written { number: 1, at: [4.0, 5.0, 6.0] }])
        );
        assert!(ply(&text.replace("vertex", "corner").into_bytes()).is_err());
        assert!(ply(&text.replace("4 5 6", "4 nan 6").into_bytes()).is_err());
        assert!(ply(b"ply\n").is_err());
    }
}
