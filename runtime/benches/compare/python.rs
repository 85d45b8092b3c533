//! asyncio and uvloop, by a script, if there is a Python that has them.
//!
//! `PYTHON=/path/to/python3` names another than the first in the path, such as
//! one of a virtual environment with uvloop.

use crate::child;
use crate::load::Load;
use crate::measure::Contender;
use std::env;
use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// The script.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/python/peer.py");

/// The two loops, and how many times our cost they should be at least.
const LOOPS: [(&str, f64); 2] = [("asyncio", 5.0), ("uvloop", 2.0)];

/// Both loops, for a row that the script measures.
pub(crate) fn measured_by_script(row: &str) -> impl Iterator<Item = Contender> {
    LOOPS.into_iter().map(move |(name, factor)| {
        let row = row.to_owned();
        let sample = move || child::figure(&mut script(name, &row)?);
        Contender::that_may_fail(name, Box::new(sample)).target(1.0 / factor)
    })
}

/// Both loops, as echo servers under `load`.
pub(crate) fn under_load(load: Load) -> impl Iterator<Item = Contender> {
    LOOPS.into_iter().map(move |(name, factor)| {
        let sample = move || {
            let mut command = script(name, &format!("echo {}", load.connections))?;
            command.stdout(Stdio::piped());
            let served = load.ask(|tell| {
                let mut server = command.spawn().expect("it was found a moment ago");
                let output = server.stdout.take().expect("its output is piped");
                let mut line = String::new();
                let read = BufReader::new(output).read_line(&mut line);
                let port = read.ok().and_then(|_| line.trim().parse::<u16>().ok());
                let port = port.expect("the server says on which port it listens");
                let heard = tell.send(([127, 0, 0, 1], port).into());
                heard.expect("the generator waits for the address");
                server.wait().expect("the server is our child");
            });
            Ok(served.time)
        };
        Contender::that_may_fail(name, Box::new(sample)).target(1.0 / factor)
    })
}

/// The script, for this loop and row, if Python has that loop.
fn script(name: &str, row: &str) -> Result<Command, String> {
    let python = env::var_os("PYTHON").unwrap_or_else(|| OsString::from("python3"));
    let import = format!("import {name}; print(0)");
    child::figure(Command::new(&python).args(["-c", &import]))?;
    let mut command = Command::new(python);
    command.arg(SCRIPT).arg(name).args(row.split(' '));
    Ok(command)
}
