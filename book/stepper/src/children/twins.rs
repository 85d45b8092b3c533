//! Running the programs of one view: a lesson's twins, or one of the learner's.
//!
//! In virtual time and at checkpoints a twin's trace is the same whatever else
//! the machine does, so both run together. For real (`--real`) each would
//! change the other's figures, so they run one after the other; but a first
//! that is still running after [`PATIENCE`] (a server, or one that hangs) does
//! not keep the second waiting for ever.
//!
//! Invariants: (1) a program's bytes reach its recording in order, and its end
//! after them; (2) [`Twins::pump`] returns soon, however much there is to read.
//!
//! Book: appendix "The stepper".

use super::{Piece, Program, Running, groups::Groups};
use crate::{
    failure::Failure,
    recording::{Ending, Recording},
};
use std::{
    mem,
    time::{Duration, Instant},
};

/// How long the second twin lets the first have the machine to itself.
const PATIENCE: Duration = Duration::from_secs(5);

/// The programs that are run for one view.
#[derive(Debug)]
pub(crate) struct Twins {
    /// Where their groups are listed.
    groups: Groups,
    /// How they are run.
    one_by_one: bool,
    /// Each with what has become of it, in the order of the recordings.
    runs: Vec<Run>,
}

/// What has become of one program.
#[derive(Debug)]
enum Run {
    /// Its turn has not come.
    Waiting(Program),
    /// It runs, since then.
    Going(Running, Instant),
    /// Its last piece has been taken.
    Over,
}

impl Twins {
    /// These programs, none of them started yet: the first `pump` does that.
    pub(crate) fn new(programs: Vec<Program>, one_by_one: bool, groups: &Groups) -> Twins {
        Twins {
            groups: groups.clone(),
            one_by_one,
            runs: programs.into_iter().map(Run::Waiting).collect(),
        }
    }

    /// Whether every program is over and everything it wrote was taken.
    pub(crate) fn over(&self) -> bool {
        self.runs.iter().all(|run| matches!(run, Run::Over))
    }

    /// Starts whose turn it is, and hands what the programs have written to
    /// their recordings, for no longer than `budget` (2). Whether there was
    /// anything.
    ///
    /// # Errors
    /// A program cannot be started.
    pub(crate) fn pump(
        &mut self,
        recordings: &mut [Recording],
        budget: Duration,
    ) -> Result<bool, Failure> {
        self.start_whose_turn_it_is(recordings)?;
        let enough = Instant::now() + budget;
        let mut moved = false;
        loop {
            let mut more = false;
            for (run, recording) in self.runs.iter_mut().zip(&mut *recordings) {
                more |= run.take_one(recording);
            }
            moved |= more;
            if !more || Instant::now() >= enough {
                return Ok(moved);
            }
        }
    }

    /// Starts the programs that need not wait for one before them.
    fn start_whose_turn_it_is(&mut self, recordings: &mut [Recording]) -> Result<(), Failure> {
        for (run, recording) in self.runs.iter_mut().zip(recordings) {
            if matches!(run, Run::Waiting(_))
                && let Run::Waiting(program) = mem::replace(run, Run::Over)
            {
                *run = Run::Going(Running::start(&program, &self.groups)?, Instant::now());
                recording.ending = Ending::Running;
            }
            let busy = matches!(run, Run::Going(_, since) if since.elapsed() < PATIENCE);
            if self.one_by_one && busy {
                break;
            }
        }
        Ok(())
    }

    /// Ends every program; what they wrote until then can still be pumped.
    pub(crate) fn end(&mut self) {
        for run in &mut self.runs {
            match run {
                Run::Waiting(_) => *run = Run::Over,
                Run::Going(running, _) => running.end(),
                Run::Over => {}
            }
        }
    }
}

impl Run {
    /// Hands one piece to `recording` (1); whether there was one.
    fn take_one(&mut self, recording: &mut Recording) -> bool {
        let Run::Going(running, _) = self else {
            return false;
        };
        match running.next() {
            None => return false,
            Some(Piece::Bytes(bytes)) => recording.push(&bytes),
            Some(Piece::Over(status)) => {
                recording.finish(Ending::from(status));
                *self = Run::Over;
            }
        }
        true
    }
}
