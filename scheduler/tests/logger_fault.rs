//! A logger that panics spoils the trace, and keeps nobody waiting for ever.

use scheduler::policy::FirstComeFirstServed;
use scheduler::{Preemption, Scheduler, Shared};
use std::panic::catch_unwind;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// A logger whose output is closed, say.
struct Faulty;

impl log::Log for Faulty {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, _: &log::Record<'_>) {
        panic!("the logger's fault");
    }

    fn flush(&self) {}
}

#[test]
fn its_panic_reaches_whoever_runs_the_scheduler_after_all_steps() {
    log::set_logger(&Faulty).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let run = catch_unwind(|| {
            let scheduler = Scheduler::new(Preemption::Never, FirstComeFirstServed::new());
            scheduler.run(|| {
                let steps = Shared::new("steps", 0);
                (1..=20_000).for_each(|step| steps.store(step));
            })
        });
        sender.send(run.map(drop).unwrap_err()).unwrap();
    });
    let payload = receiver.recv_timeout(Duration::from_mins(1)).unwrap();
    assert_eq!(payload.downcast_ref(), Some(&"the logger's fault"));
}
