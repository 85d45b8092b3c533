//! The echo lesson serves clients that are not its own: two hundred at once.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::process::{Child, Command, Stdio};

/// A lesson that listens, until the test is over.
struct Server {
    /// The lesson's process, killed on drop.
    process: Child,
    /// Where it listens.
    address: String,
}

impl Server {
    /// Starts a lesson at a port of the system's choice.
    fn start(lesson: &str) -> Server {
        let mut process = Command::new(crate::support::lesson(lesson))
            .args(["--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line
            .strip_prefix("listening on ")
            .unwrap()
            .split(',')
            .next()
            .unwrap()
            .to_owned();
        Server { process, address }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// Two hundred clients connect before any of them speaks; then each says its
/// own number, in two pieces, half-closes, and must get exactly that back.
fn two_hundred_clients_are_served_at_once(lesson: &str) {
    let server = Server::start(lesson);
    let mut clients: Vec<TcpStream> = (0..200)
        .map(|_| TcpStream::connect(&server.address).unwrap())
        .collect();
    for (number, client) in clients.iter_mut().enumerate().rev() {
        write!(client, "I am ").unwrap();
        write!(client, "number {number}").unwrap();
        client.shutdown(Shutdown::Write).unwrap();
    }
    for (number, client) in clients.iter_mut().enumerate() {
        let mut echo = String::new();
        client.read_to_string(&mut echo).unwrap();
        assert_eq!(echo, format!("I am number {number}"));
    }
}

#[test]
fn tasks_serve_two_hundred_clients_at_once() {
    two_hundred_clients_are_served_at_once("03_echo_tasks");
}

#[test]
fn threads_serve_two_hundred_clients_at_once() {
    two_hundred_clients_are_served_at_once("03_echo_threads");
}

/// A client that vanishes without a word must not take the others with it.
fn a_client_that_resets_its_connection_harms_nobody(lesson: &str) {
    let server = Server::start(lesson);
    for _ in 0..20 {
        let mut rude = TcpStream::connect(&server.address).unwrap();
        rude.write_all(&[b'x'; 4096]).unwrap();
        drop(rude); // unread echoes are on their way: the peer gets a reset
    }
    let mut polite = TcpStream::connect(&server.address).unwrap();
    polite.write_all(b"still there?").unwrap();
    polite.shutdown(Shutdown::Write).unwrap(); // so that an answer too short ends, too
    let mut echo = String::new();
    polite.read_to_string(&mut echo).unwrap();
    assert_eq!(echo, "still there?");
}

#[test]
fn a_reset_connection_harms_no_other_task() {
    a_client_that_resets_its_connection_harms_nobody("03_echo_tasks");
}

#[test]
fn a_reset_connection_harms_no_other_thread() {
    a_client_that_resets_its_connection_harms_nobody("03_echo_threads");
}
