//! The treatment sheet: one page for two people at a table, on a screen or on A4.
//!
//! In: [`Sheet`], made of a few kinds of [`Block`]. Out: one HTML file, nothing beside it: no script, no link, no font.
//! Every text is escaped here and nowhere else. Absent: what the sheet says.

use std::fmt::Write as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::html::escape;
use crate::{Colour, Picture, RecordError, write_atomic};

/// A whole sheet.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    /// Top of the first page.
    pub title: String,
    /// Small, above the title.
    pub kicker: String,
    /// What the scene says it is.
    pub about: String,
    /// The few figures that one looks for first: name and value.
    pub facts: Vec<(String, String)>,
    /// Sections, in order.
    pub sections: Vec<Section>,
    /// At the foot of the page.
    pub foot: String,
}

/// A heading and what stands under it.
#[derive(Debug, Clone)]
pub struct Section {
    /// Heading.
    pub title: String,
    /// On paper, on a new page.
    pub new_page: bool,
    /// What stands under it.
    pub blocks: Vec<Block>,
}

/// One thing on the page.
#[derive(Debug, Clone)]
pub enum Block {
    /// A paragraph.
    Text(String),
    /// A paragraph in small print.
    Note(String),
    /// A paragraph that must be read.
    Alert(String),
    /// Points.
    List(Vec<String>),
    /// Columns of one table.
    Table(Table),
    /// Pictures with their captions, two in a row.
    Pictures(Vec<(String, Picture)>),
    /// What the colours of the pictures mean.
    Legend(Vec<(Colour, String)>),
    /// A long code each, with what it is of.
    Codes(Vec<(String, String)>),
    /// Lines to sign on, with what stands under each.
    Signatures(Vec<String>),
}

/// A table: first column left, the others as [`Column`] says.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// Heads.
    pub head: Vec<Column>,
    /// Cells, a row each; missing cells stay empty. What follows a line break stands below, small.
    pub rows: Vec<Vec<String>>,
    /// A colour beside the first cell of a row, by row.
    pub marks: Vec<Colour>,
}

/// Head of a column.
#[derive(Debug, Clone)]
pub struct Column {
    /// What.
    pub name: String,
    /// Small, under it.
    pub unit: String,
    /// Numbers stand right.
    pub number: bool,
}

impl Column {
    /// Of words.
    pub fn words(name: &str) -> Self {
        Self { name: name.into(), unit: String::new(), number: false }
    }

    /// Of numbers.
    pub fn number(name: &str, unit: &str) -> Self {
        Self { name: name.into(), unit: unit.into(), number: true }
    }
}

