//! Children: their ends, their pipes, and what is left of those that are dropped.

#![cfg(unix)]

mod support;

use runtime::process::{Child, Command};
use runtime::{Clock, EventLoop, sleep, spawn, timeout};
use std::fs;
use std::io::ErrorKind;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Stdio;
use std::thread;
use std::time::Duration;
use support::{only, trace};

/// Runs `main` in real time: children have no other.
fn block_on<T>(main: impl Future<Output = T>) -> T {
    EventLoop::new(Clock::Real).block_on(main)
}

/// A command of the shell.
fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    command
}

/// Whether the OS still knows the process, be it as a zombie.
fn is_known(id: u32) -> bool {
    fs::exists(format!("/proc/{id}")).expect("the OS says")
}

/// Waits, in the loop, until the OS has forgotten the process.
async fn is_forgotten(id: u32) {
    while is_known(id) {
        sleep(Duration::from_millis(1)).await;
    }
}

#[test]
fn a_childs_end_is_told_again_and_again() {
    block_on(async {
        let mut child = shell("exit 7").spawn().unwrap();
        assert_eq!(child.wait().await.unwrap().code(), Some(7));
        assert_eq!(child.wait().await.unwrap().code(), Some(7));
        assert_eq!(child.try_wait().unwrap().unwrap().code(), Some(7));
        child
            .kill()
            .expect("nothing happens: another may have its number");
    });
}

#[test]
fn other_tasks_run_while_a_child_does() {
    block_on(async {
        let mut child = shell("read line").stdin(Stdio::piped()).spawn().unwrap();
        let input = child.stdin.take().unwrap();
        let waits = spawn(async move { child.wait().await });
        sleep(Duration::from_millis(5)).await;
        assert!(!waits.is_finished());
        drop(input);
        assert_eq!(waits.await.unwrap().unwrap().code(), Some(1));
    });
}

#[test]
fn a_child_that_dies_by_a_signal_says_so() {
    block_on(async {
        let mut child = shell("kill -TERM $$").spawn().unwrap();
        let status = child.wait().await.unwrap();
        assert_eq!((status.code(), status.signal()), (None, Some(15)));
    });
}

#[test]
fn a_child_can_be_killed() {
    block_on(async {
        let mut child = Command::new("sleep").arg("1000").spawn().unwrap();
        assert!(
            timeout(Duration::from_millis(1), child.wait())
                .await
                .is_err()
        );
        child.kill().unwrap();
        assert_eq!(child.wait().await.unwrap().signal(), Some(9));
    });
}

#[test]
fn a_child_that_never_starts_is_an_error_that_names_it() {
    block_on(async {
        let error = Command::new("no-such-program").spawn().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(
            error
                .to_string()
                .starts_with("cannot start 'no-such-program': ")
        );
        let error = Command::new("true").current_dir("/no/folder").spawn();
        assert!(
            error
                .unwrap_err()
                .to_string()
                .starts_with("cannot start 'true' in '/no/folder': ")
        );
        let error = Command::new("/").output().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    });
}

#[test]
#[should_panic(expected = "Command::spawn() was called outside of an event loop")]
fn a_child_needs_a_loop() {
    drop(Command::new("true").spawn());
}

#[test]
fn bytes_flow_through_a_child() {
    block_on(async {
        let mut cat = Command::new("cat");
        let mut child = cat
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        // More than the pipes hold: both ends have to wait for each other.
        let writer = spawn(async move { input.write_all(&vec![7; 1 << 20]).await });
        let (mut total, mut buffer) = (0, [0; 5000]);
        loop {
            match output.read(&mut buffer).await.unwrap() {
                0 => break,
                count => total += count,
            }
        }
        assert_eq!(total, 1 << 20);
        writer.await.unwrap().unwrap();
        assert!(child.wait().await.unwrap().success());
    });
}

#[test]
fn waiting_closes_the_childs_input() {
    block_on(async {
        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        assert!(child.wait().await.unwrap().success());
    });
}

