//! What the kernel counted: processor time, context switches, memory.
//!
//! Of this process with all its threads, and of its children that are over and
//! waited for. Memory is what `/proc` tells: the figure of `getrusage` survives an
//! `exec`, so a small program would be told the size of a large one that started it.
//!
//! Book: chapter 25.

use nix::sys::resource::{Resource, UsageWho, getrlimit, getrusage, setrlimit};
use nix::sys::time::TimeValLike;
use std::{fs, io, time::Duration};

/// What this process and its children that are over have used so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Usage {
    /// Processor time, in seconds.
    pub cpu: f64,
    /// Context switches because of a wait.
    pub waits: u64,
    /// Context switches because the kernel took the processor.
    pub forced: u64,
}

impl Usage {
    /// As of now.
    ///
    /// # Errors
    ///
    /// If the system does not tell.
    pub fn now() -> io::Result<Usage> {
        let mut usage = Usage::default();
        for who in [UsageWho::RUSAGE_SELF, UsageWho::RUSAGE_CHILDREN] {
            let of = getrusage(who)?;
            let micros = of.user_time().num_microseconds() + of.system_time().num_microseconds();
            let micros = u64::try_from(micros).unwrap_or(0); // nobody gives time back
            usage.cpu += Duration::from_micros(micros).as_secs_f64();
            usage.waits += u64::try_from(of.voluntary_context_switches()).unwrap_or(0);
            usage.forced += u64::try_from(of.involuntary_context_switches()).unwrap_or(0);
        }
        Ok(usage)
    }
}

/// The most memory that was resident in this process at a time, in bytes; 0 where
/// there is no `/proc`.
pub fn most_memory() -> u64 {
    status("VmHWM:")
}

/// The memory that is resident in this process now, in bytes.
pub fn memory() -> u64 {
    status("VmRSS:")
}

/// One of the figures of `/proc/self/status` that are counted in kB.
fn status(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|rest| rest.trim().strip_suffix(" kB"));
    number.and_then(|it| it.parse::<u64>().ok()).unwrap_or(0) * 1024
}

/// Lets this process open as many files as it may: connections are files, and the
/// usual limit of 1,024 can be raised by anybody.
///
/// # Errors
///
/// If the system refuses.
pub fn open_as_many_files_as_allowed() -> io::Result<()> {
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE)?;
    Ok(setrlimit(Resource::RLIMIT_NOFILE, most, most)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hint::black_box;

    #[test]
    fn computing_and_memory_that_was_touched_are_seen() {
        let before = (Usage::now().unwrap(), most_memory());
        let large = vec![1_u8; 64 << 20];
        black_box((0..50_000_000_u64).fold(0, |sum, n| black_box(sum + n)));
        let after = (Usage::now().unwrap(), most_memory());
        assert!(after.0.cpu > before.0.cpu);
        assert!(after.1 >= before.1 + (60 << 20) || before.1 > 100 << 20);
        assert!(black_box(large).len() as u64 <= memory());
    }
}
