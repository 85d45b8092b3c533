//! In whose queue each thread is at home.
//!
//! The numbers of the rules are those of the module above.
//!
//! Invariant: nothing is kept of the finished.
//!
//! Book: chapter 15.

use crate::policy::{Attributes, ThreadId};
use std::collections::HashMap;

/// A thread that is not finished.
#[derive(Debug)]
struct Member {
    /// In whose queue it is, or was last.
    home: usize,
    /// What was last known of it, for a move.
    attributes: Attributes,
}

/// The threads that are not finished.
#[derive(Debug, Default)]
pub(super) struct Homes {
    /// By their numbers.
    members: HashMap<ThreadId, Member>,
}

impl Homes {
    /// The CPU in whose queue `thread` is, or was last.
    pub(super) fn of(&self, thread: ThreadId) -> Option<usize> {
        Some(self.members.get(&thread)?.home)
    }

    /// Notes that `thread` is at home in the queue of `home`, and what it is like.
    pub(super) fn settle(&mut self, thread: &Attributes, home: usize) {
        let member = self.members.entry(thread.id).or_insert_with(|| Member {
            home,
            attributes: thread.clone(),
        });
        member.home = home;
        member.attributes.clone_from(thread);
    }

    /// Notes that `thread` is at home in the queue of `to` from now on: what was last
    /// known of it.
    pub(super) fn move_to(&mut self, thread: ThreadId, to: usize) -> Option<&Attributes> {
        let member = self.members.get_mut(&thread)?;
        member.home = to;
        Some(&member.attributes)
    }

    /// `thread` is finished.
    pub(super) fn leave(&mut self, thread: ThreadId) {
        self.members.remove(&thread);
    }

    /// How many threads have a home.
    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.members.len()
    }
}
