//! The skin under a zone: kind, depth window and factor of the density, one for all or by region.

use frames::Penetration;

use crate::compile::Context;
use crate::compile::number::Numbers;
use crate::error::DesignError;
use crate::shape::{Ground, Part, Regions};
use crate::spec::ZoneSpec;

/// The regions' kinds of skin, in the order of [`Regions::part`].
const KINDS: [skin::Zone; 4] = [skin::Zone::FrontalMid, skin::Zone::Vertex, skin::Zone::Temple, skin::Zone::Occiput];

/// `usual` kind of skin; `None`: by region, unless the scene says one. `window`: as the scene says.
pub(super) fn ground(
    context: &Context<'_>,
    number: &Numbers<'_>,
    written: &ZoneSpec,
    usual: Option<skin::Zone>,
    window: Option<[Penetration; 3]>,
) -> Result<Ground, DesignError> {
    let part = |skin: skin::Zone, factor: f64| {
        let window = window.unwrap_or_else(|| {
            let window = context.person.facts(skin).window;
            [window.least, window.target, window.most]
        });
        Part { skin, window, factor }
    };
    let factor = match written.regions {
        None => [1.0; 4],
        Some(r) => [
            number.of("regions.frontal_mid", Some(r.frontal_mid), 1.0, 0.0, 1.0)?,
            number.of("regions.crown", Some(r.crown), 1.0, 0.0, 1.0)?,
            number.of("regions.temples", Some(r.temples), 1.0, 0.0, 1.0)?,
            number.of("regions.sides", Some(r.sides), 1.0, 0.0, 1.0)?,
        ],
    };
    let by_region = written.skin.is_none() && usual.is_none();
    if let (false, None) = (by_region, written.regions) {
        return Ok(Ground::Even(part(written.skin.or(usual).unwrap_or(skin::Zone::FrontalMid), 1.0)));
    }
    let part = [0, 1, 2, 3].map(|k| part(written.skin.unwrap_or(KINDS[k]), factor[k]));
    let height = context.scan.surface.vertices().iter().fold(0.0_f64, |top, p| top.max(p.coords.z));
    Ok(Ground::Regions(Box::new(Regions { part, whorl: context.hair.whorl(), height })))
}
