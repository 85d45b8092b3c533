//! Tests of the screen: whole frames, at the sizes that matter.

use super::*;
use crate::model::tests::{three_sides, two_sides};

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

/// Asserts that a frame is what is drawn (in the files beside this one).
fn assert_frame(model: &Model, width: u16, height: u16, drawn: &str) {
    let frame = frame(model, width, height);
    let frame: Vec<&str> = frame.iter().map(|row| row.trim_end()).collect();
    let frame = frame.join("\n") + "\n";
    assert!(frame == drawn, "drawn:\n{drawn}\nthe frame:\n{frame}");
}

#[test]
fn eighty_by_twenty_four() {
    assert_frame(&model([15, 12]), 80, 24, include_str!("frames/80x24.txt"));
}

#[test]
fn marks_of_the_book_are_left_out_and_the_other_lines_keep_their_numbers() {
    let mut model = model([15, 12]);
    let side = &mut model.recordings[0].trace_mut().sides[0];
    let source = side.sources.get_mut("examples/01_two_counters_tasks.rs");
    source.unwrap()[8] = "        // ANCHOR_END: count".to_owned();
    let rows = frame(&model, 80, 24).concat();
    assert!(!rows.contains("ANCHOR"), "{rows}");
    assert!(rows.contains("▶ 10         yield_now"), "{rows}");
    assert!(rows.contains("│   8         total.set"), "{rows}");
}

#[test]
fn sixty_by_sixteen_has_neither_lanes_nor_values_nor_output() {
    assert_frame(&model([15, 12]), 60, 16, include_str!("frames/60x16.txt"));
}

#[test]
fn one_column_less_shows_one_side_at_a_time() {
    let mut model = model([15, 12]);
    model.focus = 1;
    assert_frame(&model, 59, 15, include_str!("frames/59x15.txt"));
}

#[test]
fn tiny_terminal_is_asked_to_grow() {
    assert_frame(&model([15, 12]), 39, 9, include_str!("frames/39x9.txt"));
}

#[test]
fn roomy_screen() {
    assert_frame(&model([15, 12]), 160, 50, include_str!("frames/160x50.txt"));
}

#[test]
fn three_sides_stand_beside_each_other_and_the_third_is_of_processes() {
    let mut model = three_sides();
    for view in 0..3 {
        model.go(view, 13);
    }
    let wide = frame(&model, 132, 24);
    for title in [
        "tasks · one event loop",
        "threads · 1 CPU",
        "processes · pool",
    ] {
        assert!(wide[1].contains(title), "{title}: {}", wide[1]);
    }
    let wide = wide.concat();
    for row in [
        "at work   1: job 1, 2: job 2 ",
        "no job    – ",
        "jobs wait – ",
    ] {
        assert!(wide.contains(row), "{row}: {wide}");
    }
    // Where two fit, the one that has the keys is among them.
    model.focus = 2;
    let narrow = frame(&model, 80, 24);
    assert!(narrow[1].contains("processes") && !narrow[1].contains("tasks"));
    assert!(narrow[0].contains("workers (tab)"), "{}", narrow[0]);
}

#[test]
fn showing_our_source_where_both_are_shown_exchanges_them() {
    let mut model = model([15, 12]);
    let row_of = |rows: &[String], words: &str| rows.iter().position(|row| row.contains(words));
    let before = frame(&model, 160, 50);
    assert!(row_of(&before, "yield_now") < row_of(&before, "our source"));
    model.ours = true;
    let after = frame(&model, 160, 50);
    assert!(row_of(&after, "runtime/src/event_loop.rs:120") < row_of(&after, "the program"));
    assert!(row_of(&after, "yield_now") > row_of(&after, "the program"));
}

#[test]
fn queue_is_shown_by_classes_once_there_are_several() {
    let mut text = String::new();
    for (task, class) in [
        (1, "normal"),
        (2, "normal"),
        (3, "urgent"),
        (4, "background"),
    ] {
        for event in ["spawned name=\"\"", "woken by=outside"] {
            let (name, key) = event.split_once(' ').unwrap();
            text += &[name, " t=0 loop=0 task=", &task.to_string(), " ", key].concat();
            text += &[" class=", class, " src=a.rs:1\n"].concat();
        }
    }
    let queue = |step, width, height| {
        let tasks = crate::model::tests::recording("runtime", &text);
        let mut model = Model::new("./mine", "", vec![tasks], &[]);
        model.go(0, step);
        frame(&model, width, height).concat()
    };
    assert!(queue(4, 80, 24).contains("ready     1, 2 "));
    assert!(queue(8, 80, 24).contains("ready     U 3 · N 1, 2 · B 4 "));
    let boxes = queue(8, 160, 50);
    for name in [
        "ready, urgent │ 3 │",
        "ready │ 1 │ 2 │",
        "ready, background │ 4 │",
    ] {
        assert!(boxes.contains(name), "{boxes}");
    }
}

#[test]
fn program_without_a_trace_is_told_what_to_add() {
    let mut silent = crate::recording::Recording::growing("./mine", false);
    silent.push(b"hello\n");
    silent.finish(crate::recording::Ending::Exited(0));
    let model = Model::new("./mine", "", vec![silent], &[]);
    assert_frame(&model, 60, 12, include_str!("frames/without_trace.txt"));
}

#[test]
fn single_side_uses_the_whole_width() {
    let threads = crate::model::tests::recording("scheduler", crate::common::COUNTERS_THREADS);
    let mut model = Model::new("./mine", "", vec![threads], &[]);
    model.go(0, 12);
    assert_frame(&model, 120, 24, include_str!("frames/one_side.txt"));
}

#[test]
fn narrow_title_keeps_the_quantum() {
    let text = "started t=0 sched=0 version=1 clock=virtual tick=1000000 mode=checkpoint \
                policy=RoundRobin cpus=1 quantum=100000000 calls=announced src=a.rs:1\n";
    let threads = crate::model::tests::recording("scheduler", text);
    let model = Model::new("./mine", "", vec![threads], &[]);
    let narrow = &frame(&model, 40, 24)[1];
    assert!(
        narrow.contains(" threads · round robin 100 ms "),
        "{narrow}"
    );
    let wide = &frame(&model, 80, 24)[1];
    assert!(
        wide.contains(" threads · 1 CPU · round robin 100 ms "),
        "{wide}"
    );
}

#[test]
fn help_shows_every_mark_and_scrolls_to_the_last_key() {
    let mut model = model([15, 12]);
    model.overlay = crate::model::Overlay::Help(0);
    let rows = frame(&model, 80, 24).concat();
    for words in ["↯ preempted", "▶ the step's line", "▷ the step has none"] {
        assert!(rows.contains(words), "{rows}");
    }
    assert!(rows.contains("0 to 9 at a line") && rows.contains("one step on"));
    model.overlay = crate::model::Overlay::Help(crate::keys::HELP.len() - 1);
    let rows = frame(&model, 80, 24).concat();
    assert!(
        rows.contains("q Esc") && rows.contains("↯ preempted"),
        "{rows}"
    );
}

#[test]
fn question_leaves_the_queue_in_sight() {
    let mut model = model([11, 9]);
    model.predict.on = true;
    model.focus = 1;
    model.make(crate::model::Move::Forward);
    let frame = frame(&model, 80, 24);
    assert!(
        frame
            .iter()
            .any(|row| row.contains("Who runs next, of the threads?"))
    );
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
