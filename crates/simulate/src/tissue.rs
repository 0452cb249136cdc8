//! Skin under the needle: what it is made of there, and what each puncture does.
//!
//! In: what the nose sees, needle and ring in one moment. Out: force, penetration, finished [`Hit`]s. Absent: the laws
//! themselves (crate `skin`), the arm, any sensor.
//! Skin differs from place to place by smooth fields over the head, from person to person by a constant, and from one
//! puncture to the next in the force it takes. Not modelled: the ring's seat on a curved head (a ring of 5.5 mm on
//! R = 80 mm spans 0.19 mm, which soft skin mostly fills), friction of the ring, skin that clings to the needle on its way
//! out, earlier holes nearby.

use std::sync::Arc;

use frames::{Head, Instant, Metres, Newtons, Penetration, Point, Protrusion, Radians};
use skin::{Group, Hole, Insertion, Local, Normals, Variation, ZoneFacts};

use crate::draw::{Draw, Field, Stream};
use crate::imperfections::SkinErrors;
use crate::sight::Sight;
use crate::truth::Hit;

/// What is known of the skin at a place of the head.
pub type Zones = Arc<dyn Fn(Point<Head>) -> ZoneFacts + Send + Sync>;

/// The skin's numbers are looked up anew when the nose has moved this far, m; far below their wavelength.
const SAME_PLACE: f64 = 2e-4;

/// The skin's numbers at a place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    at: Point<Head>,
    punctures: u64,
    facts: ZoneFacts,
    local: Local,
    /// Of the scalp under the ring, N/m and N s/m.
    pub(crate) under_ring: [f64; 2],
}

/// Needle and ring in one moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    pub(crate) at: Instant,
    /// Since the moment before, s.
    pub(crate) dt: f64,
    pub(crate) protrusion: Protrusion,
    /// Of the tip into the head, m/s.
    pub(crate) speed: f64,
    /// Of the ring into the skin, m.
    pub(crate) indentation: f64,
    /// On the ring, N.
    pub(crate) ring_force: f64,
    /// The setpoint in force.
    pub(crate) seq: Option<u64>,
}

/// Skin and needle.
pub(crate) struct Tissue {
    zones: Zones,
    draw: Draw,
    group: Group,
    nose_radius: Metres,
    variation: Variation,
    /// Constant parts of the seven numbers of [`Normals`].
    person: [f64; 7],
    person_share: f64,
    fields: [Field; 7],
    place: Option<Place>,
    hole: Hole,
    open: Option<Hit>,
    punctures: u64,
    /// Of the last moment.
    pub(crate) penetration: Penetration,
    /// Of the skin on the needle in the last moment, N, out of the skin.
    pub(crate) force: f64,
}

impl Tissue {
    pub(crate) fn new(zones: Zones, draw: Draw, group: Group, nose_radius: Metres, errors: &SkinErrors) -> Self {
        let usual = Variation::default();
        let spread = errors.spread;
        let less = |[middle, deviation]: [f64; 2]| [middle, deviation * spread];
        let variation = Variation {
            force: usual.force * spread,
            stiffness: usual.stiffness * spread,
            thickness: usual.thickness * spread,
            epidermis: usual.epidermis * spread,
            residual: less(usual.residual),
            relaxation: less(usual.relaxation),
            fill: less(usual.fill),
        };
        Self {
            zones,
            draw,
            group,
            nose_radius,
            variation,
            person: std::array::from_fn(|i| draw.gauss(Stream::Person, i as u64)),
            person_share: errors.person,
            fields: std::array::from_fn(|i| Field::new(draw, Stream::SkinWaves, i as u64, errors.wavelength)),
            place: None,
            hole: Hole::Whole,
            open: None,
            punctures: 0,
            penetration: Penetration::ZERO,
            force: 0.0,
        }
    }

