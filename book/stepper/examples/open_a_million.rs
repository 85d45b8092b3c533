//! How long a trace of 1,000,000 events takes to open and to step, and its cost.
//!
//! `cargo run -p stepper --example open_a_million [EVENTS]`, in the dev profile
//! too: the stepper itself is built with `opt-level = 1` there.
//!
//! One trace is what 16 threads write that count under a round robin with a
//! mutex, and what they print now and then; the other what tasks write of which
//! 10,000 are ready at once, each of which ends after ten turns.

use std::{collections::VecDeque, fmt::Write as _, hint::black_box, time::Duration, time::Instant};

use stepper::{
    Reader, fold, sentence,
    trace::Direction,
    transcript::{Column, rows},
};

fn main() {
    let events = std::env::args().nth(1).map_or(1_000_000, |count| {
        count.parse().expect("EVENTS is a number")
    });
    measure_all("16 threads", &threads(events));
    measure_all("10,000 tasks at once", &tasks(events));
}

/// Prints the figures of one trace.
fn measure_all(name: &str, text: &str) {
    let before = resident();
    println!("{name}: {} MB of lines", text.len() / 1_000_000);
    let start = Instant::now();
    let mut reader = Reader::new();
    for portion in text.as_bytes().chunks(64 * 1024) {
        reader.push(portion);
    }
    let trace = reader.into_trace();
    let opened = start.elapsed();
    let side = &trace.sides[0];
    let bytes = resident().saturating_sub(before);
    println!(
        "opened in {opened:.2?}; {} events, {} units, {} notes, {} complaints; {} MB, {} bytes an event",
        side.len(),
        side.last_state().drivers[0].units.len(),
        side.notes.len(),
        side.complaints().len(),
        bytes / 1_000_000,
        bytes / side.len().max(1)
    );

    let end = side.len();
    measure("state at a step (anywhere)", 500, |n| {
        black_box(side.state_at(n * 7_919_317 % end));
    });
    measure("state one step back, from the end", 500, |n| {
        black_box(side.state_at(end - n));
    });
    measure("sentence (anywhere)", 500, |n| {
        black_box(sentence(side, 1 + n * 7_919_317 % end));
    });
    measure("lanes of 80 steps (anywhere)", 200, |n| {
        let from = n * 7_919_317 % end;
        black_box(fold::lanes(side, from..from + 80));
    });
    measure("search that finds nothing", 3, |n| {
        black_box(side.search("no such text", n, Direction::Forwards));
    });
    measure("the whole plain transcript", 1, |_| {
        let column = Column {
            side,
            outcome: "",
            ours: false,
        };
        black_box(rows(&[column], 80).map(|row| row.len()).sum::<usize>());
    });
    measure("written as .json and read back", 1, |_| {
        let mut json = Vec::new();
        trace.write_json(&mut json).expect("a vector takes all");
        black_box(stepper::Trace::from_json(&json).expect("it reads back"));
    });
}

/// Prints the mean and the longest of `times` calls.
fn measure(what: &str, times: usize, mut call: impl FnMut(usize)) {
    let mut longest = Duration::ZERO;
    let start = Instant::now();
    for n in 1..=times {
        let begin = Instant::now();
        call(n);
        longest = longest.max(begin.elapsed());
    }
    let mean = start.elapsed() / u32::try_from(times).expect("few");
    println!("{what:36} mean {mean:>9.1?}   longest {longest:>9.1?}");
}

/// The resident memory of this process in bytes, where Linux tells it.
fn resident() -> usize {
    let Ok(text) = std::fs::read_to_string("/proc/self/statm") else {
        return 0;
    };
    let pages = text.split(' ').nth(1).and_then(|pages| pages.parse().ok());
    pages.unwrap_or(0) * 4096
}

