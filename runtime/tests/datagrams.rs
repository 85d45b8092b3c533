//! Datagrams, of UDP and of Unix: whole, or not at all.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

use runtime::net::{Datagram, Family, TooLong, UdpSocket, UnixDatagram};
use runtime::{Clock, EventLoop, sleep, spawn, timeout};
use std::io::ErrorKind;
use std::net::Ipv4Addr;
use std::rc::Rc;
use std::time::Duration;

/// Where the OS chooses the port.
const LOCALHOST: &str = "127.0.0.1:0";

/// Runs `main` in virtual time: what the OS knows comes before the next deadline.
fn block_on<T>(main: impl Future<Output = T>) -> T {
    EventLoop::new(Clock::Virtual).block_on(main)
}

/// Two UDP sockets that are connected to each other.
fn udp_pair() -> (UdpSocket, UdpSocket) {
    let one = UdpSocket::bind(LOCALHOST).unwrap();
    let other = UdpSocket::bind(LOCALHOST).unwrap();
    one.connect(other.local_addr().unwrap()).unwrap();
    other.connect(one.local_addr().unwrap()).unwrap();
    (one, other)
}

/// Runs `$check` with a pair of each family.
macro_rules! for_each_family {
    ($check:expr) => {
        block_on(async {
            let (one, other) = udp_pair();
            $check(one, other).await;
            let (one, other) = UnixDatagram::pair().unwrap();
            $check(one, other).await;
        })
    };
}

#[test]
fn datagrams_keep_their_bounds_and_may_be_empty() {
    async fn check<F: Family>(one: Datagram<F>, other: Datagram<F>) {
        let receiver = spawn(async move {
            let mut buffer = [0; 16];
            let mut lengths = Vec::new();
            for _ in 0..3 {
                lengths.push(other.recv(&mut buffer).await.unwrap());
            }
            assert_eq!(&buffer[..5], b"three");
            lengths
        });
        sleep(Duration::from_millis(1)).await; // it waits by now
        for message in [&b"ab"[..], b"", b"three"] {
            assert_eq!(one.send(message).await.unwrap(), message.len());
        }
        assert_eq!(receiver.await.unwrap(), [2, 0, 5]);
    }
    for_each_family!(check);
}

#[test]
fn a_datagram_that_does_not_fit_is_an_error_and_the_next_one_is_whole() {
    async fn check<F: Family>(one: Datagram<F>, other: Datagram<F>) {
        for message in [&b"four"[..], b"four", b"one", b"four", b"12345"] {
            one.send(message).await.unwrap();
        }
        let mut buffer = [0; 3];
        let error = other.recv(&mut buffer).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData);
        assert!(error.to_string().contains("more than 3 bytes"), "{error}");
        assert_eq!(error.downcast::<TooLong>().unwrap(), TooLong { room: 3 });
        let error = other
            .recv_from(&mut buffer)
            .await
            .map(|(count, _)| count)
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData);
        assert_eq!(other.recv(&mut buffer).await.unwrap(), 3);
        assert_eq!(&buffer, b"one");
        let error = other.recv(&mut []).await.unwrap_err(); // no room at all
        assert_eq!(error.downcast::<TooLong>().unwrap(), TooLong { room: 0 });
        let mut exact = [0; 5]; // longer than any buffer before
        assert_eq!(other.recv(&mut exact).await.unwrap(), 5);
    }
    for_each_family!(check);
}

#[test]
fn a_peeked_datagram_is_received_again_and_may_be_cut() {
    async fn check<F: Family>(one: Datagram<F>, other: Datagram<F>) {
        one.send(b"hello").await.unwrap();
        other.readable().await;
        let mut start = [0; 2];
        assert_eq!(other.peek(&mut start).await.unwrap(), 2);
        assert_eq!(&start, b"he");
        let mut whole = [0; 8];
        assert_eq!(other.recv(&mut whole).await.unwrap(), 5);
        one.writable().await;
    }
    for_each_family!(check);
}

#[test]
fn a_sender_is_known_by_its_address() {
    block_on(async {
        let (one, other) = (
            UdpSocket::bind(LOCALHOST).unwrap(),
            UdpSocket::bind(LOCALHOST).unwrap(),
        );
        let (ours, theirs) = (one.local_addr().unwrap(), other.local_addr().unwrap());
        assert_eq!(one.send_to(b"who?", theirs).await.unwrap(), 4);
        let mut buffer = [0; 8];
        assert_eq!(other.peek_from(&mut buffer).await.unwrap(), (4, ours));
        assert_eq!(other.recv_from(&mut buffer).await.unwrap(), (4, ours));

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("receiver");
        let receiver = UnixDatagram::bind(&path).unwrap();
        let named = UnixDatagram::bind(folder.path().join("sender")).unwrap();
        named.send_to(b"me", &path).await.unwrap();
        let (count, sender) = receiver.recv_from(&mut buffer).await.unwrap();
        assert_eq!(count, 2);
        assert_eq!(sender.as_pathname(), Some(&*folder.path().join("sender")));
        UnixDatagram::unbound()
            .unwrap()
            .send_to(b"nobody", &path)
            .await
            .unwrap();
        let (_, sender) = receiver.recv_from(&mut buffer).await.unwrap();
        assert!(sender.is_unnamed());
    });
}

