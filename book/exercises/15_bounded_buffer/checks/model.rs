//! The rules of a bounded buffer, against which every event is held.
//!
//! Between the moment at which a thread calls and the moment at which the call
//! returns, the value goes in or out; when, nobody sees. So the model objects
//! only to what no such moment can explain. It also objects if somebody still
//! waits who could have gone on, though nothing happened for a while.

use std::fmt;
use std::time::Duration;

/// What a thread asks of a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// Puts a value in. No value is put in twice.
    Put(u32),
    /// Makes a value, for so many ms, and puts it in.
    PutMade(u32, u64),
    /// Takes a value out.
    Take,
    /// Closes the buffer.
    Close,
}

/// What a thread did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// It calls.
    Calls(Call),
    /// It has made its value, within its call.
    Made,
    /// Its `put` returned `Ok`.
    Put,
    /// Its `put` returned this value as an error.
    GotBack(u32),
    /// Its `take` returned this.
    Took(Option<u32>),
    /// Its `close` returned.
    Closed,
    /// Its call panicked.
    Panicked(String),
}

/// Something that happened.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// When.
    pub(crate) at: Duration,
    /// Which thread did it.
    pub(crate) thread: usize,
    /// What it did.
    pub(crate) deed: Deed,
}

/// What kind of mistake it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A call returned what it must not, or too early.
    Wrong,
    /// Somebody waits who could go on.
    Sleeps,
    /// Somebody runs who should wait.
    Busy,
}

/// What should have happened, and what did.
#[derive(Debug)]
pub(crate) struct Fault {
    /// What kind of mistake it is.
    pub(crate) kind: Kind,
    /// What was expected.
    pub(crate) expected: String,
    /// What happened instead.
    pub(crate) happened: String,
    /// By when it could be seen; None: at the end of the run.
    pub(crate) until: Option<Duration>,
}

/// A call that has not returned.
#[derive(Clone, Copy, Debug)]
struct Pending {
    /// Who calls.
    thread: usize,
    /// What.
    call: Call,
    /// Whether it still makes its value.
    makes: bool,
    /// Whether it called after the buffer was closed.
    after_close: bool,
    /// How many values were in for certain when it called: those that must
    /// leave before its own.
    behind: usize,
}

/// A value whose `put` returned.
#[derive(Clone, Copy, Debug)]
struct Inside {
    /// The value.
    value: u32,
    /// How many values had gone in for certain when its `put` was called.
    behind: usize,
    /// The so manieth whose `put` returned.
    place: usize,
}

/// A buffer as it should be.
#[derive(Debug)]
pub(crate) struct Model {
    /// For how many values there is room.
    capacity: usize,
    /// The names of the threads.
    names: Vec<String>,
    /// Values whose `put` has returned, and that nobody's `take` has returned.
    inside: Vec<Inside>,
    /// How many `put`s have returned `Ok`.
    puts: usize,
    /// Values that were taken before their `put` returned.
    taken_early: Vec<u32>,
    /// Calls that have not returned.
    pending: Vec<Pending>,
    /// Whether `close` was called.
    closing: bool,
    /// Whether `close` returned.
    closed: bool,
    /// When the last thing happened.
    now: Duration,
}

/// After so long a silence everybody who could go on has gone on.
const SILENCE: Duration = Duration::from_micros(500);

impl Model {
    /// An empty buffer, and the threads that use it.
    pub(crate) fn new(capacity: usize, names: Vec<String>) -> Model {
        Model {
            capacity,
            names,
            inside: Vec::new(),
            puts: 0,
            taken_early: Vec::new(),
            pending: Vec::new(),
            closing: false,
            closed: false,
            now: Duration::ZERO,
        }
    }

