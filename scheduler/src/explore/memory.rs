//! What memory may do: which store a load may see, and behind which one a store may come.
//!
//! Every atomic has a history: its stores, in an order that all threads agree on (its
//! *modification order*). What a thread knows of it is what its clock knows (see
//! [`Order`](super::order::Order)). Where more than one place in a history is left to an
//! access, the guide chooses; the newest is its option 0.
//!
//! Sources: ISO C++20, \[intro.races\] and \[atomics.order\]; J. Kang, C.-K. Hur, O. Lahav,
//! V. Vafeiadis and D. Dreyer, "A Promising Semantics for Relaxed-Memory Concurrency",
//! POPL 2017, without its promises. As rules:
//!
//! 1. (*coherence*) an access comes behind every store that its thread knows, and behind
//!    every store that was read by a load that its thread knows;
//! 2. (*atomicity*) an update reads the store just before its own, for ever;
//! 3. (*messages*) a releasing store leaves what its thread knows, any other store what
//!    that knew at its last release fence; an update adds what was left where it read;
//!    an acquiring load takes this, any other keeps it for its thread's next acquire fence;
//! 4. (*one order*) `SeqCst` operations are in one order, in which they are done: such an
//!    access comes behind what an earlier one has read or stored, or an earlier fence knows;
//! 5. and so does whatever comes after a fence of that order, for all before the fence;
//! 6. (*thrift*) an access comes before a newer store only if there is a chain of steps
//!    from that store to it: else it can be done before it, which is tried anyway.
//!
//! Rule 6 loses nothing: change the places of such a pair, and nobody reads anything else;
//! there is one pair less. Rules 1 to 5 ask only for steps that come before in every
//! execution of the kind, by dependence: so a kind has the same options, whoever runs first.
//!
//! Left out: loads of stores that are yet to come (load buffering), `SeqCst` orders against
//! the order of execution, consume, weak exchanges that fail for no reason.
//!
//! Book: chapter 21. Mirror: none; tasks share one thread's memory.

mod deed;

pub(crate) use deed::{Atomic, Deed, Seen};

use super::operation::Event;
use super::order::{Clock, join};
use deed::{acquires, releases};
use std::collections::HashMap;
use std::sync::atomic::Ordering;

/// What memory may do in an explored program: see [`Explore::memory`](super::Explore::memory).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Memory {
    /// A load sees the last store, whatever its ordering: *sequential consistency*.
    #[default]
    Sequential,
    /// What C11, C++20 and Rust allow an atomic of the given orderings to do, except that
    /// no load sees a store that is yet to come.
    C11,
}

/// The histories of all atomics of an execution.
#[derive(Debug, Default)]
pub(super) struct Histories {
    /// How memory is.
    pub(super) memory: Memory,
    /// Rule 6 is not followed: every outcome is reached in every way.
    pub(super) is_lavish: bool,
    /// One for each atomic.
    by_name: HashMap<u32, History>,
    /// What each thread may still take, and gives.
    threads: Vec<Fenced>,
    /// The fences of rule 5: who, its so manyth step, and the step of the execution.
    fences: Vec<Touch>,
    /// Where the last step has written: an atomic's name, and its place.
    written: Option<(u32, usize)>,
}

/// One atomic's stores, in modification order.
#[derive(Debug, Default)]
struct History {
    /// The stores, the oldest first.
    writes: Vec<Write>,
    /// How many there were.
    stores: u32,
}

/// One store.
#[derive(Debug)]
struct Write {
    /// What was written, in bits.
    value: u64,
    /// It was the so manyth; 0 is what the atomic was worth at first.
    nth: u32,
    /// What an acquiring load of it learns (rule 3).
    left: Clock,
    /// It is an update's: it keeps its place behind the one before (rule 2).
    is_update: bool,
    /// Who wrote it, and who has read it; nobody wrote the first one.
    touches: Vec<Touch>,
}

