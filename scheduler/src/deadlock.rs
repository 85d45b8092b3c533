//! Who waits for whom, when nobody can go on.
//!
//! A thread that waits for a mutex waits for its holder, one that joins waits
//! for the joined thread. Following these from thread to thread leads either
//! round a cycle, or to a thread whose wait nobody is known to end: for a
//! channel, anybody might have sent.
//!
//! Invariants: (1) the path alternates threads and what they wait for; (2) a
//! cycle is told from its lowest thread on; of several, the one with the lowest
//! thread.
//!
//! Book: chapter 16.

use crate::control::On;
use crate::place::Place;
use crate::policy::ThreadId;
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
    /// Who could end the wait, if that is known.
    owner: Option<ThreadId>,
    /// Where the owner took it.
    taken_at: Option<Place>,
}

/// What a blocked thread waits for.
#[derive(Clone, Debug)]
pub(crate) struct Waits {
    /// The link that it would be.
    link: Link,
}

impl Waits {
    /// Thread `thread`, called `name`, waits for `on` at line `at`.
    pub(crate) fn new(thread: ThreadId, name: String, on: &On, at: Option<Place>) -> Waits {
        let (owner, taken_at) = match on {
            On::Mutex(lock) => match lock.holder() {
                Some(holder) => (holder.thread, Some(holder.at)),
                None => (None, None),
            },
            On::Thread(other) => (Some(*other), None),
            On::Channel(_) | On::Unpark => (None, None),
        };
        let object = on.object();
        Waits {
            link: Link {
                thread,
                name,
                at,
                object,
                owner,
                taken_at,
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
    let mut path = Vec::new();
    let mut seen = BTreeSet::new();
    let mut next = Some(start);
    while let Some(thread) = next
        && let Some(waits) = blocked.get(&thread)
    {
        if !seen.insert(thread) {
            return (path, thread == start);
        }
        path.push(thread);
        next = waits.link.owner;
    }
    (path, false)
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
            match (link.object.kind, link.owner) {
                (Kind::Thread, _) => write!(f, "the end of thread {}", link.object.number)?,
                (Kind::Mutex, _) => write!(f, "mutex {}", link.object.number)?,
                (Kind::Channel, _) => write!(f, "channel {}", link.object.number)?,
                (Kind::Unpark, _) => f.write_str("another thread to unpark it")?,
            }
            if let Some(at) = link.at {
                write!(f, " at {at}")?;
            }
            if link.object.kind == Kind::Mutex {
                match link.owner {
                    Some(owner) if owner == link.thread => write!(f, ", which it holds itself"),
                    Some(owner) => write!(f, ", which thread {owner} holds"),
                    None => write!(f, ", which no thread of this scheduler holds"),
                }?;
                if let Some(at) = link.taken_at {
                    write!(f, " since {at}")?;
                }
            }
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
