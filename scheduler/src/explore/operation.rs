//! Operations: what a thread is about to do, announced before it is done.
//!
//! A thread announces each operation at its checkpoint, so that at each choice
//! all that could happen next is known, and what would have to wait.
//!
//! Rules of dependence, for operations of two threads:
//!
//! 1. on different objects they are independent;
//! 2. on one object they depend on each other, unless both only look
//!    ([`Access::looks`]);
//! 3. to fetch what was granted before depends on closing alone;
//! 4. whoever spawns or wakes a thread comes before what that thread does next
//!    ([`Event::wakes`]);
//! 5. where memory is weak ([`Op::is_ranked`]) the `SeqCst` operations have one order of
//!    their own: a fence among them depends on all others, and two loads of one atomic
//!    on each other. What memory chooses for a step ([`Event::option`]) changes nothing.
//!
//! Invariants: (1) operations that are independent can change places, and neither
//! lets the other run or keeps it from it; (2) all operations on an object that can
//! make a thread wait depend on each other, so they come in one order.
//!
//! Book: chapter 18. Mirror: none; a task announces nothing.

use super::memory::Atomic;
use super::objects::Levels;
use crate::control::On;
use crate::policy::ThreadId;
use crate::run::Number;
use crate::trace::Kind;

/// What is done to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Access {
    /// Nothing that others could notice.
    Local,
    /// The thread's first step.
    Start,
    /// Its last one.
    Finish,
    /// To start a thread.
    Spawn,
    /// To wait for a thread's end.
    Join,
    /// To offer the CPU.
    Yield,
    /// To sleep until an instant.
    Sleep,
    /// To read a shared variable.
    Load,
    /// To write it.
    Store,
    /// To read an atomic.
    AtomicLoad,
    /// To write it.
    AtomicStore,
    /// To read and write it in one step.
    Update,
    /// To order the thread's own accesses.
    Fence,
    /// The same, in the one order of all `SeqCst` operations.
    RankedFence,
    /// To take a lock, once it is free.
    Lock,
    /// To take it if it is free now.
    TryLock,
    /// To give it up.
    Unlock,
    /// To look whether what happens once has happened, once nobody is at it.
    Enter,
    /// To take permits beside others, as readers do; it may wait in a queue.
    Share,
    /// To take permits; it may wait in a queue.
    Acquire,
    /// To give permits back.
    Release,
    /// To take permits that were granted meanwhile.
    Fetch,
    /// To close a semaphore.
    Close,
    /// To queue for a notification; to look whether the thread was unparked.
    Await,
    /// To go on with a notification, once there is one.
    Take,
    /// The same, or because the time is over.
    TakeOrLate,
    /// To notify one.
    Notify,
    /// To notify all.
    NotifyAll,
    /// To arrive at a barrier.
    Arrive,
    /// To put a value into a channel, once it has room.
    Send(Room),
    /// The same, if it has room now.
    TrySend(Room),
    /// To take a value out, once there is one.
    Receive(Room),
    /// The same, if there is one now.
    TryReceive,
    /// To drop a sender.
    DropSender,
    /// To drop a receiver.
    DropReceiver,
    /// To consume the thread's own token, once it is there.
    Park,
    /// To leave a token with a thread.
    Unpark,
    /// To go on after having been woken.
    Resume,
    /// To go on at a channel that keeps nothing, after having been woken.
    Meet,
    /// To go on after having been woken, or because the time is over.
    ResumeOrLate,
}

/// How many values have room in a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Room {
    /// None: who sends meets who receives, and both wait in queues.
    Meeting,
    /// So many.
    For(u32),
    /// Any number.
    Endless,
}

impl From<Option<usize>> for Room {
    fn from(capacity: Option<usize>) -> Room {
        match capacity {
            None => Room::Endless,
            Some(0) => Room::Meeting,
            Some(capacity) => Room::For(u32::try_from(capacity).unwrap_or(u32::MAX)),
        }
    }
}

impl Access {
    /// Whether two of this kind may change places (rule 2).
    pub(crate) fn looks(self) -> bool {
        matches!(
            self,
            Access::Load | Access::AtomicLoad | Access::Share | Access::Join
        )
    }

    /// Whether it is of a kind that anchors and people count: not the begin and
    /// the end of a thread, nor what only continues another operation.
    pub(crate) fn is_counted(self) -> bool {
        !matches!(
            self,
            Access::Local
                | Access::Start
                | Access::Finish
                | Access::Spawn
                | Access::Join
                | Access::Yield
                | Access::Sleep
                | Access::Fence
                | Access::Resume
                | Access::Meet
                | Access::Fetch
        )
    }

    /// Whether it can be done on an object at these levels, or has to wait.
    pub(crate) fn is_possible(self, levels: Levels, thread: u32) -> bool {
        match self {
            Access::Lock | Access::Enter => !levels.is_held,
            Access::Join | Access::Park => levels.is_held,
            Access::Take => levels.notified >> thread & 1 == 1,
            Access::Send(Room::For(room)) => levels.inside < room || levels.no_receivers,
            Access::Receive(Room::For(_) | Room::Endless) => levels.inside > 0 || levels.no_senders,
            _ => true,
        }
    }

    /// Whether it is only possible once another thread has seen to it.
    pub(crate) fn only_goes_on(self) -> bool {
        matches!(self, Access::Resume | Access::Fetch | Access::Meet)
    }

