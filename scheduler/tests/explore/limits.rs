//! Bad days: programs without an end, programs that are not deterministic, limits.

use scheduler::sync::atomic::{AtomicBool, Ordering};
use scheduler::{
    Diverged, Explore, Search, Shared, Stopped, Trouble, explore, replay, spawn, yield_now,
};
use std::cell::Cell;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

/// A thread waits for a flag that nobody raises.
fn endless() {
    let flag = Arc::new(AtomicBool::new(false));
    let thread = spawn(move || {
        while !flag.load(Ordering::SeqCst) {
            yield_now();
        }
    });
    thread.join().unwrap();
}

#[test]
fn an_endless_loop_is_broken_off_and_the_search_says_that_it_was_bounded() {
    let found = Explore::new().steps_limit(200).run(endless);
    let [failure] = found.failures() else {
        panic!("one failure was expected: {:?}", found.failures());
    };
    assert_eq!(failure.trouble, Trouble::TooLong { steps: 200 });
    assert_eq!(
        (found.exhausted(), found.stopped()),
        (false, Some(Stopped::StepsLimit))
    );
}

/// Twice as many interleavings of two threads as anybody wants to wait for.
fn large() {
    let shared = Arc::new(Shared::new("shared", 0));
    let threads = [(); 3].map(|()| {
        let shared = Arc::clone(&shared);
        spawn(move || {
            for _ in 0..20 {
                shared.store(shared.load() + 1);
            }
        })
    });
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn what_was_found_is_kept_when_a_limit_ends_the_search() {
    let found = Explore::new().executions_limit(10).run(large);
    assert_eq!(
        (found.explored(), found.stopped()),
        (10, Some(Stopped::ExecutionsLimit))
    );
    assert_eq!((found.of(), found.outcomes().len()), (None, 1));
    let found = Explore::new().time_limit(Duration::ZERO).run(large);
    assert_eq!(
        (found.explored(), found.stopped()),
        (1, Some(Stopped::TimeLimit))
    );
    let found = Explore::new().watch(|_| ControlFlow::Break(())).run(large);
    assert_eq!(found.stopped(), Some(Stopped::Watcher));
}

#[test]
fn few_preemptions_are_tried_without_the_others() {
    let lost_update = || {
        let total = Arc::new(Shared::new("total", 0));
        let threads = [(); 2].map(|()| {
            let total = Arc::clone(&total);
            spawn(move || total.store(total.load() + 1))
        });
        for thread in threads {
            thread.join().unwrap();
        }
        total.load()
    };
    let outcomes = |most| {
        let found = Explore::new()
            .search(Search::Preemptions(most))
            .run(lost_update);
        assert_eq!(found.stopped(), Some(Stopped::Preemptions(most)));
        let outcomes: Vec<String> = found.outcomes().iter().map(|it| it.text.clone()).collect();
        outcomes
    };
    assert_eq!(outcomes(0), ["2"]);
    assert_eq!(outcomes(1), ["2", "1"]);
}

#[test]
fn chance_finds_what_is_easy_and_the_same_seed_finds_it_again() {
    let program = || {
        let shared = Arc::new(Shared::new("shared", 0));
        let other = Arc::clone(&shared);
        let thread = spawn(move || other.store(1));
        let seen = shared.load();
        thread.join().unwrap();
        seen
    };
    for search in [
        Search::Random { seed: 1, runs: 60 },
        Search::Pct {
            seed: 1,
            depth: 2,
            runs: 60,
        },
    ] {
        let [one, two] = [(); 2].map(|()| Explore::new().search(search).run(program));
        assert_eq!(
            (one.explored(), one.stopped()),
            (60, Some(Stopped::Sampled))
        );
        assert_eq!(one.outcomes().len(), 2, "{search:?}");
        assert_eq!(one.outcomes(), two.outcomes());
    }
}

#[test]
fn a_program_that_does_something_else_each_time_is_told_with_the_step() {
    let times = Cell::new(0);
    let found = explore(|| {
        times.set(times.get() + 1);
        let shared = Arc::new(Shared::new("shared", 0));
        let other = Arc::clone(&shared);
        let thread = spawn(move || other.store(1));
        if times.get() > 1 {
            shared.store(2);
        }
        let _ = shared.load();
        thread.join().unwrap();
    });
    assert_eq!(found.stopped(), Some(Stopped::NotDeterministic));
    let told = found.failures().last().unwrap().trouble.to_string();
    assert!(
        told.contains("not deterministic: the schedule does not fit at step"),
        "{told}"
    );
}

#[test]
fn a_schedule_of_another_program_is_told_with_the_step_at_which_it_does_not_fit() {
    let two = || {
        let thread = spawn(yield_now);
        thread.join().unwrap();
    };
    let diverged = |text: &str| -> Diverged { replay(&text.parse().unwrap(), two).unwrap_err() };
    let late = diverged("v1/99");
    assert_eq!(
        (late.expected.as_str(), late.found.as_str()),
        ("99 steps", "the end of the program")
    );
    let early = diverged("v1/2");
    assert_eq!(
        (early.step, early.found.as_str()),
        (2, "threads that go on")
    );
    let nobody = diverged("v1,1:7/9");
    assert_eq!((nobody.step, nobody.found.as_str()), (1, "no such thread"));
    let found = explore(two);
    let fits = &found.outcomes()[0].schedule;
    assert_eq!(replay(fits, two).map(|it| it.trouble), Ok(None));
}

#[test]
#[should_panic(expected = "a search cannot run inside a scheduler")]
fn a_search_inside_a_search_is_refused() {
    let found = explore(|| drop(explore(|| ())));
    let told = found.failures()[0].trouble.to_string();
    panic!("{told}");
}
