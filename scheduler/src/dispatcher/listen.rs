//! Step 1: what have the threads said?
//!
//! In the real modes the dispatcher sleeps until a thread speaks or an instant
//! comes. In checkpoint mode it lets the running threads take one step each, in
//! the order of their CPUs, one after another; when all have, a tick has passed.
//!
//! Invariants: (1) in checkpoint mode at most one thread moves at any time,
//! save those in blocking calls; (2) virtual time moves only when all running
//! threads have taken their step, or when nobody runs; (3) a thread that moves
//! alone may take steps without us, up to the next instant at which anything
//! else can happen: the trace is the same.
//!
//! Left out: what is done about it. Step 2 does it.
//!
//! Mirror: `runtime::reactor`.

use super::{Dispatcher, Turn};
use crate::policy::ThreadId;
use crate::preempt::clock;
use crate::preempt::context::NoticeKind;
use crate::scheduler::Preemption;
use crate::time::Time;
use crate::trace::record;
use std::sync::Arc;

impl Dispatcher {
    /// Collects what the threads have said, and waits if there is nothing else
    /// to do.
    pub(super) fn listen(&mut self) {
        self.collect();
        if !self.notices.is_empty() || !self.becoming_runnable.is_empty() {
            return;
        }
        if self.run.mode == Preemption::Checkpoint {
            self.listen_in_virtual_time();
        } else {
            self.wait_until(self.next_instant());
        }
    }

    /// Collects what the threads have said so far.
    fn collect(&mut self) {
        for note in self.run.inbox.collect() {
            let number = u32::try_from(note.thread).expect("it was made from a ThreadId");
            self.notices.push_back((ThreadId(number), note.kind));
        }
    }

    /// Waits until a thread speaks, at most until `instant` of the machine's
    /// clock.
    fn wait_until_machine(&mut self, instant: Option<u64>) {
        let inbox = &self.run.inbox;
        self.run.watch.paused(|| match instant {
            None => inbox.wait(),
            Some(instant) => _ = inbox.wait_until(instant),
        });
        self.collect();
    }

    /// Waits until a thread speaks, at most until `instant` of the real clock.
    fn wait_until(&mut self, instant: Option<Time>) {
        let instant = instant.map(|instant| self.run.to_machine(instant));
        self.wait_until_machine(instant);
    }

    /// The next instant at which something happens by itself.
    fn next_instant(&self) -> Option<Time> {
        let stays = self.cpus.iter().filter_map(|cpu| cpu.stay.as_ref());
        let repeats = stays.filter_map(|stay| stay.repeat_at);
        let instants = repeats.chain(self.next_awakening());
        let again = self.looks_again_at();
        instants.chain(self.next_look()).chain(again).min()
    }

    /// The next instant at which a sleeper awakes, the policy's timer is due, or
    /// a thread starves.
    fn next_awakening(&self) -> Option<Time> {
        let sleeper = self.sleepers.first().map(|&(time, ..)| time);
        let timer = self.timer.filter(|_| !self.timer_waits);
        let starves = self.queue.starves_at();
        sleeper.into_iter().chain(timer).chain(starves).min()
    }

    /// The same in checkpoint mode, where time passes only if we let it.
    fn listen_in_virtual_time(&mut self) {
        let turn_of = |index: usize| self.cpus[index].stay.as_ref().map(|stay| stay.turn);
        let mut cpus = 0..self.cpus.len();
        if cpus.clone().any(|cpu| turn_of(cpu) == Some(Turn::Spawning)) {
            self.wait_until(None); // the new OS thread is on its way to its gate
        } else if let Some(cpu) = cpus.clone().find(|&cpu| turn_of(cpu) == Some(Turn::Due)) {
            self.let_move(cpu);
        } else if cpus.any(|cpu| turn_of(cpu).is_some()) {
            let end = self.run.now() + self.run.tick; // (2)
            self.run.advance(end);
            self.tick_passed = true;
        } else if !self.expected.is_empty() {
            self.wait_until(None); // the first thread
        } else {
            self.let_time_pass();
        }
    }

    /// Lets the thread on `cpu` go, and waits until it has taken its step, or
    /// stops.
    fn let_move(&mut self, cpu: usize) {
        let running = self.cpus.iter().filter(|cpu| cpu.stay.is_some()).count();
        let awakening = self.next_awakening();
        let stay = self.cpus[cpu].stay.as_mut().expect("the caller saw it");
        stay.turn = Turn::Moving;
        let thread = stay.thread;
        let until = if running == 1 {
            awakening.map_or(stay.deadline, |event| event.min(stay.deadline)) // (3)
        } else {
            Time::ZERO
        };
        self.run.expect_nothing_before(until);
        self.run.watch.step_begins(thread);
        self.threads[&thread].control.context.dispatch(None);
        loop {
            self.wait_until_machine(None);
            let spoke = |&(speaker, kind): &(ThreadId, NoticeKind)| {
                speaker == thread && matches!(kind, NoticeKind::Stopped | NoticeKind::Called)
            };
            if self.notices.iter().any(spoke) {
                self.run.watch.step_ends();
                return;
            }
            // Somebody else spoke, from a blocking call or from outside: the
            // thread shall not go on alone.
            self.run.expect_nothing_before(Time::ZERO);
        }
    }

    /// Nobody runs, and nobody can: time jumps to the next instant at which
    /// somebody awakes; the policy's timer can wait until then. While a blocking
    /// call is under way time walks there, as long as the real clock takes: the
    /// call may be back earlier.
    fn let_time_pass(&mut self) {
        let awakening = self.sleepers.first().map(|&(time, ..)| time);
        if self.in_calls > 0 {
            let left = awakening.map(|event| event - self.run.now());
            let left = left.map(|left| u64::try_from(left.as_nanos()).unwrap_or(u64::MAX));
            let end = left.map(|left| clock::now().saturating_add(left));
            // careful: a ring may be for what was collected before it was heard.
            while end.is_none_or(|end| clock::now() < end) {
                self.wait_until_machine(end);
                if !self.notices.is_empty() {
                    return;
                }
            }
        }
        if let Some(event) = awakening {
            self.run.advance(event);
            let run = Arc::clone(&self.run);
            record!(run, "advanced", [event]);
        }
    }
}
