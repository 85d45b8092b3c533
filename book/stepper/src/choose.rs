//! `choose`: which model fits a program, from what it does or from answers.
//!
//! With a command it runs it, looks at its threads every few milliseconds, and
//! tells what they did with their time. Without one it asks.
//!
//! Invariants: (1) the program keeps its output; what we say comes after it, on
//! ours; (2) no answer without evidence: what was over too soon is told so;
//! (3) a program that fails is told of as far as it came, and its failure is ours.
//!
//! Left out: programs that are running already, and machines without `/proc`.
//!
//! Book: chapter 25.

mod kernel;
mod questions;
mod verdict;
mod waits;

use crate::{
    children::groups::{Groups, Member},
    failure::{Code, Failure},
    recording::Ending,
    signals,
    words::wrapped,
};
use clap::Args;
use kernel::{Kernel, Profile};
use rustix::process::{Signal, WaitId, WaitIdOptions, waitid};
use std::{
    ffi::OsString,
    io::{self, IsTerminal, Write},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};
use verdict::Shares;

/// What is told has lines of so many cells at most.
const WIDTH: usize = 80;

/// How long between two looks.
const PAUSE: Duration = Duration::from_millis(4);
/// So many looks at threads are evidence (2).
const ENOUGH: u64 = 10;
/// After how long somebody who watches is told that it goes on.
const QUIET: Duration = Duration::from_secs(5);

/// What to look at.
#[derive(Args, Debug)]
pub(crate) struct Choose {
    /// The program to look at while it runs: choose -- COMMAND ARGUMENTS
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// How the looking came to its end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Over {
    /// The program is over.
    Ended,
    /// It wanted the terminal, was stopped for it, and was ended.
    WantedTheTerminal,
}

/// Chooses.
///
/// # Errors
/// The command cannot be started, fails, or is over too soon; or nobody answers.
pub(crate) fn run(asked: &Choose) -> Result<(), Failure> {
    let Some(program) = asked.command.first() else {
        return questions::ask(&mut io::stdin().lock(), &mut io::stdout().lock());
    };
    if !Kernel::tells() {
        let sentence = "this system does not tell how long a thread ran (there is no \
                        /proc/PID/schedstat): answer questions instead, with `choose` alone";
        return Err(Failure::new(Code::System, sentence));
    }
    let groups = Groups::default();
    let note = signals::watch(groups.clone())?;
    let mut command = Command::new(program);
    command.args(&asked.command[1..]);
    let at_terminal = io::stdin().is_terminal();
    if at_terminal {
        command.stdin(Stdio::null()); // its keys are not for a group in the background
    }
    let shown = program.display();
    let member = groups.start(&mut command).map_err(|error| {
        let sentence = format!("{shown} cannot be started: {error}");
        Failure::new(Code::NoCommand, sentence)
    })?;
    let mut kernel = Kernel::default();
    let over = watch(&mut kernel, &groups, &member);
    let status = member.reap().map_err(|error| {
        let sentence = format!("{shown} cannot be waited for: {error}");
        Failure::new(Code::System, sentence)
    })?;
    let told = tell(&kernel.profile, &mut io::stdout().lock());
    if let Some(failure) = note.failure() {
        return Err(failure);
    }
    let input = if at_terminal {
        ". It had no input: if it asks for some, give it with < FILE"
    } else {
        ""
    };
    let ending = Ending::from(status);
    let sentence = match (over, &told) {
        (Over::WantedTheTerminal, _) => format!(
            "{shown} asked the terminal for input, which belongs to `choose`: it was ended. Give \
             it its input with < FILE, or use `choose` alone"
        ),
        (Over::Ended, Ok(())) if ending.failed() => {
            format!("{shown} failed ({ending}): what is said of it is of a run cut short{input}")
        }
        (Over::Ended, Err(_)) if ending.failed() => {
            format!("{shown} failed ({ending}), too soon to say anything of it{input}")
        }
        (Over::Ended, _) => {
            return told.map_err(|mut failure| {
                failure.sentence.push_str(input);
                failure
            });
        }
    };
    Err(Failure::new(Code::ProgramFailed, sentence)) // (3)
}

/// Looks until the program is over, and is not reaped yet.
fn watch(kernel: &mut Kernel, groups: &Groups, member: &Member) -> Over {
    let process = member.child.id();
    let began = Instant::now();
    let mut told = !io::stderr().is_terminal();
    let mut over = Over::Ended;
    let options = WaitIdOptions::EXITED
        | WaitIdOptions::STOPPED
        | WaitIdOptions::NOWAIT
        | WaitIdOptions::NOHANG;
    loop {
        if let Ok(Some(status)) = waitid(WaitId::Pid(member.leader()), options) {
            let by = status.stopping_signal();
            let for_the_terminal = [Signal::TTIN, Signal::TTOU].map(|it| Some(it.as_raw()));
            if for_the_terminal.contains(&by) {
                over = Over::WantedTheTerminal;
                groups.end(member.leader());
            } else if !status.stopped() {
                kernel.close(process);
                return over;
            }
        }
        kernel.look(process);
        if !told && began.elapsed() > QUIET {
            told = true;
            let sentence = "still running: Ctrl-C ends it, and tells what was seen until then";
            // Nothing can be done about a terminal that takes no text.
            let _ = writeln!(io::stderr(), "{sentence}");
        }
        thread::sleep(PAUSE);
    }
}

/// Tells what the looks have found.
///
/// # Errors
/// They were too few (2), or the output takes no more.
fn tell(profile: &Profile, output: &mut impl Write) -> Result<(), Failure> {
    let shares = Shares::of(profile).filter(|_| profile.looks >= ENOUGH);
    let Some(shares) = shares else {
        let sentence = format!(
            "it was over before it could be looked at often enough ({} times of {ENOUGH}): give \
             it more to do, 100 ms or longer",
            profile.looks
        );
        return Err(Failure::new(Code::NoTrace, sentence));
    };
    let kind = shares.kind();
    writeln!(
        output,
        "{}\n",
        wrapped(&kind.answer(shares, profile), WIDTH)
    )?;
    let rows = [
        (profile.on_cpu, Some(shares.cpu), "on a CPU"),
        (
            profile.outside,
            Some(shares.outside),
            "waiting for input, output or the clock",
        ),
        (
            profile.locks,
            Some(shares.locks),
            "waiting for other threads: locks, conditions, channels",
        ),
        (
            profile.in_line,
            None,
            "in line for a CPU (not counted: that is the machine)",
        ),
    ];
    for (nanos, share, what) in rows {
        let share = share.map_or(String::new(), |share| format!("{share}%"));
        writeln!(output, "{:>8} ms  {share:>4}  {what}", nanos / 1_000_000)?;
    }
    let each = |count: u64, one: &str, many: &str| {
        let word = if count == 1 { one } else { many };
        format!("{count} {word}")
    };
    writeln!(
        output,
        "\n{}: {} in {}, {} waits at a time on average.",
        each(profile.lasted / 1_000_000, "ms", "ms"),
        each(profile.threads, "thread", "threads"),
        each(profile.processes, "process", "processes"),
        verdict::tenths(profile.outside, profile.lasted),
    )?;
    writeln!(
        output,
        "{}, because of a wait; {} forced.",
        each(profile.voluntary, "switch", "switches"),
        profile.forced
    )?;
    let change = format!("It would change: {}.", kind.change());
    writeln!(output, "\n{}", wrapped(&change, WIDTH))?;
    writeln!(output, "Read: {}", kind.page(profile.python))?;
    Ok(())
}
