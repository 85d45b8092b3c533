//! The dump: every task, where it stands and what it waits for, without a trace.

use runtime::sync::channel;
use runtime::{
    Builder, Class, Clock, Dump, EventLoop, TaskState, dump, sleep, spawn, timeout, yield_now,
};
use std::future::pending;
use std::time::Duration;

/// A millisecond.
const MS: Duration = Duration::from_millis(1);

/// What each task waits for, as the table says it.
fn waits(dump: &Dump) -> Vec<String> {
    let waits = |task: &runtime::TaskDump| {
        let waits: Vec<_> = task.waits().iter().map(ToString::to_string).collect();
        format!("{}: {}", task.id(), waits.join(" + "))
    };
    dump.tasks().iter().map(waits).collect()
}

#[test]
fn every_task_is_told_with_all_that_it_waits_for() {
    let mut event_loop = EventLoop::new(Clock::Virtual);
    let dump = event_loop.block_on(async {
        let (_sender, receiver) = channel::<u8>(1);
        let stuck = spawn(async move { receiver.recv().await });
        let listener = runtime::net::TcpListener::bind("127.0.0.1:0").unwrap();
        drop(spawn(async move { listener.accept().await.map(drop) }));
        drop(spawn(timeout(MS * 5, stuck)));
        drop(spawn(pending::<()>()));
        sleep(MS).await;
        dump()
    });
    assert_eq!(dump.now(), MS);
    assert_eq!(
        waits(&dump),
        [
            "0: ", // it runs
            "1: channel 1",
            "2: source 1",
            "3: task 1 + timer 2 due in 4ms",
            "4: ", // for something that is not ours
        ]
    );
    let states: Vec<_> = dump.tasks().iter().map(runtime::TaskDump::state).collect();
    let [running, waiting @ ..] = &*states else {
        panic!("five tasks");
    };
    assert_eq!(*running, TaskState::Running);
    assert_eq!(waiting, [TaskState::Waiting; 4]);
}

#[test]
fn a_task_says_who_it_is_and_where_it_stands() {
    let mut event_loop = EventLoop::new(Clock::Virtual);
    let (line, dump) = event_loop.block_on(async {
        let line = line!();
        let task = Builder::new()
            .name("worker")
            .class(Class::Urgent)
            .spawn(async {
                yield_now().await;
                sleep(MS).await;
            });
        yield_now().await;
        yield_now().await;
        let dump = dump();
        task.await.unwrap();
        (line, dump)
    });
    let task = &dump.tasks()[1];
    assert_eq!(task.id().to_string(), "1");
    assert_eq!(task.name(), Some("worker"));
    assert_eq!(task.class(), Class::Urgent);
    assert_eq!(task.polls(), 2);
    assert_eq!(task.spawned_at().file(), file!());
    assert_eq!(task.spawned_at().line(), line + 4);
    assert_eq!(task.stands_at().unwrap().line(), line + 6);
    assert_eq!(dump.task(task.id()).unwrap().name(), Some("worker"));
}

#[test]
fn a_task_that_was_not_polled_yet_stands_nowhere() {
    let mut event_loop = EventLoop::new(Clock::Virtual);
    let task = event_loop.spawn(async {});
    let dump = event_loop.dump(); // by the loop's owner, outside of it
    assert_eq!(dump.tasks().len(), 1);
    assert_eq!(dump.tasks()[0].state(), TaskState::Ready);
    assert_eq!(dump.tasks()[0].polls(), 0);
    assert!(dump.tasks()[0].stands_at().is_none());
    event_loop.run();
    assert!(event_loop.dump().tasks().is_empty(), "it is over");
    assert!(task.is_finished());
}

