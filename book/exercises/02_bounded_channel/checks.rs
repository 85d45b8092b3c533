//! The checks of the bounded channel: rule by rule, wakers, random scripts.
//!
//! Each of the first group isolates one rule, and presumes only the rules that
//! are checked before it. So the first that fails names the mistake.

mod model;
mod random;
mod script;
mod wakers;

use exercises::check::{Check, Part};
use exercises::tasks::LocalFuture;
pub(crate) use model::Deed;
use runtime::sync::{self, RecvError, SendError};
use script::{
    Script,
    Step::{Drain, Pause, Receive, Send, SendFor},
};

/// What the checks need of an end that sends.
pub(crate) trait Sends {
    /// Sends, and returns what came of it.
    fn send(&self, value: u32) -> LocalFuture<'_, Deed>;
    /// Another end that sends.
    fn another(&self) -> Box<dyn Sends>;
}

/// What the checks need of the end that receives.
pub(crate) trait Receives {
    /// Receives, and returns what came of it.
    fn recv(&mut self) -> LocalFuture<'_, Deed>;
}

/// Makes a channel with so much room.
pub(crate) type NewChannel = fn(usize) -> (Box<dyn Sends>, Box<dyn Receives>);

/// The channel of a file of the exercise.
macro_rules! subject {
    ($($module:ident)::+) => {{
        use $crate::checks::{Deed, NewChannel, Receives, Sends};
        use $($module)::+::{Receiver, Sender, channel};
        use exercises::tasks::LocalFuture;
        use std::future::poll_fn;

        struct Sending(Sender<u32>);
        impl Sends for Sending {
            fn send(&self, value: u32) -> LocalFuture<'_, Deed> {
                // Not `async`: that would drop the future if its poll panics.
                let mut sent = Box::pin(self.0.send(value));
                Box::pin(poll_fn(move |context| {
                    sent.as_mut().poll(context).map(|sent| match sent {
                        Ok(()) => Deed::Sent(value),
                        Err(value) => Deed::Refused(value),
                    })
                }))
            }
            fn another(&self) -> Box<dyn Sends> {
                Box::new(Sending(self.0.clone()))
            }
        }
        struct Receiving(Receiver<u32>);
        impl Receives for Receiving {
            fn recv(&mut self) -> LocalFuture<'_, Deed> {
                let mut received = Box::pin(self.0.recv());
                Box::pin(poll_fn(move |context| {
                    received.as_mut().poll(context).map(Deed::Received)
                }))
            }
        }
        let new: NewChannel = |capacity| {
            let (sender, receiver) = channel(capacity);
            (Box::new(Sending(sender)), Box::new(Receiving(receiver)))
        };
        new
    }};
}
pub(crate) use subject;

impl Sends for sync::Sender<u32> {
    fn send(&self, value: u32) -> LocalFuture<'_, Deed> {
        let sent = sync::Sender::send(self, value);
        Box::pin(async move {
            match sent.await {
                Ok(()) => Deed::Sent(value),
                Err(SendError(value)) => Deed::Refused(value),
            }
        })
    }

    fn another(&self) -> Box<dyn Sends> {
        Box::new(self.clone())
    }
}

impl Receives for sync::Receiver<u32> {
    fn recv(&mut self) -> LocalFuture<'_, Deed> {
        let received = sync::Receiver::recv(self);
        Box::pin(async move { Deed::Received(received.await.map_err(|RecvError| ()).ok()) })
    }
}

/// The channel of the runtime, which is shown beside the learner's.
const REFERENCE: NewChannel = |capacity| {
    let (sender, receiver) = sync::channel(capacity);
    (Box::new(sender), Box::new(receiver))
};

/// All checks, in the order in which they build on each other.
pub(crate) fn checks() -> Vec<Check<NewChannel>> {
    let mut checks = rules();
    checks.extend(farewells());
    checks.extend(wakers::checks());
    checks.push(Check {
        name: "random_scripts",
        rule: "whatever the tasks do, every rule is kept",
        part: Part::Random,
        run: Box::new(|subject| random::check(REFERENCE, *subject)),
        step: None,
    });
    checks
}

