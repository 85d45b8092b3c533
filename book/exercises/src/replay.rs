//! Two policies asked the same: the answers of one are held against the other's.
//!
//! When threads are preempted for real nobody can say beforehand who will run
//! when. But it can be said, of every single question, what the right answer
//! is: the reference is told all that the other policy is told, and asked what
//! that is asked. No clock and no load of the machine can make a difference.
//!
//! Invariants: (1) whatever the reference answers, the threads are driven by the
//! subject alone; (2) the first difference is the last thing that is looked at:
//! from there on the two have been told of different runs.
//!
//! Book: "Exercises" in the introduction.

use scheduler::policy::{Attributes, CpuId, Pick, Policy, Ready, StopReason, ThreadId};
use scheduler::time::Time;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How many of the last calls are told.
const LAST: usize = 6;

/// Where two policies parted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What both were told last, and asked in the end: a call a line.
    pub calls: String,
    /// The reference's answer.
    pub expected: String,
    /// The subject's.
    pub found: String,
}

/// Where the first difference is found when the run is over.
pub type Found = Arc<Mutex<Option<Difference>>>;

/// The subject, with the reference beside it.
#[derive(Debug)]
pub struct Replay {
    /// Whose answers count.
    subject: Asked,
    /// Whose answers are right; None once the two have parted (2).
    reference: Option<Asked>,
    /// The last calls, in words.
    calls: VecDeque<String>,
    /// Where the first difference goes.
    found: Found,
}

/// A policy, shown as its name.
struct Asked(Box<dyn Policy>);

impl std::fmt::Debug for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.name())
    }
}

impl Replay {
    /// Both as they were made, and where to read the first difference.
    pub fn new(subject: Box<dyn Policy>, reference: Box<dyn Policy>) -> (Replay, Found) {
        let found = Found::default();
        let replay = Replay {
            subject: Asked(subject),
            reference: Some(Asked(reference)),
            calls: VecDeque::new(),
            found: Arc::clone(&found),
        };
        (replay, found)
    }

    /// Notes a call.
    fn told(&mut self, call: String) {
        if self.reference.is_some() {
            if self.calls.len() == LAST {
                self.calls.pop_front();
            }
            self.calls.push_back(call);
        }
    }

    /// Notes the first difference.
    fn part(&self, expected: String, found: String, question: Option<String>) {
        let calls = self.calls.iter().cloned().chain(question);
        let difference = Difference {
            calls: calls.collect::<Vec<_>>().join("\n"),
            expected,
            found,
        };
        // Only the dispatcher and, after the run, whoever started it come here.
        let mut first = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert(difference);
    }
}

/// Whom a pick names.
fn who(pick: Option<Pick>) -> Option<ThreadId> {
    pick.map(|pick| pick.thread)
}

/// The same in words.
fn answer(thread: Option<ThreadId>) -> String {
    thread.map_or_else(|| "nobody".to_owned(), |thread| format!("thread {thread}"))
}

impl Policy for Replay {
    fn ready(&mut self, thread: &Attributes, why: Ready, now: Time) {
        self.told(format!("at {now}: ready, thread {} ({why:?})", thread.id));
        if let Some(reference) = &mut self.reference {
            reference.0.ready(thread, why, now);
        }
        self.subject.0.ready(thread, why, now);
    }

    fn pick(&mut self, cpu: CpuId, now: Time) -> Option<Pick> {
        let pick = self.subject.0.pick(cpu, now);
        let expected = self.reference.as_mut().map(|r| who(r.0.pick(cpu, now)));
        self.told(format!("at {now}: pick, for CPU {cpu}"));
        if let Some(expected) = expected
            && expected != who(pick)
        {
            self.part(answer(expected), answer(who(pick)), None);
            self.reference = None; // (2)
        }
        pick // (1)
    }

    fn stopped(&mut self, thread: &Attributes, ran: Duration, why: StopReason, now: Time) {
        let (id, ran_for) = (thread.id, Time::ZERO + ran);
        self.told(format!(
            "at {now}: stopped, thread {id} after {ran_for} ({why:?})"
        ));
        if let Some(reference) = &mut self.reference {
            reference.0.stopped(thread, ran, why, now);
        }
        self.subject.0.stopped(thread, ran, why, now);
    }

    fn preempts(&self, new: &Attributes, current: &Attributes, now: Time) -> bool {
        let answer = self.subject.0.preempts(new, current, now);
        if let Some(reference) = &self.reference {
            let expected = reference.0.preempts(new, current, now);
            if expected != answer {
                let (new, current) = (new.id, current.id);
                let question = format!("at {now}: preempts, thread {new} thread {current}?");
                self.part(expected.to_string(), answer.to_string(), Some(question));
            }
        }
        answer
    }

    fn next_timer(&self, now: Time) -> Option<Time> {
        self.subject.0.next_timer(now)
    }

    fn timer(&mut self, now: Time) {
        self.told(format!("at {now}: timer"));
        if let Some(reference) = &mut self.reference {
            reference.0.timer(now);
        }
        self.subject.0.timer(now);
    }

    fn changed(&mut self, thread: &Attributes, now: Time) {
        self.told(format!("at {now}: changed, thread {}", thread.id));
        if let Some(reference) = &mut self.reference {
            reference.0.changed(thread, now);
        }
        self.subject.0.changed(thread, now);
    }

    fn name(&self) -> &str {
        self.subject.0.name()
    }

    fn quantum(&self) -> Option<Duration> {
        self.subject.0.quantum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scheduler::policy::{FirstComeFirstServed, ShortestJobFirst, StaticPriority};

    /// Threads 1 and 2, of which 2 is shorter and more important.
    fn two() -> [Attributes; 2] {
        [1, 2].map(|number| {
            let mut thread = Attributes::new(ThreadId(number), Time::ZERO);
            thread.burst = Some(Duration::from_millis(10 / u64::from(number)));
            thread.priority = i32::try_from(number).unwrap();
            thread
        })
    }

    #[test]
    fn the_first_answer_that_differs_is_kept_with_what_led_to_it() {
        let (mut replay, found) = Replay::new(
            Box::new(FirstComeFirstServed::new()),
            Box::new(ShortestJobFirst::new()),
        );
        for thread in two() {
            replay.ready(&thread, Ready::New, Time::ZERO);
        }
        assert_eq!(*found.lock().unwrap(), None);
        for thread in [1, 2] {
            let pick = replay.pick(CpuId(0), Time::ZERO);
            assert_eq!(who(pick), Some(ThreadId(thread)));
        }
        let difference = found.lock().unwrap().clone().unwrap();
        assert_eq!(difference.expected, "thread 2");
        assert_eq!(difference.found, "thread 1");
        assert_eq!(
            difference.calls,
            "at 0 ms: ready, thread 1 (New)\n\
             at 0 ms: ready, thread 2 (New)\n\
             at 0 ms: pick, for CPU 0"
        );
    }

    #[test]
    fn an_unlike_answer_to_preempts_is_a_difference() {
        let (replay, found) = Replay::new(
            Box::new(FirstComeFirstServed::new()),
            Box::new(StaticPriority::new()),
        );
        let [low, high] = two();
        assert!(!replay.preempts(&high, &low, Time::ZERO));
        let difference = found.lock().unwrap().clone().unwrap();
        assert_eq!(difference.calls, "at 0 ms: preempts, thread 2 thread 1?");
        assert_eq!(
            (&*difference.expected, &*difference.found),
            ("true", "false")
        );
    }
}
