//! What the kernel tells of a process and its threads, without privileges.
//!
//! `/proc/PID/task/TID/schedstat` has ns on a CPU and ns in line for one, so that
//! what is left of the time between two looks was spent waiting; `syscall` says
//! in which call. A look costs some 20 µs a thread.
//!
//! Invariants: (1) time in line for a CPU counts as neither work nor waiting: a
//! busy machine does not change the answer; (2) a thread that waits for the end
//! of another, or of a child, counts as nothing: whom it waits for is counted;
//! (3) a wait for another thread counts only as far as the thread does something
//! afterwards: one that waits long for little is without work, not held up.
//!
//! Left out: what threads did that came and went between two looks, but for
//! their time on a CPU, which the process keeps ([`Kernel::close`]).
//!
//! Book: chapter 25.

use super::waits::{Waits, waits};
use std::{
    collections::{HashMap, HashSet},
    fs,
    time::Instant,
};

/// So many ns of waiting for other threads count for each ns that the thread
/// works, or waits for the outside, afterwards (3). Of so many threads each can
/// wait for all the others in turn.
const HELD_UP: u64 = 16;
/// ns in one tick of the times in `/proc/PID/stat`: a hundredth of a second, on
/// every architecture.
const TICK: u64 = 10_000_000;

/// What the looks have found, in ns over all threads.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Profile {
    /// On a CPU.
    pub(super) on_cpu: u64,
    /// In line for one (1).
    pub(super) in_line: u64,
    /// Waiting for input, output or the clock.
    pub(super) outside: u64,
    /// Waiting for other threads.
    pub(super) locks: u64,
    /// From the first look to the last.
    pub(super) lasted: u64,
    /// How often a thread was looked at.
    pub(super) looks: u64,
    /// How many threads were seen.
    pub(super) threads: u64,
    /// How many processes were seen.
    pub(super) processes: u64,
    /// Switches that a thread asked for, by waiting.
    pub(super) voluntary: u64,
    /// Switches that were forced on a thread.
    pub(super) forced: u64,
    /// Whether one of the processes is a Python, whose threads may share a lock
    /// that nobody sees in the program.
    pub(super) python: bool,
}

/// One thread, as last seen.
#[derive(Debug)]
struct Seen {
    /// When.
    at: Instant,
    /// ns on a CPU by then.
    on_cpu: u64,
    /// ns in line by then.
    in_line: u64,
    /// Switches by then, asked for and forced.
    switches: (u64, u64),
    /// ns that were neither on a CPU nor, as far as the kernel had counted, in
    /// line, at looks that found it able to run. Time in line is counted when it
    /// is over, so these may still turn out to be that (1).
    open: i64,
    /// ns of its waits for other threads that do not count yet (3).
    locked: u64,
}

/// Looks at a process and at all that it starts.
#[derive(Debug, Default)]
pub(super) struct Kernel {
    /// The threads.
    seen: HashMap<u32, Seen>,
    /// The processes.
    processes: HashSet<u32>,
    /// When the first look was.
    began: Option<Instant>,
    /// What has been found.
    pub(super) profile: Profile,
}

impl Kernel {
    /// Whether this kernel tells what we ask for.
    pub(super) fn tells() -> bool {
        fs::read_to_string("/proc/self/schedstat").is_ok_and(|text| figures(&text).is_some())
    }

    /// Looks at `process`, at its threads and at its children.
    pub(super) fn look(&mut self, process: u32) {
        let began = *self.began.get_or_insert_with(Instant::now);
        self.look_into(process);
        self.profile.lasted = nanos(began);
    }

    /// Looks at one process of them.
    fn look_into(&mut self, process: u32) {
        let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else {
            return; // over
        };
        if self.processes.insert(process) {
            self.profile.processes += 1;
        }
        for thread in threads.flatten() {
            let folder = format!("/proc/{process}/task/{}", thread.file_name().display());
            if let Some(thread) = thread.file_name().to_str().and_then(|it| it.parse().ok()) {
                self.look_at(thread, &folder);
            }
            let children = fs::read_to_string(format!("{folder}/children")).unwrap_or_default();
            for child in children.split_whitespace().filter_map(|it| it.parse().ok()) {
                self.look_into(child);
            }
        }
    }

