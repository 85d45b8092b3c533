//! Sentences about tasks and their turns.

use super::{Speech, words::count};
use crate::{
    fold::{Unit, UnitState, Wait},
    time,
    trace::{EventKind, Key, Reference, Thing},
};

impl Speech<'_> {
    /// `woken`.
    pub(super) fn woken(&self) -> String {
        let subject = self.subject();
        let by = self.event.reference(Key::By);
        if self.event.flag(Key::Already) {
            return format!(
                "{subject} was woken by {}, but it is in the queue already: nothing changes.",
                self.waker(by)
            );
        }
        let place = self.queue_place();
        let queued = match &place {
            Some(place) => format!("and is {place}"),
            None => "but is in no queue".to_owned(),
        };
        match self.unit_before().map(|unit| unit.state) {
            Some(UnitState::New) => format!("{subject} is new: it can run, {queued}."),
            Some(UnitState::Running { .. }) if self.is_self(by) => format!(
                "{subject} woke itself: it wants to be polled again, {queued}. It goes on until \
                 it returns."
            ),
            Some(UnitState::Running { .. }) => format!(
                "{subject} was woken by {} while it runs: it will be polled again, {queued}.",
                self.waker(by)
            ),
            _ => format!(
                "{subject} was woken by {}: it can run, {queued}.",
                self.waker(by)
            ),
        }
    }

    /// `stale_wake`.
    pub(super) fn stale_wake(&self) -> String {
        let unit = self.unit_name(self.event.unit());
        format!("A waker of {unit} was called, but {unit} is over. Nothing changes.")
    }

    /// `polled`.
    pub(super) fn polled(&self) -> String {
        let unit = self.unit_name(self.event.unit());
        let reason = match self.unit_before() {
            Some(before) if before.runs == 0 => ", for the first time".to_owned(),
            Some(before) => self.reason_of_poll(before),
            None => String::new(),
        };
        format!(
            "The loop polls {unit}{reason}. Nobody else can run until it returns.{}",
            self.passes_over()
        )
    }

    /// What to say of a poll that goes before more urgent tasks.
    fn passes_over(&self) -> String {
        let number = self.event.unit().map_or(0, |unit| unit.number);
        let Some(queue) = self.before.driver().map(|driver| &driver.queue) else {
            return String::new();
        };
        let Some((class, _)) = queue.place(number) else {
            return String::new();
        };
        let more_urgent = queue.classes.iter().take_while(|other| *other != class);
        match more_urgent.map(|class| class.units.len()).sum::<usize>() {
            0 => String::new(),
            waiting => format!(
                " It goes before {} of a more urgent class, so that its own does not starve.",
                count(waiting as u64, "task")
            ),
        }
    }

    /// Why a task is polled again: `, which timer 2 woke`.
    fn reason_of_poll(&self, before: &Unit) -> String {
        match before.woken {
            Some((_, by)) if self.is_self(by) => ", which had woken itself".to_owned(),
            Some((_, Some(by))) => format!(", which {} had woken", self.thing(by)),
            _ => String::new(),
        }
    }

    /// `waiting`.
    pub(super) fn waiting(&self) -> String {
        let subject = self.subject();
        match self.event.reference(Key::On) {
            Some(on) if on.thing.is_unit() => format!(
                "{subject} waits for {} to be over, and left its waker with it.",
                self.thing(on)
            ),
            Some(on) if on.thing == Thing::Source => format!(
                "{subject} wants to know when {} is ready, and left its waker there.",
                self.thing(on)
            ),
            Some(on) if on.thing == Thing::Set => format!(
                "{subject} waits for the next task of its {} to be over, and left its waker there.",
                self.thing(on)
            ),
            Some(on) => {
                let what = self.wait(&Wait::Thing(on));
                let pause = if what.contains(',') { "," } else { "" };
                format!("{subject} asked for {what}{pause} and left its waker there.")
            }
            None => format!("{subject} waits for {}.", self.value(Key::On)),
        }
    }

    /// `pending`.
    pub(super) fn pending(&self) -> String {
        let after = match self.duration(Key::Ran) {
            Some(ran) => format!(" after {ran},"),
            None => String::new(),
        };
        let here = match self.event.at() {
            Some(_) => " at this .await",
            None => "",
        };
        format!(
            "{} returned Pending{after}{here}: it gave way by itself. {}",
            self.subject(),
            self.reason_of_pending()
        )
    }

    /// What becomes of a task that gave way.
    fn reason_of_pending(&self) -> String {
        let Some(unit) = self.unit_after() else {
            return "Its waker decides when it runs again.".to_owned();
        };
        if unit.state == UnitState::Ready {
            let by = unit.woken.and_then(|(_, by)| by);
            let woken = if self.is_self(by) {
                "It had woken itself".to_owned()
            } else {
                format!("It was woken meanwhile, by {}", self.waker(by))
            };
            return match self.queue_place().map(|place| place.at_the_tail()) {
                Some(place) if place.starts_with("alone") => format!("{woken}, and is {place}."),
                Some(place) => format!("{woken}, so it is {place}."),
                None => format!("{woken}."),
            };
        }
        let waits: Vec<String> = unit.waits.iter().map(|wait| self.wait(wait)).collect();
        match &*waits {
            [] => "It waits, but nobody holds its waker as far as this trace tells.".to_owned(),
            [one] => format!("It waits for {one}."),
            many => format!(
                "It waits for the first of {}: {}.",
                many.len(),
                many.join("; ")
            ),
        }
    }

    /// `slow_poll`.
    pub(super) fn slow_poll(&self) -> String {
        let ran = self.event.number(Key::Ran).unwrap_or(0);
        let others = self
            .after
            .driver()
            .into_iter()
            .flat_map(|driver| driver.queue.iter())
            .filter(|&unit| Some(unit) != self.event.unit().map(|unit| unit.number))
            .count();
        let stood = match others {
            0 => "Nobody else was ready, this time.".to_owned(),
            1 => "1 other stood still.".to_owned(),
            others => format!("{others} others stood still."),
        };
        let limit = match self.duration(Key::Limit) {
            Some(limit) => format!(", more than the {limit} that one poll may take"),
            None => String::new(),
        };
        format!(
            "{} kept the loop for {}{limit}. {stood}",
            self.subject(),
            time::show(ran)
        )
    }

    /// Who woke, within a sentence.
    pub(super) fn waker(&self, by: Option<Reference>) -> String {
        match by {
            Some(_) if self.is_self(by) => "itself".to_owned(),
            Some(by) if by.thing.is_unit() => match self.deed(by) {
                Some(deed) => format!("{}, which {deed}", self.thing(by)),
                None => self.thing(by),
            },
            Some(by) => self.thing(by),
            None => self
                .event
                .text(Key::By)
                .unwrap_or_else(|| "somebody".to_owned()),
        }
    }

    /// Whether a reference is to the event's own unit.
    pub(super) fn is_self(&self, by: Option<Reference>) -> bool {
        by.is_some_and(|by| {
            by.thing == self.side.target.unit()
                && Some(by.number) == self.event.unit().map(|unit| unit.number)
        })
    }

    /// What a unit did shortly before, by which it made the event's unit able
    /// to run: `unlocked mutex 1`.
    pub(super) fn deed(&self, by: Reference) -> Option<String> {
        /// How far back the deed may lie: a wake follows its cause closely.
        const NEAR: usize = 6;
        let index = self.event.index();
        let mut recent = self.side.events(index.saturating_sub(NEAR)..index).rev();
        recent.find_map(|event| {
            if event.unit() != Some(self.id(by.number)) {
                return None;
            }
            let object = |key: Key, thing: Thing| {
                let number = event.number(key).unwrap_or(0);
                format!("{} {number}", thing.word())
            };
            match event.kind()? {
                EventKind::Unlocked if event.get(Key::Rwlock).is_some() => {
                    Some(format!("unlocked {}", object(Key::Rwlock, Thing::Rwlock)))
                }
                EventKind::Unlocked => {
                    Some(format!("unlocked {}", object(Key::Mutex, Thing::Mutex)))
                }
                EventKind::Released => Some(format!(
                    "released {}",
                    object(Key::Semaphore, Thing::Semaphore)
                )),
                EventKind::Notified if event.get(Key::Condvar).is_some() => {
                    Some(format!("notified {}", object(Key::Condvar, Thing::Condvar)))
                }
                EventKind::Initialized => {
                    Some(format!("initialized {}", object(Key::Once, Thing::Once)))
                }
                EventKind::Notified => {
                    Some(format!("notified {}", object(Key::Notify, Thing::Notify)))
                }
                EventKind::Arrived => Some(format!(
                    "is the last at {}",
                    object(Key::Barrier, Thing::Barrier)
                )),
                EventKind::Sent => Some(format!(
                    "sent into {}",
                    object(Key::Channel, Thing::Channel)
                )),
                EventKind::Received => Some(format!(
                    "received from {}",
                    object(Key::Channel, Thing::Channel)
                )),
                EventKind::Closed => {
                    Some(format!("closed {}", object(Key::Channel, Thing::Channel)))
                }
                EventKind::Completed => Some("is complete".to_owned()),
                EventKind::Finished => Some("is finished".to_owned()),
                EventKind::Panicked => Some("panicked".to_owned()),
                EventKind::Cancelled => Some("was cancelled".to_owned()),
                _ => None,
            }
        })
    }
}
