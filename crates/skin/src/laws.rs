//! Every law of this crate, in one table: what it says, where it comes from, from where to where it holds, how sure it is.
//!
//! In: nothing. Out: [`LAWS`], and their table as text (`LAWS.md`, kept true by a test). Absent: the laws themselves. A law asked
//! outside a range that stands here answers [`crate::SkinError::OutOfRange`] with the value and the range; the tests of this
//! file ask each law on either side of each range.
//!
//! Three are total, because a simulator takes a step whatever the needle does: [`crate::advance`] and [`crate::bulge`], and
//! [`crate::Variation::local`], whose tails are cut. [`crate::column`] is geometry.

#[cfg(test)]
mod tests;

use std::f64::consts::LN_2;
use std::fmt::Write as _;

use crate::Mark::{self, A, C, D, E, K};
use crate::{
    BEHIND, DENTS, DIAMETERS, DOTS_ON_A_FILM, DWELLS, EPIDERMIS, FADE_RATES, FILLS, HITS, HOLES, INDENTATIONS, LEANS,
    NEEDLES, OLDEST, PROTRUSIONS, RING_FORCES, RING_SPEEDS, STRIKES, THICKNESS, TIPS,
};

/// One law.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Law {
    /// The function.
    pub name: &'static str,
    /// What it says; lengths in mm.
    pub form: &'static str,
    /// What it is asked, and from where to where.
    pub inputs: &'static [Input],
    /// Section of skin.md, and sources.
    pub source: &'static str,
    /// What its constants are worth.
    pub mark: Mark,
    /// In words.
    pub confidence: &'static str,
}

/// One argument of a law.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Input {
    /// As errors name it.
    pub what: &'static str,
    /// Least and most.
    pub range: [f64; 2],
    /// Of both.
    pub unit: &'static str,
}

const fn input(what: &'static str, range: [f64; 2], unit: &'static str) -> Input {
    Input { what, range, unit }
}

const TIP: Input = input("depth of the tip", TIPS, "mm");
const TE: Input = input("epidermis", EPIDERMIS, "mm");
const T: Input = input("thickness of the skin", THICKNESS, "mm");
const HEALED_DOT: Input = input("diameter of the healed dot", DIAMETERS, "mm");
const AGE: Input = input("age of the result", [0.0, OLDEST], "years");
const RETAINED: Input = input("retained part", [0.0, 1.0], "of what was put in");
const SUN: Input = input("sun", [1.0, 2.0], "times the usual fade");
const HOLE: Input = input("depth of the hole", HOLES, "mm");
const FILL: Input = input("filling of the hole", FILLS, "of its volume");
const STRIKE: Input = input("speed of the tip", STRIKES, "m/s");
const LEAN: Input = input("lean of the needle", LEANS, "deg");
const DWELL: Input = input("time in the skin", DWELLS, "s");
const SKIN: Input = input("lightness of the skin", [32.0, 72.0], "L*");
const DENSITY: Input = input("density", [0.0, 150.0], "dots/cm2");
const DOT: Input = input("dot diameter", [0.06, 0.40], "mm");
const BOTTOM: Input = input("bottom of the column", [0.06, 1.20], "mm");
const INK: Input = input("absorption", [0.0, 40.0], "1/mm");
const NM: Input = input("wavelength", [400.0, 1_000.0], "nm");