const STYLE: &str = "\
:root{--ink:#1b1f24;--soft:#5b6570;--line:#d9dee3;--pale:#f4f6f7;--accent:#0f5c66}\
*{box-sizing:border-box}\
html{background:#e9edef}\
body{font:14px/1.5 'Helvetica Neue',Helvetica,Arial,'Liberation Sans',sans-serif;color:var(--ink);background:#fff;max-width:860px;\
margin:24px auto;padding:44px 52px 36px;box-shadow:0 1px 8px rgba(20,40,50,.14)}\
header{border-bottom:2px solid var(--accent);padding-bottom:14px;margin-bottom:18px}\
.kicker{color:var(--accent);font-size:12px;letter-spacing:.08em;text-transform:uppercase;font-weight:600}\
h1{font-size:27px;line-height:1.2;margin:4px 0 6px;font-weight:600;overflow-wrap:anywhere}\
.about{color:var(--soft);margin:0;overflow-wrap:anywhere}\
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(110px,1fr));gap:0;margin:0 0 8px;border:1px solid var(--line);border-radius:6px;overflow:hidden}\
.facts div{padding:10px 14px;box-shadow:0 0 0 .5px var(--line)}\
.facts dt{color:var(--soft);font-size:11.5px;margin:0}.facts dd{margin:0;font-size:18px;font-weight:600;line-height:1.3}\
h2{font-size:16px;margin:28px 0 8px;color:var(--accent);font-weight:600;break-after:avoid}\
p{margin:6px 0;max-width:76ch;overflow-wrap:anywhere}.note{color:var(--soft);font-size:12.5px}\
.alert{border-left:4px solid #b3261e;background:#fdf1f0;padding:8px 12px;max-width:none}\
ul{margin:6px 0;padding-left:18px;max-width:80ch}li{margin:3px 0;overflow-wrap:anywhere}\
table{border-collapse:collapse;width:100%;margin:8px 0 6px;font-size:13px}\
th{color:var(--soft);font-weight:500;font-size:11.5px;line-height:1.25;text-align:left;vertical-align:bottom;padding:4px 10px 5px 0;border-bottom:1px solid #9aa5ad}\
th small{display:block;font-size:10.5px;color:#8a949c}\
td{padding:5px 10px 5px 0;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}\
td small{display:block;color:var(--soft);font-size:11px;font-weight:400;white-space:nowrap}th.after,td.after{padding-left:18px}tr{break-inside:avoid}thead{display:table-header-group}\
th.n,td.n{text-align:right;font-variant-numeric:tabular-nums;overflow-wrap:normal}td.n{white-space:nowrap}th:last-child,td:last-child{padding-right:0}\
td:first-child{font-weight:500}\
i.mark{display:inline-block;width:11px;height:11px;border-radius:2px;margin-right:7px;vertical-align:-1px;border:1px solid rgba(0,0,0,.18)}\
.pictures{display:grid;grid-template-columns:1fr 1fr;gap:10px}figure{margin:0;break-inside:avoid}\
figure img{display:block;width:100%;height:auto;border:1px solid var(--line);border-radius:4px}\
figcaption{color:var(--soft);font-size:12px;margin-top:2px}\
.legend{margin:10px 0 2px;font-size:12.5px;color:var(--soft)}.legend span{margin-right:18px;white-space:nowrap}\
.codes td{font-weight:400}.codes td.code{font:11px/1.45 ui-monospace,Menlo,Consolas,'Liberation Mono',monospace;word-break:break-all}\
.sign{display:grid;grid-template-columns:1fr 1fr;gap:34px 40px;margin:40px 0 6px;break-inside:avoid}\
.sign div{border-top:1px solid var(--ink);padding-top:4px;font-size:12px;color:var(--soft)}\
footer{margin-top:30px;border-top:1px solid var(--line);padding-top:8px;color:var(--soft);font-size:11.5px}\
@page{size:A4;margin:14mm 15mm 15mm}\
@media print{html,body{background:#fff}body{margin:0;padding:0;max-width:none;box-shadow:none;font-size:10pt}\
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}.page{break-before:page}h2{margin-top:16pt}.page h2{margin-top:0}\
p,ul{max-width:none}p,li{orphans:3;widows:3}table{font-size:9pt;break-inside:avoid}.pictures{max-width:168mm}.facts dd{font-size:13pt}}";

/// Writes the sheet, all or nothing.
pub fn write_sheet(path: &Path, sheet: &Sheet) -> Result<(), RecordError> {
    write_atomic(path, sheet_html(sheet)?.as_bytes())
}

/// The sheet as HTML.
pub fn sheet_html(sheet: &Sheet) -> Result<String, RecordError> {
    let mut out = String::new();
    let title = escape(&sheet.title);
    // Writing to a String cannot fail.
    let _ = write!(
        out,
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><style>{STYLE}</style><header><div class=\"kicker\">{}</div><h1>{title}</h1>\
         <p class=\"about\">{}</p></header><dl class=\"facts\">",
        escape(&sheet.kicker),
        escape(&sheet.about)
    );
    for (name, value) in &sheet.facts {
        let _ = write!(out, "<div><dt>{}</dt><dd>{}</dd></div>", escape(name), escape(value));
    }
    out.push_str("</dl>");
    for section in &sheet.sections {
        let class = if section.new_page { " class=\"page\"" } else { "" };
        let _ = write!(out, "<section{class}><h2>{}</h2>", escape(&section.title));
        for block in &section.blocks {
            write_block(&mut out, block)?;
        }
        out.push_str("</section>");
    }
    let _ = writeln!(out, "<footer>{}</footer></html>", escape(&sheet.foot));
    Ok(out)
}

