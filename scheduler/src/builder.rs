//! Starting threads, and ending them.
//!
//! Invariants: (1) a thread is reported only once it stands at its gate, and
//! its spawner waits for that: one that is dispatched earlier could be stuck in
//! the C library's start-up, behind a lock that a frozen thread holds; (2) the
//! destructors of its thread-locals still run as part of the thread: ours is
//! registered first, so it runs last, and reports the end.
//!
//! Book: chapter 2. Mirror: `runtime::Builder`.

use crate::control::{Control, Panicked, Request, Unwound, current};
use crate::explore::{Access, Operation};
use crate::join_handle::{JoinHandle, Packet};
use crate::local;
use crate::place::Place;
use crate::policy::{Attributes, CpuId, ThreadId};
use crate::preempt::current::{Entered, enter};
use crate::preempt::panics;
use crate::scope::Scope;
use crate::time::Time;
use crate::trace::Text;
use std::any::Any;
use std::cell::RefCell;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// Starts a thread that runs `body`, and returns its handle. Short for
/// `Builder::new().spawn(body)`.
///
/// # Panics
///
/// As [`Builder::spawn`].
#[track_caller]
pub fn spawn<T, F>(body: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    Builder::new().spawn(body)
}

/// Says what a thread is called and what the policy shall know of it.
///
/// ```
/// # use scheduler::{Builder, Preemption, Scheduler, policy::FirstComeFirstServed};
/// # Scheduler::new(Preemption::Checkpoint, FirstComeFirstServed::new()).run(|| {
/// let handle = Builder::new().name("ping").priority(2).spawn(|| 6 * 7);
/// assert_eq!(handle.join().unwrap(), 42);
/// # }).unwrap();
/// ```
#[derive(Clone, Debug)]
#[must_use = "a builder builds nothing until `spawn`"]
pub struct Builder {
    /// The name; None for `thread N`.
    name: Option<String>,
    /// What the policy shall know; number and arrival are still open.
    attributes: Attributes,
    /// The deadline, counted from the spawning.
    deadline: Option<Duration>,
}

impl Builder {
    /// An ordinary thread.
    pub fn new() -> Builder {
        Builder {
            name: None,
            attributes: Attributes::new(ThreadId(0), Time::ZERO),
            deadline: None,
        }
    }

    /// Its name in traces and messages.
    pub fn name(self, name: impl Into<String>) -> Builder {
        let name = Some(name.into());
        Builder { name, ..self }
    }

    /// Its importance; the larger number is the more important thread. 0 unless
    /// set. [`Thread::set_priority`](crate::Thread::set_priority) changes it later.
    pub fn priority(mut self, priority: i32) -> Builder {
        self.attributes.priority = priority;
        self
    }

    /// Its share of the CPU in relation to others'. 1 unless set.
    pub fn weight(mut self, weight: u32) -> Builder {
        self.attributes.weight = weight;
        self
    }

    /// How long it will run before it first blocks or finishes, for policies
    /// that want to know.
    pub fn burst(mut self, burst: Duration) -> Builder {
        self.attributes.burst = Some(burst);
        self
    }

    /// How often it must do its work.
    pub fn period(mut self, period: Duration) -> Builder {
        self.attributes.period = Some(period);
        self
    }

    /// How soon after being spawned its work must be done.
    pub fn deadline(mut self, after: Duration) -> Builder {
        self.deadline = Some(after);
        self
    }

    /// The only CPU that it may run on.
    pub fn affinity(mut self, cpu: CpuId) -> Builder {
        self.attributes.affinity = Some(cpu);
        self
    }

    /// Starts the thread, which runs `body` once it is dispatched.
    ///
    /// # Panics
    ///
    /// Outside a scheduler; if the operating system has no thread left; if the
    /// thread is to run on a CPU only that does not exist.
    #[track_caller]
    pub fn spawn<T, F>(self, body: F) -> JoinHandle<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        self.start(Place::caller(), |builder, control, packet| {
            if let Some(conductor) = control.run.conductor.clone() {
                let its = Arc::clone(&control);
                return conductor.employ(&its, Box::new(move || act(&control, body, &packet)));
            }
            let life = move || live(&control, body, &packet);
            builder.spawn(life).map(drop)
        })
    }

    /// Starts the thread in `scope`, so that `body` may borrow what outlives
    /// that: see [`scope`](crate::scope()).
    ///
    /// # Panics
    ///
    /// As [`Builder::spawn`].
    #[track_caller]
    pub fn spawn_scoped<'scope, T, F>(self, scope: &Scope<'scope, '_>, body: F) -> JoinHandle<T>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        self.start(Place::caller(), |builder, control, packet| {
            scope.add(&control, &packet);
            if let Some(conductor) = &control.run.conductor {
                conductor.expect(&control);
            }
            let life = move || live(&control, body, &packet);
            builder.spawn_scoped(scope.threads(), life).map(drop)
        })
    }

    // ANCHOR: spawn
    /// Starts the thread from line `at`: `begin` makes the OS thread.
    fn start<T>(
        self,
        at: Place,
        begin: impl FnOnce(thread::Builder, Arc<Control>, Arc<Packet<T>>) -> io::Result<()>,
    ) -> JoinHandle<T> {
        let spawner = current().expect(
            "`spawn` starts a thread of the scheduler that runs the caller: \
             call it inside `Scheduler::run`, outside `blocking`",
        );
        spawner.checkpoint(Operation::local(Access::Spawn), at);
        let run = Arc::clone(&spawner.run);
        let mut attributes = self.attributes;
        if let Some(cpu) = attributes.affinity {
            assert!(
                cpu.0 < run.cpus,
                "a thread wants CPU {cpu}, which does not exist"
            );
        }
        attributes.id = run.next_thread();
        attributes.deadline = self.deadline.map(|after| run.now() + after);
        let name = self
            .name
            .unwrap_or_else(|| format!("thread {}", attributes.id));
        let control = Arc::new(Control::new(attributes, name, Some(spawner.id), at, run));
        let packet = Arc::new(Packet::new());
        let builder = thread::Builder::new().name(control.name.replace('\0', "?"));
        if let Err(error) = begin(builder, Arc::clone(&control), Arc::clone(&packet)) {
            control.set_over(); // else its scope would wait for it
            refused(&error, "`ulimit -u`, `ulimit -v`, kernel.threads-max");
        }
        spawner.ask(Request::Spawn(Arc::clone(&control)), Some(at)); // (1)
        spawner.unwind_if_doomed();
        JoinHandle::new(control, packet)
    }
    // ANCHOR_END: spawn
}

