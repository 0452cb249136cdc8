//! Sites as a PLY file that opens in MeshLab and CloudCompare, and back, exactly.
//!
//! In: a pattern, a path. Out: binary little-endian PLY in SI units, `Head` frame; the same pattern gives the same bytes.
//! `x y z` is the entry, `nx ny nz` the needle's axis (outward), `hx hy hz` the hair; these three are for viewers (n and h
//! in single precision). `qx qy qz qw` is the exact rotation `head_from_skin`. `zone` counts in the order of
//! `skin::Zone::ALL`; `class` is the kind of dot in its zone (`mix`), 0 in files that lack it. Absent: quality and rejected dots, which are in the report.

use std::fs;
use std::path::Path;

use frames::{Dir, Metres, Penetration, Pose, SiteId};
use nalgebra::{Isometry3, Quaternion, Translation3, Unit};
use ply_rs_bw::parser::Parser;
use ply_rs_bw::ply::{
    Addable, ElementDef, Encoding, Ply, PropertyAccess, PropertyAccessResult, PropertyDef, PropertyType, ScalarType,
};
use ply_rs_bw::writer::Writer;

use crate::StippleError;
use crate::site::{Pattern, Site};

pub(crate) const FORMAT: &str = "pigment sites 1, SI units, head frame";
const COLUMNS: [(&str, ScalarType); 23] = [
    ("x", ScalarType::Double),
    ("y", ScalarType::Double),
    ("z", ScalarType::Double),
    ("nx", ScalarType::Float),
    ("ny", ScalarType::Float),
    ("nz", ScalarType::Float),
    ("hx", ScalarType::Float),
    ("hy", ScalarType::Float),
    ("hz", ScalarType::Float),
    ("qx", ScalarType::Double),
    ("qy", ScalarType::Double),
    ("qz", ScalarType::Double),
    ("qw", ScalarType::Double),
    ("target_m", ScalarType::Double),
    ("least_m", ScalarType::Double),
    ("most_m", ScalarType::Double),
    ("healed_m", ScalarType::Double),
    ("shade", ScalarType::Double),
    ("zone", ScalarType::UChar),
    ("zone_index", ScalarType::UShort),
    ("session", ScalarType::UShort),
    ("id", ScalarType::UInt),
    ("class", ScalarType::UChar),
];

/// Writes the sites, next to the path first and then moved there, so that no half file
/// stays.
///
/// # Errors
/// The file system's.
pub fn write_ply(path: &Path, pattern: &Pattern) -> Result<(), StippleError> {
    let io = |source| StippleError::Io { path: path.to_owned(), source };
    let mut ply = Ply::<Row>::new();
    ply.header.encoding = Encoding::BinaryLittleEndian;
    ply.header.comments.push(FORMAT.to_owned());
    let mut element = ElementDef::new("vertex".to_owned());
    for (name, kind) in COLUMNS {
        element.properties.add(PropertyDef::new(name.to_owned(), PropertyType::Scalar(kind)));
    }
    ply.header.elements.add(element);
    ply.payload.insert("vertex".to_owned(), pattern.sites.iter().map(|s| Row::of(s, pattern.session)).collect());
    let mut bytes = Vec::with_capacity(160 * pattern.sites.len() + 1024);
    Writer::new().write_ply(&mut bytes, &mut ply).map_err(io)?;
    put(path, &bytes)
}

/// Next to the path first, then there: all of it or nothing.
pub(crate) fn put(path: &Path, bytes: &[u8]) -> Result<(), StippleError> {
    let io = |source| StippleError::Io { path: path.to_owned(), source };
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    fs::write(&part, bytes).and_then(|()| fs::rename(&part, path)).map_err(|e| {
        // What was begun is of no use to anybody.
        let _ = fs::remove_file(&part);
        io(e)
    })
}

/// Reads what [`write_ply`] wrote: the very same sites, and the session they belong to.
///
/// # Errors
/// The file system's, and anything that is not a whole, valid site list.
pub fn read_ply(path: &Path) -> Result<(Vec<Site>, u16), StippleError> {
    let bytes = fs::read(path).map_err(|source| StippleError::Io { path: path.to_owned(), source })?;
    parse(&bytes).map_err(|what| StippleError::NotSites { path: path.to_owned(), what })
}

fn parse(bytes: &[u8]) -> Result<(Vec<Site>, u16), String> {
    let mut ply = Parser::<Row>::new().read_ply(&mut &bytes[..]).map_err(|e| e.to_string())?;
    if !ply.header.comments.iter().any(|c| c == FORMAT) {
        return Err(format!("it lacks the line \"comment {FORMAT}\""));
    }
    let element = ply.header.elements.get("vertex").ok_or("it has no element \"vertex\"")?;
    for (name, kind) in COLUMNS {
        match element.properties.get(name) {
            Some(found) if found.data_type == PropertyType::Scalar(kind) => {}
            // Runs from before there was more than one.
            None if name == "class" => {}
            _ => return Err(format!("property \"{name}\" is missing or has another type")),
        }
    }
    let rows = ply.payload.swap_remove("vertex").unwrap_or_default();
    let session = rows.first().map_or(0, |r| r.session);
    let sites = rows.iter().enumerate().map(|(k, row)| {
        if row.session != session {
            return Err(format!("vertex {k}: session {} among sites of session {session}", row.session));
        }
        row.site().ok_or_else(|| format!("vertex {k}: a number is out of range"))
    });
    Ok((sites.collect::<Result<_, _>>()?, session))
}

