//! The screen in a terminal of its own: what it shows, and that the terminal is
//! left as it was found, however the stepper ends.

#[path = "../common/mod.rs"]
mod common;
mod harness;

use harness::{LEAVE, Terminal, open, open_command, open_program, open_with};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use std::{fs, path::Path, thread, time::Duration};

/// Opens the stepper on a script that prints a trace, starts a process and hangs.
fn open_hanging() -> Terminal {
    open_with(80, 24, &[], |trace| {
        let script = format!("cat {trace}; sleep 1000 & echo $! > {trace}.pid; wait");
        ["--", "/bin/sh", "-c", &script].map(str::to_owned).to_vec()
    })
}

/// Waits until a process is gone.
fn wait_until_gone(process: Pid) {
    while test_kill_process(process).is_ok() {
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn each_way_to_leave_restores_the_terminal() {
    for keys in ["q", "\x1b", "\x03"] {
        let mut terminal = open(80, 24, &[]);
        terminal.wait_for("tasks");
        assert!(terminal.is_raw());
        terminal.press(keys);
        assert_eq!(terminal.end().code(), Some(0), "{keys:?}");
    }
}

#[test]
fn signal_restores_the_terminal_and_gives_its_code() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::INT, 130), (Signal::HUP, 129)] {
        let mut terminal = open(80, 24, &[]);
        terminal.wait_for("tasks");
        kill_process(Pid::from_child(&terminal.child), signal).unwrap();
        assert_eq!(terminal.end().code(), Some(code));
    }
}

#[test]
fn keys_step_and_a_smaller_terminal_asks_for_room() {
    let mut terminal = open(80, 24, &[]);
    terminal.wait_for("Nothing has happened yet");
    terminal.press("\x1b[C");
    terminal.wait_for("loop starts");
    terminal.resize(39, 9);
    terminal.wait_for("too small");
    terminal.resize(160, 50);
    terminal.wait_for("our source");
    terminal.press("q");
    assert_eq!(terminal.end().code(), Some(0));
}

#[test]
fn no_color_means_no_colours() {
    for (variables, coloured) in [(&[][..], true), (&[("NO_COLOR", "1")][..], false)] {
        let mut terminal = open(80, 24, variables);
        terminal.press("q");
        terminal.end();
        let written = &terminal.written;
        assert_eq!(written.contains("\x1b[38;5;"), coloured, "{written:?}");
    }
}

#[test]
fn dumb_terminal_gets_the_plain_transcript() {
    let mut terminal = open(80, 24, &[("TERM", "dumb")]);
    while !terminal.written.contains("end of the file") {
        terminal.read();
    }
    assert_eq!(terminal.child.wait().unwrap().code(), Some(0));
}

#[test]
fn running_program_is_shown_while_it_runs_and_ended_on_leaving() {
    let mut terminal = open_hanging();
    terminal.wait_for("still running");
    let process = terminal.process();
    terminal.press("q");
    assert_eq!(terminal.end().code(), Some(0));
    wait_until_gone(process);
}

#[test]
fn terminal_that_vanishes_ends_everything() {
    let mut terminal = open_hanging();
    terminal.wait_for("still running");
    let process = terminal.process();
    drop(terminal.keys);
    drop(terminal.line);
    assert_eq!(terminal.child.wait().unwrap().code(), Some(74));
    wait_until_gone(process);
}

#[test]
fn searches_are_shown_and_enter_steps_the_failure_beside_what_is_fine() {
    let told = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/told/22_lost_update.txt");
    let script = format!(
        r#"case $SCHEDULE in
            '') cat {told};;
            v1,5:2/15) sed s/pong/song/ "$1";;
            *) cat "$1";;
        esac"#
    );
    for size in [(80, 24), (160, 50)] {
        let mut terminal = open_command("explore", size, &[], |trace| {
            let script = ["--", "/bin/sh", "-c", &script, "sh", trace];
            script.map(str::to_owned).to_vec()
        });
        terminal.wait_for("4 tried, one of each kind");
        terminal.wait_for("the tree of choices");
        terminal.press("?");
        terminal.wait_for("any key: back");
        terminal.press(" \r");
        terminal.wait_for("both did the same: here they differ");
        terminal.press("q");
        terminal.wait_for("the tree of choices");
        terminal.press("q");
        // It is left for the stepper, by the stepper, and in the end.
        while terminal.written.matches(LEAVE).count() < 3 {
            terminal.read();
        }
        assert_eq!(terminal.end().code(), Some(0));
    }
}

