//! The vocabulary: every event that it lists happens, with the keys it lists.
//!
//! That no other happens is checked wherever a record is written, in every test.

mod support;

use runtime::Local;
use runtime::net::{TcpListener, TcpStream};
use runtime::sync::{Barrier, Mutex, Notify, RwLock, Semaphore, channel};
use runtime::trace::{VOCABULARY, mark};
use runtime::{
    Builder, Class, Clock, EventLoop, blocking, set_class, sleep, spawn, timeout, yield_now,
};
use std::collections::BTreeSet;
use std::error::Error;
use std::future::{pending, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::Poll;
use std::thread;
use std::time::Duration;
use support::{Record, records};

/// Whether it is a step of the loop: mio logs, too, if another crate of the
/// build asks it to, and the loop's account is not part of the vocabulary.
fn is_a_step(record: &Record) -> bool {
    record.target == "runtime" && record.level == log::Level::Trace
}

/// Of each task its own.
static OWN: Local<u32> = Local::new("own", || 0);

/// Does everything that a program can do.
fn everything() {
    let mut event_loop = EventLoop::new(Clock::Real);
    event_loop.set_slow_poll_limit(Some(Duration::from_millis(1)));
    let done = event_loop.block_on(everything_in_a_loop());
    done.expect("nothing in it fails");
    EventLoop::new(Clock::Virtual).block_on(sleep(Duration::from_millis(1)));
}

/// All but the jump of virtual time.
async fn everything_in_a_loop() -> Result<(), Box<dyn Error>> {
    // Tasks: woken twice and too late, completed, panicked, cancelled, slow.
    mark("here");
    set_class(Class::Urgent);
    OWN.set(1);
    let waker = poll_fn(|context| Poll::Ready(context.waker().clone()));
    let waker = Builder::new().name("waker").spawn(waker).await?;
    waker.wake();
    let aborted = spawn(pending::<()>());
    aborted.abort();
    assert!(aborted.await.is_err());
    assert!(spawn(async { panic!("on purpose") }).await.is_err());
    yield_now().await;
    thread::sleep(Duration::from_millis(2));

    // Time.
    let limited = timeout(Duration::from_millis(2), pending::<()>()).await;
    assert!(limited.is_err());
    timeout(Duration::from_secs(9), yield_now()).await?;

    // The OS.
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let client = spawn(async move {
        let stream = TcpStream::connect(address).await?;
        stream.write_all(b"x").await
    });
    let (stream, _) = listener.accept().await?;
    while stream.read(&mut [0]).await? > 0 {}
    client.await??;

    // Calls that block.
    blocking::spawn(|| ()).await?;

    // Communication.
    let (sender, receiver) = channel(1);
    sender.send(()).await?;
    receiver.recv().await?;

    // Synchronization.
    let mutex = Rc::new(Mutex::new(()));
    let guard = mutex.lock().await;
    let own = mutex.clone();
    let waiting = spawn(async move { drop(own.lock().await) });
    sleep(Duration::from_millis(1)).await; // this task is urgent: the other runs only now
    drop(guard);
    waiting.await?;
    drop(RwLock::new(()).read().await);
    drop(Semaphore::new(1).acquire(1).await?);
    Notify::new().notify_one();
    Barrier::new(1).wait().await;
    Ok(())
}

#[test]
fn every_event_of_the_vocabulary_happens_with_the_keys_that_it_lists() {
    let records = records(everything);
    let mut happened = BTreeSet::new();
    for record in records.iter().filter(|record| is_a_step(record)) {
        let event = VOCABULARY.iter().find(|event| event.name == record.name);
        let event = event.unwrap_or_else(|| panic!("{record:?} is not in the vocabulary"));
        let keys: Vec<_> = record.keys.iter().map(|(key, _)| key.as_str()).collect();
        // Those that are always there are in order; an optional one may come between.
        let always = ["t", "loop"].into_iter();
        let always = always.chain(event.keys.split_whitespace()).chain(["src"]);
        let optional: Vec<_> = event.optional.split_whitespace().chain(["at"]).collect();
        let found = keys.iter().copied().filter(|key| !optional.contains(key));
        assert!(found.eq(always), "{record:?}");
        happened.insert(event.name);
    }
    let listed: BTreeSet<_> = VOCABULARY.iter().map(|event| event.name).collect();
    let missing: Vec<_> = listed.difference(&happened).collect();
    assert!(missing.is_empty(), "these never happened: {missing:?}");
}

#[test]
fn times_and_places_are_on_every_record() {
    for record in records(everything) {
        if !is_a_step(&record) {
            continue;
        }
        record.get("t").unwrap().parse::<u64>().unwrap();
        record.get("loop").unwrap().parse::<u64>().unwrap();
        let (file, line) = record.get("src").unwrap().rsplit_once(':').unwrap();
        assert!(file.starts_with("runtime/src/"), "{record:?}");
        line.parse::<u32>().unwrap();
        if let Some(at) = record.get("at") {
            assert!(at.starts_with("runtime/tests/vocabulary.rs:"), "{record:?}");
        }
    }
}

#[test]
fn no_place_is_told_where_a_future_is_awaited_through_a_pin_or_a_box() {
    let records = records(|| {
        EventLoop::new(Clock::Virtual).block_on(async {
            pin!(sleep(Duration::from_millis(1))).as_mut().await;
            (&mut sleep(Duration::from_millis(1))).await;
            let boxed: Pin<Box<dyn Future<Output = ()>>> =
                Box::pin(sleep(Duration::from_millis(1)));
            boxed.await;
        });
    });
    for at in records.iter().filter_map(|record| record.get("at")) {
        assert!(at.starts_with("runtime/tests/vocabulary.rs:"), "{at}");
    }
}
