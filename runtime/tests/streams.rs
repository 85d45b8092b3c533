//! Streams of both families: peeked, vectored, split, shut down, converted; and
//! readiness without an operation.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

mod support;

use runtime::net::{
    Family, Stream, TcpListener, TcpStream, UdpSocket, UnixDatagram, UnixListener, UnixStream,
};
use runtime::{Clock, EventLoop, spawn, yield_now};
use std::io::{ErrorKind, IoSlice, IoSliceMut, Read as _, Write as _};
use std::net::Shutdown;
use std::os::fd::AsFd as _;
use std::rc::Rc;
use support::{assert_trace, only, trace};

/// Where the OS chooses the port.
const LOCALHOST: &str = "127.0.0.1:0";

/// Runs `main` in virtual time: what the OS knows comes before the next deadline.
fn block_on<T>(main: impl Future<Output = T>) -> T {
    EventLoop::new(Clock::Virtual).block_on(main)
}

/// Two TCP streams that are connected to each other.
async fn tcp_pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind(LOCALHOST).unwrap();
    let address = listener.local_addr().unwrap();
    let client = TcpStream::connect(address).await.unwrap();
    (client, listener.accept().await.unwrap().0)
}

/// Runs `$check` with a pair of each family.
macro_rules! for_each_family {
    ($check:expr) => {
        block_on(async {
            let (one, other) = tcp_pair().await;
            $check(one, other).await;
            let (one, other) = UnixStream::pair().unwrap();
            $check(one, other).await;
        })
    };
}

#[test]
fn peeked_bytes_are_read_again() {
    async fn check<F: Family>(one: Stream<F>, other: Stream<F>) {
        let sender = spawn(async move {
            yield_now().await; // so that the peek has to wait
            one.write_all(b"abc").await.unwrap();
            one
        });
        let mut buffer = [0; 2];
        assert_eq!(other.peek(&mut []).await.unwrap(), 0);
        assert_eq!(other.peek(&mut buffer).await.unwrap(), 2);
        assert_eq!(&buffer, b"ab");
        let mut buffer = [0; 3];
        other.read_exact(&mut buffer).await.unwrap();
        assert_eq!(&buffer, b"abc");
        drop(sender.await.unwrap());
        assert_eq!(other.peek(&mut buffer).await.unwrap(), 0);
    }
    for_each_family!(check);
}

#[test]
fn vectored_bytes_fill_one_buffer_after_the_other() {
    async fn check<F: Family>(one: Stream<F>, other: Stream<F>) {
        let parts = [IoSlice::new(b"ab"), IoSlice::new(b""), IoSlice::new(b"cde")];
        assert_eq!(one.write_vectored(&parts).await.unwrap(), 5);
        let (mut first, mut second) = ([0; 3], [0; 3]);
        let mut parts = [IoSliceMut::new(&mut first), IoSliceMut::new(&mut second)];
        assert_eq!(other.read_vectored(&mut parts).await.unwrap(), 5);
        assert_eq!((&first, &second[..2]), (b"abc", &b"de"[..]));
        let nothing = other.read_vectored(&mut [IoSliceMut::new(&mut [])]).await;
        assert_eq!(nothing.unwrap(), 0);
    }
    for_each_family!(check);
}

#[test]
fn an_end_of_writing_leaves_the_other_direction_open() {
    async fn check<F: Family>(one: Stream<F>, other: Stream<F>) {
        one.shutdown(Shutdown::Write).unwrap();
        assert_eq!(other.read(&mut [0]).await.unwrap(), 0);
        let error = one.write(b"x").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BrokenPipe);
        other.write_all(b"still here").await.unwrap();
        one.read_exact(&mut [0; 10]).await.unwrap();
    }
    for_each_family!(check);
}

#[test]
fn a_stream_is_readable_until_a_read_would_block() {
    async fn check<F: Family>(one: Stream<F>, other: Stream<F>) {
        assert_eq!(
            other.try_read(&mut [0]).unwrap_err().kind(),
            ErrorKind::WouldBlock
        );
        one.write_all(b"ab").await.unwrap();
        other.readable().await;
        assert_eq!(other.try_read(&mut []).unwrap(), 0);
        assert_eq!(other.try_read(&mut [0]).unwrap(), 1);
        other.readable().await; // a byte is left
        assert_eq!(other.try_read(&mut [0]).unwrap(), 1);
        other.readable().await; // nobody has said otherwise
        assert_eq!(
            other.try_read(&mut [0]).unwrap_err().kind(),
            ErrorKind::WouldBlock
        );
        let other = Rc::new(other);
        let waiting = spawn({
            let other = other.clone();
            async move { other.readable().await }
        });
        for _ in 0..100 {
            yield_now().await;
        }
        assert!(!waiting.is_finished(), "now somebody has");
        drop(one);
        waiting.await.unwrap(); // the end can be read
        assert_eq!(other.try_read(&mut [0]).unwrap(), 0);
    }
    for_each_family!(check);
}

