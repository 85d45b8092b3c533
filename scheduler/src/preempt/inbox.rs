//! The dispatcher's inbox: notes that any thread posts and one thread collects.
//!
//! Threads tell the dispatcher here that they stopped, or whom they woke, also
//! from inside the signal handler. The dispatcher collects all notes at once.
//!
//! Invariants: (1) a note is queued at most once; (2) posting neither
//! allocates, nor locks, nor waits, and a poster that is frozen half-way
//! withholds at most its own note; (3) notes are collected in the order in
//! which they were linked; (4) a queued note is owned by the inbox, so its
//! poster may end.
//!
//! Left out: several collectors, and taking single notes (which would bring
//! the ABA problem that taking all of them does not have).
//!
//! Book: chapter 13. Mirror: the list of wakes from other threads in `runtime`.

use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};

use super::futex::Bell;
use super::vicinity::Vicinity;

/// A note: a value that can be posted again and again without allocating.
#[derive(Debug)]
pub(crate) struct Node<T> {
    /// What the note says. Never changes, so posting it twice is harmless.
    value: T,
    /// Whether it is queued: set by the poster, cleared by the collector.
    queued: AtomicBool,
    /// The note that was posted before this one. Written by the poster before
    /// linking, read by the collector; meaningless otherwise.
    next: AtomicPtr<Node<T>>,
}

impl<T> Node<T> {
    /// A note that can be posted.
    pub(crate) fn new(value: T) -> Arc<Self> {
        Arc::new(Self {
            value,
            queued: AtomicBool::new(false),
            next: AtomicPtr::new(ptr::null_mut()),
        })
    }
}

impl<T> Deref for Node<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// A stack of notes (Treiber's) that is taken whole and turned around, and the
/// bell that calls its collector.
#[derive(Debug)]
pub(crate) struct Inbox<T> {
    /// The latest note, from [`Arc::into_raw`]; null when there is none.
    latest: AtomicPtr<Node<T>>,
    /// Rung at every post.
    bell: Bell,
    /// Where the collector runs, if it wants to be near those who stop.
    collector: Vicinity,
    /// The inbox owns notes: it is shared between threads only if they may be.
    owns: PhantomData<Arc<Node<T>>>,
}

impl<T> Inbox<T> {
    /// An empty inbox.
    pub(crate) const fn new() -> Self {
        Self {
            latest: AtomicPtr::new(ptr::null_mut()),
            bell: Bell::new(),
            collector: Vicinity::new(),
            owns: PhantomData,
        }
    }

    // ANCHOR: post
    /// Queues `note`, rings, and says whether it was not queued already.
    ///
    /// Fit for the signal handler. A scheduled thread should hold a
    /// [`Guard`](super::current::Guard): frozen between the two steps, it
    /// would keep a second poster of the same note waiting for its return.
    pub(crate) fn post(&self, note: &Arc<Node<T>>) -> bool {
        if note.queued.swap(true, Ordering::AcqRel) {
            return false; // (1)
        }
        let linked = Arc::into_raw(Arc::clone(note)).cast_mut(); // (4)
        let mut latest = self.latest.load(Ordering::Relaxed);
        loop {
            note.next.store(latest, Ordering::Relaxed);
            // Release: the collector sees `next`, and all that the poster wrote.
            match self.latest.compare_exchange_weak(
                latest,
                linked,
                Ordering::Release,
                Ordering::Relaxed,
            ) {
                Ok(_) => break,
                Err(newer) => latest = newer,
            }
        }
        self.bell.ring();
        true
    }
    // ANCHOR_END: post

    /// The same for a thread that is about to leave its processor: a collector
    /// that sleeps, and follows those who stop, wakes there.
    pub(crate) fn post_here(&self, note: &Arc<Node<T>>) {
        if self.bell.is_asleep() {
            self.collector.call_here();
        }
        self.post(note);
    }

    /// From now on the calling thread, which collects, follows those who stop.
    pub(crate) fn follow(&self) {
        self.collector.follow();
    }

    /// Takes all notes, in order of arrival.
    pub(crate) fn collect(&self) -> Collected<T> {
        let mut latest = self.latest.swap(ptr::null_mut(), Ordering::Acquire);
        let mut first = ptr::null_mut();
        while !latest.is_null() {
            // SAFETY: requires that `latest` points to a live node: a linked
            // one is kept alive by the reference that `post` leaked (4). It
            // would break if anything but `Collected` released that reference.
            let node = unsafe { &*latest };
            let earlier = node.next.swap(first, Ordering::Relaxed);
            first = latest;
            latest = earlier;
        } // (3)
        Collected {
            first,
            owns: PhantomData,
        }
    }

    /// Waits until something has been posted since the last wait.
    pub(crate) fn wait(&self) {
        self.bell.wait();
    }

    /// Waits likewise, at most until `deadline`; false when that came first.
    pub(crate) fn wait_until(&self, deadline: u64) -> bool {
        self.bell.wait_until(deadline)
    }
}

impl<T> Drop for Inbox<T> {
    fn drop(&mut self) {
        drop(self.collect()); // releases the references that it owns (4)
    }
}

