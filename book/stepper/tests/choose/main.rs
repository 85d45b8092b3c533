//! `choose` from outside: right on twelve programs and one more, and plain about
//! bad days.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

/// Compiles the twelve programs into `folder`.
fn kinds(folder: &Path) -> PathBuf {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/choose/kinds.rs");
    let program = folder.join("kinds");
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let status = Command::new(rustc)
        .args(["--edition", "2024", "-o"])
        .arg(&program)
        .arg(source)
        .status();
    assert!(status.expect("rustc starts").success(), "it compiles");
    program
}

/// Runs `choose` on a command, without input.
fn choose(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sidestep"));
    command.arg("choose").args(arguments).stdin(Stdio::null());
    command.output().expect("the program starts")
}

#[test]
fn programs_of_each_kind_are_told_apart() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = kinds(folder.path());
    let program = program.to_str().expect("UTF-8");
    let mut wrong = Vec::new();
    for (kind, words) in [
        ("cpu_alone", "CPU bound"),
        ("cpu_threads", "CPU bound"),
        ("cpu_sort", "CPU bound"),
        ("cpu_child", "CPU bound"),
        ("cpu_brief", "CPU bound"),
        ("io_download", "I/O bound"),
        ("io_many", "I/O bound"),
        ("io_datagrams", "I/O bound"),
        ("io_pipe", "I/O bound"),
        ("lock_mutex", "lock bound"),
        ("lock_table", "lock bound"),
        ("mixed_in_turn", "mixed"),
        ("mixed_at_once", "mixed"),
    ] {
        let output = choose(&["--", program, kind]);
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.code() != Some(0) || !told.starts_with(words) {
            let errors = String::from_utf8_lossy(&output.stderr).into_owned();
            wrong.push(format!("{kind}: not `{words}`:\n{told}{errors}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_command_that_gives_nothing_to_look_at_is_told_why() {
    for (command, code, words) in [
        (&["/no/such/program"][..], 127, "cannot be started"),
        (&["/bin/true"], 65, "give it more to do"),
        (&["/bin/sh", "-c", "sleep 0.3; exit 3"], 1, "exit 3"),
        (
            &["/bin/sh", "-c", "sleep 0.3; kill -9 $$"],
            1,
            "killed by SIGKILL",
        ),
    ] {
        let output = choose(&[&["--"], command].concat());
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{command:?}: {errors}");
        assert!(errors.contains(words), "{command:?}: {errors}");
    }
    // It wants its input from the terminal, and gets an end of it.
    let output = choose(&["--", "/bin/sh", "-c", "sleep 0.3; read line"]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{errors}");
    // Without a command it asks, and the end of the input is no answer.
    let output = choose(&[]);
    assert_eq!(output.status.code(), Some(64));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.contains("the input ended"), "{errors}");
}
