//! Tests of the screen: whole frames, at the sizes that matter.

use super::*;
use crate::model::tests::two_sides;

/// The frame of a model, as text.
fn frame(model: &Model, width: u16, height: u16) -> Vec<String> {
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    draw(model, Look { colours: false }, &mut buffer);
    let row = |cells: &[ratatui::buffer::Cell]| -> String {
        cells.iter().map(ratatui::buffer::Cell::symbol).collect()
    };
    buffer.content.chunks(width.into()).map(row).collect()
}

/// What stands in the source files that the example's trace names.
const TASKS: &str = "use runtime::yield_now;

async fn count(name: &str, total: Rc<Cell<u32>>) {
    for n in 1..=1 {
        let seen = total.get();
        // Nobody can come between.
        println!(\"{name} {n}\");
        total.set(seen + 1);

        yield_now().await;
    }
}
";
const THREADS: &str = "use scheduler::Shared;

/// Adds 1 to the total.
fn count(name: &str, total: &Shared<u32>) {
    for n in 1..=1 {



        // Anybody can come between.
        let seen = total.load();
        println!(\"{name} {n}\");
        total.store(seen + 1);
    }
}
";

/// The counters at these steps, with their sources.
fn model(steps: [usize; 2]) -> Model {
    let mut model = two_sides();
    for (recording, text) in [TASKS, THREADS].into_iter().enumerate() {
        let side = &mut model.recordings[recording].trace_mut().sides[0];
        let kind = ["tasks", "threads"][recording];
        let lines = text.lines().map(str::to_owned).collect();
        side.sources
            .insert(format!("examples/01_two_counters_{kind}.rs"), lines);
    }
    for (view, step) in steps.into_iter().enumerate() {
        model.go(view, step);
    }
    model
}

/// Asserts that a frame is what is drawn.
fn assert_frame(model: &Model, width: u16, height: u16, drawn: &str) {
    let drawn = drawn.strip_prefix('\n').unwrap();
    let frame = frame(model, width, height);
    let frame: Vec<&str> = frame.iter().map(|row| row.trim_end()).collect();
    let frame = frame.join("\n") + "\n";
    assert!(frame == drawn, "drawn:\n{drawn}\nthe frame:\n{frame}");
}

#[test]
fn eighty_by_twenty_four() {
    assert_frame(
        &model([15, 12]),
        80,
        24,
        r#"
 01 two counters                  step 15 of 30       virtual time       ? help
┌ tasks · one event loop ──────────────┐┌ threads · 1 CPU · round robin 3 ms ──┐
│   8         total.set(seen + 1);     ││  10         let seen = total.load(); │
│   9                                  ││  11         println!("{name} {n}");  │
│▶ 10         yield_now().await;       ││▶ 12         total.store(seen + 1);   │
│  11     }                            ││  13     }                            │
│  12 }                                ││  14 }                                │
│ running   –                          ││ CPU 0     –                          │
│ ready     2 pong, 1 ping             ││ runnable  2 pong, 1 ping             │
│ waiting   0 main: task 1             ││ blocked   0 main: thread 1           │
│ values    –                          ││ values    total 0                    │
├ output ──────────────────────────────┤├ output ──────────────────────────────┤
│ ping 1                               ││ ping 1                               │
├ what happened ───────────────────────┤├ what happened ───────────────────────┤
│ Task 1 'ping' returned Pending at    ││ Thread 1 'ping' was stopped between  │
│ this .await: it gave way by itself.  ││ its load and its store: its 3 ms are │
│ It had woken itself, so it is last   ││ used up. It never asked for this,    │
│ in the queue.                        ││ and its copy of `total` is about to  │
│                                      ││ be stale.                            │
├ over time ───────────────────────────┤├ over time ───────────────────────────┤
│ 1 ping       ·······██·              ││ 1 ping      ·····██↯                 │
│ 2 pong         ········              ││ 2 pong        ······                 │
└ step 15 of 30 · 0 ms ────────────────┘└ step 12 of 27 · 4 ms ────────────────┘
 ←→ step  ↑↓ switch  space play  tab side  l linked  / find  b break  p predict
"#,
    );
}