/// Notes that were taken from an inbox, in order of arrival.
///
/// A note may be posted again as soon as it has been yielded; the rest goes on
/// to count as queued.
#[derive(Debug)]
pub(crate) struct Collected<T> {
    /// The next note to yield, from [`Arc::into_raw`]; null at the end.
    first: *mut Node<T>,
    /// It owns them.
    owns: PhantomData<Arc<Node<T>>>,
}

impl<T> Iterator for Collected<T> {
    type Item = Arc<Node<T>>;

    fn next(&mut self) -> Option<Arc<Node<T>>> {
        if self.first.is_null() {
            return None;
        }
        // SAFETY: requires a pointer from `Arc::into_raw` whose reference is
        // given up once: `post` made it, and the list that `collect` took is
        // walked once, since `first` moves on below. Linking a node without
        // leaking a reference, or yielding it twice, would break it.
        let note = unsafe { Arc::from_raw(self.first) };
        self.first = note.next.load(Ordering::Relaxed);
        // Release, and only after `next` was read: from here on a poster may
        // overwrite it (1). Acquire, by a swap: who comes now and finds the note
        // still queued has said before what we are about to look at.
        note.queued.swap(false, Ordering::AcqRel);
        Some(note)
    }
}

impl<T> Drop for Collected<T> {
    fn drop(&mut self) {
        self.for_each(drop);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    /// What the notes of one collection say.
    fn read(inbox: &Inbox<usize>) -> Vec<usize> {
        inbox.collect().map(|note| **note).collect()
    }

    #[test]
    fn notes_are_collected_in_the_order_of_their_arrival() {
        let inbox = Inbox::new();
        let notes: Vec<_> = (0..5).map(Node::new).collect();
        assert!(notes.iter().all(|note| inbox.post(note)));
        assert_eq!(read(&inbox), [0, 1, 2, 3, 4]);
        assert_eq!(read(&inbox), []);
    }

    #[test]
    fn a_note_is_queued_at_most_once() {
        let inbox = Inbox::new();
        let note = Node::new(7);
        assert!(inbox.post(&note));
        assert!(!inbox.post(&note));
        assert_eq!(read(&inbox), [7]);
        assert!(inbox.post(&note), "free again once collected");
    }

    #[test]
    fn a_yielded_note_can_be_posted_while_the_rest_is_still_collected() {
        let inbox = Inbox::new();
        let notes = [Node::new(0), Node::new(1)];
        for note in &notes {
            inbox.post(note);
        }
        let mut collected = inbox.collect();
        inbox.post(&collected.next().unwrap());
        assert!(!inbox.post(&notes[1]), "still in the list");
        assert_eq!(collected.map(|note| **note).collect::<Vec<_>>(), [1]);
        assert_eq!(read(&inbox), [0]);
    }

    #[test]
    fn inbox_releases_what_nobody_collected() {
        let (inbox, note) = (Inbox::new(), Node::new(0));
        inbox.post(&note);
        assert_eq!(Arc::strong_count(&note), 2);
        drop(inbox);
        assert_eq!(Arc::strong_count(&note), 1);
    }

    /// The processors of a collector that followed, and slept until `post` posted
    /// from another thread, which is bound to `processor`.
    #[cfg(target_os = "linux")]
    fn collected_at(processor: usize, post: fn(&Inbox<usize>, &Arc<Node<usize>>)) -> Vec<usize> {
        use super::super::affinity::{self, Affinity};
        let inbox = Inbox::new();
        thread::scope(|scope| {
            let collector = scope.spawn(|| {
                inbox.follow();
                inbox.wait();
                Affinity::of(0).unwrap().processors().collect()
            });
            scope.spawn(|| {
                affinity::pin(affinity::tid(), processor).unwrap();
                while !inbox.bell.is_asleep() {
                    thread::yield_now();
                }
                post(&inbox, &Node::new(0));
            });
            collector.join().unwrap()
        })
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_collector_that_sleeps_wakes_on_the_processor_of_who_stops_there() {
        let affinity = super::super::affinity::Affinity::of(0).unwrap();
        let all: Vec<usize> = affinity.processors().collect();
        for &processor in &all {
            let called = collected_at(processor, Inbox::post_here);
            assert_eq!(called, [processor]);
            let posted = collected_at(processor, |inbox, note| {
                inbox.post(note);
            });
            assert_eq!(posted, all, "who goes on keeps its processor");
        }
    }

    #[test]
    fn no_post_from_many_threads_is_lost() {
        const POSTERS: usize = 8;
        const POSTS: usize = 5_000;
        let inbox = Inbox::new();
        let mut received = [0; POSTERS];
        thread::scope(|scope| {
            for poster in 0..POSTERS {
                let inbox = &inbox;
                scope.spawn(move || {
                    let note = Node::new(poster);
                    for _ in 0..POSTS {
                        while !inbox.post(&note) {
                            thread::yield_now();
                        }
                    }
                });
            }
            while received.iter().sum::<usize>() < POSTERS * POSTS {
                inbox.wait();
                for note in inbox.collect() {
                    received[**note] += 1;
                }
            }
        });
        assert_eq!(received, [POSTS; POSTERS]);
    }
}
