//! Waiting and waking, in two system calls that take no lock.
//!
//! A frozen thread stands at a [`Gate`] inside a signal handler; the dispatcher
//! listens to a [`Bell`]. Neither may use std's locks: the one because a
//! handler must not, the other because a frozen thread could hold them.
//!
//! Invariants: (1) a word is always compared by the kernel, or under a lock,
//! just before the sleep, so a wake between look and sleep is not lost;
//! (2) every wait may return for no reason, and both types look again;
//! (3) on Linux nothing here locks or allocates, so a handler may call it;
//! (4) these calls are ours, and never dispatched to [`syscalls`](super::syscalls).
//!
//! Left out: futexes between processes; more than one listener of a bell.
//!
//! Book: chapter 13. Mirror: mio's waker, the `Notifier` of `runtime`.

use std::sync::atomic::{AtomicU32, Ordering};

pub(crate) use system::{wait, wait_until, wake};

/// A gate at which one thread waits, and that lets it through once.
///
/// ```text
///            (1) open
///   CLOSED ───────────► OPEN
///     ▲                  │
///     └──────────────────┘
///            (2) wait: the thread passes, and the gate closes behind it
/// ```
#[derive(Debug, Default)]
pub(crate) struct Gate {
    /// [`Gate::CLOSED`] or [`Gate::OPEN`].
    word: AtomicU32,
}

impl Gate {
    /// Nobody may pass.
    const CLOSED: u32 = 0;
    /// One thread may pass, once.
    const OPEN: u32 = 1;

    /// A closed gate.
    pub(crate) const fn new() -> Self {
        Self {
            word: AtomicU32::new(Self::CLOSED),
        }
    }

    /// Lets the thread through that stands here, or the next one to come.
    pub(crate) fn open(&self) {
        self.word.store(Self::OPEN, Ordering::Release); // (1)
        wake(&self.word, 1);
    }

    // ANCHOR: gate
    /// Waits until the gate is open, and closes it behind itself.
    pub(crate) fn wait(&self) {
        while self.word.swap(Self::CLOSED, Ordering::Acquire) != Self::OPEN {
            wait(&self.word, Self::CLOSED);
        } // (2)
    }
    // ANCHOR_END: gate
}

/// A bell that any thread may ring and one thread listens to.
///
/// It remembers one ring, so a listener that first looks for work and then
/// waits misses nothing:
///
/// ```text
///            (1) ring                  (3) wait
///   SILENT ───────────► RUNG   SILENT ─────────► ASLEEP
///     ▲                  │       ▲                 │ (4) ring, and a wake
///     └──────────────────┘       └──── RUNG ◄──────┘
///          (2) wait returns         (2)
/// ```
#[derive(Debug, Default)]
pub(crate) struct Bell {
    /// [`Bell::SILENT`], [`Bell::RUNG`] or [`Bell::ASLEEP`].
    word: AtomicU32,
}

impl Bell {
    /// Not rung since the last wait; the listener is awake.
    const SILENT: u32 = 0;
    /// Rung: the next wait returns at once.
    const RUNG: u32 = 1;
    /// Not rung, and the listener sleeps: a ring must wake it.
    const ASLEEP: u32 = 2;

    /// A silent bell.
    pub(crate) const fn new() -> Self {
        Self {
            word: AtomicU32::new(Self::SILENT),
        }
    }

    /// Ends the listener's wait, or the next one. Costs a system call only if
    /// the listener sleeps.
    pub(crate) fn ring(&self) {
        // (1), (4): everything written before is seen by whom the wait lets go.
        if self.word.swap(Self::RUNG, Ordering::AcqRel) == Self::ASLEEP {
            wake(&self.word, 1);
        }
    }

    /// Whether the listener sleeps, at this moment.
    pub(crate) fn is_asleep(&self) -> bool {
        self.word.load(Ordering::Relaxed) == Self::ASLEEP
    }

    /// Waits for a ring.
    pub(crate) fn wait(&self) {
        self.listen(None);
    }

    /// Waits for a ring until `deadline` (see [`super::clock`]), and says
    /// whether it was heard.
    pub(crate) fn wait_until(&self, deadline: u64) -> bool {
        self.listen(Some(deadline))
    }

    /// The wait behind both.
    fn listen(&self, deadline: Option<u64>) -> bool {
        let fall_asleep = self.word.compare_exchange(
            Self::SILENT,
            Self::ASLEEP, // (3)
            Ordering::Acquire,
            Ordering::Acquire,
        );
        if fall_asleep.is_ok() {
            while self.word.load(Ordering::Acquire) == Self::ASLEEP {
                match deadline {
                    None => wait(&self.word, Self::ASLEEP),
                    Some(deadline) if super::clock::now() >= deadline => break,
                    Some(deadline) => wait_until(&self.word, Self::ASLEEP, deadline),
                }
            }
        }
        self.word.swap(Self::SILENT, Ordering::Acquire) == Self::RUNG // (2)
    }
}

/// The kernel's own: a sleep and a wake on a word of this process.
#[cfg(target_os = "linux")]
mod system {
    use super::super::syscalls;
    use super::AtomicU32;
    use std::ptr;

    /// Waits until an absolute instant, if there is one.
    const WAIT: usize =
        (libc::FUTEX_WAIT_BITSET | libc::FUTEX_PRIVATE_FLAG).cast_unsigned() as usize;
    /// Wakes.
    const WAKE: usize = (libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG).cast_unsigned() as usize;
    /// Any wake ends the wait.
    const ANYBODY: usize = libc::FUTEX_BITSET_MATCH_ANY.cast_unsigned() as usize;

