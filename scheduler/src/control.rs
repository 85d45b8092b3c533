//! The control block of a thread: where it, its handler and the dispatcher meet.
//!
//! A thread that wants something of the dispatcher writes a [`Request`] here
//! and gives way; the dispatcher reads it once the thread stands at its gate.
//!
//! Invariants: (1) the request is written by the thread and read by the
//! dispatcher, never at the same time: the thread's notice lies between;
//! (2) no lock here is ever held by a thread that can be frozen (a [`Guard`]
//! forbids it), so the dispatcher finds every one of them free; (3) what a
//! thread *is* (runnable, blocked, ..) is not here: the dispatcher alone knows.
//!
//! Left out: the thread's result, which goes to its `JoinHandle` by itself.
//!
//! Book: chapter 13. Mirror: the task in `runtime::task`.

use crate::park::Token;
use crate::place::Place;
use crate::policy::{Attributes, ThreadId};
use crate::preempt::context::{Context, Notice, NoticeKind, Reason, State};
use crate::preempt::current;
use crate::preempt::inbox::Node;
use crate::preempt::{Guard, affinity, forked};
use crate::run::Run;
use crate::scheduler::Preemption;
use crate::sync::inheritance::Standing;
pub(crate) use crate::sync::on::On;
use crate::sync::wait_queue::{Claim, Link};
use crate::time::Time;
use crate::trace::Text;
use crate::unannounced::Unannounced;
use crate::watchdog::Seat;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What the thread, its handler and the dispatcher share of one thread.
#[derive(Debug)]
pub(crate) struct Control {
    // Never changes.
    /// Its number.
    pub(crate) id: ThreadId,
    /// Its name.
    pub(crate) name: String,
    /// What the policy may know of it, as it was when it was spawned.
    pub(crate) attributes: Attributes,
    /// Who spawned it; None for the first thread.
    pub(crate) spawned_by: Option<ThreadId>,
    /// Where it was spawned.
    pub(crate) spawned_at: Place,
    /// The run that it belongs to.
    pub(crate) run: Arc<Run>,

    // Written by the thread and its handler, and by the dispatcher.
    /// State, gate, deadline and timer.
    pub(crate) context: Context,

    // Written by the thread before it gives way, taken by the dispatcher.
    /// What it asks for, and where it stands.
    request: Mutex<Option<(Request, Option<Place>)>>,

    // Written by the thread before it gives way, read by the watchdog.
    /// Where it gave way last.
    pub(crate) seen: Mutex<Option<Place>>,

    // Written by whoever wakes it.
    /// The notice that it was woken; queued at most once.
    wake_note: Arc<Node<Notice>>,
    /// Who woke it last: the waker's number plus 1; 0 when it is no thread of ours.
    woken_by: AtomicU32,

    // Written by the thread when it parks, and by whoever unparks it.
    /// Whether it is parked, or was unparked.
    pub(crate) token: Token,

    // Written under the lock of the object in whose queue it waits.
    /// Its place in that queue.
    pub(crate) link: Mutex<Link>,
    /// What it waits for in that queue.
    pub(crate) claim: Claim,

    // Written by whoever changes it, or lends to it.
    /// Its priority, and what that is made of.
    pub(crate) standing: Standing,

    // Written by the thread before it arrives.
    /// The OS thread's number, to pin it.
    os_thread: AtomicI32,

    // Written by the dispatcher.
    /// Where it is, for the watchdog.
    pub(crate) seat: Seat,
    /// Set once it is over.
    over: AtomicBool,
}

/// What a thread asks of the dispatcher when it gives way.
#[derive(Debug)]
pub(crate) enum Request {
    /// It stands at a checkpoint: its step may cost it its CPU.
    Step,
    /// It woke somebody, or changed a priority, and goes on once the dispatcher
    /// knows.
    Notify,
    /// It started the OS thread of this new one, and goes on once that has
    /// arrived at its gate.
    Spawn(Arc<Control>),
    /// It offers its CPU.
    Yield,
    /// It waits until it is woken, at most until this instant.
    Wait(On, Option<Time>),
    /// It waits until this instant.
    Sleep(Time),
    /// It is in a blocking call, of this name, and goes on outside until that
    /// returns.
    Call(Option<&'static str>),
    /// It is over; with what it panicked, and where, if it did.
    Finish(Option<Panicked>),
}

/// How a thread panicked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Panicked {
    /// What it said.
    pub(crate) message: Text,
    /// Where.
    pub(crate) at: Option<Place>,
}

