//! How a process knows that it is a worker, and what it is to do.
//!
//! A worker is this very program, started again. There is no `fork` that goes
//! on in the middle: the new process begins at the top of `main`, with memory of
//! its own, and `process::init!` is the place at which it becomes a worker. In a
//! worker `init!` does not return; everywhere else it notes the functions that
//! pools may be made for, and nothing else happens.
//!
//! Invariants: (1) a worker is a process that has the variable [`VARIABLE`] and
//! whose stdin is a socket that the process of that number made: a program
//! that a worker starts is none; (2) before `init!` was called no process is
//! started, so a program that forgot it, run as a worker, starts none; (3) a
//! worker's workers are at most [`DEEPEST`] levels deep.
//!
//! A function is known by its name, so it must have one: two closures of the
//! same function have the same, and `init!` refuses them.
//!
//! In a test of `cargo test` the program is the harness, and `main` is not
//! ours. Its threads have the names of their tests, so `init!` learns from the
//! thread that calls it which test a worker has to run to come back to it.
//!
//! Book: chapter 22. Mirror: none.

use super::descriptors;
use super::failure::{PoolError, Report};
use super::worker;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::any::type_name;
use std::collections::BTreeMap;
use std::os::fd::OwnedFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// The environment variable that makes a worker: the number of the process that
/// started it.
pub(super) const VARIABLE: &str = "SIDESTEP_WORKER_OF";
/// How many levels of workers there may be.
pub(super) const DEEPEST: u32 = 3;

/// The functions that were named, each with the arguments by which a new process
/// gets to the `init!` that named it.
static NAMED: Mutex<BTreeMap<&'static str, Vec<String>>> = Mutex::new(BTreeMap::new());
/// At which level this process is: 0, or 1 for a worker, 2 for a worker's, ..
static DEPTH: AtomicU32 = AtomicU32::new(0);

/// A function that workers can run, as [`init`] takes it.
pub struct Entry {
    /// Its name, by which a worker is told what it is to run.
    pub(super) name: &'static str,
    /// Runs one job: reads what it is given, and appends the result.
    pub(super) run: Run,
}

/// Runs one job: what it is given and what came along, and where the result goes.
type Run = Box<dyn Fn(&[u8], Vec<OwnedFd>, &mut Vec<u8>) -> Result<Vec<OwnedFd>, Report>>;

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Entry({})", self.name)
    }
}

impl Entry {
    /// The entry of `work`: see [`init!`](super::init!).
    pub fn of<A, B, F>(work: F) -> Entry
    where
        F: Fn(A) -> B + 'static,
        A: DeserializeOwned,
        B: Serialize,
    {
        let run = move |given: &[u8], came: Vec<OwnedFd>, result: &mut Vec<u8>| {
            let given: A = descriptors::unpack(came, || postcard::from_bytes(given))
                .map_err(|error| Report::Unreadable(error.to_string()))?;
            let value = catch_unwind(AssertUnwindSafe(|| work(given)))
                .map_err(|panic| Report::Panicked(message_of(&*panic)))?;
            let (written, goes) = descriptors::pack(|| write(&value, result));
            written.map_err(|error| Report::Unreadable(error.to_string()))?;
            Ok(goes)
        };
        Entry {
            name: type_name::<F>(),
            run: Box::new(run),
        }
    }
}

/// Appends `value` to `bytes`, as a message has it. After an error there may be a
/// part of it.
pub(super) fn write<T: Serialize>(value: &T, bytes: &mut Vec<u8>) -> postcard::Result<()> {
    /// At the end of a vector.
    struct End<'a>(&'a mut Vec<u8>);
    impl Extend<u8> for End<'_> {
        fn extend<I: IntoIterator<Item = u8>>(&mut self, more: I) {
            self.0.extend(more);
        }
    }
    postcard::to_extend(value, End(bytes)).map(drop)
}

/// What a panic said.
pub(super) fn message_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "(no message)".to_owned())
}

/// Makes this process a worker, if it was started as one: then it does not
/// return. Otherwise it notes what pools may be made for. Usually called by way
/// of [`init!`](super::init!), which see.
///
/// # Panics
///
/// If two entries have the same name, as closures of the same function have.
pub fn init(entries: Vec<Entry>) {
    let mut sorted: Vec<&str> = entries.iter().map(|entry| entry.name).collect();
    sorted.sort_unstable();
    let twice = sorted.array_windows().find(|[one, other]| one == other);
    if let Some([twice, _]) = twice {
        panic!(
            "two functions for workers are called `{twice}`: write closures as functions with names"
        );
    }
    worker::become_one_if_started_as_one(&entries); // (1)
    let arguments = arguments();
    let mut named = NAMED.lock().unwrap_or_else(PoisonError::into_inner);
    for entry in entries {
        named.insert(entry.name, arguments.clone());
    }
}

/// Names the functions that worker processes may run. Call it first thing in
/// `main`: see the [module](crate::process) for an example.
///
/// Each function takes one value that serde can read and returns one that serde
/// can write. A program that is run again as a worker becomes one here, and gets
/// no further; what it wrote to stdout before is thrown away, so that nothing
/// appears twice. In a test, call it first thing in the test.
///
/// # Panics
///
/// If two of the functions have the same name, as closures of the same function
/// have.
#[macro_export]
#[doc(hidden)]
macro_rules! __process_init {
    ($($work:expr),* $(,)?) => {
        $crate::process::init(::std::vec![$($crate::process::Entry::of($work)),*])
    };
}

/// The arguments with which this program, started again, gets to the `init!` at
/// hand.
fn arguments() -> Vec<String> {
    match thread::current().name() {
        None | Some("main") => Vec::new(),
        Some(test) => {
            let harness = ["--nocapture", "--include-ignored", "--exact", test];
            harness.map(str::to_owned).to_vec()
        }
    }
}

/// The arguments with which a worker for the function called `work` is started,
/// and its level.
pub(super) fn look_up(work: &'static str) -> Result<(Vec<String>, u32), PoolError> {
    let named = NAMED.lock().unwrap_or_else(PoisonError::into_inner);
    let arguments = match named.get(work) {
        None if named.is_empty() => return Err(PoolError::NoInit), // (2)
        None => return Err(PoolError::NotNamed(work)),
        Some(arguments) => arguments.clone(),
    };
    let depth = DEPTH.load(Ordering::Relaxed) + 1;
    if depth > DEEPEST {
        return Err(PoolError::TooDeep(depth)); // (3)
    }
    Ok((arguments, depth))
}

/// Notes in a worker what it is: its level, and the functions that its own
/// workers can run.
pub(super) fn settle(depth: u32, entries: &[Entry]) {
    DEPTH.store(depth, Ordering::Relaxed);
    let arguments = arguments();
    let mut named = NAMED.lock().unwrap_or_else(PoisonError::into_inner);
    for entry in entries {
        named.insert(entry.name, arguments.clone());
    }
}
