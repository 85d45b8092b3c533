//! The checks of the schedules: each is followed, and must lead to the bug.

pub(crate) mod programs;

use exercises::check::{Check, Complaint, Part};
use exercises::{exploring, transcript};
use scheduler::policy::RoundRobin;
use scheduler::{
    Preemption, Replayed, Schedule, Scheduler, Trouble, explore, replay, replay_traced,
};
use std::env;
use std::time::Duration;

/// What the learner writes: a schedule for each program.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schedules {
    /// Of [`programs::lost_update`].
    pub(crate) lost_update: &'static str,
    /// Of [`programs::overdrawn`].
    pub(crate) overdrawn: &'static str,
    /// Of [`programs::two_inside`].
    pub(crate) two_inside: &'static str,
    /// Of [`programs::asleep`].
    pub(crate) asleep: &'static str,
    /// Of [`programs::only_two`].
    pub(crate) only_two: &'static str,
}

/// The schedules of a file of the exercise.
macro_rules! subject {
    ($($module:ident)::+) => {
        $crate::checks::Schedules {
            lost_update: $($module)::+::LOST_UPDATE,
            overdrawn: $($module)::+::OVERDRAWN,
            two_inside: $($module)::+::TWO_INSIDE,
            asleep: $($module)::+::ASLEEP,
            only_two: $($module)::+::ONLY_TWO,
        }
    };
}
pub(crate) use subject;

/// A program, and what is asked of it.
#[derive(Clone, Copy)]
struct Puzzle {
    /// The name of the learner's constant.
    constant: &'static str,
    /// The program.
    program: fn(),
    /// The learner's schedule of it.
    schedule: fn(&Schedules) -> &'static str,
    /// What must happen, as a message of a panic; None: somebody waits for ever.
    panics: Option<&'static str>,
    /// With so few preemptions it can happen.
    fewest: u32,
}

/// All of them, in the order of the file.
const PUZZLES: [Puzzle; 5] = [
    Puzzle {
        constant: "LOST_UPDATE",
        program: programs::lost_update,
        schedule: |all| all.lost_update,
        panics: Some("an update is lost"),
        fewest: 1,
    },
    Puzzle {
        constant: "OVERDRAWN",
        program: programs::overdrawn,
        schedule: |all| all.overdrawn,
        panics: Some("the account is overdrawn"),
        fewest: 1,
    },
    Puzzle {
        constant: "TWO_INSIDE",
        program: programs::two_inside,
        schedule: |all| all.two_inside,
        panics: Some("two are inside"),
        fewest: 2,
    },
    Puzzle {
        constant: "ASLEEP",
        program: programs::asleep,
        schedule: |all| all.asleep,
        panics: None,
        fewest: 0,
    },
    Puzzle {
        constant: "ONLY_TWO",
        program: programs::only_two,
        schedule: |all| all.only_two,
        panics: Some("only two are counted"),
        fewest: 4,
    },
];

/// All checks: one for each program, and then how short the schedules are.
pub(crate) fn checks() -> Vec<Check<Schedules>> {
    let rules = [
        ("update_is_lost", "under LOST_UPDATE an update is lost"),
        (
            "account_is_overdrawn",
            "under OVERDRAWN the balance is negative",
        ),
        (
            "two_are_inside",
            "under TWO_INSIDE two threads are in the room",
        ),
        (
            "somebody_waits_for_ever",
            "under ASLEEP somebody waits for ever",
        ),
        (
            "only_two_are_counted",
            "under ONLY_TWO six additions come to 2",
        ),
    ];
    let mut checks: Vec<_> = rules.into_iter().zip(PUZZLES).map(check).collect();
    checks.push(Check {
        name: "as_few_preemptions_as_can_be",
        rule: "no schedule takes the CPU away more often than it takes",
        part: Part::Textbook,
        run: Box::new(|all| PUZZLES.iter().try_for_each(|puzzle| puzzle.is_short(all))),
        step: None,
    });
    checks
}

/// The check of one puzzle.
fn check(((name, rule), puzzle): ((&'static str, &'static str), Puzzle)) -> Check<Schedules> {
    Check {
        name,
        rule,
        part: Part::Rules,
        run: Box::new(move |all| puzzle.reaches_its_end(all).map(drop)),
        step: Some(Box::new(move |all| puzzle.step(all))),
    }
}

