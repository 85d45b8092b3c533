//! The checks of the timer wheel: rule by rule, random calls, a long pause.
//!
//! Each of the first group isolates one rule, and presumes only the rules that
//! are checked before it. So the first that fails names the mistake.

use exercises::check::{Check, Part};
use exercises::operations::{self, Operation};
use exercises::search::Dice;
use std::collections::HashSet;
use std::fmt;

/// A wheel as the checks see it: timers have numbers, and keys are not shown.
pub(crate) trait Wheel {
    /// Sets up a timer.
    fn insert(&mut self, deadline: u64, timer: u32);
    /// Gives one up; says whether it was there.
    fn cancel(&mut self, timer: u32) -> bool;
    /// What fires.
    fn advance(&mut self, now: u64) -> Vec<u32>;
    /// Until when a loop may sleep.
    fn next_deadline(&self) -> Option<u64>;
    /// What is in it, by slots; nothing, if it does not say.
    fn picture(&self) -> String {
        String::new()
    }
}

/// Makes a wheel.
pub(crate) type NewWheel = fn() -> Box<dyn Wheel>;

/// What makes the wheel of a module, with the keys that it gave.
macro_rules! candidate {
    ($($module:ident)::+) => {{
        /// A wheel, and the key of each timer.
        struct Candidate {
            /// The wheel.
            wheel: $($module)::+::TimerWheel,
            /// The keys, also those that are stale.
            keys: std::collections::HashMap<u32, $($module)::+::Key>,
        }

        impl $crate::checks::Wheel for Candidate {
            fn insert(&mut self, deadline: u64, timer: u32) {
                let key = self.wheel.insert(deadline, timer);
                self.keys.insert(timer, key);
            }

            fn cancel(&mut self, timer: u32) -> bool {
                self.wheel.cancel(self.keys[&timer])
            }

            fn advance(&mut self, now: u64) -> Vec<u32> {
                self.wheel.advance(now)
            }

            fn next_deadline(&self) -> Option<u64> {
                self.wheel.next_deadline()
            }
        }

        let new: $crate::checks::NewWheel = || {
            Box::new(Candidate {
                wheel: $($module)::+::TimerWheel::new(),
                keys: std::collections::HashMap::new(),
            })
        };
        new
    }};
}
pub(crate) use candidate;

/// Ticks in a round, as in the skeleton.
const SLOTS: u64 = 8;

/// What a wheel does, done by looking at every timer.
#[derive(Debug, Default)]
struct List {
    /// Deadline and number of every timer, in the order of insertion.
    timers: Vec<(u64, u32)>,
    /// How far time has come.
    now: u64,
}

impl Wheel for List {
    fn insert(&mut self, deadline: u64, timer: u32) {
        self.timers.push((deadline, timer));
    }

    fn cancel(&mut self, timer: u32) -> bool {
        let before = self.timers.len();
        self.timers.retain(|(_, other)| *other != timer);
        self.timers.len() < before
    }

    fn advance(&mut self, now: u64) -> Vec<u32> {
        self.now = now;
        let mut due: Vec<_> = self
            .timers
            .extract_if(.., |(deadline, _)| *deadline <= now)
            .collect();
        due.sort_by_key(|(deadline, _)| *deadline); // and keeps the order of equals
        due.into_iter().map(|(_, timer)| timer).collect()
    }

    fn next_deadline(&self) -> Option<u64> {
        self.timers.iter().map(|(deadline, _)| *deadline).min()
    }

    fn picture(&self) -> String {
        let mut lines = vec![format!("tick {} (slot {})", self.now, self.now % SLOTS)];
        for slot in 0..SLOTS {
            let inside = self
                .timers
                .iter()
                .filter(|(deadline, _)| (*deadline).max(self.now) % SLOTS == slot)
                .map(|(deadline, timer)| format!("timer {timer} for {deadline}"));
            let inside: Vec<_> = inside.collect();
            if !inside.is_empty() {
                lines.push(format!("slot {slot}: {}", inside.join(", ")));
            }
        }
        lines.join("\n")
    }
}

