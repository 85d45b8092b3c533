//! Tests of the model: moves, links, views, predictions.

use super::*;
use crate::{
    common::{COUNTERS_TASKS, COUNTERS_THREADS, POOL, log},
    keys::press,
    recording::Ending,
};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use proptest::prelude::*;

/// A recording of one side that is over.
pub(crate) fn recording(target: &str, text: &str) -> Recording {
    let mut recording = Recording::growing(format!("the {target}"), false);
    recording.push(log(target, text).as_bytes());
    recording.finish(Ending::Exited(0));
    recording
}

/// Two threads that count, as one side.
pub(crate) fn side() -> Side {
    recording("scheduler", COUNTERS_THREADS).trace().sides[0].clone()
}

/// The counters as tasks and as threads.
pub(crate) fn two_sides() -> Model {
    let tasks = recording("runtime", COUNTERS_TASKS);
    let threads = recording("scheduler", COUNTERS_THREADS);
    Model::new(
        "01 two counters",
        "cargo run -- step 01",
        vec![tasks, threads],
        &[],
    )
}

/// The counters, and a pool of processes.
pub(crate) fn three_sides() -> Model {
    let mut recordings = two_sides().recordings;
    recordings.push(recording("process", POOL));
    Model::new("33 three", "cargo run -- step 33", recordings, &[])
}

/// The steps of the views.
fn steps(model: &Model) -> Vec<usize> {
    model.views.iter().map(View::step).collect()
}

/// Presses keys one after another.
fn keys(model: &mut Model, codes: &[KeyCode]) -> Effect {
    let mut effect = Effect::None;
    for &code in codes {
        effect = press(model, KeyEvent::new(code, KeyModifiers::NONE));
    }
    effect
}

/// Types a text and Enter.
fn typing(model: &mut Model, text: &str) {
    for letter in text.chars() {
        keys(model, &[KeyCode::Char(letter)]);
    }
    keys(model, &[KeyCode::Enter]);
}

#[test]
fn three_sides_are_three_views_whether_of_three_programs_or_of_one() {
    let mut model = three_sides();
    keys(&mut model, &[KeyCode::Right, KeyCode::Right]);
    assert_eq!(steps(&model), [2, 2, 2]);
    keys(&mut model, &[KeyCode::Tab, KeyCode::Tab]);
    assert_eq!(model.focus, 2);
    keys(&mut model, &[KeyCode::Char('l'), KeyCode::Right]);
    assert_eq!(steps(&model), [2, 2, 3]);
    keys(&mut model, &[KeyCode::Tab]);
    assert_eq!(model.focus, 0);
    let of_one = [
        log("runtime", COUNTERS_TASKS),
        log("process", POOL),
        log("scheduler", COUNTERS_THREADS),
    ];
    let mut all = Recording::growing("all".to_owned(), false);
    all.push(of_one.concat().as_bytes());
    all.finish(Ending::Exited(0));
    let model = Model::new("all", "cargo run -- step all.trace", vec![all], &[]);
    assert_eq!(model.views.len(), 3);
}

#[test]
fn linked_sides_step_together_and_unlinked_ones_apart() {
    let mut model = two_sides();
    keys(&mut model, &[KeyCode::Right, KeyCode::Right]);
    assert_eq!(steps(&model), [2, 2]);
    keys(
        &mut model,
        &[KeyCode::Char('l'), KeyCode::Tab, KeyCode::Left],
    );
    assert_eq!(steps(&model), [2, 1]);
}

#[test]
fn ends_are_never_passed() {
    let mut model = two_sides();
    keys(&mut model, &[KeyCode::Left, KeyCode::Up, KeyCode::PageUp]);
    assert_eq!(steps(&model), [0, 0]);
    keys(
        &mut model,
        &[
            KeyCode::End,
            KeyCode::Right,
            KeyCode::Down,
            KeyCode::PageDown,
        ],
    );
    let ends: Vec<usize> = (0..2).map(|view| model.side(view).unwrap().len()).collect();
    assert_eq!(steps(&model), ends);
    keys(&mut model, &[KeyCode::Home]);
    assert_eq!(steps(&model), [0, 0]);
}

#[test]
fn down_goes_to_the_next_switch_and_up_back_to_it() {
    let mut model = two_sides();
    keys(&mut model, &[KeyCode::Down, KeyCode::Down]);
    for view in 0..2 {
        let event = model
            .side(view)
            .unwrap()
            .event_of_step(model.views[view].step());
        assert!(event.unwrap().kind().unwrap().is_switch());
    }
    let second = steps(&model);
    keys(&mut model, &[KeyCode::Down, KeyCode::Up]);
    assert_eq!(steps(&model), second);
}

#[test]
fn brackets_follow_the_selected_unit() {
    let mut model = two_sides();
    keys(
        &mut model,
        &[
            KeyCode::Tab,
            KeyCode::End,
            KeyCode::Char('2'),
            KeyCode::Char('['),
        ],
    );
    let side = model.side(1).unwrap();
    let event = side.event_of_step(model.views[1].step()).unwrap();
    assert_eq!((event.name(), event.unit().unwrap().number), ("joined", 2));
}

