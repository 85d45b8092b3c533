//! Building a lesson: cargo compiles the twins and says where they are.
//!
//! Cargo's progress and a learner's compile errors go to the terminal as they
//! are; where the programs are, it says in JSON, which is read here.
//!
//! Lessons are for looking at, and built as `dev`; what is measured is built with
//! optimisation.
//!
//! Book: appendix "The stepper".

use super::groups::Groups;
use crate::failure::{Code, Failure};
use serde::Deserialize;
use std::{
    env, io,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// What is read of one of cargo's messages; everything else is left out.
#[derive(Deserialize)]
struct Message {
    /// What was built.
    target: Option<Target>,
    /// Where it is, if it can be run.
    executable: Option<PathBuf>,
}

/// The part of a message that says what was built.
#[derive(Deserialize)]
struct Target {
    /// The example's name.
    name: String,
    /// `["example"]` for an example.
    kind: Vec<String>,
}

/// Builds the lessons of these names, and returns where they are, in order.
///
/// # Errors
/// Cargo cannot be started, or they do not compile.
pub(crate) fn build(
    checkout: &Path,
    examples: &[String],
    groups: &Groups,
) -> Result<Vec<PathBuf>, Failure> {
    // Our own package alone: another member may have an example of this name.
    build_of(checkout, &["--package=sidestep"], examples, groups)
}

/// Builds the examples of these names, of the package and with the profile that
/// `arguments` say.
///
/// # Errors
/// As [`build`].
pub(crate) fn build_of(
    checkout: &Path,
    arguments: &[&str],
    examples: &[String],
    groups: &Groups,
) -> Result<Vec<PathBuf>, Failure> {
    // Inside `cargo run` this is the very cargo that runs us.
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .current_dir(checkout)
        .args(["build", "--message-format=json-render-diagnostics"])
        // Without it cargo builds what lies around a checkout that lacks its Cargo.toml.
        .arg("--manifest-path")
        .arg(checkout.join("Cargo.toml"))
        .args(arguments)
        .args(examples.iter().flat_map(|name| ["--example", name]))
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let mut member = groups.start(&mut command).map_err(|error| {
        Failure::new(
            Code::BuildFailed,
            format!(
                "cargo cannot be started to build {}: {error}",
                examples.join(", ")
            ),
        )
    })?;
    let messages = member.child.stdout.take().expect("its output was piped");
    let built = executables(BufReader::new(messages));
    let status = member.reap()?;
    if !status.success() {
        let sentence = format!(
            "{} does not compile: mend what cargo says above, and try again",
            examples.join(", or ")
        );
        return Err(Failure::new(Code::BuildFailed, sentence));
    }
    let built = built?;
    let place = |name: &String| {
        let found = built.iter().find(|(example, _)| example == name);
        found.map(|(_, path)| path.clone()).ok_or_else(|| {
            let sentence = format!("cargo built {name} but did not say where it is");
            Failure::new(Code::BuildFailed, sentence)
        })
    };
    examples.iter().map(place).collect()
}

/// The examples among cargo's messages, each with its program.
fn executables(messages: impl BufRead) -> io::Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for line in messages.lines() {
        // Other lines are the output of build scripts and the like.
        let Ok(message) = serde_json::from_str::<Message>(&line?) else {
            continue;
        };
        if let (Some(target), Some(path)) = (message.target, message.executable)
            && target.kind.iter().any(|kind| kind == "example")
        {
            found.push((target.name, path));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_found_among_other_messages() {
        let messages = concat!(
            r#"{"reason":"compiler-artifact","target":{"name":"log","kind":["lib"]},"executable":null}"#,
            "\nnot json\n",
            r#"{"reason":"compiler-artifact","target":{"name":"tool","kind":["bin"]},"executable":"/t/tool"}"#,
            "\n",
            r#"{"reason":"compiler-artifact","target":{"name":"01_a_tasks","kind":["example"]},"executable":"/t/01"}"#,
            "\n",
            r#"{"reason":"build-finished","success":true}"#,
        );
        let found = executables(messages.as_bytes()).unwrap();
        assert_eq!(found, [("01_a_tasks".to_owned(), PathBuf::from("/t/01"))]);
    }
}
