//! A TCP echo server under load: 64-byte messages, one out on each connection.

mod servers;

use crate::load::Load;
use crate::measure::{Contender, Unit, Work};
use crate::peers;
use crate::python;
use crate::work::Effort;
use std::net::SocketAddr;
use std::sync::mpsc::Sender;

/// The length of a message.
const MESSAGE: usize = 64;

/// The rows of this file.
pub(crate) fn works(effort: Effort) -> Vec<Work> {
    let row = |name, unit, connections| {
        let load = Load {
            connections,
            request: &[b'.'; MESSAGE],
            end_of_answer: |answer| (answer.len() >= MESSAGE).then_some(MESSAGE),
            window: effort.window(),
        };
        let served_by = |peer, server: fn(&Sender<SocketAddr>, usize)| {
            Contender::new(peer, move || {
                let served = load.ask(|address| server(&address, connections));
                match unit {
                    Unit::PerSecond => served.time,
                    _ => served.cpu,
                }
            })
        };
        let mut contenders = vec![
            served_by(peers::ours::NAME, servers::ours),
            served_by(peers::tokio::NAME, servers::tokio).target(1.0),
            served_by(peers::local_set::NAME, servers::local_set),
            served_by(peers::smol::NAME, servers::smol),
            served_by(peers::monoio::NAME, servers::monoio),
            served_by("bare mio loop", servers::bare).target(1.0 / 0.95),
        ];
        if unit == Unit::PerSecond {
            contenders.extend(python::under_load(load));
        }
        effort.work(name, unit, contenders)
    };
    let cpu = Unit::Nanoseconds;
    vec![
        row("echo, 1 connection", Unit::PerSecond, 1),
        row("echo, 64 connections", Unit::PerSecond, 64),
        row("echo, 1,000 connections", Unit::PerSecond, 1_000),
        row("echo, 64 connections, CPU time of the server", cpu, 64),
    ]
}
