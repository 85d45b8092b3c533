//! A scenario in a process of its own, with a limit: what may hang, or ends it.

use scheduler::Preemption;
use std::env;
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Set in the process of a scenario: the scenario's name.
const SCENARIO: &str = "SIDESTEP_BAD_DAY";
/// What the scenario is told.
const ARGUMENT: &str = "SIDESTEP_BAD_DAY_ARGUMENT";
/// So long may a scenario take: a machine can be busy, but not for ever.
const PATIENCE: Duration = Duration::from_mins(2);
/// What a scenario says that came to its end.
const RETURNED: &str = "the scenario came to its end";

/// How a scenario ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// Its exit status; None if a signal ended it.
    pub(crate) code: Option<i32>,
    /// That signal.
    pub(crate) signal: Option<i32>,
    /// What it printed.
    pub(crate) stdout: String,
    /// What it complained.
    pub(crate) stderr: String,
}

impl Ended {
    /// It came to its end.
    #[track_caller]
    pub(crate) fn returned(self) -> Ended {
        assert!(
            self.code == Some(0) && self.stdout.contains(RETURNED),
            "{self:#?}"
        );
        self
    }

    /// The watchdog ended it.
    #[track_caller]
    pub(crate) fn was_ended(self) -> Ended {
        assert_eq!(self.code, Some(scheduler::WATCHDOG_STATUS), "{self:#?}");
        self.says("The process ends here, with status 124.")
    }

    /// It complained so.
    #[track_caller]
    pub(crate) fn says(self, words: &str) -> Ended {
        assert!(self.stderr.contains(words), "no {words:?} in {self:#?}");
        self
    }

    /// It did not.
    #[track_caller]
    pub(crate) fn does_not_say(self, words: &str) -> Ended {
        assert!(!self.stderr.contains(words), "{words:?} in {self:#?}");
        self
    }
}

/// Runs `scenario` with `argument` in a process of its own, which logs warnings; or
/// what the argument says, if that is a filter of the log.
/// It must be written in the test itself: its name is the test's.
#[track_caller]
pub(crate) fn in_child<F: Fn(&str)>(argument: &str, scenario: F) -> Ended {
    let name = name_of::<F>();
    if env::var(SCENARIO).is_ok_and(|wanted| wanted == name) {
        env_logger::init();
        scenario(&env::var(ARGUMENT).unwrap());
        println!("{RETURNED}");
        std::process::exit(0);
    }
    let command = command(&name, argument);
    wait(command, &format!("{name} ({argument})"))
}

/// The test in which the scenario `F` is written.
pub(crate) fn name_of<F>() -> String {
    let path = std::any::type_name::<F>();
    let path = path.split_once("::").unwrap().1;
    path.trim_end_matches("::{{closure}}").to_owned()
}

/// The command that runs the scenario.
pub(crate) fn command(name: &str, argument: &str) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    let logs = if argument.contains('=') {
        argument
    } else {
        "scheduler=warn"
    };
    command
        .args([name, "--exact", "--nocapture"])
        .env(SCENARIO, name)
        .env(ARGUMENT, argument)
        .env("RUST_LOG", logs)
        .env("RUST_BACKTRACE", "0"); // hundreds of them take minutes
    command
}

/// Runs `command` to its end, and fails if that does not come.
#[track_caller]
pub(crate) fn wait(mut command: Command, name: &str) -> Ended {
    use std::os::unix::process::ExitStatusExt;
    let mut child = command
        .stdin(Stdio::piped()) // nobody ever writes there
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let _stdin = child.stdin.take();
    let stdout = read(child.stdout.take().unwrap());
    let stderr = read(child.stderr.take().unwrap());
    let Ok(printed) = stdout.recv_timeout(PATIENCE) else {
        give_up(&mut child);
        panic!(
            "{name} hangs; it printed {:?} and complained {:?}",
            stdout.recv_timeout(PATIENCE),
            stderr.recv_timeout(PATIENCE)
        );
    };
    let complained = stderr.recv_timeout(PATIENCE).unwrap_or_default();
    let status = child.wait().unwrap();
    Ended {
        code: status.code(),
        signal: status.signal(),
        stdout: printed,
        stderr: complained,
    }
}

/// Ends `child`, which hangs.
fn give_up(child: &mut Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Reads to the end, on a thread.
fn read(mut from: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = from.read_to_end(&mut bytes);
        sender.send(String::from_utf8_lossy(&bytes).into_owned())
    });
    receiver
}

/// The modes, by name.
pub(crate) const MODES: [&str; 3] = ["checkpoint", "never", "signal"];

/// The mode of this name.
pub(crate) fn mode(name: &str) -> Preemption {
    match name {
        "checkpoint" => Preemption::Checkpoint,
        "never" => Preemption::Never,
        "signal" => Preemption::Signal,
        other => panic!("no mode {other}"),
    }
}

/// So many ms.
pub(crate) const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}
