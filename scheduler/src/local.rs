//! A local: a variable of which every scheduled thread has its own value.
//!
//! A thread-local `static` reads like a global, and yet no two threads share it:
//! a request's number, say, that each function of the thread can look up without
//! being handed it. A value is made when its thread first asks for it, and freed
//! when the thread is over.
//!
//! Invariants: (1) no borrow of ours is held while an initializer, a destructor
//! or a user of a value runs: a value is counted, and lives until its last user
//! is done; (2) a thread's values are dropped in the order in which they were
//! made, after its body and before its end is announced; (3) a value that is
//! being made, or is dropped, is not there: to ask for it is a clear panic;
//! (4) no other thread ever sees a value, so to set one is no checkpoint.
//!
//! Left out: threads that no scheduler runs: std's `thread_local!` serves them.
//!
//! Book: chapter 11. Mirror: `runtime::Local`.

use crate::control::{current, is_scheduled};
use crate::place::Place;
use crate::trace::{Text, Value, record};
use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// A variable of which every scheduled thread has its own value.
///
/// It is usually a `static`. One that is dropped earlier leaves the values that
/// threads have of it to the ends of those threads.
///
/// ```
/// # use scheduler::{Local, Preemption, Scheduler, policy::RoundRobin, spawn};
/// static REQUEST: Local<u32> = Local::new("request", || 0);
///
/// # let policy = RoundRobin::new(std::time::Duration::from_millis(3));
/// # Scheduler::new(Preemption::Checkpoint, policy).run(|| {
/// let other = spawn(|| {
///     REQUEST.set(7);
///     REQUEST.get()
/// });
/// assert_eq!(other.join().unwrap(), 7);
/// assert_eq!(REQUEST.get(), 0); // this thread has its own
/// # }).unwrap();
/// ```
pub struct Local<T> {
    /// What the trace calls it.
    name: &'static str,
    /// Makes a thread's first value.
    initial: fn() -> T,
    /// Which local of this process, drawn at its first use.
    number: OnceLock<u64>,
}

/// How many locals of this process were used.
static LOCALS: AtomicU64 = AtomicU64::new(0);

impl<T> Local<T> {
    /// A variable called `name`, whose first value in each thread `initial` makes.
    pub const fn new(name: &'static str, initial: fn() -> T) -> Local<T> {
        Local {
            name,
            initial,
            number: OnceLock::new(),
        }
    }

    /// Its number.
    fn number(&self) -> u64 {
        let draw = || LOCALS.fetch_add(1, Ordering::Relaxed);
        *self.number.get_or_init(draw)
    }
}

