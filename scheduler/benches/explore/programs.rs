//! The programs that are searched: those of the lessons, and a few more.
//!
//! This file is compiled three times, with the primitives of ours, of loom and of
//! shuttle: `primitives` beside it says what each calls them. So all three search
//! one text. What the lessons make of a semaphore is made of a mutex and a condition
//! here, since loom has none, and nobody sleeps.

use super::primitives::{Atomic, Condvar, Mutex, Variable, join, lock, spawn, variable, wait};
use std::sync::Arc;
use std::sync::atomic::Ordering::{Acquire, Release, SeqCst};

/// Runs `bodies` as threads that share `shared`, and returns what they return.
fn several<S: Send + Sync + 'static, R: Send + 'static>(
    shared: S,
    bodies: &[fn(&S) -> R],
) -> (Arc<S>, Vec<R>) {
    let shared = Arc::new(shared);
    let threads: Vec<_> = bodies
        .iter()
        .map(|&body| {
            let its = Arc::clone(&shared);
            spawn(move || body(&its))
        })
        .collect();
    let returned = threads.into_iter().map(join).collect();
    (shared, returned)
}

/// The program of this name.
pub(crate) fn program(name: &str) -> Option<fn()> {
    let more: [(&str, fn()); 6] = [
        ("counters 2x5", || counters::<2, 5>()),
        ("counters 3x2", || counters::<3, 2>()),
        ("philosophers-4 ordered", || philosophers::<4>(true)),
        ("philosophers-4 naive", || philosophers::<4>(false)),
        ("philosophers-3 naive", || philosophers::<3>(false)),
        ("25 one condition", || buffer(false)),
    ];
    let mut all = LESSONS.into_iter().chain(more);
    all.find(|(known, _)| *known == name)
        .map(|(_, program)| program)
}

/// The repaired program of each lesson on races.
pub(crate) const LESSONS: [(&str, fn()); 9] = [
    ("18 philosophers", || philosophers::<3>(true)),
    ("22 lost update", lost_update),
    ("23 check then act", account),
    ("24 Peterson", || door([peterson::<0>, peterson::<1>])),
    ("24 Dekker", || door([dekker::<0>, dekker::<1>])),
    ("25 bounded buffer", || buffer(true)),
    ("26 readers, writers", readers_writers),
    ("27 ABA", stack),
    ("28 double-checked", lazy),
];

/// Each takes two forks: the one at the left first, or the one of the lower number.
fn philosophers<const HOW_MANY: usize>(ordered: bool) {
    let forks: Arc<Vec<_>> = Arc::new((0..HOW_MANY).map(|_| Mutex::new(())).collect());
    let threads: Vec<_> = (0..HOW_MANY)
        .map(|left| {
            let forks = Arc::clone(&forks);
            let right = (left + 1) % HOW_MANY;
            spawn(move || {
                let (first, second) = if ordered {
                    (left.min(right), left.max(right))
                } else {
                    (left, right)
                };
                let one = lock(&forks[first]);
                let other = lock(&forks[second]);
                drop((other, one));
            })
        })
        .collect();
    threads.into_iter().for_each(join);
}

/// So many threads, of which each adds 1 so often, and some additions are lost.
fn counters<const THREADS: usize, const TIMES: usize>() {
    let add: fn(&Variable) = |total| (0..TIMES).for_each(|_| total.store(total.load() + 1));
    several(variable(0), &[add; THREADS]);
}

/// Two threads add 1, under a mutex.
fn lost_update() {
    let add: fn(&(Mutex<()>, Variable)) = |(mutex, total)| {
        let alone = lock(mutex);
        total.store(total.load() + 1);
        drop(alone);
    };
    let (shared, _) = several((Mutex::new(()), variable(0)), &[add; 2]);
    assert!(shared.1.load() == 2, "an update is lost");
}

/// Two threads, of which each takes 70 out of 100, if there is enough.
fn account() {
    let take: fn(&Mutex<i32>) = |account| {
        let mut balance = lock(account);
        if *balance >= 70 {
            *balance -= 70;
        }
    };
    let (account, _) = several(Mutex::new(100), &[take; 2]);
    assert!(*lock(&account) >= 0, "overdrawn");
}

/// Who wants to be inside, whose turn it is, and who came in last.
type Door = ([Variable; 2], Variable, Variable);

/// Inside: nobody else comes in before one is through.
fn inside((_, _, last): &Door, me: usize) {
    last.store(me);
    assert!(last.load() == me, "two are inside");
}

/// Peterson's lock, for one look more.
fn peterson<const ME: usize>(door @ (wants, turn, _): &Door) {
    wants[ME].store(1);
    turn.store(1 - ME);
    if (0..2).any(|_| wants[1 - ME].load() == 0 || turn.load() == ME) {
        inside(door, ME);
    }
    wants[ME].store(0);
}

/// Dekker's lock, for one look more.
fn dekker<const ME: usize>(door @ (wants, turn, _): &Door) {
    for _ in 0..2 {
        wants[ME].store(1);
        if wants[1 - ME].load() == 0 {
            inside(door, ME);
            turn.store(1 - ME);
            break;
        }
        wants[ME].store(usize::from(turn.load() == ME));
    }
    wants[ME].store(0);
}

