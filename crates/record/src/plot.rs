//! Plots as SVG text: histograms and lines.

use plotters::prelude::*;

use crate::RecordError;

/// A histogram of one quantity.
#[derive(Debug, Clone)]
pub struct Histogram<'a> {
    /// Above the plot.
    pub title: &'a str,
    /// Below it, with the unit.
    pub x: &'a str,
    /// Samples; what is not finite is left out.
    pub samples: &'a [f64],
    /// Bins between the extremes.
    pub bins: usize,
    /// Vertical lines: a bar to keep, a limit.
    pub marks: &'a [f64],
}

/// One or more curves over a common axis.
#[derive(Debug, Clone)]
pub struct Lines<'a> {
    /// Above the plot.
    pub title: &'a str,
    /// Below it, with the unit.
    pub x: &'a str,
    /// Beside it, with the unit.
    pub y: &'a str,
    /// Name and points; what is not finite is left out.
    pub curves: &'a [(&'a str, Vec<(f64, f64)>)],
}

const SIZE: (u32, u32) = (460, 280);
const BLUE: RGBColor = RGBColor(33, 102, 172);
const PALETTE: [RGBColor; 4] = [BLUE, RGBColor(200, 24, 43), RGBColor(77, 146, 33), RGBColor(110, 110, 110)];

/// Draws a histogram; fails only where the library does.
pub fn histogram(plot: &Histogram<'_>) -> Result<String, RecordError> {
    let samples: Vec<f64> = plot.samples.iter().copied().filter(|v| v.is_finite()).collect();
    let (low, high) = range(samples.iter().chain(plot.marks).copied());
    let bins = plot.bins.max(1);
    let width = (high - low) / bins as f64;
    let mut counts = vec![0_u32; bins];
    for v in &samples {
        let bin = (((v - low) / width) as usize).min(bins - 1);
        counts[bin] += 1;
    }
    let top = counts.iter().copied().max().unwrap_or(0).max(1);
    svg(plot.title, |area| {
        let mut chart = ChartBuilder::on(area)
            .caption(plot.title, ("sans-serif", 15))
            .margin(8)
            .x_label_area_size(34)
            .y_label_area_size(44)
            .build_cartesian_2d(low..high, 0_u32..top + top / 12 + 1)?;
        chart.configure_mesh().disable_x_mesh().x_desc(plot.x).y_desc("dots").x_labels(6).y_labels(5).draw()?;
        chart.draw_series(counts.iter().enumerate().map(|(i, &n)| {
            let left = low + i as f64 * width;
            Rectangle::new([(left, 0), (left + width, n)], BLUE.mix(0.75).filled())
        }))?;
        for &mark in plot.marks {
            chart.draw_series(LineSeries::new([(mark, 0), (mark, top)], RGBColor(200, 24, 43).stroke_width(2)))?;
        }
        Ok(())
    })
}

/// Draws curves; fails only where the library does.
pub fn lines(plot: &Lines<'_>) -> Result<String, RecordError> {
    let finite = |p: &&(f64, f64)| p.0.is_finite() && p.1.is_finite();
    let points = || plot.curves.iter().flat_map(|(_, c)| c.iter().filter(finite));
    let (left, right) = range(points().map(|p| p.0));
    let (low, high) = range(points().map(|p| p.1));
    svg(plot.title, |area| {
        let mut chart = ChartBuilder::on(area)
            .caption(plot.title, ("sans-serif", 15))
            .margin(8)
            .x_label_area_size(34)
            .y_label_area_size(54)
            .build_cartesian_2d(left..right, low..high)?;
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .x_desc(plot.x)
            .y_desc(plot.y)
            .x_labels(6)
            .y_labels(5)
            .draw()?;
        for (i, (name, curve)) in plot.curves.iter().enumerate() {
            let colour = PALETTE[i % PALETTE.len()];
            chart
                .draw_series(LineSeries::new(curve.iter().filter(finite).copied(), colour.stroke_width(1)))?
                .label(*name)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 14, y)], colour.stroke_width(2)));
        }
        if plot.curves.len() > 1 {
            chart.configure_series_labels().background_style(WHITE.mix(0.8)).border_style(TRANSPARENT).draw()?;
        }
        Ok(())
    })
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

fn svg(
    title: &str,
    paint: impl FnOnce(&Area<'_>) -> Result<(), Box<dyn std::error::Error>>,
) -> Result<String, RecordError> {
    let mut text = String::new();
    {
        let area = SVGBackend::with_string(&mut text, SIZE).into_drawing_area();
        paint(&area)
            .and_then(|()| Ok(area.present()?))
            .map_err(|e| RecordError::Draw { what: title.to_owned(), why: e.to_string() })?;
    }
    Ok(text)
}

/// Smallest to largest with a little air; an empty or single-valued set still spans something.
fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    if !(low <= high) {
        return (0.0, 1.0);
    }
    let air = ((high - low) * 0.03).max(high.abs().max(low.abs()) * 1e-6).max(1e-9);
    (low - air, high + air)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
    use super::*;

    #[track_caller]
    fn check(samples: &[f64], bars: usize) {
        let plot = Histogram { title: "t", x: "mm", samples, bins: 4, marks: &[] };
        let text = histogram(&plot).unwrap();
        let drawn = text.matches("<rect").count() - usize::from(bars == 0);
        assert!(text.starts_with("<svg") && drawn >= bars, "{drawn} {text}");
    }

    #[test]
    fn plots_of_nothing_and_of_one_value() {
        check(&[], 0);
        check(&[1.0, 1.0], 1);
        check(&[f64::NAN, 1.0, 2.0], 2);
    }

    #[test]
    fn a_curve_without_points_is_still_a_plot() {
        let plot = Lines { title: "t", x: "s", y: "N", curves: &[("a", vec![(0.0, f64::NAN)])] };
        assert!(lines(&plot).unwrap().contains("</svg>"));
    }
}
