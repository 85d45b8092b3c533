//! What each unit did over a window of steps.

mod common;

use common::{COUNTERS_TASKS, COUNTERS_THREADS, sound_side};
use stepper::{
    Side,
    fold::{Mark, lanes},
};

/// A lane as the screen draws it.
fn drawn(side: &Side, unit: u32) -> String {
    let lanes = lanes(side, 0..side.len() + 1);
    let lane = lanes.iter().find(|lane| lane.unit.number == unit);
    let lane = lane.expect("the unit exists");
    (0..=side.len())
        .map(|step| lane.mark_at(step).symbol())
        .collect()
}

#[test]
fn the_lanes_show_who_ran_and_who_was_stopped() {
    let tasks = sound_side("runtime", COUNTERS_TASKS);
    assert_eq!(drawn(&tasks, 0), "  ···██████───────────····███╳╳");
    assert_eq!(drawn(&tasks, 1), "      ·······██·····█╳╳╳╳╳╳╳╳╳╳");
    let threads = sound_side("scheduler", COUNTERS_THREADS);
    assert_eq!(drawn(&threads, 1), "     ·····██↯·····██╳╳╳╳╳╳╳╳");
}

#[test]
fn a_window_of_lanes_equals_that_part_of_the_whole() {
    let side = sound_side("scheduler", COUNTERS_THREADS);
    let whole = lanes(&side, 0..side.len() + 1);
    for start in 0..=side.len() {
        for end in start + 1..=side.len() + 1 {
            for lane in lanes(&side, start..end) {
                let of_whole = whole.iter().find(|other| other.unit == lane.unit);
                let of_whole = of_whole.expect("the whole has every unit");
                for step in start..end {
                    assert_eq!(
                        lane.mark_at(step),
                        of_whole.mark_at(step),
                        "{step} of {start}..{end}"
                    );
                }
                assert_eq!(lane.mark_at(end), Mark::Absent);
            }
        }
    }
}

#[test]
fn a_thread_is_preempted_for_one_step_whoever_takes_the_next() {
    let side = sound_side(
        "scheduler",
        r#"spawned t=0 sched=0 thread=1 name="" priority=0 weight=1 src=a.rs:1
           runnable t=0 sched=0 thread=1 why="new" src=a.rs:1
           dispatched t=0 sched=0 thread=1 cpu=0 quantum=1 src=a.rs:1
           preempted t=1 sched=0 thread=1 cpu=0 ran=1 src=a.rs:1
           idle t=1 sched=0 cpu=0 src=a.rs:1"#,
    );
    assert_eq!(drawn(&side, 1), " ··█↯·");
}

#[test]
fn a_thread_that_moves_to_another_cpu_bears_its_mark_for_one_step() {
    let side = sound_side(
        "scheduler",
        r#"spawned t=0 sched=0 thread=1 name="" priority=0 weight=1 src=a.rs:1
           runnable t=0 sched=0 thread=1 why="new" src=a.rs:1
           dispatched t=0 sched=0 thread=1 cpu=0 quantum=1 src=a.rs:1
           preempted t=1 sched=0 thread=1 cpu=0 ran=1 src=a.rs:1
           runnable t=1 sched=0 thread=1 why="preempted" src=a.rs:1
           dispatched t=1 sched=0 thread=1 cpu=1 quantum=1 src=a.rs:1
           checkpoint t=2 sched=0 thread=1 src=a.rs:1
           yielded t=2 sched=0 thread=1 cpu=1 ran=1 src=a.rs:1
           dispatched t=2 sched=0 thread=1 cpu=1 quantum=1 src=a.rs:1"#,
    );
    assert_eq!(drawn(&side, 1), " ··█↯·»█·█");
    // A window that begins at the very step has it too.
    let lanes = lanes(&side, 6..8);
    assert_eq!(lanes[0].mark_at(6), Mark::Moved);
    assert_eq!(lanes[0].mark_at(7), Mark::Running);
    let moved = side
        .last_state()
        .driver()
        .and_then(|driver| driver.units.get(1));
    assert_eq!(
        moved.map(|unit| (unit.migrations, unit.last_cpu)),
        Some((1, Some(1)))
    );
}
