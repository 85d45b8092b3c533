//! The middle of several figures, and how far apart they are.
//!
//! The median, since one run beside which the machine did something else should
//! count as one, whatever it took; and half of the distance between the quartiles,
//! in which half of the runs are.

/// What several figures have in common.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Summary {
    /// The median.
    pub(super) median: f64,
    /// Half of the distance between the quartiles.
    pub(super) spread: f64,
    /// The smallest.
    pub(super) least: f64,
    /// The largest.
    pub(super) most: f64,
}

impl Summary {
    /// Of these figures; None of none.
    pub(super) fn of(figures: impl IntoIterator<Item = f64>) -> Option<Summary> {
        let mut figures: Vec<f64> = figures.into_iter().collect();
        figures.sort_by(f64::total_cmp);
        Some(Summary {
            least: *figures.first()?,
            most: *figures.last()?,
            median: quantile(&figures, 0.5),
            spread: (quantile(&figures, 0.75) - quantile(&figures, 0.25)) / 2.0,
        })
    }
}

/// The value below which so much of the sorted `figures` lies, between the two next to it.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "places in a list of a few figures"
)]
fn quantile(figures: &[f64], part: f64) -> f64 {
    let place = part * (figures.len() - 1) as f64;
    let (low, high) = (figures[place as usize], figures[place.ceil() as usize]);
    low + (high - low) * place.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_and_quartiles_are_those_of_the_textbook() {
        let five = Summary::of([9.0, 1.0, 3.0, 100.0, 5.0]).unwrap();
        assert_eq!((five.median, five.spread), (5.0, 3.0)); // quartiles 3 and 9
        assert_eq!((five.least, five.most), (1.0, 100.0));
        let four = Summary::of([1.0, 2.0, 3.0, 4.0]).unwrap();
        assert_eq!((four.median, four.spread), (2.5, 0.75)); // 1.75 and 3.25
        let one = Summary::of([7.0]).unwrap();
        assert_eq!((one.median, one.spread), (7.0, 0.0));
        assert_eq!(Summary::of([]), None);
    }
}
