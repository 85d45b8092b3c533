//! The keeper: the pool's own thread, which looks after the workers.
//!
//! 1. It starts the workers. If one cannot be started there is no pool.
//! 2. It ends those whose time is over, and starts others in the place of those
//!    that are over; it sends jobs to whoever has room.
//! 3. It sleeps until a worker says something or ends, a caller rings, or
//!    somebody's time is over.
//! 4. It hears what there is to hear, and buries those that are over. On to 2.
//! 5. When the pool is to end it lets idle workers go and kills the others.
//!
//! Invariants: (1) all workers are children of this thread, and the kernel kills
//! them if it ends before them; (2) no processes are started without end: a job
//! ends with the worker that began it, unless a retry was asked for, and after
//! some workers that were never ready no more are started; if
//! several end at once though they have no job there is a pause.

use super::Shared;
use super::desk::Desk;
use super::state::{Phase, State};
use crate::process::failure::{Failure, PoolError};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a process may take to become ready.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long an idle worker may take to go.
const FAREWELL: Duration = Duration::from_secs(2);
/// How long to wait after the system refused a process, or one ended at once.
const PAUSE: Duration = Duration::from_millis(100);
/// How many workers in a row may end at once before there is a pause.
const MOST_HASTY: u32 = 3;
/// How many times in a row it may refuse when there is no worker left.
const MOST_REFUSALS: u32 = 10;

/// What the keeper's thread does.
pub(super) fn keep(shared: &Shared) {
    let mut keeper = Keeper {
        shared,
        next_worker: 1,
        again_at: None,
        refusals: 0,
    };
    let kept = catch_unwind(AssertUnwindSafe(|| keeper.keep()));
    let mut state = shared.lock();
    if kept.is_err() {
        state.broken = Some("the pool's own thread has a fault".into());
        while let Some(mut desk) = state.workers.pop() {
            desk.end();
        }
    }
    let failure = match state.broken.clone() {
        Some(why) => Failure::NoWorker(why),
        None => Failure::Dropped,
    };
    state.fail_all(&failure, &shared.trace);
    shared.trace.ended(state.done, state.failed);
    state.phase = Phase::Over;
    shared.news.notify_all();
}

/// The keeper.
struct Keeper<'pool> {
    /// The pool.
    shared: &'pool Shared,
    /// The number of the next worker.
    next_worker: u32,
    /// When to try again to start one, if the system refused.
    again_at: Option<Instant>,
    /// How many times in a row it did.
    refusals: u32,
}

