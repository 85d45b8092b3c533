//! Round robin, by a policy that allocates and frees wherever it can.
//!
//! On the dispatcher's thread that must work while any thread is frozen in the
//! middle of `malloc`.

use super::seats;
use scheduler::policy::{Attributes, CpuId, Pick, Policy, Ready, RoundRobin, StopReason};
use scheduler::time::Time;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// What the policy counted.
#[derive(Debug, Default)]
pub(crate) struct Count {
    /// How often it was asked who is next.
    picks: AtomicU64,
    /// How often a quantum expired.
    preemptions: AtomicU64,
}

impl Count {
    /// Both numbers.
    pub(crate) fn read(&self) -> (u64, u64) {
        let read = |number: &AtomicU64| number.load(Ordering::Relaxed);
        (read(&self.picks), read(&self.preemptions))
    }
}

/// Round robin that keeps a diary.
#[derive(Debug)]
pub(crate) struct Allocating {
    /// Who really decides.
    inner: RoundRobin,
    /// What was noted of each thread, by its number.
    diary: HashMap<u32, BTreeMap<u64, String>>,
    /// Blocks of many sizes, the oldest replaced first.
    blocks: Vec<Vec<u8>>,
    /// How many notes there ever were.
    notes: u64,
    /// What the test wants to know.
    count: Arc<Count>,
}

impl Allocating {
    /// The policy, with a quantum, that counts into `count`.
    pub(crate) fn new(quantum: Duration, count: Arc<Count>) -> Allocating {
        Allocating {
            inner: RoundRobin::new(quantum),
            diary: HashMap::new(),
            blocks: vec![Vec::new(); 64],
            notes: 0,
            count,
        }
    }

    /// Allocates, checks what it allocated earlier, and frees.
    fn note(&mut self, thread: u32, what: &str) {
        self.notes += 1;
        let pages = self.diary.entry(thread).or_default();
        pages.insert(self.notes, format!("{what} {thread} {}", self.notes));
        if pages.len() > 20 {
            let (number, text) = pages.pop_first().expect("it has twenty");
            assert!(text.ends_with(&format!(" {thread} {number}")));
        }
        let index = (self.notes % 64) as usize;
        let byte = (self.notes % 251) as u8;
        let block = &mut self.blocks[index];
        assert!(block.windows(2).all(|pair| pair[0] == pair[1]));
        *block = vec![byte; 1 << (self.notes % 14)];
        block.extend_from_slice(&[byte; 100]);
        block.shrink_to_fit();
    }
}

impl Policy for Allocating {
    fn ready(&mut self, thread: &Attributes, why: Ready, now: Time) {
        self.note(thread.id.0, &format!("{why:?}"));
        self.inner.ready(thread, why, now);
    }

    fn pick(&mut self, cpu: CpuId, now: Time) -> Option<Pick> {
        self.note(cpu.0, "pick");
        self.count.picks.fetch_add(1, Ordering::Relaxed);
        let pick = self.inner.pick(cpu, now)?;
        seats::note(pick.thread, true);
        Some(pick)
    }

    fn stopped(&mut self, thread: &Attributes, ran: Duration, why: StopReason, now: Time) {
        seats::note(thread.id, false);
        self.note(thread.id.0, &format!("{why:?} after {ran:?}"));
        if why == StopReason::QuantumExpired {
            self.count.preemptions.fetch_add(1, Ordering::Relaxed);
        }
        if why == StopReason::Finished {
            self.diary.remove(&thread.id.0);
        }
        self.inner.stopped(thread, ran, why, now);
    }
}
