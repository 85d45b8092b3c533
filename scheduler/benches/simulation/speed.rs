//! Dispatches per second: round robin with 10,000 jobs.
//!
//! Beside it a plain simulator in Python, of the same plan: a driver that asks a
//! policy with a deque, the same jobs, the same quantum
//! (`benches/python/simulator.py`). `PYTHON=/path/to/python3` names another Python
//! than the first in the path.

use crate::figure;
use crate::shared::rounds::in_turns;
use crate::shared::{Effort, Group, Row, Target, Unit};
use scheduler::policy::{Policy, Settings, by_name};
use scheduler::simulation::{Job, Simulation};
use std::env;
use std::ffi::OsString;
use std::process::Command;
use std::time::{Duration, Instant};

/// How many jobs take turns.
const JOBS: u32 = 10_000;
/// How long a turn is.
const QUANTUM: Duration = Duration::from_millis(1);
/// The plain simulator.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/python/simulator.py");
/// Other policies, whose speed is shown. EEVDF is not among them: for each pick it
/// looks at all that are stored, which are ten thousand here.
const OTHERS: [&str; 4] = ["mlfq", "stride", "fair", "stcf"];

/// The groups of this file.
pub(crate) fn groups() -> Vec<Group> {
    let mut groups = vec![Group::new("dispatches per second, rr", round_robin)];
    groups.extend(OTHERS.map(|name| {
        Group::new(format!("dispatches per second, {name}"), move |effort| {
            let turns = effort.choose(50, 20);
            let samples: Result<Vec<f64>, String> = (0..effort.choose(5, 3))
                .map(|_| per_second(name, turns))
                .collect();
            Ok(vec![Row::new(
                format!("dispatches, 10,000 jobs, {name}"),
                Unit::PerSecond,
                samples?,
                Target::None,
            )])
        })
    }));
    groups
}

/// Round robin, for itself and beside Python.
fn round_robin(effort: Effort) -> Result<Vec<Row>, String> {
    let (turns, of_python) = effort.choose((500, 50), (200, 20));
    let row = |samples, target| {
        Row::new(
            "dispatches, 10,000 jobs, rr",
            Unit::PerSecond,
            samples,
            target,
        )
    };
    let target = Target::AtLeast(10_000_000.0);
    let rounds = effort.choose(9, 5);
    match in_turns(rounds, || per_second("rr", turns), || python(of_python)) {
        Ok((ours, theirs)) => Ok(vec![
            row(ours.clone(), target),
            row(ours, Target::TimesAtLeast(25.0)).beside("Python with a deque", theirs),
        ]),
        Err(why) => {
            println!("  without a simulator in Python: {why}");
            let ours: Result<Vec<f64>, String> =
                (0..rounds).map(|_| per_second("rr", turns)).collect();
            Ok(vec![row(ours?, target)])
        }
    }
}

/// Dispatches per second under this policy, if each job takes so many turns.
fn per_second(policy: &str, turns: u32) -> Result<f64, String> {
    let settings = Settings {
        quantum: QUANTUM,
        ..Settings::default()
    };
    let mut policy: Box<dyn Policy> =
        by_name(policy, &settings).ok_or("there is no policy of this name")?;
    let simulation = Simulation::new(jobs(turns)).without_chart();
    let begin = Instant::now();
    let outcome = simulation.run(&mut *policy);
    let elapsed = begin.elapsed();
    let outcome = outcome.map_err(|failure| failure.to_string())?;
    Ok(outcome.dispatches as f64 / elapsed.as_secs_f64())
}

/// The jobs: job number `n` needs half as many turns as they have on average, or
/// up to half as many more.
fn jobs(turns: u32) -> impl Iterator<Item = Job> {
    (0..JOBS).map(move |number| Job::new().run(QUANTUM * (turns / 2 + number % (turns + 1))))
}

/// The same in Python.
fn python(turns: u32) -> Result<f64, String> {
    let python = env::var_os("PYTHON").unwrap_or_else(|| OsString::from("python3"));
    let mut command = Command::new(python);
    figure(command.args([SCRIPT, &JOBS.to_string(), &turns.to_string()]))
}
