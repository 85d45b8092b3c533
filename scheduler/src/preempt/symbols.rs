//! From a program counter to the learner's line.
//!
//! A frozen thread leaves only the address of its next instruction. The clerk
//! asks here, once for each address, which function and line that is.
//!
//! Invariants: (1) among the functions that the compiler merged into one
//! another at an address, the innermost of the program's own is named, then
//! the innermost of all; (2) a thread that is frozen in the standard library
//! is shown where the program called it; (3) files are named as
//! `#[track_caller]` names them, relative to the workspace, so both kinds of
//! places compare equal.
//!
//! Left out: lines of the C library, and of libraries.
//!
//! Book: chapter 13. Mirror: `runtime` always knows the line: an `.await`.

use std::cell::RefCell;
use std::collections::HashMap;
use std::env;
use std::fmt;
use std::iter;
use std::path::{Path, PathBuf};

use addr2line::{Frame, Loader};

use super::callers::Callers;

/// A place in a program's source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The function, by its full name.
    pub(crate) function: String,
    /// Its file.
    pub(crate) file: String,
    /// The line.
    pub(crate) line: u32,
    /// Whether it is the program's own code: see [`is_own`].
    is_own: bool,
}

/// The program's debug information.
pub(crate) struct Symbols {
    /// Reads it from the program's file.
    loader: Loader,
    /// The folders to which files are named relatively (3).
    roots: Vec<PathBuf>,
    /// Whether each place that was asked for is the program's own code.
    own: RefCell<HashMap<usize, bool>>,
}

impl fmt::Debug for Symbols {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Symbols")
            .field("roots", &self.roots)
            .finish_non_exhaustive()
    }
}

impl Symbols {
    /// Opens the running program's own file; `None` if it cannot be read.
    pub(crate) fn load() -> Option<Self> {
        // Linux keeps the file reachable under this name even when a rebuild
        // has replaced it meanwhile.
        let own = Path::new("/proc/self/exe");
        let loader = if own.exists() {
            Loader::new(own)
        } else {
            Loader::new(env::current_exe().ok()?)
        };
        Some(Self {
            loader: loader.ok()?,
            roots: workspace().into_iter().chain(env::current_dir()).collect(),
            own: RefCell::default(),
        })
    }

    /// The place of `program_counter`, which is relative to the start of the
    /// program; `None` where there is no debug information.
    pub(crate) fn resolve(&self, program_counter: usize) -> Option<Place> {
        let mut frames = self.loader.find_frames(program_counter as u64).ok()?;
        let frames = iter::from_fn(|| frames.next().ok().flatten());
        let place = choose(frames.filter_map(|frame| place(&frame)))?;
        Some(self.shortened(place))
    }

    // ANCHOR: nearest
    /// Of a place and its callers the innermost that lies in the program's own
    /// code (2); if none does, the innermost that is known at all.
    pub(crate) fn nearest_own(&self, program_counter: usize, callers: &Callers) -> usize {
        let mut own = self.own.borrow_mut();
        let mut is_own = |&place: &usize| {
            *own.entry(place).or_insert_with(|| {
                let place = self.resolve(place);
                place.is_some_and(|place| place.is_own)
            })
        };
        let all = || iter::once(program_counter).chain(callers.iter());
        all()
            .find(|place| is_own(place))
            .or_else(|| all().find(|&place| self.resolve(place).is_some()))
            .unwrap_or(program_counter)
    }
    // ANCHOR_END: nearest

    /// `place` with its file relative to a root, if it is below one (3).
    fn shortened(&self, place: Place) -> Place {
        let path = Path::new(&place.file);
        let relative = self
            .roots
            .iter()
            .find_map(|root| path.strip_prefix(root).ok());
        match relative.and_then(Path::to_str) {
            Some(relative) => Place {
                file: relative.to_owned(),
                ..place
            },
            None => place,
        }
    }
}

