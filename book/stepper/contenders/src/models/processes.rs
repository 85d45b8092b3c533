//! Worker processes: a memory and a processor for each, and messages between.
//!
//! Each worker says with its result how much memory it has used, so that the
//! figure is that of all. They are ended, and waited for, before the time is
//! taken: then the kernel has counted what they used.

use super::Done;
use crate::measure::most_memory;
use crate::names::Workload;
use crate::order::Order;
use crate::work::{KEYS, Plain, Unit, share};
use scheduler::process::{self, Pool, Receiver, Sender, SharedMemory, channel, spawn};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// What a worker says: its part of the answer, who it is, and its memory.
type Told = (Result<u64, String>, u32, u64);

/// In a worker process does the worker's part, and does not return.
pub fn enter() {
    process::init!(job, place, changes);
}

/// Has worker processes do it: the answer, and their memory.
pub(super) fn run(order: &Order) -> Done<(u64, u64)> {
    match order.workload {
        Workload::Chatty => ring(order),
        Workload::Shared => {
            let memory = SharedMemory::new(1 + usize::try_from(KEYS)?)?;
            let of_unit = |unit| spawn(changes, (memory.clone(), share(order, unit).into()));
            let workers: Vec<_> = (0..order.units).map(of_unit).collect::<Result<_, _>>()?;
            let mut told = Vec::new();
            for worker in workers {
                told.push(worker.join()?);
            }
            let (_, workers) = sum(told)?;
            let map = (0..KEYS).map(|key| (key + 1) * memory.load(1 + place_of(key)));
            Ok((memory.load(0) * 1_000_003 + map.sum::<u64>(), workers))
        }
        _ => {
            let pool = Pool::builder().workers(order.units).chunk(1).start(job)?;
            let jobs = (0..order.jobs).map(|job| (order.clone(), job));
            let told = pool.map_unordered(jobs).collect::<Result<Vec<_>, _>>()?;
            pool.finish();
            sum(told)
        }
    }
}

/// Adds up what the workers said: the answers, and the memory of each of them.
fn sum(told: Vec<Told>) -> Done<(u64, u64)> {
    let mut answer = 0_u64;
    let mut memory = BTreeMap::new();
    for (part, worker, bytes) in told {
        answer = answer.wrapping_add(part?);
        let most: &mut u64 = memory.entry(worker).or_default();
        *most = bytes.max(*most);
    }
    Ok((answer, memory.values().sum()))
}

/// What a worker says with its part of the answer.
fn told(part: Result<u64, String>) -> Told {
    (part, std::process::id(), most_memory())
}

/// In a worker: one job. Its connection stays for the next.
fn job((order, number): (Order, u64)) -> Told {
    thread_local! {
        /// This process's unit.
        static UNIT: RefCell<Unit> = RefCell::default();
    }
    let part = UNIT.with_borrow_mut(|unit| unit.job::<Plain>(&order, number));
    told(part.map_err(|error| error.to_string()))
}

/// Passes the number round, from process to process.
fn ring(order: &Order) -> Done<(u64, u64)> {
    let (first, mut ours) = channel::<u64>()?;
    let mut into_first = Some(first.try_clone()?);
    let mut workers = Vec::new();
    for unit in 0..order.units {
        let (next, theirs) = channel()?;
        let next = if unit + 1 == order.units {
            into_first.take().expect("there is one last place")
        } else {
            next
        };
        let own = std::mem::replace(&mut ours, theirs);
        workers.push(spawn(place, (own, next, order.jobs))?);
    }
    drop(ours);
    first.send(&0)?;
    drop(first);
    let told = workers.into_iter().map(process::Process::join);
    sum(told.collect::<Result<_, _>>()?)
}

/// In a worker: one place of the ring.
fn place((receiver, next, jobs): (Receiver<u64>, Sender<u64>, u64)) -> Told {
    for number in receiver {
        if number == jobs || next.send(&(number + 1)).is_err() {
            return told(Ok(number));
        }
    }
    told(Ok(0))
}

/// Where a key's count is, among the keys.
fn place_of(key: u64) -> usize {
    usize::try_from(key).expect("there are few keys")
}

/// Numbers from one up to another, as they go in a message.
#[derive(Clone, Copy, Debug, serde::Deserialize, serde::Serialize)]
struct Numbers(u64, u64);

impl From<std::ops::Range<u64>> for Numbers {
    fn from(range: std::ops::Range<u64>) -> Numbers {
        Numbers(range.start, range.end)
    }
}

/// In a worker: its changes of the memory that all share, each under the lock. A map
/// cannot be shared so; there is a place for each key in its stead.
fn changes((memory, Numbers(from, to)): (SharedMemory, Numbers)) -> Told {
    for number in from..to {
        let _held = memory.lock();
        for index in [0, 1 + place_of(number % KEYS)] {
            memory.store(index, memory.load(index) + 1);
        }
    }
    told(Ok(0))
}
