//! A function applied to many values by many processes.
//!
//! An iterator that runs ahead of whoever asks it: it takes so many items that
//! every worker has something to do, and no more until results are taken. So a
//! million items need no memory for a million.
//!
//! Invariants: (1) every item has exactly one result or error; (2) at most
//! [`AHEAD`] chunks a worker are handed in and not taken back.
//!
//! Mirror: none.

use super::chunk::{Chunk, Piece, What};
use super::{Pool, Shared};
use crate::place::Place;
use crate::process::descriptors;
use crate::process::failure::{Failure, JobError};
use crate::process::init::write;
use crate::process::wire::MOST_DESCRIPTORS;
use crate::process::worker::split_record;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::fmt;
use std::iter::Fuse;
use std::marker::PhantomData;
use std::os::fd::OwnedFd;

/// How many chunks a worker are under way at most (2).
const AHEAD: usize = 16;
/// How many bytes a chunk has at most, unless one job has more.
const MOST_BYTES: usize = 1 << 20;
/// How many jobs a chunk has at most if nobody said how many.
const MOST_JOBS: usize = 4_096;
/// What a message needs beside its jobs, at most.
const AROUND: usize = 16;

/// The results of [`Pool::map`] and [`Pool::map_unordered`].
///
/// Dropping it gives up the jobs that have not gone to a worker yet.
pub struct Map<'pool, A, B, I: Iterator<Item = A>> {
    /// The pool.
    shared: &'pool Shared,
    /// What is still to be done.
    items: Fuse<I>,
    /// An item that did not fit into the last chunk.
    first_of_next: Option<A>,
    /// Under which number results come.
    order: u64,
    /// How many jobs a chunk has.
    chunk: usize,
    /// Whether the results come in the order of the items.
    is_ordered: bool,
    /// Where it was called.
    at: Place,
    /// What is under way: the first job of each chunk, with how many results are
    /// still to be taken up, and the position of its first item.
    under_way: BTreeMap<u64, (u32, u64)>,
    /// The position of the next item.
    position: u64,
    /// What has come and is not its turn yet.
    early: BTreeMap<u64, Piece>,
    /// What has come and is being read.
    current: Option<Reading>,
    /// What comes out.
    result: PhantomData<fn() -> B>,
}

/// A piece that is being read.
struct Reading {
    /// The piece; its `first` and `count` are those of the results that are left.
    piece: Piece,
    /// How many bytes of it are read.
    read: usize,
    /// The position of the next result's item.
    position: u64,
}

impl<A, B, I: Iterator<Item = A>> fmt::Debug for Map<'_, A, B, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Map({} chunks under way)", self.under_way.len())
    }
}

impl<'pool, A, B, I: Iterator<Item = A>> Map<'pool, A, B, I> {
    /// A map over `items`, of which nothing is done yet.
    pub(super) fn new(pool: &'pool Pool<A, B>, items: I, is_ordered: bool, at: Place) -> Self {
        let shared = &*pool.shared;
        let settings = &shared.settings;
        let known = match items.size_hint() {
            (least, Some(most)) if least == most => Some(least),
            _ => None,
        };
        let evenly = |count: usize| count.div_ceil(4 * settings.workers as usize);
        let chunk = settings.chunk.unwrap_or_else(|| match known {
            Some(count) => evenly(count).clamp(1, MOST_JOBS),
            None => 1,
        });
        Map {
            shared,
            items: items.fuse(),
            first_of_next: None,
            order: crate::blocking(|| shared.lock().open_order()),
            chunk: if settings.time_limit.is_some() {
                1
            } else {
                chunk
            },
            is_ordered,
            at,
            under_way: BTreeMap::new(),
            position: 0,
            early: BTreeMap::new(),
            current: None,
            result: PhantomData,
        }
    }
}