#[test]
fn a_stream_is_writable_until_the_peer_has_no_room() {
    async fn check<F: Family>(one: Stream<F>, other: Stream<F>) {
        let chunk = [7; 4096];
        let mut sent = 0;
        let error = loop {
            one.writable().await;
            match one.try_write(&chunk) {
                Ok(count) => sent += count,
                Err(error) => break error,
            }
        };
        assert_eq!(error.kind(), ErrorKind::WouldBlock);
        let reader = spawn(async move {
            let mut received = vec![0; sent];
            other.read_exact(&mut received).await.unwrap();
            other
        });
        one.writable().await;
        let other = reader.await.unwrap();
        assert!(one.try_write(b"x").is_ok());
        drop(other);
    }
    for_each_family!(check);
}

#[test]
fn a_half_that_writes_ends_the_writing_when_it_is_dropped() {
    async fn check<F: Family>(one: Stream<F>, other: Stream<F>) {
        let (reader, writer) = one.into_split();
        writer.write_all(b"last").await.unwrap();
        drop(writer);
        let mut all = [0; 4];
        other.read_exact(&mut all).await.unwrap();
        assert_eq!(other.read(&mut [0]).await.unwrap(), 0);
        other.write_all(b"answer").await.unwrap();
        reader.read_exact(&mut [0; 6]).await.unwrap();
        drop(reader);
        assert!(other.read(&mut [0]).await.is_ok_and(|count| count == 0));
    }
    for_each_family!(check);
}

#[test]
fn halves_serve_two_tasks_at_once() {
    // More than the OS buffers: the writer must wait until the reader has read.
    const SIZE: usize = 4 << 20;
    async fn check<F: Family>(one: Stream<F>, other: Stream<F>) {
        let echo = spawn(async move {
            let (reader, writer) = other.split();
            let mut buffer = [0; 8192];
            loop {
                match reader.read(&mut buffer).await.unwrap() {
                    0 => break,
                    count => writer.write_all(&buffer[..count]).await.unwrap(),
                }
            }
        });
        let (reader, writer) = one.into_split();
        let writer = spawn(async move { writer.write_all(&vec![9; SIZE]).await.unwrap() });
        let mut received = vec![0; SIZE];
        reader.read_exact(&mut received).await.unwrap();
        assert!(received.iter().all(|byte| *byte == 9));
        writer.await.unwrap(); // its half is gone, so the echo ends
        echo.await.unwrap();
    }
    for_each_family!(check);
}

#[test]
fn reunited_halves_are_the_stream_again_and_nothing_was_ended() {
    async fn check<F: Family>(one: Stream<F>, other: Stream<F>) {
        let (reader, writer) = one.into_split();
        let one = reader.reunite(writer).unwrap();
        drop(one.split()); // borrowed halves end nothing either
        one.write_all(b"on").await.unwrap();
        other.read_exact(&mut [0; 2]).await.unwrap();

        let (reader, own) = one.into_split();
        let (others, writer) = other.into_split();
        let error = reader.reunite(writer).unwrap_err();
        assert!(error.to_string().contains("two streams"));
        let (reader, writer) = (error.0, error.1);
        assert!(reader.reunite(own).is_ok());
        assert!(others.reunite(writer).is_ok());
    }
    for_each_family!(check);
}

