//! Looking at threads from outside: does one sleep in the kernel?
//!
//! Where system calls are not dispatched to us, this is all that can be known of
//! a call that nobody announced. The dispatcher looks now and then at the threads
//! that hold a CPU, while somebody else wants one.
//!
//! Two questions, the cheap one first: has the thread used processor time since
//! the last look (its own clock, about 1 µs)? If not, what does the kernel say
//! that it does (`/proc/self/task/TID/stat`, about 10 µs)?
//!
//! Invariants: (1) nothing here waits for another thread, or allocates;
//! (2) a thread that does not exist any more neither computes nor sleeps.
//!
//! Left out: systems without `/proc`.
//!
//! Book: chapter 13.

use std::fs::File;
use std::io::{Read, Write};

/// Whether threads can be looked at; why not, if they cannot.
///
/// # Errors
/// The reason, as a part of a sentence.
pub(crate) fn probe() -> Result<(), &'static str> {
    let own = super::affinity::tid();
    match (super::clock::thread_time_of(own), sleeps(own)) {
        (Some(_), Some(false)) => Ok(()),
        _ => Err("the system does not tell what a thread does (/proc/self/task)"),
    }
}

/// Whether thread `tid` of this process sleeps in the kernel; `None` if that
/// cannot be told.
pub(crate) fn sleeps(tid: i32) -> Option<bool> {
    let mut room = [0; 256];
    let text = read(tid, "stat", &mut room)?;
    // "TID (NAME) S ..": the name may contain anything, parentheses too.
    let name_ends = text.iter().rposition(|&byte| byte == b')')?;
    let state = *text.get(name_ends + 2)?;
    Some(matches!(state, b'S' | b'D'))
}

/// The number of the system call in which thread `tid` of this process sleeps.
pub(crate) fn system_call(tid: i32) -> Option<i64> {
    let mut room = [0; 256];
    let text = read(tid, "syscall", &mut room)?;
    let number = text.split(|&byte| byte == b' ').next()?;
    std::str::from_utf8(number).ok()?.parse().ok()
}

/// Reads the file `name` of thread `tid` into `room`.
pub(super) fn read<'room>(tid: i32, name: &str, room: &'room mut [u8]) -> Option<&'room [u8]> {
    let mut path = [0; 64];
    let mut rest = &mut path[..];
    write!(rest, "/proc/self/task/{tid}/{name}").ok()?;
    let left = rest.len();
    let path = std::str::from_utf8(&path[..path.len() - left]).ok()?;
    let length = File::open(path).ok()?.read(room).ok()?;
    Some(&room[..length])
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::preempt::{affinity, clock};
    use std::sync::mpsc;
    use std::thread;

    #[test]
    fn a_thread_that_looks_at_itself_does_not_sleep() {
        assert_eq!(probe(), Ok(()));
    }

    #[test]
    fn a_thread_that_waits_is_seen_asleep_in_its_call() {
        let (tell, told) = mpsc::channel();
        let (release, wait) = mpsc::channel::<()>();
        let sleeper = thread::spawn(move || {
            tell.send(affinity::tid()).unwrap();
            wait.recv()
        });
        let tid = told.recv().unwrap();
        while sleeps(tid) != Some(true) {
            thread::yield_now();
        }
        assert_eq!(system_call(tid), Some(libc::SYS_futex));
        let before = clock::thread_time_of(tid);
        assert_eq!(clock::thread_time_of(tid), before, "its clock stands still");
        release.send(()).unwrap();
        sleeper.join().unwrap().unwrap();
    }

    #[test]
    fn of_a_thread_that_does_not_exist_nothing_is_known() {
        /// Above all numbers that Linux gives.
        const NOBODY: i32 = 1 << 22;
        assert_eq!(sleeps(NOBODY), None);
        assert_eq!(clock::thread_time_of(NOBODY), None);
    }
}
