//! Which valley is the right one: other starts, and other readings of the landmarks' names.
//!
//! In: everything touched. Out: the registration of the deepest valley under the names as given; or that the names are
//! exchanged, or that two poses fit alike.
//! Nasion, inion and ears lie nearly in a plane and nearly on a cross: left and right exchanged is a head on its crown,
//! both pairs exchanged is a head turned round, and both fit the landmarks within millimetres. Only the points can tell.

use frames::Metres;
use nalgebra::{Isometry3, Translation3, UnitQuaternion, Vector3};

use super::icp::{DOWN, Data, FLOOR, Touch};
use super::landmarks::{Pair, fit, misfit, residual};
use super::settle::settle;
use super::{Assigned, Probe, RegisterError, Registration, TouchedLandmark, chi};
use crate::{Landmark, Landmarks, Surface};

/// Turn of the other starts about each of the head's axes, both ways. Landmarks off by 10 mm turn the fit by 6 degrees.
const TURN: f64 = 12.0_f64.to_radians();
/// Two poses are one when they differ by less than this many of their expected errors.
const SAME: f64 = 4.0;
/// Or by less than this, metres: facets of a coarse scan make shallow valleys side by side.
const CLOSE: f64 = 0.5e-3;
/// Valleys nearer than this are gone down once, metres.
const DISTINCT: f64 = 0.2e-3;
/// A point further off than this counts as this far, when valleys are compared, metres.
const CAP: f64 = 3e-3;
/// A valley whose cost is this far above the deepest one's is no rival: half the logarithm of the odds, e^15 to one under
/// the noise as it turned out.
const RIVAL: f64 = 30.0;

pub(super) fn register(
    surface: &Surface,
    scanned: &Landmarks,
    touched: &[TouchedLandmark],
    probed: &[Probe],
) -> Result<Registration, RegisterError> {
    let touches: Vec<Touch> = probed.iter().map(|p| Touch { base: p.at.coords.coords, sigma: p.sigma.get() }).collect();
    let named: Vec<Landmark> = touched.iter().map(|t| t.landmark).collect();
    let as_given = read(surface, scanned, touched, &touches, &named, &turns());
    let wrong = |names: &[Landmark]| -> Vec<Assigned> {
        let both = named.iter().zip(names).map(|(named, is)| Assigned { named: *named, is: *is });
        let mut wrong: Vec<_> = both.filter(|a| a.named != a.is).collect();
        wrong.sort_by_key(|a| ALL.iter().position(|l| *l == a.named));
        wrong
    };
    // With points the valleys of exchanged names are refused by the surface; without, by the landmarks alone.
    let mut rival: Option<(f64, Vec<Landmark>, Registration)> = None;
    for names in readings(named.len()).into_iter().filter(|n| *n != named) {
        if let Ok((found, cost)) = read(surface, scanned, touched, &touches, &names, &[])
            && rival.as_ref().is_none_or(|r| cost < r.0)
        {
            rival = Some((cost, names, found));
        }
    }
    match (as_given, rival) {
        (Err(error @ RegisterError::Ambiguous { .. }), _) => Err(error),
        (Err(_), Some((_, names, _))) => Err(RegisterError::Swapped { is: wrong(&names) }),
        (Ok((_, cost)), Some((other, names, rival))) if other + margin(&rival) < cost => {
            Err(RegisterError::Swapped { is: wrong(&names) })
        }
        (Ok((found, cost)), Some((other, names, found_other))) if other < cost + margin(&found) => {
            Err(RegisterError::Ambiguous { apart: apart(&found, &found_other, touched, probed), other: wrong(&names) })
        }
        (Ok((found, _)), _) => Ok(found),
        (Err(error), None) => Err(error),
    }
}

