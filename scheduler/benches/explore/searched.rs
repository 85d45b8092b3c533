//! What became of a search, and how a peer's is asked for.
//!
//! A peer searches in a process of its own: where it raises an alarm it may leave
//! threads and memory behind, or abort.

use std::any::Any;
use std::env;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

/// Who searches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    /// loom.
    Loom,
    /// shuttle, depth-first.
    Shuttle,
    /// shuttle, by chance, with this seed.
    Chance(u64),
}

/// What became of a search.
#[derive(Clone, Debug)]
pub(crate) struct Searched {
    /// How long it took.
    pub(crate) nanoseconds: f64,
    /// How many executions there were.
    pub(crate) executions: u64,
    /// How it ended.
    pub(crate) end: End,
}

/// How a search ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Nothing was left to be tried.
    Exhausted,
    /// The time was over.
    CutOff,
    /// It found a failure.
    Alarm(String),
}

impl End {
    /// How a peer's search ended that panics if it finds a failure.
    pub(crate) fn of(result: thread::Result<()>, is_late: bool) -> End {
        match result {
            Err(payload) => End::Alarm(message(&*payload)),
            Ok(()) if is_late => End::CutOff,
            Ok(()) => End::Exhausted,
        }
    }
}

/// What a panic said, in one line.
fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().cloned();
    let text = text.or_else(|| payload.downcast_ref::<&str>().map(ToString::to_string));
    let text = text.unwrap_or_else(|| "a panic".to_owned());
    text.lines().next().unwrap_or_default().to_owned()
}

/// A process that takes so many times its limit is no longer waited for.
const PATIENCE: u32 = 4;

impl Peer {
    /// What the table calls it.
    fn name(self) -> &'static str {
        match self {
            Peer::Loom => "loom",
            Peer::Shuttle => "shuttle DFS",
            Peer::Chance(_) => "shuttle random",
        }
    }

    /// What the table says of a search of its.
    pub(crate) fn told(self, searched: &Searched) -> String {
        let (name, executions) = (self.name(), searched.executions);
        match &searched.end {
            End::Exhausted => format!("{name}, {executions} schedules"),
            End::CutOff => format!("{name}, unfinished after {executions} schedules"),
            End::Alarm(_) => format!("{name}, alarm after {executions} schedules"),
        }
    }

    /// Has it search the program of this name, for so long at most.
    ///
    /// # Errors
    ///
    /// If its process cannot be started, or ends with nothing said.
    pub(crate) fn search(self, name: &str, limit: Duration) -> Result<Searched, String> {
        let who = match self {
            Peer::Loom => "loom".to_owned(),
            Peer::Shuttle => "shuttle".to_owned(),
            Peer::Chance(seed) => seed.to_string(),
        };
        let millis = limit.as_millis();
        let program = env::current_exe().map_err(|error| error.to_string())?;
        let seconds = (limit * PATIENCE).as_secs() + 10;
        let output = Command::new("timeout")
            .arg(seconds.to_string())
            .arg(program)
            .args(["--child", &format!("{who}/{millis}/{name}")])
            .stderr(Stdio::null())
            .output()
            .map_err(|error| format!("timeout: {error}"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        read(&text).ok_or_else(|| {
            format!(
                "{} says nothing of `{name}`: {}",
                self.name(),
                output.status
            )
        })
    }
}

/// What [`child`] printed.
fn read(text: &str) -> Option<Searched> {
    let mut lines = text.lines();
    let executions = lines.next()?.parse().ok()?;
    let end = match lines.next()? {
        "exhausted" => End::Exhausted,
        "cut off" => End::CutOff,
        alarm => End::Alarm(alarm.to_owned()),
    };
    let nanoseconds = lines.next()?.parse().ok()?;
    Some(Searched {
        nanoseconds,
        executions,
        end,
    })
}

/// A peer's process: searches, and prints what became of it, but for its time.
pub(crate) fn child(task: &str) -> Option<f64> {
    let mut parts = task.splitn(3, '/');
    let who = parts.next()?;
    let limit = Duration::from_millis(parts.next()?.parse().ok()?);
    let name = parts.next()?;
    let searched = match who {
        "loom" => super::by_loom::search(name, limit),
        "shuttle" => super::by_shuttle::search(name, limit),
        seed => super::by_shuttle::by_chance(name, limit, seed.parse().ok()?),
    };
    let searched = searched.ok()?;
    println!("{}", searched.executions);
    match searched.end {
        End::Exhausted => println!("exhausted"),
        End::CutOff => println!("cut off"),
        End::Alarm(text) => println!("alarm: {text}"),
    }
    Some(searched.nanoseconds)
}
