//! The vocabulary: every event that the scheduler may record, with its keys.
//!
//! The one list from which the tests, the stepper and the book's page of
//! events are made. A record outside it fails every test of a debug build.
//!
//! Every record begins with `t` (ns since the scheduler started, on its clock)
//! and `sched` (which scheduler of this process, from 0), and ends with `at`
//! (the learner's line, where there is one) and `src` (ours). Units (`thread`)
//! and objects (`mutex`, `channel`, ..) are numbered from 1 in order of
//! creation and never reused; `KIND:N` refers to either. Instants and
//! durations are ns.
//!
//! Book: appendix "Events". Mirror: `runtime::trace::VOCABULARY`.

/// One kind of record: its name, its keys and what it says.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    /// The record's message.
    pub name: &'static str,
    /// The keys that are always there, separated by spaces, in order.
    pub keys: &'static str,
    /// The keys that may be missing.
    pub optional: &'static str,
    /// What happened, and what a reader's picture of the scheduler must change.
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

/// Every event of target `scheduler`.
#[rustfmt::skip]
pub const VOCABULARY: &[Event] = &[
    // The scheduler.
    event("started", "version clock tick mode policy cpus quantum calls", "", "the scheduler begins; nothing is runnable"),
    event("idle", "cpu", "", "a CPU has nothing to run"),
    event("advanced", "to", "", "nothing else can happen, so virtual time jumps"),
    event("deadlock", "cycle", "", "nobody can ever go on; the cycle alternates threads and objects"),
    event("resolved", "pc function", "", "`at` holds for every record with this program counter"),
    event("lost", "count", "", "so many records did not fit: the trace has a hole here"),
    event("ended", "dispatches preemptions left", "", "the scheduler is over"),
    // Threads.
    event("spawned", "thread name priority weight", "by deadline affinity", "a new thread, not runnable yet: its `runnable` follows"),
    event("runnable", "thread why", "by", "into the policy's run queue: new, unblocked, slept, preempted or yielded"),
    event("dispatched", "thread cpu quantum", "why", "out of the run queue, running on `cpu`"),
    event("preempted", "thread cpu ran", "pc", "off its CPU: its quantum is over"),
    event("yielded", "thread cpu ran", "", "off its CPU: it offered"),
    event("blocked", "thread cpu ran on", "until", "off its CPU: it waits for `on`"),
    event("finished", "thread cpu ran", "", "the thread is over"),
    event("panicked", "thread cpu ran message", "", "the thread is over: it panicked"),
    event("joined", "thread by", "", "the thread's result went to whoever held the handle"),
    event("checkpoint", "thread", "", "a place at which control may move: one tick passes"),
    event("call_entered", "thread", "call", "a blocking call gives the CPU up"),
    event("call_left", "thread", "call", "the blocking call is back; the thread needs a CPU again"),
    // Synchronization.
    event("locked", "mutex thread", "", "the thread holds the mutex"),
    event("contended", "mutex thread", "", "the mutex is held by another: the thread will wait"),
    event("unlocked", "mutex thread", "", "nobody holds the mutex"),
    event("sent", "channel len cap thread", "value", "a value went in; `len` are inside now"),
    event("received", "channel len cap thread", "value", "a value came out; `len` are inside now"),
    event("closed", "channel len cap thread", "", "one side of the channel is gone"),
    // Shared variables.
    event("loaded", "shared name value thread", "", "the thread read the variable"),
    event("stored", "shared name value thread", "", "the thread wrote the variable"),
    // A lesson's own place.
    event("marked", "name thread", "", "a place that the program names: both twins meet there"),
];
