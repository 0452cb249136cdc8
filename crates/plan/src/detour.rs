//! Ways that no straight hop makes: from park to a stroke, and around something from one stroke to the next.
//!
//! In: strokes whose postures are clear. Out: the postures to stop at in between; the way rises along the needle, crosses
//! free space and comes down along the other needle. Where free space is too narrow to find a way across, it leads over
//! the park posture. Absent: which strokes are worth it, the time it takes.

use arm::JointPos;
use frames::Metres;

use crate::clear::{Nose, Touch};
use crate::hops::Made;
use crate::reach::{Reach, milder};
use crate::route;

/// Above the skin, joints may turn freely: the way down ends here and goes straight on. m.
const RISES: [f64; 4] = [0.05, 0.03, 0.02, 0.01];

/// From park to above a stroke: the stops, in that order; or the mildest of what stood in the way.
pub(crate) fn home(reach: &Reach<'_>, made: &Made, park: &JointPos) -> Result<Vec<JointPos>, Option<Touch>> {
    let mut why: Option<Touch> = None;
    for rise in RISES.map(Metres::new) {
        let Some((mut down, free)) = (match above(reach, made, rise) {
            Ok(found) => found,
            Err(touch) => {
                why = milder(why, Some(touch));
                continue;
            }
        }) else {
            continue;
        };
        let top = down.first().copied().unwrap_or(made.pair.lifted);
        match route::route(reach.world, park, &top, free, reach.options.seed) {
            Ok(mut stops) => {
                stops.append(&mut down);
                return Ok(stops);
            }
            Err(touch) => why = milder(why, Some(touch)),
        }
    }
    Err(why)
}

/// From one stroke to another: straight across free space, else over park.
pub(crate) fn detour(reach: &Reach<'_>, from: &Made, to: &Made, park: &JointPos) -> Option<Vec<JointPos>> {
    across(reach, from, to).or_else(|| {
        let mut stops = home(reach, from, park).ok()?;
        stops.reverse();
        stops.push(*park);
        stops.extend(home(reach, to, park).ok()?);
        Some(stops)
    })
}

fn across(reach: &Reach<'_>, from: &Made, to: &Made) -> Option<Vec<JointPos>> {
    RISES.map(Metres::new).into_iter().find_map(|rise| {
        let ((mut stops, free), (down, _)) = (above(reach, from, rise).ok()??, above(reach, to, rise).ok()??);
        let top = |made: &Made, way: &[JointPos]| way.first().copied().unwrap_or(made.pair.lifted);
        let between = route::route(reach.world, &top(from, &stops), &top(to, &down), free, reach.options.seed).ok()?;
        stops.extend(between);
        stops.extend(down);
        Some(stops)
    })
}

/// The posture `rise` above the skin, if it is higher than the stroke's own lift, and how far off the nose stays from
/// there on. `None` where the arm cannot rise so far.
fn above(reach: &Reach<'_>, made: &Made, rise: Metres) -> Result<Option<(Vec<JointPos>, Nose)>, Touch> {
    let options = reach.options;
    let free = Nose::Off(options.head_clearance.get().min(0.5 * rise.get().max(made.lift.get())));
    if rise <= made.lift {
        return Ok(Some((Vec::new(), free)));
    }
    let Some(q) = reach.rise(&made.place, made.node, &made.pair.lifted, made.lift, rise) else { return Ok(None) };
    reach.world.way(&q, &made.pair.lifted, Nose::Off(0.5 * options.lift.get()))?;
    Ok(Some((vec![q], free)))
}
