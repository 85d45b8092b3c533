//! What every lesson shares: its command line.
//!
//! Lessons are the same on every machine and at every run, unless asked for the
//! real thing: tasks run in virtual time, threads move only at checkpoints.
//! `--real` gives the tasks the real clock, and lets the threads be preempted
//! anywhere, by signal.
//!
//! Left out: everything that a lesson is about. A lesson can be copied into a
//! project of your own with one line changed, the one that calls this crate.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, Command, Parser};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Whether the lesson was asked to run for real (`--real`).
///
/// Any other argument ends the program with a message that says what is taken.
pub fn real() -> bool {
    /// The options of a lesson that needs nothing from outside.
    #[derive(Parser)]
    struct Options {
        /// Run in real time, and preempt threads by signal, anywhere
        #[arg(long)]
        real: bool,
    }
    Options::parse().real
}

/// What a lesson about policies is asked to do.
#[derive(Clone, Debug)]
pub struct Choice {
    /// The policy's name.
    pub name: String,
    /// Whether to run for real, as [`real`] says.
    pub real: bool,
}

/// Reads the command line of a lesson in which one can choose the policy, by
/// `--policy NAME`: one of `names`, and `usual` if none is chosen.
///
/// Any other argument ends the program with a message that says what is taken.
pub fn policy(usual: &'static str, names: impl IntoIterator<Item = &'static str>) -> Choice {
    let policy = Arg::new("policy")
        .long("policy")
        .value_name("POLICY")
        .value_parser(PossibleValuesParser::new(names))
        .default_value(usual)
        .help("Who is next");
    let real = Arg::new("real")
        .long("real")
        .action(ArgAction::SetTrue)
        .help("Preempt threads by signal, anywhere, in real time");
    let mut chosen = Command::new("lesson").args([policy, real]).get_matches();
    Choice {
        name: chosen
            .remove_one("policy")
            .unwrap_or_else(|| usual.to_owned()),
        real: chosen.get_flag("real"),
    }
}

/// What a server of the lessons is asked to do.
#[derive(Clone, Copy, Debug)]
pub struct Server {
    /// Where to listen. Port 0 lets the system choose.
    pub address: SocketAddr,
    /// How many clients the lesson itself starts.
    pub clients: usize,
    /// How many connections to accept before the server is done.
    pub connections: usize,
}

impl Server {
    /// Says where clients from outside find it, if it is for them.
    pub fn announce(&self, address: SocketAddr) {
        if self.clients == 0 {
            println!("listening on {address}, until Ctrl-C");
        }
    }
}

/// Reads a server's command line: `--clients N`, or `--listen ADDRESS`
/// to serve others' clients until Ctrl-C.
///
/// Any other argument ends the program with a message that says what is taken.
pub fn server() -> Server {
    /// The options of a lesson with a server.
    #[derive(Parser)]
    struct Options {
        /// Serve clients from outside at this address, until Ctrl-C
        #[arg(long, value_name = "ADDRESS", conflicts_with = "clients")]
        listen: Option<SocketAddr>,
        /// How many clients of its own the lesson starts
        #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        clients: u32,
        /// Accepted for the other lessons' sake: sockets are always real
        #[arg(long, hide = true)]
        real: bool,
    }
    let options = Options::parse();
    match options.listen {
        Some(address) => Server {
            address,
            clients: 0,
            connections: usize::MAX,
        },
        None => Server {
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            clients: options.clients as usize,
            connections: options.clients as usize,
        },
    }
}

/// The most memory that this process has used at any instant so far, in bytes:
/// not what it reserved, but what it touched. 0 where the system does not say
/// (Linux does).
pub fn most_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
    1024 * kibibytes.unwrap_or(0_u64)
}

/// A duration as a number, and as a bar: one sign for each 20 ms, 60 at most.
pub fn bar(duration: Duration) -> String {
    let milliseconds = duration.as_millis();
    let signs = usize::try_from(milliseconds / 20).map_or(60, |signs| signs.min(60));
    let line = format!("{milliseconds:>5} ms {}", "#".repeat(signs));
    line.trim_end().to_owned()
}

/// Calls `each` on two OS threads `rounds` times: with 0 or 1, the thread, and the round,
/// from 1. Both begin a round at nearly the same instant, on two processors if there are
/// two. How often both said yes.
///
/// # Panics
///
/// If `each` does in the last round. careful: in an earlier one it must not, since the other
/// thread would wait for ever.
pub fn at_once(rounds: u32, each: impl Fn(usize, u32) -> bool + Sync) -> usize {
    let gate = AtomicU32::new(0);
    let all = |me| {
        let round = |round| {
            meet(&gate, 2 * round);
            each(me, round)
        };
        (1..=rounds).map(round).collect::<Vec<bool>>()
    };
    let (one, two) = std::thread::scope(|scope| {
        let other = scope.spawn(|| all(1));
        (all(0), other.join().expect("`each` does not panic"))
    });
    let both = one.into_iter().zip(two);
    both.filter(|both| *both == (true, true)).count()
}

/// Comes to the gate, and waits until so many have.
fn meet(gate: &AtomicU32, all: u32) {
    gate.fetch_add(1, Ordering::SeqCst);
    for looks in 1_u32.. {
        if gate.load(Ordering::SeqCst) >= all {
            break;
        }
        if looks.is_multiple_of(200) {
            std::thread::yield_now(); // where there is one processor, the other needs it
        }
        std::hint::spin_loop();
    }
}
