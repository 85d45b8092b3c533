//! The state at a step: queues, waits and objects as a function of the events.

mod common;

use common::{COUNTERS_TASKS, COUNTERS_THREADS, side, sound_side};
use stepper::{
    Side, State,
    fold::{End, Phase, UnitId, UnitState, Wait},
    trace::Target,
};

/// The account of the state at a step, as the half itself would write it.
fn account(side: &Side, step: usize) -> String {
    let state = side.state_at(step);
    let driver = state.driver().expect("a record has come");
    driver.account(side.target)
}

#[test]
fn a_task_that_yields_goes_behind_the_other() {
    let side = sound_side("runtime", COUNTERS_TASKS);
    assert_eq!(
        account(&side, 13),
        "running=1 urgent=- normal=2 background=- waiting=0:task:1 timers=- sources=-"
    );
    // It has woken itself and is queued, but it runs until it returns.
    assert_eq!(
        account(&side, 14),
        "running=1 urgent=- normal=2,1 background=- waiting=0:task:1 timers=- sources=-"
    );
    assert_eq!(
        account(&side, 15),
        "running=- urgent=- normal=2,1 background=- waiting=0:task:1 timers=- sources=-"
    );
    let state = side.state_at(15);
    let driver = state.driver().expect("a loop");
    let ping = driver.units.get(1).expect("ping");
    assert_eq!(ping.state, UnitState::Ready);
    assert_eq!(ping.label(), "1 ping");
    assert_eq!(
        side.place(ping.at.expect("it stands somewhere"))
            .map(|at| at.line),
        Some(10)
    );
}

#[test]
fn a_preempted_thread_is_runnable_behind_those_that_were() {
    let side = sound_side("scheduler", COUNTERS_THREADS);
    assert_eq!(
        account(&side, 11),
        "running=0:1 runnable=2 blocked=0:thread:1 sleeping=- owners=-"
    );
    for step in [12, 13] {
        assert_eq!(
            account(&side, step),
            "running=- runnable=2,1 blocked=0:thread:1 sleeping=- owners=-"
        );
    }
    let state = side.state_at(13);
    let ping = state
        .unit(UnitId {
            driver: 0,
            number: 1,
        })
        .expect("ping");
    assert_eq!((ping.preemptions, ping.runs, ping.ran), (1, 1, 3_000_000));
    assert_eq!(&*ping.loads[0].value, "0");
}

#[test]
fn waits_are_listed_in_order_and_cleared_by_the_next_poll() {
    let side = side(
        "runtime",
        r#"spawned t=0 loop=0 task=4 name="" class=normal src=a.rs:1
           woken t=0 loop=0 task=4 by=outside class=normal src=a.rs:1
           polled t=0 loop=0 task=4 src=a.rs:1
           waiting t=0 loop=0 task=4 on=timer:3 src=a.rs:1
           waiting t=0 loop=0 task=4 on=source:2 src=a.rs:1
           waiting t=0 loop=0 task=4 on=timer:3 src=a.rs:1
           pending t=0 loop=0 task=4 ran=0 src=a.rs:1
           woken t=0 loop=0 task=4 by=timer:3 class=normal src=a.rs:1
           polled t=0 loop=0 task=4 src=a.rs:1"#,
    );
    assert_eq!(
        account(&side, 7),
        "running=- urgent=- normal=- background=- waiting=4:source:2+timer:3 timers=- sources=-"
    );
    let state = side.state_at(9);
    let unit = state.driver().and_then(|driver| driver.units.get(4));
    assert_eq!(unit.expect("task 4").waits, []);
}

#[test]
fn classes_queue_one_after_the_other() {
    let side = side(
        "runtime",
        r#"spawned t=0 loop=0 task=1 name="" class=background src=a.rs:1
           woken t=0 loop=0 task=1 by=outside class=background src=a.rs:1
           spawned t=0 loop=0 task=2 name="" class=normal src=a.rs:1
           woken t=0 loop=0 task=2 by=outside class=normal src=a.rs:1
           spawned t=0 loop=0 task=3 name="" class=urgent src=a.rs:1
           woken t=0 loop=0 task=3 by=outside class=urgent src=a.rs:1
           spawned t=0 loop=0 task=4 name="" class=normal src=a.rs:1
           woken t=0 loop=0 task=4 by=outside class=normal src=a.rs:1"#,
    );
    assert_eq!(
        account(&side, 8),
        "running=- urgent=3 normal=2,4 background=1 waiting=- timers=- sources=-"
    );
    let state = side.state_at(8);
    let queue = &state.driver().expect("a loop").queue;
    let place = queue.place(4).map(|(class, place)| (&*class.name, place));
    assert_eq!(place, Some(("normal", 2)));
    assert_eq!(queue.classes[0].name.as_ref(), "urgent");
}

