//! Tasks on one event loop: one thread, which goes on with whoever can.

use super::{Done, total};
use crate::names::Workload;
use crate::order::Order;
use crate::work::{CHANGES, Common, address, computes, downloads, request, share, sum_of_squares};
use runtime::net::TcpStream;
use runtime::sync::{Receiver, Sender, channel};
use runtime::{Clock, EventLoop, JoinHandle, spawn, yield_now};
use std::cell::{Cell, RefCell};
use std::fmt::Display;
use std::io;
use std::rc::Rc;

/// Starts all units, and awaits them.
pub(super) fn run(order: &Order) -> Done {
    EventLoop::try_new(Clock::Real)?.block_on(async {
        match order.workload {
            Workload::Chatty => ring(order, |number| async move { Ok(number + 1) }).await,
            Workload::Shared => changes(order).await,
            _ => {
                let next = Rc::new(Cell::new(0));
                let units: Vec<_> = (0..order.units)
                    .map(|_| spawn(unit(order.clone(), Rc::clone(&next))))
                    .collect();
                sum(units).await
            }
        }
    })
}

/// Adds up what each task returns.
pub(super) async fn sum(units: Vec<JoinHandle<io::Result<u64>>>) -> Done {
    let mut parts = Vec::new();
    for unit in units {
        parts.push(joined(unit.await)?);
    }
    total(parts)
}

/// What was awaited, or the panic in its place as an error.
pub(super) fn joined<T, E: Display>(result: Result<T, E>) -> io::Result<T> {
    result.map_err(|panic| io::Error::other(panic.to_string()))
}

/// One task: takes one job after the other until there are none.
async fn unit(order: Order, next: Rc<Cell<u64>>) -> io::Result<u64> {
    let mut connection = None;
    let mut space = vec![0; order.bytes as usize];
    let mut answer = 0_u64;
    loop {
        let job = next.replace(next.get() + 1);
        if job >= order.jobs {
            return Ok(answer);
        }
        if downloads(order.workload) {
            let connection = match &mut connection {
                Some(connection) => connection,
                empty => empty.insert(connect(&order).await?),
            };
            connection.write_all(&request(&order)).await?;
            connection.read_exact(&mut space).await?;
            answer = answer.wrapping_add(space.len() as u64);
        }
        if computes(order.workload) {
            answer = answer.wrapping_add(sum_of_squares(order.numbers + job)); // all others wait
            yield_now().await;
        }
    }
}

/// A connection to the server.
async fn connect(order: &Order) -> io::Result<TcpStream> {
    let connection = TcpStream::connect(address(order)?).await?;
    connection.set_nodelay(true)?;
    Ok(connection)
}

/// Passes the number round; `step` makes it larger.
pub(super) async fn ring<F, T>(order: &Order, step: F) -> Done
where
    F: Fn(u64) -> T + Clone + 'static,
    T: Future<Output = io::Result<u64>> + 'static,
{
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
            spawn(place(own, next, order.jobs, step.clone()))
        })
        .collect();
    first.send(0).await.map_err(|_| "the ring is broken")?;
    drop(first);
    sum(units).await
}

/// One place of the ring: the number, if it was here that it became large enough.
async fn place<T: Future<Output = io::Result<u64>>>(
    receiver: Receiver<u64>,
    next: Sender<u64>,
    jobs: u64,
    step: impl Fn(u64) -> T,
) -> io::Result<u64> {
    while let Ok(number) = receiver.recv().await {
        if number == jobs || next.send(step(number).await?).await.is_err() {
            return Ok(number);
        }
    }
    Ok(0)
}

/// Makes the changes. No lock: nobody else runs between two `.await`s.
async fn changes(order: &Order) -> Done {
    let common = Rc::new(RefCell::new(Common::default()));
    let units: Vec<_> = (0..order.units)
        .map(|unit| {
            let (common, numbers) = (Rc::clone(&common), share(order, unit));
            spawn(async move {
                for number in numbers {
                    common.borrow_mut().change(number);
                    if number % CHANGES == 0 {
                        yield_now().await; // or the first would be through before the second began
                    }
                }
                Ok(0)
            })
        })
        .collect();
    sum(units).await?;
    let common = common.borrow();
    Ok(common.answer())
}
