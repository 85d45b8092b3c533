//! The token of `park`, checked in every order in which OS threads can take its
//! steps.
//!
//! `cargo test -p scheduler --features model --test park_model --release`
//!
//! The file that is checked is the one that runs: it is included here, with the
//! model checker's primitives in place of those of `std`. Each test is run again
//! and again until no order of steps, and no value that the memory model lets a
//! load return, is left. A thread that parks for ever is a deadlock, and found.
//! Three threads have too many orders: of theirs, those are tried in which at most
//! three times one is interrupted that could go on.
//!
//! The file is included twice more, with primitives that have a fault each: the
//! same tests must find it.

#![expect(
    clippy::duplicate_mod,
    reason = "the very file that runs, over a right set of primitives and two broken ones"
)]

use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use loom::sync::{Condvar, Mutex};
use loom::thread::{self, JoinHandle};
use std::sync::Arc;

/// The token as it runs.
#[path = "../src/park"]
mod sound {
    pub(crate) mod token;

    /// What the crate takes from `std`.
    mod primitives {
        pub(crate) use loom::sync::atomic::{AtomicU8, Ordering};
    }
}

/// The token on a machine whose read-modify-writes come apart.
#[path = "../src/park"]
mod torn {
    pub(crate) mod token;

    /// A read, and then a write.
    mod primitives {
        pub(crate) use loom::sync::atomic::Ordering;

        /// An atomic whose value can change between the read and the write.
        #[derive(Debug, Default)]
        pub(crate) struct AtomicU8(loom::sync::atomic::AtomicU8);

        impl AtomicU8 {
            /// The value.
            pub(crate) fn load(&self, order: Ordering) -> u8 {
                self.0.load(order)
            }

            /// Not in one piece.
            pub(crate) fn swap(&self, value: u8, _: Ordering) -> u8 {
                let old = self.0.load(Ordering::Acquire);
                self.0.store(value, Ordering::Release);
                old
            }

            /// In one piece: the fault above is the one to find.
            pub(crate) fn compare_exchange(
                &self,
                current: u8,
                new: u8,
                success: Ordering,
                failure: Ordering,
            ) -> Result<u8, u8> {
                self.0.compare_exchange(current, new, success, failure)
            }
        }
    }
}

/// The token on a machine that orders nothing.
#[path = "../src/park"]
mod unordered {
    pub(crate) mod token;

    /// Every access is relaxed.
    mod primitives {
        pub(crate) use loom::sync::atomic::Ordering;

        /// An atomic that hands nothing over but its value.
        #[derive(Debug, Default)]
        pub(crate) struct AtomicU8(loom::sync::atomic::AtomicU8);

        impl AtomicU8 {
            /// The value.
            pub(crate) fn load(&self, _: Ordering) -> u8 {
                self.0.load(Ordering::Relaxed)
            }

            /// In one piece, but of that alone.
            pub(crate) fn swap(&self, value: u8, _: Ordering) -> u8 {
                self.0.swap(value, Ordering::Relaxed)
            }

            /// The same.
            pub(crate) fn compare_exchange(
                &self,
                current: u8,
                new: u8,
                _: Ordering,
                _: Ordering,
            ) -> Result<u8, u8> {
                let relaxed = Ordering::Relaxed;
                self.0.compare_exchange(current, new, relaxed, relaxed)
            }
        }
    }
}

/// What every inclusion of the file has.
trait Token: Default + Send + Sync + 'static {
    /// Waits for an unpark: `block` waits for a wake, and says whether it is late.
    fn park(&self, block: impl FnMut() -> bool);
    /// Ends the present or the next park.
    fn unpark(&self, wake: impl FnOnce());
}

/// Makes the token of each module a [`Token`].
macro_rules! tokens {
    ($($module:ident)*) => {$(
        impl Token for $module::token::Token {
            fn park(&self, block: impl FnMut() -> bool) {
                self.park(block);
            }

            fn unpark(&self, wake: impl FnOnce()) {
                self.unpark(wake);
            }
        }
    )*};
}

tokens!(sound torn unordered);

/// A thread that parks, as its token and the dispatcher know it.
#[derive(Default)]
struct Parker<T> {
    /// Its token.
    token: T,
    /// A wake that came, perhaps before the wait: the dispatcher keeps one.
    is_woken: Mutex<bool>,
    /// Where it waits.
    gate: Condvar,
    /// The time of its wait is over.
    is_late: AtomicBool,
    /// How much there is to see for it: who adds to it unparks then, and the
    /// token must see to the order.
    said: AtomicUsize,
}