    /// Takes note of `event`.
    ///
    /// # Errors
    ///
    /// What is wrong with it, or with what did not happen before it.
    pub(crate) fn take(&mut self, event: &Event) -> Result<(), Fault> {
        if event.at > self.now + SILENCE {
            self.everybody_has_gone_on(Some(event.at))?;
        }
        self.now = event.at;
        let thread = event.thread;
        match &event.deed {
            Deed::Calls(call) => {
                self.closing |= *call == Call::Close;
                self.pending.push(Pending {
                    thread,
                    call: *call,
                    makes: matches!(call, Call::PutMade(..)),
                    after_close: self.closed,
                    behind: self.puts,
                });
                Ok(())
            }
            Deed::Made => {
                let mut pending = self.pending.iter_mut();
                if let Some(call) = pending.find(|call| call.thread == thread) {
                    call.makes = false;
                }
                Ok(())
            }
            Deed::Put => self.put(thread),
            Deed::GotBack(value) => self.got_back(thread, *value),
            Deed::Took(Some(value)) => self.took(thread, *value),
            Deed::Took(None) => self.took_nothing(thread),
            Deed::Closed => {
                self.returns(thread);
                self.closed = true;
                Ok(())
            }
            Deed::Panicked(message) => {
                self.returns(thread);
                Err(self.wrong("no panic", &format!("your code panicked: {message}")))
            }
        }
    }

    /// The call of `thread`, which has returned.
    fn returns(&mut self, thread: usize) -> Pending {
        let found = self.pending.iter().position(|call| call.thread == thread);
        let found = found.expect("a thread calls before it returns");
        self.pending.remove(found)
    }

    /// The `put` of `thread` returned `Ok`.
    fn put(&mut self, thread: usize) -> Result<(), Fault> {
        let call = self.returns(thread);
        let value = call.call.value();
        self.puts += 1;
        let is_gone = self.taken_early.iter().position(|early| *early == value);
        if let Some(early) = is_gone {
            self.taken_early.swap_remove(early);
        } else {
            self.inside.push(Inside {
                value,
                behind: call.behind,
                place: self.puts,
            });
        }
        let happened = format!("put({value}) returns Ok");
        if call.after_close {
            let expected = format!("put({value}) returns Err({value}): the buffer is closed");
            return Err(self.wrong(&expected, &happened));
        }
        // Whoever takes may have taken already, although its call is not over.
        let leaving = self.takes();
        if self.inside.len() > self.capacity + leaving {
            let expected = format!(
                "put({value}) waits: {} in a buffer with room for {}",
                values(self.inside.len() - 1 - leaving),
                self.capacity
            );
            return Err(self.wrong(&expected, &happened));
        }
        Ok(())
    }

    /// How many `take`s have not returned.
    fn takes(&self) -> usize {
        let calls = self.pending.iter();
        calls.filter(|call| call.call == Call::Take).count()
    }

    /// The `put` of `thread` returned `Err(found)`.
    fn got_back(&mut self, thread: usize, found: u32) -> Result<(), Fault> {
        let value = self.returns(thread).call.value();
        let happened = format!("put({value}) returns Err({found})");
        if !self.closing {
            let expected = format!("put({value}) puts its value in: nobody closed the buffer");
            return Err(self.wrong(&expected, &happened));
        }
        if found != value {
            return Err(self.wrong(&format!("put({value}) returns its own value"), &happened));
        }
        Ok(())
    }

    /// The `take` of `thread` returned `value`.
    fn took(&mut self, thread: usize, value: u32) -> Result<(), Fault> {
        self.returns(thread);
        let happened = format!("take() returns {value}");
        let Some(found) = self.inside.iter().position(|inside| inside.value == value) else {
            let mut pending = self.pending.iter();
            if pending.any(|call| call.call.puts() == Some(value) && !call.makes)
                && !self.taken_early.contains(&value)
            {
                self.taken_early.push(value); // its `put` is about to return
                return Ok(());
            }
            return Err(self.wrong("take() returns a value that is in the buffer", &happened));
        };
        let taken = self.inside.remove(found);
        let older = self.inside.iter().filter(|one| one.place <= taken.behind);
        let first = older.clone().map(|inside| inside.value).next();
        if let Some(first) = first
            && older.count() > self.takes()
        {
            let expected = format!("take() returns {first}, which went in before {value}");
            return Err(self.wrong(&expected, &happened));
        }
        Ok(())
    }

