//! The plan: which work, how much of it, by whom, how often, in which order.
//!
//! Invariants: (1) each round measures every contender once, and begins with
//! another of them than the round before, so that whatever else the machine does
//! meets all of them; (2) all contenders of a workload get the same order.

use super::Compare;
use contenders::{Model, Order, Workload, server};
use std::time::Duration;

/// No measurement is worth more than this: who takes longer is ended.
pub(super) const LONGEST: Duration = Duration::from_mins(2);
/// Who would wait longer than this for the server alone is left out: that it is slow
/// is known without trying.
const KNOWN: Duration = Duration::from_secs(12);

/// What is to be measured.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// The workloads, each with the orders of its contenders.
    pub(super) sections: Vec<Vec<Order>>,
    /// How often each is measured.
    pub(super) runs: u32,
}

/// One measurement to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn {
    /// In which round; 0 is for warming up, and does not count.
    pub(super) round: u32,
    /// The section of the plan.
    pub(super) section: usize,
    /// The contender in it.
    pub(super) row: usize,
}

impl Plan {
    /// What was asked for, on a machine with so many processors.
    pub(super) fn of(asked: &Compare, cpus: u32) -> Plan {
        let mut sections = Vec::new();
        for workload in Workload::ALL {
            let wanted = match asked.workload.as_slice() {
                [] => !asked.scale || workload == Workload::Idle,
                named => named.contains(&workload),
            };
            if !wanted {
                continue;
            }
            let of = |model: &Model| {
                let mut order = order(workload, *model, cpus, asked.quick);
                if let Some(units) = asked.units {
                    order.units = units;
                    if workload == Workload::Idle {
                        order.jobs = units.into(); // each is there at the same time
                    }
                }
                order
            };
            let wanted = |model: &&Model| asked.model.is_empty() || asked.model.contains(model);
            sections.push(Model::ALL.iter().filter(wanted).map(of).collect());
        }
        let runs = asked.runs.unwrap_or(if asked.quick { 3 } else { 5 });
        Plan { sections, runs }
    }

    /// Every measurement, in order (1).
    pub(super) fn turns(&self) -> impl Iterator<Item = Turn> {
        let of_round = move |round| {
            self.sections
                .iter()
                .enumerate()
                .flat_map(move |(section, rows)| {
                    (0..rows.len()).map(move |turn| Turn {
                        round,
                        section,
                        row: (round as usize + turn) % rows.len(),
                    })
                })
        };
        (0..=self.runs).flat_map(of_round)
    }
}

/// What `model` has to do for `workload`, if nothing else was asked for.
fn order(workload: Workload, model: Model, cpus: u32, quick: bool) -> Order {
    let mut order = Order {
        workload,
        model,
        units: 16,
        cpus,
        jobs: 0,
        numbers: 0,
        bytes: 0,
        wait: 0,
        server: None,
    };
    match workload {
        Workload::Downloads => {
            order.jobs = if quick { 48 } else { 160 };
            (order.wait, order.bytes) = (40, 10_000);
        }
        Workload::Squares => {
            order.units = cpus.max(2);
            (order.jobs, order.numbers) = (20, if quick { 2_000_000 } else { 10_000_000 });
        }
        Workload::Mixed => {
            order.jobs = if quick { 32 } else { 64 };
            (order.wait, order.bytes) = (40, 10_000);
            order.numbers = if quick { 500_000 } else { 2_000_000 };
        }
        Workload::Idle => {
            order.units = if quick { 50 } else { 200 };
            (order.jobs, order.bytes) = (order.units.into(), 1);
            order.wait = if quick { 300 } else { 1_000 };
        }
        Workload::Chatty => {
            order.units = 4;
            order.jobs = if quick { 4_000 } else { 20_000 };
        }
        Workload::Shared => {
            order.units = 4;
            order.jobs = if quick { 40_000 } else { 200_000 };
        }
    }
    order
}

/// As much of `order` as warms up: files and pages are read, the rest is alike.
pub(super) fn warming(order: &Order) -> Order {
    let jobs = match order.workload {
        Workload::Idle => order.jobs, // they wait for each other
        _ => order.jobs.min(8),
    };
    Order {
        jobs,
        numbers: order.numbers.min(100_000),
        wait: order.wait.min(1),
        ..order.clone()
    }
}

/// How long it takes at the least, because of the server alone: so many jobs at a
/// time, and each takes latency and bandwidth.
pub(super) fn least(order: &Order) -> Duration {
    let units = if order.model.is_alone() {
        1
    } else {
        u64::from(order.units)
    };
    let rounds = order.jobs.div_ceil(units);
    server::least(order.wait, order.bytes) * u32::try_from(rounds).unwrap_or(u32::MAX)
}

/// Why `order` cannot be carried out, if that is known without trying.
pub(super) fn hopeless(order: &Order) -> Option<String> {
    let least = least(order);
    let seconds = least.as_secs();
    (least > KNOWN).then(|| {
        format!(
            "it would take {seconds} s: {} waits, one after another",
            order.jobs
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// What a command line asks for.
    pub(crate) fn asked(words: &[&str]) -> Compare {
        /// The options alone.
        #[derive(clap::Parser)]
        struct Line {
            /// The options.
            #[command(flatten)]
            compare: Compare,
        }
        let line = [&["compare"], words].concat();
        <Line as clap::Parser>::try_parse_from(line)
            .unwrap()
            .compare
    }

    #[test]
    fn each_round_measures_everybody_once_and_begins_with_another() {
        let line = [
            "--workload",
            "shared",
            "--workload",
            "chatty",
            "--runs",
            "2",
        ];
        let plan = Plan::of(&asked(&line), 2);
        let turns: Vec<Turn> = plan.turns().collect();
        assert_eq!(turns.len(), 3 * 2 * Model::ALL.len());
        for round in 0..=2 {
            let of_round = turns.iter().filter(|turn| turn.round == round);
            let whom: BTreeSet<_> = of_round.clone().map(|it| (it.section, it.row)).collect();
            assert_eq!(whom.len(), of_round.clone().count());
            assert_eq!(of_round.clone().next().unwrap().row, round as usize);
        }
    }

    #[test]
    fn contenders_of_a_workload_differ_in_the_model_alone() {
        let plan = Plan::of(&asked(&["--quick"]), 2);
        for section in &plan.sections {
            for order in section {
                let model = section[0].model;
                assert_eq!(
                    Order {
                        model,
                        ..order.clone()
                    },
                    section[0]
                );
            }
        }
    }

    #[test]
    fn what_would_take_too_long_is_known_without_trying() {
        let mut idle = order(Workload::Idle, Model::OneByOne, 2, false);
        let why = hopeless(&idle).unwrap();
        assert_eq!(why, "it would take 200 s: 200 waits, one after another");
        idle.model = Model::Tasks;
        assert_eq!(hopeless(&idle), None);
        assert_eq!(least(&idle), Duration::from_micros(1_000_001));
    }
}
