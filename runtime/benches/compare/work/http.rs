//! An HTTP server under load: hyper, on one loop or another.
//!
//! The server is the same text for all; only listener, stream and spawn differ.
//! Connections are kept alive, and each has one request out. smol's streams
//! come to hyper through our adapter, tokio's through that of hyper-util.

use crate::load::Load;
use crate::measure::{Contender, Unit, Work};
use crate::peers;
use crate::work::Effort;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::rt::{Read, Write};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::mpsc::Sender;

/// Where they listen: the OS chooses the port.
const ANYWHERE: &str = "127.0.0.1:0";

/// What the load generator and the servers rely on.
const WORKS: &str = "loopback connections work, and the generator closes them";

/// The rows of this file.
pub(crate) fn works(effort: Effort) -> Vec<Work> {
    let row = |name, unit, connections| {
        let load = Load {
            connections,
            request: b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n",
            end_of_answer,
            window: effort.window(),
        };
        let served_by = |peer, server: fn(&Sender<SocketAddr>, usize)| {
            Contender::new(peer, move || {
                let served = load.ask(|address| server(&address, connections));
                match unit {
                    Unit::PerSecond => served.time,
                    _ => served.cpu,
                }
            })
        };
        let contenders = vec![
            served_by(peers::ours::NAME, ours),
            served_by(peers::tokio::NAME, tokio).target(1.0),
            served_by(peers::smol::NAME, smol),
        ];
        effort.work(name, unit, contenders)
    };
    let cpu = Unit::Nanoseconds;
    vec![
        row("hyper, 1 connection", Unit::PerSecond, 1),
        row("hyper, 64 connections", Unit::PerSecond, 64),
        row("hyper, 1,000 connections", Unit::PerSecond, 1_000),
        row("hyper, 64 connections, CPU time of the server", cpu, 64),
    ]
}

/// Where an answer ends whose body is [`BODY`].
fn end_of_answer(answer: &[u8]) -> Option<usize> {
    let body = answer.windows(4).position(|end| end == b"\r\n\r\n")? + 4;
    let end = body + BODY.len();
    (answer.len() >= end).then_some(end)
}

/// What everybody is answered.
const BODY: &str = "Hello from hyper!\n";

/// Serves one connection until it is closed.
async fn serve(connection: impl Read + Write + Unpin) {
    let answer = service_fn(async |_: Request<Incoming>| {
        let body = Full::new(Bytes::from_static(BODY.as_bytes()));
        Ok::<_, Infallible>(Response::new(body))
    });
    let served = http1::Builder::new().serve_connection(connection, answer);
    served.await.expect(WORKS);
}

/// Our loop.
fn ours(tell: &Sender<SocketAddr>, connections: usize) {
    use peers::ours as peer;
    peer::run(async {
        let listener = runtime::net::TcpListener::bind(ANYWHERE).expect(WORKS);
        tell.send(listener.local_addr().expect(WORKS)).expect(WORKS);
        let mut handles = Vec::new();
        for _ in 0..connections {
            let (stream, _) = listener.accept().await.expect(WORKS);
            let connection = runtime::hyper::Connection::new(stream);
            handles.push(peer::spawn(serve(connection)));
        }
        for handle in handles {
            peer::join(handle).await;
        }
    });
}

/// tokio, with `spawn`.
fn tokio(tell: &Sender<SocketAddr>, connections: usize) {
    use peers::tokio as peer;
    peer::run(async {
        let listener = ::tokio::net::TcpListener::bind(ANYWHERE)
            .await
            .expect(WORKS);
        tell.send(listener.local_addr().expect(WORKS)).expect(WORKS);
        let mut handles = Vec::new();
        for _ in 0..connections {
            let (stream, _) = listener.accept().await.expect(WORKS);
            let connection = hyper_util::rt::TokioIo::new(stream);
            handles.push(peer::spawn(serve(connection)));
        }
        for handle in handles {
            peer::join(handle).await;
        }
    });
}

/// smol.
fn smol(tell: &Sender<SocketAddr>, connections: usize) {
    use peers::smol as peer;
    peer::run(async {
        let listener = std::net::TcpListener::bind(ANYWHERE).expect(WORKS);
        let listener = async_io::Async::new(listener).expect(WORKS);
        tell.send(listener.get_ref().local_addr().expect(WORKS))
            .expect(WORKS);
        let mut handles = Vec::new();
        for _ in 0..connections {
            let (stream, _) = listener.accept().await.expect(WORKS);
            let connection = runtime::hyper::Connection::new(stream);
            handles.push(peer::spawn(serve(connection)));
        }
        for handle in handles {
            peer::join(handle).await;
        }
    });
}
