//! Whole frames, at the sizes that matter, and any keys at any size.

use super::*;
use crate::simulate::{classic, contest::Contest, model::Effect, workload::Workload};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use proptest::prelude::*;
use ratatui::{Terminal, backend::TestBackend};

/// Some policies on a classic workload.
fn model(workload: &str, policies: &[&str], cpus: u32) -> Model {
    let workload = Workload {
        cpus,
        ..classic::by_name(workload, 1).unwrap()
    };
    Model::new(Contest::run(workload, policies, 1).unwrap())
}

/// The frame as lines without the space at their ends.
fn frame(model: &Model, width: u16, height: u16) -> Vec<String> {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal
        .draw(|frame| draw(model, Look { colours: true }, frame.buffer_mut()))
        .unwrap();
    let buffer = terminal.backend().buffer();
    let row = |cells: &[ratatui::buffer::Cell]| -> String {
        cells.iter().map(ratatui::buffer::Cell::symbol).collect()
    };
    let rows = buffer.content.chunks(width.into()).map(row);
    rows.map(|row| row.trim_end().to_owned()).collect()
}

/// Presses keys one after the other.
fn press(model: &mut Model, codes: &[KeyCode]) -> Effect {
    let mut effect = Effect::None;
    for code in codes {
        effect = model.press(KeyEvent::new(*code, KeyModifiers::NONE));
    }
    effect
}

#[test]
fn a_whole_contest_fits_on_80x24() {
    let mut model = model("silberschatz", &["fcfs", "stcf"], 1);
    press(&mut model, &[KeyCode::Down, KeyCode::Right, KeyCode::Right]);
    let shown = frame(&model, 80, 24);
    let expected = [
        " A P1  B P2  C P3  D P4",
        " 4 jobs, 1 CPU, quanta of 10 ms",
        "fcfs      AAAAAAAABBBBCCCCCCCCCDDDDD",
        "stcf      ABBBBDDDDDAAAAAAACCCCCCCCC",
        "          0 ms ▲    10 ms     20 ms",
        "stcf at 5 ms: CPU 0 to D P4, until it stops: it has least left to do",
        "2 can run, first to last: A P1 (7 ms left), C P3 (9 ms left)",
        "",
        "         turnaround ms   response ms    waiting ms",
        "policy      mean   max    mean   max    mean   max done/s Jain late switch moved",
        "fcfs       15.25 23.00    8.75 18.00    8.75 18.00  153.8 0.79    0      3     0",
        "stcf       13.00 24.00    4.25 15.00    6.50 15.00  153.8 0.81    0      4     0",
    ];
    assert!(shown[0].ends_with("decision 3 of 5, 5 ms"), "{shown:#?}");
    assert_eq!(shown[1..13], expected);
    assert!(shown[23].ends_with("q leave"), "{shown:#?}");
}

#[test]
fn the_queues_of_a_policy_are_shown_as_it_has_them_at_every_decision() {
    let mut model = model("interactive", &["mlfq"], 1);
    assert_eq!(
        model.queues(),
        [
            "level 0: B compiler (10 ms left), C backup (10 ms left)",
            "level 1: –",
            "level 2: –"
        ]
    );
    press(&mut model, &[KeyCode::End, KeyCode::Left, KeyCode::Left]);
    let deep = model.queues();
    assert!(deep[0].starts_with("level 0: –"), "{deep:?}");
    let high = frame(&model, 80, 24).join("\n");
    assert!(
        high.contains(&format!("\n{}\n{}\n", deep[0], deep[1])),
        "{high}"
    );
    let low = frame(&model, 80, 12).join("\n");
    assert!(
        low.contains(&format!("\n{} · {}", deep[0], deep[1])),
        "{low}"
    );
}

#[test]
fn with_a_queue_for_each_cpu_each_is_shown() {
    let workload = Workload {
        cpus: 2,
        queues: scheduler::policy::Queues::PerCpu,
        ..classic::by_name("shares", 1).unwrap()
    };
    let model = Model::new(Contest::run(workload, &["stride"], 1).unwrap());
    assert_eq!(
        model.queues(),
        ["CPU 0: C one (pass 0)", "CPU 1: B two (pass 0)"]
    );
}

#[test]
fn every_policy_and_cpu_has_a_row_where_there_is_room() {
    let shown = frame(&model("random", &["fcfs", "rr", "mlfq"], 2), 160, 50).join("\n");
    for policy in ["fcfs", "rr", "mlfq"] {
        let rows = shown
            .lines()
            .filter(|line| line.starts_with(policy))
            .count();
        assert!(
            rows >= 2,
            "{policy}: a chart and a row of the table\n{shown}"
        );
    }
    assert_eq!(shown.matches("\n        1").count(), 3, "{shown}");
}

#[test]
fn the_selected_policy_is_shown_however_low_the_screen() {
    let policies = ["fcfs", "sjf", "stcf", "rr", "mlfq", "fair", "eevdf"];
    let mut model = model("convoy", &policies, 1);
    press(&mut model, &[KeyCode::Down; 6]);
    let shown = frame(&model, 40, 12);
    let rows = shown.iter().filter(|line| line.starts_with("eevdf"));
    assert!(rows.count() >= 2, "{shown:#?}");
}

#[test]
fn sorting_puts_the_best_first_and_keeps_the_selection() {
    let mut model = model("convoy", &["fcfs", "sjf", "stcf", "rr"], 1);
    let before = model.run().policy.clone();
    press(&mut model, &[KeyCode::Char('s')]);
    let means = model
        .order
        .iter()
        .map(|run| model.contest.runs[*run].measures.turnaround.mean);
    assert!(means.collect::<Vec<_>>().is_sorted());
    assert_eq!(model.run().policy, before);
    press(&mut model, &[KeyCode::Char('S')]);
    assert_eq!(model.order, [0, 1, 2, 3]);
}

#[test]
fn the_cursor_keeps_its_time_when_another_policy_is_selected() {
    let mut model = model("ostep", &["fcfs", "rr"], 1);
    press(&mut model, &[KeyCode::Down, KeyCode::End, KeyCode::Up]);
    assert_eq!(model.time(), Time::from_millis(110)); // the last of fcfs
    press(&mut model, &[KeyCode::Home, KeyCode::Left]);
    assert_eq!(model.cursor, 0);
}

#[test]
fn keys_that_leave_and_export_say_so() {
    let mut model = model("ostep", &["fcfs"], 1);
    assert_eq!(press(&mut model, &[KeyCode::Char('q')]), Effect::Leave);
    assert_eq!(press(&mut model, &[KeyCode::Char('e')]), Effect::Export);
    let control = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
    assert_eq!(model.press(control), Effect::Leave);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_keys_and_no_size_are_too_much(
        keys in prop::collection::vec(0_usize..12, 0..60),
        width in 1_u16..200,
        height in 1_u16..60,
        cpus in 1_u32..5,
    ) {
        let codes = [
            KeyCode::Left, KeyCode::Right, KeyCode::Up, KeyCode::Down, KeyCode::Home,
            KeyCode::End, KeyCode::PageUp, KeyCode::PageDown, KeyCode::Char('s'),
            KeyCode::Char('S'), KeyCode::Char('e'), KeyCode::Char('x'),
        ];
        let mut model = model("random", &["rr", "mlfq", "lottery"], cpus);
        for key in keys {
            press(&mut model, &[codes[key]]);
            prop_assert!(model.cursor < model.run().decisions());
        }
        frame(&model, width, height);
    }
}
