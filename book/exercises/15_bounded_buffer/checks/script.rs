//! A script: what producers and consumers do with a buffer, and its run.

use super::model::{Call, Deed, Event, Fault, Kind, Model};
use super::{Buffers, NewBuffer};
use exercises::check::{Complaint, last_panic};
use exercises::transcript;
use exercises::turns::{Stuck, Turns};
use scheduler::{Builder, now, sleep};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What a thread does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Calls the buffer.
    Do(Call),
    /// Takes until there is nothing more to come.
    Drain,
    /// Sleeps for so many ms.
    Pause(u64),
}

/// The threads around a buffer.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    /// For how many values there is room.
    pub(crate) capacity: usize,
    /// What each producer does. When all are over, `main` closes the buffer if
    /// `closes` says so.
    pub(crate) producers: Vec<Vec<Step>>,
    /// What each consumer does.
    pub(crate) consumers: Vec<Vec<Step>>,
    /// Whether `main` closes the buffer after the last producer.
    pub(crate) closes: bool,
    /// Who runs when.
    pub(crate) turns: Turns,
}

/// How a script's run went.
struct Run {
    /// What happened, in order.
    events: Vec<Event>,
    /// Why it came to no good end, if it did not.
    stuck: Option<Stuck>,
}

/// What happens, as the threads note it. In checkpoint mode one thread moves at
/// a time, and none holds this across a checkpoint.
#[derive(Clone, Default)]
struct Events(Arc<Mutex<Vec<Event>>>);

/// How many lines of a run are shown at most.
const LINES: usize = 30;

impl Script {
    /// Long turns, round and round, and `main` does not close the buffer.
    pub(crate) fn new(capacity: usize, producers: &[&[Step]], consumers: &[&[Step]]) -> Script {
        let steps = |threads: &[&[Step]]| threads.iter().map(|steps| steps.to_vec()).collect();
        Script {
            capacity,
            producers: steps(producers),
            consumers: steps(consumers),
            closes: false,
            turns: Turns::PLAIN,
        }
    }

    /// The names of its threads: producers, consumers, `main`.
    fn names(&self) -> Vec<String> {
        let name = |side: &str, number: usize| match ('A'..='Z').nth(number) {
            Some(letter) => format!("{side} {letter}"),
            None => format!("{side} {number}"),
        };
        let producers = (0..self.producers.len()).map(|number| name("producer", number));
        let consumers = (0..self.consumers.len()).map(|number| name("consumer", number));
        let main = ["main".to_owned()];
        producers.chain(consumers).chain(main).collect()
    }

    /// Runs it on a buffer.
    fn run(&self, new: NewBuffer) -> Run {
        let events = Events::default();
        let notes = events.clone();
        let ended = self.turns.run(move || self.start(new, &notes));
        Run {
            events: events.lock().clone(),
            stuck: ended.err(),
        }
    }

    /// What `main` does.
    fn start(&self, new: NewBuffer, events: &Events) {
        let buffer = new(self.capacity);
        let mut names = self.names().into_iter();
        let mut number = 0;
        let mut start = |steps: &Vec<Step>| {
            let name = names.next().expect("every thread has a name");
            let thread = Worker {
                number,
                name: name.clone(),
                buffer: Arc::clone(&buffer),
                events: events.clone(),
            };
            number += 1;
            let steps = steps.clone();
            Builder::new().name(name).spawn(move || thread.work(&steps))
        };
        let producers: Vec<_> = self.producers.iter().map(&mut start).collect();
        let consumers: Vec<_> = self.consumers.iter().map(&mut start).collect();
        // Whoever panicked has noted it.
        for thread in producers {
            drop(thread.join());
        }
        if self.closes {
            let main = Worker {
                number,
                name: "main".to_owned(),
                buffer,
                events: events.clone(),
            };
            main.work(&[Step::Do(Call::Close)]);
        }
        for thread in consumers {
            drop(thread.join());
        }
    }

    /// Whether a buffer's run obeys the rules; only faults of one kind count, if
    /// there is one.
    ///
    /// # Errors
    ///
    /// A complaint, with the run line by line, when it does not.
    pub(crate) fn check(&self, new: NewBuffer, only: Option<Kind>) -> Result<(), Complaint> {
        let Err(fault) = self.judge(&self.run(new)) else {
            return Ok(());
        };
        if only.is_some_and(|only| only != fault.kind) {
            return Ok(());
        }
        // The same turns, so the same run.
        let lines = transcript::of(|| drop(self.run(new))).unwrap_or_default();
        let mut happened = fault.happened;
        if fault.kind == Kind::Sleeps && fault.until.is_none() {
            happened = format!("{happened}\n{}", lines.waiting());
        }
        Err(Complaint {
            tried: self.to_string(),
            expected: fault.expected,
            happened,
            beside: lines.draw(fault.until, LINES),
            step: String::new(),
        })
    }

