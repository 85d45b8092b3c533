//! `export`: Chrome trace JSON held against the documented format, and the
//! stepper's own.

mod common;

use common::{COUNTERS_TASKS, COUNTERS_THREADS, POOL, log, read, side};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    process::{Command, Stdio},
};
use stepper::{
    Side,
    chrome::{self, Axis},
};

/// The events of what is written for these sides.
fn exported(sides: &[&Side], axis: Axis) -> Vec<Value> {
    let mut bytes = Vec::new();
    chrome::write(sides, axis, &mut bytes).expect("a vector takes all");
    events(&bytes)
}

/// The events of a file, each held against the format.
fn events(bytes: &[u8]) -> Vec<Value> {
    let json: Value = serde_json::from_slice(bytes).expect("it is JSON");
    let events = json["traceEvents"].as_array().expect("a list").clone();
    let broken = broken_rules(&events);
    assert_eq!(broken, Vec::<String>::new());
    events
}

/// What the format demands and these events do not keep: the fields of each
/// phase, order on each track, pairs, and bars that do not overlap.
fn broken_rules(events: &[Value]) -> Vec<String> {
    let mut broken = Vec::new();
    let mut latest: BTreeMap<u64, f64> = BTreeMap::new();
    let mut bars: BTreeMap<u64, Vec<(f64, f64)>> = BTreeMap::new();
    let mut open: BTreeMap<u64, i64> = BTreeMap::new();
    let (mut starts, mut arrivals) = (BTreeMap::new(), BTreeMap::new());
    let mut named = BTreeSet::new();
    for event in events {
        let mut demand = |met: bool, rule: &str| {
            if !met {
                broken.push(format!("{rule}: {event}"));
            }
        };
        let phase = event["ph"].as_str().unwrap_or("");
        let (pid, tid) = (event["pid"].as_u64(), event["tid"].as_u64());
        let (Some(pid), Some(tid), Some(time)) = (pid, tid, event["ts"].as_f64()) else {
            demand(false, "pid, tid and ts are numbers");
            continue;
        };
        demand(pid > 0 && tid > 0 && time >= 0.0, "0 is nobody's");
        demand(event["name"].is_string(), "it has a name");
        demand(event["args"].is_object(), "args is a map");
        if phase != "M" {
            let last = latest.insert(tid, time).unwrap_or(0.0);
            demand(last <= time, "ts does not go back on a track");
        }
        let id = event["id"].as_u64();
        match phase {
            "M" => {
                named.insert(tid);
            }
            "X" => {
                let length = event["dur"].as_f64();
                demand(length.is_some_and(|it| it >= 0.0), "X has a dur");
                let end = time + length.unwrap_or(0.0);
                bars.entry(tid).or_default().push((time, end));
            }
            "b" | "e" => {
                demand(id.is_some(), "it has an id");
                let count = open.entry(id.unwrap_or(0)).or_default();
                *count += if phase == "b" { 1 } else { -1 };
                let fits = (0..=1).contains(count);
                demand(fits, "waits of one unit begin and end in turn");
            }
            "s" => drop(starts.insert(id, (time, tid))),
            "f" => {
                demand(event["bp"] == "e", "it binds to the bar around it");
                arrivals.insert(id, (time, tid));
            }
            "C" => demand(
                event["args"]
                    .as_object()
                    .is_some_and(|it| it.values().all(Value::is_number)),
                "a counter counts",
            ),
            "i" => demand(event["s"] == "t", "an instant says how far it reaches"),
            _ => demand(false, "the phase is one of ours"),
        }
        demand(named.contains(&tid), "a track has its name first");
    }
    if starts.keys().ne(arrivals.keys()) {
        broken.push("an arrow does not start, or does not arrive".to_owned());
    }
    let within = |at: &(f64, u64)| {
        let bars = bars.get(&at.1).into_iter().flatten();
        bars.clone().any(|bar| bar.0 <= at.0 && at.0 <= bar.1)
    };
    if !starts.values().chain(arrivals.values()).all(within) {
        broken.push("an arrow hangs in the air".to_owned());
    }
    if open.values().any(|&count| count != 0) {
        broken.push("a wait does not end".to_owned());
    }
    for bars in bars.values() {
        if bars.windows(2).any(|pair| pair[0].1 > pair[1].0) {
            broken.push(format!("bars overlap: {bars:?}"));
        }
    }
    broken
}