    /// Sleeps while `word` is `expected`, until a [`wake`]; may return early.
    pub(crate) fn wait(word: &AtomicU32, expected: u32) {
        sleep(word, expected, ptr::null());
    }

    /// As [`wait`], at most until `deadline` (an instant of [`super::super::clock`]).
    pub(crate) fn wait_until(word: &AtomicU32, expected: u32, deadline: u64) {
        let deadline = super::super::clock::timespec(deadline);
        sleep(word, expected, &raw const deadline);
    }

    /// The system call of both: `deadline` is null or points to an instant.
    fn sleep(word: &AtomicU32, expected: u32, deadline: *const libc::timespec) {
        // SAFETY: the call requires that `word` stays readable while it lasts,
        // which the borrow supplies, and that `deadline` is null or points to a
        // `timespec`, which both callers above supply from their own stack. A
        // third caller with another pointer would break it. The kernel only
        // reads `word`, atomically, as every other access to it is.
        unsafe {
            syscalls::call(
                libc::SYS_futex,
                [
                    word.as_ptr().expose_provenance(),
                    WAIT,
                    expected as usize,
                    deadline.expose_provenance(),
                    0,
                    ANYBODY,
                ],
            )
        };
    }

    /// Wakes up to `count` threads that sleep on `word`.
    pub(crate) fn wake(word: &AtomicU32, count: u32) {
        // SAFETY: the kernel takes the address as a name and reads nothing
        // there, so the call requires nothing of `word`; a frozen thread whose
        // word is already gone is woken for no reason at worst, which
        // invariant (2) of the module allows.
        unsafe {
            syscalls::call(
                libc::SYS_futex,
                [
                    word.as_ptr().expose_provenance(),
                    WAKE,
                    count.min(i32::MAX.unsigned_abs()) as usize,
                    0,
                    0,
                    0,
                ],
            )
        };
    }
}

/// The same two calls by a lock and a condition variable. Good enough where
/// nothing is ever frozen: outside Linux there is no `Preemption::Signal`.
#[cfg(not(target_os = "linux"))]
mod system {
    use super::{AtomicU32, Ordering};
    use std::sync::{Condvar, Mutex, PoisonError};
    use std::time::Duration;

    /// Guards every look at a word that precedes a sleep.
    static LOOK: Mutex<()> = Mutex::new(());
    /// Everybody sleeps here, and looks at its own word when woken.
    static SLEEPERS: Condvar = Condvar::new();

    /// Sleeps while `word` is `expected`, until a [`wake`]; may return early.
    pub(crate) fn wait(word: &AtomicU32, expected: u32) {
        wait_until(word, expected, u64::MAX);
    }

    /// As [`wait`], at most until `deadline` (an instant of [`super::super::clock`]).
    pub(crate) fn wait_until(word: &AtomicU32, expected: u32, deadline: u64) {
        let look = LOOK.lock().unwrap_or_else(PoisonError::into_inner);
        if word.load(Ordering::Acquire) == expected {
            let left = deadline.saturating_sub(super::super::clock::now());
            // A century at most: some systems overflow above.
            let left = Duration::from_nanos(left.min(3_000_000_000_000_000_000));
            drop(SLEEPERS.wait_timeout(look, left));
        }
    }

    /// Wakes those that sleep on `word` (and others, which look again).
    pub(crate) fn wake(_word: &AtomicU32, _count: u32) {
        drop(LOOK.lock().unwrap_or_else(PoisonError::into_inner));
        SLEEPERS.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preempt::clock;
    use std::sync::atomic::AtomicUsize;
    use std::thread;

    #[test]
    fn wait_returns_at_once_when_the_word_has_changed() {
        wait(&AtomicU32::new(1), 0);
    }

    #[test]
    fn wait_until_ends_at_its_deadline() {
        let word = AtomicU32::new(0);
        let deadline = clock::now() + 2_000_000;
        while clock::now() < deadline {
            wait_until(&word, 0, deadline);
        }
    }

    #[test]
    fn gate_opened_before_the_wait_lets_one_through() {
        let gate = Gate::new();
        gate.open();
        gate.wait();
        assert_eq!(gate.word.load(Ordering::Relaxed), Gate::CLOSED);
    }

    #[test]
    fn two_gates_hand_a_baton_to_and_fro() {
        let (there, back, passed) = (Gate::new(), Gate::new(), AtomicUsize::new(0));
        thread::scope(|scope| {
            scope.spawn(|| {
                for _ in 0..10_000 {
                    there.wait();
                    passed.fetch_add(1, Ordering::Relaxed);
                    back.open();
                }
            });
            for turn in 0..10_000 {
                assert_eq!(passed.load(Ordering::Relaxed), turn);
                there.open();
                back.wait();
            }
        });
    }

    #[test]
    fn bell_rung_before_the_wait_is_heard() {
        let bell = Bell::new();
        bell.ring();
        bell.ring();
        bell.wait();
        assert!(!bell.wait_until(clock::now()), "two rings are one");
    }

    #[test]
    fn bell_that_nobody_rings_is_not_heard() {
        assert!(!Bell::new().wait_until(clock::now() + 1_000_000));
    }

    #[test]
    fn listener_that_looks_then_waits_misses_no_ring() {
        let (bell, work) = (Bell::new(), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..5_000 {
                        work.fetch_add(1, Ordering::Relaxed);
                        bell.ring();
                    }
                });
            }
            let mut done = 0;
            while done < 20_000 {
                bell.wait();
                done += work.swap(0, Ordering::Relaxed);
            }
        });
    }
}
