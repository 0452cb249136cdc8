//! The dots of any pattern, whoever made it.
//!
//! In: a PLY or CSV file. Out: places and what is known of their frame and unit. A PLY by us says both in a comment, a CSV
//! by us in the names of its columns (`head_x_mm`). Any other PLY needs vertices with x y z, any other CSV a first line
//! that names x, y and z, or x_mm, x_cm, x_m and so on. Absent: the surface; whoever asks puts the dots on it.

use std::fs;
use std::path::Path;

use ply_rs_bw::parser::Parser;
use ply_rs_bw::ply::{DefaultElement, Property};

use crate::StippleError;
use crate::ply::FORMAT;

/// Largest file that is read, bytes: a million dots by us, with room.
const LARGEST: u64 = 1 << 30;

/// Dots as a file has them.
#[derive(Debug, Clone, PartialEq)]
pub struct Points {
    /// As written.
    pub at: Vec<[f64; 3]>,
    /// What that is.
    pub said: Said,
    /// The session they are of, where the file says it.
    pub session: Option<u16>,
}

/// What a file says of its coordinates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Said {
    /// Head frame; metres by unit.
    Head(f64),
    /// The scan's own axes; metres by unit.
    Unit(f64),
    /// Nothing.
    Nothing,
}

/// Reads the dots of a pattern, PLY or CSV by the file's ending.
///
/// # Errors
/// The file system's, and whatever is not a list of places: by line of a CSV, by vertex of a PLY.
pub fn read_points(path: &Path) -> Result<Points, StippleError> {
    let io = |source| StippleError::Io { path: path.to_owned(), source };
    let wrong = |what| StippleError::NotSites { path: path.to_owned(), what };
    let size = fs::metadata(path).map_err(io)?.len();
    if size > LARGEST {
        return Err(wrong(format!("{size} bytes, at most {LARGEST}")));
    }
    let bytes = fs::read(path).map_err(io)?;
    let points = if is_csv(path) { csv(&bytes) } else { ply(&bytes) }.map_err(wrong)?;
    if points.at.is_empty() {
        return Err(wrong("no dot in it".to_owned()));
    }
    Ok(points)
}

/// By the ending; anything else is a PLY.
pub(crate) fn is_csv(path: &Path) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv"))
}

/// Names of the three columns and what they say.
fn columns(names: &[String]) -> Option<([usize; 3], Said)> {
    let of = |name: &dyn Fn(&str) -> String| {
        let find = |axis| names.iter().position(|n| *n == name(axis));
        Some([find("x")?, find("y")?, find("z")?])
    };
    for (unit, metres) in [("mm", 1e-3), ("cm", 1e-2), ("m", 1.0)] {
        if let Some(columns) = of(&|axis| format!("head_{axis}_{unit}")) {
            return Some((columns, Said::Head(metres)));
        }
        if let Some(columns) = of(&|axis| format!("{axis}_{unit}")) {
            return Some((columns, Said::Unit(metres)));
        }
    }
    of(&str::to_owned).map(|columns| (columns, Said::Nothing))
}

fn csv(bytes: &[u8]) -> Result<Points, String> {
    let text = std::str::from_utf8(bytes).map_err(|e| format!("not text: byte {} is not UTF-8", e.valid_up_to()))?;
    let lines = text.trim_start_matches('\u{feff}').lines().enumerate().map(|(k, line)| (k + 1, line));
    let mut lines = lines.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    let (_, header) = lines.next().ok_or("it is empty")?;
    let separator = if header.contains(';') { ';' } else { ',' };
    let names: Vec<String> = header.split(separator).map(|n| n.trim().to_ascii_lowercase()).collect();
    let (places, said) = columns(&names).ok_or_else(|| {
        format!("the first line must name columns x, y, z or x_mm, y_mm, z_mm: \"{}\"", header.trim())
    })?;
    let session = names.iter().position(|n| n == "session");
    let (mut at, mut of) = (Vec::new(), None);
    for (number, line) in lines {
        let field: Vec<&str> = line.split(separator).map(str::trim).collect();
        let text = |column: usize| {
            let missing = || format!("line {number}: {} columns, {} are named", field.len(), names.len());
            field.get(column).copied().ok_or_else(missing)
        };
        let value = |column: usize| {
            let text = text(column)?;
            let value = text.parse::<f64>().ok().filter(|v| v.is_finite());
            value.ok_or_else(|| format!("line {number}: `{text}` is not a number"))
        };
        at.push([value(places[0])?, value(places[1])?, value(places[2])?]);
        if let Some(column) = session.filter(|_| matches!(said, Said::Head(_))) {
            let text = text(column)?;
            let this = text.parse::<u16>().map_err(|_| format!("line {number}: `{text}` is no session"))?;
            if *of.get_or_insert(this) != this {
                return Err(format!("line {number}: session {this} among dots of another"));
            }
        }
    }
    Ok(Points { at, said, session: of })
}

