//! Random small programs: the optimal search against the plain one.
//!
//! The plain search tries every interleaving; what they are kinds of is counted here.
//! The optimal search must find the same outcomes and failures, run each kind once,
//! and break nothing off; and each failing schedule must fail again.

use super::causes::Causes;
use super::execution::{Ending, Execution};
use super::guide::{Choice, Decision, Guide};
use super::optimal::Optimal;
use super::plain::Plain;
use super::{Conductor, Found, Trouble, replay, stage};
use crate::place::Place;
use crate::sync::atomic::{AtomicU32, Ordering};
use crate::sync::{
    Barrier, Condvar, Mutex, RwLock, Semaphore, UnboundedSender, channel, unbounded,
};
use crate::{Shared, Thread, current, outcome, park, park_timeout, sleep, spawn, yield_now};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex as StdMutex};
use std::time::Duration;

/// Numbers that look random, the same from the same seed (xorshift).
struct Random(u64);

impl Random {
    /// A number below `end`.
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

/// One operation of a program; the number says on which object.
#[derive(Clone, Copy, Debug)]
enum Does {
    Load(usize),
    Store(usize),
    Add(usize),
    Locked(usize, usize),
    TryLock(usize),
    Nested(usize),
    Read(usize),
    Write(usize),
    Acquire,
    Send,
    TrySend,
    Receive,
    TryReceive,
    ReceiveInTime,
    SendEndless,
    ReceiveEndless,
    Meet,
    Greet,
    Wait,
    WaitInTime,
    Notify,
    NotifyAll,
    Park,
    ParkInTime,
    Unpark(usize),
    Arrive,
    Yield,
    Sleep,
    Fail(u32),
}

/// What the threads of a program share.
struct World {
    variables: [Shared<u32>; 2],
    atomics: [AtomicU32; 2],
    mutexes: [Mutex<u32>; 2],
    rwlock: RwLock<u32>,
    semaphore: Semaphore,
    flag: Mutex<u32>,
    condvar: Condvar,
    barrier: Barrier,
}

/// A program: what each thread does.
type Program = Vec<Vec<Does>>;

/// The program of this seed, made of these operations.
fn program(seed: u64, all: &[Does]) -> Program {
    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    for _ in 0..8 {
        random.below(2);
    }
    let threads = 2 + random.below(2);
    // Of all kinds a few, so that they meet.
    let kinds: Vec<Does> = (0..3)
        .map(|_| all[usize::try_from(random.below(all.len() as u64)).unwrap()])
        .collect();
    let most = if threads == 2 { 4 } else { 3 };
    (0..threads)
        .map(|_| {
            let steps = 1 + random.below(most);
            let pick = |_| kinds[usize::try_from(random.below(3)).unwrap()];
            (0..steps).map(pick).collect()
        })
        .collect()
}

/// Runs `program`.
#[expect(clippy::too_many_lines, reason = "an arm for each operation")]
fn run(program: &Program) {
    let world = Arc::new(World {
        variables: [Shared::new("a", 0), Shared::new("b", 0)],
        atomics: [AtomicU32::new(0), AtomicU32::new(0)],
        mutexes: [Mutex::new(0), Mutex::new(0)],
        rwlock: RwLock::new(0),
        semaphore: Semaphore::new(1),
        flag: Mutex::new(0),
        condvar: Condvar::new(),
        barrier: Barrier::new(2),
    });
    let (sender, receiver) = channel::<u32>(1);
    let (meets, greets) = channel::<u32>(0);
    let (endless, takes_endless): (UnboundedSender<u32>, _) = unbounded();
    // What nobody needs is gone before anybody could notice.
    let needs = |kinds: &[&str]| {
        let mut names = program.iter().flatten().map(|step| format!("{step:?}"));
        names.any(|name| kinds.contains(&name.as_str()))
    };
    let bounded = ["Send", "TrySend", "Receive", "TryReceive", "ReceiveInTime"];
    let bounded = needs(&bounded).then_some((sender, receiver));
    let meeting = needs(&["Meet", "Greet"]).then_some((meets, greets));
    let endless = needs(&["SendEndless", "ReceiveEndless"]).then_some((endless, takes_endless));
    let mut threads: Vec<Thread> = Vec::new();
    let handles: Vec<_> = program
        .iter()
        .enumerate()
        .map(|(me, steps)| {
            let (steps, world) = (steps.clone(), Arc::clone(&world));
            let earlier = threads.clone();
            // Only the ends that it needs: to drop one is a step.
            let has = |kinds: &[&str]| {
                let mut names = steps.iter().map(|step| format!("{step:?}"));
                names.any(|name| kinds.contains(&name.as_str()))
            };
            let sender = has(&["Send", "TrySend"]).then(|| bounded.as_ref().unwrap().0.clone());
            let receives_some = has(&["Receive", "TryReceive", "ReceiveInTime"]);
            let receiver = receives_some.then(|| bounded.as_ref().unwrap().1.clone());
            let meets = has(&["Meet"]).then(|| meeting.as_ref().unwrap().0.clone());
            let greets = has(&["Greet"]).then(|| meeting.as_ref().unwrap().1.clone());
            let sends = has(&["SendEndless"]).then(|| endless.as_ref().unwrap().0.clone());
            let takes_endless =
                has(&["ReceiveEndless"]).then(|| endless.as_ref().unwrap().1.clone());
            let handle = spawn(move || {
                let my = u32::try_from(me).unwrap() + 1;
                let short = Duration::from_millis(5);
                let mut seen = Vec::new();
                for step in steps {
                    let got = match step {
                        Does::Load(on) => world.variables[on].load(),
                        Does::Store(on) => {
                            world.variables[on].store(my * 10);
                            0
                        }
                        Does::Add(on) => world.atomics[on].fetch_add(1, Ordering::SeqCst),
                        Does::Locked(on, variable) => {
                            let mut guard = world.mutexes[on].lock();
                            let before = world.variables[variable].load();
                            world.variables[variable].store(before + 1);
                            *guard += 1;
                            *guard
                        }
                        Does::TryLock(on) => world.mutexes[on].try_lock().map_or(99, |it| *it),
                        Does::Nested(first) => {
                            let _outer = world.mutexes[first].lock();
                            *world.mutexes[1 - first].lock()
                        }
                        Does::Read(on) => {
                            let guard = world.rwlock.read();
                            *guard + world.variables[on].load()
                        }
                        Does::Write(on) => {
                            let mut guard = world.rwlock.write();
                            *guard += 1;
                            world.variables[on].store(*guard);
                            *guard
                        }
                        Does::Acquire => {
                            let permit = world.semaphore.acquire(1).unwrap();
                            let before = world.variables[0].load();
                            drop(permit);
                            before
                        }
                        Does::Send => sender.as_ref().unwrap().send(my).map_or(98, |()| 1),
                        Does::TrySend => sender.as_ref().unwrap().try_send(my).map_or(98, |()| 1),
                        Does::Receive => receiver.as_ref().unwrap().recv().unwrap_or(97),
                        Does::TryReceive => receiver.as_ref().unwrap().try_recv().unwrap_or(97),
                        Does::ReceiveInTime => {
                            receiver.as_ref().unwrap().recv_timeout(short).unwrap_or(96)
                        }
                        Does::SendEndless => sends.as_ref().unwrap().send(my).map_or(98, |()| 1),
                        Does::ReceiveEndless => {
                            takes_endless.as_ref().unwrap().recv().unwrap_or(97)
                        }
                        Does::Meet => meets.as_ref().unwrap().send(my).map_or(98, |()| 1),
                        Does::Greet => greets.as_ref().unwrap().recv().unwrap_or(97),
                        Does::Wait => *world.condvar.wait(world.flag.lock()),
                        Does::WaitInTime => {
                            let guard = world.flag.lock();
                            let (guard, late) = world.condvar.wait_timeout(guard, short);
                            *guard + 50 * u32::from(late.timed_out())
                        }
                        Does::Notify => {
                            *world.flag.lock() += 1;
                            world.condvar.notify_one();
                            0
                        }
                        Does::NotifyAll => {
                            *world.flag.lock() += 1;
                            world.condvar.notify_all();
                            0
                        }
                        Does::Park => {
                            park();
                            0
                        }
                        Does::ParkInTime => {
                            park_timeout(short);
                            world.atomics[0].load(Ordering::SeqCst)
                        }
                        Does::Unpark(other) => {
                            if let Some(thread) = earlier.get(other) {
                                thread.unpark();
                            }
                            0
                        }
                        Does::Arrive => u32::from(world.barrier.wait().is_leader()),
                        Does::Yield => {
                            yield_now();
                            0
                        }
                        Does::Sleep => {
                            sleep(short);
                            0
                        }
                        Does::Fail(least) => {
                            let sum = world.variables[0].load();
                            assert!(sum < least, "the sum is {sum}");
                            0
                        }
                    };
                    seen.push(got);
                }
                seen
            });
            threads.push(handle.thread());
            handle
        })
        .collect();
    drop((bounded, meeting, endless));
    let seen: Vec<_> = handles
        .into_iter()
        .map(|handle| handle.join().unwrap_or_else(|_| vec![77]))
        .collect();
    let ends = (world.variables[0].load(), world.variables[1].load());
    outcome(format_args!("{seen:?} {ends:?}"));
    assert_eq!(current().id().0, 0);
}

/// A guide that notes of which kinds the executions are.
struct Kinds<G> {
    guide: G,
    causes: Causes,
    met: Arc<StdMutex<BTreeSet<Vec<u64>>>>,
}

impl<G: Guide> Guide for Kinds<G> {
    fn choose(&mut self, choice: &Choice<'_>) -> Decision {
        self.guide.choose(choice)
    }

    fn learn(&mut self, execution: &Execution) -> bool {
        if !matches!(execution.ending, Ending::Known) {
            self.causes.of(execution);
            let kind = self.causes.kind(execution);
            self.met.lock().unwrap().insert(kind);
        }
        self.guide.learn(execution)
    }
}

/// What a search came to, and how many kinds of executions it met.
fn search(guide: impl Guide + 'static, most: u64, program: &Program) -> Option<(Found, usize)> {
    let kinds = Arc::default();
    let guide = Kinds {
        guide,
        causes: Causes::default(),
        met: Arc::clone(&kinds),
    };
    let _one = stage::OneProcessor::new();
    let conductor = Conductor::new(Box::new(guide), 1_000, true);
    let mut found = Found::default();
    loop {
        let result = stage::search(&conductor, Place::caller(), || run(program));
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
        let texts = |found: &Found| -> BTreeSet<String> {
            found.outcomes().iter().map(|it| it.text.clone()).collect()
        };
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
            let replayed = replay(&text.parse().unwrap(), || run(&program)).unwrap();
            assert_eq!(
                replayed.trouble.as_ref(),
                Some(&failure.trouble),
                "seed {seed}: {text}"
            );
        }
    }
    println!("{compared} compared, {failing} failures replayed");
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
