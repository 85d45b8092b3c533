//! Tests of the handler, with a dispatcher that does as little as possible.

use super::super::callers::Callers;
use super::super::context::{Context, Notice, Reason, State};
use super::super::current::{Guard, enter};
use super::super::inbox::Inbox;
use super::super::symbols::Symbols;
use super::super::{clock, futex::Gate};
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use std::{hint, process, thread};

/// A control block with nothing else in it.
struct Block(Context);

impl AsRef<Context> for Block {
    fn as_ref(&self) -> &Context {
        &self.0
    }
}

/// Waits for the next notice that thread 1 stopped, and returns why.
fn stop(inbox: &Inbox<Notice>, block: &Block) -> Reason {
    loop {
        if inbox.collect().count() > 0 {
            assert_eq!(block.0.state(), State::Stopped);
            return block.0.reason();
        }
        let patience = ahead(60_000_000);
        assert!(inbox.wait_until(patience), "the tick was lost");
    }
}

/// Ends the process when it is dropped.
struct FailLoudly;

impl Drop for FailLoudly {
    fn drop(&mut self) {
        let test = thread::current().name().unwrap_or_default().to_owned();
        let _ = writeln!(io::stderr(), "{test} failed; run it with --nocapture");
        process::abort();
    }
}

/// Runs `body` on a scheduled thread, and `dispatcher` beside it.
fn scheduled(body: impl FnOnce() + Send, dispatcher: impl FnOnce(&Inbox<Notice>, &Block)) {
    let inbox = Arc::new(Inbox::new());
    let wanted = Arc::new(AtomicBool::new(true));
    let block = Arc::new(Block(Context::new(1, Arc::clone(&inbox), wanted)));
    thread::scope(|scope| {
        scope.spawn(|| {
            let entered = enter(Arc::clone(&block));
            block.0.attach(true, false).unwrap();
            block.0.arrive();
            body();
            block.0.finish();
            drop(entered);
        });
        // The frozen thread would keep a failed test from ending.
        let failed = FailLoudly;
        assert_eq!(stop(&inbox, &block), Reason::Arrived);
        dispatcher(&inbox, &block);
        std::mem::forget(failed);
    });
}

/// So many microseconds, in ns.
fn micros(microseconds: u64) -> u64 {
    microseconds * 1_000
}

/// The instant `microseconds` ahead.
fn ahead(microseconds: u64) -> u64 {
    clock::now() + micros(microseconds)
}

#[test]
fn a_loop_that_calls_nothing_is_frozen_and_goes_on_where_it_was() {
    let (turns, over) = (AtomicU64::new(0), AtomicBool::new(false));
    let body = || {
        while !over.load(Ordering::Relaxed) {
            turns.fetch_add(1, Ordering::Relaxed);
        }
    };
    scheduled(body, |inbox, block| {
        for _ in 0..100 {
            block.0.dispatch(Some(micros(200)));
            assert_eq!(stop(inbox, block), Reason::Preempted);
            assert!(block.0.program_counter().is_some());
            let frozen = turns.load(Ordering::Relaxed);
            thread::yield_now();
            assert_eq!(turns.load(Ordering::Relaxed), frozen);
        }
        assert!(turns.load(Ordering::Relaxed) > 0);
        over.store(true, Ordering::Relaxed);
        block.0.dispatch(None);
        assert_eq!(stop(inbox, block), Reason::Finished);
    });
}

#[test]
fn a_thread_without_a_deadline_runs_until_it_stops_by_itself() {
    let body = || {
        super::super::current::owner::<Block>()
            .unwrap()
            .0
            .give_way(Reason::Asked);
    };
    scheduled(body, |inbox, block| {
        block.0.dispatch(None);
        assert_eq!(stop(inbox, block), Reason::Asked);
        assert_eq!(block.0.program_counter(), None);
        block.0.dispatch(None);
        assert_eq!(stop(inbox, block), Reason::Finished);
    });
}

