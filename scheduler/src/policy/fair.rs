//! Fair: everybody's virtual clock goes on alike.
//!
//! A thread's *virtual runtime* is the CPU time that it had, divided by its
//! weight. Whoever has least runs. What Linux did from 2007 to 2023 (CFS).
//!
//! Source: OSTEP, chapter 9, section 9.7; Linux 6.5, `kernel/sched/fair.c`. As
//! rules:
//!
//! 1. A thread's virtual runtime grows by what it ran, times 1024 over its weight.
//! 2. The runnable thread with the smallest virtual runtime runs; of equals the
//!    one with the lower number.
//! 3. It runs for its share of the *latency*, in which all should have run once:
//!    its weight over the weights of all that could run; but for no less than the
//!    *granularity*.
//! 4. A thread that becomes runnable starts from the smallest virtual runtime at
//!    the last pick, or from its own if that is larger.
//! 5. It takes the CPU of one that is more than the granularity ahead of it.
//!
//! Weights are any numbers; [`weight_of_nice`](super::weight_of_nice) has the
//! kernel's; a changed one counts from the next stop. Left out: credit for sleepers,
//! groups, a tree for each CPU.
//!
//! Book: chapter 15. Mirror: none.

use super::nice::WEIGHT_OF_NICE_0;
use super::sorted::Sorted;
use super::{Attributes, CpuId, Pick, Policy, Ready, StopReason, ThreadId};
use crate::time::Time;
use std::collections::HashMap;
use std::time::Duration;

/// What is kept of a thread that is not finished.
#[derive(Clone, Copy, Debug, Default)]
struct Account {
    /// Its virtual runtime when it last stopped or became runnable.
    virtual_runtime: Duration,
    /// Its CPU time then.
    cpu_time: Duration,
    /// Its weight while it is stored or runs; 0 while it is blocked.
    weight: u32,
}

/// Runs the thread with the smallest virtual runtime.
#[derive(Debug)]
pub struct Fair {
    /// In what time everybody should run once.
    latency: Duration,
    /// How long a thread runs at least. Never zero.
    granularity: Duration,
    /// The runnable threads by virtual runtime.
    waiting: Sorted<Duration>,
    /// The threads that are not finished.
    accounts: HashMap<ThreadId, Account>,
    /// The weights of those that are stored or run, together.
    weights: u64,
    /// The smallest virtual runtime at the last pick.
    smallest: Duration,
}

impl Fair {
    /// OSTEP's numbers are 48 ms and 6 ms.
    ///
    /// # Panics
    ///
    /// If `granularity` is zero.
    pub fn new(latency: Duration, granularity: Duration) -> Fair {
        assert!(
            !granularity.is_zero(),
            "the granularity must be longer than zero"
        );
        Fair {
            latency,
            granularity,
            waiting: Sorted::default(),
            accounts: HashMap::new(),
            weights: 0,
            smallest: Duration::ZERO,
        }
    }

    /// The virtual runtime of `thread` at this moment.
    pub fn virtual_runtime(&self, thread: &Attributes) -> Duration {
        let account = self.accounts.get(&thread.id).copied().unwrap_or_default();
        let ran = thread.cpu_time.saturating_sub(account.cpu_time);
        account.virtual_runtime + scaled(ran, WEIGHT_OF_NICE_0.into(), thread.weight.max(1).into())
    }

    /// Opens or renews the account of `thread`, which is stored or blocked from
    /// now on.
    fn settle(&mut self, thread: &Attributes, virtual_runtime: Duration, weight: u32) {
        let account = Account {
            virtual_runtime,
            cpu_time: thread.cpu_time,
            weight,
        };
        let old = self.accounts.insert(thread.id, account).unwrap_or_default();
        self.weights = self.weights + u64::from(weight) - u64::from(old.weight);
    }
}

