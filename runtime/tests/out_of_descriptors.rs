//! A process without free file descriptors: it accepts nobody, and goes on.
//!
//! Alone in its process, since the limit is the process's.

#![cfg(target_os = "linux")]

use runtime::net::TcpListener;
use runtime::{Clock, EventLoop, sleep, spawn};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::cell::Cell;
use std::fs::File;
use std::net::TcpStream;
use std::os::fd::AsRawFd as _;
use std::rc::Rc;
use std::time::Duration;

#[test]
fn a_listener_that_finds_no_descriptor_rests_and_accepts_again_later() {
    EventLoop::new(Clock::Virtual).block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let _clients = [(); 2].map(|()| TcpStream::connect(address).unwrap());
        let served = Rc::new(Cell::new(0));
        let errors = Rc::new(Cell::new(0));
        // A server that ignores every error.
        let acceptor = spawn({
            let (served, errors) = (served.clone(), errors.clone());
            async move {
                let mut open = Vec::new();
                loop {
                    match listener.accept().await {
                        Ok((stream, _)) => {
                            open.push(stream);
                            served.set(open.len());
                        }
                        Err(error) => {
                            assert_eq!(error.raw_os_error(), Some(24), "{error}"); // EMFILE
                            errors.set(errors.get() + 1);
                        }
                    }
                }
            }
        });

        // The lowest free number becomes the limit: none below it is free.
        let spare = File::open("/dev/null").unwrap();
        let limit = getrlimit(Resource::Nofile);
        let number = u64::try_from(spare.as_raw_fd()).unwrap();
        let none_free = Rlimit {
            current: Some(number + 1),
            ..limit
        };
        setrlimit(Resource::Nofile, none_free).unwrap();
        for _ in 0..95 {
            sleep(Duration::from_millis(1)).await; // others go on
        }
        assert_eq!(served.get(), 0);
        assert_eq!(errors.get(), 10, "one in 10 ms: it does not spin");

        drop(spare);
        sleep(Duration::from_millis(10)).await;
        assert_eq!(served.get(), 1, "it accepts as many as it can");
        setrlimit(Resource::Nofile, limit).unwrap();
        sleep(Duration::from_millis(20)).await;
        assert_eq!(served.get(), 2, "and the rest when there is room");
        assert_eq!(errors.get(), 11);
        acceptor.abort();
    });
}
