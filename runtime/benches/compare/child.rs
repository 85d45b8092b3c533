//! A process of its own for one measurement: this program, called again, or the
//! same program built without the trace.

use crate::work::{memory, switch};
use serde_json::Value;
use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Has a child do `task`, and returns the figure that it prints.
///
/// # Errors
///
/// As [`figure`].
pub(crate) fn measure(task: &str) -> Result<f64, String> {
    let program = env::current_exe().map_err(|error| error.to_string())?;
    figure(Command::new(program).args(["--child", task]))
}

/// Runs `command`, and returns the figure that it prints.
///
/// # Errors
///
/// If it cannot be started, or prints no figure: what it says in its place.
pub(crate) fn figure(command: &mut Command) -> Result<f64, String> {
    let output = command.output().map_err(|error| {
        let program = command.get_program().display();
        format!("{program}: {error}")
    })?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim().parse().map_err(|_| {
        let complaint = String::from_utf8_lossy(&output.stderr);
        let last = complaint.trim().lines().last();
        last.unwrap_or("it printed no figure").to_owned()
    })
}

/// In the child: does `task`. `None`: there is no such task.
pub(crate) fn run(task: &str) -> Option<f64> {
    match task.split_once(' ')? {
        ("memory", peer) => memory::bytes(peer),
        ("switch", times) => Some(switch::once(times.parse().ok()?)),
        _ => None,
    }
}

/// Builds this program once more, without the trace: with the feature of `log`
/// that lets no record through when it is compiled.
///
/// # Errors
///
/// If cargo fails: what it says.
pub(crate) fn build_without_trace() -> Result<PathBuf, String> {
    let cargo = env::var_os("CARGO");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent();
    let target = target.expect("cargo's folder for temporary files is in its target folder");
    let output = Command::new(cargo.as_deref().unwrap_or(OsStr::new("cargo")))
        .args(["bench", "--no-run", "--bench", "compare"])
        .args(["--features", "log/max_level_off"])
        .args(["--message-format", "json"])
        .args([
            "--manifest-path",
            concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),
        ])
        .arg("--target-dir")
        .arg(target)
        .output()
        .map_err(|error| format!("cargo: {error}"))?;
    let messages = String::from_utf8_lossy(&output.stdout);
    messages
        .lines()
        .filter_map(|message| serde_json::from_str::<Value>(message).ok())
        .filter(|message| message["target"]["name"] == "compare")
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .ok_or_else(|| String::from_utf8_lossy(&output.stderr).trim().to_owned())
}
