//! A script: what tasks do in each of their polls, and what happens outside.
//!
//! Its run is a list of lines, one for each poll; and the rules say exactly which
//! lines these must be, so [`Script::expected`] can be compared line by line.

use super::NewExecutor;
use exercises::check::{Complaint, side_by_side};
use exercises::parking::{self, Happening, Observation};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// What a task does in one of its polls, before it returns `Pending`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// Nothing: it waits until somebody wakes it.
    Wait,
    /// Calls its own waker.
    WakeSelf,
    /// Calls its own waker and parks for a moment, which uses the permit up.
    WakeSelfAndPark,
    /// Calls the waker of another task, if that was polled before.
    Wake(usize),
}

/// What happens outside while the thread is parked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outside {
    /// Somebody calls the wakers of these tasks.
    Wakes(Vec<usize>),
    /// The park ends for no reason.
    NoReason,
    /// Somebody calls the wakers of all that wait.
    WakesAll,
}

/// Tasks and the world around them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Script {
    /// For each task, what it does in its polls. In the one after the last it is
    /// over.
    pub(crate) tasks: Vec<Vec<Act>>,
    /// The same of tasks that are spawned when those before are over.
    pub(crate) later: Vec<Vec<Act>>,
    /// Whether a task that is over calls its own waker in its last poll.
    pub(crate) last_wake: bool,
    /// Whether the run says when a future is dropped.
    pub(crate) drops: bool,
    /// What happens outside, in order. After that every task that waits is woken.
    pub(crate) outside: Vec<Outside>,
}

/// How a run came to its end, if it did not return.
#[derive(Debug, PartialEq, Eq)]
enum End {
    /// It returned.
    Returned,
    /// The thread would be parked for ever.
    Standstill,
    /// It panicked.
    Panicked(String),
    /// It went on although it should have returned, and was ended.
    TooLong,
}

/// What a run's tasks share with the world.
#[derive(Default)]
struct Stage {
    /// What happened.
    lines: RefCell<Vec<String>>,
    /// The last waker of each task.
    wakers: RefCell<Vec<Option<Waker>>>,
    /// Whether each task is over.
    over: RefCell<Vec<bool>>,
    /// How many lines there may be.
    most: usize,
    /// Whether there would have been more.
    too_long: RefCell<bool>,
}

impl Stage {
    /// Adds a line. Unwinds if there are too many: who polls for ever is not
    /// reached in another way.
    fn note(&self, line: String) {
        if self.lines.borrow().len() == self.most {
            *self.too_long.borrow_mut() = true;
            panic!("the check ends a run that goes on and on");
        }
        self.lines.borrow_mut().push(line);
    }

    /// Calls a task's last waker.
    fn wake(&self, task: usize) {
        let waker = self.wakers.borrow()[task].clone();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Calls the wakers of all that are not over.
    fn wake_all(&self) {
        let over = self.over.borrow().clone();
        let waiting = (0..).zip(over).filter(|(_, over)| !over);
        waiting.for_each(|(task, _)| self.wake(task));
    }
}

/// A task of a script.
struct Player {
    /// Its number.
    task: usize,
    /// What it has still to do.
    acts: VecDeque<Act>,
    /// Whether it is over.
    over: bool,
    /// Whether it wakes itself in its last poll.
    last_wake: bool,
    /// Whether it says when it is dropped.
    drops: bool,
    /// Where it plays.
    stage: Rc<Stage>,
}

impl Future for Player {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let stage = self.stage.clone();
        if self.over {
            stage.note(after_the_end(self.task));
            return Poll::Pending;
        }
        let old = stage.wakers.borrow_mut()[self.task].replace(context.waker().clone());
        drop(old); // nothing is borrowed
        let act = self.acts.pop_front();
        stage.note(polled(self.task, act));
        match act {
            Some(Act::Wait) => {}
            Some(Act::WakeSelf) => context.waker().wake_by_ref(),
            Some(Act::WakeSelfAndPark) => {
                context.waker().wake_by_ref();
                parking::current().unpark(); // so that this park ends
                parking::park();
            }
            Some(Act::Wake(other)) => stage.wake(other),
            None => {
                self.over = true;
                stage.over.borrow_mut()[self.task] = true;
                if self.last_wake {
                    context.waker().wake_by_ref();
                }
                return Poll::Ready(());
            }
        }
        Poll::Pending
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        if self.drops && self.over {
            self.stage.lines.borrow_mut().push(dropped(self.task));
        }
    }
}