impl<A, B, I> Map<'_, A, B, I>
where
    A: Serialize,
    B: DeserializeOwned,
    I: Iterator<Item = A>,
{
    /// Each result with the position of its item, from 0.
    pub fn with_positions(mut self) -> impl Iterator<Item = (u64, Result<B, JobError>)> {
        std::iter::from_fn(move || self.advance())
    }

    /// The next result and its position.
    fn advance(&mut self) -> Option<(u64, Result<B, JobError>)> {
        loop {
            if let Some(next) = self.read_on() {
                return Some(next);
            }
            self.run_ahead();
            if self.under_way.is_empty() {
                return None;
            }
            let piece = self.next_piece();
            self.current = Some(self.take_up(piece));
        }
    }

    /// Takes a piece from what is under way, to be read.
    fn take_up(&mut self, piece: Piece) -> Reading {
        let chunk = self.under_way.range_mut(..=piece.first).next_back();
        let (&first, (left, position)) = chunk.expect("a piece is of a chunk under way");
        let position = *position + (piece.first - first);
        *left -= piece.count;
        if *left == 0 {
            self.under_way.remove(&first);
        }
        Reading {
            piece,
            read: 0,
            position,
        }
    }

    /// The next result of the piece at hand.
    fn read_on(&mut self) -> Option<(u64, Result<B, JobError>)> {
        let reading = self.current.as_mut()?;
        let (piece, position) = (&mut reading.piece, reading.position);
        let result = match &mut piece.what {
            What::Failed(error) => Err(error.clone()),
            What::Done {
                records,
                worker,
                descriptors,
            } => {
                let (record, _) = split_record(&records[reading.read..])?;
                reading.read += record.len() + 4;
                read(record, std::mem::take(descriptors), piece.first, *worker)
            }
        };
        piece.first += 1;
        piece.count -= 1;
        reading.position += 1;
        if piece.count == 0 {
            self.current = None;
        }
        Some((position, result))
    }

    /// What comes next: of all, or in order. Waits for it.
    fn next_piece(&mut self) -> Piece {
        if !self.is_ordered {
            return match self.early.pop_first() {
                Some((_, piece)) => piece,
                None => crate::blocking(|| self.shared.next_piece(self.order)),
            };
        }
        loop {
            if let Some((&first, _)) = self.early.first_key_value()
                && self.is_next(first)
                && let Some((_, piece)) = self.early.pop_first()
            {
                return piece;
            }
            let piece = crate::blocking(|| self.shared.next_piece(self.order));
            if self.is_next(piece.first) {
                return piece;
            }
            self.early.insert(piece.first, piece);
        }
    }

    /// Whether a piece that begins with job `first` is next in order: all jobs
    /// before it have been taken up.
    fn is_next(&self, first: u64) -> bool {
        let chunk = self.under_way.first_key_value();
        chunk.is_some_and(|(&begin, &(left, _))| {
            let whole = self.sizes(begin);
            first == begin + u64::from(whole - left)
        })
    }

    /// How many jobs the chunk that begins with job `begin` had: as many as lie
    /// between its position and the next one's.
    fn sizes(&self, begin: u64) -> u32 {
        let mut chunks = self.under_way.range(begin..);
        let position = chunks.next().map_or(0, |(_, &(_, position))| position);
        let next = chunks
            .next()
            .map_or(self.position, |(_, &(_, position))| position);
        u32::try_from(next - position).unwrap_or(u32::MAX)
    }

    /// Hands in chunks as long as there are not too many under way (2).
    fn run_ahead(&mut self) {
        let most = AHEAD * self.shared.settings.workers as usize;
        while self.under_way.len() < most {
            let Some(item) = self.first_of_next.take().or_else(|| self.items.next()) else {
                return;
            };
            self.hand_in(item);
        }
    }

    /// Makes a chunk that begins with `item`, and hands it in.
    fn hand_in(&mut self, item: A) {
        let limit = self.shared.settings.message_limit;
        let mut chunk = Chunk::new(self.order, self.at);
        let mut failed = None;
        let mut next = Some(item);
        while let Some(item) = next.take() {
            let length = chunk.records.len();
            if let Err(failure) = fill(&mut chunk, &item, limit) {
                failed = Some(failure); // a job that fails is the last of its chunk
                break;
            }
            let alone = chunk.count == 1;
            if !alone && (chunk.carries || chunk.records.len() > MOST_BYTES.min(limit - AROUND)) {
                chunk.records.truncate(length);
                (chunk.count, chunk.carries) = (chunk.count - 1, false);
                chunk.descriptors.clear();
                self.first_of_next = Some(item);
            } else if !chunk.carries && (chunk.count as usize) < self.chunk {
                next = self.items.next();
            }
        }
        let count = chunk.count;
        let (shared, order, at) = (self.shared, self.order, self.at);
        let (first, failing) = crate::blocking(|| {
            let mut state = shared.lock();
            let first = (count > 0).then(|| state.admit(chunk, &shared.trace));
            let failing = failed.map(|failure| {
                let job = state.number(1);
                shared.trace.job_queued(job, 0, at);
                shared.trace.job_failed(job, None, &failure);
                state.failed += 1;
                debug_assert!(order > 0, "an order is open");
                Piece::failed(job, None, failure)
            });
            shared.feed(&mut state);
            (first, failing)
        });
        if let Some(first) = first {
            self.under_way.insert(first, (count, self.position));
            self.position += u64::from(count);
        }
        if let Some(piece) = failing {
            self.under_way.insert(piece.first, (1, self.position));
            self.position += 1;
            self.early.insert(piece.first, piece);
        }
    }
}

