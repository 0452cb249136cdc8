//! Which dot is of which kind, where a zone mixes dots of several sizes or shades.
//!
//! In: the dots of a session, the shares of every zone. Out: the same dots with their class, exact counts in each zone.
//! stipple.md 4.1: faithful before spaced, as wounds do not care which size is next to which.

use design::Fields;
use frames::{Seed, hash};

use crate::classes::{Bell, Deal, Prior, deal};
use crate::cloud::{Candidate, apportion, stage};
use crate::sheet::{Probe, spacing};

pub(crate) fn mix(probe: &Probe<'_>, fields: &Fields, dots: &mut [Candidate], seed: Seed) {
    let zones = dots.iter().map(|d| d.zone).max().map_or(0, |z| z + 1);
    for zone in 0..zones {
        let shares = fields.mix(zone);
        if shares.len() < 2 {
            continue;
        }
        let own: Vec<usize> = (0..dots.len()).filter(|&i| dots[i].zone == zone).collect();
        // As the only zone there is, so that nothing is shared out elsewhere.
        let alone: Vec<Candidate> = own.iter().map(|&i| Candidate { zone: 0, ..dots[i] }).collect();
        let mass: Vec<f64> = shares.iter().map(|share| share * own.len() as f64).collect();
        let rule = Deal {
            share: &alone.iter().flat_map(|_| shares.iter().map(|s| *s as f32)).collect::<Vec<_>>(),
            spacing: &alone.iter().map(|d| spacing(probe.level(d.face, d.bary).density) as f32).collect::<Vec<_>>(),
            classes: shares.len(),
            count: &[apportion(&mass)],
            bell: Bell::Wide,
            least: &vec![0.0; shares.len()],
            prior: &vec![Prior::Free; own.len()],
        };
        // Each zone with a chance of its own.
        let seed = Seed(hash(seed, stage::CLASS, u64::from(zone)));
        for (&i, class) in own.iter().zip(deal(&alone, &rule, seed)) {
            dots[i].class = class;
        }
    }
}