impl Puzzle {
    /// What is wanted of it, in words.
    fn wanted(&self) -> String {
        match self.panics {
            Some(message) => format!("the run ends with: {message}"),
            None => "the run ends with nobody who can go on: a wake-up is lost".to_owned(),
        }
    }

    /// The learner's schedule, read.
    fn read(&self, all: &Schedules) -> Result<Schedule, Complaint> {
        let text = (self.schedule)(all);
        let complaint = |happened| Complaint {
            tried: format!("{} = \"{text}\"", self.constant),
            expected: "a schedule, such as v1,4:2/9: the README says what that means".to_owned(),
            happened,
            ..Complaint::default()
        };
        if text.is_empty() {
            return Err(complaint("it is still empty".to_owned()));
        }
        let read = text.parse();
        let schedule: Schedule =
            read.map_err(|error: scheduler::ScheduleError| complaint(error.to_string()))?;
        if schedule.is_open() {
            let stops = "it stops before the end, as /stop says: good to look, and no proof";
            return Err(complaint(stops.to_owned()));
        }
        Ok(schedule)
    }

    /// Follows the learner's schedule to where it should lead.
    fn reaches_its_end(&self, all: &Schedules) -> Result<Replayed, Complaint> {
        let schedule = self.read(all)?;
        let happened = match replay(&schedule, self.program) {
            Ok(replayed) if self.is_wanted(replayed.trouble.as_ref()) => return Ok(replayed),
            Ok(replayed) => match replayed.trouble {
                Some(trouble) => exploring::told(&trouble),
                None => "the program came to a good end".to_owned(),
            },
            Err(diverged) => format!("the schedule is not of this program: {diverged}"),
        };
        // The same schedule, so the same run; whatever it ends with is told already.
        let lines = transcript::of_steps(|| drop(replay_traced(&schedule, self.program)));
        Err(Complaint {
            tried: format!("{} = \"{schedule}\"", self.constant),
            expected: self.wanted(),
            happened,
            beside: lines.unwrap_or_default().draw(None, LINES),
            ..Complaint::default()
        })
    }

    /// Whether the run went wrong in the way that is wanted.
    fn is_wanted(&self, trouble: Option<&Trouble>) -> bool {
        match (trouble, self.panics) {
            (Some(Trouble::Panicked { message, .. }), Some(wanted)) => message.contains(wanted),
            (Some(Trouble::LostWakeup(_)), None) => true,
            _ => false,
        }
    }

    /// Whether the learner's schedule has as few preemptions as it takes.
    fn is_short(&self, all: &Schedules) -> Result<(), Complaint> {
        let preemptions = self.reaches_its_end(all)?.preemptions;
        if preemptions <= self.fewest {
            return Ok(());
        }
        Err(Complaint {
            tried: format!("{} = \"{}\"", self.constant, (self.schedule)(all)),
            expected: format!("{} at most", told(self.fewest)),
            happened: told(preemptions),
            ..Complaint::default()
        })
    }

    /// Runs the program with a trace: along the learner's schedule, or, while that
    /// cannot be read, as `SCHEDULE` and the rule say. Whoever drives wants a search, and
    /// says so with `EXPLORE`.
    fn step(&self, all: &Schedules) -> Result<(), Complaint> {
        if env::var_os("EXPLORE").is_some() {
            explore(self.program);
            return Ok(());
        }
        let Ok(schedule) = self.read(all) else {
            let policy = RoundRobin::new(Duration::from_secs(1));
            let ended = Scheduler::new(Preemption::Checkpoint, policy).run(self.program);
            return ended.map_err(|error| self.ends(error.to_string()));
        };
        match replay_traced(&schedule, self.program) {
            Ok(replayed) => match replayed.trouble {
                None => Ok(()),
                Some(trouble) => Err(self.ends(exploring::told(&trouble))),
            },
            Err(diverged) => Err(self.ends(diverged.to_string())),
        }
    }

    /// How a run that is stepped ended, beside what is wanted.
    fn ends(&self, happened: String) -> Complaint {
        Complaint {
            expected: self.wanted(),
            happened,
            ..Complaint::default()
        }
    }
}

/// So many lines of a run are shown at most.
const LINES: usize = 30;

/// So many preemptions, in words.
fn told(preemptions: u32) -> String {
    match preemptions {
        0 => "no preemption".to_owned(),
        1 => "1 preemption".to_owned(),
        more => format!("{more} preemptions"),
    }
}
