//! hyper on our loop: its server, its client and its timer.

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::rt::{Timer as _, Write as _};
use hyper::service::service_fn;
use hyper::{Request, Response, client, server};
use runtime::net::{TcpListener, TcpStream, UnixStream};
use runtime::{Clock, EventLoop, JoinHandle, hyper as on_our_loop, now, sleep, spawn};
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::time::Duration;

use on_our_loop::{Connection, Executor, Timer};

/// Answers with the path that was asked for, and the request's body.
async fn echo(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let mut answer = request.uri().path().as_bytes().to_vec();
    answer.extend(request.into_body().collect().await?.to_bytes());
    Ok(Response::new(Full::new(answer.into())))
}

/// What the helpers rely on.
const WORKS: &str = "loopback connections work, and the client speaks HTTP";

/// Serves `count` connections, each until it is closed.
async fn serve(listener: TcpListener, count: usize) {
    let mut connections = Vec::new();
    for _ in 0..count {
        let (stream, _) = listener.accept().await.expect(WORKS);
        let mut http = server::conn::http1::Builder::new();
        http.timer(Timer::new()).pipeline_flush(true);
        let connection = Connection::new(stream);
        connections.push(spawn(http.serve_connection(connection, service_fn(echo))));
    }
    for connection in connections {
        connection.await.expect(WORKS).expect(WORKS);
    }
}

/// A server for `count` connections on a task of its own, and a connection to it.
async fn connected(count: usize) -> (JoinHandle<()>, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").expect(WORKS);
    let address = listener.local_addr().expect(WORKS);
    let server = spawn(serve(listener, count));
    (server, TcpStream::connect(address).await.expect(WORKS))
}

#[test]
fn one_connection_of_hypers_client_carries_many_requests() {
    EventLoop::new(Clock::Real).block_on(async {
        let (server, stream) = connected(1).await;
        let connection = Connection::new(stream);
        let (mut client, connection) = client::conn::http1::handshake(connection).await.unwrap();
        let connection = spawn(connection);
        for n in 0..100 {
            let request = Request::post(format!("/{n}"))
                .header("host", "localhost")
                .body(Full::new(Bytes::from(format!(" body {n}"))))
                .unwrap();
            let response = client.send_request(request).await.unwrap();
            let body = response.into_body().collect().await.unwrap().to_bytes();
            assert_eq!(body, format!("/{n} body {n}"));
        }
        drop(client); // closes the connection
        connection.await.unwrap().unwrap();
        server.await.unwrap();
    });
}

#[test]
fn a_body_larger_than_any_buffer_arrives_whole_both_ways() {
    EventLoop::new(Clock::Real).block_on(async {
        let (server, stream) = connected(1).await;
        let connection = Connection::new(stream);
        let (mut client, connection) = client::conn::http1::handshake(connection).await.unwrap();
        let connection = spawn(connection);
        let sent: Bytes = (0..4_000_000_u32).map(|n| (n % 251) as u8).collect();
        let request = Request::post("/").header("host", "localhost");
        let request = request.body(Full::new(sent.clone())).unwrap();
        let response = client.send_request(request).await.unwrap();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert!(body[1..] == sent);
        drop(client);
        connection.await.unwrap().unwrap();
        server.await.unwrap();
    });
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    EventLoop::new(Clock::Real).block_on(async {
        let (server, stream) = connected(1).await;
        let request = |n, option| format!("GET /{n}. HTTP/1.1\r\nhost: localhost\r\n{option}\r\n");
        let mut requests: Vec<String> = (0..49).map(|n| request(n, "")).collect();
        requests.push(request(49, "connection: close\r\n"));
        stream
            .write_all(requests.concat().as_bytes())
            .await
            .unwrap();
        let answers = read_to_end(&stream).await;
        let bodies: Vec<&str> = answers
            .split("HTTP/1.1 200 OK\r\n")
            .skip(1)
            .map(|answer| answer.split("\r\n\r\n").nth(1).unwrap())
            .collect();
        let expected: Vec<String> = (0..50).map(|n| format!("/{n}.")).collect();
        assert_eq!(bodies, expected);
        server.await.unwrap();
    });
}

#[test]
fn a_request_that_comes_byte_by_byte_is_answered() {
    EventLoop::new(Clock::Real).block_on(async {
        let (server, stream) = connected(1).await;
        for byte in b"GET /slow HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n" {
            stream.write_all(&[*byte]).await.unwrap();
            sleep(Duration::from_micros(100)).await;
        }
        assert!(read_to_end(&stream).await.ends_with("\r\n\r\n/slow"));
        server.await.unwrap();
    });
}

