//! Distance along the skin.
//!
//! In: places on the surface, and how far to look. Out: the distance of every place in reach ([`DistanceField`]), or of
//! one place from another ([`Surface::geodesic`]). Absent: the paths themselves, and smoothing: the way goes over the
//! mesh as it is, so noise lengthens it.
//!
//! Two algorithms, for two uses. `exact` follows every straight strip of the unfolded mesh (windows), to rounding; its
//! work grows with the 1.5th power of the area and with the number of sources, so it serves pairs. `march` moves a front
//! from vertex to vertex, carrying where its circle has its centre; its work is that of Dijkstra, so it serves curves of
//! a thousand points. Its error is per mille of the way (the tests have the figures), but for lines where two fronts meet
//! on the hollow side of a curve: there it is short by up to a quarter of an edge.

mod exact;
mod field;
mod flat;
mod march;

pub use field::DistanceField;
use frames::{Head, Metres, Point};

use crate::{Hit, Surface};

/// Points of a curve stand this close, metres: half of the finest edges that scanners write.
const STEP: f64 = 0.15e-3;
/// Most points of one curve: 15 m of it.
const MOST: usize = 100_000;

/// A place that distances are counted from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Source {
    /// Index into [`Surface::faces`].
    pub face: u32,
    /// Weights of the face's three vertices; none negative, sum 1.
    pub bary: [f64; 3],
}

impl From<&Hit> for Source {
    fn from(hit: &Hit) -> Self {
        Self { face: hit.face, bary: hit.bary }
    }
}

impl Surface {
    /// Distances along the skin from the nearest of `sources`, as far as `reach`. No sources: nothing is in reach.
    pub fn distances_from(&self, sources: &[Source], reach: Metres) -> DistanceField {
        march::march(self, sources, reach.get())
    }

    /// The shortest way along the skin, exact on the mesh but for rounding. `None` between parts that do not meet.
    pub fn geodesic(&self, from: &Hit, to: &Hit) -> Option<Metres> {
        exact::distance(self, from.into(), to.into()).map(Metres::new)
    }

    /// A line near the surface as sources: points not farther than 0.15 mm from one another, each moved to the nearest
    /// place on the surface. A line of more than 15 m is sampled more thinly; points that are not finite are left out.
    pub fn sources_along(&self, line: &[Point<Head>]) -> Vec<Source> {
        let finite: Vec<Point<Head>> =
            line.iter().copied().filter(|p| p.coords.iter().all(|c| c.is_finite())).collect();
        let length: f64 = finite.windows(2).map(|w| (w[1] - w[0]).norm().get()).sum();
        let step = STEP.max(length / MOST as f64);
        let mut sources: Vec<Source> = finite.first().map(|p| (&self.nearest(*p)).into()).into_iter().collect();
        for w in finite.windows(2) {
            let (a, along) = (w[0].coords.coords, (w[1] - w[0]).vector);
            let parts = (along.norm() / step).ceil().max(1.0);
            sources.extend((1..=parts as usize).map(|i| {
                let p = Point::from(a + along * (i as f64 / parts));
                Source::from(&self.nearest(p))
            }));
        }
        sources
    }
}
