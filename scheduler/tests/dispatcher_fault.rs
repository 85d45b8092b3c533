//! A fault of the dispatcher ends the process, with a message and no more loss.

use scheduler::policy::FirstComeFirstServed;
use scheduler::{Preemption, Scheduler};
use std::env;
use std::fs::{self, File};
use std::process::Command;

/// Set in the process that is to end.
const CHILD: &str = "SIDESTEP_DISPATCHER_FAULT";

/// A logger with a fault: in checkpoint mode the dispatcher calls it.
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
fn its_message_does_not_replace_what_a_file_holds_already() {
    if env::var_os(CHILD).is_some() {
        eprintln!("said before");
        log::set_logger(&Faulty).unwrap();
        log::set_max_level(log::LevelFilter::Trace);
        let scheduler = Scheduler::new(Preemption::Checkpoint, FirstComeFirstServed::new());
        unreachable!("{:?}", scheduler.run(|| ()));
    }
    let file = env::temp_dir().join(format!("sidestep-fault-{}", std::process::id()));
    let status = Command::new(env::current_exe().unwrap())
        .args([
            "--exact",
            "its_message_does_not_replace_what_a_file_holds_already",
        ])
        .arg("--nocapture")
        .env(CHILD, "1")
        .stderr(File::create(&file).unwrap())
        .status()
        .unwrap();
    let said = fs::read_to_string(&file).unwrap();
    fs::remove_file(&file).unwrap();
    assert!(!status.success());
    let [before, message] =
        ["said before", "the dispatcher has a fault"].map(|text| said.find(text));
    assert!(before.is_some() && before < message, "{said:?}");
    assert!(said.contains("the logger's fault"), "{said:?}");
}
