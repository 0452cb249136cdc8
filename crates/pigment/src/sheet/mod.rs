//! `pigment sheet`: the treatment on paper, for the talk between practitioner and client.
//!
//! In: a scene. Out: one HTML file that prints on A4. Everything on it follows from the scene and the files it names: no
//! clock, no network. Absent: how the page looks (`record::sheet`), health, price, consent.

mod chair;
mod look;
pub(crate) mod zones;

use std::path::{Path, PathBuf};

use design::FrozenKind;
use frames::{Metres, PerSquareMetre};
use record::{Block, Colour, Column, Dot, Section, Sheet, Table};
use stipple::Pattern;

use crate::budget::{Chair, budget};
use crate::forecast::{self, Forecast};
use crate::sign::{self, SignOff, Signature};
use crate::views::{self, Emphasis, SIDES};
use crate::{Failure, Planned, Treatment, looks, progress};
use zones::{Design, ZoneRow};

/// One picture, pixels: 85 mm on paper at 190 dots an inch.
const SIZE: [usize; 2] = [640, 600];
/// A dot of today on the sheet: to be counted, not to look like hair.
const TODAY: Colour = [24, 24, 28];
const TODAY_RADIUS: Metres = Metres::from_mm(0.32);
/// A dot of an earlier session.
const EARLIER: Colour = [128, 128, 132];

/// Writes the sheet of `scene` and says where.
pub fn sheet(scene: &Path, output: Option<&Path>, json: bool) -> Result<String, Failure> {
    let bar = progress::working("stippling, planning and drawing");
    let treatment = Treatment::load(scene)?;
    treatment.answered_for()?;
    let pattern = treatment.lay()?;
    let planned = treatment.plan(&pattern)?;
    let output = output.map_or_else(|| PathBuf::from(format!("{}.html", treatment.file.name())), Path::to_owned);
    let page = page(&treatment, &pattern, &planned)?;
    record::write_sheet(&output, &page).map_err(|e| Failure::Input(e.to_string()))?;
    bar.finish_and_clear();
    if json {
        return Ok(serde_json::json!({ "sheet": output, "sites": pattern.sites.len() }).to_string());
    }
    Ok(format!("{} dots today: {}", pattern.sites.len(), output.display()))
}

fn page(treatment: &Treatment, pattern: &Pattern, planned: &Planned) -> Result<Sheet, Failure> {
    let design = Design::finished(treatment)?;
    let rows = design.rows(treatment, pattern);
    let chair = Chair::new(planned.stats.duration_s, rows.iter().map(|r| r.dots_today));
    let file = &treatment.file;
    let session = &file.scene.session;
    let sections = vec![
        section("The design on the head", false, pictures(treatment, &design, pattern, &rows)),
        section("Sessions", false, chair::sessions(treatment)),
        section("Zones", false, vec![Block::Table(zone_table(&rows)), zone_note()]),
        section("Ink and needle", false, chair::ink(treatment, &rows)?),
        section("To prepare today", false, chair::prepare(&budget(treatment, pattern, planned.stats.duration_s))),
        section("What to expect", false, expected(treatment, pattern, &rows)),
        section("Time in the chair today", false, chair::blocks(&chair, planned)),
        section("What is there already", false, present(treatment)),
        section("Rules checked", false, rules(treatment)),
        section("Risks and limits, in plain words", false, risks()),
        section("Sign-off", true, sign_off(treatment, pattern)?),
    ];
    let area: f64 = rows.iter().map(|r| r.area).sum();
    Ok(Sheet {
        kicker: "Treatment sheet · scalp micropigmentation · research on phantoms".into(),
        title: title(&file.name()),
        about: file.about(),
        facts: vec![
            ("session".into(), format!("{} of {}", session.number, session.of)),
            ("dots today".into(), pattern.sites.len().to_string()),
            ("dots in all".into(), rows.iter().map(|r| r.dots_full).sum::<usize>().to_string()),
            ("area".into(), format!("{:.0} cm²", area * 1e4)),
            ("in the chair".into(), crate::budget::time(chair.total())),
        ],
        sections,
        foot: format!(
            "Made by pigment {} from {}, seed {}. Everything on this sheet follows from the scene and the files it names. This \
             software claims no performance level and no safety integrity level.",
            env!("CARGO_PKG_VERSION"),
            file.path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned()),
            file.scene.seed
        ),
    })
}

