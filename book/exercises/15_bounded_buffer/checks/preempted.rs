//! Many producers and consumers that are preempted by signal, in real time.

use super::NewBuffer;
use exercises::check::Complaint;
use scheduler::policy::RoundRobin;
use scheduler::{Builder, Preemption, Scheduler};
use std::sync::Arc;
use std::time::Duration;

/// How many producers there are, and how many consumers.
const A_SIDE: u32 = 3;

/// How many values each producer puts in.
const VALUES: u32 = 2_000;

/// Whether every value comes out once, those of each producer in their order.
///
/// # Errors
///
/// A complaint, when they do not.
///
/// # Panics
///
/// If the learner's code does, in one of the threads.
pub(crate) fn check(new: NewBuffer) -> Result<(), Complaint> {
    let complaint = |happened: String| Complaint {
        tried: format!(
            "{A_SIDE} producers of {VALUES} values each, {A_SIDE} consumers, a buffer with room \
             for 4, 2 CPUs, preempted by signal every 200 µs"
        ),
        expected: "every value is taken once, those of each producer in their order".to_owned(),
        happened,
        ..Complaint::default()
    };
    let policy = RoundRobin::new(Duration::from_micros(200));
    let run = Scheduler::new(Preemption::Signal, policy)
        .cpus(2)
        .run(|| all_taken(new));
    let taken = run.map_err(|error| complaint(error.to_string()))?;
    let taken = taken.map_err(|panic| complaint(format!("a thread panicked: {panic}")))?;
    for consumer in &taken {
        for producer in 0..A_SIDE {
            let of_one = consumer.iter().filter(|value| *value / VALUES == producer);
            if !of_one.is_sorted() {
                let names = format!("producer {producer}'s values");
                return Err(complaint(format!("a consumer takes {names} out of order")));
            }
        }
    }
    let mut all: Vec<u32> = taken.concat();
    all.sort_unstable();
    let expected = A_SIDE * VALUES;
    if all.iter().copied().eq(0..expected) {
        return Ok(());
    }
    let count = all.len();
    all.dedup();
    Err(complaint(format!(
        "{count} values are taken, {} different ones; {expected} were put in",
        all.len()
    )))
}

/// What each consumer took; or the message of a thread that panicked.
fn all_taken(new: NewBuffer) -> Result<Vec<Vec<u32>>, String> {
    let buffer = new(4);
    let producers: Vec<_> = (0..A_SIDE)
        .map(|producer| {
            let buffer = Arc::clone(&buffer);
            let name = format!("producer {producer}");
            Builder::new().name(name).spawn(move || {
                (0..VALUES).all(|value| buffer.put(producer * VALUES + value).is_ok())
            })
        })
        .collect();
    let consumers: Vec<_> = (0..A_SIDE)
        .map(|consumer| {
            let buffer = Arc::clone(&buffer);
            let name = format!("consumer {consumer}");
            let take_all = move || std::iter::from_fn(|| buffer.take()).collect::<Vec<u32>>();
            Builder::new().name(name).spawn(take_all)
        })
        .collect();
    let message = |payload: Box<dyn std::any::Any + Send>| {
        let text = payload.downcast_ref::<String>().cloned();
        text.or_else(|| payload.downcast_ref::<&str>().map(ToString::to_string))
            .unwrap_or_default()
    };
    for producer in producers {
        producer.join().map_err(message)?;
    }
    buffer.close();
    let joined = consumers
        .into_iter()
        .map(|consumer| consumer.join().map_err(message));
    joined.collect()
}
