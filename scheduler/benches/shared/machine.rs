//! On what a run was made, and when: a figure without it says little.

use std::fs;
use std::process::Command;

/// How busy the machine is: the load average of the last minute.
pub(crate) fn load() -> String {
    let averages = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    averages.split(' ').next().unwrap_or_default().to_owned()
}

/// The machine: its processors, and the kernel.
pub(crate) fn describe() -> String {
    let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let models: Vec<&str> = processors
        .lines()
        .filter(|line| line.starts_with("model name"))
        .filter_map(|line| line.split(": ").nth(1))
        .collect();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!(
        "{} × {}, Linux {}",
        models.len(),
        models.first().unwrap_or(&"an unknown processor"),
        kernel.trim()
    )
}

/// Today, in UTC, as year-month-day; empty where there is no command `date`.
pub(crate) fn today() -> String {
    let date = Command::new("date").args(["-u", "+%F"]).output();
    date.map_or(String::new(), |date| {
        String::from_utf8_lossy(&date.stdout).trim().to_owned()
    })
}
