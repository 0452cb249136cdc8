//! Points from a file.
//!
//! In: a text file, `x,y,z` a line, in the coordinates and unit of the scan's file; `#` opens a comment; one line of
//! names at the top is allowed, and so are further columns. Out: the points, or which line is wrong.

use std::path::Path;

use crate::error::{DesignError, FileFault, Which};

/// More is a mistaken file: a donor area has a few thousand scars.
const MOST: usize = 100_000;

pub(super) fn points(which: &Which, path: &Path) -> Result<Vec<[f64; 3]>, DesignError> {
    let fault = |fault| DesignError::File { which: which.clone(), path: path.to_owned(), fault };
    let text = std::fs::read_to_string(path).map_err(|e| fault(FileFault::Unreadable(e.to_string())))?;
    let mut out = Vec::new();
    let mut headed = false;
    for (index, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        match point(line) {
            Some(point) => out.push(point),
            None if out.is_empty() && !headed && !line.starts_with(|c: char| c.is_ascii_digit() || c == '-') => {
                headed = true;
            }
            None => return Err(fault(FileFault::Line { line: index + 1 })),
        }
        if out.len() > MOST {
            return Err(fault(FileFault::TooLong { most: MOST }));
        }
    }
    if out.is_empty() { Err(fault(FileFault::NoPoint)) } else { Ok(out) }
}

fn point(line: &str) -> Option<[f64; 3]> {
    let mut numbers = line.split([',', ';', '\t']).map(|word| word.trim().parse::<f64>());
    let mut next = || numbers.next()?.ok().filter(|v| v.is_finite());
    Some([next()?, next()?, next()?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line() {
        for (line, want) in [
            ("1, 2.5,-3e1", Some([1.0, 2.5, -30.0])),
            ("1;2;3;0.5", Some([1.0, 2.0, 3.0])),
            ("1,2", None),
            ("1,2,x", None),
            ("1,nan,3", None),
            ("x,y,z", None),
        ] {
            assert_eq!(point(line), want, "{line}");
        }
    }
}
