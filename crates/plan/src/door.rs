//! Can this cell be planned in at all? Asked once, at the door.
//!
//! In: arm, cell, options. Out: nothing, or the first thing that cannot be, with its numbers. Absent: sites.

use arm::{ArmModel, Joint};
use frames::{Metres, Point, Radians};

use crate::clear::{Nose, World, to_box};
use crate::{Cell, Options, PlanError};

/// Numbers that are numbers, and sizes that fit each other.
pub(crate) fn check_input(arm: &ArmModel, cell: &Cell, options: &Options) -> Result<(), PlanError> {
    let bad = |what: String, way_out: &'static str| Err(PlanError::Input { what, way_out });
    if cell.park.len() != arm.dof() || !cell.park.is_finite() {
        return bad(
            format!("the park posture has {} angles, the arm {} joints", cell.park.len(), arm.dof()),
            "give a finite angle for each joint",
        );
    }
    if !cell.base_from_head.is_finite() {
        return bad("the head's pose in the base is not finite".to_owned(), "register the head again");
    }
    if !(4..=32).contains(&options.spins) {
        return bad(format!("{} spins are asked for", options.spins), "use 4 to 32");
    }
    let positive = [
        ("lift", options.lift.get()),
        ("highest_lift", options.highest_lift.get()),
        ("pace.share", options.pace.share),
        ("pace.near", options.pace.near),
        ("pace.free", options.pace.free),
        ("pace.touching", options.pace.touching),
        ("pace.margin", options.pace.margin),
    ];
    let zero_or_more = [
        ("head_clearance", options.head_clearance.get()),
        ("keep_out_clearance", options.keep_out_clearance.get()),
        ("self_clearance", options.self_clearance.get()),
        ("joint_margin", options.joint_margin.get()),
        ("least_singular", options.least_singular),
    ];
    let wrong = positive.iter().find(|(_, v)| !(*v > 0.0 && v.is_finite()));
    let wrong = wrong.or(zero_or_more.iter().find(|(_, v)| !(*v >= 0.0 && v.is_finite())));
    if let Some((name, value)) = wrong {
        return bad(format!("option {name} is {value}"), "lengths and speeds are positive, margins not negative");
    }
    let limits = &arm.limits;
    let fine = |v: &[f64]| v.len() == arm.dof() && v.iter().all(|v| *v > 0.0 && v.is_finite());
    if !(fine(&limits.speed) && fine(&limits.acceleration) && fine(&limits.jerk)) {
        return bad(
            "the arm's limits are not all positive".to_owned(),
            "set speed, acceleration and jerk of every joint",
        );
    }
    let corners = cell.keep_out.iter().find(|b| !b.min.iter().zip(b.max.iter()).all(|(a, b)| a <= b));
    corners.map_or(Ok(()), |b| {
        bad(format!("keep-out \"{}\" has its corners the wrong way round", b.name), "min must be below max")
    })
}

/// The arm can wait, and head, base and keep-outs do not stand in each other.
pub(crate) fn check_cell(world: &World<'_>, cell: &Cell) -> Result<(), PlanError> {
    let limits = &world.arm.limits;
    for (i, &v) in cell.park.iter().enumerate() {
        if !(limits.lower[i]..=limits.upper[i]).contains(&v) {
            let (joint, angle) = (Joint(i), Radians::new(v));
            let (lower, upper) = (Radians::new(limits.lower[i]), Radians::new(limits.upper[i]));
            return Err(PlanError::ParkLimit { joint, angle, lower, upper });
        }
    }
    let centre = (cell.base_from_head * Point::ORIGIN).coords;
    if let Some((keep_out, d)) = cell.keep_out.iter().map(|b| (b, to_box(b, &centre))).find(|(_, d)| *d < 0.0) {
        return Err(PlanError::HeadInKeepOut { name: keep_out.name.clone(), inside: Metres::new(-d) });
    }
    let least = Metres::new(world.margins.head);
    if let Some((part, distance)) = world.base_to_head().filter(|(_, d)| *d < least) {
        return Err(PlanError::HeadInBase { part, distance, least });
    }
    world.posture(&cell.park, Nose::Off(world.margins.head)).map_err(|touch| {
        let (part, obstacle) = world.names(&touch);
        let (clearance, least) = (Metres::new(touch.clearance), Metres::new(touch.least));
        PlanError::ParkCollides { part, obstacle, clearance, least }
    })
}
