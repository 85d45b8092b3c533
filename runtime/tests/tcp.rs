//! TCP: an echo server, half-closed streams, many clients, errors.

mod support;

use runtime::net::{TcpListener, TcpStream};
use runtime::{Clock, EventLoop, JoinHandle, sleep, spawn, timeout, yield_now};
use std::future::poll_fn;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::Poll;
use std::thread;
use std::time::Duration;
use support::{assert_trace, only, trace};

/// Where the OS chooses the port.
const LOCALHOST: &str = "127.0.0.1:0";

/// Runs `main` in real time.
fn block_on<T>(main: impl Future<Output = T>) -> T {
    EventLoop::new(Clock::Real).block_on(main)
}

/// Writes back what it reads, until the peer is done.
async fn echo(stream: TcpStream) {
    let mut buffer = [0; 1024];
    loop {
        let count = stream.read(&mut buffer).await.expect("the peer is polite");
        if count == 0 {
            return;
        }
        let echoed = stream.write_all(&buffer[..count]).await;
        echoed.expect("the peer is polite");
    }
}

/// Starts an echo server, with a task for each connection.
fn serve_echo() -> (SocketAddr, JoinHandle<()>) {
    let listener = TcpListener::bind(LOCALHOST).expect("there is a free port");
    let address = listener.local_addr().expect("it is bound");
    let server = spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.expect("a client comes");
            drop(spawn(echo(stream)));
        }
    });
    (address, server)
}

#[test]
fn what_a_client_sends_comes_back() {
    block_on(async {
        let (address, server) = serve_echo();
        let client = TcpStream::connect(address).await.unwrap();
        assert_eq!(client.peer_addr().unwrap(), address);
        client.set_nodelay(true).unwrap();
        client.write_all(b"hello").await.unwrap();
        let mut answer = [0; 5];
        client.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"hello");
        server.abort();
    });
}

#[test]
fn an_empty_buffer_is_transferred_at_once() {
    block_on(async {
        let (address, _server) = serve_echo();
        let client = TcpStream::connect(address).await.unwrap();
        assert_eq!(client.read(&mut []).await.unwrap(), 0);
        client.read_exact(&mut []).await.unwrap();
        client.write_all(&[]).await.unwrap();
    });
}

#[test]
fn single_bytes_come_back_in_order() {
    block_on(async {
        let (address, _server) = serve_echo();
        let client = TcpStream::connect(address).await.unwrap();
        client.set_nodelay(true).unwrap();
        for byte in 0..=255 {
            assert_eq!(client.write(&[byte]).await.unwrap(), 1);
            let mut answer = [0];
            client.read_exact(&mut answer).await.unwrap();
            assert_eq!(answer, [byte]);
        }
    });
}

#[test]
fn a_half_closed_stream_can_still_be_read() {
    block_on(async {
        let (address, _server) = serve_echo();
        let client = TcpStream::connect(address).await.unwrap();
        client.write_all(b"last words").await.unwrap();
        client.shutdown(Shutdown::Write).unwrap();
        let mut answer: Vec<u8> = Vec::new();
        let mut buffer = [0; 4];
        loop {
            match client.read(&mut buffer).await.unwrap() {
                0 => break, // the server saw our end, and closed
                count => answer.extend(&buffer[..count]),
            }
        }
        assert_eq!(answer, b"last words");
    });
}

