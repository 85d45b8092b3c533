//! Memory that processes share after all, and a lock for it.
//!
//! The contrast: here is again what processes were to be rid of. Two of them that
//! load, add and store lose updates as two threads do. The lock lies in the memory
//! itself, since nothing else is common to those who use it.
//!
//! The lock is a number: 0, or the process that holds it, with a bit that says
//! that somebody waits. Who waits does so in the kernel (a futex).
//!
//! Invariants: (1) at most one holder; (2) a holder that is dead does not keep the
//! lock: who waits looks every 100 ms whether the holder lives, and takes its
//! place if not. That it did so the guard says: what the dead one left behind may
//! be half done.
//!
//! careful: a process number may be given to a new process, and then the lock
//! waits for that one's end. With numbers up to four million it takes a while.
//!
//! Left out: values other than 64-bit numbers; fairness.
//!
//! Book: chapter 22. Mirror: [`crate::Shared`], [`crate::sync::Mutex`].

use super::descriptors;
use crate::preempt::region::Region;
use rustix::event::Timespec;
use rustix::process::{Pid, getpid, test_kill_process};
use rustix::thread::futex;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use std::fs::File;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// The bit that says that somebody waits.
const WAITED_FOR: u32 = 1 << 31;
/// How often a waiter looks whether the holder lives.
const LOOK: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 100_000_000,
};

/// So many 64-bit numbers that several processes see.
///
/// A copy is the same memory, in this process or, in a message, in another one.
#[derive(Clone, Debug)]
pub struct SharedMemory {
    /// The memory.
    region: Arc<Region>,
}

impl SharedMemory {
    /// New memory for `len` numbers, all of them 0.
    ///
    /// # Errors
    ///
    /// If the system has not as much memory, or no descriptor left.
    pub fn new(len: usize) -> io::Result<SharedMemory> {
        Ok(SharedMemory {
            region: Arc::new(Region::create(len)?),
        })
    }

    /// How many numbers there are.
    pub fn len(&self) -> usize {
        self.region.words().len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A number.
    ///
    /// # Panics
    ///
    /// If `index` is not below [`len`](SharedMemory::len).
    #[track_caller]
    pub fn load(&self, index: usize) -> u64 {
        self.word(index).load(Ordering::SeqCst)
    }

    /// Changes a number, whatever it was.
    ///
    /// # Panics
    ///
    /// If `index` is not below [`len`](SharedMemory::len).
    #[track_caller]
    pub fn store(&self, index: usize, value: u64) {
        self.word(index).store(value, Ordering::SeqCst);
    }

    /// Adds to a number in one step, in which nobody gets between: what it was.
    ///
    /// # Panics
    ///
    /// If `index` is not below [`len`](SharedMemory::len).
    #[track_caller]
    pub fn fetch_add(&self, index: usize, value: u64) -> u64 {
        self.word(index).fetch_add(value, Ordering::SeqCst)
    }

    /// A number's place.
    #[track_caller]
    fn word(&self, index: usize) -> &AtomicU64 {
        let words = self.region.words();
        assert!(
            index < words.len(),
            "the memory has {} numbers, and no number {index}",
            words.len()
        );
        &words[index]
    }

    /// Waits for the lock of this memory, and holds it until the guard is dropped.
    /// Who holds it and asks again waits for ever.
    pub fn lock(&self) -> SharedGuard<'_> {
        let lock = &self.region.bells()[0];
        let me = own_number();
        if lock
            .compare_exchange(0, me, Ordering::Acquire, Ordering::Relaxed)
            .is_ok()
        {
            return SharedGuard {
                lock,
                abandoned: false,
            };
        }
        let abandoned = crate::blocking(|| wait_for(lock, me));
        SharedGuard { lock, abandoned }
    }
}

/// The number of this process.
fn own_number() -> u32 {
    getpid().as_raw_nonzero().get().unsigned_abs()
}

/// Waits until the lock is this process's: whether a dead one held it.
fn wait_for(lock: &AtomicU32, me: u32) -> bool {
    let mut seen = lock.load(Ordering::Relaxed);
    loop {
        let free_or_waited_for = if seen == 0 {
            me | WAITED_FOR
        } else {
            seen | WAITED_FOR
        };
        // Who had to wait does not know whether others still do: it says so (1).
        match lock.compare_exchange(
            seen,
            free_or_waited_for,
            Ordering::Acquire,
            Ordering::Relaxed,
        ) {
            Err(now) => {
                seen = now;
                continue;
            }
            Ok(0) => return false,
            Ok(_) => seen = free_or_waited_for,
        }
        let waited = futex::wait(lock, futex::Flags::empty(), seen, Some(&LOOK));
        if waited == Err(rustix::io::Errno::TIMEDOUT) && !lives(seen & !WAITED_FOR) {
            let mine = me | WAITED_FOR; // (2)
            if lock
                .compare_exchange(seen, mine, Ordering::Acquire, Ordering::Relaxed)
                .is_ok()
            {
                return true;
            }
        }
        seen = lock.load(Ordering::Relaxed);
    }
}

/// Whether there is a process with this number.
fn lives(process: u32) -> bool {
    let process = i32::try_from(process).ok().and_then(Pid::from_raw);
    process.is_some_and(|process| test_kill_process(process) != Err(rustix::io::Errno::SRCH))
}

/// The lock of a [`SharedMemory`], held.
#[derive(Debug)]
#[must_use = "the lock is given back when the guard is dropped"]
pub struct SharedGuard<'memory> {
    /// The lock.
    lock: &'memory AtomicU32,
    /// Whether the holder before was dead.
    abandoned: bool,
}

impl SharedGuard<'_> {
    /// Whether the process that held the lock before died with it: what it was
    /// about may be half done.
    pub fn was_abandoned(&self) -> bool {
        self.abandoned
    }
}

impl Drop for SharedGuard<'_> {
    fn drop(&mut self) {
        if self.lock.swap(0, Ordering::Release) & WAITED_FOR != 0 {
            // It fails only for an address that is none.
            let _ = futex::wake(self.lock, futex::Flags::empty(), 1);
        }
    }
}

impl Serialize for SharedMemory {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let copy = self.region.file().try_clone().map_err(ser::Error::custom)?;
        let place = descriptors::put(copy.into()).map_err(ser::Error::custom)?;
        place.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SharedMemory {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let place = u32::deserialize(deserializer)?;
        let descriptor = descriptors::take(place).map_err(de::Error::custom)?;
        let region = Region::map(File::from(descriptor)).map_err(de::Error::custom)?;
        Ok(SharedMemory {
            region: Arc::new(region),
        })
    }
}
