//! The traits of `futures-io`: other crates read from our streams and write to them.

#![cfg(unix)]

use futures::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, copy};
use futures::{FutureExt as _, StreamExt as _, select};
use runtime::net::{TcpListener, TcpStream, UnixStream};
use runtime::{Clock, EventLoop, sleep, spawn};
use std::time::Duration;

/// Runs `main` in virtual time: what the OS knows comes before the next deadline.
fn block_on<T>(main: impl Future<Output = T>) -> T {
    EventLoop::new(Clock::Virtual).block_on(main)
}

#[test]
fn copy_echoes_and_lines_are_found() {
    block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            copy(&stream, &mut &stream).await.unwrap()
        });
        let (reader, mut writer) = TcpStream::connect(address).await.unwrap().into_split();
        let client = spawn(async move {
            for line in ["one\n", "two\n", "", "three"] {
                sleep(Duration::from_millis(1)).await;
                writer.write_all(line.as_bytes()).await.unwrap();
            }
            writer.flush().await.unwrap();
            writer.close().await.unwrap();
        });
        let lines: Vec<_> = BufReader::new(reader)
            .lines()
            .map(Result::unwrap)
            .collect()
            .await;
        assert_eq!(lines, ["one", "two", "three"]);
        client.await.unwrap();
        assert_eq!(server.await.unwrap(), 13);
    });
}

#[test]
fn a_stream_is_split_by_another_crate() {
    block_on(async {
        let (one, mut other) = UnixStream::pair().unwrap();
        let (mut reader, mut writer) = futures::AsyncReadExt::split(one);
        let bytes = vec![5; 1 << 20]; // more than the OS buffers
        let sender = spawn(async move {
            writer.write_all(&bytes).await.unwrap();
            writer.close().await.unwrap();
        });
        let mut received = Vec::new();
        futures::AsyncReadExt::read_to_end(&mut other, &mut received)
            .await
            .unwrap();
        assert_eq!(received.len(), 1 << 20);
        sender.await.unwrap();
        futures::AsyncWriteExt::write_all(&mut other, b"bye")
            .await
            .unwrap();
        drop(other);
        let mut rest = String::new();
        reader.read_to_string(&mut rest).await.unwrap();
        assert_eq!(rest, "bye");
    });
}

#[test]
fn a_read_that_loses_a_race_again_and_again_waits_once() {
    block_on(async {
        let (one, other) = UnixStream::pair().unwrap();
        let mut reader = BufReader::new(&other);
        for _ in 0..1_000 {
            let mut byte = [0];
            select! {
                _ = reader.read_exact(&mut byte).fuse() => panic!("nobody has written"),
                () = sleep(Duration::from_millis(1)).fuse() => {}
            }
        }
        one.write_all(b"x").await.unwrap();
        let mut byte = [0];
        reader.read_exact(&mut byte).await.unwrap();
        assert_eq!(&byte, b"x");
        let mut empty = [0; 0];
        assert_eq!(
            futures::AsyncReadExt::read(&mut &other, &mut empty)
                .await
                .unwrap(),
            0
        );
    });
}
