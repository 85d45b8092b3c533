//! Many jobs: what comes out, and in which order.

use crate::support::square;
use scheduler::process::{self, Pool};
use std::cell::Cell;
use std::time::Duration;

/// Sleeps so many ms.
fn nap(ms: u64) -> u64 {
    std::thread::sleep(Duration::from_millis(ms));
    ms
}

/// As many bytes as asked for.
fn bytes(n: usize) -> Vec<u8> {
    vec![7; n]
}

#[test]
fn results_come_in_the_order_of_the_items() {
    process::init!(square);
    for chunk in [None, Some(1), Some(7), Some(5_000)] {
        let mut builder = Pool::builder().workers(3);
        if let Some(chunk) = chunk {
            builder = builder.chunk(chunk);
        }
        let pool = builder.start(square).unwrap();
        let results: Result<Vec<u64>, _> = pool.map(0..2_000).collect();
        let expected: Vec<u64> = (0..2_000).map(square).collect();
        assert_eq!(results.unwrap(), expected, "chunk {chunk:?}");
    }
}

#[test]
fn a_slow_job_delays_those_behind_it_only_in_order() {
    process::init!(nap);
    let pool = Pool::new(2, nap).unwrap();
    let times = [300, 1, 2];
    let first = pool.map_unordered(times).next().unwrap().unwrap();
    assert_ne!(first, 300);
    let in_order: Vec<u64> = pool.map(times).map(Result::unwrap).collect();
    assert_eq!(in_order, times);
}

#[test]
fn unordered_results_say_which_item_they_are_of() {
    process::init!(square);
    let pool = Pool::builder().workers(2).chunk(3).start(square).unwrap();
    let mut results: Vec<_> = pool.map_unordered(10..1_010).with_positions().collect();
    results.sort_unstable_by_key(|(position, _)| *position);
    let plain: Vec<(u64, u64)> = results
        .into_iter()
        .map(|(at, n)| (at, n.unwrap()))
        .collect();
    let expected: Vec<(u64, u64)> = (0..1_000).map(|at| (at, square(at + 10))).collect();
    assert_eq!(plain, expected);
}

#[test]
fn items_are_taken_only_as_far_as_workers_need_them() {
    process::init!(square);
    let pool = Pool::builder().workers(2).chunk(1).start(square).unwrap();
    let taken = Cell::new(0_u64);
    let mut results = pool.map(std::iter::from_fn(|| {
        taken.set(taken.get() + 1);
        Some(taken.get())
    }));
    assert_eq!(
        taken.get(),
        0,
        "nothing happens before a result is asked for"
    );
    for expected in 1..=500 {
        assert_eq!(results.next().unwrap().unwrap(), square(expected));
    }
    assert!(
        taken.get() <= 500 + 40,
        "{} items for 500 results",
        taken.get()
    );
}

#[test]
fn a_map_that_is_dropped_gives_up_what_was_not_begun() {
    process::init!(nap);
    let pool = Pool::builder().workers(1).chunk(1).start(nap).unwrap();
    let mut results = pool.map(std::iter::repeat(1));
    results.next().unwrap().unwrap();
    drop(results);
    assert_eq!(pool.submit(3).join().unwrap(), 3);
}

#[test]
fn submitted_jobs_run_beside_a_map() {
    process::init!(square);
    let pool = Pool::new(2, square).unwrap();
    let handles: Vec<_> = (0..100).map(|n| pool.submit(n)).collect();
    let mapped: u64 = pool.map(0..100).map(Result::unwrap).sum();
    let submitted: u64 = handles.into_iter().map(|job| job.join().unwrap()).sum();
    assert_eq!((mapped, submitted), (328_350, 328_350));
}

#[test]
fn submit_waits_while_the_queue_is_full() {
    process::init!(nap);
    let pool = Pool::builder().workers(1).queue(2).start(nap).unwrap();
    // Of ten jobs of 20 ms, at most two wait and one runs when the last is in.
    let begin = std::time::Instant::now();
    let handles: Vec<_> = (0..10).map(|_| pool.submit(20)).collect();
    assert!(begin.elapsed() >= Duration::from_millis(6 * 20));
    for job in handles {
        assert_eq!(job.join().unwrap(), 20);
    }
}

#[test]
fn finish_waits_for_every_job() {
    process::init!(nap);
    let pool = Pool::new(2, nap).unwrap();
    let handles: Vec<_> = (0..6).map(|_| pool.submit(10)).collect();
    pool.finish();
    assert!(handles.into_iter().all(|job| job.join().is_ok()));
}

#[test]
fn messages_of_megabytes_arrive_whole() {
    process::init!(bytes);
    let pool = Pool::builder().workers(2).chunk(4).start(bytes).unwrap();
    for n in [0, 1, 65_527, 65_528, 65_536, 65_537, 200_000, 5_000_000] {
        let sizes: Vec<usize> = pool
            .map([n, 3, n])
            .map(|result| result.unwrap().len())
            .collect();
        assert_eq!(sizes, [n, 3, n]);
    }
}
