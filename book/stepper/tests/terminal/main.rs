//! The screen in a terminal of its own: what it shows, and that the terminal is
//! left as it was found, however the stepper ends.

mod common;

use common::{COUNTERS_TASKS, COUNTERS_THREADS, log};
use rustix::{
    fs::OFlags,
    process::{Pid, Signal, kill_process, test_kill_process},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{LocalModes, Termios, Winsize, tcgetattr, tcsetwinsize},
};
use std::{
    fs::{self, File},
    io::{Read, Write},
    num::NonZero,
    os::fd::OwnedFd,
    process::{Child, Command, ExitStatus},
    thread,
    time::Duration,
};

/// What leaves the alternate screen.
const LEAVE: &str = "\x1b[?1049l";

/// A terminal with a stepper in it.
struct Terminal {
    /// Our end: keys go in, and what the stepper writes comes out.
    keys: File,
    /// The stepper's end, to look at its modes.
    line: OwnedFd,
    /// The modes before the stepper began.
    before: Termios,
    /// What a terminal would show of it.
    screen: vt100::Parser,
    /// All of it.
    written: String,
    /// The stepper.
    child: Child,
    /// Where its trace is.
    folder: tempfile::TempDir,
}

/// Opens the stepper on a trace, in a terminal of this size.
fn open(columns: u16, rows: u16, variables: &[(&str, &str)]) -> Terminal {
    open_with(columns, rows, variables, |trace| vec![trace.to_owned()])
}

/// Opens the stepper with the arguments that `arguments` makes of a trace's path.
fn open_with(
    columns: u16,
    rows: u16,
    variables: &[(&str, &str)],
    arguments: impl Fn(&str) -> Vec<String>,
) -> Terminal {
    open_command("step", (columns, rows), variables, arguments)
}

/// Opens the program with this command, and the arguments that `arguments` makes of a
/// trace's path.
fn open_command(
    command: &str,
    (columns, rows): (u16, u16),
    variables: &[(&str, &str)],
    arguments: impl Fn(&str) -> Vec<String>,
) -> Terminal {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let trace = folder.path().join("both.trace");
    let both = log("runtime", COUNTERS_TASKS) + &log("scheduler", COUNTERS_THREADS);
    fs::write(&trace, both).expect("the folder is ours");
    let arguments = arguments(trace.to_str().expect("the path is UTF-8"));
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)
        .expect("the system has a free terminal");
    grantpt(&ours).expect("the terminal is ours");
    unlockpt(&ours).expect("the terminal is ours");
    let name = ptsname(&ours, Vec::new()).expect("the terminal has a name");
    let line = rustix::fs::open(
        &name,
        OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC,
        rustix::fs::Mode::empty(),
    )
    .expect("the terminal can be opened");
    tcsetwinsize(&line, size(columns, rows)).expect("it is a terminal");
    let before = tcgetattr(&line).expect("it is a terminal");
    // In a session of its own it has no other terminal to ask for the size.
    let child = Command::new("setsid")
        .arg(env!("CARGO_BIN_EXE_sidestep"))
        .arg(command)
        .args(arguments)
        .env("TERM", "xterm")
        .env_remove("NO_COLOR")
        .envs(variables.iter().copied())
        .stdin(line.try_clone().expect("there are files left"))
        .stdout(line.try_clone().expect("there are files left"))
        .stderr(line.try_clone().expect("there are files left"))
        .spawn()
        .expect("the program starts");
    let keys = File::from(ours);
    Terminal {
        keys,
        line,
        before,
        screen: vt100::Parser::new(cells(rows), cells(columns), 0),
        written: String::new(),
        child,
        folder,
    }
}

/// A length as the screen wants it.
fn cells(length: u16) -> NonZero<u16> {
    NonZero::new(length).expect("no terminal is empty")
}

/// A size as the system wants it.
fn size(columns: u16, rows: u16) -> Winsize {
    Winsize {
        ws_row: rows,
        ws_col: columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    }
}

impl Terminal {
    /// Waits until the screen shows `words`.
    fn wait_for(&mut self, words: &str) {
        while !self.screen.screen().contents().contains(words) {
            self.read();
        }
    }

    /// Takes one more piece.
    fn read(&mut self) {
        let shown = self.screen.screen().contents();
        let mut piece = [0; 4096];
        let length = self.keys.read(&mut piece);
        let length = length.unwrap_or_else(|_| panic!("no more came:\n{shown}"));
        self.screen.process(&piece[..length]);
        let piece = String::from_utf8_lossy(&piece[..length]);
        self.written.push_str(&piece);
        // Whoever clears the screen asks where the cursor is, and a terminal answers.
        if piece.contains("\x1b[6n") {
            self.press("\x1b[1;1R");
        }
    }

    /// Makes the terminal as large.
    fn resize(&mut self, columns: u16, rows: u16) {
        tcsetwinsize(&self.line, size(columns, rows)).expect("it is a terminal");
        self.screen
            .screen_mut()
            .set_size(cells(rows), cells(columns));
        // A terminal that is nobody's controlling terminal sends no signal itself.
        kill_process(Pid::from_child(&self.child), Signal::WINCH).expect("it is running");
    }

    /// Types keys.
    fn press(&mut self, keys: &str) {
        self.keys
            .write_all(keys.as_bytes())
            .expect("the terminal takes keys");
    }

    /// Whether keys come one by one, without an echo.
    fn is_raw(&self) -> bool {
        let modes = tcgetattr(&self.line).expect("it is a terminal").local_modes;
        !modes.intersects(LocalModes::ICANON | LocalModes::ECHO)
    }

    /// Waits for the end; the terminal must be as it was.
    fn end(&mut self) -> ExitStatus {
        while !self.written.contains(LEAVE) {
            self.read();
        }
        let status = self.child.wait().expect("the program was started");
        let after = tcgetattr(&self.line).expect("it is a terminal");
        assert_eq!(after.local_modes, self.before.local_modes);
        assert_eq!(after.input_modes, self.before.input_modes);
        assert_eq!(after.output_modes, self.before.output_modes);
        status
    }

    /// Waits until the script says the number of a process of its own.
    fn process(&self) -> Pid {
        let said = self.folder.path().join("both.trace.pid");
        loop {
            let said = fs::read_to_string(&said).unwrap_or_default();
            if let Some(number) = said.strip_suffix('\n') {
                let number = number.parse().expect("the script says a number");
                return Pid::from_raw(number).expect("no process is number 0");
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}

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