fn section(title: &str, new_page: bool, blocks: Vec<Block>) -> Section {
    Section { title: title.to_owned(), new_page, blocks }
}

/// `frontal_hairline` is `Frontal hairline`.
fn title(name: &str) -> String {
    let words = name.replace(['_', '-'], " ");
    let mut letters = words.chars();
    letters.next().map_or(words.clone(), |first| first.to_uppercase().chain(letters).collect())
}

fn pictures(treatment: &Treatment, design: &Design, pattern: &Pattern, rows: &[ZoneRow]) -> Vec<Block> {
    let tint = design.tint(treatment, rows);
    let earlier = treatment.fields.frozen().iter().filter_map(|f| {
        if !matches!(f.kind, FrozenKind::Earlier { .. } | FrozenKind::OldDot { .. }) {
            return None;
        }
        let hit = treatment.scan.surface.nearest(f.point);
        let normal = treatment.scan.surface.normal_at(hit.face, hit.bary);
        Some(Dot { at: f.point, normal, radius: Metres::from_mm(0.25), colour: EARLIER, opacity: 0.55 })
    });
    let today = pattern.sites.iter().map(|s| {
        let (at, normal) = (s.head_from_skin.origin(), s.head_from_skin.z());
        Dot { at, normal, radius: TODAY_RADIUS, colour: TODAY, opacity: 0.85 }
    });
    let mut dots = views::dots(&looks::hair(treatment), Emphasis(1.0));
    dots.extend(earlier.chain(today));
    let names = ["front", "top, face up", "left side", "right side", "back"];
    let shots = names
        .iter()
        .zip(&SIDES)
        .map(|(name, side)| ((*name).to_owned(), views::side(treatment, &tint, &dots, side, SIZE)))
        .collect();
    let mut legend: Vec<(Colour, String)> = rows.iter().map(|r| (r.colour, r.name.clone())).collect();
    legend.push((TODAY, "a dot of today".into()));
    let has = |kinds: &dyn Fn(&FrozenKind) -> bool| treatment.fields.frozen().iter().any(|f| kinds(&f.kind));
    if !treatment.existing.hair.is_empty() || has(&|k| matches!(k, FrozenKind::Follicle)) {
        legend.push((views::HAIR, "a hair that is there".into()));
    }
    if has(&|k| matches!(k, FrozenKind::Earlier { .. } | FrozenKind::OldDot { .. })) {
        legend.push((EARLIER, "an earlier dot".into()));
    }
    vec![
        Block::Pictures(shots),
        Block::Legend(legend),
        Block::Note(
            "Dots are drawn larger and darker than they are, so that they can be seen; a real one is as wide as two or three \
             hairs."
                .into(),
        ),
    ]
}

fn zone_table(rows: &[ZoneRow]) -> Table {
    let density = |d: PerSquareMetre| format!("{:.0}", d.per_cm2());
    let mm = |v: Metres| format!("{:.2}", v.mm());
    let head = vec![
        Column::words("zone"),
        Column::words("kind, skin"),
        Column::number("area", "cm²"),
        Column::number("density today", "per cm²"),
        Column::number("in the end", "per cm²"),
        Column::number("dots today", ""),
        Column::number("in all", ""),
        Column::number("dot, healed", "mm"),
        Column::number("depth", "mm"),
        Column::number("shade", "% of black"),
    ];
    let cells = rows
        .iter()
        .map(|r| {
            let [least, target, most] = r.window.map(|d| mm(d.length()));
            vec![
                r.name.clone(),
                format!("{}\n{}", r.kind, r.skin),
                format!("{:.1}", r.area * 1e4),
                density(r.today),
                density(r.full),
                r.dots_today.to_string(),
                r.dots_full.to_string(),
                mm(r.healed),
                format!("{target}\n{least} to {most}"),
                format!("{:.0}", r.shade * 100.0),
            ]
        })
        .collect();
    Table { head, rows: cells, marks: rows.iter().map(|r| r.colour).collect() }
}