#[test]
fn sixty_by_sixteen_has_neither_lanes_nor_values_nor_output() {
    assert_frame(
        &model([15, 12]),
        60,
        16,
        r#"
 01 two counters        step 15 of 30  virtual time  ? help
┌ tasks · one event loop ────┐┌ threads · 1 CPU · round… ──┐
│   8     total.set(seen + 1…││  10     let seen = total.l…│
│   9                        ││  11     println!("{name} {…│
│▶ 10     yield_now().await; ││▶ 12     total.store(seen +…│
│  11 }                      ││  13 }                      │
│ running   –                ││ CPU 0     –                │
│ ready     2 pong, 1 ping   ││ runnable  2 pong, 1 ping   │
│ waiting   0 main: task 1   ││ blocked   0 main: thread 1 │
├ what happened ─────────────┤├ what happened ─────────────┤
│ Task 1 'ping' returned     ││ Thread 1 'ping' was        │
│ Pending at this .await: it ││ stopped between its load   │
│ gave way by itself. It had ││ and its store: its 3 ms    │
│ woken itself, so it is …   ││ are used up. It never …    │
└ step 15 of 30 · 0 ms ──────┘└ step 12 of 27 · 4 ms ──────┘
 ←→ step  ↑↓ switch  space play  tab side  l linked  / find
"#,
    );
}

#[test]
fn one_column_less_shows_one_side_at_a_time() {
    let mut model = model([15, 12]);
    model.focus = 1;
    assert_frame(
        &model,
        59,
        15,
        r#"
 01 two counters · threads (tab) step 12 of 27 virtual time
┌ threads · 1 CPU · round robin 3 ms ─────────────────────┐
│  10     let seen = total.load();                        │
│  11     println!("{name} {n}");                         │
│▶ 12     total.store(seen + 1);                          │
│  13 }                                                   │
│ CPU 0     –                                             │
│ runnable  2 pong, 1 ping                                │
│ blocked   0 main: thread 1                              │
├ what happened ──────────────────────────────────────────┤
│ Thread 1 'ping' was stopped between its load and its    │
│ store: its 3 ms are used up. It never asked for this,   │
│ and its copy of `total` is about to be stale.           │
└ step 12 of 27 · 4 ms ───────────────────────────────────┘
 ←→ step  ↑↓ switch  space play  tab side  l linked  / find
"#,
    );
}

#[test]
fn tiny_terminal_is_asked_to_grow() {
    assert_frame(
        &model([15, 12]),
        39,
        9,
        r#"
This window is too small: 39x9. Please
make it 40x10 or larger. q leaves.







"#,
    );
}

