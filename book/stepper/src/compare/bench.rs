//! The bench: the programs that are measured, and the server that they talk to.
//!
//! A process of its own for each measurement. What it costs is counted by that
//! process itself; we start it, and read the sample that it prints.
//!
//! Invariants: (1) no measurement takes longer than [`LONGEST`]; (2) nothing runs on
//! when the bench is gone.

use super::{
    limits,
    plan::LONGEST,
    python::{self, Python},
    results::Machine,
};
use crate::{
    children::{
        build::build_of,
        groups::{Groups, Member},
    },
    failure::{Code, Failure},
    recording::Ending,
    signals::Note,
};
use contenders::{Model, Order, Sample};
use std::{
    fs,
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

/// How long the server may take to say where it is.
const PATIENCE: Duration = Duration::from_secs(30);

/// What measures.
#[derive(Debug)]
pub(super) struct Bench {
    /// How many processors the measured may use.
    pub(super) cpus: u32,
    /// The contenders' program.
    program: PathBuf,
    /// Where Python's scripts are.
    scripts: PathBuf,
    /// The usual Python, or why there is none.
    python: Result<Python, String>,
    /// One without a global lock, or why there is none.
    free: Result<Python, String>,
    /// The server, until it is ended (2).
    server: Option<Member>,
    /// Where it is.
    address: SocketAddr,
    /// Whether the contenders are built with optimisation.
    optimised: bool,
    /// Where all children are listed.
    groups: Groups,
}

impl Bench {
    /// Builds the contenders, looks for Pythons, and starts the server.
    ///
    /// # Errors
    /// They do not compile, the server does not start, or a signal came.
    pub(super) fn prepare(
        checkout: &Path,
        unoptimised: bool,
        groups: &Groups,
        note: &Note,
    ) -> Result<Bench, Failure> {
        // The package alone is built in seconds; without optimisation, as `cargo test` has it.
        let package = ["--package=contenders", "--release"];
        let arguments: &[&str] = if unoptimised { &[] } else { &package };
        let built = build_of(checkout, arguments, &["contender".to_owned()], groups);
        let program = match (note.failure(), built) {
            (Some(failure), _) => return Err(failure),
            (None, built) => built?.swap_remove(0),
        };
        let refused = |why: String| {
            let sentence = format!("the local server does not start: {why}");
            note.failure()
                .unwrap_or_else(|| Failure::new(Code::System, sentence))
        };
        let mut command = Command::new(&program);
        command
            .arg("--serve")
            .stdout(Stdio::piped())
            .stdin(Stdio::null());
        let started = groups.start(&mut command);
        let mut server = started.map_err(|error| refused(error.to_string()))?;
        let output = server.child.stdout.take().expect("its output was piped");
        let (tell, told) = channel();
        thread::spawn(move || {
            let mut line = String::new();
            let read = BufReader::new(output).read_line(&mut line);
            // Nobody listens any more if the bench was given up.
            let _ = tell.send(read.ok().and_then(|_| line.trim().parse().ok()));
        });
        let cpus = thread::available_parallelism().map_or(1, |it| it.get().min(1_024));
        let mut bench = Bench {
            cpus: u32::try_from(cpus).expect("there are at most 1,024"),
            program,
            scripts: checkout.join("book/stepper/contenders/python"),
            python: Err("Python is not looked for yet".to_owned()),
            free: Err("Python is not looked for yet".to_owned()),
            server: Some(server),
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            optimised: !unoptimised,
            groups: groups.clone(),
        };
        let Ok(Some(address)) = told.recv_timeout(PATIENCE) else {
            return Err(refused("it does not say where it is".to_owned()));
        };
        bench.address = address;
        (bench.python, bench.free) = (python::usual(groups), python::free(groups));
        match note.failure() {
            Some(failure) => Err(failure),
            None => Ok(bench),
        }
    }

    /// Where it measures.
    pub(super) fn machine(&self) -> Machine {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let [kernel, version] = ["ostype", "osrelease"]
            .map(|name| read(&format!("/proc/sys/kernel/{name}")).trim().to_owned());
        let processors = read("/proc/cpuinfo");
        let named = processors
            .lines()
            .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        Machine {
            cpus: self.cpus,
            system: format!("{kernel} {version}").trim().to_owned(),
            processor: named.map_or(String::new(), |(_, name)| name.to_owned()),
            python: match &self.python {
                Ok(python) => format!("Python {}", python.version),
                Err(why) => why.clone(),
            },
            optimised: self.optimised,
        }
    }

    /// Has `order` carried out once: what it cost, or why it cannot be.
    ///
    /// # Errors
    /// A sentence for the table.
    pub(super) fn measure(&self, order: &Order) -> Result<Sample, String> {
        let order = Order {
            server: Some(self.address),
            ..order.clone()
        };
        let mut command = match order.model.script() {
            None => Command::new(&self.program),
            Some(script) => {
                let python = match order.model {
                    Model::PyFree => self.free.as_ref(),
                    _ => self.python.as_ref(),
                };
                let python = python.map_err(Clone::clone)?;
                let mut command = Command::new(&python.program);
                // -B: no compiled copies beside the scripts.
                command.arg("-B").arg(self.scripts.join(script));
                command
            }
        };
        command.arg(serde_json::to_string(&order).expect("an order is plain data"));
        let said = Child::start(&mut command, &self.groups)?.finish(LONGEST)?;
        let last = said.lines().last().unwrap_or_default();
        serde_json::from_str(last).map_err(|_| "it printed no figures".to_owned())
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            self.groups.end(server.leader());
            // It was ended, and has nothing to say.
            let _ = server.reap();
        }
    }
}

