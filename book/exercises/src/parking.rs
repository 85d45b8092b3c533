//! A parking place like that of `std::thread`, under observation.
//!
//! [`current`], [`park`] and [`Thread::unpark`] do what those of `std::thread`
//! do, permit included: an unpark that comes first lets the next park end at
//! once. But here parks are counted, and the world outside is a list of
//! [`Happening`]s, each of which comes when the thread parks. When none is left
//! the thread would sleep for ever: that is a panic, and is told apart.
//!
//! Invariant: (1) `park` waits only for threads started by [`helper`]; when they
//! are over, and nobody unparked, it panics. So no check hangs in it.
//!
//! Book: "Exercises" in the introduction.

use crate::check::caught;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread as std_thread;
use std::time::{Duration, Instant};

/// Something that happens outside while the thread is parked.
pub type Happening = Box<dyn FnOnce()>;

/// A thread that parks.
#[derive(Clone, Debug)]
pub struct Thread(Arc<Place>);

/// Where a thread parks.
#[derive(Debug, Default)]
struct Place {
    /// What is known of it.
    state: Mutex<State>,
    /// Notified when `state` changes.
    changed: Condvar,
}

/// What is known of a place.
#[derive(Debug, Default)]
struct State {
    /// Whether the next park ends at once.
    permit: bool,
    /// How often the thread has parked.
    parks: u32,
    /// How many helpers are at work.
    helpers: u32,
    /// Whether it parked although nobody could unpark it.
    standstill: bool,
}

thread_local! {
    /// This thread's place.
    static PLACE: RefCell<Thread> = RefCell::new(Thread(Arc::default()));
    /// What will happen outside.
    static WORLD: RefCell<VecDeque<Happening>> = const { RefCell::new(VecDeque::new()) };
}

impl Place {
    /// Its state.
    fn state(&self) -> MutexGuard<'_, State> {
        // A panic leaves the state as it should be: nothing is done by halves.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The thread that calls this.
pub fn current() -> Thread {
    PLACE.with_borrow(Thread::clone)
}

impl Thread {
    /// Lets the thread's park end; its next one, if it is not parked.
    pub fn unpark(&self) {
        self.0.state().permit = true;
        self.0.changed.notify_all();
    }

    /// How often it has parked.
    pub fn parks(&self) -> u32 {
        self.0.state().parks
    }

    /// Waits until it has parked for the first time, or `limit` has passed.
    pub fn wait_for_park(&self, limit: Duration) {
        let end = Instant::now() + limit;
        while self.parks() == 0 && Instant::now() < end {
            std_thread::sleep(Duration::from_millis(1));
        }
    }
}

/// Waits until somebody unparks this thread.
///
/// # Panics
///
/// If nobody ever will.
pub fn park() {
    let place = current().0;
    place.state().parks += 1;
    loop {
        let mut state = place.state();
        if state.permit {
            state.permit = false;
            return;
        }
        drop(state);
        match WORLD.with_borrow_mut(VecDeque::pop_front) {
            Some(happening) => happening(), // nothing is borrowed or locked
            None => break,
        }
    }
    let state = place.state();
    let idle = |state: &mut State| !state.permit && state.helpers > 0;
    let waited = place.changed.wait_while(state, idle);
    let mut state = waited.unwrap_or_else(PoisonError::into_inner);
    if !state.permit {
        state.standstill = true;
        drop(state);
        panic!("the thread parks, and nobody will ever unpark it");
    }
    state.permit = false;
}

/// Starts an OS thread that may unpark this one: while it works, a park waits.
pub fn helper(work: impl FnOnce() + Send + 'static) -> std_thread::JoinHandle<()> {
    /// Tells the place that a helper is over, however it ends.
    struct Over(Thread);
    impl Drop for Over {
        fn drop(&mut self) {
            self.0.0.state().helpers -= 1;
            self.0.0.changed.notify_all();
        }
    }

    let over = Over(current());
    over.0.0.state().helpers += 1;
    std_thread::spawn(move || {
        let _over = over;
        work();
    })
}

/// How an observed run went.
#[derive(Debug)]
pub struct Observation {
    /// How often the thread parked.
    pub parks: u32,
    /// Whether it parked although nobody could unpark it.
    pub standstill: bool,
    /// The message of a panic, if there was one.
    pub panic: Option<String>,
}

/// Calls `run` at a place of its own, with the world's happenings in this order.
pub fn observe(world: impl IntoIterator<Item = Happening>, run: impl FnOnce()) -> Observation {
    PLACE.set(Thread(Arc::default()));
    WORLD.set(world.into_iter().collect());
    let panic = caught(run).err();
    let rest = WORLD.take();
    drop(rest); // while nothing is borrowed: it may hold foreign code
    let place = current().0;
    let state = place.state();
    Observation {
        parks: state.parks,
        standstill: state.standstill,
        panic,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unpark_before_park_is_kept_once() {
        let observation = observe([], || {
            current().unpark();
            current().unpark();
            park();
        });
        assert_eq!((observation.parks, observation.standstill), (1, false));
        let observation = observe([], || {
            current().unpark();
            park();
            park();
        });
        assert_eq!((observation.parks, observation.standstill), (2, true));
    }

    #[test]
    fn the_world_goes_on_until_somebody_unparks() {
        let observation = observe([], || {
            let me = current();
            let unpark: Happening = Box::new(move || me.unpark());
            let nothing = || -> Happening { Box::new(|| {}) };
            WORLD.set([nothing(), unpark, nothing()].into());
            park();
            assert_eq!(WORLD.with_borrow(VecDeque::len), 1);
        });
        assert_eq!((observation.parks, observation.panic), (1, None));
    }

    #[test]
    fn a_park_waits_for_helpers_and_for_nobody_else() {
        let observation = observe([], || {
            let me = current();
            let helper = helper(move || me.unpark());
            park();
            helper.join().unwrap();
        });
        assert_eq!((observation.standstill, observation.panic), (false, None));
        let observation = observe([], || {
            let _ = helper(|| {});
            park();
        });
        assert!(observation.standstill);
    }
}
