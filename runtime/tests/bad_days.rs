//! Bad days of sockets: peers that reset, dribble or never read, connects that
//! nobody answers, readiness that is gone, names and paths that cannot be.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

mod support;

use runtime::net::{TcpListener, TcpStream, UdpSocket, UnixDatagram, UnixListener, UnixStream};
use runtime::{Clock, EventLoop, sleep, spawn, timeout};
use socket2::{Domain, SockRef, Socket, Type};
use std::cell::Cell;
use std::future::poll_fn;
use std::io::ErrorKind;
use std::mem;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;
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

/// A listener in whose queue there is room for one.
fn short_listener() -> TcpListener {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let address: std::net::SocketAddr = LOCALHOST.parse().unwrap();
    socket.bind(&address.into()).unwrap();
    socket.listen(0).unwrap();
    TcpListener::from_std(socket.into()).unwrap()
}

#[test]
fn a_peer_that_resets_is_an_error_and_others_go_on() {
    block_on(async {
        let (rude, server) = tcp_pair().await;
        let (polite, other_server) = tcp_pair().await;
        let reader = spawn(async move {
            let first = server.read(&mut [0]).await.map_err(|error| error.kind());
            let second = server.read(&mut [0]).await.map_err(|error| error.kind());
            let write = server.write_all(b"x").await.map_err(|error| error.kind());
            (first, second, write)
        });
        sleep(Duration::from_millis(1)).await; // it waits by now
        SockRef::from(&rude)
            .set_linger(Some(Duration::ZERO))
            .unwrap();
        drop(rude); // a reset, and no orderly end
        let outcome = reader.await.unwrap();
        assert_eq!(
            outcome,
            (
                Err(ErrorKind::ConnectionReset),
                Ok(0),
                Err(ErrorKind::BrokenPipe)
            ),
        );
        polite.write_all(b"x").await.unwrap();
        other_server.read_exact(&mut [0]).await.unwrap();
    });
}

#[test]
fn a_message_that_comes_byte_by_byte_is_whole_in_the_end_and_others_go_on() {
    block_on(async {
        let (client, server) = tcp_pair().await;
        client.set_nodelay(true).unwrap();
        let turns = Rc::new(Cell::new(0));
        let other = spawn({
            let turns = turns.clone();
            async move {
                loop {
                    sleep(Duration::from_millis(10)).await;
                    turns.set(turns.get() + 1);
                }
            }
        });
        let reader = spawn(async move {
            let mut message = [0; 50];
            server.read_exact(&mut message).await.unwrap();
            message
        });
        for byte in 0..50 {
            sleep(Duration::from_millis(10)).await;
            client.write_all(&[byte]).await.unwrap();
        }
        let message = reader.await.unwrap();
        assert!(message.iter().copied().eq(0..50));
        assert!((49..=50).contains(&turns.get()), "{}", turns.get());
        other.abort();
    });
}

#[test]
fn a_peer_that_never_reads_makes_the_writer_wait_and_others_go_on() {
    const SIZE: usize = 32 << 20;
    block_on(async {
        let (client, server) = tcp_pair().await;
        let taken = Rc::new(Cell::new(0));
        let writer = spawn({
            let taken = taken.clone();
            async move {
                let bytes = vec![1; 1 << 16];
                while taken.get() < SIZE {
                    taken.set(taken.get() + client.write(&bytes).await.unwrap());
                }
            }
        });
        let (one, other) = tcp_pair().await;
        for _ in 0..100 {
            sleep(Duration::from_millis(10)).await;
            one.write_all(b"x").await.unwrap();
            other.read_exact(&mut [0]).await.unwrap();
        }
        assert!(!writer.is_finished());
        assert!(taken.get() < SIZE, "what the OS has taken is bounded");
        let mut buffer = vec![0; 1 << 20];
        let mut received = 0;
        while received < SIZE {
            received += server.read(&mut buffer).await.unwrap();
        }
        writer.await.unwrap();
    });
}

