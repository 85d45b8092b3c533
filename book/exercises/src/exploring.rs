//! Programs of threads that a check explores: every schedule that matters.
//!
//! A check that runs a program now and then believes what it sees. One that explores it
//! knows: if nothing fails, and the search is exhausted, nothing can. If something fails
//! the complaint tells the failure that takes the fewest preemptions, step by step, and
//! the command that steps it.
//!
//! Invariants: (1) the same program gives the same complaint, on every machine: searches
//! are bounded by steps and executions, never by time; (2) what was not exhausted is not
//! passed; (3) stepped along a schedule a check does the same searches in the same order,
//! so a case is known by its number.
//!
//! Whatever explores here panics where [`Explore::run`] does.
//!
//! Book: "Exercises" in the introduction. What it calls: `scheduler::explore`.

use crate::check::Complaint;
use crate::transcript;
use scheduler::{Explore, Failure, Found, Memory, Search, Stopped, Trouble, replay_traced};
use std::fmt;

/// So many executions are tried at first.
const FEW: u64 = 300;

/// Then those with so few preemptions.
const PREEMPTIONS: u32 = 2;

/// So many lines of a run are shown at most.
const LINES: usize = 40;

/// So many of one that has no end.
const LINES_OF_ENDLESS: usize = 12;

/// A program that a check explores, and what is asked of it.
#[derive(Clone, Debug)]
pub struct Case {
    /// What the program does, in words.
    pub tried: String,
    /// What it must never do otherwise, in words.
    pub expected: String,
    /// Which of its check's cases it is, from 1 (3).
    pub number: u32,
    /// What memory may do.
    pub memory: Memory,
    /// An execution may have so many steps; a longer one never ends.
    pub steps: usize,
    /// So many executions are allowed.
    pub executions: u64,
    /// Whether a data race is a failure.
    pub races_fail: bool,
    /// Which troubles are failures.
    pub counts: fn(&Trouble) -> bool,
    /// Whether all schedules must be tried; else as many as are allowed will do.
    pub exhausts: bool,
}

/// Whether the trouble is that nobody can go on.
pub fn is_stuck(trouble: &Trouble) -> bool {
    matches!(trouble, Trouble::Deadlock(_) | Trouble::LostWakeup(_))
}

/// Whether the trouble is that a thread says so, or a race.
pub fn is_wrong(trouble: &Trouble) -> bool {
    matches!(trouble, Trouble::Panicked { .. } | Trouble::Raced { .. })
}

impl Case {
    /// The first case of a check, in sequential memory, with enough room for a small
    /// program.
    pub fn new(tried: &str, expected: &str) -> Case {
        Case {
            tried: tried.to_owned(),
            expected: expected.to_owned(),
            number: 1,
            memory: Memory::Sequential,
            steps: 400,
            executions: 50_000,
            races_fail: true,
            counts: |_| true,
            exhausts: true,
        }
    }

    /// Explores `program`.
    ///
    /// # Errors
    ///
    /// If a schedule fails, or not all of them could be tried.
    pub fn explore<T: fmt::Debug>(&self, program: impl Fn() -> T) -> Result<Found, Complaint> {
        let found = self.found(&program);
        if let Some(failure) = self.shortest(&found) {
            return Err(self.complaint(failure, &found, &program));
        }
        match found.stopped() {
            None | Some(Stopped::LeftOut | Stopped::Followed) => Ok(found),
            Some(_) if !self.exhausts => Ok(found),
            Some(why) => Err(Complaint {
                tried: self.setting(),
                expected: "all schedules can be tried".to_owned(),
                happened: format!(
                    "after {} of them there are more ({why}): does it take steps that it does \
                     not need?",
                    found.explored()
                ),
                ..Complaint::default()
            }),
        }
    }

    /// Explores `program`, of which in every schedule nobody can go on in the end, since
    /// somebody waits who is asleep.
    ///
    /// # Errors
    ///
    /// If it comes to another end, or to none.
    pub fn comes_to_a_standstill<T: fmt::Debug>(
        &self,
        program: impl Fn() -> T,
    ) -> Result<(), Complaint> {
        let case = Case {
            counts: |trouble| !is_stuck(trouble),
            ..self.clone()
        };
        let found = case.explore(&program)?;
        if found.stopped().is_some() {
            return Ok(()); // it was stepped
        }
        let stuck = ["deadlock", "lost wake-up"];
        let mut outcomes = found.outcomes().iter();
        let Some(other) = outcomes.find(|it| !stuck.contains(&it.text.as_str())) else {
            return Ok(());
        };
        Err(Complaint {
            tried: self.setting(),
            expected: self.expected.clone(),
            happened: "it comes to its end".to_owned(),
            beside: shown(&other.schedule, &program),
            step: self.along(&other.schedule),
        })
    }

