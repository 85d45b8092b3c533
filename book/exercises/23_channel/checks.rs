//! The checks of the channel: rule by rule, in every schedule, preempted.
//!
//! Each of the first group isolates one rule, and presumes only the rules that are
//! checked before it. So the first that fails names the mistake.

mod crowd;
mod preempted;
mod scenes;

use crowd::Crowd;
use exercises::check::{Check, Complaint, Part};
use exercises::exploring::{self, Case};

/// What the checks need of a sender.
pub(crate) trait Sends: Send {
    /// Sends a value.
    fn send(&self, value: u32) -> Result<(), u32>;
    /// A clone.
    fn another(&self) -> Box<dyn Sends>;
}

/// What the checks need of a receiver.
pub(crate) trait Receives: Send {
    /// Receives a value.
    fn recv(&self) -> Option<u32>;
    /// A clone.
    fn another(&self) -> Box<dyn Receives>;
}

/// Makes a channel with so much room.
pub(crate) type NewChannel = fn(usize) -> (Box<dyn Sends>, Box<dyn Receives>);

/// The channel of a file of the exercise.
macro_rules! subject {
    ($($module:ident)::+) => {{
        use $crate::checks::{NewChannel, Receives, Sends};
        use $($module)::+::{Receiver, Sender, channel};

        struct Sending(Sender<u32>);
        impl Sends for Sending {
            fn send(&self, value: u32) -> Result<(), u32> {
                self.0.send(value)
            }
            fn another(&self) -> Box<dyn Sends> {
                Box::new(Sending(self.0.clone()))
            }
        }
        struct Receiving(Receiver<u32>);
        impl Receives for Receiving {
            fn recv(&self) -> Option<u32> {
                self.0.recv()
            }
            fn another(&self) -> Box<dyn Receives> {
                Box::new(Receiving(self.0.clone()))
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

/// All checks, in the order in which they build on each other.
pub(crate) fn checks() -> Vec<Check<NewChannel>> {
    let mut checks = one_of_each();
    checks.extend(ends());
    checks.extend(crowds());
    checks.push(Check {
        name: "threads_by_signal",
        rule: "real threads, preempted in the middle of a statement, lose and double nothing",
        part: Part::Threads,
        run: Box::new(|new| preempted::check(*new)),
        step: None,
    });
    checks
}

/// Values, and who waits for them.
fn one_of_each() -> Vec<Check<NewChannel>> {
    let wrong = |tried, expected| Case {
        // Who looks again and again fails in the premise.
        counts: exploring::is_wrong,
        exhausts: false,
        steps: 80,
        executions: 300,
        ..Case::new(tried, expected)
    };
    vec![
        explored(
            "values_arrive_in_order",
            "what was sent is received, in the order in which it was sent",
            |new| {
                let case = Case::new("main sends 1, 2, 3, and receives", "1, 2, 3 are received");
                case.explore(|| scenes::in_order(new)).map(drop)
            },
        ),
        explored(
            "full_channel_makes_the_sender_wait",
            "a sender waits while the channel is full, and full is what `capacity` says",
            move |new| {
                let case = wrong(FULL, "its third value is never sent");
                case.explore(|| scenes::too_many(new)).map(drop)
            },
        ),
        explored(
            "empty_channel_makes_the_receiver_wait",
            "a receiver waits while the channel is empty",
            move |new| {
                let case = wrong(EMPTY, "it never receives anything");
                case.explore(|| scenes::nothing_comes(new)).map(drop)
            },
        ),
        Check {
            part: Part::Premise, // a search of threads that do not sleep takes very long
            ..explored(
                "who_waits_sleeps",
                "who waits sleeps: it does not look again and again",
                |new| {
                    let sleeps = "it sleeps, so that nobody can go on";
                    let second = Case {
                        number: 2,
                        ..Case::new(EMPTY, sleeps)
                    };
                    Case::new(FULL, sleeps).comes_to_a_standstill(|| scenes::too_many(new))?;
                    second.comes_to_a_standstill(|| scenes::nothing_comes(new))
                },
            )
        },
        explored(
            "value_wakes_the_receiver",
            "a value wakes the receiver that waits for it, also one that is only about to sleep",
            |new| {
                let tried = "a thread receives, main sends one value and keeps its sender";
                let case = Case::new(tried, "the value is received");
                case.explore(|| scenes::value_comes(new)).map(drop)
            },
        ),
        explored(
            "woken_receiver_looks_again",
            "a receiver that was woken looks again: another may have been faster",
            |new| {
                let crowd = Crowd {
                    capacity: 1,
                    senders: &[2],
                    receivers: &[1, 1],
                };
                let case = Case {
                    counts: exploring::is_wrong, // who is not woken fails in other checks
                    ..Case::new(&crowd.to_string(), "each value is received once")
                };
                case.explore(|| crowd.run(new)).map(drop)
            },
        ),
        explored(
            "room_wakes_the_sender",
            "room wakes the sender that waits for it",
            |new| {
                let tried = "a channel with room for 1: a thread sends two values, main \
                             receives two, and keeps its receiver";
                let case = Case::new(tried, "both are sent and received");
                case.explore(|| scenes::room_comes(new)).map(drop)
            },
        ),
    ]
}

/// A sender that must wait for ever.
const FULL: &str = "a channel with room for 2, and nobody receives: a thread sends three values";

/// A receiver that must.
const EMPTY: &str = "nobody sends, though there is a sender: a thread receives";

/// How a channel closes.
fn ends() -> Vec<Check<NewChannel>> {
    vec![
        explored(
            "what_is_left_comes_before_the_end",
            "what is inside when the last sender goes is received, and then None",
            |new| {
                let case = Case::new(
                    "main sends 1 and 2, drops its sender, and receives three times",
                    "1, 2, and None",
                );
                case.explore(|| scenes::what_is_left(new)).map(drop)
            },
        ),
        explored(
            "last_sender_wakes_every_receiver",
            "when the last sender goes every receiver that waits is woken: None",
            |new| {
                let case = Case::new(
                    "two threads receive, main drops the only sender",
                    "both receive None",
                );
                case.explore(|| scenes::last_sender_goes(new)).map(drop)
            },
        ),
        explored(
            "no_receiver_gives_the_value_back",
            "where no receiver is left a send gives its value back",
            |new| {
                let case = Case::new(
                    "main drops its receiver, and sends 7 into the empty channel",
                    "Err(7)",
                );
                case.explore(|| scenes::nobody_receives(new)).map(drop)
            },
        ),
        explored(
            "last_receiver_wakes_every_sender",
            "when the last receiver goes every sender that waits is woken, with its value",
            |new| {
                let case = Case::new(
                    "a full channel: two threads send, main drops the only receiver",
                    "both get their value back",
                );
                case.explore(|| scenes::last_receiver_goes(new)).map(drop)
            },
        ),
        explored(
            "senders_are_counted",
            "while one of several senders is left the channel is open",
            |new| {
                let tried = "a thread receives; main clones its sender, drops one of the two, \
                             and sends by the other";
                let case = Case::new(tried, "the value is received");
                case.explore(|| scenes::one_sender_goes(new)).map(drop)
            },
        ),
        explored(
            "receivers_are_counted",
            "while one of several receivers is left values are taken",
            |new| {
                let case = Case::new(
                    "main clones its receiver, drops one of the two, and sends",
                    "the value is received by the other",
                );
                case.explore(|| scenes::one_receiver_goes(new)).map(drop)
            },
        ),
    ]
}

/// Several on a side.
fn crowds() -> Vec<Check<NewChannel>> {
    let crowd = |name, rule, crowd: Crowd| Check {
        part: Part::Random,
        ..explored(name, rule, move |new| {
            let expected = "each value is received once, those of a sender in their order, and \
                            all come to their end";
            let case = Case::new(&crowd.to_string(), expected);
            case.explore(|| crowd.run(new)).map(drop)
        })
    };
    vec![
        Check {
            part: Part::Random,
            ..explored(
                "woken_sender_looks_again",
                "a sender that was woken looks again: another may have been faster",
                |new| {
                    let tried = "a channel with room for 1: one thread sends two values, another \
                                 sends one, and main receives one and no more";
                    let case = Case::new(tried, "one value is never sent: there is no room");
                    case.comes_to_a_standstill(|| scenes::one_too_many(new))
                },
            )
        },
        crowd(
            "wake_reaches_who_can_use_it",
            "with several on both sides a wake reaches a thread that can go on",
            Crowd {
                capacity: 1,
                senders: &[1, 1],
                receivers: &[1, 1],
            },
        ),
        crowd(
            "senders_keep_their_order",
            "values of a sender keep their order, whoever else sends",
            Crowd {
                capacity: 2,
                senders: &[2, 1],
                receivers: &[3],
            },
        ),
        Check {
            part: Part::Random,
            ..explored(
                "end_comes_after_the_last_value",
                "the end comes once all senders are gone and all values received, not before",
                |new| {
                    let tried = "a channel with room for 1: two threads send a value each and \
                                 are over, main receives until there is nothing more to come";
                    let case = Case::new(tried, "main receives both, and then None");
                    case.explore(|| scenes::drained(new)).map(drop)
                },
            )
        },
    ]
}

/// A check that explores. Stepped, it follows the schedule that the complaint names.
fn explored(
    name: &'static str,
    rule: &'static str,
    check: impl Fn(NewChannel) -> Result<(), Complaint> + Copy + 'static,
) -> Check<NewChannel> {
    Check {
        name,
        rule,
        part: Part::Rules,
        run: Box::new(move |new| check(*new)),
        step: Some(Box::new(move |new| check(*new))),
    }
}
