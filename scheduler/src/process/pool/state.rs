//! The state of a pool: jobs that wait, workers with their jobs, results.
//!
//! All of it is changed under the pool's lock, by callers and by the keeper.
//!
//! A job's way:
//! ```text
//!   queued ─1─▶ assigned ─2─▶ done, to its order
//!     ▲            │ └────3─▶ failed, to its order
//!     └─────4──────┘
//! ```
//! 1. [`feed`](State::feed);
//! 2. [`results`](State::results);
//! 3. [`lose`](State::lose) and [`fail_all`](State::fail_all);
//! 4. [`bury`](State::bury), for what a worker that is over had not begun, and for
//!    a retry.
//!
//! Invariant: a job is in exactly one of these places.

mod loss;

use super::chunk::{Chunk, Piece, What, records};
use super::desk::Desk;
use super::launch::Launcher;
use super::{Shared, settings::Settings};
use crate::process::failure::{Failure, PoolError, Report};
use crate::process::trace::Recorder;
use crate::process::wire::{Frame, Kind, Nonsense};
use crate::process::worker::numbers;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How much work a worker may have at hand: so many chunks as take this long.
const AT_HAND: Duration = Duration::from_millis(1);
/// The most chunks that a worker has at hand.
const MOST_AT_HAND: u32 = 8;

/// Where a pool is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// The first workers are being started.
    Starting,
    /// Jobs are taken.
    Open,
    /// It ends when there is no job left.
    Finishing,
    /// It ends now.
    Dropped,
    /// It has ended.
    Over,
}

/// All that changes.
#[derive(Debug)]
pub(super) struct State {
    /// Where the pool is in its life.
    pub(super) phase: Phase,
    /// Why the pool could not be made.
    pub(super) refused: Option<PoolError>,
    /// Why there can be no worker any more.
    pub(super) broken: Option<Arc<str>>,
    /// Starts workers.
    pub(super) launcher: Launcher,
    /// The chunks that wait for a worker.
    queue: VecDeque<Chunk>,
    /// How many jobs wait for a worker.
    pub(super) queued: usize,
    /// The workers that live.
    pub(super) workers: Vec<Desk>,
    /// Those that are over and not yet replaced.
    pub(super) vacant: VecDeque<u32>,
    /// What came for each order, until it is taken.
    orders: HashMap<u64, VecDeque<Piece>>,
    /// The number of the next job.
    next_job: u64,
    /// The number of the next order.
    next_order: u64,
    /// How many workers in a row ended before they were ready.
    stillborn: u32,
    /// How many workers in a row ended soon, without having begun a job.
    pub(super) hasty: u32,
    /// How long a chunk took lately, from sending to its last result.
    mean: Option<Duration>,
    /// How many jobs have a result.
    pub(super) done: u64,
    /// How many have none and will have none.
    pub(super) failed: u64,
    /// How many callers wait for news.
    pub(super) waiters: u32,
    /// Whether there is any.
    pub(super) has_news: bool,
    /// Whether the keeper must be woken to notice something.
    pub(super) keeper_sleeps: bool,
}

impl State {
    /// A pool without workers or jobs.
    pub(super) fn new(launcher: Launcher) -> State {
        State {
            phase: Phase::Starting,
            refused: None,
            broken: None,
            launcher,
            queue: VecDeque::new(),
            queued: 0,
            workers: Vec::new(),
            vacant: VecDeque::new(),
            orders: HashMap::new(),
            next_job: 1,
            next_order: 1,
            stillborn: 0,
            hasty: 0,
            mean: None,
            done: 0,
            failed: 0,
            waiters: 0,
            has_news: false,
            keeper_sleeps: false,
        }
    }

    /// A new order: somebody who hands jobs in, and takes what comes of them.
    pub(super) fn open_order(&mut self) -> u64 {
        let order = self.next_order;
        self.next_order += 1;
        self.orders.insert(order, VecDeque::new());
        order
    }

