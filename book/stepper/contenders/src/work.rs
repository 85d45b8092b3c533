//! What a unit does, whatever it is: fetch, compute, take the next job.
//!
//! All of it blocks, as for threads and processes; the event loop's form of a
//! download is with its model.
//!
//! Book: chapter 25.

use crate::names::Workload;
use crate::order::Order;
use crate::server::REQUEST;
use std::hint::black_box;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

/// So many keys has the map of the workload `shared`.
pub const KEYS: u64 = 64;
/// After so many changes of what is shared a task gives way.
pub const CHANGES: u64 = 64;

/// How a call that blocks is made.
pub trait Calls {
    /// Makes it.
    fn call<T>(call: impl FnOnce() -> T) -> T;
}

/// As it is: nobody has to know.
#[derive(Clone, Copy, Debug)]
pub struct Plain;

impl Calls for Plain {
    fn call<T>(call: impl FnOnce() -> T) -> T {
        call()
    }
}

/// The scheduler is told, so that it gives the CPU to another thread.
#[derive(Clone, Copy, Debug)]
pub struct Announced;

impl Calls for Announced {
    fn call<T>(call: impl FnOnce() -> T) -> T {
        scheduler::blocking(call)
    }
}

/// The sum of the squares below `n`, as the article has it: its last 64 bits. In 128
/// bits, since Python's numbers have as many as it takes, and this one takes 66.
#[expect(
    clippy::cast_possible_truncation,
    reason = "an answer to compare needs no more bits"
)]
pub fn sum_of_squares(n: u64) -> u64 {
    // Without the black boxes the compiler knows the sum, and nothing is computed.
    let square = |i: u64| u128::from(i) * u128::from(black_box(i));
    (0..n).fold(0, |sum: u128, i| black_box(sum + square(i))) as u64
}

/// What is sent for a download.
pub fn request(order: &Order) -> [u8; REQUEST] {
    let mut request = [0; REQUEST];
    for (place, number) in [order.wait, order.bytes, order.among()].iter().enumerate() {
        request[4 * place..][..4].copy_from_slice(&number.to_be_bytes());
    }
    request
}

/// What a unit needs for its jobs, and keeps between them.
#[derive(Debug, Default)]
pub struct Unit {
    /// Its connection, once it has one: like the article's, a session.
    connection: Option<TcpStream>,
    /// Where a download comes to.
    space: Vec<u8>,
}

impl Unit {
    /// Does one job: its part of the answer.
    ///
    /// # Errors
    ///
    /// If the server cannot be reached, or breaks off.
    pub fn job<C: Calls>(&mut self, order: &Order, job: u64) -> io::Result<u64> {
        let mut answer = 0;
        if downloads(order.workload) {
            answer += self.download::<C>(order)?;
        }
        if computes(order.workload) {
            answer = sum_of_squares(order.numbers + job).wrapping_add(answer);
        }
        Ok(answer)
    }

    /// Downloads once: how many bytes came.
    fn download<C: Calls>(&mut self, order: &Order) -> io::Result<u64> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            empty => {
                let connection = C::call(|| TcpStream::connect(address(order)?))?;
                connection.set_nodelay(true)?;
                empty.insert(connection)
            }
        };
        self.space.resize(order.bytes as usize, 0);
        let space = &mut self.space;
        C::call(|| {
            connection.write_all(&request(order))?;
            connection.read_exact(space)
        })?;
        Ok(self.space.len() as u64)
    }

    /// Takes one job after the other until there are none: its part of the answer.
    ///
    /// # Errors
    ///
    /// As [`job`](Unit::job).
    pub fn jobs<C: Calls>(&mut self, order: &Order, next: &AtomicU64) -> io::Result<u64> {
        let mut answer = 0_u64;
        loop {
            let job = next.fetch_add(1, Ordering::Relaxed);
            if job >= order.jobs {
                return Ok(answer);
            }
            answer = answer.wrapping_add(self.job::<C>(order, job)?);
        }
    }
}

/// Where the server is.
///
/// # Errors
///
/// If the order does not say.
pub fn address(order: &Order) -> io::Result<std::net::SocketAddr> {
    let missing = || io::Error::other("the order names no server");
    order.server.ok_or_else(missing)
}

/// Whether the jobs of `workload` are downloads.
pub fn downloads(workload: Workload) -> bool {
    matches!(
        workload,
        Workload::Downloads | Workload::Mixed | Workload::Idle
    )
}

/// Whether the jobs of `workload` compute.
pub fn computes(workload: Workload) -> bool {
    matches!(workload, Workload::Squares | Workload::Mixed)
}

/// Which changes of what is shared are those of one of `units`.
pub fn share(order: &Order, unit: u32) -> Range<u64> {
    let part = |unit: u32| order.jobs * u64::from(unit) / u64::from(order.units);
    part(unit)..part(unit + 1)
}

/// What the units of `shared` share.
#[derive(Clone, Debug, Default)]
pub struct Common {
    /// How many changes there were.
    pub counter: u64,
    /// How many there were of each key.
    pub map: std::collections::BTreeMap<u64, u64>,
}

impl Common {
    /// Makes the change `number`.
    pub fn change(&mut self, number: u64) {
        self.counter += 1;
        *self.map.entry(number % KEYS).or_default() += 1;
    }

    /// The answer: it is wrong if any change was lost, from the counter or the map.
    pub fn answer(&self) -> u64 {
        let map: u64 = self.map.iter().map(|(key, count)| (key + 1) * count).sum();
        self.counter * 1_000_003 + map
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_of_squares_is_the_formulas() {
        for n in [0_u64, 1, 5, 1000] {
            let by_formula = n.saturating_sub(1) * n * (2 * n).saturating_sub(1) / 6;
            assert_eq!(sum_of_squares(n), by_formula);
        }
    }

    #[test]
    fn a_lost_change_changes_the_answer() {
        let mut whole = Common::default();
        (0..1000).for_each(|number| whole.change(number));
        let mut lost = whole.clone();
        lost.counter -= 1;
        assert_ne!(whole.answer(), lost.answer());
        lost = whole.clone();
        *lost.map.get_mut(&3).unwrap() -= 1;
        assert_ne!(whole.answer(), lost.answer());
    }
}
