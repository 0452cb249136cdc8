//! A design written in Rust instead of TOML.
//!
//! In: points and numbers, one call a key. Out: the same plain data that a scene gives; every other key is a public field.
//! Absent: checks; `compile` makes them.

use scan::Scan;
use skin::Person;

use crate::spec::{DesignSpec, KeepOutSpec, SessionSpec, ZoneKind, ZoneSpec};
use crate::{DesignError, Fields};

impl DesignSpec {
    /// Nothing yet: seed 1, session 1 of 3.
    pub fn new() -> Self {
        Self::default()
    }

    /// Session `number` of `of`.
    #[must_use]
    pub fn session(mut self, number: u16, of: u16) -> Self {
        self.session = SessionSpec { number, of, ..self.session };
        self
    }

    /// Paints a zone over those before it.
    #[must_use]
    pub fn zone(mut self, zone: ZoneSpec) -> Self {
        self.zone.push(zone);
        self
    }

    /// [`crate::compile`].
    ///
    /// # Errors
    /// The first thing wrong.
    pub fn compile(&self, scan: &Scan, person: &Person) -> Result<Fields, DesignError> {
        crate::compile(self, scan, person)
    }

    /// Keeps a place clear.
    #[must_use]
    pub fn keep_out(mut self, keep_out: KeepOutSpec) -> Self {
        self.keep_out.push(keep_out);
        self
    }
}

impl ZoneSpec {
    fn of(kind: ZoneKind, control_points: Vec<[f64; 3]>) -> Self {
        Self { kind, control_points, ..Self::default() }
    }

    /// A band behind an open line.
    pub fn hairline(control_points: Vec<[f64; 3]>) -> Self {
        Self::of(ZoneKind::Hairline, control_points)
    }

    /// A patch inside a loop.
    pub fn fill(control_points: Vec<[f64; 3]>) -> Self {
        Self::of(ZoneKind::Fill, control_points)
    }

    /// A line scar.
    pub fn scar_line(control_points: Vec<[f64; 3]>, width_mm: f64) -> Self {
        Self { width_mm: Some(width_mm), ..Self::of(ZoneKind::ScarLine, control_points) }
    }

    /// Dot scars.
    pub fn scar_dots(points: Vec<[f64; 3]>) -> Self {
        Self { points, ..Self::of(ZoneKind::ScarDots, Vec::new()) }
    }

    /// A parting.
    pub fn parting(control_points: Vec<[f64; 3]>) -> Self {
        Self::of(ZoneKind::Parting, control_points)
    }

    /// A disc around the whorl.
    pub fn crown(radius_mm: f64) -> Self {
        Self { radius_mm: Some(radius_mm), ..Self::of(ZoneKind::Crown, Vec::new()) }
    }

    /// The whole scalp behind the hairline zone of this name.
    pub fn scalp(front: &str) -> Self {
        Self { front: Some(front.to_owned()), ..Self::of(ZoneKind::Scalp, Vec::new()) }
    }

    /// Called so.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        self.name = Some(name.to_owned());
        self
    }

    /// So many dots per square centimetre, over all sessions.
    #[must_use]
    pub fn density(mut self, per_cm2: f64) -> Self {
        self.density_per_cm2 = Some(per_cm2);
        self
    }

    /// Healed dots of this diameter, millimetres.
    #[must_use]
    pub fn healed(mut self, mm: f64) -> Self {
        self.healed_mm = Some(mm);
        self
    }

    /// A fade of this width, millimetres.
    #[must_use]
    pub fn feather(mut self, mm: f64) -> Self {
        self.feather_mm = Some(mm);
        self
    }
}

impl KeepOutSpec {
    /// A ball around a place, millimetres.
    pub fn ball(point: [f64; 3], radius_mm: f64) -> Self {
        Self { point: Some(point), radius_mm: Some(radius_mm), ..Self::default() }
    }

    /// The inside of a loop.
    pub fn around(control_points: Vec<[f64; 3]>) -> Self {
        Self { control_points, ..Self::default() }
    }
}
