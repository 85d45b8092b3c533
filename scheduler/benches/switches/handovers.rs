//! Two threads that hand the processor to each other.
//!
//! Ours go through the dispatcher: two switches of the kernel's for each of ours.
//! Beside them two threads on one processor, one of which wakes the other through
//! a pipe, or by a futex, and then waits.

use crate::processors;
use crate::shared::rounds::in_turns;
use crate::shared::{Effort, Group, Row, Target, Unit};
use crate::{nanoseconds_each, one_cpu};
use rustix::thread::futex;
use scheduler::yield_now;
use std::io::{self, PipeReader, PipeWriter, Read, Write, pipe};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

/// The groups of this file.
pub(crate) fn groups() -> Vec<Group> {
    vec![Group::new("yield_now, one switch", measure)]
}

/// Both rows: the same switch of ours, beside a pipe's and a futex's.
fn measure(effort: Effort) -> Result<Vec<Row>, String> {
    let switches = effort.choose(40_000, 10_000);
    let rounds = effort.choose(15, 5);
    let (ours, pipes) = in_turns(rounds, || ours(switches), || through_a_pipe(switches))?;
    let row = Row::new(
        "yield_now, one switch",
        Unit::Nanoseconds,
        ours,
        Target::TimesAtMost(4.0),
    );
    let (again, futexes) = in_turns(rounds, || self::ours(switches), || Ok(by_a_futex(switches)))?;
    let other = Row::new(
        "yield_now, one switch",
        Unit::Nanoseconds,
        again,
        Target::None,
    );
    Ok(vec![
        row.beside("a pipe, same processor", pipes),
        other.beside("a futex, same processor", futexes),
    ])
}

/// ns for a switch between two scheduled threads.
fn ours(switches: u32) -> Result<f64, String> {
    one_cpu(Duration::from_secs(10))
        .run(|| {
            let other = scheduler::spawn(move || (0..switches / 2).for_each(|_| yield_now()));
            yield_now(); // until it is there
            let each = nanoseconds_each(switches, || (0..switches / 2).for_each(|_| yield_now()));
            other.join().expect("it only yields");
            each
        })
        .map_err(|error| error.to_string())
}

/// ns for a switch between two threads on one processor, by a byte in a pipe.
fn through_a_pipe(switches: u32) -> Result<f64, String> {
    /// Waits for a byte, and sends one.
    fn answer(from: &mut PipeReader, to: &mut PipeWriter) -> io::Result<()> {
        from.read_exact(&mut [0])?;
        to.write_all(&[0])
    }
    let failed = |error: io::Error| error.to_string();
    let (mut here, mut back) = pipe().map_err(failed)?;
    let (mut there, mut forth) = pipe().map_err(failed)?;
    let kept = processors::keep_to(1);
    let other =
        thread::spawn(move || (0..switches / 2).try_for_each(|_| answer(&mut there, &mut back)));
    let mut done = forth.write_all(&[0]); // the first; the last stays in the pipe
    let each = nanoseconds_each(switches, || {
        done = (0..switches / 2 - 1).try_for_each(|_| answer(&mut here, &mut forth));
    });
    drop(kept);
    done.map_err(failed)?;
    let other = other.join().expect("it only reads and writes");
    other.map_err(failed)?;
    Ok(each)
}

/// ns for a switch between two threads on one processor, by a futex.
fn by_a_futex(switches: u32) -> f64 {
    static TURN: AtomicU32 = AtomicU32::new(0);
    /// Waits until it is `own` turn, so many times, and then gives it back.
    fn take_turns(own: u32, times: u32) {
        for _ in 0..times {
            while TURN.load(Ordering::Acquire) != own {
                // It fails when the turn has come meanwhile, or a signal did.
                let _ = futex::wait(&TURN, futex::Flags::PRIVATE, 1 - own, None);
            }
            TURN.store(1 - own, Ordering::Release);
            let _ = futex::wake(&TURN, futex::Flags::PRIVATE, 1); // cannot fail
        }
    }
    TURN.store(0, Ordering::Release);
    let _kept = processors::keep_to(1);
    let other = thread::spawn(move || take_turns(1, switches / 2));
    let each = nanoseconds_each(switches, || take_turns(0, switches / 2));
    other.join().expect("it only waits and wakes");
    each
}