#[test]
fn a_datagram_longer_than_the_os_sends_is_an_error_and_not_the_end() {
    block_on(async {
        let (one, other) = udp_pair();
        assert!(one.send(&vec![0; 70_000]).await.is_err());
        one.send(&vec![1; 60_000]).await.unwrap();
        assert_eq!(other.recv(&mut vec![0; 65_535]).await.unwrap(), 60_000);
    });
}

#[test]
fn nobody_at_the_port_is_an_error_and_not_the_end() {
    block_on(async {
        let (one, other) = udp_pair();
        let address = other.local_addr().unwrap();
        drop(other);
        one.send(b"anybody?").await.unwrap();
        let error = one.recv(&mut [0]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
        let other = UdpSocket::bind(address).unwrap();
        one.send(b"!").await.unwrap();
        assert_eq!(other.recv(&mut [0]).await.unwrap(), 1);
    });
}

#[test]
fn without_a_peer_send_is_an_error() {
    block_on(async {
        let socket = UdpSocket::bind(LOCALHOST).unwrap();
        assert!(socket.send(b"?").await.is_err());
        assert_eq!(
            socket.peer_addr().unwrap_err().kind(),
            ErrorKind::NotConnected
        );
        let socket = UnixDatagram::unbound().unwrap();
        assert_eq!(
            socket.send(b"?").await.unwrap_err().kind(),
            ErrorKind::NotConnected
        );
    });
}

#[test]
fn a_sender_waits_for_a_unix_receiver_that_is_full_of_anothers_datagrams() {
    block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("slow");
        let receiver = UnixDatagram::bind(&path).unwrap();
        // Fill it, through a socket that is connected and so knows when to stop.
        let rude = UnixDatagram::unbound().unwrap();
        rude.connect(&path).unwrap();
        let mut queued = 0;
        while timeout(Duration::from_millis(1), rude.send(b"rude"))
            .await
            .is_ok()
        {
            queued += 1;
        }
        let sender = spawn({
            let path = path.clone();
            async move {
                UnixDatagram::unbound()
                    .unwrap()
                    .send_to(b"polite", &path)
                    .await
            }
        });
        sleep(Duration::from_secs(1)).await;
        assert!(!sender.is_finished());
        let mut buffer = [0; 8];
        for _ in 0..queued {
            assert_eq!(receiver.recv(&mut buffer).await.unwrap(), 4);
        }
        assert_eq!(receiver.recv(&mut buffer).await.unwrap(), 6);
        assert_eq!(sender.await.unwrap().unwrap(), 6);
    });
}

#[test]
fn two_tasks_may_receive_from_one_socket() {
    block_on(async {
        let (one, other) = udp_pair();
        let other = Rc::new(other);
        let receivers = [(); 2].map(|()| {
            let other = other.clone();
            spawn(async move { other.recv(&mut [0; 4]).await.unwrap() })
        });
        sleep(Duration::from_millis(1)).await;
        for message in [b"ab", b"cd"] {
            one.send(message).await.unwrap();
        }
        for receiver in receivers {
            assert_eq!(receiver.await.unwrap(), 2);
        }
    });
}

#[test]
fn options_are_what_they_were_set_to() {
    block_on(async {
        let socket = UdpSocket::bind(LOCALHOST).unwrap();
        socket.set_broadcast(true).unwrap();
        assert!(socket.broadcast().unwrap());
        socket.set_ttl(7).unwrap();
        assert_eq!(socket.ttl().unwrap(), 7);
        socket.set_multicast_loop_v4(false).unwrap();
        assert!(!socket.multicast_loop_v4().unwrap());
        socket.set_multicast_ttl_v4(3).unwrap();
        assert_eq!(socket.multicast_ttl_v4().unwrap(), 3);
        let group = Ipv4Addr::new(224, 0, 0, 251);
        socket
            .join_multicast_v4(group, Ipv4Addr::LOCALHOST)
            .unwrap();
        socket
            .leave_multicast_v4(group, Ipv4Addr::LOCALHOST)
            .unwrap();
        assert!(socket.take_error().unwrap().is_none());
        let socket = UdpSocket::from_std(socket.into_std().unwrap()).unwrap();
        assert!(socket.broadcast().unwrap());
    });
}
