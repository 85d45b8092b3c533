//! The arms of the fold for timers, sources, channels and shared variables.

use std::sync::Arc;

use super::{Channel, Load, Shared, Source, Timer, UnitId, apply::Step};
use crate::trace::{EventKind, Key, Reference, Thing};

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
        let (len, cap) = (self.event.number(Key::Len), self.event.get(Key::Cap));
        let value = self.word_if_there(Key::Value);
        self.channel_line(number, kind);
        let channel = self.driver.channels.entry(number, Channel::default);
        let before = channel.len;
        channel.len = len.unwrap_or(before);
        if let Some(cap) = cap {
            channel.cap = cap.number(); // `-`: there is no limit
        }
        // Of one that is watched the value stays, and the next replaces it.
        let stays = channel.cap == Some(1) && channel.len == 1;
        let expected = match kind {
            EventKind::Sent if stays => {
                channel.values = value.into_iter().collect();
                1
            }
            EventKind::Sent => {
                channel.values.extend(value);
                before + 1
            }
            EventKind::Received if stays && before == 1 => 1,
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

    /// Who used a channel waits for it no more, and wakes those who do.
    fn channel_line(&mut self, number: u32, kind: EventKind) {
        let thing = Thing::Channel;
        let on = Reference { thing, number };
        if let Some(unit) = self.event.unit()
            && kind != EventKind::Closed
        {
            self.driver.lines.leave(on, unit);
        }
        self.driver.lines.used(Some(on));
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
        // Where memory is weak a load may see an older value, and a store come before newer
        // ones.
        let is_newest = self.event.number(Key::Newer).is_none();
        let known = if is_newest {
            std::mem::replace(&mut shared.value, Arc::clone(&value))
        } else {
            Arc::clone(&shared.value)
        };
        if kind == EventKind::Stored {
            shared.stores += 1;
            shared.writer = Some(id);
        }
        let stores = shared.stores;
        if kind == EventKind::Loaded && is_newest && known != value {
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
