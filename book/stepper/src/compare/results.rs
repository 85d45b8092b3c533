//! What was measured so far: samples, and whoever could not do it.
//!
//! Invariants: (1) all samples that are kept of a workload have the same answer:
//! whoever gives another has no figures.

use super::{
    plan::{self, Plan},
    statistics::Summary,
};
use contenders::{Model, Order, Sample, Workload};
use serde::Serialize;

/// Where it was measured.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Machine {
    /// How many processors the measured could use.
    pub(super) cpus: u32,
    /// The system and its version.
    pub(super) system: String,
    /// The processor's name, if the system tells.
    pub(super) processor: String,
    /// Python's version, or why there is none.
    pub(super) python: String,
    /// Whether the contenders were built with optimisation.
    pub(super) optimised: bool,
}

/// All that was measured so far.
#[derive(Clone, Debug)]
pub(super) struct Results {
    /// Where.
    pub(super) machine: Machine,
    /// How many runs were planned.
    pub(super) runs: u32,
    /// A section for each workload.
    pub(super) sections: Vec<Section>,
}

/// What was measured of one workload.
#[derive(Clone, Debug)]
pub(super) struct Section {
    /// The work.
    pub(super) workload: Workload,
    /// Its contenders.
    pub(super) rows: Vec<Row>,
    /// The answer of the first who gave one, which is everybody's (1).
    answer: Option<(Model, u64)>,
}

/// What was measured of one contender.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// What it was to do.
    pub(super) order: Order,
    /// What came of each run.
    pub(super) samples: Vec<Sample>,
    /// Why it cannot go on.
    pub(super) trouble: Option<String>,
    /// Whether the trouble is a wrong answer.
    pub(super) wrong: bool,
}

impl Results {
    /// Nothing so far.
    pub(super) fn new(plan: &Plan, machine: Machine) -> Results {
        let row = |order: &Order| Row {
            order: order.clone(),
            samples: Vec::new(),
            trouble: plan::hopeless(order),
            wrong: false,
        };
        let section = |orders: &Vec<Order>| {
            Some(Section {
                workload: orders.first()?.workload,
                rows: orders.iter().map(row).collect(),
                answer: None,
            })
        };
        Results {
            machine,
            runs: plan.runs,
            sections: plan.sections.iter().filter_map(section).collect(),
        }
    }

    /// Whether anything was measured.
    pub(super) fn has_samples(&self) -> bool {
        let mut rows = self.sections.iter().flat_map(|section| &section.rows);
        rows.any(|row| !row.samples.is_empty())
    }

    /// Whether there is anything to tell: of everybody why there are no figures.
    pub(super) fn is_told(&self) -> bool {
        let mut rows = self.sections.iter().flat_map(|section| &section.rows);
        rows.all(|row| row.trouble.is_some())
    }

    /// The sentence about a model that gave another answer than the others.
    pub(super) fn disagreement(&self) -> Option<String> {
        self.sections.iter().find_map(|section| {
            let row = section.rows.iter().find(|row| row.wrong)?;
            Some(format!(
                "{}, {}: {}. Please report this",
                section.workload.word(),
                row.order.model.title(),
                row.trouble.as_deref().unwrap_or_default()
            ))
        })
    }
}

impl Section {
    /// Keeps what came of a run of one of the rows.
    pub(super) fn keep(&mut self, row: usize, came: Result<Sample, String>) {
        let row = &mut self.rows[row];
        match came {
            Err(trouble) => row.trouble = Some(trouble),
            Ok(sample) => {
                let (first, answer) = *self.answer.get_or_insert((row.order.model, sample.answer));
                if answer == sample.answer {
                    row.samples.push(sample);
                } else {
                    row.samples.clear(); // (1)
                    row.wrong = true;
                    row.trouble = Some(format!(
                        "its answer was {}, and {} had {answer}",
                        sample.answer,
                        first.title()
                    ));
                }
            }
        }
    }

    /// The row of a model.
    pub(super) fn row(&self, model: Model) -> Option<&Row> {
        self.rows.iter().find(|row| row.order.model == model)
    }

