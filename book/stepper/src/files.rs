//! Trace files: read whole, written so that they read back the same.
//!
//! `.trace` holds the lines as the programs wrote them, one program after the
//! other; `.json` holds both sides and the sources that they name.
//!
//! Invariants: (1) a file appears under its name only when it is complete; (2)
//! what is no trace is told in one sentence, whichever way it is none; (3) a
//! device, a pipe or a link is written to, never replaced by a file.
//!
//! Book: appendix "The stepper".

use crate::{
    failure::{Code, Failure},
    recording::{Ending, Recording},
};
use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, BufReader, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};
use stepper::{Reader, Side, Trace};

/// Reads a saved trace.
///
/// # Errors
/// It is not there, cannot be read, or holds no trace (2).
pub(crate) fn read(path: &Path) -> Result<Recording, Failure> {
    let shown = path.display();
    let unreadable = |error: io::Error| {
        let sentence = format!("{shown} cannot be read: {error}");
        Failure::new(Code::NoInput, sentence)
    };
    if fs::metadata(path).map_err(unreadable)?.is_dir() {
        let sentence = format!("{shown} is a folder: name a file in it");
        return Err(Failure::new(Code::NoInput, sentence));
    }
    let trace = if is_json(path) {
        let text = fs::read(path).map_err(unreadable)?;
        Trace::from_json(&text).map_err(|error| {
            Failure::new(Code::NoTrace, format!("{shown} cannot be stepped: {error}"))
        })?
    } else {
        let file = File::open(path).map_err(unreadable)?;
        Reader::read(BufReader::new(file)).map_err(unreadable)?
    };
    if trace.sides.iter().all(Side::is_empty) {
        let sentence = format!(
            "{shown} holds no trace: none of its lines is a record of `runtime` or `scheduler`. \
             `cargo run -- step LESSON --save FILE.trace` makes one"
        );
        return Err(Failure::new(Code::NoTrace, sentence));
    }
    let ending = if !is_json(path) && is_cut(path) {
        Ending::CutFile
    } else {
        Ending::File
    };
    Ok(Recording::whole(shown.to_string(), trace, ending))
}

/// Whether the last line of a file has no end.
fn is_cut(path: &Path) -> bool {
    let last = || -> io::Result<u8> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::End(-1))?;
        let mut last = [0];
        file.read_exact(&mut last)?;
        Ok(last[0])
    };
    last().is_ok_and(|last| last != b'\n')
}

/// Checks that a trace can be saved under a name of this kind.
///
/// # Errors
/// The name ends in neither `.trace` nor `.json`, or there is no such folder.
pub(crate) fn check_name(path: &Path) -> Result<(), Failure> {
    let shown = path.display();
    if !is_json(path) && path.extension().is_none_or(|kind| kind != "trace") {
        let sentence = format!("{shown}: call the file NAME.trace (raw lines) or NAME.json");
        return Err(Failure::new(Code::Usage, sentence));
    }
    check_folder(path)
}

/// Checks that the folder in which a file is to be saved is there.
///
/// # Errors
/// There is no such folder, or the name is that of a folder.
pub(crate) fn check_folder(path: &Path) -> Result<(), Failure> {
    let shown = path.display();
    if path.is_dir() {
        let sentence = format!("{shown} is a folder: name a file in it");
        return Err(Failure::new(Code::NoOutput, sentence));
    }
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    match folder {
        Some(folder) if !folder.is_dir() => {
            let sentence = format!("{shown} cannot be written: there is no such folder");
            Err(Failure::new(Code::NoOutput, sentence))
        }
        _ => Ok(()),
    }
}

/// Whether raw bytes must be kept to save under this name.
pub(crate) fn wants_raw(path: &Path) -> bool {
    !is_json(path)
}

/// Saves recordings under a name that [`check_name`] approved (1).
///
/// # Errors
/// It cannot be written.
pub(crate) fn save(path: &Path, recordings: &[Recording]) -> Result<(), Failure> {
    save_with(path, |file| {
        if is_json(path) {
            write_json(recordings, file)
        } else {
            write_raw(recordings, file)
        }
    })
}