/// `NAME ts dur stopped` of every bar on a track.
fn bars(events: &[Value], track: &str) -> Vec<String> {
    let is_it = |event: &&Value| event["name"] == "thread_name" && event["args"]["name"] == track;
    let tid = &events.iter().find(is_it).expect("the track is there")["tid"];
    let bar = |event: &Value| {
        let stopped = event["args"]["stopped"].as_str().unwrap_or("?");
        let name = event["name"].as_str().unwrap_or("?");
        format!("{name} {} {} {stopped}", event["ts"], event["dur"])
    };
    let here = events
        .iter()
        .filter(|it| it["tid"] == *tid && it["ph"] == "X");
    here.map(bar).collect()
}

/// How many events have this phase.
fn count(events: &[Value], phase: &str) -> usize {
    events.iter().filter(|event| event["ph"] == phase).count()
}

#[test]
fn a_bar_is_a_stay_on_the_cpu_in_microseconds_and_says_why_it_ended() {
    let threads = side("scheduler", COUNTERS_THREADS);
    let events = exported(&[&threads], Axis::Time);
    assert_eq!(
        bars(&events, "CPU 0"),
        [
            "0 main 0.0 1000.0 blocked",
            "1 ping 1000.0 3000.0 preempted",
            "2 pong 4000.0 2000.0 finished",
            "1 ping 6000.0 1000.0 finished",
            "0 main 7000.0 2000.0 finished",
        ]
    );
    assert_eq!(
        bars(&events, "1 ping"),
        [
            "01_two_counters_threads.rs:22 1000.0 3000.0 preempted",
            "01_two_counters_threads.rs:12 6000.0 1000.0 finished",
        ]
    );
    // main waits once, for ping; ping's end wakes it; and main readied both.
    assert_eq!((count(&events, "b"), count(&events, "e")), (1, 1));
    assert_eq!((count(&events, "s"), count(&events, "f")), (3, 3));
    assert_eq!(count(&events, "i"), 3, "three lines of output");
}

#[test]
fn steps_give_a_length_to_polls_that_take_no_virtual_time() {
    let tasks = side("runtime", COUNTERS_TASKS);
    let threads = side("scheduler", COUNTERS_THREADS);
    assert_eq!(Axis::fitting(&[&tasks, &threads]), Axis::Steps);
    assert_eq!(Axis::fitting(&[&threads]), Axis::Time);
    let events = exported(&[&tasks, &threads], Axis::Steps);
    assert_eq!(
        bars(&events, "1 ping")[..2],
        [
            "01_two_counters_tasks.rs:22 13.0 2.0 pending",
            "01_two_counters_tasks.rs:10 20.0 1.0 completed",
        ]
    );
}

#[test]
fn a_worker_process_is_drawn_by_its_jobs_and_has_no_cpu_that_we_know_of() {
    let threads = side("scheduler", COUNTERS_THREADS);
    let workers = side("process", POOL);
    let events = exported(&[&threads, &workers], Axis::Time);
    assert_eq!(
        bars(&events, "worker 2"),
        ["job 2 0.042 0.018 exited"],
        "it was killed"
    );
    assert_eq!(bars(&events, "worker 1").len(), 2, "jobs 1 and 3");
    let is_cpu = |event: &&Value| {
        let name = event["args"]["name"].as_str();
        event["name"] == "thread_name" && name.is_some_and(|name| name.starts_with("CPU"))
    };
    assert_eq!(events.iter().filter(is_cpu).count(), 1, "the scheduler's");
}

