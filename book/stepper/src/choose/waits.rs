//! What a thread waits for, by the system call that it is in.
//!
//! Pure: what stands in `/proc/PID/task/TID/stat`, `syscall` and `wchan` in, a
//! word out.
//!
//! Left out: which lock. The kernel knows an address, and not whose it is.
//!
//! Book: chapter 25.

/// What a thread waits for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Waits {
    /// Input or output, or the clock.
    Outside,
    /// Another thread: a lock, a condition, a channel.
    Lock,
    /// The end of a thread or of a child.
    End,
}

/// `FUTEX_PRIVATE_FLAG`.
const PRIVATE: u64 = 128;
/// The number of `futex`.
#[cfg(target_arch = "x86_64")]
const FUTEX: i64 = 202;
/// The numbers of `wait4` and `waitid`.
#[cfg(target_arch = "x86_64")]
const WAIT_FOR_A_CHILD: [i64; 2] = [61, 247];
/// The number of `futex`, where system calls have the numbers that all new
/// architectures share.
#[cfg(not(target_arch = "x86_64"))]
const FUTEX: i64 = 98;
/// The numbers of `wait4` and `waitid` there.
#[cfg(not(target_arch = "x86_64"))]
const WAIT_FOR_A_CHILD: [i64; 2] = [260, 95];

/// What a thread waits for, by its `stat`, its `syscall` and, where that is not
/// told, its `wchan`; None if it works, or could.
pub(super) fn waits(stat: &str, syscall: &str, wchan: impl Fn() -> String) -> Option<Waits> {
    // The name in brackets may hold anything, a bracket included.
    let (_, rest) = stat.rsplit_once(')')?;
    match rest.trim_start().chars().next()? {
        'S' => {}
        'D' => return Some(Waits::Outside), // the disk, as a rule
        _ => return None,
    }
    let mut words = syscall.split_whitespace();
    let Some(number) = words.next().and_then(|it| it.parse::<i64>().ok()) else {
        let place = wchan();
        return Some(if place.starts_with("futex") {
            Waits::Lock
        } else if place.starts_with("do_wait") {
            Waits::End
        } else {
            Waits::Outside
        });
    };
    let operation = words
        .nth(1)
        .and_then(|it| u64::from_str_radix(it.trim_start_matches("0x"), 16).ok());
    Some(if number == FUTEX {
        // Nothing but the end of a thread is told across processes.
        match operation {
            Some(operation) if operation & PRIVATE == 0 => Waits::End,
            _ => Waits::Lock,
        }
    } else if WAIT_FOR_A_CHILD.contains(&number) {
        Waits::End
    } else {
        Waits::Outside
    })
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::*;

    #[test]
    fn a_call_says_what_its_thread_waits_for() {
        let waits = |state: &str, call: &str, place: &str| {
            waits(&format!("7 (a) b) {state} 1 2"), call, || place.to_owned())
        };
        for (state, call, place, what) in [
            ("R", "running", "0", None),
            ("D", "0 0x3", "", Some(Waits::Outside)),
            // read, clock_nanosleep
            ("S", "0 0x3 0x7f 0x10", "", Some(Waits::Outside)),
            ("S", "230 0x0", "", Some(Waits::Outside)),
            // a mutex, one of std's, the end of a thread
            ("S", "202 0x7f 0x80 0x2", "", Some(Waits::Lock)),
            ("S", "202 0x7f 0x89 0x2", "", Some(Waits::Lock)),
            ("S", "202 0x7f 0x109 0x2", "", Some(Waits::End)),
            // a child
            ("S", "61 0xff", "", Some(Waits::End)),
            // not told by `syscall`
            ("S", "", "futex_wait_queue", Some(Waits::Lock)),
            ("S", "", "do_wait", Some(Waits::End)),
            ("S", "", "0", Some(Waits::Outside)),
        ] {
            assert_eq!(waits(state, call, place), what, "{state} {call} {place}");
        }
    }
}
