//! Small programs, made by chance of operations on what threads share.

use crate::explore::sample::below;
use crate::policy::SplitMix64;
use crate::sync::atomic::{AtomicU32, Ordering};
use crate::sync::{
    Barrier, Condvar, Mutex, RwLock, Semaphore, UnboundedSender, channel, unbounded,
};
use crate::{Shared, Thread, current, outcome, park, park_timeout, sleep, spawn, yield_now};
use std::sync::Arc;
use std::time::Duration;

/// One operation of a program; the number says on which object.
#[derive(Clone, Copy, Debug)]
pub(super) enum Does {
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
    Fork(usize),
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
pub(super) type Program = Vec<Vec<Does>>;

/// The program of this seed, made of these operations.
pub(super) fn program(seed: u64, all: &[Does]) -> Program {
    let mut random = SplitMix64::new(seed);
    let mut below = |end| below(&mut random, end);
    let threads = 2 + below(2);
    // Of all kinds a few, so that they meet.
    let kinds: Vec<Does> = (0..3)
        .map(|_| all[usize::try_from(below(all.len() as u64)).unwrap()])
        .collect();
    let most = if threads == 2 { 4 } else { 3 };
    (0..threads)
        .map(|_| {
            let steps = 1 + below(most);
            let pick = |_| kinds[usize::try_from(below(3)).unwrap()];
            (0..steps).map(pick).collect()
        })
        .collect()
}

/// Runs `program`.
#[expect(clippy::too_many_lines, reason = "an arm for each operation")]
pub(super) fn run(program: &Program) {
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
                        Does::Fork(on) => {
                            let world = Arc::clone(&world);
                            let child = spawn(move || {
                                let lock = Mutex::new(0);
                                *lock.lock() = world.atomics[on].fetch_add(1, Ordering::SeqCst);
                                *lock.lock()
                            });
                            child.join().unwrap_or(95)
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
