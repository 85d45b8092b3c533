//! What a thread waits for in the kernel, for those who tell of it.
//!
//! The watchdog asks this of a thread that it found asleep for long, and says what
//! it hears. It is read from files below `/proc/self/task`, which show nothing of
//! who holds a lock: the kernel does not know that either.
//!
//! Invariants: (1) but for the question about all threads nothing here allocates;
//! (2) what cannot be told is None, or no name.
//!
//! Left out: systems without `/proc`.
//!
//! Book: chapter 13.

use std::fs;

use super::polling::{read, sleeps, system_call};
use super::{affinity, handler, syscalls};

/// In what a thread sleeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sleep {
    /// A futex: a lock, or whatever else another thread of the process ends.
    Lock,
    /// A call that writes to somebody who may read later.
    Write,
    /// Another call, of this name if it is known.
    Call(Option<&'static str>),
}

/// In what thread `tid` of this process sleeps; None if it does not.
pub(crate) fn sleep_of(tid: i32) -> Option<Sleep> {
    if !sleeps(tid)? {
        return None;
    }
    Some(match system_call(tid) {
        #[cfg(target_os = "linux")]
        Some(libc::SYS_futex) => Sleep::Lock,
        #[cfg(target_os = "linux")]
        Some(libc::SYS_write | libc::SYS_writev) => Sleep::Write,
        number => Sleep::Call(number.and_then(syscalls::name)),
    })
}

/// Whether every thread of this process but the calling one sleeps in a futex:
/// then nobody is left who could wake one of them. (Who waits for a time only
/// counts as well.) For a thread that may allocate.
pub(crate) fn all_others_wait_for_locks() -> bool {
    let own = affinity::tid();
    let Ok(threads) = fs::read_dir("/proc/self/task") else {
        return false;
    };
    let mut numbers = threads
        .flatten()
        .filter_map(|thread| thread.file_name().to_str()?.parse().ok());
    numbers.all(|tid| tid == own || sleep_of(tid) == Some(Sleep::Lock))
}

/// Whether thread `tid` of this process has blocked the signal that preempts.
pub(crate) fn blocks_tick(tid: i32) -> Option<bool> {
    let mut room = [0; 4096];
    let text = read(tid, "status", &mut room)?;
    let mut lines = text.split(|&byte| byte == b'\n');
    let mask = lines.find_map(|line| line.strip_prefix(b"SigBlk:\t"))?;
    let mask = u64::from_str_radix(std::str::from_utf8(mask).ok()?, 16).ok()?;
    let bit = handler::signal().checked_sub(1)?;
    Some(mask >> bit & 1 == 1)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::io::Read;
    use std::sync::mpsc;
    use std::thread;

    #[test]
    fn a_wait_for_a_lock_and_a_wait_for_data_are_told_apart() {
        let (tell, told) = mpsc::channel();
        let (release, wait) = mpsc::channel::<()>();
        let (mut reader, writer) = std::io::pipe().unwrap();
        let tells = tell.clone();
        let waits = thread::spawn(move || {
            tells.send(affinity::tid()).unwrap();
            wait.recv()
        });
        let waiting = told.recv().unwrap();
        let reads = thread::spawn(move || {
            tell.send(affinity::tid()).unwrap();
            reader.read(&mut [0])
        });
        let reading = told.recv().unwrap();
        let asleep = |tid| {
            loop {
                if let Some(sleep) = sleep_of(tid) {
                    return sleep;
                }
                thread::yield_now();
            }
        };
        assert_eq!(asleep(waiting), Sleep::Lock);
        assert!(matches!(asleep(reading), Sleep::Call(None | Some("read"))));
        assert!(!all_others_wait_for_locks());
        assert_eq!(sleep_of(affinity::tid()), None);
        drop((release, writer));
        assert!(waits.join().unwrap().is_err());
        assert_eq!(reads.join().unwrap().unwrap(), 0);
    }
}
