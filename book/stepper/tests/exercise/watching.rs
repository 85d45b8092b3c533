//! `exercise watch` and the greeting, in a terminal of their own.

use super::Checkout;
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::num::NonZero;
use std::path::Path;
use std::process::{Child, Command};

/// A terminal of 80x24 with the program in it.
struct Terminal {
    /// Our end.
    keys: File,
    /// What it shows.
    screen: vt100::Parser,
    /// All that came.
    written: String,
    /// The program.
    child: Child,
}

impl Terminal {
    /// Runs the program in the checkout.
    fn open(checkout: &Checkout, arguments: &[&str], cargo: Option<&Path>) -> Terminal {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)
            .expect("the system has a free terminal");
        grantpt(&ours).expect("the terminal is ours");
        unlockpt(&ours).expect("the terminal is ours");
        let name = ptsname(&ours, Vec::new()).expect("the terminal has a name");
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let line = rustix::fs::open(&name, flags, Mode::empty()).expect("it can be opened");
        let size = Winsize {
            ws_row: 24,
            ws_col: 80,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&line, size).expect("it is a terminal");
        let end = || line.try_clone().expect("there are files left");
        let mut command = Command::new("setsid");
        command
            .arg(env!("CARGO_BIN_EXE_sidestep"))
            .args(arguments)
            .current_dir(&checkout.0)
            .env("TERM", "xterm")
            .env(
                "CARGO_TARGET_DIR",
                Path::new(env!("CARGO_TARGET_TMPDIR")).join("exercise_target"),
            );
        if let Some(cargo) = cargo {
            command.env("CARGO", cargo);
        }
        let child = command
            .stdin(end())
            .stdout(end())
            .stderr(end())
            .spawn()
            .expect("the program starts");
        let cells = |length| NonZero::new(length).expect("no terminal is empty");
        Terminal {
            keys: File::from(ours),
            screen: vt100::Parser::new(cells(24), cells(80), 0),
            written: String::new(),
            child,
        }
    }

    /// What is on the screen.
    fn shown(&self) -> String {
        self.screen.screen().contents()
    }

    /// Waits until the screen shows `words`.
    fn wait_for(&mut self, words: &str) -> String {
        while !self.shown().contains(words) {
            self.read();
        }
        self.shown()
    }

    /// Takes one more piece.
    fn read(&mut self) {
        let mut piece = [0; 4096];
        let length = self.keys.read(&mut piece);
        let length = length.unwrap_or_else(|_| panic!("no more came:\n{}", self.shown()));
        self.screen.process(&piece[..length]);
        let piece = String::from_utf8_lossy(&piece[..length]);
        self.written.push_str(&piece);
        if piece.contains("\x1b[6n") {
            self.press("\x1b[1;1R"); // whoever clears asks where the cursor is
        }
    }

    /// Types keys.
    fn press(&mut self, keys: &str) {
        let keys = keys.as_bytes();
        self.keys.write_all(keys).expect("the terminal takes keys");
    }

    /// Leaves with `q`, and returns the exit code.
    fn leave(mut self) -> (Option<i32>, String) {
        self.press("q");
        while !self.written.contains("\x1b[?1049l") {
            self.read();
        }
        let status = self.child.wait().expect("the program was started");
        // What comes after the screen was left may still be on its way.
        let mut rest = [0; 4096];
        while let Ok(length @ 1..) = self.keys.read(&mut rest) {
            let piece = String::from_utf8_lossy(&rest[..length]);
            self.written.push_str(&piece);
        }
        (status.code(), self.written)
    }
}

/// The part of the test of all that compiles that is about watching.
pub(super) fn a_save_is_checked_and_a_pass_is_remembered(checkout: &Checkout, solution: &str) {
    let _ = fs::remove_file(checkout.0.join(".sidestep-progress.toml"));
    checkout.write(&checkout.read("skeleton.rs"));
    let mut terminal = Terminal::open(checkout, &["exercise", "watch"], None);
    let shown = terminal.wait_for("The first that fails");
    assert!(shown.contains("watching 01 round robin"), "{shown}");
    checkout.write("this is no Rust");
    terminal.wait_for("does not compile");
    checkout.write(solution);
    terminal.wait_for("round_robin is done");
    let (code, written) = terminal.leave();
    assert_eq!(code, Some(0));
    // What was said is still there when the screen is gone.
    let (_, after) = written.rsplit_once("\x1b[?1049l").expect("it was left");
    assert!(after.contains("round_robin is done"), "{after}");
    assert!(checkout.exercise(&["list"]).1.contains("10  done\n"));
}

/// A cargo that finds fault with everything: what it says is all that is shown.
fn faulty_cargo(checkout: &Checkout) -> std::path::PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    let path = checkout.0.join("faulty_cargo");
    let script = "#!/bin/sh\necho 'error: a fault in the learners file' >&2\nexit 101\n";
    fs::write(&path, script).expect("the copy can be written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("the copy can be written");
    path
}

#[test]
fn keys_help_go_on_and_reset_and_clear_no_error_away() {
    let checkout = Checkout::of_exercises("watch");
    let cargo = faulty_cargo(&checkout);
    checkout.write("mine");
    let watch = ["exercise", "watch", "1"];
    let mut terminal = Terminal::open(&checkout, &watch, Some(&cargo));
    let shown = terminal.wait_for("a fault in the learners file");
    for key in ["h hint", "n next", "r reset", "s step it", "q quit"] {
        assert!(shown.contains(key), "{key}: {shown}");
    }
    terminal.press("h");
    let shown = terminal.wait_for("hint 1 of 3");
    assert!(shown.contains("a fault in the learners file"), "{shown}");
    terminal.press("s");
    terminal.wait_for("nothing here that can be stepped");
    terminal.press("r");
    terminal.wait_for("y/N");
    terminal.press("y");
    terminal.wait_for("again."); // ".. is the skeleton again."
    assert_eq!(checkout.read("exercise.rs.1.bak"), "mine");
    assert_eq!(checkout.read("exercise.rs"), checkout.read("skeleton.rs"));
    terminal.press("n");
    let shown = terminal.wait_for("watching 02 bounded channel");
    assert!(!shown.contains("hint 1 of 3"), "{shown}");
    terminal.wait_for("02_bounded_channel/exercise.rs does not compile");
    let (code, _) = terminal.leave();
    assert_eq!(code, Some(0));
    let (_, words) = checkout.exercise(&["list"]);
    assert_eq!(words.matches("done").count(), 0, "{words}");
}

#[test]
fn leaving_ends_a_check_that_hangs() {
    let checkout = Checkout::of_exercises("hang");
    let cargo = faulty_cargo(&checkout);
    fs::write(&cargo, "#!/bin/sh\nsleep 1000\n").unwrap();
    let mut terminal = Terminal::open(&checkout, &["exercise", "watch"], Some(&cargo));
    terminal.wait_for("it is checked when you save");
    assert_eq!(terminal.leave().0, Some(0));
}

#[test]
fn watching_without_a_terminal_says_what_to_do() {
    let checkout = Checkout::of_exercises("no_terminal");
    let (code, words) = checkout.exercise(&["watch"]);
    assert_eq!(code, 64, "{words}");
    assert!(words.contains("exercise check"), "{words}");
    let (code, words) = checkout.exercise(&["watch", "alchemy"]);
    assert_eq!(code, 66, "{words}");
}
