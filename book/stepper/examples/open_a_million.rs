//! How long a trace of 1,000,000 events takes to open and to step, and its cost.
//!
//! `cargo run -p stepper --example open_a_million [EVENTS]`, in the dev profile
//! too: the stepper itself is built with `opt-level = 1` there.
//!
//! The trace is what 16 threads write that count under a round robin with a
//! mutex, and what they print now and then.

use std::{fmt::Write as _, hint::black_box, time::Duration, time::Instant};

use stepper::{Reader, fold, sentence, trace::Direction};

fn main() {
    let events = std::env::args().nth(1).map_or(1_000_000, |count| {
        count.parse().expect("EVENTS is a number")
    });
    let text = lines(events);
    let before = resident();
    println!("{events} events, {} MB of lines", text.len() / 1_000_000);

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
        "opened in {opened:.2?}; {} events, {} notes, {} complaints; {} MB, {} bytes an event",
        side.len(),
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

/// The lines of a trace with about so many events.
fn lines(events: usize) -> String {
    const THREADS: usize = 16;
    let mut lines = Lines::default();
    lines.write("started version=1 clock=virtual tick=1000000 mode=checkpoint policy=round_robin cpus=1 quantum=3000000 calls=announced", 0);
    for thread in 0..=THREADS {
        let by = if thread == 0 { "" } else { " by=thread:0" };
        lines.write(
            &format!("spawned thread={thread} name=\"worker {thread}\" priority=0 weight=1024{by}"),
            20,
        );
        lines.write(&format!("runnable thread={thread} why=\"new\""), 20);
    }
    let mut round = 0;
    while lines.count < events {
        let thread = round % (THREADS + 1);
        lines.write(
            &format!(
                "dispatched thread={thread} cpu=0 quantum=3000000 why=\"it has waited longest\""
            ),
            30,
        );
        lines.write(&format!("locked mutex=1 thread={thread}"), 41);
        lines.write(
            &format!(
                "loaded shared=1 name=\"total\" value={} thread={thread}",
                round % 1000
            ),
            42,
        );
        if round % 50 == 0 {
            let _ = writeln!(lines.text, "worker {thread} has seen {round}");
        }
        lines.write(
            &format!(
                "stored shared=1 name=\"total\" value={} thread={thread}",
                (round + 1) % 1000
            ),
            43,
        );
        lines.write(&format!("unlocked mutex=1 thread={thread}"), 44);
        lines.time += 3_000_000;
        lines.write(&format!("preempted thread={thread} cpu=0 ran=3000000"), 45);
        round += 1;
    }
    lines.text
}

/// Lines as `env_logger` prints them.
#[derive(Default)]
struct Lines {
    /// The lines so far.
    text: String,
    /// How many of them are records.
    count: usize,
    /// ns on the virtual clock.
    time: u64,
}

impl Lines {
    /// Adds a record.
    fn write(&mut self, record: &str, line: u32) {
        let (name, keys) = record.split_once(' ').expect("every record has keys");
        let _ = writeln!(
            self.text,
            "[2026-11-24T05:04:22Z TRACE scheduler] {name} t={} sched=0 {keys} \
             at=examples/18_philosophers_threads.rs:{line} src=scheduler/src/dispatcher.rs:{}",
            self.time,
            line + 100
        );
        self.count += 1;
    }
}