fn zone_note() -> Block {
    Block::Note(
        "Densities are those of the densest place; edges are softer. Depth is what the tip reaches in the skin, not how far the \
         needle stands out. Shade is what the healed dot takes of the light across it."
            .into(),
    )
}

/// The tone of the zones, then what single dots become.
fn expected(treatment: &Treatment, pattern: &Pattern, rows: &[ZoneRow]) -> Vec<Block> {
    let mut blocks = look::blocks(treatment, rows);
    match Forecast::planned(treatment, pattern, &[]) {
        Ok(forecast) => {
            blocks.push(Block::Text("What single dots become, over the spread of depth and skin:".into()));
            blocks.push(Block::Table(forecast::in_short(&forecast)));
        }
        // Said, not hidden: the rest of the sheet stands all the same.
        Err(why) => blocks.push(Block::Note(format!("No law says what single dots become: {why}"))),
    }
    blocks
}

/// Earlier sessions, healed dots, hair.
fn present(treatment: &Treatment) -> Vec<Block> {
    let count = |of: &dyn Fn(&FrozenKind) -> bool| treatment.fields.frozen().iter().filter(|f| of(&f.kind)).count();
    let follicles = count(&|k| matches!(k, FrozenKind::Follicle));
    let earlier = count(&|k| matches!(k, FrozenKind::Earlier { .. }));
    let old = count(&|k| matches!(k, FrozenKind::OldDot { .. }));
    let mut points = Vec::new();
    let mut say =
        |n: usize, what: &str, none: &str| points.push(if n > 0 { format!("{n} {what}") } else { none.to_owned() });
    say(
        follicles,
        "hairs or their openings are known; new dots keep 0.30 mm away.",
        "No hairs are named in the scene: dots do not avoid them.",
    );
    say(
        earlier,
        "dots of earlier sessions are known; new dots fill the gaps between them.",
        "No dots of earlier sessions are named in the scene.",
    );
    if old > 0 {
        points.push(format!("{old} healed dots from elsewhere are known; new dots keep 0.50 mm away."));
    }
    let keep_out = treatment.file.scene.keep_out.len();
    let named: Vec<&str> = treatment.file.scene.keep_out.iter().filter_map(|k| k.name.as_deref()).collect();
    points.push(match (keep_out, named.is_empty()) {
        (0, _) => "No place is kept clear beside ears, eyes and brows.".to_owned(),
        (n, true) => format!("{n} places are kept clear."),
        (n, false) => format!("{n} places are kept clear: {}.", named.join(", ")),
    });
    vec![Block::List(points)]
}

/// Every rule that was held against the design, then what somebody has to answer for.
fn rules(treatment: &Treatment) -> Vec<Block> {
    let findings = treatment.fields.findings();
    let verdict = |c: &design::Checked| {
        let found = findings.iter().find(|f| f.rule == c.rule && f.zone == c.zone);
        match (c.broken, found.and_then(|f| f.acknowledged.as_ref())) {
            (None, _) => "kept".to_owned(),
            (Some(_), Some(a)) => format!("broken; {} answers\n{}", a.by, a.why),
            (Some(design::Severity::Note), None) => "to be noted".to_owned(),
            (Some(_), None) => "broken; nobody answers".to_owned(),
        }
    };
    let zone = |c: &design::Checked| c.zone.clone().unwrap_or_else(|| "session".to_owned());
    let rows = treatment.fields.checked().iter();
    let rows = rows.map(|c| vec![c.rule.to_string(), zone(c), c.value.clone(), c.limit.clone(), verdict(c)]).collect();
    let head = ["rule", "where", "measured", "limit", "verdict"].map(Column::words).to_vec();
    let mut blocks = vec![Block::Table(Table { head, rows, marks: Vec::new() })];
    if treatment.warnings.is_empty() {
        blocks.push(Block::Text("There is nothing to answer for.".into()));
        return blocks;
    }
    let signed = SignOff::read(&sign::beside(&treatment.file)).ok().flatten().unwrap_or_default();
    let answer = |warning: &String| {
        let answers = signed.current().into_iter().flat_map(|s| s.acknowledged.iter().map(move |a| (s, a)));
        let of = |(s, a): (&Signature, &sign::Answer)| (a.finding == *warning).then(|| format!("{}: {}", s.by, a.why));
        answers.filter_map(of).next_back().unwrap_or_else(|| "nobody yet".to_owned())
    };
    let rows = treatment.warnings.iter().map(|w| vec![w.clone(), answer(w)]).collect();
    let head = vec![Column::words("finding"), Column::words("who signs for it, and why")];
    blocks.push(Block::Table(Table { head, rows, marks: Vec::new() }));
    blocks
}