#[test]
fn a_stream_of_the_standard_library_goes_in_and_comes_out() {
    block_on(async {
        let listener = std::net::TcpListener::bind(LOCALHOST).unwrap();
        let listener = TcpListener::from_std(listener).unwrap();
        let client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (server, _) = listener.accept().await.unwrap();
        let client = TcpStream::from_std(client).unwrap();
        client.set_nodelay(true).unwrap();
        assert!(client.nodelay().unwrap());
        client.set_ttl(9).unwrap();
        assert_eq!(client.ttl().unwrap(), 9);
        server.write_all(b"abc").await.unwrap();
        client.read_exact(&mut [0]).await.unwrap();

        // What only another crate can set, it sets through the file descriptor.
        let options = socket2::SockRef::from(&client);
        options.set_keepalive(true).unwrap();
        assert!(options.keepalive().unwrap());

        let mut client = client.into_std().unwrap();
        let mut rest = [0; 2];
        client.read_exact(&mut rest).unwrap(); // it blocks, and yet the bytes are here
        assert_eq!(&rest, b"bc");
        let server = server.into_std().unwrap();
        drop(server);
        assert_eq!(client.read(&mut rest).unwrap(), 0);
        drop(listener.into_std().unwrap());

        let (one, other) = std::os::unix::net::UnixStream::pair().unwrap();
        let one = UnixStream::from_std(one).unwrap();
        one.write_all(b"x").await.unwrap();
        let (mut one, mut other) = (one.into_std().unwrap(), other);
        other.read_exact(&mut [0]).unwrap();
        other.write_all(b"y").unwrap();
        one.read_exact(&mut [0]).unwrap();
    });
}

#[test]
fn a_stream_that_was_given_back_is_not_watched_any_more() {
    let trace = trace(|| {
        block_on(async {
            let (one, other) = UnixStream::pair().unwrap();
            let held = other.as_fd().try_clone_to_owned().unwrap(); // it stays open
            let other = other.into_std().unwrap();
            one.write_all(b"x").await.unwrap();
            one.readable_or_turns(3).await;
            drop((other, held));
        });
    });
    let of_the_other = |line: &&String| line.contains("source=2");
    let lines: Vec<_> = trace.iter().filter(of_the_other).cloned().collect();
    assert_trace(
        &lines,
        &[
            "registered source=2 kind=unix_stream interest=readable+writable",
            "deregistered source=2",
        ],
    );
}

/// Turns, in which the OS is asked.
trait Turns {
    /// Lets the loop take so many turns.
    async fn readable_or_turns(&self, count: usize);
}

impl Turns for UnixStream {
    async fn readable_or_turns(&self, count: usize) {
        for _ in 0..count {
            runtime::sleep(std::time::Duration::from_millis(1)).await;
        }
    }
}

#[test]
fn each_kind_of_socket_has_its_name_in_the_trace_and_no_address_in_virtual_time() {
    let folder = tempfile::tempdir().unwrap();
    let trace = trace(|| {
        block_on(async {
            let (client, server) = tcp_pair().await;
            let udp = UdpSocket::bind(LOCALHOST).unwrap();
            let listener = UnixListener::bind(folder.path().join("socket")).unwrap();
            let unix = UnixStream::connect(folder.path().join("socket"))
                .await
                .unwrap();
            let datagram = UnixDatagram::bind(folder.path().join("datagrams")).unwrap();
            drop((client, server, udp, listener, unix, datagram));
        });
    });
    assert_trace(
        &only(&trace, &["registered"]),
        &[
            "registered source=1 kind=listener interest=readable",
            "registered source=2 kind=stream interest=writable",
            "registered source=3 kind=stream interest=readable+writable",
            "registered source=4 kind=udp interest=readable+writable",
            "registered source=5 kind=unix_listener interest=readable",
            "registered source=6 kind=unix_stream interest=writable",
            "registered source=7 kind=unix_datagram interest=readable+writable",
        ],
    );
}

#[test]
fn in_real_time_the_trace_names_addresses_and_paths() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a socket");
    let mut address = String::new();
    let trace = trace(|| {
        EventLoop::new(Clock::Real).block_on(async {
            let listener = TcpListener::bind(LOCALHOST).unwrap();
            address = listener.local_addr().unwrap().to_string();
            drop(UnixListener::bind(&path).unwrap());
        });
    });
    let registered = only(&trace, &["registered"]);
    let of_path =
        format!("registered source=2 kind=unix_listener interest=readable local={path:?}");
    assert_trace(
        &registered,
        &[
            &format!("registered source=1 kind=listener interest=readable local={address}"),
            &of_path,
        ],
    );
}

#[test]
fn sockets_show_themselves_shortly() {
    block_on(async {
        let (client, server) = tcp_pair().await;
        let shown = format!("{client:?}");
        assert!(shown.starts_with("source 2: TcpStream"), "{shown}");
        assert!(shown.len() < 120, "{shown}");
        let (reader, _writer) = server.into_split();
        assert!(format!("{reader:?}").len() < 150);
        let listener = TcpListener::bind(LOCALHOST).unwrap();
        assert!(format!("{:?}", listener.accept()).len() < 200);
        let connect = format!("{:?}", TcpStream::connect(LOCALHOST));
        assert!(connect.len() < 300, "{connect}");
    });
}
