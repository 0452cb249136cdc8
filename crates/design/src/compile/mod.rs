//! From the written design to [`Fields`]: every number checked, every control point put on the skin.
//!
//! In: [`DesignSpec`], a scan, a person. Out: fields with what the rules found, or the first error with its numbers and the
//! way out. Absent: any guess; a control point off the skin is refused, not moved.
//! One file a kind of table; `zone` holds what all zones share.

mod anatomy;
mod band;
mod crown;
mod csv;
mod direction;
mod dots;
mod fill;
mod ground;
mod hair;
mod hairline;
mod ink;
mod keep_out;
mod keys;
mod look;
mod mask;
mod mix;
mod needle;
mod number;
mod point;
mod whole;
mod zone;

use scan::Scan;
use skin::Person;

use crate::error::DesignError;
use crate::existing::There;
use crate::fields::{Drawn, Fields, Source};
use crate::hair::Hair;
use crate::line::{self, Written};
use crate::rules::{self, Found};
use crate::scalp::Scalp;
use crate::session::{Session, session};
use crate::spec::{DesignSpec, ZoneSpec};

pub use needle::check_needle;
pub(crate) use number::{Numbers, labels, which_zone};
pub(crate) use point::to_file;

/// Checks and compiles a design for one scan and one person.
///
/// # Errors
/// The first thing wrong, with its table, its numbers and what to do.
pub fn compile(spec: &DesignSpec, scan: &Scan, person: &Person) -> Result<Fields, DesignError> {
    if spec.zone.is_empty() {
        return Err(DesignError::NoZone);
    }
    if spec.zone.len() > usize::from(u16::MAX) {
        return Err(DesignError::TooManyZones(spec.zone.len()));
    }
    let Written { spec, lines } = line::write_out(spec, scan, person)?;
    let spec = &spec;
    let session = session(&spec.session)?;
    let scalp = Scalp::new(&scan.landmarks, anatomy::anatomy(&spec.anatomy, &scan.landmarks)?);
    let hair = direction::hair(&spec.hair_direction, scan)?;
    let context = Context { spec, session: &session, scan, person, scalp: &scalp, hair: &hair };
    let mut zones = Vec::with_capacity(spec.zone.len());
    for (index, written) in spec.zone.iter().enumerate() {
        zones.push(zone::zone(&context, index, written)?);
    }
    let mut keep_out = Vec::with_capacity(spec.keep_out.len());
    for (index, written) in spec.keep_out.iter().enumerate() {
        keep_out.push(keep_out::keep_out(index, written, scan)?);
    }
    keep_out.push(crate::fields::KeepOut::Border(scan.surface.border().clone()));
    let drawn = Drawn { zones, keep_out, scalp: scalp.clone(), hair: hair.clone() };
    let (frozen, sentinels) = hairline::sentinels_due(spec, &session, &scan.surface, &drawn);
    let (checked, findings) = rules::check(&context, &drawn, Found { sentinels: &sentinels })?;
    let mut fields = Fields {
        source: Source::Drawn(drawn),
        frozen,
        there: There::default(),
        checked,
        findings,
        lines,
        least_distance: session.least_distance,
        least_overall: session.least_overall,
        session: spec.session.number,
    };
    if let Some(written) = &spec.hair {
        hair::grow(written, scan, &scalp, person, &mut fields)?;
    }
    Ok(fields)
}

impl Context<'_> {
    /// True where a woman's line is wanted: asked for by preset, or by the person's sex where no preset is written.
    pub(crate) fn of_woman(&self, written: &ZoneSpec) -> bool {
        line::of_woman(written, self.person)
    }
}

/// What every zone is compiled against.
pub(crate) struct Context<'a> {
    pub(crate) spec: &'a DesignSpec,
    pub(crate) session: &'a Session,
    pub(crate) scan: &'a Scan,
    pub(crate) person: &'a Person,
    pub(crate) scalp: &'a Scalp,
    pub(crate) hair: &'a Hair,
}
