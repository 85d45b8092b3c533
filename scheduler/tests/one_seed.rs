//! One seed, one trace: in checkpoint mode a program that uses everything there
//! is to wait for is traced byte for byte the same, as often as it runs.
//!
//! It runs in processes of its own, whose addresses and hash orders differ, and
//! twice in each. Time stamps of the log are off; the trace's own `t` is there.
//! Blocking calls are left out: they take as long as they take.

#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

use scheduler::policy::Lottery;
use scheduler::sync::atomic::{Ordering, fence};
use scheduler::sync::{
    Barrier, Condvar, Mutex, Once, OnceLock, RwLock, Semaphore, channel, unbounded,
};
use scheduler::{
    Builder, Local, Preemption, Scheduler, Shared, checkpoint, current, park, park_timeout, scope,
    sleep, spawn, trace, work, yield_now,
};
use std::collections::{BTreeSet, HashMap};
use std::env;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

/// What tells a child its seed.
const SEED: &str = "ONE_SEED";

/// Events of which the program has none: faults, calls, a schedule to follow (which
/// alone tells of choices and races), a real clock.
const NOT_HERE: [&str; 8] = [
    "call_entered",
    "call_left",
    "deadlock",
    "faulted",
    "lost",
    "offered",
    "raced",
    "resolved",
];

/// So many ms.
const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Of each thread its own.
static MOOD: Local<u32> = Local::new("mood", || 1);

/// What the threads of the program use.
struct Things {
    /// Locked by all.
    total: Mutex<u32>,
    /// The holder inherits.
    lent: Mutex<()>,
    /// Read by most.
    price: RwLock<u32>,
    /// Notified for the total.
    changed: Condvar,
    /// Two permits.
    permits: Semaphore,
    /// For all.
    barrier: Barrier,
    /// Happens once.
    once: Once,
    /// Made once.
    table: OnceLock<usize>,
    /// Raced on.
    count: Shared<u32>,
}

/// How many threads use the things.
const THREADS: usize = 6;

/// One of the threads.
fn use_everything(things: &Things, number: usize) {
    MOOD.set(u32::try_from(number).unwrap());
    things.count.store(things.count.load() + MOOD.take());
    drop(things.permits.acquire(1 + number % 2).unwrap());
    drop(things.permits.acquire_timeout(2, ms(1)));
    *things.price.write() += *things.total.lock();
    let price = things.price.read();
    yield_now();
    drop(price);
    things.once.call_once(|| sleep(ms(3)));
    things.table.get_or_init(|| {
        work(ms(2));
        number
    });
    if things.barrier.wait().is_leader() {
        trace::mark("all are here");
    }
    let lent = things.lent.lock();
    checkpoint();
    drop(lent);
    let mut total = things.total.lock();
    *total += 1;
    things.changed.notify_one();
    if *total as usize == THREADS {
        things.changed.notify_all();
    }
    let (total, _) = things.changed.wait_timeout(total, ms(2));
    let total = things
        .changed
        .wait_while(total, |total| (*total as usize) < THREADS);
    drop(total);
    park_timeout(ms(1));
}

/// Values go through channels of each kind.
fn hand_over() {
    let (full, slow) = channel(1);
    let (direct, meets) = channel(0);
    let (many, all) = unbounded();
    let workers: Vec<_> = [1, 2]
        .map(|_| {
            let (slow, direct, many) = (slow.clone(), direct.clone(), many.clone());
            spawn(move || {
                for n in &slow {
                    direct.send(n).unwrap();
                    many.send(n * n).unwrap();
                }
            })
        })
        .into();
    drop((slow, direct, many));
    let producer = spawn(move || (0..9_u32).try_for_each(|n| full.send(n)));
    let mut sum = 0;
    while let Ok(n) = meets.recv_timeout(ms(50)) {
        sum += n;
    }
    assert_eq!(sum, 36);
    assert_eq!(all.try_iter().sum::<u32>(), 204);
    producer.join().unwrap().unwrap();
    for worker in workers {
        worker.join().unwrap();
    }
}

/// Everything, under a lottery with this seed, on two CPUs.
fn program(seed: u64) {
    let things = Things {
        total: Mutex::new(0),
        lent: Mutex::inheriting(()),
        price: RwLock::new(0),
        changed: Condvar::new(),
        permits: Semaphore::new(2),
        barrier: Barrier::new(THREADS),
        once: Once::new(),
        table: OnceLock::new(),
        count: Shared::new("count", 0),
    };
    let things = Arc::new(things);
    Scheduler::new(Preemption::Checkpoint, Lottery::new(ms(2), seed))
        .cpus(2)
        .run(|| {
            // A map has another order in each process: only its sum is used.
            let mut threads = HashMap::new();
            for number in 0..THREADS {
                let things = Arc::clone(&things);
                let builder = Builder::new().name(format!("user {number}"));
                let builder = builder.priority(i32::try_from(number).unwrap()).weight(3);
                threads.insert(
                    number,
                    builder.spawn(move || use_everything(&things, number)),
                );
            }
            hand_over();
            fence(Ordering::SeqCst);
            let main = current();
            scope(|threads| {
                threads.spawn(|| main.unpark());
                park();
            });
            let told = spawn(|| std::panic::resume_unwind(Box::new("told")));
            assert!(told.join().is_err());
            for number in 0..THREADS {
                threads.remove(&number).unwrap().join().unwrap();
            }
            sleep(ms(500)); // nobody else is left: time jumps
        })
        .unwrap();
}

#[test]
#[ignore = "the program of the other test, which starts it"]
fn the_program() {
    let Ok(seed) = env::var(SEED) else { return };
    env_logger::builder()
        .filter_level(log::LevelFilter::Off)
        .filter_module("scheduler", log::LevelFilter::Trace)
        .format_timestamp(None)
        .init();
    for _ in 0..2 {
        program(seed.parse().unwrap());
    }
}

/// The traces of two runs in one new process, with that much more in its
/// environment, so that its addresses differ for certain.
fn traces(seed: u64, padding: usize) -> [String; 2] {
    let output = Command::new(env::current_exe().unwrap())
        .args(["--ignored", "--exact", "the_program", "--nocapture"])
        .env(SEED, seed.to_string())
        .env("PADDING", "x".repeat(padding))
        .env_remove("RUST_LOG")
        .output()
        .unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{errors}");
    [" sched=0 ", " sched=1 "].map(|run| {
        let lines = errors.lines().filter(|line| line.contains(run));
        let lines = lines.map(|line| line.replacen(run, " ", 1) + "\n");
        lines.collect()
    })
}

#[test]
fn one_seed_is_one_trace_in_one_process_and_in_others() {
    let [first, again] = traces(7, 10);
    let seen: BTreeSet<&str> = first
        .lines()
        .map(|line| line.split_whitespace().nth(2).unwrap())
        .collect();
    let missing: Vec<&str> = trace::VOCABULARY
        .iter()
        .map(|event| event.name)
        .filter(|name| !seen.contains(name) && !NOT_HERE.contains(name))
        .collect();
    assert_eq!(missing, [""; 0], "the program shall use everything");
    assert_same(&first, &again);
    for padding in [5_000, 90_000] {
        for other in traces(7, padding) {
            assert_same(&first, &other);
        }
    }
    assert_ne!(first, traces(8, 10)[0], "another seed is another trace");
}

/// Fails at the first line that differs.
#[track_caller]
fn assert_same(one: &str, other: &str) {
    for (number, (one, other)) in one.lines().zip(other.lines()).enumerate() {
        assert_eq!(one, other, "line {}", number + 1);
    }
    assert_eq!(one.lines().count(), other.lines().count());
}
