//! What each zone gets, today and in the end.
//!
//! In: a treatment, today's pattern. Out: [`ZoneRow`]s and [`Design`], the design with all its sessions. Absent: words.

use frames::{Metres, Penetration, PerSquareMetre};
use record::Colour;
use skin::{Dilution, Group};
use stipple::Pattern;

use crate::views::{mix, skin_tone};
use crate::{Failure, Treatment};

/// Of the zones, in the order of the scene; distinct for colour-blind eyes (Okabe and Ito, 2008).
const COLOURS: [Colour; 8] = [
    [0, 114, 178],
    [230, 159, 0],
    [0, 158, 115],
    [204, 121, 167],
    [86, 180, 233],
    [213, 94, 0],
    [240, 228, 66],
    [110, 110, 110],
];
/// How much of a zone's colour the skin takes where the zone is densest.
const TINT: f64 = 0.5;

/// The design as it is in the end: all sessions in one.
pub(crate) struct Design {
    fields: design::Fields,
}

/// One zone.
#[derive(Debug, Clone)]
pub(crate) struct ZoneRow {
    /// Which `[[zone]]` of the scene, from 0.
    pub(crate) index: usize,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) colour: Colour,
    pub(crate) skin: skin::Zone,
    /// Where it is not empty, m².
    pub(crate) area: f64,
    /// At the densest place, today and in the end.
    pub(crate) today: PerSquareMetre,
    pub(crate) full: PerSquareMetre,
    pub(crate) dots_today: usize,
    pub(crate) dots_full: usize,
    pub(crate) healed: Metres,
    /// Least, target, most.
    pub(crate) window: [Penetration; 3],
    /// Of the healed dot, 0-1.
    pub(crate) shade: f64,
    /// The ink that gives this shade six weeks after; `None` where undiluted ink is not black enough.
    pub(crate) ink: Option<Dilution>,
}

pub(super) fn colour(zone: usize) -> Colour {
    COLOURS[zone % COLOURS.len()]
}

impl Design {
    /// Compiles the scene with one session that lays everything.
    pub(crate) fn finished(treatment: &Treatment) -> Result<Self, Failure> {
        Ok(Self { fields: treatment.finished()? })
    }

    /// Every vertex of the head in the colour of its zone.
    pub(super) fn tint(&self, treatment: &Treatment, rows: &[ZoneRow]) -> Vec<Colour> {
        let surface = &treatment.scan.surface;
        let plain = skin_tone(&treatment.person);
        let of = |(p, n): (&frames::Point<frames::Head>, &frames::Dir<frames::Head>)| {
            let (density, zone) = self.fields.density_at(*p, *n);
            let Some(row) = rows.get(usize::from(zone)).filter(|_| density.get() > 0.0) else { return plain };
            let part = (density / row.full.max(PerSquareMetre::new(1.0))).clamp(0.0, 1.0);
            mix(plain, row.colour, TINT * (0.35 + 0.65 * part))
        };
        surface.vertices().iter().zip(surface.vertex_normals()).map(of).collect()
    }

