//! The life of a worker process, from `init!` to its end.
//!
//! 1. It finds that it is one: see `process::init`.
//! 2. It takes the socket out of stdin's place, for jobs and results: what the
//!    learner's program prints, and reads, cannot get between them.
//! 3. It sees to it that it ends when its parent does.
//! 4. It is told its work, and answers that it is ready, or why it is not.
//! 5. It runs job after job, in the order in which they come. When there are no
//!    more (the pool closed its side) it exits.
//!
//! Invariants: (1) it does not outlive its parent: the kernel kills it when the
//! thread that started it ends, and so does a thread of its own when the other
//! side of the socket is gone, also in the middle of a job; (2) a result is sent,
//! or in the journal, before the next job begins; (3) whose job panicked does
//! not take another: nobody knows in what state it left this process.
//!
//! Book: chapter 22. Mirror: none.

use super::failure::Report;
use super::init::{self, Entry};
use super::journal::Journal;
use super::trace::Recorder;
use super::wire::{Frame, Inbox, Kind, MOST_DESCRIPTORS, Outgoing};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{Mode, OFlags};
use rustix::io::fcntl_dupfd_cloexec;
use rustix::net::sockopt::socket_peercred;
use rustix::process::{Signal, getpid, kill_process, set_parent_process_death_signal};
use rustix::stdio;
use serde::{Deserialize, Serialize};
use std::os::fd::{AsFd, OwnedFd};
use std::{env, io, process, thread};

/// The version of what pools and workers say to each other.
pub(super) const PROTOCOL: u32 = 1;
/// With what a worker exits whose job panicked: as a program of Rust's does.
const PANICKED: i32 = 101;
/// With what a worker exits that could not do its work.
const FAULTY: i32 = 70;

/// What a worker is told first. Its stdout and its journal come with it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Hello {
    /// [`PROTOCOL`].
    pub(super) protocol: u32,
    /// The name of the function that it runs.
    pub(super) work: String,
    /// The pool's number in its process.
    pub(super) pool: u32,
    /// The worker's number in its pool.
    pub(super) worker: u32,
    /// How deep it is: 1, or more for a worker's workers.
    pub(super) depth: u32,
    /// The longest payload, in bytes.
    pub(super) limit: u64,
    /// When the pool started, on the machine's monotonic clock, in ns.
    pub(super) epoch: u64,
}

/// Does not return if this process was started as a worker.
pub(super) fn become_one_if_started_as_one(entries: &[Entry]) {
    let Some(socket) = socket_of_a_worker() else {
        return;
    };
    let status = match Worker::begin(socket, entries) {
        Err(Left::Gone) => 0,
        Err(Left::Faulty(why)) => {
            eprintln!("a worker process gives up: {why}");
            FAULTY
        }
        Ok(mut worker) => match worker.run_jobs() {
            Left::Gone => 0,
            Left::Faulty(why) if why.is_empty() => PANICKED,
            Left::Faulty(why) => {
                eprintln!("worker {} gives up: {why}", worker.number);
                FAULTY
            }
        },
    };
    process::exit(status)
}

// ANCHOR: begin
/// The socket, taken out of stdin's place, if this process is a worker (1).
fn socket_of_a_worker() -> Option<OwnedFd> {
    let parent: i32 = env::var(init::VARIABLE).ok()?.parse().ok()?;
    let peer = socket_peercred(stdio::stdin()).ok()?;
    if peer.pid.as_raw_nonzero().get() != parent {
        return None;
    }
    let socket = fcntl_dupfd_cloexec(stdio::stdin(), 3).ok()?; // 2.
    let nothing = rustix::fs::open("/dev/null", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty());
    stdio::dup2_stdin(nothing.ok()?).ok()?;
    Some(socket)
}
// ANCHOR_END: begin

/// Why a worker is done.
enum Left {
    /// There are no more jobs, or nobody who wants their results.
    Gone,
    /// It cannot go on: why, or nothing if its job panicked.
    Faulty(String),
}

impl From<io::Error> for Left {
    fn from(error: io::Error) -> Left {
        match error.kind() {
            io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset => Left::Gone,
            _ => Left::Faulty(error.to_string()),
        }
    }
}

