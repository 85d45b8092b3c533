//! Who waits for whom, when nobody can go on.
//!
//! A thread that waits for a lock or a permit waits for its holders, one that
//! joins waits for the joined thread. Following these from thread to thread
//! leads either round a cycle, or to a thread whose wait nobody is known to end:
//! into a channel anybody might have sent.
//!
//! Invariants: (1) the path alternates threads and what they wait for; (2) a
//! cycle is told from its lowest thread on; of several, the one with the lowest
//! thread; (3) where several hold what a thread waits for, the path goes on with
//! one that leads round, if there is one; the others are named with it.
//!
//! Book: chapter 16.

use crate::control::{Control, On};
use crate::place::Place;
use crate::policy::ThreadId;
use crate::sync::lock::Holder;
use crate::trace::{Kind, Object};
use std::collections::{BTreeMap, BTreeSet};
use std::{error, fmt};

/// A deadlock: a cycle of threads that wait for each other, or a chain that
/// ends where nobody can help.
#[derive(Clone, PartialEq, Eq)]
pub struct Deadlock {
    /// Each wait on the path, in order.
    links: Vec<Link>,
    /// Whether the last leads back to the first.
    is_cycle: bool,
    /// How many threads were blocked in all.
    blocked: usize,
}

/// One thread on the path.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Link {
    /// Who waits.
    thread: ThreadId,
    /// Its name.
    name: String,
    /// At which line.
    at: Option<Place>,
    /// For what.
    object: Object,
    /// Who could end the wait, where that is known: all of them must.
    owners: Vec<Owner>,
    /// How many more there are that are not known.
    others: usize,
    /// How many are at the barrier, and how many open it.
    arrived: Option<(usize, usize)>,
}

/// Who holds what a thread waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Owner {
    /// The thread; None if it is not scheduled.
    thread: Option<ThreadId>,
    /// Where it took it; None if that is no place.
    taken_at: Option<Place>,
}

impl Owner {
    /// `holder`, as run number `run` sees it: a thread of another run is none of
    /// its own.
    fn new(holder: Holder, run: u32) -> Owner {
        Owner {
            thread: holder.thread_in(run),
            taken_at: Some(holder.at),
        }
    }
}

/// What a blocked thread waits for.
#[derive(Clone, Debug)]
pub(crate) struct Waits {
    /// The link that it would be.
    link: Link,
}

impl Waits {
    /// The thread of `control` waits for `on` at line `at`.
    pub(crate) fn new(control: &Control, on: &On, at: Option<Place>) -> Waits {
        let run = control.run.number;
        let owned_by = |holder| Owner::new(holder, run);
        let mut others = 0;
        let mut arrived = None;
        let owners = match on {
            On::Mutex(lock) | On::Once(lock) => lock.holder().map(owned_by).into_iter().collect(),
            On::Permits(permits) => {
                let holders = permits.holders().unwrap_or_default();
                others = holders.others();
                holders.known().map(owned_by).collect()
            }
            On::Thread(other) => vec![Owner {
                thread: Some(*other),
                taken_at: None,
            }],
            On::Barrier(gathering) => {
                arrived = Some(gathering.arrived());
                Vec::new()
            }
            On::Channel(_) | On::Condvar(_) | On::Unpark => Vec::new(),
        };
        let object = on.object();
        Waits {
            link: Link {
                thread: control.id,
                name: control.name.clone(),
                at,
                object,
                owners,
                others,
                arrived,
            },
        }
    }
}

impl Deadlock {
    /// The deadlock among `blocked`, which are all threads that are left.
    pub(crate) fn find(blocked: &BTreeMap<ThreadId, Waits>) -> Deadlock {
        let mut longest: Option<(Vec<ThreadId>, bool)> = None;
        for &start in blocked.keys() {
            let (path, is_cycle) = follow(start, blocked);
            // (2): keys come in order, so the first cycle is the lowest.
            if is_cycle {
                longest = Some((path, true));
                break;
            }
            longest.get_or_insert((path, false));
        }
        let (path, is_cycle) = longest.expect("somebody is blocked");
        Deadlock {
            links: path.iter().map(|id| blocked[id].link.clone()).collect(),
            is_cycle,
            blocked: blocked.len(),
        }
    }

    /// The path as the trace writes it: `1>mutex:2>2>mutex:1>1`.
    pub fn path(&self) -> String {
        let links = self.links.iter();
        let mut places: Vec<String> = links
            .flat_map(|link| [link.thread.to_string(), link.object.to_string()])
            .collect();
        if self.is_cycle {
            places.push(self.links[0].thread.to_string());
        }
        places.join(">")
    }

    /// What the threads on the path wait for, in its order.
    pub(crate) fn objects(&self) -> impl Iterator<Item = Object> {
        self.links.iter().map(|link| link.object)
    }

