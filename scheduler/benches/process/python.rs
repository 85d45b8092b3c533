//! Python's figures, from a program that measures them in the same way.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Where the program is.
fn program() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/python/pool.py")
}

/// Why there is no Python to compare with, if there is none.
pub(crate) fn missing() -> Option<String> {
    match Command::new("python3")
        .args(["-c", "import multiprocessing"])
        .output()
    {
        Err(error) => Some(format!("python3: {error}")),
        Ok(output) if !output.status.success() => {
            Some(String::from_utf8_lossy(&output.stderr).into_owned())
        }
        Ok(_) => None,
    }
}

/// The durations that the program prints; none if it cannot be run.
pub(crate) fn rounds(arguments: &[&str]) -> Vec<Duration> {
    let output = Command::new("python3")
        .arg(program())
        .args(arguments)
        .output();
    let text = output.map(|output| output.stdout).unwrap_or_default();
    let lines = String::from_utf8_lossy(&text);
    let seconds = lines.lines().filter_map(|line| line.parse().ok());
    seconds.map(Duration::from_secs_f64).collect()
}
