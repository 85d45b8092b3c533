//! Two tasks that send one value to and fro, through channels of capacity 1.
//!
//! smol's channel is async-channel; monoio has none, and gets the same one. The
//! bare loop's is a cell with room for a value and a waker.

use crate::measure::{Contender, Unit, Work};
use crate::peers;
use crate::python;
use crate::stopwatch::Stopwatch;
use crate::work::Effort;
use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

/// The rows of this file.
pub(crate) fn works(effort: Effort) -> Vec<Work> {
    /// One task answers, the other counts.
    macro_rules! ping_pong {
        ($peer:ident, $channel:expr, $count:expr) => {{
            use peers::$peer as peer;
            let count: u32 = $count;
            Contender::new(peer::NAME, move || {
                peer::run(async move {
                    let ((to, inbox), (back, answers)) = ($channel, $channel);
                    let answering = peer::spawn(async move {
                        let inbox = &mut { inbox }; // as tokio wants it
                        for _ in 0..count {
                            let ball: u32 = inbox.recv().await.expect("it is sent");
                            back.send(ball + 1).await.expect("it is received");
                        }
                    });
                    let stopwatch = Stopwatch::of_thread();
                    let answers = &mut { answers };
                    let mut ball = 0;
                    for _ in 0..count {
                        to.send(ball).await.expect("it is received");
                        ball = answers.recv().await.expect("it is sent");
                    }
                    assert_eq!(ball, count);
                    let cost = stopwatch.nanoseconds_each(count);
                    peer::join(answering).await;
                    cost
                })
            })
        }};
    }
    let count = effort.count(100_000);
    let mut contenders = vec![
        ping_pong!(ours, runtime::sync::channel(1), count),
        ping_pong!(tokio, tokio::sync::mpsc::channel(1), count).target(0.5),
        ping_pong!(local_set, tokio::sync::mpsc::channel(1), count),
        ping_pong!(smol, async_channel::bounded(1), count),
        ping_pong!(monoio, async_channel::bounded(1), count),
        ping_pong!(bare, Slot::pair(), count),
    ];
    contenders.extend(python::measured_by_script(&format!(
        "channel {}",
        count / 4
    )));
    vec![effort.work(
        "channel ping-pong, capacity 1, round trip",
        Unit::Nanoseconds,
        contenders,
    )]
}

/// Room for one value, and for who waits: two tasks that never both wait.
#[derive(Debug, Default)]
struct Slot(RefCell<(Option<u32>, Option<Waker>)>);

impl Slot {
    /// A slot for two.
    fn pair() -> (Rc<Slot>, Rc<Slot>) {
        let slot = Rc::new(Slot::default());
        (slot.clone(), slot)
    }

    /// Puts a value in once there is room. It never fails.
    async fn send(&self, value: u32) -> Result<(), ()> {
        self.wait_until(|slot| slot.is_none().then(|| *slot = Some(value)))
            .await;
        Ok(())
    }

    /// Takes a value once there is one. It never fails.
    async fn recv(&self) -> Result<u32, ()> {
        Ok(self.wait_until(Option::take).await)
    }

    /// Waits until `operation` succeeds, and wakes the other.
    async fn wait_until<T>(&self, mut operation: impl FnMut(&mut Option<u32>) -> Option<T>) -> T {
        poll_fn(|context| {
            let (slot, waiting) = &mut *self.0.borrow_mut();
            let Some(done) = operation(slot) else {
                *waiting = Some(context.waker().clone());
                return Poll::Pending;
            };
            if let Some(waker) = waiting.take() {
                waker.wake();
            }
            Poll::Ready(done)
        })
        .await
    }
}
