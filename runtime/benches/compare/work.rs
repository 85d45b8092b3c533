//! The work: a file for each kind, each with the rows of the table that it fills.

pub(crate) mod baton;
pub(crate) mod channel;
pub(crate) mod echo;
pub(crate) mod http;
pub(crate) mod memory;
pub(crate) mod spawn;
pub(crate) mod switch;
pub(crate) mod timers;
pub(crate) mod trace;
pub(crate) mod wake;

use crate::measure::{Contender, Unit, Work};
use std::time::Duration;

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Effort {
    /// As much as makes the medians steady.
    Full,
    /// As much as fits into two minutes.
    Quick,
}

impl Effort {
    /// How often something is done for one sample, if it is `full` times in a full run.
    pub(crate) fn count(self, full: u32) -> u32 {
        match self {
            Effort::Full => full,
            Effort::Quick => full / 4,
        }
    }

    /// For how long a server is under load for one sample.
    pub(crate) fn window(self) -> Duration {
        Duration::from_millis(match self {
            Effort::Full => 300,
            Effort::Quick => 100,
        })
    }

    /// A row.
    pub(crate) fn work(self, name: &'static str, unit: Unit, contenders: Vec<Contender>) -> Work {
        let rounds = match self {
            Effort::Full => 15,
            Effort::Quick => 5,
        };
        Work {
            name,
            unit,
            contenders,
            rounds,
        }
    }

    /// A row that takes seconds for each round.
    pub(crate) fn long_work(
        self,
        name: &'static str,
        unit: Unit,
        contenders: Vec<Contender>,
    ) -> Work {
        let rounds = match self {
            Effort::Full => 5,
            Effort::Quick => 3,
        };
        Work {
            rounds,
            ..self.work(name, unit, contenders)
        }
    }
}

/// Every row, in the order of the table.
pub(crate) fn works(effort: Effort) -> Vec<Work> {
    [
        switch::works(effort),
        baton::works(effort),
        spawn::works(effort),
        memory::works(effort),
        timers::works(effort),
        channel::works(effort),
        wake::works(effort),
        echo::works(effort),
        http::works(effort),
        trace::works(effort),
    ]
    .into_iter()
    .flatten()
    .collect()
}
