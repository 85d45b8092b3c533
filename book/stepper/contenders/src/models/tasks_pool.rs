//! Tasks that hand whatever blocks or computes to a pool of OS threads.
//!
//! What one does with a library that was not made for tasks.

use super::{Done, tasks};
use crate::names::Workload;
use crate::order::Order;
use crate::work::{Common, Plain, Unit, share};
use runtime::blocking::{self, Limits};
use runtime::{Clock, EventLoop, spawn};
use std::cell::Cell;
use std::io;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

/// Starts all units, and awaits them.
pub(super) fn run(order: &Order) -> Done {
    let mut event_loop = EventLoop::try_new(Clock::Real)?;
    event_loop.set_blocking_limits(Limits {
        threads: order.units as usize,
        ..Limits::default()
    });
    event_loop.block_on(async {
        match order.workload {
            Workload::Chatty => {
                let step = |number| handed_over(move || number + 1);
                tasks::ring(order, step).await
            }
            Workload::Shared => changes(order).await,
            _ => {
                let next = Rc::new(Cell::new(0));
                let units = (0..order.units)
                    .map(|_| spawn(unit(order.clone(), Rc::clone(&next))))
                    .collect();
                tasks::sum(units).await
            }
        }
    })
}

/// Has the pool make a call.
async fn handed_over<T: Send + 'static>(
    call: impl FnOnce() -> T + Send + 'static,
) -> io::Result<T> {
    tasks::joined(blocking::spawn(call).await)
}

/// One task: has the pool do one job after the other.
async fn unit(order: Order, next: Rc<Cell<u64>>) -> io::Result<u64> {
    let order = Arc::new(order);
    let mut unit = Unit::default();
    let mut answer = 0_u64;
    loop {
        let job = next.replace(next.get() + 1);
        if job >= order.jobs {
            return Ok(answer);
        }
        let own = Arc::clone(&order);
        // The unit goes over with the call, and comes back with the result.
        let (came, part) = handed_over(move || {
            let part = unit.job::<Plain>(&own, job);
            (unit, part)
        })
        .await?;
        unit = came;
        answer = answer.wrapping_add(part?);
    }
}

/// Makes the changes on threads of the pool: now a lock is needed.
async fn changes(order: &Order) -> Done {
    let common = Arc::new(Mutex::new(Common::default()));
    let units = (0..order.units)
        .map(|unit| {
            let (common, numbers) = (Arc::clone(&common), share(order, unit));
            spawn(handed_over(move || {
                for number in numbers {
                    let mut common = common.lock().unwrap_or_else(PoisonError::into_inner);
                    common.change(number);
                }
                0
            }))
        })
        .collect();
    tasks::sum(units).await?;
    let common = common.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(common.answer())
}
