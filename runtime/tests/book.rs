//! What the book quotes: small programs of its pages, run here.

use runtime::{Clock, Elapsed, EventLoop, now, sleep, timeout};
use std::time::Duration;

#[test]
fn a_limit_is_set_from_outside_and_what_exceeds_it_is_dropped() {
    let mut event_loop = EventLoop::new(Clock::Virtual);
    event_loop.block_on(async {
        // ANCHOR: timeout
        let slow_answer = async {
            sleep(Duration::from_secs(30)).await;
            "42"
        };
        // Two seconds, and then `slow_answer` is dropped where it stands.
        let answer = timeout(Duration::from_secs(2), slow_answer).await;
        assert_eq!(answer, Err(Elapsed));
        // ANCHOR_END: timeout
        assert_eq!(now(), Duration::from_secs(2));
    });
}