    /// What is wrong with a run, if anything is.
    fn judge(&self, run: &Run) -> Result<(), Fault> {
        let mut model = Model::new(self.capacity, self.names());
        for event in &run.events {
            model.take(event)?;
        }
        match &run.stuck {
            None => Ok(()),
            Some(Stuck::Busy) => Err(Fault {
                kind: Kind::Busy,
                expected: "a thread that cannot go on waits until it is woken".to_owned(),
                happened: "the threads run on and on, and nothing happens: does one look again \
                           and again instead of waiting?"
                    .to_owned(),
                until: None,
            }),
            // A script may end while somebody waits, with reason.
            Some(Stuck::Standstill(_)) => model.everybody_has_gone_on(None),
            Some(Stuck::Failed(why)) => Err(Fault {
                kind: Kind::Wrong,
                expected: "a run that comes to its end".to_owned(),
                happened: why.clone(),
                until: None,
            }),
        }
    }
}

impl Events {
    /// All so far.
    fn lock(&self) -> MutexGuard<'_, Vec<Event>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A thread that uses the buffer.
struct Worker {
    /// Which one, among the script's.
    number: usize,
    /// Its name.
    name: String,
    /// What it uses.
    buffer: Arc<dyn Buffers>,
    /// Where it notes what it does.
    events: Events,
}

impl Worker {
    /// Does what the steps say.
    fn work(&self, steps: &[Step]) {
        for step in steps {
            let goes_on = match step {
                Step::Do(call) => self.call(*call).is_some(),
                Step::Drain => loop {
                    match self.call(Call::Take) {
                        Some(Deed::Took(Some(_))) => {}
                        other => break other.is_some(),
                    }
                },
                Step::Pause(millis) => {
                    sleep(Duration::from_millis(*millis));
                    true
                }
            };
            if !goes_on {
                return;
            }
        }
    }

    /// Calls, and returns what came of it; None if the call did not return.
    fn call(&self, call: Call) -> Option<Deed> {
        self.note(Deed::Calls(call));
        let put = |put: Result<(), u32>| match put {
            Ok(()) => Deed::Put,
            Err(value) => Deed::GotBack(value),
        };
        let returned = catch_unwind(AssertUnwindSafe(|| match call {
            Call::Put(value) => put(self.buffer.put(value)),
            Call::PutMade(value, millis) => put(self.buffer.put_made(&mut || {
                sleep(Duration::from_millis(millis));
                self.note(Deed::Made);
                value
            })),
            Call::Take => Deed::Took(self.buffer.take()),
            Call::Close => {
                self.buffer.close();
                Deed::Closed
            }
        }));
        let payload = match returned {
            Ok(deed) => {
                self.note(deed.clone());
                return Some(deed);
            }
            Err(payload) => payload,
        };
        let text = payload.downcast_ref::<&str>().map(ToString::to_string);
        let Some(text) = text.or_else(|| payload.downcast_ref::<String>().cloned()) else {
            resume_unwind(payload); // no panic: the run is being given up
        };
        self.note(Deed::Panicked(last_panic().unwrap_or(text)));
        None
    }

    /// Notes what it did.
    fn note(&self, deed: Deed) {
        let at = now();
        transcript::note(at, &self.name, &deed.to_string());
        self.events.lock().push(Event {
            at,
            thread: self.number,
            deed,
        });
    }
}

/// What is tried: the capacity, the turns, and each thread's steps.
impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a buffer with room for {}", self.capacity)?;
        let threads = self.producers.iter().chain(&self.consumers);
        for (name, steps) in self.names().iter().zip(threads) {
            let steps: Vec<_> = steps.iter().map(Step::to_string).collect();
            let steps = match steps.join(", ") {
                steps if steps.is_empty() => "nothing".to_owned(),
                steps => steps,
            };
            write!(f, "\n{name}: {steps}")?;
        }
        if self.closes {
            write!(f, "\nmain: close() when every producer is over")?;
        }
        if self.turns != Turns::PLAIN {
            write!(f, "\n{}", self.turns)?;
        }
        Ok(())
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Do(Call::PutMade(value, millis)) => {
                write!(f, "put_made({value}), which takes {millis} ms")
            }
            Step::Do(call) => call.fmt(f),
            Step::Drain => f.write_str("take() until None"),
            Step::Pause(millis) => write!(f, "sleeps {millis} ms"),
        }
    }
}
