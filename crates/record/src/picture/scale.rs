//! Colours for a signed error.
//!
//! In: a number in -1..1. Out: a colour, and the scale as SVG for the reader.

use super::Colour;

/// A colour for `x` in -1..1: blue below, pale in the middle, red above; anything outside takes the end.
/// Blue-red stays legible to the colour-blind.
pub fn diverging(x: f64) -> Colour {
    const BLUE: [f64; 3] = [33.0, 102.0, 172.0];
    const MIDDLE: [f64; 3] = [62.0, 62.0, 62.0];
    const RED: [f64; 3] = [200.0, 24.0, 43.0];
    let x = if x.is_finite() { x.clamp(-1.0, 1.0) } else { 0.0 };
    let end = if x < 0.0 { BLUE } else { RED };
    std::array::from_fn(|i| (MIDDLE[i] + (end[i] - MIDDLE[i]) * x.abs()) as u8)
}

/// The scale of [`diverging`] as an SVG strip with its ends and middle named.
pub fn legend(low: &str, middle: &str, high: &str) -> String {
    let stops: String = (0..=10)
        .map(|i| {
            let [r, g, b] = diverging(f64::from(i) * 0.2 - 1.0);
            format!("<stop offset=\"{}%\" stop-color=\"rgb({r},{g},{b})\"/>", i * 10)
        })
        .collect();
    format!(
        "<svg width=\"420\" height=\"40\" font-family=\"sans-serif\" font-size=\"12\"><defs><linearGradient id=\"d\">{stops}\
         </linearGradient></defs><rect x=\"10\" y=\"2\" width=\"400\" height=\"14\" fill=\"url(#d)\"/>\
         <text x=\"10\" y=\"32\">{low}</text><text x=\"210\" y=\"32\" text-anchor=\"middle\">{middle}</text>\
         <text x=\"410\" y=\"32\" text-anchor=\"end\">{high}</text></svg>"
    )
}
