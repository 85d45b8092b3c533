//! Threads as the search knows them: who spawned them, and as its so manyth.
//!
//! A thread's number is the order in which threads were spawned. Where several threads
//! spawn, that differs between executions that are of one kind; a name does not. So a
//! search that reduces compares threads by name, and two spawns do not depend on each
//! other. All that people see, a schedule too, has numbers.
//!
//! Invariants: (1) two executions that do the same in another order give the same
//! threads the same names; (2) where only the first thread spawns, names are numbers.
//!
//! Left out: programs that look at numbers (a thread's id, or the name that it has
//! unless it is given one): what they see of the order of spawns is not searched.

use std::collections::HashMap;

/// How many names a search has, since a set of threads is a number.
const MOST: u32 = 64;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Births {
    /// The name of whoever was spawned by the thread of this name as its so manyth;
    /// kept from one execution to the next.
    known: HashMap<(u32, u32), u32>,
    /// The name of each thread of this execution, by number.
    names: Vec<u32>,
    /// How many each has spawned, by number.
    children: Vec<u32>,
}

impl Births {
    /// A new execution begins.
    pub(super) fn reset(&mut self) {
        self.names.clear();
        self.children.clear();
    }

    /// One more thread, spawned by this one; the first by nobody.
    pub(super) fn add(&mut self, parent: Option<u32>) {
        let name = match parent {
            None => 0,
            Some(parent) => {
                let parent = parent as usize;
                let key = (self.names[parent], self.children[parent]);
                self.children[parent] += 1;
                let next = u32::try_from(self.known.len()).expect("few") + 1;
                *self.known.entry(key).or_insert(next) // (1)
            }
        };
        assert!(
            name < MOST,
            "an explored program has at most {MOST} threads, those of all executions together"
        );
        self.names.push(name);
        self.children.push(0);
    }

    /// The names, by number.
    pub(super) fn names(&self) -> &[u32] {
        &self.names
    }

    /// The name of thread number `thread`.
    pub(super) fn of(&self, thread: u32) -> u32 {
        self.names.get(thread as usize).copied().unwrap_or(thread)
    }
}
