//! Where the skin really is, learnt from the contacts so far.
//!
//! In: contacts (where on the head, how much deeper than scan and registration say). Out: for a new place, the offset to
//! expect and its scatter. A weighted mean over the latest contacts: weights fall with distance (Gaussian) and with age
//! (exponential), and a weak prior stands for "as scanned, give or take a millimetre". Trust needs neighbours: the
//! scatter is that of a new contact, not of the mean. Absent: stiffness, which one dot measures well enough by itself.

use frames::{Head, Metres, Point};

use crate::Speeds;

/// Contacts remembered. With a forgetting of 0.97 the oldest counts one seventh.
const MEMORY: usize = 64;
/// What a contact is worth after the next one.
const FORGET: f64 = 0.97;
/// Weight of the prior, in contacts.
const PRIOR_WEIGHT: f64 = 0.02;
/// Contacts that must stand behind a trusted estimate.
const ENOUGH: f64 = 2.5;
/// Least scatter of a contact: nose sensor, encoders, tracker, m.
const FLOOR: f64 = 5e-5;

/// What to expect at a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Expected {
    /// Deeper than scanned, along the needle.
    pub(crate) offset: Metres,
    /// One sigma of the next contact.
    pub(crate) sigma: Metres,
    /// Three sigma are small and enough neighbours agree.
    pub(crate) trusted: bool,
}

/// The contacts so far.
#[derive(Debug, Clone)]
pub(crate) struct Learnt {
    contacts: [(Point<Head>, f64); MEMORY],
    count: usize,
    prior: f64,
    reach: f64,
    trusted: f64,
}

impl Learnt {
    pub(crate) fn new(speeds: &Speeds) -> Self {
        Self {
            contacts: [(Point::ORIGIN, 0.0); MEMORY],
            count: 0,
            prior: speeds.prior.get(),
            reach: speeds.neighbourhood.get(),
            trusted: speeds.trusted.get(),
        }
    }

    pub(crate) fn add(&mut self, at: Point<Head>, offset: Metres) {
        if offset.is_finite() {
            self.contacts[self.count % MEMORY] = (at, offset.get());
            self.count += 1;
        }
    }

    pub(crate) fn expect(&self, at: Point<Head>) -> Expected {
        let known = self.count.min(MEMORY);
        let weights = || {
            (0..known).map(|k| {
                let index = (self.count - 1 - k) % MEMORY;
                let (place, offset) = self.contacts[index];
                let d = (place - at).norm().get() / self.reach;
                (FORGET.powi(k as i32) * (-0.5 * d * d).exp(), offset)
            })
        };
        let (weight, sum) = weights().fold((0.0, 0.0), |(w, s), (wi, o)| (w + wi, s + wi * o));
        let whole = weight + PRIOR_WEIGHT;
        let offset = sum / whole;
        let spread = weights().map(|(w, o)| w * (o - offset) * (o - offset)).sum::<f64>()
            + PRIOR_WEIGHT * (self.prior * self.prior + offset * offset);
        let sigma = (spread / whole * (1.0 + 1.0 / (1.0 + weight)) + FLOOR * FLOOR).sqrt();
        let trusted = weight >= ENOUGH && 3.0 * sigma <= self.trusted;
        Expected { offset: Metres::new(offset), sigma: Metres::new(sigma), trusted }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use frames::{Seed, gauss};

    fn place(k: u64) -> Point<Head> {
        Point::new(0.0012 * k as f64, 0.1, 0.1)
    }

    fn learnt(n: u64, offset: impl Fn(u64) -> f64) -> Learnt {
        let mut learnt = Learnt::new(&Speeds::default());
        (0..n).for_each(|k| learnt.add(place(k), Metres::new(offset(k))));
        learnt
    }

    #[test]
    fn nothing_is_trusted_at_first() {
        let e = learnt(0, |_| 0.0).expect(place(0));
        assert!(!e.trusted && e.sigma.mm() > 1.0 && e.offset == Metres::ZERO);
        assert!(!learnt(2, |_| 4e-4).expect(place(2)).trusted);
    }

    #[test]
    fn a_constant_offset_is_learnt_and_trusted() {
        let e = learnt(8, |_| 4e-4).expect(place(8));
        assert!(e.trusted && (e.offset.mm() - 0.4).abs() < 0.02 && e.sigma.mm() < 0.12, "{e:?}");
    }

    #[test]
    fn sigma_covers_the_scatter() {
        let noise = |k: u64| 2e-4 * gauss(Seed(1), 1, k);
        let mut learnt = Learnt::new(&Speeds::default());
        let mut outside = 0;
        for k in 0..600 {
            let e = learnt.expect(place(k));
            if k > 20 && !((noise(k) - e.offset.get()).abs() <= 3.0 * e.sigma.get()) {
                outside += 1;
            }
            learnt.add(place(k), Metres::new(noise(k)));
        }
        assert!(outside <= 6, "{outside} of 580 outside three sigma");
    }

    #[test]
    fn a_far_place_and_a_scattered_surface_are_not_trusted() {
        assert!(!learnt(30, |_| 4e-4).expect(Point::new(0.0, 0.1, 0.15)).trusted);
        assert!(!learnt(30, |k| if k % 2 == 0 { 6e-4 } else { -6e-4 }).expect(place(30)).trusted);
    }

    #[test]
    fn nan_teaches_nothing() {
        let e = learnt(8, |k| if k == 7 { f64::NAN } else { 1e-4 }).expect(place(7));
        assert!(e.offset.is_finite() && e.sigma.is_finite());
    }
}
