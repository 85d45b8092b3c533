//! The words of a trace: what may happen, with which keys, to which things.
//!
//! The closed lists of the halves' vocabularies as Rust enums, so that the
//! fold and the sentences match on them exhaustively: an event that is added
//! here without an arm there does not compile. The tests hold these lists
//! against `runtime::trace::VOCABULARY`, `scheduler::trace::VOCABULARY` and
//! `scheduler::process::trace::VOCABULARY`.
//!
//! Left out: a word outside the lists. It is kept as text, marked unknown.

use super::Event;

/// Declares an enum whose variants are words of the trace.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident $word:literal)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum $name {
            $(#[doc = concat!("`", $word, "`")] $variant,)*
        }

        impl $name {
            /// Every variant, in order of declaration.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word as it stands in a record.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The variant of a word, if it is one of the list.
            pub fn of(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

words! {
    /// What happened: a record's message.
    EventKind {
        Started "started" Turn "turn" Parked "parked" Unparked "unparked"
        Advanced "advanced" Ended "ended" Spawned "spawned" Woken "woken"
        StaleWake "stale_wake" Polled "polled" Waiting "waiting" Pending "pending"
        Completed "completed" Panicked "panicked" Cancelled "cancelled" Joined "joined"
        SlowPoll "slow_poll" TimerArmed "timer_armed" TimerFired "timer_fired"
        TimerDropped "timer_dropped" Registered "registered" Reregistered "reregistered"
        Deregistered "deregistered" WouldBlock "would_block" Transferred "transferred"
        Readiness "readiness" Sent "sent" Received "received" Closed "closed"
        Marked "marked" Idle "idle" Deadlock "deadlock" Resolved "resolved" Lost "lost"
        Runnable "runnable" Dispatched "dispatched" Preempted "preempted" Yielded "yielded"
        Blocked "blocked" Finished "finished" Checkpoint "checkpoint"
        CallEntered "call_entered" CallLeft "call_left" Locked "locked"
        Contended "contended" Unlocked "unlocked" Loaded "loaded" Stored "stored"
        Changed "changed" Acquired "acquired" Released "released" Notified "notified"
        Arrived "arrived" LocalSet "local_set" BlockingQueued "blocking_queued"
        BlockingStarted "blocking_started" BlockingFinished "blocking_finished"
        Initialized "initialized" Faulted "faulted" Offered "offered" Raced "raced"
        Ready "ready" Exited "exited"
        Replaced "replaced" JobQueued "job_queued" JobSent "job_sent" JobBegun "job_begun"
        JobDone "job_done" JobFailed "job_failed" JobReturned "job_returned"
        Fenced "fenced"
    }
}

words! {
    /// A key of a record, but for `t`, `loop`, `sched`, `at` and `src`, which
    /// every record may have and which have columns of their own.
    Key {
        Version "version" Clock "clock" Turn "turn" Ready "ready" Until "until"
        Waited "waited" Events "events" To "to" Turns "turns" Polls "polls" Left "left"
        Task "task" Name "name" Class "class" By "by" Already "already" On "on" Ran "ran"
        Message "message" Limit "limit" Last "last" Timer "timer" Deadline "deadline"
        Late "late" Source "source" Kind "kind" Interest "interest" Local "local"
        Peer "peer" Op "op" Bytes "bytes" Readable "readable" Writable "writable"
        Closed "closed" Channel "channel" Len "len" Cap "cap" Value "value" Tick "tick"
        Mode "mode" Policy "policy" Cpus "cpus" Quantum "quantum" Calls "calls" Cpu "cpu"
        Cycle "cycle" Pc "pc" Function "function" Count "count" Dispatches "dispatches"
        Preemptions "preemptions" Thread "thread" Priority "priority" Weight "weight"
        Affinity "affinity" Why "why" Call "call" Mutex "mutex" Shared "shared"
        What "what" From "from" Rwlock "rwlock" How "how" Semaphore "semaphore"
        Permits "permits" Notify "notify" Woke "woke" Barrier "barrier" Of "of"
        Job "job" Condvar "condvar" Once "once" Rule "rule"
        Then "then" Others "others" Can "can" First "first" FirstAt "first_at"
        Ordering "ordering" Newer "newer"
        Worker "worker" Pid "pid" Status "status" Workers "workers"
        Work "work" Done "done" Failed "failed"
    }
}

impl Key {
    /// Whether the key's value is text from outside, written quoted.
    pub const fn is_text(self) -> bool {
        matches!(
            self,
            Self::Name | Self::Value | Self::Message | Self::Why | Self::Rule | Self::Work
        )
    }
}

words! {
    /// A kind of unit or object: the `KIND` of a reference `KIND:N`.
    Thing {
        Task "task" Thread "thread" Worker "worker" Timer "timer" Source "source"
        Channel "channel" Mutex "mutex" Rwlock "rwlock" Semaphore "semaphore"
        Condvar "condvar" Notify "notify" Barrier "barrier" Once "once" Shared "shared"
        Set "set" Job "job"
    }
}

impl Thing {
    /// Whether it is a unit, which runs, rather than an object, which is used.
    pub const fn is_unit(self) -> bool {
        matches!(self, Self::Task | Self::Thread | Self::Worker)
    }

    /// Whether several may wait for it, one behind the other.
    pub const fn has_line(self) -> bool {
        matches!(
            self,
            Self::Channel
                | Self::Mutex
                | Self::Rwlock
                | Self::Semaphore
                | Self::Condvar
                | Self::Notify
                | Self::Barrier
                | Self::Once
        )
    }
}

impl EventKind {
    /// Whether the step gives a processor to a unit.
    pub const fn is_switch(self) -> bool {
        matches!(self, Self::Polled | Self::Dispatched)
    }
}

/// Which half wrote a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// Tasks on an event loop.
    Runtime,
    /// Threads under a scheduler.
    Scheduler,
    /// Worker processes of a pool.
    Process,
}

impl Target {
    /// All, in the order of the screen's columns.
    pub const ALL: [Self; 3] = [Self::Runtime, Self::Scheduler, Self::Process];

    /// The log target's name.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Runtime => "runtime",
            Self::Scheduler => "scheduler",
            Self::Process => "process",
        }
    }

    /// The target of a name, if it is one.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|target| target.word() == word)
    }

    /// The unit of this half: `task`, `thread` or `worker`.
    pub const fn unit(self) -> Thing {
        match self {
            Self::Runtime => Thing::Task,
            Self::Scheduler => Thing::Thread,
            Self::Process => Thing::Worker,
        }
    }

    /// The key under which a record names its unit.
    pub const fn unit_key(self) -> Key {
        match self {
            Self::Runtime => Key::Task,
            Self::Scheduler => Key::Thread,
            Self::Process => Key::Worker,
        }
    }

    /// The key under which a record names its driver: `loop`, `sched` or `pool`.
    pub const fn driver_key(self) -> &'static str {
        match self {
            Self::Runtime => "loop",
            Self::Scheduler => "sched",
            Self::Process => "pool",
        }
    }
}

