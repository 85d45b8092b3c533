//! Steps with calls that block, and that nobody announced.
//!
//! Where the kernel dispatches calls to the scheduler, no tick interrupts one. A
//! call may still end with EINTR, once for each process that was started: the
//! kernel keeps the child's SIGCHLD from the thread that starts it, whose signals
//! are blocked meanwhile, and wakes another for it. So interrupted calls are
//! counted, and held against the number of processes.

use super::seats::look;
use super::steps::Random;
use std::io::{ErrorKind, Read, Write};
use std::net::UdpSocket;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// How many processes were started.
pub(crate) static CHILDREN: AtomicU64 = AtomicU64::new(0);
/// How many calls ended with EINTR.
static CUT_SHORT: AtomicU64 = AtomicU64::new(0);

/// Interrupted calls, and started processes.
pub(crate) fn read() -> (u64, u64) {
    let read = |number: &AtomicU64| number.load(Ordering::SeqCst);
    (read(&CUT_SHORT), read(&CHILDREN))
}

/// One step, chosen by `random`. Where nobody learns of a call that was not
/// announced and no slice ends, scheduled threads cannot wait for each other in
/// one: then `is_preempted` must be false.
pub(crate) fn step(random: &mut Random, is_preempted: bool) {
    match random.below(4) {
        0 => wait_for_a_datagram(random),
        1 => speak_with_an_unscheduled_thread(random),
        2 if is_preempted => speak_with_a_scheduled_thread(random),
        _ => wait_for_a_message(random),
    }
    look();
}

/// Waits on a socket until its time limit is over, or for what itself has sent.
fn wait_for_a_datagram(random: &mut Random) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let limit = Duration::from_micros(100 + random.below(2_000));
    socket.set_read_timeout(Some(limit)).unwrap();
    match socket.recv(&mut [0]) {
        Ok(_) => panic!("nobody has sent anything"),
        Err(error) if error.kind() == ErrorKind::Interrupted => {
            CUT_SHORT.fetch_add(1, Ordering::SeqCst);
        }
        Err(error) => {
            // Not held against `limit`: the kernel counts in ticks of its own.
            assert_eq!(error.kind(), ErrorKind::WouldBlock, "{error}");
        }
    }
    look();
    socket.set_read_timeout(None).unwrap();
    socket.send_to(&[7], socket.local_addr().unwrap()).unwrap();
    let mut byte = [0];
    assert_eq!(socket.recv(&mut byte).unwrap(), 1);
    assert_eq!(byte, [7]);
}

/// Says something to whoever holds the other end, and hears the same.
fn speak(mut stream: UnixStream, words: u64) {
    for word in 0..words {
        let word = word.to_le_bytes();
        stream.write_all(&word).unwrap();
        let mut heard = [0; 8];
        stream.read_exact(&mut heard).unwrap();
        look();
        assert_eq!(word, heard);
    }
}

/// Says what it hears.
fn echo(mut stream: UnixStream) {
    let mut heard = [0; 8];
    while stream.read_exact(&mut heard).is_ok() {
        stream.write_all(&heard).unwrap();
    }
}

/// A conversation with a thread that the scheduler does not know.
fn speak_with_an_unscheduled_thread(random: &mut Random) {
    let (one, other) = UnixStream::pair().unwrap();
    let other = thread::spawn(move || echo(other));
    speak(one, random.below(20));
    other.join().unwrap();
}

/// The same with one that needs a CPU.
fn speak_with_a_scheduled_thread(random: &mut Random) {
    let (one, other) = UnixStream::pair().unwrap();
    let other = scheduler::spawn(move || echo(other));
    speak(one, random.below(20));
    other.join().unwrap();
}

/// A channel of std's, whose sender takes longer than the receiver will wait.
fn wait_for_a_message(random: &mut Random) {
    let (sender, receiver) = mpsc::channel();
    let limit = Duration::from_micros(random.below(1_000));
    let begin = Instant::now();
    assert_eq!(
        receiver.recv_timeout(limit),
        Err(mpsc::RecvTimeoutError::Timeout)
    );
    look();
    assert!(begin.elapsed() >= limit, "too early");
    sender.send(limit).unwrap();
    assert_eq!(receiver.recv().unwrap(), limit);
}
