//! A read that gets less than it had room for: the next one need not ask the OS.

#![cfg(unix)]

mod support;

use runtime::net::{Family, Stream, TcpListener, TcpStream, UnixStream};
use runtime::{Clock, EventLoop, sleep, spawn, timeout};
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use socket2::SockRef;
use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::os::fd::AsFd as _;
use std::time::Duration;
use support::{assert_trace, only, trace};

/// How long nothing happens for more than this, on a virtual clock.
const LONG: Duration = Duration::from_secs(1);

/// Runs `main` in virtual time, with both ends of a stream.
fn with_stream<F: Future<Output = io::Result<()>>>(main: impl FnOnce(TcpStream, TcpStream) -> F) {
    EventLoop::new(Clock::Virtual)
        .block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0")?;
            let far = TcpStream::connect(listener.local_addr()?).await?;
            let (near, _) = listener.accept().await?;
            main(near, far).await
        })
        .expect("both ends of the stream are ours");
}

/// Reads up to eight bytes, and returns how many came; fails if nothing comes.
async fn read<F: Family>(stream: &Stream<F>) -> io::Result<usize> {
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
        &only(&trace, &["transferred", "would_block"])
            .into_iter()
            .filter(|line| !line.contains("op=accept") && !line.contains("op=connect"))
            .collect::<Vec<_>>(),
        &[
            "transferred source=2 op=write bytes=2",
            "transferred source=3 op=read bytes=2", // eight would have fitted
            "transferred source=2 op=write bytes=2",
            "transferred source=3 op=read bytes=2",
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

#[test]
fn urgent_bytes_do_not_hide_those_behind_them() {
    with_stream(async |near, far| {
        let os = SockRef::from(&far);
        os.send(b"ab")?;
        os.send_out_of_band(b"!")?;
        os.send(b"cd")?;
        sleep(LONG).await; // the OS tells of it all at once, and never again
        assert_eq!(read(&near).await?, 2); // up to the urgent one
        assert_eq!(read(&near).await?, 2);
        Ok(())
    });
}

#[test]
fn bytes_that_came_with_a_descriptor_do_not_hide_those_behind_them() {
    EventLoop::new(Clock::Virtual).block_on(async {
        let (near, far) = UnixStream::pair().unwrap();
        let room = &mut [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut with_it = SendAncillaryBuffer::new(room);
        let descriptors = [far.as_fd()];
        assert!(with_it.push(SendAncillaryMessage::ScmRights(&descriptors)));
        let bytes = [IoSlice::new(b"ab")];
        sendmsg(&far, &bytes, &mut with_it, SendFlags::empty()).unwrap();
        far.write_all(b"cd").await.unwrap();
        sleep(LONG).await; // the OS tells of it all at once, and never again
        assert_eq!(read(&near).await.unwrap(), 2);
        assert_eq!(read(&near).await.unwrap(), 2);
    });
}
