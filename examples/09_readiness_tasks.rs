//! Readiness: the OS says that something can be read, and to whom it may concern.
//!
//! Run it: `cargo run --example 09_readiness_tasks`
//! Step both twins: `cargo run -- step 09`
//!
//! Predict: two tasks wait to read from one connection. One byte arrives. How
//! many of them does the loop wake?
//!   a) one
//!   b) both
//! Answer: b. Readiness is news about the connection, not a gift to a task. The
//! first takes the byte; the second tries, finds nothing, and waits again.
//!
//! Change: `["a", "b"]` to `["ab"]`: both letters at once. Both readers are woken
//! once, and both find their byte.
//!
//! Book: chapter 9. Twin: `09_readiness_threads.rs`.

use runtime::{Builder, Clock, EventLoop, net::UnixStream, sleep};
use std::{io, rc::Rc, time::Duration};

fn main() -> io::Result<()> {
    env_logger::init();
    let real = sidestep::real();
    let clock = if real { Clock::Real } else { Clock::Virtual };
    EventLoop::new(clock).block_on(async {
        // ANCHOR: readiness
        let (near, far) = UnixStream::pair()?;
        let near = Rc::new(near);
        let readers = ["first", "second"].map(|name| {
            let near = near.clone();
            Builder::new().name(name).spawn(async move {
                let mut letter = [0];
                near.read_exact(&mut letter).await?; // tries; waits only if it would block
                println!("{name} reader: {}", char::from(letter[0]));
                io::Result::Ok(())
            })
        });
        for letter in ["a", "b"] {
            sleep(Duration::from_millis(5)).await; // the readers come first
            println!("written: {letter}");
            far.write_all(letter.as_bytes()).await?;
        }
        // ANCHOR_END: readiness
        for reader in readers {
            reader.await.expect("a reader does not panic")?;
        }
        Ok(())
    })
}

// Prints:
// written: a
// first reader: a
// written: b
// second reader: b
