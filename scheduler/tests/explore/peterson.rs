//! Peterson's lock where memory is weak: which orderings keep two from being inside.
//!
//! Source: G. L. Peterson, "Myths about the mutual exclusion problem" (Information
//! Processing Letters 12(3), 1981), whose memory is sequentially consistent.

use Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
use scheduler::sync::atomic::{AtomicBool, AtomicUsize, Ordering, fence};
use scheduler::{Explore, Found, Memory, replay, spawn};
use std::sync::Arc;

/// How one stores, which fence stands behind either store, and how one looks.
type How = (Ordering, [Option<Ordering>; 2], Ordering);

/// What the two share.
struct Door {
    /// Who wants to be inside.
    wants: [AtomicBool; 2],
    /// Who goes first, if both want to.
    turn: AtomicUsize,
    /// How many are inside. Only updates touch it, which read the newest value wherever
    /// memory is weak: so it tells who meets whom, and orders nobody.
    inside: AtomicUsize,
}

/// Wants to, lets the other go first, looks twice, and gives up.
fn pass(door: &Door, me: usize, (store, fences, load): How) {
    door.wants[me].store(true, store);
    fences[0].into_iter().for_each(fence);
    door.turn.store(1 - me, store);
    fences[1].into_iter().for_each(fence);
    let may = || !door.wants[1 - me].load(load) || door.turn.load(load) == me;
    if (0..2).any(|_| may()) {
        assert_eq!(door.inside.fetch_add(1, Relaxed), 0, "two are inside");
        door.inside.fetch_sub(1, Relaxed);
    }
    door.wants[me].store(false, store);
}

/// Two threads go through one door.
fn two(how: How) {
    let door = Arc::new(Door {
        wants: [AtomicBool::new(false), AtomicBool::new(false)],
        turn: AtomicUsize::new(0),
        inside: AtomicUsize::new(0),
    });
    let threads = [0, 1].map(|me| {
        let door = Arc::clone(&door);
        spawn(move || pass(&door, me, how))
    });
    for thread in threads {
        thread.join().expect("nobody meets anybody inside");
    }
}

/// Every execution in which memory may do what `memory` says.
fn search(memory: Memory, how: How) -> Found {
    let found = Explore::new().memory(memory).run(|| two(how));
    assert!(found.exhausted(), "{found}");
    found
}

/// Two are inside where memory is weak, and in no order of the steps.
fn breaks(how: How) {
    let found = search(Memory::C11, how);
    let failure = found.shortest().expect("two are inside");
    let trouble = failure.trouble.to_string();
    assert!(trouble.contains("two are inside"), "{trouble}");
    assert!(failure.schedule.is_weak(), "{how:?}: {found}");
    let again = replay(&failure.schedule, || two(how)).unwrap();
    let trouble = again.trouble.expect("it fails again").to_string();
    assert!(trouble.contains("two are inside"), "{trouble}");
    search(Memory::Sequential, how).assert_no_failure();
}

#[test]
fn petersons_lock_breaks_where_nothing_orders_a_store_and_the_look_behind_it() {
    breaks((Relaxed, [None; 2], Relaxed));
    breaks((Release, [None; 2], Acquire));
    breaks((Relaxed, [Some(AcqRel); 2], Relaxed));
}

#[test]
fn petersons_lock_breaks_where_nothing_orders_its_two_stores() {
    // "After you" is overruled before one wants to, as in the lesson's `BROKEN`.
    breaks((Relaxed, [None, Some(SeqCst)], Relaxed));
    breaks((Release, [None, Some(SeqCst)], Acquire));
}

#[test]
fn petersons_lock_holds_in_one_order_or_with_a_fence_of_it_behind_each_store() {
    for how in [
        (SeqCst, [None; 2], SeqCst),
        (Relaxed, [Some(SeqCst); 2], Relaxed),
    ] {
        search(Memory::C11, how).assert_no_failure();
    }
}