#[test]
fn of_two_readers_that_are_woken_for_one_byte_the_loser_waits_on() {
    let trace = trace(|| {
        block_on(async {
            let (one, other) = UnixStream::pair().unwrap();
            let other = Rc::new(other);
            let readers = [(); 2].map(|()| {
                let other = other.clone();
                spawn(async move { other.read(&mut [0]).await.unwrap() })
            });
            sleep(Duration::from_millis(1)).await; // both wait by now
            one.write_all(b"x").await.unwrap();
            sleep(Duration::from_millis(1)).await;
            assert!(readers[0].is_finished() && !readers[1].is_finished());
            drop(one);
            let [first, second] = readers;
            assert_eq!((first.await.unwrap(), second.await.unwrap()), (1, 0));
        });
    });
    let of_the_readers = |line: &&String| line.contains("source=2");
    let lines: Vec<_> = only(&trace, &["would_block", "transferred", "readiness"]);
    let lines: Vec<_> = lines.iter().filter(of_the_readers).cloned().collect();
    let without_early_answers: Vec<_> = lines
        .into_iter()
        .filter(|line| !line.contains("readable=false"))
        .collect();
    assert_trace(
        &without_early_answers,
        &[
            "would_block source=2 op=read",
            "would_block source=2 op=read",
            "readiness source=2 readable=true writable=true closed=false",
            "transferred source=2 op=read bytes=1",
            "would_block source=2 op=read", // it was ready when the OS said so
            "readiness source=2 readable=true writable=true closed=true",
            "transferred source=2 op=read bytes=0",
        ],
    );
}

#[test]
fn a_listener_may_go_while_somebody_accepts() {
    let trace = trace(|| {
        block_on(async {
            let listener = TcpListener::bind(LOCALHOST).unwrap();
            let address = listener.local_addr().unwrap();
            let mut nap = pin!(sleep(Duration::from_millis(1)));
            let mut listener = Some(listener);
            poll_fn(|context| {
                if let Some(listener) = listener.take() {
                    let mut accept = Box::new(listener.accept());
                    assert!(pin!(&mut *accept).poll(context).is_pending());
                    mem::forget(accept); // so that its drop cannot give up the wait
                }
                nap.as_mut().poll(context)
            })
            .await;
            let refused = TcpStream::connect(address).await.unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);

            // The usual way: the task that accepts is aborted, and takes it along.
            let listener = TcpListener::bind(LOCALHOST).unwrap();
            let server = spawn(async move { listener.accept().await.map(drop) });
            sleep(Duration::from_millis(1)).await;
            server.abort();
            assert!(server.await.unwrap_err().is_cancelled());
        });
    });
    let first = &only(&trace, &["waiting"])[0];
    assert_eq!(
        first, "waiting task=0 on=timer:1",
        "nobody waits for what is gone"
    );
}

#[test]
fn a_stream_may_go_while_both_directions_wait() {
    block_on(async {
        let (one, other) = UnixStream::pair().unwrap();
        while other.try_write(&[0; 4096]).is_ok() {} // now there is no room
        let other = Rc::new(other);
        let reader = spawn({
            let other = other.clone();
            async move { other.read(&mut [0]).await }
        });
        let writer = spawn({
            let other = other.clone();
            async move { other.write(&[0; 4096]).await }
        });
        sleep(Duration::from_millis(1)).await;
        assert!(!reader.is_finished() && !writer.is_finished());
        reader.abort();
        writer.abort();
        drop(other);
        assert!(reader.await.is_err() && writer.await.is_err());
        let mut buffer = vec![0; 1 << 16];
        while one.read(&mut buffer).await.unwrap() > 0 {}
    });
}

#[test]
fn a_connect_that_nobody_answers_ends_by_timeout() {
    block_on(async {
        let listener = short_listener();
        let address = listener.local_addr().unwrap();
        let mut open = Vec::new();
        let limit = Duration::from_secs(5);
        let elapsed = loop {
            match timeout(limit, TcpStream::connect(address)).await {
                Ok(stream) => open.push(stream.unwrap()),
                Err(elapsed) => break elapsed,
            }
        };
        assert!(elapsed.to_string().len() > 1);
        assert!(open.len() <= 3, "{}", open.len());
    });
}

#[test]
fn addresses_that_cannot_be_are_errors() {
    block_on(async {
        for text in [
            "nobody",
            "127.0.0.1",
            "127.0.0.1:",
            "127.0.0.1:99999",
            "[::1:80",
            "",
        ] {
            let error = TcpStream::connect(text).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{text}");
            assert_eq!(
                TcpListener::bind(text).unwrap_err().kind(),
                ErrorKind::InvalidInput
            );
            assert_eq!(
                UdpSocket::bind(text).unwrap_err().kind(),
                ErrorKind::InvalidInput
            );
        }
        for text in ["255.255.255.255:80", "224.0.0.1:80", "127.0.0.1:0"] {
            let connect = TcpStream::connect(text);
            let outcome = timeout(Duration::from_mins(10), connect).await;
            assert!(outcome.is_ok_and(|connected| connected.is_err()), "{text}");
        }
        assert!(TcpListener::bind("192.0.2.1:0").is_err()); // nobody's
    });
}

