//! What a pool of processes costs, and what it gains, beside Python's.
//!
//! ```text
//! cargo bench -p scheduler --bench process [-- --quick]
//! ```
//!
//! Small jobs by two workers, in chunks of several sizes; the start of a process
//! up to its end; and work for the processor by one worker and by two. Ours and
//! Python's rounds take turns, and the median of each is shown. On a machine that
//! does something else meanwhile targets are missed: run it on a quiet one.
//! `--quick` measures for a fifth of the time.

mod python;
mod table;

use scheduler::process::{self, Pool};
use std::env;
use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};
use table::Table;

/// The smallest job.
fn identity(n: u64) -> u64 {
    n
}

/// The sum of the squares below `n`.
fn sum_of_squares(n: u64) -> u64 {
    (0..n).fold(0, |sum, i| black_box(sum + i * i))
}

fn main() -> Result<(), Box<dyn Error>> {
    process::init!(identity, sum_of_squares);
    let quick = env::args().any(|argument| argument == "--quick");
    let rounds = if quick { 3 } else { 11 };
    let mut table = Table::default();
    if let Some(why) = python::missing() {
        table.note(&format!("Python is not measured: {why}"));
    }
    small_jobs(&mut table, rounds, quick)?;
    starts(&mut table, rounds)?;
    processor_work(&mut table, rounds, quick)?;
    print!("{table}");
    Ok(())
}

/// The middle one of some durations.
fn median(mut durations: Vec<Duration>) -> Duration {
    durations.sort_unstable();
    durations
        .get(durations.len() / 2)
        .copied()
        .unwrap_or_default()
}

/// What a pool costs for each job that does nothing.
fn small_jobs(table: &mut Table, rounds: u32, quick: bool) -> Result<(), Box<dyn Error>> {
    table.title("a small job, 2 workers, time for each");
    let scale = if quick { 5 } else { 1 };
    for (name, chunk, jobs) in [
        ("one by one", 1_u32, 20_000_u32 / scale),
        ("chunks of 16", 16, 100_000 / scale),
        ("8 chunks in all", 200_000 / scale / 8, 200_000 / scale),
    ] {
        let builder = Pool::builder().workers(2).chunk(chunk as usize);
        let pool = builder.start(identity)?;
        pool.map(0..1_000).for_each(drop);
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            let began = Instant::now();
            let results: Result<Vec<u64>, _> = pool.map(0..u64::from(jobs)).collect();
            ours.push(began.elapsed() / jobs);
            assert_eq!(results?.len(), jobs as usize);
            let arguments = ["map", &chunk.to_string(), &jobs.to_string(), "1"];
            theirs.extend(
                python::rounds(&arguments)
                    .into_iter()
                    .map(|time| time / jobs),
            );
        }
        table.beside(name, median(ours), median(theirs), 3);
    }
    Ok(())
}

/// How long a process takes from its start to its end.
fn starts(table: &mut Table, rounds: u32) -> Result<(), Box<dyn Error>> {
    table.title("a process, from its start to its end");
    let mut ours = Vec::new();
    let (mut spawned, mut forked) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        for _ in 0..5 {
            let began = Instant::now();
            process::spawn(identity, 0)?.join()?;
            ours.push(began.elapsed());
        }
        spawned.extend(python::rounds(&["start", "spawn", "2"]));
        forked.extend(python::rounds(&["start", "fork", "2"]));
    }
    let ours = median(ours);
    table.beside("beside Python's `spawn`", ours, median(spawned), 5);
    table.only_beside("beside Python's `fork`", ours, median(forked));
    Ok(())
}

/// What the second worker gains.
fn processor_work(table: &mut Table, rounds: u32, quick: bool) -> Result<(), Box<dyn Error>> {
    table.title("work for the processor, 8 jobs");
    let n = if quick { 20_000_000 } else { 100_000_000 };
    let (one, two) = (Pool::new(1, sum_of_squares)?, Pool::new(2, sum_of_squares)?);
    let mut gains = Vec::new();
    for _ in 0..rounds.min(5) {
        let [alone, together] = [&one, &two].map(|pool| {
            let began = Instant::now();
            pool.map([n; 8]).for_each(drop);
            began.elapsed()
        });
        gains.push(alone.as_secs_f64() / together.as_secs_f64());
    }
    gains.sort_unstable_by(f64::total_cmp);
    let gain = gains[gains.len() / 2];
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let target = if processors >= 2 {
        "1.8 times"
    } else {
        "(one processor)"
    };
    table.row(
        "2 workers beside 1",
        &format!("{gain:.2} times"),
        "",
        target,
        (processors >= 2).then_some(gain >= 1.8),
    );
    Ok(())
}
