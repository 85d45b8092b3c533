//! Checks of who is woken, how often, and of what is over.

use super::bench::{Bench, NewReactor, Result, Socket, Task};
use super::{Check, rule};

/// These checks, in order.
pub(super) fn checks() -> Vec<Check<NewReactor>> {
    let mut checks = readers_and_writers();
    checks.extend(once_and_again());
    checks.extend(tokens());
    checks
}

/// A socket at which `task` waits to read.
fn waiting(bench: &mut Bench, name: &'static str, task: &Task) -> Result<Socket> {
    let mut socket = bench.socket(name)?;
    let answer = bench.read(&mut socket, 64, task);
    bench.expect_answer("Pending", &answer)?;
    Ok(socket)
}

/// Who is woken.
fn readers_and_writers() -> Vec<Check<NewReactor>> {
    vec![
        rule(
            "reader_is_woken_when_there_is_something",
            "a task that waits to read is woken when there is something to read",
            |new| {
                let (mut bench, task) = (Bench::new(new)?, Task::new());
                let mut socket = waiting(&mut bench, "A", &task)?;
                bench.poll()?;
                bench.expect("wakes of the reader", 0, task.wakes())?;
                bench.peer_writes(&mut socket, 5);
                bench.poll()?;
                bench.expect("wakes of the reader", 1, task.wakes())?;
                let answer = bench.read(&mut socket, 64, &task);
                bench.expect_answer("Ready with 5 bytes", &answer)
            },
        ),
        rule(
            "reader_alone_is_woken_by_what_can_be_read",
            "what can be read wakes the reader, and not the writer of a full socket",
            |new| {
                let mut bench = Bench::new(new)?;
                let (reader, writer) = (Task::new(), Task::new());
                let mut socket = waiting(&mut bench, "A", &reader)?;
                let answer = bench.fill(&mut socket, &writer);
                bench.expect_answer("Pending", &answer)?;
                bench.peer_writes(&mut socket, 5);
                bench.poll()?;
                bench.expect("wakes of the writer", 0, writer.wakes())?;
                bench.expect("wakes of the reader", 1, reader.wakes())
            },
        ),
        rule(
            "writer_is_woken_when_there_is_room",
            "room wakes the writer, and not the reader of an empty socket",
            |new| {
                let mut bench = Bench::new(new)?;
                let (reader, writer) = (Task::new(), Task::new());
                let mut socket = waiting(&mut bench, "A", &reader)?;
                let answer = bench.fill(&mut socket, &writer);
                bench.expect_answer("Pending", &answer)?;
                bench.poll()?;
                bench.expect("wakes of the writer", 0, writer.wakes())?;
                bench.peer_reads_all(&mut socket);
                bench.poll()?;
                bench.expect("wakes of the reader", 0, reader.wakes())?;
                bench.expect("wakes of the writer", 1, writer.wakes())
            },
        ),
        rule(
            "every_source_that_is_ready_is_woken",
            "one poll wakes the readers of all sources that are ready, and of no other",
            |new| {
                let mut bench = Bench::new(new)?;
                let tasks = [Task::new(), Task::new(), Task::new(), Task::new()];
                let mut sockets = Vec::new();
                for (name, task) in ["A", "B", "C", "D"].into_iter().zip(&tasks) {
                    sockets.push(waiting(&mut bench, name, task)?);
                }
                for socket in &mut sockets[1..] {
                    bench.peer_writes(socket, 5);
                }
                bench.poll()?;
                let wakes = tasks.each_ref().map(Task::wakes);
                bench.expect("wakes of the readers", [0, 1, 1, 1], wakes)
            },
        ),
    ]
}

