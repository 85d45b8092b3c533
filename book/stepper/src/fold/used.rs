//! The arms of the fold for objects: timers, sources, channels, mutexes and
//! shared variables, as units use them.

use std::sync::Arc;

use super::{Channel, Load, Shared, Source, Timer, UnitId, apply::Step};
use crate::trace::{EventKind, Key};

impl Step<'_> {
    /// `timer_armed`.
    pub(super) fn timer_armed(&mut self) {
        let Some(number) = self.object(Key::Timer) else {
            return;
        };
        let driver = self.driver.number;
        let timer = Timer {
            deadline: self.event.number(Key::Deadline).unwrap_or(0),
            unit: self
                .event
                .number32(Key::Task)
                .map(|number| UnitId { driver, number }),
            armed: self.number,
        };
        if self.driver.timers.insert(number, timer).is_some() {
            self.complain(format_args!("Timer {number} was armed already."));
        }
        self.touch();
    }

    /// `timer_fired`, `timer_dropped`.
    pub(super) fn timer_over(&mut self) {
        if let Some(number) = self.object(Key::Timer)
            && self.driver.timers.remove(number).is_none()
        {
            self.complain(format_args!("Timer {number} was not armed."));
        }
    }

    /// `registered`.
    pub(super) fn registered(&mut self) {
        let Some(number) = self.object(Key::Source) else {
            return;
        };
        let source = Source {
            kind: self.word(Key::Kind),
            interest: self.word(Key::Interest),
            local: self.word_if_there(Key::Local),
            peer: self.word_if_there(Key::Peer),
            transferred: 0,
            readiness: [false; 3],
        };
        if self.driver.sources.insert(number, source).is_some() {
            self.complain(format_args!("Source {number} was registered already."));
        }
    }

    /// `reregistered`.
    pub(super) fn reregistered(&mut self) {
        let interest = self.word(Key::Interest);
        if let Some(source) = self.source() {
            source.interest = interest;
        }
    }

    /// `deregistered`.
    pub(super) fn deregistered(&mut self) {
        if let Some(number) = self.object(Key::Source)
            && self.driver.sources.remove(number).is_none()
        {
            self.complain(format_args!("Source {number} was not registered."));
        }
    }

    /// `would_block`, `transferred`, `readiness`: what the OS answered.
    pub(super) fn source_used(&mut self, kind: EventKind) {
        let bytes = self.event.number(Key::Bytes).unwrap_or(0);
        let readiness = [Key::Readable, Key::Writable, Key::Closed].map(|key| self.event.flag(key));
        if let Some(source) = self.source() {
            source.transferred += bytes;
            if kind == EventKind::Readiness {
                source.readiness = readiness;
            }
        }
    }

    /// The event's source, to change it.
    fn source(&mut self) -> Option<&mut Source> {
        let number = self.object(Key::Source)?;
        if self.driver.sources.get(number).is_none() {
            self.complain(format_args!("Source {number} was not registered."));
        }
        self.driver.sources.get_mut(number)
    }

    /// `sent`, `received`, `closed`.
    pub(super) fn channel_used(&mut self, kind: EventKind) {
        let Some(number) = self.object(Key::Channel) else {
            return;
        };
        let (len, cap) = (self.event.number(Key::Len), self.event.number(Key::Cap));
        let value = self.word_if_there(Key::Value);
        let channel = self.driver.channels.entry(number, Channel::default);
        let before = channel.len;
        channel.len = len.unwrap_or(before);
        channel.cap = cap.unwrap_or(channel.cap);
        let expected = match kind {
            EventKind::Sent => {
                channel.values.extend(value);
                before + 1
            }
            EventKind::Received => {
                if !channel.values.is_empty() {
                    channel.values.remove(0);
                }
                before.saturating_sub(1)
            }
            _ => {
                channel.closed += 1;
                // A channel whose receiver is gone drops what is inside.
                channel.len
            }
        };
        let found = channel.len;
        channel
            .values
            .truncate(usize::try_from(found).unwrap_or(usize::MAX));
        if found != expected {
            self.complain(format_args!(
                "Channel {number} should hold {expected} now, but holds {found}."
            ));
        }
        self.touch();
    }

    /// `locked`, `contended`, `unlocked`.
    pub(super) fn mutex_used(&mut self, kind: EventKind) {
        let (Some(number), Some(unit)) = (self.object(Key::Mutex), self.unit_number()) else {
            return;
        };
        let (id, at) = (self.unit(unit).id, self.event.at_id());
        let mutex = self.driver.mutexes.entry(number, Default::default);
        let owner = mutex.owner;
        match kind {
            EventKind::Locked => {
                mutex.owner = Some(id);
                mutex.at = at;
                mutex.waiters.retain(|&waiter| waiter != id);
                if let Some(owner) = owner {
                    let owner = owner.number;
                    self.complain(format_args!("Mutex {number} was held by thread {owner}."));
                }
            }
            EventKind::Unlocked => {
                mutex.owner = None;
                mutex.at = None;
                if owner != Some(id) {
                    self.complain(format_args!(
                        "Mutex {number} was not held by thread {unit}."
                    ));
                }
            }
            _ if owner.is_none() => {
                self.complain(format_args!("Nobody holds mutex {number}."));
            }
            _ => {}
        }
        self.touch();
    }

    /// `loaded`, `stored`.
    pub(super) fn shared_used(&mut self, kind: EventKind) {
        let (Some(number), Some(unit)) = (self.object(Key::Shared), self.unit_number()) else {
            return;
        };
        let (name, value) = (self.word(Key::Name), self.word(Key::Value));
        let id = self.unit(unit).id;
        let shared = self.driver.shared.entry(number, || Shared {
            name,
            value: Arc::clone(&value),
            stores: 0,
            writer: None,
        });
        let known = std::mem::replace(&mut shared.value, Arc::clone(&value));
        if kind == EventKind::Stored {
            shared.stores += 1;
            shared.writer = Some(id);
        }
        let stores = shared.stores;
        if kind == EventKind::Loaded && known != value {
            self.complain(format_args!(
                "It read {value}, but {known} was stored last."
            ));
        }
        let unit = self.unit(unit);
        unit.loads.retain(|load| load.shared != number);
        if kind == EventKind::Loaded {
            unit.loads.push(Load {
                shared: number,
                value,
                stores,
            });
        }
        self.touch();
    }
}
