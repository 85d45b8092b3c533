//! Which system calls may keep a thread waiting.
//!
//! Invariants: (1) a call that this table does not know is [`Wait::Never`], and
//! is made on the CPU; if it lasts after all, the CPU is taken at the end of the
//! quantum (see `dispatch`); (2) what is read of the program's memory is what the
//! kernel itself would read for the same call.
//!
//! Left out: waits for a disk inside `read`, `open` or `stat`, for which the
//! kernel has no question that answers "now"; `ioctl`, which is many calls.
//!
//! Book: chapter 13.

/// How a system call may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// It does not, as far as we know.
    Never,
    /// Until something can be read from the file descriptor in its first argument.
    ToRead,
    /// Until something can be written there; its third argument says how much,
    /// if it is one piece.
    ToWrite {
        /// Whether the third argument is the number of bytes.
        has_length: bool,
    },
    /// At most as many milliseconds as this argument says; with 0 there it can
    /// be asked without waiting.
    Milliseconds(usize),
    /// At most as long as the structure says to which this argument points.
    Until(usize),
    /// While it opens the path in this argument, if that is a named pipe; the
    /// folder is the argument before it, if there is one.
    ToOpen(usize),
    /// It does.
    Always,
}

/// The name of system call `number`, if it may wait, and how.
#[rustfmt::skip]
pub(super) fn look_up(number: i64, arguments: &[usize; 6]) -> (&'static str, Wait) {
    use Wait::{Always, Milliseconds, Never, ToOpen, ToRead, ToWrite, Until};
    let unless = |quick: bool| if quick { Never } else { Always };
    // Flags and commands are C integers: their upper halves mean nothing.
    let flag = |index: usize, mask: i32| low_half(arguments[index]) & mask.cast_unsigned() != 0;
    match number {
        // Files, pipes, sockets.
        libc::SYS_read => ("read", ToRead),
        libc::SYS_readv => ("readv", ToRead),
        libc::SYS_recvfrom => ("recvfrom", ToRead),
        libc::SYS_recvmsg => ("recvmsg", ToRead),
        libc::SYS_recvmmsg => ("recvmmsg", Always),
        libc::SYS_accept => ("accept", ToRead),
        libc::SYS_accept4 => ("accept4", ToRead),
        libc::SYS_write => ("write", ToWrite { has_length: true }),
        libc::SYS_writev => ("writev", ToWrite { has_length: false }),
        libc::SYS_sendto => ("sendto", ToWrite { has_length: true }),
        libc::SYS_sendmsg => ("sendmsg", ToWrite { has_length: false }),
        libc::SYS_sendmmsg => ("sendmmsg", Always),
        libc::SYS_connect => ("connect", Always),
        libc::SYS_open => ("open", if flag(1, libc::O_NONBLOCK) { Never } else { ToOpen(0) }),
        libc::SYS_openat => ("openat", if flag(2, libc::O_NONBLOCK) { Never } else { ToOpen(1) }),
        libc::SYS_sendfile => ("sendfile", Always),
        libc::SYS_splice => ("splice", Always),
        libc::SYS_tee => ("tee", Always),
        libc::SYS_vmsplice => ("vmsplice", Always),
        libc::SYS_fsync => ("fsync", Always),
        libc::SYS_fdatasync => ("fdatasync", Always),
        libc::SYS_sync => ("sync", Always),
        libc::SYS_syncfs => ("syncfs", Always),
        libc::SYS_msync => ("msync", Always),
        libc::SYS_flock => ("flock", unless(flag(1, libc::LOCK_NB))),
        libc::SYS_fcntl => ("fcntl", unless(!locks_and_waits(low_half(arguments[1])))),
        // Several at once.
        libc::SYS_poll => ("poll", Milliseconds(2)),
        libc::SYS_ppoll => ("ppoll", Until(2)),
        libc::SYS_select => ("select", Until(4)),
        libc::SYS_pselect6 => ("pselect6", Until(4)),
        libc::SYS_epoll_wait => ("epoll_wait", Milliseconds(3)),
        libc::SYS_epoll_pwait => ("epoll_pwait", Milliseconds(3)),
        libc::SYS_epoll_pwait2 => ("epoll_pwait2", Until(3)),
        libc::SYS_io_getevents => ("io_getevents", Always),
        IO_PGETEVENTS => ("io_pgetevents", Always),
        libc::SYS_io_uring_enter => ("io_uring_enter", unless(low_half(arguments[2]) == 0)),
        // Time.
        libc::SYS_nanosleep => ("nanosleep", Always),
        libc::SYS_clock_nanosleep => ("clock_nanosleep", Always),
        // Threads and processes.
        libc::SYS_futex => ("futex", unless(!futex_waits(low_half(arguments[1])))),
        libc::SYS_futex_waitv => ("futex_waitv", Always),
        FUTEX_WAIT => ("futex_wait", Always),
        libc::SYS_wait4 => ("wait4", unless(flag(2, libc::WNOHANG))),
        libc::SYS_waitid => ("waitid", unless(flag(3, libc::WNOHANG))),
        // Signals.
        libc::SYS_pause => ("pause", Always),
        libc::SYS_rt_sigsuspend => ("rt_sigsuspend", Always),
        libc::SYS_rt_sigtimedwait => ("rt_sigtimedwait", Until(2)),
        // Messages and semaphores of System V and POSIX.
        libc::SYS_msgrcv => ("msgrcv", unless(flag(4, libc::IPC_NOWAIT))),
        libc::SYS_msgsnd => ("msgsnd", unless(flag(3, libc::IPC_NOWAIT))),
        libc::SYS_semop => ("semop", Always),
        libc::SYS_semtimedop => ("semtimedop", Until(3)),
        libc::SYS_mq_timedreceive => ("mq_timedreceive", Always),
        libc::SYS_mq_timedsend => ("mq_timedsend", Always),
        _ => ("", Never), // (1)
    }
}

