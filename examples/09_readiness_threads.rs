//! A blocking read: the kernel keeps the thread until it has what was asked for.
//!
//! Run it: `cargo run --example 09_readiness_threads`
//! Step both twins: `cargo run -- step 09`
//!
//! Predict: two threads want to read from one connection, which a mutex guards.
//! Nothing has arrived yet. What does the second thread wait for?
//!   a) for the connection, in the kernel
//!   b) for the mutex
//! Answer: b. The first keeps the mutex while it reads. When it has its byte, the
//! second is in `read` itself. Nobody is woken in vain: a read ends with a byte.
//!
//! Change: leave the mutex out, and let both read at once, each with a
//! `try_clone` of the socket. The kernel gives the byte to one of them, and it is
//! not yours to say to whom.
//!
//! Book: chapter 9. Twin: `09_readiness_tasks.rs`.

use scheduler::{Builder, Preemption, Scheduler, policy::RoundRobin};
use scheduler::{blocking, sleep, sync::Mutex};
use std::io::{self, Read, Write};
use std::{os::unix::net::UnixStream, sync::Arc, time::Duration};

fn main() -> io::Result<()> {
    env_logger::init();
    sidestep::real(); // it is, with or without: what the kernel does has no checkpoints
    let policy = RoundRobin::new(Duration::from_millis(3));
    let scheduler = Scheduler::new(Preemption::Signal, policy);
    let outcome = scheduler.run(|| {
        // ANCHOR: readiness
        let (near, mut far) = UnixStream::pair()?;
        let near = Arc::new(Mutex::new(near));
        let readers = ["first", "second"].map(|name| {
            let near = near.clone();
            Builder::new().name(name).spawn(move || {
                let mut letter = [0];
                let mut near = near.lock();
                blocking(|| near.read_exact(&mut letter))?; // gives the CPU up meanwhile
                println!("{name} reader: {}", char::from(letter[0]));
                io::Result::Ok(())
            })
        });
        for letter in ["a", "b"] {
            sleep(Duration::from_millis(5)); // the readers come first
            println!("written: {letter}");
            far.write_all(letter.as_bytes())?; // there is room for it
        }
        // ANCHOR_END: readiness
        for reader in readers {
            reader.join().expect("a reader does not panic")?;
        }
        Ok(())
    });
    outcome.expect("nobody waits for ever")
}

// Prints:
// written: a
// first reader: a
// written: b
// second reader: b