    /// How long `row` would take at best, in seconds, if its model cost nothing: the
    /// server's time, or the processors' if that is longer. The processors' is what
    /// the model of the same language without concurrency took, on all of them at once.
    pub(super) fn ideal(&self, row: &Row) -> Option<f64> {
        let alone = self.row(row.order.model.alone());
        let cpu = alone.and_then(|alone| alone.summary(|it| it.cpu));
        let at_once = row.order.cpus.min(row.order.units).max(1);
        let at_once = if row.order.model.is_alone() {
            1
        } else {
            at_once
        };
        let cpus = f64::from(at_once);
        let by_server = plan::least(&row.order).as_secs_f64();
        match self.workload {
            Workload::Downloads | Workload::Idle => Some(by_server),
            Workload::Squares => cpu.map(|cpu| cpu.median / cpus),
            Workload::Mixed => cpu.map(|cpu| (cpu.median / cpus).max(by_server)),
            Workload::Chatty | Workload::Shared => None, // nothing but the model's price
        }
    }

    /// How many times as fast as the model without concurrency `row` is.
    pub(super) fn gain(&self, row: &Row) -> Option<f64> {
        let alone = self.row(row.order.model.alone())?.wall()?;
        Some(alone.median / row.wall()?.median)
    }
}

impl Row {
    /// One of the figures, over all runs.
    pub(super) fn summary(&self, figure: impl Fn(&Sample) -> f64) -> Option<Summary> {
        Summary::of(self.samples.iter().map(figure))
    }

    /// The time it took, in seconds.
    pub(super) fn wall(&self) -> Option<Summary> {
        self.summary(|it| it.wall)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A section in which `models` took so many seconds in each run.
    pub(in super::super) fn section(workload: Workload, models: &[(Model, &[f64])]) -> Section {
        let row = |&(model, walls): &(Model, &[f64])| Row {
            order: Order {
                workload,
                model,
                units: 2,
                cpus: 2,
                jobs: 8,
                numbers: 0,
                bytes: 0,
                wait: 100,
                server: None,
            },
            samples: walls
                .iter()
                .map(|&wall| Sample {
                    wall,
                    cpu: wall,
                    units: 2,
                    memory: 5_000_000,
                    ..Sample::default()
                })
                .collect(),
            trouble: None,
            wrong: false,
        };
        Section {
            workload,
            rows: models.iter().map(row).collect(),
            answer: None,
        }
    }

    #[test]
    fn the_best_of_downloads_is_the_servers_and_of_sums_the_processors() {
        let models: [(Model, &[f64]); 2] =
            [(Model::OneByOne, &[2.0, 2.0, 3.0]), (Model::Tasks, &[0.5])];
        let downloads = section(Workload::Downloads, &models);
        let best = |section: &Section, row: usize| section.ideal(&section.rows[row]).unwrap();
        assert!((best(&downloads, 0) - 0.8).abs() < 1e-9); // 8 waits of 100 ms
        assert!((best(&downloads, 1) - 0.4).abs() < 1e-9); // two at a time
        let squares = section(Workload::Squares, &models);
        assert!((best(&squares, 0) - 2.0).abs() < 1e-9);
        assert!((best(&squares, 1) - 1.0).abs() < 1e-9);
        assert!((squares.gain(&squares.rows[1]).unwrap() - 4.0).abs() < 1e-9);
        let chatty = section(Workload::Chatty, &models);
        assert_eq!(chatty.ideal(&chatty.rows[1]), None);
    }

    #[test]
    fn another_answer_has_no_figures_and_is_told() {
        let mut section = section(
            Workload::Shared,
            &[(Model::Tasks, &[]), (Model::Threads, &[])],
        );
        let answer = |answer| {
            Ok(Sample {
                answer,
                ..Sample::default()
            })
        };
        section.keep(0, answer(7));
        section.keep(1, answer(7));
        section.keep(1, answer(6));
        assert_eq!(
            (section.rows[0].samples.len(), section.rows[1].samples.len()),
            (1, 0)
        );
        let results = Results {
            machine: Machine::default(),
            runs: 1,
            sections: vec![section],
        };
        let told = results.disagreement().unwrap();
        assert!(told.contains("its answer was 6, and tasks had 7"), "{told}");
    }
}
