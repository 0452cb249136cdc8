//! Tools of the sculptor: soft unions, rounded solids, pushes.
//!
//! In: points in millimetres. Out: signed distances, negative inside, good to first order near the surface.
//! Absent: any transcendental function. Only `+ - * /` and the square root, which IEEE 754 rounds correctly, so that
//! the head comes out byte for byte the same on every machine.
//! Soft unions and solids after Quilez, "Distance functions" and "Smooth minimum" (iquilezles.org).

pub(crate) type Vec3 = nalgebra::Vector3<f64>;

pub(crate) const fn v(x: f64, y: f64, z: f64) -> Vec3 {
    Vec3::new(x, y, z)
}

/// |x| rounded off at 0, so that what stands beside the midline meets its mirror image without a crease.
pub(crate) fn soft_abs(x: f64) -> f64 {
    (x * x + 2.25).sqrt()
}

/// Union with a fillet that starts where the two are `k` mm apart. C2.
pub(crate) fn join(a: f64, b: f64, k: f64) -> f64 {
    let h = (k - (a - b).abs()).max(0.0) / k;
    a.min(b) - h * h * h * k / 6.0
}

/// Intersection with a rounded edge.
pub(crate) fn meet(a: f64, b: f64, k: f64) -> f64 {
    -join(-a, -b, k)
}

/// `a` with `b` taken out, edge rounded.
pub(crate) fn carve(a: f64, b: f64, k: f64) -> f64 {
    meet(a, -b, k)
}

/// 1 at `t2 = 0`, 0 from `t2 = 1` on, C2 between; `t2` is the square of the relative distance.
pub(crate) fn fall_off(t2: f64) -> f64 {
    let s = (1.0 - t2).max(0.0);
    s * s * s
}

/// 0 up to `a`, 1 from `b` on, C2 between.
pub(crate) fn step(a: f64, b: f64, t: f64) -> f64 {
    let s = ((t - a) / (b - a)).clamp(0.0, 1.0);
    s * s * s * (s * (s * 6.0 - 15.0) + 10.0)
}

/// A C1 curve through (place, value) rows in rising order of place; flat beyond the ends.
pub(crate) fn curve<const N: usize>(rows: &[[f64; 2]; N], at: f64) -> f64 {
    if at <= rows[0][0] {
        return rows[0][1];
    }
    let slope = |i: usize| {
        if i == 0 || i + 1 == N { 0.0 } else { (rows[i + 1][1] - rows[i - 1][1]) / (rows[i + 1][0] - rows[i - 1][0]) }
    };
    for i in 0..N - 1 {
        let ([a, fa], [b, fb]) = (rows[i], rows[i + 1]);
        if at < b {
            let (h, t) = (b - a, (at - a) / (b - a));
            let u = 1.0 - t;
            return fa * u * u * (1.0 + 2.0 * t)
                + fb * t * t * (3.0 - 2.0 * t)
                + h * t * u * (slope(i) * u - slope(i + 1) * t);
        }
    }
    rows[N - 1][1]
}

/// Three axes at right angles: `x` as given, `y` made square to it, `z` = x cross y.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Axes(Vec3, Vec3, Vec3);

impl Axes {
    pub(crate) fn new(x: Vec3, y: Vec3) -> Self {
        let x = x / x.dot(&x).sqrt();
        let y = y - x * x.dot(&y);
        let y = y / y.dot(&y).sqrt();
        Self(x, y, x.cross(&y))
    }

    /// The same with the third axis turned round: left-handed, which a form to be mirrored may be.
    pub(crate) fn left_handed(x: Vec3, y: Vec3) -> Self {
        let Self(x, y, z) = Self::new(x, y);
        Self(x, y, -z)
    }

    pub(crate) fn upright() -> Self {
        Self(v(1.0, 0.0, 0.0), v(0.0, 1.0, 0.0), v(0.0, 0.0, 1.0))
    }

    pub(crate) fn local(&self, d: &Vec3) -> Vec3 {
        v(d.dot(&self.0), d.dot(&self.1), d.dot(&self.2))
    }

    pub(crate) fn world(&self, d: &Vec3) -> Vec3 {
        self.0 * d.x + self.1 * d.y + self.2 * d.z
    }
}

/// Ellipsoid of half axes `r` about the origin.
pub(crate) fn ellipsoid(p: &Vec3, r: &Vec3) -> f64 {
    let a = p.component_div(r);
    let b = a.component_div(r);
    let (k0, k1) = (a.dot(&a).sqrt(), b.dot(&b).sqrt());
    if k1 < 1e-9 { -r.min() } else { k0 * (k0 - 1.0) / k1 }
}

/// A push of the surface, outwards where `by` is positive, that dies off inside an ellipsoid.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Push {
    pub(crate) at: Vec3,
    pub(crate) axes: Axes,
    pub(crate) reach: Vec3,
    pub(crate) by: f64,
}

