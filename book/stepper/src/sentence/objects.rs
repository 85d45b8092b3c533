//! Sentences about timers, sources and channels.

use super::{
    Speech,
    words::{capital, count},
};
use crate::{
    time,
    trace::{Key, Thing},
};

impl Speech<'_> {
    /// `timer_armed`.
    pub(super) fn timer_armed(&self) -> String {
        let deadline = self.event.number(Key::Deadline).unwrap_or(0);
        let left = time::show(deadline.saturating_sub(self.event.time()));
        format!(
            "{} armed timer {}: it is due at {}, in {left}.",
            self.subject(),
            self.value(Key::Timer),
            time::show(deadline)
        )
    }

    /// `timer_fired`.
    pub(super) fn timer_fired(&self) -> String {
        let late = match self.duration(Key::Late) {
            Some(late) => format!(" It is {late} late."),
            None => String::new(),
        };
        format!("Timer {} is due.{late}", self.value(Key::Timer))
    }

    /// `timer_dropped`.
    pub(super) fn timer_dropped(&self) -> String {
        let timer = self.value(Key::Timer);
        format!("Timer {timer} was dropped before it was due: nobody waits for it any more.")
    }

    /// The event's source.
    fn source(&self) -> String {
        let kind = self.event.text(Key::Kind);
        match kind {
            Some(kind) => format!("{} {}", source_word(&kind), self.value(Key::Source)),
            None => self.object_of(Key::Source, Thing::Source),
        }
    }

    /// The event's interest as what a source can be: `readable or writable`.
    fn interest(&self) -> String {
        self.value(Key::Interest).replace(['+', '|', ','], " or ")
    }

    /// `registered`.
    pub(super) fn registered(&self) -> String {
        format!(
            "The OS will tell when {} is {}.",
            self.source(),
            self.interest()
        )
    }

    /// `reregistered`.
    pub(super) fn reregistered(&self) -> String {
        format!(
            "From now on the OS tells when {} is {}.",
            self.source(),
            self.interest()
        )
    }

    /// `deregistered`.
    pub(super) fn deregistered(&self) -> String {
        format!("The OS forgets {}.", self.source())
    }

    /// `would_block`.
    pub(super) fn would_block(&self) -> String {
        let operation = self.value(Key::Op);
        let reason = match &*operation {
            "write" | "send" => "there is no room",
            "connect" => "the other end has not answered yet",
            "accept" => "nobody has called",
            "wait" => "it has not ended yet",
            _ => "nothing is there yet",
        };
        format!(
            "{} on {} said WouldBlock: {reason}, so the task must wait or do without.",
            capital(&operation),
            self.source()
        )
    }

    /// `transferred`.
    pub(super) fn transferred(&self) -> String {
        let (source, bytes) = (self.source(), self.event.number(Key::Bytes).unwrap_or(0));
        match (self.value(Key::Op).as_str(), bytes) {
            ("read", 0) => format!("Nothing more will come from {source}: its other end is done."),
            ("read", 1) => format!("The OS gave 1 byte of {source}."),
            ("read", _) => format!("The OS gave {bytes} bytes of {source}."),
            ("write", 1) => format!("The OS took 1 byte for {source}."),
            ("write", _) => format!("The OS took {bytes} bytes for {source}."),
            ("send", _) => format!(
                "The OS took a datagram of {} for {source}.",
                count(bytes, "byte")
            ),
            ("recv", _) => format!(
                "The OS gave a datagram of {} from {source}.",
                count(bytes, "byte")
            ),
            ("peek", _) => format!(
                "The OS showed {} of {source}, and keeps what it showed for the next who reads.",
                count(bytes, "byte")
            ),
            (operation, _) => format!(
                "{} on {source}: {}.",
                capital(operation),
                count(bytes, "byte")
            ),
        }
    }

    /// `readiness`.
    pub(super) fn readiness(&self) -> String {
        let words = [
            (Key::Readable, "readable"),
            (Key::Writable, "writable"),
            (Key::Closed, "closed at the other end"),
        ];
        let is: Vec<&str> = words
            .into_iter()
            .filter(|&(key, _)| self.event.flag(key) && self.event.number(key) != Some(0))
            .map(|(_, word)| word)
            .collect();
        let is = match &*is {
            [] => "nothing in particular".to_owned(),
            words => words.join(" and "),
        };
        format!("The OS says that {} is {is}.", self.source())
    }

    /// `sent`.
    pub(super) fn sent(&self) -> String {
        let value = self.event.text(Key::Value);
        let value = value.unwrap_or_else(|| "a value".to_owned());
        let now = match self.fill() {
            (len, None) => format!("which holds {len} now"),
            (len, Some(cap)) if len >= cap => format!("which is full now ({len} of {cap})"),
            (len, Some(cap)) => format!("which holds {len} of {cap} now"),
        };
        format!(
            "{} put {value} into {}, {now}.",
            self.subject(),
            self.channel()
        )
    }

    /// `received`.
    pub(super) fn received(&self) -> String {
        let value = self.event.text(Key::Value);
        let value = value.unwrap_or_else(|| "a value".to_owned());
        let now = match self.fill() {
            (0, _) => "which is empty now".to_owned(),
            (len, Some(cap)) => format!("which holds {len} of {cap} now"),
            (len, None) => format!("which holds {len} now"),
        };
        let subject = self.subject();
        format!("{subject} took {value} out of {}, {now}.", self.channel())
    }

    /// `closed`.
    pub(super) fn closed(&self) -> String {
        let left = match self.fill() {
            (0, _) => "nothing is left inside".to_owned(),
            (1, _) => "1 value is left inside".to_owned(),
            (len, _) => format!("{len} values are left inside"),
        };
        let subject = self.subject();
        format!("{subject} closed its side of {}: {left}.", self.channel())
    }

    /// The event's channel.
    fn channel(&self) -> String {
        self.object_of(Key::Channel, Thing::Channel)
    }

    /// How many values the event's channel holds, and how many fit (`None`:
    /// any number).
    fn fill(&self) -> (u64, Option<u64>) {
        let cap = self.event.number(Key::Cap);
        (self.event.number(Key::Len).unwrap_or(0), cap)
    }
}

/// What a sentence calls a source of this kind. A learner's own kinds are left
/// as they are.
pub(super) fn source_word(kind: &str) -> &str {
    match kind {
        "udp" => "UDP socket",
        "unix_stream" => "Unix stream",
        "unix_listener" => "Unix listener",
        "unix_datagram" => "Unix datagram socket",
        "process" => "child process", // its number is the source's, not the OS's
        "signal" => "signal listener",
        kind => kind,
    }
}