#[test]
fn a_peer_that_leaves_early_is_an_unexpected_end() {
    block_on(async {
        let listener = TcpListener::bind(LOCALHOST).unwrap();
        let address = listener.local_addr().unwrap();
        let client = TcpStream::connect(address).await.unwrap();
        let (server, peer) = listener.accept().await.unwrap();
        assert_eq!(peer, client.local_addr().unwrap());
        client.write_all(b"ab").await.unwrap();
        drop(client);
        let error = server.read_exact(&mut [0; 3]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
    });
}

#[test]
fn two_tasks_share_a_stream_one_reads_and_one_writes() {
    // More than the OS buffers: the writer must wait until the reader has read.
    const SIZE: usize = 8 << 20;
    block_on(async {
        let (address, _server) = serve_echo();
        let stream = Rc::new(TcpStream::connect(address).await.unwrap());
        let own = stream.clone();
        let writer = spawn(async move {
            let bytes: Vec<u8> = (0..251).cycle().take(SIZE).collect();
            own.write_all(&bytes).await.unwrap();
            own.shutdown(Shutdown::Write).unwrap();
        });
        let mut received = vec![0; SIZE];
        stream.read_exact(&mut received).await.unwrap();
        writer.await.unwrap();
        let is_intact = |(n, byte): (usize, &u8)| usize::from(*byte) == n % 251;
        assert!(received.iter().enumerate().all(is_intact));
        assert_eq!(stream.read(&mut [0]).await.unwrap(), 0);
    });
}

#[test]
fn two_hundred_clients_are_served_at_once() {
    block_on(async {
        let (address, _server) = serve_echo();
        let clients: Vec<_> = (0..200_u32)
            .map(|n| {
                spawn(async move {
                    let stream = TcpStream::connect(address).await.unwrap();
                    for round in 0..5 {
                        let message = (n * 100 + round).to_be_bytes();
                        stream.write_all(&message).await.unwrap();
                        let mut answer = [0; 4];
                        stream.read_exact(&mut answer).await.unwrap();
                        assert_eq!(answer, message);
                        yield_now().await;
                    }
                })
            })
            .collect();
        for client in clients {
            client.await.unwrap();
        }
    });
}

#[test]
fn clients_of_other_threads_are_served_while_the_loop_has_nothing_else_to_do() {
    block_on(async {
        let (address, _server) = serve_echo();
        let (sender, receiver) = std::sync::mpsc::channel();
        thread::spawn(move || {
            let mut stream = std::net::TcpStream::connect(address).unwrap();
            stream.write_all(b"from a thread").unwrap();
            let mut answer = [0; 13];
            stream.read_exact(&mut answer).unwrap();
            sender.send(answer).unwrap();
        });
        let answer = loop {
            match receiver.try_recv() {
                Ok(answer) => break answer,
                Err(_) => sleep(Duration::from_millis(1)).await,
            }
        };
        assert_eq!(&answer, b"from a thread");
    });
}

#[test]
fn io_goes_on_while_another_task_is_always_ready() {
    block_on(async {
        let busy = spawn(async {
            loop {
                yield_now().await;
            }
        });
        let (address, _server) = serve_echo();
        let client = TcpStream::connect(address).await.unwrap();
        client.write_all(b"x").await.unwrap();
        client.read_exact(&mut [0]).await.unwrap();
        busy.abort();
    });
}

#[test]
fn a_refused_connection_is_an_error() {
    block_on(async {
        let listener = TcpListener::bind(LOCALHOST).unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let error = TcpStream::connect(address).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    });
}

#[test]
fn the_next_address_is_tried_when_one_refuses() {
    block_on(async {
        let refusing = {
            let listener = TcpListener::bind(LOCALHOST).unwrap();
            listener.local_addr().unwrap()
        };
        let (address, _server) = serve_echo();
        let client = TcpStream::connect(&[refusing, address][..]).await.unwrap();
        assert_eq!(client.peer_addr().unwrap(), address);
    });
}

#[test]
fn no_address_at_all_is_an_error() {
    block_on(async {
        let error = TcpStream::connect(&[][..]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        let error = TcpListener::bind(&[][..]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(TcpStream::connect("no port").await.is_err());
    });
}

#[test]
fn a_port_in_use_cannot_be_bound_again() {
    block_on(async {
        let listener = TcpListener::bind(LOCALHOST).unwrap();
        let error = TcpListener::bind(listener.local_addr().unwrap()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AddrInUse);
    });
}

#[test]
fn a_read_that_gives_up_leaves_the_bytes_to_the_next() {
    block_on(async {
        let listener = TcpListener::bind(LOCALHOST).unwrap();
        let address = listener.local_addr().unwrap();
        let client = TcpStream::connect(address).await.unwrap();
        let (server, _) = listener.accept().await.unwrap();
        let silence = timeout(Duration::from_millis(5), server.read(&mut [0])).await;
        assert!(silence.is_err());
        client.write_all(b"!").await.unwrap();
        let mut byte = [0];
        server.read_exact(&mut byte).await.unwrap();
        assert_eq!(&byte, b"!");
    });
}

#[test]
fn several_tasks_may_accept_from_one_listener() {
    block_on(async {
        let listener = Rc::new(TcpListener::bind(LOCALHOST).unwrap());
        let address = listener.local_addr().unwrap();
        let accepting = [(); 3].map(|()| {
            let listener = listener.clone();
            spawn(async move { listener.accept().await.map(|(_, peer)| peer) })
        });
        let mut clients = Vec::new();
        for _ in 0..3 {
            clients.push(TcpStream::connect(address).await.unwrap());
        }
        let mut served = Vec::new();
        for task in accepting {
            served.push(task.await.unwrap().unwrap());
        }
        let mut ours: Vec<_> = clients
            .iter()
            .map(|client| client.local_addr().unwrap())
            .collect();
        served.sort();
        ours.sort();
        assert_eq!(served, ours);
    });
}

#[test]
fn a_stream_may_be_dropped_after_its_loop() {
    let stream = {
        let mut event_loop = EventLoop::new(Clock::Real);
        event_loop.block_on(async {
            let (address, _server) = serve_echo();
            TcpStream::connect(address).await.unwrap()
        })
    };
    drop(stream);
}

#[test]
fn a_stream_is_good_after_its_loop_for_what_need_not_wait() {
    let (here, there) = block_on(async {
        let listener = TcpListener::bind(LOCALHOST).unwrap();
        let here = TcpStream::connect(listener.local_addr().unwrap());
        let here = here.await.unwrap();
        (here, listener.accept().await.unwrap().0)
    });
    block_on(async {
        there.write_all(b"x").await.unwrap();
        let mut byte = [0];
        here.read_exact(&mut byte).await.unwrap();
        assert_eq!(&byte, b"x");
        let waits = spawn(async move { here.read(&mut [0]).await.map(drop) });
        let error = waits.await.unwrap_err();
        assert!(error.to_string().contains("is over: make it in the loop"));
    });
}

#[test]
fn in_virtual_time_what_the_os_knows_comes_before_the_next_deadline() {
    let trace = trace(|| {
        EventLoop::new(Clock::Virtual).block_on(async {
            let listener = TcpListener::bind(LOCALHOST).unwrap();
            let address = listener.local_addr().unwrap();
            let server = spawn(async move {
                let (stream, _) = listener.accept().await.unwrap();
                timeout(Duration::from_secs(1), stream.read(&mut [0; 8])).await
            });
            let client = TcpStream::connect(address).await.unwrap();
            sleep(Duration::from_millis(1)).await; // the server waits by now
            client.write_all(b"abc").await.unwrap();
            assert_eq!(server.await.unwrap().unwrap().unwrap(), 3);
        });
    });
    let names = [
        "registered",
        "reregistered",
        "transferred",
        "advanced",
        "deregistered",
    ];
    assert_trace(
        &only(&trace, &names),
        &[
            "registered source=1 kind=listener interest=readable", // no address:
            "registered source=2 kind=stream interest=writable",   // every run is the same
            "reregistered source=2 interest=readable+writable",    // it is connected
            "registered source=3 kind=stream interest=readable+writable",
            "advanced to=1000000",
            "transferred source=2 op=write bytes=3",
            "transferred source=3 op=read bytes=3", // and time has not gone on to 1 s
            "deregistered source=3",
            "deregistered source=1",
            "deregistered source=2",
        ],
    );
}

#[test]
fn a_connect_that_is_given_up_in_its_first_poll_is_no_wait() {
    let mut was_pending = false;
    let trace = trace(|| {
        block_on(async {
            // The standard library's, whose queue is short.
            let listener = std::net::TcpListener::bind(LOCALHOST).unwrap();
            let address = listener.local_addr().unwrap();
            let mut nap = pin!(sleep(Duration::from_millis(1)));
            poll_fn(|context| {
                // Until the listener's queue is full, a local connection stands at once.
                let mut open = Vec::new();
                while !was_pending && open.len() < 300 {
                    let mut connect = TcpStream::connect(address);
                    match Pin::new(&mut connect).poll(context) {
                        Poll::Ready(Ok(stream)) => open.push(stream),
                        Poll::Ready(Err(_)) => break,
                        Poll::Pending => was_pending = true,
                    }
                }
                nap.as_mut().poll(context)
            })
            .await;
        });
    });
    let waits = only(&trace, &["waiting"]);
    assert!(was_pending || !cfg!(target_os = "linux"));
    assert_trace(&waits, &["waiting task=0 on=timer:1"]);
}
