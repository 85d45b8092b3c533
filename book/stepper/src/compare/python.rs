//! Which Pythons there are: the usual one, and one without a global lock.
//!
//! `PYTHON=/path/to/python3` names another than the first in the path, and
//! `PYTHON_FREE` one without a global lock. A Python is asked where it is, so that
//! what is measured is that program, and no script that looks for it.

use super::bench::Child;
use crate::children::groups::Groups;
use std::{env, ffi::OsString, process::Command, time::Duration};

/// How long one may take to say where it is.
const PATIENCE: Duration = Duration::from_secs(30);
/// What it is asked: its modules, its place, its version, and whether it has the lock.
const QUESTION: &str = "\
import asyncio, json, multiprocessing, resource, socket, sys, threading
locked = getattr(sys, '_is_gil_enabled', lambda: True)()
print(sys.executable)
print(sys.version.split()[0])
print('locked' if locked else 'free')";
/// What a Python without a global lock may be called.
const FREE: [&str; 3] = ["python3.14t", "python3.13t", "python3t"];

/// A Python that can be measured.
#[derive(Clone, Debug)]
pub(crate) struct Python {
    /// Where it is.
    pub(crate) program: OsString,
    /// Its version.
    pub(crate) version: String,
    /// Whether it has no global lock.
    is_free: bool,
}

/// The usual Python, or why there is none.
pub(crate) fn usual(groups: &Groups) -> Result<Python, String> {
    let named = env::var_os("PYTHON").unwrap_or_else(|| "python3".into());
    ask(&named, groups).map_err(|why| {
        format!(
            "Python is left out: {} {why}. PYTHON=/path/to/python3 names another",
            named.display()
        )
    })
}

/// A Python without a global lock, or why there is none.
pub(super) fn free(groups: &Groups) -> Result<Python, String> {
    let chosen = env::var_os("PYTHON_FREE").into_iter();
    let names = chosen.chain(FREE.map(OsString::from));
    let found = names
        .filter_map(|name| ask(&name, groups).ok())
        .find(|python| python.is_free);
    found.ok_or_else(|| {
        format!(
            "there is no {} here, a Python without a global lock; PYTHON_FREE=/path names one",
            FREE[0]
        )
    })
}

/// Asks one.
fn ask(name: &OsString, groups: &Groups) -> Result<Python, String> {
    let mut command = Command::new(name);
    command.args(["-c", QUESTION]);
    let said = Child::start(&mut command, groups)?.finish(PATIENCE)?;
    let mut lines = said.lines();
    match [lines.next(), lines.next(), lines.next()] {
        [Some(program), Some(version), Some(lock)] if !program.is_empty() => Ok(Python {
            program: program.into(),
            version: version.to_owned(),
            is_free: lock == "free",
        }),
        _ => Err("does not say where it is".to_owned()),
    }
}
