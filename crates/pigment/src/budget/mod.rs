//! What a session takes: ink, needle, needle entries, time.
//!
//! In: a treatment, its pattern, the arm's time. Out: [`Budget`]. Absent: how the pattern is laid, and the sheet's words.
//!
//! Ink: a hole keeps `pi/3*(d/2)²*z*eta` for each tip of the group (skin.md 3.2, eta 0.45). After a dip's 60 dots half of its
//! film is gone (skin.md 3.2 E; `skin::film_decay`), and the other half is wiped off before the next dip: as much is lost as
//! the skin keeps. A cup has a rest that no needle reaches, [`CUP_REST`] (own estimate).
//! Needle: skin.md gives a check of the tip every 500 dots and no figure for how long a needle lasts: it is changed when a
//! check says so.

mod dose;
mod time;

use design::FrozenKind;
use frames::{Dir, Head, Point};
use record::{Budget, InkBudget, ZoneBudget};
use skin::{Dilution, Local};
use stipple::{Pattern, Site};

use crate::Treatment;
use dose::fullest;
pub(crate) use time::{BREAK_S, CHECK_EVERY, CHECK_S, Chair, DIP_S, WORK_S, checks, dips, time};

/// Ink that stays in a cup, m³ (own estimate: 0.2 ml wets the wall and the bottom of a cup of 1 ml).
pub(crate) const CUP_REST: f64 = 0.2e-6;
/// Mixed in steps of this, m³: a syringe of 1 ml reads 0.05 ml.
const STEP: f64 = 0.05e-6;
/// Part of a dip that the skin keeps.
const USED: f64 = 0.5;
/// Inks whose parts of water differ by less than this are one, relative.
const SAME: f64 = 0.05;

/// Of today's session. `work`: of the arm, seconds.
pub(crate) fn budget(treatment: &Treatment, pattern: &Pattern, work: f64) -> Budget {
    let names = treatment.zone_names();
    let areas = areas(treatment, names.len());
    let sites: Vec<Vec<&Site>> =
        (0..names.len()).map(|k| pattern.sites.iter().filter(|s| usize::from(s.zone_index) == k).collect()).collect();
    let today: Vec<(Point<Head>, Dir<Head>)> =
        pattern.sites.iter().map(|s| (s.head_from_skin.origin(), s.head_from_skin.z())).collect();
    let all: Vec<(Point<Head>, Dir<Head>)> = today.iter().copied().chain(earlier(treatment)).collect();
    let of = |zone: usize| move |k: usize| pattern.sites.get(k).is_some_and(|s| usize::from(s.zone_index) == zone);
    let zones: Vec<ZoneBudget> = (0..names.len())
        .filter(|&k| !sites[k].is_empty())
        .map(|k| {
            let most = |dots: &[(Point<Head>, Dir<Head>)]| fullest(dots, of(k)).map_or(0.0, |f| f.density().get());
            let dots = sites[k].len();
            ZoneBudget {
                zone: names[k].clone(),
                dots,
                area_m2: areas[k],
                mean_per_m2: if areas[k] > 0.0 { dots as f64 / areas[k] } else { 0.0 },
                most_per_m2: most(&today),
                most_all_sessions_per_m2: most(&all),
                limit_per_m2: (!sites[k].iter().all(|s| s.zone.is_scar())).then(|| skin::DOSE.get()),
                water_parts: ink(treatment, &sites[k]).map(Dilution::parts),
                skin_m3: sites[k].iter().map(|s| hole(treatment, s)).sum(),
            }
        })
        .collect();
    let normal = |k: usize| pattern.sites.get(k).is_some_and(|s| !s.zone.is_scar());
    let most = fullest(&today, normal);
    let chair = Chair::new(work, zones.iter().map(|z| z.dots));
    Budget {
        dots: pattern.sites.len(),
        needle_points: treatment.group.points(),
        dots_per_dip: skin::DOTS_PER_DIP,
        dips: zones.iter().map(|z| dips(z.dots)).sum(),
        tip_checks: checks(pattern.sites.len()),
        dots_per_tip_check: CHECK_EVERY,
        inks: inks(&zones),
        most_per_m2: most.map(|f| f.density().get()),
        limit_per_m2: skin::DOSE.get(),
        most_all_sessions_per_m2: fullest(&all, |_| true).map(|f| f.density().get()),
        limit_all_sessions_per_m2: skin::CAP.get(),
        most_at_m: most.map(|f| f.middle.coords.coords.into()),
        earlier_entries: all.len() - today.len(),
        work_s: chair.work,
        dips_s: chair.dips,
        breaks_s: chair.breaks,
        total_s: chair.total(),
        zones,
    }
}

