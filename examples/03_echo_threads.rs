//! An echo server as threads: a thread per connection, each blocked on its own.
//!
//! Run it: `cargo run --example 03_echo_threads`, or serve your own clients with
//! `-- --listen 127.0.0.1:7777` and `nc 127.0.0.1 7777`
//! Step both twins: `cargo run -- step 03`
//!
//! Predict: 200 clients are connected and silent. How many OS threads wait?
//!   a) 1
//!   b) 200
//! Answer: b. Each sits in a `read` of its own, with a stack of its own, and
//! the kernel wakes it. The code is plainer; the price is a thread each.
//!
//! Change: `--listen`, and `ls /proc/$(pgrep 03_echo)/task`: one more a client.
//!
//! Book: chapter 4. Twin: `03_echo_tasks.rs`.

use scheduler::{Builder, Preemption, Scheduler, blocking, policy::RoundRobin};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

// ANCHOR: serve
/// Sends back whatever one client says, until it is done.
fn serve(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        let length = blocking(|| stream.read(&mut buffer))?; // gives its CPU up meanwhile
        if length == 0 {
            return Ok(());
        }
        blocking(|| stream.write_all(&buffer[..length]))?;
    }
}
// ANCHOR_END: serve

/// Says two things to the server and checks that both come back.
fn talk(address: SocketAddr) -> io::Result<usize> {
    let mut stream = blocking(|| TcpStream::connect(address))?;
    let mut answered = 0;
    for message in [b"hello", b"again"] {
        blocking(|| stream.write_all(message))?;
        let mut echo = [0; 5];
        blocking(|| stream.read_exact(&mut echo))?;
        answered += usize::from(&echo == message);
    }
    Ok(answered)
}

fn main() -> io::Result<()> {
    env_logger::init();
    let server = sidestep::server();
    let scheduler = Scheduler::new(
        Preemption::Signal,
        RoundRobin::new(Duration::from_millis(3)),
    );
    let outcome = scheduler.run(|| {
        let listener = TcpListener::bind(server.address)?;
        let address = listener.local_addr()?;
        server.announce(address);
        let clients: Vec<_> = (0..server.clients)
            .map(|_| Builder::new().name("client").spawn(move || talk(address)))
            .collect();
        for _ in 0..server.connections {
            let (stream, _peer) = blocking(|| listener.accept())?;
            drop(Builder::new().name("server").spawn(move || serve(stream))); // detached
        }
        let mut answered = 0;
        for client in clients {
            answered += client.join().expect("a client does not panic")?;
        }
        println!("{} clients, {answered} answers", server.clients);
        Ok(())
    });
    outcome.expect("nobody waits for ever")
}

// Prints:
// 3 clients, 6 answers