/// The best registration under one reading of the names, and what it costs.
fn read(
    surface: &Surface,
    scanned: &Landmarks,
    touched: &[TouchedLandmark],
    touches: &[Touch],
    names: &[Landmark],
    turns: &[UnitQuaternion<f64>],
) -> Result<(Registration, f64), RegisterError> {
    let pairs: Vec<Pair> = touched
        .iter()
        .zip(names)
        .map(|(t, name)| Pair {
            base: t.at.coords.coords,
            head: scanned.get(*name).coords.coords,
            sigma: t.sigma.get(),
        })
        .collect();
    let (start, misfit) = fit(&pairs);
    agree(&pairs, names, &start, misfit)?;
    let data = Data { surface, pairs: &pairs, touches, trust: 1.0 };
    if touches.is_empty() {
        return Ok((settle(&data, touched, start)?, misfit));
    }
    let centre = Translation3::from(data.centre());
    let turned = turns.iter().map(|turn| centre * *turn * centre.inverse() * start);
    let mut valleys: Vec<Isometry3<f64>> = Vec::new();
    for from in std::iter::once(start).chain(turned) {
        let valley = data.descend(from, &DOWN);
        if valleys.iter().all(|v| data.apart(v, &valley) > DISTINCT) {
            valleys.push(valley);
        }
    }
    let floor = |valley: &Isometry3<f64>| {
        let floor = data.descend(*valley, &FLOOR);
        (cost(&data, &floor), floor)
    };
    // Straight down too: outliers that all pull one way bend the long way round.
    let mut floors: Vec<_> = valleys.iter().chain(std::iter::once(&start)).map(floor).collect();
    floors.sort_by(|a, b| a.0.total_cmp(&b.0));
    let found = settle(&data, touched, floors[0].1)?;
    let here = *found.base_from_head.inverse().get();
    let best = cost(&data, &here);
    let expected = touches.iter().map(|t| found.uncertainty.tre((here * nalgebra::Point3::from(t.base)).into()).get());
    let expected = (expected.map(|e| e * e).sum::<f64>() / touches.len() as f64).sqrt();
    for (_, floor) in floors.iter().skip(1).take_while(|f| f.0 < best + margin(&found)) {
        let Ok(other) = settle(&data, touched, *floor) else { continue };
        let apart = data.apart(&here, other.base_from_head.inverse().get());
        if apart > (SAME * expected).max(CLOSE) {
            return Err(RegisterError::Ambiguous { apart: Metres::new(apart), other: Vec::new() });
        }
    }
    Ok((found, best))
}

fn margin(found: &Registration) -> f64 {
    RIVAL * found.scale.powi(2).max(1.0)
}

/// Refuses landmarks whose residuals their noise does not explain.
fn agree(pairs: &[Pair], names: &[Landmark], start: &Isometry3<f64>, misfit: f64) -> Result<(), RegisterError> {
    let most = chi::quantile(3.0 * pairs.len() as f64 - 6.0, chi::WRONG);
    if misfit <= most {
        return Ok(());
    }
    let off: Vec<f64> = pairs.iter().map(|p| residual(p, start).norm()).collect();
    let fre = (off.iter().map(|d| d * d).sum::<f64>() / off.len() as f64).sqrt();
    let worst = (0..off.len()).max_by(|a, b| off[*a].total_cmp(&off[*b])).unwrap_or(0);
    Err(RegisterError::LandmarksDisagree {
        fre: Metres::new(fre),
        most: Metres::new(fre * (most / misfit).sqrt()),
        worst: names[worst],
        worst_off: Metres::new(off[worst]),
    })
}

/// What a valley costs: squares over variances, no point more than at [`CAP`].
fn cost(data: &Data<'_>, pose: &Isometry3<f64>) -> f64 {
    let points =
        data.touches.iter().map(|t| (data.see(t, pose).distance.min(CAP.max(10.0 * t.sigma)) / t.sigma).powi(2));
    points.sum::<f64>() + misfit(data.pairs, pose)
}

fn turns() -> Vec<UnitQuaternion<f64>> {
    [Vector3::x(), Vector3::y(), Vector3::z()]
        .iter()
        .flat_map(|axis| [TURN, -TURN].map(|angle| UnitQuaternion::from_scaled_axis(axis * angle)))
        .collect()
}

fn apart(a: &Registration, b: &Registration, touched: &[TouchedLandmark], probed: &[Probe]) -> Metres {
    let (a, b) = (a.base_from_head.inverse(), b.base_from_head.inverse());
    let all: Vec<_> =
        if probed.is_empty() { touched.iter().map(|t| t.at).collect() } else { probed.iter().map(|p| p.at).collect() };
    let square: f64 = all.iter().map(|p| (a * *p - b * *p).norm().get().powi(2)).sum();
    Metres::new((square / all.len() as f64).sqrt())
}

const ALL: [Landmark; 4] = [Landmark::Nasion, Landmark::Inion, Landmark::LeftPreauricular, Landmark::RightPreauricular];

/// Every way to give `n` different names, in a fixed order.
fn readings(n: usize) -> Vec<Vec<Landmark>> {
    let mut found = vec![Vec::new()];
    for _ in 0..n {
        found = found
            .into_iter()
            .flat_map(|begun: Vec<Landmark>| {
                ALL.iter().filter(|l| !begun.contains(l)).map(|l| [&begun[..], &[*l]].concat()).collect::<Vec<_>>()
            })
            .collect();
    }
    found
}
