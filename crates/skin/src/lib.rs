//! Facts about skin and pigment: the one place for them.
//!
//! In: a zone of the scalp, a person, a needle group, one needle's motion, a deposit. Out: thickness and depth windows
//! ([`Zone`], [`Person`]), penetration from protrusion and back ([`penetration`], [`protrusion_for`]), ink left behind
//! ([`mass_per_hit`]), what heals ([`retained`], [`healed_diameter`], all together [`forecast()`]), how it fades ([`amount`]), how dark it looks
//! ([`reflectance`]), in which colour ([`stippled`], [`dot_colour`]) and which dots have a wanted shade ([`look()`]). What the
//! laws of light rest on is in [`photons`]. Every law is one pure function with its published form; all of them stand in
//! [`LAWS`] with source, range and confidence.
//! Absent: any mesh, any robot, any clock, any random number (variation is data, see [`Variation`]).
//!
//! Sources are the sections and marks of the project's `skin.md`: A peer-reviewed, B clinic or trade, C weak, K
//! general knowledge, D derived, E proposal. SI and f64 throughout; published millimetre forms stand in the docs.

mod calibration;
mod colour;
mod contact;
mod density;
mod deposit;
mod error;
mod fade;
mod fit;
mod forecast;
mod group;
mod healing;
mod lab;
mod laws;
mod local;
mod look;
mod optics;
mod own;
mod person;
pub mod photons;
mod provenance;
mod puncture;
mod scar;
mod spread;
mod stubble;
mod tint;
mod zones;

pub use calibration::{Calibrated, Calibration, Estimate, Fitted};
pub use colour::{
    ARC_MINUTE, BLUE_BELOW, baseline_absorption, blur, fusion_distance, layer, reduced_scattering, under_layer,
};
pub use contact::{
    BULGE_RATIO, FACE_STIFFNESS, INDENTATIONS, RING_FORCES, RING_SPEEDS, SCALP_DAMPING, SCALP_STIFFNESS,
    SKULL_STIFFNESS, bulge, ring_force, ring_indentation,
};
pub use density::{
    Ancestry, BEHIND, CAP, DOSE, FULL_HEAD, HELMET, SCALP_AREA, SESSION, SESSION_REST_DAYS, SPARSEST, densest,
    density_factor, hairline_factor, session_shares,
};
pub use deposit::{
    CONCENTRATE_DENSITY, DOTS_ON_A_FILM, DOTS_PER_DIP, Dilution, FILLS, HITS, HOLES, NEEDLES, PIGMENT_BY_WEIGHT,
    SATURATION_HITS, film, film_decay, hits_count, ink_volume, mass_per_hit,
};
pub use error::SkinError;
pub use fade::{
    DAY, EARLY, FADE_RATE, FADE_RATES, Fade, OLDEST, YEAR, amount, days, density_score, faded, veil, years,
};
pub use fit::{
    FEWEST_DOTS, FitError, LEAST_AGE_DAYS, Learned, OneSided, Outlier, Patch, TestDot, ZoneFit, fit_zone, simulate_dots,
};
pub use forecast::{
    Age, BEYOND_MOST, DEPTH_SIGMA, Dot, FADE_ERROR, Healing, Outlook, RETENTION_ERROR, SHEDDING, Strength, Toned,
    ZoneOutlook, forecast, ink_for, tone,
};
pub use group::Group;
pub use healing::{
    DIAMETERS, DotCurve, EPIDERMIS, FRESH_OVER_HEALED, Fate, PATCHY, SCAR_RETENTION, THICKNESS, TIPS, WIDEST,
    blow_out_probability, column, diameter_at, fate, fresh_diameter, grown_diameter, healed_diameter, retained,
    retained_at, shed_probability,
};
pub use lab::{Lab, screen};
pub use laws::{Input, LAWS, Law, laws_table};
pub use local::{Local, Normals, PUNCTURE_FORCE, Variation};
pub use look::{HEALED, LAW_ERROR, Look, SIDE_LIGHT_SPREAD, Step, Tone, Wish, look, usual_diameter};
pub use optics::{
    BLACK, INK_REFLECTANCE, Stipple, absorption, coverage, darkening, dot_area, lightness_of, load_of, murray_davies,
    optical_load, reflectance, reflectance_of, yule_nielsen,
};
pub use own::{Key, Own, check_window};
pub use person::{Fitzpatrick, Person, Sex};
pub use provenance::{Mark, SKIN_FILE, Stated, bundled_skins, skin_file, stated, stated_person};
pub use puncture::{
    Contact, DENTS, DRAG_SPEED, DWELLS, Hole, Insertion, LEANS, PROTRUSIONS, RATE_SPEED, REFERENCE_WIDTH, STRIKES,
    advance, dent_after, dent_before_rupture, penetration, protrusion_for,
};
pub use scar::{SCAR_AGE_MONTHS, SCAR_START, first_density, first_ink};
pub use spread::{Spread, spread};
pub use stubble::Stubble;
pub use tint::{Speck, dot_areas, dot_colour, hue_shift, stippled};
pub use zones::{Window, Zone, ZoneFacts};