#[test]
fn a_blocking_call_is_waited_for_without_a_cpu() {
    let side = side(
        "scheduler",
        r#"spawned t=0 sched=0 thread=1 name="" priority=0 weight=1 src=a.rs:1
           runnable t=0 sched=0 thread=1 why="new" src=a.rs:1
           dispatched t=0 sched=0 thread=1 cpu=0 quantum=1 src=a.rs:1
           call_entered t=3 sched=0 thread=1 call=read src=a.rs:1
           call_left t=9 sched=0 thread=1 call=read src=a.rs:1
           runnable t=9 sched=0 thread=1 why="unblocked" src=a.rs:1"#,
    );
    let unit = |step: usize| {
        let state = side.state_at(step);
        let unit = state
            .driver()
            .and_then(|driver| driver.units.get(1).cloned());
        unit.expect("thread 1")
    };
    assert_eq!(unit(4).state, UnitState::InCall);
    assert_eq!(unit(4).waits, [Wait::Call("read".into())]);
    assert_eq!(
        unit(4).ran,
        3,
        "the stay is reckoned where the record names none"
    );
    assert_eq!(unit(6).state, UnitState::Ready);
    assert_eq!(unit(6).waits, []);
}

#[test]
fn a_panic_and_a_cancellation_are_different_ends() {
    let side = side(
        "runtime",
        r#"spawned t=0 loop=0 task=1 name="" class=normal src=a.rs:1
           woken t=0 loop=0 task=1 by=outside class=normal src=a.rs:1
           cancelled t=0 loop=0 task=1 ran=0 by=task:0 src=a.rs:1
           spawned t=0 loop=0 task=2 name="" class=normal src=a.rs:1
           woken t=0 loop=0 task=2 by=outside class=normal src=a.rs:1
           polled t=0 loop=0 task=2 src=a.rs:1
           panicked t=0 loop=0 task=2 ran=0 message="oh" src=a.rs:1"#,
    );
    let state = side.state_at(7);
    let units = &state.driver().expect("a loop").units;
    assert_eq!(
        units.get(1).expect("task 1").state,
        UnitState::Over(End::Cancelled)
    );
    let two = units.get(2).expect("task 2");
    assert_eq!(two.state, UnitState::Over(End::Panicked));
    assert_eq!(two.message.as_deref(), Some("oh"));
    assert_eq!(side.complaints(), &[], "a queued task may be cancelled");
}

#[test]
fn a_record_that_contradicts_the_state_is_a_complaint_and_the_fold_goes_on() {
    let side = side(
        "runtime",
        r#"spawned t=0 loop=0 task=1 name="" class=normal src=a.rs:1
           woken t=0 loop=0 task=1 by=outside class=normal src=a.rs:1
           woken t=0 loop=0 task=1 by=outside class=normal src=a.rs:1
           turn t=0 loop=0 turn=1 ready=5 src=a.rs:1
           polled t=0 loop=0 task=1 src=a.rs:1
           polled t=0 loop=0 task=1 src=a.rs:1
           completed t=0 loop=0 task=1 ran=0 src=a.rs:1
           completed t=0 loop=0 task=1 ran=0 src=a.rs:1
           timer_fired t=0 loop=0 timer=9 late=0 src=a.rs:1
           polled t=0 loop=0 src=a.rs:1"#,
    );
    let complaints: Vec<(usize, &str)> = side
        .complaints()
        .iter()
        .map(|(step, text)| (*step, &**text))
        .collect();
    assert_eq!(
        complaints,
        [
            (3, "Task 1 is in the queue already."),
            (4, "It says that 5 are ready, but 1 are."),
            (
                6,
                "Task 1 is polled, but it was not ready. task 1 was still running there."
            ),
            (8, "It is said twice that task 1 is over."),
            (9, "Timer 9 was not armed."),
            (10, "This `polled` does not say which task."),
        ]
    );
    assert_eq!(side.state_at(7).complaint, None, "each is of its own step");
}

#[test]
fn two_loops_of_a_process_are_kept_apart() {
    let side = side(
        "runtime",
        r#"started t=0 loop=0 version=1 clock=real src=a.rs:1
           spawned t=0 loop=0 task=1 name="of zero" class=normal src=a.rs:1
           ended t=5 loop=0 turns=0 polls=0 left=1 src=a.rs:1
           started t=0 loop=1 version=1 clock=virtual src=a.rs:1
           spawned t=0 loop=1 task=1 name="of one" class=normal src=a.rs:1"#,
    );
    assert_eq!(side.complaints(), &[]);
    let state = side.state_at(5);
    assert_eq!(state.drivers.len(), 2);
    assert_eq!(state.driver().expect("the present one").number, 1);
    assert_eq!(state.driver_of(0).expect("the first").phase, Phase::Ended);
    let name = |driver| {
        let unit = state.unit(UnitId { driver, number: 1 });
        unit.expect("each has a task 1").name.to_string()
    };
    assert_eq!(
        (name(0), name(1)),
        ("of zero".to_owned(), "of one".to_owned())
    );
    assert_eq!(side.state_at(3).driver().expect("then").number, 0);
}

#[test]
fn the_state_beyond_the_last_step_is_the_last_state() {
    let side = sound_side("runtime", COUNTERS_TASKS);
    assert_eq!(&side.state_at(usize::MAX), side.last_state());
    assert_eq!(side.state_at(0), State::new(Target::Runtime));
}