/// The line of a poll.
fn polled(task: usize, act: Option<Act>) -> String {
    let task = task + 1;
    match act {
        Some(Act::Wait) => format!("task {task} polled: it waits"),
        Some(Act::WakeSelf) => format!("task {task} polled: wakes itself"),
        Some(Act::WakeSelfAndPark) => format!("task {task} polled: wakes itself, parks"),
        Some(Act::Wake(other)) => format!("task {task} polled: wakes {}", other + 1),
        None => format!("task {task} polled: it is over"),
    }
}

/// The line of a poll that must not be.
fn after_the_end(task: usize) -> String {
    format!("task {} polled after its end", task + 1)
}

/// The line of a future that is dropped.
fn dropped(task: usize) -> String {
    format!("task {} dropped", task + 1)
}

/// The line of a happening.
fn happened(outside: &Outside) -> String {
    match outside {
        Outside::NoReason => "parks; ends for no reason".to_owned(),
        Outside::WakesAll => "parks; outside wakes all".to_owned(),
        Outside::Wakes(tasks) => {
            let tasks: Vec<_> = tasks.iter().map(|task| (task + 1).to_string()).collect();
            format!("parks; outside wakes {}", tasks.join(", "))
        }
    }
}

impl Script {
    /// Each task's acts, of both runs.
    fn all(&self) -> impl Iterator<Item = &Vec<Act>> {
        self.tasks.iter().chain(&self.later)
    }

    /// All that happens outside: at last everybody is woken, again and again,
    /// for as long as anybody may wait.
    fn world(&self) -> Vec<Outside> {
        let polls: usize = self.all().map(|acts| acts.len() + 1).sum();
        let last = (0..polls).map(|_| Outside::WakesAll);
        self.outside.iter().cloned().chain(last).collect()
    }

    /// The lines of a run that keeps all rules.
    pub(crate) fn expected(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut acts: Vec<VecDeque<Act>> = self
            .all()
            .map(|acts| acts.iter().copied().collect())
            .collect();
        let mut polled_yet = vec![false; acts.len()];
        let mut over = vec![false; acts.len()];
        let mut world = VecDeque::from(self.world());
        let first = self.tasks.len();
        for tasks in [0..first, first..acts.len()] {
            let mut queue: VecDeque<usize> = tasks.clone().collect();
            let wake =
                |queue: &mut VecDeque<usize>, over: &[bool], polled_yet: &[bool], task: usize| {
                    if polled_yet[task] && !over[task] && !queue.contains(&task) {
                        queue.push_back(task);
                    }
                };
            while tasks.clone().any(|task| !over[task]) {
                let Some(task) = queue.pop_front() else {
                    let Some(outside) = world.pop_front() else {
                        unreachable!("the world wakes everybody often enough");
                    };
                    lines.push(happened(&outside));
                    let woken = match outside {
                        Outside::Wakes(woken) => woken,
                        Outside::WakesAll => tasks.clone().collect(),
                        Outside::NoReason => Vec::new(),
                    };
                    for task in woken {
                        wake(&mut queue, &over, &polled_yet, task);
                    }
                    continue;
                };
                polled_yet[task] = true;
                let act = acts[task].pop_front();
                lines.push(polled(task, act));
                match act {
                    Some(Act::Wait) => {}
                    Some(Act::WakeSelf | Act::WakeSelfAndPark) => {
                        wake(&mut queue, &over, &polled_yet, task);
                    }
                    Some(Act::Wake(other)) => wake(&mut queue, &over, &polled_yet, other),
                    None => {
                        over[task] = true;
                        lines.extend(self.drops.then(|| dropped(task)));
                    }
                }
            }
        }
        lines
    }

