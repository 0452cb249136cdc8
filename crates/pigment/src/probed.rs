//! The file of probed points: CSV as a person or a robot's log writes it.
//!
//! In: a file whose first line names its columns: `x_mm,y_mm,z_mm`, and as it likes `sigma_mm` and `name`. Out: [`Row`]s
//! with their lines; or file, line, value and a way out. Blank lines and lines that begin with `#` are skipped.
//! Absent: quotes, other separators, any judgement on where the points lie.

use std::path::Path;

use scan::Landmark;

use crate::Failure;

/// One touched place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Row {
    /// Of the file, from 1.
    pub(crate) line: usize,
    /// Base frame, millimetres.
    pub(crate) at_mm: [f64; 3],
    /// One standard deviation, where the file gives one.
    pub(crate) sigma_mm: Option<f64>,
    /// The landmark that was touched; `None` for any place on the skin.
    pub(crate) name: Option<Landmark>,
}

const LANDMARKS: [Landmark; 4] =
    [Landmark::Nasion, Landmark::Inion, Landmark::LeftPreauricular, Landmark::RightPreauricular];
const COLUMNS: [&str; 5] = ["x_mm", "y_mm", "z_mm", "sigma_mm", "name"];
/// Largest file that is read, bytes: ten times a line for each of [`MOST`] points.
const LARGEST: u64 = 1 << 20;
/// Most points. A robot touches 20 to 60; thousands are another scan, and belong into `[scan]`.
const MOST: usize = 2000;

/// Reads a file.
pub(crate) fn read(path: &Path) -> Result<Vec<Row>, Failure> {
    let meta = std::fs::metadata(path).map_err(|e| Failure::file(path, format_args!("{e}; is the path right?")))?;
    if meta.len() > LARGEST {
        return Err(Failure::file(path, format_args!("{} bytes are no probed points (at most {LARGEST})", meta.len())));
    }
    let bytes = std::fs::read(path).map_err(|e| Failure::file(path, e))?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|e| Failure::file(path, format_args!("not text: byte {} is not UTF-8", e.valid_up_to())))?;
    parse(text).map_err(|(line, why)| Failure::Input(format!("{}:{line}: {why}", path.display())))
}

fn parse(text: &str) -> Result<Vec<Row>, (usize, String)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines =
        text.lines().enumerate().map(|(k, l)| (k + 1, l.trim())).filter(|(_, l)| !l.is_empty() && !l.starts_with('#'));
    let (first, header) = lines.next().ok_or((1, format!("empty; the first line is {}", known())))?;
    let columns = columns(header).map_err(|why| (first, why))?;
    let mut rows = Vec::new();
    for (line, content) in lines {
        if rows.len() == MOST {
            return Err((line, format!("more than {MOST} points; a scan belongs into [scan]")));
        }
        rows.push(row(line, content, &columns).map_err(|why| (line, why))?);
    }
    Ok(rows)
}

fn known() -> &'static str {
    "x_mm,y_mm,z_mm[,sigma_mm][,name]"
}

/// The columns in the file's order, as places in [`COLUMNS`].
fn columns(header: &str) -> Result<Vec<usize>, String> {
    let mut found = Vec::new();
    for name in header.split(',').map(str::trim) {
        let Some(k) = COLUMNS.iter().position(|c| *c == name) else {
            return Err(format!("column `{}` is not known; the first line is {}", short(name), known()));
        };
        if found.contains(&k) {
            return Err(format!("column `{name}` stands twice"));
        }
        found.push(k);
    }
    match (0..3).find(|k| !found.contains(k)) {
        Some(k) => Err(format!("column `{}` is missing; the first line is {}", COLUMNS[k], known())),
        None => Ok(found),
    }
}

fn row(line: usize, content: &str, columns: &[usize]) -> Result<Row, String> {
    let values: Vec<&str> = content.split(',').map(str::trim).collect();
    if values.len() != columns.len() {
        return Err(format!(
            "{} values for {} columns; numbers have a decimal point, not a comma",
            values.len(),
            columns.len()
        ));
    }
    let mut row = Row { line, at_mm: [0.0; 3], sigma_mm: None, name: None };
    for (&column, value) in columns.iter().zip(values) {
        match (COLUMNS[column], value) {
            ("name", "") | ("sigma_mm", "") => {}
            ("name", name) => row.name = Some(landmark(name)?),
            ("sigma_mm", value) => row.sigma_mm = Some(sigma(value)?),
            (axis, value) => row.at_mm[column] = number(axis, value)?,
        }
    }
    Ok(row)
}

fn number(column: &str, value: &str) -> Result<f64, String> {
    let number = value.parse().ok().filter(|v: &f64| v.is_finite());
    number.ok_or_else(|| format!("{column} = \"{}\" is not a finite number", short(value)))
}

