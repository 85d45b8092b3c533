//! Random small programs: the optimal search against the plain one.
//!
//! The plain search tries every interleaving; what they are kinds of is counted here.
//! The optimal search must find the same outcomes and failures, run each kind once,
//! and break nothing off; and each failing schedule must fail again. With weak memory the
//! plain search does without thrift (rule 6 of [`memory`](super::memory)).

mod program;
mod weak;

use super::beginning::Beginning;
use super::causes::Causes;
use super::execution::{Ending, Execution};
use super::guide::{Choice, Decision, Guide};
use super::memory::Memory;
use super::optimal::Optimal;
use super::plain::Plain;
use super::{Conductor, Found, Trouble, replay, stage};
use crate::place::Place;
use crate::spawn;
use crate::sync::atomic::{AtomicU32, Ordering};
use program::{Does, Program, program, run};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

/// A guide that notes of which kinds the executions are.
struct Kinds<G> {
    guide: G,
    causes: Causes,
    met: Arc<Mutex<BTreeSet<Vec<u64>>>>,
}

impl<G: Guide> Guide for Kinds<G> {
    fn choose(&mut self, choice: &Choice<'_>) -> Decision {
        self.guide.choose(choice)
    }

    fn learn(&mut self, execution: &Execution) -> bool {
        if !matches!(execution.ending, Ending::Known) {
            let execution = execution.by_name();
            self.causes.of(&execution);
            let kind = self.causes.kind(&execution);
            self.met.lock().unwrap().insert(kind);
        }
        self.guide.learn(execution)
    }
}

/// What a search came to, and how many kinds of executions it met.
fn search(guide: impl Guide + 'static, most: u64, program: &Program) -> Option<(Found, usize)> {
    let strong = (Memory::Sequential, false);
    search_with(strong, guide, most, &|| run(program))
}

/// The same of any program, with this memory, lavish or not.
fn search_with(
    (memory, is_lavish): (Memory, bool),
    guide: impl Guide + 'static,
    most: u64,
    program: &dyn Fn(),
) -> Option<(Found, usize)> {
    let kinds = Arc::default();
    let guide = Kinds {
        guide,
        causes: Causes::default(),
        met: Arc::clone(&kinds),
    };
    let _one = stage::OneProcessor::new();
    let conductor = Conductor::new((Box::new(guide), memory), 1_000, true);
    conductor.lock().memory.is_lavish = is_lavish;
    let mut found = Found::default();
    loop {
        let result = stage::search(&conductor, Place::caller(), program);
        let ((), goes_on) = conductor.conclude(|execution, _| {
            if matches!(execution.ending, Ending::Known) {
                found.explored += 1;
                found.redundant += 1;
                return;
            }
            let trouble = Trouble::of(execution, false);
            let outcome = execution.outcome.take().unwrap_or_default();
            found.note(execution, trouble, outcome, None);
        });
        drop(result);
        if !goes_on {
            conductor.dismiss();
            let kinds = kinds.lock().unwrap().len();
            return Some((found, kinds));
        }
        if found.explored >= most {
            conductor.dismiss();
            return None;
        }
    }
}

/// So many programs of each family are compared; `PROGRAMS` in the environment says
/// another number.
const PROGRAMS: u64 = 200;

/// A schedule that failed is followed so many times, and fails in the same way each time.
const REPLAYS: u32 = 3;