/// Saves under a name whatever `write` writes, as a whole or not at all (1), if
/// nothing but a file is there (3).
///
/// # Errors
/// It cannot be written.
pub(crate) fn save_with(
    path: &Path,
    write: impl FnOnce(&mut io::BufWriter<File>) -> io::Result<()>,
) -> Result<(), Failure> {
    let fill = |name: &Path| -> io::Result<File> {
        let mut file = io::BufWriter::new(File::create(name)?);
        write(&mut file)?;
        file.into_inner().map_err(io::IntoInnerError::into_error)
    };
    let written = if fs::symlink_metadata(path).is_ok_and(|there| !there.is_file()) {
        fill(path).map(drop) // (3)
    } else {
        let mut beside: OsString = path.as_os_str().to_owned();
        beside.push(".part");
        let beside = PathBuf::from(beside);
        fill(&beside)
            .and_then(|file| file.sync_all())
            .and_then(|()| fs::rename(&beside, path))
            .inspect_err(|_| _ = fs::remove_file(&beside))
    };
    written.map_err(|error| {
        let sentence = format!("{} cannot be written: {error}", path.display());
        Failure::new(Code::NoOutput, sentence)
    })
}

/// Writes both sides and the sources that they name.
///
/// # Errors
/// The output takes no more.
pub(crate) fn write_json(recordings: &[Recording], output: &mut impl Write) -> io::Result<()> {
    let trace = Trace {
        sides: recordings
            .iter()
            .flat_map(|recording| recording.trace().sides.clone())
            .collect(),
        ..Trace::default()
    };
    trace.write_json(output)
}

/// Writes the lines as the programs wrote them.
fn write_raw(recordings: &[Recording], output: &mut impl Write) -> io::Result<()> {
    for recording in recordings {
        let raw = recording.raw.as_deref().unwrap_or_default();
        output.write_all(raw)?;
        if raw.last().is_some_and(|&last| last != b'\n') {
            output.write_all(b"\n")?; // or the next one's first record would be lost in this line
        }
    }
    Ok(())
}

/// Whether a name asks for the form in JSON.
fn is_json(path: &Path) -> bool {
    path.extension().is_some_and(|kind| kind == "json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_lines_of_two_programs_read_back_as_two_sides() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("both.trace");
        let record = |target: &str| format!("[2026-11-24T05:04:22Z TRACE {target}] ended t=1");
        let mut recordings = ["runtime", "scheduler"].map(|target| {
            let mut recording = Recording::growing(target, true);
            recording.push(record(target).as_bytes()); // without a line break
            recording
        });
        recordings[1].finish(Ending::Exited(0));
        save(&path, &recordings).unwrap();
        let saved = read(&path).unwrap();
        assert_eq!((saved.trace().sides.len(), saved.ending), (2, Ending::File));
        let files = fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(files, 1, "nothing is left beside it");
    }

    #[test]
    fn file_that_ends_in_the_middle_of_a_line_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cut.trace");
        let record = "[2026-11-24T05:04:22Z TRACE runtime] ended t=1";
        fs::write(&path, format!("{record}\n{record}")).unwrap();
        let cut = read(&path).unwrap();
        assert_eq!(
            (cut.trace().sides[0].len(), cut.ending),
            (2, Ending::CutFile)
        );
    }

    #[test]
    fn what_is_no_trace_is_told_with_a_fitting_code() {
        let folder = tempfile::tempdir().unwrap();
        let with = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            read(&path).unwrap_err().code
        };
        assert_eq!(with("a.trace", "hello\n"), Code::NoTrace as u8);
        assert_eq!(with("b.trace", ""), Code::NoTrace as u8);
        assert_eq!(with("c.json", "{"), Code::NoTrace as u8);
        assert_eq!(read(folder.path()).unwrap_err().code, Code::NoInput as u8);
        let missing = folder.path().join("none.trace");
        assert_eq!(read(&missing).unwrap_err().code, Code::NoInput as u8);
    }

    #[test]
    fn name_to_save_under_is_checked_first() {
        assert!(check_name(Path::new("a.trace")).is_ok());
        assert!(check_name(Path::new("a.json")).is_ok());
        assert_eq!(
            check_name(Path::new("a.log")).unwrap_err().code,
            Code::Usage as u8
        );
        let nowhere = Path::new("/no/such/folder/a.trace");
        assert_eq!(check_name(nowhere).unwrap_err().code, Code::NoOutput as u8);
    }
}