#[test]
fn a_trace_that_is_cut_or_contradicts_itself_is_drawn_within_the_rules() {
    let lines: Vec<&str> = COUNTERS_THREADS.lines().collect();
    for end in 0..=lines.len() {
        let cut = lines[..end].join("\n");
        let trace = read(log("scheduler", &cut).as_bytes());
        exported(&trace.sides.iter().collect::<Vec<_>>(), Axis::Time);
    }
    let odd = side(
        "scheduler",
        "dispatched t=9 sched=0 thread=1 cpu=0 src=a.rs:1
         dispatched t=5 sched=0 thread=2 cpu=0 src=a.rs:1
         dispatched t=6 sched=0 thread=1 cpu=1 src=a.rs:1
         dispatched t=7 sched=0 thread=1 cpu=0 src=a.rs:1
         blocked t=7 sched=0 thread=1 cpu=0 ran=1 on=mutex:1 src=a.rs:1
         blocked t=8 sched=1 thread=1 cpu=0 ran=1 on=mutex:1 src=a.rs:1
         raced t=9 sched=0 shared=1 first=thread:1 src=a.rs:1",
    );
    let events = exported(&[&odd], Axis::Time);
    assert!(events.iter().any(|event| event["name"] == "raced"));
}

#[test]
fn every_recorded_trace_of_the_checkout_is_drawn_within_the_rules() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");
    let mut files = 0;
    for entry in fs::read_dir(folder).expect("it is there").flatten() {
        let bytes = fs::read(entry.path()).expect("it can be read");
        let trace = read(&bytes);
        let sides: Vec<&Side> = trace.sides.iter().collect();
        for axis in [Axis::Time, Axis::Steps] {
            exported(&sides, axis);
        }
        files += 1;
    }
    let both = log("runtime", COUNTERS_TASKS) + &log("scheduler", COUNTERS_THREADS);
    let trace = read(both.as_bytes());
    exported(&trace.sides.iter().collect::<Vec<_>>(), Axis::Time);
    assert!(files >= 9, "{folder} holds {files}, of each model");
}

#[test]
fn the_program_writes_both_formats_and_says_what_it_cannot() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("both.trace");
    let both = log("runtime", COUNTERS_TASKS) + &log("scheduler", COUNTERS_THREADS);
    fs::write(&path, both).expect("the folder is ours");
    let path = path.to_str().expect("UTF-8");
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sidestep"));
        command.arg("export").args(arguments).stdin(Stdio::null());
        command.output().expect("the program starts")
    };
    let out = folder.path().join("out.json");
    let done = run(&[path, "--out", out.to_str().unwrap()]);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    assert!(done.stdout.is_empty());
    let written = events(&fs::read(&out).expect("it is there"));
    let names: Vec<&str> = written
        .iter()
        .filter(|event| event["name"] == "process_name")
        .filter_map(|event| event["args"]["name"].as_str())
        .collect();
    assert_eq!(names, ["tasks", "threads"]);
    let json = run(&[path, "--format", "json"]);
    let json = stepper::Trace::from_json(&json.stdout).expect("it reads back");
    assert_eq!(json.sides.len(), 2);
    // A program that fails: what it wrote is there, and the code says so.
    let script = format!("cat {path}; exit 3");
    let failed = run(&["--", "/bin/sh", "-c", &script]);
    assert_eq!(failed.status.code(), Some(1));
    assert!(!events(&failed.stdout).is_empty());
    // By a link: should it be replaced by a file, nobody misses it.
    let full = folder.path().join("full");
    std::os::unix::fs::symlink("/dev/full", &full).expect("the folder is ours");
    let full = full.to_str().unwrap();
    for (arguments, code, words) in [
        (&["none.trace"][..], 66, "cannot be read"),
        (
            &[path, "--out", "/no/such/folder/a.json"],
            73,
            "no such folder",
        ),
        (&[path, "--out", full], 73, "cannot be written"),
        (&["--", "/bin/echo", "hello"], 65, "wrote no trace"),
        (&["--", "/no/such/program"], 127, "/no/such/program"),
    ] {
        let refused = run(arguments);
        let errors = String::from_utf8_lossy(&refused.stderr);
        assert_eq!(refused.status.code(), Some(code), "{arguments:?}: {errors}");
        assert!(errors.contains(words), "{arguments:?}: {errors}");
    }
}
