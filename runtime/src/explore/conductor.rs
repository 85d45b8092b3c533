//! The conductor: a loop that is led takes one step after the other.
//!
//! In place of turns: before each step it offers whatever could be next to a guide, and
//! does what the guide decides. As a numbered list:
//!
//! 1. offer every task that is ready, and every timer that is due;
//! 2. if there is none, let happen what then happens in the loop: what other OS threads
//!    have posted, what the OS knows, the end of a blocking call; else time jumps to the
//!    next deadline; else nobody can go on;
//! 3. ask the guide, and poll that task or fire that timer.
//!
//! What the loop would do by itself is one of the offers, the *usual* one: the queue's
//! next task, as many as were ready when the turn began; then the timers in their order.
//!
//! Invariants: (1) led along its usual offers a program does what it does in a loop that
//! is not led; (2) what step 2 does is decided by the steps before it, unless the program
//! waits for the OS or for another OS thread.
//!
//! Left out: any order of readiness but the one in which the OS tells it. It makes tasks
//! ready, and which of those is polled first is a choice.
//!
//! Book: chapter 20. Mirror: `scheduler::explore::conductor`.

use super::execution::{Ending, Execution, Step};
use super::guide::{Choice, Decision, Guide};
use super::step::{Offer, Touch, Who};
use crate::class::Class;
use crate::polling::Main;
use crate::state::LoopState;
use crate::task::Task;
use crate::timer::Timer;
use crate::trace::record;
use std::time::Duration;

/// So long the OS is waited for, if nothing else can happen: no more than who waits in
/// vain would mind, and more than bytes take from one end of a connection to the other.
const PATIENCE: Duration = Duration::from_secs(1);

/// What can be next, and how far the turn is.
#[derive(Debug, Default)]
struct Offers {
    /// Who could take the next step, tasks before timers.
    all: Vec<Offer>,
    /// The key of each task, and the deadline of each timer.
    keys: Vec<Key>,
    /// Whether a turn has begun, and has not come to its end.
    is_in_turn: bool,
    /// How many tasks are to be polled in it.
    left: usize,
}

/// How an offer is found.
#[derive(Clone, Copy, Debug)]
enum Key {
    /// A task's key in the slab, and its class.
    Task(usize, Class),
    /// A timer's, in the map.
    Timer(Timer),
}

impl LoopState {
    /// Leads the loop until `main` is over, or the execution ends for another reason; it
    /// may have `limit` steps.
    pub(super) fn lead(
        &self,
        main: &mut Main<'_>,
        guide: &mut dyn Guide,
        limit: usize,
    ) -> Execution {
        let mut execution = Execution::default();
        let mut offers = Offers::default();
        while !main.is_over {
            let Some(usual) = self.offer(&mut offers) else {
                execution.ending = Ending::Stuck(self.waits());
                break;
            };
            if execution.steps.len() == limit {
                execution.ending = Ending::TooLong;
                break;
            }
            let decision = guide.choose(&Choice {
                step: execution.steps.len(),
                offers: &offers.all,
                usual,
                last: execution.steps.last().map(|step| &step.touch),
            });
            let taken = match decision {
                Decision::Take(taken) => taken,
                Decision::Known => {
                    execution.ending = Ending::Known;
                    break;
                }
                Decision::Open => {
                    execution.ending = Ending::Open;
                    break;
                }
                Decision::Differs(how) => {
                    execution.ending = Ending::Differs(how);
                    break;
                }
            };
            let (who, is_usual) = (offers.all[taken].who, taken == usual);
            let touch = match offers.keys[taken] {
                Key::Task(key, class) => {
                    offers.left = offers.left.saturating_sub(1);
                    self.poll_offered(who, (key, class), is_usual, main)
                }
                Key::Timer(timer) => self.fire_offered(timer, main),
            };
            execution.steps.push(Step {
                who,
                is_usual,
                touch,
            });
        }
        if let Ending::Complete | Ending::Stuck(_) = execution.ending
            && let Some(how) = guide.ends(execution.steps.len())
        {
            execution.ending = Ending::Differs(how);
        }
        (execution.falls, execution.outcome) = self.led.take();
        execution
    }

    /// Step 1: offers what can be next. Which of it is the usual; None if nobody can go on.
    fn offer(&self, offers: &mut Offers) -> Option<usize> {
        loop {
            let tasks = self.list(offers);
            if !offers.is_in_turn {
                self.give_account();
                self.turns.set(self.turns.get() + 1);
                record!(self, "turn"; turn = self.turns.get(), ready = tasks);
                (offers.is_in_turn, offers.left) = (true, tasks);
            }
            if offers.left > 0 && tasks > 0 {
                // Where there are several classes their rule decides, which counts as it picks.
                let next = self.ready.borrow().clone().pop();
                let is_next = |key: &Key| matches!(key, Key::Task(key, _) if Some(*key) == next);
                return offers.keys.iter().position(is_next);
            }
            if offers.all.len() > tasks {
                return Some(tasks); // the first timer
            }
            offers.is_in_turn = false;
            if tasks == 0 && !self.comes_to_something() {
                return None;
            }
        }
    }