#[test]
fn hypers_shutdown_ends_the_writing_and_lets_the_reading_go_on() {
    EventLoop::new(Clock::Real).block_on(async {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let mut connection = Connection::new(theirs);
        poll_fn(|context| Pin::new(&mut connection).poll_shutdown(context))
            .await
            .unwrap();
        assert_eq!(ours.read(&mut [0]).await.unwrap(), 0);
        ours.write_all(b"!").await.unwrap();
        assert_eq!(connection.get_ref().read(&mut [0]).await.unwrap(), 1);
    });
}

#[test]
fn a_connection_that_the_peer_broke_off_is_shut_down_without_an_error() {
    EventLoop::new(Clock::Real).block_on(async {
        let (server, stream) = connected(1).await;
        stream
            .write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n")
            .await
            .unwrap();
        stream.readable().await;
        drop(stream); // the answer is unread: so the OS sends a reset
        server.await.unwrap();
    });
}

#[test]
fn what_is_not_http_is_refused_and_the_connection_closed() {
    EventLoop::new(Clock::Real).block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let served = spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let http = server::conn::http1::Builder::new();
            let connection = http.serve_connection(Connection::new(stream), service_fn(echo));
            connection.await
        });
        let stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"\0\xFFnonsense\r\n\r\n").await.unwrap();
        let answer = read_to_end(&stream).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
        assert!(served.await.unwrap().unwrap_err().is_parse());
    });
}

#[test]
fn a_head_that_does_not_come_ends_the_connection_by_hypers_own_time_limit() {
    EventLoop::new(Clock::Virtual).block_on(async {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let mut http = server::conn::http1::Builder::new();
        http.timer(Timer::new());
        http.header_read_timeout(Duration::from_hours(1));
        ours.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
        let before = now();
        let served = http
            .serve_connection(Connection::new(theirs), service_fn(echo))
            .await;
        assert!(served.unwrap_err().is_timeout());
        assert_eq!(now(), before + Duration::from_hours(1));
    });
}

#[test]
fn hypers_sleep_keeps_to_the_time_of_the_loop() {
    EventLoop::new(Clock::Virtual).block_on(async {
        sleep(Duration::from_secs(5)).await;
        let timer = Timer::new();
        let began = timer.now();
        timer.sleep(Duration::from_mins(1)).await;
        assert_eq!(timer.now(), began + Duration::from_mins(1));
        timer.sleep_until(began + Duration::from_secs(90)).await;
        assert_eq!(now(), Duration::from_secs(95));
        timer.sleep_until(began).await; // is over already
        assert_eq!(now(), Duration::from_secs(95));
        let mut sleep = timer.sleep(Duration::from_secs(1_000));
        timer.reset(&mut sleep, timer.now() + Duration::from_secs(1));
        sleep.await;
        assert_eq!(now(), Duration::from_secs(96));
    });
}

#[test]
fn hypers_sleep_that_is_dropped_gives_its_timer_up() {
    EventLoop::new(Clock::Virtual).block_on(async {
        let timer = Timer::new();
        let mut long = timer.sleep(Duration::from_hours(1));
        let first = runtime::timeout(Duration::from_secs(1), &mut long).await;
        assert!(first.is_err());
        drop(long);
        let mut other = pin!(sleep(Duration::from_hours(2)));
        let mut polls = 0;
        poll_fn(|context| {
            polls += 1;
            other.as_mut().poll(context)
        })
        .await;
        assert_eq!(polls, 2, "the timer that was given up woke nobody");
    });
}

#[test]
fn a_sleep_can_be_sent_to_another_thread_and_dropped_there() {
    let mut event_loop = EventLoop::new(Clock::Virtual);
    let timer = event_loop.block_on(async { Timer::new() });
    let mut sleep = None;
    event_loop.block_on(async {
        let sleep = sleep.insert(timer.sleep(Duration::from_secs(1)));
        let waited = runtime::timeout(Duration::from_millis(1), sleep).await;
        assert!(waited.is_err());
    });
    std::thread::spawn(move || drop(sleep)).join().unwrap();
    event_loop.block_on(async { runtime::sleep(Duration::from_secs(2)).await });
}

#[test]
fn the_executor_spawns_what_is_not_send() {
    EventLoop::new(Clock::Virtual).block_on(async {
        let (done, is_done) = runtime::sync::channel(1);
        let not_send = std::rc::Rc::new(7);
        hyper::rt::Executor::execute(&Executor, async move {
            done.send(*not_send).await.unwrap();
        });
        assert_eq!(is_done.recv().await, Ok(7));
    });
}

/// Everything that comes until the peer closes, as text.
async fn read_to_end(stream: &TcpStream) -> String {
    let mut all = Vec::new();
    let mut buffer = [0; 4_096];
    loop {
        match stream.read(&mut buffer).await.expect(WORKS) {
            0 => return String::from_utf8(all).expect(WORKS),
            bytes => all.extend(&buffer[..bytes]),
        }
    }
}