impl<A, B, I> Iterator for Map<'_, A, B, I>
where
    A: Serialize,
    B: DeserializeOwned,
    I: Iterator<Item = A>,
{
    type Item = Result<B, JobError>;

    fn next(&mut self) -> Option<Result<B, JobError>> {
        self.advance().map(|(_, result)| result)
    }
}

impl<A, B, I: Iterator<Item = A>> Drop for Map<'_, A, B, I> {
    fn drop(&mut self) {
        self.shared.lock().close_order(self.order);
    }
}

/// Adds what a job is given to a chunk, or says why it cannot be a message. What
/// was added before stays.
pub(super) fn fill<A: Serialize>(
    chunk: &mut Chunk,
    given: &A,
    limit: usize,
) -> Result<(), Failure> {
    let begin = chunk.records.len();
    chunk.records.extend_from_slice(&[0; 4]);
    let (written, along) = descriptors::pack(|| write(given, &mut chunk.records));
    let bytes = chunk.records.len() - begin - 4;
    let failure = match written {
        Err(error) => Some(Failure::Unreadable(error.to_string())),
        Ok(()) if bytes + AROUND > limit => Some(Failure::TooLarge { bytes, limit }),
        Ok(()) if along.len() > MOST_DESCRIPTORS => Some(Failure::Unreadable(format!(
            "it has more than {MOST_DESCRIPTORS} descriptors"
        ))),
        Ok(()) => None,
    };
    if let Some(failure) = failure {
        chunk.records.truncate(begin);
        return Err(failure);
    }
    let length = u32::try_from(bytes).expect("the limit of a message is below 4 GiB");
    chunk.records[begin..begin + 4].copy_from_slice(&length.to_le_bytes());
    chunk.count += 1;
    chunk.carries |= !along.is_empty();
    chunk.descriptors.extend(along);
    Ok(())
}

/// Reads the result of `job` at `worker`.
pub(super) fn read<B: DeserializeOwned>(
    record: &[u8],
    came: Vec<OwnedFd>,
    job: u64,
    worker: u32,
) -> Result<B, JobError> {
    let read = || match postcard::take_from_bytes(record) {
        Ok((value, [])) => Ok(value),
        Ok((_, rest)) => Err(format!("{} bytes are left over", rest.len())),
        Err(error) => Err(error.to_string()),
    };
    descriptors::unpack(came, read).map_err(|what| JobError {
        job,
        worker: Some(worker),
        failure: Failure::Unreadable(what),
    })
}
