//! Who holds which tickets, and whose was drawn.
//!
//! The numbers of the rules are those of the module above.
//!
//! Invariant: only runnable threads hold tickets, so a draw has no blanks.
//!
//! Book: chapter 15.

use crate::policy::{Attributes, CpuId, Queue, ThreadId};
use std::collections::BTreeMap;

/// A draw: which ticket won, of how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draw {
    /// The winning ticket, from 0.
    pub ticket: u64,
    /// How many there were.
    pub tickets: u64,
}

/// The tickets of the runnable threads, in the order of the threads' numbers.
#[derive(Debug, Default)]
pub(super) struct Tickets {
    /// How many each holds, and the only CPU that it may run on.
    held: BTreeMap<ThreadId, (u32, Option<CpuId>)>,
}

impl Tickets {
    /// `thread` plays from now on, with as many tickets as its weight says (rule 1).
    pub(super) fn hand_out(&mut self, thread: &Attributes) {
        let hand = (thread.weight, thread.affinity);
        self.held.insert(thread.id, hand);
    }

    /// The weight of `thread` is another: so are its tickets, if it plays.
    pub(super) fn exchange(&mut self, thread: &Attributes) {
        if let Some((tickets, _)) = self.held.get_mut(&thread.id) {
            *tickets = thread.weight;
        }
    }

    /// How many tickets can win `cpu`; None if nobody plays for it.
    pub(super) fn count(&self, cpu: CpuId) -> Option<u64> {
        self.players(cpu)
            .map(|(_, tickets)| tickets)
            .reduce(|a, b| a + b)
    }

    /// Takes its tickets from the holder of `ticket`: the first up to whom there are
    /// more; the last player, if nobody has any (rule 2).
    pub(super) fn take_from_holder(&mut self, ticket: u64, cpu: CpuId) -> Option<ThreadId> {
        let mut up_to = 0;
        let holds = |(_, tickets): &(ThreadId, u64)| {
            up_to += tickets;
            up_to > ticket
        };
        let holder = self.players(cpu).find(holds);
        let (holder, _) = holder.or_else(|| self.players(cpu).last())?;
        self.held.remove(&holder);
        Some(holder)
    }

    /// Those who may win `cpu`, with their tickets.
    fn players(&self, cpu: CpuId) -> impl Iterator<Item = (ThreadId, u64)> {
        let may_win = move |only: Option<CpuId>| only.is_none_or(|only| only == cpu);
        let players = self
            .held
            .iter()
            .filter(move |(_, (_, only))| may_win(*only));
        players.map(|(id, (tickets, _))| (*id, u64::from(*tickets)))
    }

    /// Everybody with its tickets, as a picture.
    pub(super) fn shown(&self) -> Queue {
        let held = self.held.iter();
        Queue::only(held.map(|(id, (tickets, _))| (*id, format!("tickets {tickets}"))))
    }
}
