//! Worker processes of `scheduler`: this program, begun once more for each.
//!
//! A switch is half of the way of one byte through two pipes, to a process that
//! sends it back and to here; a message goes through `process::channel`.

use crate::meter::Meter;
use crate::order::{Sample, Trouble};
use scheduler::process::{self, Process, Receiver, Sender, channel, spawn};
use std::io::{self, Read, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How many switches, and how many messages.
const TIMES: u32 = 1_000;

/// The argument that makes of this program an echo of single bytes.
pub const ECHO: &str = "--echo";

/// A unit: it says that it is there, and waits until the other end is closed.
fn wait((there, mut gate): (Sender<()>, Receiver<()>)) {
    let _ = there.send(&());
    drop(there);
    let _ = gate.recv();
}

/// Answers each question with itself, until there are no more.
fn answer((questions, answers): (Receiver<u32>, Sender<u32>)) {
    for question in questions {
        let _ = answers.send(&question);
    }
}

/// What a worker has to call first: it does not return there.
pub fn init() {
    process::init!(wait, answer);
}

/// Sends back what comes, byte by byte: what [`ECHO`] asks for.
pub fn echo() {
    let (mut input, mut output, mut byte) = (io::stdin().lock(), io::stdout(), [0]);
    while input.read_exact(&mut byte).is_ok() {
        if output
            .write_all(&byte)
            .and_then(|()| output.flush())
            .is_err()
        {
            return;
        }
    }
}

/// Measures so many.
///
/// # Errors
/// The system has no process, or no descriptor, left.
pub(crate) fn measure(count: u32) -> Result<Sample, Trouble> {
    let (there, mut told) = channel().map_err(|error| Trouble::at(0, error))?;
    let (unit, gate) = start(&there).map_err(|why| Trouble::at(0, why))?;
    drop(gate);
    unit.join()
        .map_err(|error| Trouble::at(0, error.failure()))?;
    told.recv().map_err(|error| Trouble::at(0, error))?;

    let mut meter = Meter::begin(count);
    let mut units = Vec::new();
    for reached in 0..count {
        units.push(start(&there).map_err(|why| Trouble::at(reached, why))?);
    }
    for reached in 0..count {
        told.recv().map_err(|error| Trouble::at(reached, error))?;
    }
    let numbers: Vec<u32> = units.iter().map(|(unit, _)| unit.id()).collect();
    meter.there(&numbers);
    let refused = |error: Box<dyn std::error::Error>| Trouble::at(count, error);
    meter.switched(switch().map_err(|error| refused(error.into()))?, TIMES);
    meter.asked(ask().map_err(refused)?, TIMES);
    meter.ends();
    let (units, gates): (Vec<_>, Vec<_>) = units.into_iter().unzip();
    drop(gates);
    for unit in units {
        let over = unit.join();
        over.map_err(|error| Trouble::at(count, error.failure()))?;
    }
    Ok(meter.over())
}

/// Starts a unit: itself, and what keeps it waiting until it is dropped.
fn start(there: &Sender<()>) -> Result<(Process<()>, Sender<()>), String> {
    let (gate, waits) = channel().map_err(|error| error.to_string())?;
    let there = there.try_clone().map_err(|error| error.to_string())?;
    let unit = spawn(wait, (there, waits)).map_err(|error| error.to_string())?;
    Ok((unit, gate))
}

/// How long [`TIMES`] switches take.
fn switch() -> io::Result<Duration> {
    let mut other = Command::new(std::env::current_exe()?)
        .arg(ECHO)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut to = other.stdin.take().expect("it was piped");
    let mut from = other.stdout.take().expect("it was piped");
    let mut turn = || {
        to.write_all(&[1])?;
        from.read_exact(&mut [0])
    };
    turn()?; // it has begun
    let began = Instant::now();
    for _ in 0..TIMES / 2 {
        turn()?;
    }
    let took = began.elapsed();
    drop(to);
    other.wait()?;
    Ok(took)
}

/// How long [`TIMES`] questions with their answers take.
fn ask() -> Result<Duration, Box<dyn std::error::Error>> {
    let (ask, questions) = channel()?;
    let (answers_in, mut answers) = channel()?;
    let other = spawn(answer, (questions, answers_in))?;
    ask.send(&0)?;
    answers.recv()?; // it has begun
    let began = Instant::now();
    for question in 0..TIMES {
        ask.send(&question)?;
        answers.recv()?;
    }
    let took = began.elapsed();
    drop(ask);
    other.join()?;
    Ok(took)
}