impl<T: Token> Parker<T> {
    /// Nobody has said anything.
    fn new() -> Arc<Parker<T>> {
        Arc::default()
    }

    /// The dispatcher wakes the thread, whatever it waits for.
    fn wake(&self) {
        *self.is_woken.lock().expect("no thread panics") = true;
        self.gate.notify_one();
    }

    /// The thread waits until it is woken.
    fn wait(&self) {
        let mut is_woken = self.is_woken.lock().expect("no thread panics");
        while !*is_woken {
            is_woken = self.gate.wait(is_woken).expect("no thread panics");
        }
        *is_woken = false;
    }

    /// `park`.
    fn park(&self) {
        self.token.park(|| {
            self.wait();
            false
        });
    }

    /// `park_timeout`.
    fn park_timeout(&self) {
        self.token.park(|| {
            self.wait();
            self.is_late.load(Ordering::Acquire)
        });
    }

    /// What whoever waits for `count` things does.
    fn park_until_said(&self, count: usize) {
        while self.said.load(Ordering::Relaxed) < count {
            self.park();
        }
    }
}

/// An OS thread that does `body` to the parker.
fn other<T: Token>(
    parker: &Arc<Parker<T>>,
    body: impl FnOnce(&Parker<T>) + 'static,
) -> JoinHandle<()> {
    let parker = Arc::clone(parker);
    thread::spawn(move || body(&parker))
}

/// Says something, and unparks.
fn say<T: Token>(parker: &Parker<T>) {
    parker.said.fetch_add(1, Ordering::Relaxed);
    parker.token.unpark(|| parker.wake());
}

/// Waits for the end of an OS thread.
fn join(thread: JoinHandle<()>) {
    thread.join().expect("it does not panic");
}

/// Tries the orders of three threads.
fn model_of_three(body: impl Fn() + Send + Sync + 'static) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(body);
}

/// Another thread unparks once.
fn one_unparks<T: Token>() {
    loom::model(|| {
        let parker = Parker::<T>::new();
        let unparks = other(&parker, say);
        parker.park();
        assert_eq!(parker.said.load(Ordering::Relaxed), 1, "it sees why");
        join(unparks);
    });
}

/// Two unpark, at any moment, and the thread waits until it has seen both.
fn two_unpark<T: Token>() {
    model_of_three(|| {
        let parker = Parker::<T>::new();
        let threads = [other(&parker, say), other(&parker, say)];
        parker.park_until_said(2);
        threads.into_iter().for_each(join);
    });
}

#[test]
fn an_unpark_ends_the_park_whenever_it_comes() {
    one_unparks::<sound::token::Token>();
}

#[test]
fn two_unparks_are_both_seen() {
    two_unpark::<sound::token::Token>();
}

#[test]
fn an_unpark_that_meets_the_end_of_a_limit_is_seen_or_ends_the_next_park() {
    model_of_three(|| {
        let parker = Parker::<sound::token::Token>::new();
        let time = other(&parker, |parker| {
            parker.is_late.store(true, Ordering::Release);
            parker.wake();
        });
        let unparks = other(&parker, say);
        parker.park_timeout();
        parker.park_until_said(1);
        join(time);
        join(unparks);
    });
}

#[test]
fn a_wake_that_was_meant_for_another_wait_ends_no_park() {
    model_of_three(|| {
        let parker = Parker::<sound::token::Token>::new();
        let wakes = other(&parker, Parker::wake);
        let unparks = other(&parker, say);
        parker.park();
        assert_eq!(parker.said.load(Ordering::Relaxed), 1);
        join(wakes);
        join(unparks);
    });
}

#[test]
fn who_is_not_parked_is_not_woken_and_several_unparks_are_one() {
    loom::model(|| {
        let parker = Parker::<sound::token::Token>::new();
        for _ in 0..2 {
            parker.token.unpark(|| unreachable!("nobody is parked"));
        }
        let mut waits = 0;
        parker.token.park(|| unreachable!("an unpark is there"));
        parker.token.park(|| {
            waits += 1;
            true
        });
        assert_eq!(waits, 1, "it was the first again");
    });
}

#[test]
#[should_panic(expected = "deadlock")]
fn an_end_that_is_a_read_and_a_write_is_found() {
    two_unpark::<torn::token::Token>();
}

#[test]
#[should_panic(expected = "it sees why")]
fn steps_that_order_nothing_are_found() {
    one_unparks::<unordered::token::Token>();
}
