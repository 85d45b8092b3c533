//! The machine's monotonic clock, as a number that a signal handler may read.
//!
//! A quantum's deadline is compared inside the handler, where `Instant` would
//! do as well but cannot be kept in an atomic. So this room counts instants in
//! plain nanoseconds of `CLOCK_MONOTONIC`, the clock behind `Instant`.
//!
//! Invariants: (1) reading it takes no lock and allocates nothing; (2) it never
//! runs backwards; (3) timers and futexes of this room use the same clock.
//!
//! Left out: virtual time, which only `crate::time` knows.
//!
//! Book: chapter 13.

/// Nanoseconds of `CLOCK_MONOTONIC`.
pub(crate) fn now() -> u64 {
    read(libc::CLOCK_MONOTONIC)
}

/// Nanoseconds of processor time that the calling thread has used: it stands
/// still while the thread waits, or is frozen. On Linux this is a system call.
pub(crate) fn thread_now() -> u64 {
    read(libc::CLOCK_THREAD_CPUTIME_ID)
}

/// Nanoseconds of processor time that thread `tid` of this process has used;
/// `None` if there is no such thread.
#[cfg(target_os = "linux")]
pub(crate) fn thread_time_of(tid: i32) -> Option<u64> {
    // The kernel's numbers for such clocks: a thread's, of its time on a processor.
    try_read(!tid << 3 | 4 | 2)
}

/// Unknown.
#[cfg(not(target_os = "linux"))]
pub(crate) fn thread_time_of(_tid: i32) -> Option<u64> {
    None
}

/// Nanoseconds of `clock`, one of the first two above.
fn read(clock: libc::clockid_t) -> u64 {
    try_read(clock).expect("every Unix since 2001 has both clocks")
}

/// Nanoseconds of `clock`, if there is such a clock.
fn try_read(clock: libc::clockid_t) -> Option<u64> {
    let mut read = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `clock_gettime` requires a valid, writable `timespec`, and `read`
    // is one that nobody else refers to. It would break if `read` were replaced
    // by a pointer of another's. A clock that does not exist is an error. On Linux
    // the monotonic clock is read in the vdso: no system call.
    let result = unsafe { libc::clock_gettime(clock, &raw mut read) };
    (result == 0).then(|| nanoseconds(read))
}

/// `instant` as one number.
#[expect(
    clippy::cast_sign_loss,
    reason = "a monotonic clock is never negative; 64 bits of ns last 584 years"
)]
fn nanoseconds(instant: libc::timespec) -> u64 {
    instant.tv_sec as u64 * 1_000_000_000 + instant.tv_nsec as u64
}

/// The inverse of [`nanoseconds`], for system calls.
#[cfg(target_os = "linux")]
#[expect(
    clippy::cast_possible_wrap,
    reason = "584 years of ns divided by 10^9 fit into any time_t of 64 bits"
)]
pub(super) fn timespec(nanoseconds: u64) -> libc::timespec {
    libc::timespec {
        tv_sec: (nanoseconds / 1_000_000_000) as libc::time_t,
        tv_nsec: (nanoseconds % 1_000_000_000) as libc::c_long,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    #[test]
    fn never_runs_backwards() {
        let readings: Vec<u64> = (0..10_000).map(|_| now()).collect();
        assert!(readings.is_sorted());
    }

    #[test]
    fn a_thread_that_sleeps_uses_no_processor_time() {
        let (machine, thread) = (now(), thread_now());
        std::thread::sleep(Duration::from_millis(50));
        let (machine, thread) = (now() - machine, thread_now() - thread);
        assert!(thread < machine, "{thread} of {machine} ns");
    }

    #[test]
    fn counts_as_instant_does() {
        let (instant, number) = (Instant::now(), now());
        std::thread::sleep(Duration::from_millis(5));
        let (number, instant) = (now() - number, instant.elapsed());
        assert!(Duration::from_nanos(number) >= Duration::from_millis(5));
        assert!(Duration::from_nanos(number) <= instant);
    }
}
