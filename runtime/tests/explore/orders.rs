//! How many orders there are, where that can be counted by hand.

use crate::latch::Latch;
use runtime::{
    Explore, Found, Search, explore, outcome, replay, sleep, spawn, timeout, work, yield_now,
};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

/// What was done, in its order.
type Log = Rc<RefCell<String>>;

/// Tasks of so many polls each; their order, as the letters of who was polled.
async fn polls(of: &[usize]) -> String {
    let (log, latch) = (Log::default(), Latch::new(of.len()));
    for (letter, &polls) in ('a'..).zip(of) {
        let (log, latch) = (log.clone(), latch.clone());
        spawn(async move {
            for _ in 1..polls {
                log.borrow_mut().push(letter);
                yield_now().await;
            }
            log.borrow_mut().push(letter);
            latch.arrive();
        });
    }
    latch.wait().await;
    log.take()
}

/// The number of executions that came to their end, and of what came out.
fn counts(found: &Found) -> (u64, usize) {
    assert!(found.exhausted(), "{found}");
    (found.explored() - found.redundant(), found.outcomes().len())
}

#[test]
fn every_order_of_polls_is_tried_once() {
    for (of, orders) in [
        (&[1, 1][..], 2),
        (&[2, 2], 6),            // 4! / (2! 2!)
        (&[3, 3], 20),           // 6! / (3! 3!)
        (&[2, 2, 2], 90),        // 6! / (2! 2! 2!)
        (&[1, 1, 1, 1], 24),     // 4!
        (&[5, 2, 1], 168),       // 8! / (5! 2! 1!)
        (&[3, 3, 3], 1_680),     // 9! / (3! 3! 3!)
        (&[1, 1, 1, 1, 1], 120), // 5!
    ] {
        for search in [Search::Exhaustive, Search::Plain] {
            let found = Explore::new().search(search).run(|| polls(of));
            // As many results as executions: no order twice.
            assert_eq!(
                counts(&found),
                (orders, usize::try_from(orders).unwrap()),
                "{of:?}"
            );
            assert_eq!(found.redundant(), 0);
            assert!(found.failures().is_empty());
        }
    }
}

#[test]
fn the_first_order_is_the_one_in_which_the_loop_polls_by_itself() {
    let found = explore(|| polls(&[3, 1, 2]));
    let mut event_loop = runtime::EventLoop::new(runtime::Clock::Virtual);
    let by_itself = event_loop.block_on(polls(&[3, 1, 2]));
    let first = &found.outcomes()[0];
    assert_eq!(first.text, format!("{by_itself:?}"));
    assert_eq!((first.schedule.breaks(), first.schedule.steps()), (0, 8));
}

#[test]
fn of_so_many_deviations_only_those_orders_are_tried() {
    // `aabb`, of which the usual order is `abab`. One deviation: `b` first, or `a` or `b`
    // again where the other one is next. Every order has its own, so all are tried with
    // as many as there are steps.
    let all = explore(|| polls(&[2, 2]));
    let mut tried = Vec::new();
    for most in 0..=4 {
        let search = Search::Deviations(most);
        let found = Explore::new().search(search).run(|| polls(&[2, 2]));
        assert!(!found.exhausted());
        let within = all.outcomes().iter();
        let within = within.filter(|outcome| outcome.schedule.breaks() <= most as usize);
        assert_eq!(found.explored(), within.count() as u64);
        tried.push(found.explored());
    }
    assert_eq!(tried, [1, 4, 6, 6, 6]);
}

/// Two tasks sleep for so long each; who is polled when.
async fn sleepers(of: [u64; 2]) -> String {
    let (log, latch) = (Log::default(), Latch::new(2));
    for (letter, seconds) in ('a'..).zip(of) {
        let (log, latch) = (log.clone(), latch.clone());
        spawn(async move {
            log.borrow_mut().push(letter);
            sleep(Duration::from_secs(seconds)).await;
            log.borrow_mut().push(letter.to_ascii_uppercase());
            latch.arrive();
        });
    }
    latch.wait().await;
    log.take()
}

