//! What was measured: a row, its figures, and what they should be.

use super::rounds::{quantile, ratios};
use serde::{Deserialize, Serialize};

/// What a figure is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Unit {
    /// ns.
    Nanoseconds,
    /// A part of the whole, shown in percent.
    Part,
    /// A number without a unit, with four digits after the point.
    Index,
    /// A count.
    Count,
    /// A count for each second.
    PerSecond,
    /// Bytes.
    Bytes,
}

/// Several samples of one thing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Figure {
    /// Their median.
    pub(crate) median: f64,
    /// Half of the distance between their quartiles.
    pub(crate) spread: f64,
    /// Every round's.
    pub(crate) samples: Vec<f64>,
}

impl Figure {
    /// The figure of these samples.
    pub(crate) fn new(samples: Vec<f64>) -> Figure {
        Figure {
            median: quantile(&samples, 0.5),
            spread: (quantile(&samples, 0.75) - quantile(&samples, 0.25)) / 2.0,
            samples,
        }
    }
}

/// What a figure should be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Target {
    /// At most so much.
    AtMost(f64),
    /// At least so much.
    AtLeast(f64),
    /// So much, or off by this part of it at most.
    Near(f64, f64),
    /// At most so many times what stands beside it.
    TimesAtMost(f64),
    /// At least so many times what stands beside it.
    TimesAtLeast(f64),
    /// Nothing: it is shown to be known.
    None,
}

/// Something that stands beside ours.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Beside {
    /// What.
    pub(crate) name: String,
    /// Its figure.
    pub(crate) figure: Figure,
    /// Ours over its own, round by round.
    pub(crate) ratio: Figure,
}

/// A row of the table.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Row {
    /// What was measured.
    pub(crate) measure: String,
    /// What it is counted in.
    pub(crate) unit: Unit,
    /// Ours.
    pub(crate) ours: Figure,
    /// What stands beside it, if anything does.
    pub(crate) beside: Option<Beside>,
    /// What it should be.
    pub(crate) target: Target,
}

impl Row {
    /// A row for itself.
    pub(crate) fn new(
        measure: impl Into<String>,
        unit: Unit,
        samples: Vec<f64>,
        target: Target,
    ) -> Row {
        Row {
            measure: measure.into(),
            unit,
            ours: Figure::new(samples),
            beside: None,
            target,
        }
    }

    /// The same row, beside something else that took turns with it.
    pub(crate) fn beside(self, name: impl Into<String>, samples: Vec<f64>) -> Row {
        let ratio = Figure::new(ratios(&self.ours.samples, &samples));
        let beside = Beside {
            name: name.into(),
            figure: Figure::new(samples),
            ratio,
        };
        Row {
            beside: Some(beside),
            ..self
        }
    }

    /// Whether the target is met; `None` without one.
    pub(crate) fn holds(&self) -> Option<bool> {
        let ours = self.ours.median;
        let times = self.beside.as_ref().map(|beside| beside.ratio.median);
        match self.target {
            Target::AtMost(most) => Some(ours <= most),
            Target::AtLeast(least) => Some(ours >= least),
            Target::Near(goal, part) => Some((ours - goal).abs() <= goal * part),
            Target::TimesAtMost(most) => times.map(|times| times <= most),
            Target::TimesAtLeast(least) => times.map(|times| times >= least),
            Target::None => None,
        }
    }
}
