//! Dots share the light.
//!
//! In: columns, each with what it takes when alone. Out: what each takes among its neighbours. Absent: colour.
//!
//! By the law many dots leave `exp(-load_of(s))` of the light, with `s` the sum of what each takes alone, over the area. Each
//! then takes `(1-exp(-load_of(s)))/s` of what it takes alone: its side light comes through its neighbours. Light wanders about
//! a millimetre in skin (`1/sqrt(3*mu_a*(mu_a+mu_s'))` = 1.1 mm with the coefficients of skin.md 3.5b), so `s` is the mean over
//! about as far.

use std::collections::BTreeMap;

use super::column::Column;

/// Standard deviation of the mean, metres: wide enough that a regular pattern has an even mean from 20 dots/cm² on.
const NEAR: f64 = 1.5e-3;
/// Cells of the search; the Gaussian ends at their width: 1 % of it lies farther, and is given back by `WHOLE`.
const CELL: f64 = 3.0 * NEAR;
/// Part of a plane Gaussian inside three standard deviations, `1-exp(-9/2)`.
const WHOLE: f64 = 0.988_891;

type Cell = [i64; 3];

/// `s` at each column.
pub(crate) fn crowds(columns: &[Column]) -> Vec<f64> {
    let cell = |c: &Column| -> Cell { std::array::from_fn(|k| (c.at.coords[k] / CELL).floor() as i64) };
    let mut cells: BTreeMap<Cell, Vec<usize>> = BTreeMap::new();
    for (i, c) in columns.iter().enumerate() {
        cells.entry(cell(c)).or_default().push(i);
    }
    let peak = 1.0 / (std::f64::consts::TAU * NEAR * NEAR * WHOLE);
    let of = |c: &Column| {
        let [x, y, z] = cell(c);
        let mut sum = 0.0;
        for near in
            (-1..=1).flat_map(|dx| (-1..=1).flat_map(move |dy| (-1..=1).map(move |dz| [x + dx, y + dy, z + dz])))
        {
            for other in cells.get(&near).into_iter().flatten().map(|i| &columns[*i]) {
                let apart = (other.at.coords - c.at.coords).norm_squared();
                if apart < CELL * CELL {
                    sum += other.load * peak * (-0.5 * apart / (NEAR * NEAR)).exp();
                }
            }
        }
        sum
    };
    columns.iter().map(of).collect()
}

/// Of the light around a column, what its neighbours and it leave: `exp(-load_of(s))`.
pub(crate) fn left(crowd: f64) -> f64 {
    // Denser than photons were followed through: black hair at 400 a cm2 is a tenth of that.
    (-skin::load_of(crowd.min(3.0)).unwrap_or(0.0)).exp()
}

/// `(1-exp(-load_of(s)))/s`.
pub(crate) fn share(crowd: f64) -> f64 {
    if crowd > 1e-6 { (1.0 - left(crowd)) / crowd } else { 1.0 }
}
