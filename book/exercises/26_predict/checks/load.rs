//! A load: jobs that are all alike, and what is not divided among workers.

use exercises::search::Dice;
use scheduler::policy::FirstComeFirstServed;
use scheduler::simulation::{Job, Simulation};
use std::fmt;
use std::time::Duration;

/// So much work. All times are in ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Load {
    /// What has to be done before the first job begins, by one alone.
    pub(crate) alone: u64,
    /// How many jobs there are, one at least.
    pub(crate) jobs: u64,
    /// What it takes to write a job for its worker. One after the other is written.
    pub(crate) message: u64,
    /// For so long a job computes.
    pub(crate) cpu: u64,
    /// For so long it waits then.
    pub(crate) wait: u64,
}

impl Load {
    /// So many jobs that compute, and nothing else.
    pub(crate) fn computing(jobs: u64, cpu: u64) -> Load {
        Load {
            alone: 0,
            jobs,
            message: 0,
            cpu,
            wait: 0,
        }
    }

    /// The same, and each job waits.
    pub(crate) fn waiting(self, wait: u64) -> Load {
        Load { wait, ..self }
    }

    /// The same, and so much is done by one alone.
    pub(crate) fn alone(self, alone: u64) -> Load {
        Load { alone, ..self }
    }

    /// The same, and each job takes a message.
    pub(crate) fn message(self, message: u64) -> Load {
        Load { message, ..self }
    }

    /// Any load, small enough to be understood.
    pub(crate) fn random(dice: &mut Dice) -> Load {
        Load {
            alone: dice.up_to(50),
            jobs: dice.up_to(39) + 1,
            message: dice.up_to(3),
            cpu: dice.up_to(20) + 1,
            wait: dice.up_to(60),
        }
    }

    /// How long it takes if it is run: each worker is a thread with its share of the
    /// jobs, and threads queue for the cores.
    pub(crate) fn run(&self, workers: u64, cores: u32) -> u64 {
        let workers = workers.min(self.jobs);
        let worker = |number: u64| {
            let share = self.jobs / workers + u64::from(number < self.jobs % workers);
            (0..share).fold(Job::new(), |job, _| {
                let job = job.run(Duration::from_millis(self.cpu));
                match self.wait {
                    0 => job,
                    wait => job.wait(Duration::from_millis(wait)),
                }
            })
        };
        let simulation = Simulation::new((0..workers).map(worker)).cpus(cores);
        let outcome = simulation.run(&mut FirstComeFirstServed::new());
        let outcome = outcome.expect("first come, first served breaks no rule");
        self.alone + self.jobs * self.message + outcome.end().as_nanos() / 1_000_000
    }
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Load {
            alone,
            jobs,
            message,
            cpu,
            wait,
        } = self;
        write!(
            f,
            "{jobs} jobs: each computes for {cpu} ms and waits for {wait} ms; a message takes \
             {message} ms, and {alone} ms are done alone"
        )
    }
}