    /// Looks at one thread.
    fn look_at(&mut self, thread: u32, folder: &str) -> Option<()> {
        let read = |name: &str| fs::read_to_string(format!("{folder}/{name}")).ok();
        let (on_cpu, in_line) = figures(&read("schedstat")?)?;
        let at = Instant::now();
        let stat = read("stat")?;
        let call = read("syscall").unwrap_or_default();
        let waits = waits(&stat, &call, || read("wchan").unwrap_or_default());
        let switches = switches(&read("status")?);
        let profile = &mut self.profile;
        profile.looks += 1;
        let Some(before) = self.seen.get_mut(&thread) else {
            profile.threads += 1;
            profile.on_cpu += on_cpu;
            profile.in_line += in_line;
            profile.python |= stat.contains("(python");
            let seen = Seen {
                at,
                on_cpu,
                in_line,
                switches,
                open: 0,
                locked: 0,
            };
            self.seen.insert(thread, seen);
            return Some(());
        };
        let worked = on_cpu.saturating_sub(before.on_cpu);
        let stood = in_line.saturating_sub(before.in_line);
        let passed = at.saturating_duration_since(before.at).as_nanos();
        before.open = before
            .open
            .saturating_add(i64::try_from(passed).unwrap_or(i64::MAX))
            .saturating_sub_unsigned(worked)
            .saturating_sub_unsigned(stood);
        // ANCHOR: waited
        let mut active = worked;
        if let Some(waits) = waits {
            let waited = u64::try_from(before.open).unwrap_or(0);
            before.open = 0;
            match waits {
                Waits::Outside => {
                    profile.outside += waited;
                    active += waited;
                }
                Waits::Lock => before.locked += waited,
                Waits::End => {}
            }
        }
        let counts = before.locked.min(active.saturating_mul(HELD_UP));
        before.locked -= counts;
        profile.locks += counts;
        // ANCHOR_END: waited
        profile.on_cpu += worked;
        profile.in_line += stood;
        profile.voluntary += switches.0.saturating_sub(before.switches.0);
        profile.forced += switches.1.saturating_sub(before.switches.1);
        (before.at, before.on_cpu, before.in_line) = (at, on_cpu, in_line);
        before.switches = switches;
        Some(())
    }

    /// Takes over what the process, which is over and not yet reaped, has kept of
    /// the time on a CPU of all its threads and of the children it waited for.
    pub(super) fn close(&mut self, process: u32) {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        self.profile.on_cpu = self.profile.on_cpu.max(kept(&stat));
    }
}

/// ns on a CPU of a process and of the children it waited for, by its `stat`.
fn kept(stat: &str) -> u64 {
    // The name in brackets may hold anything; after it comes field 3.
    let (_, rest) = stat.rsplit_once(')').unwrap_or_default();
    let ticks = rest.split_whitespace().skip(14 - 3).take(4);
    let ticks: u64 = ticks.filter_map(|it| it.parse::<u64>().ok()).sum();
    ticks.saturating_mul(TICK)
}

/// ns since then.
fn nanos(then: Instant) -> u64 {
    u64::try_from(then.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

/// ns on a CPU and in line for one, by a `schedstat`.
fn figures(schedstat: &str) -> Option<(u64, u64)> {
    let mut figures = schedstat.split_whitespace().map(str::parse);
    Some((figures.next()?.ok()?, figures.next()?.ok()?))
}

/// The switches asked for and forced, by a thread's `status`.
fn switches(status: &str) -> (u64, u64) {
    let figure = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|it| it.trim().parse().ok()).unwrap_or(0)
    };
    let (asked, forced) = ("voluntary_ctxt_switches:", "nonvoluntary_ctxt_switches:");
    (figure(asked), figure(forced))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_kernel_keeps_of_a_process_is_its_own_time_and_its_childrens() {
        let stat = "7 (a) b) Z 1 7 7 0 -1 4194560 100 200 0 0 5 6 7 8 20 0 1 0 99";
        assert_eq!(kept(stat), 260_000_000);
        assert_eq!(kept(""), 0, "it was reaped by another");
        assert_eq!(figures("12 34 5\n"), Some((12, 34)));
        assert_eq!(figures("0\n"), None, "a kernel that does not count");
        let status = "Name:\ta\nvoluntary_ctxt_switches:\t3\nnonvoluntary_ctxt_switches:\t4\n";
        assert_eq!(switches(status), (3, 4));
    }
}