/// Compares the searches of programs that are made of `all`.
fn compare(all: &[Does]) {
    let told = std::env::var("PROGRAMS").ok();
    let seeds = 0..told.map_or(PROGRAMS, |told| told.parse().unwrap());
    let (mut compared, mut failing) = (0, 0);
    for seed in seeds {
        let program = program(seed, all);
        let Some((plain, kinds)) = search(Plain::new(u32::MAX), 800, &program) else {
            continue;
        };
        compared += 1;
        let optimal = search(Optimal::default(), u64::MAX, &program);
        let (optimal, _) = optimal.expect("it has no limit");
        assert_eq!(texts(&optimal), texts(&plain), "seed {seed}: {program:?}");
        let troubles = |found: &Found| -> BTreeSet<String> {
            let troubles = found.failures().iter();
            troubles.map(|it| it.trouble.to_string()).collect()
        };
        assert_eq!(
            troubles(&optimal),
            troubles(&plain),
            "seed {seed}: {program:?}"
        );
        assert_eq!(
            (optimal.explored(), optimal.redundant()),
            (kinds as u64, 0),
            "seed {seed}: {program:?}"
        );
        for failure in optimal.failures() {
            failing += 1;
            let text = failure.schedule.to_string();
            for time in 0..REPLAYS {
                let replayed = replay(&text.parse().unwrap(), || run(&program)).unwrap();
                assert_eq!(
                    replayed.trouble.as_ref(),
                    Some(&failure.trouble),
                    "seed {seed}: {text}, time {time}"
                );
            }
        }
    }
    println!("{compared} compared, {failing} failures replayed");
}

#[test]
fn what_follows_a_beginning_is_all_that_can() {
    use Does::{Add, Fail, Load, Locked, Nested, Store};
    let all = [Load(0), Store(0), Add(1), Fail(10), Locked(0, 0), Nested(1)];
    let (mut compared, mut fewer) = (0, 0);
    for seed in 0..PROGRAMS / 4 {
        let program = program(seed, &all);
        let Some((whole, _)) = search(Plain::new(u32::MAX), 800, &program) else {
            continue;
        };
        for outcome in whole.outcomes().iter().take(2) {
            let steps = outcome.schedule.steps() * 2 / 3;
            let begun = Beginning::new(&outcome.schedule.first(steps));
            let plain = Plain::new(u32::MAX).after(begun.clone());
            let (plain, kinds) = search(plain, u64::MAX, &program).unwrap();
            let optimal = Optimal::after(begun);
            let (optimal, _) = search(optimal, u64::MAX, &program).unwrap();
            assert_eq!(texts(&optimal), texts(&plain), "seed {seed}: {program:?}");
            assert_eq!(
                (optimal.explored(), optimal.redundant()),
                (kinds as u64, 0),
                "seed {seed}: {program:?}"
            );
            assert!(texts(&plain).contains(&outcome.text), "seed {seed}");
            compared += 1;
            fewer += usize::from(plain.outcomes().len() < whole.outcomes().len());
        }
    }
    println!("{compared} compared, {fewer} with fewer outcomes than without a beginning");
    assert!(fewer > 10 && fewer < compared);
}

/// The outcomes of a search.
fn texts(found: &Found) -> BTreeSet<String> {
    found.outcomes().iter().map(|it| it.text.clone()).collect()
}

#[test]
fn weak_memory() {
    let seeds = 0..PROGRAMS;
    let (mut compared, mut weak, mut explored, mut redundant) = (0, 0, 0, 0);
    for seed in seeds {
        let threads = weak::program(seed);
        let program = || weak::run(&threads);
        let plain = Plain::new(u32::MAX);
        let Some((plain, _)) = search_with((Memory::C11, true), plain, 3_000, &program) else {
            continue;
        };
        let optimal = Optimal::default();
        let (optimal, kinds) =
            search_with((Memory::C11, false), optimal, u64::MAX, &program).unwrap();
        assert_eq!(texts(&optimal), texts(&plain), "seed {seed}: {threads:?}");
        assert_eq!(
            optimal.explored() - optimal.redundant(),
            kinds as u64,
            "seed {seed}: {threads:?}"
        );
        let (thrifty, thrifty_kinds) = {
            let plain = Plain::new(u32::MAX);
            search_with((Memory::C11, false), plain, u64::MAX, &program).unwrap()
        };
        assert_eq!(texts(&optimal), texts(&thrifty), "seed {seed}: {threads:?}");
        assert_eq!(kinds, thrifty_kinds, "seed {seed}: {threads:?}");
        compared += 1;
        explored += optimal.explored();
        redundant += optimal.redundant();
        let schedules = optimal.outcomes().iter().map(|it| &it.schedule);
        weak += u32::from(schedules.clone().any(super::Schedule::is_weak));
        for outcome in optimal.outcomes() {
            let text = outcome.schedule.to_string();
            let replayed = replay(&text.parse().unwrap(), program).unwrap();
            assert_eq!(replayed.outcome, outcome.text, "seed {seed}: {text}");
        }
    }
    println!("{compared} compared, {weak} weak, {redundant} of {explored} executions redundant");
    assert!(weak > 10);
}

