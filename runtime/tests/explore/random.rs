//! Random small programs: the reduced search against the plain one.
//!
//! The plain search tries every order of polls and of timers. The reduced one must find
//! the same outcomes and failures in no more executions; and each of them must come again
//! along its schedule.

use runtime::sync::{Notify, Semaphore};
use runtime::{Explore, Found, Search, replay, sleep, spawn, timeout, yield_now};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

/// What a task does.
#[derive(Clone, Copy, Debug)]
enum Does {
    Yields,
    Sleeps(u64),
    /// For so long, at most until then.
    SleepsAtMost(u64, u64),
    /// Several at once, by wakers that are not the loop's own.
    SleepsTwice(u64, u64),
    Writes,
    Notifies,
    WaitsForNotify,
    Locks,
    /// Ends another task.
    Aborts,
}

/// Numbers by chance (xorshift), from a seed that is not 0.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

/// A program: what each of its tasks does.
fn program(seed: u64) -> Vec<Vec<Does>> {
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    (0..2 + random.below(2))
        .map(|_| {
            (0..=random.below(2))
                .map(|_| match random.below(9) {
                    0 => Does::Yields,
                    1 => Does::Sleeps(random.below(2)),
                    2 => Does::SleepsAtMost(random.below(2), random.below(2)),
                    3 => Does::SleepsTwice(random.below(2), random.below(2)),
                    4 => Does::Writes,
                    5 => Does::Notifies,
                    6 => Does::WaitsForNotify,
                    7 => Does::Locks,
                    _ => Does::Aborts,
                })
                .collect()
        })
        .collect()
}

/// Runs it. What its tasks wrote, and how each ended.
async fn run(program: &[Vec<Does>]) -> String {
    let log = Rc::new(RefCell::new(String::new()));
    let (notify, permit) = (Rc::new(Notify::new()), Rc::new(Semaphore::new(1)));
    let victim: Rc<RefCell<Option<runtime::JoinHandle<()>>>> = Rc::default();
    let handles: Vec<_> = program
        .iter()
        .zip('a'..)
        .map(|(does, letter)| {
            let does = does.clone();
            let (log, notify, permit) = (Rc::clone(&log), Rc::clone(&notify), Rc::clone(&permit));
            let victim = Rc::clone(&victim);
            spawn(async move {
                let seconds = Duration::from_secs;
                for it in does {
                    match it {
                        Does::Yields => yield_now().await,
                        Does::Sleeps(time) => sleep(seconds(time)).await,
                        Does::SleepsAtMost(time, most) => {
                            let is_ok = timeout(seconds(most), sleep(seconds(time))).await.is_ok();
                            log.borrow_mut().push(if is_ok { '+' } else { '-' });
                        }
                        Does::SleepsTwice(one, two) => {
                            let both = [sleep(seconds(one)), sleep(seconds(two))];
                            futures::future::select_all(both).await;
                        }
                        Does::Writes => {}
                        Does::Notifies => notify.notify_one(),
                        Does::WaitsForNotify => notify.notified().await,
                        Does::Locks => {
                            let _held = permit.acquire(1).await;
                            yield_now().await;
                        }
                        Does::Aborts => {
                            if let Some(victim) = &*victim.borrow() {
                                victim.abort();
                            }
                        }
                    }
                    log.borrow_mut().push(letter);
                }
            })
        })
        .collect();
    let mut handles = handles.into_iter();
    victim.replace(handles.next());
    for handle in handles {
        let _ = handle.await;
    }
    let victim = victim.take();
    if let Some(victim) = victim {
        let ended = victim.await;
        log.borrow_mut().push(if ended.is_ok() { '.' } else { '!' });
    }
    log.take()
}

/// So many programs; `PROGRAMS` in the environment says another number.
const PROGRAMS: u64 = 100;

/// What came out, each with what went wrong.
fn texts(found: &Found) -> BTreeSet<String> {
    let outcomes = found.outcomes().iter().map(|it| it.text.clone());
    let troubles = found.failures().iter().map(|it| it.trouble.to_string());
    outcomes.chain(troubles).collect()
}

#[test]
fn the_reduced_search_finds_what_the_plain_one_finds_in_random_programs() {
    let told = std::env::var("PROGRAMS").ok();
    let seeds = 1..=told.map_or(PROGRAMS, |told| told.parse().unwrap());
    let (mut compared, mut failing, mut all, mut tried) = (0, 0, 0, 0);
    for seed in seeds {
        let program = program(seed);
        let plain = Explore::new().search(Search::Plain).executions_limit(1_000);
        let plain = plain.run(|| run(&program));
        if !plain.exhausted() {
            continue;
        }
        compared += 1;
        let reduced = Explore::new().run(|| run(&program));
        assert!(reduced.exhausted());
        assert_eq!(texts(&reduced), texts(&plain), "seed {seed}: {program:?}");
        assert!(
            reduced.explored() <= plain.explored(),
            "seed {seed}: {program:?}"
        );
        (all, tried) = (all + plain.explored(), tried + reduced.explored());
        for failure in reduced.failures() {
            failing += 1;
            let again = replay(&failure.schedule, || run(&program)).unwrap();
            assert_eq!(
                again.trouble.as_ref(),
                Some(&failure.trouble),
                "seed {seed}"
            );
            let same = plain
                .failures()
                .iter()
                .find(|it| it.trouble == failure.trouble);
            assert_eq!(same.unwrap().deviations, failure.deviations, "seed {seed}");
        }
        for outcome in reduced.outcomes() {
            let again = replay(&outcome.schedule, || run(&program)).unwrap();
            let is_same = again.trouble.is_some() || again.outcome == outcome.text;
            assert!(is_same, "seed {seed}: {} {}", outcome.text, again.outcome);
        }
    }
    println!("{compared} programs, {failing} failures; {tried} executions for {all}");
    assert!(compared >= 40 && failing >= 10);
    assert!(tried * 10 < all * 9, "timers are reduced");
}
