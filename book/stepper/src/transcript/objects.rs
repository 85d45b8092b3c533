//! The lines about objects: what a unit did to a source, a channel, a lock, a
//! variable, or what the pool did with its call.

use super::line::Teller;
use crate::trace::{EventKind, Key};

impl Teller<'_> {
    /// The line of an event about an object; `unit` is who took the step.
    pub(super) fn used(&self, unit: &str) -> Option<String> {
        use EventKind as E;
        let kind = self.event.kind()?;
        Some(match kind {
            E::Readiness => format!("source {} is ready", self.value(Key::Source)),
            E::WouldBlock => format!(
                "{} on source {}: not yet",
                self.value(Key::Op),
                self.value(Key::Source)
            ),
            E::Transferred => format!(
                "{} {} bytes, source {}",
                self.value(Key::Op),
                self.value(Key::Bytes),
                self.value(Key::Source)
            ),
            E::Sent => format!("{unit} sends {}", self.message("to")),
            E::Received => format!("{unit} receives {}", self.message("from")),
            E::Closed => format!("{unit} closes channel {}", self.value(Key::Channel)),
            E::Locked => format!("{unit} locks {}", self.lock()),
            E::Unlocked => format!("{} unlocks {}", self.whoever(unit), self.lock()),
            E::Acquired => format!("{unit} takes {}", self.permits()),
            E::Released => format!("{} gives {}", self.whoever(unit), self.permits()),
            E::Notified => {
                let (word, key) = match self.event.get(Key::Condvar) {
                    Some(_) => ("condvar", Key::Condvar),
                    None => ("notify", Key::Notify),
                };
                format!(
                    "{} notifies {word} {}: {} woken",
                    self.whoever(unit),
                    self.value(key),
                    self.value(Key::Woke)
                )
            }
            E::Fenced => format!("{unit}: a fence, {}", self.value(Key::Ordering)),
            E::Raced => format!(
                "data race of {unit} with {}, on shared {}",
                self.value(Key::First).replace(':', " "),
                self.value(Key::Shared)
            ),
            E::Initialized => format!("{unit} initializes once {}", self.value(Key::Once)),
            E::Arrived => format!(
                "{unit} at barrier {}, {} of {}",
                self.value(Key::Barrier),
                self.value(Key::Count),
                self.value(Key::Of)
            ),
            E::LocalSet => format!(
                "{unit} sets its {} = {}",
                self.value(Key::Name),
                self.value(Key::Value)
            ),
            E::BlockingQueued => format!(
                "{} hands job {} to the pool",
                self.whoever(unit),
                self.value(Key::Job)
            ),
            E::BlockingStarted => format!(
                "pool thread {} runs job {}",
                self.value(Key::Thread),
                self.value(Key::Job)
            ),
            E::BlockingFinished => format!("job {} is over", self.value(Key::Job)),
            E::Loaded | E::Stored => {
                let does = if kind == E::Loaded { "loads" } else { "stores" };
                let newer = self.event.number(Key::Newer);
                let newer = newer.map_or_else(String::new, |newer| format!(" ({newer} newer)"));
                format!(
                    "{unit} {does} {} = {}{newer}",
                    self.value(Key::Name),
                    self.value(Key::Value)
                )
            }
            _ => return None,
        })
    }
}