/// Needle entries of earlier runs, as far as their journals are named.
fn earlier(treatment: &Treatment) -> impl Iterator<Item = (Point<Head>, Dir<Head>)> {
    let surface = &treatment.scan.surface;
    treatment.fields.frozen().iter().filter(|f| matches!(f.kind, FrozenKind::Earlier { .. })).map(|f| {
        let hit = surface.nearest(f.point);
        (f.point, surface.normal_at(hit.face, hit.bary))
    })
}

/// Where each zone wants dots today, m²: faces cut until a feather is smooth.
fn areas(treatment: &Treatment, zones: usize) -> Vec<f64> {
    let (surface, fields) = (&treatment.scan.surface, &treatment.fields);
    let mut out = vec![0.0; zones];
    for face in fields.area_of_interest(surface) {
        // Four parts a face, each asked at its middle.
        for bary in QUARTERS {
            let (density, zone) = fields.density_at(surface.at(face, bary), surface.normal_at(face, bary));
            if let Some(area) = out.get_mut(usize::from(zone)).filter(|_| density.get() > 0.0) {
                *area += 0.25 * surface.face_area(face);
            }
        }
    }
    out
}

const QUARTERS: [[f64; 3]; 4] = [
    [1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0],
    [2.0 / 3.0, 1.0 / 6.0, 1.0 / 6.0],
    [1.0 / 6.0, 2.0 / 3.0, 1.0 / 6.0],
    [1.0 / 6.0, 1.0 / 6.0, 2.0 / 3.0],
];

/// Ink that one dot keeps, m³; none where no law says how much, deeper than any collar lets a needle go.
fn hole(treatment: &Treatment, site: &Site) -> f64 {
    let group = &treatment.group;
    let fill = Local::nominal(&treatment.person.facts(site.zone)).fill;
    f64::from(group.points()) * skin::ink_volume(group.diameter(), site.target, fill).unwrap_or(0.0)
}

/// The dilution whose healed dots have today's shade: the middle one of a zone's dots, whose front is lighter. `None` where
/// undiluted ink is not black enough.
fn ink(treatment: &Treatment, sites: &[&Site]) -> Option<Dilution> {
    let of = |s: &&Site| skin::ink_for(&treatment.person.facts(s.zone), s.target, s.healed, s.shade).ok();
    let mut inks: Vec<f64> = sites.iter().filter_map(of).map(Dilution::parts).collect();
    inks.sort_by(f64::total_cmp);
    inks.get(inks.len() / 2).and_then(|parts| Dilution::try_new(*parts).ok())
}

/// Zones with the same ink share a cup.
fn inks(zones: &[ZoneBudget]) -> Vec<InkBudget> {
    let mut order: Vec<(f64, &ZoneBudget)> = zones.iter().filter_map(|z| Some((z.water_parts?, z))).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut cups: Vec<(f64, Vec<&ZoneBudget>)> = Vec::new();
    for (parts, zone) in order {
        match cups.last_mut() {
            Some((first, cup)) if parts + 1.0 <= (*first + 1.0) * (1.0 + SAME) => cup.push(zone),
            _ => cups.push((parts, vec![zone])),
        }
    }
    cups.into_iter().map(|(_, cup)| mixed(&cup)).collect()
}