    /// One row a zone of the scene.
    pub(crate) fn rows(&self, treatment: &Treatment, pattern: &Pattern) -> Vec<ZoneRow> {
        let surface = &treatment.scan.surface;
        let zones = &treatment.file.scene.zone;
        let mut sums = vec![Sum::default(); zones.len()];
        for face in self.fields.area_of_interest(surface) {
            for bary in QUARTERS {
                let (p, n) = (surface.at(face, bary), surface.normal_at(face, bary));
                let (density, zone) = self.fields.density_at(p, n);
                let Some(sum) = sums.get_mut(usize::from(zone)).filter(|_| density.get() > 0.0) else { continue };
                let area = surface.face_area(face) / QUARTERS.len() as f64;
                sum.area += area;
                sum.dots += area * density.get();
                sum.today = sum.today.max(treatment.fields.density_at(p, n).0);
                if density > sum.full {
                    sum.full = density;
                    sum.wanted = Some(self.fields.at(p, n));
                }
            }
        }
        let rows = zones.iter().zip(sums).enumerate();
        rows.filter_map(|(i, (spec, sum))| {
            let wanted = sum.wanted?;
            let kind = format!("{:?}", spec.kind).to_lowercase();
            Some(ZoneRow {
                index: i,
                name: spec.name.clone().unwrap_or_else(|| format!("{kind} {}", i + 1)),
                kind,
                colour: colour(i),
                skin: wanted.zone,
                area: sum.area,
                today: sum.today,
                full: sum.full,
                dots_today: pattern.sites.iter().filter(|s| usize::from(s.zone_index) == i).count(),
                dots_full: sum.dots.round() as usize,
                healed: wanted.healed,
                window: [wanted.least, wanted.target, wanted.most],
                shade: wanted.shade,
                ink: ink(treatment, &wanted),
            })
        })
        .collect()
    }
}

/// Middles of the four triangles between corners and edge middles.
const QUARTERS: [[f64; 3]; 4] = [
    [1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0],
    [2.0 / 3.0, 1.0 / 6.0, 1.0 / 6.0],
    [1.0 / 6.0, 2.0 / 3.0, 1.0 / 6.0],
    [1.0 / 6.0, 1.0 / 6.0, 2.0 / 3.0],
];

#[derive(Debug, Clone, Default)]
struct Sum {
    area: f64,
    dots: f64,
    today: PerSquareMetre,
    full: PerSquareMetre,
    wanted: Option<design::Wanted>,
}

/// The dilution whose healed dot has the wanted shade.
fn ink(treatment: &Treatment, wanted: &design::Wanted) -> Option<Dilution> {
    let facts = treatment.person.facts(wanted.zone);
    skin::ink_for(&facts, wanted.target, wanted.healed, wanted.shade).ok()
}

/// `3RL 0.25 mm`.
pub(super) fn needle(group: &Group) -> String {
    format!("{}RL, {:.2} mm", group.points(), group.diameter().mm())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
    use std::path::Path;

    use super::*;

    #[test]
    fn the_bundled_scene_by_zone() {
        let treatment = Treatment::load(&crate::repository(Path::new("scenes/hairline.toml"))).unwrap();
        let pattern = treatment.lay().unwrap();
        let rows = Design::finished(&treatment).unwrap().rows(&treatment, &pattern);
        assert_eq!(rows.len(), treatment.file.scene.zone.len());
        let total: usize = rows.iter().map(|r| r.dots_today).sum();
        assert_eq!(total, pattern.sites.len());
        let row = &rows[0];
        // Written: 72/cm2 in all, 30 % of it today.
        assert!((row.full.per_cm2() - 72.0).abs() < 0.5 && (row.today.per_cm2() - 21.6).abs() < 0.2, "{row:?}");
        // Today's dots are 30 % of all, sentinels apart.
        let ratio = row.dots_today as f64 / row.dots_full as f64;
        assert!((0.28..0.34).contains(&ratio), "{ratio}");
        // An area between all dots at full density and all dots at a third of it.
        assert!(
            row.area * row.full.get() > row.dots_full as f64 && row.area * row.full.get() < 3.0 * row.dots_full as f64
        );
    }

    /// The ink that is told gives the shade back.
    #[test]
    fn ink_and_shade_agree() {
        let treatment = Treatment::load(&crate::repository(Path::new("scenes/hairline.toml"))).unwrap();
        let design = Design::finished(&treatment).unwrap();
        let row = &design.rows(&treatment, &treatment.lay().unwrap())[0];
        let facts = treatment.person.facts(row.skin);
        let left = skin::amount(facts.retained(row.window[1]).unwrap(), skin::HEALED, 1.0).unwrap();
        let mu = skin::absorption(row.ink.unwrap(), left);
        assert!((1.0 - (-mu * row.healed.get()).exp() - row.shade).abs() < 1e-9);
    }
}
