//! The bench: builds the measuring program, finds Python, carries one order out.
//!
//! Invariants: (1) a measurement is a process of its own; (2) none takes much longer
//! than it may: it is ended then, and told.

use super::results::Machine;
use crate::{
    children::{build::build_of, groups::Groups},
    compare::{
        bench::Child,
        python::{self, Python},
    },
    failure::Failure,
    signals::Note,
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::Duration,
};
use units::{Order, Sample, order::Answer};

/// How long a measurement may take at least, whatever was asked for: its program has to
/// start, and others want the machine too.
const PATIENCE: Duration = Duration::from_secs(30);

/// What measures.
#[derive(Debug)]
pub(super) struct Bench {
    /// The program of one measurement.
    program: PathBuf,
    /// Python's.
    script: PathBuf,
    /// The Python, or why there is none.
    python: Result<Python, String>,
    /// Whether the program is built with optimisation.
    optimised: bool,
    /// Where all children are listed.
    groups: Groups,
}

impl Bench {
    /// Builds the program, and looks for Python.
    ///
    /// # Errors
    /// It does not compile, or a signal came.
    pub(super) fn prepare(
        checkout: &Path,
        unoptimised: bool,
        groups: &Groups,
        note: &Note,
    ) -> Result<Bench, Failure> {
        let package = ["--package=units", "--release"];
        let arguments = if unoptimised { &package[..1] } else { &package };
        let built = build_of(checkout, arguments, &["unit".to_owned()], groups);
        let program = match (note.failure(), built) {
            (Some(failure), _) => return Err(failure),
            (None, built) => built?.swap_remove(0),
        };
        let python = python::usual(groups);
        match note.failure() {
            Some(failure) => Err(failure),
            None => Ok(Bench {
                program,
                script: checkout.join("book/stepper/units/python/units.py"),
                python,
                optimised: !unoptimised,
                groups: groups.clone(),
            }),
        }
    }

    /// Whether there is a Python to be measured. If not, the machine's line says why.
    pub(super) fn has_python(&self) -> bool {
        self.python.is_ok()
    }

    /// Where it measures.
    pub(super) fn machine(&self) -> Machine {
        let read = |name: &str| {
            let text = fs::read_to_string(format!("/proc/sys/kernel/{name}"));
            text.unwrap_or_default().trim().to_owned()
        };
        Machine {
            processors: thread::available_parallelism().map_or(1, usize::from),
            system: format!("{} {}", read("ostype"), read("osrelease")),
            python: match &self.python {
                Ok(python) => format!("Python {}", python.version),
                Err(why) => why.clone(),
            },
            optimised: self.optimised,
        }
    }

    /// Carries an order out once.
    ///
    /// # Errors
    /// A sentence for the table.
    pub(super) fn measure(&self, order: Order, longest: Duration) -> Result<Sample, String> {
        let mut command = if order.kind.is_python() {
            let python = self.python.as_ref().map_err(Clone::clone)?;
            let mut command = Command::new(&python.program);
            command.arg("-B").arg(&self.script); // -B: no compiled copy beside the script
            command
        } else {
            Command::new(&self.program)
        };
        command.arg(serde_json::to_string(&order).expect("an order is plain data"));
        // Three times as long as was foreseen: a busy machine is no failure.
        let child = Child::start(&mut command, &self.groups)?;
        let said = child.finish(longest.max(PATIENCE) * 3)?;
        let last = said.lines().last().unwrap_or_default();
        match serde_json::from_str(last) {
            Ok(Answer::Sample(sample)) => Ok(sample),
            Ok(Answer::Trouble(trouble)) if trouble.reached == 0 => Err(trouble.why),
            Ok(Answer::Trouble(trouble)) => Err(format!(
                "the system refused the one after {}: {}",
                trouble.reached, trouble.why
            )),
            Err(_) => Err("it printed no figures".to_owned()),
        }
    }
}
