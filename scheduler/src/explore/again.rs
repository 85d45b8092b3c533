//! Again: the command that runs a failure once more.
//!
//! A search finds a schedule, and whoever reads of it wants to see it happen. What the
//! command is depends on what is running: an example, a test of the learner's own, or
//! any other program.
//!
//! Invariants: (1) the command names what this process is, and is never a guess: where
//! cargo's name for it is not known, it is the program's own path; (2) it is quoted as a
//! shell reads it.
//!
//! Book: chapter 18.

use super::found::{Found, Trouble};
use super::schedule::Schedule;
use std::env;
use std::path::Path;
use std::thread;

impl Found {
    /// The command that runs the [shortest](Found::shortest) failure again, and nothing
    /// else; None if nothing fails.
    ///
    /// It is of the calling process: `SCHEDULE=v1,5:2/15 cargo run --example NAME` for an
    /// example, `.. cargo test NAME` for a test, the program's path and arguments for any
    /// other.
    pub fn command(&self) -> Option<String> {
        let failure = self.shortest()?;
        if let Trouble::Misfit(_) = failure.trouble {
            return None;
        }
        let program = env::current_exe().unwrap_or_default();
        let arguments: Vec<String> = env::args_os()
            .skip(1)
            .map(|it| it.to_string_lossy().into_owned())
            .collect();
        let test = thread::current().name().map(str::to_owned);
        Some(command(
            &failure.schedule,
            &program,
            &arguments,
            test.as_deref(),
        ))
    }

    /// For tests: nothing fails, in all that was tried.
    ///
    /// # Panics
    ///
    /// If something fails. The message is the report, and the command that runs the
    /// failure again.
    #[track_caller]
    pub fn assert_no_failure(&self) {
        if self.failures().is_empty() {
            return;
        }
        match self.command() {
            Some(command) => panic!("{self}\nrun it again: {command}"),
            None => panic!("{self}"),
        }
    }
}

/// The command that runs `program` along `schedule`; `test` is what the calling OS
/// thread is called, which in a test is the test's name.
fn command(
    schedule: &Schedule,
    program: &Path,
    arguments: &[String],
    test: Option<&str>,
) -> String {
    let name = program.file_name().unwrap_or_default().to_string_lossy();
    let folder = program.parent().and_then(Path::file_name);
    let is_in = |name: &str| folder.is_some_and(|folder| folder == name);
    if is_in("deps") {
        let test = match test {
            None | Some("main") => String::new(), // one after the other, on the first thread
            Some(test) => format!(" {}", quoted(test)),
        };
        return format!("SCHEDULE={schedule} cargo test{test}");
    }
    let mut words = if is_in("examples") {
        format!("cargo run --example {}", quoted(&name))
    } else {
        quoted(&program.to_string_lossy())
    };
    if is_in("examples") && !arguments.is_empty() {
        words.push_str(" --");
    }
    for argument in arguments {
        words.push(' ');
        words.push_str(&quoted(argument));
    }
    format!("SCHEDULE={schedule} {words}")
}

/// A word as a shell reads it (2).
fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "-_./:=,+@%".contains(letter);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_is_of_what_is_running() {
        let of = |program: &str, arguments: &[&str], test| {
            let schedule = "v1,5:2/15".parse().unwrap();
            let arguments: Vec<String> = arguments.iter().map(|&it| it.to_owned()).collect();
            let command = command(&schedule, Path::new(program), &arguments, test);
            command
                .strip_prefix("SCHEDULE=v1,5:2/15 ")
                .unwrap()
                .to_owned()
        };
        let example = "/t/debug/examples/22_lost_update_threads";
        assert_eq!(
            of(example, &[], Some("main")),
            "cargo run --example 22_lost_update_threads"
        );
        assert_eq!(
            of(example, &["--real"], Some("main")),
            "cargo run --example 22_lost_update_threads -- --real"
        );
        let test = "/t/debug/deps/bank-0123456789abcdef";
        assert_eq!(
            of(test, &["--nocapture"], Some("account::holds")),
            "cargo test account::holds"
        );
        assert_eq!(of(test, &[], Some("main")), "cargo test");
        assert_eq!(
            of("/t/debug/my bank", &["it's"], Some("main")),
            r"'/t/debug/my bank' 'it'\''s'"
        );
    }
}