/// `io_pgetevents`, which libc has no name for.
const IO_PGETEVENTS: i64 = 333;
/// `futex_wait`, which libc has no name for either.
const FUTEX_WAIT: i64 = 455;

/// The lower half of an argument: all that the kernel reads of a C `int`.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the lower half is what is wanted"
)]
fn low_half(argument: usize) -> u32 {
    argument as u32
}

/// Whether a futex operation is one that waits.
fn futex_waits(operation: u32) -> bool {
    let flags = libc::FUTEX_PRIVATE_FLAG | libc::FUTEX_CLOCK_REALTIME;
    let waits = [
        libc::FUTEX_WAIT,
        libc::FUTEX_WAIT_BITSET,
        libc::FUTEX_LOCK_PI,
        libc::FUTEX_LOCK_PI2,
        libc::FUTEX_WAIT_REQUEUE_PI,
    ];
    waits.contains(&(operation.cast_signed() & !flags))
}

/// Whether a command of `fcntl` waits for a lock.
fn locks_and_waits(command: u32) -> bool {
    [libc::F_SETLKW, libc::F_OFD_SETLKW].contains(&command.cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How call `number` with these arguments waits.
    fn wait(number: i64, arguments: [usize; 6]) -> Wait {
        look_up(number, &arguments).1
    }

    #[test]
    fn what_flags_forbid_to_wait_does_not() {
        let [wait_private, wake_private] = [128, 129];
        assert_eq!(
            wait(libc::SYS_futex, [0, wait_private, 0, 0, 0, 0]),
            Wait::Always
        );
        assert_eq!(
            wait(libc::SYS_futex, [0, wake_private, 0, 0, 0, 0]),
            Wait::Never
        );
        assert_eq!(wait(libc::SYS_wait4, [0; 6]), Wait::Always);
        assert_eq!(wait(libc::SYS_wait4, [0, 0, 1, 0, 0, 0]), Wait::Never);
        assert_eq!(wait(libc::SYS_fcntl, [0, 7, 0, 0, 0, 0]), Wait::Always);
        assert_eq!(wait(libc::SYS_fcntl, [0, 6, 0, 0, 0, 0]), Wait::Never);
        assert_eq!(wait(libc::SYS_flock, [0, 2 | 4, 0, 0, 0, 0]), Wait::Never);
    }

    #[test]
    fn what_computes_does_not_wait() {
        for number in [
            libc::SYS_mmap,
            libc::SYS_munmap,
            libc::SYS_getpid,
            libc::SYS_close,
        ] {
            assert_eq!(wait(number, [0; 6]), Wait::Never);
        }
    }
}