/// A child of whom the output is wanted, and the complaint if it fails.
#[derive(Debug)]
pub(crate) struct Child {
    /// Where its group is listed.
    groups: Groups,
    /// The process.
    member: Member,
    /// What it prints, when it has printed all.
    output: Receiver<String>,
    /// What it complains of.
    complaint: Receiver<String>,
}

impl Child {
    /// Starts `command`.
    ///
    /// # Errors
    /// It cannot be started.
    pub(crate) fn start(command: &mut Command, groups: &Groups) -> Result<Child, String> {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .env_remove("RUST_LOG");
        let started = groups.start(command);
        let mut member = started.map_err(|error| format!("cannot be started: {error}"))?;
        let output = member.child.stdout.take().expect("its output was piped");
        let complaint = member.child.stderr.take().expect("its errors were piped");
        Ok(Child {
            groups: groups.clone(),
            member,
            output: all_of(output),
            complaint: all_of(complaint),
        })
    }

    /// Waits for its end: what it printed.
    ///
    /// # Errors
    /// It failed, or took longer than `limit`: a sentence that says so.
    pub(crate) fn finish(self, limit: Duration) -> Result<String, String> {
        let output = self.output.recv_timeout(limit);
        if output.is_err() {
            self.groups.end(self.member.leader());
        }
        let status = self.member.reap();
        let Ok(output) = output else {
            return Err(format!(
                "was ended: it took longer than {} s",
                limit.as_secs()
            ));
        };
        let status = status.map_err(|error| format!("cannot be waited for: {error}"))?;
        if status.success() {
            return Ok(output);
        }
        let complaint = self.complaint.recv_timeout(PATIENCE).unwrap_or_default();
        Err(why(&complaint, status))
    }
}

/// Why a child failed: what its complaint says, or how it ended.
fn why(complaint: &str, status: ExitStatus) -> String {
    limits::told(complaint).unwrap_or_else(|| format!("failed: {}", Ending::from(status)))
}

/// Everything that comes out of a pipe, once it has ended.
fn all_of(mut pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (tell, told) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What came before an error is all there is.
        let _ = pipe.read_to_end(&mut bytes);
        let _ = tell.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    told
}
