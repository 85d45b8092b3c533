//! A read that gets less than it had room for: the next one need not ask the OS.

mod support;

use runtime::net::UnixStream;
use runtime::{Clock, EventLoop, sleep, spawn, timeout};
use std::io;
use std::time::Duration;
use support::{assert_trace, only, trace};

/// How long nothing happens for more than this, on a virtual clock.
const LONG: Duration = Duration::from_secs(1);

/// Runs `main` in virtual time, with both ends of a stream.
fn with_stream<F: Future<Output = io::Result<()>>>(main: impl FnOnce(UnixStream, UnixStream) -> F) {
    EventLoop::new(Clock::Virtual)
        .block_on(async {
            let (near, far) = UnixStream::pair()?;
            main(near, far).await
        })
        .expect("both ends of the stream are ours");
}

/// Reads up to eight bytes, and returns how many came; fails if nothing comes.
async fn read(stream: &UnixStream) -> io::Result<usize> {
    match timeout(LONG, stream.read(&mut [0; 8])).await {
        Ok(read) => read,
        Err(_) => Err(io::ErrorKind::TimedOut.into()),
    }
}

#[test]
fn after_a_short_read_the_next_waits_without_asking() {
    let trace = trace(|| {
        with_stream(async |near, far| {
            far.write_all(b"ab").await?;
            sleep(LONG).await; // the OS tells of it
            assert_eq!(read(&near).await?, 2);
            assert!(read(&near).await.is_err()); // waits
            far.write_all(b"cd").await?;
            assert_eq!(read(&near).await?, 2);
            Ok(())
        });
    });
    assert_trace(
        &only(&trace, &["transferred", "would_block"]),
        &[
            "transferred source=2 op=write bytes=2",
            "transferred source=1 op=read bytes=2", // eight would have fitted
            "transferred source=2 op=write bytes=2",
            "transferred source=1 op=read bytes=2",
        ],
    );
}

#[test]
fn a_read_that_was_filled_is_followed_by_one_that_asks() {
    with_stream(async |near, far| {
        far.write_all(b"0123456789").await?;
        sleep(LONG).await;
        assert_eq!(read(&near).await?, 8);
        assert_eq!(read(&near).await?, 2);
        Ok(())
    });
}

#[test]
fn the_end_that_came_with_the_bytes_is_seen_after_a_short_read() {
    with_stream(async |near, far| {
        far.write_all(b"ab").await?;
        drop(far);
        sleep(LONG).await; // the OS tells of both at once, and never again
        assert_eq!(read(&near).await?, 2);
        assert_eq!(read(&near).await?, 0);
        assert_eq!(read(&near).await?, 0);
        Ok(())
    });
}

#[test]
fn the_end_of_which_the_os_has_not_told_yet_is_seen_after_a_short_read() {
    with_stream(async |near, far| {
        far.write_all(b"ab").await?;
        drop(far);
        assert_eq!(read(&near).await?, 2); // before the OS was asked
        assert_eq!(read(&near).await?, 0);
        Ok(())
    });
}

#[test]
fn the_end_that_comes_after_a_short_read_wakes_who_waits() {
    with_stream(async |near, far| {
        far.write_all(b"ab").await?;
        sleep(LONG).await;
        assert_eq!(read(&near).await?, 2);
        let closing = spawn(async move {
            sleep(LONG / 2).await;
            drop(far);
        });
        assert_eq!(read(&near).await?, 0);
        closing.await.expect("it only sleeps");
        Ok(())
    });
}