    /// Nobody is interested any more: jobs that still wait are given up.
    pub(super) fn close_order(&mut self, order: u64) {
        self.orders.remove(&order);
        self.queue.retain(|chunk| chunk.order != order);
        self.queued = self.queue.iter().map(|chunk| chunk.count as usize).sum();
    }

    /// Nobody is interested any more, but the jobs go on.
    pub(super) fn detach_order(&mut self, order: u64) {
        self.orders.remove(&order);
    }

    /// What has come for an order.
    pub(super) fn take(&mut self, order: u64) -> Option<Piece> {
        self.orders.get_mut(&order)?.pop_front()
    }

    /// Gives numbers to the next `count` jobs: the first.
    pub(super) fn number(&mut self, count: u32) -> u64 {
        let first = self.next_job;
        self.next_job += u64::from(count);
        first
    }

    /// Takes a chunk in: numbers its jobs and puts them into the queue.
    pub(super) fn admit(&mut self, mut chunk: Chunk, trace: &Recorder) -> u64 {
        chunk.first = self.number(chunk.count);
        let first = chunk.first;
        if trace.listens() {
            for (job, given) in (first..).zip(chunk.given()) {
                trace.job_queued(job, given.len(), chunk.at);
            }
        }
        self.queued += chunk.count as usize;
        self.queue.push_back(chunk);
        if let Some(why) = self.broken.clone() {
            self.fail_all(&Failure::NoWorker(why), trace);
        } else if self.phase == Phase::Over {
            self.fail_all(&Failure::Dropped, trace);
        }
        first
    }

    /// Sends chunks to workers that have room for them (1.).
    pub(super) fn feed(&mut self, settings: &Settings, trace: &Recorder) {
        while let Some(next) = self.queue.front() {
            let one_by_one = settings.time_limit.is_some() || next.carries || self.mean.is_none();
            let room = match self.mean {
                Some(mean) if !one_by_one => as_many_as_take(mean),
                _ => 1,
            };
            let present = self.workers.iter_mut().filter(|desk| !desk.leaves);
            let least = present.min_by_key(|desk| desk.assigned.len());
            let Some(desk) = least.filter(|desk| desk.assigned.len() < room as usize) else {
                return;
            };
            let Some(chunk) = self.queue.pop_front() else {
                return;
            };
            self.queued -= chunk.count as usize;
            self.has_news = true; // there is room
            if trace.listens() {
                for (job, given) in (chunk.first..).zip(chunk.given()) {
                    trace.job_sent(job, desk.number, given.len());
                }
            }
            desk.send(chunk);
            if desk.is_ready {
                desk.deadline = settings
                    .time_limit
                    .and_then(|limit| Instant::now().checked_add(limit));
            }
        }
    }

    /// Whether there is no job left.
    pub(super) fn is_idle(&self) -> bool {
        self.queue.is_empty() && self.workers.iter().all(|desk| desk.assigned.is_empty())
    }

    /// Hands a piece to its order.
    fn deliver(&mut self, order: u64, piece: Piece) {
        match &piece.what {
            What::Done { .. } => self.done += u64::from(piece.count),
            What::Failed(_) => self.failed += 1,
        }
        if let Some(pieces) = self.orders.get_mut(&order) {
            pieces.push_back(piece);
            self.has_news = true;
        }
    }

    /// Takes what a worker said. An error: it said what no worker says now.
    pub(super) fn hear(
        &mut self,
        index: usize,
        frame: Frame,
        shared: &Shared,
    ) -> Result<(), Nonsense> {
        let desk = &mut self.workers[index];
        match frame.kind {
            Kind::Ready if !desk.is_ready => {
                desk.is_ready = true;
                desk.deadline = match shared.settings.time_limit {
                    Some(limit) if !desk.assigned.is_empty() => Instant::now().checked_add(limit),
                    _ => None,
                };
                self.stillborn = 0;
                shared.trace.ready(desk.number);
                Ok(())
            }
            Kind::Refused => {
                let why = String::from_utf8_lossy(&frame.payload).into_owned();
                self.broken = Some(why.into());
                Ok(())
            }
            Kind::Results if desk.is_ready => self.results(index, frame, &shared.trace),
            Kind::Failed if desk.is_ready => self.failed(index, &frame.payload, shared),
            other => Err(Nonsense(format!(
                "a message of kind {other:?} came out of turn"
            ))),
        }
    }

