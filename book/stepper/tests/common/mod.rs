//! Traces for the tests, written the way `env_logger` writes them.

#![allow(
    dead_code,
    reason = "every test file is a crate of its own and uses a part of this"
)]

use stepper::{Reader, Side, Trace};

/// The lines of a log: each line of `text` becomes a record of `target`, but
/// for those that begin with `│`, which are output, and empty ones.
pub(crate) fn log(target: &str, text: &str) -> String {
    let mut lines = String::new();
    for line in text.lines().map(str::trim_start) {
        if let Some(output) = line.strip_prefix('│') {
            lines.push_str(output);
            lines.push('\n');
        } else if !line.is_empty() {
            lines.extend(["[2026-11-24T05:04:22Z TRACE ", target, "] ", line, "\n"]);
        }
    }
    lines
}

/// Reads bytes in one portion.
pub(crate) fn read(bytes: &[u8]) -> Trace {
    Reader::read(bytes).expect("a slice can be read")
}

/// The side of a log that [`log`] makes.
pub(crate) fn side(target: &str, text: &str) -> Side {
    let mut trace = read(log(target, text).as_bytes());
    assert_eq!(trace.sides.len(), 1, "one target, one side");
    trace.sides.remove(0)
}

/// A side of which every record fits the state before it.
pub(crate) fn sound_side(target: &str, text: &str) -> Side {
    let side = side(target, text);
    assert_eq!(side.complaints(), &[], "the trace contradicts itself");
    assert_eq!(side.notes, &[], "the trace has odd lines");
    side
}

/// Two tasks that count and give way, with a bound on their virtual time of 0.
pub(crate) const COUNTERS_TASKS: &str = r#"
    started t=0 loop=0 version=1 clock=virtual src=runtime/src/event_loop.rs:90
    spawned t=0 loop=0 task=0 name="main" class=normal at=examples/01_two_counters_tasks.rs:20 src=runtime/src/spawn.rs:40
    woken t=0 loop=0 task=0 by=task:0 class=normal src=runtime/src/waker.rs:30
    turn t=0 loop=0 turn=1 ready=1 src=runtime/src/event_loop.rs:100
    polled t=0 loop=0 task=0 at=examples/01_two_counters_tasks.rs:20 src=runtime/src/event_loop.rs:110
    spawned t=0 loop=0 task=1 name="ping" class=normal by=task:0 at=examples/01_two_counters_tasks.rs:22 src=runtime/src/spawn.rs:40
    woken t=0 loop=0 task=1 by=task:0 class=normal src=runtime/src/waker.rs:30
    spawned t=0 loop=0 task=2 name="pong" class=normal by=task:0 at=examples/01_two_counters_tasks.rs:23 src=runtime/src/spawn.rs:40
    woken t=0 loop=0 task=2 by=task:0 class=normal src=runtime/src/waker.rs:30
    waiting t=0 loop=0 task=0 on=task:1 at=examples/01_two_counters_tasks.rs:24 src=runtime/src/join_handle.rs:60
    pending t=0 loop=0 task=0 ran=0 at=examples/01_two_counters_tasks.rs:24 src=runtime/src/event_loop.rs:120
    turn t=0 loop=0 turn=2 ready=2 src=runtime/src/event_loop.rs:100
    polled t=0 loop=0 task=1 at=examples/01_two_counters_tasks.rs:22 src=runtime/src/event_loop.rs:110
    │ping 1
    woken t=0 loop=0 task=1 by=task:1 class=normal src=runtime/src/waker.rs:30
    pending t=0 loop=0 task=1 ran=0 at=examples/01_two_counters_tasks.rs:10 src=runtime/src/event_loop.rs:120
    polled t=0 loop=0 task=2 at=examples/01_two_counters_tasks.rs:23 src=runtime/src/event_loop.rs:110
    │pong 1
    woken t=0 loop=0 task=2 by=task:2 class=normal src=runtime/src/waker.rs:30
    pending t=0 loop=0 task=2 ran=0 at=examples/01_two_counters_tasks.rs:10 src=runtime/src/event_loop.rs:120
    turn t=0 loop=0 turn=3 ready=2 src=runtime/src/event_loop.rs:100
    polled t=0 loop=0 task=1 at=examples/01_two_counters_tasks.rs:10 src=runtime/src/event_loop.rs:110
    completed t=0 loop=0 task=1 ran=0 src=runtime/src/event_loop.rs:125
    woken t=0 loop=0 task=0 by=task:1 class=normal src=runtime/src/waker.rs:30
    polled t=0 loop=0 task=2 at=examples/01_two_counters_tasks.rs:10 src=runtime/src/event_loop.rs:110
    completed t=0 loop=0 task=2 ran=0 src=runtime/src/event_loop.rs:125
    turn t=0 loop=0 turn=4 ready=1 src=runtime/src/event_loop.rs:100
    polled t=0 loop=0 task=0 at=examples/01_two_counters_tasks.rs:24 src=runtime/src/event_loop.rs:110
    joined t=0 loop=0 task=1 by=task:0 at=examples/01_two_counters_tasks.rs:24 src=runtime/src/join_handle.rs:50
    joined t=0 loop=0 task=2 by=task:0 at=examples/01_two_counters_tasks.rs:25 src=runtime/src/join_handle.rs:50
    │total 2
    completed t=0 loop=0 task=0 ran=0 src=runtime/src/event_loop.rs:125
    ended t=0 loop=0 turns=4 polls=6 left=0 src=runtime/src/event_loop.rs:130
