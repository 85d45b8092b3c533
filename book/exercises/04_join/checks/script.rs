//! A script: what the two futures of a join wait for, and its run on a loop.
//!
//! The run is a list of lines; the reference's run, on the same futures, is what
//! is expected. Time is virtual.

use super::NewJoin;
use exercises::check::{Complaint, last_panic, side_by_side};
use exercises::tasks::{Ended, LocalFuture, drive};
use runtime::{Builder, Clock, EventLoop, now, sleep, yield_now};
use std::cell::RefCell;
use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

/// What a future waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// So many ms.
    Sleep(u64),
    /// It gives way once.
    Yield,
}

/// The futures of a join.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    /// What the first waits for before it is ready.
    pub(crate) first: Vec<Act>,
    /// The same of the second.
    pub(crate) second: Vec<Act>,
}

/// What happens to a future, or to the join.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// It is polled for the first time.
    Starts,
    /// It is ready.
    IsReady,
    /// It is polled although it was ready.
    IsPolledAgain,
    /// It is dropped.
    IsDropped,
    /// The join is ready, with these results.
    Returns(u32, u32),
}

/// Something that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    /// When.
    at: Duration,
    /// To the first future, the second, or, as 0, to the join.
    whom: u32,
    /// What.
    what: What,
}

/// Whether a check looks at such an event.
pub(crate) type Looks = fn(What) -> bool;

/// What happens, in order.
type Log = Rc<RefCell<Vec<Event>>>;

/// How a script's run ended.
struct Run {
    /// What happened.
    events: Vec<Event>,
    /// How the loop ended.
    ended: Ended,
    /// The message of a panic of the join's task.
    panic: Option<String>,
}

/// A future of a join, which notes what happens to it.
struct Noted {
    /// What it does; empty when it is over, so that only its wrapper is left.
    future: Option<LocalFuture<'static, ()>>,
    /// Which one it is.
    whom: u32,
    /// Whether it was polled.
    started: bool,
    /// Where it is noted.
    log: Log,
}

impl Noted {
    /// Notes what happens to it.
    fn note(&self, what: What) {
        note(&self.log, self.whom, what);
    }
}

impl Future for Noted {
    type Output = u32;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<u32> {
        if !self.started {
            self.started = true;
            self.note(What::Starts);
        }
        let Some(future) = &mut self.future else {
            self.note(What::IsPolledAgain);
            return Poll::Pending;
        };
        if future.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        self.future = None;
        self.note(What::IsReady);
        Poll::Ready(self.whom)
    }
}

impl Drop for Noted {
    fn drop(&mut self) {
        self.note(What::IsDropped);
    }
}

/// Notes what happens to one of the two, or, as 0, to the join.
fn note(log: &Log, whom: u32, what: What) {
    let at = now();
    log.borrow_mut().push(Event { at, whom, what });
}

/// Waits for all of `acts`.
async fn perform(acts: Vec<Act>) {
    for act in acts {
        match act {
            Act::Sleep(millis) => sleep(Duration::from_millis(millis)).await,
            Act::Yield => yield_now().await,
        }
    }
}

