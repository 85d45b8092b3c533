//! Lines of source: what stands at a `file:line` of the program.
//!
//! Invariant: a file is read once, and a place that is not there is an empty text.
//!
//! Book: chapter 19.

use std::{
    cell::RefCell,
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

/// The largest file that is read.
const LARGEST: u64 = 4 << 20;

/// The files that were asked for.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    /// Where relative paths start; None for where we are.
    folder: Option<PathBuf>,
    /// The lines of each file.
    files: RefCell<HashMap<String, Vec<String>>>,
}

impl Lines {
    /// Of programs that were compiled in `folder`.
    pub(crate) fn new(folder: Option<PathBuf>) -> Lines {
        Lines {
            folder,
            files: RefCell::default(),
        }
    }

    /// The line at `place`, without the space around it and a remark at its end.
    pub(crate) fn at(&self, place: &str) -> String {
        let Some((file, line)) = place.rsplit_once(':') else {
            return String::new();
        };
        let mut files = self.files.borrow_mut();
        let lines = files
            .entry(file.to_owned())
            .or_insert_with(|| self.read(file));
        let line = line
            .parse::<usize>()
            .ok()
            .and_then(|line| lines.get(line.checked_sub(1)?));
        let code = line.map(|line| line.split(" // ").next().unwrap_or(line));
        code.map(|code| code.trim().to_owned()).unwrap_or_default()
    }

    /// The lines of a file; none, if it cannot be read.
    fn read(&self, file: &str) -> Vec<String> {
        let path = self.folder.as_deref().unwrap_or(Path::new("")).join(file);
        let is_file = fs::metadata(&path).is_ok_and(|it| it.is_file() && it.len() <= LARGEST);
        let text = if is_file {
            fs::read_to_string(&path).unwrap_or_default()
        } else {
            String::new()
        };
        text.lines().map(str::to_owned).collect()
    }
}

/// `22_…:33` of `examples/22_lost_update_threads.rs:33`: the file's name alone.
pub(crate) fn short(place: &str) -> &str {
    place.rsplit('/').next().unwrap_or(place)
}
