//! Who is next: the one question that a scheduler's driver leaves open.
//!
//! A [`Policy`] stores the threads that can run and chooses among them. The
//! driver asks and obeys: the dispatcher for real threads, `simulation` for
//! jobs on paper. Both call in the same order, so a policy can be held against
//! a textbook's tables before it meets a thread.
//!
//! Invariants: (1) a policy stores exactly the runnable threads: those that
//! were made ready, or stopped without blocking or finishing, and have not been
//! picked since. (2) It holds ids and arithmetic; no thread handle, and no clock
//! but the `now` it is given. (3) The driver checks every answer; a policy that
//! is wrong is named, it cannot corrupt anything.
//!
//! Left out: what a thread waits for. Blocked threads are not a policy's matter.
//!
//! Book: chapters 2 and 15. Mirror: `runtime::ready_queue`.

mod attributes;
pub(crate) mod calls;
mod catalogue;
mod earliest_deadline_first;
mod earliest_eligible_virtual_deadline_first;
mod fair;
mod fault;
mod first_come_first_served;
mod line;
mod lottery;
mod multi_level_feedback;
mod nice;
mod per_cpu;
mod queue;
mod random;
pub mod rate_monotonic;
mod round_robin;
mod shortest_job_first;
mod shortest_time_to_completion_first;
mod sorted;
mod static_priority;
mod stride;
#[cfg(test)]
mod testing;

pub use attributes::{Attributes, CpuId, ThreadId};
pub use calls::{Call, Picked, What};
pub use catalogue::{Queues, SHIPPED, Settings, Shipped, by_name};
pub use earliest_deadline_first::EarliestDeadlineFirst;
pub use earliest_eligible_virtual_deadline_first::EarliestEligibleVirtualDeadlineFirst;
pub use fair::Fair;
pub use fault::{Fault, Instead, Rule, Told};
pub use first_come_first_served::FirstComeFirstServed;
pub use lottery::{Draw, Lottery};
pub use multi_level_feedback::{Level, MultiLevelFeedback};
pub use nice::{WEIGHT_OF_NICE_0, weight_of_nice};
pub use per_cpu::PerCpu;
pub use queue::Queue;
pub use random::SplitMix64;
pub use rate_monotonic::RateMonotonic;
pub use round_robin::RoundRobin;
pub use shortest_job_first::ShortestJobFirst;
pub use shortest_time_to_completion_first::ShortestTimeToCompletionFirst;
pub use static_priority::StaticPriority;
pub use stride::Stride;

use crate::time::Time;
use std::time::Duration;

