//! The checks of the bounded buffer: rule by rule, in every order, preempted.
//!
//! Each of the first group isolates one rule, and presumes only the rules that
//! are checked before it. So the first that fails names the mistake.

mod model;
mod preempted;
mod random;
mod script;

use exercises::check::{Check, Part};
use model::Call::{Close, Put, PutMade, Take};
use model::Kind;
use random::Wanted;
use script::Script;
use script::Step::{Do, Drain, Pause};
use std::sync::Arc;

/// What the checks need of a buffer.
pub(crate) trait Buffers: Send + Sync {
    /// Puts a value in.
    fn put(&self, value: u32) -> Result<(), u32>;
    /// Puts in what `make` returns.
    fn put_made(&self, make: &mut dyn FnMut() -> u32) -> Result<(), u32>;
    /// Takes the oldest value out.
    fn take(&self) -> Option<u32>;
    /// Lets nothing in any more.
    fn close(&self);
}

/// Makes a buffer with so much room.
pub(crate) type NewBuffer = fn(usize) -> Arc<dyn Buffers>;

/// The buffer of a file of the exercise.
macro_rules! subject {
    ($($module:ident)::+) => {{
        use $crate::checks::{Buffers, NewBuffer};
        use $($module)::+::Buffer;
        use std::sync::Arc;

        struct Subject(Buffer<u32>);
        impl Buffers for Subject {
            fn put(&self, value: u32) -> Result<(), u32> {
                self.0.put(value)
            }
            fn put_made(&self, make: &mut dyn FnMut() -> u32) -> Result<(), u32> {
                self.0.put_made(make)
            }
            fn take(&self) -> Option<u32> {
                self.0.take()
            }
            fn close(&self) {
                self.0.close();
            }
        }
        let new: NewBuffer = |capacity| Arc::new(Subject(Buffer::new(capacity)));
        new
    }};
}
pub(crate) use subject;

/// All checks, in the order in which they build on each other.
pub(crate) fn checks() -> Vec<Check<NewBuffer>> {
    let mut checks = rules();
    checks.extend(ends());
    checks.extend(orders());
    checks.push(Check {
        name: "threads_by_signal",
        rule: "real threads, preempted in the middle of a statement, lose and swap nothing",
        part: Part::Threads,
        run: Box::new(|subject| preempted::check(*subject)),
        step: None,
    });
    checks
}

/// One small script for each rule of values and waiting.
fn rules() -> Vec<Check<NewBuffer>> {
    vec![
        rule(
            "value_put_is_taken",
            "a value that was put in is taken out",
            None,
            Script::new(1, &[&[Do(Put(7))]], &[&[Pause(1), Do(Take)]]),
        ),
        rule(
            "values_leave_in_order",
            "values leave in the order in which they came",
            None,
            Script::new(
                9,
                &[&[Do(Put(1)), Do(Put(2)), Do(Put(3))]],
                &[&[Pause(1), Do(Take), Do(Take), Do(Take)]],
            ),
        ),
        rule(
            "full_buffer_makes_the_producer_wait",
            "a producer waits while the buffer is full, and full is what `capacity` says",
            Some(Kind::Wrong),
            Script::new(
                2,
                &[&[Do(Put(1)), Do(Put(2)), Do(Put(3))]],
                &[&[Pause(5), Do(Take), Do(Take), Do(Take)]],
            ),
        ),
        rule(
            "room_lets_the_producer_go_on",
            "a producer does not wait while there is room",
            None,
            Script::new(2, &[&[Do(Put(1)), Do(Put(2))]], &[&[Pause(5), Do(Take)]]),
        ),
        rule(
            "empty_buffer_makes_the_consumer_wait",
            "a consumer waits while the buffer is empty",
            Some(Kind::Wrong),
            Script::new(1, &[&[Pause(5), Do(Put(1))]], &[&[Do(Take)]]),
        ),
        rule(
            "waiting_thread_sleeps",
            "a thread that waits gives the CPU up: it does not look again and again",
            Some(Kind::Busy),
            Script::new(1, &[&[Pause(10), Do(Put(1))]], &[&[Do(Take)]]),
        ),
        rule(
            "value_wakes_the_consumer",
            "a value that goes in wakes the consumer that waits",
            None,
            Script::new(1, &[&[Pause(5), Do(Put(1))]], &[&[Do(Take)]]),
        ),
        rule(
            "room_wakes_the_producer",
            "a value that goes out makes room, which wakes the producer that waits",
            None,
            Script::new(1, &[&[Do(Put(1)), Do(Put(2))]], &[&[Pause(5), Do(Take)]]),
        ),
        rule(
            "buffer_is_free_while_a_value_is_made",
            "while `put_made` makes its value, others use the buffer",
            None,
            Script::new(
                2,
                &[&[Do(Put(1)), Do(PutMade(2, 10))]],
                &[&[Pause(5), Do(Take), Do(Take)]],
            ),
        ),
    ]
}

