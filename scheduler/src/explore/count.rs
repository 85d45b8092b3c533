//! How many interleavings are of the kind of one execution.
//!
//! They are the orders in which its steps can be put without changing the order of
//! any two that depend on each other: the linear extensions of what comes before
//! what. Counted from the beginning on, by how far each thread is.
//!
//! Invariants: (1) summed up over all kinds this is the number of all interleavings,
//! without any of them being tried; (2) the begin and the end of a thread, and what
//! only continues another step, do not count as steps.

use super::causes::Causes;
use super::execution::Execution;

/// So many places that an execution can be at are looked at, at most.
const MOST_PLACES: usize = 50_000;

/// Counts interleavings; keeps its room from one execution to the next.
#[derive(Debug, Default)]
pub(super) struct Counter {
    /// How many ways lead to each place: how far each thread is, as one number.
    ways: Vec<u128>,
    /// The steps that count, thread by thread: what each needs of every thread.
    needs: Vec<u32>,
}

impl Counter {
    /// How many interleavings are of the kind of `execution`; None if these are too
    /// many places to look at, or too high a number.
    pub(super) fn interleavings(&mut self, execution: &Execution, causes: &Causes) -> Option<u128> {
        let events = &execution.events;
        let width = events.iter().map(|event| event.thread as usize + 1).max()?;
        // Of each thread, how many of its first so many steps count.
        let mut counted: Vec<Vec<u32>> = vec![vec![0]; width];
        let mut steps: Vec<Vec<usize>> = vec![Vec::new(); width];
        for (step, event) in events.iter().enumerate() {
            let thread = event.thread as usize;
            let counts = event.op.access.is_counted();
            let before = counted[thread].last().copied().unwrap_or(0);
            counted[thread].push(before + u32::from(counts));
            if counts {
                steps[thread].push(step);
            }
        }
        let sizes: Vec<usize> = steps.iter().map(|steps| steps.len() + 1).collect();
        let product = |places: Option<usize>, size: &usize| places?.checked_mul(*size);
        let places = sizes.iter().fold(Some(1), product);
        let places = places.filter(|&places| places <= MOST_PLACES)?;
        // What each step needs: so many counted steps of every thread.
        self.needs.clear();
        let mut begins = Vec::with_capacity(width);
        for (thread, its) in steps.iter().enumerate() {
            begins.push(self.needs.len());
            for &step in its {
                for (other, counted) in counted.iter().enumerate() {
                    let known = causes.known(step, other) as usize;
                    let itself = u32::from(other == thread);
                    self.needs.push(counted[known] - itself);
                }
            }
        }
        self.ways.clear();
        self.ways.resize(places, 0);
        self.ways[0] = 1;
        let mut at = vec![0_u32; width];
        for place in 0..places {
            let ways = self.ways[place];
            let mut stride = 1;
            for thread in 0..width {
                let done = at[thread] as usize;
                if ways > 0 && done < steps[thread].len() {
                    let begin = begins[thread] + done * width;
                    let needs = &self.needs[begin..begin + width];
                    if needs.iter().zip(&at).all(|(need, done)| need <= done) {
                        let next = &mut self.ways[place + stride];
                        *next = next.checked_add(ways)?;
                    }
                }
                stride *= sizes[thread];
            }
            // The next place: one more step of the first thread that has one left.
            for (done, &size) in at.iter_mut().zip(&sizes) {
                *done += 1;
                if (*done as usize) < size {
                    break;
                }
                *done = 0;
            }
        }
        self.ways.last().copied()
    }
}