    /// The word for it, in traces and messages.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Access::Local => "checkpoint",
            Access::Start => "start",
            Access::Finish => "finish",
            Access::Spawn => "spawn",
            Access::Join => "join",
            Access::Yield => "yield",
            Access::Sleep => "sleep",
            Access::Load | Access::AtomicLoad => "load",
            Access::Store | Access::AtomicStore => "store",
            Access::Update => "update",
            Access::Fence | Access::RankedFence => "fence",
            Access::Lock => "lock",
            Access::TryLock => "try_lock",
            Access::Unlock => "unlock",
            Access::Enter => "enter",
            Access::Share => "read",
            Access::Acquire => "acquire",
            Access::Release => "release",
            Access::Fetch | Access::Meet | Access::Resume => "resume",
            Access::Close => "close",
            Access::DropSender | Access::DropReceiver => "drop",
            Access::Await => "wait",
            Access::Take => "wake",
            Access::TakeOrLate => "wake_or_late",
            Access::Notify => "notify_one",
            Access::NotifyAll => "notify_all",
            Access::Arrive => "arrive",
            Access::Send(_) => "send",
            Access::TrySend(_) => "try_send",
            Access::Receive(_) => "receive",
            Access::TryReceive => "try_receive",
            Access::Park => "park",
            Access::Unpark => "unpark",
            Access::ResumeOrLate => "resume_or_late",
        }
    }
}

/// What an operation is done to, as the announcing thread knows it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target<'a> {
    /// Nothing.
    Nothing,
    /// An object of this kind.
    Object(Kind, &'a Number),
    /// Whether this thread is over.
    End(ThreadId),
    /// Whether this thread was unparked.
    Token(ThreadId),
}

/// An operation, as the announcing thread knows it.
#[derive(Clone, Debug)]
pub(crate) struct Operation<'a> {
    /// What is done.
    pub(crate) access: Access,
    /// To what.
    pub(crate) target: Target<'a>,
    /// What the thread waits for while it is not possible.
    pub(crate) on: Option<On>,
    /// What memory has to know, where it is about an atomic.
    pub(crate) atomic: Option<Atomic>,
}

impl<'a> Operation<'a> {
    /// One that nobody notices.
    pub(crate) fn local(access: Access) -> Operation<'static> {
        Operation {
            access,
            target: Target::Nothing,
            on: None,
            atomic: None,
        }
    }

    /// One on `target`.
    pub(crate) fn new(access: Access, target: Target<'a>) -> Operation<'a> {
        Operation {
            access,
            target,
            on: None,
            atomic: None,
        }
    }

    /// One on an object.
    pub(crate) fn on(kind: Kind, number: &'a Number, access: Access) -> Operation<'a> {
        Operation::new(access, Target::Object(kind, number))
    }

    /// The same; as long as it is not possible the thread waits for `on`.
    pub(crate) fn waits_for(self, on: On) -> Operation<'a> {
        Operation {
            on: Some(on),
            ..self
        }
    }

    /// The same, of which memory has to know this.
    pub(crate) fn of_memory(self, atomic: Atomic) -> Operation<'a> {
        Operation {
            atomic: Some(atomic),
            ..self
        }
    }
}

/// An operation, as the search knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Op {
    /// What is done.
    pub(crate) access: Access,
    /// To what: a number that is the same in every execution; 0 is nothing.
    pub(crate) object: u32,
    /// It is in the one order of all `SeqCst` operations (rule 5): only where memory is
    /// weak, since elsewhere all are in one order anyway.
    pub(crate) is_ranked: bool,
}

impl Op {
    // ANCHOR: depends
    /// Whether the two depend on each other, done by two threads: rules 1 to 3, and 5.
    pub(crate) fn depends_on(self, other: Op) -> bool {
        let are_ranked = self.is_ranked && other.is_ranked;
        if are_ranked && (self.is_ranked_fence() || other.is_ranked_fence()) {
            return true; // rule 5
        }
        if self.object != other.object || self.object == 0 {
            return false; // rule 1
        }
        if self.access == Access::Fetch || other.access == Access::Fetch {
            return self.access == Access::Close || other.access == Access::Close; // rule 3
        }
        are_ranked || !(self.access.looks() && other.access.looks()) // rules 5 and 2
    }
    // ANCHOR_END: depends

    /// Whether it is a fence that rule 5 is about.
    pub(crate) fn is_ranked_fence(self) -> bool {
        self.access == Access::RankedFence
    }
}

/// An operation that was done: one step of an execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    /// By whom.
    pub(crate) thread: u32,
    /// What.
    pub(crate) op: Op,
    /// The threads that it spawned or woke, a bit for each.
    pub(crate) wakes: u64,
    /// How the object stood before.
    pub(crate) levels: Levels,
    /// Which of the things that memory could do it did, from 0; None where there was
    /// nothing to choose, and in a sequence that is to be tried with any.
    pub(crate) option: Option<u32>,
}

impl Event {
    /// Whether `later` cannot change places with this one.
    pub(crate) fn comes_before(&self, later: &Event) -> bool {
        self.thread == later.thread
            || self.op.depends_on(later.op)
            || self.wakes >> later.thread & 1 == 1 // rule 4
    }
}
