//! An echo server as tasks: one thread waits for every connection at once.
//!
//! Run it: `cargo run --example 03_echo_tasks`, or serve your own clients with
//! `-- --listen 127.0.0.1:7777` and `nc 127.0.0.1 7777`
//! Step both twins: `cargo run -- step 03`
//!
//! Predict: 200 clients are connected and silent. How many OS threads wait?
//!   a) 1
//!   b) 200
//! Answer: a. A task that waits is a few hundred bytes on a list; the one thread
//! asks the OS about all of them together.
//!
//! Change: `--listen`, and `ls /proc/$(pgrep 03_echo)/task`: always one thread.
//!
//! Book: chapter 4. Twin: `03_echo_threads.rs`.

use runtime::net::{TcpListener, TcpStream};
use runtime::{Builder, Clock, EventLoop};
use std::{io, net::SocketAddr};

// ANCHOR: serve
/// Sends back whatever one client says, until it is done.
async fn serve(stream: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        let length = stream.read(&mut buffer).await?; // gives way until the OS says readable
        if length == 0 {
            return Ok(());
        }
        stream.write_all(&buffer[..length]).await?;
    }
}
// ANCHOR_END: serve

/// Says two things to the server and checks that both come back.
async fn talk(address: SocketAddr) -> io::Result<usize> {
    let stream = TcpStream::connect(address).await?;
    let mut answered = 0;
    for message in [b"hello", b"again"] {
        stream.write_all(message).await?;
        let mut echo = [0; 5];
        stream.read_exact(&mut echo).await?;
        answered += usize::from(&echo == message);
    }
    Ok(answered)
}

fn main() -> io::Result<()> {
    env_logger::init();
    let server = sidestep::server();
    EventLoop::new(Clock::Real).block_on(async {
        let listener = TcpListener::bind(server.address)?;
        let address = listener.local_addr()?;
        server.announce(address);
        let clients: Vec<_> = (0..server.clients)
            .map(|_| Builder::new().name("client").spawn(talk(address)))
            .collect();
        for _ in 0..server.connections {
            let (stream, _peer) = listener.accept().await?;
            drop(Builder::new().name("server").spawn(serve(stream))); // detached: nobody waits for it
        }
        let mut answered = 0;
        for client in clients {
            answered += client.await.expect("a client does not panic")?;
        }
        println!("{} clients, {answered} answers", server.clients);
        Ok(())
    })
}

// Prints:
// 3 clients, 6 answers