/// One function's place, its file as the compiler noted it.
fn place<R: addr2line::gimli::Reader>(frame: &Frame<'_, R>) -> Option<Place> {
    let location = frame.location.as_ref()?;
    let function = frame.function.as_ref()?;
    let file = location.file?.to_owned();
    Some(Place {
        function: function.demangle().ok()?.into_owned(),
        is_own: is_own(&file),
        file,
        line: location.line?,
    })
}

/// Of the places of one address, the innermost first, the one to show (1).
fn choose(mut places: impl Iterator<Item = Place>) -> Option<Place> {
    let innermost = places.next()?;
    if innermost.is_own {
        return Some(innermost);
    }
    places.find(|place| place.is_own).or(Some(innermost))
}

/// The folder in which cargo called the compiler for this crate: that of the
/// workspace, if the program belongs to the same one.
fn workspace() -> Option<PathBuf> {
    let absolute = concat!(env!("CARGO_MANIFEST_DIR"), "/src/preempt/symbols.rs");
    let root = Path::new(absolute.strip_suffix(file!())?);
    root.is_absolute().then(|| root.to_owned())
}

/// Whether `file` belongs to the program itself: not to the standard library,
/// not to a package from a registry or a repository, and not to this crate.
fn is_own(file: &str) -> bool {
    let foreign = [
        "/rustc/",
        "/lib/rustlib/src/",
        "/registry/src/",
        "/git/checkouts/",
        concat!(env!("CARGO_MANIFEST_DIR"), "/src/"),
    ];
    // Relative paths of the standard library begin so after `--remap-path`.
    !file.starts_with("library/") && !foreign.iter().any(|part| file.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preempt::image;

    /// A function whose place is known. It calls nothing: of a function of the
    /// library that an optimised build merges into it, the line would be shown.
    #[inline(never)]
    fn landmark(more: u32) -> u32 {
        more + line!()
    }

    #[test]
    fn an_address_is_resolved_to_its_function_file_and_line() {
        image::look();
        let symbols = Symbols::load().unwrap();
        let place = symbols
            .resolve(image::relative(landmark as *const () as usize))
            .unwrap();
        assert!(place.function.ends_with("symbols::tests::landmark"));
        assert_eq!(place.file, file!());
        // Its first line or the one below, as the compiler likes.
        let below = landmark(std::hint::black_box(0));
        assert!((below - 1..=below).contains(&place.line), "{place:?}");
    }

    #[test]
    fn the_innermost_own_function_is_shown_then_the_innermost_of_all() {
        let at = |file: &str| Place {
            function: String::new(),
            file: file.to_owned(),
            line: 1,
            is_own: is_own(file),
        };
        let (library, inner, outer) = (at("/rustc/1/core.rs"), at("/ada/a.rs"), at("/ada/b.rs"));
        let chosen = |places: &[&Place]| choose(places.iter().map(|&place| place.clone()));
        assert_eq!(chosen(&[&library, &inner, &outer]), Some(inner.clone()));
        assert_eq!(chosen(&[&inner, &library, &outer]), Some(inner));
        assert_eq!(chosen(&[&library, &library]), Some(library));
        assert_eq!(chosen(&[]), None);
    }

    #[test]
    fn an_address_outside_of_the_program_is_nowhere() {
        assert_eq!(Symbols::load().unwrap().resolve(usize::MAX / 2), None);
    }

    #[test]
    fn code_of_others_is_told_from_the_programs_own() {
        assert!(is_own(
            "/home/ada/course/examples/01_two_counters_threads.rs"
        ));
        assert!(!is_own("/rustc/59807616e1/library/core/src/ptr/mod.rs"));
        assert!(!is_own(
            "/home/ada/.cargo/registry/src/index/log-0.4.35/src/lib.rs"
        ));
        assert!(!is_own(concat!(env!("CARGO_MANIFEST_DIR"), "/src/lib.rs")));
    }
}