#[test]
fn a_quantum_given_while_the_thread_runs_ends_it() {
    let over = AtomicBool::new(false);
    let body = || {
        while !over.load(Ordering::Relaxed) {
            hint::spin_loop();
        }
    };
    scheduled(body, |inbox, block| {
        block.0.dispatch(None);
        block.0.set_deadline(ahead(100));
        assert_eq!(stop(inbox, block), Reason::Preempted);
        over.store(true, Ordering::Relaxed);
        block.0.dispatch(None);
        assert_eq!(stop(inbox, block), Reason::Finished);
    });
}

#[test]
fn the_callers_of_the_place_where_a_thread_is_frozen_are_known() {
    /// Spins until it is told to end.
    #[inline(never)]
    fn spin(over: &AtomicBool) {
        while !over.load(Ordering::Relaxed) {
            hint::spin_loop();
        }
    }
    /// Calls `spin`.
    #[inline(never)]
    fn call(over: &AtomicBool) {
        spin(over);
        hint::black_box(()); // no tail call
    }
    let over = AtomicBool::new(false);
    scheduled(
        || call(&over),
        |inbox, block| {
            block.0.dispatch(Some(micros(1_000)));
            assert_eq!(stop(inbox, block), Reason::Preempted);
            let symbols = Symbols::load().unwrap();
            let callers: Vec<_> = block.0.callers().iter().collect();
            let names = callers.iter().filter_map(|&caller| symbols.resolve(caller));
            let names: Vec<_> = names.map(|place| place.function).collect();
            assert!(
                names.iter().any(|name| name.ends_with("::call")),
                "{names:?}"
            );
            over.store(true, Ordering::Relaxed);
            block.0.dispatch(None);
            assert_eq!(stop(inbox, block), Reason::Finished);
            assert_eq!(block.0.callers(), Callers::NONE);
        },
    );
}

#[test]
fn a_stale_tick_changes_nothing() {
    let body = || {
        let block = super::super::current::owner::<Block>().unwrap();
        for _ in 0..100 {
            block.0.give_way(Reason::Asked);
        }
    };
    scheduled(body, |inbox, block| {
        for _ in 0..100 {
            block.0.dispatch(None);
            assert_eq!(stop(inbox, block), Reason::Asked);
            block.0.set_deadline(ahead(0)); // too late: it stands at its gate
        }
        block.0.dispatch(None);
        assert_eq!(stop(inbox, block), Reason::Finished);
    });
}

#[test]
fn a_tick_that_comes_early_comes_again() {
    let over = AtomicBool::new(false);
    let body = || {
        let began = clock::now();
        // If no tick comes it is over by itself, and finished instead.
        while !over.load(Ordering::Relaxed) && clock::now() - began < micros(60_000_000) {
            hint::spin_loop();
        }
    };
    scheduled(body, |inbox, block| {
        for _ in 0..20 {
            block.0.dispatch(Some(micros(20_000)));
            thread::sleep(Duration::from_millis(5));
            block.0.rearm(); // replaces the tick at the end by one now
            assert_eq!(stop(inbox, block), Reason::Preempted);
        }
        over.store(true, Ordering::Relaxed);
        block.0.dispatch(None);
        assert_eq!(stop(inbox, block), Reason::Finished);
    });
}

#[test]
fn a_guarded_thread_gives_way_when_the_guard_is_dropped() {
    let guarded = AtomicBool::new(false);
    let body = || {
        let guard = Guard::new();
        guarded.store(true, Ordering::SeqCst);
        let late = clock::now() + 5_000_000;
        while clock::now() < late {}
        guarded.store(false, Ordering::SeqCst);
        drop(guard);
    };
    scheduled(body, |inbox, block| {
        block.0.dispatch(Some(micros(300)));
        assert_eq!(stop(inbox, block), Reason::Preempted);
        assert!(!guarded.load(Ordering::SeqCst));
        block.0.dispatch(None);
        assert_eq!(stop(inbox, block), Reason::Finished);
    });
}

