//! May the needle enter now?
//!
//! In: everything that must be true at one moment. Out: yes, or the first reason why not. Every comparison is written so
//! that NaN closes the gate. Absent: patience and retries; those are the stroke's.

use frames::{Metres, Newtons, Radians, Span};

use crate::{Gates, Why};

/// One moment before an insertion.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Moment {
    /// Loop, link and sensors: no alarm of R0 or above in this cycle and no hold.
    pub(crate) well: bool,
    /// The intent of this stroke is durable.
    pub(crate) leased: bool,
    /// Since the newest light; `None` without a head.
    pub(crate) tracker_age: Option<Span>,
    /// m/s.
    pub(crate) head_speed: f64,
    /// Mean over the window, in the air zero.
    pub(crate) force: Newtons,
    pub(crate) tilt: Radians,
    pub(crate) lateral: Metres,
    /// How far the nose moved within the window; `None` while it is not full.
    pub(crate) moved: Option<Metres>,
    /// The needle's switch and scale agree that it is in.
    pub(crate) needle_in: bool,
}

/// The first gate that is closed.
pub(crate) fn closed(moment: &Moment, gates: &Gates, nose_noise: Metres) -> Option<Why> {
    let m = moment;
    if !m.well {
        return Some(Why::NotWell);
    }
    if !m.leased {
        return Some(Why::Lease);
    }
    match m.tracker_age {
        Some(age) if age <= gates.tracker_age => {}
        age => return Some(Why::Tracker { age: age.unwrap_or(Span::ZERO) }),
    }
    if !(m.head_speed <= gates.head_speed) {
        return Some(Why::HeadSpeed { speed: m.head_speed });
    }
    if !m.needle_in {
        return Some(Why::NeedleNotIn);
    }
    // Half a dozen readings of a still nose differ by up to four sigma of its sensor.
    let still = gates.still + nose_noise * 4.0;
    match m.moved {
        Some(by) if by <= still => {}
        by => return Some(Why::Moving { by: by.unwrap_or(Metres::ZERO) }),
    }
    if !(m.force >= gates.force_least && m.force <= gates.force_most) {
        return Some(Why::Force { force: m.force });
    }
    if !(m.tilt.get() <= gates.tilt.get()) {
        return Some(Why::Tilt { by: m.tilt });
    }
    if !(m.lateral <= gates.lateral) {
        return Some(Why::Lateral { by: m.lateral });
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Moment {
        Moment {
            well: true,
            leased: true,
            tracker_age: Some(Span::from_ms(25)),
            head_speed: 0.015,
            force: Newtons::new(0.5),
            tilt: Radians::from_degrees(5.0),
            lateral: Metres::from_mm(0.3),
            moved: Some(Metres::from_mm(0.02)),
            needle_in: true,
        }
    }

    #[track_caller]
    fn check(change: impl Fn(&mut Moment), want: impl Fn(Option<Why>) -> bool) {
        let mut moment = good();
        change(&mut moment);
        let got = closed(&moment, &Gates::default(), Metres::ZERO);
        assert!(want(got), "{moment:?} gave {got:?}");
    }

    #[test]
    fn open_at_every_edge() {
        check(|_| (), |w| w.is_none());
        check(|m| m.force = Newtons::new(1.5), |w| w.is_none());
    }

    #[test]
    fn each_gate_closes_just_past_its_edge() {
        check(|m| m.well = false, |w| w == Some(Why::NotWell));
        check(|m| m.leased = false, |w| w == Some(Why::Lease));
        check(|m| m.tracker_age = None, |w| matches!(w, Some(Why::Tracker { .. })));
        check(|m| m.tracker_age = Some(Span::from_ns(25_000_001)), |w| matches!(w, Some(Why::Tracker { .. })));
        check(|m| m.head_speed = 0.01501, |w| matches!(w, Some(Why::HeadSpeed { .. })));
        check(|m| m.needle_in = false, |w| w == Some(Why::NeedleNotIn));
        check(|m| m.moved = None, |w| matches!(w, Some(Why::Moving { .. })));
        check(|m| m.moved = Some(Metres::from_mm(0.0201)), |w| matches!(w, Some(Why::Moving { .. })));
        check(|m| m.force = Newtons::new(0.499), |w| matches!(w, Some(Why::Force { .. })));
        check(|m| m.force = Newtons::new(1.501), |w| matches!(w, Some(Why::Force { .. })));
        check(|m| m.tilt = Radians::from_degrees(5.01), |w| matches!(w, Some(Why::Tilt { .. })));
        check(|m| m.lateral = Metres::from_mm(0.301), |w| matches!(w, Some(Why::Lateral { .. })));
    }

    #[test]
    fn nan_closes_every_gate() {
        let nan = f64::NAN;
        check(|m| m.head_speed = nan, |w| w.is_some());
        check(|m| m.force = Newtons::new(nan), |w| w.is_some());
        check(|m| m.tilt = Radians::new(nan), |w| w.is_some());
        check(|m| m.lateral = Metres::new(nan), |w| w.is_some());
        check(|m| m.moved = Some(Metres::new(nan)), |w| w.is_some());
    }
}