/// The lines of threads that count, with about so many events.
fn threads(events: usize) -> String {
    const THREADS: usize = 16;
    let mut lines = Lines::of("scheduler", "sched");
    lines.write(
        "started version=1 clock=virtual tick=1000000 mode=checkpoint policy=RoundRobin \
         cpus=1 quantum=3000000 calls=announced",
        0,
    );
    for thread in 0..=THREADS {
        let by = if thread == 0 { "" } else { " by=thread:0" };
        lines.write(
            &format!("spawned thread={thread} name=\"worker {thread}\" priority=0 weight=1024{by}"),
            20,
        );
        lines.write(&format!("runnable thread={thread} why=new"), 20);
    }
    for round in 0.. {
        if lines.count >= events {
            break;
        }
        let thread = round % (THREADS + 1);
        let (seen, next) = (round % 1000, (round + 1) % 1000);
        let why = "why=\"it has waited longest\"";
        for (line, record) in [
            (
                30,
                format!("dispatched thread={thread} cpu=0 quantum=3000000 {why}"),
            ),
            (41, format!("locked mutex=1 thread={thread}")),
            (
                42,
                format!("loaded shared=1 name=\"total\" value=\"{seen}\" thread={thread}"),
            ),
            (
                43,
                format!("stored shared=1 name=\"total\" value=\"{next}\" thread={thread}"),
            ),
            (44, format!("unlocked mutex=1 thread={thread}")),
            (45, format!("preempted thread={thread} cpu=0 ran=3000000")),
            (45, format!("runnable thread={thread} why=preempted")),
        ] {
            lines.write(&record, line);
        }
        if round % 50 == 0 {
            let _ = writeln!(lines.text, "worker {thread} has seen {round}");
        }
        lines.time += 3_000_000;
    }
    lines.text
}

/// The lines of tasks that yield, with about so many events.
fn tasks(events: usize) -> String {
    const READY: usize = 10_000;
    const LIFE: usize = 10;
    let mut lines = Lines::of("runtime", "loop");
    lines.write("started version=1 clock=virtual", 0);
    let spawn = |lines: &mut Lines, task: usize| {
        lines.write(
            &format!("spawned task={task} name=\"worker\" class=normal"),
            20,
        );
        lines.write(&format!("woken task={task} by=outside class=normal"), 20);
    };
    // Who is ready, and how often it has been polled: a tenth of them for the
    // last time in each turn, so that as many end as begin.
    let mut ready: VecDeque<(usize, usize)> = (0..READY).map(|task| (task, task % LIFE)).collect();
    for task in 0..READY {
        spawn(&mut lines, task);
    }
    let mut next = READY;
    for turn in 1.. {
        if lines.count >= events {
            break;
        }
        lines.write(&format!("turn turn={turn} ready={READY}"), 0);
        for _ in 0..READY {
            let (task, polls) = ready.pop_front().expect("as many begin as end");
            lines.write(&format!("polled task={task}"), 30);
            if polls == LIFE {
                lines.write(&format!("completed task={task} ran=0"), 31);
                spawn(&mut lines, next);
                ready.push_back((next, 1));
                next += 1;
            } else {
                lines.write(
                    &format!("woken task={task} by=task:{task} class=normal"),
                    32,
                );
                lines.write(&format!("pending task={task} ran=0"), 32);
                ready.push_back((task, polls + 1));
            }
        }
    }
    lines.text
}

/// Lines as `env_logger` prints them.
struct Lines {
    /// The log target.
    target: &'static str,
    /// The key of the loop or scheduler.
    driver: &'static str,
    /// The lines so far.
    text: String,
    /// How many of them are records.
    count: usize,
    /// ns on the virtual clock.
    time: u64,
}

impl Lines {
    /// No lines yet, of one half.
    const fn of(target: &'static str, driver: &'static str) -> Self {
        Self {
            target,
            driver,
            text: String::new(),
            count: 0,
            time: 0,
        }
    }

    /// Adds a record.
    fn write(&mut self, record: &str, line: u32) {
        let (name, keys) = record.split_once(' ').expect("every record has keys");
        let _ = writeln!(
            self.text,
            "[2026-11-24T05:04:22Z TRACE {}] {name} t={} {}=0 {keys} \
             at=examples/18_philosophers.rs:{line} src=src/event_loop.rs:{}",
            self.target,
            self.time,
            self.driver,
            line + 100
        );
        self.count += 1;
    }
}
