//! Where a size stands among people: ANSUR II, US Army 2012, 4082 men and 1986 women (public domain).
//!
//! In: a size. Out: a percentile, or that it is beyond the smallest or largest of all. The table is that of
//! `ansur2_head_statistics.csv` in the test data, computed from the public tables; straight lines between its columns.

use std::fmt;

use frames::Metres;

use super::Measures;

/// As the survey has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sex {
    /// 4082 men.
    Male,
    /// 1986 women.
    Female,
}

/// Where a size stands among people.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Percentile {
    /// Smaller than the smallest of so many.
    BelowAll(usize),
    /// 0 to 100.
    At(f64),
    /// Larger than the largest of so many.
    AboveAll(usize),
}

/// A size that people were measured for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standing {
    /// What.
    pub name: &'static str,
    /// How large.
    pub size: Metres,
    /// Among men.
    pub men: Percentile,
    /// Among women.
    pub women: Percentile,
}

/// Share of the people below each column of the table, %.
const SHARES: [f64; 9] = [0.0, 1.0, 5.0, 25.0, 50.0, 75.0, 95.0, 99.0, 100.0];
/// What is rarer than this at either end, %, among men and among women, is taken for a mistake.
const RARE: f64 = 0.1;

/// Millimetres: smallest, 1st, 5th, 25th, 50th, 75th, 95th and 99th percentile, largest.
type Columns = [f64; 9];

struct Table {
    name: &'static str,
    men: Columns,
    women: Columns,
}

const CIRCUMFERENCE: Table = Table {
    name: "circumference",
    men: [516.0, 538.0, 548.0, 563.0, 574.0, 585.0, 601.0, 614.2, 633.0],
    women: [500.0, 521.0, 532.0, 548.0, 560.0, 573.0, 597.0, 611.0, 635.0],
};
const LENGTH: Table = Table {
    name: "length",
    men: [172.0, 182.0, 188.0, 195.0, 200.0, 204.0, 211.0, 215.0, 225.0],
    women: [168.0, 171.8, 178.0, 185.0, 190.0, 195.0, 202.0, 208.0, 215.0],
};
const BREADTH: Table = Table {
    name: "breadth",
    men: [135.0, 142.0, 146.0, 151.0, 154.0, 158.0, 163.0, 168.0, 180.0],
    women: [131.0, 136.0, 140.0, 144.0, 147.0, 151.0, 156.0, 160.0, 167.0],
};
const TRAGION_TOP: Table = Table {
    name: "tragion to vertex",
    men: [110.0, 116.0, 121.0, 127.0, 131.0, 135.0, 141.0, 145.0, 150.0],
    women: [105.0, 110.0, 116.0, 122.0, 127.0, 131.0, 137.0, 142.0, 148.0],
};

impl Measures {
    /// The sizes that the survey has, in its order; those that the scan does not reach are left out.
    pub fn standings(&self) -> Vec<Standing> {
        let rows = [
            (self.circumference, &CIRCUMFERENCE),
            (self.length, &LENGTH),
            (self.breadth, &BREADTH),
            (self.tragion_top, &TRAGION_TOP),
        ];
        rows.into_iter()
            .filter_map(|(size, table)| {
                let size = size?;
                let (men, women) = (standing(size, Sex::Male, &table.men), standing(size, Sex::Female, &table.women));
                Some(Standing { name: table.name, size, men, women })
            })
            .collect()
    }
}

impl Sex {
    /// How many were measured.
    pub const fn count(self) -> usize {
        match self {
            Self::Male => 4082,
            Self::Female => 1986,
        }
    }
}

impl Standing {
    /// True for a size that hardly a man and hardly a woman has: a wrong unit or landmark, rather than a rare head.
    pub fn is_strange(&self) -> bool {
        self.men.is_rare() && self.women.is_rare()
    }
}

impl Percentile {
    fn is_rare(self) -> bool {
        match self {
            Self::At(share) => !(RARE..=100.0 - RARE).contains(&share),
            Self::BelowAll(_) | Self::AboveAll(_) => true,
        }
    }
}

fn standing(size: Metres, sex: Sex, columns: &Columns) -> Percentile {
    let mm = size.mm();
    if mm < columns[0] {
        return Percentile::BelowAll(sex.count());
    }
    for (sizes, shares) in columns.windows(2).zip(SHARES.windows(2)) {
        if mm <= sizes[1] {
            let t = (mm - sizes[0]) / (sizes[1] - sizes[0]);
            return Percentile::At(shares[0] + t * (shares[1] - shares[0]));
        }
    }
    Percentile::AboveAll(sex.count())
}

impl fmt::Display for Percentile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BelowAll(count) => write!(f, "beyond the smallest of {count}"),
            Self::At(share) if (1.0..=99.0).contains(share) => write!(f, "{share:.0} %"),
            Self::At(share) => write!(f, "{share:.1} %"),
            Self::AboveAll(count) => write!(f, "beyond the largest of {count}"),
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:.0} mm: men {}, women {}", self.name, self.size.mm(), self.men, self.women)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(mm: f64, men: Percentile, women: Percentile) {
        for (want, sex, columns) in [(men, Sex::Male, &CIRCUMFERENCE.men), (women, Sex::Female, &CIRCUMFERENCE.women)] {
            match (standing(Metres::from_mm(mm), sex, columns), want) {
                (Percentile::At(got), Percentile::At(want)) => assert!((got - want).abs() < 1e-9, "{mm}: {got} {want}"),
                (got, want) => assert_eq!(got, want, "{mm}"),
            }
        }
    }

    #[test]
    fn on_and_between_the_columns_and_beyond() {
        use Percentile::{AboveAll, At, BelowAll};
        check(574.0, At(50.0), At(75.0 + 20.0 / 24.0));
        check(538.0, At(1.0), At(5.0 + 20.0 * 6.0 / 16.0));
        check(516.01, At(0.01 / 22.0), At(16.01 / 21.0));
        check(515.9, BelowAll(4082), At(15.9 / 21.0));
        check(632.99, At(100.0 - 0.01 / 18.8), At(99.0 + 21.99 / 24.0));
        check(640.0, AboveAll(4082), AboveAll(1986));
        check(57.4, BelowAll(4082), BelowAll(1986));
    }

    #[test]
    fn strange_is_rare_in_both() {
        let of = |mm| Measures {
            circumference: Some(Metres::from_mm(mm)),
            breadth: None,
            length: None,
            tragion_top: None,
            sagittal_arc: None,
            coronal_arc: None,
            scalp_area: 0.0,
        };
        for (mm, strange) in
            [(574.0, false), (510.0, false), (501.0, true), (630.0, false), (634.0, true), (636.0, true)]
        {
            assert_eq!(of(mm).standings()[0].is_strange(), strange, "{mm}");
        }
        let said = of(640.0).standings()[0].to_string();
        assert_eq!(said, "circumference 640 mm: men beyond the largest of 4082, women beyond the largest of 1986");
        assert_eq!(of(574.0).standings()[0].to_string(), "circumference 574 mm: men 50 %, women 76 %");
    }
}
