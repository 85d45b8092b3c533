//! The command line: what can be asked of the program.
//!
//! Read once, by `main`. Everything is checked here that can be checked
//! without looking at the disk; a mistake ends with [`Code::Usage`].
//!
//! Left out: options for the look. The terminal says how large it is, and
//! `NO_COLOR` and `TERM` whether colours are wanted.
//!
//! Book: appendix "The stepper".

use crate::{
    choose::Choose, compare::Compare, cost::Cost, drive::Drive, exercise, explore::Explore,
    export::Export, failure::Code, laboratory::Laboratory, simulate::Simulate,
};
use clap::{Args, Parser, Subcommand, ValueEnum, error::ErrorKind};
use scheduler::Schedule;
use std::{ffi::OsString, path::PathBuf, process};
use stepper::trace::Target;

/// What `--help` says about the ways to end.
const EXIT_CODES: &str = "\
Exit codes:
  0    what was asked is done (leaving the stepper with q counts)
  1    the stepped program failed: it panicked, was killed, or said so itself;
       or a check of an exercise failed
  2    the lesson, or the exercise, does not compile; cargo has said why
  64   the command line makes no sense
  65   there is no trace, or no workload, in what was read, or too little to judge
  66   there is no such lesson, exercise, workload or file
  73   a file cannot be written
  74   the terminal or the operating system refused
  127  the command cannot be started
  128+ a signal ended it (130: Ctrl-C)";

/// Step the same program under each model of multitasking, side by side.
///
/// Without a command: opens the stepper on the first lesson, or where you left
/// off; when the output is not a terminal, prints what the first lesson's twins did.
#[derive(Debug, Parser)]
#[command(name = "sidestep", version, after_help = EXIT_CODES, max_term_width = 80)]
pub(crate) struct CommandLine {
    /// What to do.
    #[command(subcommand)]
    pub(crate) action: Option<Action>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// List the course: lessons, exercises, and what you have done
    List,
    /// Step a lesson, a saved trace, or a program of your own
    Step(Step),
    /// Run policies on a workload, beside each other
    Simulate(Simulate),
    /// Find out which model fits a program: by looking at it, or by asking
    Choose(Choose),
    /// Measure the same work under every model of concurrency, and under Python's
    Compare(Compare),
    /// Measure what one more task, thread or process costs on this machine
    Cost(Cost),
    /// Write a run as a file for Perfetto, or for the book's pages
    Export(Export),
    /// Show a lesson's searches: every schedule that matters, and what was left out
    Explore(Explore),
    /// Be the scheduler: pick who goes next, in a lesson or a puzzle
    Drive(Drive),
    /// Stop a thread between any two machine instructions, and see what comes of it
    Laboratory(Laboratory),
    /// List, check, watch, reset and grade the exercises
    #[command(subcommand)]
    Exercise(exercise::Command),
}

/// What to step, and how to show it.
#[derive(Args, Debug, Default)]
pub(crate) struct Step {
    /// A lesson (01, 1, `two_counters`), or a file that ends in .trace or .json
    #[arg(value_name = "LESSON|FILE", required_unless_present = "command")]
    pub(crate) subject: Option<String>,

    /// Any program that calls `env_logger::init()`: step -- COMMAND ARGUMENTS
    #[arg(last = true, value_name = "COMMAND", conflicts_with = "subject")]
    pub(crate) command: Vec<OsString>,

    /// Print what happened, a line a step, instead of opening the screen
    #[arg(long)]
    pub(crate) plain: bool,

    /// Step one of the twins alone
    #[arg(long, value_name = "SIDE", conflicts_with = "command")]
    pub(crate) side: Option<OneSide>,

    /// Print every step, and under it our own line that took it: a walk through
    /// the loop's, or the scheduler's, source
    #[arg(long, requires = "plain")]
    pub(crate) src: bool,

    /// Keep the trace: raw lines in FILE.trace (of twins one after the other:
    /// what they did at the same time is not kept), or all sides in FILE.json
    #[arg(long, value_name = "FILE")]
    pub(crate) save: Option<PathBuf>,

    /// Run the lesson on the real clock, its threads preempted by signal
    #[arg(long, requires = "subject", conflicts_with = "command")]
    pub(crate) real: bool,

    /// Run the lesson's threads, or the command, along this schedule; twice for two runs
    /// beside each other
    #[arg(long, value_name = "SCHEDULE", conflicts_with_all = ["real", "side"])]
    pub(crate) schedule: Vec<Schedule>,

    /// The search of the program that the schedule is of, from 1; else of its first run
    #[arg(long, value_name = "N", requires = "schedule", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) of: Option<u32>,

    /// Print one screen of this size as text, and exit
    #[arg(long, value_name = "COLUMNSxROWS", value_parser = screen_size, conflicts_with = "plain")]
    pub(crate) screen: Option<(u16, u16)>,

    /// Begin at this step, or at these of the sides from left to right
    #[arg(long, value_name = "STEP[,STEP]", value_delimiter = ',', num_args = 1, value_parser = step_number)]
    pub(crate) at: Vec<usize>,

    /// What to say before it begins, a paragraph each: of `cargo run` alone
    #[arg(skip)]
    pub(crate) greeting: Vec<String>,
}

/// One of the twins.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, ValueEnum)]
pub(crate) enum OneSide {
    /// On the event loop
    Tasks,
    /// Under the scheduler
    Threads,
    /// In a pool of worker processes
    Processes,
}

