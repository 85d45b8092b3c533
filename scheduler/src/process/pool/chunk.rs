//! Jobs on their way in, and results on their way out, as bytes.
//!
//! A *chunk* is what goes to a worker at a time: some jobs of one caller, with
//! numbers that follow each other. A *piece* is what comes back: results of some
//! jobs that follow each other, or one failure.
//!
//! Invariant: only the caller knows the types; here a job and its result are
//! records, each behind its length.

use crate::place::Place;
use crate::process::failure::{Failure, JobError};
use crate::process::worker::split_record;
use std::os::fd::OwnedFd;
use std::time::Instant;

/// Some jobs that go to a worker together.
#[derive(Debug)]
pub(super) struct Chunk {
    /// Whose they are.
    pub(super) order: u64,
    /// The number of the first job that is not over.
    pub(super) first: u64,
    /// How many jobs are not over.
    pub(super) count: u32,
    /// What the jobs are given: also those that are over.
    pub(super) records: Vec<u8>,
    /// How many of the records are those of jobs that are over.
    pub(super) over: u32,
    /// What goes along. A job that has any is alone, and is begun once.
    pub(super) descriptors: Vec<OwnedFd>,
    /// Whether there was any: it is gone once it was sent.
    pub(super) carries: bool,
    /// How many times the first job was begun and not done.
    pub(super) tries: u32,
    /// Where it was handed in.
    pub(super) at: Place,
    /// When it was sent.
    pub(super) sent: Option<Instant>,
}

impl Chunk {
    /// No jobs yet.
    pub(super) fn new(order: u64, at: Place) -> Chunk {
        Chunk {
            order,
            first: 0,
            count: 0,
            records: Vec::new(),
            over: 0,
            descriptors: Vec::new(),
            carries: false,
            tries: 0,
            at,
            sent: None,
        }
    }

    /// What each job that is not over is given, in order.
    pub(super) fn given(&self) -> impl Iterator<Item = &[u8]> {
        records(&self.records).skip(self.over as usize)
    }

    /// The records of the jobs that are not over.
    pub(super) fn rest(&self) -> &[u8] {
        let over = records(&self.records).take(self.over as usize);
        let begin: usize = over.map(|record| record.len() + 4).sum();
        &self.records[begin..]
    }

    /// Notes that the first `count` jobs are over.
    pub(super) fn advance(&mut self, count: u32) {
        self.first += u64::from(count);
        self.count -= count;
        self.over += count;
        self.tries = 0;
    }

    /// Takes the first job out, as a chunk of its own.
    pub(super) fn split_first(&mut self) -> Chunk {
        let given = self.given().next().unwrap_or_default();
        let mut one = Chunk::new(self.order, self.at);
        push_record(&mut one.records, given);
        (one.first, one.count) = (self.first, 1);
        (one.tries, one.carries) = (self.tries, self.carries);
        self.advance(1);
        one
    }
}

/// Appends one record.
fn push_record(records: &mut Vec<u8>, record: &[u8]) {
    let length = u32::try_from(record.len()).expect("the limit of a message is below 4 GiB");
    records.extend_from_slice(&length.to_le_bytes());
    records.extend_from_slice(record);
}

/// The records in `bytes`, as far as they are whole.
pub(super) fn records(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (record, later) = split_record(rest)?;
        rest = later;
        Some(record)
    })
}

/// Results, or a failure, for whoever waits for them.
#[derive(Debug)]
pub(super) struct Piece {
    /// The first job.
    pub(super) first: u64,
    /// How many jobs.
    pub(super) count: u32,
    /// What came of them.
    pub(super) what: What,
}

/// What came of some jobs.
#[derive(Debug)]
pub(super) enum What {
    /// Results, as records, and what came along.
    Done {
        /// The records.
        records: Vec<u8>,
        /// The worker.
        worker: u32,
        /// What came along: then it is one result.
        descriptors: Vec<OwnedFd>,
    },
    /// One job's failure.
    Failed(JobError),
}

impl Piece {
    /// The failure of one job.
    pub(super) fn failed(job: u64, worker: Option<u32>, failure: Failure) -> Piece {
        Piece {
            first: job,
            count: 1,
            what: What::Failed(JobError {
                job,
                worker,
                failure,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A chunk of jobs 5 to 7.
    fn chunk() -> Chunk {
        let mut chunk = Chunk::new(
            1,
            Place {
                file: "a.rs",
                line: 1,
            },
        );
        for given in ["a", "bc", ""] {
            push_record(&mut chunk.records, given.as_bytes());
        }
        (chunk.first, chunk.count) = (5, 3);
        chunk
    }

    #[test]
    fn what_is_over_is_not_sent_again() {
        let mut chunk = chunk();
        chunk.advance(1);
        assert_eq!((chunk.first, chunk.count), (6, 2));
        let given: Vec<_> = chunk.given().collect();
        assert_eq!(given, [&b"bc"[..], b""]);
        assert_eq!(records(chunk.rest()).collect::<Vec<_>>(), given);
    }

    #[test]
    fn the_first_job_can_be_taken_out() {
        let mut chunk = chunk();
        let one = chunk.split_first();
        assert_eq!((one.first, one.count), (5, 1));
        assert_eq!(records(one.rest()).collect::<Vec<_>>(), [b"a"]);
        assert_eq!((chunk.first, chunk.count), (6, 2));
    }
}