"#;

/// Two threads that count in a shared variable, and lose an update.
pub(crate) const COUNTERS_THREADS: &str = r#"
    started t=0 sched=0 version=1 clock=virtual tick=1000000 mode=checkpoint policy=RoundRobin cpus=1 quantum=3000000 calls=announced src=scheduler/src/run.rs:80
    spawned t=0 sched=0 thread=0 name="main" priority=0 weight=1024 src=scheduler/src/run.rs:90
    runnable t=0 sched=0 thread=0 why="new" src=scheduler/src/dispatcher.rs:60
    dispatched t=0 sched=0 thread=0 cpu=0 quantum=3000000 src=scheduler/src/dispatcher.rs:70
    spawned t=0 sched=0 thread=1 name="ping" priority=0 weight=1024 by=thread:0 at=examples/01_two_counters_threads.rs:22 src=scheduler/src/thread.rs:30
    runnable t=0 sched=0 thread=1 why="new" by=thread:0 src=scheduler/src/dispatcher.rs:60
    spawned t=0 sched=0 thread=2 name="pong" priority=0 weight=1024 by=thread:0 at=examples/01_two_counters_threads.rs:22 src=scheduler/src/thread.rs:30
    runnable t=0 sched=0 thread=2 why="new" by=thread:0 src=scheduler/src/dispatcher.rs:60
    blocked t=1000000 sched=0 thread=0 cpu=0 ran=1000000 on=thread:1 at=examples/01_two_counters_threads.rs:24 src=scheduler/src/dispatcher.rs:75
    dispatched t=1000000 sched=0 thread=1 cpu=0 quantum=3000000 why="it has waited longest" src=scheduler/src/dispatcher.rs:70
    loaded t=2000000 sched=0 shared=1 name="total" value=0 thread=1 at=examples/01_two_counters_threads.rs:10 src=scheduler/src/shared.rs:40
    │ping 1
    preempted t=4000000 sched=0 thread=1 cpu=0 ran=3000000 at=examples/01_two_counters_threads.rs:12 src=scheduler/src/dispatcher.rs:77
    runnable t=4000000 sched=0 thread=1 why="preempted" src=scheduler/src/dispatcher.rs:60
    dispatched t=4000000 sched=0 thread=2 cpu=0 quantum=3000000 src=scheduler/src/dispatcher.rs:70
    loaded t=5000000 sched=0 shared=1 name="total" value=0 thread=2 at=examples/01_two_counters_threads.rs:10 src=scheduler/src/shared.rs:40
    │pong 1
    stored t=6000000 sched=0 shared=1 name="total" value=1 thread=2 at=examples/01_two_counters_threads.rs:12 src=scheduler/src/shared.rs:50
    finished t=6000000 sched=0 thread=2 cpu=0 ran=2000000 src=scheduler/src/dispatcher.rs:79
    dispatched t=6000000 sched=0 thread=1 cpu=0 quantum=3000000 src=scheduler/src/dispatcher.rs:70
    stored t=7000000 sched=0 shared=1 name="total" value=1 thread=1 at=examples/01_two_counters_threads.rs:12 src=scheduler/src/shared.rs:50
    finished t=7000000 sched=0 thread=1 cpu=0 ran=1000000 src=scheduler/src/dispatcher.rs:79
    runnable t=7000000 sched=0 thread=0 why="unblocked" by=thread:1 src=scheduler/src/dispatcher.rs:60
    dispatched t=7000000 sched=0 thread=0 cpu=0 quantum=3000000 src=scheduler/src/dispatcher.rs:70
    joined t=7000000 sched=0 thread=1 by=thread:0 at=examples/01_two_counters_threads.rs:24 src=scheduler/src/thread.rs:60
    joined t=8000000 sched=0 thread=2 by=thread:0 at=examples/01_two_counters_threads.rs:25 src=scheduler/src/thread.rs:60
    loaded t=9000000 sched=0 shared=1 name="total" value=1 thread=0 at=examples/01_two_counters_threads.rs:26 src=scheduler/src/shared.rs:40
    │total 1
    finished t=9000000 sched=0 thread=0 cpu=0 ran=2000000 src=scheduler/src/dispatcher.rs:79
    ended t=9000000 sched=0 dispatches=5 preemptions=1 left=0 src=scheduler/src/run.rs:99