impl OneSide {
    /// All, in the order of the screen's columns.
    pub(crate) const ALL: [OneSide; 3] = [OneSide::Tasks, OneSide::Threads, OneSide::Processes];

    /// The half that runs it.
    pub(crate) fn target(self) -> Target {
        match self {
            OneSide::Tasks => Target::Runtime,
            OneSide::Threads => Target::Scheduler,
            OneSide::Processes => Target::Process,
        }
    }

    /// As it is written: `tasks`.
    pub(crate) fn word(self) -> &'static str {
        match self {
            OneSide::Tasks => "tasks",
            OneSide::Threads => "threads",
            OneSide::Processes => "processes",
        }
    }
}

/// Reads the command line, or ends the program: help with 0, a mistake with 64.
pub(crate) fn read() -> CommandLine {
    match CommandLine::try_parse() {
        Ok(command_line) => command_line,
        Err(error) => {
            // Nothing can be done about a terminal that takes no text.
            let _ = error.print();
            process::exit(match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => 0,
                _ => Code::Usage as i32,
            })
        }
    }
}

/// The largest screen, a side: what a terminal's own protocol can say, and no
/// more than a drawing needs.
const LARGEST: u16 = 1000;

/// Reads `80x24`.
pub(crate) fn screen_size(text: &str) -> Result<(u16, u16), String> {
    let (width, height) = text.split_once('x').ok_or("write it like 80x24")?;
    let side = |text: &str| {
        let side = text.parse().map_err(|_| "write it like 80x24")?;
        if (1..=LARGEST).contains(&side) {
            Ok(side)
        } else {
            Err("each side is 1 to 1000")
        }
    };
    Ok((side(width)?, side(height)?))
}

/// Reads one of the steps of `--at`.
fn step_number(text: &str) -> Result<usize, &'static str> {
    text.parse().map_err(|_| "write it like 18 or 18,27")
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    /// Parses a command line without the program's name.
    fn parse(arguments: &[&str]) -> Result<CommandLine, clap::Error> {
        CommandLine::try_parse_from([&["sidestep"], arguments].concat())
    }

    /// The options of a `step` command line.
    fn step(arguments: &[&str]) -> Step {
        match parse(&[&["step"], arguments].concat()).unwrap().action {
            Some(Action::Step(step)) => step,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn definition_is_consistent() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn nothing_asked_is_allowed() {
        assert!(parse(&[]).unwrap().action.is_none());
    }

    #[test]
    fn step_takes_a_command_after_two_dashes() {
        let step = step(&["--plain", "--", "./mine", "--plain"]);
        assert_eq!(step.command, ["./mine", "--plain"]);
        assert!(step.plain && step.subject.is_none());
    }

    #[test]
    fn step_needs_exactly_one_subject() {
        assert!(parse(&["step"]).is_err());
        assert!(parse(&["step", "01", "--", "ls"]).is_err());
    }

    #[test]
    fn a_schedule_is_read_and_nonsense_says_what_is_wrong_with_it() {
        let two = step(&[
            "22",
            "--schedule",
            "v1,5:2/15",
            "--schedule",
            "v1/9",
            "--of",
            "1",
        ]);
        let schedules: Vec<String> = two.schedule.iter().map(Schedule::to_string).collect();
        assert_eq!(
            (schedules.join(" "), two.of),
            ("v1,5:2/15 v1/9".to_owned(), Some(1))
        );
        let long = format!("v1{}/1", ",0:1".repeat(20_000));
        for (text, says) in [
            ("nonsense", "this is no schedule: its end is missing"),
            ("v2/3", "this version reads `v1`"),
            ("v1,3:1,0:2/4", "names threads for later ones"),
            (&long, "it has 80004 bytes, and the longest has 65536"),
        ] {
            let error = parse(&["step", "22", "--schedule", text]).unwrap_err();
            assert!(error.to_string().contains(says), "{says}");
        }
        assert!(parse(&["step", "22", "--schedule", "v1/9", "--real"]).is_err());
        assert!(parse(&["step", "22", "--of", "1"]).is_err());
    }

    #[test]
    fn real_belongs_to_lessons() {
        assert!(parse(&["step", "--real", "--", "ls"]).is_err());
        assert!(step(&["01", "--real"]).real);
    }

    #[test]
    fn one_side_belongs_to_lessons_and_files_and_our_source_to_text() {
        assert_eq!(step(&["01", "--side", "tasks"]).side, Some(OneSide::Tasks));
        assert!(step(&["01", "--plain", "--src"]).src);
        assert!(parse(&["step", "--side", "tasks", "--", "ls"]).is_err());
        assert!(parse(&["step", "01", "--src"]).is_err());
    }

    #[test]
    fn steps_to_begin_at_are_read_and_a_mistake_says_how() {
        assert_eq!(step(&["01", "--at", "18,27"]).at, [18, 27]);
        let error = parse(&["step", "01", "--at", "x"]).unwrap_err();
        assert!(error.to_string().contains("write it like 18 or 18,27"));
    }

    #[test]
    fn screen_size_is_read_and_bounded() {
        assert_eq!(step(&["01", "--screen", "80x24"]).screen, Some((80, 24)));
        for bad in ["80", "x", "0x10", "80x70000", "80x1001", "axb"] {
            assert!(parse(&["step", "01", "--screen", bad]).is_err(), "{bad}");
        }
    }
}