#[test]
fn breakpoint_is_set_and_run_to() {
    let mut model = two_sides();
    keys(&mut model, &[KeyCode::Tab, KeyCode::Char('b')]);
    typing(&mut model, "preempted");
    keys(&mut model, &[KeyCode::Char('c')]);
    assert_eq!(model.views[1].step(), 12);
    assert!(model.at_breakpoint(1));
    keys(&mut model, &[KeyCode::Char('c')]);
    assert_eq!(model.views[1].step(), 12, "there is only one");
    assert!(model.message.is_some());
}

#[test]
fn marked_place_waits_for_its_twin_in_both_directions() {
    let marked = |before: usize, after: usize| {
        let turn = "turn t=0 loop=0 turn=1 ready=0\n";
        let mark = "marked t=0 loop=0 name=\"here\" task=0\n";
        format!("{}{mark}{}", turn.repeat(before), turn.repeat(after))
    };
    let first = recording("runtime", &marked(1, 3));
    let second = recording("scheduler", &marked(3, 1).replace("task", "thread"));
    let mut model = Model::new("", "", vec![first, second], &[]);
    let mut seen = vec![steps(&model)];
    for _ in 0..5 {
        keys(&mut model, &[KeyCode::Right]);
        seen.push(steps(&model));
    }
    // The first stands at its mark (2) until the second is at its own (4).
    assert_eq!(seen, [[0, 0], [1, 1], [2, 2], [2, 3], [2, 4], [3, 5]]);
    keys(&mut model, &[KeyCode::End]);
    let mut back = vec![steps(&model)];
    for _ in 0..4 {
        keys(&mut model, &[KeyCode::Left]);
        back.push(steps(&model));
    }
    assert_eq!(back, [[5, 5], [4, 4], [3, 4], [2, 4], [1, 3]]);
}

#[test]
fn places_in_another_order_never_stop_both() {
    let marks = |names: [&str; 2]| {
        let mark = |name| format!("marked t=0 loop=0 name=\"{name}\" task=0\n");
        names.map(mark).concat()
    };
    let first = recording("runtime", &marks(["a", "b"]));
    let second = recording("scheduler", &marks(["b", "a"]));
    let mut model = Model::new("", "", vec![first, second], &[]);
    keys(&mut model, &[KeyCode::Right, KeyCode::Right]);
    assert_eq!(steps(&model), [2, 2]);
}

#[test]
fn view_goes_where_it_was_asked_as_soon_as_the_trace_is_that_long() {
    let mut growing = Recording::growing("tasks", false);
    growing.ending = Ending::Running;
    let mut model = Model::new("", "", vec![growing], &[3]);
    let lines = log("runtime", COUNTERS_TASKS);
    let lines: Vec<&str> = lines.split_inclusive('\n').collect();
    let mut seen = Vec::new();
    for line in &lines[..5] {
        model.recordings[0].push(line.as_bytes());
        model.refresh();
        seen.push(model.views[0].step());
    }
    assert_eq!(seen, [1, 2, 3, 3, 3]);
    keys(&mut model, &[KeyCode::End]);
    model.recordings[0].push(lines[5].as_bytes());
    model.refresh();
    assert_eq!(model.views[0].step(), 6, "End follows a program that runs");
}

#[test]
fn command_shows_the_same_steps_again() {
    let mut model = two_sides();
    keys(&mut model, &[KeyCode::Right]);
    assert_eq!(model.reproduce(), "cargo run -- step 01 --at 1");
    model.go(1, 4);
    assert_eq!(
        keys(&mut model, &[KeyCode::Char('y')]),
        Effect::Copy("cargo run -- step 01 --at 1,4".to_owned())
    );
    model.command = "cargo run -- step -- ./mine --at".to_owned();
    assert_eq!(
        model.reproduce(),
        "cargo run -- step --at 1,4 -- ./mine --at"
    );
}

#[test]
fn predicting_asks_before_a_switch_with_a_choice_and_keeps_the_score() {
    let mut model = two_sides();
    keys(
        &mut model,
        &[KeyCode::Tab, KeyCode::Char('p'), KeyCode::End],
    );
    let question = model.predict.question.clone().unwrap();
    assert_eq!(question.asks, "Who runs next, of the threads?");
    assert_eq!(question.choices, ["1 ping", "2 pong"]);
    assert_eq!(model.views[1].step(), 9, "before the dispatch");
    keys(&mut model, &[KeyCode::Char('a')]);
    assert_eq!(model.score(), "1 of 1 right");
    assert_eq!(model.views[1].step(), 10, "the answer takes the step");
    keys(&mut model, &[KeyCode::End, KeyCode::Char('1')]);
    assert_eq!(
        model.score(),
        "1 of 2 right",
        "a unit's number answers, too"
    );
    keys(&mut model, &[KeyCode::End]);
    assert_eq!(
        model.predict.question.as_ref().unwrap().asks,
        "2 pong stores into `total`. Which value?"
    );
    typing(&mut model, "1");
    assert_eq!(model.score(), "2 of 3 right");
    keys(&mut model, &[KeyCode::End, KeyCode::Esc]);
    assert!(!model.predict.on && model.predict.question.is_none());
}