"#;

/// Two workers and three jobs; one worker dies of the second. It has begun it
/// before the pool hears that it is ready.
pub(crate) const POOL: &str = r#"
    started t=0 pool=0 version=1 clock=real workers=2 work="square" at=a.rs:1 src=b.rs:1
    spawned t=10 pool=0 worker=1 pid=100 src=b.rs:2
    spawned t=20 pool=0 worker=2 pid=101 src=b.rs:2
    job_queued t=30 pool=0 job=1 bytes=1 at=a.rs:2 src=b.rs:3
    job_sent t=31 pool=0 job=1 worker=1 bytes=1 src=b.rs:4
    job_queued t=32 pool=0 job=2 bytes=1 at=a.rs:2 src=b.rs:3
    job_sent t=33 pool=0 job=2 worker=2 bytes=1 src=b.rs:4
    job_queued t=34 pool=0 job=3 bytes=1 at=a.rs:2 src=b.rs:3
    ready t=40 pool=0 worker=1 src=b.rs:5
    job_begun t=41 pool=0 job=1 worker=1 src=c.rs:1
    job_begun t=42 pool=0 job=2 worker=2 src=c.rs:1
    ready t=43 pool=0 worker=2 src=b.rs:5
    job_sent t=44 pool=0 job=3 worker=2 bytes=1 src=b.rs:4
    job_done t=50 pool=0 job=1 worker=1 bytes=2 src=b.rs:6
    exited t=60 pool=0 worker=2 status=signal:9 src=b.rs:7
    job_returned t=61 pool=0 job=3 worker=2 why="not_begun" src=b.rs:8
    job_failed t=62 pool=0 job=2 why="the worker ended (signal 9)" worker=2 src=b.rs:9
    spawned t=63 pool=0 worker=3 pid=102 src=b.rs:2
    replaced t=64 pool=0 worker=2 by=worker:3 src=b.rs:2
    job_sent t=65 pool=0 job=3 worker=1 bytes=1 src=b.rs:4
    job_begun t=66 pool=0 job=3 worker=1 src=c.rs:1
    job_done t=67 pool=0 job=3 worker=1 bytes=2 src=b.rs:6
    exited t=70 pool=0 worker=1 status=exit:0 src=b.rs:7
    exited t=71 pool=0 worker=3 status=signal:9 src=b.rs:7
    ended t=80 pool=0 done=2 failed=1 src=b.rs:9
"#;
