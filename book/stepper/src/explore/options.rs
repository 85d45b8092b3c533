//! What `explore` can be asked for, and how the program is told of it.
//!
//! Book: chapter 19.

use crate::simulate::Length;
use clap::{Args, ValueEnum};
use std::ffi::OsString;

/// Which searches to show, and how to search.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Explore {
    /// A lesson whose threads search (22, `lost_update`); without one: list them
    pub(super) lesson: Option<String>,

    /// A program of your own that calls `explore` and `env_logger::init()`
    #[arg(last = true, value_name = "COMMAND", conflicts_with = "lesson")]
    pub(super) command: Vec<OsString>,

    /// How to search, whatever the program says
    #[arg(long, value_enum)]
    search: Option<Kind>,

    /// What random schedules depend on
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,

    /// How many random schedules
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    runs: u64,

    /// How many ordering constraints a failure may take (pct)
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    depth: u32,

    /// How many preemptions a schedule may have (preemptions)
    #[arg(long, value_name = "N", default_value_t = 2)]
    most: u32,

    /// Try so many schedules of a search at most
    #[arg(long, value_name = "N")]
    executions: Option<u64>,

    /// Break an execution off after so many steps
    #[arg(long, value_name = "N")]
    steps: Option<u64>,

    /// End each search after so many seconds
    #[arg(long, value_name = "N")]
    seconds: Option<u64>,

    /// Only the Nth search of the program
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    of: Option<u32>,

    /// Print it instead of opening the screen
    #[arg(long)]
    pub(super) plain: bool,

    /// No search: run it so often with real preemption, and count how often it fails
    #[arg(long, value_name = "RUNS", num_args = 0..=1, default_missing_value = "1000", value_parser = clap::value_parser!(u64).range(1..=10_000_000), conflicts_with_all = ["search", "executions", "steps", "seconds"])]
    pub(super) real: Option<u64>,

    /// How long a thread runs at a time, for real: 3ms, 250us
    #[arg(long, value_name = "LENGTH", default_value = "3ms", requires = "real")]
    quantum: Length,

    /// On how many CPUs, for real
    #[arg(long, value_name = "N", default_value_t = 1, requires = "real", value_parser = clap::value_parser!(u32).range(1..=64))]
    cpus: u32,
}

/// The ways to search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// One execution of each kind
    Optimal,
    /// Every interleaving
    Plain,
    /// Random walks
    Random,
    /// Random priorities
    Pct,
    /// Every interleaving of few preemptions
    Preemptions,
}

impl Explore {
    /// As the program is told, in `EXPLORE`; never empty.
    pub(super) fn words(&self) -> String {
        let mut words = self.only();
        let search = self.search.map(|kind| match kind {
            Kind::Optimal => "optimal".to_owned(),
            Kind::Plain => "plain".to_owned(),
            Kind::Random => format!("random:{}:{}", self.seed, self.runs),
            Kind::Pct => format!("pct:{}:{}:{}", self.seed, self.depth, self.runs),
            Kind::Preemptions => format!("preemptions:{}", self.most),
        });
        words.extend(search.map(|search| format!("search={search}")));
        let limits = [
            ("executions", self.executions),
            ("steps", self.steps),
            ("seconds", self.seconds),
        ];
        for (name, limit) in limits {
            words.extend(limit.map(|limit| format!("{name}={limit}")));
        }
        if words.is_empty() {
            words.push(format!("executions={}", u64::MAX)); // no limit, but a word
        }
        words.join(",")
    }

    /// The same, to be run by chance.
    pub(super) fn words_of_chance(&self, runs: u64) -> String {
        let mut words = self.only();
        let quantum = self.quantum().as_micros().max(1);
        words.push(format!("chance={runs}:{quantum}:{}", self.cpus));
        words.join(",")
    }

    /// Which search.
    fn only(&self) -> Vec<String> {
        self.of.map(|of| format!("only={of}")).into_iter().collect()
    }

    /// How long a thread runs at a time, for real.
    pub(super) fn quantum(&self) -> std::time::Duration {
        self.quantum.0
    }

    /// On how many CPUs, for real.
    pub(super) fn cpus(&self) -> u32 {
        self.cpus
    }
}
