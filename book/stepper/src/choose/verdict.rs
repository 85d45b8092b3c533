//! The verdict: which model fits, why, and what would change it.
//!
//! Pure: a profile in, words out.
//!
//! Left out: how much faster it would be. That depends on the machine.
//!
//! Book: chapter 25.

use super::kernel::Profile;

/// From here on one kind of time decides alone, in percent.
pub(super) const CLEAR: u64 = 70;
/// From here on waiting for locks decides, in percent: with two threads, one
/// that works for one that waits.
pub(super) const LOCKED: u64 = 40;

/// What kind of work it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// It computes.
    Cpu,
    /// It waits for the outside.
    Io,
    /// Its threads wait for each other.
    Locks,
    /// It computes and waits.
    Mixed,
}

/// The shares of a profile in percent: on a CPU, outside, locks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Shares {
    /// On a CPU.
    pub(super) cpu: u64,
    /// Waiting for input, output or the clock.
    pub(super) outside: u64,
    /// Waiting for other threads.
    pub(super) locks: u64,
}

impl Shares {
    /// The shares of the time that was spent; None if none was.
    pub(super) fn of(profile: &Profile) -> Option<Shares> {
        let parts = [profile.on_cpu, profile.outside, profile.locks].map(u128::from);
        let all: u128 = parts.iter().sum();
        let share = |part: u128| {
            let rounded = (part * 100 + all / 2).checked_div(all)?;
            u64::try_from(rounded).ok()
        };
        Some(Shares {
            cpu: share(parts[0])?,
            outside: share(parts[1])?,
            locks: share(parts[2])?,
        })
    }

    /// What kind of work has these shares.
    pub(super) fn kind(self) -> Kind {
        if self.locks >= LOCKED {
            Kind::Locks
        } else if self.cpu >= CLEAR {
            Kind::Cpu
        } else if self.outside >= CLEAR {
            Kind::Io
        } else {
            Kind::Mixed
        }
    }
}

impl Kind {
    /// What it is called, and the model that fits.
    pub(super) fn answer(self, shares: Shares, profile: &Profile) -> String {
        let Shares {
            cpu,
            outside,
            locks,
        } = shares;
        match self {
            Kind::Cpu => format!(
                "CPU bound, {cpu}% computing: threads on all CPUs; processes where a global \
                 lock lets only one thread run, as in most of Python"
            ),
            Kind::Io => {
                format!("I/O bound, {outside}% waiting: tasks; threads if the library blocks")
            }
            Kind::Locks if profile.python => format!(
                "lock bound, {locks}% waiting for each other: in Python that is the global lock, \
                 as a rule, which lets one thread run at a time. Processes, then"
            ),
            Kind::Locks => format!(
                "lock bound, {locks}% waiting for each other: no model mends that. First share \
                 less: shorter critical sections, a part of the data for each, or messages"
            ),
            Kind::Mixed => format!(
                "mixed, {cpu}% computing and {outside}% waiting: tasks for the waiting, and a \
                 pool of threads or processes for the computing"
            ),
        }
    }

    /// What would change the answer.
    pub(super) fn change(self) -> String {
        match self {
            Kind::Cpu => format!("below {CLEAR}% computing it would be mixed"),
            Kind::Io => format!(
                "below {CLEAR}% waiting it would be mixed; with fewer than some ten waits at a \
                 time, threads cost no more than tasks"
            ),
            Kind::Locks => format!("below {LOCKED}% waiting for locks the rest would decide"),
            Kind::Mixed => format!("from {CLEAR}% on, of either, that alone would decide"),
        }
    }

    /// The page of the book that says more, for a program in Python or another.
    pub(super) fn page(self, python: bool) -> &'static str {
        match self {
            Kind::Locks if python => "book/src/processes.md",
            Kind::Cpu => "book/src/processes.md",
            Kind::Io => "book/src/what_a_thread_costs.md",
            Kind::Locks => "book/src/locks_and_their_price.md",
            Kind::Mixed => "book/src/the_starved_loop.md",
        }
    }
}

/// How often a time goes into another, to a tenth: `3.9`.
pub(super) fn tenths(time: u64, whole: u64) -> String {
    let tenths = (u128::from(time) * 10 + u128::from(whole) / 2)
        .checked_div(u128::from(whole))
        .unwrap_or(0);
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn every_kind_names_a_page_that_is_there() {
        let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        for kind in [Kind::Cpu, Kind::Io, Kind::Locks, Kind::Mixed] {
            for page in [kind.page(false), kind.page(true)] {
                assert!(checkout.join(page).is_file(), "{page}");
            }
        }
    }

    #[test]
    fn tenths_are_rounded_and_nothing_is_no_time() {
        assert_eq!(tenths(395, 100), "4.0");
        assert_eq!(tenths(94, 100), "0.9");
        assert_eq!(tenths(1, 0), "0.0");
    }

    #[test]
    fn in_python_the_lock_is_probably_the_global_one() {
        let mut profile = Profile {
            locks: 1,
            ..Profile::default()
        };
        let shares = Shares::of(&profile).expect("some time was spent");
        let answer = shares.kind().answer(shares, &profile);
        assert!(answer.contains("share less"), "{answer}");
        profile.python = true;
        let answer = shares.kind().answer(shares, &profile);
        assert!(answer.ends_with("Processes, then"), "{answer}");
    }

    /// The kind of these shares in ns.
    fn kind(on_cpu: u64, outside: u64, locks: u64) -> Kind {
        let profile = Profile {
            on_cpu,
            outside,
            locks,
            ..Profile::default()
        };
        Shares::of(&profile).expect("some time was spent").kind()
    }

    #[test]
    fn the_limits_are_those_that_the_answer_names() {
        assert_eq!(kind(70, 30, 0), Kind::Cpu);
        assert_eq!(kind(69, 31, 0), Kind::Mixed);
        assert_eq!(kind(30, 70, 0), Kind::Io);
        assert_eq!(kind(31, 69, 0), Kind::Mixed);
        assert_eq!(kind(0, 60, 40), Kind::Locks);
        assert_eq!(kind(0, 61, 39), Kind::Mixed);
        let none = Profile {
            in_line: 9,
            ..Profile::default()
        };
        assert_eq!(Shares::of(&none), None, "in line for a CPU is neither");
    }
}