impl Script {
    /// Runs it on a join.
    fn run(&self, join: NewJoin) -> Run {
        let log = Log::default();
        let noted = |whom: u32, acts: &Vec<Act>| -> LocalFuture<'static, u32> {
            Box::pin(Noted {
                future: Some(Box::pin(perform(acts.clone()))),
                whom,
                started: false,
                log: log.clone(),
            })
        };
        let joined = join(noted(1, &self.first), noted(2, &self.second));
        let mut event_loop = EventLoop::new(Clock::Virtual);
        let returns = log.clone();
        let _ = last_panic(); // of an earlier run
        let task = event_loop.spawn(async move {
            let task = Builder::new().name("join").spawn(async move {
                let (first, second) = joined.await;
                note(&returns, 0, What::Returns(first, second));
            });
            task.await.is_err_and(|end| end.is_panic())
        });
        let ended = drive(&mut event_loop);
        let panicked = task.is_finished() && event_loop.block_on(task).unwrap_or(false);
        let events = log.borrow().clone(); // before what is left is dropped
        Run {
            events,
            ended,
            panic: panicked.then(|| last_panic().unwrap_or_default()),
        }
    }

    /// Whether the same happens as with `reference`, as far as the check looks.
    ///
    /// # Errors
    ///
    /// A complaint with both runs, if it does not.
    pub(crate) fn check(
        &self,
        reference: NewJoin,
        join: NewJoin,
        looks: Looks,
    ) -> Result<(), Complaint> {
        let found = self.run(join);
        let expected = quietly(|| self.run(reference)).events;
        let seen = |events: &[Event]| -> Vec<Event> {
            events
                .iter()
                .copied()
                .filter(|event| looks(event.what))
                .collect()
        };
        let (expected_seen, found_seen) = (seen(&expected), seen(&found.events));
        if expected_seen == found_seen {
            return Ok(());
        }
        let pairs = expected_seen.iter().zip(&found_seen);
        let first = pairs.take_while(|(a, b)| a == b).count();
        let line = |events: &[Event]| events.get(first).map(Event::to_string);
        let happened = match (line(&found_seen), found.panic, found.ended) {
            (_, Some(panic), _) => format!("your code panicked: {panic}"),
            (Some(line), _, _) => line,
            (None, _, Ended::Standstill(_)) => {
                "the join waits for ever: nobody will poll it again".to_owned()
            }
            (None, _, Ended::Busy(_)) => "the join is polled again and again".to_owned(),
            (None, _, Ended::All) => "nothing more happens".to_owned(),
        };
        let text = |events: &[Event]| {
            let ends = events.len() - left_over(events);
            let lines: Vec<_> = events[..ends].iter().map(Event::to_string).collect();
            lines.join("\n")
        };
        Err(Complaint {
            tried: self.to_string(),
            expected: line(&expected_seen).unwrap_or_else(|| "nothing more happens".to_owned()),
            happened,
            beside: side_by_side(
                ("expected", &text(&expected)),
                ("yours", &text(&found.events)),
            ),
            step: String::new(),
        })
    }

    /// Whether a join that waits is left alone: all else is not this rule's matter.
    ///
    /// # Errors
    ///
    /// A complaint, when it is polled again and again.
    pub(crate) fn check_patience(&self, join: NewJoin) -> Result<(), Complaint> {
        match self.run(join).ended {
            Ended::Busy(_) => Err(Complaint {
                tried: self.to_string(),
                expected: "a join that waits is polled when one of its futures is woken".to_owned(),
                happened:
                    "it is polled again and again while nothing happens: does a poll wake its \
                           own task?"
                        .to_owned(),
                ..Complaint::default()
            }),
            Ended::All | Ended::Standstill(_) => Ok(()),
        }
    }
}

/// How many events at the end only say that something is dropped.
fn left_over(events: &[Event]) -> usize {
    let dropped = |event: &&Event| event.what == What::IsDropped;
    events.iter().rev().take_while(dropped).count()
}

/// Runs the reference, whose trace is nobody's matter.
fn quietly<T>(run: impl FnOnce() -> T) -> T {
    let level = log::max_level();
    log::set_max_level(log::LevelFilter::Off);
    let result = run();
    log::set_max_level(level);
    result
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whom = ["join", "first", "second"][self.whom as usize];
        write!(f, "{} ms  {whom} ", self.at.as_millis())?;
        match self.what {
            What::Starts => f.write_str("starts"),
            What::IsReady => f.write_str("is ready"),
            What::IsPolledAgain => f.write_str("polled after its end"),
            What::IsDropped => f.write_str("is dropped"),
            What::Returns(first, second) => write!(f, "returns ({first}, {second})"),
        }
    }
}

/// What is tried: what both wait for.
impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = |acts: &[Act]| {
            let act = |act: &Act| match act {
                Act::Sleep(millis) => format!("sleeps {millis} ms, "),
                Act::Yield => "gives way, ".to_owned(),
            };
            acts.iter().map(act).collect::<String>()
        };
        write!(
            f,
            "join(first, second)\nfirst: {}is ready: 1\nsecond: {}is ready: 2",
            words(&self.first),
            words(&self.second)
        )
    }
}