/// The operating system gives us no further thread, for one of these `limits`.
fn refused(error: &io::Error, limits: &str) -> ! {
    panic!(
        "the operating system refused a thread: {error}. Have fewer threads at a time, or raise \
         its limits ({limits})"
    )
}

impl Default for Builder {
    fn default() -> Builder {
        Builder::new()
    }
}

/// The same on an OS thread that outlives it, and that its conductor has let go.
fn act<T>(control: &Arc<Control>, body: impl FnOnce() -> T, packet: &Packet<T>) {
    let entered = enter(Arc::clone(control));
    if let Some(conductor) = &control.run.conductor {
        panics::keep_quiet(conductor.is_quiet());
    }
    let result = catch_unwind(AssertUnwindSafe(|| {
        control.unwind_if_doomed();
        body()
    }));
    let result = local::drop_values(result);
    let panicked = result.as_ref().err().map(|payload| panicked(&**payload));
    packet.put(result);
    control.finish(panicked);
    drop(entered);
}

/// A scheduled thread's whole life on its OS thread.
fn live<T>(control: &Arc<Control>, body: impl FnOnce() -> T, packet: &Packet<T>) {
    let entered = enter(Arc::clone(control));
    let attached = control.attach();
    EXIT.with_borrow_mut(|exit| {
        // First: nothing of the learner's has run on this OS thread (2).
        *exit = Some(Exit {
            control: Arc::clone(control),
            ended: false,
            refused: false,
            panicked: None,
            entered: Some(entered),
        });
    });
    match &control.run.conductor {
        None => control.context.arrive(), // (1)
        Some(conductor) => {
            panics::keep_quiet(conductor.is_quiet());
            conductor.arrive(control);
        }
    }
    let result = match attached {
        Ok(()) => catch_unwind(AssertUnwindSafe(|| {
            control.unwind_if_doomed();
            body()
        })),
        Err(error) => {
            // careful: nothing can take a CPU from this thread, and it prints and
            // frees. It holds none from here to its end: whoever has stderr's lock,
            // or the heap's, may need it.
            control.enter_call(Some("refused"), control.spawned_at);
            EXIT.with_borrow_mut(|exit| {
                exit.as_mut().expect("it was set above").refused = true;
            });
            catch_unwind(AssertUnwindSafe(|| refused(&error, "`ulimit -i`")))
        }
    };
    let result = local::drop_values(result);
    let panicked = result.as_ref().err().map(|payload| panicked(&**payload));
    packet.put(result);
    EXIT.with_borrow_mut(|exit| {
        let exit = exit.as_mut().expect("it was set above");
        (exit.ended, exit.panicked) = (true, panicked);
    });
}

/// How the calling thread panicked, with `payload`, which was caught.
pub(crate) fn panicked(payload: &(dyn Any + Send)) -> Panicked {
    if payload.is::<Unwound>() {
        return Panicked {
            message: Text::of("unwound: the run could not go on"),
            at: None,
        };
    }
    let text = payload.downcast_ref::<&str>().copied();
    let message = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let message = message.unwrap_or(panics::NO_TEXT);
    // None or another one, which was caught: this one came by `resume_unwind`,
    // or the program has replaced our hook.
    let seen = panics::take().filter(|seen| seen.message == message);
    Panicked {
        message: Text::of(message),
        at: seen.map(|seen| Place::in_file(&seen.file, seen.line)),
    }
}

thread_local! {
    /// What is left to do when this OS thread ends.
    static EXIT: RefCell<Option<Exit>> = const { RefCell::new(None) };
}

/// Reports the thread's end when the OS thread ends, after the destructors of
/// all other thread-locals.
struct Exit {
    /// The thread.
    control: Arc<Control>,
    /// Its result is there.
    ended: bool,
    /// It was given no timer, and has been in a call since.
    refused: bool,
    /// How it panicked, if it did.
    panicked: Option<Panicked>,
    /// Dropped last: from then on the OS thread is an ordinary one.
    entered: Option<Entered>,
}

impl Drop for Exit {
    fn drop(&mut self) {
        if self.ended {
            if self.refused {
                self.control.context.leave_call();
            }
            self.control.finish(self.panicked);
        } else {
            // The thread called `process::exit`, which drops its thread-locals
            // too: it stays a scheduled one to the end of the process.
            std::mem::forget(self.entered.take());
        }
    }
}
