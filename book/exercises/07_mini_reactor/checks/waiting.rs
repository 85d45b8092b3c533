//! Checks of what an attempt answers, and of how long `poll` waits.

use super::bench::{Bench, NewReactor, Result, Task};
use super::{Check, rule};
use std::time::{Duration, Instant};

/// These checks, in order.
pub(super) fn checks() -> Vec<Check<NewReactor>> {
    vec![
        rule(
            "source_is_registered",
            "a source is registered with the operating system",
            |new| Bench::new(new)?.socket("A").map(drop),
        ),
        rule(
            "poll_waits_until_its_time_is_out",
            "poll waits for the time that it is given when nothing is ready",
            poll_waits,
        ),
        rule(
            "what_is_there_is_read_at_once",
            "what is there already is read without waiting, though its edge has gone by",
            |new| {
                let mut bench = Bench::new(new)?;
                let mut socket = bench.socket("A")?;
                bench.peer_writes(&mut socket, 5);
                bench.poll()?;
                let answer = bench.read(&mut socket, 64, &Task::new());
                bench.expect_answer("Ready with 5 bytes", &answer)
            },
        ),
        rule(
            "spurious_readiness_is_not_data",
            "a task that finds nothing waits, also after it was woken",
            |new| {
                let mut bench = Bench::new(new)?;
                let mut socket = bench.socket("A")?;
                let task = Task::new();
                let answer = bench.read(&mut socket, 64, &task);
                bench.expect_answer("Pending", &answer)?;
                bench.peer_writes(&mut socket, 5);
                bench.poll()?;
                bench.another_reads(&mut socket);
                let answer = bench.read(&mut socket, 64, &task);
                bench.expect_answer("Pending", &answer)
            },
        ),
        rule(
            "what_was_left_unread_is_not_lost",
            "a task that read less than there was reads the rest without a new edge",
            |new| {
                let mut bench = Bench::new(new)?;
                let mut socket = bench.socket("A")?;
                let task = Task::new();
                let answer = bench.read(&mut socket, 4, &task);
                bench.expect_answer("Pending", &answer)?;
                bench.peer_writes(&mut socket, 10);
                bench.poll()?;
                for size in [4, 4, 2] {
                    let answer = bench.read(&mut socket, 4, &task);
                    bench.expect_answer(&format!("Ready with {size} bytes"), &answer)?;
                }
                let answer = bench.read(&mut socket, 4, &task);
                bench.expect_answer("Pending", &answer)
            },
        ),
    ]
}

/// How often a loop polls that waits for a deadline: once, and a few times more
/// if the system counts in coarse steps.
const POLLS_AT_MOST: u32 = 3;

/// Polls as a loop does that has nothing to do until a deadline.
fn poll_waits(new: NewReactor) -> Result {
    let mut bench = Bench::new(new)?;
    let pause = Duration::from_millis(30);
    bench.say("poll until 30 ms are over, each time for what is left of them");
    for _ in 0..3 {
        let begin = Instant::now();
        let mut polls = 0;
        while let Some(left) = pause.checked_sub(begin.elapsed()) {
            bench.poll_for(Some(left))?;
            polls += 1;
            if polls > POLLS_AT_MOST {
                return Err(bench.complaint(
                    "poll does not come back before its time: once is enough",
                    format!("it came back {polls} times, and the time is not over"),
                ));
            }
        }
    }
    Ok(())
}