#[test]
fn a_name_is_looked_up_off_the_loop() {
    let trace = trace(|| {
        block_on(async {
            let listener = TcpListener::bind(LOCALHOST).unwrap();
            let port = listener.local_addr().unwrap().port();
            let client = TcpStream::connect(("localhost", port)).await.unwrap();
            assert_eq!(client.peer_addr().unwrap().port(), port);
            let client = TcpStream::connect(format!("localhost:{port}"))
                .await
                .unwrap();
            drop(client);
            drop(TcpStream::connect(("127.0.0.1", port)).await.unwrap());
            let unknown = TcpStream::connect("no.such.host.invalid:80").await;
            assert!(unknown.is_err());
        });
    });
    let jobs = only(&trace, &["blocking_queued"]);
    assert_eq!(jobs.len(), 3, "numbers are not looked up: {jobs:?}");
}

#[test]
fn a_path_that_exists_is_told_and_what_to_do() {
    block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("socket");
        drop(UnixListener::bind(&path).unwrap()); // the file stays
        for error in [
            UnixListener::bind(&path).unwrap_err(),
            UnixDatagram::bind(&path).unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::AddrInUse);
            let message = error.to_string();
            assert!(
                message.contains("socket: ") && message.contains("remove the file"),
                "{message}"
            );
        }
        let error = UnixStream::connect(&path).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
        std::fs::remove_file(&path).unwrap();
        let error = UnixStream::connect(&path).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(UnixListener::bind(&path).is_ok());
    });
}

#[test]
fn an_empty_path_is_an_error_and_not_a_name_of_the_oss_choice() {
    block_on(async {
        let socket = UnixDatagram::unbound().unwrap();
        for error in [
            UnixListener::bind("").unwrap_err(),
            UnixDatagram::bind("").unwrap_err(),
            UnixStream::connect("").await.unwrap_err(),
            socket.connect("").unwrap_err(),
            socket.send_to(b"x", "").await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert!(error.to_string().contains("path"), "{error}");
        }
    });
}

#[test]
fn a_path_too_long_for_a_socket_is_an_error() {
    block_on(async {
        let path = "x".repeat(200);
        assert_eq!(
            UnixListener::bind(&path).unwrap_err().kind(),
            ErrorKind::InvalidInput
        );
        assert_eq!(
            UnixDatagram::bind(&path).unwrap_err().kind(),
            ErrorKind::InvalidInput
        );
        let error = UnixStream::connect(&path).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        let sent = UnixDatagram::unbound().unwrap().send_to(b"x", &path).await;
        assert_eq!(sent.unwrap_err().kind(), ErrorKind::InvalidInput);
    });
}

#[test]
fn a_unix_connect_waits_while_the_listeners_queue_is_full() {
    block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("busy");
        let socket = Socket::new(Domain::UNIX, Type::STREAM, None).unwrap();
        socket
            .bind(&socket2::SockAddr::unix(&path).unwrap())
            .unwrap();
        socket.listen(0).unwrap();
        let listener = UnixListener::from_std(socket.into()).unwrap();
        let mut open = Vec::new();
        while let Ok(stream) = timeout(Duration::from_secs(1), UnixStream::connect(&path)).await {
            open.push(stream.unwrap());
        }
        assert!(open.len() <= 2, "{}", open.len());
        let late = spawn(async move { UnixStream::connect(&path).await });
        sleep(Duration::from_secs(1)).await;
        assert!(!late.is_finished());
        for _ in 0..=open.len() {
            drop(listener.accept().await.unwrap());
        }
        late.await.unwrap().unwrap();
    });
}

#[test]
fn a_wait_that_was_given_up_in_its_first_poll_is_no_wait() {
    let trace = trace(|| {
        block_on(async {
            let (one, _other) = UnixStream::pair().unwrap();
            let mut nap = pin!(sleep(Duration::from_millis(1)));
            poll_fn(|context| {
                assert_eq!(pin!(one.readable()).poll(context), Poll::Pending);
                nap.as_mut().poll(context)
            })
            .await;
        });
    });
    assert_trace(&only(&trace, &["waiting"]), &["waiting task=0 on=timer:1"]);
}
