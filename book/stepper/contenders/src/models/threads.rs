//! Threads of our scheduler, preempted by signal, on so many virtual CPUs.

use super::{Done, total};
use crate::names::Workload;
use crate::order::Order;
use crate::work::{Announced, Common, Unit, share};
use scheduler::sync::{Mutex, Receiver, Sender, channel};
use scheduler::{JoinHandle, Preemption, Scheduler, policy::RoundRobin, spawn};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

/// How long a thread may run at a time.
const QUANTUM: Duration = Duration::from_millis(3);

/// Starts all units under a scheduler of so many CPUs, and waits for them.
pub(super) fn run(order: &Order, cpus: u32) -> Done {
    let scheduler = Scheduler::new(Preemption::Signal, RoundRobin::new(QUANTUM)).cpus(cpus);
    scheduler.run(|| match order.workload {
        Workload::Chatty => ring(order),
        Workload::Shared => changes(order),
        _ => {
            let next = Arc::new(AtomicU64::new(0));
            let units: Vec<_> = (0..order.units)
                .map(|_| {
                    let (order, next) = (order.clone(), Arc::clone(&next));
                    spawn(move || Unit::default().jobs::<Announced>(&order, &next))
                })
                .collect();
            let parts = units.into_iter().map(join);
            total(parts.collect::<Done<Vec<_>>>()?)
        }
    })?
}

/// Waits for a thread.
fn join<T: Send + 'static>(unit: JoinHandle<T>) -> Done<T> {
    unit.join().map_err(|_| "a thread panicked".into())
}

/// Passes the number round.
fn ring(order: &Order) -> Done {
    let (first, mut ours) = channel(1);
    let mut into_first = Some(first.clone());
    let units: Vec<_> = (0..order.units)
        .map(|unit| {
            let (next, theirs) = channel(1);
            let next = if unit + 1 == order.units {
                into_first.take().expect("there is one last place")
            } else {
                next
            };
            let own = std::mem::replace(&mut ours, theirs);
            let jobs = order.jobs;
            spawn(move || place(&own, next, jobs))
        })
        .collect();
    first.send(0).map_err(|_| "the ring is broken")?;
    drop(first);
    let mut answer = 0;
    for unit in units {
        answer += join(unit)?;
    }
    Ok(answer)
}

/// One place of the ring: the number, if it was here that it became large enough.
#[expect(
    clippy::needless_pass_by_value,
    reason = "its end tells the next place that no more will come"
)]
fn place(receiver: &Receiver<u64>, next: Sender<u64>, jobs: u64) -> u64 {
    for number in receiver {
        if number == jobs || next.send(number + 1).is_err() {
            return number;
        }
    }
    0
}

/// Makes the changes, each under the lock.
fn changes(order: &Order) -> Done {
    let common = Arc::new(Mutex::new(Common::default()));
    let units: Vec<_> = (0..order.units)
        .map(|unit| {
            let (common, numbers) = (Arc::clone(&common), share(order, unit));
            spawn(move || numbers.for_each(|number| common.lock().change(number)))
        })
        .collect();
    for unit in units {
        join(unit)?;
    }
    Ok(common.lock().answer())
}