    /// The skin's numbers where the needle points. They stay while a hole is open.
    pub(crate) fn place(&mut self, sight: &Sight) -> Place {
        match self.place {
            Some(place) if self.hole != Hole::Whole => place,
            Some(place) if place.punctures == self.punctures && (sight.entry - place.at).norm().get() < SAME_PLACE => {
                place
            }
            _ => {
                let place = self.survey(sight.entry);
                self.place = Some(place);
                place
            }
        }
    }

    /// One moment of the needle. Gives a hit when the tip has just left the skin.
    pub(crate) fn step(&mut self, sight: &Sight, place: &Place, now: &Moment) -> Option<Hit> {
        let insertion = Insertion {
            protrusion: now.protrusion,
            bulge: skin::bulge(Metres::new(now.indentation)),
            speed: now.speed,
            tilt: Radians::new(sight.tilt),
            nose_radius: self.nose_radius,
        };
        let (hole, contact) = skin::advance(&place.local, &self.group, self.hole, &insertion, now.dt);
        let was = std::mem::replace(&mut self.hole, hole);
        self.penetration = contact.penetration;
        self.force = contact.force.get();
        match (was, hole) {
            (Hole::Whole, Hole::Pierced { .. }) => {
                self.punctures += 1;
                self.open = Some(self.begin(sight, place, now));
            }
            (Hole::Pierced { .. }, Hole::Whole) => return self.finish(now.at),
            _ => {}
        }
        let open = self.open.as_mut()?;
        if contact.penetration > open.penetration {
            open.penetration = contact.penetration;
            open.protrusion = now.protrusion;
            open.dent = contact.dent;
        }
        open.nose_force = open.nose_force.max(Newtons::new(now.ring_force + self.force));
        let aside = (sight.entry - open.entry).vector;
        let along = aside.dot(open.axis.get());
        open.drag = open.drag.max(Metres::new((aside.norm_squared() - along * along).max(0.0).sqrt()));
        None
    }

    /// The head is out of reach of the needle.
    pub(crate) fn away(&mut self, at: Instant) -> Option<Hit> {
        self.hole = Hole::Whole;
        self.penetration = Penetration::ZERO;
        self.force = 0.0;
        self.finish(at)
    }

    fn begin(&self, sight: &Sight, place: &Place, now: &Moment) -> Hit {
        Hit {
            seq: now.seq,
            entered: now.at,
            left: now.at,
            entry: sight.entry,
            normal: sight.normal,
            axis: sight.axis,
            tilt: Radians::new(sight.tilt),
            penetration: Penetration::ZERO,
            protrusion: now.protrusion,
            dent: Metres::ZERO,
            speed: now.speed,
            nose_force: Newtons::ZERO,
            drag: Metres::ZERO,
            ink: 0.0,
            zone: place.facts,
            skin: place.local,
        }
    }

    fn finish(&mut self, at: Instant) -> Option<Hit> {
        let mut hit = self.open.take()?;
        hit.left = at;
        // Deeper than any collar lets a needle go there is no figure, and the hit has none.
        let one = skin::ink_volume(self.group.diameter(), hit.penetration, hit.skin.fill).unwrap_or(0.0);
        hit.ink = f64::from(self.group.points()) * one;
        Some(hit)
    }

    fn survey(&self, at: Point<Head>) -> Place {
        let facts = (self.zones)(at);
        let own = self.person_share.sqrt();
        let there = (1.0 - self.person_share).sqrt();
        let z = |i: usize, place: f64| own * self.person[i] + there * place;
        let field = |i: usize| z(i, self.fields[i].at(&at.coords));
        let normals = Normals {
            force: z(0, self.draw.gauss(Stream::PunctureForce, self.punctures)),
            stiffness: field(1),
            thickness: field(2),
            epidermis: field(3),
            residual: field(4),
            relaxation: field(5),
            fill: field(6),
        };
        let local = self.variation.local(&facts, &normals);
        let softer = local.stiffness / facts.stiffness;
        let under_ring = [skin::SCALP_STIFFNESS * softer, skin::SCALP_DAMPING * softer];
        Place { at, punctures: self.punctures, facts, local, under_ring }
    }
}
