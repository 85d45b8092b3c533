//! Sentences about shared variables: what a thread reads, and what it writes
//! when that is no longer true.

use super::Speech;
use crate::{
    fold::{Load, UnitId},
    trace::{EventKind, Key},
};

/// How many events ahead are looked at for a store that is to come.
const AHEAD: usize = 10_000;

impl Speech<'_> {
    /// `loaded`.
    pub(super) fn loaded(&self) -> String {
        let (name, value) = (self.value(Key::Name), self.value(Key::Value));
        let subject = self.subject();
        if let Some(newer) = self.event.number(Key::Newer) {
            let from = match self.event.number(Key::From) {
                Some(0) | None => "what it was worth at first".to_owned(),
                Some(nth) => format!("what store {nth} of it wrote"),
            };
            return format!(
                "{subject} read `{name}`: it is {value} for it, {from}. It does not see {} yet: \
                 memory is weak.",
                stores(newer)
            );
        }
        match self.coming_store() {
            Some(true) => format!(
                "{subject} read `{name}`: it is {value}. It will act on this copy, though \
                 somebody else stores in between."
            ),
            _ => format!("{subject} read `{name}`: it is {value}."),
        }
    }

    /// `stored`.
    pub(super) fn stored(&self) -> String {
        let (name, value) = (self.value(Key::Name), self.value(Key::Value));
        if let Some(newer) = self.event.number(Key::Newer) {
            return format!(
                "{} wrote {value} to `{name}`. For all others that comes before {}, which {} \
                 done earlier: memory is weak.",
                self.subject(),
                stores(newer),
                if newer == 1 { "was" } else { "were" }
            );
        }
        let stored = format!("{} wrote `{name}`: it is {value} now.", self.subject());
        let Some((load, lost)) = self.stale_load() else {
            return stored;
        };
        let (read, times) = (&load.value, lost.writes);
        let writer = self.unit_name(lost.writer);
        if times == 1 {
            format!(
                "{stored} But it had read {read} before {writer} wrote {}: that write is lost.",
                lost.value
            )
        } else {
            format!(
                "{stored} But it had read {read}, and `{name}` was written {times} times since, \
                 last by {writer}: those writes are lost."
            )
        }
    }

    /// `fenced`.
    pub(super) fn fenced(&self) -> String {
        format!(
            "{} comes through a fence ({}): what it read and wrote before stays before what it \
             reads and writes now.",
            self.subject(),
            self.value(Key::Ordering)
        )
    }

    /// `raced`.
    pub(super) fn raced(&self) -> String {
        let (shared, first) = (self.value(Key::Shared), self.value(Key::First));
        format!(
            "A data race: what {} does to shared variable {shared} here, and what {} did at {}, \
             are not ordered, and one of them writes. On hardware anything could happen.",
            self.subject(),
            first.replace(':', " "),
            self.value(Key::FirstAt)
        )
    }

    /// `offered`.
    pub(super) fn offered(&self) -> String {
        let on = self.event.text(Key::On);
        let on = on.map_or_else(String::new, |on| format!(" {}", on.replace(':', " ")));
        let what = format!("{}{on}", self.value(Key::Op));
        if self.event.text(Key::Can).as_deref() == Some("yes") {
            format!(
                "A choice: {} could take the next step: {what}.",
                self.subject()
            )
        } else {
            format!(
                "A choice, but not for {}: it waits to {what}.",
                self.subject()
            )
        }
    }

    /// The copy on which the event's unit acted, if it was stale by then, and
    /// what made it so.
    fn stale_load(&self) -> Option<(&Load, Lost)> {
        let number = self.event.number32(Key::Shared)?;
        let shared = self.before.driver()?.shared.get(number)?;
        let loads = &self.unit_before()?.loads;
        let load = loads.iter().find(|load| load.shared == number)?;
        let writes = shared.stores.saturating_sub(load.stores);
        (writes > 0).then(|| {
            let lost = Lost {
                writes,
                writer: shared.writer,
                value: shared.value.to_string(),
            };
            (load, lost)
        })
    }

    /// For a unit that was just stopped: the name of the variable that it has
    /// loaded and will store, and whether another stores first.
    pub(super) fn interrupted_update(&self) -> Option<(String, bool)> {
        let loads = &self.unit_after()?.loads;
        loads.iter().rev().find_map(|load| {
            let stale = self.store_ahead(load.shared)?;
            let shared = self.after.driver()?.shared.get(load.shared)?;
            Some((shared.name.to_string(), stale))
        })
    }

    /// Whether the event's unit will store to the variable that it has just
    /// loaded, and if so whether another stores first.
    fn coming_store(&self) -> Option<bool> {
        self.store_ahead(self.event.number32(Key::Shared)?)
    }

    /// `Some` if the event's unit is to store to a variable before it loads
    /// it again; whether another stores to it before that.
    fn store_ahead(&self, shared: u32) -> Option<bool> {
        let unit = self.event.unit()?;
        let next = self.event.index() + 1;
        let mut others = false;
        for event in self.side.events(next..next + AHEAD) {
            let kind = event.kind();
            if !matches!(kind, Some(EventKind::Loaded | EventKind::Stored))
                || event.number32(Key::Shared) != Some(shared)
                || event.driver() != self.event.driver()
            {
                continue;
            }
            match (kind, event.unit() == Some(unit)) {
                (Some(EventKind::Stored), true) => return Some(others),
                (_, true) => return None,
                (Some(EventKind::Stored), false) => others = true,
                _ => {}
            }
        }
        None
    }
}

/// So many newer stores.
fn stores(newer: u64) -> String {
    match newer {
        1 => "a newer store".to_owned(),
        more => format!("{more} newer stores"),
    }
}

/// What a store that acted on a stale copy has overwritten.
struct Lost {
    /// How many stores.
    writes: u64,
    /// Who made the last of them.
    writer: Option<UnitId>,
    /// What it wrote.
    value: String,
}
