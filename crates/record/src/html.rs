//! `report.html`: one file, no script, no link out, readable by a person who did not run it.

use std::fmt::Write as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::{Column, Picture, RecordError, Report, Table, write_atomic};

/// What goes on the page beside the figures.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// One sentence under the title: what the scene shows.
    pub about: String,
    /// The verdict, one line each: what was asked, what came out, kept or not.
    pub verdict: Vec<Verdict>,
    /// Tables with a word to each.
    pub tables: Vec<PageTable>,
    /// Name and picture.
    pub pictures: Vec<(String, Picture)>,
    /// SVG of the pictures' colour scale.
    pub legend: String,
    /// SVG plots.
    pub plots: Vec<String>,
    /// What the reader must know to trust the figures.
    pub notes: Vec<String>,
}

/// A table of the page.
#[derive(Debug, Clone, Default)]
pub struct PageTable {
    /// Above it.
    pub title: String,
    /// Below the title: what it says, and how to read it.
    pub note: String,
    /// Itself; its marks are not drawn.
    pub table: Table,
}

/// Sections of the report that have a table of their own.
const TABLED: [&str; 3] = ["uniformity", "budget", "forecast"];

/// One bar of the design against what was measured.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// What.
    pub what: String,
    /// Measured, with its unit.
    pub measured: String,
    /// The bar, with its unit.
    pub bar: String,
    /// Whether it is kept.
    pub kept: bool,
}

const STYLE: &str = "body{font:15px/1.45 system-ui,sans-serif;color:#1c1c1c;max-width:1080px;margin:2em auto;padding:0 1em}\
h1{font-size:1.6em;margin-bottom:.1em}h2{font-size:1.15em;margin-top:1.8em;border-bottom:1px solid #ddd}\
table{border-collapse:collapse}td,th{padding:.2em .9em .2em 0;text-align:left;vertical-align:top}th{color:#666;font-weight:500}\
.row{display:flex;flex-wrap:wrap;gap:12px}figure{margin:0}figcaption{color:#555;font-size:.9em}img{max-width:100%;border:1px solid #eee}\
.number{text-align:right}.kept{color:#1a7f37}.broken{color:#b3261e;font-weight:600}.note{color:#555}code{background:#f4f4f4;padding:0 .3em}";

/// Writes the page, all or nothing.
pub fn write_html(path: &Path, report: &Report, page: &Page) -> Result<(), RecordError> {
    write_atomic(path, html(report, page)?.as_bytes())
}

fn html(report: &Report, page: &Page) -> Result<String, RecordError> {
    let mut out = String::new();
    let title = escape(&report.scene);
    // Writing to a String cannot fail.
    let _ = write!(
        out,
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>pigment: {title}</title><style>{STYLE}</style>\
         <h1>{title}</h1><p>{}</p>",
        escape(&page.about)
    );
    if !page.verdict.is_empty() {
        out.push_str("<h2>Verdict</h2><table><tr><th>figure</th><th>measured</th><th>bar</th><th></th></tr>");
        for v in &page.verdict {
            let (class, word) = if v.kept { ("kept", "kept") } else { ("broken", "not kept") };
            let _ = write!(
                out,
                "<tr><td>{}</td><td>{}</td><td>{}</td><td class=\"{class}\">{word}</td></tr>",
                escape(&v.what),
                escape(&v.measured),
                escape(&v.bar)
            );
        }
        out.push_str("</table>");
    }
    page.tables.iter().for_each(|table| tabled(&mut out, table));
    if !page.pictures.is_empty() {
        let _ = write!(out, "<h2>Dots on the head</h2>{}<div class=\"row\">", page.legend);
        for (name, picture) in &page.pictures {
            let _ = write!(
                out,
                "<figure><img width=\"{}\" alt=\"{}\" src=\"data:image/png;base64,{}\"><figcaption>{}</figcaption></figure>",
                picture.width,
                escape(name),
                STANDARD.encode(picture.png()?),
                escape(name)
            );
        }
        out.push_str("</div>");
    }
    if !page.plots.is_empty() {
        out.push_str("<h2>Distributions</h2><div class=\"row\">");
        for plot in &page.plots {
            let _ = write!(out, "<figure>{plot}</figure>");
        }
        out.push_str("</div>");
    }
    out.push_str("<h2>All figures</h2>");
    let value = serde_json::to_value(report).map_err(|source| RecordError::Json { what: "report.html", source })?;
    figures(&mut out, &value);
    if !page.notes.is_empty() {
        out.push_str("<h2>How to read this</h2>");
        for note in &page.notes {
            let _ = write!(out, "<p class=\"note\">{}</p>", escape(note));
        }
    }
    out.push_str("</html>\n");
    Ok(out)
}

