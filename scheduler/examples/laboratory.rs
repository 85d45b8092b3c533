//! A statement, preempted after every number of its instructions.
//!
//! Two threads add 1. After k instructions of the first one's statement it loses
//! its CPU, the second does the whole of its own, and the first goes on: for
//! every k, is the sum 2, or is an update lost?
//!
//! Run: `cargo run -- laboratory` draws what this prints. By itself:
//! `cargo run -p scheduler --example laboratory add 20`, for 20 times each k, and
//! `.. add 20 9` for k = 9 alone; `apart` or `at_once` in place of `add`.
//! Try: `COUNTER *= 2`; or two statements.
//!
//! Its lines have parts that tabs separate. First each variable: `variable`, its
//! name and its address. Then a line for each k: k, the address and the bytes of
//! the instruction that comes next, its line, its function, how often an update
//! was lost, and how often that was tried. `-` is what is not known.

use scheduler::laboratory::{Interruption, Unavailable, interrupt, walk};
use scheduler::policy::FirstComeFirstServed;
use scheduler::{Preemption, Scheduler};
use std::env;
use std::fmt::Write as _;
use std::hint::black_box;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};

/// What `add` adds to.
static mut COUNTER: u64 = 0;
/// What the others add to.
static ATOMIC: AtomicU64 = AtomicU64::new(0);

/// The statement.
#[expect(
    unsafe_code,
    reason = "a plain variable of two threads is what it is about"
)]
#[inline(never)]
fn add() {
    // SAFETY: requires that no other thread touches it at the same time. There is
    // one CPU, and who has it not is frozen. A second CPU would break this.
    unsafe { COUNTER += 1 };
}

/// An atomic's load, and its store: each by itself is one step.
#[inline(never)]
fn apart() {
    // Else the compiler makes one instruction of the two, if it optimises.
    let seen = black_box(ATOMIC.load(Ordering::Relaxed));
    ATOMIC.store(seen + 1, Ordering::Relaxed);
}

/// Both in one step.
#[inline(never)]
fn at_once() {
    ATOMIC.fetch_add(1, Ordering::Relaxed);
}

/// The sum, after which it is 0 again.
#[expect(unsafe_code, reason = "as above")]
#[inline(never)]
fn take_sum() -> u64 {
    // SAFETY: as above; the other threads are over.
    let plain = unsafe { COUNTER };
    // SAFETY: as above.
    unsafe { COUNTER = 0 };
    plain + ATOMIC.swap(0, Ordering::Relaxed)
}

/// What is asked for.
#[derive(Clone, Copy)]
struct Asked {
    /// What both threads do.
    subject: fn(),
    /// How often each k is tried.
    times: u32,
    /// This k alone.
    only: Option<usize>,
}

impl Asked {
    /// What the arguments say; None if that makes no sense.
    fn read() -> Option<Asked> {
        let arguments: Vec<String> = env::args().skip(1).collect();
        let mut arguments = arguments.iter().map(String::as_str);
        let subject = match arguments.next() {
            None | Some("add") => add,
            Some("apart") => apart,
            Some("at_once") => at_once,
            Some(_) => return None,
        };
        let times = arguments.next().map_or(Ok(1), str::parse).ok()?;
        let only = arguments.next().map(str::parse).transpose().ok()?;
        let is_all = arguments.next().is_none();
        is_all.then_some(Asked {
            subject,
            times,
            only,
        })
    }

    /// Every k, from before the first instruction to behind the return.
    fn table(self) -> Result<(), Unavailable> {
        let walked = walk(self.subject)?;
        take_sum();
        let first = walked.path.first().map_or(0, |first| first.address);
        let start = (self.subject as *const ()).addr() - first; // of the program
        let variables = [
            ("COUNTER", (&raw const COUNTER).addr()),
            ("ATOMIC", (&raw const ATOMIC).addr()),
        ];
        for (name, address) in variables {
            println!("variable\t{name}\t{:x}", address - start);
        }
        for k in 0..=walked.instructions {
            if self.only.is_some_and(|only| only != k) {
                let at = walked.path.get(k).cloned();
                tell(k, at.as_ref(), "-\t-");
                continue;
            }
            let (mut lost, mut met) = (0, None);
            for _ in 0..self.times {
                let Interruption { at, .. } = interrupt(k, self.subject, self.subject)?;
                lost += u32::from(take_sum() != 2);
                met = at;
            }
            tell(k, met.as_ref(), &format!("{lost}\t{}", self.times));
        }
        Ok(())
    }
}

/// Prints one line: after `k` instructions comes this one, and that became of the sum.
fn tell(k: usize, next: Option<&scheduler::laboratory::Instruction>, verdict: &str) {
    let Some(next) = next else {
        return println!("{k}\t-\t-\t-\t-\t{verdict}"); // its return is behind it
    };
    let bytes = next.code.iter().fold(String::new(), |mut bytes, byte| {
        let _ = write!(bytes, "{byte:02x}"); // a String takes everything
        bytes
    });
    let [at, function] = [&next.at, &next.function].map(|it| it.as_deref().unwrap_or("-"));
    println!(
        "{k}\t{:x}\t{bytes}\t{at}\t{function}\t{verdict}",
        next.address
    );
}

fn main() -> ExitCode {
    env_logger::init();
    let Some(asked) = Asked::read() else {
        eprintln!("usage: laboratory [add|apart|at_once] [TIMES] [K]");
        return ExitCode::from(64);
    };
    let run = Scheduler::new(Preemption::Signal, FirstComeFirstServed::new());
    let wrong = match run.run(|| asked.table()) {
        Ok(Ok(())) => return ExitCode::SUCCESS,
        Ok(Err(unavailable)) => unavailable.to_string(),
        Err(error) => error.to_string(),
    };
    eprintln!("{wrong}");
    ExitCode::FAILURE
}
