//! What was measured: all samples, their medians, and where each kind stopped.

use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use units::{Kind, Order, Sample};

/// Where it was measured.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Machine {
    /// How many processors there are.
    pub(super) processors: usize,
    /// The system and its version.
    pub(super) system: String,
    /// The Python, or why there is none.
    pub(super) python: String,
    /// Whether our units are built with optimisation.
    pub(super) optimised: bool,
}

/// Where a kind stopped, and why.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Stop {
    /// The kind.
    pub(super) kind: Kind,
    /// The number that it did not reach.
    pub(super) count: u32,
    /// Why.
    pub(super) why: String,
}

/// All that is known so far.
#[derive(Debug, Serialize)]
pub(super) struct Results {
    /// How many rounds were planned.
    pub(super) rounds: u32,
    /// Where.
    pub(super) machine: Machine,
    /// The samples, in the order of kinds and numbers.
    #[serde(serialize_with = "as_list")]
    samples: BTreeMap<(Kind, u32), Vec<Sample>>,
    /// Who stopped.
    pub(super) stops: Vec<Stop>,
}

impl Results {
    /// Nothing yet.
    pub(super) fn new(rounds: u32, machine: Machine) -> Results {
        Results {
            rounds,
            machine,
            samples: BTreeMap::new(),
            stops: Vec::new(),
        }
    }

    /// One more sample.
    pub(super) fn add(&mut self, order: Order, sample: Sample) {
        let samples = self.samples.entry((order.kind, order.count)).or_default();
        samples.push(sample);
    }

    /// A kind goes no further.
    pub(super) fn stop(&mut self, stop: Stop) {
        self.stops.push(stop);
    }

    /// Whether this kind has stopped.
    pub(super) fn stopped(&self, kind: Kind) -> bool {
        self.stops.iter().any(|stop| stop.kind == kind)
    }

    /// The numbers at which a kind was measured, each with its medians.
    pub(super) fn of(&self, kind: Kind) -> Vec<(u32, Sample)> {
        let of_kind = self.samples.range((kind, 0)..=(kind, u32::MAX));
        of_kind
            .map(|((_, count), samples)| (*count, medians(samples)))
            .collect()
    }

    /// The largest number below that of `order` at which its kind was measured, with
    /// the medians.
    pub(super) fn last_before(&self, order: Order) -> Option<(u32, Sample)> {
        let before = self
            .samples
            .range((order.kind, 0)..(order.kind, order.count));
        let ((_, count), samples) = before.last()?;
        Some((*count, medians(samples)))
    }
}

/// The median of each figure.
fn medians(samples: &[Sample]) -> Sample {
    let of = |figure: fn(&Sample) -> f64| median(samples.iter().map(figure)).unwrap_or(0.0);
    Sample {
        start: of(|it| it.start),
        end: of(|it| it.end),
        switch: median(samples.iter().filter_map(|it| it.switch)),
        message: median(samples.iter().filter_map(|it| it.message)),
        memory: of(|it| it.memory),
        threads: of(|it| it.threads),
        mappings: of(|it| it.mappings),
        descriptors: of(|it| it.descriptors),
        whole: of(|it| it.whole),
    }
}

/// The middle one of the figures, or the mean of the two in the middle.
fn median(figures: impl Iterator<Item = f64>) -> Option<f64> {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    let last = figures.len().checked_sub(1)?;
    Some(f64::midpoint(figures[last / 2], figures[last.div_ceil(2)]))
}

/// A row of the file.
#[derive(Serialize)]
struct Row<'a> {
    /// The kind.
    kind: Kind,
    /// How many.
    count: u32,
    /// The medians.
    median: Sample,
    /// Each round's.
    samples: &'a [Sample],
}

/// Writes the samples as a list of rows.
fn as_list<S: Serializer>(
    samples: &BTreeMap<(Kind, u32), Vec<Sample>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(samples.iter().map(|((kind, count), samples)| Row {
        kind: *kind,
        count: *count,
        median: medians(samples),
        samples,
    }))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Results of nobody.
    pub(in crate::cost) fn nothing() -> Results {
        let machine = Machine {
            processors: 2,
            system: "Linux 6".to_owned(),
            python: "Python 3.11".to_owned(),
            optimised: true,
        };
        Results::new(3, machine)
    }

    /// A sample with these figures.
    pub(in crate::cost) fn sample(start: f64, switch: Option<f64>) -> Sample {
        Sample {
            start,
            switch,
            ..Sample::default()
        }
    }

    #[test]
    fn the_median_is_the_middle_one_or_between_the_two_in_the_middle() {
        assert_eq!(median([3.0, 1.0, 20.0].into_iter()), Some(3.0));
        assert_eq!(median([4.0, 1.0, 20.0, 2.0].into_iter()), Some(3.0));
        assert_eq!(median(std::iter::empty()), None);
    }

    #[test]
    fn what_was_not_measured_stays_unknown_and_is_no_zero() {
        let mut results = nothing();
        let order = Order {
            kind: Kind::TaskConnection,
            count: 10,
        };
        results.add(order, sample(5.0, None));
        assert_eq!(results.of(order.kind), [(10, sample(5.0, None))]);
    }

    #[test]
    fn the_last_number_before_an_order_is_of_its_own_kind() {
        let mut results = nothing();
        for (kind, count) in [(Kind::Task, 1), (Kind::Task, 10), (Kind::Thread, 100)] {
            results.add(Order { kind, count }, sample(f64::from(count), None));
        }
        let before = |kind, count| {
            let last = results.last_before(Order { kind, count });
            last.map(|(count, _)| count)
        };
        assert_eq!(before(Kind::Task, 100), Some(10));
        assert_eq!(before(Kind::Task, 10), Some(1));
        assert_eq!(before(Kind::Thread, 100), None);
        assert_eq!(before(Kind::Process, 100), None);
    }

    #[test]
    fn the_file_has_a_row_for_each_number_with_median_and_samples() {
        let mut results = nothing();
        let order = Order {
            kind: Kind::Task,
            count: 1,
        };
        for start in [1.0, 2.0, 9.0] {
            results.add(order, sample(start, None));
        }
        let json = serde_json::to_value(&results).unwrap();
        let row = &json["samples"][0];
        assert_eq!(row["kind"], "task");
        assert_eq!(row["median"]["start"], 2.0);
        assert_eq!(row["samples"].as_array().unwrap().len(), 3);
    }
}
