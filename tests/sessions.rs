//! A second session reads what the first one really left: counts, holes, distances, and refusals.

use std::collections::BTreeMap;
use std::path::Path;

use design::FrozenKind;
use frames::{Instant, SiteId};
use pigment::Treatment;
use record::{Became, Durability, Journal, Past};
use stipple::Site;

use crate::support::{Bench, replace, replace_line, text};

/// A narrow band: a few dozen dots, and an answer for its steep front.
fn narrow(scene: String) -> String {
    let scene = replace_line(&scene, "depth_mm =", "depth_mm = 6\nramp_mm = 4\nfeather_mm = 2");
    let scene = replace_line(&scene, "dots =", "dots = 0");
    let answer = "{ rule = \"ramp-too-steep\", zone = \"frontal hairline\", by = \"a test\", why = \"few dots\" }";
    scene + &format!("\n[rules]\nacknowledge = [{answer}]\n")
}

/// The narrow scene's first session, rehearsed into `first`, and a second scene beside it that names `earlier`.
fn rehearsed() -> Bench {
    let bench = Bench::new(narrow);
    let output = bench.pigment("rehearse", &["--out", "first"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    bench
}

/// The same scene as session 2, with more lines in `[session]`.
fn second(bench: &Bench, more: &str) -> Bench {
    let scene = std::fs::read_to_string(&bench.scene).unwrap();
    let scene = replace(&scene, "number = 1", &format!("number = 2\n{more}"));
    let path = bench.dir.path().join("second.toml");
    std::fs::write(&path, scene).unwrap();
    // Shares the folder of the first; only the path is used.
    Bench { dir: tempfile::tempdir().unwrap(), scene: path }
}

/// Names a folder beside the scene.
fn earlier(name: &str) -> String {
    format!("earlier = [\"{name}\"]\ndays_since = 28")
}

fn laid(scene: &Path) -> (Treatment, Vec<Site>) {
    let treatment = Treatment::load(scene).unwrap();
    let pattern = treatment.stipple().unwrap();
    assert!(pattern.rejected.is_empty());
    (treatment, pattern.sites)
}

/// In the zone, where density counts; sentinels are not.
fn in_zone(treatment: &Treatment, p: frames::Point<frames::Head>) -> bool {
    let surface = &treatment.scan.surface;
    let hit = surface.nearest(p);
    treatment.fields.total_at(hit.point, surface.normal_at(hit.face, hit.bary)).get() > 0.0
}

fn count(treatment: &Treatment, sites: &[Site]) -> usize {
    sites.iter().filter(|s| in_zone(treatment, s.head_from_skin.origin())).count()
}

/// A copy of the first run in which only some sites were worked on, and some were begun and never ended.
fn cut(bench: &Bench, name: &str, keep: impl Fn(&Site) -> bool, uncertain: &[SiteId]) {
    let (from, to) = (bench.dir.path().join("first"), bench.dir.path().join(name));
    std::fs::create_dir(&to).unwrap();
    std::fs::copy(from.join("sites.ply"), to.join("sites.ply")).unwrap();
    let (sites, _) = stipple::read_ply(&from.join("sites.ply")).unwrap();
    let past = Past::read(&from.join("journal.sqlite")).unwrap();
    let mut done: BTreeMap<SiteId, serde_json::Value> = BTreeMap::new();
    for (site, became) in past.runs.iter().flat_map(|run| &run.dots) {
        if let Became::Done(body) = became {
            done.insert(*site, body.clone());
        }
    }
    let at = Instant::START;
    let mut journal = Journal::open(&to.join("journal.sqlite"), Durability::Process).unwrap();
    let run = journal.begin(at, &past.runs[0].header).unwrap();
    for site in &sites {
        if uncertain.contains(&site.id) {
            journal.intend(run, at, &[site.id]).unwrap();
        } else if let Some(body) = done.get(&site.id).filter(|_| keep(site)) {
            journal.intend(run, at, &[site.id]).unwrap();
            journal.outcome(run, at, site.id, true, body).unwrap();
        }
    }
}

#[test]
fn a_second_session_lays_what_the_first_one_lacks() {
    let bench = rehearsed();
    let (first, one) = laid(&bench.scene);
    let blind = second(&bench, "");
    let (treatment, unaware) = laid(&blind.scene);
    assert!(treatment.warnings.iter().any(|w| w.contains("no `earlier` run")), "{:?}", treatment.warnings);
    // Thirty and forty per cent.
    let due = count(&first, &one) + count(&treatment, &unaware);

    // Everything but a third, which the first run never reached, and three dots that nobody knows.
    let right = |s: &Site| s.head_from_skin.origin().coords.x > 0.012;
    let unknown: Vec<SiteId> = one.iter().filter(|s| !right(s)).take(3).map(|s| s.id).collect();
    cut(&bench, "cut", |s| !right(s), &unknown);
    for (name, hole) in [("first", false), ("cut", true)] {
        let (treatment, two) = laid(&second(&bench, &earlier(name)).scene);
        let tally = &treatment.existing.earlier;
        assert_eq!(tally.wanted, one.len());
        assert_eq!(tally.there + tally.missing + tally.uncertain.len(), one.len());
        assert_eq!(tally.uncertain.len(), if hole { 3 } else { 0 });
        assert!(tally.missing < one.len() / 20 || hole, "{tally:?}");
        let there: Vec<(frames::Point<frames::Head>, f64)> = treatment
            .fields
            .frozen()
            .iter()
            .filter_map(|f| match f.kind {
                FrozenKind::Earlier { ink } => Some((f.point, ink)),
                _ => None,
            })
            .collect();
        assert_eq!(there.len(), tally.there + tally.uncertain.len());
        let ink: f64 = there.iter().filter(|(p, _)| in_zone(&treatment, *p)).map(|t| t.1).sum();
        let laid = count(&treatment, &two) as f64;
        assert!((laid - (due as f64 - ink)).abs() <= 2.0, "{name}: {laid}, {due} due, ink {ink}");

        // By brute force: 1.0 mm among today's dots, 0.6 mm to every older one, known or not.
        let at = |s: &Site| s.head_from_skin.origin();
        for (k, a) in two.iter().enumerate() {
            assert!(two[..k].iter().all(|b| (at(a) - at(b)).norm().mm() > 1.0));
            assert!(there.iter().all(|(p, _)| (at(a) - *p).norm().mm() > 0.6), "{name}: {}", a.id);
        }
        // Each side has what two sessions owe it, reached by the first run or not.
        for sign in [-1.0, 1.0] {
            let inside = |p: &frames::Point<frames::Head>| sign * p.coords.x > 0.012 && in_zone(&treatment, *p);
            let union = two.iter().map(at).filter(inside).count() + there.iter().filter(|t| inside(&t.0)).count();
            let owed = one.iter().chain(&unaware).map(at).filter(inside).count();
            let off = union as f64 - owed as f64;
            assert!(off.abs() <= 2.0 + 0.1 * owed as f64, "{name}: {union} of {owed} on side {sign}");
        }
        let said = treatment.warnings.join("\n");
        assert_eq!(said.contains("uncertain"), hole, "{said}");
        assert!(said.contains("rehearsal"), "{said}");
    }

    // What a person saw overrides: one dot missing, one faded.
    let body = one.iter().filter(|s| in_zone(&first, s.head_from_skin.origin())).map(|s| s.id.0).collect::<Vec<_>>();
    let seen = format!("site,state\n{},missing\n{},faded\n", body[5], body[9]);
    std::fs::write(bench.dir.path().join("seen.csv"), seen).unwrap();
    let plain = Treatment::load(&second(&bench, &earlier("first")).scene).unwrap().existing.earlier;
    let more = format!("{}\nobserved = \"seen.csv\"", earlier("first"));
    let looked = Treatment::load(&second(&bench, &more).scene).unwrap().existing.earlier;
    assert_eq!((looked.missing, looked.there), (plain.missing + 1, plain.there - 1));
    assert!((plain.ink - looked.ink - 1.5).abs() < 0.1, "{} {}", plain.ink, looked.ink);
}

#[track_caller]
fn refuses(bench: &Bench, wants: &[&str]) {
    let output = bench.pigment("check", &[]);
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{message}");
    for want in wants {
        assert!(message.contains(want), "`{want}` is missing in: {message}");
    }
    assert!(!message.contains("panicked"), "{message}");
}

#[test]
fn an_earlier_run_that_cannot_be_believed_is_refused() {
    let bench = rehearsed();
    refuses(&second(&bench, "earlier = [\"nowhere\"]"), &["nowhere", "earlier"]);
    refuses(&second(&bench, "earlier = [\"first\", \"./first\"]"), &["twice"]);
    refuses(&second(&bench, "observed = \"seen.csv\""), &["observed", "earlier"]);
    std::fs::create_dir(bench.dir.path().join("empty")).unwrap();
    refuses(&second(&bench, "earlier = [\"empty\"]"), &["empty", "sites.ply"]);

    // A nasion one millimetre higher is another head frame: the same numbers are other places.
    let other = second(&bench, &earlier("first"));
    let scene = std::fs::read_to_string(&other.scene).unwrap();
    std::fs::write(&other.scene, replace(&scene, "nasion = [0.000, 91.139, 28.000]", "nasion = [0.000, 91.1, 29.0]"))
        .unwrap();
    let digest = Past::read(&bench.dir.path().join("first/journal.sqlite")).unwrap().runs[0].header["scan"].clone();
    refuses(&other, &["journal.sqlite", &digest.as_str().unwrap()[..12], "scan", "landmarks"]);

    // One byte of one outcome.
    let journal = bench.dir.path().join("first/journal.sqlite");
    let mut bytes = std::fs::read(&journal).unwrap();
    let key = b"\"penetration\":0.000";
    // Everywhere: what SQLite has moved leaves a copy behind that nobody reads.
    let found: Vec<usize> = (0..bytes.len() - key.len()).filter(|&k| bytes[k..].starts_with(key)).collect();
    assert!(!found.is_empty());
    for at in found.into_iter().map(|k| k + key.len()) {
        bytes[at] = if bytes[at] == b'9' { b'1' } else { b'9' };
    }
    std::fs::write(&journal, bytes).unwrap();
    refuses(&second(&bench, &earlier("first")), &["journal.sqlite", "hash chain"]);
}

/// Natural hair is drawn as irregular as it grows, in the numbers that the map asks for, and dots fill what it leaves.
#[test]
fn hair_is_drawn_like_hair() {
    let bench = Bench::new(|t| narrow(t) + "\n[hair]\nancestry = \"caucasian\"\nnorwood = \"IIIv\"\n");
    let treatment = Treatment::load(&bench.scene).unwrap();
    let hair = &treatment.existing.hair;
    // Half a scalp of 500 cm2 and more, at 80/cm2.
    assert!((30_000..48_000).contains(&hair.len()), "{}", hair.len());
    let share = |n: u8| hair.iter().filter(|f| f.hairs == n).count() as f64 / hair.len() as f64;
    // stipple.md 5.1: 28.38 / 52.62 / 17.48 (and more: 1.51) %.
    assert!((share(1) - 0.2838).abs() < 0.01 && (share(2) - 0.5262).abs() < 0.01, "{} {}", share(1), share(2));
    let natural = treatment.fields.natural_hair().unwrap();
    let surface = &treatment.scan.surface;
    // Eight regions: front or back, left or right, high or low.
    let region = |p: frames::Point<frames::Head>| {
        usize::from(p.coords.y > 0.0) + 2 * usize::from(p.coords.x > 0.0) + 4 * usize::from(p.coords.z > 0.09)
    };
    let (mut want, mut got) = ([0.0_f64; 8], [0.0_f64; 8]);
    for face in 0..surface.faces().len() as u32 {
        let third = [1.0 / 3.0; 3];
        let p = surface.at(face, third);
        want[region(p)] += surface.projected_area(face) * natural.density_at(p, surface.normal_at(face, third)).0.get();
    }
    for follicle in hair {
        got[region(follicle.point)] += 1.0;
    }
    for (k, (want, got)) in want.iter().zip(got).enumerate() {
        assert!((got / want - 1.0).abs() < 0.03, "region {k}: {got} of {want}");
    }
    // The design's zone lies in a temple that has lost hair: fewer dots than on a bald head, and more than none.
    let (with, sites) = laid(&bench.scene);
    let (bald, all) = laid(&Bench::new(narrow).scene);
    assert!(sites.len() < all.len() && count(&with, &sites) > 10, "{} {}", sites.len(), all.len());
    drop(bald);
    for site in &sites {
        let p = site.head_from_skin.origin();
        assert!(hair.iter().all(|f| (f.point - p).norm().mm() > 0.3), "{}", site.id);
    }
}