#[test]
fn search_that_goes_on_is_ended_by_a_key_and_what_was_found_stays() {
    let told = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/told/22_lost_update.txt");
    let mut terminal = open_command("explore", (80, 24), &[], |trace| {
        let script =
            format!("grep -v '\"ended\"' {told}; sleep 1000 & echo $! > {trace}.pid; wait");
        ["--", "/bin/sh", "-c", &script].map(str::to_owned).to_vec()
    });
    terminal.wait_for("running");
    let process = terminal.process();
    terminal.press("x");
    terminal.wait_for("what was found stays");
    wait_until_gone(process);
    terminal.wait_for("the selected execution");
    terminal.press("q");
    assert_eq!(terminal.end().code(), Some(0));
}

#[test]
fn puzzle_is_driven_taken_back_hinted_and_solved() {
    for size in [(80, 24), (160, 50)] {
        let mut terminal = open_command("drive", size, &[], |_| vec!["lost-update".to_owned()]);
        // What is typed, and what is shown then.
        for (keys, words) in [
            ("", "who goes next?"),
            ("7", "thread 7 cannot go here: 1, 2 can"),
            ("\r", "nobody goes on by itself here"),
            ("z", "z means nothing here"),
            ("u", "nothing was picked yet"),
            ("1", "move 1 · 0 preemptions · par: 1 preemption"),
            ("?", "take the last move back"),
            (" \r", "It came to: fine."),
            ("h", "cannot be reached from here"),
            (" u", "move 1 ·"),
            (
                "h",
                "pick 2: 'panic: an update is lost' is 1 preemption away",
            ),
            ("2", "move 2 · 1 preemption"),
            ("\r", "Reached, and nobody can with fewer preemptions."),
            ("\x1b[D", "move 2 of 3"),
            ("\x1b[H", "move 0 of 3"),
            ("\x1b[F", "It came to: panic: an update is lost."),
            ("S", "copied: cargo run -- step 22 --schedule v1,"),
            ("r", "move 0 ·"),
        ] {
            terminal.press(keys);
            terminal.wait_for(words);
        }
        terminal.press("q");
        assert_eq!(terminal.end().code(), Some(0));
    }
}

#[test]
fn comparison_is_shown_as_bars_and_enter_says_where_the_time_went() {
    let arguments = "--unoptimised --quick --workload shared --runs 1";
    let variables = [("PYTHON", "/nowhere/python3")];
    for size in [(80, 24), (160, 50)] {
        let mut terminal = open_command("compare", size, &variables, |_| {
            arguments.split(' ').map(str::to_owned).collect()
        });
        terminal.wait_for("every run is made");
        terminal.wait_for("█");
        terminal.press("\r");
        terminal.wait_for("one after another: ");
        terminal.wait_for("in 1 run");
        terminal.press("q");
        assert_eq!(terminal.end().code(), Some(0));
    }
}

#[test]
fn newcomer_is_greeted_and_who_comes_back_is_told_where_they_were() {
    for (progress, words) in [
        (None, "Welcome."),
        (
            Some("last = \"01_two_counters\"\n"),
            "Last you were at lesson 01 two counters",
        ),
    ] {
        let mut terminal = open_program((80, 24), &[], |trace| {
            let folder = Path::new(trace).parent().expect("it lies in a folder");
            fs::create_dir_all(folder.join("book/exercises")).expect("the folder is ours");
            if let Some(progress) = progress {
                fs::write(folder.join(".sidestep-progress.toml"), progress).expect("it is ours");
            }
            Vec::new()
        });
        terminal.wait_for(words);
        terminal.press(" "); // any key
        terminal.wait_for("Nothing has happened yet");
        terminal.press("q");
        assert_eq!(terminal.end().code(), Some(0));
    }
}
