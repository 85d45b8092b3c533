//! Litmus tests: a few threads of a few accesses, as text, and run.

use scheduler::sync::atomic::{AtomicU32, Ordering, fence};
use scheduler::{Explore, Found, Memory, outcome, spawn};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// What a thread does; atomics and registers are known by name.
#[derive(Clone, Debug)]
pub(crate) enum Does {
    /// A register gets what an atomic is worth.
    Load(String, String, Ordering),
    /// An atomic gets a value.
    Store(String, u32, Ordering),
    /// It gets one more.
    Add(String, u32, Ordering),
    /// It gets the second value if it is worth the first; a register gets what it was worth.
    Exchange(String, String, (u32, u32), (Ordering, Ordering)),
    /// The thread's accesses are ordered.
    Fence(Ordering),
}

/// What each thread does.
pub(crate) type Program = Vec<Vec<Does>>;

/// Which orderings the accesses of a test have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strength {
    /// `Relaxed`.
    Relaxed,
    /// `Release` and `Acquire`.
    ReleaseAcquire,
    /// `SeqCst`.
    SeqCst,
    /// `Relaxed`, and between two accesses of a thread a fence of this ordering.
    Fences(Ordering),
}

impl Strength {
    /// All, each with its name in the data.
    pub(crate) const ALL: [(&str, Strength); 5] = [
        ("relaxed", Strength::Relaxed),
        ("release and acquire", Strength::ReleaseAcquire),
        ("seq_cst", Strength::SeqCst),
        ("acq_rel fences", Strength::Fences(Ordering::AcqRel)),
        ("seq_cst fences", Strength::Fences(Ordering::SeqCst)),
    ];

    /// The orderings of a load, a store and an update.
    fn orderings(self) -> [Ordering; 3] {
        use Ordering::{Acquire, Relaxed, Release, SeqCst};
        match self {
            Strength::Relaxed | Strength::Fences(_) => [Relaxed; 3],
            // An update carries a release on, whatever its own ordering is.
            Strength::ReleaseAcquire => [Acquire, Release, Relaxed],
            Strength::SeqCst => [SeqCst; 3],
        }
    }
}

/// The program of these threads: `x=1; r0=y; y+=1`.
pub(crate) fn program(threads: &[String], strength: Strength) -> Program {
    let [load, store, update] = strength.orderings();
    let access = |text: &str| {
        let (left, right) = text.split_once('=').expect("an access is an equation");
        let (left, right) = (left.trim(), right.trim().to_owned());
        if let Some(atomic) = left.strip_suffix('+') {
            Does::Add(atomic.to_owned(), right.parse().unwrap(), update)
        } else if left.starts_with('r') {
            Does::Load(left.to_owned(), right, load)
        } else {
            Does::Store(left.to_owned(), right.parse().unwrap(), store)
        }
    };
    let thread = |text: &String| {
        let mut all = Vec::new();
        for text in text.split(';') {
            if let Strength::Fences(how) = strength
                && !all.is_empty()
            {
                all.push(Does::Fence(how));
            }
            all.push(access(text));
        }
        all
    };
    threads.iter().map(thread).collect()
}

impl Does {
    /// The atomic that it is about, if it is about one.
    pub(crate) fn atomic(&self) -> Option<&str> {
        match self {
            Does::Load(_, atomic, _)
            | Does::Store(atomic, ..)
            | Does::Add(atomic, ..)
            | Does::Exchange(_, atomic, ..) => Some(atomic),
            Does::Fence(_) => None,
        }
    }

    /// Does it; the register that is written, with its value.
    fn run(&self, atomics: &BTreeMap<String, AtomicU32>) -> Option<(String, u32)> {
        match self {
            Does::Load(register, atomic, how) => {
                Some((register.clone(), atomics[atomic].load(*how)))
            }
            Does::Store(atomic, value, how) => {
                atomics[atomic].store(*value, *how);
                None
            }
            Does::Add(atomic, more, how) => {
                atomics[atomic].fetch_add(*more, *how);
                None
            }
            Does::Exchange(register, atomic, (from, to), (succeeds, fails)) => {
                let result = atomics[atomic].compare_exchange(*from, *to, *succeeds, *fails);
                Some((register.clone(), result.unwrap_or_else(|found| found)))
            }
            Does::Fence(how) => {
                fence(*how);
                None
            }
        }
    }
}

/// Registers and atomics with what they are worth, as one text.
pub(crate) fn text<'a>(values: impl IntoIterator<Item = (&'a String, &'a u32)>) -> String {
    let mut text = String::new();
    for (name, value) in values {
        let _ = write!(text, "{name}={value} ");
    }
    text.trim_end().to_owned()
}

/// Runs `program`, and says what all registers and, in the end, all atomics are worth.
pub(crate) fn run(program: &Program) {
    let names = program.iter().flatten().filter_map(Does::atomic);
    let atomics: BTreeMap<String, AtomicU32> = names
        .map(|name| (name.to_owned(), AtomicU32::new(0)))
        .collect();
    let atomics = Arc::new(atomics);
    let threads: Vec<_> = program
        .iter()
        .map(|thread| {
            let (thread, atomics) = (thread.clone(), Arc::clone(&atomics));
            spawn(move || -> Vec<_> { thread.iter().filter_map(|it| it.run(&atomics)).collect() })
        })
        .collect();
    let mut ends = BTreeMap::new();
    for thread in threads {
        ends.extend(thread.join().unwrap());
    }
    for (name, atomic) in atomics.iter() {
        ends.insert(name.clone(), atomic.load(Ordering::Relaxed));
    }
    outcome(text(&ends));
}

/// Searches `program` with weak memory.
pub(crate) fn search(program: &Program) -> Found {
    Explore::new().memory(Memory::C11).run(|| run(program))
}
