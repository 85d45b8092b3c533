//! Real threads whose priorities are what the learner's accounts say.
//!
//! A monitor stands in for the mutexes: it asks the accounts who gets which, and
//! sets every thread's priority to what they say. The policy is static priority,
//! so who runs is decided by the accounts alone, and the order in which threads
//! come to where they say something is the same always.

use super::script::name;
use super::{Accounting, NewAccounts};
use exercises::check::{Check, Complaint, Part};
use scheduler::policy::StaticPriority;
use scheduler::sync::Mutex;
use scheduler::{Builder, JoinHandle, Preemption, Scheduler, Thread, current, park, sleep, work};
use std::collections::BTreeMap;
use std::hint;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex as OsMutex, PoisonError};
use std::time::Duration;

/// The mutexes.
const A: u32 = 1;
/// Another.
const B: u32 = 2;

/// The mutexes, and what threads said.
struct Monitor {
    /// The accounts, and whom they are about. Inheriting, so that nobody is kept
    /// out by who is less important.
    inside: Mutex<Inside>,
    /// What was said, in order.
    said: OsMutex<Vec<String>>,
}

/// What changes under the monitor's own mutex.
struct Inside {
    /// The learner's.
    accounts: Box<dyn Accounting>,
    /// The threads that have come, by number.
    threads: BTreeMap<u32, Thread>,
    /// Who was given the mutex that it waits for, and has not noticed yet.
    given: Vec<u32>,
}

impl Inside {
    /// Gives every thread the priority that it has by the accounts.
    fn settle(&self) {
        for (number, thread) in &self.threads {
            let priority = self.accounts.priority(*number);
            if thread.own_priority() != priority {
                thread.set_priority(priority);
            }
        }
    }
}

impl Monitor {
    /// With the learner's accounts.
    fn new(new: NewAccounts) -> Arc<Monitor> {
        Arc::new(Monitor {
            inside: Mutex::inheriting(Inside {
                accounts: new(),
                threads: BTreeMap::new(),
                given: Vec::new(),
            }),
            said: OsMutex::default(),
        })
    }

    /// The calling thread is number `thread` from now on.
    fn enter(&self, thread: u32, priority: i32) {
        let mut inside = self.inside.lock();
        inside.accounts.set_priority(thread, priority);
        inside.threads.insert(thread, current());
    }

    /// `thread`, which calls this, takes `mutex`, when it gets it.
    fn lock(&self, thread: u32, mutex: u32) {
        let has = {
            let mut inside = self.inside.lock();
            let has = inside.accounts.lock(thread, mutex);
            inside.settle();
            has
        };
        while !has && !self.was_given(thread) {
            park();
        }
    }

    /// Whether `thread` was given what it waits for; said once.
    fn was_given(&self, thread: u32) -> bool {
        let mut inside = self.inside.lock();
        let place = inside.given.iter().position(|given| *given == thread);
        place.map(|place| inside.given.remove(place)).is_some()
    }

    /// The holder of `mutex`, which calls this, lets go of it.
    fn unlock(&self, mutex: u32) {
        let mut inside = self.inside.lock();
        let next = inside.accounts.unlock(mutex);
        if let Some(next) = next {
            inside.given.push(next);
            if let Some(thread) = inside.threads.get(&next) {
                thread.unpark();
            }
        }
        inside.settle();
    }

    /// Notes that a thread came so far.
    fn say(&self, what: &str) {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.push(what.to_owned());
    }

    /// Notes by what a thread is scheduled.
    fn say_priority(&self, thread: u32, who: &str) {
        let priority = self.inside.lock().accounts.priority(thread);
        self.say(&format!("{who} {priority}"));
    }
}

/// Something that has happened or not.
#[derive(Clone, Default)]
struct Flag(Arc<AtomicBool>);