#[test]
fn which_of_two_timers_fires_first_is_tried_where_it_matters() {
    // Two orders in which they fall asleep, and two in which they wake.
    let found = explore(|| sleepers([1, 1]));
    assert_eq!(counts(&found), (4, 4));
    // Behind each of the former: two timers, each before its task, in 4! / (2 * 2) orders.
    let plain = Explore::new()
        .search(Search::Plain)
        .run(|| sleepers([1, 1]));
    assert_eq!(counts(&plain), (12, 4));
}

#[test]
fn a_timer_never_fires_before_one_that_is_due_earlier() {
    let found = explore(|| sleepers([1, 2]));
    assert_eq!(counts(&found), (2, 2));
    for outcome in found.outcomes() {
        assert!(outcome.text.ends_with("AB\""), "{}", outcome.text);
    }
}

#[test]
fn a_timeout_that_ends_with_what_it_limits_can_be_either() {
    let second = Duration::from_secs(1);
    let found = explore(|| async move { timeout(second, sleep(second)).await.is_ok() });
    let texts: Vec<&str> = found.outcomes().iter().map(|it| &*it.text).collect();
    assert_eq!(texts, ["true", "false"]);
    assert!(found.exhausted() && found.failures().is_empty());
    for outcome in found.outcomes() {
        let again = replay(&outcome.schedule, || async move {
            timeout(second, sleep(second)).await.is_ok()
        });
        assert_eq!(again.unwrap().outcome, outcome.text);
    }
}

#[test]
fn what_the_program_says_is_its_outcome() {
    let found = explore(|| async {
        outcome("one");
        spawn(async { outcome(2) }).await.unwrap();
    });
    assert_eq!(found.outcomes()[0].text, "one, 2");
    outcome("nobody listens"); // and nothing happens
}

/// Counts its drops.
struct Counted(Rc<Cell<u64>>);
impl Drop for Counted {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

#[test]
fn tasks_that_are_left_when_the_program_is_over_are_dropped_each_time() {
    let dropped = Rc::new(Cell::new(0));
    let found = explore(|| {
        let counted = Counted(Rc::clone(&dropped));
        async move {
            spawn(async move {
                let _counted = counted;
                sleep(Duration::MAX).await;
            });
            yield_now().await;
        }
    });
    // The main task may be polled again before the other one, or after it.
    assert_eq!(counts(&found), (2, 1));
    assert_eq!(dropped.get(), found.explored());
}

#[test]
fn a_task_that_two_timers_wake_is_polled_behind_the_one_the_other_or_both() {
    let found = explore(|| async {
        let second = Duration::from_secs(1);
        let [mut one, mut two] = [(); 2].map(|()| Box::pin(sleep(second)));
        std::future::poll_fn(move |context| {
            let both = [one.as_mut(), two.as_mut()];
            let fired = both.map(|it| it.poll(context).is_ready());
            if fired.contains(&true) {
                Poll::Ready(fired)
            } else {
                Poll::Pending
            }
        })
        .await
    });
    let texts: BTreeSet<&str> = found.outcomes().iter().map(|it| &*it.text).collect();
    let expected = ["[false, true]", "[true, false]", "[true, true]"];
    assert_eq!(texts, BTreeSet::from(expected), "{found}");
    assert_eq!(counts(&found), (3, 3));
}

#[test]
fn a_timer_that_wakes_a_ready_task_is_told_from_one_that_wakes_it_again() {
    let found = explore(|| async {
        let polls = Rc::new(Cell::new(0));
        spawn(async {
            yield_now().await;
            work(Duration::from_secs(1)); // now the timer is due, and its task is ready
        });
        let (count, mut timer) = (Rc::clone(&polls), Box::pin(sleep(Duration::from_secs(1))));
        spawn(std::future::poll_fn(move |context| {
            count.set(count.get() + 1);
            if count.get() == 1 {
                assert!(timer.as_mut().poll(context).is_pending());
                context.waker().wake_by_ref();
            }
            Poll::<()>::Pending // and never looks at the timer again
        }));
        sleep(Duration::from_secs(5)).await;
        polls.get()
    });
    let texts: BTreeSet<&str> = found.outcomes().iter().map(|it| &*it.text).collect();
    assert_eq!(texts, BTreeSet::from(["2", "3"]), "{found}");
}