    /// Runs it on an executor.
    fn run(&self, new: NewExecutor, most: usize) -> (Vec<String>, End) {
        let stage = Rc::new(Stage {
            wakers: RefCell::new(vec![None; self.all().count()]),
            over: RefCell::new(vec![false; self.all().count()]),
            most,
            ..Stage::default()
        });
        let player = |(task, acts): (usize, &Vec<Act>)| Player {
            task,
            acts: acts.iter().copied().collect(),
            over: false,
            last_wake: self.last_wake,
            drops: self.drops,
            stage: stage.clone(),
        };
        let happening = |outside: Outside| {
            let stage = stage.clone();
            let happens: Happening = Box::new(move || {
                stage.note(happened(&outside));
                match &outside {
                    Outside::Wakes(tasks) => tasks.iter().for_each(|task| stage.wake(*task)),
                    Outside::NoReason => parking::current().unpark(),
                    Outside::WakesAll => stage.wake_all(),
                }
            });
            happens
        };
        let observation = parking::observe(self.world().into_iter().map(happening), || {
            let mut executor = new();
            for player in self.tasks.iter().enumerate().map(player) {
                executor.spawn(Box::pin(player));
            }
            executor.run();
            if self.later.is_empty() {
                return;
            }
            for (index, acts) in self.later.iter().enumerate() {
                let task = self.tasks.len() + index;
                executor.spawn(Box::pin(player((task, acts))));
            }
            executor.run();
        });
        let end = match observation {
            _ if *stage.too_long.borrow() => End::TooLong,
            Observation {
                standstill: true, ..
            } => End::Standstill,
            Observation {
                panic: Some(panic), ..
            } => End::Panicked(panic),
            Observation { .. } => End::Returned,
        };
        stage.wakers.take();
        (stage.lines.take(), end)
    }

    /// Whether an executor's run keeps all rules.
    ///
    /// # Errors
    ///
    /// A complaint with both runs, when it does not.
    pub(crate) fn check(&self, new: NewExecutor) -> Result<(), Complaint> {
        let expected = self.expected();
        let (lines, end) = self.run(new, expected.len() + AROUND);
        if lines == expected && end == End::Returned {
            return Ok(());
        }
        let same = expected.iter().zip(&lines).take_while(|(a, b)| a == b);
        let first = same.count();
        let happened = match (lines.get(first), &end) {
            (Some(line), _) => line.clone(),
            (None, End::Returned) => "run() returns, though not every task is over".to_owned(),
            (None, End::Standstill) => {
                "the thread parks, and nobody will ever unpark it: a wake-up was lost".to_owned()
            }
            (None, End::Panicked(panic)) => format!("your code panicked: {panic}"),
            (None, End::TooLong) => "run() goes on".to_owned(),
        };
        let next = expected.get(first).cloned();
        let part = |lines: &[String]| -> String {
            let from = first.saturating_sub(AROUND);
            let to = (first + AROUND).min(lines.len());
            let mut part = if from > 0 { "..\n" } else { "" }.to_owned();
            part += &lines.get(from..to).unwrap_or_default().join("\n");
            if to < lines.len() {
                part + "\n.."
            } else {
                part
            }
        };
        Err(Complaint {
            tried: self.to_string(),
            expected: next.unwrap_or_else(|| "run() returns".to_owned()),
            happened,
            beside: side_by_side(("expected", &part(&expected)), ("yours", &part(&lines))),
            step: String::new(),
        })
    }
}

/// How many lines are shown before and after the first that differs.
const AROUND: usize = 5;

/// What is tried: each task's polls, and the world.
impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (task, acts) in self.all().enumerate() {
            let separator = if task > 0 { "\n" } else { "" };
            write!(f, "{separator}task {}: ", task + 1)?;
            if task >= self.tasks.len() {
                f.write_str("spawned when those are over, ")?;
            }
            for act in acts {
                match act {
                    Act::Wait => f.write_str("waits, ")?,
                    Act::WakeSelf => f.write_str("wakes itself, ")?,
                    Act::WakeSelfAndPark => f.write_str("wakes itself and parks, ")?,
                    Act::Wake(other) => write!(f, "wakes task {}, ", other + 1)?,
                }
            }
            let last = if self.last_wake {
                "wakes itself and is over"
            } else {
                "is over"
            };
            f.write_str(last)?;
        }
        for outside in &self.outside {
            write!(f, "\n{}", happened(outside))?;
        }
        Ok(())
    }
}
