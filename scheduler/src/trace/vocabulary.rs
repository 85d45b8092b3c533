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
pub(crate) const fn event(
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
    event("faulted", "rule then", "", "the policy broke a rule: `rule` says which in a sentence, `then` is `ends` (the run ends) or `round_robin` (round robin goes on)"),
    event("deadlock", "cycle", "others", "nobody can ever go on; the cycle alternates threads and objects. With `others`: those of the cycle alone, while so many threads are left beside them"),
    event("resolved", "pc function", "", "`at` holds for every record with this program counter"),
    event("lost", "count", "", "so many records did not fit: the trace has a hole here"),
    event("ended", "dispatches preemptions left", "", "the scheduler is over"),
    // Threads.
    event("spawned", "thread name priority weight", "by deadline affinity", "a new thread, not runnable yet: its `runnable` follows"),
    event("runnable", "thread why", "by", "into the policy's run queue: new, unblocked, slept, preempted or yielded"),
    event("dispatched", "thread cpu quantum", "why", "out of the run queue, running on `cpu`; if that is not the CPU that it ran on last, it has migrated"),
    event("preempted", "thread cpu ran", "pc", "off its CPU: its quantum is over"),
    event("yielded", "thread cpu ran", "", "off its CPU: it offered"),
    event("blocked", "thread cpu ran on", "until", "off its CPU: it waits for `on`, or until an instant, or for whichever comes first"),
    event("finished", "thread cpu ran", "", "the thread is over"),
    event("panicked", "thread cpu ran message", "", "the thread is over: it panicked"),
    event("joined", "thread by", "", "the thread's result went to whoever held the handle"),
    event("changed", "thread what from to why", "by", "an attribute of the thread changed: `what` is priority (its own, set) or donated (what it is scheduled by, lent by who waits for it)"),
    event("offered", "thread op can", "on", "where a schedule is followed, at every choice: what the thread would do next, to which object, and whether it can (`yes` or `no`)"),
    event("checkpoint", "thread", "", "a place at which control may move: one tick passes"),
    event("call_entered", "thread", "call", "a blocking call gives the CPU up; `call` names it where the program did not announce it"),
    event("call_left", "thread", "call", "the blocking call is back; the thread needs a CPU again"),
    // Synchronization.
    event("locked", "mutex thread", "", "the thread holds the mutex"),
    event("contended", "mutex thread", "", "the mutex is held by another: the thread will wait"),
    event("unlocked", "mutex thread", "", "nobody holds the mutex"),
    event("locked", "rwlock how thread", "", "the thread holds the read-write lock, to read or to write"),
    event("contended", "rwlock how thread", "", "the read-write lock is held by others or kept for them: the thread will wait"),
    event("unlocked", "rwlock how thread", "", "one that held the read-write lock let go of it"),
    event("acquired", "semaphore permits left thread", "", "the thread has so many permits; `left` are there now"),
    event("released", "semaphore permits left", "thread", "so many permits came back, or are new; `left` are there now"),
    event("notified", "condvar woke thread", "", "somebody notified; `woke` threads were waiting for it"),
    event("arrived", "barrier count of thread", "", "the thread is the `count`th of `of`; the last one opens the barrier"),
    event("initialized", "once thread", "", "what happens once has happened"),
    event("sent", "channel len cap thread", "value", "a value went in; `len` are inside now"),
    event("received", "channel len cap thread", "value", "a value came out; `len` are inside now"),
    event("closed", "channel len cap thread", "", "one side of the channel is gone"),
    // Shared variables.
    event("loaded", "shared name value thread", "ordering from newer", "the thread read the variable. Of an atomic where memory is weak: what the `from`th store wrote, 0 being none; `newer` stores are newer than that one"),
    event("stored", "shared name value thread", "ordering newer", "the thread wrote the variable. Of an atomic where memory is weak: before `newer` stores that are there already"),
    event("fenced", "thread ordering", "", "the thread ordered its own accesses of atomics"),
    event("raced", "shared first first_at thread", "", "the thread's access and an earlier one, by `first`, are not ordered, and one of them writes"),
    // Of each thread its own.
    event("local_set", "name value thread", "", "the thread's own value of this name changed"),
    // A lesson's own place.
    event("marked", "name thread", "", "a place that the program names: both twins meet there"),
];

/// The event called `name` that has as many keys, and optional keys, as there are
/// values for it. (Locks have two rows for each name: the number tells which.)
///
/// For use in constants: what is wrong then does not compile.
///
/// # Panics
/// When the vocabulary does not have the event with these keys.
pub(crate) const fn find(name: &str, values: &[&str], optional: &[&str]) -> &'static Event {
    let mut index = 0;
    let mut is_known = false;
    while index < VOCABULARY.len() {
        let event = &VOCABULARY[index];
        is_known |= equal(event.name, name);
        if equal(event.name, name) && count_words(event.keys) == values.len() {
            assert!(
                optional.is_empty() || count_words(event.optional) == optional.len(),
                "the record must have a value, if `Absent`, for each optional key"
            );
            return event;
        }
        index += 1;
    }
    assert!(
        !is_known,
        "the record must have a value for each key of the event"
    );
    panic!("the vocabulary has no such event")
}

/// Whether two texts are the same, in a constant.
const fn equal(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut index = 0;
    while index < one.len() && index < other.len() && one[index] == other[index] {
        index += 1;
    }
    index == one.len() && index == other.len()
}

/// How many words, each separated by one space, `text` has.
const fn count_words(text: &str) -> usize {
    if text.is_empty() {
        return 0;
    }
    let mut spaces = 0;
    let mut index = 0;
    while index < text.len() {
        if text.as_bytes()[index] == b' ' {
            spaces += 1;
        }
        index += 1;
    }
    spaces + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_found_by_its_name_and_the_number_of_its_keys() {
        assert_eq!(find("idle", &["cpu"], &[]).name, "idle");
        assert_eq!(find("runnable", &["1", "new"], &["by"]).optional, "by");
    }

    #[test]
    #[should_panic(expected = "no such event")]
    fn an_unknown_event_is_refused() {
        find("idl", &["cpu"], &[]);
    }

    #[test]
    #[should_panic(expected = "a value for each key")]
    fn a_missing_key_is_refused() {
        find("idle", &[], &[]);
    }

    #[test]
    fn no_event_has_more_keys_than_a_record_has_room_for() {
        for event in VOCABULARY {
            let keys = count_words(event.keys) + count_words(event.optional);
            assert!(keys <= super::super::MOST_VALUES, "{}", event.name);
        }
    }
}