#[test]
fn variables() {
    use Does::{Add, Fail, Load, Store, Yield};
    compare(&[
        Load(0),
        Load(1),
        Store(0),
        Store(1),
        Add(0),
        Fail(10),
        Yield,
    ]);
}

#[test]
fn locks() {
    use Does::{Fail, Load, Locked, Nested, Read, TryLock, Write};
    let all = [
        Locked(0, 0),
        Locked(1, 0),
        TryLock(0),
        Nested(0),
        Nested(1),
        Read(0),
        Write(0),
        Load(0),
        Fail(2),
    ];
    compare(&all);
}

#[test]
fn channels() {
    use Does::{
        Greet, Meet, Receive, ReceiveEndless, ReceiveInTime, Send, SendEndless, TryReceive, TrySend,
    };
    let all = [
        Send,
        TrySend,
        Receive,
        TryReceive,
        ReceiveInTime,
        SendEndless,
        ReceiveEndless,
        Meet,
        Greet,
    ];
    compare(&all);
}

#[test]
fn waits() {
    use Does::{
        Acquire, Add, Arrive, Notify, NotifyAll, Park, ParkInTime, Unpark, Wait, WaitInTime,
    };
    let all = [
        Wait,
        WaitInTime,
        Notify,
        NotifyAll,
        Park,
        ParkInTime,
        Unpark(0),
        Unpark(1),
        Acquire,
        Arrive,
        Add(0),
    ];
    compare(&all);
}

#[test]
fn everything() {
    use Does::{Acquire, Add, Load, Locked, Notify, Receive, Send, Sleep, Store, Unpark, Wait};
    let all = [
        Load(0),
        Store(0),
        Add(0),
        Locked(0, 0),
        Acquire,
        Send,
        Receive,
        Wait,
        Notify,
        Unpark(0),
        Sleep,
    ];
    compare(&all);
}

#[test]
fn spawns() {
    use Does::{Add, Fork, Load, Locked, Store};
    compare(&[Fork(0), Fork(1), Add(0), Load(0), Store(0), Locked(0, 0)]);
}

#[test]
fn who_is_woken_could_have_been_late() {
    let program = vec![vec![Does::TrySend, Does::Send], vec![Does::ReceiveInTime]];
    let no_limit = "it has no limit";
    let (_, kinds) = search(Plain::new(u32::MAX), u64::MAX, &program).expect(no_limit);
    let (found, _) = search(Optimal::default(), u64::MAX, &program).expect(no_limit);
    assert_eq!((found.explored(), found.redundant()), (kinds as u64, 0));
}

#[test]
fn two_threads_that_spawn_do_not_depend_on_each_other() {
    let program = || {
        let total = Arc::new(AtomicU32::new(0));
        let parents = [true, false].map(|adds| {
            let total = Arc::clone(&total);
            spawn(move || {
                if adds {
                    total.fetch_add(1, Ordering::SeqCst);
                }
                let child = spawn(move || total.fetch_add(1, Ordering::SeqCst));
                child.join().unwrap()
            })
        });
        parents.map(|parent| parent.join().unwrap())
    };
    let found = super::explore(program);
    let mut outcomes: Vec<&str> = found.outcomes().iter().map(|it| &*it.text).collect();
    outcomes.sort_unstable();
    // The second's child adds after both, between them, or before.
    assert_eq!(outcomes, ["[1, 2]", "[2, 0]", "[2, 1]"]);
    assert_eq!((found.explored(), found.redundant()), (3, 0));
    for outcome in found.outcomes() {
        let replayed = replay(&outcome.schedule, program).unwrap();
        assert_eq!(replayed.outcome, outcome.text); // by numbers, which a schedule has
    }
}