    /// Lists the tasks that are ready and the timers that are due. How many are tasks.
    fn list(&self, offers: &mut Offers) -> usize {
        offers.all.clear();
        offers.keys.clear();
        let (tasks, ready) = (self.tasks.borrow(), self.ready.borrow());
        for class in Class::ALL {
            for key in ready.iter(class) {
                offers.all.push(Offer {
                    who: Who::Task(tasks[key].id.number()),
                    at: Some(tasks[key].stands_at),
                });
                offers.keys.push(Key::Task(key, class));
            }
        }
        let count = offers.all.len();
        let now = self.time.seen();
        let timers = self.timers.borrow();
        for (timer, _) in timers.iter().take_while(|(timer, _)| timer.deadline <= now) {
            let who = Who::Timer(timer.number);
            offers.all.push(Offer { who, at: None });
            offers.keys.push(Key::Timer(*timer));
        }
        count
    }

    /// Step 2: nobody can go on now. Lets happen what then happens in the loop; whether
    /// anything did, or may have.
    fn comes_to_something(&self) -> bool {
        if self.inbox.may_have_posts() {
            self.take_posted();
            return true;
        }
        let waits_for_os = self.reactor.borrow().has_sources() || self.blocking.any_out();
        if waits_for_os && self.ask_in_vain(Duration::ZERO) {
            if self.blocking.hold_time() {
                self.ask_in_vain(PATIENCE); // it will end, and meanwhile time stands still
                return true;
            }
            if self.timers.borrow().next_deadline().is_none() {
                return !self.ask_in_vain(PATIENCE);
            }
        } else if waits_for_os {
            return true;
        }
        let deadline = self.timers.borrow().next_deadline();
        if let Some(deadline) = deadline {
            self.jump(deadline);
        }
        deadline.is_some()
    }

    /// Asks the OS for up to `limit`, and wakes whoever it concerns. Whether that is
    /// nobody.
    fn ask_in_vain(&self, limit: Duration) -> bool {
        if self.inbox.fall_asleep() {
            self.ask(Some(limit));
        }
        self.inbox.wake_up();
        self.wake_the_ready();
        if self.inbox.may_have_posts() {
            self.take_posted();
        }
        self.take_reports();
        self.ready.borrow().is_empty()
    }

    /// Step 3: polls a task that was offered. What that touched.
    fn poll_offered(
        &self,
        who: Who,
        (key, class): (usize, Class),
        is_usual: bool,
        main: &mut Main<'_>,
    ) -> Touch {
        let mut timers = self.due_timers();
        if is_usual {
            self.ready.borrow_mut().pop(); // by the rule of classes, which counts
        } else {
            self.ready.borrow_mut().remove(key, class);
        }
        self.run_task(key, Some(main));
        if !timers.is_empty() {
            let after = self.due_timers();
            timers.retain(|timer| !after.contains(timer));
        }
        let Who::Task(task) = who else {
            return Touch::Anything;
        };
        Touch::Poll {
            task,
            timers: timers.into_iter().map(|(number, _)| number).collect(),
        }
    }

    /// The timers that are due, and in which poll each was last waited for.
    fn due_timers(&self) -> Vec<(u64, u64)> {
        let (timers, now) = (self.timers.borrow(), self.time.seen());
        let due = timers.iter().take_while(|(timer, _)| timer.deadline <= now);
        due.map(|(timer, waiter)| (timer.number, waiter.poll))
            .collect()
    }

    /// Step 3: fires a timer that was offered. What that touched.
    fn fire_offered(&self, timer: Timer, main: &Main<'_>) -> Touch {
        let waiter = self.timers.borrow_mut().take(&timer);
        let Some(waiter) = waiter else {
            return Touch::Anything;
        };
        let is_woken = |task: &&Task| task.waker().is_some_and(|waker| waiter.wakes(waker));
        let task = if waiter.wakes(&main.waker) {
            Some(self.tasks.borrow()[main.key].id)
        } else {
            let tasks = self.tasks.borrow();
            let found = tasks.iter().map(|(_, task)| task).find(is_woken);
            found.map(|task| task.id)
        };
        self.fire(self.time.seen(), timer, waiter);
        match task {
            Some(task) => Touch::Fire {
                timer: timer.number,
                task: task.number(),
            },
            None => Touch::Anything, // a waker of somebody else's
        }
    }
}