#[test]
fn a_child_that_closes_its_pipes_early_is_a_broken_pipe_and_an_end() {
    block_on(async {
        let mut command = shell("exec 0<&- 1>&-; exec sleep 1000");
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        assert_eq!(
            child.stdout.as_ref().unwrap().read(&mut [0]).await.unwrap(),
            0
        );
        let input = child.stdin.take().unwrap();
        let error = input.write_all(b"x").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BrokenPipe);
        assert!(child.try_wait().unwrap().is_none(), "it still lives");
    });
}

#[test]
fn what_a_child_writes_is_collected_from_both_pipes_at_once() {
    block_on(async {
        let script = "head -c 300000 /dev/zero >&2; head -c 300000 /dev/zero; exit 3";
        let output = shell(script).output().await.unwrap();
        assert_eq!(output.status.code(), Some(3));
        assert_eq!(
            (output.stdout.len(), output.stderr.len()),
            (300_000, 300_000)
        );
    });
}

#[test]
fn a_dropped_child_goes_on_and_leaves_no_zombie() {
    block_on(async {
        let mut command = shell("read line");
        let mut child: Child = command.stdin(Stdio::piped()).spawn().unwrap();
        let (id, input) = (child.id(), child.stdin.take().unwrap());
        drop(child);
        sleep(Duration::from_millis(5)).await;
        assert!(is_known(id), "it goes on");
        drop(input); // now it ends
        is_forgotten(id).await;
    });
}

#[test]
fn a_child_that_is_killed_on_drop_leaves_no_zombie() {
    block_on(async {
        let mut command = Command::new("sleep");
        let child = command.arg("1000").kill_on_drop(true).spawn().unwrap();
        let id = child.id();
        drop(child);
        is_forgotten(id).await;
    });
}

#[test]
fn a_child_whose_loop_is_gone_is_buried_by_the_next_start() {
    let id = block_on(async {
        let mut command = Command::new("sleep");
        let child = command.arg("1000").kill_on_drop(true).spawn().unwrap();
        child.id()
    });
    while is_known(id) {
        thread::sleep(Duration::from_millis(1));
        block_on(async { Command::new("true").spawn().unwrap().wait().await.unwrap() });
    }
}

#[test]
fn a_wait_that_is_dropped_wakes_nobody() {
    block_on(async {
        let mut child = shell("exit 0").spawn().unwrap();
        drop(timeout(Duration::ZERO, child.wait()).await);
        assert!(child.wait().await.unwrap().success());
    });
}

#[test]
fn a_childs_end_and_its_pipes_are_sources() {
    let trace = trace(|| {
        block_on(async {
            let mut command = shell("read line; echo");
            let mut child = command
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            assert!(
                timeout(
                    Duration::ZERO,
                    child.stdout.as_ref().unwrap().read(&mut [0])
                )
                .await
                .is_err()
            );
            child
                .stdin
                .as_ref()
                .unwrap()
                .write_all(b"\n")
                .await
                .unwrap();
            let output = child.stdout.take().unwrap();
            while output.read(&mut [0; 8]).await.unwrap() > 0 {}
            child.wait().await.unwrap();
        });
    });
    let registered = only(&trace, &["registered"]);
    assert_eq!(
        registered[..2],
        [
            "registered source=1 kind=pipe interest=writable",
            "registered source=2 kind=pipe interest=readable",
        ]
    );
    assert!(
        ["process", "signal"] // the latter where the OS has no descriptors of processes
            .map(|kind| format!("registered source=3 kind={kind} interest=readable"))
            .contains(&registered[2])
    );
    let transferred = only(&trace, &["transferred"]);
    assert_eq!(
        transferred,
        [
            "transferred source=1 op=write bytes=1",
            "transferred source=2 op=read bytes=1",
            "transferred source=2 op=read bytes=0",
        ]
    );
    assert_eq!(only(&trace, &["deregistered"]).len(), 3);
}