fn write_block(out: &mut String, block: &Block) -> Result<(), RecordError> {
    let _ = match block {
        Block::Text(text) => write!(out, "<p>{}</p>", escape(text)),
        Block::Note(text) => write!(out, "<p class=\"note\">{}</p>", escape(text)),
        Block::Alert(text) => write!(out, "<p class=\"alert\">{}</p>", escape(text)),
        Block::List(points) => {
            let items: String = points.iter().map(|p| format!("<li>{}</li>", escape(p))).collect();
            write!(out, "<ul>{items}</ul>")
        }
        Block::Table(table) => {
            write_table(out, table);
            Ok(())
        }
        Block::Pictures(pictures) => {
            out.push_str("<div class=\"pictures\">");
            for (name, picture) in pictures {
                let name = escape(name);
                let data = STANDARD.encode(picture.png_indexed()?);
                let (w, h) = (picture.width, picture.height);
                let _ = write!(
                    out,
                    "<figure><img width=\"{w}\" height=\"{h}\" alt=\"{name}\" src=\"data:image/png;base64,{data}\">\
                     <figcaption>{name}</figcaption></figure>"
                );
            }
            write!(out, "</div>")
        }
        Block::Legend(rows) => {
            let items: String =
                rows.iter().map(|(c, name)| format!("<span>{}{}</span> ", mark(*c), escape(name))).collect();
            write!(out, "<p class=\"legend\">{items}</p>")
        }
        Block::Codes(rows) => {
            let rows: String = rows
                .iter()
                .map(|(name, code)| {
                    format!("<tr><td>{}</td><td class=\"code\">{}</td></tr>", escape(name), escape(code))
                })
                .collect();
            write!(out, "<table class=\"codes\">{rows}</table>")
        }
        Block::Signatures(lines) => {
            let lines: String = lines.iter().map(|l| format!("<div>{}</div>", escape(l))).collect();
            write!(out, "<div class=\"sign\">{lines}</div>")
        }
    };
    Ok(())
}

fn write_table(out: &mut String, table: &Table) {
    let number = |i: usize| table.head.get(i).is_some_and(|c| c.number);
    let class = |i: usize| match (number(i), i > 0 && number(i - 1)) {
        (true, _) => " class=\"n\"",
        (false, true) => " class=\"after\"",
        (false, false) => "",
    };
    out.push_str("<table><thead><tr>");
    for (i, column) in table.head.iter().enumerate() {
        let _ = write!(out, "<th{}>{}<small>{}</small></th>", class(i), escape(&column.name), escape(&column.unit));
    }
    out.push_str("</tr></thead><tbody>");
    for (r, row) in table.rows.iter().enumerate() {
        out.push_str("<tr>");
        for (i, cell) in row.iter().enumerate() {
            let mark = table.marks.get(r).filter(|_| i == 0).map_or(String::new(), |c| mark(*c));
            let cell = match cell.split_once('\n') {
                Some((first, below)) => format!("{}<small>{}</small>", escape(first), escape(below)),
                None => escape(cell),
            };
            let _ = write!(out, "<td{}>{mark}{cell}</td>", class(i));
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table>");
}

fn mark([r, g, b]: Colour) -> String {
    format!("<i class=\"mark\" style=\"background:rgb({r},{g},{b})\"></i>")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
    use super::*;

    const EVIL: &str = "<script>alert(1)</script>\"'&";

    /// Every text of every block, as bad as it gets.
    fn evil() -> Sheet {
        let picture = Picture { width: 1, height: 1, pixels: vec![[0, 0, 0]] };
        let e = || EVIL.to_owned();
        let table =
            Table { head: vec![Column::number(EVIL, EVIL)], rows: vec![vec![e(), e()]], marks: vec![[1, 2, 3]] };
        let blocks = vec![
            Block::Text(e()),
            Block::Note(e()),
            Block::Alert(e()),
            Block::List(vec![e()]),
            Block::Table(table),
            Block::Pictures(vec![(e(), picture)]),
            Block::Legend(vec![([1, 2, 3], e())]),
            Block::Codes(vec![(e(), e())]),
            Block::Signatures(vec![e()]),
        ];
        let sections = vec![Section { title: e(), new_page: true, blocks }];
        Sheet { title: e(), kicker: e(), about: e(), facts: vec![(e(), e())], sections, foot: e() }
    }

    #[test]
    fn no_text_can_write_markup() {
        let html = sheet_html(&evil()).unwrap();
        assert!(!html.contains("<script") && !html.contains("alert(1)</"), "{html}");
        // The title twice, 6 texts around the blocks, 14 in them.
        assert_eq!(html.matches("&lt;script&gt;alert(1)&lt;/script&gt;&quot;").count(), 22);
        assert!(!html.contains("\"&\""));
    }

    #[test]
    fn the_sheet_stands_alone() {
        let html = sheet_html(&evil()).unwrap();
        for word in ["http", "<link", "@import", "url(", "src=\"/", "javascript:"] {
            assert!(!html.contains(word), "{word}");
        }
        assert!(html.contains("@page{size:A4") && html.contains("data:image/png;base64,"));
    }
}