#[test]
fn roomy_screen() {
    assert_frame(
        &model([15, 12]),
        160,
        50,
        r#"
 01 two counters                                                          step 15 of 30                           virtual time                           ? help
┌ tasks · one event loop ──────────────────────────────────────────────────────┐┌ threads · 1 CPU · round robin 3 ms ──────────────────────────────────────────┐
│   4     for n in 1..=1 {                                                     ││   6                                                                          │
│   5         let seen = total.get();                                          ││   7                                                                          │
│   6         // Nobody can come between.                                      ││   8                                                                          │
│   7         println!("{name} {n}");                                          ││   9         // Anybody can come between.                                     │
│   8         total.set(seen + 1);                                             ││  10         let seen = total.load();                                         │
│   9                                                                          ││  11         println!("{name} {n}");                                          │
│▶ 10         yield_now().await;                                               ││▶ 12         total.store(seen + 1);                                           │
│  11     }                                                                    ││  13     }                                                                    │
│  12 }                                                                        ││  14 }                                                                        │
├ our source · runtime/src/event_loop.rs:120 ──────────────────────────────────┤├ our source · scheduler/src/dispatcher.rs:77 ─────────────────────────────────┤
│▶ runtime/src/event_loop.rs:120                                               ││▶ scheduler/src/dispatcher.rs:77                                              │
│  (its source is not here)                                                    ││  (its source is not here)                                                    │
│                                                                              ││                                                                              │
│                                                                              ││                                                                              │
│                                                                              ││                                                                              │
│                                                                              ││                                                                              │
│         ┌───┐        ┌────────┬────────┐                                     ││       ┌───┐           ┌────────┬────────┐                                    │
│ running │ – │  ready │ 2 pong │ 1 ping │                                     ││ CPU 0 │ – │  runnable │ 2 pong │ 1 ping │                                    │
│         └───┘        └────────┴────────┘                                     ││       └───┘           └────────┴────────┘                                    │
├ tasks · 3 ───────────────────────────────────────────────────────────────────┤├ threads · 3 ─────────────────────────────────────────────────────────────────┤
│ unit           state        since     waits for              polls  CPU time ││ unit           state        since     waits for              turns  CPU time │
│ 0 main         ─ waiting    0 ms      task 1                     1      0 ms ││ 0 main         ─ blocked    1 ms      thread 1                   1      1 ms │
│ 1 ping         · ready      0 ms                                 1      0 ms ││ 1 ping         · runnable   4 ms                                 1      3 ms │
│ 2 pong         · ready      0 ms                                 0      0 ms ││ 2 pong         · runnable   0 ms                                 0      0 ms │
│ values    –                                                                  ││ values    total 0                                                            │
├ output ──────────────────────────────────────────────────────────────────────┤├ output ──────────────────────────────────────────────────────────────────────┤
│ ping 1                                                                       ││ ping 1                                                                       │
│                                                                              ││                                                                              │
│                                                                              ││                                                                              │
├ what happened ───────────────────────────────────────────────────────────────┤├ what happened ───────────────────────────────────────────────────────────────┤
│ Task 1 'ping' returned Pending at this .await: it gave way by itself. It had ││ Thread 1 'ping' was stopped between its load and its store: its 3 ms are     │
│ woken itself, so it is last in the queue.                                    ││ used up. It never asked for this, and its copy of `total` is about to be     │
│                                                                              ││ stale.                                                                       │
│                                                                              ││                                                                              │
├ events ──────────────────────────────────────────────────────────────────────┤├ events ──────────────────────────────────────────────────────────────────────┤
│    12 turn turn=2 ready=2                                                    ││     9 blocked thread=0 cpu=0 ran=1000000 on=thread:1                         │
│    13 polled task=1                              01_two_counters_tasks.rs:22 ││    10 dispatched thread=1 cpu=0 quantum=3000000 why=it has waited longest    │
│    14 woken task=1 by=task:1 class=normal                                    ││    11 loaded shared=1 name=total value=0 thread=1                            │
│▶   15 pending task=1 ran=0                       01_two_counters_tasks.rs:10 ││▶   12 preempted thread=1 cpu=0 ran=3000000     01_two_counters_threads.rs:12 │
│    16 polled task=2                              01_two_counters_tasks.rs:23 ││    13 runnable thread=1 why=preempted                                        │
│    17 woken task=2 by=task:2 class=normal                                    ││    14 dispatched thread=2 cpu=0 quantum=3000000                              │
├ over time ───────────────────────────────────────────────────────────────────┤├ over time ───────────────────────────────────────────────────────────────────┤
│ 0 main   ···██████───────────····███╳╳                                       ││ 0 main   ··█████────────────·████╳╳                                          │
│ 1 ping       ·······██·····█╳╳╳╳╳╳╳╳╳╳                                       ││ 1 ping      ·····██↯·····██╳╳╳╳╳╳╳╳                                          │
│ 2 pong         ········██·····█╳╳╳╳╳╳╳                                       ││ 2 pong        ·······███╳╳╳╳╳╳╳╳╳╳╳                                          │
│                       ▲ step 15                                              ││                    ▲ step 12                                                 │
└ step 15 of 30 · 0 ms ────────────────────────────────────────────────────────┘└ step 12 of 27 · 4 ms ────────────────────────────────────────────────────────┘
 ←→ step  ↑↓ switch  space play  tab side  l linked  / find  b break  p predict  w why  s source
"#,
    );
}

#[test]
fn program_without_a_trace_is_told_what_to_add() {
    let mut silent = crate::recording::Recording::growing("./mine", false);
    silent.push(b"hello\n");
    silent.finish(crate::recording::Ending::Exited(0));
    let model = Model::new("./mine", "", vec![silent], &[]);
    assert_frame(
        &model,
        60,
        12,
        r#"
 ./mine                  step 0 of 0                 ? help
┌ ./mine ──────────────────────────────────────────────────┐
│ ./mine wrote no trace (exit 0). Add                      │
│ `env_logger::init();` to the beginning of its main, and  │
│ env_logger with its feature `kv` to its Cargo.toml.      │
│                                                          │
│ It printed:                                              │
│ hello                                                    │
│                                                          │
│                                                          │
└──────────────────────────────────────────────────────────┘
 ←→ step  ↑↓ switch  space play  tab side  l linked  / find
"#,
    );
}