fn mixed(cup: &[&ZoneBudget]) -> InkBudget {
    let dots: usize = cup.iter().map(|z| z.dots).sum();
    let skin: f64 = cup.iter().map(|z| z.skin_m3).sum();
    let parts = cup.iter().filter_map(|z| Some(z.water_parts? * z.dots as f64)).sum::<f64>() / dots.max(1) as f64;
    // A little less than a step more is rounding, not ink.
    let prepare = ((skin / USED + CUP_REST) / STEP - 1e-9).ceil() * STEP;
    let concentrate = prepare / (1.0 + parts);
    InkBudget {
        water_parts: parts,
        zones: cup.iter().map(|z| z.zone.clone()).collect(),
        dots,
        dips: cup.iter().map(|z| dips(z.dots)).sum(),
        skin_m3: skin,
        prepare_m3: prepare,
        concentrate_m3: concentrate,
        water_m3: prepare - concentrate,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
    use std::path::Path;

    use super::*;

    fn zone(name: &str, parts: Option<f64>, dots: usize, skin_ul: f64) -> ZoneBudget {
        ZoneBudget { zone: name.into(), dots, water_parts: parts, skin_m3: skin_ul * 1e-9, ..ZoneBudget::default() }
    }

    #[test]
    fn zones_of_one_ink_share_a_cup() {
        let zones = [zone("a", Some(10.0), 600, 2.0), zone("b", Some(20.0), 61, 30.0), zone("c", Some(10.3), 60, 1.0)];
        let cups = inks(&zones);
        assert_eq!(cups.iter().map(|c| c.zones.len()).collect::<Vec<_>>(), [2, 1]);
        assert_eq!((cups[0].dots, cups[0].dips, cups[1].dips), (660, 11, 2));
        // 3 ul in the skin, 3 wiped off, 0.2 ml in the cup: 0.206, in steps of 0.05.
        assert!((cups[0].prepare_m3 - 0.25e-6).abs() < 1e-15, "{:?}", cups[0]);
        // 60 + 200 ul.
        assert!((cups[1].prepare_m3 - 0.30e-6).abs() < 1e-15 && (cups[1].concentrate_m3 - 0.3e-6 / 21.0).abs() < 1e-15);
        assert!((cups[1].concentrate_m3 + cups[1].water_m3 - cups[1].prepare_m3).abs() < 1e-18);
        // What no ink can do is not mixed.
        assert!(inks(&[zone("d", None, 5, 1.0)]).is_empty());
    }

    #[test]
    fn the_bundled_scene() {
        let treatment = Treatment::load(&crate::repository(Path::new("scenes/hairline.toml"))).unwrap();
        let pattern = treatment.lay().unwrap();
        let b = budget(&treatment, &pattern, 3600.0);
        let n = pattern.sites.len();
        assert_eq!((b.dots, b.zones[0].dots, b.earlier_entries), (n, n, 0));
        assert_eq!(b.dips, n.div_ceil(60));
        // pi/3 * (0.125 mm)^2 * 0.45 mm * 0.45 = 0.003313 mm3 a dot.
        assert!((b.zones[0].skin_m3 / n as f64 * 1e9 - 0.003_313).abs() < 1e-5, "{:?}", b.zones[0]);
        // 30 % of 72/cm2 where it is densest; a window holds a few more than the mean, never twice as many.
        let most = b.most_per_m2.unwrap() * 1e-4;
        assert!((22.0..30.0).contains(&most) && b.limit_per_m2 > most, "{most}");
        assert_eq!(b.most_per_m2, b.most_all_sessions_per_m2);
        assert!(b.zones[0].mean_per_m2 * 1e-4 < most && b.zones[0].most_per_m2 * 1e-4 <= most + 1e-9);
        // Today's ink is the first and lightest of three.
        assert!(b.inks.len() == 1 && b.inks[0].water_parts > 2.0, "{:?}", b.inks);
        assert!((b.total_s - b.work_s - b.dips_s - b.breaks_s).abs() < 1e-9);
    }
}
