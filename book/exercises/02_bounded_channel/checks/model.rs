//! The rules of a bounded channel, against which every event is held.
//!
//! The model knows in which order sends began, and what is in the channel. It
//! runs nothing: it is told what happened, and objects to the first thing that a
//! channel must not do. When time goes on it also objects if somebody still
//! waits who could have gone on: that is a wake-up that was lost.

use super::script::name;
use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

/// What a task asks of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// Sends a value. No value is sent twice.
    Send(u32),
    /// Receives a value.
    Receive,
}

/// What a task did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// Its operation is polled for the first time.
    Begins(Operation),
    /// Its `send` returned `Ok`.
    Sent(u32),
    /// Its `send` returned the value as an error.
    Refused(u32),
    /// Its `recv` returned this.
    Received(Option<u32>),
    /// It drops its operation.
    GivesUp(Operation),
    /// It drops its end of the channel.
    Leaves,
}

/// Something that happened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Event {
    /// When.
    pub(crate) at: Duration,
    /// Who did it.
    pub(crate) task: usize,
    /// What it did.
    pub(crate) deed: Deed,
}

/// What should have happened, and what did.
#[derive(Debug)]
pub(crate) struct Fault {
    /// What was expected.
    pub(crate) expected: String,
    /// What happened instead.
    pub(crate) happened: String,
}

/// A channel as it should be.
#[derive(Debug)]
pub(crate) struct Model {
    /// For how many values there is room.
    capacity: usize,
    /// Sent, and not yet received.
    values: VecDeque<u32>,
    /// Sends that began and are not over, with their tasks, in order.
    sending: VecDeque<(usize, u32)>,
    /// Whether the receiver waits.
    receiving: bool,
    /// How many senders there are.
    senders: usize,
    /// Whether the receiver is there.
    has_receiver: bool,
    /// When the last thing happened.
    now: Duration,
}

impl Model {
    /// An empty channel.
    pub(crate) fn new(capacity: usize, senders: usize) -> Model {
        Model {
            capacity,
            values: VecDeque::new(),
            sending: VecDeque::new(),
            receiving: false,
            senders,
            has_receiver: true,
            now: Duration::ZERO,
        }
    }

    /// Takes note of `event`.
    ///
    /// # Errors
    ///
    /// What is wrong with it, or with what did not happen before it.
    pub(crate) fn take(&mut self, event: Event) -> Result<(), Fault> {
        if event.at > self.now {
            self.nobody_can_go_on(Some(event.at))?;
            self.now = event.at;
        }
        match event.deed {
            Deed::Begins(Operation::Send(value)) => self.sending.push_back((event.task, value)),
            Deed::Begins(Operation::Receive) => self.receiving = true,
            Deed::GivesUp(Operation::Send(value)) => self.leave(value),
            Deed::GivesUp(Operation::Receive) => self.receiving = false,
            Deed::Leaves if event.task == 0 => self.has_receiver = false,
            Deed::Leaves => self.senders -= 1,
            Deed::Sent(value) => self.sent(value)?,
            Deed::Refused(value) => {
                if self.has_receiver {
                    let expected = format!("send({value}) waits or is done: the receiver is there");
                    return Err(
                        self.fault(expected, &format!("send({value}) returns Err({value})"))
                    );
                }
                self.leave(value);
            }
            Deed::Received(value) => self.received(value)?,
        }
        Ok(())
    }

    /// `value` went in.
    fn sent(&mut self, value: u32) -> Result<(), Fault> {
        let happened = format!("send({value}) is done");
        if !self.has_receiver {
            let expected = format!("send({value}) returns Err({value}): the receiver is gone");
            return Err(self.fault(expected, &happened));
        }
        if self.values.len() == self.capacity {
            let expected = format!(
                "send({value}) waits: {} in a channel with room for {}",
                values(self.values.len()),
                self.capacity
            );
            return Err(self.fault(expected, &happened));
        }
        if let Some((task, first)) = self.sending.front()
            && *first != value
        {
            let expected = format!("{} sends {first}: it came first", name(*task));
            return Err(self.fault(expected, &format!("{value} overtakes it")));
        }
        self.leave(value);
        self.values.push_back(value);
        Ok(())
    }

    /// `found` came out.
    fn received(&mut self, found: Option<u32>) -> Result<(), Fault> {
        let expected = match self.values.pop_front() {
            Some(value) if found == Some(value) => {
                self.receiving = false;
                return Ok(());
            }
            None if found.is_none() && self.senders == 0 => {
                self.receiving = false;
                return Ok(());
            }
            Some(value) => format!("the receiver receives {value}, the oldest in the channel"),
            None if self.senders == 0 => "the receiver receives None: no sender is left".to_owned(),
            None => {
                "the receiver waits: nothing is in the channel, and there are senders".to_owned()
            }
        };
        let happened = match found {
            Some(value) => format!("it receives {value}"),
            None => "it receives None".to_owned(),
        };
        Err(self.fault(expected, &happened))
    }

    /// The send of `value` is over.
    fn leave(&mut self, value: u32) {
        self.sending.retain(|(_, other)| *other != value);
    }

    /// Time goes on until `next`, or no task can ever go on: whoever could have
    /// gone on must have done so by now.
    ///
    /// # Errors
    ///
    /// Who was not woken.
    pub(crate) fn nobody_can_go_on(&self, next: Option<Duration>) -> Result<(), Fault> {
        let until = match next {
            Some(next) => format!(
                "and it still waits when the clock moves to {} ms",
                next.as_millis()
            ),
            None => "and nothing else will: it waits for ever".to_owned(),
        };
        let lost = |task: usize, does: String| {
            let expected = format!("{} is woken, and {does}", name(task));
            Err(self.fault(expected, &format!("nobody wakes it, {until}")))
        };
        if self.receiving {
            if let Some(value) = self.values.front() {
                return lost(0, format!("receives {value}"));
            }
            if self.senders == 0 {
                return lost(0, "receives None: no sender is left".to_owned());
            }
        }
        if let Some((task, value)) = self.sending.front() {
            if !self.has_receiver {
                return lost(*task, format!("gets Err({value}): the receiver is gone"));
            }
            if self.values.len() < self.capacity {
                return lost(*task, format!("sends {value}: there is room"));
            }
        }
        Ok(())
    }

    /// A fault at this instant.
    fn fault(&self, expected: String, happened: &str) -> Fault {
        Fault {
            expected,
            happened: format!("at {} ms, {happened}", self.now.as_millis()),
        }
    }
}

/// So many values, as words.
fn values(count: usize) -> String {
    match count {
        1 => "1 value is".to_owned(),
        count => format!("{count} values are"),
    }
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Deed::Begins(Operation::Send(value)) => write!(f, "send({value}) waits"),
            Deed::Begins(Operation::Receive) => f.write_str("recv() waits"),
            Deed::Sent(value) => write!(f, "sent {value}"),
            Deed::Refused(value) => write!(f, "got {value} back"),
            Deed::Received(Some(value)) => write!(f, "received {value}"),
            Deed::Received(None) => f.write_str("received None"),
            Deed::GivesUp(Operation::Send(value)) => write!(f, "gives up {value}"),
            Deed::GivesUp(Operation::Receive) => f.write_str("gives up"),
            Deed::Leaves => f.write_str("leaves"),
        }
    }
}