    /// Explores `program`, whose wanted outcomes are these, and all of them.
    ///
    /// # Errors
    ///
    /// Those of [`explore`](Case::explore); if an outcome is missing, or one comes that
    /// is not wanted.
    pub fn comes_to<T: fmt::Debug>(
        &self,
        outcomes: &[&str],
        program: impl Fn() -> T,
    ) -> Result<(), Complaint> {
        let found = self.explore(&program)?;
        if found.stopped().is_some() {
            return Ok(()); // it was stepped
        }
        let mut known = found.outcomes().iter();
        let strange = known.find(|it| !outcomes.contains(&it.text.as_str()));
        if let Some(strange) = strange {
            return Err(Complaint {
                tried: self.setting(),
                expected: format!("one of these comes out: {}", outcomes.join("; ")),
                happened: format!("{} comes out", strange.text),
                beside: shown(&strange.schedule, &program),
                step: self.along(&strange.schedule),
            });
        }
        let is_found = |it: &&&str| !found.outcomes().iter().any(|known| known.text == **it);
        if let Some(missing) = outcomes.iter().find(is_found) {
            let all: Vec<&str> = found.outcomes().iter().map(|it| it.text.as_str()).collect();
            return Err(Complaint {
                tried: self.setting(),
                expected: format!("{missing} comes out in some schedule"),
                happened: format!("it never does; what comes out is: {}", all.join("; ")),
                ..Complaint::default()
            });
        }
        Ok(())
    }

    /// What there is to be found. A small program is searched at once. In a larger one few
    /// preemptions are tried first: there most mistakes are, and the shortest schedules.
    fn found<T: fmt::Debug>(&self, program: &impl Fn() -> T) -> Found {
        let few = FEW.min(self.executions);
        let small = self.search(Search::Exhaustive, few, program);
        if small.stopped() != Some(Stopped::ExecutionsLimit) {
            return small; // also where it was asked for a schedule (3)
        }
        for most in 0..=PREEMPTIONS {
            let found = self.search(Search::Preemptions(most), 3 * few, program);
            if self.shortest(&found).is_some() {
                return found;
            }
        }
        if self.shortest(&small).is_some() || few == self.executions {
            return small;
        }
        self.search(Search::Exhaustive, self.executions, program)
    }

    /// The failure that is to be told, of those that count.
    fn shortest<'a>(&self, found: &'a Found) -> Option<&'a Failure> {
        let counts = |failure: &&Failure| (self.counts)(&failure.trouble);
        let length = |failure: &&Failure| (failure.preemptions, failure.schedule.steps());
        found.failures().iter().filter(counts).min_by_key(length)
    }

    /// Searches, through so many executions at most.
    fn search<T: fmt::Debug>(
        &self,
        search: Search,
        executions: u64,
        program: &impl Fn() -> T,
    ) -> Found {
        Explore::new()
            .search(search)
            .memory(self.memory)
            .races_fail(self.races_fail)
            .steps_limit(self.steps)
            .executions_limit(executions)
            .run(program)
    }

    /// What was tried, and how.
    fn setting(&self) -> String {
        let memory = match self.memory {
            Memory::C11 => ", with all that C11 lets memory do",
            _ => "",
        };
        format!("{}\nunder every schedule that matters{memory}", self.tried)
    }

    /// The options with which the stepper follows `schedule`.
    fn along(&self, schedule: &scheduler::Schedule) -> String {
        format!("--schedule {schedule} --of {}", self.number)
    }

    /// What is to be said of `failure`.
    fn complaint<T: fmt::Debug>(
        &self,
        failure: &Failure,
        found: &Found,
        program: &impl Fn() -> T,
    ) -> Complaint {
        let preemptions = match failure.preemptions {
            0 => "without a preemption".to_owned(),
            1 => "with 1 preemption".to_owned(),
            more => format!("with {more} preemptions"),
        };
        let how = if found.stopped() == Some(Stopped::Followed) {
            "it fails".to_owned()
        } else {
            let fewer = if failure.is_fewest { "" } else { ", or fewer" };
            format!("it fails {preemptions}{fewer}")
        };
        Complaint {
            tried: self.setting(),
            expected: self.expected.clone(),
            happened: format!("{how}: {}", told(&failure.trouble)),
            beside: shown(&failure.schedule, program),
            step: self.along(&failure.schedule),
        }
    }
}