/// One access.
#[derive(Clone, Copy, Debug)]
struct Touch {
    /// Who.
    thread: u32,
    /// Its so manyth step.
    turn: u32,
    /// The step of the execution.
    step: usize,
    /// It is in the one order.
    is_ranked: bool,
    /// The step of the first fence of the one order that knows it.
    fenced: Option<usize>,
}

/// What fences have to do with (rule 3).
#[derive(Debug, Default)]
struct Fenced {
    /// What its loads have met and not taken.
    met: Clock,
    /// What it knew at its last release fence.
    released: Clock,
}

/// Who does a step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Doer<'a> {
    /// The step.
    pub(super) next: Event,
    /// What its thread knows.
    pub(super) clock: &'a [u32],
    /// The steps until now.
    pub(super) events: &'a [Event],
}

/// Whether `clock` knows `touch`.
fn knows(clock: &[u32], touch: &Touch) -> bool {
    clock.get(touch.thread as usize).copied().unwrap_or(0) >= touch.turn
}

impl Histories {
    /// A new execution.
    pub(super) fn reset(&mut self) {
        self.by_name.clear();
        self.threads.clear();
        self.fences.clear();
        self.written = None;
    }

    /// The newest place in the history of atomic `name`.
    pub(super) fn newest(&self, name: u32) -> usize {
        let history = self.by_name.get(&name);
        history.map_or(0, |history| history.writes.len() - 1)
    }

    // ANCHOR: places
    /// The places in the history of atomic `name` that `doer` may read, or come behind,
    /// the newest first; there is one at least.
    pub(super) fn places(&self, name: u32, atomic: &Atomic, doer: Doer<'_>) -> Vec<usize> {
        let Some(history) = self.by_name.get(&name) else {
            return vec![0];
        };
        let mut places = vec![];
        for place in (0..history.writes.len()).rev() {
            let write = &history.writes[place];
            let next = history.writes.get(place + 1);
            let is_read_only = match atomic.deed {
                Deed::Load(_) => true,
                Deed::Exchange(expected, ..) => write.value != expected,
                _ => false,
            };
            if is_read_only || next.is_none_or(|next| !next.is_update) {
                places.push(place); // rule 2
            }
            let is_ranked = match atomic.deed {
                Deed::Exchange(_, _, fails) if is_read_only => fails == Ordering::SeqCst,
                Deed::Exchange(_, succeeds, _) => succeeds == Ordering::SeqCst,
                deed => deed.is_ranked(),
            };
            let bars = |touch: &Touch| {
                knows(doer.clock, touch) || self.is_before(touch, is_ranked, doer.clock)
            };
            let is_wanted = !self.is_lavish && !write.leads_to(doer);
            if is_wanted || write.touches.iter().any(bars) {
                break; // rules 6, and 1, 4 and 5
            }
        }
        places
    }

    /// Whether the one order puts `touch` before an access that knows `clock`, and is in
    /// that order if `is_ranked`.
    fn is_before(&self, touch: &Touch, is_ranked: bool, clock: &[u32]) -> bool {
        if is_ranked && (touch.is_ranked || touch.fenced.is_some()) {
            return true; // rule 4
        }
        let fences = self.fences.iter().filter(|fence| knows(clock, fence));
        fences.map(|fence| fence.step).max().is_some_and(|fence| {
            touch.is_ranked && touch.step < fence || touch.fenced.is_some_and(|it| it <= fence)
        }) // rule 5
    }
    // ANCHOR_END: places

