//! `compare`, run as a learner runs it: what is told when something is missing, and
//! what is kept when it is ended.
//!
//! The contenders are built without optimisation, which says nothing about their
//! speed and everything about the rest.

use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    process::{Child, Command, Output, Stdio},
    thread,
    time::Duration,
};

/// The command, with Python as `python` names it.
fn compare(python: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sidestep"));
    command
        .args(["compare", "--unoptimised", "--quick"])
        .args(arguments)
        .env("PYTHON", python)
        .env("PYTHON_FREE", "/nowhere/python3t")
        .stdin(Stdio::null());
    command
}

/// What it printed, as text.
fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn without_python_a_sentence_says_so_and_ours_are_measured() {
    let folder = tempfile::tempdir().unwrap();
    let json = folder.path().join("compared.json");
    let output = compare(
        "/nowhere/python3",
        &["--workload", "shared", "--runs", "2", "--json"],
    )
    .arg(&json)
    .arg("--svg")
    .arg(folder.path().join("compared.svg"))
    .arg("--html")
    .arg(folder.path().join("compared.html"))
    .env("LC_ALL", "de_DE.UTF-8") // its decimal commas are for people
    .output()
    .unwrap();
    let text = text(&output);
    assert!(output.status.success(), "{output:?}");
    assert!(
        text.contains("Python is left out: /nowhere/python3 cannot be started"),
        "{text}"
    );
    let value: Value = serde_json::from_slice(&fs::read(&json).unwrap()).unwrap();
    let written = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(written("compared.svg").matches("<rect ").count(), 7);
    assert_eq!(written("compared.html").matches("<rect ").count(), 7);
    let models = value["workloads"][0]["models"].as_array().unwrap();
    for model in models {
        let name = model["name"].as_str().unwrap();
        let samples = model["samples"].as_array().unwrap();
        let is_python = name.starts_with("py-");
        assert_eq!(samples.len(), if is_python { 0 } else { 2 }, "{name}");
        assert_eq!(model["trouble"].is_string(), is_python, "{name}");
        for sample in samples {
            assert_eq!(sample["answer"], samples[0]["answer"], "{name}");
        }
    }
}

/// How many measurements of the workload `shared` are seen to begin before `enough`.
fn wait_for_measurements(compare: &Child, enough: usize) {
    let mut seen = BTreeSet::new();
    while seen.len() < enough {
        for entry in fs::read_dir("/proc").expect("it is Linux").flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let read = |file: &str| fs::read_to_string(entry.path().join(file)).unwrap_or_default();
            let is_child = read("status").contains(&format!("PPid:\t{}\n", compare.id()));
            if is_child && read("cmdline").contains(r#""workload":"shared""#) {
                seen.insert(name);
            }
        }
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn ctrl_c_keeps_what_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let json = folder.path().join("compared.json");
    let child = compare(
        "/nowhere/python3",
        &["--workload", "shared", "--model", "os-threads"],
    )
    .args(["--runs", "1000", "--json"])
    .arg(&json)
    .stdout(Stdio::piped())
    .spawn()
    .unwrap();
    wait_for_measurements(&child, 5);
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert!(text(&output).contains("plain OS threads"), "{output:?}");
    let value: Value = serde_json::from_slice(&fs::read(&json).unwrap()).unwrap();
    let samples = value["workloads"][0]["models"][0]["samples"].as_array();
    let kept = samples.unwrap().len();
    assert!((3..1000).contains(&kept), "{kept}");
}

#[test]
fn mistakes_are_told_before_anything_is_built() {
    for (arguments, code, says) in [
        (["--workload", "download"], 64, "downloads"),
        (["--model", "thread"], 64, "threads"),
        (["--runs", "0"], 64, "1..=1000"),
        (["--json", "/nowhere/at/all.json"], 73, "no such folder"),
    ] {
        let output = compare("python3", &arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.contains(says), "{told}");
    }
}

#[test]
fn a_full_disk_is_told_and_the_table_printed_all_the_same() {
    if !Path::new("/dev/full").exists() {
        return;
    }
    let only = [
        "--workload",
        "shared",
        "--model",
        "one-by-one",
        "--runs",
        "1",
    ];
    let output = compare("/nowhere/python3", &only)
        .args(["--json", "/dev/full"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(73));
    assert!(text(&output).contains("one after another"), "{output:?}");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        told.contains("/dev/full cannot be written: No space"),
        "{told}"
    );
}
