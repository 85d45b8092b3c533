//! How late a timer or a readiness is seen while tasks keep the loop busy: the
//! bounds that `event_loop` states, in polls and in (virtual) time.

use runtime::net::{TcpListener, TcpStream};
use runtime::{Clock, EventLoop, now, sleep, spawn, stats, work, yield_now};
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

/// A microsecond.
const US: Duration = Duration::from_micros(1);

/// Spawns `count` tasks that work for `each` in every poll, and never wait.
fn keep_busy(count: u64, each: Duration) {
    for _ in 0..count {
        drop(spawn(async move {
            loop {
                work(each);
                yield_now().await;
            }
        }));
    }
}

/// How late a timer wakes its task, at worst of 200: in polls, and in time.
fn latest_timer(busy: u64, each: Duration) -> (u64, Duration) {
    EventLoop::new(Clock::Virtual).block_on(async {
        keep_busy(busy, each);
        let mut latest = (0, Duration::ZERO);
        for n in 1..=200 {
            let due = now() + US * n;
            // Whoever is polled when it is due sees how many polls there were.
            let at_due = Rc::new(Cell::new(None));
            let seen = at_due.clone();
            let watch = spawn(async move {
                while now() < due {
                    seen.set(Some(stats().polls));
                    yield_now().await;
                }
            });
            sleep(US * n).await;
            watch.abort();
            let polls = stats().polls - at_due.get().unwrap_or_else(|| stats().polls);
            latest = (latest.0.max(polls), latest.1.max(now().saturating_sub(due)));
        }
        latest
    })
}

/// How late a task learns that its peer has sent a byte: in polls, and in time.
fn latest_readiness(busy: u64, each: Duration) -> (u64, Duration) {
    EventLoop::new(Clock::Virtual).block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it has one");
        let client = spawn(async move { TcpStream::connect(address).await });
        let (ours, _) = listener.accept().await.expect("a peer");
        let peer = client.await.expect("no panic").expect("connected");
        keep_busy(busy, each);
        let sent = Rc::new(Cell::new(None));
        let note = sent.clone();
        let writer = spawn(async move {
            for round in 0..100 {
                for _ in 0..=round % 7 {
                    yield_now().await; // elsewhere between two askings
                }
                peer.write_all(b"x").await.expect("room");
                note.set(Some((stats().polls, now())));
                while note.get().is_some() {
                    yield_now().await; // until it was read
                }
            }
        });
        let mut latest = (0, Duration::ZERO);
        for _ in 0..100 {
            assert_eq!(ours.read(&mut [0]).await.expect("a byte"), 1);
            let (polls, time) = sent.take().expect("it was sent");
            let late = (stats().polls - polls, now().saturating_sub(time));
            latest = (latest.0.max(late.0), latest.1.max(late.1));
        }
        writer.await.expect("no panic");
        latest
    })
}

#[test]
fn a_timer_is_seen_at_the_end_of_the_turn_in_which_it_is_due() {
    for (busy, each) in [(1, US * 10), (10, US * 100), (100, US), (1_000, US * 7)] {
        let (polls, time) = latest_timer(busy, each);
        // A turn polls the busy ones and the watcher; so does the next, before
        // the task that the timer has woken has its turn.
        assert!(polls <= 2 * (busy + 1), "{busy} busy: {polls} polls");
        let turn = each * u32::try_from(busy).unwrap();
        assert!(time <= turn * 2, "{busy} busy: {time:?}");
    }
}

#[test]
fn a_readiness_is_seen_when_the_os_is_asked_at_the_end_of_a_turn() {
    for (busy, each) in [
        (1, US * 10),
        (1, US * 5_000),
        (10, US),
        (10, US * 300),
        (200, US),
    ] {
        let (polls, time) = latest_readiness(busy, each);
        // 63 polls, the turn in which the 64th is, and one before the reader's
        // own. The writer is polled in each.
        let turn = busy + 2;
        assert!(polls <= 63 + 2 * turn, "{busy} busy: {polls} polls");
        let turn = each * u32::try_from(busy).unwrap();
        let limit = Duration::from_millis(1) + turn * 2;
        assert!(time <= limit, "{busy} busy: {time:?} of {limit:?}");
    }
}