    /// The `take` of `thread` returned None.
    fn took_nothing(&mut self, thread: usize) -> Result<(), Fault> {
        self.returns(thread);
        if !self.closing {
            let expected = "take() returns a value, and until there is one it waits";
            return Err(self.wrong(
                expected,
                "take() returns None, although nobody closed the buffer",
            ));
        }
        if let Some(first) = self.inside.first()
            && self.inside.len() > self.takes()
        {
            let expected = format!("take() returns {}: it is still in the buffer", first.value);
            return Err(self.wrong(&expected, "take() returns None"));
        }
        Ok(())
    }

    /// Nothing happened for a while, until `next`, or nothing will ever happen:
    /// whoever could go on must have gone on.
    ///
    /// # Errors
    ///
    /// Who still waits.
    pub(crate) fn everybody_has_gone_on(&self, next: Option<Duration>) -> Result<(), Fault> {
        for call in self.pending.iter().filter(|call| !call.makes) {
            let reason = match call.call {
                Call::Take => match self.inside.first() {
                    Some(first) => format!("takes {}: it is in the buffer", first.value),
                    None if self.closed => "gets None: the buffer is closed".to_owned(),
                    None => continue,
                },
                Call::Put(value) | Call::PutMade(value, _) => {
                    if self.closed {
                        format!("gets {value} back: the buffer is closed")
                    } else if self.inside.len() < self.capacity {
                        format!(
                            "puts {value} in: {} in a buffer with room for {}",
                            values(self.inside.len()),
                            self.capacity
                        )
                    } else {
                        continue;
                    }
                }
                Call::Close => "closes the buffer: nobody has to wait for that".to_owned(),
            };
            let name = &self.names[call.thread];
            let happened = match next {
                Some(next) => format!(
                    "{name} still waits when the clock moves on to {} ms",
                    next.as_millis()
                ),
                None => format!("{name} waits for ever: nobody is left who could wake it"),
            };
            return Err(Fault {
                kind: Kind::Sleeps,
                expected: format!("{name} {reason}"),
                happened,
                until: next.map(|_| self.now + SILENCE),
            });
        }
        Ok(())
    }

    /// Something that must not be, at this instant.
    fn wrong(&self, expected: &str, happened: &str) -> Fault {
        Fault {
            kind: Kind::Wrong,
            expected: expected.to_owned(),
            happened: format!("at {} µs, {happened}", self.now.as_micros()),
            until: Some(self.now),
        }
    }
}

impl Call {
    /// The value that it puts in.
    fn puts(self) -> Option<u32> {
        match self {
            Call::Put(value) | Call::PutMade(value, _) => Some(value),
            Call::Take | Call::Close => None,
        }
    }

    /// The same of a call that puts one in.
    fn value(self) -> u32 {
        self.puts().expect("only what puts returns from a put")
    }
}

/// So many values, as words.
fn values(count: usize) -> String {
    match count {
        0 => "nothing is".to_owned(),
        1 => "1 value is".to_owned(),
        count => format!("{count} values are"),
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Call::Put(value) => write!(f, "put({value})"),
            Call::PutMade(value, _) => write!(f, "put_made({value})"),
            Call::Take => f.write_str("take()"),
            Call::Close => f.write_str("close()"),
        }
    }
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Deed::Calls(call) => write!(f, "calls {call}"),
            Deed::Made => f.write_str("has made its value"),
            Deed::Put => f.write_str("put returns Ok"),
            Deed::GotBack(value) => write!(f, "put returns Err({value})"),
            Deed::Took(Some(value)) => write!(f, "take returns {value}"),
            Deed::Took(None) => f.write_str("take returns None"),
            Deed::Closed => f.write_str("close returns"),
            Deed::Panicked(message) => write!(f, "panics: {message}"),
        }
    }
}
