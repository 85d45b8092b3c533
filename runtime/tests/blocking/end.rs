//! What a call outlives: its handle, its task, its loop.

use super::{LONG, block_on, tell_of_end, until_told};
use crate::support::warnings;
use runtime::blocking::{self, JobError, Limits};
use runtime::{Clock, EventLoop, JoinHandle, spawn, yield_now};
use std::cell::Cell;
use std::future::pending;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

#[test]
fn idle_threads_end_with_their_loop() {
    let mut event_loop = EventLoop::new(Clock::Virtual);
    event_loop.set_blocking_limits(Limits {
        idle: LONG,
        ..Limits::default()
    });
    let (ended, call) = tell_of_end();
    event_loop.block_on(async { blocking::spawn(call).await.unwrap() });
    drop(event_loop);
    ended.recv().expect("it ends");
}

#[test]
fn a_dropped_job_is_carried_out_and_its_result_dropped_in_the_loop() {
    /// Says which thread drops it.
    struct Dropped(mpsc::Sender<thread::ThreadId>);
    impl Drop for Dropped {
        fn drop(&mut self) {
            self.0.send(thread::current().id()).unwrap();
        }
    }
    let (sender, receiver) = mpsc::channel();
    block_on(async {
        drop(blocking::spawn(move || Dropped(sender)));
        blocking::spawn(|| ()).await.unwrap();
    });
    assert_eq!(receiver.recv(), Ok(thread::current().id()));
}

#[test]
fn a_loop_with_no_task_left_waits_for_the_call_in_its_drop() {
    let (sender, receiver) = mpsc::channel();
    let mut event_loop = EventLoop::new(Clock::Virtual);
    let (done, call) = until_told();
    drop(event_loop.spawn(async {
        drop(blocking::spawn(move || {
            call();
            sender.send("written").unwrap();
        }));
    }));
    event_loop.run(); // ends: no task waits for the call
    drop(done);
    drop(event_loop);
    assert_eq!(receiver.try_recv(), Ok("written"));
}

#[test]
fn a_task_that_a_results_destructor_spawns_at_the_end_is_cancelled_with_the_others() {
    thread_local! {
        /// The task that was spawned.
        static LATE: Cell<Option<JoinHandle<()>>> = const { Cell::new(None) };
    }
    struct Spawns;
    impl Drop for Spawns {
        fn drop(&mut self) {
            LATE.set(Some(spawn(pending())));
        }
    }
    let mut event_loop = EventLoop::new(Clock::Real);
    let (end, ended) = mpsc::channel::<()>();
    event_loop.block_on(async move {
        drop(blocking::spawn(move || {
            ended.recv().unwrap_err(); // the loop ends, and drops the task below
            Spawns
        }));
        drop(spawn(async move {
            pending::<()>().await;
            drop(end);
        }));
        yield_now().await;
    });
    drop(event_loop);
    assert!(LATE.take().unwrap().is_finished());
}

#[test]
fn run_goes_on_while_a_task_waits_for_a_call() {
    let (sender, receiver) = mpsc::channel();
    let mut event_loop = EventLoop::new(Clock::Virtual);
    drop(event_loop.spawn(async move {
        let result = blocking::spawn(|| 1).await;
        sender.send(result.unwrap()).unwrap();
    }));
    event_loop.run();
    assert_eq!(receiver.try_recv(), Ok(1));
}

#[test]
fn the_end_drops_what_is_queued_leaves_what_runs_and_says_so() {
    let (done, call) = until_told();
    let (sender, receiver) = mpsc::channel::<()>();
    let mut jobs = Vec::new();
    let warned = warnings(|| {
        let mut event_loop = EventLoop::new(Clock::Real);
        event_loop.set_blocking_limits(Limits {
            threads: 1,
            shutdown: Duration::ZERO,
            ..Limits::default()
        });
        event_loop.block_on(async {
            jobs.push(blocking::spawn(call));
            jobs.push(blocking::spawn(move || drop(sender)));
        });
    });
    assert_eq!(warned.len(), 2, "{warned:?}");
    let place = "the loop ends, but the blocking call at runtime/tests/blocking/end.rs:";
    assert!(warned.iter().all(|warning| warning.starts_with(place)));
    assert!(warned[0].ends_with("(job 2) had not begun, and is dropped"));
    assert!(warned[1].ends_with("(job 1) still runs: it is left, and its result will be dropped"));
    // The queued call is gone with all that it held, unmade.
    assert_eq!(receiver.try_recv(), Err(mpsc::TryRecvError::Disconnected));
    // Whoever kept the jobs is told.
    for job in jobs {
        let error: JobError = block_on(job).unwrap_err();
        assert!(error.is_cancelled());
    }
    drop(done);
}

#[test]
fn what_a_call_gives_after_its_loop_is_gone_is_dropped() {
    let (done, call) = until_told();
    let (sender, receiver) = mpsc::channel::<()>();
    let mut event_loop = EventLoop::new(Clock::Real);
    event_loop.set_blocking_limits(Limits {
        shutdown: Duration::ZERO,
        ..Limits::default()
    });
    event_loop.block_on(async {
        drop(blocking::spawn(move || {
            call();
            sender
        }));
    });
    drop(event_loop);
    drop(done);
    receiver.recv().expect_err("the sender is dropped");
}
