//! Sentences about calls on the pool's threads, and about changes of class.

use super::{
    Speech,
    words::{capital, count},
};
use crate::{
    fold::{JobState, UnitId},
    trace::{Key, Reference, Target, Thing},
};

impl Speech<'_> {
    /// `blocking_queued`.
    pub(super) fn blocking_queued(&self) -> String {
        let job = self.object_of(Key::Job, Thing::Job);
        let who = match self.event.unit() {
            Some(_) => self.subject(),
            None => "Somebody".to_owned(),
        };
        let queued = self.before.driver().map_or(0, |driver| {
            let jobs = driver.jobs.values();
            jobs.filter(|job| job.state == JobState::Queued).count()
        });
        let line = match queued {
            0 => String::new(),
            1 => ", behind 1 other".to_owned(),
            queued => format!(", behind {queued} others"),
        };
        format!("{who} handed a call that blocks to the pool: {job} waits for a thread{line}.")
    }

    /// `blocking_started`.
    pub(super) fn blocking_started(&self) -> String {
        let job = capital(&self.object_of(Key::Job, Thing::Job));
        let whose = match self.job_of() {
            Some(unit) => format!(" of {}", self.unit_name(Some(unit))),
            None => String::new(),
        };
        format!(
            "{job}{whose} runs on thread {} of the pool; the loop goes on.",
            self.value(Key::Thread)
        )
    }

    /// `blocking_finished`.
    pub(super) fn blocking_finished(&self) -> String {
        let job = capital(&self.object_of(Key::Job, Thing::Job));
        let thread = self.value(Key::Thread);
        let waiters = self.waiters_for_job();
        let wakes = match &*waiters {
            [] => "Nobody waits for it.".to_owned(),
            [one] => format!("{} waits for it.", capital(&self.unit_name(Some(*one)))),
            several => {
                let noun = self.side.target.unit().word();
                let several = several.len() as u64;
                format!("{} wait for it.", capital(&count(several, noun)))
            }
        };
        format!("{job} is over, and thread {thread} of the pool is free. {wakes}")
    }

    /// Who handed the event's job over.
    fn job_of(&self) -> Option<UnitId> {
        let number = self.event.number32(Key::Job)?;
        self.after.driver()?.jobs.get(number)?.unit
    }

    /// Who waits for the event's job.
    fn waiters_for_job(&self) -> Vec<UnitId> {
        let (Some(number), Some(driver)) = (self.event.number32(Key::Job), self.after.driver())
        else {
            return Vec::new();
        };
        let thing = Thing::Job;
        let on = crate::fold::Wait::Thing(Reference { thing, number });
        let waiting = driver.waiting().filter(|unit| unit.waits.contains(&on));
        waiting.map(|unit| unit.id).collect()
    }

    /// What the wait for a job means: `which thread 1 of the pool runs`.
    pub(super) fn job(&self, number: u32) -> Option<String> {
        let driver = self.after.driver()?;
        Some(match driver.jobs.get(number)?.state {
            JobState::Queued => "which waits for a thread of the pool".to_owned(),
            JobState::Running { thread } => format!("which thread {thread} of the pool runs"),
            JobState::Sent { worker } => format!("which is at worker {worker}"),
            JobState::Begun { worker } => format!("which worker {worker} runs"),
            JobState::Over => "which is over".to_owned(),
        })
    }

    /// `changed`.
    pub(super) fn changed(&self) -> String {
        let what = self.value(Key::What);
        if self.side.target == Target::Scheduler && matches!(&*what, "priority" | "donated") {
            return self.changed_priority();
        }
        let (from, to) = (self.value(Key::From), self.value(Key::To));
        let by = match self.event.by_unit() {
            Some(by) if Some(by) == self.event.unit() => " by itself".to_owned(),
            Some(by) => format!(" by {}", self.unit_name(Some(by))),
            None => String::new(),
        };
        let why = match self.event.text(Key::Why) {
            Some(why) => format!(" ({why})"),
            None => String::new(),
        };
        let unit = self.unit_name(self.event.unit());
        let place = self.queue_place().filter(|_| what == "class");
        let place = match place {
            Some(place) => format!(" It is {place} now."),
            None if what == "class" => " It goes there when it is woken next.".to_owned(),
            None => String::new(),
        };
        format!("The {what} of {unit} was changed{by}: it was {from} and is {to}{why}.{place}")
    }
}
