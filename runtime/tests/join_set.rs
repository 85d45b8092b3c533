//! Sets of tasks: results as they come, and no task outlives its set.

mod support;

use runtime::{Builder, Clock, Elapsed, EventLoop, JoinSet, now, sleep, spawn, timeout, yield_now};
use std::cell::Cell;
use std::future::pending;
use std::rc::Rc;
use std::time::Duration;
use support::{Record, assert_trace, only, records, trace};

/// So many milliseconds.
const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// Runs `main` in virtual time.
fn block_on<T>(main: impl Future<Output = T>) -> T {
    EventLoop::new(Clock::Virtual).block_on(main)
}

/// Counts how many of these there are.
struct Counted(Rc<Cell<usize>>);

impl Counted {
    /// One more.
    fn new(count: &Rc<Cell<usize>>) -> Self {
        count.set(count.get() + 1);
        Counted(count.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

#[test]
fn results_come_in_the_order_of_completion() {
    let trace = trace(|| {
        block_on(async {
            let mut set = JoinSet::new();
            for n in [3, 1] {
                set.spawn(async move {
                    sleep(ms(n)).await;
                    n
                });
            }
            assert_eq!(set.join_next().await.unwrap().unwrap(), 1);
            assert_eq!(set.len(), 1);
            assert_eq!(set.join_next().await.unwrap().unwrap(), 3);
            assert!(set.join_next().await.is_none() && set.is_empty());
        });
    });
    assert_trace(
        &trace[9..],
        &[
            "waiting task=0 on=set:1", // one wait, however many tasks
            "pending task=0 ran=0",
            "turn turn=2 ready=2",
            "polled task=1",
            "timer_armed timer=1 deadline=3000000 task=1",
            "waiting task=1 on=timer:1",
            "pending task=1 ran=0",
            "polled task=2",
            "timer_armed timer=2 deadline=1000000 task=2",
            "waiting task=2 on=timer:2",
            "pending task=2 ran=0",
            "advanced to=1000000",
            "turn turn=3 ready=0",
            "timer_fired timer=2 late=0",
            "woken task=2 by=timer:2 class=normal",
            "turn turn=4 ready=1",
            "polled task=2",
            "completed task=2 ran=0",
            "woken task=0 by=task:2 class=normal", // through the set
            "turn turn=5 ready=1",
            "polled task=0",
            "joined task=2 by=task:0",
            "waiting task=0 on=set:1",
            "pending task=0 ran=0",
            "advanced to=3000000",
            "turn turn=6 ready=0",
            "timer_fired timer=1 late=0",
            "woken task=1 by=timer:1 class=normal",
            "turn turn=7 ready=1",
            "polled task=1",
            "completed task=1 ran=0",
            "woken task=0 by=task:1 class=normal",
            "turn turn=8 ready=1",
            "polled task=0",
            "joined task=1 by=task:0",
            "completed task=0 ran=0",
            "ended turns=8 polls=7 left=0",
        ],
    );
}

#[test]
fn a_set_tells_of_panics_and_of_cancelled_tasks() {
    block_on(async {
        let mut set = JoinSet::new();
        set.spawn(async { panic!("no luck") });
        set.spawn(pending::<()>());
        let panicked = set.join_next().await.unwrap().unwrap_err();
        assert_eq!(panicked.to_string(), "task 1 panicked: no luck");
        set.abort_all();
        let cancelled = set.join_next().await.unwrap().unwrap_err();
        assert!(cancelled.is_cancelled() && set.is_empty());
    });
}

#[test]
fn a_set_that_is_dropped_takes_its_tasks_along() {
    let alive = Rc::new(Cell::new(0));
    block_on(async {
        let mut set = JoinSet::new();
        for _ in 0..3 {
            let counted = Counted::new(&alive);
            set.spawn(async move {
                let _counted = counted;
                pending::<()>().await;
            });
        }
        yield_now().await;
        drop(set);
        assert_eq!(
            alive.get(),
            3,
            "the loop drops them, when it has the thread"
        );
        yield_now().await;
        assert_eq!(alive.get(), 0);
    });
}

#[test]
fn no_task_outlives_a_parent_that_is_aborted_or_panics() {
    let alive = Rc::new(Cell::new(0));
    let family = |ends_badly: bool| {
        let alive = alive.clone();
        async move {
            let mut children = JoinSet::new();
            let counted = Counted::new(&alive);
            children.spawn(async move {
                let mut grandchildren = JoinSet::new();
                let also_counted = Counted::new(&counted.0);
                grandchildren.spawn(async move {
                    let _also_counted = also_counted;
                    pending::<()>().await;
                });
                grandchildren.join_next().await;
            });
            sleep(ms(1)).await;
            assert!(!ends_badly, "on purpose");
            children.join_next().await;
        }
    };
    block_on(async {
        let panics = spawn(family(true));
        let aborted = spawn(family(false));
        assert!(panics.await.unwrap_err().is_panic());
        sleep(ms(1)).await;
        assert_eq!(alive.get(), 2, "the other family is there");
        aborted.abort();
        assert!(aborted.await.unwrap_err().is_cancelled());
        sleep(ms(1)).await;
        assert_eq!(alive.get(), 0);
    });
}

#[test]
fn a_wait_for_a_set_that_is_given_up_loses_nothing() {
    let trace = trace(|| {
        block_on(async {
            let mut set = JoinSet::new();
            set.spawn(sleep(ms(5)));
            assert_eq!(
                timeout(ms(2), set.join_next()).await.map(drop),
                Err(Elapsed)
            );
            sleep(ms(10)).await; // its end wakes nobody
            set.join_next().await.unwrap().unwrap();
            assert_eq!(now(), ms(12));
        });
    });
    assert_trace(
        &only(&trace, &["waiting", "woken", "completed", "joined"]),
        &[
            "woken task=0 by=outside class=normal",
            "woken task=1 by=task:0 class=normal",
            "waiting task=0 on=set:1",
            "waiting task=0 on=timer:1",
            "waiting task=1 on=timer:2",
            "woken task=0 by=timer:1 class=normal",
            "waiting task=0 on=timer:3",
            "woken task=1 by=timer:2 class=normal",
            "completed task=1 ran=0",
            "woken task=0 by=timer:3 class=normal",
            "joined task=1 by=task:0",
            "completed task=0 ran=0",
        ],
    );
}

#[test]
fn tasks_that_were_started_otherwise_can_be_inserted() {
    block_on(async {
        let mut set = JoinSet::default();
        let is_over = spawn(async { 1 });
        let named = Builder::new()
            .name("named")
            .spawn(async { panic!("no luck") });
        yield_now().await;
        let waiting = spawn(async {
            yield_now().await;
            2
        });
        set.insert(is_over);
        set.insert(named);
        let id = set.insert(waiting);
        assert_eq!(id.to_string(), "3");
        assert_eq!(set.join_next().await.unwrap().unwrap(), 1);
        let error = set.join_next().await.unwrap().unwrap_err();
        assert_eq!(error.to_string(), "task 2 'named' panicked: no luck");
        assert_eq!(set.join_next().await.unwrap().unwrap(), 2);
    });
}

#[test]
fn an_end_costs_one_wake_however_many_tasks_there_are() {
    let polls = |tasks: usize| {
        let records = records(|| {
            block_on(async {
                let mut set = JoinSet::new();
                for n in 0..tasks {
                    set.spawn(sleep(ms(n as u64)));
                }
                while set.join_next().await.is_some() {}
            });
        });
        let of_main = |record: &&Record| record.get("task") == Some("0");
        let of_main: Vec<_> = records.iter().filter(of_main).collect();
        let count = |name| of_main.iter().filter(|record| record.name == name).count();
        assert_eq!(count("waiting"), tasks, "one waiter each time");
        count("polled")
    };
    assert_eq!(polls(10), 11);
    assert_eq!(polls(200), 201);
}

#[test]
fn the_account_knows_who_waits_for_a_set() {
    let records = records(|| {
        block_on(async {
            let mut set = JoinSet::new();
            set.spawn(sleep(ms(5)));
            set.join_next().await.unwrap().unwrap();
        });
    });
    let waiting = records.iter().filter(|record| record.name == "state");
    let waiting: Vec<_> = waiting.filter_map(|state| state.get("waiting")).collect();
    assert_eq!(
        waiting,
        ["-", "0:set:1", "0:set:1,1:timer:1", "0:set:1", "-", "-",]
    );
}