    /// Whether the threads wait for each other in a circle. If not, they wait
    /// for something that no thread is known to bring.
    pub fn is_cycle(&self) -> bool {
        self.is_cycle
    }

    /// The threads on the path, in its order.
    pub fn threads(&self) -> impl Iterator<Item = ThreadId> {
        self.links.iter().map(|link| link.thread)
    }
}

/// The threads from `start` on, each waiting for the next; and whether the last
/// waits for `start`, which then is the lowest of them.
fn follow(start: ThreadId, blocked: &BTreeMap<ThreadId, Waits>) -> (Vec<ThreadId>, bool) {
    let mut path = vec![start];
    let mut seen = BTreeSet::from([start]);
    if leads_back(start, &mut path, &mut seen, blocked) {
        return (path, true);
    }
    // Nobody leads back: the first known owner of each.
    let mut chain = vec![start];
    let mut last = start;
    while let Some(next) = next_of(last, blocked).find(|next| !chain.contains(next)) {
        chain.push(next);
        last = next;
    }
    (chain, false)
}

/// The blocked threads for which `thread` waits.
fn next_of(
    thread: ThreadId,
    blocked: &BTreeMap<ThreadId, Waits>,
) -> impl Iterator<Item = ThreadId> {
    let owners = blocked[&thread].link.owners.iter();
    owners.filter_map(|owner| owner.thread.filter(|thread| blocked.contains_key(thread)))
}

/// Whether the last of `path`, or somebody for whom it waits, waits for `start`.
/// If so `path` is the way there.
fn leads_back(
    start: ThreadId,
    path: &mut Vec<ThreadId>,
    seen: &mut BTreeSet<ThreadId>,
    blocked: &BTreeMap<ThreadId, Waits>,
) -> bool {
    // Each step of the path with those that are left to be tried there.
    let mut tries = vec![next_of(start, blocked)];
    while let Some(step) = tries.last_mut() {
        match step.next() {
            Some(next) if next == start => return true,
            Some(next) => {
                if seen.insert(next) {
                    path.push(next);
                    tries.push(next_of(next, blocked));
                }
            }
            None => {
                path.pop();
                tries.pop();
            }
        }
    }
    false
}

impl Link {
    /// What is waited for, as a sentence names it.
    fn write_object(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.object.number;
        match self.object.kind {
            Kind::Thread => write!(f, "the end of thread {number}"),
            Kind::Mutex => write!(f, "mutex {number}"),
            Kind::RwLock => write!(f, "read-write lock {number}"),
            Kind::Semaphore => write!(f, "permits of semaphore {number}"),
            Kind::Condvar => write!(f, "another thread to notify condition variable {number}"),
            Kind::Barrier => write!(f, "others at barrier {number}"),
            Kind::Once => write!(f, "once {number} to be initialized"),
            Kind::Channel => write!(f, "channel {number}"),
            Kind::Shared => write!(f, "shared variable {number} to change"),
            Kind::Unpark => f.write_str("another thread to unpark it"),
        }
    }

    /// What follows the object's name: who could end the wait.
    fn write_owners(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((arrived, of)) = self.arrived {
            return write!(f, ", where {arrived} of {of} have arrived");
        }
        let verb = match self.object.kind {
            Kind::Mutex | Kind::RwLock | Kind::Semaphore => "hold",
            Kind::Once => "initialize",
            _ => return Ok(()),
        };
        if self.owners.is_empty() && self.others == 0 {
            return write!(f, ", which no thread of this scheduler {verb}s");
        }
        f.write_str(", which ")?;
        for (index, owner) in self.owners.iter().enumerate() {
            if index > 0 {
                f.write_str(" and ")?;
            }
            match owner.thread {
                Some(owner) if owner == self.thread => write!(f, "it {verb}s itself"),
                Some(owner) => write!(f, "thread {owner} {verb}s"),
                None => write!(f, "no thread of this scheduler {verb}s"),
            }?;
            if let Some(at) = owner.taken_at {
                write!(f, " since {at}")?;
            }
        }
        if self.others > 0 {
            write!(f, " and {} more {verb}", self.others)?;
        }
        Ok(())
    }
}

impl fmt::Display for Deadlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.is_cycle, self.blocked) {
            (true, _) => write!(f, "deadlock: ")?,
            (false, 1) => write!(f, "deadlock: nobody can wake the last thread: ")?,
            (false, _) => write!(f, "deadlock: nobody can wake any thread: ")?,
        }
        for (index, link) in self.links.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            write!(f, "thread {} '{}' waits for ", link.thread, link.name)?;
            link.write_object(f)?;
            if let Some(at) = link.at {
                write!(f, " at {at}")?;
            }
            link.write_owners(f)?;
        }
        Ok(())
    }
}

/// As `Display`: most programs show it by way of `expect`.
impl fmt::Debug for Deadlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl error::Error for Deadlock {}