impl Flag {
    /// It has happened.
    fn raise(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Waits for it, on the CPU.
    fn spin(&self) {
        while !self.0.load(Ordering::Acquire) {
            hint::spin_loop();
        }
    }

    /// Waits for it, off the CPU.
    fn sleep(&self) {
        while !self.0.load(Ordering::Acquire) {
            sleep(Duration::from_millis(1));
        }
    }
}

/// Starts thread `number` with this priority and name.
fn start(
    monitor: &Arc<Monitor>,
    number: u32,
    (priority, name): (i32, &str),
    body: impl FnOnce(&Monitor) + Send + 'static,
) -> JoinHandle<()> {
    let monitor = Arc::clone(monitor);
    Builder::new().name(name).priority(priority).spawn(move || {
        monitor.enter(number, priority);
        body(&monitor);
    })
}

/// Waits for all of them; how one that panicked ended is seen in what it said.
fn join(threads: impl IntoIterator<Item = JoinHandle<()>>) {
    for thread in threads {
        let _ = thread.join();
    }
}

/// Runs `main` with a monitor, and holds what was said against `expected`.
fn run(
    tried: &str,
    mode: Preemption,
    new: NewAccounts,
    main: impl FnOnce(&Arc<Monitor>),
    expected: &[&str],
) -> Result<(), Complaint> {
    let monitor = Monitor::new(new);
    let inside = Arc::clone(&monitor);
    let ended = Scheduler::new(mode, StaticPriority::new()).run(move || main(&inside));
    let said = monitor.said.lock().unwrap_or_else(PoisonError::into_inner);
    let fault = match ended {
        Ok(()) if *said == expected => return Ok(()),
        Ok(()) => String::new(),
        Err(error) => format!("\nand then: {error}"),
    };
    Err(Complaint {
        tried: tried.to_owned(),
        expected: expected.join(", "),
        happened: format!("{}{fault}", said.join(", ")),
        ..Complaint::default()
    })
}

/// The checks with real threads.
pub(super) fn checks() -> Vec<Check<NewAccounts>> {
    let check = |name, rule, run: fn(&NewAccounts) -> Result<(), Complaint>| Check {
        name,
        rule,
        part: Part::Threads,
        run: Box::new(run),
        step: Some(Box::new(run)),
    };
    vec![
        check(
            "threads_at_checkpoints",
            "real threads, stopped at checkpoints, come to their mutexes in Pintos's order",
            |new| donate_one(*new).and_then(|()| donate_nest(*new)),
        ),
        Check {
            step: None,
            ..check(
                "threads_by_signal",
                "real threads, preempted in the middle of a statement: nobody comes between",
                |new| inversion(*new),
            )
        },
    ]
}

/// Pintos's test `priority-donate-one`, and the order that it expects.
fn donate_one(new: NewAccounts) -> Result<(), Complaint> {
    let main = |monitor: &Arc<Monitor>| {
        current().set_priority(31);
        monitor.enter(1, 31);
        monitor.lock(1, A);
        let acquires = [(2, 32, "acquire1"), (3, 33, "acquire2")];
        let threads = acquires.map(|(number, priority, name)| {
            let thread = start(monitor, number, (priority, name), move |monitor| {
                monitor.lock(number, A);
                monitor.say(&format!("{name} got {}", self::name(A)));
                monitor.unlock(A);
                monitor.say(&format!("{name} done"));
            });
            monitor.say_priority(1, "main");
            thread
        });
        monitor.unlock(A);
        monitor.say("main done");
        join(threads);
    };
    run(
        "Pintos's priority-donate-one: main (31) holds A and starts acquire1 (32) and acquire2 \
         (33), which want it",
        Preemption::Checkpoint,
        new,
        main,
        &[
            "main 32",
            "main 33",
            "acquire2 got A",
            "acquire2 done",
            "acquire1 got A",
            "acquire1 done",
            "main done",
        ],
    )
}

/// Pintos's test `priority-donate-nest`, and the order that it expects.
fn donate_nest(new: NewAccounts) -> Result<(), Complaint> {
    let main = |monitor: &Arc<Monitor>| {
        current().set_priority(31);
        monitor.enter(1, 31);
        monitor.lock(1, A);
        let medium = start(monitor, 2, (32, "medium"), |monitor| {
            monitor.lock(2, B);
            monitor.lock(2, A);
            monitor.say_priority(2, "medium");
            monitor.say("medium got A");
            monitor.unlock(A);
            monitor.unlock(B);
            monitor.say("medium done");
        });
        monitor.say_priority(1, "main");
        let high = start(monitor, 3, (33, "high"), |monitor| {
            monitor.lock(3, B);
            monitor.say("high got B");
            monitor.unlock(B);
            monitor.say("high done");
        });
        monitor.say_priority(1, "main");
        monitor.unlock(A);
        monitor.say_priority(1, "main");
        join([medium, high]);
    };
    run(
        "Pintos's priority-donate-nest: main (31) holds A; medium (32) holds B and wants A; high \
         (33) wants B",
        Preemption::Checkpoint,
        new,
        main,
        &[
            "main 32",
            "main 33",
            "medium 33",
            "medium got A",
            "high got B",
            "high done",
            "medium done",
            "main 31",
        ],
    )
}

/// The inversion: a thread that computes is between who holds and who wants. No
/// time decides: each waits until the one before it is where it should be, and
/// two of them do so without ever giving the CPU up.
fn inversion(new: NewAccounts) -> Result<(), Complaint> {
    let main = |monitor: &Arc<Monitor>| {
        current().set_priority(10); // until all are there
        let [low_has_it, mid_is_here, high_is_here] = [(); 3].map(|()| Flag::default());
        let (has, come) = (low_has_it.clone(), high_is_here.clone());
        let low = start(monitor, 1, (1, "low"), move |monitor| {
            monitor.lock(1, A);
            monitor.say("low got A");
            has.raise();
            come.spin();
            // From here on high is in front. How soon it is seen is the machine's
            // matter, so low says no more.
            monitor.unlock(A);
        });
        let (here, come) = (mid_is_here.clone(), high_is_here.clone());
        let mid = start(monitor, 2, (5, "mid"), move |monitor| {
            low_has_it.sleep();
            here.raise();
            come.spin();
            work(Duration::from_millis(20));
            monitor.say("mid done");
        });
        let high = start(monitor, 3, (9, "high"), move |monitor| {
            mid_is_here.sleep();
            high_is_here.raise();
            monitor.lock(3, A);
            monitor.say("high got A");
            monitor.unlock(A);
            monitor.say("high done");
        });
        join([low, mid, high]);
    };
    run(
        "low (1) holds A and spins until high has come; mid (5) spins, too, and then computes for \
         20 ms; high (9) comes after both, and wants A",
        Preemption::Signal,
        new,
        main,
        &["low got A", "high got A", "high done", "mid done"],
    )
}