/// `duration` times `numerator` over `denominator`.
fn scaled(duration: Duration, numerator: u64, denominator: u64) -> Duration {
    let nanos = duration.as_nanos() * u128::from(numerator) / u128::from(denominator);
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

impl Policy for Fair {
    fn ready(&mut self, thread: &Attributes, _why: Ready, _now: Time) {
        let start = self.virtual_runtime(thread).max(self.smallest); // rule 4
        self.settle(thread, start, thread.weight.max(1));
        self.waiting.insert(start, thread.id);
    }

    // ANCHOR: pick
    fn pick(&mut self, _cpu: CpuId, _now: Time) -> Option<Pick> {
        let (virtual_runtime, thread) = self.waiting.pop()?; // rule 2
        self.smallest = self.smallest.max(virtual_runtime);
        let share = scaled(
            self.latency,
            self.accounts[&thread].weight.into(),
            self.weights,
        );
        let quantum = share.max(self.granularity); // rule 3
        Some(Pick::for_at_most(thread, quantum).because("its virtual runtime is smallest"))
    }
    // ANCHOR_END: pick

    fn stopped(&mut self, thread: &Attributes, _ran: Duration, why: StopReason, _now: Time) {
        let now_at = self.virtual_runtime(thread); // rule 1
        if why.still_runnable() {
            self.settle(thread, now_at, thread.weight.max(1));
            self.waiting.insert(now_at, thread.id);
        } else {
            self.settle(thread, now_at, 0);
        }
        if why == StopReason::Finished {
            self.accounts.remove(&thread.id);
        }
    }

    fn preempts(&self, new: &Attributes, current: &Attributes, _now: Time) -> bool {
        let ahead = self
            .virtual_runtime(current)
            .saturating_sub(self.virtual_runtime(new));
        ahead > self.granularity // rule 5
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{at, picks, weighty};
    use super::super::weight_of_nice;
    use super::*;

    const fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn policy() -> Fair {
        Fair::new(ms(48), ms(6))
    }

    /// The same thread after so much CPU time.
    fn after(thread: &Attributes, millis: u64) -> Attributes {
        Attributes {
            cpu_time: ms(millis),
            ..thread.clone()
        }
    }

    #[test]
    fn the_smallest_virtual_runtime_runs_and_of_equals_the_lower_number() {
        let mut policy = policy();
        let threads = [weighty(1, 1024), weighty(2, 2048), weighty(3, 1024)];
        for thread in &threads {
            policy.ready(thread, Ready::New, at(0));
        }
        assert_eq!(picks(&mut policy), [1, 2, 3]);
        for (thread, ran) in threads.iter().zip([10, 12, 6]) {
            policy.stopped(
                &after(thread, ran),
                ms(ran),
                StopReason::QuantumExpired,
                at(0),
            );
        }
        assert_eq!(picks(&mut policy), [2, 3, 1]); // at 6, 6 and 10
    }

    #[test]
    fn a_thread_runs_for_its_share_of_the_latency_but_not_for_less_than_the_granularity() {
        for (threads, slice) in [(1, 48), (2, 24), (4, 12), (10, 6)] {
            let mut policy = policy();
            for number in 1..=threads {
                policy.ready(&weighty(number, 1024), Ready::New, at(0));
            }
            let pick = policy.pick(CpuId(0), at(0)).unwrap();
            assert_eq!(pick.quantum, Some(ms(slice)), "{threads} threads"); // OSTEP
        }
    }

    #[test]
    fn blocked_and_finished_threads_do_not_narrow_the_share() {
        let mut policy = policy();
        for number in 1..=3 {
            policy.ready(&weighty(number, 1024), Ready::New, at(0));
        }
        assert_eq!(picks(&mut policy), [1, 2, 3]);
        policy.stopped(&weighty(1, 1024), ms(0), StopReason::Yielded, at(0));
        policy.stopped(&weighty(2, 1024), ms(0), StopReason::Blocked, at(0));
        policy.stopped(&weighty(3, 1024), ms(0), StopReason::Finished, at(0));
        let pick = policy.pick(CpuId(0), at(0)).unwrap();
        assert_eq!(pick.quantum, Some(ms(48)));
    }

    #[test]
    fn a_nice_threads_clock_runs_faster() {
        let mut policy = policy();
        let nice = weighty(1, weight_of_nice(19));
        policy.ready(&nice, Ready::New, at(0));
        let seconds = policy.virtual_runtime(&after(&nice, 15)).as_secs_f64();
        assert!((seconds - 1.024).abs() < 1e-9, "{seconds}"); // 15 ms * 1024 / 15
    }

    #[test]
    fn who_was_blocked_starts_where_the_others_are_and_preempts_who_is_far_ahead() {
        let mut policy = policy();
        let (busy, sleeper) = (weighty(1, 1024), weighty(2, 1024));
        policy.stopped(&sleeper, ms(0), StopReason::Blocked, at(0));
        policy.stopped(
            &after(&busy, 40),
            ms(40),
            StopReason::QuantumExpired,
            at(40),
        );
        assert_eq!(picks(&mut policy), [1]);
        policy.ready(&sleeper, Ready::Unblocked, at(40));
        assert_eq!(policy.virtual_runtime(&sleeper), ms(40)); // rule 4
        assert!(!policy.preempts(&sleeper, &after(&busy, 46), at(46)));
        assert!(policy.preempts(&sleeper, &after(&busy, 47), at(47))); // rule 5
    }
}
