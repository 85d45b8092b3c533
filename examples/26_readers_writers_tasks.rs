//! Readers and writers among tasks: a lock is for those who give way inside.
//!
//! Run it: `cargo run --example 26_readers_writers_tasks`
//! Step both twins: `cargo run -- step 26`
//!
//! Predict: a writer writes one half of a text, gives way, and writes the other half.
//! Readers look at both halves. Who needs the lock?
//!   a) nobody: these are tasks
//!   b) the writer and the readers
//!   c) only the writer, and nobody else, if the readers do not give way
//! Answer: b. The text is half written while the writer gives way; whoever looks then
//! sees it so, if it does not ask. If the writer did not give way, it would be a.
//!
//! Change: remove the writer's `yield_now().await`. Then both reports are whole.
//!
//! Book: chapter 19. Twin: `26_readers_writers_threads.rs`.

use runtime::{Clock, EventLoop, spawn, sync::RwLock, yield_now};
use std::{cell::Cell, rc::Rc};

/// A text in two halves, and its lock, for those who use it.
type Room = (RwLock<()>, [Cell<u32>; 2]);

/// Reads both halves; whether they belong together.
async fn read(room: Rc<Room>, asks: bool) -> bool {
    let _key = if asks {
        Some(room.0.read().await)
    } else {
        None
    };
    room.1[0] == room.1[1]
}

/// Writes both halves, and gives way in between.
async fn write(room: Rc<Room>) {
    let _key = room.0.write().await;
    room.1[0].set(1);
    yield_now().await;
    room.1[1].set(1);
}

/// A writer and two readers; how many of them read a whole text.
async fn meet(asks: bool) -> usize {
    let room = Rc::new((RwLock::new(()), Default::default()));
    let writer = spawn(write(Rc::clone(&room)));
    let readers = [(); 2].map(|()| spawn(read(Rc::clone(&room), asks)));
    writer.await.expect("the writer does not panic");
    let mut whole = 0;
    for reader in readers {
        whole += usize::from(reader.await.expect("a reader does not panic"));
    }
    whole
}

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let clock = if real { Clock::Real } else { Clock::Virtual };
    EventLoop::new(clock).block_on(async {
        println!("readers do not ask: {} of 2 whole", meet(false).await);
        println!("readers ask: {} of 2 whole", meet(true).await);
    });
}

// Prints:
// readers do not ask: 0 of 2 whole
// readers ask: 2 of 2 whole