#[test]
fn single_side_uses_the_whole_width() {
    let threads = crate::model::tests::recording("scheduler", crate::common::COUNTERS_THREADS);
    let mut model = Model::new("./mine", "", vec![threads], &[]);
    model.go(0, 12);
    assert_frame(
        &model,
        120,
        24,
        r#"
 ./mine                                               step 12 of 27                 virtual time                 ? help
┌ threads · 1 CPU · round robin 3 ms ──────────────────────┐┌ what happened ───────────────────────────────────────────┐
│▶ examples/01_two_counters_threads.rs:12                  ││ Thread 1 'ping' was stopped between its load and its     │
│  (its source is not here)                                ││ store: its 3 ms are used up. It never asked for this,    │
│                                                          ││ and its copy of `total` is about to be stale.            │
│                                                          ││                                                          │
│                                                          ││                                                          │
│                                                          ││                                                          │
│                                                          │├ output ──────────────────────────────────────────────────┤
│                                                          ││ ping 1                                                   │
│                                                          ││                                                          │
│                                                          ││                                                          │
│                                                          ││                                                          │
│                                                          │├ events ──────────────────────────────────────────────────┤
│                                                          ││    10 dispatched thread=1 cpu=0 quantum=3000000 why=it h…│
│                                                          ││    11 loaded shared=1 name=total value=0 thread=1        │
│                                                          ││▶   12 preempted thread=1 cpu=0 ran=3000000               │
│                                                          ││    13 runnable thread=1 why=preempted                    │
│ CPU 0     –                                              │├ over time ───────────────────────────────────────────────┤
│ runnable  2 pong, 1 ping                                 ││ 0 main   ··█████────                                     │
│ blocked   0 main: thread 1                               ││ 1 ping      ·····██↯                                     │
│ values    total 0                                        ││ 2 pong        ······                                     │
└ step 12 of 27 · 4 ms ────────────────────────────────────┘└──────────────────────────────────────────────────────────┘
 ←→ step  ↑↓ switch  space play  tab side  l linked  / find  b break  p predict  w why  s source
"#,
    );
}

#[test]
fn question_leaves_the_queue_in_sight() {
    let mut model = model([11, 9]);
    model.predict.on = true;
    model.focus = 1;
    model.make(crate::model::Move::Forward);
    let frame = frame(&model, 80, 24);
    assert!(frame.iter().any(|row| row.contains("Who runs next?")));
    assert!(
        frame
            .iter()
            .any(|row| row.contains("runnable  1 ping, 2 pong"))
    );
    assert!(
        !frame.iter().any(|row| row.contains("█ runs")),
        "no legend over it"
    );
}

#[test]
fn what_comes_later_is_hidden_while_predicting() {
    let mut model = model([15, 12]);
    let later = "dispatched thread=2";
    assert!(frame(&model, 160, 50).iter().any(|row| row.contains(later)));
    model.predict.on = true;
    assert!(!frame(&model, 160, 50).iter().any(|row| row.contains(later)));
}

#[test]
fn marks_differ_without_colours() {
    let mut model = model([30, 12]);
    model.linked = false;
    let rows = frame(&model, 160, 50).concat();
    for mark in ['█', '·', '─', '╳', '↯'] {
        assert!(rows.contains(mark), "{mark}");
    }
    let mut buffer = Buffer::empty(Rect::new(0, 0, 160, 50));
    draw(&model, Look { colours: false }, &mut buffer);
    let colour = |cell: &ratatui::buffer::Cell| cell.fg != ratatui::style::Color::Reset;
    assert!(!buffer.content.iter().any(colour));
}

#[test]
fn clicks_find_units_steps_and_sides() {
    let model = model([15, 12]);
    let size = Rect::new(0, 0, 80, 24);
    let at = |x, y| spot(&model, size, ratatui::layout::Position::new(x, y));
    let rows = frame(&model, 80, 24);
    let lane = rows
        .iter()
        .position(|row| row.contains("│ 1 ping "))
        .unwrap();
    let lane = u16::try_from(lane).unwrap();
    let ping = stepper::fold::UnitId {
        driver: 0,
        number: 1,
    };
    assert_eq!(at(3, lane), Some(Spot::Unit(0, ping)));
    assert_eq!(at(9, lane), Some(Spot::Step(0, 0)));
    assert_eq!(at(24, lane), Some(Spot::Step(0, 15)));
    assert_eq!(at(25, lane), Some(Spot::View(0)), "it has not happened yet");
    assert_eq!(at(50, 2), Some(Spot::View(1)));
    assert_eq!(at(50, 0), None);
}
