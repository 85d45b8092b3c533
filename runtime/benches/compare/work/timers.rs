//! Time: timeouts that do not fire, as most, and timers that do.

use crate::measure::{Contender, Unit, Work};
use crate::peers;
use crate::stopwatch::Stopwatch;
use crate::work::Effort;
use std::future::{pending, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

/// How far in the future what does not fire is.
const FAR: Duration = Duration::from_secs(30);
/// How many timeouts are made between two polls of their task.
const IN_A_POLL: u32 = 50;
/// How many timers fire.
const TIMERS: u32 = 100_000;

/// The rows of this file.
pub(crate) fn works(effort: Effort) -> Vec<Work> {
    /// Timeouts, each polled once and dropped, while so many others are armed.
    macro_rules! timeouts {
        ($peer:ident, $others:expr, $count:expr) => {{
            use peers::$peer as peer;
            let (others, count): (u32, u32) = ($others, $count);
            Contender::new(peer::NAME, move || {
                peer::run(async move {
                    for n in 0..others {
                        let far = FAR + Duration::from_millis(n.into());
                        peer::detach(peer::spawn(peer::sleep(far)));
                    }
                    peer::yield_now().await;
                    let stopwatch = Stopwatch::of_thread();
                    for n in 0..count {
                        let mut limited = pin!(peer::timeout(FAR, pending::<()>()));
                        poll_fn(|context| {
                            assert!(limited.as_mut().poll(context).is_pending());
                            Poll::Ready(())
                        })
                        .await;
                        if n % IN_A_POLL == 0 {
                            peer::yield_now().await;
                        }
                    }
                    stopwatch.nanoseconds_each(count)
                })
            })
        }};
    }
    /// Tasks that sleep, up to 100 ms, and are joined. The CPU time of all
    /// threads counts, since async-io has one of its own.
    macro_rules! sleeps {
        ($peer:ident) => {{
            use peers::$peer as peer;
            Contender::new(peer::NAME, move || {
                peer::run(async move {
                    let stopwatch = Stopwatch::of_process();
                    let handles: Vec<_> = (0..TIMERS)
                        .map(|n| {
                            // Neither in the order of spawning nor quite at random.
                            let micros = n.wrapping_mul(2_654_435_761) % 100_000;
                            peer::spawn(peer::sleep(Duration::from_micros(micros.into())))
                        })
                        .collect();
                    for handle in handles {
                        peer::join(handle).await;
                    }
                    stopwatch.nanoseconds_each(TIMERS)
                })
            })
        }};
    }
    /// The same for every peer, with the targets.
    macro_rules! timeout_rows {
        ($others:expr) => {
            vec![
                timeouts!(ours, $others, effort.count(100_000)),
                timeouts!(tokio, $others, effort.count(100_000)).target(0.5),
                timeouts!(local_set, $others, effort.count(100_000)),
                timeouts!(smol, $others, effort.count(100_000)).target(1.0),
                timeouts!(monoio, $others, effort.count(100_000)),
            ]
        };
    }
    let sleep_rows = vec![
        sleeps!(ours),
        sleeps!(tokio).target(1.0),
        sleeps!(local_set),
        sleeps!(smol),
        sleeps!(monoio),
    ];
    vec![
        effort.work(
            "timeout polled once and dropped",
            Unit::Nanoseconds,
            timeout_rows!(0),
        ),
        effort.work(
            "the same beside 10,000 timers",
            Unit::Nanoseconds,
            timeout_rows!(10_000),
        ),
        effort.work("100,000 timers that fire", Unit::Nanoseconds, sleep_rows),
    ]
}