    /// `thread`, which knows `clock`, its own step included, does `atomic` to the atomic
    /// `name` at `place`, as step `step`.
    pub(super) fn perform(
        &mut self,
        (name, atomic): (u32, &Atomic),
        place: usize,
        (thread, step): (u32, usize),
        clock: &mut Clock,
    ) -> Seen {
        let index = thread as usize;
        if self.threads.len() <= index {
            self.threads.resize_with(index + 1, Fenced::default);
        }
        let touch = |how| Touch {
            thread,
            turn: clock[index],
            step,
            is_ranked: how == Ordering::SeqCst,
            fenced: None,
        };
        if let Deed::Fence(how) = atomic.deed {
            let fence = touch(how);
            self.fence(fence, how, clock);
            return Seen::default();
        }
        let history = self.by_name.entry(name).or_default();
        if history.writes.is_empty() {
            history.writes.push(Write {
                value: atomic.initial,
                nth: 0,
                left: Clock::new(),
                is_update: false,
                touches: Vec::new(),
            });
        }
        let fenced = &mut self.threads[index];
        let write = &mut history.writes[place];
        let (reads, writes) = match atomic.deed {
            Deed::Load(how) => (Some(how), None),
            Deed::Store(value, how) => (None, Some((value, how))),
            Deed::Update(how) => (Some(how), Some((0, how))),
            Deed::Exchange(expected, how, _) if write.value == expected => {
                (Some(how), Some((0, how)))
            }
            Deed::Exchange(_, _, fails) => (Some(fails), None),
            Deed::Fence(_) => unreachable!("it was done above"),
        };
        let mut seen = Seen {
            value: write.value,
            from: write.nth,
            newer: 0,
        };
        let touch = touch(
            reads
                .or(writes.map(|(_, how)| how))
                .unwrap_or(Ordering::Relaxed),
        );
        if let Some(how) = reads {
            write.touches.push(touch);
            let taker = if acquires(how) {
                &mut *clock
            } else {
                &mut fenced.met
            };
            join(taker, &write.left); // rule 3
        }
        let mut at = place;
        if let Some((value, how)) = writes {
            let gives = if releases(how) {
                &*clock
            } else {
                &fenced.released
            };
            let mut left = gives.clone();
            if reads.is_some() {
                join(&mut left, &write.left); // rule 3
            }
            history.stores += 1;
            let write = Write {
                value,
                nth: history.stores,
                left,
                is_update: reads.is_some(),
                touches: vec![touch],
            };
            at += 1;
            history.writes.insert(at, write);
            if self.memory == Memory::Sequential {
                history.writes.drain(..at); // nobody can see them
                at = 0;
            }
            self.written = Some((name, at));
        }
        seen.newer = u32::try_from(history.writes.len() - 1 - at).unwrap_or(u32::MAX);
        seen
    }

    /// The update or exchange that is the last step has written `value`.
    pub(super) fn wrote(&mut self, value: u64) {
        if let Some((name, place)) = self.written
            && let Some(history) = self.by_name.get_mut(&name)
        {
            history.writes[place].value = value;
        }
    }

    /// A fence of ordering `how`, by a thread that knows `clock` (rules 3 to 5).
    fn fence(&mut self, fence: Touch, how: Ordering, clock: &mut Clock) {
        let fenced = &mut self.threads[fence.thread as usize];
        if acquires(how) {
            join(clock, &fenced.met);
        }
        if releases(how) {
            fenced.released.clone_from(clock);
        }
        if !fence.is_ranked {
            return;
        }
        let histories = self.by_name.values_mut();
        let writes = histories.flat_map(|history| &mut history.writes);
        for touch in writes.flat_map(|write| &mut write.touches) {
            if touch.fenced.is_none() && knows(clock, touch) {
                touch.fenced = Some(fence.step);
            }
        }
        self.fences.push(fence);
    }
}

impl Write {
    /// Whether a chain of steps leads from this store to the next step of `doer`, other
    /// than that both are about one atomic (rule 6). From what was there at first none
    /// does, and nothing comes before that.
    ///
    /// careful: a chain may end with another access of that atomic, as one that is read does.
    fn leads_to(&self, doer: Doer<'_>) -> bool {
        let Some(writer) = self.touches.first().filter(|_| self.nth > 0) else {
            return false;
        };
        let store = doer.events[writer.step];
        let mut chain = vec![store];
        for event in &doer.events[writer.step + 1..] {
            if chain.iter().any(|before| before.comes_before(event)) {
                chain.push(*event);
            }
        }
        let its = doer.next.thread;
        let is_before = store.thread == its || store.wakes >> its & 1 == 1; // rule 4 there
        is_before || chain[1..].iter().any(|step| step.comes_before(&doer.next))
    }
}
