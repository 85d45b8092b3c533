//! The plain transcript: both sides beside each other.

mod common;

use common::{COUNTERS_TASKS, COUNTERS_THREADS, side, sound_side};
use stepper::transcript::{Column, transcript};

#[test]
fn the_twins_stand_beside_each_other_as_drawn() {
    let tasks = sound_side("runtime", COUNTERS_TASKS);
    let threads = sound_side("scheduler", COUNTERS_THREADS);
    let columns = [&tasks, &threads].map(|side| Column {
        side,
        outcome: "exit status 0",
        ours: false,
    });
    let expected = "\
tasks                                   │ threads
turn 1: 1 ready                         │ CPU 0 → 0 main, for 3 ms
0 main runs                  01_…:20    │ 0 main spawns 1 ping         01_…:22
0 main spawns 1 ping         01_…:22    │ 0 main spawns 2 pong         01_…:22
0 main spawns 2 pong         01_…:23    │ 0 main waits for 1 ping      01_…:24
0 main waits for 1 ping      01_…:24    │ CPU 0 → 1 ping, for 3 ms
turn 2: 2 ready                         │ 1 ping loads total = 0       01_…:10
1 ping runs                  01_…:22    │ │ping 1
│ping 1                                 │ 1 ping preempted             01_…:12
1 ping gives way: yield_now  01_…:10    │ CPU 0 → 2 pong, for 3 ms
2 pong runs                  01_…:23    │ 2 pong loads total = 0       01_…:10
│pong 1                                 │ │pong 1
2 pong gives way: yield_now  01_…:10    │ 2 pong stores total = 1      01_…:12
turn 3: 2 ready                         │ 2 pong is finished
1 ping runs                  01_…:10    │ CPU 0 → 1 ping, for 3 ms
1 ping is complete                      │ 1 ping stores total = 1      01_…:12
1 ping wakes 0 main: 2nd in line        │ 1 ping is finished
2 pong runs                  01_…:10    │ 1 ping unblocks 0 main
2 pong is complete                      │ CPU 0 → 0 main, for 3 ms
turn 4: 1 ready                         │ 0 main loads total = 1       01_…:26
0 main runs                  01_…:24    │ │total 1
│total 2                                │ 0 main is finished
0 main is complete                      │ the end, after 1 preemption
the loop ends after 4 turns             │ exit status 0
exit status 0                           │
";
    assert_eq!(transcript(&columns, 80), expected);
}

#[test]
fn one_side_has_the_whole_width() {
    let tasks = sound_side("runtime", COUNTERS_TASKS);
    let column = Column {
        side: &tasks,
        outcome: "",
        ours: false,
    };
    let text = transcript(&[column], 60);
    let line = text.lines().nth(2).expect("several lines");
    assert_eq!(
        line,
        "0 main runs                                      01_…:20"
    );
    assert!(!text.contains("exit"), "nobody said how it ended");
}

#[test]
fn a_step_that_does_not_fit_says_so_on_a_line_of_its_own() {
    let tasks = side("runtime", "polled t=0 loop=0 task=3 src=a.rs:1");
    let column = Column {
        side: &tasks,
        outcome: "killed by SIGKILL",
        ours: false,
    };
    assert_eq!(
        transcript(&[column], 100),
        "tasks\ntask 3 runs\n\
         ⚠ Nothing has spawned task 3. Task 3 is polled, but it was not ready.\n\
         killed by SIGKILL\n"
    );
}

#[test]
fn output_that_may_come_early_has_a_mark_of_its_own() {
    let threads = side(
        "scheduler",
        "started t=0 sched=0 version=1 clock=real tick=0 mode=signal policy=RoundRobin cpus=1 quantum=1 calls=announced src=a.rs:1
         │ping 1",
    );
    let column = Column {
        side: &threads,
        outcome: "",
        ours: false,
    };
    assert_eq!(transcript(&[column], 80), "threads\n≈ping 1\n");
}

#[test]
fn a_walk_through_our_source_shows_every_step_and_the_line_that_took_it() {
    let mut tasks = side(
        "runtime",
        r#"spawned t=0 loop=0 task=1 name="ping" class=normal src=runtime/src/spawn.rs:2
           │hello
           timer_armed t=0 loop=0 timer=1 deadline=5 task=1 at=m.rs:7 src=runtime/src/timer.rs:9"#,
    );
    let source = [
        "pub(crate) fn spawn<T>(f: T) {",
        "    tasks.insert(task);",
        "}",
    ]
    .map(str::to_owned);
    tasks
        .sources
        .insert("runtime/src/spawn.rs".to_owned(), source.into());
    let column = Column {
        side: &tasks,
        outcome: "",
        ours: true,
    };
    assert_eq!(
        transcript(&[column], 80),
        "tasks\nspawned task=1 name=ping class=normal\n    \
         runtime/src/spawn.rs:2 spawn()  tasks.insert(task);\n│hello\n\
         timer_armed timer=1 deadline=5 task=1                                m.rs:7\n    \
         runtime/src/timer.rs:9\n"
    );
}
