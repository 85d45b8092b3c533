//! Real threads that take turns at checkpoints, in an order that can be varied.
//!
//! What goes wrong between threads often goes wrong in one order of many. Here
//! the order is data: a quantum, counted in checkpoints, and either a round or
//! lots drawn from a seed. The same turns give the same run, always.
//!
//! Invariant: (1) a run ends: threads that all wait are a standstill, and those
//! that compute on and on are stopped, if they pass checkpoints at all.
//!
//! Book: "Exercises" in the introduction.

use scheduler::policy::{Attributes, CpuId, Lottery, Pick, Policy, Ready, RoundRobin, StopReason};
use scheduler::time::Time;
use scheduler::{Preemption, RunError, Scheduler};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How long a checkpoint takes.
pub const TICK: Duration = Duration::from_micros(1);

/// How many checkpoints the threads of one run may pass together.
const LIMIT: u32 = 5_000;

/// Who runs when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turns {
    /// How many checkpoints a turn lasts at most, one at least.
    pub quantum: u32,
    /// Lots are drawn with this seed; None: round and round.
    pub seed: Option<u64>,
}

/// Why a run came to no good end.
#[derive(Debug)]
pub enum Stuck {
    /// Nobody can go on: who waits for what, as a sentence.
    Standstill(String),
    /// The threads passed more checkpoints than any honest run does.
    Busy,
    /// It could not be run.
    Failed(String),
}

impl Turns {
    /// Long turns, round and round: threads change places where they wait.
    pub const PLAIN: Turns = Turns {
        quantum: 50,
        seed: None,
    };

    /// Runs `main` as thread 0 of a scheduler with one CPU, and all that it
    /// starts. A panic of `main` goes on.
    ///
    /// # Errors
    ///
    /// Why the run could not go on.
    pub fn run(self, main: impl FnOnce()) -> Result<(), Stuck> {
        let quantum = TICK * self.quantum;
        let inner: Box<dyn Policy> = match self.seed {
            None => Box::new(RoundRobin::new(quantum)),
            Some(seed) => Box::new(Lottery::new(quantum, seed)),
        };
        let is_over = Arc::new(AtomicBool::new(false));
        let policy = Limited {
            inner,
            left: TICK * LIMIT,
            is_over: Arc::clone(&is_over),
        };
        let scheduler = Scheduler::new(Preemption::Checkpoint, policy).tick(TICK);
        match scheduler.run(main) {
            Ok(()) => Ok(()),
            Err(_) if is_over.load(Ordering::Relaxed) => Err(Stuck::Busy),
            Err(RunError::Deadlock(deadlock)) => Err(Stuck::Standstill(deadlock.to_string())),
            Err(error) => Err(Stuck::Failed(error.to_string())),
        }
    }

    /// Turns that are simpler than these, the boldest first.
    pub fn simpler(self) -> Vec<Turns> {
        let quantum = self.quantum;
        let quanta = [1, quantum.saturating_sub(1)];
        let quanta = quanta.into_iter().filter(|new| (1..quantum).contains(new));
        let round = self.seed.map(|_| Turns {
            quantum,
            seed: None,
        });
        let quicker = quanta.map(|quantum| Turns { quantum, ..self });
        round.into_iter().chain(quicker).collect()
    }
}

impl fmt::Display for Turns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.quantum {
            1 => f.write_str("turns of one checkpoint")?,
            quantum => write!(f, "turns of {quantum} checkpoints")?,
        }
        match self.seed {
            None => f.write_str(", one thread after the other"),
            Some(seed) => write!(f, ", drawn by lot (seed {seed})"),
        }
    }
}

/// A policy whose threads have so much time together, and then no more (1).
struct Limited {
    /// Who is next.
    inner: Box<dyn Policy>,
    /// How much time is left.
    left: Duration,
    /// Set when none is left.
    is_over: Arc<AtomicBool>,
}

impl Policy for Limited {
    fn ready(&mut self, thread: &Attributes, why: Ready, now: Time) {
        self.inner.ready(thread, why, now);
    }

    fn pick(&mut self, cpu: CpuId, now: Time) -> Option<Pick> {
        if self.left.is_zero() {
            // The driver ends the run of a policy that leaves a CPU idle.
            self.is_over.store(true, Ordering::Relaxed);
            return None;
        }
        self.inner.pick(cpu, now)
    }

    fn stopped(&mut self, thread: &Attributes, ran: Duration, why: StopReason, now: Time) {
        self.left = self.left.saturating_sub(ran);
        self.inner.stopped(thread, ran, why, now);
    }

    fn name(&self) -> &str {
        self.inner.name()
    }

    fn quantum(&self) -> Option<Duration> {
        self.inner.quantum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scheduler::sync::{Condvar, Mutex};
    use scheduler::{checkpoint, spawn};
    use std::sync::Mutex as StdMutex;

    /// In which order two threads of four checkpoints each come to them.
    fn order(turns: Turns) -> Vec<u32> {
        let order = Arc::new(StdMutex::new(Vec::new()));
        let notes = Arc::clone(&order);
        turns
            .run(move || {
                let threads = [1, 2].map(|number| {
                    let notes = Arc::clone(&notes);
                    spawn(move || {
                        for _ in 0..4 {
                            notes.lock().unwrap().push(number);
                            checkpoint();
                        }
                    })
                });
                for thread in threads {
                    thread.join().unwrap();
                }
            })
            .unwrap();
        Arc::into_inner(order).unwrap().into_inner().unwrap()
    }

    #[test]
    fn the_same_turns_give_the_same_order_and_others_another() {
        let lots = |seed| Turns {
            quantum: 1,
            seed: Some(seed),
        };
        assert_eq!(order(lots(3)), order(lots(3)));
        assert!((0..5).any(|seed| order(lots(seed)) != order(lots(3))));
        assert_eq!(order(Turns::PLAIN), [1, 1, 1, 1, 2, 2, 2, 2]);
    }

    #[test]
    fn threads_that_all_wait_are_a_standstill_and_busy_ones_are_stopped() {
        let waits = || drop(Condvar::new().wait(Mutex::new(()).lock()));
        let stuck = Turns::PLAIN.run(waits).unwrap_err();
        assert!(matches!(stuck, Stuck::Standstill(who) if who.contains("condition variable 1")));
        let spins = || {
            loop {
                checkpoint();
            }
        };
        assert!(matches!(Turns::PLAIN.run(spins), Err(Stuck::Busy)));
    }
}
