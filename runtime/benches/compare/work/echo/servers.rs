//! One echo server for each peer: so many connections, until all are closed.
//!
//! What they have in common: a task for each connection, and a buffer of
//! [`BUFFER`] bytes on it. The bare one has neither futures nor tasks.

use crate::peers;
use mio::{Events, Interest, Poll, Token};
use slab::Slab;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::SocketAddr;
use std::sync::mpsc::Sender;

/// The length of a connection's buffer.
const BUFFER: usize = 1_024;

/// Where they listen: the OS chooses the port.
const ANYWHERE: &str = "127.0.0.1:0";

/// What the load generator and the servers rely on.
const WORKS: &str = "loopback connections work, and the generator closes them";

/// Our loop.
pub(super) fn ours(tell: &Sender<SocketAddr>, connections: usize) {
    use peers::ours as peer;
    peer::run(async {
        let listener = runtime::net::TcpListener::bind(ANYWHERE).expect(WORKS);
        tell.send(listener.local_addr().expect(WORKS)).expect(WORKS);
        let mut handles = Vec::new();
        for _ in 0..connections {
            let (stream, _) = listener.accept().await.expect(WORKS);
            handles.push(peer::spawn(async move {
                let mut buffer = [0; BUFFER];
                loop {
                    match stream.read(&mut buffer).await.expect(WORKS) {
                        0 => return,
                        bytes => stream.write_all(&buffer[..bytes]).await.expect(WORKS),
                    }
                }
            }));
        }
        for handle in handles {
            peer::join(handle).await;
        }
    });
}

/// tokio's two ways to spawn have one server.
macro_rules! tokio_server {
    ($peer:ident, $tell:ident, $connections:ident) => {{
        use ::tokio::io::{AsyncReadExt, AsyncWriteExt};
        use peers::$peer as peer;
        peer::run(async move {
            let listener = ::tokio::net::TcpListener::bind(ANYWHERE)
                .await
                .expect(WORKS);
            let address = listener.local_addr().expect(WORKS);
            $tell.send(address).expect(WORKS);
            let mut handles = Vec::new();
            for _ in 0..$connections {
                let (mut stream, _) = listener.accept().await.expect(WORKS);
                handles.push(peer::spawn(async move {
                    let mut buffer = [0; BUFFER];
                    loop {
                        match stream.read(&mut buffer).await.expect(WORKS) {
                            0 => return,
                            bytes => stream.write_all(&buffer[..bytes]).await.expect(WORKS),
                        }
                    }
                }));
            }
            for handle in handles {
                peer::join(handle).await;
            }
        });
    }};
}

/// tokio, with `spawn`.
pub(super) fn tokio(tell: &Sender<SocketAddr>, connections: usize) {
    tokio_server!(tokio, tell, connections);
}

/// tokio, with `spawn_local`.
pub(super) fn local_set(tell: &Sender<SocketAddr>, connections: usize) {
    tokio_server!(local_set, tell, connections);
}

/// smol.
pub(super) fn smol(tell: &Sender<SocketAddr>, connections: usize) {
    use async_io::Async;
    use futures_lite::{AsyncReadExt, AsyncWriteExt};
    use peers::smol as peer;
    peer::run(async move {
        let listener = std::net::TcpListener::bind(ANYWHERE).expect(WORKS);
        let listener = Async::new(listener).expect(WORKS);
        tell.send(listener.get_ref().local_addr().expect(WORKS))
            .expect(WORKS);
        let mut handles = Vec::new();
        for _ in 0..connections {
            let (mut stream, _) = listener.accept().await.expect(WORKS);
            handles.push(peer::spawn(async move {
                let mut buffer = [0; BUFFER];
                loop {
                    match stream.read(&mut buffer).await.expect(WORKS) {
                        0 => return,
                        bytes => stream.write_all(&buffer[..bytes]).await.expect(WORKS),
                    }
                }
            }));
        }
        for handle in handles {
            peer::join(handle).await;
        }
    });
}

/// monoio, whose buffers are lent to the runtime.
pub(super) fn monoio(tell: &Sender<SocketAddr>, connections: usize) {
    use ::monoio::buf::IoBuf;
    use ::monoio::io::{AsyncReadRent, AsyncWriteRentExt};
    use peers::monoio as peer;
    peer::run(async move {
        let listener = ::monoio::net::TcpListener::bind(ANYWHERE).expect(WORKS);
        tell.send(listener.local_addr().expect(WORKS)).expect(WORKS);
        let mut handles = Vec::new();
        for _ in 0..connections {
            let (mut stream, _) = listener.accept().await.expect(WORKS);
            handles.push(peer::spawn(async move {
                let mut buffer = vec![0; BUFFER];
                loop {
                    let (read, lent) = stream.read(buffer).await;
                    let bytes = read.expect(WORKS);
                    if bytes == 0 {
                        return;
                    }
                    let (written, lent) = stream.write_all(lent.slice(..bytes)).await;
                    written.expect(WORKS);
                    buffer = lent.into_inner();
                }
            }));
        }
        for handle in handles {
            peer::join(handle).await;
        }
    });
}

/// A loop by hand: ask the OS, and serve each connection that is readable.
pub(super) fn bare(tell: &Sender<SocketAddr>, connections: usize) {
    /// The token of the listener.
    const LISTENER: Token = Token(usize::MAX);
    let mut poll = Poll::new().expect(WORKS);
    let mut events = Events::with_capacity(256);
    let address = ANYWHERE.parse().expect("it is an address");
    let mut listener = mio::net::TcpListener::bind(address).expect(WORKS);
    let registry = poll.registry().try_clone().expect(WORKS);
    registry
        .register(&mut listener, LISTENER, Interest::READABLE)
        .expect(WORKS);
    tell.send(listener.local_addr().expect(WORKS)).expect(WORKS);
    let mut streams = Slab::new();
    let mut left = connections;
    while left > 0 {
        poll.poll(&mut events, None).expect(WORKS);
        for event in &events {
            if event.token() == LISTENER {
                while let Ok((mut stream, _)) = listener.accept() {
                    let vacant = streams.vacant_entry();
                    let both = Interest::READABLE | Interest::WRITABLE;
                    registry
                        .register(&mut stream, Token(vacant.key()), both)
                        .expect(WORKS);
                    vacant.insert(stream);
                }
            } else if event.is_readable() && !echo(&mut streams[event.token().0]) {
                streams.remove(event.token().0);
                left -= 1;
            }
        }
    }
}

/// Echoes what is there. `false`: the connection is closed.
fn echo(stream: &mut mio::net::TcpStream) -> bool {
    let mut buffer = [0; BUFFER];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return false,
            // The generator never has more out than the OS has room for.
            Ok(bytes) => stream.write_all(&buffer[..bytes]).expect(WORKS),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return true,
            Err(error) => panic!("{WORKS}: {error}"),
        }
    }
}
