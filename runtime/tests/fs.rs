//! Files: whole, in parts, and what dropped operations leave.

mod support;

use runtime::fs::{self, File};
use runtime::{Clock, EventLoop, spawn, timeout, yield_now};
use std::fs::OpenOptions;
use std::io::{ErrorKind, SeekFrom};
use std::time::Duration;
use support::trace;
use tempfile::tempdir;

/// Runs `main` in virtual time.
fn block_on<T>(main: impl Future<Output = T>) -> T {
    EventLoop::new(Clock::Virtual).block_on(main)
}

/// Polls a future once, which begins it, and drops it.
async fn begin_and_drop(future: impl Future) {
    // Its end is not heard before the timer, which needs no time, has fired.
    assert!(timeout(Duration::ZERO, future).await.is_err());
}

#[test]
fn what_was_written_is_read_again() {
    let folder = tempdir().unwrap();
    block_on(async {
        let (a, b) = (folder.path().join("deep/down/a"), folder.path().join("b"));
        fs::create_dir_all(a.parent().unwrap()).await.unwrap();
        fs::write(&a, "text").await.unwrap();
        assert_eq!(fs::read(&a).await.unwrap(), b"text");
        assert_eq!(fs::metadata(&a).await.unwrap().len(), 4);
        fs::rename(&a, &b).await.unwrap();
        assert_eq!(fs::read_to_string(&b).await.unwrap(), "text");
        let names: Vec<_> = fs::read_dir(folder.path())
            .await
            .unwrap()
            .iter()
            .map(std::fs::DirEntry::file_name)
            .collect();
        assert_eq!(names, ["b", "deep"]);
        fs::remove_file(&b).await.unwrap();
        let error = fs::read(&b).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    });
}

#[test]
fn nothing_is_done_before_it_is_awaited() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("a");
    block_on(async {
        drop(fs::write(&path, "x"));
        fs::metadata(&path).await.unwrap_err();
    });
}

#[test]
fn a_file_is_read_and_written_in_parts() {
    let folder = tempdir().unwrap();
    block_on(async {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true);
        let mut file = File::open_with(&options, folder.path().join("a"))
            .await
            .unwrap();
        file.write_all(b"hello").await.unwrap();
        file.write_all(b", world").await.unwrap();
        file.flush().await.unwrap();
        file.sync_all().await.unwrap();
        assert_eq!(file.seek(SeekFrom::Start(7)).await.unwrap(), 7);
        let mut buffer = [0; 3];
        assert_eq!(file.read(&mut buffer).await.unwrap(), 3);
        assert_eq!(&buffer, b"wor");
        assert_eq!(file.read(&mut buffer).await.unwrap(), 2);
        assert_eq!(file.read(&mut buffer).await.unwrap(), 0);
        assert_eq!(file.read(&mut []).await.unwrap(), 0);
        let error = file.seek(SeekFrom::Current(-13)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    });
}

#[test]
fn a_dropped_read_loses_nothing() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("a");
    std::fs::write(&path, "abcdef").unwrap();
    block_on(async {
        let mut file = File::open(&path).await.unwrap();
        begin_and_drop(file.read(&mut [0; 4])).await;
        let mut buffer = [0; 3];
        assert_eq!(file.read(&mut buffer).await.unwrap(), 3);
        assert_eq!(&buffer, b"abc");
        // One byte was read for nobody: the file stands before it all the same.
        assert_eq!(file.seek(SeekFrom::Current(0)).await.unwrap(), 3);
        assert_eq!(file.read(&mut buffer).await.unwrap(), 3);
        assert_eq!(&buffer, b"def");
    });
}

#[test]
fn a_write_after_a_dropped_read_begins_where_the_reader_stood() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("a");
    std::fs::write(&path, "abcdef").unwrap();
    block_on(async {
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true);
        let mut file = File::open_with(options, &path).await.unwrap();
        begin_and_drop(file.read(&mut [0; 4])).await;
        file.write_all(b"X").await.unwrap();
    });
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "Xbcdef");
}

#[cfg(unix)]
#[test]
fn a_dropped_read_of_a_pipe_loses_nothing_to_what_follows() {
    let folder = tempdir().unwrap();
    block_on(async {
        let path = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        let both = OpenOptions::new().read(true).write(true).clone();
        let mut pipe = File::open_with(&both, &path).await.unwrap();
        pipe.write_all(b"abc").await.unwrap();
        begin_and_drop(pipe.read(&mut [0; 2])).await;
        pipe.flush().await.unwrap();
        pipe.write_all(b"d").await.unwrap(); // there is no going back in a pipe
        let error = pipe.seek(SeekFrom::Start(0)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotSeekable);
        let mut bytes = [0; 4];
        assert_eq!(pipe.read(&mut bytes[..2]).await.unwrap(), 2);
        assert_eq!(pipe.read(&mut bytes[2..]).await.unwrap(), 2);
        assert_eq!(&bytes, b"abcd");
    });
}

#[test]
fn a_dropped_write_is_written_before_what_follows() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("a");
    block_on(async {
        let mut file = File::create(&path).await.unwrap();
        begin_and_drop(file.write_all(b"first ")).await;
        file.write_all(b"second").await.unwrap();
        file.flush().await.unwrap();
    });
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "first second");
}

#[test]
fn an_error_that_nobody_saw_is_the_next_ones() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("a");
    std::fs::write(&path, "text").unwrap();
    block_on(async {
        let mut file = File::open(&path).await.unwrap(); // not for writing
        begin_and_drop(file.write_all(b"x")).await;
        file.flush().await.unwrap_err();
        file.flush().await.expect("it is told once");
    });
}

#[test]
fn the_loops_end_waits_for_a_write() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("a");
    let mut event_loop = EventLoop::new(Clock::Virtual);
    let copy = path.clone();
    event_loop.block_on(begin_and_drop(fs::write(copy, vec![7; 1 << 20])));
    drop(event_loop);
    assert_eq!(std::fs::metadata(&path).unwrap().len(), 1 << 20);
}

#[test]
fn other_tasks_run_while_a_file_is_read() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("a");
    std::fs::write(&path, "text").unwrap();
    let program = || {
        let path = path.clone();
        block_on(async move {
            let other = spawn(async {
                for _ in 0..3 {
                    yield_now().await;
                }
            });
            fs::read(path).await.unwrap();
            assert!(other.is_finished());
        });
    };
    assert_eq!(trace(program), trace(program));
}
