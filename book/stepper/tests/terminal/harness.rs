//! A terminal with the program in it.

use crate::common::{COUNTERS_TASKS, COUNTERS_THREADS, log};
use rustix::{
    fs::OFlags,
    process::{Pid, Signal, kill_process},
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
pub(crate) const LEAVE: &str = "\x1b[?1049l";

/// A terminal with a stepper in it.
pub(crate) struct Terminal {
    /// Our end: keys go in, and what the stepper writes comes out.
    pub(crate) keys: File,
    /// The stepper's end, to look at its modes.
    pub(crate) line: OwnedFd,
    /// The modes before the stepper began.
    before: Termios,
    /// What a terminal would show of it.
    screen: vt100::Parser,
    /// All of it.
    pub(crate) written: String,
    /// The stepper.
    pub(crate) child: Child,
    /// Where its trace is.
    pub(crate) folder: tempfile::TempDir,
}

/// Opens the stepper on a trace, in a terminal of this size.
pub(crate) fn open(columns: u16, rows: u16, variables: &[(&str, &str)]) -> Terminal {
    open_with(columns, rows, variables, |trace| vec![trace.to_owned()])
}

/// Opens the stepper with the arguments that `arguments` makes of a trace's path.
pub(crate) fn open_with(
    columns: u16,
    rows: u16,
    variables: &[(&str, &str)],
    arguments: impl Fn(&str) -> Vec<String>,
) -> Terminal {
    open_command("step", (columns, rows), variables, arguments)
}

/// Opens the program with this command, and the arguments that `arguments` makes of a
/// trace's path.
pub(crate) fn open_command(
    command: &str,
    size: (u16, u16),
    variables: &[(&str, &str)],
    arguments: impl Fn(&str) -> Vec<String>,
) -> Terminal {
    let all = |trace: &str| [vec![command.to_owned()], arguments(trace)].concat();
    open_program(size, variables, all)
}

/// Opens the program with what `arguments` makes of a trace's path, in the trace's
/// folder.
pub(crate) fn open_program(
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
        .args(arguments)
        .current_dir(folder.path())
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
    pub(crate) fn wait_for(&mut self, words: &str) {
        while !self.screen.screen().contents().contains(words) {
            self.read();
        }
    }

    /// Takes one more piece.
    pub(crate) fn read(&mut self) {
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
    pub(crate) fn resize(&mut self, columns: u16, rows: u16) {
        tcsetwinsize(&self.line, size(columns, rows)).expect("it is a terminal");
        self.screen
            .screen_mut()
            .set_size(cells(rows), cells(columns));
        // A terminal that is nobody's controlling terminal sends no signal itself.
        kill_process(Pid::from_child(&self.child), Signal::WINCH).expect("it is running");
    }

    /// Types keys.
    pub(crate) fn press(&mut self, keys: &str) {
        self.keys
            .write_all(keys.as_bytes())
            .expect("the terminal takes keys");
    }

    /// Whether keys come one by one, without an echo.
    pub(crate) fn is_raw(&self) -> bool {
        let modes = tcgetattr(&self.line).expect("it is a terminal").local_modes;
        !modes.intersects(LocalModes::ICANON | LocalModes::ECHO)
    }

    /// Waits for the end; the terminal must be as it was.
    pub(crate) fn end(&mut self) -> ExitStatus {
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
    pub(crate) fn process(&self) -> Pid {
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