/// How often, and after what.
fn once_and_again() -> Vec<Check<NewReactor>> {
    vec![
        rule(
            "waker_is_called_once",
            "a task that was woken, and has not tried since, is not woken again",
            |new| {
                let (mut bench, task) = (Bench::new(new)?, Task::new());
                let mut socket = waiting(&mut bench, "A", &task)?;
                for _ in 0..2 {
                    bench.peer_writes(&mut socket, 5);
                    bench.poll()?;
                    bench.expect("wakes of the reader", 1, task.wakes())?;
                }
                Ok(())
            },
        ),
        rule(
            "waker_is_left_again_after_a_spurious_wake",
            "a task that was woken for nothing is woken the next time, too",
            |new| {
                let (mut bench, task) = (Bench::new(new)?, Task::new());
                let mut socket = waiting(&mut bench, "A", &task)?;
                for wakes in 1..=3 {
                    bench.peer_writes(&mut socket, 5);
                    bench.poll()?;
                    bench.expect("wakes of the reader", wakes, task.wakes())?;
                    bench.another_reads(&mut socket);
                    let answer = bench.read(&mut socket, 64, &task);
                    bench.expect_answer("Pending", &answer)?;
                }
                Ok(())
            },
        ),
        rule(
            "newest_waker_is_called",
            "of two wakers for one direction the one is called that was left last",
            |new| {
                let mut bench = Bench::new(new)?;
                let (first, second) = (Task::new(), Task::new());
                let mut socket = waiting(&mut bench, "A", &first)?;
                bench.say("the same with another waker:");
                let answer = bench.read(&mut socket, 64, &second);
                bench.expect_answer("Pending", &answer)?;
                bench.peer_writes(&mut socket, 5);
                bench.poll()?;
                bench.expect("wakes by the first waker", 0, first.wakes())?;
                bench.expect("wakes by the second waker", 1, second.wakes())
            },
        ),
        rule(
            "end_of_the_other_end_wakes_the_reader",
            "a connection that the other end closed is ready: a read of it says so",
            |new| {
                let (mut bench, task) = (Bench::new(new)?, Task::new());
                let mut socket = waiting(&mut bench, "A", &task)?;
                bench.say("the other end of A is shut down");
                let shut = socket.peer.shutdown(std::net::Shutdown::Both);
                shut.expect("a connected socket can be shut down");
                bench.poll()?;
                bench.expect("wakes of the reader", 1, task.wakes())?;
                let answer = bench.read(&mut socket, 64, &task);
                bench.expect_answer("Ready with 0 bytes", &answer)
            },
        ),
    ]
}

/// Sources that are gone.
fn tokens() -> Vec<Check<NewReactor>> {
    vec![
        rule(
            "source_is_deregistered",
            "a source is deregistered with the operating system",
            |new| {
                let (mut bench, task) = (Bench::new(new)?, Task::new());
                let mut socket = waiting(&mut bench, "A", &task)?;
                let answer = bench.deregister(&mut socket);
                bench.expect_answer("done", &answer)?;
                let calls = Bench::deregistered(&socket);
                bench.expect("calls of mio's deregister", 1, calls)?;
                bench.peer_writes(&mut socket, 5);
                bench.poll()?;
                bench.expect("wakes of the reader", 0, task.wakes())
            },
        ),
        rule(
            "stale_token_reaches_no_other_source",
            "with the token of a source that is gone nobody reaches another",
            |new| {
                let mut bench = Bench::new(new)?;
                let (gone, there) = (Task::new(), Task::new());
                let mut old = waiting(&mut bench, "A", &gone)?;
                let answer = bench.deregister(&mut old);
                bench.expect_answer("done", &answer)?;
                let mut new = waiting(&mut bench, "B", &there)?;
                let answer = bench.read(&mut old, 64, &gone);
                bench.expect_answer("Ready with the error NotFound", &answer)?;
                let answer = bench.deregister(&mut old);
                bench.expect_answer("NotFound", &answer)?;
                bench.peer_writes(&mut new, 5);
                bench.poll()?;
                bench.expect("wakes of A's reader", 0, gone.wakes())?;
                bench.expect("wakes of B's reader", 1, there.wakes())
            },
        ),
    ]
}