#[derive(Debug, Clone, Copy, Default)]
struct Row {
    /// In the order of [`COLUMNS`], the integers left at zero.
    number: [f64; COLUMNS.len()],
    zone: u8,
    zone_index: u16,
    session: u16,
    id: u32,
    class: u8,
}

impl Row {
    fn of(site: &Site, session: u16) -> Self {
        let pose = &site.head_from_skin;
        let at = pose.origin().coords;
        let (n, h) = (*pose.z().get(), *(*pose * Dir::X).get());
        let q = pose.get().rotation.coords;
        let mut number = [0.0; COLUMNS.len()];
        let known = [
            at.x,
            at.y,
            at.z,
            n.x,
            n.y,
            n.z,
            h.x,
            h.y,
            h.z,
            q.x,
            q.y,
            q.z,
            q.w,
            site.target.get(),
            site.least.get(),
            site.most.get(),
            site.healed.get(),
            site.shade,
        ];
        number[..known.len()].copy_from_slice(&known);
        let zone = skin::Zone::ALL.iter().position(|z| *z == site.zone).unwrap_or(0) as u8;
        Self { number, zone, zone_index: site.zone_index, session, id: site.id.0, class: site.class }
    }

    fn site(&self) -> Option<Site> {
        let [x, y, z, ..] = self.number;
        let [qx, qy, qz, qw, target, least, most, healed, shade] = *self.number.get(9..18)?.first_chunk::<9>()?;
        let q = Quaternion::new(qw, qx, qy, qz);
        let sane = self.number.iter().all(|v| v.is_finite()) && (q.norm() - 1.0).abs() < 1e-9;
        let turn = Unit::new_unchecked(q);
        let depth = |m| Penetration::new(Metres::new(m));
        let zone = *skin::Zone::ALL.get(self.zone as usize)?;
        sane.then(|| Site {
            id: SiteId(self.id),
            head_from_skin: Pose::new(Isometry3::from_parts(Translation3::new(x, y, z), turn)),
            zone,
            zone_index: self.zone_index,
            target: depth(target),
            least: depth(least),
            most: depth(most),
            healed: Metres::new(healed),
            shade,
            class: self.class,
        })
    }

    fn column(name: &str) -> Option<usize> {
        COLUMNS.iter().position(|(known, _)| *known == name)
    }

    fn set(&mut self, name: &str, value: f64) -> PropertyAccessResult {
        match Self::column(name) {
            Some(k) => {
                self.number[k] = value;
                PropertyAccessResult::Set
            }
            None => PropertyAccessResult::Ignored,
        }
    }
}

impl PropertyAccess for Row {
    fn new() -> Self {
        Self::default()
    }

    fn get_double(&self, name: &str) -> Option<f64> {
        Self::column(name).map(|k| self.number[k])
    }

    fn get_float(&self, name: &str) -> Option<f32> {
        self.get_double(name).map(|v| v as f32)
    }

    fn get_uchar(&self, name: &str) -> Option<u8> {
        Some(if name == "class" { self.class } else { self.zone })
    }

    fn get_ushort(&self, name: &str) -> Option<u16> {
        Some(if name == "session" { self.session } else { self.zone_index })
    }

    fn get_uint(&self, _: &str) -> Option<u32> {
        Some(self.id)
    }

    fn set_double(&mut self, name: &str, value: f64) -> PropertyAccessResult {
        self.set(name, value)
    }

    fn set_float(&mut self, name: &str, value: f32) -> PropertyAccessResult {
        self.set(name, f64::from(value))
    }

    fn set_uchar(&mut self, name: &str, value: u8) -> PropertyAccessResult {
        match name {
            "zone" => self.zone = value,
            "class" => self.class = value,
            _ => return PropertyAccessResult::Ignored,
        }
        PropertyAccessResult::Set
    }

    fn set_ushort(&mut self, name: &str, value: u16) -> PropertyAccessResult {
        match name {
            "session" => self.session = value,
            "zone_index" => self.zone_index = value,
            _ => return PropertyAccessResult::Ignored,
        }
        PropertyAccessResult::Set
    }

    fn set_uint(&mut self, name: &str, value: u32) -> PropertyAccessResult {
        if name == "id" {
            self.id = value;
        }
        PropertyAccessResult::Set
    }
}
