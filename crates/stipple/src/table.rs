//! Sites as a table for people: CSV, millimetres and degrees, the unit in every name.
//!
//! In: a pattern, a path. Out: a CSV, a row a site, head frame. `head_x_mm ..` is the entry, `normal_x ..` the needle's axis
//! (outward), `hair_x ..` the drawn hair along the skin (unit vectors), `lean_deg` the axis' angle from straight up. The
//! same pattern gives the same bytes. Absent: a way back; [`crate::read_ply`] reads what must be exact.

use std::fmt::Write as _;
use std::path::Path;

use frames::Dir;

use crate::StippleError;
use crate::ply::put;
use crate::points::is_csv;
use crate::site::Pattern;

const HEADER: &str = "id,session,zone,skin,head_x_mm,head_y_mm,head_z_mm,normal_x,normal_y,normal_z,hair_x,hair_y,hair_z,lean_deg,depth_mm,least_depth_mm,most_depth_mm,healed_diameter_mm,shade,class";

/// Writes the sites as PLY, or as CSV where the file ends in `.csv`; next to the path first and then moved there, so that no
/// half file stays.
///
/// # Errors
/// The file system's.
pub fn write_sites(path: &Path, pattern: &Pattern) -> Result<(), StippleError> {
    if is_csv(path) { put(path, csv(pattern).as_bytes()) } else { crate::write_ply(path, pattern) }
}

fn csv(pattern: &Pattern) -> String {
    let mut text = String::with_capacity(200 * pattern.sites.len() + HEADER.len());
    text.push_str(HEADER);
    text.push('\n');
    for site in &pattern.sites {
        let pose = &site.head_from_skin;
        let at = pose.origin().coords.coords * 1e3;
        let (n, h) = (*pose.z().get(), *(*pose * Dir::X).get());
        // A nanometre and a billionth of a turn: finer than anybody measures.
        let _ = writeln!(
            text,
            "{},{},{},{},{:.6},{:.6},{:.6},{:.9},{:.9},{:.9},{:.9},{:.9},{:.9},{:.4},{:.4},{:.4},{:.4},{:.4},{:.4},{}",
            site.id.0,
            pattern.session,
            site.zone_index,
            site.zone,
            at.x,
            at.y,
            at.z,
            n.x,
            n.y,
            n.z,
            h.x,
            h.y,
            h.z,
            n.z.clamp(-1.0, 1.0).acos().to_degrees(),
            site.target.length().mm(),
            site.least.length().mm(),
            site.most.length().mm(),
            site.healed.mm(),
            site.shade,
            site.class
        );
    }
    text
}
