//! What the tests of the whole share: the checkout, the lessons, running a command.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// The checkout's root.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Reads a file of the checkout.
pub(crate) fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every lesson's program, by name without `.rs`, in order.
pub(crate) fn lessons() -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(root().join("examples"))
        .unwrap()
        .filter_map(|entry| {
            let path = entry.unwrap().path();
            (path.extension()? == "rs").then(|| path.file_stem().unwrap().to_str().unwrap().into())
        })
        .collect();
    names.sort();
    names
}

/// Runs `cargo` in the checkout's root; the build must succeed.
fn cargo(arguments: &[&str]) {
    let cargo = std::env::var("CARGO").unwrap_or("cargo".into());
    let status = Command::new(cargo)
        .args(arguments)
        .current_dir(root())
        .status()
        .unwrap();
    assert!(status.success(), "cargo {arguments:?} failed");
}

/// The executable of a lesson, built when the first one is asked for.
pub(crate) fn lesson(name: &str) -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let folder = BUILT.get_or_init(|| {
        let build = ["build", "--quiet", "-p", "sidestep", "--examples"];
        // As this test itself is built.
        let release: &[&str] = if cfg!(debug_assertions) {
            &[]
        } else {
            &["--release"]
        };
        cargo(&[&build, release].concat());
        // This test stands in `deps`, beside the folder of the examples.
        let test = std::env::current_exe().unwrap();
        test.ancestors().nth(2).unwrap().join("examples")
    });
    folder.join(name)
}

/// Runs a lesson with `RUST_LOG` as given, to its end.
pub(crate) fn run_lesson(name: &str, rust_log: &str) -> Output {
    Command::new(lesson(name))
        .env("RUST_LOG", rust_log)
        .env("RUST_LOG_STYLE", "never")
        .current_dir(root())
        .output()
        .unwrap()
}