fn ply(bytes: &[u8]) -> Result<Points, String> {
    let ply = Parser::<DefaultElement>::new().read_ply(&mut &bytes[..]).map_err(|e| e.to_string())?;
    let vertices = ply.payload.get("vertex").ok_or("it has no element \"vertex\"")?;
    let ours = ply.header.comments.iter().any(|c| c == FORMAT);
    let place = |(number, vertex): (usize, &DefaultElement)| {
        let of = |name: &str| match vertex.get(name) {
            Some(Property::Float(v)) => Some(f64::from(*v)),
            Some(Property::Double(v)) => Some(*v),
            _ => None,
        };
        match [of("x"), of("y"), of("z")] {
            [Some(x), Some(y), Some(z)] if [x, y, z].iter().all(|v| v.is_finite()) => Ok([x, y, z]),
            _ => Err(format!("vertex {number}: x, y and z must be finite floats")),
        }
    };
    let at = vertices.iter().enumerate().map(place).collect::<Result<_, _>>()?;
    let session = match vertices.first().and_then(|v| v.get("session")) {
        Some(Property::UShort(session)) if ours => Some(*session),
        _ => None,
    };
    Ok(Points { at, said: if ours { Said::Head(1.0) } else { Said::Nothing }, session })
}

#[cfg(test)]
mod tests {
    use super::*;

    type Told<'a> = (Said, Option<u16>, &'a [[f64; 3]]);

    #[track_caller]
    fn check(text: &str, want: Result<Told<'_>, &str>) {
        match (csv(text.as_bytes()), want) {
            (Ok(got), Ok((said, session, at))) => assert_eq!(got, Points { at: at.to_vec(), said, session }),
            (Err(got), Err(want)) => assert!(got.contains(want), "{got}"),
            (got, want) => panic!("{text:?}: {got:?} {want:?}"),
        }
    }

    #[test]
    fn tables() {
        let one: &[[f64; 3]] = &[[1.0, 2.0, 3.0]];
        check("x,y,z\n1,2,3\n", Ok((Said::Nothing, None, one)));
        check("\u{feff}id;Z_mm;Y_mm;X_mm\r\n\r\n7;3;2;1\r\n", Ok((Said::Unit(1e-3), None, one)));
        check("# by hand\nx_m,y_m,z_m\n1,2,3\n", Ok((Said::Unit(1.0), None, one)));
        check("session,head_x_mm,head_y_mm,head_z_mm\n2,1,2,3\n", Ok((Said::Head(1e-3), Some(2), one)));
        check("session,head_x_mm,head_y_mm,head_z_mm\n2,1,2,3\n3,1,2,3\n", Err("line 3: session 3"));
        // Whatever another program calls a session is its own.
        check("session,x,y,z\nmorning,1,2,3\n", Ok((Said::Nothing, None, one)));
        check("x_mm,y_mm,z\n1,2,3\n", Err("must name columns x, y, z"));
        check("x,y,z\n1,2\n", Err("line 2: 2 columns, 3 are named"));
        check("x,y,z\n1,2,3\n1,two,3\n", Err("line 3: `two` is not a number"));
        check("x,y,z\n1,2,inf\n", Err("line 2: `inf`"));
        check("", Err("empty"));
    }

    #[test]
    fn vertices() {
        let text = "ply\nformat ascii 1.0\nelement vertex 2\nproperty float x\nproperty float y\nproperty double z\nend_header\n1 2 3\n4 5 6\n";
        let got = ply(text.as_bytes());
        assert_eq!(got, Ok(Points { at: vec![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], said: Said::Nothing, session: None }));
        for broken in
            [text.replace("vertex", "corner"), text.replace("4 5 6", "4 nan 6"), text.replace("float y", "int y")]
        {
            assert!(ply(broken.as_bytes()).is_err(), "{broken}");
        }
    }
}
