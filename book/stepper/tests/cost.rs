//! `cost` from outside: every kind is really there, and bad days are plain.
//!
//! The measuring program is built here without optimisation: what is asked is not how
//! fast it is.

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs,
    process::{Command, Output, Stdio},
    thread,
    time::Duration,
};

/// `cost` with these arguments.
fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sidestep"));
    command
        .args(["cost", "--unoptimised"])
        .args(arguments)
        .stdin(Stdio::null());
    command
}

/// Runs it to its end.
fn cost(arguments: &[&str]) -> Output {
    command(arguments).output().expect("the program starts")
}

/// What it printed, and what it complained of.
fn told(output: &Output) -> (String, String) {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

/// Whether this machine has a Python.
fn has_python() -> bool {
    let version = Command::new("python3").arg("--version").output();
    version.is_ok_and(|it| it.status.success())
}

/// The median of a figure of the file, if that number of a kind was measured.
fn figure(file: &Value, kind: &str, count: u32, name: &str) -> Option<f64> {
    let rows = file["samples"].as_array().expect("a list of rows");
    let row = rows
        .iter()
        .find(|row| row["kind"] == kind && row["count"] == count)?;
    row["median"][name].as_f64()
}

#[test]
fn each_kind_is_measured_at_1_and_at_10_and_is_what_it_is_called() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cost.json");
    let path = path.to_str().expect("UTF-8");
    // A busy machine may take long: nothing is to be left out for that.
    let output = cost(&[
        "--most",
        "10",
        "--rounds",
        "1",
        "--longest",
        "600",
        "--json",
        path,
    ]);
    let (text, errors) = told(&output);
    assert_eq!(output.status.code(), Some(0), "{text}{errors}");
    let file = serde_json::from_str(&fs::read_to_string(path).expect("it was written"));
    let file: Value = file.expect("it is JSON");
    assert_eq!(file["stops"], Value::Array(Vec::new()), "{text}");
    // How many of the system's threads, and descriptors, one more takes.
    let kinds = [
        ("task", 0.0, 0.0),
        ("thread", 1.0, 0.0),
        ("os-thread", 1.0, 0.0),
        ("task-connection", 0.0, 1.0),
        ("thread-connection", 1.0, 1.0),
        ("py-task", 0.0, 0.0),
        ("py-thread", 1.0, 0.0),
    ];
    for (kind, threads, descriptors) in kinds {
        if kind.starts_with("py") && !has_python() {
            continue;
        }
        for count in [1, 10] {
            let of = |name| figure(&file, kind, count, name);
            assert_eq!(of("threads"), Some(threads), "{kind}, {count}: {text}");
            assert_eq!(
                of("descriptors"),
                Some(descriptors),
                "{kind}, {count}: {text}"
            );
            assert!(
                of("start") > Some(0.0) && of("end") > Some(0.0),
                "{kind}, {count}"
            );
            let is_connection = kind.ends_with("connection");
            for exchange in ["switch", "message"] {
                assert_eq!(of(exchange).is_none(), is_connection, "{kind}, {count}");
            }
        }
        assert!(text.contains(&format!("(--kind {kind})")), "{text}");
    }
    for kind in ["process", "py-process"] {
        if kind == "process" || has_python() {
            let of = |name| figure(&file, kind, 10, name).expect(kind);
            assert!(
                of("threads") >= 1.0 && of("memory") > 50_000.0,
                "{kind}: {text}"
            );
        }
    }
    assert!(text.contains("these figures are for tests"), "{text}");
    assert!(
        text.contains("idle connections in one process: 10 as tasks"),
        "{text}"
    );
}

#[test]
fn nonsense_is_refused_in_a_sentence() {
    for (arguments, code, sentence) in [
        (
            &["--kind", "threat"][..],
            64,
            "a similar value exists: 'thread'",
        ),
        (&["--most", "0"], 64, "1..=1000000"),
        (&["--rounds", "many"], 64, "'many'"),
        (&["--longest", "0"], 64, "1..=3600"),
        (&["--json", "/nowhere/cost.json"], 73, "/nowhere"),
        (&["7"], 64, "unexpected argument '7'"),
    ] {
        let output = cost(arguments);
        let (text, errors) = told(&output);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {errors}");
        assert!(errors.contains(sentence), "{arguments:?}: {errors}");
        assert_eq!(text, "", "{arguments:?}");
    }
}

#[test]
fn without_python_the_rest_is_measured_and_the_table_says_so() {
    let kinds = [
        "--kind", "task", "--kind", "py-task", "--most", "1", "--rounds", "1",
    ];
    let mut command = command(&kinds);
    let output = command.env("PYTHON", "/nowhere/python3").output();
    let output = output.expect("the program starts");
    let (text, errors) = told(&output);
    assert_eq!(output.status.code(), Some(0), "{errors}");
    assert!(
        text.contains("Python is left out: /nowhere/python3 cannot be started"),
        "{text}"
    );
    assert!(
        text.contains("(--kind task)") && !text.contains("(--kind py-task)"),
        "{text}"
    );
}

#[test]
fn ctrl_c_keeps_what_is_measured() {
    let arguments = ["--kind", "task", "--kind", "os-thread", "--rounds", "99"];
    let mut command = command(&arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().expect("the program starts");
    let mut measurements = BTreeSet::new();
    while measurements.len() < 6 {
        measurements.extend(units_of(child.id()));
        thread::sleep(Duration::from_millis(1));
    }
    kill_process(Pid::from_child(&child), Signal::INT).expect("it is there");
    let output = child.wait_with_output().expect("it ends");
    let (text, errors) = told(&output);
    assert_eq!(output.status.code(), Some(130), "{text}{errors}");
    for kind in ["task", "os-thread"] {
        assert!(text.contains(&format!("(--kind {kind})\n")), "{text}");
    }
    assert!(
        !text.contains("  not "),
        "what was ended is no limit: {text}"
    );
}

/// The processes of measurements that this one has started, and that run now.
fn units_of(parent: u32) -> Vec<String> {
    let processes = fs::read_dir("/proc").expect("this is Linux").flatten();
    let names = processes.filter_map(|entry| entry.file_name().into_string().ok());
    let is_unit = |name: &String| {
        let read = |file: &str| fs::read_to_string(format!("/proc/{name}/{file}"));
        let is_child = read("stat").is_ok_and(|stat| {
            let after_name = stat.rsplit(") ").next().unwrap_or_default();
            after_name.split(' ').nth(1) == Some(&parent.to_string())
        });
        is_child && read("cmdline").is_ok_and(|line| line.contains("examples/unit\0"))
    };
    names.filter(is_unit).collect()
}
