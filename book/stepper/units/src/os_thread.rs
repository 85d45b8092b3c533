//! Threads of the system's, as the standard library starts them.
//!
//! A switch is one that wakes another one (`unpark`) and waits for it (`park`): no
//! thread of the system's can hand its processor to a certain other one by less. A
//! message goes through `std::sync::mpsc` with room for one.

use crate::meter::Meter;
use crate::order::{Sample, Trouble};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Sender, channel, sync_channel};
use std::sync::{Arc, Barrier, Condvar, Mutex};
use std::thread::{self, Builder, JoinHandle};
use std::time::{Duration, Instant};

/// How many switches, and how many messages.
const TIMES: u32 = 5_000;

/// What all units wait for.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    /// Whether they may end.
    open: Mutex<bool>,
    /// Tells them.
    opened: Condvar,
}

impl Gate {
    /// Waits until it is open.
    pub(crate) fn wait(&self) {
        let open = self.open.lock().expect("nobody panics with it");
        let opened = self.opened.wait_while(open, |open| !*open);
        drop(opened.expect("nobody panics with it"));
    }

    /// Lets everybody go.
    pub(crate) fn open(&self) {
        *self.open.lock().expect("nobody panics with it") = true;
        self.opened.notify_all();
    }
}

/// Measures so many.
///
/// # Errors
/// The system has no thread left.
pub(crate) fn measure(count: u32) -> Result<Sample, Trouble> {
    let (tell, told) = channel();
    let warm = Arc::new(Gate::default());
    let unit = start(&warm, &tell).map_err(|error| Trouble::at(0, error))?;
    warm.open();
    unit.join().expect("no thread panics");
    told.recv().expect("it has told");

    let gate = Arc::new(Gate::default());
    let mut meter = Meter::begin(count);
    let mut units = Vec::new();
    for reached in 0..count {
        match start(&gate, &tell) {
            Ok(unit) => units.push(unit),
            Err(error) => {
                gate.open(); // nobody is left behind
                return Err(Trouble::at(reached, error));
            }
        }
    }
    for _ in 0..count {
        told.recv().expect("each of them tells");
    }
    meter.there(&[]);
    meter.switched(switch(), TIMES);
    meter.asked(ask(), TIMES);
    meter.ends();
    gate.open();
    for unit in units {
        unit.join().expect("no thread panics");
    }
    Ok(meter.over())
}

/// Starts a unit: it says that it is there, and waits until it may end.
fn start(gate: &Arc<Gate>, tell: &Sender<()>) -> std::io::Result<JoinHandle<()>> {
    let (gate, tell) = (Arc::clone(gate), tell.clone());
    Builder::new().spawn(move || {
        let _ = tell.send(());
        gate.wait();
    })
}

/// How long [`TIMES`] switches take, there and back by turns.
fn switch() -> Duration {
    let (turn, both) = (AtomicU32::new(0), Barrier::new(2));
    let wait_for = |mine: u32| {
        while turn.load(Ordering::Acquire) != mine {
            thread::park();
        }
    };
    let hand_over = |to: &thread::Thread, theirs: u32| {
        turn.store(theirs, Ordering::Release);
        to.unpark();
    };
    let here = thread::current();
    thread::scope(|scope| {
        let other = scope.spawn(|| {
            both.wait();
            for _ in 0..TIMES / 2 {
                wait_for(1);
                hand_over(&here, 0);
            }
        });
        both.wait();
        let began = Instant::now();
        for _ in 0..TIMES / 2 {
            hand_over(other.thread(), 1);
            wait_for(0);
        }
        began.elapsed()
    })
}

/// How long [`TIMES`] questions with their answers take.
fn ask() -> Duration {
    let (ask, questions) = sync_channel(1);
    let (answer, answers) = sync_channel(1);
    thread::scope(|scope| {
        scope.spawn(move || {
            for question in questions {
                let _ = answer.send(question);
            }
        });
        let began = Instant::now();
        for question in 0..TIMES {
            ask.send(question).expect("somebody answers");
            answers.recv().expect("somebody answers");
        }
        let took = began.elapsed();
        drop(ask);
        took
    })
}