#[test]
fn a_wait_that_was_given_up_is_not_told() {
    let mut event_loop = EventLoop::new(Clock::Virtual);
    event_loop.block_on(async {
        let (sender, receiver) = channel::<u8>(1);
        let task = spawn(async move {
            let _ = timeout(MS, receiver.recv()).await;
            sleep(MS * 9).await;
            receiver.recv().await
        });
        sleep(MS * 2).await;
        assert_eq!(waits(&dump())[1], "1: timer 3 due in 8ms");
        sleep(MS * 9).await;
        assert_eq!(waits(&dump())[1], "1: channel 1");
        drop(sender);
        task.await.unwrap().unwrap_err();
    });
}

#[test]
fn many_objects_that_are_gone_leave_the_living_known() {
    let mut event_loop = EventLoop::new(Clock::Virtual);
    event_loop.block_on(async {
        let (_first, receiver) = channel::<u8>(1);
        drop(spawn(async move { receiver.recv().await }));
        for _ in 0..1_000 {
            let (sender, receiver) = channel(1);
            let task = spawn(async move { receiver.recv().await });
            yield_now().await; // it waits
            sender.send(()).await.unwrap();
            task.await.unwrap().unwrap();
        }
        assert_eq!(waits(&dump()), ["0: ", "1: channel 1"]);
    });
}

#[test]
fn a_channel_that_two_loops_use_is_known_to_both() {
    let (_sender, receiver) = channel::<u8>(1);
    let mut loops = [(); 2].map(|()| EventLoop::new(Clock::Virtual));
    for event_loop in &mut loops {
        let receiver = receiver.clone();
        drop(event_loop.spawn(async move { receiver.recv().await }));
        event_loop.block_on(yield_now());
        assert_eq!(waits(&event_loop.dump()), ["1: channel 1"]);
    }
}

#[test]
fn a_wait_is_told_of_no_task_of_another_loop() {
    let (_sender, receiver) = channel::<u8>(1);
    let mut loops = [(); 2].map(|()| EventLoop::new(Clock::Virtual));
    for event_loop in &mut loops {
        // Both know the channel, and are in the same of their polls.
        let own = receiver.clone();
        event_loop.block_on(timeout(MS, own.recv())).unwrap_err();
    }
    let [first, second] = &mut loops;
    drop(first.spawn(pending::<()>()));
    drop(second.spawn(async move { receiver.recv().await }));
    first.block_on(yield_now());
    second.block_on(yield_now());
    assert_eq!(waits(&first.dump()), ["1: "]);
    assert_eq!(waits(&second.dump()), ["1: channel 1"]);
}

#[test]
fn it_prints_as_a_table() {
    let mut event_loop = EventLoop::new(Clock::Virtual);
    let line = line!() + 1;
    let first = Builder::new().name("räuber");
    let text = event_loop.block_on(async {
        drop(first.spawn(sleep(MS * 250)));
        drop(spawn(async { yield_now().await }));
        yield_now().await;
        dump().to_string()
    });
    let at = |lines: u32| format!("runtime/tests/dump.rs:{}", line + lines);
    assert_eq!(
        text,
        format!(
            "3 tasks at 0ns\n\
             task  name    class   state    polls  waits for             stands at                  spawned at\n\
             0     main    normal  running  2                            {}  {}\n\
             1     räuber  normal  waiting  1      timer 1 due in 250ms                             {}\n\
             2             normal  ready    1                            {}  {}",
            at(4),
            at(1),
            at(2),
            at(3),
            at(3),
        )
    );
}

#[test]
fn nothing_in_a_name_breaks_the_table() {
    let mut event_loop = EventLoop::new(Clock::Virtual);
    let text = event_loop.block_on(async {
        drop(Builder::new().name("two\nlines\u{1b}[2J").spawn(async {}));
        dump().to_string()
    });
    assert_eq!(text.lines().count(), 4);
    assert!(text.contains(r"two\nlines\u{1b}[2J"), "{text}");
}

#[test]
#[should_panic(expected = "dump() was called outside of an event loop")]
fn nobody_dumps_outside_of_a_loop() {
    let _ = dump();
}