/// One for each rule of the end.
fn ends() -> Vec<Check<NewBuffer>> {
    vec![
        rule(
            "closed_buffer_takes_nothing_in",
            "a closed buffer gives every value back",
            None,
            Script::new(2, &[&[Do(Close), Do(Put(1))]], &[]),
        ),
        rule(
            "what_is_left_comes_before_the_end",
            "what is in the buffer when it is closed is taken out, and then None",
            None,
            Script::new(
                2,
                &[&[Do(Put(1)), Do(Put(2)), Do(Close)]],
                &[&[Pause(5), Drain]],
            ),
        ),
        rule(
            "close_wakes_every_consumer",
            "`close` wakes every consumer that waits: None",
            None,
            Script::new(
                1,
                &[&[Pause(5), Do(Close)]],
                &[&[Do(Take)], &[Do(Take)], &[Do(Take)]],
            ),
        ),
        rule(
            "close_wakes_every_producer",
            "`close` wakes every producer that waits: each gets its value back",
            None,
            Script::new(
                1,
                &[
                    &[Do(Put(1)), Do(Put(2))],
                    &[Pause(1), Do(Put(3))],
                    &[Pause(5), Do(Close)],
                ],
                &[],
            ),
        ),
    ]
}

/// The same rules, whoever runs when.
fn orders() -> Vec<Check<NewBuffer>> {
    let several = 3;
    vec![
        in_every_order(
            "one_of_each_loses_no_wake",
            "one producer and one consumer never miss each other, whoever runs when",
            Wanted {
                a_side: 1,
                only: Some(Kind::Sleeps),
            },
        ),
        in_every_order(
            "woken_thread_looks_again",
            "a thread that was woken looks again: another may have been faster",
            Wanted {
                a_side: several,
                only: Some(Kind::Wrong),
            },
        ),
        in_every_order(
            "wake_reaches_who_can_use_it",
            "with several on a side, a wake reaches a thread that can go on",
            Wanted {
                a_side: several,
                only: None,
            },
        ),
    ]
}

/// A check that a small script runs as it should.
fn rule(
    name: &'static str,
    rule: &'static str,
    only: Option<Kind>,
    script: Script,
) -> Check<NewBuffer> {
    let stepped = script.clone();
    Check {
        name,
        rule,
        part: Part::Rules,
        run: Box::new(move |subject| script.check(*subject, only)),
        step: Some(Box::new(move |subject| stepped.check(*subject, only))),
    }
}

/// A check that random scripts run as they should. Stepped, the smallest that
/// does not is run once more.
fn in_every_order(name: &'static str, rule: &'static str, wanted: Wanted) -> Check<NewBuffer> {
    Check {
        name,
        rule,
        part: Part::Random,
        run: Box::new(move |subject| random::check(wanted, *subject)),
        step: Some(Box::new(move |subject| random::step(wanted, *subject))),
    }
}
