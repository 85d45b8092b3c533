//! Whether a thread that should be done soon computes, or waits, for ever.
//!
//! The watchdog cannot know whether a thread will return; it can know that it
//! has used so much processor time, or that it was found asleep at so many
//! looks, since it began what it does.
//!
//! Invariants: (1) both grow only while the thread could have gone on: a thread
//! that the kernel does not let run uses no processor time, and does not sleep
//! either; (2) a new key is a new beginning; (3) whoever computes is found once for
//! each key, and whoever sleeps once for each sleep: it may compute afterwards.
//!
//! Left out: systems that tell neither: there the looks count.

use super::TICK;
use crate::preempt::{clock, polling};
use std::time::Duration;

/// What a suspect is doing: changes whenever it goes on to something else.
pub(super) type Key = (u64, u64);

/// What was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Finding {
    /// It has computed for so long, in processor time.
    Computes(Duration),
    /// It has slept in the kernel for so long.
    Sleeps(Duration),
}

/// What can be seen of a thread.
pub(super) trait Eye {
    /// How much processor time it has used (ns); None if that cannot be told.
    fn processor_time(&self) -> Option<u64>;
    /// Whether it sleeps in the kernel.
    fn sleeps(&self) -> bool;
}

/// The OS thread of this number.
#[derive(Clone, Copy, Debug)]
pub(super) struct OsThread(pub(super) i32);

impl Eye for OsThread {
    fn processor_time(&self) -> Option<u64> {
        clock::thread_time_of(self.0)
    }

    fn sleeps(&self) -> bool {
        polling::sleeps(self.0) == Some(true)
    }
}

/// What is known of somebody who does something that should be over soon.
#[derive(Debug, Default)]
pub(super) struct Suspect {
    /// What it does; None while it does nothing that matters.
    key: Option<Key>,
    /// Its processor time when that was first seen.
    first: Option<u64>,
    /// And at the last look.
    last: Option<u64>,
    /// At how many looks in a row it was asleep; where nothing else can be told,
    /// how many there were.
    looks: u32,
    /// It was found computing (3).
    computed: bool,
    /// It was found asleep, and has not awoken since (3).
    slept: bool,
}

impl Suspect {
    /// Looks at a thread that does `key`: whether it has done so for `limit`.
    pub(super) fn look(
        &mut self,
        key: Option<Key>,
        limit: Duration,
        eye: &impl Eye,
    ) -> Option<Finding> {
        let Some(key) = key else {
            *self = Suspect::default();
            return None;
        };
        let time = eye.processor_time();
        if self.key != Some(key) {
            *self = Suspect {
                key: Some(key), // (2)
                first: time,
                last: time,
                looks: 0,
                computed: false,
                slept: false,
            };
            return None;
        }
        let computed = if let (Some(first), Some(time)) = (self.first, time) {
            let rests = self.last.replace(time) == Some(time) && eye.sleeps(); // (1)
            self.looks = if rests { self.looks + 1 } else { 0 };
            self.slept &= rests;
            Duration::from_nanos(time.saturating_sub(first))
        } else {
            self.looks += 1;
            TICK * self.looks
        };
        if computed >= limit {
            let is_new = !std::mem::replace(&mut self.computed, true);
            return is_new.then_some(Finding::Computes(computed));
        }
        let slept = TICK * self.looks;
        let is_new = slept >= limit && !std::mem::replace(&mut self.slept, true);
        is_new.then_some(Finding::Sleeps(slept))
    }

    /// What was found could not be told: it is found again.
    pub(super) fn forget(&mut self) {
        (self.computed, self.slept) = (false, false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A thread that has used so many ms of processor time, and sleeps or not.
    struct Seen(Option<u64>, bool);

    impl Eye for Seen {
        fn processor_time(&self) -> Option<u64> {
            self.0.map(|millis| millis * 1_000_000)
        }
        fn sleeps(&self) -> bool {
            self.1
        }
    }

    const LIMIT: Duration = Duration::from_millis(300);

    /// What is found at each of these looks at one stretch.
    fn looks(seen: impl IntoIterator<Item = Seen>) -> Vec<Option<Finding>> {
        let mut suspect = Suspect::default();
        let seen = seen.into_iter();
        seen.map(|seen| suspect.look(Some((1, 0)), LIMIT, &seen))
            .collect()
    }

    #[test]
    fn who_computes_for_the_limit_is_found_once() {
        let found = looks([1000, 1100, 1299, 1300, 9000].map(|time| Seen(Some(time), false)));
        let computes = Finding::Computes(LIMIT);
        assert_eq!(found, [None, None, None, Some(computes), None]);
    }

    #[test]
    fn who_is_found_asleep_at_every_look_is_found_once() {
        let found = looks([(); 5].map(|()| Seen(Some(7), true)));
        assert_eq!(
            found,
            [None, None, None, Some(Finding::Sleeps(LIMIT)), None]
        );
    }

    #[test]
    fn who_sleeps_and_then_computes_is_found_again() {
        let asleep = (0..5).map(|_| Seen(Some(7), true));
        let awake = [8, 300, 400, 900].map(|time| Seen(Some(time), false));
        let found: Vec<_> = looks(asleep.chain(awake)).into_iter().flatten().collect();
        let computed = Duration::from_millis(393);
        assert_eq!(found, [Finding::Sleeps(LIMIT), Finding::Computes(computed)]);
        // Two sleeps at one stretch.
        let nap = || (0..4).map(|_| Seen(Some(7), true));
        let twice = nap()
            .chain([Seen(Some(8), false)])
            .chain(nap().map(|nap| Seen(Some(8), nap.1)));
        assert_eq!(looks(twice).into_iter().flatten().count(), 2);
    }

    #[test]
    fn who_gets_no_processor_is_not_suspected_however_long_that_lasts() {
        // A busy machine: runnable, and nothing used between two looks.
        let starved = (0..1000).map(|_| Seen(Some(7), false));
        assert!(looks(starved).iter().all(Option::is_none));
        // It wakes now and then, and goes on.
        let busy = (0..299).map(|look| Seen(Some(look), look % 2 == 0));
        assert!(looks(busy).iter().all(Option::is_none));
    }

    #[test]
    fn who_goes_on_to_something_else_begins_anew() {
        let mut suspect = Suspect::default();
        for key in 0..100 {
            let time = Seen(Some(key * 200), false);
            assert_eq!(suspect.look(Some((key, 0)), LIMIT, &time), None);
            let time = Seen(Some(key * 200 + 150), false);
            assert_eq!(suspect.look(Some((key, 0)), LIMIT, &time), None);
        }
        assert_eq!(suspect.look(None, LIMIT, &Seen(Some(90_000), false)), None);
    }

    #[test]
    fn where_no_processor_time_is_told_the_looks_count() {
        let found = looks([(); 5].map(|()| Seen(None, false)));
        assert_eq!(
            found,
            [None, None, None, Some(Finding::Computes(LIMIT)), None]
        );
    }
}