#[test]
fn a_frozen_thread_keeps_its_errno() {
    let over = AtomicBool::new(false);
    let body = || {
        super::set_errno(1234);
        while !over.load(Ordering::Relaxed) {
            hint::spin_loop();
        }
        assert_eq!(super::errno(), 1234);
    };
    scheduled(body, |inbox, block| {
        for _ in 0..10 {
            block.0.dispatch(Some(micros(100)));
            assert_eq!(stop(inbox, block), Reason::Preempted);
        }
        over.store(true, Ordering::Relaxed);
        block.0.dispatch(None);
        assert_eq!(stop(inbox, block), Reason::Finished);
    });
}

#[test]
fn a_thread_in_a_blocking_call_is_not_frozen() {
    let (leave, over) = (Gate::new(), AtomicBool::new(false));
    let body = || {
        let block = super::super::current::owner::<Block>().unwrap();
        block.0.enter_call();
        leave.wait();
        assert_eq!(block.0.state(), State::InCall);
        block.0.leave_call();
        over.store(true, Ordering::Relaxed);
    };
    scheduled(body, |inbox, block| {
        block.0.dispatch(None);
        while inbox.collect().count() == 0 {
            inbox.wait(); // until it says that it is in the call
        }
        block.0.set_deadline(ahead(0)); // a tick that nobody wants any more
        leave.open();
        assert_eq!(stop(inbox, block), Reason::Returned);
        assert!(!over.load(Ordering::Relaxed));
        block.0.dispatch(None);
        assert_eq!(stop(inbox, block), Reason::Finished);
    });
}

/// The tick can come between a thread's look at its state and what it does about it:
/// then both come back, and only one of them may say so.
#[test]
fn whoever_came_back_already_does_not_come_back_again() {
    let awake = Gate::new();
    let body = || {
        let block = super::super::current::owner::<Block>().unwrap();
        awake.wait();
        block.0.come_back();
        block.0.come_back();
    };
    scheduled(body, |inbox, block| {
        block.0.dispatch(None);
        while !block.0.find_away() {
            hint::spin_loop(); // until it has begun to run
        }
        awake.open();
        assert_eq!(stop(inbox, block), Reason::Returned);
        block.0.dispatch(None);
        assert_eq!(stop(inbox, block), Reason::Finished);
    });
}

/// Without a heap of the dispatcher's own, whoever came back from a call may hold the
/// lock of the allocator that both use: then it is not frozen until it has left it.
#[test]
fn whoever_came_back_is_not_frozen_where_it_may_hold_what_the_dispatcher_needs() {
    const ROUNDS: u64 = 5;
    let is_ready = AtomicBool::new(false);
    let [go, done] = [const { AtomicU64::new(0) }; 2];
    let body = || {
        let mut bytes = vec![0_u8; 64 << 20];
        is_ready.store(true, Ordering::Release);
        for round in 1..=ROUNDS {
            while go.load(Ordering::Acquire) < round {
                hint::spin_loop();
            }
            bytes.fill(1); // one call of the C library, some milliseconds long
            hint::black_box(&bytes);
            done.store(round, Ordering::Release);
        }
        while go.load(Ordering::Acquire) <= ROUNDS {
            hint::spin_loop();
        }
    };
    scheduled(body, |inbox, block| {
        block.0.dispatch(None);
        while !is_ready.load(Ordering::Acquire) {
            hint::spin_loop();
        }
        let mut frozen_inside = 0;
        for round in 1..=ROUNDS {
            while !block.0.find_away() {
                hint::spin_loop();
            }
            go.store(round, Ordering::Release);
            block.0.set_deadline(ahead(500));
            assert_eq!(stop(inbox, block), Reason::Returned);
            frozen_inside += u64::from(done.load(Ordering::Acquire) < round);
            block.0.dispatch(None);
            while done.load(Ordering::Acquire) < round {
                hint::spin_loop();
            }
        }
        // A tick may come just before the call, but not each time.
        assert!(cfg!(feature = "heap") || frozen_inside < ROUNDS);
        go.store(ROUNDS + 1, Ordering::Release);
        assert_eq!(stop(inbox, block), Reason::Finished);
    });
}
