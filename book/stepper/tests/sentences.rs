//! What the stepper says of each step: whole sentences, with the reason.

mod common;

use common::{COUNTERS_TASKS, COUNTERS_THREADS, side, sound_side};
use stepper::{Side, sentence};

/// The sentence of every step.
fn sentences(side: &Side) -> Vec<String> {
    (1..=side.len()).map(|step| sentence(side, step)).collect()
}

/// The sentences of a trace must be these.
fn assert_said(side: &Side, expected: &[&str]) {
    let said = sentences(side);
    for (index, expected) in expected.iter().enumerate() {
        let said = said.get(index).map(String::as_str);
        assert_eq!(said, Some(*expected), "step {}", index + 1);
    }
    assert_eq!(said.len(), expected.len());
}

#[test]
fn before_the_first_step_nothing_has_happened() {
    let side = sound_side("runtime", COUNTERS_TASKS);
    assert_eq!(sentence(&side, 0), "Nothing has happened yet.");
}

#[test]
#[rustfmt::skip]
fn two_tasks_give_way_by_themselves() {
    assert_said(&sound_side("runtime", COUNTERS_TASKS), &[
        "The loop starts, on a virtual clock; nothing is ready.",
        "The code that started it all is task 0, called main.",
        "main is new: it can run, and is next in the queue.",
        "Turn 1: 1 task is ready.",
        "The loop polls main, for the first time. Nobody else can run until it returns.",
        "main spawned task 1 'ping'. It will run later: main goes on first.",
        "Task 1 'ping' is new: it can run, and is next in the queue.",
        "main spawned task 2 'pong'. It will run later: main goes on first.",
        "Task 2 'pong' is new: it can run, and is 2nd in the queue.",
        "main waits for task 1 'ping' to be over, and left its waker with it.",
        "main returned Pending at this .await: it gave way by itself. It waits for task 1 'ping'.",
        "Turn 2: 2 tasks are ready: 2 polls, then timers and the OS.",
        "The loop polls task 1 'ping', for the first time. Nobody else can run until it returns.",
        "Task 1 'ping' woke itself: it wants to be polled again, and is 2nd in the queue. It goes on until it returns.",
        "Task 1 'ping' returned Pending at this .await: it gave way by itself. It had woken itself, so it is last in the queue.",
        "The loop polls task 2 'pong', for the first time. Nobody else can run until it returns.",
        "Task 2 'pong' woke itself: it wants to be polled again, and is 2nd in the queue. It goes on until it returns.",
        "Task 2 'pong' returned Pending at this .await: it gave way by itself. It had woken itself, so it is last in the queue.",
        "Turn 3: 2 tasks are ready: 2 polls, then timers and the OS.",
        "The loop polls task 1 'ping', which had woken itself. Nobody else can run until it returns.",
        "Task 1 'ping' is complete, after 2 polls.",
        "main was woken by task 1 'ping', which is complete: it can run, and is 2nd in the queue.",
        "The loop polls task 2 'pong', which had woken itself. Nobody else can run until it returns.",
        "Task 2 'pong' is complete, after 2 polls.",
        "Turn 4: 1 task is ready.",
        "The loop polls main, which task 1 'ping' had woken. Nobody else can run until it returns.",
        "main has the result of task 1 'ping'.",
        "main has the result of task 2 'pong'.",
        "main is complete, after 2 polls.",
        "All queues are exhausted after 4 turns.",
    ]);
}

