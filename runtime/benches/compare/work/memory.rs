//! The memory of a parked task: what a million of them add to the process.
//!
//! Each peer has a process of its own, in which nothing else was ever allocated.
//! Counted is what the OS gave (the resident set), and so what the allocator
//! wastes, too.

use crate::child;
use crate::measure::{Contender, Unit, Work};
use crate::peers;
use crate::work::Effort;
use std::fs;
use std::future::pending;

/// How many tasks are parked.
const TASKS: u32 = 1_000_000;

/// The rows of this file.
pub(crate) fn works(effort: Effort) -> Vec<Work> {
    let in_a_child = |peer: &'static str| {
        let sample = move || child::measure(&format!("memory {peer}"));
        Contender::that_may_fail(peer, Box::new(sample))
    };
    let contenders = vec![
        in_a_child(peers::ours::NAME),
        in_a_child(peers::tokio::NAME).target(0.5),
        in_a_child(peers::local_set::NAME),
        in_a_child(peers::smol::NAME).target(1.0),
        in_a_child(peers::monoio::NAME),
        in_a_child(peers::bare::NAME),
    ];
    vec![effort.long_work("memory of a parked task", Unit::Bytes, contenders)]
}

/// In the child: the bytes that a task of `peer` takes.
pub(crate) fn bytes(peer: &str) -> Option<f64> {
    /// A million tasks that were polled once and wait for ever.
    macro_rules! park {
        ($peer:ident) => {{
            use peers::$peer as peer;
            peer::run(async {
                peer::yield_now().await;
                let before = resident();
                for _ in 0..TASKS {
                    peer::detach(peer::spawn(pending::<()>()));
                }
                peer::yield_now().await;
                (resident() - before) / f64::from(TASKS)
            })
        }};
    }
    Some(match peer {
        peers::ours::NAME => park!(ours),
        peers::tokio::NAME => park!(tokio),
        peers::local_set::NAME => park!(local_set),
        peers::smol::NAME => park!(smol),
        peers::monoio::NAME => park!(monoio),
        peers::bare::NAME => park!(bare),
        _ => return None,
    })
}

/// The memory of this process, in bytes.
fn resident() -> f64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux tells it here");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().next());
    let kibibytes: f64 = kibibytes
        .and_then(|number| number.parse().ok())
        .expect("the resident set is a number of kB");
    kibibytes * 1024.0
}