/// In the way of the data: puncture, deposit, healing, fading, light.
pub const LAWS: &[Law] = &[
    law(
        "dent_before_rupture",
        "F_p/(k_s + c_s*v), F_p = 0.12 N a needle",
        &[STRIKE],
        "3.1; 1.12 S49, S50 A for the modulus",
        E,
        "weakest of all: force and dent of a tattoo needle in vivo are unmeasured",
    ),
    law(
        "dent_after",
        "dent*(rho + (1-rho)*exp(-t/tau)), rho 0.15-0.35, tau 50-200 ms",
        &[input("dent at rupture", DENTS, "mm"), DWELL],
        "3.1",
        E,
        "no measurement",
    ),
    law(
        "penetration",
        "protrusion + bulge - dent - r*tan(tilt), not below 0",
        &[input("protrusion", PROTRUSIONS, "mm"), STRIKE, LEAN, DWELL],
        "3.1; S40 A: slow, less than half buried",
        E,
        "geometry sure, dent not",
    ),
    law("protrusion_for", "the inverse of penetration", &[STRIKE, LEAN, DWELL], "3.1", E, "as penetration"),
    law(
        "ring_force",
        "k*x + c*v, k = 1.8 N/mm, c = 0.04 N s/mm",
        &[input("indentation of the ring", INDENTATIONS, "mm"), input("speed of the ring", RING_SPEEDS, "m/s")],
        "1.12 S30 C",
        C,
        "a vendor-like page, unverified",
    ),
    law(
        "ring_indentation",
        "F/k",
        &[input("force on the ring", RING_FORCES, "N")],
        "1.12 S30 C",
        C,
        "a vendor-like page, unverified",
    ),
    law(
        "Dilution::try_new",
        "pigment = 0.15*rho/(1+parts)",
        &[input("dilution", [0.0, 50.0], "parts of water")],
        "1.8 S9 C; S70 B",
        C,
        "one maker's concentrate",
    ),
    law(
        "ink_volume",
        "pi/3*(d_n/2)^2*z*eta",
        &[input("needle diameter", NEEDLES, "mm"), HOLE, FILL],
        "3.2; S64, S66 A for the filling on withdrawal",
        E,
        "eta unmeasured in skin",
    ),
    law("mass_per_hit", "C*V a needle", &[HOLE, FILL], "3.2", E, "as ink_volume"),
    law("hits_count", "(1-exp(-n/6))/(1-exp(-1/6))", &[input("hits", HITS, "hits")], "3.2", E, "n0 a guess"),
    law(
        "film",
        "exp(-k*n)",
        &[input("dots since the dip", DOTS_ON_A_FILM, "dots"), input("decay of the film", [0.0, LN_2], "a dot")],
        "3.2",
        E,
        "no measurement",
    ),
    law(
        "film_decay",
        "ln(2)/n",
        &[input("dots per dip", [1.0, 10_000.0], "dots")],
        "3.2",
        E,
        "40-80 dots a dip is practice, the half is ours",
    ),
    law(
        "hairline_factor",
        "0, 0.35, 0.65, 0.9 of the natural density at 0, 5, 10, 30 mm",
        &[input("distance behind the line", BEHIND, "mm")],
        "1.3",
        E,
        "a designer's ramp",
    ),
    law(
        "retained_at",
        "0.70*S((z-t_e-0.04)/0.02)*(1-0.30*S((z-0.8*T)/0.10))",
        &[TIP, TE, T],
        "3.3; S73 A for the 0.70",
        E,
        "0.70 from animals; the edges are ours",
    ),
    law(
        "retained",
        "mean of retained_at along the track, weighted 0.3+0.7*z/z_tip",
        &[TIP, TE, T],
        "3.3",
        E,
        "as retained_at",
    ),
    law(
        "shed_probability",
        "1-S((z-t_e-0.04)/0.02)",
        &[TIP, TE],
        "1.2, 3.3; mechanism S17, S20 B",
        E,
        "mechanism sure, figures ours",
    ),
    law(
        "healed_diameter",
        "0.5*d_group + 0.12*max(0,z-0.3) + 1.2*max(0,z-0.65*T)^2, at most 1.5",
        &[TIP, T],
        "3.3; S11 C for the 0.5; S7 B: 90-140 um",
        E,
        "the size of a shallow dot is clinics'; its growth with depth ours",
    ),
    law("fresh_diameter", "1.6*d", &[HEALED_DOT], "3.3; S10 B: 250 to 100-150 um", D, "one clinic"),
    law(
        "diameter_at",
        "d*(1+0.6*exp(-t/3d)) to week 6, then grown_diameter",
        &[HEALED_DOT, AGE],
        "3.3; S74 A: nothing changes from day 7 to 28",
        E,
        "the course is ours",
    ),
    law(
        "grown_diameter",
        "d*sqrt(1+t/12y)",
        &[HEALED_DOT, AGE],
        "3.3; S9 C: a ring grows over 6-12 months",
        E,
        "no measurement over years",
    ),
    law(
        "blow_out_probability",
        "S((z-0.9*T)/0.08)",
        &[TIP, T],
        "1.2, 3.3; mechanism S17, S26 B",
        E,
        "mechanism sure, figures ours",
    ),
    law(
        "fate",
        "shed < t_e < patchy < 0.30 < held < 0.9*T < soft < T < blow-out",
        &[TIP, TE, T],
        "1.2",
        D,
        "derived thresholds",
    ),
    law(
        "amount",
        "(r+(1-r)*exp(-t/3d))*exp(-0.11*sun*t/y)",
        &[RETAINED, AGE, SUN],
        "3.4; S73, S74, S1 A; 1.9",
        D,
        "six months sourced; after that from years to a touch-up",
    ),
    law(
        "faded",
        "amount with a person's own rate",
        &[RETAINED, AGE, SUN, input("rate of fading", FADE_RATES, "a year")],
        "3.4",
        D,
        "as amount",
    ),
    law("veil", "1-0.35*sin^2 from day 5 to 14", &[AGE], "3.4 S75 B", E, "days are a clinic's, depth and shape ours"),
    law(
        "density_score",
        "A^0.25",
        &[input("amount of pigment", [0.0, 1.0], "of what was put in")],
        "3.4, from S1 A",
        D,
        "fitted to two means; for comparison only",
    ),
    law(
        "forecast",
        "the laws above over the spread of depth, epidermis and thickness",
        &[TIP, input("spread of the depth", [0.0, 0.30], "mm"), input("hits", [1.0, 50.0], "hits")],
        "3.3-3.5; 6 for the spread",
        E,
        "as its laws; never held against a healed scalp",
    ),
    law(
        "dot_area",
        "a*d*(H+C)*T, see its docs",
        &[SKIN, DOT, BOTTOM, INK],
        "3.5b; fitted to 600 cases of photons",
        D,
        "within 11 % of simulation; never tried on skin",
    ),
    law(
        "optical_load",
        "K*ln(1+N*A/K), K = 0.862",
        &[SKIN, DENSITY, DOT, BOTTOM, INK],
        "3.5b; fitted to photons",
        D,
        "as dot_area",
    ),
    law(
        "load_of",
        "K*ln(1+share/K)",
        &[input("share of the light", [0.0, 3.0], "of the light")],
        "3.5b; fitted to photons",
        D,
        "as dot_area",
    ),
    law(
        "Stubble::lightness",
        "shafts as columns, then the covered area",
        &[
            SKIN,
            input("hairs", [0.0, 400.0], "hairs/cm2"),
            input("width of a hair", [0.03, 0.15], "mm"),
            input("visible length of stubble", [0.0, 1.0], "mm"),
        ],
        "3.5; S33, S35 A for the hairs",
        D,
        "black hair; never held against a scalp",
    ),
    law(
        "coverage",
        "1-exp(-N*pi*d^2/4)",
        &[input("density", [0.0, 1_000.0], "dots/cm2"), input("dot diameter", [0.0, 1.5], "mm")],
        "3.5a",
        A,
        "exact for dots thrown at random",
    ),
    law(
        "yule_nielsen",
        "((1-a)*Rs^(1/n)+a*Rd^(1/n))^n",
        &[
            input("coverage", [0.0, 1.0], "of the area"),
            input("reflectance of the skin", [0.0, 1.0], ""),
            input("reflectance of a dot", [0.0, 1.0], ""),
            input("Yule-Nielsen factor", [1.0, 3.0], ""),
        ],
        "3.5a S114 B, S115",
        A,
        "ink on paper: under-predicts dots in skin 4-12 times; for comparison",
    ),
    law(
        "baseline_absorption",
        "0.244+85.3*exp(-(nm-154)/66.2), 1/cm",
        &[NM],
        "3.5c S117 A",
        A,
        "skin without blood and melanin; others differ by orders of magnitude, S118 A",
    ),
    law("reduced_scattering", "46*(nm/500)^-1.42, 1/cm", &[NM], "3.5c", K, "unchecked"),
    law(
        "layer",
        "Kubelka-Munk, K = 2*mu_a, S = 0.75*mu_s'",
        &[
            input("absorption", [0.0, 1_000.0], "1/mm"),
            input("scattering", [0.0, 1_000.0], "1/mm"),
            input("thickness of a layer", [0.0, 100.0], "mm"),
        ],
        "3.5c",
        K,
        "exact for diffuse light",
    ),
    law(
        "blur",
        "0.35*z+0.05",
        &[input("depth of a dot", [0.0, 1.2], "mm")],
        "3.5c",
        E,
        "photons see a core and a halo instead: spread",
    ),
];