#[test]
#[rustfmt::skip]
fn a_thread_is_stopped_between_its_load_and_its_store() {
    assert_said(&sound_side("scheduler", COUNTERS_THREADS), &[
        "One CPU, round robin, quanta of 3 ms. Threads are taken off the CPU at checkpoints only, and each costs 1 ms.",
        "The code that started it all is thread 0, called main.",
        "main is new: it can run.",
        "The scheduler gives CPU 0 to main: nobody else can run. It may run for 3 ms.",
        "main spawned thread 1 'ping'. It will run when the scheduler picks it.",
        "Thread 1 'ping' is new: it can run.",
        "main spawned thread 2 'pong'. It will run when the scheduler picks it.",
        "Thread 2 'pong' is new: it can run.",
        "main waits for thread 1 'ping' to be over: it gives its CPU up.",
        "The scheduler gives CPU 0 to thread 1 'ping': it has waited longest. It may run for 3 ms.",
        "Thread 1 'ping' read `total`: it is 0. It will act on this copy, though somebody else stores in between.",
        "Thread 1 'ping' was stopped between its load and its store: its 3 ms are used up. It never asked for this, and its copy of `total` is about to be stale.",
        "Thread 1 'ping' can still run: it waits for its next quantum.",
        "The scheduler gives CPU 0 to thread 2 'pong'. It may run for 3 ms.",
        "Thread 2 'pong' read `total`: it is 0.",
        "Thread 2 'pong' wrote `total`: it is 1 now.",
        "Thread 2 'pong' is finished, after 1 dispatch and 2 ms on the CPU.",
        "The scheduler gives CPU 0 to thread 1 'ping': nobody else can run. It may run for 3 ms.",
        "Thread 1 'ping' wrote `total`: it is 1 now. But it had read 0 before thread 2 'pong' wrote 1: that write is lost.",
        "Thread 1 'ping' is finished, after 2 dispatches and 4 ms on the CPU.",
        "main can run: thread 1 'ping' is finished.",
        "The scheduler gives CPU 0 to main: nobody else can run. It may run for 3 ms.",
        "main has the result of thread 1 'ping'.",
        "main has the result of thread 2 'pong'.",
        "main read `total`: it is 1.",
        "main is finished, after 2 dispatches and 3 ms on the CPU.",
        "Every thread is over, after 5 dispatches and 1 preemption.",
    ]);
}

#[test]
#[rustfmt::skip]
fn timers_channels_and_sources_are_told_by_name() {
    assert_said(&sound_side("runtime", r#"
        started t=0 loop=0 version=1 clock=real src=a.rs:1
        spawned t=0 loop=0 task=0 name="main" class=normal at=m.rs:1 src=a.rs:1
        woken t=0 loop=0 task=0 by=outside class=normal src=a.rs:1
        polled t=0 loop=0 task=0 at=m.rs:1 src=a.rs:1
        sent t=0 loop=0 channel=1 len=1 cap=2 task=0 value="7" at=m.rs:2 src=a.rs:1
        sent t=0 loop=0 channel=1 len=2 cap=2 task=0 at=m.rs:2 src=a.rs:1
        received t=0 loop=0 channel=1 len=1 cap=2 task=0 value="7" at=m.rs:2 src=a.rs:1
        closed t=0 loop=0 channel=1 len=1 cap=2 task=0 src=a.rs:1
        timer_armed t=1000 loop=0 timer=1 deadline=5001000 task=0 at=m.rs:3 src=a.rs:1
        waiting t=1000 loop=0 task=0 on=timer:1 at=m.rs:3 src=a.rs:1
        registered t=1000 loop=0 source=1 kind=stream interest=readable+writable peer=127.0.0.1:80 src=a.rs:1
        would_block t=1000 loop=0 source=1 op=read src=a.rs:1
        waiting t=1000 loop=0 task=0 on=source:1 at=m.rs:3 src=a.rs:1
        pending t=13000 loop=0 task=0 ran=13000 at=m.rs:3 src=a.rs:1
        parked t=13000 loop=0 until=5001000 src=a.rs:1
        unparked t=5201000 loop=0 waited=5188000 events=1 src=a.rs:1
        timer_fired t=5201000 loop=0 timer=1 late=200000 src=a.rs:1
        woken t=5201000 loop=0 task=0 by=timer:1 class=normal src=a.rs:1
        readiness t=5201000 loop=0 source=1 readable=true writable=false closed=true src=a.rs:1
        woken t=5201000 loop=0 task=0 by=source:1 class=normal already=true src=a.rs:1
        polled t=5201000 loop=0 task=0 at=m.rs:3 src=a.rs:1
        transferred t=5201000 loop=0 source=1 op=read bytes=0 src=a.rs:1
        deregistered t=5201000 loop=0 source=1 src=a.rs:1
        marked t=5201000 loop=0 name="half way" task=0 at=m.rs:4 src=a.rs:1
        panicked t=205201000 loop=0 task=0 ran=200000000 message="too late" src=a.rs:1
        slow_poll t=205201000 loop=0 task=0 ran=200000000 limit=100000000 src=a.rs:1
        stale_wake t=205201000 loop=0 task=0 src=a.rs:1
        ended t=205201000 loop=0 turns=1 polls=2 left=0 src=a.rs:1
    "#), &[
        "The loop starts; nothing is ready.",
        "The code that started it all is task 0, called main.",
        "main is new: it can run, and is next in the queue.",
        "The loop polls main, for the first time. Nobody else can run until it returns.",
        "main put 7 into channel 1, which holds 1 of 2 now.",
        "main put a value into channel 1, which is full now (2 of 2).",
        "main took 7 out of channel 1, which holds 1 of 2 now.",
        "main closed its side of channel 1: 1 value is left inside.",
        "main armed timer 1: it is due at 5 ms, in 5 ms.",
        "main asked for timer 1, due at 5 ms, and left its waker there.",
        "The OS will tell when stream 1 is readable or writable.",
        "Read on stream 1 said WouldBlock: nothing is there yet, so the task must wait or do without.",
        "main wants to know when stream 1 is ready, and left its waker there.",
        "main returned Pending after 13 µs, at this .await: it gave way by itself. It waits for the first of 2: timer 1, due at 5 ms; stream 1.",
        "Nothing is ready: the loop sleeps until timer 1, in 4.98 ms.",
        "The OS woke the loop after 5.18 ms, with 1 event.",
        "Timer 1 is due. It is 200 µs late.",
        "main was woken by timer 1: it can run, and is next in the queue.",
        "The OS says that stream 1 is readable and closed at the other end.",
        "main was woken by stream 1, but it is in the queue already: nothing changes.",
        "The loop polls main, which timer 1 had woken. Nobody else can run until it returns.",
        "Nothing more will come from stream 1: its other end is done.",
        "The OS forgets stream 1.",
        "main is at the place that the program calls 'half way'.",
        "main panicked: too late. It is over; the others go on.",
        "main kept the loop for 200 ms, more than the 100 ms that one poll may take. Nobody else was ready, this time.",
        "A waker of main was called, but main is over. Nothing changes.",
        "All queues are exhausted after 1 turn.",
    ]);
}

