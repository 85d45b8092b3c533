//! Files, for tasks: every operation is carried out by a thread of the pool.
//!
//! The OS calls files always ready, and then lets whoever reads them wait for
//! the disk. So nothing here has to do with the reactor.
//!
//! Whole files are read and written by functions; a [`File`] is for parts. What
//! is not here is `std::fs` in [`blocking::spawn`](crate::blocking::spawn).
//!
//! Left out: locks, permissions, links.
//!
//! Book: chapter 8. Mirror: `std::fs`, which sets only its own thread aside.

mod file;

use crate::blocking::{Kind, Operation};
use std::fs::{self, DirEntry, Metadata};
use std::io;
use std::path::Path;

pub use file::{File, Opening, Reading};

/// Reads a whole file.
///
/// # Errors
///
/// As [`std::fs::read`].
pub fn read(path: impl AsRef<Path>) -> Operation<Vec<u8>> {
    let path = path.as_ref().to_owned();
    Operation::new("fs::read()", Kind::Query, move || fs::read(path))
}

/// Reads a whole file of text.
///
/// # Errors
///
/// As [`std::fs::read_to_string`]: `InvalidData` if it is not UTF-8.
pub fn read_to_string(path: impl AsRef<Path>) -> Operation<String> {
    let path = path.as_ref().to_owned();
    Operation::new("fs::read_to_string()", Kind::Query, move || {
        fs::read_to_string(path)
    })
}

/// Writes a whole file: a new one, or over what it held.
///
/// # Errors
///
/// As [`std::fs::write`].
pub fn write(path: impl AsRef<Path>, contents: impl AsRef<[u8]>) -> Operation<()> {
    let (path, contents) = (path.as_ref().to_owned(), contents.as_ref().to_vec());
    Operation::new("fs::write()", Kind::Work, move || fs::write(path, contents))
}

/// What the OS knows about a file.
///
/// # Errors
///
/// As [`std::fs::metadata`].
pub fn metadata(path: impl AsRef<Path>) -> Operation<Metadata> {
    let path = path.as_ref().to_owned();
    Operation::new("fs::metadata()", Kind::Query, move || fs::metadata(path))
}

/// The entries of a folder, sorted by name.
///
/// # Errors
///
/// As [`std::fs::read_dir`] and its iterator.
pub fn read_dir(path: impl AsRef<Path>) -> Operation<Vec<DirEntry>> {
    let path = path.as_ref().to_owned();
    Operation::new("fs::read_dir()", Kind::Query, move || {
        let entries: io::Result<Vec<_>> = fs::read_dir(path)?.collect();
        let mut entries = entries?;
        entries.sort_by_key(DirEntry::file_name);
        Ok(entries)
    })
}

/// Makes a folder, and those above it that are missing.
///
/// # Errors
///
/// As [`std::fs::create_dir_all`].
pub fn create_dir_all(path: impl AsRef<Path>) -> Operation<()> {
    let path = path.as_ref().to_owned();
    Operation::new("fs::create_dir_all()", Kind::Work, move || {
        fs::create_dir_all(path)
    })
}

/// Removes a file.
///
/// # Errors
///
/// As [`std::fs::remove_file`].
pub fn remove_file(path: impl AsRef<Path>) -> Operation<()> {
    let path = path.as_ref().to_owned();
    Operation::new("fs::remove_file()", Kind::Work, move || {
        fs::remove_file(path)
    })
}

/// Renames a file; one that has the new name already is replaced.
///
/// # Errors
///
/// As [`std::fs::rename`].
pub fn rename(from: impl AsRef<Path>, to: impl AsRef<Path>) -> Operation<()> {
    let (from, to) = (from.as_ref().to_owned(), to.as_ref().to_owned());
    Operation::new("fs::rename()", Kind::Work, move || fs::rename(from, to))
}