/// A sentence for each word of an event that its half's vocabulary lacks.
pub(super) fn unknown(event: &Event<'_>) -> Vec<String> {
    let name = event.name();
    let rows = vocabulary(event.target(), name);
    if rows.is_empty() {
        return vec![format!(
            "`{name}` is no event that this stepper knows: it is kept, and changes nothing."
        )];
    }
    let known = rows.iter().flat_map(|(keys, optional)| [keys, optional]);
    event
        .keys()
        .map(|(key, _)| key)
        .filter(|key| {
            !known
                .clone()
                .any(|keys| keys.split(' ').any(|known| known == *key))
        })
        .map(|key| {
            if key.is_empty() {
                format!("An event `{name}` has a word that belongs to no key.")
            } else {
                format!("`{key}` is no key of `{name}` that this stepper knows: it is kept.")
            }
        })
        .collect()
}

/// The keys and the optional keys of an event, as its half publishes them: once
/// for each kind of object that it can be about.
fn vocabulary(target: Target, name: &str) -> Vec<(&'static str, &'static str)> {
    match target {
        Target::Runtime => runtime::trace::VOCABULARY
            .iter()
            .filter(|event| event.name == name)
            .map(|event| (event.keys, event.optional))
            .collect(),
        Target::Scheduler => scheduler::trace::VOCABULARY
            .iter()
            .filter(|event| event.name == name)
            .map(|event| (event.keys, event.optional))
            .collect(),
        Target::Process => scheduler::process::trace::VOCABULARY
            .iter()
            .filter(|event| event.name == name)
            .map(|event| (event.keys, event.optional))
            .collect(),
    }
}
