//! The gallery: one picture a scene, the same bytes every time, small enough for a page.

use std::fs;

use crate::scenes::small;
use crate::support::{Bench, replace_line, text};

#[test]
fn a_picture_of_the_finished_look() {
    let bench = Bench::new(small);
    let draw = |out: &str| {
        let output = bench.pigment("gallery", &["-o", out]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        (fs::read(bench.dir.path().join(out).join("scene.png")).unwrap(), text(&output.stdout))
    };
    let (one, said) = draw("one");
    assert!(one == draw("two").0, "the same scene must give the same bytes");
    assert!(one.len() < 250_000 && one.starts_with(b"\x89PNG"), "{} bytes", one.len());
    // All sessions: whichever is today's, the finished look is the same.
    let third = Bench::new(|t| replace_line(&small(t), "number =", "number = 3"));
    let output = third.pigment("gallery", &["-o", "out"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(fs::read(third.dir.path().join("out/scene.png")).unwrap() == one);
    // More than the 30 % of the first session: 100 % of it.
    let first = text(&bench.pigment("stipple", &["-o", "s.ply"]).stdout);
    let count = |t: &str, before: &str| -> f64 {
        let words: Vec<&str> = t.split_whitespace().collect();
        let at = words.iter().position(|w| w.starts_with(before)).unwrap();
        words[at - 1].parse().unwrap()
    };
    let ratio = count(&said, "dots") / count(&first, "sites");
    assert!((2.8..3.9).contains(&ratio), "{ratio}: {said} {first}");
}
