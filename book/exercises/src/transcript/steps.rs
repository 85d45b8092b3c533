//! Every step of a run that follows a schedule: loads, stores, locks, unparks.
//!
//! Such a run tells at every choice what each thread would do next. Most steps have a
//! record of their own as well; an unpark has none, nor has a park that goes on at once,
//! nor that a thread takes a notification: of those who wait any one may, by the schedule.
//! These are told from the offer that was taken. A variable whose name is in parentheses
//! is a helper's, which notes itself what it does.
//!
//! Book: "Exercises" in the introduction.

use super::{Pairs, Transcript, line};
use std::collections::{BTreeMap, BTreeSet};

/// What is kept of the offers.
#[derive(Clone, Debug, Default)]
pub(super) struct Offers {
    /// What each thread would do next, if that is a step without a record: in words.
    next: BTreeMap<String, Option<String>>,
    /// Who has waited in its park: it is told already why it goes on.
    waited: BTreeSet<String>,
    /// Who runs.
    running: String,
    /// Whether a choice is being told.
    is_told: bool,
    /// Who was told of last.
    last: u32,
}

impl Transcript {
    /// Takes note of a record, if it tells a step. The line, if it makes one.
    pub(super) fn step(&mut self, event: &str, pairs: &Pairs) -> Option<String> {
        self.offers.as_ref()?;
        self.silent_steps(event, pairs);
        let value = pairs.get("value").trim_matches('"').to_owned();
        let name = pairs.get("name").trim_matches('"').to_owned();
        if name.starts_with('(') {
            return None;
        }
        let newer = pairs.get("newer");
        let words = match event {
            "loaded" if newer.is_empty() => format!("reads {name}: {value}"),
            "loaded" => format!("reads {name}: {value}, which is old: {newer} stored after it"),
            "stored" if newer.is_empty() => format!("stores {value} in {name}"),
            "stored" => format!("stores {value} in {name}, before {newer} that is there"),
            "fenced" => format!("fences: {}", pairs.get("ordering")),
            "locked" if !pairs.get("mutex").is_empty() => {
                format!("locks mutex {}", pairs.get("mutex"))
            }
            "unlocked" if !pairs.get("mutex").is_empty() => {
                format!("unlocks mutex {}", pairs.get("mutex"))
            }
            "acquired" => format!("acquires semaphore {}", pairs.get("semaphore")),
            "released" => format!("releases semaphore {}", pairs.get("semaphore")),
            "raced" => format!("races with {}", self.name(pairs.get("first"))),
            "finished" if pairs.get("thread") != "0" => "is over".to_owned(),
            _ => return None,
        };
        Some(words + &line(pairs))
    }

    /// Tells a step that has no record, once it is certain that it was taken.
    fn silent_steps(&mut self, event: &str, pairs: &Pairs) {
        let thread = pairs.get("thread").to_owned();
        let Some(offers) = &mut self.offers else {
            return;
        };
        match event {
            "offered" => {
                let number = thread.parse().unwrap_or(0);
                let begins = !offers.is_told || number <= offers.last;
                offers.is_told = true;
                offers.last = number;
                if begins {
                    self.tell_taken(pairs);
                }
                let on = self.name(pairs.get("on"));
                let Some(offers) = &mut self.offers else {
                    return;
                };
                let parks = pairs.get("op") == "park";
                let has_waited = offers.waited.contains(&thread);
                let next = match pairs.get("op") {
                    "unpark" => Some(format!("unparks {on}{}", line(pairs))),
                    "park" if pairs.get("can") == "yes" && !has_waited => {
                        Some(format!("was unparked: it does not wait{}", line(pairs)))
                    }
                    "wake" => Some(format!("is notified{}", line(pairs))),
                    _ => None,
                };
                if !parks {
                    offers.waited.remove(&thread);
                }
                offers.next.insert(thread, next);
            }
            "dispatched" => {
                offers.is_told = false;
                offers.running = thread;
            }
            "preempted" | "yielded" => offers.is_told = false,
            "blocked" => {
                offers.is_told = false;
                offers.waited.insert(thread);
            }
            "runnable" if ["preempted", "yielded"].contains(&pairs.get("why")) => {}
            _ => {
                offers.is_told = false;
                self.tell_taken(pairs);
            }
        }
    }

    /// The running thread has done what it offered.
    fn tell_taken(&mut self, pairs: &Pairs) {
        let at = pairs.at();
        if let Some(offers) = &mut self.offers
            && let Some(next) = offers.next.get_mut(&offers.running)
            && let Some(words) = next.take()
        {
            let who = offers.running.clone();
            self.add(at, self.name(&who), words);
        }
    }
}
