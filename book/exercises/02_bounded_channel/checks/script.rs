//! A script: what the tasks at both ends of a channel do, and its run.
//!
//! The receiver's task is spawned first, so at one instant it comes before the
//! senders. Time is virtual.

use super::model::{Deed, Event, Fault, Model, Operation};
use super::{NewChannel, Receives, Sends};
use exercises::check::{Complaint, last_panic, side_by_side};
use exercises::tasks::{Ended, LocalFuture, drive};
use runtime::{Builder, Clock, EventLoop, JoinHandle, now, sleep, yield_now};
use std::cell::RefCell;
use std::fmt;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

/// What a task does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Sends this value.
    Send(u32),
    /// Sends this value, and drops the `send` if it is not over in so many ms.
    SendFor(u32, u64),
    /// Receives a value.
    Receive,
    /// Drops the `recv` if it is not over in so many ms.
    ReceiveFor(u64),
    /// Receives until there is nothing more to come.
    Drain,
    /// Sleeps for so many ms.
    Pause(u64),
    /// Gives way once.
    Yield,
}

/// The tasks around a channel.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    /// For how many values there is room.
    pub(crate) capacity: usize,
    /// What the receiver does; then its end is dropped.
    pub(crate) receiver: Vec<Step>,
    /// What each sender does; then its end is dropped.
    pub(crate) senders: Vec<Vec<Step>>,
}

/// How a script's run ended.
#[derive(Debug)]
struct Run {
    /// What happened, in order.
    events: Vec<Event>,
    /// How the loop ended.
    ended: Ended,
    /// The message of a task that panicked.
    panic: Option<String>,
}

/// What happens, as the tasks note it.
type Log = Rc<RefCell<Vec<Event>>>;

impl Script {
    /// Runs it on a channel.
    fn run(&self, new: NewChannel) -> Run {
        let (sender, receiver) = new(self.capacity);
        let log = Log::default();
        let mut event_loop = EventLoop::new(Clock::Virtual);
        let tasks = Rc::<RefCell<Vec<JoinHandle<()>>>>::default();
        let mut futures: Vec<(String, LocalFuture<'static, ()>)> = vec![(
            name(0),
            Box::pin(receive(receiver, self.receiver.clone(), log.clone())),
        )];
        for (index, steps) in self.senders.iter().enumerate() {
            let future = send(sender.another(), index + 1, steps.clone(), log.clone());
            futures.push((name(index + 1), Box::pin(future)));
        }
        drop(sender);
        let spawned = tasks.clone();
        event_loop.spawn(async move {
            for (name, future) in futures {
                spawned
                    .borrow_mut()
                    .push(Builder::new().name(name).spawn(future));
            }
        });
        let _ = last_panic(); // of an earlier run
        let ended = drive(&mut event_loop);
        let over = tasks.take().into_iter().filter(JoinHandle::is_finished);
        let panicked = event_loop.block_on(async {
            let mut panicked = false;
            for task in over {
                panicked |= task.await.is_err_and(|end| end.is_panic());
            }
            panicked
        });
        let panic = panicked.then(|| last_panic().unwrap_or_default());
        Run {
            events: log.take(),
            ended,
            panic,
        }
    }

    /// Whether a channel's run obeys the rules.
    ///
    /// # Errors
    ///
    /// A complaint, with the run of `reference` beside it, when it does not.
    pub(crate) fn check(
        &self,
        reference: NewChannel,
        subject: NewChannel,
    ) -> Result<(), Complaint> {
        let run = self.run(subject);
        let Err(fault) = self.judge(&run) else {
            return Ok(());
        };
        Err(Complaint {
            tried: self.to_string(),
            expected: fault.expected,
            happened: fault.happened,
            beside: beside(&quietly(|| self.run(reference)), &run),
            step: String::new(),
        })
    }

    /// Whether a task that waits is left alone: all else is not this rule's matter.
    ///
    /// # Errors
    ///
    /// A complaint, when one is polled again and again.
    pub(crate) fn check_patience(&self, subject: NewChannel) -> Result<(), Complaint> {
        match self.run(subject).ended {
            Ended::Busy(tasks) => Err(Complaint {
                tried: self.to_string(),
                expected: busy(&tasks).expected,
                happened: busy(&tasks).happened,
                ..Complaint::default()
            }),
            Ended::All | Ended::Standstill(_) => Ok(()),
        }
    }

    /// What is wrong with a run, if anything is.
    fn judge(&self, run: &Run) -> Result<(), Fault> {
        let mut model = Model::new(self.capacity, self.senders.len());
        for event in &run.events {
            model.take(*event)?;
        }
        if let Some(panic) = &run.panic {
            return Err(Fault {
                expected: "no panic".to_owned(),
                happened: format!("your code panicked: {panic}"),
            });
        }
        match &run.ended {
            Ended::All => Ok(()),
            Ended::Busy(tasks) => Err(busy(tasks)),
            Ended::Standstill(tasks) => {
                model.nobody_can_go_on(None)?;
                Err(Fault {
                    expected: "every task comes to its end".to_owned(),
                    happened: format!("{} waits for ever", tasks.join(" and ")),
                })
            }
        }
    }
}

/// The fault of tasks that are polled for ever.
fn busy(tasks: &[String]) -> Fault {
    Fault {
        expected: "a task that waits is polled when it is woken, and only then".to_owned(),
        happened: format!(
            "{} is polled again and again while nothing happens: does a poll wake its own task?",
            tasks.join(" and ")
        ),
    }
}