    /// Results have come (2.).
    fn results(&mut self, index: usize, frame: Frame, trace: &Recorder) -> Result<(), Nonsense> {
        let wrong = || Nonsense("the results are not those of its jobs".to_owned());
        let (first, count, rest) = numbers(&frame.payload).ok_or_else(wrong)?;
        let skip = frame.payload.len() - rest.len();
        let (whole, found) = records(rest).fold((0, 0), |(bytes, found), record| {
            (bytes + record.len() + 4, found + 1)
        });
        let desk = &self.workers[index];
        let chunk = desk.assigned.front().ok_or_else(wrong)?;
        let is_right = chunk.first == first
            && (1..=chunk.count).contains(&count)
            && whole == rest.len()
            && found == count;
        if !is_right {
            return Err(wrong());
        }
        let mut bytes = frame.payload;
        bytes.drain(..skip);
        self.accept(index, count, bytes, frame.descriptors, trace);
        Ok(())
    }

    /// Takes `count` results of a worker's first jobs, which are right.
    fn accept(
        &mut self,
        index: usize,
        count: u32,
        bytes: Vec<u8>,
        descriptors: Vec<std::os::fd::OwnedFd>,
        trace: &Recorder,
    ) {
        let desk = &mut self.workers[index];
        let worker = desk.number;
        let Some(chunk) = desk.assigned.front_mut() else {
            return;
        };
        let (order, first) = (chunk.order, chunk.first);
        if trace.listens() {
            for (job, record) in (first..).zip(records(&bytes)) {
                trace.job_done(job, worker, record.len());
            }
        }
        chunk.advance(count);
        self.hasty = 0;
        self.settle(index);
        let what = What::Done {
            records: bytes,
            worker,
            descriptors,
        };
        self.deliver(order, Piece { first, count, what });
    }

    /// Forgets a worker's first chunk if all of its jobs are over.
    fn settle(&mut self, index: usize) {
        let desk = &mut self.workers[index];
        if let Some(chunk) = desk.assigned.pop_front_if(|chunk| chunk.count == 0) {
            desk.deadline = None;
            let took = chunk.sent.map_or(Duration::ZERO, |sent| sent.elapsed());
            self.mean = Some(self.mean.map_or(took, |mean| (mean * 7 + took) / 8));
        }
    }

    /// A job has failed, says its worker (3.).
    fn failed(&mut self, index: usize, payload: &[u8], shared: &Shared) -> Result<(), Nonsense> {
        let wrong = || Nonsense("a failure that is of none of its jobs".to_owned());
        let (job, report): (u64, Report) = postcard::from_bytes(payload).map_err(|_| wrong())?;
        let desk = &mut self.workers[index];
        let number = desk.number;
        let chunk = desk.assigned.front_mut().ok_or_else(wrong)?;
        if chunk.first != job {
            return Err(wrong());
        }
        let one = chunk.split_first();
        desk.leaves = matches!(report, Report::Panicked(_));
        let is_final = !desk.leaves;
        self.settle(index);
        let failure = report.into_failure(shared.settings.message_limit);
        let retries = if is_final { 0 } else { shared.settings.retries };
        self.lose(one, number, failure, retries, &shared.trace);
        Ok(())
    }
}

/// How many chunks, of which each took `mean`, a worker may have at hand.
fn as_many_as_take(mean: Duration) -> u32 {
    let many = AT_HAND.as_nanos() / mean.as_nanos().max(1);
    u32::try_from(many)
        .unwrap_or(MOST_AT_HAND)
        .clamp(1, MOST_AT_HAND)
}