fn risks() -> Vec<Block> {
    let points = [
        "This is research software for phantoms and mannequins. It is no medical device, and nothing on this sheet is medical \
         advice. The emergency stop and the robot's own safety controller are the safety functions, not this program.",
        "A dot in the skin cannot be taken back. It can only fade, or be treated with a laser, which leaves its own marks.",
        "Too deep (past about 1.1 mm) a dot blurs, spreads and turns bluish: a blow-out. Bleeding means too deep. The needle has a \
         mechanical stop at 1.2 mm, and the plan stays far above it; real skin differs from place to place.",
        "Too shallow (less than about 0.3 mm) a dot leaves with the outer skin within weeks and the result is patchy.",
        "For some days the skin is red and dots look dark and wide. About day 7 they look patchy, for a week; the result can be \
         judged after six weeks. About a third of the pigment goes in that time, and more in scars.",
        "It fades: by about a tenth of the pigment a year, faster in sun. A touch-up is usual after two to five years. With the \
         years every dot grows a little wider and softer.",
        "Hair goes on thinning and turning grey; the dots stay where and as dark as they are. A line drawn low today is low at \
         sixty.",
        "Scars take pigment unevenly, need test dots of their own and four weeks of waiting. Raised scars and keloids are not \
         treated; neither are moles, wounds and inflamed skin.",
        "Ink can cause allergy and infection; it must obey the law of the place (in the EU REACH, entry 75). Blood thinners, \
         pregnancy, diabetes, immune disorders and skin diseases are a physician's question, before and not after.",
        "Predictions of shade come from one published simulation of light in skin and from means of other people's skin; they \
         are ranges, not promises. Test dots on this person count for more than this sheet.",
    ];
    vec![Block::List(points.map(str::to_owned).to_vec())]
}

fn sign_off(treatment: &Treatment, pattern: &Pattern) -> Result<Vec<Block>, Failure> {
    let now = Signature::present(treatment, pattern)?;
    let hex = |d: &[u8; 32]| crate::inputs::Hash(*d).to_string();
    let mut codes = vec![
        (format!("scene, {}", now.scene), now.scene_sha256.to_string()),
        ("pattern: every dot of today".to_owned(), now.pattern_sha256.to_string()),
        ("scan, as repaired".to_owned(), hex(&treatment.scan.digest)),
        (format!("arm, {}", treatment.arm.name), hex(&treatment.arm.digest())),
        (format!("tool, {}", treatment.tool.name), hex(&treatment.tool.digest())),
    ];
    codes.extend(now.inputs.iter().map(|(name, hash)| (format!("file {name}"), hash.to_string())));
    let mut blocks = vec![
        Block::Text(
            "With their names both say that they have read this sheet and that it describes the treatment they agreed on. The \
             codes (SHA-256) name exactly the files and the dots that it is about; a changed file has another code."
                .into(),
        ),
        Block::Codes(codes),
    ];
    // A sign-off that cannot be read is said, not hidden: the sheet is there to be looked at.
    match SignOff::read(&sign::beside(&treatment.file)) {
        Ok(None) => blocks.push(Block::Note("Nobody has signed with `pigment sign` yet.".into())),
        Ok(Some(sign_off)) => match sign_off.check(&now, &treatment.warnings) {
            Ok(who) => blocks
                .push(Block::Note(format!("Signed with `pigment sign`, and unchanged since: {}.", who.join(", ")))),
            Err(reasons) => blocks.push(Block::Alert(format!("The sign-off does not hold: {}.", reasons.join("; ")))),
        },
        Err(why) => blocks.push(Block::Alert(format!("The sign-off cannot be read: {why}"))),
    }
    blocks.push(Block::Signatures(vec![
        "practitioner: name, date, signature".into(),
        "client: name, date, signature".into(),
    ]));
    Ok(blocks)
}
