//! A picture of the density: the scan's colours, or an image laid on the head.
//!
//! In: decoded pixels, how they lie. Out: a fraction, 0 (black) to 1 (white), bilinear between pixels; outside the
//! picture nothing. Skin that turns its back to the viewer is not painted. Absent: files; `compile` reads them.

use std::sync::Arc;

use frames::Point;
use nalgebra::Vector3;
use scan::Surface;

use crate::noise::smoothstep;
use crate::scalp::Scalp;
use crate::spec::Channel;

/// The picture ends this softly at the scalp's border, metres.
const EDGE: f64 = 5e-3;
/// Cosine of the angle between skin and viewer below which nothing is painted, and above which all is.
const GRAZING: (f64, f64) = (0.10, 0.30);

/// A mask.
#[derive(Debug, Clone)]
pub(crate) struct Mask {
    pub(crate) source: Source,
    pub(crate) scalp: Scalp,
}

/// Where the picture comes from.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    Colours(Arc<Surface>, Channel),
    Uv(Arc<Surface>, Picture),
    Seen(View, Picture),
}

/// A picture seen from one side.
#[derive(Debug, Clone)]
pub(crate) struct View {
    /// Under the middle of the picture.
    pub(crate) middle: Vector3<f64>,
    /// Unit vectors of the picture, and towards the viewer.
    pub(crate) right: Vector3<f64>,
    pub(crate) up: Vector3<f64>,
    pub(crate) towards: Vector3<f64>,
    /// Metres a pixel.
    pub(crate) pixel: f64,
}

/// Grey values 0 to 1, rows from the top.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Picture {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) grey: Vec<f32>,
}

impl Picture {
    /// At a place in pixels from the top left corner, between the middles of pixels. Nothing beyond the edge.
    pub(crate) fn at(&self, x: f64, y: f64) -> f64 {
        let (x, y) = (x - 0.5, y - 0.5);
        let (i, j) = (x.floor(), y.floor());
        let (s, t) = (x - i, y - j);
        let get = |i: f64, j: f64| {
            let within = i >= 0.0 && j >= 0.0 && i < self.width as f64 && j < self.height as f64;
            if within { f64::from(self.grey[j as usize * self.width + i as usize]) } else { 0.0 }
        };
        let row = |j: f64| get(i, j) * (1.0 - s) + get(i + 1.0, j) * s;
        row(j) * (1.0 - t) + row(j + 1.0) * t
    }

    /// At texture coordinates, v up. The outermost pixels go on beyond the edge.
    fn at_uv(&self, [u, v]: [f64; 2]) -> f64 {
        let hold = |t: f64, n: usize| (t * n as f64).clamp(0.5, n as f64 - 0.5);
        self.at(hold(u, self.width), hold(1.0 - v, self.height))
    }
}

impl Mask {
    pub(super) fn fraction(&self, p: &Vector3<f64>, normal: &Vector3<f64>) -> f64 {
        let edge = smoothstep(self.scalp.inside(p) / EDGE);
        if edge <= 0.0 {
            return 0.0;
        }
        edge * match &self.source {
            Source::Colours(surface, channel) => {
                let hit = surface.nearest(Point::from(*p));
                surface.colour_at(hit.face, hit.bary).map_or(0.0, |rgb| grey(rgb, *channel))
            }
            Source::Uv(surface, picture) => {
                let hit = surface.nearest(Point::from(*p));
                surface.uv_at(hit.face, hit.bary).map_or(0.0, |uv| picture.at_uv(uv))
            }
            Source::Seen(view, picture) => {
                let lit = (view.towards.dot(normal) - GRAZING.0) / (GRAZING.1 - GRAZING.0);
                let [x, y] = view.pixel_of(p, picture);
                smoothstep(lit) * picture.at(x, y)
            }
        }
    }

    pub(super) fn touches(&self, centre: &Vector3<f64>, radius: f64) -> bool {
        if self.scalp.inside(centre) <= -radius {
            return false;
        }
        let Source::Seen(view, picture) = &self.source else { return true };
        let reach = radius / view.pixel + 1.0;
        let [x, y] = view.pixel_of(centre, picture);
        let near = |x: f64, n: usize| x >= -reach && x <= n as f64 + reach;
        near(x, picture.width) && near(y, picture.height)
    }
}

impl View {
    fn pixel_of(&self, p: &Vector3<f64>, picture: &Picture) -> [f64; 2] {
        let away = p - self.middle;
        [
            0.5 * picture.width as f64 + away.dot(&self.right) / self.pixel,
            0.5 * picture.height as f64 - away.dot(&self.up) / self.pixel,
        ]
    }
}

/// Rec. 709 weights for luminance.
pub(crate) fn grey([r, g, b]: [f64; 3], channel: Channel) -> f64 {
    match channel {
        Channel::Luminance => 0.2126 * r + 0.7152 * g + 0.0722 * b,
        Channel::Red => r,
        Channel::Green => g,
        Channel::Blue => b,
    }
    .clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn between_pixels_and_beyond_the_edge() {
        let picture = Picture { width: 2, height: 2, grey: vec![0.0, 1.0, 0.5, 0.25] };
        for (x, y, want) in [
            (0.5, 0.5, 0.0),
            (1.5, 0.5, 1.0),
            (0.5, 1.5, 0.5),
            (1.0, 0.5, 0.5),
            (1.0, 1.0, 0.4375),
            (2.0, 0.5, 0.5),
            (2.5, 0.5, 0.0),
            (-9.0, 0.5, 0.0),
            (f64::NAN, 0.5, f64::NAN),
        ] {
            let got = picture.at(x, y);
            assert!((got - want).abs() < 1e-12 || (want.is_nan() && !(got > 0.0)), "{x} {y}: {got}");
        }
        // v is up: the lower left pixel is at v = 0.
        assert!((picture.at_uv([0.0, 0.0]) - 0.5).abs() < 1e-12 && (picture.at_uv([1.0, 1.0]) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn channels() {
        let rgb = [0.2, 0.4, 0.8];
        assert!((grey(rgb, Channel::Luminance) - (0.2126 * 0.2 + 0.7152 * 0.4 + 0.0722 * 0.8)).abs() < 1e-15);
        assert!((grey(rgb, Channel::Blue) - 0.8).abs() < 1e-15 && grey([9.0, 0.0, 0.0], Channel::Red) <= 1.0);
    }
}
