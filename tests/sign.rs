//! Nothing is streamed that nobody answers for, or that has changed since somebody did.

use std::fs;
use std::process::Output;

use crate::support::{Bench, replace, replace_line, root, text};

/// The bundled scene, which has no warnings, with its own copies of the files that it names.
fn bench() -> Bench {
    let bench = Bench::new(|t| {
        let t = replace_line(&t, "file =", "file = \"head.ply\"");
        let t = replace_line(&t, "tool =", "tool = \"tool.toml\"");
        replace_line(&t, "model =", "model = \"arm.urdf\"")
    });
    for (from, to) in
        [("heads/adult.ply", "head.ply"), ("tools/voice_coil.toml", "tool.toml"), ("arms/ur5e.urdf", "arm.urdf")]
    {
        bench.file(to, &fs::read(root().join("assets").join(from)).unwrap());
    }
    bench
}

fn signed(bench: &Bench, more: &[&str]) -> String {
    let args = [&["--by", "A. Practitioner", "--date", "2026-11-20"], more].concat();
    let output = bench.pigment("sign", &args);
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

fn stream(bench: &Bench, more: &[&str]) -> Output {
    bench.pigment("stream", &[&["--dots", "2", "--out", "out"], more].concat())
}

/// Status 2, every word in the message, no results.
#[track_caller]
fn refused(bench: &Bench, wants: &[&str]) {
    let output = stream(bench, &[]);
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{message}");
    for want in wants {
        assert!(message.contains(want), "`{want}` is missing in: {message}");
    }
    assert!(!bench.dir.path().join("out").exists(), "a refused treatment leaves nothing behind");
}

#[test]
fn what_nobody_has_signed_is_refused() {
    refused(&bench(), &["scene.toml", "nobody has signed", "pigment sign", "--phantom"]);
}

#[test]
fn what_is_signed_streams() {
    let bench = bench();
    signed(&bench, &[]);
    let output = stream(&bench, &[]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("signed by A. Practitioner (practitioner, 2026-11-20)"));
    let report = bench.json("out");
    assert_eq!(report["sign_off"], "signed by A. Practitioner (practitioner, 2026-11-20)");
    let journal = fs::read(bench.dir.path().join("out/journal.sqlite")).unwrap();
    let wanted = b"signed by A. Practitioner";
    assert!(journal.windows(wanted.len()).any(|w| w == wanted), "the journal says who answers for it");
}

#[test]
fn a_phantom_needs_no_signature_and_says_so() {
    let bench = bench();
    let output = stream(&bench, &["--phantom"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(bench.json("out")["sign_off"].as_str().unwrap().starts_with("phantom"));
    let journal = fs::read(bench.dir.path().join("out/journal.sqlite")).unwrap();
    assert!(journal.windows(8).any(|w| w == b"phantom:"), "the journal says that it is a phantom");
}

#[test]
fn whatever_has_changed_since_is_named() {
    let bench = bench();
    signed(&bench, &[]);
    for name in ["scene.toml", "tool.toml", "head.ply", "arm.urdf"] {
        let path = bench.dir.path().join(name);
        let before = fs::read(&path).unwrap();
        let mut after = before.clone();
        if name == "head.ply" {
            // The last bit of one coordinate of a vertex of the neck.
            let end = b"end_header\n";
            let body = after.windows(end.len()).position(|w| w == end).unwrap() + end.len();
            after[body] ^= 1;
        } else {
            // One byte: a line that means nothing.
            after.push(b'\n');
        }
        fs::write(&path, &after).unwrap();
        refused(&bench, &[&format!("{name} has changed: signed "), ", now ", "A. Practitioner"]);
        fs::write(&path, &before).unwrap();
    }
    let output = stream(&bench, &[]);
    assert!(output.status.success(), "put back, it is as signed: {}", text(&output.stderr));
}

#[test]
fn signing_again_answers_for_the_change_and_keeps_the_first() {
    let bench = bench();
    signed(&bench, &[]);
    signed(&bench, &["--role", "client"]);
    let scene = fs::read_to_string(&bench.scene).unwrap();
    fs::write(&bench.scene, replace_line(&scene, "seed =", "seed = 2")).unwrap();
    signed(&bench, &[]);
    // The client has not seen the change.
    refused(&bench, &["scene.toml has changed", "(client, 2026-11-20)"]);
    signed(&bench, &["--role", "client"]);
    let output = stream(&bench, &[]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let kept = fs::read_to_string(bench.dir.path().join("scene.signed.toml")).unwrap();
    assert_eq!(kept.matches("[[signature]]").count(), 4);
}

#[test]
fn a_client_alone_is_not_enough() {
    let bench = bench();
    signed(&bench, &["--role", "client"]);
    refused(&bench, &["no practitioner has signed"]);
}

#[test]
fn another_scenes_signature_is_refused() {
    let bench = bench();
    signed(&bench, &[]);
    let from = bench.dir.path().join("scene.signed.toml");
    let other = Bench { scene: bench.dir.path().join("other.toml"), ..bench };
    fs::copy(other.dir.path().join("scene.toml"), &other.scene).unwrap();
    fs::copy(from, other.dir.path().join("other.signed.toml")).unwrap();
    refused(&other, &["the signature is for scene.toml, not for other.toml"]);
}

#[test]
fn a_damaged_sign_off_is_refused_with_its_line() {
    let bench = bench();
    signed(&bench, &[]);
    let path = bench.dir.path().join("scene.signed.toml");
    let good = fs::read_to_string(&path).unwrap();
    let line = |key: &str| good.lines().position(|l| l.starts_with(key)).unwrap() + 1;
    let at = line("scene_sha256");
    fs::write(&path, replace(&good, "scene_sha256 = \"", "scene_sha256 = \"zz")).unwrap();
    refused(&bench, &[&format!("scene.signed.toml:{at}:"), "SHA-256"]);
    let at = line("date");
    fs::write(&path, replace(&good, "2026-11-20", "2026-11-31")).unwrap();
    refused(&bench, &[&format!("scene.signed.toml:{at}:"), "YYYY-MM-DD"]);
    fs::write(&path, replace(&good, "version =", "vresion =")).unwrap();
    refused(&bench, &["scene.signed.toml:", "did you mean `version`?"]);
    fs::write(&path, "[[signature\n").unwrap();
    refused(&bench, &["scene.signed.toml:1:"]);
    fs::write(&path, "").unwrap();
    refused(&bench, &["no practitioner has signed"]);
}

#[test]
fn another_version_and_another_pattern_are_refused() {
    let bench = bench();
    signed(&bench, &[]);
    let path = bench.dir.path().join("scene.signed.toml");
    let good = fs::read_to_string(&path).unwrap();
    fs::write(&path, replace_line(&good, "version =", "version = \"0.0.0\"")).unwrap();
    refused(&bench, &["pigment has changed: signed with 0.0.0"]);
    let other = "0".repeat(64);
    fs::write(&path, replace_line(&good, "pattern_sha256 =", &format!("pattern_sha256 = \"{other}\""))).unwrap();
    refused(&bench, &["the pattern has changed", &other]);
}

#[test]
fn warnings_must_be_answered_for() {
    let bench = bench();
    let scene = fs::read_to_string(&bench.scene).unwrap();
    let early = replace(&scene, "of = 3", "of = 3\ndays_since = 12");
    // The designer answers in the scene, or nothing runs; who signs answers once more.
    let answer = "{ rule = \"session-too-soon\", by = \"designer\", why = \"a phantom does not heal\" }";
    let answered = match early.contains("acknowledge = [") {
        true => replace(&early, "acknowledge = [", &format!("acknowledge = [{answer}, ")),
        false => format!("{early}\n[rules]\nacknowledge = [{answer}]\n"),
    };
    fs::write(&bench.scene, answered).unwrap();
    let output = bench.pigment("sign", &["--by", "A"]);
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(message.contains("nobody answers for") && message.contains("12"), "{message}");
    assert!(!bench.dir.path().join("scene.signed.toml").exists());
    let said = signed(&bench, &["--acknowledge", "seen on day 12, healed"]);
    assert!(said.contains("seen on day 12, healed"), "{said}");
    // An answer that is taken out of the file is none.
    let path = bench.dir.path().join("scene.signed.toml");
    let good = fs::read_to_string(&path).unwrap();
    let from = good.find("[[signature.acknowledged]]").unwrap();
    let to = good[from + 1..].find("\n[").map_or(good.len(), |i| from + 1 + i);
    fs::write(&path, format!("{}{}", &good[..from], &good[to..])).unwrap();
    refused(&bench, &["nobody answers for"]);
    fs::write(&path, good).unwrap();
    assert!(stream(&bench, &[]).status.success());
}

#[test]
fn somebody_must_sign() {
    let bench = bench();
    for (args, want) in [(["--by", "  "], "--by"), (["--by", "a\nb"], "--by")] {
        let output = bench.pigment("sign", &args);
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains(want));
    }
    let output = bench.pigment("sign", &["--by", "A", "--date", "tomorrow"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("YYYY-MM-DD"));
}