/// Decides which runnable thread runs next, and for how long at most.
///
/// Three methods are needed; the rest have defaults that suit most policies.
/// At one instant the driver does these, in this order:
///
/// 1. [`stopped`](Policy::stopped) for each running thread whose stay ends now;
/// 2. [`timer`](Policy::timer), if it is due (the threads that still run are
///    first stopped, as [`StopReason::Preempted`]);
/// 3. [`ready`](Policy::ready) for each thread that can run from now on, each
///    followed by [`preempts`](Policy::preempts) for every thread that runs, if
///    more threads are stored than CPUs are free (of those that may run there);
/// 4. [`pick`](Policy::pick) for each CPU that is free, in the order of their
///    numbers.
///
/// A policy must not wait: in [`Preemption::Signal`](crate::Preemption::Signal)
/// it is called while threads are frozen, and whatever lock one of them holds is
/// held until the policy has answered: stdout's in the middle of a `println!`,
/// stderr's and the logger's. So a policy that prints, logs or locks can stop the
/// whole program for ever. It may allocate and panic. To look at it, give its
/// picks a [reason](Pick::because), or print in the checkpoint mode, where threads
/// stand still at checkpoints alone.
///
/// # Example
///
/// Last come, first served: unfair, and a whole policy.
///
/// ```
/// use scheduler::policy::{Attributes, CpuId, Pick, Policy, Ready, StopReason, ThreadId};
/// use scheduler::time::Time;
/// use std::time::Duration;
///
/// #[derive(Default)]
/// struct LastCome {
///     stack: Vec<ThreadId>,
/// }
///
/// impl Policy for LastCome {
///     fn ready(&mut self, thread: &Attributes, _why: Ready, _now: Time) {
///         self.stack.push(thread.id);
///     }
///
///     fn pick(&mut self, _cpu: CpuId, _now: Time) -> Option<Pick> {
///         self.stack.pop().map(Pick::until_it_stops)
///     }
///
///     fn stopped(&mut self, thread: &Attributes, _ran: Duration, why: StopReason, _now: Time) {
///         if why.still_runnable() {
///             self.stack.push(thread.id);
///         }
///     }
/// }
///
/// let mut policy = LastCome::default();
/// for number in 1..=3 {
///     policy.ready(&Attributes::new(ThreadId(number), Time::ZERO), Ready::New, Time::ZERO);
/// }
/// let next = policy.pick(CpuId(0), Time::ZERO).expect("three are stored");
/// assert_eq!(next.thread, ThreadId(3));
/// assert_eq!(policy.name(), "LastCome");
/// ```
pub trait Policy: Send {
    /// `thread` became runnable, because it is new or was unblocked: store it.
    fn ready(&mut self, thread: &Attributes, why: Ready, now: Time);

    /// `cpu` is free: remove one stored thread and say how long it may run.
    ///
    /// None means that no stored thread may run on `cpu`, usually because none
    /// is stored. The driver takes a None beside a runnable thread for a fault.
    fn pick(&mut self, cpu: CpuId, now: Time) -> Option<Pick>;

    /// `thread` left its CPU after a stay of `ran`: charge it if you keep
    /// accounts, and store it again if it is
    /// [still runnable](StopReason::still_runnable).
    fn stopped(&mut self, thread: &Attributes, ran: Duration, why: StopReason, now: Time);

    /// `new` was stored by [`ready`](Policy::ready) a moment ago, while
    /// `current` runs: must `current` give its CPU up at once?
    ///
    /// If so, `current` is stopped as [`StopReason::Preempted`] and its CPU is
    /// free for the next [`pick`](Policy::pick). Where `new` may preempt several,
    /// the one that the others of them would preempt is stopped.
    fn preempts(&self, new: &Attributes, current: &Attributes, now: Time) -> bool {
        let _ = (new, current, now);
        false
    }

    /// The next instant, later than `now`, at which [`timer`](Policy::timer)
    /// must run; None if never. The driver asks again after every decision.
    fn next_timer(&self, now: Time) -> Option<Time> {
        let _ = now;
        None
    }

    /// The instant that [`next_timer`](Policy::next_timer) asked for has come:
    /// raise everybody's priority, age the waiting, whatever it was for. No
    /// thread runs during the call, so all that can run are stored.
    fn timer(&mut self, now: Time) {
        let _ = now;
    }

    /// An attribute of `thread` changed (its priority, its weight, a priority
    /// lent to it), whether it is stored, running or blocked.
    ///
    /// It is called in step 3, before the calls of [`ready`](Policy::ready). The
    /// driver then asks [`preempts`](Policy::preempts) again: for a stored thread,
    /// whether it takes a CPU now; for one that runs, whether a stored one does.
    fn changed(&mut self, thread: &Attributes, now: Time) {
        let _ = (thread, now);
    }

    /// What traces and messages call this policy: one word. By default the
    /// name of the type.
    fn name(&self) -> &str {
        short_type_name(std::any::type_name::<Self>())
    }

    /// The quantum that threads usually get, for the trace's first record.
    /// What binds is the quantum of each [`Pick`].
    fn quantum(&self) -> Option<Duration> {
        None
    }