/// A task's name; the receiver is task 0.
pub(crate) fn name(task: usize) -> String {
    match task.checked_sub(1).map(|sender| ('A'..='Z').nth(sender)) {
        Some(Some(letter)) => format!("sender {letter}"),
        Some(None) => format!("sender {task}"),
        None => "receiver".to_owned(),
    }
}

/// The task of a sender.
async fn send(sender: Box<dyn Sends>, task: usize, steps: Vec<Step>, log: Log) {
    for step in steps {
        match step {
            Step::Send(value) => {
                let sending = sender.send(value);
                operate(task, Operation::Send(value), sending, None, &log).await;
            }
            Step::SendFor(value, limit) => {
                let sending = sender.send(value);
                operate(task, Operation::Send(value), sending, Some(limit), &log).await;
            }
            other => wait(other).await,
        }
    }
    note(&log, task, Deed::Leaves);
}

/// The task of the receiver.
async fn receive(mut receiver: Box<dyn Receives>, steps: Vec<Step>, log: Log) {
    for step in steps {
        match step {
            Step::Receive => {
                operate(0, Operation::Receive, receiver.recv(), None, &log).await;
            }
            Step::ReceiveFor(limit) => {
                operate(0, Operation::Receive, receiver.recv(), Some(limit), &log).await;
            }
            Step::Drain => {
                let mut last = Some(Deed::Leaves);
                while last != Some(Deed::Received(None)) {
                    last = operate(0, Operation::Receive, receiver.recv(), None, &log).await;
                }
            }
            other => wait(other).await,
        }
    }
    note(&log, 0, Deed::Leaves);
}

/// Lets time pass.
async fn wait(step: Step) {
    match step {
        Step::Pause(millis) => sleep(Duration::from_millis(millis)).await,
        _ => yield_now().await,
    }
}

/// Notes what a task did.
fn note(log: &Log, task: usize, deed: Deed) {
    let at = now();
    log.borrow_mut().push(Event { at, task, deed });
}

/// Sends or receives, until `limit` ms have passed. The limit is looked at
/// first: so a wake that comes at the same instant finds somebody who leaves.
async fn operate(
    task: usize,
    operation: Operation,
    mut future: LocalFuture<'_, Deed>,
    limit: Option<u64>,
    log: &Log,
) -> Option<Deed> {
    let mut timer = limit.map(|limit| Box::pin(sleep(Duration::from_millis(limit))));
    note(log, task, Deed::Begins(operation));
    let done = poll_fn(|context| {
        if let Some(timer) = &mut timer
            && timer.as_mut().poll(context).is_ready()
        {
            return Poll::Ready(None);
        }
        future.as_mut().poll(context).map(Some)
    });
    let done = done.await;
    note(log, task, done.unwrap_or(Deed::GivesUp(operation)));
    done // and the future is dropped, after the note
}

/// Runs the reference, whose trace is nobody's matter.
fn quietly<T>(run: impl FnOnce() -> T) -> T {
    let level = log::max_level();
    log::set_max_level(log::LevelFilter::Off);
    let result = run();
    log::set_max_level(level);
    result
}

/// How many lines are shown before and after the first that differs.
const AROUND: usize = 4;

/// Both runs beside each other, about the first line that differs.
fn beside(expected: &Run, found: &Run) -> String {
    let [expected, found] = [expected, found].map(|run| lines(&run.events));
    let same = expected.iter().zip(&found).take_while(|(a, b)| a == b);
    let first = same.count();
    let part = |lines: &[String]| -> String {
        let from = first.saturating_sub(AROUND);
        let to = (first + AROUND).min(lines.len());
        let shown = lines.get(from..to).unwrap_or_default();
        let mut part = if from > 0 { "..\n" } else { "" }.to_owned() + &shown.join("\n");
        if to < lines.len() {
            part += "\n..";
        }
        part
    };
    side_by_side(
        ("runtime's channel", &part(&expected)),
        ("yours", &part(&found)),
    )
}

/// A line for each thing that was done; one that was done at once is one line.
fn lines(events: &[Event]) -> Vec<String> {
    let at_once = |index: usize| {
        let (this, next) = (events[index], events.get(index + 1));
        matches!(this.deed, Deed::Begins(_))
            && next.is_some_and(|next| next.task == this.task && next.at == this.at)
    };
    let kept = (0..events.len()).filter(|index| !at_once(*index));
    kept.map(|index| {
        let event = events[index];
        format!(
            "{} ms  {}: {}",
            event.at.as_millis(),
            name(event.task),
            event.deed
        )
    })
    .collect()
}

/// What is tried: the capacity, and each task's steps.
impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a channel with room for {}", self.capacity)?;
        let tasks = [&self.receiver].into_iter().chain(&self.senders);
        for (task, steps) in tasks.enumerate() {
            let steps: Vec<_> = steps.iter().map(Step::to_string).collect();
            let steps = if steps.is_empty() {
                "nothing".to_owned()
            } else {
                steps.join(", ")
            };
            write!(f, "\n{}: {steps}", name(task))?;
        }
        Ok(())
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Send(value) => write!(f, "sends {value}"),
            Step::SendFor(value, limit) => {
                write!(f, "sends {value} but gives up after {limit} ms")
            }
            Step::Receive => f.write_str("receives"),
            Step::ReceiveFor(limit) => write!(f, "receives but gives up after {limit} ms"),
            Step::Drain => f.write_str("receives until None"),
            Step::Pause(millis) => write!(f, "sleeps {millis} ms"),
            Step::Yield => f.write_str("gives way"),
        }
    }
}
