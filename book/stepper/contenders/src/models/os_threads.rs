//! Plain OS threads: the standard library's, and the kernel's scheduler.

use super::{Done, total};
use crate::names::Workload;
use crate::order::Order;
use crate::work::{Common, Plain, Unit, share};
use std::io;
use std::sync::atomic::AtomicU64;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};

/// Starts all units, and waits for them.
pub(super) fn run(order: &Order) -> Done {
    match order.workload {
        Workload::Chatty => ring(order),
        Workload::Shared => changes(order),
        _ => {
            let next = Arc::new(AtomicU64::new(0));
            let units = each(order, |_| {
                let (order, next) = (order.clone(), Arc::clone(&next));
                move || Unit::default().jobs::<Plain>(&order, &next)
            })?;
            let parts = units.into_iter().map(join);
            total(parts.collect::<Done<Vec<_>>>()?)
        }
    }
}

/// Starts a thread for each unit, which does what `body` makes for its number.
fn each<T: Send + 'static, F: FnOnce() -> T + Send + 'static>(
    order: &Order,
    mut body: impl FnMut(u32) -> F,
) -> io::Result<Vec<JoinHandle<T>>> {
    let units = 0..order.units;
    units.map(|unit| Builder::new().spawn(body(unit))).collect()
}

/// Waits for a thread.
fn join<T>(unit: JoinHandle<T>) -> Done<T> {
    unit.join().map_err(|_| "a thread panicked".into())
}

/// Passes the number round.
fn ring(order: &Order) -> Done {
    let (first, mut ours) = sync_channel(1);
    let last = order.units - 1;
    let mut into_first = Some(first.clone());
    let units = each(order, |unit| {
        let (next, theirs) = match unit {
            unit if unit == last => (into_first.take().expect("once"), sync_channel(1).1),
            _ => sync_channel(1),
        };
        let own = std::mem::replace(&mut ours, theirs);
        let jobs = order.jobs;
        move || place(&own, next, jobs)
    })?;
    first.send(0)?;
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
fn place(receiver: &Receiver<u64>, next: SyncSender<u64>, jobs: u64) -> u64 {
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
    let units = each(order, |unit| {
        let (common, numbers) = (Arc::clone(&common), share(order, unit));
        move || {
            for number in numbers {
                let mut common = common.lock().unwrap_or_else(PoisonError::into_inner);
                common.change(number);
            }
        }
    })?;
    for unit in units {
        join(unit)?;
    }
    let common = common.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(common.answer())
}