#[test]
#[rustfmt::skip]
fn a_deadlock_among_some_says_that_the_run_goes_on() {
    let side = sound_side("scheduler", r#"
        started t=0 sched=0 version=1 clock=virtual tick=1000000 mode=checkpoint policy=FirstComeFirstServed cpus=1 quantum=0 calls=announced src=a.rs:1
        spawned t=0 sched=0 thread=0 name="main" priority=0 weight=1 src=a.rs:1
        spawned t=0 sched=0 thread=1 name="one" priority=0 weight=1 src=a.rs:1
        spawned t=0 sched=0 thread=2 name="two" priority=0 weight=1 src=a.rs:1
        deadlock t=8000000 sched=0 cycle=1>thread:2>2>mutex:1>1 others=1 src=a.rs:1
        deadlock t=8000000 sched=0 cycle=1>thread:2>2>thread:1>1 src=a.rs:1
    "#);
    let said = sentences(&side);
    assert_eq!(said[4..], [
        "These can never go on: thread 1 'one' waits for thread 2 'two', which waits for mutex 1, held by thread 1 'one'. The run does, with 1 other thread left.",
        "Nobody can ever go on: thread 1 'one' waits for thread 2 'two', which waits for thread 1 'one', which closes the circle.",
    ]);
}

#[test]
#[rustfmt::skip]
fn a_deadlock_is_told_as_the_cycle_that_it_is() {
    assert_said(&sound_side("scheduler", r#"
        started t=0 sched=0 version=1 clock=virtual tick=1000000 mode=checkpoint policy=FirstComeFirstServed cpus=1 quantum=0 calls=announced src=a.rs:1
        spawned t=0 sched=0 thread=1 name="one" priority=0 weight=1 src=a.rs:1
        runnable t=0 sched=0 thread=1 why="new" src=a.rs:1
        spawned t=0 sched=0 thread=2 name="two" priority=0 weight=1 src=a.rs:1
        runnable t=0 sched=0 thread=2 why="new" src=a.rs:1
        dispatched t=0 sched=0 thread=1 cpu=0 quantum=0 why="it came first" src=a.rs:1
        locked t=1000000 sched=0 mutex=1 thread=1 at=m.rs:1 src=a.rs:1
        blocked t=2000000 sched=0 thread=1 cpu=0 ran=2000000 on=sleep until=7000000 at=m.rs:2 src=a.rs:1
        dispatched t=2000000 sched=0 thread=2 cpu=0 quantum=0 src=a.rs:1
        locked t=3000000 sched=0 mutex=2 thread=2 at=m.rs:1 src=a.rs:1
        contended t=4000000 sched=0 mutex=1 thread=2 at=m.rs:3 src=a.rs:1
        blocked t=4000000 sched=0 thread=2 cpu=0 ran=2000000 on=mutex:1 at=m.rs:3 src=a.rs:1
        idle t=4000000 sched=0 cpu=0 src=a.rs:1
        advanced t=4000000 sched=0 to=7000000 src=a.rs:1
        runnable t=7000000 sched=0 thread=1 why="slept" src=a.rs:1
        dispatched t=7000000 sched=0 thread=1 cpu=0 quantum=0 src=a.rs:1
        contended t=8000000 sched=0 mutex=2 thread=1 at=m.rs:3 src=a.rs:1
        blocked t=8000000 sched=0 thread=1 cpu=0 ran=1000000 on=mutex:2 at=m.rs:3 src=a.rs:1
        deadlock t=8000000 sched=0 cycle=1>mutex:2>2>mutex:1>1 src=a.rs:1
    "#)
    , &[
        "One CPU, first come first served. Threads are taken off the CPU at checkpoints only, and each costs 1 ms.",
        "Thread 1 'one' was spawned from outside.",
        "Thread 1 'one' is new: it can run.",
        "Thread 2 'two' was spawned from outside.",
        "Thread 2 'two' is new: it can run.",
        "The scheduler gives CPU 0 to thread 1 'one': it came first. It may run until it stops by itself.",
        "Thread 1 'one' holds mutex 1.",
        "Thread 1 'one' sleeps for 5 ms, until 7 ms: it gives its CPU up.",
        "The scheduler gives CPU 0 to thread 2 'two': nobody else can run. It may run until it stops by itself.",
        "Thread 2 'two' holds mutex 2.",
        "Thread 2 'two' wants mutex 1, which thread 1 'one' holds: it will wait.",
        "Thread 2 'two' waits for mutex 1, which thread 1 'one' holds.",
        "CPU 0 has nothing to do.",
        "Nothing else can happen, so virtual time jumps to 7 ms.",
        "Thread 1 'one' can run: it has slept long enough.",
        "The scheduler gives CPU 0 to thread 1 'one': nobody else can run. It may run until it stops by itself.",
        "Thread 1 'one' wants mutex 2, which thread 2 'two' holds: it will wait.",
        "Thread 1 'one' waits for mutex 2, which thread 2 'two' holds.",
        "Nobody can ever go on: thread 1 'one' waits for mutex 2, held by thread 2 'two', which waits for mutex 1, held by thread 1 'one'.",
    ]);
}

#[test]
fn a_thread_stopped_by_a_signal_was_in_the_middle_of_a_statement() {
    let side = side(
        "scheduler",
        r#"spawned t=0 sched=0 thread=1 name="busy" priority=0 weight=1 src=a.rs:1
           runnable t=0 sched=0 thread=1 why="new" src=a.rs:1
           dispatched t=0 sched=0 thread=1 cpu=0 quantum=10000000 src=a.rs:1
           preempted t=10020000 sched=0 thread=1 cpu=0 ran=10020000 pc=0x55d0 src=a.rs:1"#,
    );
    assert_eq!(
        sentence(&side, 4),
        "Thread 1 'busy' was stopped here, in the middle of a statement: its 10 ms are used up. \
         It never asked for this."
    );
}

#[test]
fn what_does_not_fit_is_said_after_a_warning_sign() {
    let side = side("runtime", "polled t=0 loop=0 task=3 src=a.rs:1");
    assert_eq!(
        sentence(&side, 1),
        "The loop polls task 3. Nobody else can run until it returns. \
         ⚠ Nothing has spawned task 3. Task 3 is polled, but it was not ready."
    );
}

#[test]
fn with_two_loops_a_sentence_says_which() {
    let side = side(
        "runtime",
        "started t=0 loop=0 version=1 clock=real src=a.rs:1
         started t=0 loop=1 version=1 clock=real src=a.rs:1",
    );
    let said = sentences(&side);
    assert_eq!(said[0], "The loop starts; nothing is ready.");
    assert_eq!(said[1], "Loop 1: The loop starts; nothing is ready.");
}

#[test]
fn whoever_joins_learns_how_it_ended() {
    let side = side(
        "runtime",
        r#"spawned t=0 loop=0 task=1 name="one" class=normal src=a.rs:1
           cancelled t=0 loop=0 task=1 ran=0 by=task:0 src=a.rs:1
           joined t=0 loop=0 task=1 by=task:0 src=a.rs:1
           spawned t=0 loop=0 task=2 name="two" class=normal src=a.rs:1
           panicked t=0 loop=0 task=2 ran=0 message="oh" src=a.rs:1
           joined t=0 loop=0 task=2 by=task:0 src=a.rs:1"#,
    );
    assert_eq!(
        sentence(&side, 3),
        "Task 0 learns that task 1 'one' was cancelled."
    );
    assert_eq!(
        sentence(&side, 6),
        "Task 0 learns that task 2 'two' panicked: oh."
    );
}

/// The beginning of a scheduler's trace with two threads, 1 'low' and 2 'high'.
const TWO_THREADS: &str = r#"
    started t=0 sched=0 version=1 clock=virtual tick=1000000 mode=checkpoint policy=StaticPriority cpus=2 quantum=0 calls=announced src=a.rs:1
    spawned t=0 sched=0 thread=1 name="low" priority=-1 weight=1 src=a.rs:1
    runnable t=0 sched=0 thread=1 why=new src=a.rs:1
    spawned t=0 sched=0 thread=2 name="high" priority=9 weight=1 src=a.rs:1
    runnable t=0 sched=0 thread=2 why=new src=a.rs:1
    dispatched t=0 sched=0 thread=1 cpu=0 quantum=0 src=a.rs:1
    dispatched t=0 sched=0 thread=2 cpu=1 quantum=0 src=a.rs:1"#;

/// The sentences of what follows [`TWO_THREADS`].
fn said_of_two_threads(records: &str) -> Vec<String> {
    let side = sound_side("scheduler", &format!("{TWO_THREADS}\n{records}"));
    sentences(&side).split_off(7)
}

#[test]
fn a_priority_that_is_lent_and_given_back_is_told_with_its_lender() {
    let said = said_of_two_threads(
        r#"locked t=1 sched=0 mutex=1 thread=1 src=a.rs:1
           contended t=2 sched=0 mutex=1 thread=2 src=a.rs:1
           changed t=2 sched=0 thread=1 what=donated from=-1 to=9 why="thread 2 waits for mutex 1" by=thread:2 src=a.rs:1
           changed t=3 sched=0 thread=1 what=donated from=9 to=-1 why="it unlocked mutex 1" src=a.rs:1
           changed t=3 sched=0 thread=1 what=priority from=-1 to=4 why="it was set" by=thread:2 src=a.rs:1"#,
    );
    assert_eq!(
        said[2..],
        [
            "Thread 1 'low' is lent the priority 9 by thread 2 'high' (thread 2 waits for mutex \
             1): it counts as much as who waits for it. Before it was -1.",
            "Thread 1 'low' gives back the priority that was lent to it (it unlocked mutex 1): \
             it was 9, and its own is -1.",
            "The priority of thread 1 'low' was set by thread 2 'high' (it was set): it was -1 \
             and is 4.",
        ]
    );
}

#[test]
fn a_policy_that_broke_a_rule_is_told_with_what_follows() {
    let said = said_of_two_threads(
        r#"faulted t=1 sched=0 rule="it picked thread 7, which is not runnable" then=round_robin src=a.rs:1
           faulted t=1 sched=0 rule="it picked thread 7, which is not runnable." then=ends src=a.rs:1"#,
    );
    assert_eq!(
        said,
        [
            "The policy broke a rule: it picked thread 7, which is not runnable. Round robin \
             decides from here on, in its place.",
            "The policy broke a rule: it picked thread 7, which is not runnable. The run ends \
             here.",
        ]
    );
}

#[test]
fn a_wait_with_a_limit_is_told_with_it_and_with_its_end() {
    let said = said_of_two_threads(
        "blocked t=1000000 sched=0 thread=1 cpu=0 ran=1000000 on=condvar:1 until=7000000 src=a.rs:1
         runnable t=7000000 sched=0 thread=1 why=slept src=a.rs:1
         blocked t=7000000 sched=0 thread=2 cpu=1 ran=7000000 on=thread:1 until=9000000 src=a.rs:1
         runnable t=9000000 sched=0 thread=2 why=slept src=a.rs:1",
    );
    assert_eq!(
        said,
        [
            "Thread 1 'low' waits for condvar 1, until 7 ms at most.",
            "Thread 1 'low' can run: the time for its wait is up, and condvar 1 has not come.",
            "Thread 2 'high' waits for thread 1 'low' to be over, until 9 ms at most: it gives \
             its CPU up.",
            "Thread 2 'high' can run: the time for its wait is up, and the end of thread 1 'low' \
             has not come.",
        ]
    );
}

#[test]
fn a_call_that_nobody_announced_is_told_as_such() {
    let said = said_of_two_threads(
        "call_entered t=1 sched=0 thread=1 call=nanosleep src=a.rs:1
         call_left t=2 sched=0 thread=1 call=nanosleep src=a.rs:1
         call_entered t=2 sched=0 thread=2 call=spawn src=a.rs:1",
    );
    assert_eq!(
        said,
        [
            "Thread 1 'low' is in `nanosleep`, which nobody announced: its CPU is given to \
             others, and the kernel wakes it, not us.",
            "Thread 1 'low' is back from `nanosleep`: it needs a CPU again.",
            "Thread 2 'high' is in `spawn`: it gives its CPU up, and the kernel wakes it, not us.",
        ]
    );
}

#[test]
fn the_beginning_says_how_unannounced_calls_are_noticed() {
    for (calls, words) in [
        (
            "sud",
            "the kernel hands us every call of a thread before it is made.",
        ),
        ("polling", "we look at the threads now and then."),
    ] {
        let side = side(
            "scheduler",
            &format!(
                "started t=0 sched=0 version=1 clock=real tick=0 mode=signal policy=RoundRobin \
                 cpus=1 quantum=3000000 calls={calls} src=a.rs:1"
            ),
        );
        assert_eq!(
            sentence(&side, 1),
            format!(
                "One CPU, round robin, quanta of 3 ms. Threads are taken off the CPU wherever \
                 they are, by a signal. A call that blocks gives its CPU up, announced or not: \
                 {words}"
            )
        );
    }
}

#[test]
fn a_thread_that_goes_on_on_another_cpu_has_moved() {
    let said = said_of_two_threads(
        "preempted t=1 sched=0 thread=1 cpu=0 ran=1 src=a.rs:1
         runnable t=1 sched=0 thread=1 why=preempted src=a.rs:1
         preempted t=1 sched=0 thread=2 cpu=1 ran=1 src=a.rs:1
         runnable t=1 sched=0 thread=2 why=preempted src=a.rs:1
         dispatched t=1 sched=0 thread=2 cpu=1 quantum=0 src=a.rs:1
         dispatched t=1 sched=0 thread=1 cpu=0 quantum=0 src=a.rs:1
         yielded t=2 sched=0 thread=1 cpu=0 ran=1 src=a.rs:1
         yielded t=2 sched=0 thread=2 cpu=1 ran=1 src=a.rs:1
         dispatched t=2 sched=0 thread=1 cpu=1 quantum=3000000 src=a.rs:1",
    );
    assert!(
        said.iter().take(8).all(|said| !said.contains("moved")),
        "{said:?}"
    );
    assert_eq!(
        said[8],
        "The scheduler gives CPU 1 to thread 1 'low'. It moved from CPU 0. It may run for 3 ms."
    );
}
