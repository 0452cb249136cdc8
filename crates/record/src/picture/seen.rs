//! A picture as light, before it becomes screen values.
//!
//! In: linear light a pixel. Out: the same blurred as an eye blurs it, cut, reduced; its mean; the [`Picture`].
//! Absent: geometry, colour science.
//!
//! The eye's point spread: two Gaussians, 0.583 of the light with a standard deviation of 0.306 arcmin and 0.417 with
//! 1.44 arcmin, for white light and a pupil of 3 mm (Geisler and Davila 1985, after Campbell and Gubisch 1966; published as
//! widths at half height of 0.721 and 3.40 arcmin).

use super::{Colour, Picture, srgb};

/// Weight and standard deviation in arc minutes.
pub const POINT_SPREAD: [(f64, f64); 2] = [(0.583, 0.306), (0.417, 1.444)];
/// Kernels end here, standard deviations: 6e-5 of a Gaussian lies farther.
const ENDS: f64 = 4.0;

/// Linear light, rows from the top; 1 is white.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// Pixels a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Red, green, blue.
    pub pixels: Vec<[f32; 3]>,
}

impl Seen {
    /// As an eye sees it for which a pixel is `arcmin` wide. `before` is a Gaussian that the picture has already, in
    /// pixels: it is counted as part of the eye's.
    pub fn through_the_eye(&self, arcmin: f64, before: f64) -> Self {
        let mut pixels = vec![[0.0; 3]; self.pixels.len()];
        for (weight, sigma) in POINT_SPREAD {
            let pixel = sigma / arcmin;
            let part = self.blurred((pixel * pixel - before * before).max(0.0).sqrt());
            for (sum, v) in pixels.iter_mut().zip(part.pixels) {
                for k in 0..3 {
                    sum[k] += weight as f32 * v[k];
                }
            }
        }
        Self { pixels, ..*self }
    }

    /// Blurred by a Gaussian, in pixels. The border's pixels stand for what lies outside.
    pub fn blurred(&self, sigma: f64) -> Self {
        if sigma < 0.05 {
            return self.clone();
        }
        let reach = (ENDS * sigma).ceil() as isize;
        let weights: Vec<f64> = (-reach..=reach).map(|i| (-0.5 * (i as f64 / sigma).powi(2)).exp()).collect();
        let sum: f64 = weights.iter().sum();
        let weights: Vec<f32> = weights.iter().map(|w| (w / sum) as f32).collect();
        let across = self.convolved(&weights, reach, |x, y, d| (clamp(x, d, self.width), y));
        across.convolved(&weights, reach, |x, y, d| (x, clamp(y, d, self.height)))
    }

    fn convolved(&self, weights: &[f32], reach: isize, at: impl Fn(usize, usize, isize) -> (usize, usize)) -> Self {
        let mut pixels = Vec::with_capacity(self.pixels.len());
        for (y, x) in (0..self.height).flat_map(|y| (0..self.width).map(move |x| (y, x))) {
            let mut sum = [0.0_f32; 3];
            for (d, weight) in (-reach..=reach).zip(weights) {
                let (x, y) = at(x, y, d);
                let v = self.pixels[y * self.width + x];
                sum = [sum[0] + weight * v[0], sum[1] + weight * v[1], sum[2] + weight * v[2]];
            }
            pixels.push(sum);
        }
        Self { pixels, ..*self }
    }

    /// Without `margin` pixels on every side.
    pub fn without(&self, margin: usize) -> Self {
        let margin = margin.min(self.width.min(self.height) / 2);
        self.cut([margin, margin], [self.width - 2 * margin, self.height - 2 * margin])
    }

    /// The middle of the picture, at most of `size`.
    pub fn middle(&self, size: [usize; 2]) -> Self {
        let size = [size[0].min(self.width), size[1].min(self.height)];
        self.cut([(self.width - size[0]) / 2, (self.height - size[1]) / 2], size)
    }