impl AsRef<Context> for Control {
    fn as_ref(&self) -> &Context {
        &self.context
    }
}

/// The control block of the calling thread, if it is a scheduled one and not in
/// a blocking call: there it is on its own.
pub(crate) fn current() -> Option<Arc<Control>> {
    let control = current::owner::<Control>()?;
    match control.context.state() {
        State::InCall | State::Calling | State::Brief => return None,
        State::Away => control.context.come_back(),
        State::Running | State::Stopped => {}
    }
    Some(control)
}

/// Whether the calling OS thread is a scheduled thread, in a call or not.
pub(crate) fn is_scheduled() -> bool {
    current::owner::<Control>().is_some()
}

impl Control {
    /// The control block of a new thread.
    pub(crate) fn new(
        attributes: Attributes,
        name: String,
        spawned_by: Option<ThreadId>,
        spawned_at: Place,
        run: Arc<Run>,
    ) -> Control {
        let thread = u64::from(attributes.id.0);
        let standing = Standing::new(thread, attributes.priority);
        Control {
            id: attributes.id,
            name,
            attributes,
            spawned_by,
            spawned_at,
            context: Context::new(thread, Arc::clone(&run.inbox), Arc::clone(&run.wanted)),
            run,
            request: Mutex::new(None),
            seen: Mutex::new(None),
            wake_note: Node::new(Notice {
                thread,
                kind: NoticeKind::Woken,
            }),
            woken_by: AtomicU32::new(0),
            token: Token::default(),
            link: Mutex::default(),
            claim: Claim::default(),
            standing,
            os_thread: AtomicI32::new(0),
            seat: Seat::default(),
            over: AtomicBool::new(false),
        }
    }

    /// Whether the thread is over.
    pub(crate) fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }
}

/// The thread's own side: to be called on that thread.
impl Control {
    /// Asks the dispatcher for `request`, and waits until it is dispatched.
    pub(crate) fn ask(&self, request: Request, at: Option<Place>) {
        if let Some(conductor) = &self.run.conductor {
            return conductor.ask(self, request, at);
        }
        self.write(request, at);
        self.context.give_way(Reason::Asked);
    }

    /// Begins a blocking call.
    pub(crate) fn enter_call(&self, name: Option<&'static str>, at: Place) {
        self.write(Request::Call(name), Some(at));
        self.context.enter_call();
    }

    /// Reports that the thread is over, and does not wait.
    pub(crate) fn finish(&self, panicked: Option<Panicked>) {
        if let Some(conductor) = &self.run.conductor {
            return conductor.ask(self, Request::Finish(panicked), None);
        }
        self.write(Request::Finish(panicked), None);
        self.context.finish();
    }

    /// Makes the calling OS thread ready to be this thread.
    ///
    /// # Errors
    ///
    /// In Signal mode, if the system has no timer left, or does not dispatch calls.
    pub(crate) fn attach(&self) -> io::Result<()> {
        self.os_thread.store(affinity::tid(), Ordering::Release);
        match self.run.mode {
            Preemption::Signal => {
                let watches = self.run.unannounced == Unannounced::SystemCallDispatch;
                self.context.attach(self.run.trace.listens(), watches)
            }
            Preemption::Checkpoint | Preemption::Never => Ok(()),
        }
    }

    /// Waits for `on` until somebody [unparks](Control::unpark) the thread. The
    /// caller looks again then: another may have been faster.
    ///
    /// `leave` is called if the run is doomed: then the thread was perhaps not
    /// woken, and must leave the queue that it waits in, if any.
    ///
    /// No lock of ours may be held.
    pub(crate) fn park(&self, on: On, at: Place, leave: impl FnOnce()) {
        self.park_until(None, on, at, leave);
    }

    /// The same, but at most `until` an instant, if there is one. The caller looks
    /// again in any case, and then, if it is [over](Control::is_late), leaves.
    pub(crate) fn park_until(&self, until: Option<Time>, on: On, at: Place, leave: impl FnOnce()) {
        if !self.run.is_doomed() || std::thread::panicking() {
            self.ask(Request::Wait(on, until), Some(at));
        }
        if self.run.is_doomed() {
            leave();
        }
        self.unwind_if_doomed();
    }

