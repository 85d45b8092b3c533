//! Signals that ask us to end: no child is left behind, the terminal is whole.
//!
//! A thread waits for SIGINT, SIGTERM and SIGHUP. At the first it ends every
//! child and leaves a note; whoever works sees the note, or that its child is
//! over, and returns through the guards that tidy up.
//!
//! Invariants: (1) after a signal no child is started; (2) if nobody has
//! looked at the note within [`PATIENCE`] (a terminal that takes no more text
//! blocks its writer for ever), or a second signal comes, the thread tidies up
//! by itself and exits.
//!
//! Left out: SIGKILL, which nobody can handle, and SIGQUIT, which is for a
//! core dump.
//!
//! Book: appendix "The stepper".

use crate::{children::groups::Groups, failure::Failure, terminal};
use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGTERM},
    iterator::Signals,
};
use std::{
    io, process,
    sync::{
        Arc,
        atomic::{AtomicI32, Ordering},
    },
    thread,
    time::Duration,
};

/// How long the thread waits for the others to tidy up (2).
const PATIENCE: Duration = Duration::from_secs(2);

/// The note that a signal came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Note(Arc<AtomicI32>);

impl Note {
    /// The end that a signal asked for, if one came.
    pub(crate) fn failure(&self) -> Option<Failure> {
        match self.0.load(Ordering::Acquire) {
            0 => None,
            signal => Some(Failure::from_signal(signal)),
        }
    }
}

/// Starts the thread that waits for signals.
///
/// # Errors
/// The operating system does not let us handle them.
pub(crate) fn watch(groups: Groups) -> io::Result<Note> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    let note = Note::default();
    let noted = note.clone();
    thread::spawn(move || {
        for signal in signals.forever() {
            if noted.0.swap(signal, Ordering::AcqRel) == 0 {
                let groups = groups.clone();
                thread::spawn(move || {
                    groups.close(); // (1)
                    thread::sleep(PATIENCE);
                    insist(signal);
                });
            } else {
                insist(signal);
            }
        }
    });
    Ok(note)
}

/// Leaves without waiting for anybody (2).
fn insist(signal: i32) -> ! {
    terminal::restore();
    process::exit(Failure::from_signal(signal).code.into())
}