    fn cut(&self, [left, top]: [usize; 2], [width, height]: [usize; 2]) -> Self {
        let row = |y: usize| &self.pixels[y * self.width + left..y * self.width + left + width];
        Self { width, height, pixels: (top..top + height).flat_map(row).copied().collect() }
    }

    /// `times` smaller each way, each pixel the mean of those it stands for.
    pub fn reduced(&self, times: usize) -> Self {
        let times = times.max(1);
        let (width, height) = (self.width / times, self.height / times);
        let share = 1.0 / (times * times) as f32;
        let mean = |x: usize, y: usize| {
            let mut sum = [0.0_f32; 3];
            for (dy, dx) in (0..times).flat_map(|dy| (0..times).map(move |dx| (dy, dx))) {
                let v = self.pixels[(y * times + dy) * self.width + x * times + dx];
                (0..3).for_each(|k| sum[k] += v[k]);
            }
            sum.map(|s| s * share)
        };
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| mean(x, y)).collect();
        Self { width, height, pixels }
    }

    /// Mean light.
    pub fn mean(&self) -> [f64; 3] {
        let n = self.pixels.len().max(1) as f64;
        std::array::from_fn(|k| self.pixels.iter().map(|p| f64::from(p[k])).sum::<f64>() / n)
    }

    /// For a screen.
    pub fn picture(&self) -> Picture {
        let colour = |p: &[f32; 3]| -> Colour { srgb::screen(p.map(f64::from)) };
        Picture { width: self.width, height: self.height, pixels: self.pixels.iter().map(colour).collect() }
    }
}

fn clamp(at: usize, by: isize, size: usize) -> usize {
    at.saturating_add_signed(by).min(size - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(size: usize) -> Seen {
        let mut seen = Seen { width: size, height: size, pixels: vec![[0.2; 3]; size * size] };
        seen.pixels[size / 2 * size + size / 2] = [1.2; 3];
        seen
    }

    #[test]
    fn blur_keeps_the_light_and_has_its_width() {
        let blurred = point(61).blurred(3.0);
        assert!((blurred.mean()[1] - point(61).mean()[1]).abs() < 1e-7);
        let middle = f64::from(blurred.pixels[30 * 61 + 30][0]) - 0.2;
        assert!((middle * std::f64::consts::TAU * 9.0 - 1.0).abs() < 0.01, "{middle}");
        assert_eq!(point(9).blurred(0.0), point(9));
    }

    /// A grating of 30 cycles a degree keeps 0.37 of its contrast, one of 10 0.69: sums of the two published Gaussians.
    #[test]
    fn the_eye_has_the_published_transfer() {
        for (cycles, want) in [(10.0, 0.69), (30.0, 0.37)] {
            let arcmin = 0.2;
            let wave = |x: usize| 0.5 + 0.4 * (std::f64::consts::TAU * cycles / 60.0 * arcmin * x as f64).cos();
            let pixels = (0..600 * 8).map(|i| [wave(i % 600) as f32; 3]).collect();
            let seen = Seen { width: 600, height: 8, pixels }.through_the_eye(arcmin, 0.0).without(0);
            let row = &seen.pixels[600 * 4 + 150..600 * 4 + 450];
            let (low, high) = row.iter().fold((1.0_f32, 0.0_f32), |(l, h), p| (l.min(p[0]), h.max(p[0])));
            let contrast = f64::from(high - low) / 0.8;
            assert!((contrast - want).abs() < 0.015, "{cycles}: {contrast}");
        }
    }

    #[test]
    fn cutting_and_reducing_keep_what_they_show() {
        let seen = point(9);
        assert!(seen.without(3).pixels[4][0] > 1.1);
        assert!(seen.middle([3, 1]).pixels[1][0] > 1.1);
        let reduced = seen.reduced(3);
        assert!((reduced.mean()[0] - seen.mean()[0]).abs() < 1e-7 && reduced.width == 3);
    }
}