const fn law(
    name: &'static str,
    form: &'static str,
    inputs: &'static [Input],
    source: &'static str,
    mark: Mark,
    confidence: &'static str,
) -> Law {
    Law { name, form, inputs, source, mark, confidence }
}

/// `LAWS.md`.
pub fn laws_table() -> String {
    let mut out = String::from(
        "# Laws of skin and pigment\n\n\
         One function each in `crates/skin`; made by `cargo run --release -p skin --example make_skins` from `src/laws.rs`, kept true by a test.\n\
         Asked outside a range, a law answers with a typed error that carries the value and the range, never with a number.\n\
         Sources are sections and S-numbers of the project's `skin.md`.\n\
         Marks: A peer-reviewed, B trade, C weak, D derived from sourced figures, E proposal, K unchecked.\n\
         In the formulas lengths are mm, S is the logistic function, z the depth of the tip, t_e the epidermis, T the skin, d the healed diameter.\n\n\
         | law | says | holds for | source | mark | how sure |\n|---|---|---|---|---|---|\n",
    );
    for law in LAWS {
        let ranges: Vec<_> = law.inputs.iter().map(Input::text).collect();
        // Writing into a string cannot fail.
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | {} | {} | {} |",
            law.name,
            law.form,
            ranges.join("; "),
            law.source,
            law.mark,
            law.confidence
        );
    }
    out
}

impl Input {
    fn text(&self) -> String {
        let [least, most] = self.range.map(|v| (v * 1e4).round() / 1e4);
        format!("{} {least} to {most} {}", self.what, self.unit).trim_end().to_owned()
    }
}