fn sigma(value: &str) -> Result<f64, String> {
    let sigma = number("sigma_mm", value)?;
    let within = super::registration::NOISE_MM;
    if within.contains(&sigma) {
        return Ok(sigma);
    }
    Err(format!("sigma_mm = {sigma}; it must lie between {} and {}", within.start(), within.end()))
}

fn landmark(name: &str) -> Result<Landmark, String> {
    LANDMARKS.into_iter().find(|l| l.to_string() == name).ok_or_else(|| {
        let all = LANDMARKS.map(|l| l.to_string()).join(", ");
        format!("name \"{}\" is no landmark ({all}); leave it empty for a place on the skin", short(name))
    })
}

/// Of what the file holds, as much as a message needs.
fn short(value: &str) -> String {
    value.chars().filter(|c| !c.is_control()).take(40).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
    use super::*;

    #[track_caller]
    fn reads(text: &str, want: &[Row]) {
        assert_eq!(parse(text).unwrap(), want);
    }

    #[track_caller]
    fn refuses(text: &str, line: usize, words: &[&str]) {
        let (at, why) = parse(text).unwrap_err();
        assert_eq!(at, line, "{why}");
        for word in words {
            assert!(why.contains(word), "\"{word}\" is not in: {why}");
        }
    }

    fn plain(line: usize, at_mm: [f64; 3]) -> Row {
        Row { line, at_mm, sigma_mm: None, name: None }
    }

    #[test]
    fn columns_in_any_order() {
        reads("x_mm,y_mm,z_mm\n1,2,3\n", &[plain(2, [1.0, 2.0, 3.0])]);
        let full = Row { sigma_mm: Some(0.2), name: Some(Landmark::Inion), ..plain(2, [1.0, -2.5, 3e2]) };
        reads("name, sigma_mm, z_mm, y_mm, x_mm\ninion, 0.2, 3e2, -2.5, 1\n", &[full]);
        reads("x_mm,y_mm,z_mm,sigma_mm,name\n1,2,3,,\n", &[plain(2, [1.0, 2.0, 3.0])]);
    }

    #[test]
    fn as_windows_and_people_write_it() {
        let text = "\u{feff}# probed on Friday\r\n\r\nx_mm,y_mm,z_mm\r\n 1 , 2 , 3 \r\n# one more\r\n4,5,6";
        reads(text, &[plain(4, [1.0, 2.0, 3.0]), plain(6, [4.0, 5.0, 6.0])]);
        reads("x_mm,y_mm,z_mm", &[]);
    }

    #[test]
    fn a_file_of_some_other_kind_is_not_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("scan.ply");
        std::fs::File::create(&path).unwrap().set_len(LARGEST + 1).unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("1048577 bytes are no probed points"));
        std::fs::write(&path, [0xff, 0xfe]).unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("scan.ply: not text: byte 0"));
    }

    #[test]
    fn the_line_and_the_value_are_named() {
        refuses("", 1, &["empty", "x_mm,y_mm,z_mm"]);
        refuses("1,2,3\n", 1, &["column `1` is not known", "first line is x_mm"]);
        refuses("x_mm;y_mm;z_mm\n", 1, &["x_mm;y_mm;z_mm", "is not known"]);
        refuses("x_mm,y_mm\n", 1, &["`z_mm` is missing"]);
        refuses("x_mm,y_mm,z_mm,x_mm\n", 1, &["`x_mm` stands twice"]);
        refuses("x_mm,y_mm,z_mm\n1,2,3\n1,2\n", 3, &["2 values for 3 columns"]);
        refuses("x_mm,y_mm,z_mm\n1,5,2,5,3,5\n", 2, &["6 values for 3", "decimal point"]);
        refuses("x_mm,y_mm,z_mm\n1,2o,3\n", 2, &["y_mm = \"2o\"", "not a finite number"]);
        refuses("x_mm,y_mm,z_mm\n1,NaN,3\n", 2, &["y_mm = \"NaN\""]);
        refuses("x_mm,y_mm,z_mm\n1,1e999,3\n", 2, &["1e999"]);
        refuses("x_mm,y_mm,z_mm\n1,,3\n", 2, &["y_mm = \"\""]);
        refuses("x_mm,y_mm,z_mm,sigma_mm\n1,2,3,0\n", 2, &["sigma_mm = 0", "between"]);
        refuses("x_mm,y_mm,z_mm,sigma_mm\n1,2,3,-0.1\n", 2, &["sigma_mm = -0.1"]);
        refuses("x_mm,y_mm,z_mm,name\n1,2,3,nose\n", 2, &["\"nose\" is no landmark", "left_preauricular"]);
        refuses(&format!("x_mm,y_mm,z_mm\n{}", "1,2,3\n".repeat(2001)), 2002, &["more than 2000"]);
    }
}