/// A worker that knows its work.
struct Worker<'entries> {
    /// Its number.
    number: u32,
    /// What it runs.
    entry: &'entries Entry,
    /// To the pool and from there.
    socket: OwnedFd,
    /// What has come.
    inbox: Inbox,
    /// What is done and not sent, for when this process is killed.
    journal: Journal,
    /// The results that are not sent, each behind its length: as in the journal.
    unsent: Vec<u8>,
    /// The first job of those.
    first: u64,
    /// How many they are.
    count: u32,
    /// The longest payload, in bytes.
    limit: usize,
    /// Where its steps are recorded.
    trace: Recorder,
}

impl<'entries> Worker<'entries> {
    /// 3. and 4.: secures the end, and hears what it is to do.
    fn begin(socket: OwnedFd, entries: &'entries [Entry]) -> Result<Worker<'entries>, Left> {
        set_parent_process_death_signal(Some(Signal::KILL)).map_err(io::Error::from)?; // (1)
        let watched = socket.try_clone()?;
        thread::Builder::new()
            .name("watch".to_owned())
            .spawn(move || die_with_the_other_side(&watched))?;
        let mut inbox = Inbox::new(usize::try_from(u32::MAX).unwrap_or(usize::MAX));
        let frame = next_frame(&socket, &mut inbox)?.ok_or(Left::Gone)?;
        let said = (frame.kind, postcard::from_bytes::<Hello>(&frame.payload));
        let (Kind::Hello, Ok(hello)) = said else {
            return Err(Left::Faulty("it was not told who it is".to_owned()));
        };
        let known = entries.iter().find(|entry| entry.name == hello.work);
        let mut came = frame.descriptors.into_iter();
        let (Some(entry), PROTOCOL, Some(stdout), Some(journal)) =
            (known, hello.protocol, came.next(), came.next())
        else {
            let work = &hello.work;
            let why = format!("the program that was started as a worker does not know `{work}`");
            Outgoing::new(Kind::Refused, &[why.as_bytes()], Vec::new()).send(socket.as_fd())?;
            return Err(Left::Gone);
        };
        stdio::dup2_stdout(stdout).map_err(io::Error::from)?;
        let name = format!("worker {}", hello.worker);
        if let Ok(name) = std::ffi::CString::new(name) {
            let _ = rustix::thread::set_name(&name); // for `ps` and `top` only
        }
        init::settle(hello.depth, entries);
        crate::scheduler::number_from(hello.worker.saturating_mul(1_000));
        super::pool::number_from(hello.worker.saturating_mul(1_000));
        Outgoing::new(Kind::Ready, &[], Vec::new()).send(socket.as_fd())?;
        Ok(Worker {
            number: hello.worker,
            entry,
            socket,
            inbox,
            journal: Journal::open(journal)?,
            unsent: Vec::new(),
            first: 0,
            count: 0,
            limit: usize::try_from(hello.limit).unwrap_or(usize::MAX),
            trace: Recorder::new(hello.pool, hello.epoch),
        })
    }

    /// 5.: runs jobs until there are no more.
    fn run_jobs(&mut self) -> Left {
        loop {
            match next_frame(&self.socket, &mut self.inbox) {
                Ok(None) => return Left::Gone,
                Err(left) => return left,
                Ok(Some(frame)) => {
                    if let Err(left) = self.run_frame(frame) {
                        return left;
                    }
                }
            }
        }
    }

    /// Runs the jobs of one frame.
    fn run_frame(&mut self, frame: Frame) -> Result<(), Left> {
        let strange = || Left::Faulty("it was told something else than jobs".to_owned());
        let (first, count, mut rest) = numbers(&frame.payload).ok_or_else(strange)?;
        let mut came = frame.descriptors;
        (self.first, self.count) = (first, 0);
        self.journal.clear(first);
        for job in first..first + u64::from(count) {
            let (given, later) = split_record(rest).ok_or_else(strange)?;
            rest = later;
            self.trace.job_begun(job, self.number);
            let before = self.unsent.len();
            self.unsent.extend_from_slice(&[0; 4]); // its length, when it is known
            let came = std::mem::take(&mut came); // a job that has any travels alone
            let outcome = (self.entry.run)(given, came, &mut self.unsent);
            let length = self.unsent.len().saturating_sub(before + 4);
            let outcome = match outcome {
                Ok(_) if length + 16 > self.limit => Err(Report::TooLarge(length as u64)),
                Ok(goes) if goes.len() > MOST_DESCRIPTORS => Err(Report::Unreadable(format!(
                    "a result with more than {MOST_DESCRIPTORS} descriptors"
                ))),
                outcome => outcome,
            };
            match outcome {
                Ok(goes) => self.note(before, length, goes)?,
                Err(report) => self.fail(before, job, &report)?,
            }
        }
        self.send(Vec::new())
    }

    /// Notes the result of `length` bytes that was just added, behind the
    /// `before` bytes of others. Sends when there is no room for more.
    fn note(&mut self, before: usize, length: usize, goes: Vec<OwnedFd>) -> Result<(), Left> {
        let written = u32::try_from(length).expect("the limit of a message is below 4 GiB");
        self.unsent[before..before + 4].copy_from_slice(&written.to_le_bytes());
        if goes.is_empty() && self.journal.has_room(length + 4) {
            self.journal.append(&self.unsent);
            self.count += 1;
            return Ok(());
        }
        let this = self.unsent.split_off(before);
        self.send(Vec::new())?;
        self.unsent = this;
        self.count = 1;
        self.send(goes)
    }

    /// Tells that `job` failed, after the results of those before it.
    fn fail(&mut self, before: usize, job: u64, report: &Report) -> Result<(), Left> {
        self.unsent.truncate(before);
        self.send(Vec::new())?;
        let payload = postcard::to_allocvec(&(job, report));
        let payload = payload.map_err(|error| Left::Faulty(error.to_string()))?;
        Outgoing::new(Kind::Failed, &[&payload], Vec::new()).send(self.socket.as_fd())?;
        if let Report::Panicked(_) = report {
            return Err(Left::Faulty(String::new())); // (3)
        }
        self.first = job + 1;
        self.journal.clear(self.first);
        Ok(())
    }

    /// Sends the results that are not sent, if there are any.
    fn send(&mut self, goes: Vec<OwnedFd>) -> Result<(), Left> {
        if self.count > 0 {
            let (first, count) = (self.first.to_le_bytes(), self.count.to_le_bytes());
            let payload: [&[u8]; 3] = [&first, &count, &self.unsent];
            Outgoing::new(Kind::Results, &payload, goes).send(self.socket.as_fd())?;
            self.first += u64::from(self.count);
            self.count = 0;
            self.journal.clear(self.first); // (2)
        }
        self.unsent.clear();
        Ok(())
    }
}

/// The number of a first job, how many there are, and the rest of a payload.
pub(super) fn numbers(payload: &[u8]) -> Option<(u64, u32, &[u8])> {
    let (first, rest) = payload.split_first_chunk()?;
    let (count, rest) = rest.split_first_chunk()?;
    Some((u64::from_le_bytes(*first), u32::from_le_bytes(*count), rest))
}

/// The first of several records, each behind its length, and the rest.
pub(super) fn split_record(records: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = records.split_first_chunk()?;
    rest.split_at_checked(u32::from_le_bytes(*length) as usize)
}

/// Waits for the next frame; none if there will be no more.
fn next_frame(socket: &OwnedFd, inbox: &mut Inbox) -> Result<Option<Frame>, Left> {
    loop {
        let next = inbox.next();
        let next = next.map_err(|nonsense| Left::Faulty(nonsense.to_string()))?;
        if next.is_some() {
            return Ok(next);
        }
        match inbox.receive(socket.as_fd()) {
            Ok(0) => return Ok(None),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
}

// ANCHOR: die
/// Kills this process when nobody holds the other side of the socket (1). Only a
/// signal ends it whatever its other threads are at.
fn die_with_the_other_side(socket: &OwnedFd) {
    loop {
        let mut watched = [PollFd::new(socket, PollFlags::empty())];
        let _ = poll(&mut watched, None); // interrupted: look again
        let gone = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
        if watched[0].revents().intersects(gone) {
            let _ = kill_process(getpid(), Signal::KILL);
        }
    }
}
// ANCHOR_END: die
