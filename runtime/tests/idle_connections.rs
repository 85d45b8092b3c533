//! Twenty thousand connections at once, all of them idle but a few.
//!
//! The clients are another process, since both ends of a connection cost a file
//! descriptor each. Where the system's limit is lower there are as many as it
//! lets one process have; the test prints how many, and what each costs.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

use runtime::net::{TcpListener, TcpStream};
use runtime::{Clock, EventLoop, spawn, timeout};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::env;
use std::fs;
use std::io::{Read as _, stdin};
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::Duration;

/// How many connections there should be.
const CONNECTIONS: u64 = 20_000;

/// File descriptors for everything else: the standard streams, the loop's own,
/// the listener, the pipes to the clients, what the test harness holds.
const OTHERS: u64 = 50;

/// The variable that makes this program the clients: the address, and how many.
const CLIENTS: &str = "RUNTIME_TEST_CLIENTS";

#[test]
fn twenty_thousand_idle_connections_leave_room_for_one_that_talks() {
    let count = descriptors().saturating_sub(OTHERS).min(CONNECTIONS);
    if count < CONNECTIONS {
        println!("{count} connections, not {CONNECTIONS}: the limit of file descriptors is lower");
    }
    EventLoop::new(Clock::Real).block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut clients = Command::new(env::current_exe().unwrap())
            .args(["--exact", "the_clients", "--nocapture"])
            .env(CLIENTS, format!("{address}/{count}"))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let before = resident();
        let mut servers = Vec::new();
        for _ in 0..count {
            // So that clients who fail are no hang here.
            let accept = timeout(Duration::from_mins(2), listener.accept()).await;
            let (stream, _) = accept.expect("the clients come").unwrap();
            servers.push(spawn(echo(stream)));
        }
        // The last to come is served, while all others are idle.
        let talker = listener.accept().await.unwrap().0;
        echo(talker).await;
        let each = (resident() - before) / count;
        println!(
            "{count} connections at once, {each} bytes of memory each, task and handle included"
        );
        assert!(servers.iter().all(|server| !server.is_finished()));
        drop(clients.stdin.take()); // now they leave, all at once
        for server in servers {
            server.await.unwrap();
        }
        assert!(clients.wait().unwrap().success());
    });
}

/// Not a test, but the clients of the one above.
#[test]
fn the_clients() {
    let Ok(order) = env::var(CLIENTS) else {
        return;
    };
    descriptors(); // raises the limit
    let (address, count) = order.split_once('/').unwrap();
    let address: SocketAddr = address.parse().unwrap();
    EventLoop::new(Clock::Real).block_on(async {
        let mut idle: Vec<TcpStream> = Vec::new();
        let mut left: usize = count.parse().unwrap();
        while left > 0 {
            let batch = left.min(100); // a listener's queue holds 128
            let connects: Vec<_> = (0..batch).map(|_| spawn(greeted(address))).collect();
            for connect in connects {
                idle.push(connect.await.unwrap());
            }
            left -= batch;
        }
        let talker = greeted(address).await;
        for byte in 0..100 {
            talker.write_all(&[byte]).await.unwrap();
            let mut answer = [0];
            talker.read_exact(&mut answer).await.unwrap();
            assert_eq!(answer, [byte]);
        }
        drop(talker);
        stdin().read_to_end(&mut Vec::new()).unwrap(); // until we are let go
    });
}

/// Connects, and waits for the server's greeting: a listener whose queue is full
/// leaves some clients in the belief that they are connected.
async fn greeted(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).await.unwrap();
    stream.read_exact(&mut [0]).await.unwrap();
    stream
}

/// Greets, and writes back what it reads, until the peer is done.
async fn echo(stream: TcpStream) {
    let mut byte = [0];
    stream.write_all(b"!").await.unwrap();
    while stream.read(&mut byte).await.unwrap() > 0 {
        stream.write_all(&byte).await.unwrap();
    }
}

/// Raises this process's limit of file descriptors as far as it may, and returns it.
fn descriptors() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    setrlimit(Resource::Nofile, raised).unwrap();
    limit.maximum.unwrap_or(u64::MAX)
}

/// This process's memory, in bytes.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/statm").unwrap();
    let pages: u64 = status.split(' ').nth(1).unwrap().parse().unwrap();
    pages * rustix::param::page_size() as u64
}