impl Keeper<'_> {
    /// From the beginning to the end.
    fn keep(&mut self) {
        let of = self.shared.settings.workers;
        {
            let mut state = self.shared.lock();
            for worker in 1..=of {
                if let Err(error) = self.launch(&mut state) {
                    state.refused = Some(PoolError::Start { worker, of, error });
                    break; // 1.
                }
            }
            if state.refused.is_none() {
                state.phase = Phase::Open;
            }
            self.shared.news.notify_all();
        }
        while self.look_after() {}
        self.end();
    }

    /// Starts the next worker.
    fn launch(&mut self, state: &mut State) -> io::Result<()> {
        let number = self.next_worker;
        let launched = state.launcher.launch(number)?;
        self.next_worker += 1;
        let mut desk = Desk::new(number, launched, self.shared.settings.message_limit);
        desk.deadline = Instant::now().checked_add(PATIENCE);
        let trace = &self.shared.trace;
        trace.spawned(number, desk.identity().1);
        if let Some(over) = state.vacant.pop_front() {
            trace.replaced(over, number);
        }
        desk.flush();
        state.workers.push(desk);
        Ok(())
    }

    /// 2. to 4. Whether to go on.
    fn look_after(&mut self) -> bool {
        let mut state = self.shared.lock();
        self.end_the_overdue(&mut state);
        if state.broken.is_some() {
            self.give_up(&mut state);
        } else {
            self.replace(&mut state);
            state.feed(&self.shared.settings, &self.shared.trace);
        }
        self.tell_news(&mut state);
        let is_over = match state.phase {
            Phase::Starting | Phase::Dropped | Phase::Over => true,
            Phase::Finishing => state.is_idle(),
            Phase::Open => false,
        };
        if is_over {
            return false;
        }
        let watched: Vec<(u32, Arc<OwnedFd>, PollFlags)> = state
            .workers
            .iter()
            .map(|desk| {
                let more = desk.has_more_to_send();
                let flags = if more {
                    PollFlags::OUT
                } else {
                    PollFlags::empty()
                };
                (desk.number, Arc::clone(&desk.socket), flags | PollFlags::IN)
            })
            .collect();
        let next = state.workers.iter().filter_map(|desk| desk.deadline);
        let next = next.chain(self.again_at).min();
        state.keeper_sleeps = true;
        drop(state);
        let ready = self.sleep(&watched, next);
        let mut state = self.shared.lock();
        state.keeper_sleeps = false;
        for number in ready {
            self.serve(&mut state, number);
        }
        true
    }

    /// 3.: sleeps until there is something to do. Which workers have something to
    /// say, or room.
    fn sleep(
        &self,
        watched: &[(u32, Arc<OwnedFd>, PollFlags)],
        until: Option<Instant>,
    ) -> Vec<u32> {
        let mut polled = vec![PollFd::new(&self.shared.bell, PollFlags::IN)];
        polled.extend(
            watched
                .iter()
                .map(|(_, socket, flags)| PollFd::new(socket, *flags)),
        );
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        // A little more than is left, so that it is over then.
        let left = left.map(|left| left + Duration::from_micros(100));
        let left = left.and_then(|left| Timespec::try_from(left).ok());
        if poll(&mut polled, left.as_ref()).is_err() {
            return Vec::new(); // interrupted: look again
        }
        if !polled[0].revents().is_empty() {
            let _ = rustix::io::read(&self.shared.bell, &mut [0_u8; 8]);
        }
        let workers = watched.iter().zip(&polled[1..]);
        let ready = workers.filter(|(_, polled)| !polled.revents().is_empty());
        ready.map(|((number, ..), _)| *number).collect()
    }

    /// 4.: sends what goes, hears what there is, and buries a worker that is over.
    fn serve(&self, state: &mut State, number: u32) {
        let Some(index) = state.workers.iter().position(|desk| desk.number == number) else {
            return;
        };
        let desk = &mut state.workers[index];
        desk.flush();
        let socket = Arc::clone(&desk.socket);
        let is_over = match desk.inbox.receive(socket.as_fd()) {
            Ok(received) => received == 0,
            Err(error) => !matches!(
                error.kind(),
                io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
            ),
        };
        loop {
            let heard = match state.workers[index].inbox.next() {
                Ok(None) => break,
                Ok(Some(frame)) => state.hear(index, frame, self.shared),
                Err(nonsense) => Err(nonsense),
            };
            if let Err(nonsense) = heard {
                state.workers[index].verdict = Some(Failure::Nonsense(nonsense.0));
                return state.bury(index, self.shared);
            }
        }
        if is_over {
            state.bury(index, self.shared);
        }
    }

    /// Ends the workers whose time is over.
    fn end_the_overdue(&self, state: &mut State) {
        let now = Instant::now();
        let is_overdue = |desk: &Desk| desk.deadline.is_some_and(|deadline| deadline <= now);
        while let Some(index) = state.workers.iter().position(is_overdue) {
            let desk = &mut state.workers[index];
            let limit = match self.shared.settings.time_limit {
                Some(limit) if desk.is_ready => limit,
                _ => PATIENCE,
            };
            desk.verdict = Some(Failure::OverTime(limit));
            state.bury(index, self.shared);
        }
    }

    /// Starts as many workers as are missing, if there will be work for them.
    fn replace(&mut self, state: &mut State) {
        let now = Instant::now();
        if state.hasty >= MOST_HASTY {
            state.hasty = 0;
            self.again_at = now.checked_add(PAUSE); // (2)
        }
        if state.phase == Phase::Starting || self.again_at.is_some_and(|again| again > now) {
            return;
        }
        self.again_at = None;
        while state.workers.len() < self.shared.settings.workers as usize {
            if state.phase != Phase::Open && state.queued == 0 {
                return;
            }
            match self.launch(state) {
                Ok(()) => self.refusals = 0,
                Err(error) => {
                    self.refusals += 1;
                    if state.workers.is_empty() && self.refusals >= MOST_REFUSALS {
                        let why = format!("the system starts no process: {error}");
                        state.broken = Some(why.into());
                        return self.give_up(state);
                    }
                    log::warn!(target: "process", "a worker is missing: {error}");
                    self.again_at = now.checked_add(PAUSE);
                    return;
                }
            }
        }
    }

    /// There can be no workers: no job will have a result.
    fn give_up(&self, state: &mut State) {
        let why = state.broken.clone().unwrap_or_default();
        state.fail_all(&Failure::NoWorker(why), &self.shared.trace);
        while !state.workers.is_empty() {
            state.bury(0, self.shared);
        }
    }

    /// Wakes those who wait, if there is news.
    fn tell_news(&self, state: &mut State) {
        if std::mem::take(&mut state.has_news) && state.waiters > 0 {
            self.shared.news.notify_all();
        }
    }

    /// 5.: the end. Jobs that are left have no result.
    fn end(&self) {
        let mut state = self.shared.lock();
        let mut leaving = Vec::new();
        for desk in &state.workers {
            if desk.is_ready && desk.assigned.is_empty() {
                desk.dismiss();
                leaving.push((desk.number, Arc::clone(&desk.socket), PollFlags::IN));
            }
        }
        state.fail_all(&Failure::Dropped, &self.shared.trace);
        let until = Instant::now().checked_add(FAREWELL);
        drop(state);
        while !leaving.is_empty() && until.is_some_and(|until| until > Instant::now()) {
            let gone = self.sleep(&leaving, until);
            leaving.retain(|(number, ..)| !gone.contains(number));
        }
        let mut state = self.shared.lock();
        while !state.workers.is_empty() {
            state.bury(0, self.shared);
        }
    }
}