/// Two threads go through one door.
fn door(pass: [fn(&Door); 2]) {
    let wants = [variable(0), variable(0)];
    several((wants, variable(0), variable(0)), &pass);
}

/// Two threads put one item each into a buffer with room for one, and two take one out.
fn buffer(notifies_all: bool) {
    /// Makes the buffer full, or empty, when it is not; tells all, or one.
    fn change<const FILL: bool, const ALL: bool>((is_full, changed): &(Mutex<bool>, Condvar)) {
        let mut guard = lock(is_full);
        while *guard == FILL {
            guard = wait(changed, guard);
        }
        *guard = FILL;
        if ALL {
            changed.notify_all();
        } else {
            changed.notify_one();
        }
    }
    let [put, take] = if notifies_all {
        [change::<true, true>, change::<false, true>]
    } else {
        [change::<true, false>, change::<false, false>]
    };
    several(
        (Mutex::new(false), Condvar::new()),
        &[put, put, take, take] as &[fn(&(Mutex<bool>, Condvar))],
    );
}

/// A key to a room, how many read in it, a lock for the counting, and two halves.
struct Room {
    /// Whether somebody has the key, and who waits for it.
    key: (Mutex<bool>, Condvar),
    /// How many read.
    readers: Variable,
    /// Who counts.
    counting: Mutex<()>,
    /// A text in two halves.
    halves: [Variable; 2],
}

impl Room {
    /// Takes the key, once it is there.
    fn take(&self) {
        let mut is_taken = lock(&self.key.0);
        while *is_taken {
            is_taken = wait(&self.key.1, is_taken);
        }
        *is_taken = true;
    }

    /// Gives it back.
    fn give_back(&self) {
        *lock(&self.key.0) = false;
        self.key.1.notify_one();
    }

    /// One reader more: the first takes the key for all.
    fn enter(&self) {
        let alone = lock(&self.counting);
        let before = self.readers.load();
        self.readers.store(before + 1);
        if before == 0 {
            self.take();
        }
        drop(alone);
    }

    /// One less: the last gives it back.
    fn leave(&self) {
        let alone = lock(&self.counting);
        let before = self.readers.load();
        self.readers.store(before - 1);
        if before == 1 {
            self.give_back();
        }
        drop(alone);
    }
}

/// Two readers and a writer.
fn readers_writers() {
    let read: fn(&Room) = |room| {
        room.enter();
        let seen = [room.halves[0].load(), room.halves[1].load()];
        assert!(seen[0] == seen[1], "half written");
        room.leave();
    };
    let write: fn(&Room) = |room| {
        room.take();
        room.halves[0].store(1);
        room.halves[1].store(1);
        room.give_back();
    };
    let room = Room {
        key: (Mutex::new(false), Condvar::new()),
        readers: variable(0),
        counting: Mutex::new(()),
        halves: [variable(0), variable(0)],
    };
    several(room, &[read, read, write]);
}

/// The top, a node from 1, or 0, and 4 for each change; who comes after each node.
type Stack = (Atomic, [Variable; 3]);

/// Makes the top what `next` says, and tries again if it has changed meanwhile.
fn change(top: &Atomic, next: impl Fn(usize) -> usize) -> usize {
    loop {
        let old = top.load(SeqCst);
        let new = next(old % 4) + old / 4 * 4 + 4;
        if top.compare_exchange(old, new, SeqCst, SeqCst).is_ok() {
            return old % 4;
        }
    }
}

/// One thread pops; another pops two, and pushes the first of them again.
fn stack() {
    fn pop((top, after): &Stack) -> usize {
        change(top, |top| after[top].load())
    }
    let one: fn(&Stack) -> usize = pop;
    let two: fn(&Stack) -> usize = |stack| {
        let [first, second] = [pop(stack), pop(stack)];
        if first != 0 {
            change(&stack.0, |top| {
                stack.1[first].store(top);
                first
            });
        }
        second
    };
    let after = [variable(0), variable(2), variable(0)]; // 1 on top of 2
    let (stack, owned) = several((Atomic::new(1), after), &[one, two]);
    let left = pop(&stack);
    assert!(left == 0 || !owned.contains(&left), "two owners");
}

/// A value that is made when it is first needed.
fn lazy() {
    type Lazy = (Atomic, Mutex<u32>, Variable);
    let get: fn(&Lazy) -> usize = |(is_made, mutex, value)| {
        if is_made.load(Acquire) == 0 {
            let mut times = lock(mutex);
            if is_made.load(Acquire) == 0 {
                value.store(42);
                *times += 1;
                is_made.store(1, Release);
            }
        }
        value.load()
    };
    let (lazy, got) = several((Atomic::new(0), Mutex::new(0), variable(0)), &[get; 2]);
    assert!(got == [42, 42], "not made");
    assert!(*lock(&lazy.1) == 1, "made twice");
}