    /// The stored threads, queue by queue, for people who look; a driver never
    /// asks. None by default: then a viewer shows them as they came.
    fn queues(&self) -> Vec<Queue> {
        Vec::new()
    }
}

/// A boxed policy is a policy, so that a program can choose one as it runs.
impl<P: Policy + ?Sized> Policy for Box<P> {
    fn ready(&mut self, thread: &Attributes, why: Ready, now: Time) {
        (**self).ready(thread, why, now);
    }
    fn pick(&mut self, cpu: CpuId, now: Time) -> Option<Pick> {
        (**self).pick(cpu, now)
    }
    fn stopped(&mut self, thread: &Attributes, ran: Duration, why: StopReason, now: Time) {
        (**self).stopped(thread, ran, why, now);
    }
    fn preempts(&self, new: &Attributes, current: &Attributes, now: Time) -> bool {
        (**self).preempts(new, current, now)
    }
    fn next_timer(&self, now: Time) -> Option<Time> {
        (**self).next_timer(now)
    }
    fn timer(&mut self, now: Time) {
        (**self).timer(now);
    }
    fn changed(&mut self, thread: &Attributes, now: Time) {
        (**self).changed(thread, now);
    }
    fn name(&self) -> &str {
        (**self).name()
    }
    fn quantum(&self) -> Option<Duration> {
        (**self).quantum()
    }
    fn queues(&self) -> Vec<Queue> {
        (**self).queues()
    }
}

/// Why a thread can run from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ready {
    /// It was spawned, and has never run.
    New,
    /// It was blocked (a lock, a channel, a sleep, a blocking call), and what it
    /// waited for came.
    Unblocked,
}

/// Why a thread left its CPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StopReason {
    /// It ran for all of its quantum.
    QuantumExpired,
    /// Its CPU was taken away before its quantum was over: because of a thread
    /// that [`preempts`](Policy::preempts) it, or for the [`timer`](Policy::timer).
    Preempted,
    /// It offered its CPU to others of its own accord, and can go on.
    Yielded,
    /// It waits for something; [`Policy::ready`] brings it back.
    Blocked,
    /// It is over.
    Finished,
}

impl StopReason {
    /// Whether the thread can go on at once, so that the policy must store it.
    pub const fn still_runnable(self) -> bool {
        match self {
            StopReason::QuantumExpired | StopReason::Preempted | StopReason::Yielded => true,
            StopReason::Blocked | StopReason::Finished => false,
        }
    }
}

/// A policy's answer: who runs, and for how long at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pick {
    /// The thread that gets the CPU; the policy stores it no longer.
    pub thread: ThreadId,
    /// Its quantum (time slice): when it is over, the CPU is taken away. None:
    /// the thread runs until it stops by itself.
    pub quantum: Option<Duration>,
    /// The policy's reason in a few words, for the trace; None if it says none.
    pub why: Option<&'static str>,
}

impl Pick {
    /// `thread` runs until it blocks, yields or finishes.
    pub const fn until_it_stops(thread: ThreadId) -> Pick {
        Pick {
            thread,
            quantum: None,
            why: None,
        }
    }

    /// `thread` runs until it stops by itself, but not longer than `quantum`.
    pub const fn for_at_most(thread: ThreadId, quantum: Duration) -> Pick {
        Pick {
            thread,
            quantum: Some(quantum),
            why: None,
        }
    }

    /// The same pick, with a reason that the trace shows to the learner.
    #[must_use]
    pub const fn because(self, why: &'static str) -> Pick {
        Pick {
            why: Some(why),
            ..self
        }
    }
}

/// `a::b::Name<c::D>` as `Name`.
fn short_type_name(full: &str) -> &str {
    let path = full.split('<').next().unwrap_or(full);
    path.rsplit("::").next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_called_by_its_type_without_path_and_parameters() {
        assert_eq!(short_type_name("a::b::Name<c::D>"), "Name");
        assert_eq!(short_type_name("Name"), "Name");
    }
}
