//! Process groups: each child leads one, so that all it starts can be ended.
//!
//! A lesson may start processes of its own, and `cargo` starts compilers. All
//! are in the group of the child that we started, and are ended with it.
//!
//! Invariants: (1) a group is signalled only while its leader is not reaped,
//! so its number cannot have gone to a stranger; (2) after [`Groups::close`]
//! nothing is started any more; (3) when a leader is over, whatever is left in
//! its group is killed.
//!
//! An end by SIGKILL gives us no time to end anybody. So a group has a guard, a
//! shell that waits for a word of ours, or for the end of the pipe on which it
//! would come: the system closes that one way or the other.
//!
//! Left out: processes that leave their group on purpose, as daemons do.
//!
//! Book: appendix "The stepper".

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use std::{
    io::{self, Write},
    os::unix::process::CommandExt,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// How long a group may take to end by itself after SIGTERM.
const GRACE: Duration = Duration::from_millis(300);

/// Every group that we started and whose leader is not reaped yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Groups {
    /// Shared with the thread that handles signals.
    table: Arc<Mutex<Table>>,
}

/// What [`Groups`] guards.
#[derive(Debug, Default)]
struct Table {
    /// The leaders (1).
    leaders: Vec<Pid>,
    /// Whether starting is over (2).
    closed: bool,
}

impl Groups {
    /// The table, also after a panic elsewhere: it is right at every moment.
    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts `command` as the leader of a group of its own.
    ///
    /// # Errors
    /// It cannot be started, or starting is over (2).
    pub(crate) fn start(&self, command: &mut Command) -> io::Result<Member> {
        let mut table = self.table();
        if table.closed {
            return Err(io::Error::from(io::ErrorKind::Interrupted));
        }
        let child = command.process_group(0).spawn()?;
        let leader = Pid::from_child(&child);
        table.leaders.push(leader);
        drop(table);
        let groups = self.clone();
        Ok(Member {
            groups,
            leader,
            child,
            guard: guard(leader),
        })
    }

    /// Sends `signal` to the group of `leader`, if it is still ours (1).
    fn signal(&self, leader: Pid, signal: Signal) {
        let table = self.table();
        if table.leaders.contains(&leader) {
            // It may be over already, which is what we want.
            let _ = kill_process_group(leader, signal);
        }
    }

    /// Ends `leader`'s group: asks first, insists after [`GRACE`].
    ///
    /// Returns when the leader is reaped, or about to be.
    pub(crate) fn end(&self, leader: Pid) {
        self.end_all(&[leader]);
    }

    /// Ends every group there is, and lets none be started (2).
    pub(crate) fn close(&self) {
        let leaders = {
            let mut table = self.table();
            table.closed = true;
            table.leaders.clone()
        };
        self.end_all(&leaders);
    }

    /// Ends several groups at once.
    fn end_all(&self, leaders: &[Pid]) {
        for &leader in leaders {
            self.signal(leader, Signal::TERM);
            self.signal(leader, Signal::CONT); // a stopped process takes no other signal
        }
        let insist = Instant::now() + GRACE;
        let any_left = || {
            let table = self.table();
            leaders.iter().any(|leader| table.leaders.contains(leader))
        };
        while any_left() && Instant::now() < insist {
            thread::sleep(Duration::from_millis(5));
        }
        for &leader in leaders {
            self.signal(leader, Signal::KILL);
        }
    }
}

/// A child that leads its group. Somebody must [`reap`](Member::reap) it.
#[derive(Debug)]
pub(crate) struct Member {
    /// Where its group is listed.
    groups: Groups,
    /// Its process, and the number of its group.
    leader: Pid,
    /// The handle that gives its exit status.
    pub(crate) child: Child,
    /// The shell that kills the group if we are killed; None if there is none.
    guard: Option<Child>,
}

/// Starts the guard of a group. Without a shell there is none: then only
/// SIGKILL, which nobody can answer, leaves the group alive.
fn guard(leader: Pid) -> Option<Child> {
    let waits = "read -r over || kill -s KILL -- \"-$0\"";
    Command::new("/bin/sh")
        .args(["-c", waits, &leader.as_raw_nonzero().to_string()])
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .ok()
}

impl Member {
    /// The number by which [`Groups::end`] knows it.
    pub(crate) fn leader(&self) -> Pid {
        self.leader
    }

    /// Waits until the child is over, ends what it left behind, and says how
    /// it ended.
    ///
    /// # Errors
    /// The operating system does not know the child (somebody else reaped it).
    pub(crate) fn reap(mut self) -> io::Result<ExitStatus> {
        // Without reaping: until we do, the group's number stays taken (1).
        let over = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        let waited = loop {
            match waitid(WaitId::Pid(self.leader), over) {
                Err(rustix::io::Errno::INTR) => {}
                other => break other,
            }
        };
        // Before the number of the group is free: the guard must not use it then.
        if let Some(mut guard) = self.guard.take() {
            // One that was killed needs no word.
            let _ = guard.stdin.take().map(|mut pipe| pipe.write_all(b"over\n"));
            let _ = guard.wait();
        }
        let mut table = self.groups.table();
        if waited.is_ok() {
            let _ = kill_process_group(self.leader, Signal::KILL); // (3)
        }
        table.leaders.retain(|leader| *leader != self.leader);
        self.child.wait()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::process::test_kill_process_group;
    use std::os::unix::process::ExitStatusExt;

    /// A shell that runs `script`, started in `groups`.
    fn shell(groups: &Groups, script: &str) -> Member {
        groups
            .start(Command::new("/bin/sh").args(["-c", script]))
            .unwrap()
    }

    /// Waits until nobody is left in the group (zombies count until the
    /// system's own parent has reaped them).
    fn wait_until_gone(leader: Pid) {
        while test_kill_process_group(leader).is_ok() {
            thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    fn what_a_child_leaves_behind_is_killed_when_it_ends() {
        let groups = Groups::default();
        let member = shell(&groups, "sleep 1000 & sleep 1000 & exit 3");
        let leader = member.leader();
        assert_eq!(member.reap().unwrap().code(), Some(3));
        wait_until_gone(leader);
    }

    #[test]
    fn ending_a_group_ends_grandchildren_and_those_that_ignore_the_request() {
        let groups = Groups::default();
        let member = shell(&groups, "trap '' TERM; sleep 1000 & sleep 1000; sleep 1000");
        let leader = member.leader();
        let reaper = thread::spawn(move || member.reap());
        thread::sleep(Duration::from_millis(50)); // time to set the trap: either way it must end
        groups.end(leader);
        let status = reaper.join().unwrap().unwrap();
        assert!(status.signal().is_some(), "{status:?}");
        wait_until_gone(leader);
    }

    #[test]
    fn a_group_whose_guard_loses_us_is_killed() {
        let groups = Groups::default();
        let mut member = shell(&groups, "sleep 1000 & sleep 1000");
        let leader = member.leader();
        let mut guard = member.guard.take().expect("there is a shell");
        drop(guard.stdin.take()); // as the system does when we are killed
        guard.wait().unwrap();
        let status = member.reap().unwrap();
        assert_eq!(status.signal(), Some(Signal::KILL.as_raw()));
        wait_until_gone(leader);
    }

    #[test]
    fn nothing_starts_after_closing() {
        let groups = Groups::default();
        groups.close();
        let error = groups.start(&mut Command::new("/bin/true")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::Interrupted);
    }
}
