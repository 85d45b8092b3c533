//! The models, a file each, all at the same work.
//!
//! Two kinds of work: jobs that units take one after the other (`downloads`,
//! `squares`, `mixed`, `idle`), and units that have to do with each other (`chatty`:
//! a ring in which a number goes round until it is as large as `jobs`; `shared`).
//!
//! Book: chapter 25.

mod one_by_one;
mod os_threads;
mod processes;
mod tasks;
mod tasks_pool;
mod threads;

pub use processes::enter;

use crate::measure::{Usage, memory, most_memory};
use crate::names::Model;
use crate::order::{Order, Sample};
use std::error::Error;
use std::io;
use std::time::Instant;

/// What a model returns.
type Done<T = u64> = Result<T, Box<dyn Error + Send + Sync>>;

/// Does what is ordered, once, and measures it.
///
/// # Errors
///
/// Why it cannot be done: the system's sentence.
pub fn run(order: &Order) -> Done<Sample> {
    let before = (Usage::now()?, memory());
    let began = Instant::now();
    let (answer, of_workers) = work(order)?;
    let wall = began.elapsed().as_secs_f64();
    let after = Usage::now()?;
    Ok(Sample {
        answer,
        wall,
        cpu: after.cpu - before.0.cpu,
        memory: most_memory() + of_workers,
        before: before.1,
        waits: after.waits - before.0.waits,
        forced: after.forced - before.0.forced,
        units: if order.model.is_alone() {
            1
        } else {
            order.units
        },
    })
}

/// Adds up the parts of an answer. Of several errors the first that is not the server's
/// breaking off, which is what becomes of the others when one is missing.
fn total(parts: impl IntoIterator<Item = io::Result<u64>>) -> Done {
    let (mut answer, mut error) = (0_u64, None::<io::Error>);
    for part in parts {
        match part {
            Ok(part) => answer = answer.wrapping_add(part),
            Err(new) => {
                let is_told = error
                    .as_ref()
                    .is_some_and(|error| error.kind() != io::ErrorKind::UnexpectedEof);
                if !is_told {
                    error = Some(new);
                }
            }
        }
    }
    error.map_or(Ok(answer), |error| Err(error.into()))
}

/// Does what is ordered: the answer, and the memory of worker processes.
fn work(order: &Order) -> Done<(u64, u64)> {
    let answer = match order.model {
        Model::OneByOne => one_by_one::run(order),
        Model::Tasks => tasks::run(order),
        Model::TasksPool => tasks_pool::run(order),
        Model::Threads1 => threads::run(order, 1),
        Model::Threads => threads::run(order, order.cpus),
        Model::OsThreads => os_threads::run(order),
        Model::Processes => return processes::run(order),
        Model::PyOneByOne
        | Model::PyThreads
        | Model::PyAsyncio
        | Model::PyProcesses
        | Model::PyFree => Err("this one is Python's".into()),
    };
    Ok((answer?, 0))
}