/// The run along `schedule`, line by line; nothing if it cannot be shown.
fn shown<T: fmt::Debug>(schedule: &scheduler::Schedule, program: &impl Fn() -> T) -> String {
    let transcript = transcript::of_steps(|| {
        // Whether it fits was seen: the search made it.
        let _ = replay_traced(schedule, program);
    });
    let most = if schedule.is_open() {
        LINES_OF_ENDLESS // it was broken off
    } else {
        LINES
    };
    transcript.map_or_else(String::new, |it| it.draw(None, most))
}

/// What went wrong, in words. What a check's own assertion says needs no place.
pub fn told(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Panicked { message, at, .. }
            if at.as_ref().is_none_or(|at| at.contains("checks")) =>
        {
            message.clone()
        }
        Trouble::TooLong { steps } => format!(
            "not over after {steps} steps: somebody looks again and again, where it could sleep"
        ),
        other => other.to_string().replace("; ", "\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scheduler::sync::Mutex;
    use scheduler::sync::atomic::{AtomicBool, Ordering};
    use scheduler::{Builder, Shared, current, park, spawn};
    use std::sync::Arc;

    /// Two threads add 1 to a total, between a lock and an unlock if it is `locked`.
    fn adders(locked: bool) -> u32 {
        let shared = Arc::new((Mutex::new(()), Shared::new("total", 0)));
        let adders = ["one", "other"].map(|name| {
            let shared = Arc::clone(&shared);
            Builder::new().name(name).spawn(move || {
                let _guard = locked.then(|| shared.0.lock());
                shared.1.store(shared.1.load() + 1);
            })
        });
        for adder in adders {
            adder.join().unwrap();
        }
        shared.1.load()
    }

    #[test]
    fn a_failure_is_told_with_its_steps_and_how_to_step_it() {
        let case = Case {
            races_fail: false,
            ..Case::new("two adders", "nothing is lost")
        };
        let lost = || assert!(adders(false) == 2, "an update is lost");
        let complaint = case.explore(lost).unwrap_err();
        assert_eq!(
            complaint.tried,
            "two adders\nunder every schedule that matters"
        );
        assert!(
            complaint.happened.starts_with("it fails with 1 preemption"),
            "{complaint}"
        );
        assert!(complaint.happened.ends_with("an update is lost"));
        assert!(complaint.step.starts_with("--schedule v1,"));
        assert!(complaint.step.ends_with(" --of 1"));
        let stores = complaint.beside.lines();
        let stores: Vec<&str> = stores
            .filter(|it| it.contains("stores 1 in total"))
            .collect();
        assert_eq!(stores.len(), 2, "{}", complaint.beside);
    }

    #[test]
    fn outcomes_are_all_wanted_and_all_there() {
        let case = Case {
            races_fail: false,
            ..Case::new("two adders", "")
        };
        assert_eq!(case.comes_to(&["2"], || adders(true)), Ok(()));
        assert_eq!(case.comes_to(&["2", "1"], || adders(false)), Ok(()));
        let missing = case.comes_to(&["2", "1"], || adders(true)).unwrap_err();
        assert_eq!(missing.expected, "1 comes out in some schedule");
        let strange = case.comes_to(&["2"], || adders(false)).unwrap_err();
        assert_eq!(strange.happened, "1 comes out");
    }

    #[test]
    fn a_search_that_is_not_exhausted_does_not_pass() {
        let case = Case {
            executions: 2,
            races_fail: false,
            ..Case::new("two adders", "")
        };
        let complaint = case.explore(|| adders(false)).unwrap_err();
        assert!(complaint.happened.contains("there are more"), "{complaint}");
    }

    #[test]
    fn an_unpark_is_told_though_it_has_no_record() {
        let program = || {
            let flag = Arc::new(AtomicBool::named("flag", false));
            let (main, its) = (current(), Arc::clone(&flag));
            let setter = Builder::new().name("setter").spawn(move || {
                its.store(true, Ordering::Release);
                main.unpark();
            });
            park();
            setter.join().unwrap();
            assert!(!flag.load(Ordering::Acquire), "set");
        };
        let case = Case::new("a flag", "it is never set");
        let complaint = case.explore(program).unwrap_err();
        let places = ["stores true in flag", "unparks main", "reads flag: true"];
        let places = places.map(|it| complaint.beside.find(it));
        assert!(
            places.is_sorted() && places[0].is_some(),
            "{}",
            complaint.beside
        );
        let waits = || {
            spawn(park).join().unwrap();
        };
        let complaint = case.explore(waits).unwrap_err();
        assert!(complaint.happened.contains("lost wake-up"), "{complaint}");
    }
}
