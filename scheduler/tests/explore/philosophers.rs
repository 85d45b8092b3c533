//! Dining philosophers, five ways: what each way forbids, and what a search says of it.
//!
//! `cargo test --test explore philosophers -- --nocapture` prints the table of the book.
//!
//! Source: E. W. Dijkstra, "Hierarchical ordering of sequential processes" (EWD 310,
//! 1971), for the five at their table, and the order of forks.

use scheduler::sync::{Mutex, Semaphore};
use scheduler::{Explore, Found, Search, Shared, Trouble, outcome, spawn, yield_now};
use std::sync::Arc;

/// What the philosophers share.
struct Table {
    /// A fork between each two of them.
    forks: Vec<Mutex<()>>,
    /// So many may try at a time: one fewer than there are.
    seats: Semaphore,
    /// Which of them have eaten. Each is touched by its own thread, and at the end.
    eaten: Vec<Shared<u32>>,
}

impl Table {
    /// The forks of a philosopher: the one at the left, and the one at the right.
    fn forks_of(&self, philosopher: usize) -> (usize, usize) {
        (philosopher, (philosopher + 1) % self.forks.len())
    }

    /// Takes two forks, in this order, eats, and puts them back.
    fn eat(&self, philosopher: usize, (first, second): (usize, usize)) {
        let _first = self.forks[first].lock();
        let _second = self.forks[second].lock();
        self.eaten[philosopher].store(1);
    }
}

/// How a philosopher comes to two forks.
type Way = fn(&Table, usize);

/// Everybody takes the left one first.
fn left_first(table: &Table, me: usize) {
    table.eat(me, table.forks_of(me));
}

// ANCHOR: ordered
/// Everybody takes the one with the lower number first.
fn lower_first(table: &Table, me: usize) {
    let (left, right) = table.forks_of(me);
    table.eat(me, (left.min(right), left.max(right)));
}
// ANCHOR_END: ordered

// ANCHOR: left_handed
/// One takes the right one first.
fn one_left_handed(table: &Table, me: usize) {
    let (left, right) = table.forks_of(me);
    let forks = if me == 0 {
        (right, left)
    } else {
        (left, right)
    };
    table.eat(me, forks);
}
// ANCHOR_END: left_handed

// ANCHOR: waiter
/// A waiter lets all but one of them try at a time.
fn waiter(table: &Table, me: usize) {
    let _seat = table.seats.acquire(1).unwrap();
    table.eat(me, table.forks_of(me));
}
// ANCHOR_END: waiter

// ANCHOR: give_back
/// Who does not get the second fork gives the first one back, and tries again: so often.
fn give_back<const TRIES: u32>(table: &Table, me: usize) {
    let (left, right) = table.forks_of(me);
    for _ in 0..TRIES {
        let _left = table.forks[left].lock();
        if let Some(_right) = table.forks[right].try_lock() {
            table.eaten[me].store(1);
            return;
        }
    }
}
// ANCHOR_END: give_back

/// So many philosophers dine in this way; says how many have eaten.
fn dine(philosophers: usize, way: Way) {
    let table = Arc::new(Table {
        forks: (0..philosophers).map(|_| Mutex::new(())).collect(),
        seats: Semaphore::new(philosophers - 1),
        eaten: (0..philosophers).map(|_| Shared::new("eaten", 0)).collect(),
    });
    let threads: Vec<_> = (0..philosophers)
        .map(|me| {
            let table = Arc::clone(&table);
            spawn(move || way(&table, me))
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    let eaten: u32 = table.eaten.iter().map(Shared::load).sum();
    outcome(eaten);
}

/// What can come out of three philosophers' way, in order, each with how many kinds of
/// executions come to it.
fn outcomes(name: &str, way: Way) -> Vec<(String, u64)> {
    let found = Explore::new().run(|| dine(3, way));
    assert!(found.exhausted(), "{name}: {:?}", found.stopped());
    assert_eq!(found.redundant(), 0, "{name}");
    let mut outcomes: Vec<_> = found
        .outcomes()
        .iter()
        .map(|it| (it.text.clone(), it.executions))
        .collect();
    outcomes.sort();
    println!("{name:<22} {:>5} {outcomes:?}", found.explored());
    outcomes
}

/// The same as a literal.
fn listed(outcomes: &[(&str, u64)]) -> Vec<(String, u64)> {
    let owned = |&(text, executions): &(&str, u64)| (text.to_owned(), executions);
    outcomes.iter().map(owned).collect()
}

#[test]
fn five_ways_to_dine_and_each_repair_is_exhausted() {
    let naive = outcomes("the left fork first", left_first);
    assert_eq!(naive, listed(&[("3", 6), ("deadlock", 1)]));
    let ordered = outcomes("the lower fork first", lower_first);
    assert_eq!(ordered, listed(&[("3", 6)]));
    let handed = outcomes("one left-handed", one_left_handed);
    assert_eq!(handed, listed(&[("3", 6)]));
    let seated = outcomes("a waiter", waiter);
    assert_eq!(seated, listed(&[("3", 198)]));
    let given_back = outcomes("gives the fork back", give_back::<2>);
    let hungry = [("0", 25), ("1", 102), ("2", 147), ("3", 60)];
    assert_eq!(given_back, listed(&hungry));
}

#[test]
fn giving_back_for_ever_is_no_deadlock_and_has_no_end() {
    fn for_ever(table: &Table, me: usize) {
        let (left, right) = table.forks_of(me);
        loop {
            let left = table.forks[left].lock();
            if table.forks[right].try_lock().is_some() {
                return;
            }
            drop(left);
            yield_now();
        }
    }
    let search = Search::Random { seed: 1, runs: 300 };
    let found: Found = Explore::new()
        .search(search)
        .steps_limit(60)
        .run(|| dine(2, for_ever));
    assert!(!found.exhausted());
    let [failure] = found.failures() else {
        panic!("one failure was expected: {:?}", found.failures());
    };
    assert_eq!(failure.trouble, Trouble::TooLong { steps: 60 });
}