impl<T: fmt::Debug + 'static> Local<T> {
    /// Calls `use_it` with the calling thread's value, which is made if this is
    /// the first time that the thread asks.
    ///
    /// What `use_it` changes inside of the value is not traced: [`Local::set`]
    /// is, but not in a blocking call.
    ///
    /// # Panics
    ///
    /// If the thread is not a scheduled one. If the value's own initializer asks
    /// for it, or has panicked; or if a destructor of the thread's values asks
    /// for one that was dropped before. If a destructor of one of std's
    /// thread-locals asks: then the process ends, as a panic there ends it.
    // ANCHOR: with
    #[track_caller]
    pub fn with<R>(&self, use_it: impl FnOnce(&T) -> R) -> R {
        let at = Place::caller();
        self.check_asker();
        let value = match find(self.number()) {
            Found::Value(value) => value
                .downcast()
                .expect("a local's values have the local's type"),
            Found::Nothing => {
                let value = Rc::new((self.initial)()); // nothing is borrowed
                self.put(value.clone(), at);
                value
            }
            Found::Missing => self.complain(),
        };
        use_it(&value)
    }
    // ANCHOR_END: with

    /// The calling thread's value.
    ///
    /// # Panics
    ///
    /// As [`Local::with`].
    #[track_caller]
    pub fn get(&self) -> T
    where
        T: Clone,
    {
        self.with(T::clone)
    }

    /// Replaces the calling thread's value. Whoever uses the one before keeps it
    /// until it is done.
    ///
    /// # Panics
    ///
    /// As [`Local::with`].
    #[track_caller]
    pub fn set(&self, value: T) {
        let at = Place::caller();
        self.check_asker();
        if matches!(find(self.number()), Found::Missing) {
            self.complain();
        }
        self.put(Rc::new(value), at);
    }

    /// Replaces the calling thread's value, and returns the one before.
    ///
    /// # Panics
    ///
    /// As [`Local::with`].
    #[track_caller]
    pub fn replace(&self, value: T) -> T
    where
        T: Clone,
    {
        let before = self.get();
        self.set(value);
        before
    }

    /// Takes the calling thread's value, and leaves the default one.
    ///
    /// # Panics
    ///
    /// As [`Local::with`].
    #[track_caller]
    pub fn take(&self) -> T
    where
        T: Clone + Default,
    {
        self.replace(T::default())
    }

    /// Refuses threads that no scheduler runs.
    #[track_caller]
    fn check_asker(&self) {
        assert!(
            is_scheduled(),
            "the local '{}' was used by a thread that no scheduler runs: \
             each scheduled thread has its own value of it",
            self.name
        );
    }

    /// Gives the calling thread its value.
    fn put(&self, value: Rc<T>, at: Place) {
        if let Some(thread) = current() {
            thread.wait_for_room(at);
            record!(
                thread.run, "local_set", at Some(at),
                [Value::Name(self.name), Value::Text, thread.id],
                text Text::of(format_args!("{value:?}")),
            );
        }
        let number = self.number();
        let before = VALUES.with_borrow_mut(|slots| {
            let slot = slots.iter_mut().find(|slot| slot.local == number);
            let slot = slot.expect("`find` made a place for it");
            slot.value.replace(value)
        });
        drop(before); // nothing is borrowed (1)
    }

    /// There is no value, and there will be none.
    #[track_caller]
    fn complain(&self) -> ! {
        panic!(
            "the local '{}' has no value here: its initializer uses it or has panicked, \
             or the thread is over and the value is dropped already",
            self.name
        )
    }
}

impl<T> fmt::Debug for Local<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Local")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

thread_local! {
    /// The values of this OS thread, emptied when the scheduled one is over.
    static VALUES: RefCell<Vec<Slot>> = const { RefCell::new(Vec::new()) };
}

/// One thread's value of one local.
struct Slot {
    /// The local's number.
    local: u64,
    /// The value; None while it is made, and once it is dropped (3).
    value: Option<Rc<dyn Any>>,
}

/// What a thread has of a local.
enum Found {
    /// This value.
    Value(Rc<dyn Any>),
    /// Nothing until now: the place for a value is there, and waits for it.
    Nothing,
    /// A place without a value.
    Missing,
}

/// What the calling thread has of `local`.
fn find(local: u64) -> Found {
    let found = VALUES.try_with(|slots| {
        let mut slots = slots.borrow_mut();
        let Some(slot) = slots.iter().find(|slot| slot.local == local) else {
            slots.push(Slot { local, value: None });
            return Found::Nothing;
        };
        slot.value.clone().map_or(Found::Missing, Found::Value)
    });
    found.unwrap_or(Found::Missing) // in the destructor of a thread-local of std's
}

/// The calling thread's body is over, with `result`: drops the thread's values
/// (2), and those that their destructors make. The result is the last panic of
/// a destructor, if there was one.
pub(crate) fn drop_values<T>(mut result: thread::Result<T>) -> thread::Result<T> {
    for index in 0.. {
        let taken = VALUES.with_borrow_mut(|slots| {
            let slot = slots.get_mut(index)?;
            let local = slot.local;
            Some(mem::replace(slot, Slot { local, value: None }))
        });
        let Some(slot) = taken else { break };
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(slot))) {
            let before = mem::replace(&mut result, Err(panic));
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(before))) {
                mem::forget(panic); // whose own destructor could go on for ever
            }
        }
    }
    drop(VALUES.take()); // empty places
    result
}