fn tabled(out: &mut String, page: &PageTable) {
    let _ = write!(out, "<h2>{}</h2><p class=\"note\">{}</p><table><tr>", escape(&page.title), escape(&page.note));
    for c in &page.table.head {
        let unit = if c.unit.is_empty() { String::new() } else { format!("<br><small>{}</small>", escape(&c.unit)) };
        let _ = write!(out, "<th{}>{}{unit}</th>", class(c), escape(&c.name));
    }
    out.push_str("</tr>");
    for row in &page.table.rows {
        out.push_str("<tr>");
        for (c, cell) in page.table.head.iter().zip(row) {
            let _ = write!(out, "<td{}>{}</td>", class(c), escape(cell));
        }
        out.push_str("</tr>");
    }
    out.push_str("</table>");
}

const fn class(column: &Column) -> &'static str {
    if column.number { " class=\"number\"" } else { "" }
}

/// One table a section; keys as in `report.json`.
fn figures(out: &mut String, report: &serde_json::Value) {
    let Some(sections) = report.as_object() else { return };
    for (name, section) in sections {
        let Some(rows) = section.as_object().filter(|_| !TABLED.contains(&name.as_str())) else { continue };
        let _ = write!(out, "<h3>{}</h3><table>", escape(name));
        for (key, value) in rows {
            let _ = write!(out, "<tr><th>{}</th><td>{}</td></tr>", escape(key), cell(value));
        }
        out.push_str("</table>");
    }
}

/// Lists grow without bound on a whole scalp: the page counts by reason, the JSON keeps every row.
fn cell(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Array(rows) if rows.is_empty() => "none".into(),
        serde_json::Value::Array(rows) => {
            let mut reasons: Vec<(String, usize)> = Vec::new();
            for row in rows {
                let reason = row.get("reason").unwrap_or(row);
                let text = reason.as_str().map_or_else(|| reason.to_string(), str::to_owned);
                match reasons.iter_mut().find(|(r, _)| *r == text) {
                    Some((_, n)) => *n += 1,
                    None => reasons.push((text, 1)),
                }
            }
            let more = reasons.len().saturating_sub(12);
            let mut lines: Vec<_> = reasons.iter().take(12).map(|(r, n)| format!("{n} x {}", escape(r))).collect();
            if more > 0 {
                lines.push(format!("and {more} more reasons in report.json"));
            }
            lines.join("<br>")
        }
        serde_json::Value::Number(n) => match n.as_f64() {
            Some(v) if !n.is_u64() && !n.is_i64() => format!("{}", Short(v)),
            _ => n.to_string(),
        },
        serde_json::Value::String(s) => escape(s),
        other => escape(&other.to_string()),
    }
}

/// Four digits that matter.
struct Short(f64);

impl std::fmt::Display for Short {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.abs() >= 1e-2 && self.0.abs() < 1e5 {
            write!(f, "{}", (self.0 * 1e4).round() / 1e4)
        } else {
            write!(f, "{:.3e}", self.0)
        }
    }
}

pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
    use super::*;
    use crate::{Reason, Rehearsal};

    #[test]
    fn a_scene_name_cannot_write_markup() {
        let report = Report { scene: "<script>x</script>".into(), ..Default::default() };
        let text = html(&report, &Page::default()).unwrap();
        assert!(!text.contains("<script>") && text.contains("&lt;script&gt;"));
    }

    #[test]
    fn the_page_stands_alone_and_counts_reasons() {
        let skip = |site| Reason { site: Some(site), reason: "no contact".into() };
        let rehearse = Rehearsal { skipped: vec![skip(1), skip(2)], ..Default::default() };
        let report = Report { rehearse: Some(rehearse), ..Default::default() };
        let text = html(&report, &Page::default()).unwrap();
        assert!(text.contains("2 x no contact"));
        assert!(!text.contains("http") && !text.contains("<link"));
    }
}
