//! `[hair]`: from follicles or a description to what `Fields` counts.

use frames::{Head, Metres, PerSquareMetre, Point};
use nalgebra::Vector3;
use scan::Scan;
use skin::Person;

use crate::compile::number::Numbers;
use crate::compile::point::{MOST_OFF, to_file};
use crate::error::{DesignError, Which};
use crate::existing::{Estimate, Growth, Loss, Remaining, counted, patches, read};
use crate::fields::{Fields, Source};
use crate::scalp::Scalp;
use crate::spec::HairSpec;
use crate::wanted::{Frozen, FrozenKind};

/// Kernel of the density of follicles, metres: 50 units at 80/cm², a spread of 3 % for hair (stipple.md 5.2).
const SIGMA: f64 = 4.5e-3;
/// Units per square centimetre that a person writes: the densest published scalp is 110 (stipple.md 5.1).
const MOST_PER_CM2: f64 = 150.0;

pub(super) fn grow(
    written: &HairSpec,
    scan: &Scan,
    scalp: &Scalp,
    person: &Person,
    fields: &mut Fields,
) -> Result<(), DesignError> {
    let which = Which("hair".to_owned());
    let described = written.ancestry.is_some() || written.density_per_cm2.is_some();
    let staged = written.norwood.is_some() || written.ludwig.is_some();
    match &written.follicles {
        Some(_) if described || staged => Err(DesignError::HairTwice),
        Some(path) => {
            let places = on_skin(path, scan)?;
            fields.there.hair = Some(Growth::Counted(density(&places, scan, scalp)));
            fields.freeze(&scan.surface, places.into_iter().map(|point| Frozen { point, kind: FrozenKind::Follicle }));
            Ok(())
        }
        None => {
            let full = match (written.density_per_cm2, written.ancestry.or(person.ancestry)) {
                (Some(value), _) => {
                    let number = Numbers { which: &which };
                    PerSquareMetre::from_per_cm2(number.of("density_per_cm2", Some(value), 0.0, 1.0, MOST_PER_CM2)?)
                }
                (None, Some(ancestry)) => ancestry.follicular_units(),
                (None, None) => return Err(DesignError::HairUnknown),
            };
            let loss = match (written.norwood, written.ludwig) {
                (Some(_), Some(_)) => return Err(DesignError::HairTwice),
                (Some(stage), None) => Loss::Male(stage),
                (None, Some(stage)) => Loss::Female(stage),
                (None, None) => Loss::None,
            };
            let bare = match &fields.source {
                Source::Drawn(drawn) => drawn.zones.iter().filter(|z| z.bare).cloned().collect(),
                Source::Function(_) => Vec::new(),
            };
            fields.there.hair = Some(Growth::Remaining(Remaining::new(full, loss, &scan.landmarks, bare)));
            Ok(())
        }
    }
}

fn on_skin(path: &std::path::Path, scan: &Scan) -> Result<Vec<Point<Head>>, DesignError> {
    read(path)?
        .iter()
        .map(|written| {
            let hit = scan.surface.nearest(scan.head_from_given(written.at));
            if hit.distance > MOST_OFF {
                return Err(DesignError::FollicleOff {
                    path: path.to_owned(),
                    counted: counted(path),
                    number: written.number,
                    distance: hit.distance,
                    most: MOST_OFF,
                    nearest: to_file(scan, hit.point),
                });
            }
            Ok(hit.point)
        })
        .collect()
}

/// Units per area on the scalp; hair elsewhere (a beard, the nape) is kept clear of and not counted.
fn density(places: &[Point<Head>], scan: &Scan, scalp: &Scalp) -> Estimate {
    let on_scalp = |p: Point<Head>| scalp.above(p) >= Metres::ZERO;
    let area: Vec<(Vector3<f64>, f64)> = patches(&scan.surface, |middle, radius| scalp.above(middle) > -radius)
        .iter()
        .filter(|patch| on_scalp(patch.at))
        .map(|patch| (patch.at.coords.coords, patch.area))
        .collect();
    let points: Vec<(Vector3<f64>, f64)> =
        places.iter().filter(|p| on_scalp(**p)).map(|p| (p.coords.coords, 1.0)).collect();
    Estimate::new(&area, &points, SIGMA)
}
