//! Real threads, which lose the CPU wherever they are.

use super::NewChannel;
use exercises::check::Complaint;
use scheduler::policy::RoundRobin;
use scheduler::{Preemption, Scheduler, spawn};
use std::time::Duration;

/// How many threads on each side.
const A_SIDE: u32 = 3;
/// How many values each sender sends.
const VALUES: u32 = 1_000;

/// Whether threads that are preempted by signal receive each value once.
///
/// # Errors
///
/// A complaint, if they do not, or do not come to their end.
pub(super) fn check(new: NewChannel) -> Result<(), Complaint> {
    let policy = RoundRobin::new(Duration::from_micros(200));
    let arrived = Scheduler::new(Preemption::Signal, policy).run(|| {
        let (sender, receiver) = new(4);
        let senders: Vec<_> = (0..A_SIDE)
            .map(|number| {
                let sender = sender.another();
                spawn(move || {
                    let mut values = number * VALUES..(number + 1) * VALUES;
                    values.all(|value| sender.send(value).is_ok())
                })
            })
            .collect();
        drop(sender);
        let receivers: Vec<_> = (0..A_SIDE)
            .map(|_| {
                let receiver = receiver.another();
                spawn(move || std::iter::from_fn(|| receiver.recv()).collect::<Vec<_>>())
            })
            .collect();
        drop(receiver);
        let sent = senders.into_iter().all(|it| it.join().unwrap_or(false));
        let arrived = receivers.into_iter().filter_map(|it| it.join().ok());
        let mut arrived: Vec<u32> = arrived.flatten().collect();
        arrived.sort_unstable();
        sent.then_some(arrived)
    });
    let happened = match arrived {
        Ok(Some(arrived)) if arrived.iter().copied().eq(0..A_SIDE * VALUES) => return Ok(()),
        Ok(Some(mut arrived)) => {
            let all = arrived.len();
            arrived.dedup();
            format!(
                "{all} were received, {} of them for the first time",
                arrived.len()
            )
        }
        Ok(None) => "a value was given back, or a thread panicked".to_owned(),
        Err(error) => error.to_string(),
    };
    Err(Complaint {
        tried: format!("{A_SIDE} threads send {VALUES} values each, {A_SIDE} others receive"),
        expected: format!("{} values are received, each once", A_SIDE * VALUES),
        happened,
        ..Complaint::default()
    })
}