impl Push {
    pub(crate) fn new(at: [f64; 3], reach: [f64; 3], by: f64) -> Self {
        Self { at: v(at[0], at[1], at[2]), axes: Axes::upright(), reach: v(reach[0], reach[1], reach[2]), by }
    }

    pub(crate) fn height(&self, p: &Vec3) -> f64 {
        let q = self.axes.local(&(p - self.at)).component_div(&self.reach);
        self.by * fall_off(q.dot(&q))
    }
}

/// A line drawn on the face from the front, pushed in or out: points (x, z, half breadth).
#[derive(Debug, Clone)]
pub(crate) struct Stroke {
    rod: Rod,
    widest: f64,
    by: f64,
}

impl Stroke {
    pub(crate) fn new(points: &[[f64; 3]], by: f64) -> Self {
        let flat: Vec<[f64; 4]> = points.iter().map(|p| [p[0], 0.0, p[1], p[2]]).collect();
        Self { rod: Rod::through(&flat), widest: points.iter().map(|p| p[2]).fold(0.0, f64::max), by }
    }

    /// Shallower where narrower.
    pub(crate) fn height(&self, p: &Vec3) -> f64 {
        let flat = v(p.x, 0.0, p.z);
        if self.rod.at_least(&flat) > 0.0 {
            return 0.0;
        }
        let (distance, breadth) = self.rod.nearest(&flat);
        let t = distance / breadth;
        self.by * fall_off(t * t) * breadth / self.widest * step(55.0, 70.0, p.y)
    }
}

/// A bent rod of changing thickness through points (x, y, z, radius).
#[derive(Debug, Clone)]
pub(crate) struct Rod {
    nodes: Vec<(Vec3, f64)>,
    centre: Vec3,
    reach: f64,
}

impl Rod {
    /// Catmull-Rom through the points, four pieces a span.
    pub(crate) fn through(points: &[[f64; 4]]) -> Self {
        let n = points.len();
        let mut nodes = Vec::new();
        for i in 0..n - 1 {
            let (a, b, c, d) = (points[i.saturating_sub(1)], points[i], points[i + 1], points[(i + 2).min(n - 1)]);
            for s in 0..4 {
                let t = f64::from(s) / 4.0;
                let q: [f64; 4] = std::array::from_fn(|j| {
                    b[j] + 0.5
                        * t
                        * (c[j] - a[j]
                            + t * (2.0 * a[j] - 5.0 * b[j] + 4.0 * c[j] - d[j]
                                + t * (3.0 * (b[j] - c[j]) + d[j] - a[j])))
                });
                nodes.push((v(q[0], q[1], q[2]), q[3]));
            }
        }
        let last = points[n - 1];
        nodes.push((v(last[0], last[1], last[2]), last[3]));
        let centre = nodes.iter().fold(Vec3::zeros(), |s, q| s + q.0) / (4 * (n - 1) + 1) as f64;
        let reach = nodes.iter().fold(0.0, |m: f64, q| m.max((q.0 - centre).norm() + q.1));
        Self { nodes, centre, reach }
    }

    /// The same rod carried into another place.
    pub(crate) fn carried(mut self, axes: &Axes, origin: &Vec3) -> Self {
        for node in &mut self.nodes {
            node.0 = origin + axes.world(&node.0);
        }
        self.centre = origin + axes.world(&self.centre);
        self
    }

    /// At least this far from the rod; cheap.
    pub(crate) fn at_least(&self, p: &Vec3) -> f64 {
        (p - self.centre).norm() - self.reach
    }

    pub(crate) fn distance(&self, p: &Vec3) -> f64 {
        let mut best = f64::MAX;
        for w in self.nodes.windows(2) {
            let (a, ra) = w[0];
            let (b, rb) = w[1];
            let (ab, ap) = (b - a, p - a);
            let t = (ap.dot(&ab) / ab.dot(&ab)).clamp(0.0, 1.0);
            best = best.min((ap - ab * t).norm() - (ra + (rb - ra) * t));
        }
        best
    }

    /// Distance from the middle line of the rod, and its radius there.
    fn nearest(&self, p: &Vec3) -> (f64, f64) {
        let mut best = (f64::MAX, 1.0);
        for w in self.nodes.windows(2) {
            let (a, ra) = w[0];
            let (b, rb) = w[1];
            let (ab, ap) = (b - a, p - a);
            let t = (ap.dot(&ab) / ab.dot(&ab)).clamp(0.0, 1.0);
            let (d, r) = ((ap - ab * t).norm(), ra + (rb - ra) * t);
            if d < best.0 {
                best = (d, r);
            }
        }
        best
    }

    /// `a` united with this rod.
    pub(crate) fn joined_to(&self, a: f64, p: &Vec3, k: f64) -> f64 {
        if self.at_least(p) >= a + k { a } else { join(a, self.distance(p), k) }
    }

    /// `a` with this rod taken out.
    pub(crate) fn carved_from(&self, a: f64, p: &Vec3, k: f64) -> f64 {
        if self.at_least(p) >= k - a { a } else { carve(a, self.distance(p), k) }
    }
}