/// One small script for each rule of values, room and order.
fn rules() -> Vec<Check<NewChannel>> {
    vec![
        rule(
            "value_sent_is_received",
            "a value that was sent is received",
            script(1, &[Pause(1), Receive], &[&[Send(7), Pause(2)]]),
        ),
        rule(
            "values_leave_in_order",
            "values leave in the order in which they came",
            script(
                3,
                &[Pause(1), Receive, Receive, Receive],
                &[&[Send(1), Send(2), Send(3), Pause(2)]],
            ),
        ),
        rule(
            "what_is_left_comes_before_the_end",
            "what is in the channel when the last sender goes is received, then None",
            script(2, &[Pause(1), Drain], &[&[Send(1), Send(2)]]),
        ),
        patience(script(
            1,
            &[Receive, Pause(2), Receive, Receive],
            &[&[Pause(1), Send(1), Send(2), Send(3)]],
        )),
        rule(
            "value_wakes_the_receiver",
            "a receiver waits while the channel is empty; a value wakes it",
            script(1, &[Receive], &[&[Pause(1), Send(1)]]),
        ),
        rule(
            "full_channel_makes_the_sender_wait",
            "a sender waits while the channel is full",
            script(2, &[Pause(5)], &[&[Send(1), Send(2), SendFor(3, 2)]]),
        ),
        rule(
            "room_wakes_the_sender",
            "a value that leaves makes room, which wakes the sender that waits",
            script(1, &[Pause(1), Receive, Receive], &[&[Send(1), Send(2)]]),
        ),
        rule(
            "every_waiting_sender_is_woken",
            "every sender that waits is woken in its turn; none is forgotten for another",
            script(
                1,
                &[Pause(1), Receive, Receive, Receive],
                &[&[Send(1)], &[Send(2)], &[Send(3)]],
            ),
        ),
        rule(
            "newcomer_goes_to_the_tail",
            "a sender that comes later overtakes none that waits, though it finds room",
            script(
                1,
                &[Pause(5), Receive, Pause(1), Receive, Receive],
                &[&[Send(1)], &[Send(2)], &[Pause(5), Send(3)]],
            ),
        ),
        rule(
            "every_room_finds_its_sender",
            "two rooms that come free at once wake two senders",
            script(
                2,
                &[Pause(5), Receive, Receive, Pause(5), Receive, Receive],
                &[&[Send(1), Send(2)], &[Send(3)], &[Send(4)]],
            ),
        ),
    ]
}

/// One for each way in which somebody goes: a `send` that is dropped, an end.
fn farewells() -> Vec<Check<NewChannel>> {
    vec![
        rule(
            "dropped_sender_leaves_the_queue",
            "a `send` that is dropped while it waits gives up its place",
            script(
                1,
                &[Pause(5), Receive, Receive],
                &[&[Send(1)], &[SendFor(2, 3)], &[Send(3)]],
            ),
        ),
        rule(
            "dropped_sender_hands_the_room_on",
            "a `send` that is dropped after it was woken wakes the next",
            script(
                1,
                &[Pause(5), Receive, Receive],
                &[&[Send(1)], &[SendFor(2, 5)], &[Send(3)]],
            ),
        ),
        rule(
            "last_sender_wakes_the_receiver",
            "the last sender that goes wakes the receiver: None",
            script(1, &[Drain], &[&[Send(1), Pause(2)], &[Pause(1)]]),
        ),
        rule(
            "receiver_that_goes_wakes_every_sender",
            "the receiver that goes wakes every sender: each gets its value back",
            script(
                1,
                &[Pause(2)],
                &[&[Send(1), Send(2)], &[Send(3)], &[Pause(5), Send(4)]],
            ),
        ),
    ]
}

/// A script from its parts.
fn script(capacity: usize, receiver: &[script::Step], senders: &[&[script::Step]]) -> Script {
    Script {
        capacity,
        receiver: receiver.to_vec(),
        senders: senders.iter().map(|steps| steps.to_vec()).collect(),
    }
}

/// A check that a small script runs as it should.
fn rule(name: &'static str, rule: &'static str, script: Script) -> Check<NewChannel> {
    let stepped = script.clone();
    Check {
        name,
        rule,
        part: Part::Rules,
        run: Box::new(move |subject| script.check(REFERENCE, *subject)),
        step: Some(Box::new(move |subject| stepped.check(REFERENCE, *subject))),
    }
}

/// A check that nobody polls in vain, whatever else may be wrong.
fn patience(script: Script) -> Check<NewChannel> {
    let stepped = script.clone();
    Check {
        name: "waiting_task_is_left_alone",
        rule: "a task that waits is not polled until it is woken",
        part: Part::Rules,
        run: Box::new(move |subject| script.check_patience(*subject)),
        step: Some(Box::new(move |subject| stepped.check_patience(*subject))),
    }
}