    /// The instant at which a wait is over that begins now and takes `limit` at
    /// most; None if it never comes.
    pub(crate) fn until(&self, limit: Duration) -> Option<Time> {
        Some(self.run.now() + limit).filter(|until| *until < Time::MAX)
    }

    /// Whether the instant `until` has come.
    pub(crate) fn is_late(&self, until: Option<Time>) -> bool {
        until.is_some_and(|until| until <= self.run.now())
    }

    /// Leaves a request for the dispatcher (1).
    fn write(&self, request: Request, at: Option<Place>) {
        forked::end_if_copy();
        let _guard = Guard::new(); // (2)
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = at;
        let mut place = self.request.lock().unwrap_or_else(PoisonError::into_inner);
        debug_assert!(
            matches!(*place, None | Some((Request::Call(_), _))),
            "the dispatcher takes every request, but for calls that nobody needed to know of"
        );
        *place = Some((request, at));
    }

    /// Unwinds the calling thread if its run cannot go on. Does nothing while
    /// it is unwinding already: what its destructors wait for, they wait for.
    ///
    /// What cannot end even so leaves its thread at its gate for ever. The first
    /// thread cannot be left behind, since `Scheduler::run` waits for it: then
    /// the process ends here.
    pub(crate) fn unwind_if_doomed(&self) {
        if !self.run.is_doomed() {
            return;
        }
        if !std::thread::panicking() {
            // Not a panic of the learner's: no hook prints a message.
            std::panic::resume_unwind(Box::new(Unwound));
        }
        self.abort_if_left_behind();
    }

    /// Ends the process if the calling thread is the first one and its run was
    /// given up: see [`Control::unwind_if_doomed`].
    pub(crate) fn abort_if_left_behind(&self) {
        if self.run.is_abandoned() {
            log::error!("a destructor of the main thread waits for what cannot come: aborting");
            std::process::abort();
        }
    }
}

/// Any other thread's side.
impl Control {
    /// Makes the thread able to run, or lets its next wait end at once. The
    /// dispatcher learns that `by` did it, where that is a scheduled thread.
    ///
    /// To be called after the locks of the waker are released; `at` is the line
    /// at which the waker stands.
    pub(crate) fn unpark(&self, by: Option<&Control>, at: Option<Place>) {
        self.post_wake(by);
        if let Some(by) = by
            && Arc::ptr_eq(&by.run, &self.run)
        {
            by.let_it_be_seen(at);
        }
    }

    /// The first half of [`unpark`](Control::unpark): may be called in a critical
    /// section, and [`let_it_be_seen`](Control::let_it_be_seen) follows after it.
    pub(crate) fn post_wake(&self, by: Option<&Control>) {
        // A thread of another scheduler has its number there, not here.
        let by = by.filter(|by| Arc::ptr_eq(&by.run, &self.run));
        if let Some(conductor) = &self.run.conductor {
            return conductor.wake(self.id, by);
        }
        let _guard = Guard::new();
        let number = by.map_or(0, |by| by.id.0 + 1);
        self.woken_by.store(number, Ordering::Release);
        self.run.inbox.post(&self.wake_note);
    }

    /// Lets the dispatcher see what the calling thread, which is this one, has
    /// posted, before it goes on at `at`: in checkpoint mode, where all happens
    /// in one order.
    pub(crate) fn let_it_be_seen(&self, at: Option<Place>) {
        if self.run.mode == Preemption::Checkpoint {
            self.ask(Request::Notify, at);
        }
    }
}

/// The dispatcher's side.
impl Control {
    /// Takes what the thread asked for before it stopped.
    pub(crate) fn take_request(&self) -> (Request, Option<Place>) {
        self.request
            .try_lock()
            .expect("a stopped thread holds no lock of its own (2)")
            .take()
            .expect("a thread that stops by itself leaves a request")
    }

    /// The OS thread's number.
    pub(crate) fn os_thread(&self) -> i32 {
        self.os_thread.load(Ordering::Acquire)
    }

    /// Who woke it last.
    pub(crate) fn woken_by(&self) -> Option<ThreadId> {
        let number = self.woken_by.load(Ordering::Acquire);
        number.checked_sub(1).map(ThreadId)
    }

    /// The thread is over.
    pub(crate) fn set_over(&self) {
        self.over.store(true, Ordering::Release);
    }
}

/// What a thread is unwound with when its run cannot go on.
#[derive(Debug)]
pub(crate) struct Unwound;
