//! A process of its own for one measurement: this program, called again.

use crate::work::memory;
use std::env;
use std::process::Command;

/// Has a child do `task`, and returns the figure that it prints.
///
/// # Errors
///
/// If it cannot be started, or prints no figure: what it says in its place.
pub(crate) fn measure(task: &str) -> Result<f64, String> {
    let program = env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new(program)
        .args(["--child", task])
        .output()
        .map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim()
        .parse()
        .map_err(|_| String::from_utf8_lossy(&output.stderr).trim().to_owned())
}

/// In the child: does `task`. `None`: there is no such task.
pub(crate) fn run(task: &str) -> Option<f64> {
    match task.split_once(' ')? {
        ("memory", peer) => memory::bytes(peer),
        _ => None,
    }
}
