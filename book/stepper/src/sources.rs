//! Source files: read when the screen comes to a line of theirs.
//!
//! A record names a file as the compiler did: relative to the folder in which
//! it was compiled, or absolute. A trace in JSON brings its sources along.
//!
//! Invariants: (1) a file is looked for once; (2) only regular files of a
//! reasonable size are read, whatever path a trace names.
//!
//! Book: appendix "The stepper".

use crate::model::Model;
use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
};
use stepper::{Event, Side, trace::Place};

/// The largest file that is read (2).
const LARGEST: u64 = 4 << 20;
/// How many steps around the present one may be shown.
const NEAR: usize = 500;

/// Where source files are looked for, and which have been.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    /// The folders that relative paths may start from.
    folders: Vec<PathBuf>,
    /// Which files of which recording and side have been looked for (1).
    tried: HashSet<(usize, usize, String)>,
}

impl Sources {
    /// Looks in these folders, the first one first.
    pub(crate) fn new(folders: Vec<PathBuf>) -> Sources {
        Sources {
            folders,
            tried: HashSet::new(),
        }
    }

    /// Reads what the views of a model need now.
    pub(crate) fn fetch(&mut self, model: &mut Model) {
        let mut wanted = Vec::new();
        for view in &model.views {
            let Some(index) = view.side else {
                continue;
            };
            let Some(side) = model.recordings[view.recording].trace().sides.get(index) else {
                continue;
            };
            let step = view.step();
            let near = side.events(step.saturating_sub(NEAR)..step + NEAR);
            let selected = view.selected.and_then(|unit| view.state().unit(unit)?.at);
            let selected = selected.and_then(|at| side.place(at));
            for place in near.flat_map(places).chain(selected) {
                self.want((view.recording, index), side, place, &mut wanted);
            }
        }
        self.read(model, wanted);
    }

    /// Reads every source that any event names, to save them with the trace.
    pub(crate) fn fetch_all(&mut self, model: &mut Model) {
        let mut wanted = Vec::new();
        for (recording, read) in model.recordings.iter().enumerate() {
            for (index, side) in read.trace().sides.iter().enumerate() {
                for place in side.events(0..side.len()).flat_map(places) {
                    self.want((recording, index), side, place, &mut wanted);
                }
            }
        }
        self.read(model, wanted);
    }

    /// Notes a place's file as wanted, unless it is there or was looked for (1).
    fn want(
        &mut self,
        (recording, index): (usize, usize),
        side: &Side,
        place: &Place,
        wanted: &mut Vec<(usize, usize, String)>,
    ) {
        if side.sources.contains_key(&*place.file) {
            return;
        }
        let file = (recording, index, place.file.to_string());
        if self.tried.insert(file.clone()) {
            wanted.push(file);
        }
    }

    /// Reads files into the sides that want them.
    fn read(&self, model: &mut Model, wanted: Vec<(usize, usize, String)>) {
        for (recording, index, file) in wanted {
            let Some(text) = self.find(&file) else {
                continue;
            };
            let lines = text.lines().map(str::to_owned).collect();
            let trace = model.recordings[recording].trace_mut();
            trace.sides[index].sources.insert(file, lines);
        }
    }

    /// The text of a file, from the first folder that has it.
    fn find(&self, file: &str) -> Option<String> {
        let folders = self.folders.iter().map(PathBuf::as_path);
        // An absolute path stays itself, whatever it is joined to.
        folders.chain([Path::new("")]).find_map(|folder| {
            let path = folder.join(file);
            let about = fs::metadata(&path).ok()?;
            if !about.is_file() || about.len() > LARGEST {
                return None; // (2)
            }
            Some(String::from_utf8_lossy(&fs::read(&path).ok()?).into_owned())
        })
    }
}

/// The places that an event names.
fn places(event: Event<'_>) -> impl Iterator<Item = &Place> {
    event.at().into_iter().chain(event.src())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_is_found_in_the_first_folder_that_has_it() {
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        fs::write(folders[1].path().join("a.rs"), "second").unwrap();
        let sources = Sources::new(folders.iter().map(|it| it.path().to_owned()).collect());
        assert_eq!(sources.find("a.rs").as_deref(), Some("second"));
        fs::write(folders[0].path().join("a.rs"), "first").unwrap();
        assert_eq!(sources.find("a.rs").as_deref(), Some("first"));
    }

    #[test]
    fn only_regular_files_are_read() {
        let sources = Sources::new(vec![PathBuf::from("/")]);
        assert_eq!(sources.find("dev/zero"), None);
        assert_eq!(sources.find("/dev"), None);
        assert_eq!(sources.find("no/such/file.rs"), None);
    }
}