#[test]
fn predicting_begins_with_the_lessons_own_question() {
    let mut model = two_sides();
    let header = "//! T.\n//!\n//! Predict: what?\n//! a) this\n//! b) that\n//! Answer: b. So.\n";
    model.questions[0] = LessonQuestion::find(header);
    keys(&mut model, &[KeyCode::Char('p')]);
    assert_eq!(model.predict.question.as_ref().unwrap().asks, "what?");
    keys(&mut model, &[KeyCode::Char('a')]);
    assert!(
        matches!(&model.overlay, Overlay::Told(verdict, why) if verdict == "No, it is: that." && why == "So.")
    );
    keys(
        &mut model,
        &[KeyCode::Enter, KeyCode::Char('p'), KeyCode::Char('p')],
    );
    assert!(model.predict.question.is_none(), "asked once");
}

#[test]
fn why_leads_to_the_step_that_is_chosen() {
    let mut model = two_sides();
    keys(
        &mut model,
        &[KeyCode::End, KeyCode::Char('0'), KeyCode::Char('w')],
    );
    let Overlay::Why(chain, 0) = &model.overlay else {
        panic!("{:?}", model.overlay);
    };
    let last = chain.len() - 1;
    let step = chain[last].0;
    keys(&mut model, &vec![KeyCode::Down; last + 3]);
    keys(&mut model, &[KeyCode::Enter]);
    assert_eq!(model.views[0].step(), step);
}

/// Any key, those that do something more often than others.
fn any_key() -> impl Strategy<Value = KeyEvent> {
    let code = prop_oneof![
        4 => prop::sample::select(vec![
            KeyCode::Right, KeyCode::Left, KeyCode::Up, KeyCode::Down, KeyCode::Home,
            KeyCode::End, KeyCode::PageUp, KeyCode::PageDown, KeyCode::Tab, KeyCode::Enter,
            KeyCode::Esc, KeyCode::Backspace,
        ]),
        4 => prop::sample::select("lbcgspwynN/?[]+- 0123456789q".chars().collect::<Vec<_>>())
            .prop_map(KeyCode::Char),
        1 => any::<char>().prop_map(KeyCode::Char),
    ];
    (code, prop::bool::weighted(0.05)).prop_map(|(code, control)| {
        let modifiers = if control {
            KeyModifiers::CONTROL
        } else {
            KeyModifiers::NONE
        };
        KeyEvent::new(code, modifiers)
    })
}

#[test]
fn same_breakpoint_again_is_removed() {
    let mut model = two_sides();
    for is_set in [true, false] {
        keys(&mut model, &[KeyCode::Char('b')]);
        typing(&mut model, "preempted");
        assert_eq!(model.breakpoint.is_some(), is_set);
    }
    assert_eq!(model.message.as_deref(), Some("no breakpoint any more"));
}

#[test]
fn escape_clears_a_message_before_it_leaves() {
    let mut model = two_sides();
    keys(&mut model, &[KeyCode::Char('9')]);
    assert_eq!(
        model.message.as_deref(),
        Some("there is no task 9 at this step")
    );
    assert_eq!(keys(&mut model, &[KeyCode::Esc]), Effect::None);
    assert_eq!(model.message, None);
    assert_eq!(keys(&mut model, &[KeyCode::Esc]), Effect::Leave);
}

#[test]
fn move_that_leads_nowhere_says_why() {
    let mut model = two_sides();
    keys(&mut model, &[KeyCode::Left]);
    assert_eq!(model.message.as_deref(), Some("this is the first step"));
    keys(&mut model, &[KeyCode::End]);
    assert_eq!(model.message, None);
    keys(&mut model, &[KeyCode::Right]);
    assert_eq!(model.message.as_deref(), Some("this is the last step"));
}

proptest! {
    #[test]
    fn no_keys_at_any_size_panic_or_leave_the_trace(
        pressed in prop::collection::vec((any_key(), 1u16..200, 1u16..70, 0u16..200, 0u16..70), 1..80)
    ) {
        let mut model = two_sides();
        for (key, width, height, column, row) in pressed {
            press(&mut model, key);
            let size = ratatui::layout::Rect::new(0, 0, width, height);
            let kind = crossterm::event::MouseEventKind::Down(crossterm::event::MouseButton::Left);
            let modifiers = KeyModifiers::NONE;
            let click = crossterm::event::MouseEvent { kind, column, row, modifiers };
            if row % 3 == 0 {
                crate::mouse::mouse(&mut model, click, size);
            }
            let mut buffer = ratatui::buffer::Buffer::empty(size);
            crate::screen::draw(&model, crate::screen::Look { colours: true }, &mut buffer);
            prop_assert!(model.focus < model.views.len());
            for view in 0..model.views.len() {
                let step = model.views[view].step();
                let side = model.side(view).unwrap();
                prop_assert!(step <= side.len());
                prop_assert_eq!(model.views[view].state(), &side.state_at(step));
            }
        }
    }
}
