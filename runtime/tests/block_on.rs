//! Entering a loop: from inside of one, from outside of any.

mod support;

use runtime::sync::channel;
use runtime::{Builder, Clock, EventLoop, now, sleep, spawn, timeout, yield_now};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use support::{only, trace};

/// What `action` says when it panics.
fn panic_message(action: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(action)).expect_err("it panics");
    match panic.downcast::<String>() {
        Ok(message) => *message,
        Err(panic) => (*panic.downcast::<&str>().expect("panics have words")).into(),
    }
}

#[test]
fn block_on_inside_a_loop_panics_and_says_what_to_do() {
    let message = panic_message(|| {
        EventLoop::new(Clock::Virtual).block_on(async {
            EventLoop::new(Clock::Virtual).block_on(async {});
        });
    });
    assert_eq!(
        message,
        "block_on() was called inside of an event loop: it would keep that loop, and every \
         task in it; `.await` the future or `spawn` it instead"
    );
    let message = panic_message(|| {
        EventLoop::new(Clock::Virtual).block_on(async {
            EventLoop::new(Clock::Virtual).turn();
        });
    });
    assert!(message.starts_with("turn() was called inside"), "{message}");
}

#[test]
fn after_a_panic_the_thread_is_outside_of_the_loop_again() {
    panic_message(|| EventLoop::new(Clock::Virtual).block_on(async { panic!("out") }));
    EventLoop::new(Clock::Virtual).block_on(async {});
}

#[test]
fn outside_of_a_loop_whatever_needs_one_panics_and_says_so() {
    /// Polls a future where no loop is.
    fn poll<F: Future>(future: F) {
        let _ = pin!(future).poll(&mut Context::from_waker(Waker::noop()));
    }
    let outside = |what: &str| {
        format!(
            "{what} was called outside of an event loop: \
             call it in a future that an `EventLoop` runs"
        )
    };
    assert_eq!(panic_message(|| drop(spawn(async {}))), outside("spawn()"));
    let build = || drop(Builder::new().name("x").spawn(async {}));
    assert_eq!(panic_message(build), outside("spawn()"));
    assert_eq!(
        panic_message(|| assert_eq!(now(), Duration::ZERO)),
        outside("now()")
    );
    assert_eq!(
        panic_message(|| poll(sleep(Duration::ZERO))),
        outside("sleep()")
    );
    let (sender, receiver) = channel::<u8>(1);
    assert_eq!(panic_message(|| poll(sender.send(1))), outside("send()"));
    assert_eq!(panic_message(|| poll(receiver.recv())), outside("recv()"));
    let bind = || drop(runtime::net::TcpListener::bind("127.0.0.1:0"));
    assert_eq!(panic_message(bind), outside("TcpListener::bind()"));
    let connect = || poll(runtime::net::TcpStream::connect("127.0.0.1:1"));
    assert_eq!(panic_message(connect), outside("TcpStream::connect()"));
    runtime::trace::mark("nobody traces this");
    poll(yield_now()); // it needs a waker, and no loop
}

#[test]
fn the_future_and_its_output_may_borrow() {
    let text = String::from("borrowed");
    let word = EventLoop::new(Clock::Virtual).block_on(async {
        yield_now().await;
        text.as_str()
    });
    assert_eq!(word, "borrowed");
}

#[test]
fn futures_may_be_made_outside_and_run_inside() {
    let mut event_loop = EventLoop::new(Clock::Virtual);
    let slept = sleep(Duration::from_millis(1));
    event_loop.block_on(slept);
    let limited = timeout(Duration::from_millis(1), yield_now());
    assert_eq!(event_loop.block_on(limited), Ok(()));
}

#[test]
fn a_loop_may_be_dropped_inside_of_another() {
    EventLoop::new(Clock::Virtual).block_on(async {
        let mut inner = EventLoop::new(Clock::Virtual);
        let task = inner.spawn(async {});
        drop(inner);
        assert!(task.await.unwrap_err().is_cancelled());
        spawn(async {}).await.unwrap(); // we are in the outer loop again
    });
}

#[test]
fn a_loop_may_be_moved_to_another_place_between_its_turns() {
    let mut event_loop = EventLoop::new(Clock::Virtual);
    let task = event_loop.spawn(async {
        yield_now().await;
        2
    });
    event_loop.turn();
    let mut moved = Box::new(event_loop);
    assert_eq!(moved.block_on(task).unwrap(), 2);
}

/// Panics when it is polled, and again when it is dropped.
struct Hopeless;

impl Future for Hopeless {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        panic!("polled")
    }
}

impl Drop for Hopeless {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

#[test]
fn a_future_that_panics_in_its_poll_and_in_its_destructor_does_not_abort() {
    let mut event_loop = EventLoop::new(Clock::Virtual);
    let message = panic_message(|| event_loop.block_on(Hopeless));
    assert_eq!(message, "dropped");
    assert_eq!(event_loop.block_on(async { 1 }), 1);
}

#[test]
fn what_a_panicked_future_held_is_gone_before_its_end_is_announced() {
    let trace = trace(|| {
        let panics = async {
            yield_now().await;
            panic!("on purpose")
        };
        let limited = timeout(Duration::from_secs(1), panics);
        panic_message(|| {
            let _ = EventLoop::new(Clock::Virtual).block_on(limited);
        });
    });
    let trace = only(&trace, &["timer_dropped", "panicked"]);
    assert_eq!(
        trace,
        [
            "timer_dropped timer=1",
            "panicked task=0 ran=0 message=\"on purpose\"",
        ]
    );
}