/// A call to a wheel.
#[derive(Clone, Copy, Debug)]
enum Call {
    /// Sets up `timer`.
    Insert {
        /// Its number, which no other timer has.
        timer: u32,
        /// When it is due.
        deadline: u64,
    },
    /// Gives `timer` up.
    Cancel {
        /// Its number.
        timer: u32,
    },
    /// Turns the wheel on.
    Advance {
        /// The tick that has come.
        now: u64,
    },
    /// Asks for the next deadline.
    NextDeadline,
}
use Call::{Advance, Cancel, Insert, NextDeadline};

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Insert { timer, deadline } => write!(f, "insert({deadline}, timer {timer})"),
            Cancel { timer } => write!(f, "cancel(key of timer {timer})"),
            Advance { now } => write!(f, "advance({now})"),
            NextDeadline => write!(f, "next_deadline()"),
        }
    }
}

impl Operation for Call {
    type Machine = dyn Wheel;

    fn apply(&self, wheel: &mut (dyn Wheel + 'static)) -> String {
        match *self {
            Insert { timer, deadline } => {
                wheel.insert(deadline, timer);
                "a key".to_owned()
            }
            Cancel { timer } => wheel.cancel(timer).to_string(),
            Advance { now } => match wheel.advance(now)[..] {
                [] => "nothing fires".to_owned(),
                [timer] => format!("timer {timer} fires"),
                ref several => format!("timers {several:?} fire, in this order"),
            },
            NextDeadline => format!("{:?}", wheel.next_deadline()),
        }
    }

    fn smaller(&self) -> Vec<Call> {
        let less = |ticks: u64| {
            [ticks / 2, ticks.saturating_sub(1)]
                .into_iter()
                .filter(move |less| *less < ticks)
        };
        match *self {
            Insert { timer, deadline } => less(deadline)
                .map(|deadline| Insert { timer, deadline })
                .collect(),
            Advance { now } => less(now).map(|now| Advance { now }).collect(),
            Cancel { .. } | NextDeadline => Vec::new(),
        }
    }

    /// Time does not go back, and there are keys only of timers that were set up.
    fn allowed(sequence: &[Call]) -> bool {
        let mut tick = 0;
        let mut timers = HashSet::new();
        sequence.iter().all(|call| match *call {
            Insert { timer, .. } => timers.insert(timer),
            Cancel { timer } => timers.contains(&timer),
            Advance { now } => {
                let allowed = tick <= now;
                tick = now;
                allowed
            }
            NextDeadline => true,
        })
    }

    fn picture(model: &(dyn Wheel + 'static)) -> String {
        model.picture()
    }
}

/// `insert`, in short.
fn insert(deadline: u64, timer: u32) -> Call {
    Insert { timer, deadline }
}

/// `advance`, in short.
fn advance(now: u64) -> Call {
    Advance { now }
}

/// All checks, in the order in which they build on each other.
pub(crate) fn checks() -> Vec<Check<NewWheel>> {
    [firing(), jumps(), keys(), whole()]
        .into_iter()
        .flatten()
        .collect()
}

/// Checks that timers fire when they should.
fn firing() -> Vec<Check<NewWheel>> {
    vec![
        rule(
            "due_timer_fires",
            "a timer fires when its deadline comes",
            [insert(3, 1), advance(3)],
        ),
        rule(
            "timer_fires_once",
            "a timer that fired is gone",
            [insert(3, 1), advance(3), advance(11), advance(19)],
        ),
        rule(
            "no_timer_fires_early",
            "a timer does not fire before its deadline",
            [insert(3, 1), advance(2), advance(3)],
        ),
        rule(
            "timer_of_a_later_round_stays",
            "a timer of a later round does not fire when the hand comes by before",
            [insert(SLOTS + 3, 1), advance(3)],
        ),
        rule(
            "timer_of_a_later_round_is_not_lost",
            "a timer of a later round fires when its round has come",
            [
                insert(2 * SLOTS + 3, 1),
                advance(3),
                advance(11),
                advance(19),
            ],
        ),
    ]
}

/// Checks of what happens when time jumps.
fn jumps() -> Vec<Check<NewWheel>> {
    vec![
        rule(
            "jump_of_time_skips_no_slot",
            "all that is due fires when time jumps, whatever slots it is in",
            [
                insert(2, 1),
                advance(6),
                insert(7, 2),
                advance(9),
                insert(12, 3),
                advance(40),
            ],
        ),
        rule(
            "timers_fire_in_order_of_deadlines",
            "what fires at once comes in the order of the deadlines",
            [insert(6, 1), insert(11, 2), insert(3, 3), advance(20)],
        ),
        rule(
            "equal_deadlines_fire_in_order_of_insertion",
            "timers with one deadline fire in the order in which they were set up",
            [
                insert(3, 1),
                insert(3, 2),
                insert(3, 3),
                insert(3, 4),
                advance(3),
            ],
        ),
        rule(
            "overdue_timer_fires_at_once",
            "a timer whose deadline is past fires in the next advance",
            [
                advance(5),
                insert(3, 1),
                advance(5),
                insert(4, 2),
                advance(6),
            ],
        ),
    ]
}

/// Checks of keys, and of the next deadline.
fn keys() -> Vec<Check<NewWheel>> {
    vec![
        rule(
            "cancelled_timer_does_not_fire",
            "a timer that was given up does not fire, and all others do",
            [
                insert(3, 1),
                insert(3, 2),
                insert(3, 3),
                Cancel { timer: 1 },
                advance(3),
            ],
        ),
        rule(
            "stale_key_cancels_nobody",
            "the key of a timer that is gone cancels no other timer",
            [
                insert(3, 1),
                advance(3),
                insert(11, 2),
                Cancel { timer: 1 },
                advance(11),
                insert(19, 3),
                Cancel { timer: 3 },
                Cancel { timer: 3 },
                insert(19, 4),
                Cancel { timer: 3 },
                advance(19),
            ],
        ),
        rule(
            "next_deadline_is_the_earliest",
            "next_deadline is the earliest of all, whatever slots they are in",
            [
                NextDeadline,
                insert(20, 1),
                NextDeadline,
                insert(17, 2),
                insert(12, 3),
                NextDeadline,
                insert(5, 4),
                NextDeadline,
            ],
        ),
        rule(
            "next_deadline_forgets_who_is_gone",
            "a timer that fired or was given up is no next deadline",
            [
                insert(3, 1),
                insert(5, 2),
                insert(9, 3),
                advance(3),
                NextDeadline,
                Cancel { timer: 2 },
                NextDeadline,
                advance(9),
                NextDeadline,
            ],
        ),
    ]
}

/// Checks of everything together.
fn whole() -> Vec<Check<NewWheel>> {
    vec![
        Check {
            name: "random_calls",
            rule: "any calls are answered as a list of all timers answers them",
            part: Part::Random,
            run: Box::new(|new| operations::compare_random(random_call, &list, new)),
            step: None,
        },
        Check {
            part: Part::Random,
            ..rule(
                "long_pause_costs_one_round",
                "a pause of a year of ticks costs one round",
                [
                    insert(31_536_000_000_000_000, 1),
                    advance(31_535_999_999_999_999),
                    advance(31_536_000_000_000_000),
                    insert(u64::MAX, 2),
                    NextDeadline,
                    advance(u64::MAX),
                ],
            )
        },
    ]
}

/// The model.
fn list() -> Box<dyn Wheel> {
    Box::new(List::default())
}

/// A check of a few calls.
fn rule<const CALLS: usize>(
    name: &'static str,
    rule: &'static str,
    calls: [Call; CALLS],
) -> Check<NewWheel> {
    Check {
        name,
        rule,
        part: Part::Rules,
        run: Box::new(move |new| operations::compare(&calls, &list, new)),
        step: None, // no task or thread has a part in it
    }
}

/// A call, the `number`th of its sequence; those of later ones are about later
/// ticks.
fn random_call(dice: &mut Dice, number: u32) -> Call {
    let tick = u64::from(number) + dice.up_to(3);
    match dice.up_to(9) {
        0..=3 => insert(tick + dice.up_to(2 * SLOTS), number),
        4..=5 => Cancel {
            timer: u32::try_from(dice.up_to(u64::from(number))).unwrap_or(number),
        },
        6..=7 => advance(tick),
        _ => NextDeadline,
    }
}
