//! No process outlives the one that started it, however that ends.

use crate::support::{again, kill, lives, role, wait_until};
use rustix::process::Signal;
use scheduler::process::{self, Pool};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Stdio};
use std::time::Duration;

/// Computes for ever.
fn spin(_: u64) -> u64 {
    loop {
        std::hint::spin_loop();
    }
}

/// Is quickly done.
fn quick(n: u64) -> u64 {
    n
}

/// Ctrl-C ends this process, as it does unless somebody said otherwise: a shell does
/// for what it runs in the background, and the tests may be run there.
#[expect(unsafe_code, reason = "std has no dispositions of signals")]
fn obey_ctrl_c() {
    // SAFETY: requires a signal and a disposition that exist, which these are.
    unsafe { libc::signal(libc::SIGINT, libc::SIG_DFL) };
}

/// The parent: starts pools, tells their processes, and is busy with them.
fn be_a_parent() {
    obey_ctrl_c();
    let busy = Pool::new(2, spin).unwrap();
    let _jobs: Vec<_> = (0..4).map(|n| busy.submit(n)).collect();
    let idle = Pool::builder().workers(2).chunk(1).start(quick).unwrap();
    let processes = busy.processes().into_iter().chain(idle.processes());
    let processes: Vec<String> = processes.map(|(_, process)| process.to_string()).collect();
    println!("\nprocesses {}", processes.join(" "));
    std::io::stdout().flush().unwrap();
    for result in idle.map(0..) {
        result.unwrap();
    }
}

/// Starts a parent, and waits until it has told its workers.
fn parent(test: &str) -> (Child, Vec<u32>) {
    let mut child = again(test, "parent")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut lines = lines.map(Result::unwrap);
    let line = lines.find(|line| line.starts_with("processes ")).unwrap();
    let processes = line
        .split(' ')
        .skip(1)
        .map(|process| process.parse().unwrap());
    (child, processes.collect())
}

/// Ends a parent with a signal, at twenty moments; then nobody may be left.
fn nobody_is_left_after(signal: Signal, test: &str) {
    process::init!(spin, quick);
    if role().is_some() {
        return be_a_parent();
    }
    for moment in 0_u64..20 {
        let (mut child, workers) = parent(test);
        assert_eq!(workers.len(), 4);
        // Moments that do not repeat, from at once to 30 ms later.
        std::thread::sleep(Duration::from_micros(moment * 7_919 % 30_000));
        kill(child.id(), signal);
        child.wait().unwrap();
        wait_until("nobody is left", || {
            !workers.iter().any(|worker| lives(*worker))
        });
    }
}

#[test]
fn a_parent_that_is_killed_leaves_nobody() {
    nobody_is_left_after(
        Signal::KILL,
        "orphans::a_parent_that_is_killed_leaves_nobody",
    );
}

#[test]
fn a_parent_that_gets_ctrl_c_leaves_nobody() {
    nobody_is_left_after(
        Signal::INT,
        "orphans::a_parent_that_gets_ctrl_c_leaves_nobody",
    );
}

#[test]
fn a_parent_killed_while_it_starts_workers_leaves_nobody() {
    const THIS: &str = "orphans::a_parent_killed_while_it_starts_workers_leaves_nobody";
    process::init!(spin, quick);
    if role().is_some() {
        loop {
            drop(Pool::new(2, spin).unwrap());
        }
    }
    for moment in 0_u64..20 {
        let mut child = again(THIS, "parent").stdout(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(5_000 + moment * 1_237));
        let number = child.id();
        kill(number, Signal::KILL);
        child.wait().unwrap();
        wait_until("nobody is left", || workers_of(number).is_empty());
    }
}

/// The processes that say that they are workers of process `parent`.
fn workers_of(parent: u32) -> Vec<u32> {
    let wanted = format!("SIDESTEP_WORKER_OF={parent}");
    let all = std::fs::read_dir("/proc").unwrap();
    let all = all.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    all.filter(|process| {
        let variables = std::fs::read(format!("/proc/{process}/environ")).unwrap_or_default();
        let mut variables = variables.split(|byte| *byte == 0);
        variables.any(|variable| variable == wanted.as_bytes()) && lives(*process)
    })
    .collect()
}

#[test]
fn dropping_a_pool_ends_its_processes_also_in_the_middle_of_a_job() {
    process::init!(spin);
    let pool = Pool::new(3, spin).unwrap();
    let jobs: Vec<_> = (0..5).map(|n| pool.submit(n)).collect();
    let processes = pool.processes();
    assert!(processes.iter().all(|(_, process)| lives(*process)));
    drop(pool);
    assert!(!processes.iter().any(|(_, process)| lives(*process)));
    for job in jobs {
        let error = job.join().unwrap_err().failure().to_string();
        assert_eq!(error, "the pool was dropped before it was done");
    }
}
