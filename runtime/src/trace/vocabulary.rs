//! The vocabulary: every event that the runtime may record, with its keys.
//!
//! The one list from which the tests, the stepper and the book's page of
//! events are made. A record outside it fails every test of a debug build.
//!
//! Every record begins with `t` (ns since the loop started, on its clock) and
//! `loop` (which loop of this process, from 0), and ends with `at` (the
//! learner's line, where there is one) and `src` (ours). Units (`task`) and
//! objects (`timer`, `channel`, ..) are numbered from 1 in order of creation
//! and never reused; `KIND:N` refers to either. Instants and durations are ns.
//!
//! Book: appendix "Events". Mirror: `scheduler::trace::VOCABULARY`.

/// One kind of record: its name, its keys and what it says.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    /// The record's message.
    pub name: &'static str,
    /// The keys that are always there, separated by spaces, in order.
    pub keys: &'static str,
    /// The keys that may be missing.
    pub optional: &'static str,
    /// What happened, and what a reader's picture of the loop must change.
    pub meaning: &'static str,
}

/// An entry of the table.
const fn event(
    name: &'static str,
    keys: &'static str,
    optional: &'static str,
    meaning: &'static str,
) -> Event {
    Event {
        name,
        keys,
        optional,
        meaning,
    }
}

/// Every event of target `runtime`.
#[rustfmt::skip]
pub const VOCABULARY: &[Event] = &[
    // The loop.
    event("started", "version clock", "", "the loop begins; nothing is ready"),
    event("turn", "turn ready", "", "a turn begins: the tasks queued now, `ready` of them, are its batch"),
    event("parked", "", "until", "nothing is ready: the loop sleeps in the OS, until an instant or for ever"),
    event("unparked", "waited events", "", "the OS woke the loop, with so many events"),
    event("advanced", "to", "", "nothing else can happen, so virtual time jumps"),
    event("ended", "turns polls left", "", "the loop is over; `left` tasks are dropped unfinished"),
    // Tasks.
    event("spawned", "task name class", "by", "a new task, not queued yet: its first `woken` follows"),
    event("woken", "task by class", "already", "to the tail of its class's queue, unless it is queued `already`"),
    event("stale_wake", "task", "", "a waker was called whose task is over, or being dropped; nothing changes"),
    event("changed", "task what from to", "by", "the task's `class` changed; if it is queued it goes to the tail of the new class's queue"),
    event("polled", "task", "", "the head of its queue becomes the running task; its waits are cleared"),
    event("waiting", "task on", "", "the running task left its waker with one more thing"),
    event("pending", "task ran", "", "the running task gave way: waiting, or ready if it was woken meanwhile"),
    event("completed", "task ran", "", "the task is over, with a result"),
    event("panicked", "task ran message", "", "the task is over: it panicked"),
    event("cancelled", "task ran", "by", "the task is over: it was aborted, or its loop was dropped"),
    event("joined", "task by", "", "the task's result went to whoever held the handle"),
    event("slow_poll", "task ran limit", "last", "one poll held the loop for longer than the limit"),
    // Timers.
    event("timer_armed", "timer deadline task", "", "a timer will wake the task at its deadline"),
    event("timer_fired", "timer late", "", "a timer is due; its task's `woken` follows"),
    event("timer_dropped", "timer", "", "a timer was given up before it was due"),
    // Sources of readiness.
    event("registered", "source kind interest", "local peer", "the OS will tell of this source's readiness"),
    event("reregistered", "source interest", "", "the interest in a source changed"),
    event("deregistered", "source", "", "the OS forgets the source"),
    event("would_block", "source op", "", "the OS had nothing to give or no room; the task will wait"),
    event("transferred", "source op bytes", "", "the OS took or gave so many bytes (0 read: the peer is done)"),
    event("readiness", "source readable writable closed", "", "what the OS answered for a source"),
    // Communication.
    event("sent", "channel len cap task", "value", "a value went in; `len` are inside now"),
    event("received", "channel len cap task", "value", "a value came out; `len` are inside now"),
    event("closed", "channel len cap task", "", "one side of the channel is gone"),
    // Synchronization. Of `mutex` and `rwlock` one is there; `how` is read or write.
    event("locked", "task", "mutex rwlock how", "the task holds the lock"),
    event("contended", "task", "mutex rwlock how", "the lock is held by another: the task will wait"),
    event("unlocked", "", "mutex rwlock how task", "a holder let go of the lock"),
    event("acquired", "semaphore permits left task", "", "the task has so many permits; `left` are there now"),
    event("released", "semaphore permits left", "task", "so many permits came back; `left` are there now"),
    event("notified", "notify woke", "task", "somebody notified; `woke` tasks were waiting for it"),
    event("arrived", "barrier count of task", "", "the task is the `count`th of `of`; the last one opens the barrier"),
    // Calls that block, on the threads of the pool.
    event("blocking_queued", "job", "task", "a call was handed to the pool, and waits for one of its threads"),
    event("blocking_started", "job thread", "", "a thread of the pool runs the call"),
    event("blocking_finished", "job thread", "", "the call is over; whoever waits for it is woken"),
    // Of each task its own.
    event("local_set", "name value task", "", "the task's own value of this name changed"),
    // A lesson's own place.
    event("marked", "name task", "", "a place that the program names: both twins meet there"),
];
